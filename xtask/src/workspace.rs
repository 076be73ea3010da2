//! Where things are, and cargo.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Failure, Outcome};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Where the plain dev profile's binaries are: xtask is one of them.
pub(crate) fn binaries() -> Outcome<PathBuf> {
    let own =
        std::env::current_exe().map_err(|error| Failure::new(format!("where is xtask itself? {error}")))?;
    own.parent().map(Path::to_path_buf).ok_or_else(|| Failure::new("xtask has no directory"))
}

/// The target directory.
pub(crate) fn target() -> Outcome<PathBuf> {
    let binaries = binaries()?;
    Ok(binaries.parent().map_or_else(|| root().join("target"), Path::to_path_buf))
}

/// `cargo` in the root, the same one that runs xtask.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).current_dir(root());
    cargo
}
