//! `cargo xtask`: what this repository does to itself, the same on a laptop and in CI.
//!
//! - [`test`](suite) runs every test, after it has set up what the machine lacks, and says what that was.
//! - [`lint`] checks format, lints, docs and dependencies.
//! - [`fuzz`](fuzz::fuzz) runs one fuzz target.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks to its user")]

mod command;
mod fuzz;
mod lint;
mod machine;
mod native;
mod postgres;
mod python;
mod suite;
mod workspace;

use std::process::ExitCode;

use command::Outcome;

const USAGE: &str = "\
usage: cargo xtask <command>

  test            every test: Rust, the C ABI, the Python SDKs
  test rust       cargo test --workspace, with PostgreSQL
  test store      the store's tests, over SQLite and PostgreSQL
  test e2e        the end-to-end tests in Rust over the real binary
  test ffi        the C ABI, from C under AddressSanitizer and from the packages on it
  test python     the end-to-end tests with the real SDKs
  lint            format, clippy, docs, cargo deny
  fuzz <target> [seconds | input]
                  one fuzz target under libFuzzer, or one input again; fuzz/README.md lists the targets

What the machine lacks (PostgreSQL, a C or C++ compiler, Python's venv) is installed with apt-get when run as root on
Debian, and named otherwise. RENLAYER_TEST_POSTGRES_URL takes a server of yours instead of a throw-away one.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["lint"] => lint::run(),
        ["fuzz", target] => fuzz::fuzz(target, None),
        ["fuzz", target, what] => fuzz::fuzz(target, Some(what)),
        ["test"] => suite::run(&suite::ALL),
        ["test", parts @ ..] => {
            match parts.iter().map(|name| suite::Part::named(name)).collect::<Option<Vec<_>>>() {
                Some(parts) => suite::run(&parts),
                None => return usage(),
            }
        }
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => return usage(),
    };
    finish(outcome)
}

fn finish(outcome: Outcome<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}
