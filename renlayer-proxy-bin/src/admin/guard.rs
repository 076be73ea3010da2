//! Who may not ask: a web page that somebody on this machine looks at.

use http::Request;
use http::header::{HOST, ORIGIN};
use renlayer_core::identity::is_from_a_web_page;

/// Whether a request may come from an operator. On loopback it must also name this machine as its host: a foreign name
/// was rebound to this address. Elsewhere the proxy goes by whatever name its network gives it.
pub(super) fn is_permitted<B>(request: &Request<B>, loopback: bool) -> bool {
    let headers = request.headers();
    if loopback {
        let authority = request.uri().authority().map(|authority| authority.as_str());
        return !is_from_a_web_page(headers, authority);
    }
    let fetched = headers.get("sec-fetch-site").is_some_and(|site| site != "none");
    let named = headers.contains_key(HOST) || request.uri().authority().is_some();
    named && !fetched && !headers.contains_key(ORIGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_pages_are_told_from_operators() {
        type Case = (&'static [(&'static str, &'static str)], bool, bool);
        let cases: [Case; 7] = [
            (&[("host", "127.0.0.1:8080")], true, true),
            (&[("host", "localhost:8080")], true, true),
            (&[("host", "proxy.internal:9090")], false, true),
            (&[("host", "rebound.test")], true, false),
            (&[("host", "localhost"), ("origin", "https://page.test")], true, false),
            (&[("host", "proxy.internal"), ("sec-fetch-site", "cross-site")], false, false),
            (&[("host", "proxy.internal"), ("origin", "null")], false, false),
        ];
        for (headers, loopback, permitted) in cases {
            let request = headers
                .iter()
                .fold(Request::get("/_/metrics"), |request, (name, value)| request.header(*name, *value));
            assert_eq!(is_permitted(&request.body(()).unwrap(), loopback), permitted, "{headers:?}");
        }
    }
}
