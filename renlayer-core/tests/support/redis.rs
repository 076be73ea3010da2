//! A throw-away Redis on a free loopback port, gone when it is dropped.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A running `redis-server` that keeps nothing.
pub struct Redis {
    child: Child,
    _home: TempDir,
    pub url: String,
}

/// Two of them that divide what is kept between them.
pub struct Cluster(pub [Redis; 2]);

impl Redis {
    /// None where the program is not there, which is said aloud, and a failure where one is required.
    pub fn start() -> Option<Self> {
        Self::start_with(Vec::new)
    }

    /// The same, with more arguments, made anew for each try.
    fn start_with(arguments: impl Fn() -> Vec<String>) -> Option<Self> {
        if Command::new("redis-server").arg("--version").output().is_err() {
            let required = std::env::var_os("RENLAYER_TEST_REQUIRE_REDIS").is_some();
            assert!(!required, "RENLAYER_TEST_REQUIRE_REDIS is set, but there is no redis-server");
            eprintln!("NOT RUN over Redis: there is no redis-server");
            return None;
        }
        // A port that was free a moment ago may be taken before the server binds it: then it ends, and another is tried.
        (0..5).find_map(|_| Self::start_at(free_port(), &arguments))
    }

    fn start_at(port: u16, arguments: impl Fn() -> Vec<String>) -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        command.arg("--dir").arg(home.path()).args(arguments());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut redis = Self { child, _home: home, url: format!("redis://127.0.0.1:{port}") };
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

impl Cluster {
    /// None where there is no `redis-server`.
    pub async fn start() -> Option<Self> {
        let node = || {
            Redis::start_with(|| {
                ["--cluster-enabled", "yes", "--cluster-port", &free_port().to_string()]
                    .map(String::from)
                    .into()
            })
        };
        let cluster = Self([node()?, node()?]);
        let [one, other] = &cluster.0;
        one.ask("CLUSTER ADDSLOTSRANGE 0 8191").await;
        other.ask("CLUSTER ADDSLOTSRANGE 8192 16383").await;
        one.ask(&format!("CLUSTER MEET 127.0.0.1 {} {}", other.port(), other.bus().await)).await;
        for node in &cluster.0 {
            for _ in 0..1_000 {
                if node.ask("CLUSTER INFO").await.contains("cluster_state:ok") {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(node.ask("CLUSTER INFO").await.contains("cluster_known_nodes:2"));
        }
        Some(cluster)
    }

    /// Who has the key of this name, and who has not.
    pub async fn with_and_without(&self, key: &str) -> [&Redis; 2] {
        let [one, other] = &self.0;
        let slot: u16 = one.ask(&format!("CLUSTER KEYSLOT {key}")).await.parse().unwrap();
        if slot < 8_192 { [one, other] } else { [other, one] }
    }
}

impl Redis {
    /// What it answers to a command without spaces in its words, as text.
    pub async fn ask(&self, command: &str) -> String {
        let client = redis::Client::open(self.url.as_str()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut words = command.split(' ');
        let mut asked = redis::cmd(words.next().unwrap());
        for word in words {
            asked.arg(word);
        }
        let answer: redis::Value = asked.query_async(&mut connection).await.unwrap();
        redis::from_redis_value(answer).unwrap()
    }

    fn port(&self) -> &str {
        self.url.rsplit(':').next().unwrap()
    }

    async fn bus(&self) -> String {
        let config = self.ask("CLUSTER NODES").await;
        // `id host:port@bus …`
        config.split('@').nth(1).unwrap().split([' ', ',']).next().unwrap().to_owned()
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
