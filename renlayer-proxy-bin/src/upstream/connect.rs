//! A new connection: resolve, connect, TLS, within one timeout; tried once more if it was refused early.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::crypto::ring;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tower_service::Service;

use super::guard::NotOurselves;
use super::notice::Notices;
use super::resolve::Resolver;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Https = HttpsConnector<NotOurselves<HttpConnector<Resolver>>>;

/// How long a refused connection is left alone before the second and last try: an upstream that is being restarted
/// is often back by then.
const PAUSE: Duration = Duration::from_millis(100);

/// Connects within a time limit, once more if the first try fails.
#[derive(Clone)]
pub(super) struct Connector {
    https: Https,
    limit: Duration,
    notices: Arc<Notices>,
}

/// The connection was not there in time.
#[derive(Debug, Error)]
#[error("the connection took longer than {0:?}")]
pub(super) struct ConnectTimeout(Duration);

// === impl Connector ===

impl Connector {
    pub(super) fn new(tls: ClientConfig, own: Arc<[SocketAddr]>, limit: Duration) -> Self {
        let mut http = HttpConnector::new_with_resolver(Resolver::system());
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(Duration::from_secs(60)));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(NotOurselves::new(http, own));
        Self { https, limit, notices: Arc::default() }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.https.poll_ready(cx)
    }

    fn call(&mut self, destination: Uri) -> Self::Future {
        let limit = self.limit;
        let first = self.https.call(destination.clone());
        let mut again = self.https.clone();
        let (notices, upstream) = (Arc::clone(&self.notices), destination.clone());
        let attempts = async move {
            match first.await {
                Ok(stream) => Ok(stream),
                Err(_) => {
                    sleep(PAUSE).await;
                    again.call(destination).await
                }
            }
        };
        Box::pin(async move {
            let connected = timeout(limit, attempts).await;
            let connected = connected.unwrap_or_else(|_| Err(ConnectTimeout(limit).into()));
            connected.inspect_err(|error: &BoxError| notices.failed(&upstream, error.as_ref()))
        })
    }
}

/// TLS with the system's roots. Without any, calls to `https` upstreams fail one by one, and the log says why.
pub(super) fn tls() -> ClientConfig {
    let with_versions = || {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
    };
    let roots = with_versions().map(|config| config.with_native_roots());
    match roots {
        Ok(Ok(config)) => config.with_no_client_auth(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no certificate roots on this system: calls to https upstreams will fail");
            rootless()
        }
        Err(error) => {
            tracing::warn!(%error, "the TLS provider offers no protocol version");
            rootless()
        }
    }
}

fn rootless() -> ClientConfig {
    ClientConfig::builder().with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
}
