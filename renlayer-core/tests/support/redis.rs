//! A throw-away Redis on a free loopback port, gone when it is dropped.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running `redis-server` that keeps nothing.
pub struct Redis {
    child: Child,
    pub url: String,
}

impl Redis {
    /// None where the program is not there, which is said aloud, and a failure where one is required.
    pub fn start() -> Option<Self> {
        if Command::new("redis-server").arg("--version").output().is_err() {
            let required = std::env::var_os("RENLAYER_TEST_REQUIRE_REDIS").is_some();
            assert!(!required, "RENLAYER_TEST_REQUIRE_REDIS is set, but there is no redis-server");
            eprintln!("NOT RUN over Redis: there is no redis-server");
            return None;
        }
        // A port that was free a moment ago may be taken before the server binds it: then it ends, and another is tried.
        (0..5).find_map(|_| Self::start_at(free_port()))
    }

    fn start_at(port: u16) -> Option<Self> {
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut redis = Self { child, url: format!("redis://127.0.0.1:{port}") };
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(redis);
            }
            if redis.child.try_wait().unwrap().is_some() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
