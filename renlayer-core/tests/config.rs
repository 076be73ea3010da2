//! Configurations, good ones in every format and bad ones with their exact messages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use renlayer_core::config::{
    Auth, Config, Durability, Environment, Format, LogLevel, Mode, Overrides, SecretSource, Source, load,
};
use renlayer_core::key::AgentKey;

const YAML: &str = r#"
listen: 127.0.0.1:9090
database: postgres://app:${PASSWORD}@db/renlayer
mode: observe
auth: required
log: { level: debug, format: json }
bounds: { max_body_bytes: 1048576 }
timeouts: { connect: 2s, idle: 90s }
traces: { durability: strict, retention: null, journal: /tmp/journal }
routes:
  - name: openai
    prefix: /openai
    upstream: "https://api.openai.com"
    dialect: openai
    credential: openai-key
    headers: { OpenAI-Organization: "org-${ORG:-none}" }
    timeouts: { first_byte: 250ms }
declare:
  default_action: DENY
  agents:
    - { name: billing-bot, keys: ["${BILLING_BOT_KEY}"] }
  secrets:
    - { name: openai-key, from: { env: OPENAI_API_KEY } }
  policies:
    - name: no-iam
      priority: 10
      match: { upstream: "*.amazonaws.com/iam/*" }
      action: DENY
      message: IAM changes are not for agents.
  limits:
    - { name: billing-rpm, scope: per_agent, agents: [billing-bot], dimension: requests, window: minute, max: "${RPM}" }
  dlp:
    actions: { CRITICAL: block, HIGH: warn, MEDIUM: warn, LOW: record }
    detectors: { pii.email: { severity: HIGH, action: redact } }
    patterns: [{ name: employee-id, regex: "EMP-[0-9]{6}", severity: CRITICAL }]
    keywords: [{ name: codenames, words: [bluebird], severity: HIGH, action: block }]
    allow: [{ detector: payment.card_number, value: "4111 1111 1111 1111" }]
"#;

const TOML: &str = r#"
listen = "127.0.0.1:9090"
database = "postgres://app:${PASSWORD}@db/renlayer"
mode = "observe"
auth = "required"
log = { level = "debug", format = "json" }
bounds.max_body_bytes = 1048576
timeouts = { connect = "2s", idle = "90s" }
traces = { durability = "strict", journal = "/tmp/journal" }

[[routes]]
name = "openai"
prefix = "/openai"
upstream = "https://api.openai.com"
dialect = "openai"
credential = "openai-key"
headers = { OpenAI-Organization = "org-${ORG:-none}" }
timeouts.first_byte = "250ms"

[declare]
default_action = "DENY"
agents = [{ name = "billing-bot", keys = ["${BILLING_BOT_KEY}"] }]
secrets = [{ name = "openai-key", from = { env = "OPENAI_API_KEY" } }]

[[declare.policies]]
name = "no-iam"
priority = 10
match.upstream = "*.amazonaws.com/iam/*"
action = "DENY"
message = "IAM changes are not for agents."

[[declare.limits]]
name = "billing-rpm"
scope = "per_agent"
agents = ["billing-bot"]
dimension = "requests"
window = "minute"
max = "${RPM}"

[declare.dlp]
actions = { CRITICAL = "block", HIGH = "warn", MEDIUM = "warn", LOW = "record" }
detectors."pii.email" = { severity = "HIGH", action = "redact" }
patterns = [{ name = "employee-id", regex = "EMP-[0-9]{6}", severity = "CRITICAL" }]
keywords = [{ name = "codenames", words = ["bluebird"], severity = "HIGH", action = "block" }]
allow = [{ detector = "payment.card_number", value = "4111 1111 1111 1111" }]
"#;

const JSON: &str = r#"{
  "listen": "127.0.0.1:9090",
  "database": "postgres://app:${PASSWORD}@db/renlayer",
  "mode": "observe",
  "auth": "required",
  "log": { "level": "debug", "format": "json" },
  "bounds": { "max_body_bytes": 1048576 },
  "timeouts": { "connect": "2s", "idle": "90s" },
  "traces": { "durability": "strict", "retention": null, "journal": "/tmp/journal" },
  "routes": [{
    "name": "openai", "prefix": "/openai", "upstream": "https://api.openai.com", "dialect": "openai",
    "credential": "openai-key", "headers": { "OpenAI-Organization": "org-${ORG:-none}" },
    "timeouts": { "first_byte": "250ms" }
  }],
  "declare": {
    "default_action": "DENY",
    "agents": [{ "name": "billing-bot", "keys": ["${BILLING_BOT_KEY}"] }],
    "secrets": [{ "name": "openai-key", "from": { "env": "OPENAI_API_KEY" } }],
    "policies": [{
      "name": "no-iam", "priority": 10, "match": { "upstream": "*.amazonaws.com/iam/*" }, "action": "DENY",
      "message": "IAM changes are not for agents."
    }],
    "limits": [{
      "name": "billing-rpm", "scope": "per_agent", "agents": ["billing-bot"], "dimension": "requests",
      "window": "minute", "max": "${RPM}"
    }],
    "dlp": {
      "actions": { "CRITICAL": "block", "HIGH": "warn", "MEDIUM": "warn", "LOW": "record" },
      "detectors": { "pii.email": { "severity": "HIGH", "action": "redact" } },
      "patterns": [{ "name": "employee-id", "regex": "EMP-[0-9]{6}", "severity": "CRITICAL" }],
      "keywords": [{ "name": "codenames", "words": ["bluebird"], "severity": "HIGH", "action": "block" }],
      "allow": [{ "detector": "payment.card_number", "value": "4111 1111 1111 1111" }]
    }
  }
}"#;

#[test]
fn the_same_configuration_reads_the_same_in_every_format() {
    let key = AgentKey::mint().unwrap();
    let environment = Environment::from_iter([
        ("PASSWORD", "not-shown"),
        ("BILLING_BOT_KEY", key.reveal()),
        ("OPENAI_API_KEY", "not-shown-either"),
        ("RPM", "60"),
    ]);
    let read = |name, text, format| {
        let loaded = load(Some(Source { name, text, format }), &environment, &Overrides::default());
        loaded.unwrap_or_else(|errors| panic!("{errors}"))
    };
    let yaml = read("renlayer.yaml", YAML, Format::Yaml);
    assert_eq!(yaml.warnings, Vec::<String>::new());
    let config = yaml.config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:9090");
    assert_eq!(config.database.to_string(), "postgres://app@db/renlayer");
    assert_eq!(
        (config.mode, config.auth, config.log.level),
        (Mode::Observe, Auth::Required, LogLevel::Debug)
    );
    assert_eq!(config.bounds.max_body_bytes, 1 << 20);
    assert_eq!(config.traces.durability, Durability::Strict);
    assert_eq!(config.traces.retention, None);
    let route = config.routes.first().unwrap();
    assert_eq!(config.routes.len(), 1);
    assert_eq!(route.headers.get("OpenAI-Organization").unwrap(), "org-none");
    let timeouts = [Duration::from_secs(2), Duration::from_millis(250), Duration::from_secs(90)];
    assert_eq!(<[Duration; 3]>::from(route.timeouts.or(&config.timeouts)), timeouts);
    assert_eq!(config.declare.agents.first().unwrap().keys.first().unwrap().hash, key.hash());
    assert_eq!(config.declare.limits.first().unwrap().max.as_whole(), Some(60));
    assert_eq!(config.declare.secrets.first().unwrap().from, SecretSource::Env("OPENAI_API_KEY".into()));
    let shown = format!("{config:?}");
    for hidden in ["not-shown", key.reveal()] {
        assert!(!shown.contains(hidden));
    }

    assert_eq!(format!("{:?}", read("renlayer.json", JSON, Format::Json).config), shown);
    // TOML has no null: there the retention is the default.
    let mut toml = read("renlayer.toml", TOML, Format::Toml).config;
    assert_eq!(toml.traces.retention, Some(Duration::from_secs(30 * 86_400)));
    toml.traces.retention = None;
    assert_eq!(format!("{toml:?}"), shown);
}

#[test]
fn without_a_file_there_are_the_well_known_routes() {
    let loaded = load(None, &Environment::default(), &Overrides::default()).unwrap();
    assert_eq!(format!("{:?}", loaded.config), format!("{:?}", Config::default()));
    assert!(loaded.config.routes.iter().any(|route| route.name == "anthropic"));
    assert_eq!(loaded.config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(loaded.config.database.to_string(), "sqlite://renlayer.db");
    let source = Source { name: "f", text: "# nothing but a comment\n", format: Format::Yaml };
    let empty = load(Some(source), &Environment::default(), &Overrides::default()).unwrap();
    assert_eq!(format!("{:?}", empty.config), format!("{:?}", loaded.config));
}

#[test]
fn routes_of_a_file_are_all_the_routes_unless_it_asks_for_the_others() {
    let names = |text: &str| {
        let source = Source { name: "renlayer.yaml", text, format: Format::Yaml };
        let loaded = load(Some(source), &Environment::default(), &Overrides::default()).unwrap();
        loaded
            .config
            .routes
            .into_iter()
            .map(|route| (route.name, route.upstream.to_string()))
            .collect::<Vec<_>>()
    };
    let mine = "routes: [{ name: mine, prefix: /openai, upstream: 'http://10.0.0.1' }]\n";
    assert_eq!(names(mine), [("mine".to_owned(), "http://10.0.0.1/".to_owned())]);
    let both = names(&format!("well_known_routes: true\n{mine}"));
    assert!(both.iter().any(|(name, _)| name == "anthropic"));
    assert!(!both.iter().any(|(name, _)| name == "openai"), "its prefix is taken");
    assert_eq!(names("well_known_routes: false"), []);
}

#[test]
fn later_wins() {
    let text = "listen: 127.0.0.1:1\nmode: observe\nlog: { level: debug }\n";
    let source = Source { name: "renlayer.yaml", text, format: Format::Yaml };
    let environment = Environment::from_iter([
        ("RENLAYER_LISTEN_ADDR", "127.0.0.1:2"),
        ("RENLAYER_MODE", "enforce"),
        ("RENLAYER_LOG_LEVEL", ""),
        ("RENLAYER_DEFAULT_UPSTREAM", "https://gateway.example"),
        ("RENLAYER_LISTEN_ADR", "x"),
        ("RENLAYER_SERVICE_HOST", "10.0.0.1"),
    ]);
    let overrides = Overrides { listen: Some("127.0.0.1:3".parse().unwrap()), ..Overrides::default() };
    let loaded = load(Some(source), &environment, &overrides).unwrap();
    let config = loaded.config;
    assert_eq!(config.listen.port(), 3);
    assert_eq!((config.mode, config.log.level), (Mode::Enforce, LogLevel::Debug));
    assert_eq!(config.default_upstream.unwrap().host(), "gateway.example");
    assert!(loaded.warnings.contains(
        &"environment variable RENLAYER_LISTEN_ADR is not one of RenLayer's; did you mean `RENLAYER_LISTEN_ADDR`?"
            .to_owned()
    ));
    assert!(
        loaded
            .warnings
            .contains(&"environment variable RENLAYER_SERVICE_HOST is not one of RenLayer's".to_owned())
    );
}

/// Each bad configuration, and everything that is said about it.
const BAD: &[(&str, &str, &[&str])] = &[
    (
        "unknown key at the top",
        "listn: 127.0.0.1:1",
        &["f.yaml:1:1: unknown key `listn`; did you mean `listen`?"],
    ),
    (
        "unknown key in a section",
        "declare:\n  agnts: []\n",
        &["f.yaml:2:3: declare: unknown key `agnts`; did you mean `agents`?"],
    ),
    (
        "unknown key in a list",
        "routes:\n  - name: a\n    prefix: /a\n    upstream: https://a.example\n    timeout: 3s\n",
        &["f.yaml:5:5: routes[0]: unknown key `timeout`; did you mean `timeouts`?"],
    ),
    (
        "unknown value",
        "mode: enforced",
        &["f.yaml:1:7: mode: unknown value `enforced`; did you mean `enforce`?"],
    ),
    (
        "nothing near",
        "auth: whatever",
        &["f.yaml:1:7: auth: unknown value `whatever`; expected `loopback_default`, `required`"],
    ),
    (
        "unknown value in a section",
        "streams: { on_change: cutt }",
        &["f.yaml:1:23: streams.on_change: unknown value `cutt`; did you mean `cut`?"],
    ),
    (
        "wrong type",
        "bounds: { max_body_bytes: many }",
        &["f.yaml:1:27: bounds.max_body_bytes: expected a whole number, found a string"],
    ),
    ("a list for a mapping", "bounds: [1]", &["f.yaml:1:9: bounds: expected a mapping, found a list"]),
    ("a mapping for a list", "routes: { a: b }", &["f.yaml:1:9: routes: expected a list, found a mapping"]),
    (
        "missing key",
        "declare:\n  policies:\n    - name: a\n      match: {}\n",
        &["f.yaml:3:7: declare.policies[0]: key `action` is missing"],
    ),
    (
        "not an address",
        "listen: localhost",
        &["f.yaml:1:9: listen: expected an address and a port, such as `127.0.0.1:8080`"],
    ),
    (
        "not a URL",
        "default_upstream: api.openai.com",
        &["f.yaml:1:19: default_upstream: expected an absolute URL such as `https://api.example.com`"],
    ),
    (
        "not a database",
        "database: mysql://x",
        &[
            "f.yaml:1:11: database: expected `sqlite://FILE`, `sqlite::memory:` or `postgres://USER@HOST/DATABASE`",
        ],
    ),
    (
        "not a span of time",
        "timeouts: { idle: 30 }",
        &[
            "f.yaml:1:19: timeouts.idle: expected a span of time such as `250ms`, `30s`, `5m`, `12h` or `7d`, \
         found an integer",
        ],
    ),
    (
        "twice",
        "mode: observe\nlisten: 127.0.0.1:1\nmode: enforce\n",
        &["f.yaml:3:1: key `mode` stands here twice (first on line 1)"],
    ),
    (
        "an alias",
        "log: &a { level: info }\nadmin: *a\n",
        &["f.yaml:1:6: anchors and aliases are not supported; write the value out"],
    ),
    ("a tag", "mode: !x observe", &["f.yaml:1:7: tags are not supported"]),
    (
        "a merge key",
        "log:\n  <<: {}\n",
        &["f.yaml:2:3: merge keys (`<<`) are not supported; write the values out"],
    ),
    (
        "two documents",
        "mode: observe\n---\nmode: enforce\n",
        &["f.yaml:2:1: a second document begins here; a configuration is one document"],
    ),
    (
        "a variable that is not set",
        "declare:\n  agents:\n    - { name: a, keys: [\"${NOPE}\"] }\n",
        &["f.yaml:3:25: environment variable `NOPE` is not set"],
    ),
    (
        "a value from the environment is never shown",
        "mode: ${SECRET}\ndatabase: ${SECRET}\n",
        &[
            "f.yaml:1:7: mode: unknown value (from the environment); expected `enforce`, `observe`",
            "f.yaml:2:11: database: expected `sqlite://FILE`, `sqlite::memory:` or `postgres://USER@HOST/DATABASE`",
        ],
    ),
    (
        "several at once",
        "listn: x\nmode: no\nroutes:\n  - { name: a }\n  - { name: b, prefix: /b, upstream: nowhere }\n",
        &[
            "f.yaml:1:1: unknown key `listn`; did you mean `listen`?",
            "f.yaml:2:7: mode: unknown value `no`; expected `enforce`, `observe`",
            "f.yaml:4:5: routes[0]: key `upstream` is missing",
            "f.yaml:5:38: routes[1].upstream: expected an absolute URL such as `https://api.example.com`",
        ],
    ),
    (
        "a route names a secret that is not there",
        "routes: [{ name: a, prefix: /a, upstream: \"https://a.example\", credential: openai }]\n\
         declare: { secrets: [{ name: openai-key, from: { env: A } }] }\n",
        &["f.yaml:1:76: routes[0].credential: no secret `openai` is declared"],
    ),
    (
        "a route names a secret almost",
        "routes: [{ name: a, prefix: /a, upstream: \"https://a.example\", credential: openai-kye }]\n\
         declare: { secrets: [{ name: openai-key, from: { env: A } }] }\n",
        &[
            "f.yaml:1:76: routes[0].credential: no secret `openai-kye` is declared; did you mean `openai-key`?",
        ],
    ),
    (
        "routes that collide or lead nowhere",
        "routes:\n  - { name: a, prefix: /a, upstream: \"https://a.example\" }\n  \
         - { name: a, prefix: /a, upstream: \"https://b.example\" }\n  \
         - { name: c, prefix: c/, upstream: \"https://c.example\" }\n  \
         - { name: d, upstream: \"https://d.example\" }\n  \
         - { name: e, prefix: /_, upstream: \"https://e.example\" }\n",
        &[
            "f.yaml:3:13: routes[1].name: there is a route `a` already (routes[0])",
            "f.yaml:3:24: routes[1].prefix: route `a` takes these calls already",
            "f.yaml:4:24: routes[2].prefix: a prefix begins with `/`",
            "f.yaml:5:5: routes[3]: a route has a `prefix` or a `host`",
            "f.yaml:6:24: routes[4].prefix: `/_` belongs to the console and the API",
        ],
    ),
    (
        "headers that cannot be sent, or should not be here",
        "routes:\n  - name: a\n    prefix: /a\n    upstream: https://a.example\n    headers:\n      \
         x y: z\n      Authorization: Bearer\n      X-Fine: \"a\\nb\"\n",
        &[
            "f.yaml:6:12: routes[0].headers.x y: is not the name of a header",
            "f.yaml:7:22: routes[0].headers.Authorization: carries a credential: name a secret in `credential` instead",
            "f.yaml:8:15: routes[0].headers.X-Fine: cannot be sent: headers are one line of visible characters",
        ],
    ),
    (
        "a limit names an agent that is not there",
        "declare:\n  agents: [{ name: billing-bot }]\n  limits:\n    - name: a\n      scope: per_agent\n      \
         agents: [billing-bto, \"x-*\", default]\n      dimension: requests\n      window: minute\n      max: 0\n",
        &[
            "f.yaml:6:16: declare.limits[0].agents[0]: no agent `billing-bto` is declared; \
             did you mean `billing-bot`?",
            "f.yaml:9:12: declare.limits[0].max: must be more than 0…",
        ],
    ),
    (
        "limits that count nothing there is",
        "declare:\n  policies: [{ name: watch, match: {}, action: FLAG }]\n  limits:\n    \
         - { name: a, scope: per_agent, dimension: tokens, window: month, max: 5 }\n    \
         - { name: b, scope: per_agent, dimension: concurrency, window: day, max: 5 }\n    \
         - { name: c, scope: per_agent, dimension: requests, max: 5 }\n    \
         - { name: d, scope: per_agent, dimension: requests, window: day, max: 1.5 }\n    \
         - { name: e, scope: per_agent, dimension: spend, window: day, max: 0 }\n    \
         - { name: f, scope: per_agent, policy: [watch, wtach, \"x*\"], dimension: requests, window: day, max: 5 }\n",
        &[
            "f.yaml:4:63: declare.limits[0].window: only `spend` is counted over a month",
            "f.yaml:5:68: declare.limits[1].window: `concurrency` counts what is under way at once…",
            "f.yaml:6:7: declare.limits[2].window: counted over a `window`: minute, hour, day, and for `spend` month",
            "f.yaml:7:75: declare.limits[3].max: requests are whole numbers: only `spend` has decimals",
            "f.yaml:8:72: declare.limits[4].max: must be more than 0…",
            "f.yaml:9:52: declare.limits[5].policy[1]: no policy `wtach` is declared; did you mean `watch`?",
        ],
    ),
    (
        "limits that are no numbers or words of ours",
        "declare:\n  limits:\n    \
         - { name: a, scope: per_agent, dimension: tokens, window: fortnight, max: 5 }\n    \
         - { name: b, scope: per_agent, dimension: dollars, window: day, max: 5 }\n    \
         - { name: c, scope: per_agent, dimension: tokens, window: day, max: -5 }\n    \
         - { name: d, scope: per_agent, dimension: spend, window: day, max: 99999999999999 }\n    \
         - { name: e, scope: per_agent, dimension: spend, window: day, max: \"0.0000001\" }\n",
        &[
            "f.yaml:3:63: declare.limits[0].window: …",
            "f.yaml:4:47: declare.limits[1].dimension: …",
            "f.yaml:5:73: declare.limits[2].max: …",
            "f.yaml:6:72: declare.limits[3].max: …",
            "f.yaml:7:72: declare.limits[4].max: …",
        ],
    ),
    (
        "prices that are none",
        "prices:\n  - { model: \"a[b]\", input: 1, output: 1 }\n  - { model: x, input: 1, output: 1 }\n  \
         - { model: X, input: 1, output: 1 }\n",
        &[
            "f.yaml:2:14: prices[0].model: `[` is not a wildcard here: …",
            "f.yaml:4:14: prices[2].model: there is a price for `X` already (prices[1])",
        ],
    ),
    (
        "prices that are no amounts",
        "prices:\n  - { model: a, input: -1, output: 1 }\n  - { model: b, input: 1 }\n",
        &["f.yaml:2:24: prices[0].input: …", "f.yaml:3:5: prices[1]: …"],
    ),
    (
        "a policy with a bad pattern",
        "declare:\n  policies:\n    - name: a\n      action: DENY\n      match:\n        prompt: { regex: \"(\" }\n",
        &["f.yaml:6:26: declare.policies[0].match.prompt.regex: …"],
    ),
    (
        "a pattern of the DLP that does not compile",
        "declare:\n  dlp:\n    patterns:\n      - name: a\n        regex: \"[a\"\n",
        &["f.yaml:5:16: declare.dlp.patterns[0].regex: …"],
    ),
    (
        "a mistyped agent key",
        "declare:\n  agents:\n    - { name: a, keys: [rlk_0000000000000000000000000000000000000000000000, short] }\n    - { name: b, keys: [short] }\n",
        &[
            "f.yaml:3:25: declare.agents[0].keys[0]: is not a whole agent key: its checksum does not match",
            "f.yaml:4:25: declare.agents[1].keys[0]: is not an agent key: `renlayer key create` mints one",
        ],
    ),
    (
        "a key of two agents",
        "declare:\n  agents:\n    - { name: a, keys: [a-key-of-twenty-characters] }\n    - { name: b, keys: [a-key-of-twenty-characters] }\n",
        &["f.yaml:4:25: declare.agents[1].keys[0]: is a key of agent `a` already"],
    ),
    ("YAML that is none", "a: [1, 2\nb: 3\n", &["f.yaml:2:2: not valid YAML: …"]),
];

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let environment = Environment::from_iter([("SECRET", "hunter2")]);
    let mut wrong = Vec::new();
    for (name, text, expected) in BAD {
        let source = Source { name: "f.yaml", text, format: Format::Yaml };
        let told = match load(Some(source), &environment, &Overrides::default()) {
            Ok(_) => "nothing".to_owned(),
            Err(errors) => errors.to_string(),
        };
        assert!(!told.contains("hunter2"), "{name}");
        let matches = told.lines().count() == expected.len()
            && told.lines().zip(*expected).all(|(line, expected)| match expected.split_once('…') {
                Some((head, _)) => line.starts_with(head),
                None => line == *expected,
            });
        if !matches {
            wrong.push(format!("== {name}\n{told}\n-- expected\n{}\n", expected.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn places_are_told_in_the_other_formats_too() {
    for (name, format, text, expected) in [
        (
            "f.toml",
            Format::Toml,
            "mode = \"observe\"\nlistn = 1\n",
            "f.toml:2:1: unknown key `listn`; did you mean `listen`?",
        ),
        (
            "f.toml",
            Format::Toml,
            "[[routes]]\nname = \"a\"\nprefix = \"/a\"\nupstream = \"x\"\n",
            "f.toml:4:12: routes[0].upstream: expected an absolute URL such as `https://api.example.com`",
        ),
        (
            "f.toml",
            Format::Toml,
            "mode = \"observe\"\nmode = \"enforce\"\n",
            "f.toml:2:1: not valid TOML: duplicate key",
        ),
        (
            "f.json",
            Format::Json,
            "{\n  \"listn\": 1 }",
            "f.json:2:3: unknown key `listn`; did you mean `listen`?",
        ),
        (
            "f.json",
            Format::Json,
            "{\"mode\": \"observe\",\n}",
            "f.json:2:1: not valid JSON: key must be a string",
        ),
        (
            "f.json",
            Format::Json,
            "{\"mode\": \"observe\",\n \"mode\": \"enforce\"}",
            "f.json:2:2: key `mode` stands here twice (first on line 1)",
        ),
        (
            "f.json",
            Format::Json,
            "{\"log\": {\"level\": \"\\u0069nf\"}}",
            "f.json:1:19: log.level: unknown value `inf`; did you mean `info`?",
        ),
    ] {
        let errors =
            load(Some(Source { name, text, format }), &Environment::default(), &Overrides::default());
        assert_eq!(errors.err().map(|errors| errors.to_string()).as_deref(), Some(expected));
    }
}

#[test]
fn variables_and_files_that_are_wrong_are_named() {
    let environment = Environment::from_iter([
        ("RENLAYER_LISTEN_ADDR", "everywhere"),
        ("RENLAYER_MODE", "maybe"),
        ("RENLAYER_DATABASE_URL", "mysql://app:hunter2@db"),
    ]);
    let errors = load(None, &environment, &Overrides::default()).unwrap_err().to_string();
    let expected = "RENLAYER_DATABASE_URL: expected `sqlite://FILE`, `sqlite::memory:` or `postgres://USER@HOST/DATABASE`\n\
                    RENLAYER_LISTEN_ADDR: expected an address and a port, such as `127.0.0.1:8080`\n\
                    RENLAYER_MODE: expected one of `enforce`, `observe`";
    assert_eq!(errors, expected);
    let missing = std::path::Path::new("/nonexistent/renlayer.yaml");
    let errors = renlayer_core::config::load_path(missing, &Environment::default(), &Overrides::default());
    assert_eq!(
        errors.unwrap_err().to_string(),
        "/nonexistent/renlayer.yaml: cannot be read: entity not found"
    );
}

#[test]
fn depth_and_size_are_bounded_in_every_format() {
    let deep = 10_000;
    let json = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
    let toml = format!("a = {json}");
    let long = format!("# {}", "x".repeat(5 << 20));
    for (format, text) in [
        (Format::Yaml, &json),
        (Format::Json, &json),
        (Format::Toml, &toml),
        (Format::Yaml, &long),
        (Format::Toml, &format!("{}x = 1", "a.".repeat(deep))),
    ] {
        let source = Source { name: "f", text, format };
        assert!(load(Some(source), &Environment::default(), &Overrides::default()).is_err(), "{format:?}");
    }
}

/// A policy whose `model` or another condition is written badly, in each format, and where the error is.
#[test]
fn policies_that_are_written_badly_are_refused_where_they_stand() {
    let policy = |rule: &str| {
        [
            (
                Format::Yaml,
                format!("declare:\n  policies:\n    - {{ name: p, match: {rule}, action: DENY }}\n"),
            ),
            (
                Format::Json,
                format!(
                    "{{\"declare\": {{\n\"policies\": [\n{{\"name\": \"p\", \"match\": {rule}, \"action\": \"DENY\"}}]}}}}"
                ),
            ),
        ]
    };
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let long = "x".repeat(3 << 20);
    for (rule, path, reason) in [
        (
            r#"{"prompt": {"regex": "a("}}"#,
            "declare.policies[0].match.prompt.regex",
            "unclosed group, at character 2",
        ),
        (r#"{"model": ["a", "[b]"]}"#, "declare.policies[0].match.model[1]", "not a wildcard here"),
        (
            r#"{"time": {"days": "mon", "zone": "Mars/Base"}}"#,
            "declare.policies[0].match.time.zone",
            "not an IANA time zone",
        ),
        (r#"{"time": {"hours": "09:00-99:00"}}"#, "declare.policies[0].match.time.hours", "not a span"),
        (r#"{"max_tokens": -1}"#, "declare.policies[0].match.max_tokens", "out of range"),
        (
            r#"{"max_tokens": {"gt": 18446744073709551616}}"#,
            "declare.policies[0].match.max_tokens.gt",
            "out of range",
        ),
        (
            r#"{"max_tokens": 170141183460469231731687303715884105728}"#,
            "declare.policies[0].match.max_tokens",
            "expected",
        ),
        (r#"{"body_bytes": {"lt": 1e400}}"#, "", ""),
        (r#"{"body_bytes": {"lt": 0.5}}"#, "declare.policies[0].match.body_bytes.lt", "a whole number"),
        (r#"{"risk": {"spend": -0.5}}"#, "declare.policies[0].match.risk.spend", "out of range"),
        (
            r#"{"tool": {"arguments": {"/n": {"gt": "5"}}}}"#,
            "declare.policies[0].match.tool.arguments./n.gt",
            "must be a number",
        ),
        (
            r#"{"tool": {"arguments": {"n": 5}}}"#,
            "declare.policies[0].match.tool.arguments.n",
            "begins with `/`",
        ),
        (&format!(r#"{{"model": {deep}}}"#), "", ""),
        (
            &format!(r#"{{"prompt": "{long}"}}"#),
            "declare.policies[0].match.prompt.contains",
            "longer than 4096 bytes",
        ),
        (
            &format!(r#"{{"upstream": {{"method": "{long}"}}}}"#),
            "declare.policies[0].match.upstream.method",
            "longer than 64 bytes",
        ),
        (&format!(r#"{{"prompt": "{}"}}"#, long.repeat(4)), "", "longer than 4194304 bytes"),
    ] {
        for (format, text) in policy(rule) {
            let source = Source { name: "f", text: &text, format };
            let Err(errors) = load(Some(source), &Environment::default(), &Overrides::default()) else {
                panic!("{format:?}: {rule:.100} is accepted")
            };
            let error = errors.iter().next().unwrap();
            assert!(error.message().contains(reason), "{format:?}: {rule:.100}: {error:.300}");
            assert!(error.message().len() < 500, "{format:?}: {rule:.100}");
            assert!(error.path() == path || path.is_empty(), "{format:?}: {rule:.100}: {error:.300}");
            // What is too long to be read has no place; everything else stands on the third line.
            let place = if text.len() > 4 << 20 { "f: " } else { "f:3:" };
            assert!(error.to_string().starts_with(place), "{format:?}: {rule:.100}: {error:.300}");
        }
    }
}

#[test]
fn secrets_are_read_from_where_the_file_says() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    let environment = Environment::from_iter([("NAME", "a value"), ("EMPTY", "")]);
    for (content, expected) in
        [("abc\n", Some("abc")), ("abc\r\n", Some("abc")), ("a\n\n", Some("a\n")), ("\n", None)]
    {
        std::fs::write(&path, content).unwrap();
        let read = SecretSource::File(path.clone()).read(&environment);
        assert_eq!(read.ok().as_ref().map(|value| value.reveal()), expected, "{content:?}");
    }
    let value = SecretSource::Env("NAME".into()).read(&environment).unwrap();
    assert_eq!(value.reveal(), "a value");
    for name in ["EMPTY", "MISSING"] {
        let error = SecretSource::Env(name.into()).read(&environment).unwrap_err();
        assert_eq!(error.to_string(), format!("environment variable `{name}` is not set"));
    }
}
