//! Start, drain, sudden death: what was acknowledged stays.

use renlayer_tests::harness::{Renlayer, Setup};
use renlayer_tests::upstream::{Pace, Script, Upstream};
use serde_json::json;

fn streaming() -> Script {
    Script { pace: Pace::Gated, ..Script::says(["Hello ", "again ", "there"]) }
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
    assert!(whole && rest.contains("there") && rest.contains("[DONE]"), "{rest}");
    assert_eq!(renlayer.wait().code(), Some(0), "{}", renlayer.log());

    let trace = renlayer.find_trace(|trace| trace["id"].as_str() == head.header("x-renlayer-trace-id"));
    assert_eq!(trace["outcome"], "completed", "drained traces are stored");
}

#[test]
fn acknowledged_traces_survive_a_sudden_death() {
    let upstream = Upstream::start();
    let mut renlayer = Renlayer::in_front_of(&upstream).top("traces: { durability: strict }").start();
    let mut acknowledged = Vec::new();
    for round in 0..5 {
        for call in 0..4 {
            let answer = renlayer.chat(&format!("round {round} call {call}"));
            assert_eq!(answer.status, 200);
            acknowledged.push(answer.header("x-renlayer-trace-id").expect("a trace id").to_owned());
        }
        renlayer.kill();
        renlayer.start_again();
    }
    let start = std::time::Instant::now();
    loop {
        let kept: Vec<String> =
            renlayer.traces().iter().filter_map(|trace| trace["id"].as_str().map(String::from)).collect();
        let missing: Vec<_> = acknowledged.iter().filter(|id| !kept.contains(id)).collect();
        let mut once = kept.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), kept.len(), "a trace is there twice");
        if missing.is_empty() {
            break;
        }
        assert!(start.elapsed() < renlayer_tests::harness::PATIENCE, "lost: {missing:#?}");
        std::thread::sleep(std::time::Duration::from_millis(50));
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
