//! The parts of `cargo xtask test`. A part that fails does not keep the others from running; the exit code tells.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Instant;

use crate::command::{self, Failure, Outcome};
use crate::postgres::Postgres;
use crate::workspace::cargo;
use crate::{machine, native, python};

/// A part of the tests that can be asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything in the workspace.
    Rust,
    /// The store over both databases.
    Store,
    /// The real binary, driven from Rust.
    EndToEnd,
    /// The C ABI.
    Ffi,
    /// The real binary, driven by the SDKs.
    Python,
}

/// What `cargo xtask test` runs: `rust` holds the store's and the end-to-end tests.
pub(crate) const ALL: [Part; 3] = [Part::Rust, Part::Ffi, Part::Python];

impl Part {
    /// By its name on the command line.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Rust, Self::Store, Self::EndToEnd, Self::Ffi, Self::Python]
            .into_iter()
            .find(|part| part.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Store => "store",
            Self::EndToEnd => "e2e",
            Self::Ffi => "ffi",
            Self::Python => "python",
        }
    }

    fn run(self) -> Outcome<()> {
        match self {
            Self::Rust => {
                let solver = python::solver()?;
                cargo_test(&["--workspace", "--all-features"], &required(&solver))
            }
            Self::Store => {
                let suites = ["fleet", "store_suite", "store_outage", "shared_counts", "trace_pipeline"];
                let suites: Vec<&str> = suites.into_iter().flat_map(|suite| ["--test", suite]).collect();
                cargo_test(&[&["--package", "renlayer-core"], &suites[..]].concat(), &[])
            }
            Self::EndToEnd => {
                build_binaries()?;
                let solver = python::solver()?;
                cargo_test(&["--package", "renlayer-tests"], &required(&solver))
            }
            Self::Ffi => native::test(),
            Self::Python => {
                build_binaries()?;
                python::test()
            }
        }
    }
}

/// Runs the parts in order and names those that failed.
pub(crate) fn run(parts: &[Part]) -> Outcome<()> {
    let mut failed = Vec::new();
    for part in parts {
        let start = Instant::now();
        println!("\nxtask: test {}", part.name());
        if let Err(failure) = part.run() {
            eprintln!("\nxtask: {failure}");
            failed.push(format!("{} (after {} s)", part.name(), start.elapsed().as_secs()));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("failed: {}", failed.join(", ")))) }
}

/// What tests find their solver by, and that they are to fail without it.
fn required(solver: &Path) -> [(&'static str, &OsStr); 2] {
    [("CVC5", solver.as_os_str()), ("RENLAYER_TEST_REQUIRE_SOLVER", OsStr::new("1"))]
}

fn cargo_test(arguments: &[&str], variables: &[(&str, &OsStr)]) -> Outcome<()> {
    let postgres = Postgres::start()?;
    if !machine::has("redis-server") {
        machine::install(&["redis-server"], "Redis, for the tests of counts that instances share")?;
    }
    let mut tests = cargo(&["test", "--no-fail-fast"]);
    // The tests start it themselves, each its own.
    tests.args(arguments).envs(variables.iter().copied()).env("RENLAYER_TEST_REQUIRE_REDIS", "1");
    command::run(postgres.offer(&mut tests))
}

fn build_binaries() -> Outcome<()> {
    command::run(&mut cargo(&["build", "--workspace", "--bins"]))
}
