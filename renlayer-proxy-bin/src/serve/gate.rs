//! The first look at a request: heads that nobody should have to reason about are marked, and the engine refuses them.

use std::net::SocketAddr;

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderValue, Request, Uri, Version};
use renlayer_core::exchange::{BadHead, HeadFault};

use super::Bounds;

/// Marks a request whose head is too long or names its host twice, missingly or in two ways.
pub(super) fn mark<B>(request: &mut Request<B>, bounds: &Bounds, peer: Option<SocketAddr>) {
    if let Some(fault) = fault(request, bounds) {
        let target = request.uri().path_and_query().map(|target| target.as_str().into());
        let head = BadHead { fault, method: Some(request.method().clone()), target, peer };
        request.extensions_mut().insert(head);
    }
}

fn fault<B>(request: &Request<B>, bounds: &Bounds) -> Option<HeadFault> {
    if uri_bytes(request.uri()) > bounds.max_uri_bytes {
        return Some(HeadFault::TargetTooLong);
    }
    (!host_is_plain(request)).then_some(HeadFault::Host)
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
            let mut request = request(target, hosts, version);
            mark(&mut request, &Bounds::default(), None);
            let fault = request.extensions().get::<BadHead>().map(|head| head.fault);
            assert_eq!(fault, (!plain).then_some(HeadFault::Host), "{target} {hosts:?} {version:?}");
        }
    }

    #[test]
    fn a_long_uri_is_refused() {
        let bounds = Bounds { max_uri_bytes: 8, ..Bounds::default() };
        let fault = |target| fault(&request(target, &["a.test"], Version::HTTP_11), &bounds);
        assert_eq!(fault("/1234567"), None);
        assert_eq!(fault("/1234567?"), Some(HeadFault::TargetTooLong));
    }
}
