//! Headers on their way through: what ends at this hop (RFC 9110, section 7.6.1), and what is ours alone.

use http::{HeaderMap, HeaderName, header};

/// The answer's header that names the action's trace.
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("x-renlayer-trace-id");
/// The request's header that attributes an action to a user.
pub(crate) const USER: HeaderName = HeaderName::from_static("x-renlayer-user");
/// The request's header that attributes an action to a session.
pub(crate) const SESSION: HeaderName = HeaderName::from_static("x-renlayer-session");

/// The answer's header that names the version of governance that judged.
pub(crate) const EPOCH: HeaderName = HeaderName::from_static("x-renlayer-epoch");
/// The request's header that asks to be judged by no earlier version than it names.
pub(crate) const MIN_EPOCH: HeaderName = HeaderName::from_static("x-renlayer-min-epoch");

const OURS: &str = "x-renlayer-";

const HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::EXPECT,
];

/// Takes out what ends at this hop: the hop-by-hop headers, whatever `Connection` names, and everything of ours.
pub(crate) fn strip_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
    strip_ours(headers);
}

/// Takes out every `X-RenLayer-*` header.
pub(crate) fn strip_ours(headers: &mut HeaderMap) {
    let ours: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with(OURS)).cloned().collect();
    for name in ours {
        headers.remove(name);
    }
}

/// A header's value as text, where it has one.
pub(crate) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<Box<str>> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty()).map(Into::into)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_ends_at_this_hop_goes_and_the_rest_stays() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, x-private"),
            ("x-private", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("x-renlayer-user", "ada"),
            ("x-renlayer-anything", "1"),
            ("content-type", "application/json"),
            ("traceparent", "00-1-2-01"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        strip_hop(&mut headers);
        let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-type", "traceparent"]);
    }
}
