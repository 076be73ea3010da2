//! What the tests have from PyPI, pinned, in virtual environments under the target directory: the SDKs of the end-to-end tests
//! in Python, and the solver of the proofs about Cedar policies.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Failure, Outcome, quietly, run, succeeds};
use crate::{machine, workspace};

/// Runs pytest over `tests/python` against the binaries that are built.
pub(crate) fn test() -> Outcome<()> {
    let suite = workspace::root().join("tests/python");
    let venv = environment("python", &suite.join("requirements.txt"))?;
    let binaries = workspace::binaries()?;
    let mut pytest = Command::new(venv.join("bin/python"));
    pytest
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(&suite)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("RENLAYER_TEST_BIN", binaries.join("renlayer"))
        .env("RENLAYER_TEST_UPSTREAM_BIN", binaries.join("mock-upstream"));
    run(&mut pytest)
}

/// A solver for the proofs about Cedar policies: a program on the library that PyPI has, in an environment of its own.
pub(crate) fn solver() -> Outcome<PathBuf> {
    let source = workspace::root().join("tests/solver");
    let venv = environment("solver", &source.join("requirements.txt"))?;
    let program = venv.join("bin/cvc5");
    let script = format!(
        "#!/bin/sh\nexec '{}' '{}' \"$@\"\n",
        venv.join("bin/python").display(),
        source.join("smt.py").display()
    );
    std::fs::write(&program, script)
        .map_err(|error| Failure::new(format!("{}: {error}", program.display())))?;
    quietly(Command::new("chmod").arg("+x").arg(&program))?;
    Ok(program)
}

/// The virtual environment of this name with exactly these requirements; made anew when they change.
fn environment(name: &str, requirements: &Path) -> Outcome<PathBuf> {
    let venv = workspace::target()?.join(name);
    let stamp = venv.join("requirements.txt");
    let wanted = std::fs::read_to_string(requirements)
        .map_err(|error| Failure::new(format!("{}: {error}", requirements.display())))?;
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(venv);
    }
    // Debian ships Python without what `venv` needs to put pip into a new environment.
    if !succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"])) {
        machine::install(
            &["python3", "python3-venv"],
            "Python with venv, for the SDKs and the solver of the tests",
        )?;
    }
    println!("\nxtask: installing {} into {}", requirements.display(), venv.display());
    quietly(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut pip = Command::new(venv.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(requirements);
    run(&mut pip)?;
    std::fs::write(&stamp, wanted).map_err(|error| Failure::new(format!("{}: {error}", stamp.display())))?;
    Ok(venv)
}
