//! Cedar policies beside native ones: what the agent sees, what the upstream sees, what the trace says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

mod drive;

use drive::{answers, call, engine, post};
use http::StatusCode;
use renlayer_core::{
    config::{Config, Environment, Format, Overrides, Source, load},
    snapshot::Governance,
    trace::{ReasonKind, Status, Trace},
};
use serde_json::json;

const CHAT: &str = "/openai/v1/chat/completions";
const BODY: &str = r#"{"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hi"}]}"#;

const PERMIT: &str = "permit (principal, action, resource);";

fn with(declared: &str) -> String {
    format!(
        r#"
routes:
  - {{ name: openai, prefix: /openai, upstream: "https://api.openai.example", dialect: openai }}
  - {{ name: files, prefix: /files, upstream: "https://files.example/mcp", dialect: mcp }}
{declared}"#
    )
}

fn declared(cedar: &str) -> String {
    with(&format!("declare: {{ cedar: [{{ name: c, text: {} }}] }}", json!(cedar)))
}

fn trace_of(yaml: &str, path: &str, body: &str) -> (drive::Outcome, Trace) {
    let (engine, recorded) = engine(yaml, &[]);
    let outcome = call(&engine, post(path, &[], body), answers("application/json", &["{}"]));
    (outcome, recorded.only())
}

fn reasons(trace: &Trace) -> Vec<(ReasonKind, Status, Option<&str>, Option<&str>)> {
    let reasons = trace.reasons.iter();
    reasons.map(|reason| (reason.kind, reason.status, reason.by.as_deref(), reason.name.as_deref())).collect()
}

/// What happens to a call under every answer of native policies, every answer of Cedar ones, and both modes.
#[test]
fn the_more_restrictive_of_native_and_cedar_policies_holds() {
    use Status::{Allowed, Denied, Flagged};
    let native = [(Some("ALLOW"), Allowed), (Some("FLAG"), Flagged), (Some("DENY"), Denied), (None, Allowed)];
    let flag = format!("@flag {PERMIT}");
    let forbid = format!("{PERMIT} forbid (principal, action, resource);");
    let nothing = "permit (principal == Agent::\"nobody\", action, resource);";
    let error = format!(
        "{PERMIT} permit (principal, action, resource) when {{ context.body_bytes * {} > 1 }};",
        i64::MAX
    );
    let cedar = [
        (Some(PERMIT), Allowed),
        (Some(&*flag), Flagged),
        (Some(&*forbid), Denied),
        (Some(nothing), Denied),
        (Some(&*error), Denied),
        (None, Allowed),
    ];
    for (native, native_says) in native {
        for (cedar, cedar_says) in cedar {
            for mode in ["enforce", "observe"] {
                let policy =
                    native.map(|action| format!("policies: [{{ name: n, match: {{}}, action: {action} }}]"));
                let text = cedar.map(|text| format!("cedar: [{{ name: c, text: {} }}]", json!(text)));
                let parts: Vec<String> = policy.into_iter().chain(text).collect();
                let yaml = with(&format!("mode: {mode}\ndeclare: {{ {} }}", parts.join(", ")));
                let case = format!("{native:?} {cedar:?} {mode}");

                let (outcome, trace) = trace_of(&yaml, CHAT, BODY);
                // The statuses are ordered from the most restrictive to the mildest.
                let expected = native_says.min(cedar_says);
                let refused = expected == Denied && mode == "enforce";
                let status = if refused { StatusCode::FORBIDDEN } else { StatusCode::OK };
                assert_eq!(outcome.status, status, "{case}");
                assert_eq!(outcome.forwarded.is_none(), refused, "{case}");
                assert_eq!(trace.status, expected, "{case}: {:?}", trace.reasons);
                assert_eq!(trace.enforced, expected == Allowed || mode == "enforce", "{case}");
                let kinds: Vec<_> = trace.reasons.iter().map(|reason| reason.kind).collect();
                assert_eq!(kinds.contains(&ReasonKind::Policy), native_says != Allowed, "{case}: {kinds:?}");
                assert_eq!(kinds.contains(&ReasonKind::Cedar), cedar_says != Allowed, "{case}: {kinds:?}");
            }
        }
    }
}

#[test]
fn a_refusal_names_the_policies_and_speaks_the_callers_dialect() {
    let text = format!(
        "{PERMIT} @message(\"ask finance\") forbid (principal, action == Action::\"chat_completion\", resource); \
         forbid (principal, action, resource) when {{ context.method == \"POST\" }};"
    );
    let (outcome, trace) = trace_of(&declared(&text), CHAT, BODY);
    let error = &outcome.json()["error"];
    assert_eq!(error["message"], "ask finance");
    assert_eq!(error["renlayer"]["decided_by"], "c#2");
    let forbid = |id| (ReasonKind::Cedar, Status::Denied, Some(id), Some("forbid"));
    assert_eq!(reasons(&trace), [forbid("c#2"), forbid("c#3")]);

    let (outcome, trace) =
        trace_of(&declared("permit (principal == Agent::\"x\", action, resource);"), CHAT, BODY);
    let message = outcome.json()["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(message, "no Cedar policy permits this call (`chat_completion`)");
    assert_eq!(reasons(&trace), [(ReasonKind::Cedar, Status::Denied, None, Some("no_permit"))]);
}

#[test]
fn where_both_deny_the_native_policy_is_told_and_both_are_traced() {
    let yaml = with(&format!(
        "declare: {{ policies: [{{ name: n, match: {{}}, action: DENY, message: native }}], cedar: [{{ name: c, text: {} }}] }}",
        json!("forbid (principal, action, resource);")
    ));
    let (outcome, trace) = trace_of(&yaml, CHAT, BODY);
    assert_eq!(outcome.json()["error"]["message"], "native");
    let kinds: Vec<_> = trace.reasons.iter().map(|reason| reason.kind).collect();
    assert_eq!(kinds, [ReasonKind::Policy, ReasonKind::Cedar]);
}

#[test]
fn findings_are_looked_for_where_a_policy_asks() {
    let text = format!(
        "{PERMIT} forbid (principal, action, resource) when {{ context.findings.classes.contains(\"pii\") }};"
    );
    let clean = trace_of(&declared(&text), CHAT, BODY).1;
    assert_eq!(clean.status, Status::Allowed);
    let found = trace_of(&declared(&text), CHAT, &BODY.replace("Hi", "write to ann.lee@example.org")).1;
    assert_eq!(reasons(&found)[0], (ReasonKind::Cedar, Status::Denied, Some("c#2"), Some("forbid")));
}

#[test]
fn tools_of_an_mcp_server_need_a_permit_each() {
    let text = "permit (principal, action in [Action::\"tool_call\", Action::\"mcp_request\"], resource); \
        permit (principal, action == Action::\"call_tool\", resource == McpTool::\"files/read\");";
    let calling =
        |tool: &str| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool}});
    let status = |body: serde_json::Value| trace_of(&declared(text), "/files", &body.to_string()).1.status;
    assert_eq!(status(calling("read")), Status::Allowed);
    assert_eq!(status(calling("write")), Status::Denied);
    assert_eq!(status(json!([calling("read"), calling("read")])), Status::Allowed);
    assert_eq!(status(json!([calling("read"), calling("write")])), Status::Denied);
    assert_eq!(
        status(json!([{"jsonrpc": "2.0", "id": 2, "method": "tools/list"}, calling("write")])),
        Status::Denied
    );

    let (outcome, _) = trace_of(&declared(text), "/files", &calling("write").to_string());
    assert_eq!(outcome.json()["error"]["message"], "no Cedar policy permits this call (`call_tool`)");
    assert_eq!(outcome.json()["id"], 1);
}

#[test]
fn what_could_not_be_read_is_denied_where_a_policy_asks_for_it() {
    let yaml = |text: &str| format!("mode: observe\n{}", declared(text));
    let asks = format!(
        "{PERMIT} forbid (principal, action, resource) when {{ context.body has model && context.body.model == \"x\" }};"
    );
    let unread = trace_of(&yaml(&asks), CHAT, "{\"model\": ").1;
    assert!(
        reasons(&unread).contains(&(ReasonKind::Cedar, Status::Denied, Some("c#2"), Some("error"))),
        "{unread:?}"
    );
    let unasked = trace_of(&yaml(PERMIT), CHAT, "{\"model\": ").1;
    // No policy is against it. The body is: where decisions take effect it is refused.
    assert_eq!(reasons(&unasked), [(ReasonKind::BadRequest, Status::Denied, None, None)]);
}

#[test]
fn agents_are_judged_by_the_groups_they_stand_in() {
    let yaml = with(
        r#"declare:
  agents: [{ name: default, groups: [billing] }]
  groups: [{ name: billing, groups: [finance] }, { name: finance }, { name: sales }]
  cedar: [{ name: c, text: 'permit (principal in Group::"GROUP", action, resource);' }]"#,
    );
    for (group, expected) in
        [("billing", Status::Allowed), ("finance", Status::Allowed), ("sales", Status::Denied)]
    {
        assert_eq!(trace_of(&yaml.replace("GROUP", group), CHAT, BODY).1.status, expected, "{group}");
    }
}

fn read(yaml: &str) -> Result<Config, String> {
    let source = Source { name: "renlayer.yaml", text: yaml, format: Format::Yaml };
    let loaded = load(Some(source), &Environment::default(), &Overrides::default());
    loaded.map(|loaded| loaded.config).map_err(|errors| errors.to_string())
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let cases = [
        (
            "declare:\n  cedar:\n    - name: c\n      text: |\n        permit (principal, action, resource)\n        when { context.modell == \"x\" };",
            "renlayer.yaml:5:9: declare.cedar[0].text: line 2, column 8 of the text: ",
        ),
        (
            "declare:\n  cedar:\n    - { name: c, file: /nowhere/at.cedar }",
            "renlayer.yaml:3:7: declare.cedar[0]: `/nowhere/at.cedar` cannot be read",
        ),
        (
            "declare:\n  cedar:\n    - { name: c }",
            "renlayer.yaml:3:7: declare.cedar[0]: expected either `text` or `file`",
        ),
        (
            "declare:\n  agents:\n    - { name: a, groups: [financ] }\n  groups: [{ name: finance }]",
            "renlayer.yaml:3:27: declare.agents[0].groups[0]: no group `financ` is declared; did you mean `finance`?",
        ),
        (
            "declare:\n  groups:\n    - { name: a, groups: [b] }\n    - { name: b, groups: [a] }",
            "renlayer.yaml:3:26: declare.groups[0].groups: the group `a` stands in itself",
        ),
        (
            "declare:\n  cedar:\n    - { name: c, text: 'permit (principal in Group::\"g\", action, resource);' }",
            "renlayer.yaml:3:24: declare.cedar[0].text: line 1, column 1 of the text: Group::\"g\" is not declared",
        ),
    ];
    for (yaml, expected) in cases {
        let error = read(yaml).unwrap_err();
        assert!(error.starts_with(expected), "{error}\nshould begin with\n{expected}");
    }
}

#[test]
fn a_text_may_stand_in_a_file() {
    let directory = std::env::temp_dir().join(format!("renlayer-cedar-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("base.cedar");
    let yaml = format!("declare: {{ cedar: [{{ name: c, file: {} }}] }}", json!(file));
    std::fs::write(&file, PERMIT).unwrap();
    let config = read(&yaml).unwrap();
    let governance = Governance::compile(&config, &Environment::default(), [], [0; 32]).unwrap();
    assert_eq!(governance.default_tenant.cedar.as_ref().unwrap().len(), 1);
    std::fs::write(&file, "permit (principal,\naction);").unwrap();
    let error = read(&yaml).unwrap_err();
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(error.contains("base.cedar:2:7: "), "{error}");
}

#[test]
fn the_configuration_in_the_docs_is_one() {
    let docs = include_str!("../../docs/cedar.md");
    let yaml = docs.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let here: String =
        yaml.lines().filter(|line| !line.contains("file: ")).flat_map(|line| [line, "\n"]).collect();
    assert_eq!(read(&here).unwrap().declare.cedar[0].name, "finance-may-chat");
}
