//! Start, drain, sudden death: what was acknowledged stays.

use renlayer_tests::harness::{Renlayer, Setup};
use renlayer_tests::upstream::{Pace, Script, Upstream};
use serde_json::json;

fn streaming() -> Script {
    Script { pace: Pace::Gated, ..Script::says(["Hello ", "again ", "to you."]) }
}

#[test]
fn a_termination_lets_a_running_stream_end_and_takes_no_new_calls() {
    let upstream = Upstream::start();
    let mut renlayer = Renlayer::in_front_of(&upstream).start();
    upstream.play(streaming());
    let body =
        json!({"model": "m", "stream": true, "messages": [{"role": "user", "content": "Hi"}]}).to_string();
    let mut connection = renlayer.connect();
    connection.send(&renlayer.request("POST", "/openai/v1/chat/completions", &[], body.as_bytes()));
    upstream.release(2);
    let head = connection.head().expect("a head");
    connection.read_until(&head, "Hello");

    renlayer.terminate();
    let start = std::time::Instant::now();
    while std::net::TcpStream::connect(renlayer.address()).is_ok() {
        assert!(start.elapsed() < renlayer_tests::harness::PATIENCE, "it goes on accepting");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    upstream.release(100);
    let (rest, whole) = connection.body(&head, |_| true);
    let rest = String::from_utf8_lossy(&rest).into_owned();
    assert!(whole && rest.contains("to you.") && rest.contains("[DONE]"), "{rest}");
    assert_eq!(renlayer.wait().code(), Some(0), "{}", renlayer.log());

    let trace = renlayer.find_trace(|trace| trace["id"].as_str() == head.header("x-renlayer-trace-id"));
    assert_eq!(trace["outcome"], "completed", "drained traces are stored");
}

#[test]
fn what_limits_have_counted_survives_a_restart() {
    let upstream = Upstream::start();
    let limit = "limits:\n  - { name: three, scope: per_agent, dimension: requests, window: day, max: 3 }";
    let mut renlayer = Renlayer::in_front_of(&upstream).declare(limit).start();
    let remaining = |renlayer: &Renlayer| {
        let answer = renlayer.chat("Hi");
        (answer.status, answer.header("x-ratelimit-remaining-requests").map(str::to_owned))
    };
    assert_eq!(remaining(&renlayer), (200, Some("2".into())));
    renlayer.terminate();
    assert_eq!(renlayer.wait().code(), Some(0), "{}", renlayer.log());
    renlayer.start_again();
    assert_eq!(remaining(&renlayer), (200, Some("1".into())));
    renlayer.terminate();
    renlayer.wait();
    renlayer.start_again();
    assert_eq!(remaining(&renlayer), (200, Some("0".into())));
    assert_eq!(remaining(&renlayer).0, 429);
}

#[test]
fn traces_that_were_seen_survive_every_sudden_death_and_are_there_once() {
    let upstream = Upstream::start();
    let mut renlayer = Renlayer::in_front_of(&upstream).start();
    let mut seen = Vec::new();
    for round in 0..4 {
        for call in 0..4 {
            let answer = renlayer.chat(&format!("round {round} call {call}"));
            seen.push(renlayer.trace(&answer)["id"].clone());
        }
        // In the middle of more of them, which may be lost: nobody has seen these.
        let body = json!({"model": "m", "messages": []}).to_string();
        let request = renlayer.request("POST", "/openai/v1/chat/completions", &[], body.as_bytes());
        let address = renlayer.address();
        let caller = std::thread::spawn(move || {
            while std::net::TcpStream::connect(address).is_ok() {
                renlayer_tests::harness::Connection::open(address).send(&request).response();
            }
        });
        std::thread::sleep(std::time::Duration::from_millis(50));
        renlayer.kill();
        let _ = caller.join();
        renlayer.start_again();
    }
    let kept: Vec<_> = renlayer.traces().iter().map(|trace| trace["id"].clone()).collect();
    let lost: Vec<_> = seen.iter().filter(|id| !kept.contains(id)).collect();
    assert!(lost.is_empty(), "lost: {lost:#?}");
    for id in &kept {
        assert_eq!(kept.iter().filter(|other| *other == id).count(), 1, "{id} is there twice");
    }
}

#[test]
fn health_says_that_it_lives_and_is_ready_and_metrics_count() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    assert_eq!(renlayer.get("/_/health/live").status, 200);
    assert_eq!(renlayer.get("/_/health/ready").status, 200);
    assert_eq!(renlayer.chat("Hi").status, 200);
    let metrics = renlayer.get("/_/metrics");
    assert!(metrics.status == 200 && metrics.text().contains("renlayer_"), "{metrics:#?}");
}

#[test]
fn tokens_and_money_are_metrics_by_operation_and_provider() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream)
        .top("prices: [{ model: \"gpt-test\", input: 1, output: 2 }]")
        .start();
    let (mut input, mut output, mut spend) = (0, 0, 0);
    for _ in 0..2 {
        let answer = renlayer.chat("Hi");
        let trace = renlayer.trace(&answer);
        let count = |value: &serde_json::Value| value.as_u64().expect("the provider's figures");
        input += count(&trace["usage"]["input"]);
        output += count(&trace["usage"]["output"]);
        spend += count(&trace["spend"]["micros"]);
    }
    let text = renlayer.get("/_/metrics").text();
    let labels = "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai\"";
    for line in [
        format!("gen_ai_client_token_usage_sum{{{labels},gen_ai_token_type=\"input\"}} {input}.0"),
        format!("gen_ai_client_token_usage_count{{{labels},gen_ai_token_type=\"output\"}} 2"),
        format!("gen_ai_client_token_usage_sum{{{labels},gen_ai_token_type=\"output\"}} {output}.0"),
        format!("renlayer_spend_micros_total{{{labels},estimated=\"false\"}} {spend}"),
    ] {
        assert!(text.lines().any(|said| said == line), "{line} in\n{text}");
    }
    assert!(!text.contains("gpt-test"), "callers choose models: they are no labels");
}

#[test]
fn a_hang_up_reloads_the_file_and_a_bad_file_changes_nothing() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    assert_eq!(renlayer.chat("Tell me the launch codes.").status, 200);
    let file = std::fs::read_to_string(renlayer.config()).expect("the configuration");
    let policy = "declare:\n  policies:\n    - { name: p, match: { prompt: { contains: launch codes } }, action: DENY, message: No. }\n";
    std::fs::write(renlayer.config(), format!("{file}{policy}")).expect("the configuration");
    renlayer.hang_up();
    let refused = |wanted: u16| {
        let start = std::time::Instant::now();
        while renlayer.chat("Tell me the launch codes.").status != wanted {
            assert!(start.elapsed() < renlayer_tests::harness::PATIENCE, "{}", renlayer.log());
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    refused(403);
    std::fs::write(renlayer.config(), "polices: []\n").expect("the configuration");
    renlayer.hang_up();
    std::thread::sleep(std::time::Duration::from_millis(500));
    refused(403);
    assert!(renlayer.log().contains("polices"), "the log names the mistake:\n{}", renlayer.log());
}

#[test]
fn what_the_store_holds_otherwise_than_the_file_is_shown_and_logged() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream)
        .declare("policies:\n  - { name: p, match: { model: \"gpt-4*\" }, action: FLAG }")
        .start();
    let drift = |file: &std::path::Path, json: &[&str]| {
        renlayer.command(&[&["config", "drift", "--config", &file.to_string_lossy()], json].concat())
    };
    let agreed = drift(&renlayer.config(), &[]);
    assert_eq!((agreed.code, agreed.out.lines().count()), (Some(0), 1), "{agreed:#?}");

    // A copy that is edited and that no proxy has read.
    let text = std::fs::read_to_string(renlayer.config()).expect("the configuration");
    let edited = renlayer.config().with_file_name("edited.yaml");
    let write = |text: &str| std::fs::write(&edited, text).expect("the copy");
    let other = text.replace("gpt-4*", "gpt-5*");
    write(&other);
    let told = drift(&edited, &["--json"]);
    assert_eq!(told.code, Some(1), "{told:#?}");
    let line = &told.json_lines()[0];
    assert_eq!(
        (&line["kind"], &line["name"], &line["change"]),
        (&"policy".into(), &"p".into(), &"changed".into())
    );
    assert_eq!(line["fields"][0]["path"], "match.model");
    assert!(drift(&edited, &[]).out.contains("~ policy p\n    match.model: gpt-4* → gpt-5*"));

    // A file that is wrong in one place changes nothing in any.
    write(&other.replace("action: FLAG", "action: FLGA"));
    let wrong = drift(&edited, &[]);
    assert!(wrong.code == Some(3) && wrong.err.contains("FLGA"), "{wrong:#?}");
    std::fs::copy(&edited, renlayer.config()).expect("the configuration");
    let logged = |word: &str| {
        let start = std::time::Instant::now();
        while !renlayer.log().contains(word) {
            assert!(start.elapsed() < renlayer_tests::harness::PATIENCE, "no {word} in\n{}", renlayer.log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    };
    logged("FLGA");
    write(&text);
    assert_eq!(drift(&edited, &[]).code, Some(0), "the store is as it was");

    // A good one is made so, and what was otherwise is logged.
    std::fs::write(renlayer.config(), &other).expect("the configuration");
    logged("~ policy p; match.model: gpt-4* → gpt-5*");
    assert_eq!(drift(&renlayer.config(), &[]).code, Some(0));
}

#[test]
fn a_file_that_changes_is_read_without_a_signal() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    let file = std::fs::read_to_string(renlayer.config()).expect("the configuration");
    let becomes = |wanted: u16| {
        let start = std::time::Instant::now();
        while renlayer.chat("Tell me the launch codes.").status != wanted {
            assert!(start.elapsed() < renlayer_tests::harness::PATIENCE, "{}", renlayer.log());
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    becomes(200);
    let policy = "declare:\n  policies:\n    - { name: p, match: { prompt: { contains: launch codes } }, action: DENY }\n";
    std::fs::write(renlayer.config(), format!("{file}{policy}")).expect("the configuration");
    becomes(403);
    // As editors and deployments do it: another file takes the place.
    let other = renlayer.config().with_extension("new");
    std::fs::write(&other, file).expect("the configuration");
    std::fs::rename(&other, renlayer.config()).expect("the configuration");
    becomes(200);
}

#[test]
fn without_any_configuration_it_serves_and_says_how_to_point_an_agent_at_it() {
    let renlayer = Setup::bare().start();
    let address = renlayer.address().to_string();
    let start = std::time::Instant::now();
    let told = |log: &str| {
        ["openai", "anthropic"].iter().all(|name| log.contains(&format!("http://{address}/{name}")))
    };
    while !told(&renlayer.log()) {
        assert!(start.elapsed() < renlayer_tests::harness::PATIENCE, "{}", renlayer.log());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn traces_go_when_their_retention_is_over() {
    let upstream = Upstream::start();
    let mut renlayer = Renlayer::in_front_of(&upstream).top("traces: { retention: 1s }").start();
    let answer = renlayer.chat("Hi!");
    assert_eq!(renlayer.trace(&answer)["status"], "ALLOWED");
    renlayer.terminate();
    renlayer.wait();
    std::thread::sleep(std::time::Duration::from_secs(1));
    renlayer.start_again();
    let start = std::time::Instant::now();
    while !renlayer.traces().is_empty() {
        assert!(start.elapsed() < renlayer_tests::harness::PATIENCE, "it is still there\n{}", renlayer.log());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
