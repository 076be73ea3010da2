//! What one client may take up before it has said anything worth hearing.

use std::time::Duration;

/// The bounds of a listener; every one has a default that suits agents and their SDKs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Header fields of one request.
    pub(crate) max_headers: usize,
    /// Bytes of one request's head, the request line included.
    pub(crate) max_header_bytes: usize,
    /// Bytes of a request's path and query.
    pub(crate) max_uri_bytes: usize,
    /// For a whole head to arrive, and for a connection that is kept alive to be used again.
    pub(crate) header_timeout: Duration,
    /// Concurrent calls on one HTTP/2 connection.
    pub(crate) max_streams: u32,
    /// Connections at a time; further ones wait in the system's queue.
    pub(crate) max_connections: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_headers: 128,
            max_header_bytes: 64 * 1024,
            max_uri_bytes: 16 * 1024,
            header_timeout: Duration::from_secs(60),
            max_streams: 256,
            max_connections: 16 * 1024,
        }
    }
}
