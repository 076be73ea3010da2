//! A throw-away Redis on a free loopback port, gone when it is dropped.

use std::process::Command;

use tempfile::TempDir;

use super::process::{Process, poll};
use super::renlayer::free_address;

/// A running `redis-server`, which keeps what it holds in a directory of its own.
pub struct Redis {
    port: u16,
    process: Process,
    home: TempDir,
}

impl Redis {
    /// Starts one. None where the program is not there, which is said aloud, and a failure where one is required.
    #[must_use]
    pub fn start() -> Option<Self> {
        if Command::new("redis-server").arg("--version").output().is_err() {
            let required = std::env::var_os("RENLAYER_TEST_REQUIRE_REDIS").is_some();
            assert!(!required, "there is no redis-server");
            eprintln!("NOT RUN over Redis: there is no redis-server");
            return None;
        }
        let mut home = tempfile::tempdir().expect("a temporary directory");
        // A port that was free a moment ago may be taken before the process binds it: then another is tried.
        for _ in 0..5 {
            let port = free_address().port();
            let mut redis = Self { port, process: serve(port, &home), home };
            if redis.is_ready() {
                return Some(redis);
            }
            home = redis.home;
        }
        panic!("no free port in five tries");
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again with what it held, after [`kill`](Self::kill).
    pub fn start_again(&mut self) {
        self.process = serve(self.port, &self.home);
        assert!(self.is_ready(), "redis-server did not start again");
    }

    fn is_ready(&mut self) -> bool {
        poll(|| {
            if self.process.ended().is_some() {
                return Some(false);
            }
            std::net::TcpStream::connect(("127.0.0.1", self.port)).ok().map(|_| true)
        })
        .unwrap_or(false)
    }
}

fn serve(port: u16, home: &TempDir) -> Process {
    let mut command = Command::new("redis-server");
    let port = port.to_string();
    command.args([
        "--port",
        &port,
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ]);
    command.arg("--dir").arg(home.path());
    Process::start(&mut command, &home.path().join("redis.log"))
}
