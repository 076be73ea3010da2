//! The first look at a request: heads that no handler should have to reason about are answered here.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::uri::Authority;
use http::{HeaderValue, Request, Response, StatusCode, Uri, Version};
use http_body_util::Full;

use super::Bounds;

/// The answer to a request whose head is too long or names its host twice, missingly or in two ways.
pub(super) fn refusal<B>(request: &Request<B>, bounds: &Bounds) -> Option<Response<Full<Bytes>>> {
    if uri_bytes(request.uri()) > bounds.max_uri_bytes {
        return Some(answer(StatusCode::URI_TOO_LONG, "the URI is longer than this proxy accepts"));
    }
    (!host_is_plain(request)).then(|| {
        answer(StatusCode::BAD_REQUEST, "the request must name one host, once, and the same everywhere")
    })
}

fn uri_bytes(uri: &Uri) -> usize {
    uri.path_and_query().map_or(0, |path| path.as_str().len())
}

/// Two readers of this request must agree on its host (RFC 9112, 3.2): one `Host`, that is the target's if that has
/// one; only HTTP/1.0 and HTTP/2 may do without.
fn host_is_plain<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next(), request.uri().authority()) {
        (_, Some(_), _) => false,
        (Some(host), None, Some(target)) => is_same(host, target),
        (Some(_), None, None) => true,
        (None, None, target) => target.is_some() || request.version() != Version::HTTP_11,
    }
}

fn is_same(host: &HeaderValue, target: &Authority) -> bool {
    let without_user = target.as_str().rsplit('@').next().unwrap_or_default();
    host.as_bytes().eq_ignore_ascii_case(without_user.as_bytes())
}

fn answer(status: StatusCode, message: &'static str) -> Response<Full<Bytes>> {
    let body = format!(
        r#"{{"error":{{"message":"{message}","type":"invalid_request_error","param":null,"code":"bad_request"}}}}"#
    );
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str, hosts: &[&str], version: Version) -> Request<()> {
        let mut request = Request::builder().uri(target).version(version);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        request.body(()).unwrap()
    }

    #[test]
    fn a_request_names_its_host_once() {
        use Version as V;
        let cases: [(&str, &[&str], Version, bool); 9] = [
            ("/v1", &["a.test"], V::HTTP_11, true),
            ("/v1", &[], V::HTTP_11, false),
            ("/v1", &[], V::HTTP_10, true),
            ("/v1", &["a.test", "a.test"], V::HTTP_11, false),
            ("http://a.test/v1", &["a.test"], V::HTTP_11, true),
            ("http://a.test/v1", &["A.TEST"], V::HTTP_11, true),
            ("http://a.test/v1", &["b.test"], V::HTTP_11, false),
            ("https://a.test/v1", &[], V::HTTP_2, true),
            ("https://a.test/v1", &["b.test"], V::HTTP_2, false),
        ];
        for (target, hosts, version, plain) in cases {
            let refused = refusal(&request(target, hosts, version), &Bounds::default());
            assert_eq!(refused.is_none(), plain, "{target} {hosts:?} {version:?}");
        }
    }

    #[test]
    fn a_long_uri_is_refused() {
        let bounds = Bounds { max_uri_bytes: 8, ..Bounds::default() };
        let status =
            |target| refusal(&request(target, &["a.test"], Version::HTTP_11), &bounds).map(|r| r.status());
        assert_eq!(status("/1234567"), None);
        assert_eq!(status("/1234567?"), Some(StatusCode::URI_TOO_LONG));
    }
}
