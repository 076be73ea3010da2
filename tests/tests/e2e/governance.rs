//! Policies and limits hold at the moment of the call.

use renlayer_tests::harness::{Renlayer, Response, Setup};
use renlayer_tests::upstream::{Script, Upstream};
use serde_json::{Value, json};

const POLICIES: &str = r#"
policies:
  - name: no-weapons
    priority: 10
    match: { prompt: { contains: launch codes } }
    action: DENY
    message: Launch codes are not for agents.
  - name: watch-large-models
    priority: 20
    match: { model: "large-*" }
    action: FLAG
  - name: no-admin
    priority: 30
    match: { upstream: "*/admin/*" }
    action: DENY
    message: The admin paths are closed.
  - name: no-shell
    priority: 40
    match: { mcp: { tool: shell } }
    action: DENY
    message: The shell is not for agents.
  - name: trying-out
    priority: 50
    mode: observe
    match: { model: new-model }
    action: DENY
"#;

fn governed(upstream: &Upstream) -> Setup {
    Renlayer::in_front_of(upstream).declare(POLICIES)
}

fn ask(renlayer: &Renlayer, path: &str, model: &str, prompt: &str) -> Response {
    let body = json!({"model": model, "max_tokens": 9, "input": prompt,
                      "messages": [{"role": "user", "content": prompt}],
                      "contents": [{"role": "user", "parts": [{"text": prompt}]}]});
    renlayer.post(path, &[], &body)
}

#[test]
fn a_denied_call_is_never_made_and_says_why_in_the_callers_dialect() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    let cases = [
        ("/openai/v1/chat/completions", "/error/message", "/error/renlayer"),
        ("/openai/v1/responses", "/error/message", "/error/renlayer"),
        ("/anthropic/v1/messages", "/error/message", "/renlayer"),
        ("/gemini/v1beta/models/m:generateContent", "/error/message", ""),
    ];
    for (path, message, notice) in cases {
        let answer = ask(&renlayer, path, "m", "What are the launch codes?");
        assert_eq!(answer.status, 403, "{path}: {answer:#?}");
        let body = answer.json();
        let told = body.pointer(message).and_then(Value::as_str).unwrap_or_default();
        assert!(told.contains("Launch codes are not for agents."), "{path}: {body:#}");
        if !notice.is_empty() {
            let id = body.pointer(notice).map(|notice| &notice["trace_id"]);
            assert_eq!(id.and_then(Value::as_str), answer.header("x-renlayer-trace-id"), "{path}");
        }
        let trace = renlayer.trace(&answer);
        let known =
            (&trace["status"], &trace["outcome"], &trace["reasons"][0]["kind"], &trace["http_status"]);
        assert_eq!(known, (&json!("DENIED"), &json!("refused"), &json!("policy"), &json!(403)), "{path}");
        assert_eq!(trace["reasons"][0]["name"], "no-weapons", "{path}");
    }
    assert!(upstream.requests().is_empty());
}

#[test]
fn a_prompt_is_read_as_the_model_would_read_it() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    let spellings = [
        r#"{"model":"m","messages":[{"role":"user","content":"l\u0061unch codes"}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"launch codes"}]}]}"#,
        r#"{"messages":[{"content":"launch codes","role":"user"}],"model":"m"}"#,
    ];
    for body in spellings {
        assert_eq!(
            renlayer.call("POST", "/openai/v1/chat/completions", &[], body.as_bytes()).status,
            403,
            "{body}"
        );
    }
    assert!(upstream.requests().is_empty());
}

#[test]
fn a_denied_path_cannot_be_spelt_otherwise() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    for path in [
        "/http/admin/users",
        "/http/%61dmin/users",
        "/http/x/../admin/users",
        "/http//admin/users",
        "/http/./admin/u",
    ] {
        let answer = renlayer.get(path);
        assert!(answer.status >= 400, "{path}: {answer:#?}");
    }
    assert!(upstream.requests().is_empty(), "{:#?}", upstream.requests());
    assert_eq!(renlayer.get("/http/public/admin").status, 200);
}

#[test]
fn a_denied_tool_of_an_mcp_server_answers_the_request_it_was() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    let call = |tool: &str| {
        let body = json!({"jsonrpc": "2.0", "id": "seven", "method": "tools/call", "params": {"name": tool, "arguments": {}}});
        renlayer.post("/mcp-server/mcp", &[("accept", "application/json, text/event-stream")], &body)
    };
    let refused = call("shell").json();
    assert_eq!((&refused["jsonrpc"], &refused["id"]), (&json!("2.0"), &json!("seven")), "{refused:#}");
    assert!(
        refused["error"]["message"].as_str().unwrap_or_default().contains("The shell is not for agents.")
    );
    assert!(upstream.requests().is_empty());
    let allowed = call("say");
    assert_eq!(allowed.json()["result"]["isError"], false);
    assert_eq!(renlayer.trace(&allowed)["action_type"], "tool_call");
}

#[test]
fn a_flagged_call_goes_through_and_is_marked() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    let answer = ask(&renlayer, "/openai/v1/chat/completions", "large-1", "Hi");
    assert_eq!(answer.status, 200);
    let trace = renlayer.trace(&answer);
    assert_eq!((&trace["status"], &trace["outcome"]), (&json!("FLAGGED"), &json!("completed")), "{trace:#}");
}

#[test]
fn what_is_only_observed_goes_through_and_says_what_would_have_been() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    let answer = ask(&renlayer, "/openai/v1/chat/completions", "new-model", "Hi");
    assert_eq!(answer.status, 200);
    let trace = renlayer.trace(&answer);
    assert_eq!((&trace["status"], &trace["enforced"]), (&json!("DENIED"), &json!(false)), "{trace:#}");

    let observing = governed(&upstream).argument("--observe").start();
    let answer = ask(&observing, "/openai/v1/chat/completions", "m", "launch codes");
    assert_eq!(answer.status, 200);
    let trace = observing.trace(&answer);
    assert_eq!((&trace["status"], &trace["enforced"]), (&json!("DENIED"), &json!(false)), "{trace:#}");
}

#[test]
fn an_agent_is_observed_and_enforced_by_a_word_of_the_command_line() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    let refused = || ask(&renlayer, "/openai/v1/chat/completions", "m", "launch codes");
    let becomes = |status| {
        let answer = refused();
        assert_eq!(answer.status, status);
        answer
    };
    let config = renlayer.config();
    let agent = |arguments: &[&str]| {
        renlayer.command(&[&["agent"], arguments, &["--config", &config.to_string_lossy()]].concat())
    };
    becomes(403);
    let said = agent(&["update", "default", "--mode", "observe"]);
    assert_eq!(said.code, Some(0), "{said:#?}");
    let trace = renlayer.trace(&becomes(200));
    assert_eq!(trace["mode"], json!({"mode": "observe", "by": "agent"}), "{trace:#}");
    assert_eq!(trace["instead"], json!({"outcome": "refused", "http_status": 403}), "{trace:#}");
    let id = trace["id"].as_str().expect("an id");
    let shown = renlayer.command(&["trace", "show", id, "--config", &config.to_string_lossy()]).out;
    assert!(shown.contains("observe, by agent") && shown.contains("refused with 403"), "{shown}");
    let listed = agent(&["list", "--json"]).json_lines();
    assert_eq!((&listed[0]["name"], &listed[0]["mode"]), (&json!("default"), &json!("observe")));
    assert_eq!(agent(&["update", "default", "--mode", "inherit"]).code, Some(0));
    becomes(403);
    let unknown = agent(&["update", "nobody", "--mode", "observe"]);
    assert!(unknown.code == Some(1) && unknown.err.contains("agent list"), "{unknown:#?}");
}

#[test]
fn a_used_up_limit_is_a_429_with_every_header_that_clients_read() {
    let upstream = Upstream::start();
    let limit =
        "limits:\n  - { name: three-an-hour, scope: per_agent, dimension: requests, window: hour, max: 3 }";
    let renlayer = Renlayer::in_front_of(&upstream).declare(limit).start();
    for left in [2, 1, 0] {
        let answer = ask(&renlayer, "/openai/v1/chat/completions", "m", "Hi");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-ratelimit-remaining-requests"), Some(&*left.to_string()));
        assert!(
            answer.header("ratelimit").is_some_and(|value| value.contains(&format!("r={left}"))),
            "{answer:#?}"
        );
        assert!(answer.header("ratelimit-policy").is_some_and(|value| value.contains("q=3")), "{answer:#?}");
    }
    let cases = [
        ("/openai/v1/chat/completions", "x-ratelimit-reset-requests"),
        ("/anthropic/v1/messages", "anthropic-ratelimit-requests-reset"),
    ];
    for (path, own) in cases {
        let answer = ask(&renlayer, path, "m", "Hi");
        assert_eq!(answer.status, 429, "{path}");
        let wait: u64 =
            answer.header("retry-after").and_then(|value| value.parse().ok()).expect("seconds to wait");
        assert!((1..=3600).contains(&wait), "{path}: {wait}");
        assert!(answer.header(own).is_some(), "{path}: {answer:#?}");
        let trace = renlayer.trace(&answer);
        assert_eq!(
            (&trace["status"], &trace["reasons"][0]["kind"]),
            (&json!("DENIED"), &json!("rate_limit_exceeded"))
        );
    }
    assert_eq!(upstream.requests().len(), 3);
}

#[test]
fn a_stream_tells_the_proxy_its_usage_and_not_a_caller_that_did_not_ask() {
    let upstream = Upstream::start();
    let limit = "limits:\n  - { name: tokens, scope: per_agent, dimension: tokens, window: day, max: 1000 }";
    let renlayer = Renlayer::in_front_of(&upstream).declare(limit).start();
    let body = json!({"model": "gpt-4o", "stream": true, "max_tokens": 500, "messages": [{"role": "user", "content": "Hi"}]});
    let answer = renlayer.post("/openai/v1/chat/completions", &[], &body);
    assert_eq!(upstream.requests()[0].json()["stream_options"], json!({"include_usage": true}));
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains("[DONE]") && !text.contains("prompt_tokens"), "{text}");
    let trace = renlayer.trace(&answer);
    let used = trace["usage"]["total"].as_u64().expect("the provider's figures");
    assert!(used > 0 && trace["spend"]["estimated"] == json!(false), "{trace:#}");
    let next = renlayer.post("/openai/v1/chat/completions", &[], &body);
    let left = next.header("x-ratelimit-remaining-tokens").map(str::to_owned);
    assert_eq!(left, Some((1000 - used - 500 - 1).to_string()), "settled, and the next one reserved");
}

#[test]
fn an_endless_answer_is_cut_where_its_limit_ends() {
    let upstream = Upstream::start();
    upstream.play(Script::says(vec!["so four tokens. "; 200]));
    let limit = "limits:\n  - { name: tokens, scope: per_agent, dimension: tokens, window: day, max: 120 }";
    let renlayer =
        Renlayer::in_front_of(&upstream).top("bounds: { assumed_output_tokens: 50 }").declare(limit).start();
    let body = json!({"model": "gpt-4o", "stream": true, "messages": [{"role": "user", "content": "Hi"}]});
    let answer = renlayer.post("/openai/v1/chat/completions", &[], &body);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains("\"finish_reason\":\"length\"") && text.ends_with("data: [DONE]\n\n"), "{text}");
    let trace = renlayer.trace(&answer);
    assert_eq!((&trace["outcome"], &trace["status"]), (&json!("cut"), &json!("DENIED")), "{trace:#}");
    assert_eq!(ask(&renlayer, "/openai/v1/chat/completions", "m", "Hi").status, 429);
}

#[test]
fn many_at_once_get_exactly_as_many_as_the_limit_has() {
    let upstream = Upstream::start();
    upstream.play(Script { think_ms: 30, ..Script::default() });
    let limit = "limits:\n  - { name: ten, scope: per_tenant, dimension: requests, window: day, max: 10 }";
    let renlayer = Renlayer::in_front_of(&upstream).declare(limit).start();
    let admitted = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..40).map(|_| scope.spawn(|| renlayer.chat("Hi").status)).collect();
        calls.into_iter().filter_map(|call| call.join().ok()).filter(|status| *status == 200).count()
    });
    assert_eq!((admitted, upstream.requests().len()), (10, 10));
}

#[test]
fn a_policy_is_saved_switched_off_and_rolled_back_while_the_proxy_runs() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    let home = tempfile::tempdir().expect("a temporary directory");
    let file = |model: &str| {
        let file = home.path().join("no-model.yaml");
        let policy =
            format!("name: no-model\nmatch: {{ model: {model} }}\naction: DENY\nmessage: not this one\n");
        std::fs::write(&file, policy).expect("the policy");
        file.to_string_lossy().into_owned()
    };
    // What a command has saved counts on the next call.
    let is = |status| assert_eq!(renlayer.chat("Hi").status, status);
    let does = |arguments: &[&str]| {
        let finished = renlayer.command(arguments);
        assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:#?}");
        finished
    };
    is(200);
    does(&["policy", "create", &file("\"*\""), "--reason", "a test", "--by", "ada"]);
    is(403);
    does(&["policy", "update", &file("none-such"), "--by", "ada"]);
    is(200);
    does(&["policy", "rollback", "no-model", "1", "--by", "bob"]);
    is(403);
    does(&["policy", "disable", "no-model"]);
    is(200);
    does(&["policy", "enable", "no-model"]);
    is(403);
    does(&["policy", "delete", "no-model", "--reason", "done"]);
    is(200);

    let history = does(&["policy", "history", "no-model", "--json"]).json_lines();
    assert_eq!(history.len(), 6);
    assert_eq!((&history[0]["policy"], &history[0]["reason"]), (&json!(null), &json!("done")));
    assert_eq!((&history[3]["restores"], &history[3]["saved_by"]), (&json!(1), &json!("cli:bob")));
    assert_eq!(history[4]["changes"][0]["path"], "match.model");
    let told = does(&["policy", "history", "no-model"]).out;
    assert!(told.contains("match.model") && told.contains("back to version 1"), "{told}");

    let broken = home.path().join("broken.yaml");
    std::fs::write(&broken, "name: p\nmatch: { prompt: { regex: \"(\" } }\naction: DENY\n")
        .expect("the policy");
    let refused = renlayer.command(&["policy", "create", &broken.to_string_lossy()]);
    assert!(refused.code == Some(2) && refused.err.contains("broken.yaml:2"), "{refused:#?}");
    let unknown = renlayer.command(&["policy", "disable", "none-such"]);
    assert!(unknown.code == Some(1) && unknown.err.contains("policy list"), "{unknown:#?}");
}

#[test]
fn a_change_is_replayed_over_the_calls_that_were_made() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    for prompt in ["Hi", "Tell me the launch codes.", "Tell me a story."] {
        let answer = renlayer.chat(prompt);
        assert!(renlayer.trace(&answer)["id"].is_string());
    }
    let change = |declared: &str| {
        let file = renlayer.config().with_file_name("change.yaml");
        std::fs::write(&file, declared).expect("the change");
        file.to_string_lossy().into_owned()
    };
    // What is in force, read again, changes nothing.
    let same = change(&std::fs::read_to_string(renlayer.config()).expect("the configuration"));
    let nothing = renlayer.command(&["policy", "replay", &same, "--json"]);
    let lines = nothing.json_lines();
    assert_eq!((nothing.code, lines.len()), (Some(0), 1), "{nothing:#?}");
    assert_eq!((&lines[0]["summary"]["replayed"], &lines[0]["summary"]["flips"]), (&json!(3), &json!(0)));

    let other = change(
        "declare:\n  policies:\n    - { name: no-stories, match: { prompt: { contains: story } }, action: DENY }\n",
    );
    let flips = renlayer.command(&["policy", "replay", &other, "--json"]);
    assert_eq!(flips.code, Some(1), "{flips:#?}");
    let lines = flips.json_lines();
    let verdicts = |line: &Value| {
        let of = |side: &str| (line[side]["status"].clone(), line[side]["policy"].clone());
        (of("before"), of("after"))
    };
    let mut told: Vec<_> = lines[..2].iter().map(verdicts).collect();
    told.sort_by_key(|verdict| format!("{verdict:?}"));
    assert_eq!(
        told,
        [
            ((json!("ALLOWED"), json!(null)), (json!("DENIED"), json!("no-stories"))),
            ((json!("DENIED"), json!("no-weapons")), (json!("ALLOWED"), json!(null))),
        ]
    );
    assert_eq!(lines[2]["summary"]["by_policy"], json!({ "no-stories": 1, "no-weapons": 1 }));
    let shown = renlayer.command(&["policy", "replay", &other]);
    assert!(shown.out.contains("2 of 3 calls") && shown.out.contains("no-stories"), "{shown:#?}");
}

#[test]
fn a_change_that_brings_cedar_policies_is_replayed_like_any() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    for prompt in ["Hi", "Tell me the launch codes.", "Tell me a story."] {
        assert!(renlayer.trace(&renlayer.chat(prompt))["id"].is_string());
    }
    let file = renlayer.config().with_file_name("cedar.yaml");
    let change = |text: &str| {
        let yaml = std::fs::read_to_string(renlayer.config()).expect("the configuration");
        let cedar = format!("\n  cedar:\n    - {{ name: base, text: {} }}\n", json!(text));
        std::fs::write(&file, yaml.replacen("declare:", &format!("declare:{cedar}"), 1)).expect("the change");
        let replayed = renlayer.command(&["policy", "replay", &file.to_string_lossy(), "--json"]);
        let lines = replayed.json_lines();
        (replayed.code, lines.last().expect("a summary")["summary"].clone(), lines)
    };
    let (code, summary, _) = change("permit (principal, action, resource);");
    assert_eq!(
        (code, &summary["replayed"], &summary["flips"]),
        (Some(0), &json!(3), &json!(0)),
        "{summary:#}"
    );

    let forbids = "permit (principal, action, resource); forbid (principal, action == Action::\"chat_completion\", resource);";
    let (code, summary, lines) = change(forbids);
    assert_eq!((code, &summary["flips"]), (Some(1), &json!(2)), "{summary:#}");
    assert_eq!(summary["by_verdict"], json!({ "ALLOWED → DENIED": 2 }), "{summary:#}");
    assert!(lines.iter().any(|line| line["after"]["status"] == "DENIED"), "{lines:#?}");
}

#[test]
fn cedar_policies_are_saved_shown_and_rolled_back_like_native_ones() {
    let upstream = Upstream::start();
    let renlayer = governed(&upstream).start();
    let config = renlayer.config();
    let file = config.with_file_name("base.cedar");
    let write = |text: &str| std::fs::write(&file, text).expect("the text");
    let policy = |arguments: &[&str]| {
        renlayer.command(&[&["policy"], arguments, &["--config", &config.to_string_lossy()]].concat())
    };
    let does = |arguments: &[&str]| {
        let done = policy(arguments);
        assert_eq!(done.code, Some(0), "{arguments:?}: {done:#?}");
        done
    };
    let becomes = |status| assert_eq!(renlayer.chat("Hi").status, status);
    let path = file.to_string_lossy();
    write("permit (principal, action, resource);\n");
    does(&["create", &path, "--reason", "a start", "--by", "ada"]);
    becomes(200);
    write("permit (principal, action, resource);\nforbid (principal, action, resource);\n");
    does(&["update", &path, "--by", "bob"]);
    becomes(403);
    does(&["rollback", "base", "1", "--by", "ada"]);
    becomes(200);
    let history = does(&["history", "base", "--json"]).json_lines();
    let told: Vec<_> = history.iter().map(|version| (&version["saved_by"], &version["restores"])).collect();
    let (ada, bob) = (json!("cli:ada"), json!("cli:bob"));
    assert_eq!(told, [(&ada, &json!(1)), (&bob, &json!(null)), (&ada, &json!(null))]);
    assert_eq!(history[2]["reason"], "a start");
    assert!(does(&["history", "base"]).out.contains("forbid"), "what changed is told");
    assert_eq!(does(&["show", "base", "--version", "1"]).out, "permit (principal, action, resource);\n");

    // The store is compared and checked like a file.
    let same = does(&["diff", "@store", "@store"]);
    assert_eq!(same.out, "nothing differs\n");
    let differs = policy(&["diff", &config.to_string_lossy(), "@store"]);
    assert_eq!((differs.code, &*differs.out), (Some(1), "+ cedar base\n"), "{differs:#?}");
    let linted = policy(&["lint", "--store", "--since", "@store", "--json"]);
    // It permits everything, which is worth a word, and nothing that the store did not permit before. Where no solver says so it is a
    // guess, which fails nothing.
    let told: Vec<_> = linted.json_lines().iter().map(|finding| finding["kind"].clone()).collect();
    let code = if std::env::var_os("CVC5").is_some_and(|named| !named.is_empty()) { 1 } else { 0 };
    assert_eq!((linted.code, told), (Some(code), vec![json!("allows_everything")]), "{linted:#?}");

    write("permit (principal, action);\n");
    let broken = policy(&["update", &path]);
    assert!(broken.code == Some(2) && broken.err.contains("base.cedar:1:"), "{broken:#?}");
    let refused = policy(&["disable", "base"]);
    assert!(refused.code == Some(2) && refused.err.contains("policy delete"), "{refused:#?}");
    does(&["delete", "base"]);
    becomes(200);
}
