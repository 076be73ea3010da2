//! A model provider, tool server and echo endpoint on loopback, answering from a script.
//!
//! ```no_run
//! use renlayer_tests::upstream::{Part, Script, Upstream};
//!
//! let upstream = Upstream::start();
//! upstream.play(Script::says(["Hel", "lo"]));          // two deltas, when the request asks for a stream
//! // … call it, directly or through renlayer …
//! assert_eq!(upstream.requests()[0].path, "/v1/chat/completions");
//! ```
//!
//! Which dialect is spoken follows from the path, as with the real providers; see [`dialect`]. A path that belongs
//! to none is the echo endpoint. Faults (a stream that dies, bytes that are not HTTP) are part of the [`Script`].

mod body;
mod control;
mod desk;
pub mod dialect;
mod echo;
mod encode;
mod errors;
mod script;
mod serve;
mod socket;

use std::net::SocketAddr;
use std::sync::Arc;

pub use self::desk::{Answered, Received};
pub use self::script::{Coding, Ending, Pace, Part, Script, Usage};

/// A running upstream; it stops when this is dropped.
pub struct Upstream {
    address: SocketAddr,
    desk: Arc<desk::Desk>,
    // Dropped with the handle: ends the server's runtime and every connection on it.
    _runtime: tokio::runtime::Runtime,
}

impl Upstream {
    /// Starts on a free loopback port.
    #[must_use]
    pub fn start() -> Self {
        Self::start_at(0)
    }

    /// Starts on `port`, or on a free one for zero.
    #[must_use]
    pub fn start_at(port: u16) -> Self {
        Self::start_with(port, None)
    }

    /// Starts on a free loopback port, behind TLS; HTTP/2 is spoken where it is negotiated. A script's bytes for the bare
    /// socket, and its reset, are below TLS.
    #[must_use]
    pub fn start_tls(config: rustls::ServerConfig) -> Self {
        Self::start_with(0, Some(Arc::new(config).into()))
    }

    fn start_with(port: u16, tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("upstream")
            .enable_all()
            .build()
            .expect("a runtime for the upstream");
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(("127.0.0.1", port)))
            .expect("a loopback port for the upstream");
        let address = listener.local_addr().expect("the upstream's address");
        let desk = Arc::new(desk::Desk::default());
        runtime.spawn(serve::accept(listener, tls, Arc::clone(&desk)));
        Self { address, desk, _runtime: runtime }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base address, `http://127.0.0.1:port`, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers every request from now on by `script` alone, and forgets earlier scripts.
    pub fn play(&self, script: Script) {
        self.desk.replace(vec![script]);
    }

    /// Answers by the first of `scripts` whose `when` matches and whose `times` are not used up.
    pub fn play_all(&self, scripts: Vec<Script>) {
        self.desk.replace(scripts);
    }

    /// Lets `chunks` more chunks of [`Pace::Gated`] answers go.
    pub fn release(&self, chunks: usize) {
        self.desk.gate.add_permits(chunks);
    }

    /// Every request so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.desk.requests()
    }

    /// The only request so far; fails the test when there was none or more than one.
    #[must_use]
    pub fn only_request(&self) -> Received {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "requests at the upstream: {requests:#?}");
        requests.remove(0)
    }

    /// How many requests are being answered now.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.desk.under_way()
    }

    /// How many at most were being answered at the same time so far.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.desk.most_at_once()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        self.desk.forget();
    }
}
