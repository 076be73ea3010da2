//! One fuzz target under libFuzzer, with the stable toolchain: coverage comes from LLVM's own pass, and the targets have no
//! `unsafe` for AddressSanitizer to watch.
//!
//! Everything it makes is in `fuzz/` of the target directory: the build, `corpus/<target>`, and `artifacts/<target>` with
//! the inputs for which the target does not hold.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Failure, Outcome, quietly, run};
use crate::machine;
use crate::workspace::{self, cargo};

/// What cargo-fuzz passes too, less the sanitizer.
const FLAGS: &str = "--cfg fuzzing -Ccodegen-units=16 -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// How long, in seconds, unless it is said.
const SECONDS: &str = "60";

/// Fuzzes `target` for so many seconds, or gives it one input again where that names a file.
pub(crate) fn fuzz(target: &str, what: Option<&str>) -> Outcome<()> {
    let place = workspace::target()?.join("fuzz");
    let program = build(&place)?;
    let (corpus, artifacts) = (place.join("corpus").join(target), place.join("artifacts").join(target));
    for directory in [&corpus, &artifacts] {
        std::fs::create_dir_all(directory)
            .map_err(|error| Failure::new(format!("{} cannot be made: {error}", directory.display())))?;
    }
    let mut fuzzer = Command::new(program);
    fuzzer.env("RENLAYER_FUZZ_TARGET", target);
    // A journal that is written through to a disk would wait for it thousands of times.
    if Path::new("/dev/shm").is_dir() {
        fuzzer.env("TMPDIR", "/dev/shm");
    }
    if let Some(input) = what.filter(|what| Path::new(what).is_file()) {
        return run(fuzzer.arg(input));
    }
    let seconds = what.unwrap_or(SECONDS);
    if seconds.parse::<u32>().is_err() {
        return Err(Failure::new(format!("`{seconds}` is neither a file nor a number of seconds")));
    }
    let dictionary = place.join(format!("{target}.dict"));
    fuzzer.env("RENLAYER_FUZZ_SEEDS", &corpus).env("RENLAYER_FUZZ_DICTIONARY", &dictionary);
    fuzzer.arg(&corpus).arg(format!("-dict={}", dictionary.display()));
    fuzzer
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()));
    run(fuzzer.args(["-max_len=2048", "-timeout=20", "-print_final_stats=1"]))
}

/// Builds the one program that holds all targets, and says where it is.
fn build(place: &Path) -> Outcome<PathBuf> {
    if !machine::has("c++") {
        machine::install(&["g++"], "a C++ compiler, for libFuzzer")?;
    }
    // With a target named, the flags are not for build scripts and macros.
    let host = host()?;
    let mut build = cargo(&["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", &host]);
    run(build.env("CARGO_TARGET_DIR", place).env("RUSTFLAGS", FLAGS))?;
    Ok(place.join(&host).join("release/renlayer-fuzz"))
}

fn host() -> Outcome<String> {
    let about = quietly(Command::new("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc does not say for what it compiles"))
}
