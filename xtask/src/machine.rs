//! What the machine has, and the one way to give it what it lacks: `apt-get`, as root, on Debian.

use std::process::Command;

use crate::command::{Failure, Outcome, quietly, run, succeeds};

/// Installs Debian packages, saying so; `reason` is for whoever has to do it by hand.
pub(crate) fn install(packages: &[&str], reason: &str) -> Outcome<()> {
    let names = packages.join(" ");
    let by_hand = format!("install it yourself (on Debian: apt-get install {names})");
    if !has("apt-get") {
        return Err(Failure::new(format!("{reason} is needed, and there is no apt-get here: {by_hand}")));
    }
    if !is_root() {
        return Err(Failure::new(format!("{reason} is needed, and only root may install it: {by_hand}")));
    }
    println!("\nxtask: {reason} is missing; installing {names}");
    run(&mut apt_get(&["update", "-q"]))?;
    run(apt_get(&["install", "-q", "-y", "--no-install-recommends"]).args(packages))
}

/// Whether a program of that name can be started.
pub(crate) fn has(program: &str) -> bool {
    succeeds(Command::new("sh").args(["-c", "command -v \"$0\"", program]))
}

/// Whether we are root.
pub(crate) fn is_root() -> bool {
    quietly(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
