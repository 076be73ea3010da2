use tower_layer::Layer;

use super::Enforcement;
use crate::{engine::Engine, exchange::Ingress};

/// Governs the calls of the services it wraps. See the [module](crate::layer).
#[derive(Debug, Clone)]
pub struct EnforcementLayer {
    engine: Engine,
    ingress: Ingress,
}

impl EnforcementLayer {
    /// Judges calls inside a program's own stack; their URIs stay as they are.
    pub fn inline(engine: Engine) -> Self {
        Self { engine, ingress: Ingress::Inline }
    }

    /// Judges calls and sends them where their route says, for an inner service that is an HTTP client.
    pub fn reverse(engine: Engine) -> Self {
        Self { engine, ingress: Ingress::Reverse }
    }
}

impl<S> Layer<S> for EnforcementLayer {
    type Service = Enforcement<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Enforcement::new(inner, self.engine.clone(), self.ingress)
    }
}
