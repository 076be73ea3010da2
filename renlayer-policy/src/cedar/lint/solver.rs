//! The program that proves: cvc5, where one is installed.

use std::path::{Path, PathBuf};

/// A cvc5 program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solver(PathBuf);

/// The variable that names it.
const VARIABLE: &str = "CVC5";

/// What it is called where nothing names it.
const PROGRAM: &str = "cvc5";

// === impl Solver ===

impl Solver {
    /// This program.
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self(program.into())
    }

    /// The program that the variable `CVC5` names, or `cvc5` on the `PATH`.
    pub fn installed() -> Option<Self> {
        if let Some(program) = std::env::var_os(VARIABLE).filter(|program| !program.is_empty()) {
            return Some(Self::at(program));
        }
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|place| place.join(PROGRAM)).find(|place| place.is_file()).map(Self)
    }

    /// Where it is.
    pub fn program(&self) -> &Path {
        &self.0
    }
}
