//! The C ABI as its users see it: every C program in `renlayer-ffi/tests/c`, built and run under the sanitizers.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Failure, Outcome, run};
use crate::machine;
use crate::workspace::{self, cargo};

/// Builds the library, then each C program against it, and runs these.
pub(crate) fn test() -> Outcome<()> {
    let sources = sources(&workspace::root().join("renlayer-ffi/tests/c"));
    if sources.is_empty() {
        println!("\nxtask: no C programs in renlayer-ffi/tests/c");
        return Ok(());
    }
    if !machine::has("cc") {
        machine::install(&["gcc", "libc6-dev"], "a C compiler, for the tests of the C ABI")?;
    }
    run(&mut cargo(&["build", "--package", "renlayer-ffi"]))?;
    sources.iter().try_for_each(|source| compile_and_run(source))
}

fn compile_and_run(source: &Path) -> Outcome<()> {
    let binaries = workspace::binaries()?;
    let name = source.file_stem().unwrap_or_default();
    let program = binaries.join(format!("ffi-{}", name.to_string_lossy()));
    let mut compile = Command::new("cc");
    compile
        .args([
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-g",
            "-fsanitize=address,undefined",
            "-fno-sanitize-recover",
        ])
        .arg("-I")
        .arg(workspace::root().join("renlayer-ffi/include"))
        .arg(source)
        .arg(binaries.join("librenlayer.a"))
        .args(["-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program);
    run(&mut compile)?;
    run(Command::new(&program).env("ASAN_OPTIONS", "detect_leaks=1:strict_string_checks=1"))
        .map_err(|failure| Failure::new(format!("{}: {failure}", source.display())))
}

fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut sources: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "c"))
        .collect();
    sources.sort();
    sources
}
