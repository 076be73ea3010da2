//! Tells the operator of connections that cannot be made: at once, and while it goes on once a minute.
//!
//! The caller and the trace are told in a word what failed. What an operator needs beyond it, which name a certificate is
//! for or when it expired, is in the log.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::Uri;
use renlayer_core::exchange::UpstreamFailure;
use tokio::time::Instant;

use super::failure;

/// How long the same is not said again.
const QUIET: Duration = Duration::from_secs(60);

/// How many upstreams are remembered; far more than routes name.
const MOST: usize = 1024;

/// What was said of which upstream.
#[derive(Default)]
pub(super) struct Notices(Mutex<HashMap<(Box<str>, UpstreamFailure), Notice>>);

struct Notice {
    said: Instant,
    /// How often it happened again since.
    again: u64,
}

// === impl Notices ===

impl Notices {
    /// No connection to `upstream` could be made.
    pub(super) fn failed(&self, upstream: &Uri, error: &(dyn Error + 'static)) {
        let (kind, cause) = failure::of_connection(error);
        let host = host(upstream);
        let Some(again) = self.due(&host, kind, Instant::now()) else { return };
        let (word, hint) = (kind.as_str(), hint(kind));
        tracing::warn!(upstream = %host, failure = word, again, "no connection to an upstream: {cause}{hint}");
    }

    /// Whether this is to be said now, and how often it happened since it was said last.
    fn due(&self, host: &str, kind: UpstreamFailure, now: Instant) -> Option<u64> {
        let mut notices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (host.into(), kind);
        match notices.get_mut(&key) {
            Some(notice) if now.saturating_duration_since(notice.said) < QUIET => {
                notice.again += 1;
                None
            }
            Some(notice) => {
                notice.said = now;
                Some(std::mem::take(&mut notice.again))
            }
            None => {
                if notices.len() >= MOST {
                    notices.clear();
                }
                notices.insert(key, Notice { said: now, again: 0 });
                Some(0)
            }
        }
    }
}

/// Host and port, and nothing else of a URI.
fn host(upstream: &Uri) -> String {
    let host = upstream.host().unwrap_or_default();
    upstream.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn hint(kind: UpstreamFailure) -> &'static str {
    match kind {
        UpstreamFailure::CertificateUntrusted => {
            "; its issuer must be among this system's roots, or in a file that SSL_CERT_FILE names"
        }
        UpstreamFailure::CertificateDates => "; renew the certificate, or set this machine's clock",
        UpstreamFailure::CertificateName => "; the route's upstream must have a name of the certificate",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_said_once_a_minute_with_how_often_it_happened() {
        let (notices, begin) = (Notices::default(), Instant::now());
        let dates = UpstreamFailure::CertificateDates;
        for (after, host, kind, expected) in [
            (0, "a:443", dates, Some(0)),
            (1, "a:443", dates, None),
            (2, "b:443", dates, Some(0)),
            (3, "a:443", UpstreamFailure::Dns, Some(0)),
            (59, "a:443", dates, None),
            (60, "a:443", dates, Some(2)),
            (61, "a:443", dates, None),
            (200, "a:443", dates, Some(1)),
        ] {
            let now = begin + Duration::from_secs(after);
            assert_eq!(notices.due(host, kind, now), expected, "{after} s: {host} {kind:?}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (notices, now) = (Notices::default(), Instant::now());
        for number in 0..3 * MOST {
            assert_eq!(notices.due(&number.to_string(), UpstreamFailure::Dns, now), Some(0));
            assert!(notices.0.lock().unwrap().len() <= MOST);
        }
    }

    #[test]
    fn nothing_but_host_and_port_is_said_of_an_upstream() {
        let uri: Uri = "https://user:hidden@a.test:8443/hidden?key=hidden".parse().unwrap();
        assert_eq!(host(&uri), "a.test:8443");
        assert_eq!(host(&"https://a.test/".parse().unwrap()), "a.test");
    }
}
