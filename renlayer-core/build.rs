//! Builds again when a migration is added: the macro that embeds them cannot say so itself.
#![allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
