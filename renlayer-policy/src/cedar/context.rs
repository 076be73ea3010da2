//! The facts of a call as Cedar sees them: the context, and the entities that only this call has.
//!
//! Only what some policy reads is put together. What is not known is left out, so that asking for it is an error.

use std::collections::HashMap;

use cedar_policy::{Context, Entity, EntityUid, RestrictedExpression};
use jiff::tz::TimeZone;

use super::names::{Kind, Names, named};
use super::question::Question;
use super::reads::{RESOURCE, Reads};
use crate::facts::{Facts, Role, Severity, ToolPhase};

/// Something could not be put into Cedar's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inexpressible;

type Value = RestrictedExpression;
type Made<T> = Result<T, Inexpressible>;

/// The name under which agents say what they are about.
const INTENT: &str = "x-renlayer-intent";
const GOAL: &str = "x-renlayer-goal";
/// For whom an agent acts: the first who asked, then whoever passed it on, divided by commas.
const DELEGATION: &str = "x-renlayer-delegation";

/// The context of a question, with `path` as the upstream's.
pub(super) fn context(reads: &Reads, facts: &Facts<'_>, path: &str, names: &Names) -> Made<Context> {
    let mut members = Vec::new();
    let mut add = |name: &str, value: &dyn Fn() -> Made<Option<Value>>| {
        if reads.has(name) {
            members.extend(value()?.map(|value| (name.to_owned(), value)));
        }
        Ok(())
    };
    add("action_type", &|| Ok(Some(string(facts.action_type.as_str()))))?;
    add("dialect", &|| Ok(Some(string(facts.dialect))))?;
    add("method", &|| Ok(Some(string(facts.method))))?;
    add("upstream", &|| upstream(facts, path).map(Some))?;
    add("headers", &|| Ok(Some(Value::new_entity_uid(headers_uid(names)))))?;
    add("body_bytes", &|| Ok(Some(long(facts.body_bytes))))?;
    add("body", &|| body(reads, facts))?;
    add("findings", &|| findings(facts))?;
    add("time", &|| time(facts).map(Some))?;
    add("risk", &|| risk(facts).map(Some))?;
    add("user", &|| Ok(facts.user.map(string)))?;
    add("session", &|| Ok(facts.session.map(string)))?;
    add("intent", &|| Ok(header(facts, INTENT).map(Value::new_string)))?;
    add("goal", &|| Ok(header(facts, GOAL).map(Value::new_string)))?;
    add("delegation", &|| delegation(facts))?;
    Context::from_pairs(members).map_err(|_| Inexpressible)
}

/// The entities that policies read and that only this call has.
pub(super) fn entities(
    reads: &Reads,
    facts: &Facts<'_>,
    question: &Question<'_>,
    resource: &EntityUid,
    names: &Names,
) -> Made<Vec<Entity>> {
    let mut entities = Vec::new();
    if reads.has(RESOURCE) {
        let name = string(&question.name);
        let attributes = match question.kind {
            Kind::Upstream => vec![("host".to_owned(), name)],
            Kind::Tool => vec![("name".to_owned(), name)],
            Kind::McpTool => vec![("name".to_owned(), name), ("server".to_owned(), string(question.server))],
        };
        let entity = Entity::new(resource.clone(), HashMap::from_iter(attributes), [].into());
        entities.push(entity.map_err(|_| Inexpressible)?);
    }
    if !reads.headers.is_empty() {
        let tags = reads.headers.iter().filter_map(|name| {
            let values = values(facts, name);
            (!values.is_empty()).then(|| (name.to_string(), set(values)))
        });
        let entity = Entity::new_with_tags(headers_uid(names), [], [], tags.collect::<Vec<_>>());
        entities.push(entity.map_err(|_| Inexpressible)?);
    }
    Ok(entities)
}

fn headers_uid(names: &Names) -> EntityUid {
    named(&names.headers, "call")
}

fn upstream(facts: &Facts<'_>, path: &str) -> Made<Value> {
    let upstream = facts.upstream;
    let mut host = String::new();
    crate::url::names(upstream.host, |name| host = name.to_ascii_lowercase());
    record([
        ("scheme", Value::new_string(upstream.scheme.to_ascii_lowercase())),
        ("host", Value::new_string(host)),
        ("port", Value::new_long(upstream.port.into())),
        ("path", string(path)),
    ])
}

fn body(reads: &Reads, facts: &Facts<'_>) -> Made<Option<Value>> {
    if facts.unreadable.is_some() {
        return Ok(None);
    }
    let mut members = Vec::new();
    let mut add = |name: &'static str, value: &dyn Fn() -> Made<Option<Value>>| {
        if reads.has(name) {
            let name = name.strip_prefix("body.").unwrap_or(name);
            members.extend(value()?.map(|value| (name, value)));
        }
        Ok(())
    };
    add("body.model", &|| Ok(facts.model.map(string)))?;
    add("body.stream", &|| Ok(facts.stream.map(Value::new_bool)))?;
    add("body.prompt", &|| prompt(facts).map(Some))?;
    add("body.tools", &|| tools(facts).map(Some))?;
    add("body.mcp", &|| mcp(facts))?;
    add("body.prompt_tokens", &|| Ok(facts.prompt_tokens.map(long)))?;
    add("body.max_tokens", &|| Ok(facts.max_tokens.map(long)))?;
    record(members).map(Some)
}

/// What each role says, its messages joined by line ends.
fn prompt(facts: &Facts<'_>) -> Made<Value> {
    let said = |role: Role| {
        let mut messages = facts.messages.iter().filter(|message| message.role == role);
        let mut text = messages.next().map(|message| message.text.to_string()).unwrap_or_default();
        messages.for_each(|message| text.extend(["\n", &message.text]));
        Value::new_string(text)
    };
    record([
        ("system", said(Role::System)),
        ("user", said(Role::User)),
        ("assistant", said(Role::Assistant)),
        ("tool", said(Role::Tool)),
    ])
}

fn tools(facts: &Facts<'_>) -> Made<Value> {
    let of = |phase: ToolPhase| {
        set(facts.tools.iter().filter(|tool| tool.phase == phase).map(|tool| tool.name.to_string()))
    };
    record([
        ("offered", of(ToolPhase::Offered)),
        ("called", of(ToolPhase::Called)),
        ("answered", of(ToolPhase::Answered)),
    ])
}

fn mcp(facts: &Facts<'_>) -> Made<Option<Value>> {
    let Some(mcp) = facts.mcp else { return Ok(None) };
    let members = [
        ("server", Some(mcp.server)),
        ("method", Some(mcp.method)),
        ("tool", mcp.tool),
        ("resource", mcp.resource),
    ];
    record(members.into_iter().filter_map(|(name, value)| Some((name, string(value?))))).map(Some)
}

/// Of a body that could not be read, what was found is not all there is.
fn findings(facts: &Facts<'_>) -> Made<Option<Value>> {
    let Some(findings) = facts.findings.filter(|_| facts.unreadable.is_none()) else { return Ok(None) };
    let count = |severity: Severity| {
        long(
            findings.iter().filter(|finding| finding.severity == severity).map(|finding| finding.count).sum(),
        )
    };
    let families = |class: &str| {
        let dots = class.match_indices('.').map(|(dot, _)| dot);
        dots.chain([class.len()]).filter_map(|end| class.get(..end).map(str::to_owned)).collect::<Vec<_>>()
    };
    record([
        ("classes", set(findings.iter().flat_map(|finding| families(finding.class)))),
        ("low", count(Severity::Low)),
        ("medium", count(Severity::Medium)),
        ("high", count(Severity::High)),
        ("critical", count(Severity::Critical)),
    ])
    .map(Some)
}

fn time(facts: &Facts<'_>) -> Made<Value> {
    let now = facts.now.to_zoned(TimeZone::UTC);
    let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let days = usize::from(now.weekday().to_monday_zero_offset().unsigned_abs());
    record([
        ("unix", Value::new_long(facts.now.as_second())),
        ("weekday", string(weekdays.get(days).copied().unwrap_or_default())),
        ("hour", Value::new_long(now.hour().into())),
        ("minute", Value::new_long(now.minute().into())),
    ])
}

fn risk(facts: &Facts<'_>) -> Made<Value> {
    let risk = facts.risk;
    record([
        ("denials", long(risk.denials)),
        ("findings", long(risk.findings)),
        ("spend", long(risk.spend_micros)),
        ("actions", long(risk.actions)),
    ])
}

fn delegation(facts: &Facts<'_>) -> Made<Option<Value>> {
    let Some(chain) = header(facts, DELEGATION) else { return Ok(None) };
    let chain: Vec<&str> = chain.split(',').map(str::trim).filter(|link| !link.is_empty()).collect();
    let Some(origin) = chain.first() else { return Ok(None) };
    record([
        ("chain", set(chain.iter().map(|link| (*link).to_owned()))),
        ("origin", string(origin)),
        ("depth", long(chain.len() as u64)),
    ])
    .map(Some)
}

/// The values of a header as one text, none where there is no such header.
fn header(facts: &Facts<'_>, name: &str) -> Option<String> {
    let values = values(facts, name);
    (!values.is_empty()).then(|| values.join(", "))
}

fn values(facts: &Facts<'_>, name: &str) -> Vec<String> {
    let mut values = Vec::new();
    facts.headers.values(name, &mut |value| values.push(String::from_utf8_lossy(value).into_owned()));
    values
}

fn string(text: &str) -> Value {
    Value::new_string(text.to_owned())
}

/// Cedar's numbers end at half of ours; nothing that is counted comes near.
fn long(number: u64) -> Value {
    Value::new_long(i64::try_from(number).unwrap_or(i64::MAX))
}

fn set(texts: impl IntoIterator<Item = String>) -> Value {
    Value::new_set(texts.into_iter().map(Value::new_string))
}

fn record<'n>(members: impl IntoIterator<Item = (&'n str, Value)>) -> Made<Value> {
    let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
    Value::new_record(members).map_err(|_| Inexpressible)
}
