//! The built `renlayer` binary, and runs of it that end by themselves.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// How a run ended.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// The binary under test: `RENLAYER_TEST_BIN`, or the one beside the running test in the target directory.
#[must_use]
pub fn binary() -> PathBuf {
    let path = std::env::var_os("RENLAYER_TEST_BIN").map_or_else(
        || {
            let test = std::env::current_exe().expect("the test's own path");
            let profile = test.parent().and_then(|deps| deps.parent()).expect("target/<profile>/deps");
            profile.join("renlayer")
        },
        PathBuf::from,
    );
    assert!(path.exists(), "{} is missing: `cargo xtask test e2e` builds it first", path.display());
    path
}

/// A run of the binary in `home`, with nothing of our own surroundings in its settings.
#[must_use]
pub fn renlayer(home: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(home);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RENLAYER_")) {
        command.env_remove(name);
    }
    command
}

impl Finished {
    /// Runs `command` to its end with `input` on standard input.
    #[must_use]
    pub fn run(command: &mut Command, input: &str) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut stdin = child.stdin.take().expect("its standard input");
        let input = input.as_bytes().to_vec();
        // On a thread of its own: a program that answers as it reads would otherwise block both of us.
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().expect("its output");
        let _ = writer.join();
        output.into()
    }

    /// Standard output as JSON; fails the test when it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }

    /// Standard output as JSON, one value a line.
    #[must_use]
    pub fn json_lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
        self.out.lines().filter(|line| !line.is_empty()).map(parse).collect()
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
