//! A throw-away Redis on a free loopback port, gone when it is dropped.

use std::process::Command;

use tempfile::TempDir;

use super::process::{Process, poll};
use super::renlayer::free_address;

/// The files of a certificate and its key.
const TLS: [&str; 2] = ["server.pem", "server.key"];

/// A running `redis-server`, which keeps what it holds in a directory of its own.
pub struct Redis {
    port: u16,
    is_tls: bool,
    process: Process,
    home: TempDir,
}

impl Redis {
    /// Starts one. None where the program is not there, which is said aloud, and a failure where one is required.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::start_with(None)
    }

    /// The same, behind TLS alone, with this certificate and its key as PEM.
    #[must_use]
    pub fn start_tls(certificate: &str, key: &str) -> Option<Self> {
        Self::start_with(Some([certificate, key]))
    }

    fn start_with(tls: Option<[&str; 2]>) -> Option<Self> {
        if Command::new("redis-server").arg("--version").output().is_err() {
            let required = std::env::var_os("RENLAYER_TEST_REQUIRE_REDIS").is_some();
            assert!(!required, "there is no redis-server");
            eprintln!("NOT RUN over Redis: there is no redis-server");
            return None;
        }
        let mut home = tempfile::tempdir().expect("a temporary directory");
        for (file, pem) in TLS.into_iter().zip(tls.into_iter().flatten()) {
            std::fs::write(home.path().join(file), pem).expect("a file of TLS");
        }
        let is_tls = tls.is_some();
        // A port that was free a moment ago may be taken before the process binds it: then another is tried.
        for _ in 0..5 {
            let port = free_address().port();
            let mut redis = Self { port, is_tls, process: serve(port, is_tls, &home), home };
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
        match self.is_tls {
            true => format!("rediss://localhost:{}", self.port),
            false => format!("redis://127.0.0.1:{}", self.port),
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again with what it held, after [`kill`](Self::kill).
    pub fn start_again(&mut self) {
        self.process = serve(self.port, self.is_tls, &self.home);
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

fn serve(port: u16, is_tls: bool, home: &TempDir) -> Process {
    let mut command = Command::new("redis-server");
    let port = port.to_string();
    let [certificate, key] = TLS;
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", "always"]);
    match is_tls {
        true => command.args(["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no"]).args([
            "--tls-cert-file",
            certificate,
            "--tls-key-file",
            key,
        ]),
        false => command.args(["--port", &port]),
    };
    command.current_dir(home.path());
    Process::start(&mut command, &home.path().join("redis.log"))
}
