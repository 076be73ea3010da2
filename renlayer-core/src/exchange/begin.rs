//! The first step: who calls, where to, and in which dialect. All of it from the request's head.

use std::{num::ParseIntError, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, Uri, header, request};
use jiff::Timestamp;
use renlayer_policy::ActionType;

use super::{
    Ingress, Reading, Refused, body::Gather, budget::Budget, call::Call, cause::Cause, headers,
    ledger::Ledger,
};
use crate::{
    dialect::{Dialect, Usage},
    engine::{Engine, Shared},
    id::TraceId,
    identity::{Agent, KEY_HEADERS, Presented, is_from_a_web_page},
    pin::Pin,
    route::{Route, RouteCredential, check_path},
    snapshot::{Governance, Keyless},
    stand_ins::Owner,
    trace::{Coverage, Latency, Outcome, Status, Trace},
};

impl Engine {
    /// Begins an action with the head of its request.
    pub fn begin(&self, mut parts: request::Parts, ingress: Ingress) -> Result<Reading, Refused> {
        let governance = self.governance();
        let came = Came::of(&parts);
        let who = identify(&governance, &mut parts, ingress, self.shared());
        self.begin_as(who, (parts, came), ingress, &governance)
    }

    /// Begins an action of one who is known already, or is not to be let in.
    pub(super) fn begin_as(
        &self,
        who: Result<Option<Arc<Agent>>, Cause>,
        (mut parts, came): (request::Parts, Came),
        ingress: Ingress,
        governance: &Arc<Governance>,
    ) -> Result<Reading, Refused> {
        let shared = self.shared();
        let mut call = open(shared, governance, who.as_ref().ok().and_then(Option::as_ref), &parts);
        let started = call.start();
        call = call.hold_lease()?;
        if let Err(cause) = reaches(governance, &parts) {
            call = call.refuse_or_note(&cause)?;
        }
        if let Err(cause) = &who {
            call = call.refuse_or_note(cause)?;
        }
        let route = match ingress {
            Ingress::Inline => None,
            Ingress::Reverse => match aim(&mut call, &mut parts) {
                Ok(route) => Some(route),
                Err(cause) => return Err(call.refuse(&cause)),
            },
        };
        match route.as_ref().map(|route| &route.credential) {
            Some(RouteCredential::Missing(secret)) => {
                call = call.refuse_or_note(&Cause::missing_credential(secret))?;
            }
            Some(RouteCredential::Inject(credential)) => call.known = Some(credential.known().clone()),
            Some(RouteCredential::Agent) | None => {}
        }
        name(&mut call, &parts, route.as_deref());
        let limit = call.bounds.max_body_bytes;
        if content_length(&parts).is_some_and(|length| length > limit as u64) && call.enforces() {
            return Err(call.refuse(&Cause::body_too_large(limit)));
        }
        call.spent(started);
        let agent = who.ok().flatten();
        Ok(Reading { call, parts, came, ingress, route, agent, gather: Gather::new(limit) })
    }
}

/// What beginning changes in a head, as it came.
pub(super) struct Came {
    uri: Uri,
    keys: Vec<(HeaderName, HeaderValue)>,
}

impl Came {
    pub(super) fn of(parts: &request::Parts) -> Self {
        let keys = KEY_HEADERS
            .iter()
            .flat_map(|name| parts.headers.get_all(name).iter().map(|value| (name.clone(), value.clone())));
        Self { uri: parts.uri.clone(), keys: keys.collect() }
    }

    pub(super) fn restore(self, parts: &mut request::Parts) {
        parts.uri = self.uri;
        KEY_HEADERS.iter().for_each(|name| drop(parts.headers.remove(name)));
        parts.headers.extend(self.keys.into_iter().map(|(name, value)| (Some(name), value)));
    }
}

impl Reading {
    /// The action under the governance in force, which stays so until it is forwarded or refused: what was replaced while
    /// the body came decides nothing any more, not even who calls.
    pub(super) fn pinned(mut self) -> Result<Self, Refused> {
        loop {
            let pin = Pin::new(&self.call.governance, &self.call.shared.governance);
            if pin.is_some() {
                self.call.pin = pin;
                return Ok(self);
            }
            self = self.again()?;
        }
    }

    fn again(self) -> Result<Self, Refused> {
        let Self { mut call, mut parts, came, ingress, gather, .. } = self;
        came.restore(&mut parts);
        let engine = Engine::of(call.shared.clone());
        let earlier = call.ledger.forget();
        let mut again = engine.begin(parts, ingress)?;
        earlier.into_iter().for_each(|earlier| again.call.ledger.resume(earlier));
        Ok(Self { gather, ..again })
    }
}

/// Whether this is the version of governance that the caller asks for at least.
fn reaches(governance: &Governance, parts: &request::Parts) -> Result<(), Cause> {
    match min_epoch(&parts.headers) {
        Some(Ok(asked)) if asked > governance.epoch => Err(Cause::epoch_behind(asked, governance.epoch)),
        Some(Err(_)) => Err(Cause::bad_request("X-RenLayer-Min-Epoch is not a whole number")),
        _ => Ok(()),
    }
}

/// The version of governance that a caller asks for at least.
pub(crate) fn min_epoch(headers: &HeaderMap) -> Option<Result<u64, ParseIntError>> {
    headers.get(&headers::MIN_EPOCH).map(|value| value.to_str().unwrap_or_default().parse())
}

/// The agent that calls; none where a call is let through without one.
fn identify(
    governance: &Governance,
    parts: &mut request::Parts,
    ingress: Ingress,
    shared: &Shared,
) -> Result<Option<Arc<Agent>>, Cause> {
    let now = shared.clock.wall();
    let in_query = take_from_query(governance, parts, now);
    let presented = match governance.keys.take(&mut parts.headers, now) {
        Presented::Nothing => in_query,
        in_headers => in_headers,
    };
    match presented {
        Presented::Agent(agent) => Ok(Some(agent)),
        Presented::Refused => Err(Cause::unauthenticated(true)),
        Presented::Nothing => match &governance.keyless {
            Keyless::Refused => Err(Cause::unauthenticated(false)),
            Keyless::Agent(_) if ingress == Ingress::Reverse && is_web_page(parts) => Err(Cause::web_page()),
            Keyless::Agent(agent) => Ok(Some(agent.clone())),
        },
    }
}

/// Takes an agent key out of the query, so that it does not reach the upstream.
fn take_from_query(governance: &Governance, parts: &mut request::Parts, now: Timestamp) -> Presented {
    let Some(query) = parts.uri.query().filter(|query| query.contains("key=")) else {
        return Presented::Nothing;
    };
    let (presented, rest) = governance.keys.take_from_query(query, now);
    if presented != Presented::Nothing {
        let target =
            rest.map_or_else(|| parts.uri.path().to_owned(), |rest| format!("{}?{rest}", parts.uri.path()));
        let mut uri = parts.uri.clone().into_parts();
        uri.path_and_query = target.parse().ok();
        // What was a valid URI is one without its query's key.
        parts.uri = Uri::from_parts(uri).unwrap_or_default();
    }
    presented
}

fn is_web_page(parts: &request::Parts) -> bool {
    is_from_a_web_page(&parts.headers, parts.uri.authority().map(|authority| authority.as_str()))
}

/// Opens the trace and what every state carries.
pub(super) fn open(
    shared: &Arc<Shared>,
    governance: &Arc<Governance>,
    agent: Option<&Arc<Agent>>,
    parts: &request::Parts,
) -> Box<Call> {
    let snapshot = governance.of(agent.map(|agent| &**agent)).clone();
    let now = shared.clock.wall();
    let id = TraceId::mint(now);
    let session = headers::text(&parts.headers, &headers::SESSION);
    let mode = snapshot.modes.of(agent.map(|agent| &**agent));
    let scanner = snapshot.scanner_of(agent.map(|agent| &**agent));
    let owner = scanner
        .tokenizes()
        .then(|| Owner::new(snapshot.tenant, agent.map(|agent| agent.id), session.as_deref()));
    let scanner =
        owner.as_ref().map_or_else(|| scanner.clone(), |owner| scanner.tokenizing(owner.as_bytes()));
    let trace = Trace {
        id,
        tenant: snapshot.tenant,
        agent: agent.map(|agent| agent.to_ref()),
        user: headers::text(&parts.headers, &headers::USER),
        session,
        started_at: now,
        epoch: governance.epoch,
        action_type: ActionType::HttpRequest,
        dialect: Dialect::Http,
        route: None,
        method: parts.method.as_str().into(),
        refused_head: None,
        upstream: None,
        model: None,
        status: Status::Allowed,
        enforced: true,
        mode,
        instead: None,
        ended_by_epoch: None,
        outcome: Outcome::ClientDisconnected,
        upstream_failure: None,
        reasons: Vec::new(),
        http_status: None,
        findings: Vec::new(),
        request_body: None,
        response_body: None,
        usage: Usage::default(),
        spend: None,
        latency: Latency::default(),
        coverage: Coverage::default(),
        detector_cost: renlayer_dlp::Cost::default(),
    };
    Box::new(Call {
        shared: shared.clone(),
        governance: governance.clone(),
        pin: None,
        unleased: false,
        kept: None,
        bounds: governance.bounds,
        mode,
        ledger: Ledger::open(trace, shared),
        snapshot,
        id,
        // Until a route says better, so that a refusal for want of one still speaks the caller's dialect.
        dialect: Dialect::of(None, &parts.method, parts.uri.path(), &parts.headers),
        request_id: None,
        streamed: false,
        asks_usage: false,
        policy: None,
        budget: Budget::default(),
        hides_usage: false,
        limits: None,
        known: None,
        scanner,
        owner,
    })
}

/// Finds the route and turns the URI into the upstream's.
fn aim(call: &mut Call, parts: &mut request::Parts) -> Result<Arc<Route>, Cause> {
    // HTTP/2 requests carry scheme and authority, as do those of a forward proxy's clients over HTTP/1.
    if parts.method == http::Method::CONNECT
        || (parts.version < http::Version::HTTP_2 && parts.uri.scheme().is_some())
    {
        return Err(Cause::not_a_forward_proxy());
    }
    check_path(parts.uri.path()).map_err(|ambiguous| Cause::bad_request(ambiguous.to_string()))?;
    let host =
        parts.uri.host().or_else(|| parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()));
    let Some((route, rest)) = call.snapshot.routes.find(host, parts.uri.path()) else {
        return Err(Cause::no_route(parts.uri.path()));
    };
    let route = route.clone();
    let uri =
        route.uri(rest, parts.uri.query()).map_err(|_| Cause::bad_request("the path is not a valid URI"))?;
    parts.uri = uri;
    Ok(route)
}

/// Enters what the head tells into the trace.
fn name(call: &mut Call, parts: &request::Parts, route: Option<&Route>) {
    let provider = route.and_then(|route| route.provider);
    call.dialect = Dialect::of(provider, &parts.method, parts.uri.path(), &parts.headers);
    let (dialect, upstream) = (call.dialect, destination(parts));
    call.ledger.note(|trace| {
        trace.dialect = dialect;
        trace.route = route.map(|route| route.name.clone());
        trace.upstream = Some(upstream.into());
    });
}

/// Where the request goes, without query and user information: both may carry credentials.
fn destination(parts: &request::Parts) -> String {
    let scheme = parts.uri.scheme_str().unwrap_or("http");
    let host = parts.headers.get(header::HOST).and_then(|host: &HeaderValue| host.to_str().ok());
    let authority = parts.uri.authority().map(|authority| authority.as_str()).or(host).unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{}", parts.uri.path())
}

fn content_length(parts: &request::Parts) -> Option<u64> {
    parts.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
