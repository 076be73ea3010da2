//! How a command fails: what went wrong, what to do next, and the exit code.

use std::fmt;
use std::io;
use std::process::ExitCode;

use renlayer_core::config::ConfigErrors;
use renlayer_core::store::StoreError;

/// Exit codes, as `renlayer --help` documents them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The command did its work, and the answer is no.
    No = 1,
    /// The command line, or what it was given to read, is wrong.
    Usage = 2,
    /// The configuration is wrong.
    Configuration = 3,
    /// Something the command needs is not there: the database, the port.
    Unavailable = 4,
}

/// A command that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    next: Option<String>,
    silent: bool,
}

// === impl Failure ===

impl Failure {
    /// A failure and what it was.
    pub(crate) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { exit, message: message.to_string(), next: None, silent: false }
    }

    /// The command line, or what it was given to read, is wrong.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The output has said everything already.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self { exit, message: String::new(), next: None, silent: true }
    }

    /// Adds what to do about it.
    pub(crate) fn next(mut self, hint: impl fmt::Display) -> Self {
        self.next = Some(hint.to_string());
        self
    }

    /// What to exit with.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.exit as u8)
    }

    /// What it was, without what to do about it.
    pub(crate) fn in_a_word(&self) -> String {
        self.message.clone()
    }

    /// Whether there is nothing to say.
    pub(crate) fn is_silent(&self) -> bool {
        self.silent
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.next {
            Some(next) => write!(f, "\n  next: {next}"),
            None => Ok(()),
        }
    }
}

impl From<io::Error> for Failure {
    /// Output that nobody reads any more (`renlayer trace list | head`) is no failure worth a word.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::silent(Exit::No),
            _ => Self::new(Exit::Unavailable, error),
        }
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Self::new(Exit::Configuration, errors)
            .next("correct the places named above; `renlayer check` tests them without starting")
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let next = if error.is_refused_by_fleet() {
            "nothing is changed; make that instance able to use the change (its log says more), or end it"
        } else if error.is_transient() {
            "is the database running, and is its file or server reachable from here? (--database, RENLAYER_DATABASE_URL)"
        } else {
            "`renlayer migrate` brings a database up to date"
        };
        Self::new(Exit::Unavailable, error).next(next)
    }
}
