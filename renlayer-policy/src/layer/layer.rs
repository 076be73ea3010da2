use std::sync::Arc;

use http::request::Parts;
use jiff::Timestamp;
use tower_layer::Layer;

use super::head::{Identity, Reader};
use super::service::{PolicyService, RateLimitService};
use crate::{Dimension, LimitSet, Limiter, Needs, PolicySet};

/// Judges the calls of the services it wraps by their heads. See the [module](crate::layer).
#[derive(Clone, Debug)]
pub struct PolicyLayer {
    policies: PolicySet,
    reader: Reader,
}

/// Policies that ask for more than the head of a request tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policies ask about {}, which the head of a request does not tell", .0.beyond_the_head())]
pub struct Beyond(Needs);

/// A limit that cannot be counted by the head of a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the limit `{name}` counts {counts}, which the head of a request does not tell")]
pub struct Uncountable {
    name: String,
    counts: Dimension,
}

/// Counts the calls of the services it wraps. See the [module](crate::layer).
///
/// A limit on some models only counts every call it otherwise applies to, for a head does not tell the model.
#[derive(Clone, Debug)]
pub struct RateLimitLayer {
    limits: LimitSet,
    limiter: Arc<Limiter>,
    tenant: Arc<str>,
    reader: Reader,
}

/* ===== impl PolicyLayer ===== */

impl PolicyLayer {
    /// Judges by `policies`, calls of nobody in particular until [`identity`](Self::identity) says how to tell.
    ///
    /// # Errors
    ///
    /// When a policy asks about bodies, findings or the session's risk: it could never hold.
    pub fn new(policies: PolicySet) -> Result<Self, Beyond> {
        let needs = policies.needs();
        if needs != Needs::default() {
            return Err(Beyond(needs));
        }
        Ok(Self { policies, reader: Reader::default() })
    }

    /// Reads with `identity` who calls.
    #[must_use]
    pub fn identity(mut self, identity: impl Fn(&Parts) -> Identity + Send + Sync + 'static) -> Self {
        self.reader.identity = Arc::new(identity);
        self
    }

    /// Takes the time from `clock` instead of the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.reader.clock = Arc::new(clock);
        self
    }
}

impl<S> Layer<S> for PolicyLayer {
    type Service = PolicyService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        PolicyService::new(inner, self.policies.clone(), self.reader.clone())
    }
}

impl Needs {
    fn beyond_the_head(self) -> &'static str {
        match self {
            Self { body: true, .. } => "the body",
            Self { findings: true, .. } => "findings",
            _ => "the session's risk",
        }
    }
}

/* ===== impl RateLimitLayer ===== */

impl RateLimitLayer {
    /// Counts under `limits`, calls of nobody in particular until [`identity`](Self::identity) says how to tell. All
    /// services that this layer or a clone of it wraps count together.
    ///
    /// # Errors
    ///
    /// When a limit counts anything but requests: it would never be used up.
    pub fn new(limits: LimitSet) -> Result<Self, Uncountable> {
        if let Some(limit) = limits.iter().find(|limit| limit.dimension != Dimension::Requests) {
            return Err(Uncountable { name: limit.name.clone(), counts: limit.dimension });
        }
        let (limiter, tenant) = (Arc::new(Limiter::new()), Arc::from(""));
        Ok(Self { limits, limiter, tenant, reader: Reader::default() })
    }

    /// Counts with `limiter`, which others may share, as the tenant `tenant`.
    #[must_use]
    pub fn limiter(mut self, limiter: Arc<Limiter>, tenant: &str) -> Self {
        self.limiter = limiter;
        self.tenant = tenant.into();
        self
    }

    /// Reads with `identity` who calls.
    #[must_use]
    pub fn identity(mut self, identity: impl Fn(&Parts) -> Identity + Send + Sync + 'static) -> Self {
        self.reader.identity = Arc::new(identity);
        self
    }

    /// Takes the time from `clock` instead of the system's; best from one that does not go back.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.reader.clock = Arc::new(clock);
        self
    }
}

impl<S> Layer<S> for RateLimitLayer {
    type Service = RateLimitService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let Self { limits, limiter, tenant, reader } = self.clone();
        RateLimitService::new(inner, limits, limiter, tenant, reader)
    }
}
