//! Upstreams behind TLS: the version they negotiate is spoken, streams pass as they come, and a certificate that does not
//! hold ends the call before anything of it was sent.
//!
//! The certificates are made as the test runs, by an authority whose own certificate is given to the proxy as its only root.

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, mpsc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use renlayer_tests::harness::{PATIENCE, Setup, aws_access_key, base64, provider_key};
use renlayer_tests::upstream::{Ending, Pace, Script, Upstream};
use rustls::ServerConfig;
use rustls::crypto::ring;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

/// What a server may offer, and what is spoken then.
const VERSIONS: [(&[&str], &str); 4] = [
    (&["h2", "http/1.1"], "HTTP/2.0"),
    (&["h2"], "HTTP/2.0"),
    (&["http/1.1"], "HTTP/1.1"),
    (&[], "HTTP/1.1"),
];

const REDACT: &str = "dlp:\n  detectors: { secret.aws_access_key: { action: redact } }";

/// Who signs certificates.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn named(name: &str) -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    /// What a server for `params` needs, which offers these protocols.
    fn server(&self, params: &CertificateParams, protocols: &[&str]) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let key = key.serialize_der().try_into().expect("a key in a form that rustls knows");
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a certificate and its key");
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }

    /// A certificate for `params` and its key, as PEM.
    pub(crate) fn pem(&self, params: &CertificateParams) -> [String; 2] {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        [("CERTIFICATE", &certificate.der()[..]), ("PRIVATE KEY", &key.serialize_der())]
            .map(|(name, der)| format!("-----BEGIN {name}-----\n{}\n-----END {name}-----\n", base64(der)))
    }

    /// Its own certificate in a file.
    pub(crate) fn file(&self) -> NamedTempFile {
        let file = NamedTempFile::new().expect("a file");
        let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
        let pem = format!("{begin}\n{}\n{end}\n", base64(self.0.der()));
        std::fs::write(file.path(), pem).expect("the certificate in it");
        file
    }
}

pub(crate) fn localhost() -> CertificateParams {
    named("localhost")
}

pub(crate) fn named(host: &str) -> CertificateParams {
    CertificateParams::new([host.to_owned()]).expect("a name")
}

/// The usual routes to `upstream` under its TLS name; `roots` holds all that is trusted.
fn in_front_of(upstream: &Upstream, roots: &Path) -> Setup {
    Setup::default()
        .routes_to(&format!("https://localhost:{}", upstream.address().port()))
        .env("SSL_CERT_FILE", &roots.to_string_lossy())
        .env("SSL_CERT_DIR", "")
        .with_credential()
}

fn chat(stream: bool) -> Value {
    json!({"model": "m", "stream": stream, "messages": [{"role": "user", "content": "Hi"}]})
}

#[test]
fn the_version_that_tls_negotiates_is_spoken() {
    let authority = Authority::named("trusted");
    let roots = authority.file();
    for (offered, spoken) in VERSIONS {
        let upstream = Upstream::start_tls(authority.server(&localhost(), offered));
        let renlayer = in_front_of(&upstream, roots.path()).start();
        upstream.play(Script::says(["Hello ", "over TLS"]));
        for stream in [false, true] {
            let answer = renlayer.post("/openai/v1/chat/completions", &[], &chat(stream));
            assert_eq!((answer.status, answer.whole), (200, true), "{offered:?}: {answer:#?}");
            let trace = renlayer.trace(&answer);
            assert_eq!(
                (&trace["status"], &trace["outcome"]),
                (&json!("ALLOWED"), &json!("completed")),
                "{trace:#}"
            );
        }
        for request in upstream.requests() {
            assert_eq!(request.version, spoken, "{offered:?}");
            assert_eq!(request.header("authorization"), Some(&*format!("Bearer {}", provider_key())));
            assert_eq!(request.json()["messages"][0]["content"], "Hi");
        }
        assert_eq!(upstream.requests().len(), 2);
    }
}

/// A place between a client and a server that lets nothing through until it is opened.
struct Barrier {
    address: SocketAddr,
    connections: mpsc::Receiver<TcpStream>,
    server: SocketAddr,
}

impl Barrier {
    fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let (accepted, connections) = mpsc::channel();
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept()
                && accepted.send(stream).is_ok()
            {}
        });
        Self { address, connections, server }
    }

    /// The next connection, of which nothing has gone through.
    fn held(&self) -> TcpStream {
        self.connections.recv_timeout(PATIENCE).expect("a connection")
    }

    /// Lets a connection through, both ways.
    fn open(&self, client: &TcpStream) {
        let server = TcpStream::connect(self.server).expect("the server");
        for (from, to) in [(client, &server), (&server, client)] {
            let (mut from, mut to) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Write);
            });
        }
    }
}

#[test]
fn a_call_that_waits_for_its_connection_while_governance_changes_is_not_sent() {
    let authority = Authority::named("trusted");
    let roots = authority.file();
    for (offered, spoken) in [(&["h2"][..], "HTTP/2.0"), (&["http/1.1"], "HTTP/1.1")] {
        let upstream = Upstream::start_tls(authority.server(&localhost(), offered));
        let barrier = Barrier::before(upstream.address());
        let renlayer = Setup::default()
            .routes_to(&format!("https://localhost:{}", barrier.address.port()))
            .env("SSL_CERT_FILE", &roots.path().to_string_lossy())
            .env("SSL_CERT_DIR", "")
            .with_credential()
            .start();
        let ask = |method: &str| {
            let body = if method == "POST" { chat(false).to_string() } else { String::new() };
            let mut connection = renlayer.connect();
            let path = if method == "POST" { "/openai/v1/chat/completions" } else { "/openai/v1/models" };
            connection.send(&renlayer.request(method, path, &[], body.as_bytes()));
            connection
        };
        for (nth, method) in ["POST", "GET"].into_iter().enumerate() {
            let mut asked = ask(method);
            let held = barrier.held();
            let saved = renlayer.command(&["agent", "create", &format!("another-{nth}")]);
            assert_eq!(saved.code, Some(0), "a save does not wait for it: {saved:#?}");
            barrier.open(&held);
            let answer = asked.response().expect("an answer");
            assert_eq!(answer.status, 503, "{spoken} {method}: {answer:#?}");
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert!(answer.text().contains("send it again"), "{}", answer.text());
            let trace = renlayer.trace(&answer);
            assert_eq!(
                (&trace["outcome"], &trace["reasons"][0]["kind"]),
                (&json!("refused"), &json!("epoch_behind"))
            );
            assert!(upstream.requests().is_empty(), "{spoken} {method}");
        }
        // One that waits, and for which nothing changes, is sent.
        let mut asked = ask("POST");
        barrier.open(&barrier.held());
        assert_eq!(asked.response().expect("an answer").status, 200, "{spoken}");
        assert_eq!(upstream.only_request().version, spoken);
    }
}

#[test]
fn a_stream_through_tls_leaves_as_it_comes_and_without_its_secret() {
    let authority = Authority::named("trusted");
    let roots = authority.file();
    let key = aws_access_key();
    let (front, back) = key.split_at(9);
    for (offered, _) in VERSIONS {
        let upstream = Upstream::start_tls(authority.server(&localhost(), offered));
        let renlayer = in_front_of(&upstream, roots.path()).declare(REDACT).start();
        let says = Script::says(["Nothing secret here. ", "The key: ", front, back, ", keep it."]);
        upstream.play(Script { pace: Pace::Gated, ..says });
        let mut connection = renlayer.connect();
        let body = chat(true).to_string();
        connection.send(&renlayer.request("POST", "/openai/v1/chat/completions", &[], body.as_bytes()));
        upstream.release(2);
        let head = connection.head().expect("a head");
        connection.read_until(&head, "Nothing secret here");
        upstream.release(100);
        let (rest, whole) = connection.body(&head, |_| true);
        let rest = String::from_utf8_lossy(&rest);
        assert!(
            whole && rest.contains("keep it") && rest.contains("[REDACTED:secret.aws_access_key]"),
            "{rest}"
        );
        assert!(!rest.contains(front) && !rest.contains(back), "{rest}");
    }
}

#[test]
fn a_stream_that_dies_behind_tls_does_not_end_as_if_it_were_whole() {
    let authority = Authority::named("trusted");
    let roots = authority.file();
    for (offered, _) in VERSIONS {
        let upstream = Upstream::start_tls(authority.server(&localhost(), offered));
        let renlayer = in_front_of(&upstream, roots.path()).start();
        for ending in [Ending::DiesAfter(3), Ending::ResetsAfter(3)] {
            upstream.play(Script { ending, ..Script::says(["Hello ", "again ", "there"]) });
            let answer = renlayer.post("/openai/v1/chat/completions", &[], &chat(true));
            assert!(!answer.whole || answer.text().contains("error"), "{offered:?} {ending:?}: {answer:#?}");
            assert!(!answer.text().contains("there"), "{offered:?} {ending:?}: {answer:#?}");
            let trace = renlayer.trace(&answer);
            assert_eq!(
                (&trace["outcome"], &trace["upstream_failure"]),
                (&json!("upstream_error"), &json!("reset")),
                "{trace:#}"
            );
        }
    }
}

#[test]
fn a_certificate_that_does_not_hold_is_a_502_that_says_why() {
    let authority = Authority::named("trusted");
    let roots = authority.file();
    let (mut expired, mut early) = (localhost(), localhost());
    expired.not_after = date_time_ymd(2001, 1, 1);
    early.not_before = date_time_ymd(2999, 1, 1);
    let other = named("other.test");
    let stranger = Authority::named("stranger");
    for (config, failure, told, logged) in [
        (stranger.server(&localhost(), &["h2"]), "certificate_untrusted", "not trusted", "SSL_CERT_FILE"),
        (authority.server(&expired, &["h2"]), "certificate_dates", "expired", "expired"),
        (authority.server(&early, &[]), "certificate_dates", "not yet valid", "not valid yet"),
        (authority.server(&other, &["http/1.1"]), "certificate_name", "another name", "other.test"),
    ] {
        let upstream = Upstream::start_tls(config);
        let renlayer = in_front_of(&upstream, roots.path()).start();
        let answer = renlayer.chat("Hi, my word is wren");
        assert_eq!(answer.status, 502, "{failure}: {answer:#?}");
        let message = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains(told), "{failure}: {message}");
        let trace = renlayer.trace(&answer);
        let known = (&trace["status"], &trace["outcome"], &trace["upstream_failure"], &trace["http_status"]);
        assert_eq!(
            known,
            (&json!("ALLOWED"), &json!("upstream_error"), &json!(failure), &json!(502)),
            "{trace:#}"
        );
        let log = renlayer.log();
        let line = log
            .lines()
            .find(|line| line.contains(failure))
            .unwrap_or_else(|| panic!("no word of {failure}:\n{log}"));
        assert!(
            line.contains(&format!("localhost:{}", upstream.address().port())) && line.contains(logged),
            "{line}"
        );
        for text in [answer.everything(), trace.to_string(), log] {
            assert!(!text.contains(&provider_key()), "{failure}: {text}");
        }
        assert!(upstream.requests().is_empty(), "{failure}: nothing is said to a stranger");
    }
}

#[test]
fn a_server_without_tls_is_no_upstream_for_https() {
    let authority = Authority::named("trusted");
    let roots = authority.file();
    let upstream = Upstream::start();
    let renlayer = in_front_of(&upstream, roots.path()).start();
    let answer = renlayer.chat("Hi");
    assert_eq!(answer.status, 502, "{answer:#?}");
    assert_eq!(renlayer.trace(&answer)["upstream_failure"], "tls");
    assert!(upstream.requests().is_empty());
}

#[test]
fn without_roots_nothing_is_trusted() {
    let authority = Authority::named("trusted");
    let empty = NamedTempFile::new().expect("a file");
    let upstream = Upstream::start_tls(authority.server(&localhost(), &["h2"]));
    let renlayer = in_front_of(&upstream, empty.path()).start();
    let answer = renlayer.chat("Hi");
    assert_eq!(answer.status, 502, "{answer:#?}");
    assert_eq!(renlayer.trace(&answer)["upstream_failure"], "certificate_untrusted");
    assert!(renlayer.log().contains("no certificate roots"), "{}", renlayer.log());
    assert!(upstream.requests().is_empty());
}
