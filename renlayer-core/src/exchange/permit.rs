//! The third step: limits must admit the action, the scan decides what may leave, and the request is made ready for its
//! upstream.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, header, request};
use renlayer_dlp::{Action, Direction, Report};
use renlayer_policy::{Admission, Subject};

use super::{
    Ingress, Pending, Reading, Refused, begin::Came, body::Body, budget::Progress, call::Call, cause::Cause,
    change::Kept, headers, judge::upstream, last_look::LastLook, usage_wish,
};
use crate::{
    dialect::plain,
    identity::Agent,
    refill::Refills,
    route::{Route, RouteCredential},
    snapshot::OnChange,
    tokens,
    trace::ModeLevel,
};

/// An action that policy lets through, before limits have admitted it.
pub struct Permit {
    call: Box<Call>,
    parts: request::Parts,
    ingress: Ingress,
    route: Option<Arc<Route>>,
    agent: Option<Arc<Agent>>,
    /// None where the body goes on unread.
    body: Option<Body>,
    came: Came,
    /// Whether what it may use has been counted as well as it can be.
    weighed: bool,
    /// When the limits were first asked.
    asked: Option<Duration>,
    /// What they said; none until they have answered.
    counted: Option<Counted>,
}

/// What the limits say to the action.
enum Counted {
    Admitted,
    Refused(Cause),
}

/// A request on its way to the upstream.
pub struct Forward {
    /// The head, as the upstream is to see it. Its extensions hold a [`LastLook`] and the route's
    /// [`RouteTimeouts`](crate::route::RouteTimeouts).
    pub parts: request::Parts,
    /// The body; empty where it goes on unread, for then the shell has it.
    pub body: Bytes,
    /// The action, waiting for its answer.
    pub pending: Pending,
}

impl Counted {
    fn refused(self) -> Option<Cause> {
        match self {
            Self::Admitted => None,
            Self::Refused(cause) => Some(cause),
        }
    }
}

impl Permit {
    pub(super) fn new(read: Reading, body: Option<Body>) -> Self {
        let Reading { call, parts, came, ingress, route, agent, .. } = read;
        Self { call, parts, ingress, route, agent, body, came, weighed: false, asked: None, counted: None }
    }

    /// Scans the body, and asks no limit: whether the action may go out as far as everything else is concerned.
    pub(super) fn let_through(self) -> Result<(), Refused> {
        let Self { mut call, mut body, .. } = self;
        match scan(&mut call, body.as_mut()) {
            Some(cause) => call.refuse_or_note(&cause).map(drop),
            None => Ok(()),
        }
    }

    /// Asks the limits, and tells whether they have answered. They have not where they are shared with other instances and more
    /// has to be asked for first: call it again when that is there. Who cannot wait goes on to [`admit`](Self::admit).
    pub fn reserve(&mut self) -> bool {
        self.asked.get_or_insert_with(|| self.call.start());
        if self.counted.is_none() {
            self.counted = self.count(true);
        }
        // Who waits keeps nobody from replacing governance.
        self.call.pin = self.call.pin.take().filter(|_| self.counted.is_some());
        self.counted.is_some()
    }

    /// Where calls wait for what their limits share with others.
    pub(crate) fn refills(&self) -> Option<Refills> {
        self.call.shared.refills.clone()
    }

    /// Every limit that applies must admit the action; where one refuses, none of them counts it. None where the store has to be
    /// asked first, for those who are `patient`.
    fn count(&mut self, patient: bool) -> Option<Counted> {
        let Self { call, parts, .. } = self;
        // What would have been refused before is asked no limit, and counts under none.
        if call.ledger.has_been_decided() {
            return Some(Counted::Admitted);
        }
        let agent_id = self.agent.as_ref().map(|agent| agent.id.to_string());
        let tenant = call.snapshot.tenant.to_string();
        let (user, model) =
            call.ledger.read(|trace| (trace.user.clone(), trace.model.clone())).unwrap_or_default();
        let policy = call.policy.clone();
        let subject = Subject {
            tenant: &tenant,
            agent_id: agent_id.as_deref(),
            agent_name: self.agent.as_ref().map(|agent| &*agent.name),
            user: user.as_deref(),
            upstream: upstream(parts),
            method: parts.method.as_str(),
            model: model.as_deref(),
            policy_id: policy.as_ref().map(|policy| policy.id.as_str()),
            policy_name: policy.as_ref().map(|policy| &*policy.name),
            unreadable: self.body.is_none(),
        };
        if let Some(body) = self
            .body
            .as_ref()
            .filter(|_| !self.weighed && call.budget.counts() && call.snapshot.limits.meters(&subject))
        {
            weigh(call, parts, body);
        }
        self.weighed = true;
        let (limiter, limits) = (&call.shared.limiter, &call.snapshot.limits);
        let (demand, now) = (call.budget.demand(), call.shared.counted_at());
        let admission = match patient {
            true => limiter.try_admit(limits, &subject, demand, now)?,
            false => limiter.admit(limits, &subject, demand, now),
        };
        Some(hold(call, admission))
    }

    /// Asks the limits, scans the body, and makes the request ready.
    pub fn admit(mut self) -> Result<Forward, Refused> {
        let started = self.asked.unwrap_or_else(|| self.call.start());
        let counted = self.counted.take().or_else(|| self.count(false));
        let Self { mut call, mut parts, ingress, route, mut body, came, .. } = self;
        if !call.is_pinned() {
            call = call.replaced()?;
        }
        if call.governance.streams == OnChange::Judge {
            call.kept = Some(Kept::new(&parts, came, ingress, body.as_ref().map(|body| body.raw.clone())));
        }
        let counted = counted.and_then(Counted::refused);
        let scanned = scan(&mut call, body.as_mut());
        if let Some(cause) = counted.or(scanned) {
            call = call.refuse_or_note(&cause)?;
        }
        let body = body.map_or_else(Bytes::new, |body| outgoing(&mut call, &mut parts, &body));
        dress(&mut parts, ingress, route.as_deref());
        call.spent(started);
        // Whoever was paused since the first look may have been given up meanwhile.
        call = call.hold_lease()?;
        call.pin = None;
        parts.extensions.insert(LastLook::of(&call));
        call.ledger.forwarded();
        call.budget.came(Progress::Sent);
        let method = parts.method.clone();
        Ok(Forward { parts, body, pending: Pending { call, method } })
    }
}

/// Keeps what limits hold for the action, and what they say.
fn hold(call: &mut Call, admission: Admission) -> Counted {
    match call.budget.hold(admission) {
        Ok(states) => {
            for observed in states.iter().filter(|limit| limit.exceeded) {
                let reason = Cause::limit(observed).to_reason(Some(ModeLevel::Limit));
                call.ledger.note(|trace| trace.reasons.extend(reason));
            }
            call.limits = Some(states);
            Counted::Admitted
        }
        Err(limit) => {
            let cause = Cause::limit(&limit);
            call.limits = Some(vec![limit]);
            Counted::Refused(cause)
        }
    }
}

/// Counts what a model reads of the request, which limits on tokens and spend reserve. The facts are read once more: nothing
/// of them was kept for the calls that such limits do not apply to.
fn weigh(call: &mut Call, parts: &request::Parts, body: &Body) {
    let path = plain(parts.uri.path());
    if let Ok(facts) = call.dialect.read_request(&path, body.text()) {
        let counter = call.shared.tokens();
        call.budget.set_input(tokens::of_request(&*counter, &facts, body.text()));
    }
}

/// The body as it leaves: as it came, unless something has to be taken out of it, or asked for.
fn outgoing(call: &mut Call, parts: &mut request::Parts, body: &Body) -> Bytes {
    let mut edited = body.redacted();
    if call.streamed
        && !call.asks_usage
        && call.budget.is_metered()
        && usage_wish::is_due(call.dialect, parts)
    {
        let wished = usage_wish::into_body(edited.as_ref().unwrap_or(body.text()));
        call.hides_usage = wished.is_some();
        edited = wished.map(Bytes::from).or(edited);
    }
    let Some(edited) = edited else { return body.raw.clone() };
    parts.headers.remove(header::CONTENT_ENCODING);
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(edited.len()));
    edited
}

/// Scans what is to leave; what may not is the cause to refuse by. Bytes that could not be looked into may not either.
fn scan(call: &mut Call, body: Option<&mut Body>) -> Option<Cause> {
    let body = body.filter(|body| !body.raw.is_empty())?;
    let (observed_by, settings_observe) = (call.findings_observed_by(), call.snapshot.modes.dlp_observes);
    let cause = {
        let report = body.scan(&call.scanner, call.known.as_ref());
        if let Some(owner) = &call.owner {
            let now = call.shared.clock.wall();
            report.keep_stand_ins(|stand_in, original| {
                call.shared.stand_ins.keep(owner, stand_in, original, now)
            });
        }
        call.ledger.findings(Direction::Request, &report.findings, &report.cost, observed_by);
        verdict(report, settings_observe)
    };
    call.ledger.coverage(|coverage| coverage.request = body.coverage());
    call.ledger.bodies(body.traced(call.bounds.max_traced_bytes), None);
    cause
}

/// What a scan of a request asks for, where that is to refuse it.
fn verdict(report: &Report, settings_observe: bool) -> Option<Cause> {
    let mut blocking = report.findings.iter().filter(|finding| finding.action == Action::Block);
    if let Some(finding) = blocking.next().filter(|_| !settings_observe) {
        return Some(Cause::dlp(&finding.class, "the request"));
    }
    report.opaque.first().map(|opaque| Cause::unscannable(opaque.reason.as_str()))
}

/// Makes the head what the upstream is to see.
fn dress(parts: &mut request::Parts, ingress: Ingress, route: Option<&Route>) {
    match ingress {
        Ingress::Inline => headers::strip_ours(&mut parts.headers),
        Ingress::Reverse => {
            headers::strip_hop(&mut parts.headers);
            // The client names the host it connects to.
            parts.headers.remove(header::HOST);
        }
    }
    // Answers are scanned: one that comes as it is need not be decoded first.
    if parts.headers.contains_key(header::ACCEPT_ENCODING) {
        parts.headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    let Some(route) = route else { return };
    for (name, value) in &route.headers {
        parts.headers.insert(name, value.clone());
    }
    if let RouteCredential::Inject(credential) = &route.credential {
        credential.inject(&mut parts.headers);
    }
    parts.extensions.insert(route.timeouts);
}
