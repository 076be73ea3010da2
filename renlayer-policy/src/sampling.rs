//! Random policies and calls that meet often, for property tests.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::{
    ActionType, Facts, FindingFact, Mcp, Message, Policy, Risk, Role, Severity, Tool, ToolPhase, Upstream,
};

/// Names that policies and calls share, with neighbours that differ by case, by an end or by a beginning.
const NAMES: [&str; 8] = ["a", "A", "ab", "abc", "xbc", "b-mini", "gpt-4o", "gpt-4o-mini"];

const GLOBS: [&str; 10] = ["a", "ab", "a*", "*bc", "*", "a?c", "*b*", "gpt-4*", "*-mini", "gpt-*-mini"];

const HOSTS: [&str; 8] = [
    "api.example.com",
    "EU.api.example.com.",
    "example.com",
    "127.0.0.1",
    "[::1]",
    "0:0:0:0:0:0:0:1",
    "api-7.example.com",
    "",
];

const URLS: [&str; 14] = [
    "*",
    "api.example.com",
    "*.example.com",
    "api-*.example.com",
    "*.api.example.com",
    "*example.com",
    "127.0.0.1",
    "[::1]",
    "*/iam/*",
    "*/iam",
    "*/*/x",
    "api.example.com/iam/*",
    "https://api.example.com",
    "http://*:8080/",
];

const PATHS: [&str; 8] = ["", "/", "/iam/x", "/IAM/x", "//iam/x", "/%69am/x", "/a/../iam?x", "/s3/x#y"];

const TEXTS: [&str; 7] = ["bluebird", "Bluebird", "bird", "STRASSE", "straße", "7", "redwing 7"];

const PATTERNS: [&str; 7] =
    ["blue(bird|wing)", "[0-9]+", "^bird", "(?i)straße", "red ?wing [0-9]", ".*", "b.{0,3}d"];

fn rule(values: &'static [&'static str]) -> BoxedStrategy<Value> {
    (vec(select(values), 1..3), any::<bool>())
        .prop_map(|(values, negated)| if negated { json!({ "not": values }) } else { json!(values) })
        .boxed()
}

fn condition() -> impl Strategy<Value = (&'static str, Value)> {
    let part = |name: &'static str| move |value: Value| (name, value);
    let negatable = |value: BoxedStrategy<Value>| {
        (value, any::<bool>())
            .prop_map(|(value, not)| if not { json!({ "not": value }) } else { value })
            .boxed()
    };
    let upstream = (select(&URLS[..]), prop::option::of(rule(&["GET", "post", "PUT"])))
        .prop_map(|(url, method)| match method {
            Some(method) => json!({ "url": url, "method": method }),
            None => json!(url),
        })
        .boxed();
    let prompt = (
        prop::option::of(rule(&TEXTS)),
        prop::option::of(rule(&PATTERNS)),
        any::<bool>(),
        select(&["user", "any", "tool"][..]),
    )
        .prop_filter_map("asks for something", |(contains, regex, ignore_case, role)| {
            let mut map =
                Map::from_iter([("role".into(), json!(role)), ("ignore_case".into(), json!(ignore_case))]);
            map.extend(contains.map(|rule| ("contains".into(), rule)));
            map.extend(regex.map(|rule| ("regex".into(), rule)));
            (map.len() > 2).then_some(Value::from(map))
        })
        .boxed();
    let tool = (rule(&GLOBS), any::<bool>()).prop_map(|(name, arguments)| match arguments {
        true => json!({ "name": name, "arguments": { "/n": { "gt": 1 } } }),
        false => json!({ "name": name, "phase": "called" }),
    });
    let mcp = (select(&["server", "method", "tool", "resource"][..]), rule(&GLOBS))
        .prop_map(|(key, rule)| json!({ key: rule }));
    let header = (
        select(&["X-Env", "x-team"][..]),
        select(&["equals", "glob", "present", "absent"][..]),
        rule(&NAMES),
        any::<bool>(),
    )
        .prop_map(|(name, key, rule, ignore_case)| match key {
            "present" => json!(name),
            "absent" => json!({ "name": name, "present": false }),
            key => json!({ "name": name, key: rule, "ignore_case": ignore_case }),
        });
    let dlp = (rule(&["secret.*", "pii.email", "*"]), select(&["{\"gte\": 1}", "{\"lt\": 3}", "0", "{\"gt\": 1}"][..]))
        .prop_map(|(class, count)| json!({ "class": class, "count": serde_json::from_str::<Value>(count).unwrap() }));
    prop_oneof![
        3 => rule(&GLOBS).prop_map(part("agent")),
        2 => rule(&["chat_completion", "tool_call", "http_request"]).prop_map(part("action_type")),
        3 => negatable(upstream).prop_map(part("upstream")),
        3 => rule(&GLOBS).prop_map(part("model")),
        1 => rule(&["openai_*", "mcp", "HTTP"]).prop_map(part("dialect")),
        1 => any::<bool>().prop_map(|stream| ("stream", json!(stream))),
        4 => negatable(prompt).prop_map(part("prompt")),
        2 => negatable(header.boxed()).prop_map(part("header")),
        2 => negatable(tool.boxed()).prop_map(part("tool")),
        2 => negatable(mcp.boxed()).prop_map(part("mcp")),
        1 => negatable(Just(json!({ "gt": 5 })).boxed()).prop_map(part("max_tokens")),
        2 => negatable(dlp.boxed()).prop_map(part("dlp")),
        1 => rule(&GLOBS).prop_map(part("user")),
        1 => rule(&GLOBS).prop_map(part("session")),
        1 => Just(("risk", json!({ "denials": { "gte": 2 } }))),
    ]
}

/// A few policies that all ask about the same, and so cover each other often.
pub(crate) fn alike() -> impl Strategy<Value = Vec<Value>> {
    let action = select(&["ALLOW", "DENY"][..]);
    (vec((condition(), action), 40), 2..5usize).prop_map(|(written, few)| {
        let name = written.first().map_or("", |((name, _), _)| *name);
        let about = written.iter().filter(|((other, _), _)| *other == name).take(few).enumerate();
        let policies = about.map(|(place, ((name, rule), action))| {
            json!({"name": "p", "priority": place, "match": { *name: rule }, "action": action})
        });
        policies.collect()
    })
}

/// A policy as it is written; all have the name `p`.
pub(crate) fn policy() -> impl Strategy<Value = Value> {
    (
        vec(condition(), 0..4),
        select(&["ALLOW", "FLAG", "DENY"][..]),
        prop::option::weighted(0.2, vec(select(&GLOBS[..]), 1..3)),
        0..6,
        prop::bool::weighted(0.9),
        prop::bool::weighted(0.3),
    )
        .prop_map(|(conditions, action, agents, priority, enabled, observe)| {
            let matches: Map<_, _> =
                conditions.into_iter().map(|(name, rule)| (name.to_owned(), rule)).collect();
            json!({
                "name": "p",
                "match": matches,
                "action": action,
                "priority": priority,
                "scope": agents.map_or(json!("tenant"), |agents| json!({ "agents": agents })),
                "enabled": enabled,
                "mode": if observe { "observe" } else { "enforce" },
            })
        })
}

/// Policies with ids in their order.
pub(crate) fn policies(written: Vec<Value>) -> Vec<Policy> {
    let mut policies: Vec<Policy> = serde_json::from_value(written.into()).unwrap();
    for (number, policy) in policies.iter_mut().enumerate() {
        policy.id = format!("pol_{number:03}").into();
    }
    policies
}

/// What a random call has.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    names: [Option<&'static str>; 9],
    action_type: ActionType,
    dialect: &'static str,
    method: &'static str,
    upstream: (&'static str, u16, &'static str),
    stream: Option<bool>,
    messages: Vec<Message<'static>>,
    headers: Vec<(String, String)>,
    tools: Vec<Tool<'static>>,
    mcp: bool,
    max_tokens: Option<u64>,
    findings: Option<Vec<FindingFact<'static>>>,
    denials: u64,
    unreadable: bool,
}

pub(crate) fn sample() -> impl Strategy<Value = Sample> {
    let names: [_; 9] = std::array::from_fn(|_| prop::option::weighted(0.7, select(&NAMES[..])));
    let role = select(&[Role::User, Role::Tool, Role::System][..]);
    let said = select(&["", "the BlueBird of 7", "redwing 7", "a bird", "Straße STRASSE", "blue"][..]);
    let message = (role, said).prop_map(|(role, text)| Message { role, text: text.into() });
    let header = (select(&["X-Env", "X-TEAM", "Other"][..]), select(&NAMES[..]))
        .prop_map(|(name, value)| (name.into(), value.into()));
    let tool = (select(&NAMES[..]), select(&[None, Some("{\"n\": 2}"), Some("{\"n\": 1}"), Some("{")][..]))
        .prop_map(|(name, arguments)| Tool {
            name: name.into(),
            phase: ToolPhase::Called,
            arguments: arguments.map(Into::into),
        });
    let finding = (select(&["secret.x", "pii.email"][..]), 0u64..4).prop_map(|(class, count)| FindingFact {
        class,
        severity: Severity::High,
        count,
    });
    let first = (
        names,
        select(&[ActionType::ChatCompletion, ActionType::ToolCall, ActionType::Embedding][..]),
        select(&["openai_chat", "mcp", "http"][..]),
        select(&["GET", "POST", "put"][..]),
        (select(&HOSTS[..]), select(&[443u16, 8080][..]), select(&PATHS[..])),
        prop::option::of(any::<bool>()),
        vec(message, 0..3),
    );
    let second = (
        vec(header, 0..3),
        vec(tool, 0..3),
        any::<bool>(),
        prop::option::of(0u64..9),
        prop::option::weighted(0.7, vec(finding, 0..3)),
        0u64..4,
        prop::bool::weighted(0.3),
    );
    (first, second).prop_map(
        |(
            (names, action_type, dialect, method, upstream, stream, messages),
            (headers, tools, mcp, max_tokens, findings, denials, unreadable),
        )| Sample {
            names,
            action_type,
            dialect,
            method,
            upstream,
            stream,
            messages,
            headers,
            tools,
            mcp,
            max_tokens,
            findings,
            denials,
            unreadable,
        },
    )
}

impl Sample {
    pub(crate) fn facts(&self) -> Facts<'_> {
        let [agent_id, agent_name, user, session, model, server, method, tool, resource] = self.names;
        let (host, port, path) = self.upstream;
        let mcp = Mcp { server: server.unwrap_or("s"), method: method.unwrap_or("m"), tool, resource };
        Facts {
            agent_id,
            agent_name,
            user,
            session,
            model,
            action_type: self.action_type,
            dialect: self.dialect,
            method: self.method,
            upstream: Upstream { scheme: "https", host, port, path },
            stream: self.stream,
            messages: &self.messages,
            headers: &self.headers,
            tools: &self.tools,
            mcp: self.mcp.then_some(mcp),
            max_tokens: self.max_tokens,
            findings: self.findings.as_deref(),
            risk: Risk { denials: self.denials, ..Risk::default() },
            unreadable: self.unreadable.then_some("torn"),
            ..Facts::at(Timestamp::UNIX_EPOCH)
        }
    }
}
