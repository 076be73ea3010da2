//! A child process that is signalled by its own id and never outlives the test.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::PATIENCE;

pub(super) struct Process(Child);

impl Process {
    /// Starts `command` with its output going to `log`.
    pub(super) fn start(command: &mut Command, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).expect("the log file");
        let errors = log.try_clone().expect("the log file twice");
        let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        Self(child.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// SIGTERM, to this process alone.
    pub(super) fn terminate(&self) {
        self.signal("TERM");
    }

    /// SIGKILL, and the end of it.
    pub(super) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// SIGSTOP. All threads stop once one of them has taken the signal, which on a busy machine is not at once.
    pub(super) fn stop(&self) {
        self.signal("STOP");
        let state = format!("/proc/{}/status", self.0.id());
        let stopped = || std::fs::read_to_string(&state).ok().filter(|status| status.contains("State:\tT"));
        poll(stopped).expect("a process that is told to stop stops");
    }

    pub(super) fn signal(&self, name: &str) {
        // The shell's own `kill`, for machines without one in /bin; the test suite holds no unsafe code.
        let command = format!("kill -{name} {}", self.0.id());
        let _ = Command::new("sh").args(["-c", &command]).stderr(Stdio::null()).status();
    }

    /// The exit status, if it has ended.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().expect("the state of a child")
    }

    /// Waits for the end, within bounds.
    pub(super) fn wait(&mut self) -> Option<ExitStatus> {
        poll(|| self.ended())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Asks until there is an answer or patience ends.
pub fn poll<T>(mut question: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = question() {
            return Some(answer);
        }
        if start.elapsed() > PATIENCE {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
