//! What is refused when it is compiled, and what is decided of calls.

use jiff::Timestamp;

use super::*;
use crate::facts::{
    ActionType, Facts, FindingFact, Mcp, Message, Risk, Role, Severity, Tool, ToolPhase, Upstream,
};
use crate::policy::PolicyAction;

fn set(text: &str) -> CedarSet {
    compile(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

fn compile(text: &str) -> Result<CedarSet, Vec<CedarError>> {
    CedarSet::compile(vec![CedarText { name: "p".into(), text: text.into() }], directory())
}

fn directory() -> Directory {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Directory {
        tenant: "acme".into(),
        agents: [("bot".to_owned(), names(&["billing"])), ("loner".to_owned(), names(&[]))].into(),
        groups: [
            ("billing".to_owned(), names(&["finance"])),
            ("finance".to_owned(), names(&[])),
            ("sales".to_owned(), names(&[])),
        ]
        .into(),
    }
}

fn call() -> Facts<'static> {
    Facts {
        agent_id: Some("agent_1"),
        agent_name: Some("bot"),
        user: Some("ann"),
        action_type: ActionType::ChatCompletion,
        dialect: "openai_chat",
        method: "POST",
        upstream: Upstream {
            scheme: "https",
            host: "api.openai.com",
            port: 443,
            path: "/v1/chat/completions",
        },
        model: Some("gpt-4o"),
        stream: Some(true),
        prompt_tokens: Some(10),
        findings: Some(&[]),
        body_bytes: 100,
        ..Facts::at(Timestamp::UNIX_EPOCH)
    }
}

fn decide(set: &CedarSet, facts: &Facts<'_>) -> CedarDecision {
    match set.decide(facts) {
        CedarDecided::Final(decision) => decision,
        CedarDecided::NeedsFindings => panic!("findings are asked for"),
    }
}

fn verdict(text: &str, facts: &Facts<'_>) -> CedarVerdict {
    decide(&set(text), facts).strictest().unwrap().verdict
}

/// What a permit with this condition comes to.
fn when(condition: &str, facts: &Facts<'_>) -> CedarVerdict {
    verdict(
        &format!(
            "permit (principal, action == Action::\"{}\", resource) when {{ {condition} }};",
            facts.action_type
        ),
        facts,
    )
}

use CedarVerdict::{Error, Flag, Forbid, NoPermit, Permit};

#[test]
fn heads_say_whom_and_what_a_policy_is_about() {
    let cases = [
        ("principal, action, resource", Permit),
        ("principal == Agent::\"bot\", action, resource", Permit),
        ("principal == Agent::\"BOT\", action, resource", NoPermit),
        ("principal in Group::\"billing\", action, resource", Permit),
        ("principal in Group::\"finance\", action, resource", Permit),
        ("principal in Group::\"sales\", action, resource", NoPermit),
        ("principal in Tenant::\"acme\", action, resource", Permit),
        ("principal in Tenant::\"other\", action, resource", NoPermit),
        ("principal is Agent, action, resource", Permit),
        ("principal is Agent in Group::\"finance\", action, resource", Permit),
        ("principal, action == Action::\"chat_completion\", resource", Permit),
        ("principal, action in [Action::\"embedding\", Action::\"chat_completion\"], resource", Permit),
        ("principal, action == Action::\"embedding\", resource", NoPermit),
        ("principal, action, resource == Upstream::\"api.openai.com\"", Permit),
        ("principal, action, resource == Upstream::\"example.com\"", NoPermit),
        ("principal, action, resource is Upstream", Permit),
        ("principal, action, resource is Tool", NoPermit),
    ];
    for (head, expected) in cases {
        assert_eq!(verdict(&format!("permit ({head});"), &call()), expected, "{head}");
    }
}

#[test]
fn agents_that_no_directory_names_are_in_the_tenant_and_callers_without_identity_in_nothing() {
    let (tenant, anyone) = (
        "permit (principal in Tenant::\"acme\", action, resource);",
        "permit (principal, action, resource);",
    );
    let stranger = Facts { agent_name: Some("stranger"), ..call() };
    let nobody = Facts { agent_name: None, agent_id: None, ..call() };
    for (facts, in_tenant) in [(call(), Permit), (stranger, Permit), (nobody, NoPermit)] {
        assert_eq!(verdict(tenant, &facts), in_tenant);
        assert_eq!(verdict(anyone, &facts), Permit);
    }
    let named = "permit (principal, action, resource) when { principal.name like \"str*\" };";
    assert_eq!(verdict(named, &stranger), Permit);
    assert_eq!(verdict(named, &nobody), NoPermit);
}

#[test]
fn hosts_are_the_same_however_they_are_written() {
    let text = "permit (principal, action, resource == Upstream::\"api.openai.com\");";
    for host in ["api.openai.com", "API.OpenAI.com", "api.openai.com."] {
        let upstream = Upstream { host, port: 8443, ..call().upstream };
        assert_eq!(verdict(text, &Facts { upstream, ..call() }), Permit, "{host}");
    }
    let upstream = Upstream { host: "[0:0::1]", ..call().upstream };
    let local = "forbid (principal, action, resource == Upstream::\"::1\");";
    assert_eq!(verdict(local, &Facts { upstream, ..call() }), Forbid);
}

#[test]
fn conditions_see_the_facts() {
    let messages = [
        Message { role: Role::User, text: "pay".into() },
        Message { role: Role::User, text: "now".into() },
        Message { role: Role::System, text: "be kind".into() },
    ];
    let tools = [
        Tool { name: "pay".into(), phase: ToolPhase::Offered, arguments: None },
        Tool { name: "look".into(), phase: ToolPhase::Called, arguments: None },
    ];
    let findings = [
        FindingFact { class: "pii.email", severity: Severity::High, count: 2 },
        FindingFact { class: "secret.aws.key", severity: Severity::High, count: 1 },
    ];
    let headers = [
        ("x-team", "blue"),
        ("X-Team", "red"),
        ("x-renlayer-intent", "pay a bill"),
        ("x-renlayer-goal", "close the month"),
        ("x-renlayer-delegation", "user:ann, planner"),
    ];
    let facts = Facts {
        messages: &messages,
        tools: &tools,
        findings: Some(&findings),
        headers: &headers,
        session: None,
        max_tokens: Some(5),
        risk: Risk { denials: 3, ..Risk::default() },
        mcp: Some(Mcp { server: "files", method: "tools/list", tool: None, resource: None }),
        ..call()
    };
    let hold = [
        "context.action_type == \"chat_completion\" && context.dialect like \"openai_*\" && context.method == \"POST\"",
        "context.upstream.scheme == \"https\" && context.upstream.host like \"*.openai.com\"",
        "context.upstream.port == 443 && context.upstream.path like \"/v1/*\"",
        "resource.host == \"api.openai.com\"",
        "context.body has model && context.body.model like \"gpt-*\"",
        "context.body.stream && context.body_bytes == 100 && context.body.prompt_tokens < 11",
        "context.body has max_tokens && context.body.max_tokens <= 5",
        "context.body.prompt.user == \"pay\\nnow\" && context.body.prompt.system like \"*kind\"",
        "context.body.prompt.tool == \"\"",
        "context.body.tools.offered.contains(\"pay\") && context.body.tools.called == [\"look\"]",
        "context.body.tools.answered.isEmpty()",
        "context.body has model && !(context.body has mcp.tool)",
        "context.body has mcp && context.body.mcp.server == \"files\" && !(context.body.mcp has tool)",
        "context.findings.classes.containsAll([\"pii\", \"pii.email\", \"secret\", \"secret.aws\"])",
        "context.findings.high == 3 && context.findings.critical == 0",
        "context.time.weekday == \"thursday\" && context.time.hour == 0 && context.time.unix == 0",
        "context.risk.denials > 2 && context.risk.spend == 0",
        "context has user && context.user == \"ann\" && !(context has session)",
        "context has intent && context.intent like \"pay *\" && context has goal",
        "context has delegation && context.delegation.origin == \"user:ann\" && context.delegation.depth == 2",
        "context has delegation && context.delegation.chain.contains(\"planner\")",
        "context.headers.hasTag(\"x-team\") && context.headers.getTag(\"x-team\").contains(\"red\")",
        "!context.headers.hasTag(\"x-absent\")",
    ];
    for condition in hold {
        assert_eq!(when(condition, &facts), Permit, "{condition}");
        assert_eq!(when(&format!("!({condition})"), &facts), NoPermit, "{condition}");
    }
}

#[test]
fn the_most_restrictive_policy_decides_and_is_named() {
    let text = "@flag permit (principal, action, resource) when { context.method == \"POST\" };
        permit (principal, action, resource);
        @message(\"not on weekends\") forbid (principal, action, resource) when { context.method == \"PUT\" };";
    let cases =
        [("GET", Permit, vec!["p#2"]), ("POST", Flag, vec!["p#1", "p#2"]), ("PUT", Forbid, vec!["p#3"])];
    for (method, expected, ids) in cases {
        let decision = decide(&set(text), &Facts { method, ..call() });
        let check = decision.strictest().unwrap();
        assert_eq!((check.verdict, check.policies.iter().map(|id| id.as_str()).collect()), (expected, ids));
        assert_eq!(check.message.as_deref(), (method == "PUT").then_some("not on weekends"));
    }
}

#[test]
fn a_policy_that_cannot_be_evaluated_denies_whatever_others_permit() {
    let permit = "permit (principal, action, resource);";
    let large = i64::MAX.to_string();
    for effect in ["permit", "forbid"] {
        let text = format!(
            "{permit} {effect} (principal, action, resource) when {{ context.body_bytes + {large} > 0 }};"
        );
        let decision = decide(&set(&text), &call());
        let check = decision.strictest().unwrap();
        assert_eq!((check.verdict, check.policies[0].as_str()), (Error, "p#2"), "{effect}");
        assert_eq!(decision.action(), PolicyAction::Deny);
    }
}

#[test]
fn what_could_not_be_read_fails_closed() {
    let unread = Facts {
        model: None,
        stream: None,
        prompt_tokens: None,
        findings: Some(&[]),
        unreadable: Some("not JSON"),
        ..call()
    };
    let asks = [
        "context.body has model && context.body.model == \"gpt-4o\"",
        "context.body has max_tokens",
        "context.body.stream",
        "context.body.prompt.user like \"*secret*\"",
        "context.body.tools.called.contains(\"x\")",
        "context.body has mcp",
        "context.findings.critical > 0",
        "!(context.body has model)",
        "context.findings.classes.isEmpty()",
    ];
    let permit = "permit (principal, action, resource);";
    for ask in asks {
        for effect in ["permit", "forbid"] {
            let text = format!(
                "{permit} {effect} (principal, action == Action::\"chat_completion\", resource) when {{ {ask} }};"
            );
            assert_eq!(verdict(&text, &unread), Error, "{text}");
            assert_ne!(verdict(&text, &call()), Error, "{text}");
        }
    }
    assert_eq!(verdict(permit, &unread), Permit, "nobody asks for the body");
    // Which tools it calls is not known.
    let tools = Facts { action_type: ActionType::ToolCall, ..unread };
    assert_eq!(verdict(permit, &tools), Error);
    // What is certain without the body is certain.
    let elsewhere = format!(
        "{permit} forbid (principal, action, resource == Upstream::\"x\") when {{ context.body.stream }};"
    );
    assert_eq!(verdict(&elsewhere, &unread), Permit);
    let short = format!(
        "{permit} forbid (principal, action, resource) when {{ context.method == \"GET\" && context.body.stream }};"
    );
    assert_eq!(verdict(&short, &unread), Permit);
}

#[test]
fn a_path_that_reads_two_ways_must_be_permitted_in_both() {
    let forbid = "permit (principal, action, resource);
        forbid (principal, action, resource) when { context.upstream.path like \"/iam/*\" };";
    let permit = "permit (principal, action, resource) when { context.upstream.path like \"/iam/*\" };";
    let cases = [
        ("/iam/x", Forbid, Permit),
        ("/%69am/x", Forbid, NoPermit),
        ("//iam/x", Forbid, NoPermit),
        ("/iam/../x", Forbid, NoPermit),
        ("/x", Permit, NoPermit),
    ];
    for (path, forbidden, permitted) in cases {
        let facts = Facts { upstream: Upstream { path, ..call().upstream }, ..call() };
        assert_eq!(verdict(forbid, &facts), forbidden, "{path}");
        assert_eq!(verdict(permit, &facts), permitted, "{path}");
    }
}

#[test]
fn findings_are_waited_for_only_where_they_are_asked_about() {
    let text = "permit (principal, action, resource);
        forbid (principal == Agent::\"bot\", action, resource) when { context.findings.high > 0 };";
    let unscanned = Facts { findings: None, ..call() };
    let other = Facts { agent_name: Some("loner"), ..unscanned };
    assert_eq!(set(text).decide(&unscanned), CedarDecided::NeedsFindings);
    assert_eq!(verdict(text, &other), Permit);
}

#[test]
fn each_tool_that_is_called_must_be_permitted() {
    let text = "permit (principal, action in [Action::\"tool_call\", Action::\"mcp_request\"], resource);
        permit (principal, action == Action::\"call_tool\", resource == McpTool::\"files/read\");
        permit (principal, action == Action::\"call_tool\", resource is Tool) when { resource.name like \"get_*\" };";
    let mcp = |tool| Mcp { server: "files", method: "tools/call", tool: Some(tool), resource: None };
    let call = |tool| Facts { action_type: ActionType::ToolCall, mcp: Some(mcp(tool)), ..call() };
    assert_eq!(verdict(text, &call("read")), Permit);
    let decision = decide(&set(text), &call("write"));
    let check = decision.strictest().unwrap();
    assert_eq!(
        (check.action, &*check.resource, check.verdict),
        ("call_tool", "McpTool::\"files/write\"", NoPermit)
    );
    assert_eq!(decision.checks.len(), 2);

    let list = Mcp { method: "tools/list", tool: None, ..mcp("") };
    assert_eq!(
        verdict(text, &Facts { action_type: ActionType::McpRequest, mcp: Some(list), ..call("") }),
        Permit
    );

    let tool = |name: &'static str, phase| Tool { name: name.into(), phase, arguments: None };
    let cases = [
        (vec![tool("get_x", ToolPhase::Called)], Permit),
        (vec![tool("get_x", ToolPhase::Called), tool("set_x", ToolPhase::Called)], NoPermit),
        (vec![tool("set_x", ToolPhase::Offered), tool("set_x", ToolPhase::Answered)], Permit),
    ];
    for (tools, expected) in cases {
        let facts = Facts { mcp: None, tools: &tools, ..call("") };
        assert_eq!(verdict(text, &facts), expected, "{tools:?}");
    }
    // In a chat they are what a model did before.
    let told = [tool("set_x", ToolPhase::Called)];
    let chat = Facts { action_type: ActionType::ChatCompletion, mcp: None, tools: &told, ..call("") };
    assert_eq!(decide(&set(text), &chat).checks.len(), 1);
}

#[test]
fn no_set_permits_what_it_does_not_speak_of() {
    let empty = CedarSet::compile(Vec::new(), Directory::default()).unwrap();
    assert!(empty.is_empty());
    assert_eq!(decide(&empty, &call()).action(), PolicyAction::Deny);
    assert_eq!(merged(PolicyAction::Allow, None), PolicyAction::Allow);
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    let head = "permit (principal, action == Action::\"chat_completion\", resource)";
    let cases = [
        ("", 1, 1, "holds no policy"),
        ("permit (principal, action, resource)", 1, 37, "unexpected end"),
        ("\n  permit (principal, action, resorce);", 2, 30, "resorce"),
        (
            "permit (principal, action, resource); permit (principal == User::\"x\", action, resource);",
            1,
            60,
            "User",
        ),
        (&format!("{head} when {{\n  context.modell == \"x\" }};"), 2, 3, "modell"),
        (&format!("{head} when {{ context.method == 1 }};"), 1, 0, "type"),
        (&format!("{head} when {{ context.body.model == \"x\" }};"), 1, 0, "has"),
        (&format!("{head} when {{ context has body }};"), 1, 1, "asks whether there is `body`"),
        (&format!("{head} when {{ context has body.model }};"), 1, 1, "asks whether there is `body`"),
        (&format!("{head} when {{ context.body has stream }};"), 1, 1, "`stream`"),
        (&format!("{head} when {{ {{ Value: context has findings }}.Value }};"), 1, 1, "`findings`"),
        (
            &format!("{head} when {{ (if 1 < 2 then context else context).method == \"x\" }};"),
            1,
            1,
            "`context` alone",
        ),
        (&format!("{head} when {{ context.headers.hasTag(\"X-Team\") }};"), 1, 1, "lower case"),
        (&format!("{head} when {{ context.headers.hasTag(context.method) }};"), 1, 1, "text in quotes"),
        ("permit (principal == ?principal, action, resource);", 1, 0, "template"),
        ("permit (principal in Group::\"finanse\", action, resource);", 1, 1, "not declared"),
        ("permit (principal, action, resource) when { principal in Group::\"x\" };", 1, 1, "not declared"),
        ("@flag forbid (principal, action, resource);", 1, 1, "marks what is permitted"),
        ("@Flag permit (principal, action, resource);", 1, 1, "did you mean `@flag`"),
        ("permit (principal, action == Action::\"embedding\", resource == Tool::\"x\");", 1, 1, ""),
        (&format!("{head} when {{ {}1{} == 1 }};", "(".repeat(65), ")".repeat(65)), 1, 0, "nests deeper"),
    ];
    for (text, line, column, reason) in cases {
        let errors = compile(text).expect_err(text);
        let error = &errors[0];
        assert!(error.reason.contains(reason), "{text}: {error}");
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(column == 0 || error.column == column, "{text}: {error}");
    }
}

#[test]
fn all_that_is_wrong_is_reported_at_once_and_ids_stand_once() {
    let text = |name: &str, text: &str| CedarText { name: name.into(), text: text.into() };
    let good = "permit (principal, action, resource);";
    let texts = vec![text("a", "permit;"), text("b", "forbid;"), text("c", good), text("c", good)];
    let errors = CedarSet::compile(texts, Directory::default()).unwrap_err();
    let told: Vec<_> = errors.iter().map(|error| (&*error.policy, error.text)).collect();
    assert_eq!(told, [("a", 0), ("b", 1), ("c", 3)]);
    assert!(errors[2].to_string().starts_with("Cedar policy `c`: line 1, column 1: there is a policy"));

    let groups = [("a".to_owned(), vec!["a".to_owned()])].into();
    let errors = CedarSet::compile(vec![text("c", good)], Directory { groups, ..Directory::default() });
    assert!(errors.unwrap_err()[0].reason.contains("stands in itself"));
}

/// The deepest text that may be compiled is compiled, judged and dropped on a stack that is not large.
#[test]
fn the_deepest_text_overflows_no_stack() {
    let operands = vec!["context.method == \"GET\""; super::text::MAX_OPERATORS / 3].join(" || ");
    let brackets = super::text::MAX_DEPTH - 2;
    let ifs = "if 1 < 2 then ".repeat(brackets) + "1 < 2" + &" else 1 < 2".repeat(brackets);
    let conditions = [
        operands,
        "(".repeat(brackets) + "1 < 2" + &")".repeat(brackets),
        format!("!{{}}.{}", "a.".repeat(900)),
        ifs,
    ];
    for condition in conditions {
        let text = format!("permit (principal, action, resource) when {{ {condition} }};");
        let small = std::thread::Builder::new().stack_size(2 << 20);
        let judged = small.spawn(move || compile(&text).map(|set| decide(&set, &call())).is_ok());
        judged.unwrap().join().expect("no overflow, no panic");
    }
}

/// Whatever the slices leave out would not have been determining.
#[test]
fn slices_decide_as_all_policies_do() {
    let principals = [
        "principal",
        "principal == Agent::\"bot\"",
        "principal in Group::\"finance\"",
        "principal in Tenant::\"acme\"",
    ];
    let actions = [
        "action",
        "action == Action::\"chat_completion\"",
        "action in [Action::\"embedding\", Action::\"http_request\"]",
    ];
    let resources = [
        "resource",
        "resource is Upstream",
        "resource == Upstream::\"api.openai.com\"",
        "resource == Upstream::\"b.com\"",
    ];
    let mut heads = Vec::new();
    for principal in principals {
        for action in actions {
            heads.extend(resources.map(|resource| format!("{principal}, {action}, {resource}")));
        }
    }
    let calls: Vec<_> = ["bot", "loner", "stranger", ""]
        .into_iter()
        .flat_map(|agent| ["api.openai.com", "b.com", "c.com"].map(|host| (agent, host)))
        .flat_map(|call| {
            [ActionType::ChatCompletion, ActionType::Embedding, ActionType::McpRequest]
                .map(|kind| (call, kind))
        })
        .collect();
    // One policy at a time, and all of them with one that forbids among them.
    let all = heads.iter().map(|head| format!("permit ({head});")).collect::<String>();
    let whole = set(&format!(
        "{all} forbid (principal in Group::\"finance\", action, resource == Upstream::\"b.com\");"
    ));
    let alone: Vec<CedarSet> = heads.iter().map(|head| set(&format!("permit ({head});"))).collect();
    for ((agent, host), action_type) in calls {
        let facts = Facts {
            agent_name: Some(agent),
            agent_id: None,
            action_type,
            upstream: Upstream { host, ..call().upstream },
            ..call()
        };
        let permitting =
            alone.iter().zip(1..).filter(|(set, _)| decide(set, &facts).action() == PolicyAction::Allow);
        let mut expected: Vec<String> = permitting.map(|(_, nth)| format!("p#{nth}")).collect();
        if agent == "bot" && host == "b.com" {
            expected = vec![format!("p#{}", heads.len() + 1)];
        }
        for _ in 0..2 {
            let decision = decide(&whole, &facts);
            let ids: Vec<_> = decision.checks[0].policies.iter().map(|id| id.as_str().to_owned()).collect();
            assert_eq!(ids, expected, "{agent} {host} {action_type}");
        }
    }
}
