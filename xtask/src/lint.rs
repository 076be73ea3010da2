//! Format, clippy, docs and dependencies, each with warnings as errors. All run, so that one round shows everything.

use crate::command::{self, Failure, Outcome, succeeds};
use crate::workspace::cargo;

/// Runs every check and names those that failed.
pub(crate) fn run() -> Outcome<()> {
    let mut failed = Vec::new();
    let mut check = |name: &'static str, outcome: Outcome<()>| {
        if let Err(failure) = outcome {
            eprintln!("\nxtask: {failure}");
            failed.push(name);
        }
    };
    check("fmt", command::run(&mut cargo(&["fmt", "--all", "--", "--check"])));
    let clippy = ["clippy", "--workspace", "--all-features", "--all-targets", "--", "-D", "warnings"];
    check("clippy", command::run(&mut cargo(&clippy)));
    let mut doc = cargo(&["doc", "--workspace", "--all-features", "--no-deps"]);
    check("doc", command::run(doc.env("RUSTDOCFLAGS", "-D warnings")));
    check("deny", deny());
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("failed: {}", failed.join(", ")))) }
}

/// Without advisories: their database is a moving target outside the repository, and would fail builds of old commits.
fn deny() -> Outcome<()> {
    if !succeeds(&mut cargo(&["deny", "--version"])) {
        return Err(Failure::new("cargo deny is missing: cargo install cargo-deny --locked"));
    }
    command::run(&mut cargo(&["deny", "--all-features", "check", "bans", "licenses", "sources"]))
}
