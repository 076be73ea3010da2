//! What a request's body says, put before the policies; and what they answer, put into the trace.

use http::{header, request};
use renlayer_policy::cedar::{CedarCheck, CedarDecided, CedarDecision};
use renlayer_policy::{
    Decided, Decision, Facts, FindingFact, Headers, Mcp, Mode, PolicyAction, PolicyRef, Risk, Severity,
    Upstream,
};

use super::{Reading, body::Body, budget::Budget, call::Call, cause::Cause};
use crate::{
    dialect::{Dialect, McpCall, RequestFacts, plain},
    tokens,
    trace::{ModeLevel, Reason, ReasonKind, Status},
};

/// What the policies of both kinds say.
pub(super) struct Judged {
    native: Decision,
    /// None where there are no Cedar policies.
    cedar: Option<CedarDecision>,
}

/// Reads the facts and asks the policies. An unreadable body is the caller's mistake where decisions take effect;
/// elsewhere the policies judge without it.
pub(super) fn judge(
    reading: &mut Reading,
    body: Option<&mut Body>,
    undecoded: Option<&str>,
) -> Result<Judged, Cause> {
    let dialect = reading.call.dialect;
    let text = body.as_ref().map(|body| body.text().clone()).unwrap_or_default();
    let path = plain(reading.parts.uri.path()).into_owned();
    let (facts, unreadable) = match dialect.read_request(&path, &text) {
        Ok(facts) => (facts, None),
        Err(unreadable) => {
            if undecoded.is_none() {
                refuse_or_note(&mut reading.call, Cause::bad_request(unreadable.to_string()))?;
            }
            (RequestFacts::default(), Some(unreadable.to_string()))
        }
    };
    note(reading, dialect, &facts);
    let call = &mut reading.call;
    call.budget = Budget::plan(dialect, &path, &facts, &call.snapshot, call.bounds.assumed_output_tokens);
    let pinned = reading.route.as_ref().and_then(|route| route.model.as_deref());
    if let (Some(pinned), Some(asked)) = (pinned, facts.model.as_deref())
        && pinned != asked
    {
        refuse_or_note(&mut reading.call, Cause::model_pinned(pinned))?;
    }
    let unreadable = undecoded.or(unreadable.as_deref());
    Ok(decide(reading, dialect, &facts, body, unreadable))
}

/// The cause to refuse by, where decisions take effect; elsewhere it is noted.
fn refuse_or_note(call: &mut Call, cause: Cause) -> Result<(), Cause> {
    if call.enforces() {
        return Err(cause);
    }
    call.note_instead(&cause);
    Ok(())
}

/// Enters what the body tells into the trace.
fn note(reading: &mut Reading, dialect: Dialect, facts: &RequestFacts<'_>) {
    let call = &mut reading.call;
    call.streamed = facts.stream;
    call.asks_usage = facts.asks_usage;
    call.request_id = facts.jsonrpc_id.clone();
    call.ledger.note(|trace| {
        trace.action_type = dialect.action_type(facts);
        trace.model = facts.model.as_deref().map(Into::into);
    });
}

fn decide(
    reading: &Reading,
    dialect: Dialect,
    facts: &RequestFacts<'_>,
    mut body: Option<&mut Body>,
    unreadable: Option<&str>,
) -> Judged {
    let (call, parts) = (&reading.call, &reading.parts);
    let agent_id = reading.agent.as_ref().map(|agent| agent.id.to_string());
    let (user, session) =
        call.ledger.read(|trace| (trace.user.clone(), trace.session.clone())).unwrap_or_default();
    let headers = Forwarded { parts, user: user.as_deref(), session: session.as_deref() };
    let server = reading.route.as_ref().map_or_else(|| host(parts), |route| &*route.name);
    let policy_facts = Facts {
        agent_id: agent_id.as_deref(),
        agent_name: reading.agent.as_ref().map(|agent| &*agent.name),
        user: user.as_deref(),
        session: session.as_deref(),
        action_type: dialect.action_type(facts),
        dialect: dialect.as_str(),
        method: parts.method.as_str(),
        upstream: upstream(parts),
        model: facts.model.as_deref(),
        stream: unreadable.is_none().then_some(facts.stream),
        messages: &facts.messages,
        headers: &headers,
        tools: &facts.tools,
        mcp: facts.mcp.as_ref().map(|mcp| to_mcp(server, mcp)),
        body_bytes: body.as_ref().map_or(0, |body| body.raw.len() as u64),
        prompt_tokens: unreadable.is_none().then(|| tokens::of_prompt(facts)),
        max_tokens: facts.max_tokens,
        risk: session
            .as_deref()
            .map_or_else(Risk::default, |session| call.shared.sessions.risk(call.snapshot.tenant, session)),
        unreadable,
        ..Facts::at(call.shared.clock.wall())
    };
    if call.shared.recorder.wants_explanations() {
        explain(call, policy_facts, body.as_deref_mut());
    }
    let mut strictest = ask(call, policy_facts, body.as_deref_mut());
    let mut cedar = ask_cedar(call, policy_facts, body.as_deref_mut());
    // Every call of a JSON-RPC batch is judged; the strictest verdict holds for the batch.
    for mcp in &facts.batch {
        let facts = Facts { mcp: Some(to_mcp(server, mcp)), ..policy_facts };
        let decision = ask(call, facts, body.as_deref_mut());
        if strictness(&decision) > strictness(&strictest) {
            strictest = decision;
        }
        let others = ask_cedar(call, facts, body.as_deref_mut());
        cedar = cedar.zip(others).map(|(cedar, others)| cedar.and(others));
    }
    if let Some(cedar) = cedar.as_ref().filter(|_| call.shared.recorder.wants_explanations()) {
        call.shared.recorder.explain_cedar(cedar.clone());
    }
    Judged { native: strictest, cedar }
}

/// Tells the recorder why the policies decide as they do.
fn explain(call: &Call, facts: Facts<'_>, body: Option<&mut Body>) {
    let counted = found(call, body);
    let facts = Facts { findings: Some(&counted), ..facts };
    call.shared.recorder.explain(call.snapshot.policies.explain(&facts));
}

/// Asks the policies, and scans the request where one of them wants to know what is in it.
fn ask(call: &Call, facts: Facts<'_>, body: Option<&mut Body>) -> Decision {
    let policies = &call.snapshot.policies;
    match policies.decide(&facts) {
        Decided::Final(decision) => return decision,
        Decided::NeedsFindings => {}
    }
    let counted = found(call, body);
    match policies.decide(&Facts { findings: Some(&counted), ..facts }) {
        Decided::Final(decision) => decision,
        Decided::NeedsFindings => Decision::deny(),
    }
}

/// Asks the Cedar policies, where there are any, in the same way.
fn ask_cedar(call: &Call, facts: Facts<'_>, body: Option<&mut Body>) -> Option<CedarDecision> {
    let policies = call.snapshot.cedar.as_ref()?;
    if let CedarDecided::Final(decision) = policies.decide(&facts) {
        return Some(decision);
    }
    let counted = found(call, body);
    match policies.decide(&Facts { findings: Some(&counted), ..facts }) {
        CedarDecided::Final(decision) => Some(decision),
        CedarDecided::NeedsFindings => Some(CedarDecision::deny()),
    }
}

/// What is in the request.
fn found<'b>(call: &Call, body: Option<&'b mut Body>) -> Vec<FindingFact<'b>> {
    let findings = body.map(|body| body.scan(&call.scanner, call.known.as_ref()).findings.as_slice());
    count(findings.unwrap_or_default())
}

fn count(findings: &[renlayer_dlp::Finding]) -> Vec<FindingFact<'_>> {
    let mut counted: Vec<FindingFact<'_>> = Vec::new();
    for finding in findings {
        let severity = severity(finding.severity);
        match counted.iter_mut().find(|fact| fact.class == &*finding.class && fact.severity == severity) {
            Some(fact) => fact.count += 1,
            None => counted.push(FindingFact { class: &finding.class, severity, count: 1 }),
        }
    }
    counted
}

fn severity(severity: renlayer_dlp::Severity) -> Severity {
    match severity {
        renlayer_dlp::Severity::Low => Severity::Low,
        renlayer_dlp::Severity::Medium => Severity::Medium,
        renlayer_dlp::Severity::High => Severity::High,
        renlayer_dlp::Severity::Critical => Severity::Critical,
    }
}

fn strictness(decision: &Decision) -> u8 {
    match decision.action {
        PolicyAction::Allow => 0,
        PolicyAction::Flag => 1,
        PolicyAction::Deny => 2,
    }
}

/// Enters what the policies say into the trace; a denial comes back as the cause to refuse by. The stricter of both kinds
/// holds, and where both deny, the native policy is what the caller is told of.
pub(super) fn weigh(call: &mut Call, judged: &Judged) -> Option<Cause> {
    let native = weigh_native(call, &judged.native);
    let Some(cedar) = &judged.cedar else { return native };
    let observed_by = call.observed_by();
    let native = native.map(|cause| {
        let observed_by = call.cause_observed_by(&cause);
        call.ledger.note(|trace| trace.reasons.extend(cause.to_reason(observed_by)));
        cause.noted()
    });
    cedar
        .checks
        .iter()
        .flat_map(|check| of_cedar(check, observed_by))
        .for_each(|reason| call.ledger.reason(reason));
    let denies = cedar.action() == PolicyAction::Deny;
    native.or_else(|| denies.then(|| Cause::cedar(cedar.strictest())))
}

fn weigh_native(call: &mut Call, decision: &Decision) -> Option<Cause> {
    let insists = decision.policy.as_ref().is_some_and(|policy| policy.mode == Some(Mode::Enforce));
    let observed_by = call.observed_by().filter(|_| !insists);
    call.policy = decision.policy.clone();
    for policy in &decision.observed {
        if let Some(status) = status(policy.action) {
            call.ledger.reason(of_policy(policy, status, Some(ModeLevel::Policy)));
        }
    }
    let status = status(decision.action);
    for (policy, condition) in &decision.unevaluable {
        let status = status.unwrap_or(Status::Allowed);
        call.ledger.reason(Reason {
            by: Some(policy.to_string().into()),
            name: Some((*condition).into()),
            ..Reason::new(status, ReasonKind::PolicyUnevaluable, observed_by)
        });
    }
    match (status, &decision.policy) {
        (Some(Status::Denied), policy) => Some(Cause::policy(policy.as_ref())),
        (Some(status), Some(policy)) => {
            call.ledger.reason(of_policy(policy, status, observed_by));
            None
        }
        _ => None,
    }
}

fn status(action: PolicyAction) -> Option<Status> {
    match action {
        PolicyAction::Allow => None,
        PolicyAction::Flag => Some(Status::Flagged),
        PolicyAction::Deny => Some(Status::Denied),
    }
}

fn of_policy(policy: &PolicyRef, status: Status, observed_by: Option<ModeLevel>) -> Reason {
    Reason {
        by: Some(policy.id.to_string().into()),
        name: Some(policy.name.as_ref().into()),
        ..Reason::new(status, ReasonKind::Policy, observed_by)
    }
}

/// A reason for each policy that determines an answer which is more than a permit.
fn of_cedar(check: &CedarCheck, observed_by: Option<ModeLevel>) -> Vec<Reason> {
    let Some(status) = status(check.verdict.action()) else { return Vec::new() };
    let name: Option<Box<str>> = Some(check.verdict.as_str().into());
    let reason =
        |by| Reason { by, name: name.clone(), ..Reason::new(status, ReasonKind::Cedar, observed_by) };
    match check.policies.as_slice() {
        [] => vec![reason(None)],
        policies => policies.iter().map(|id| reason(Some(id.as_str().into()))).collect(),
    }
}

fn to_mcp<'a>(server: &'a str, mcp: &'a McpCall<'_>) -> Mcp<'a> {
    Mcp { server, method: &mcp.method, tool: mcp.tool.as_deref(), resource: mcp.resource.as_deref() }
}

/// Where a request goes: its URI says so, or, inside a server, its `Host`.
pub(super) fn upstream(parts: &request::Parts) -> Upstream<'_> {
    let host = host(parts);
    let scheme = parts.uri.scheme_str().unwrap_or("http");
    let default = if scheme == "https" { 443 } else { 80 };
    let (name, port) = match parts.uri.host() {
        Some(name) => (name, parts.uri.port_u16()),
        None => match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host, None),
        },
    };
    Upstream { scheme, host: name, port: port.unwrap_or(default), path: parts.uri.path() }
}

fn host(parts: &request::Parts) -> &str {
    parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// The headers that policies may ask about: those that are forwarded, and the two that attribute the call.
struct Forwarded<'a> {
    parts: &'a request::Parts,
    user: Option<&'a str>,
    session: Option<&'a str>,
}

impl Headers for Forwarded<'_> {
    fn values(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        let ours = [(super::headers::USER, self.user), (super::headers::SESSION, self.session)];
        if let Some((_, value)) = ours.iter().find(|(ours, _)| name.eq_ignore_ascii_case(ours.as_str())) {
            value.iter().for_each(|value| visit(value.as_bytes()));
            return;
        }
        self.parts.headers.get_all(name).iter().for_each(|value| visit(value.as_bytes()));
    }
}
