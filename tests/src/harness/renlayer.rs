//! A running `renlayer` and the calls made through it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitStatus;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::command::{self, Finished};
use super::http::{Connection, Response};
use super::process::{Process, poll};
use super::setup::Setup;

/// A `renlayer serve` in a directory of its own; killed when this is dropped.
pub struct Renlayer {
    address: SocketAddr,
    process: Process,
    setup: Setup,
    home: TempDir,
}

impl Renlayer {
    pub(super) fn start(setup: Setup) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let address = free_address();
        let process = spawn(&setup, &home, address);
        let mut renlayer = Self { address, process, setup, home };
        // A port that was free a moment ago may be taken before the process binds it: then it ends, and another is tried.
        for _ in 0..5 {
            if renlayer.becomes_ready() {
                return renlayer;
            }
            assert!(renlayer.log().contains("in use"), "renlayer did not become ready:\n{}", renlayer.log());
            renlayer.address = free_address();
            renlayer.process = spawn(&renlayer.setup, &renlayer.home, renlayer.address);
        }
        panic!("no free port in five tries");
    }

    pub(super) fn refused(setup: &Setup) -> String {
        let home = tempfile::tempdir().expect("a temporary directory");
        let status = spawn(setup, &home, free_address()).wait().expect("it ends by itself");
        assert!(!status.success());
        std::fs::read_to_string(home.path().join("renlayer.log")).expect("its log")
    }

    /// Starts it again on the same files and address, after [`kill`](Self::kill) or [`terminate`](Self::terminate).
    pub fn start_again(&mut self) {
        self.process = spawn(&self.setup, &self.home, self.address);
        assert!(self.becomes_ready(), "renlayer did not start again:\n{}", self.log());
    }

    fn becomes_ready(&mut self) -> bool {
        poll(|| {
            if self.process.ended().is_some() {
                return Some(false);
            }
            let stream = std::net::TcpStream::connect(self.address).ok()?;
            drop(stream);
            let ready = self.get("/_/health/ready");
            (ready.status == 200).then_some(true)
        })
        .unwrap_or(false)
    }

    /// SIGTERM; it drains.
    pub fn terminate(&self) {
        self.process.terminate();
    }

    /// SIGHUP; it reloads.
    pub fn hang_up(&self) {
        self.process.signal("HUP");
    }

    /// SIGSTOP: it does nothing at all until it is resumed, and does not know.
    pub fn pause(&self) {
        self.process.stop();
    }

    /// SIGCONT.
    pub fn resume(&self) {
        self.process.signal("CONT");
    }

    /// Waits for its end; fails the test when it does not end.
    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap_or_else(|| panic!("renlayer did not end:\n{}", self.log()))
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("renlayer.log")).unwrap_or_default()
    }

    /// The configuration file.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.home.path().join("renlayer.yaml")
    }

    /// A run of another command with the same configuration.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Finished {
        let mut command = command::renlayer(self.home.path());
        command.args(arguments);
        command.envs(self.setup.environment().iter().map(|(name, value)| (name, value)));
        Finished::run(&mut command, "")
    }

    /// A connection of its own.
    #[must_use]
    pub fn connect(&self) -> Connection {
        Connection::open(self.address)
    }

    /// A call with these headers and this body, to the end of its answer.
    #[must_use]
    pub fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let answer = self.connect().send(&self.request(method, path, headers, body)).response();
        answer.unwrap_or_else(|| panic!("no answer to {method} {path}:\n{}", self.log()))
    }

    /// The bytes of such a call; the connection closes after it.
    #[must_use]
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        let has = |wanted: &str| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        if !body.is_empty() && !has("content-type") {
            head.push_str("content-type: application/json\r\n");
        }
        if (!body.is_empty() || method == "POST") && !has("transfer-encoding") && !has("content-length") {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        [head.as_bytes(), b"\r\n", body].concat()
    }

    /// A GET.
    #[must_use]
    pub fn get(&self, path: &str) -> Response {
        self.call("GET", path, &[], b"")
    }

    /// A JSON POST.
    #[must_use]
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Response {
        self.call("POST", path, headers, body.to_string().as_bytes())
    }

    /// An OpenAI chat completion with this prompt.
    #[must_use]
    pub fn chat(&self, prompt: &str) -> Response {
        self.post("/openai/v1/chat/completions", &[], &chat_body(prompt, false))
    }

    /// The same as a stream.
    #[must_use]
    pub fn chat_stream(&self, prompt: &str) -> Response {
        self.post("/openai/v1/chat/completions", &[], &chat_body(prompt, true))
    }
}

fn chat_body(prompt: &str, stream: bool) -> Value {
    json!({"model": "gpt-test", "stream": stream, "messages": [{"role": "user", "content": prompt}]})
}

pub(super) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
    listener.local_addr().expect("its address")
}

fn spawn(setup: &Setup, home: &TempDir, address: SocketAddr) -> Process {
    let mut command = command::renlayer(home.path());
    if setup.is_bare() {
        command.env("RENLAYER_LISTEN_ADDR", address.to_string());
    } else {
        let config = home.path().join("renlayer.yaml");
        let database = format!("sqlite://{}", home.path().join("renlayer.db").display());
        std::fs::write(&config, setup.yaml(address.port(), &database)).expect("the configuration file");
        command.arg("serve").arg("--config").arg(&config);
    }
    command.args(setup.arguments());
    command.envs(setup.environment().iter().map(|(name, value)| (name, value)));
    Process::start(&mut command, &home.path().join("renlayer.log"))
}
