use std::sync::Arc;

use tower_layer::Layer;

use super::{Dlp, guard::Guard};
use crate::{Direction, Finding, Scanner};

/// Scans the bodies that go through the services it wraps. See the [module](crate::layer).
#[derive(Clone, Debug)]
pub struct DlpLayer {
    guard: Guard,
}

/// The longest body that is gathered unless another bound is set.
const DEFAULT_BOUND: usize = 16 * 1024 * 1024;

impl DlpLayer {
    /// Scans with `scanner`, whose settings say what is blocked and what redacted.
    #[must_use]
    pub fn new(scanner: Scanner) -> Self {
        Self { guard: Guard { scanner, bound: DEFAULT_BOUND, observer: None } }
    }

    /// The longest body, in bytes, that is gathered to be judged whole; 16 MiB unless set. Streams have none.
    #[must_use]
    pub fn bound(mut self, bytes: usize) -> Self {
        self.guard.bound = bytes;
        self
    }

    /// Calls `observer` with what was found, as soon as it is decided: once for a body that is judged whole, for a stream
    /// each time there is more. It is never called with nothing.
    #[must_use]
    pub fn on_findings(mut self, observer: impl Fn(Direction, &[Finding]) + Send + Sync + 'static) -> Self {
        self.guard.observer = Some(Arc::new(observer));
        self
    }
}

impl<S> Layer<S> for DlpLayer {
    type Service = Dlp<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Dlp::new(inner, self.guard.clone())
    }
}
