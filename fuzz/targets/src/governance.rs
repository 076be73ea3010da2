//! What operators write: configuration, policies, patterns of URLs, keys and addresses.

use jiff::Timestamp;
use renlayer_core::config::{
    DatabaseUrl, Environment, Format, Origin, Overrides, Source, Upstream as ConfiguredUpstream, load,
    parse_duration,
};
use renlayer_core::key::{KeyHint, is_well_formed};
use renlayer_core::route::check_path;
use renlayer_core::snapshot::Governance;
use renlayer_policy::cedar::{CedarSet, CedarText, Directory};
use renlayer_policy::diff::diff;
use renlayer_policy::lint::{Known, lint};
use renlayer_policy::{Decided, Facts, Mode, Policy, PolicyAction, PolicySet, Upstream};
use serde_json::json;

use crate::Target;
use crate::input::{Choices, seed};

/// The operators'.
pub const TARGETS: &[Target] = &[
    Target {
        name: "config",
        holds: "a file is read, or every error has its place",
        run: config,
        seeds: files,
        words: WORDS,
    },
    Target {
        name: "policy",
        holds: "policies are refused, or decide as they explain, and lint finds its way",
        run: policy,
        seeds: policies,
        words: WORDS,
    },
    Target {
        name: "cedar",
        holds: "a text is refused with its place, or compiled; no stack overflows",
        run: cedar,
        seeds: cedar_texts,
        words: &[
            "permit",
            "forbid",
            "(principal, action, resource)",
            "principal == Agent::\"a\"",
            "action == Action::\"call_tool\"",
            "resource is McpTool",
            "when {",
            "unless {",
            "context.body",
            " has ",
            " like ",
            " in [",
            "if true then ",
            " else ",
            ".contains(",
            "((((((((",
            "[[[[[[[[",
            "{a:{a:{a:",
            "!!!!",
            "----",
            "||",
            "&&",
            "@flag",
            "@message(\"",
            "\\\"",
            "//",
            "};",
            "?principal",
            "::",
        ],
    },
    Target {
        name: "url_pattern",
        holds: "hosts match in any case; what allows would deny too",
        run: url,
        seeds: urls,
        words: &[
            "*",
            "?",
            "\\",
            "*.",
            "://",
            "https",
            "[::1]",
            ":443",
            "%2e",
            "%69",
            "/../",
            "//",
            "example.com",
            "xn--",
        ],
    },
    Target {
        name: "words",
        holds: "keys, paths, addresses and durations are read or refused",
        run: words,
        seeds: said,
        words: &["rlk_", "postgres://", "sqlite://", "1h30m", "%2f", "/..;/", "https://", "[::]", "\\"],
    },
];

const WORDS: &[&str] = &[
    "listen: ",
    "database: ",
    "mode: observe",
    "auth: required",
    "routes:\n",
    "  - ",
    "declare:\n",
    "policies:\n",
    "limits:\n",
    "dlp:\n",
    "patterns: [",
    "regex: ",
    "keywords: [",
    "allow: [",
    "${HOME}",
    "$${",
    "{ ",
    " }",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "!!str ",
    "---\n",
    "[[routes]]\n",
    "[declare]\n",
    " = ",
    "\"match\":{",
    "\"action\":\"DENY\"",
    "\"name\":\"",
    "\"priority\":",
    "\"upstream\":\"",
    "\"model\":[",
    "\"prompt\":{\"regex\":\"",
    "\"arguments\":{",
    "\"header\":{",
    "\"time\":{",
    "\"zone\":\"Europe/Oslo\"",
    "\"tool\":\"",
    "\"mcp\":{",
    "\"risk\":{",
    "\"body_bytes\":{\"gt\":",
    "\"prompt_tokens\":\">",
    "\"findings\":{",
    "\"all\":[",
    "\"any\":[",
    "\"not\":{",
    "\u{feff}",
];

/// Policies that are linted together at most: the cost of more is the operator's, not a caller's.
const MAX_LINTED: usize = 8;

/* ===== what holds ===== */

fn config(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let (name, format) =
        choices.one_of(&[("a.yaml", Format::Yaml), ("a.toml", Format::Toml), ("a.json", Format::Json)]);
    let text = choices.text();
    let environment: Environment = [("HOME", "home"), ("EMPTY", "")].into_iter().collect();
    match load(Some(Source { name, text, format }), &environment, &Overrides::default()) {
        Ok(loaded) => {
            let _ = Governance::compile(&loaded.config, &environment, [], [7; 32]);
        }
        Err(errors) => {
            assert!(errors.iter().count() > 0);
            for error in errors.iter() {
                assert!(!error.message().is_empty());
                let Origin::File { place: Some(place), .. } = error.origin() else {
                    panic!("an error without its place: {error}")
                };
                // The end of a text may be the beginning of a line that is not there.
                let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count() + 1;
                assert!((1..=lines).contains(&place.line) && place.column >= 1, "{error} of {lines} lines");
            }
        }
    }
}

fn policy(bytes: &[u8]) {
    let body = bytes.get(1..).unwrap_or_default();
    let Ok(policies) = serde_json::from_slice::<Vec<Policy>>(body) else { return };
    let written = serde_json::to_vec(&policies).unwrap();
    assert_eq!(
        serde_json::from_slice::<Vec<Policy>>(&written).unwrap(),
        policies,
        "what is written is read again"
    );
    let Ok(set) = PolicySet::compile(policies.clone(), PolicyAction::Allow) else { return };
    if policies.len() <= MAX_LINTED {
        lint(&policies, PolicyAction::Allow, &Known::default()).expect("they compile");
        assert!(diff(&policies, &policies).is_empty(), "nothing differs from itself");
    }
    let upstream = Upstream { scheme: "https", host: "eu.amazonaws.com", port: 443, path: "/iam/%75sers" };
    let now = Timestamp::UNIX_EPOCH;
    for facts in [
        Facts { method: "POST", upstream, model: Some("gpt-5"), body_bytes: 9, ..Facts::at(now) },
        Facts { upstream, unreadable: Some("not JSON"), ..Facts::at(now) },
        Facts { upstream, findings: Some(&[]), user: Some("ada"), ..Facts::at(now) },
    ] {
        let explanation = set.explain(&facts);
        // An explanation asks every policy, a decision only those that the index finds.
        let first = explanation.matches.iter().find(|policy| policy.mode != Some(Mode::Observe));
        assert_eq!(explanation.decision.policy.as_ref(), first, "what is found is what matches");
        let explained = explanation.decision;
        match set.decide(&facts) {
            Decided::Final(decision) => {
                assert_eq!(decision, explained, "what is decided is what is explained")
            }
            Decided::NeedsFindings => assert!(facts.findings.is_none() && set.needs().findings),
        }
    }
}

/// Two texts, so that errors must also know which one they are about. What is repeated reaches depths that few inputs would.
fn cedar(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let times = choices.one_of(&[1, 1, 1, 100]);
    let text = choices.text();
    let texts = [text.repeat(times), text.to_owned()].into_iter().zip(["a", "b"]);
    let texts: Vec<_> = texts.map(|(text, name)| CedarText { name: name.to_owned(), text }).collect();
    match CedarSet::compile(texts.clone(), Directory::default()) {
        Ok(set) => {
            set.decide(&Facts::at(Timestamp::UNIX_EPOCH));
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors.iter().filter(|error| error.policy != "*") {
                let lines = texts[error.text].text.split('\n').count();
                assert!((1..=lines).contains(&error.line) && error.column > 0, "{error}");
                assert!(!error.reason.is_empty());
            }
        }
    }
}

fn cedar_texts() -> Vec<Vec<u8>> {
    let texts = [
        "permit (principal, action, resource);",
        "@flag @message(\"no\") permit (principal in Tenant::\"t\", action == Action::\"call_tool\", resource is McpTool) \
         when { resource.name like \"get_*\" };",
        "forbid (principal == Agent::\"a\", action in [Action::\"embedding\"], resource == Upstream::\"x.example\") \
         when { context.body has model && context.body.model == \"m\" } unless { context.findings.high > 0 };",
        "// a comment;\npermit (principal, action, resource) when { context.headers.hasTag(\"x\") };",
        "permit (principal, action, resource) when { if true then 1 < 2 else [1, {a: 2}.a].contains(3) };",
        "((((((((((((((((((((((((((((((((",
        "permit (principal, action, resource) when { \"\\\";\" == \"",
    ];
    texts.iter().flat_map(|text| [0, 3].map(|times| seed(&[times], text.as_bytes()))).collect()
}

fn url(bytes: &[u8]) {
    let text = Choices::new(bytes).text();
    let mut lines = text.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (pattern, scheme, host, path) = (line(), line(), line(), line());
    let set = |action: &str, default| {
        let policy = json!([{ "name": "p", "match": { "upstream": pattern }, "action": action }]);
        PolicySet::compile(serde_json::from_value(policy).ok()?, default).ok()
    };
    let Some(denies) = set("DENY", PolicyAction::Allow) else { return };
    let allows = set("ALLOW", PolicyAction::Deny).expect("the same pattern");
    let decided = |set: &PolicySet, host: &str| {
        let facts = Facts {
            upstream: Upstream { scheme, host, port: 443, path },
            ..Facts::at(Timestamp::UNIX_EPOCH)
        };
        match set.decide(&facts) {
            Decided::Final(decision) => decision.action,
            Decided::NeedsFindings => panic!("no policy asks about findings"),
        }
    };
    let denied = decided(&denies, host) == PolicyAction::Deny;
    let allowed = decided(&allows, host) == PolicyAction::Allow;
    assert!(!allowed || denied, "what an ALLOW matches, a DENY matches");
    let upper = host.to_ascii_uppercase();
    assert_eq!(
        decided(&denies, &upper) == PolicyAction::Deny,
        denied,
        "{pattern:?} on {host:?} and {upper:?}"
    );
    if !host.is_empty() && !host.starts_with('[') && !host.ends_with('.') {
        let rooted = format!("{host}.");
        assert_eq!(
            decided(&denies, &rooted) == PolicyAction::Deny,
            denied,
            "{pattern:?} on {host:?} and {rooted:?}"
        );
    }
}

fn words(bytes: &[u8]) {
    let text = Choices::new(bytes).text();
    let hint = KeyHint::of(text).to_string();
    assert!(text.len() < 12 || hint.len() < text.len(), "a hint is not the key: {hint:?}");
    assert!(!is_well_formed(text) || text.starts_with("rlk_"));
    let _ = check_path(text);
    let _ = parse_duration(text);
    let _ = text.parse::<DatabaseUrl>();
    if let Ok(upstream) = text.parse::<ConfiguredUpstream>() {
        assert!(matches!(upstream.scheme(), "http" | "https") && !upstream.host().is_empty());
        let _ = (upstream.port(), upstream.base_path());
    }
}

/* ===== seeds ===== */

fn files() -> Vec<Vec<u8>> {
    let yaml = "listen: 127.0.0.1:8080\nmode: enforce\nauth: required\nbounds: { max_body_bytes: 1024 }\nroutes:\n  - { name: a, prefix: /a, upstream: \"https://a.example\", dialect: openai }\ndeclare:\n  agents:\n    - { name: bot }\n  policies:\n    - name: p\n      match: { upstream: \"*.example.com/iam/*\", model: [\"gpt-*\"] }\n      action: DENY\n  limits:\n    - { name: l, scope: per_agent, dimension: requests, window: minute, max: 60 }\n  dlp:\n    actions: { CRITICAL: block }\n    patterns: [{ name: e, regex: \"EMP-[0-9]{6}\" }]\n    allow: [{ detector: pii.email, value: \"a@b.io\" }]\n";
    let toml = "listen = \"127.0.0.1:0\"\n[bounds]\nmax_body_bytes = 10\n[[routes]]\nname = \"a\"\nprefix = \"/a\"\nupstream = \"${HOME}\"\n[declare.dlp]\nactions = { HIGH = \"warn\" }\n";
    let json = "{\"listen\":\"127.0.0.1:0\",\"timeouts\":{\"connect\":\"1s\"},\"declare\":{\"default_action\":\"DENY\"}}";
    let broken = "listen: 1\nmodus: x\n? a\n: [b, {c: d}]\n--- \n&x *x !!int \"1\"\n";
    vec![
        seed(&[0], yaml),
        seed(&[1], toml),
        seed(&[2], json),
        seed(&[0], broken),
        seed(&[0], ""),
        seed(&[1], "a = 1\na = 2"),
        seed(&[2], "{\"a\":"),
    ]
}

fn policies() -> Vec<Vec<u8>> {
    [
        r#"[{"name":"a","match":{"upstream":"*.amazonaws.com/iam/*"},"action":"DENY","priority":10}]"#,
        r#"[{"name":"b","match":{"model":["gpt-*","o?"],"stream":false},"action":"ALLOW"},{"name":"c","match":{},"action":"FLAG","mode":"observe"}]"#,
        r#"[{"name":"d","match":{"prompt":{"regex":"(?i)drop table"}},"action":"DENY"}]"#,
        r#"[{"name":"e","match":{"tool":{"name":"delete_*","arguments":{"/path":"/etc/*"}}},"action":"DENY"}]"#,
        r#"[{"name":"f","match":{"dlp":{"class":"pii.*","severity":"HIGH"}},"action":"DENY"}]"#,
        r#"[{"name":"g","match":{"time":{"hours":"09:00-17:00","days":["mon"],"zone":"Europe/Oslo"}},"action":"DENY","scope":{"agents":["a"]}}]"#,
        r#"[{"name":"h","match":{"header":{"name":"x-a","glob":"b*"},"body_bytes":{"gt":10},"action_type":"chat_completion","dialect":"mcp"},"action":"DENY","message":"no"}]"#,
    ]
    .iter()
    .map(|text| seed(&[0], text))
    .collect()
}

fn urls() -> Vec<Vec<u8>> {
    [
        "*.example.com/iam/*\nhttps\na.Example.com\n/%69am/x",
        "https://api.example.com:443\nhttps\napi.example.com.\n/",
        "[::1]:8080/*\nhttp\n::1\n/a/../iam",
        "*\nhttp\nx\n",
        "a?c.*.io\\*/\\*\nhttp\nabc.d.io\n//",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect()
}

fn said() -> Vec<Vec<u8>> {
    [
        "rlk_0123456789abcdefABCDEF0123456789abcd",
        "/a/%2e%2e/b",
        "https://a.example:8443/base?x",
        "postgres://u@h/db",
        "sqlite://a.db",
        "1h30m",
        "250ms",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect()
}
