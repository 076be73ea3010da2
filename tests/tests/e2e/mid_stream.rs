//! Governance that changes while an answer streams and its upstream says nothing more: what the client sees of it.

use renlayer_tests::harness::{AGENT_NAME, Connection, Head, Renlayer};
use renlayer_tests::upstream::{Pace, Script, Upstream};
use serde_json::{Value, json};

/// Each dialect, how many events come to the first word of an answer, and what ends one that may not go on.
const DIALECTS: [(&str, usize, &[&str]); 3] = [
    ("/openai/v1/chat/completions", 2, &["\"finish_reason\":\"content_filter\"", "data: [DONE]"]),
    ("/openai/v1/responses", 5, &["event: response.incomplete"]),
    (
        "/anthropic/v1/messages",
        4,
        &["event: content_block_stop", "\"stop_reason\":\"refusal\"", "event: message_stop"],
    ),
];

/// A `renlayer` whose agent calls with a key that can be revoked.
struct Fixture {
    upstream: Upstream,
    renlayer: Renlayer,
    key: Value,
}

impl Fixture {
    fn new(on_change: &str) -> Self {
        let upstream = Upstream::start();
        let streams = format!("streams: {{ on_change: {on_change} }}");
        let renlayer = Renlayer::in_front_of(&upstream).with_agent().top(&streams).start();
        let mut fixture = Self { upstream, renlayer, key: Value::Null };
        fixture.mint();
        fixture
    }

    fn mint(&mut self) {
        self.key = serde_json::from_str(&self.does(&["key", "create", AGENT_NAME, "--json"])).expect("a key");
    }

    fn does(&self, arguments: &[&str]) -> String {
        let run = self.renlayer.command(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:#?}");
        run.out
    }

    fn revoke(&self) {
        self.does(&["key", "revoke", self.key["id"].as_str().expect("its id")]);
    }

    /// A call whose answer has said its first word, and whose upstream waits to be told to go on.
    fn begin(&self, (path, events): (&str, usize)) -> (Connection, Head) {
        self.upstream.play(Script { pace: Pace::Gated, ..Script::says(["Hello ", "again ", "to you."]) });
        let body = json!({"model": "m", "stream": true, "max_tokens": 9, "input": "Hi",
                          "messages": [{"role": "user", "content": "Hi"}]});
        let headers = [("x-renlayer-key", self.key["key"].as_str().expect("a key"))];
        let mut connection = self.renlayer.connect();
        connection.send(&self.renlayer.request("POST", path, &headers, body.to_string().as_bytes()));
        self.upstream.release(events);
        let head = connection.head().expect("a head");
        assert_eq!(head.status, 200, "{path}");
        connection.read_until(&head, "Hello");
        (connection, head)
    }

    fn trace(&self, head: &Head) -> Value {
        let id = head.header("x-renlayer-trace-id").expect("a trace").to_owned();
        self.renlayer.find_trace(|trace| trace["id"] == *id)
    }
}

/// The rest of an answer, which has to come to its end.
fn rest(mut connection: Connection, head: &Head) -> String {
    let (body, whole) = connection.body(head, |_| true);
    assert!(whole, "{}", String::from_utf8_lossy(&body));
    String::from_utf8(body).expect("text")
}

#[test]
fn an_answer_whose_key_is_revoked_ends_though_nothing_comes() {
    let mut fixture = Fixture::new("judge");
    for (path, events, end) in DIALECTS {
        let (connection, head) = fixture.begin((path, events));
        fixture.revoke();
        let rest = rest(connection, &head);
        assert!(end.iter().all(|part| rest.contains(part)), "{path}: {rest}");
        assert!(rest.contains("unauthenticated") && !rest.contains("again"), "{path}: {rest}");
        let trace = fixture.trace(&head);
        assert_eq!((&trace["outcome"], &trace["status"]), (&json!("cut"), &json!("DENIED")), "{path}");
        assert_eq!(trace["reasons"][0]["kind"], "unauthenticated");
        let epoch = |name: &str| trace[name].as_u64().expect("an epoch");
        assert_eq!(epoch("ended_by_epoch"), epoch("epoch") + 1);
        assert_eq!(head.header("x-renlayer-epoch"), Some(&*epoch("epoch").to_string()));
        fixture.mint();
    }
}

#[test]
fn an_answer_goes_on_through_what_allows_it_and_ends_with_what_denies_it() {
    let fixture = Fixture::new("judge");
    let directory = tempfile::tempdir().expect("a directory");
    let policy = |action: &str| {
        let file = directory.path().join("p.yaml");
        let message = "message: \"No more.\"";
        std::fs::write(
            &file,
            format!("name: p\nmatch: {{ prompt: {{ contains: Hi }} }}\naction: {action}\n{message}\n"),
        )
        .expect("a file");
        file.to_string_lossy().into_owned()
    };
    fixture.does(&["policy", "create", &policy("ALLOW")]);
    for (path, events, end) in DIALECTS {
        let (mut connection, head) = fixture.begin((path, events));
        fixture.does(&["policy", "update", &policy("FLAG")]);
        fixture.upstream.release(1);
        connection.read_until(&head, "again");
        fixture.does(&["policy", "update", &policy("DENY")]);
        let rest = rest(connection, &head);
        assert!(end.iter().all(|part| rest.contains(part)), "{path}: {rest}");
        assert!(rest.contains("policy_denied") && !rest.contains("to you"), "{path}: {rest}");
        let trace = fixture.trace(&head);
        assert_eq!((&trace["outcome"], &trace["reasons"][0]["name"]), (&json!("cut"), &json!("p")), "{path}");
        fixture.does(&["policy", "update", &policy("ALLOW")]);
    }
}

#[test]
fn an_answer_ends_with_any_change_where_that_is_asked_for() {
    let fixture = Fixture::new("cut");
    for (path, events, end) in DIALECTS {
        let (connection, head) = fixture.begin((path, events));
        fixture.does(&["agent", "create", &format!("another-{events}")]);
        let rest = rest(connection, &head);
        assert!(end.iter().all(|part| rest.contains(part)), "{path}: {rest}");
        assert!(rest.contains("unavailable") && !rest.contains("again"), "{path}: {rest}");
        assert_eq!(fixture.trace(&head)["reasons"][0]["kind"], "epoch_behind");
    }
}

#[test]
fn an_answer_goes_on_where_nothing_else_is_asked_for() {
    let mut fixture = Fixture::new("finish");
    for (path, events, _) in DIALECTS {
        let (connection, head) = fixture.begin((path, events));
        fixture.revoke();
        fixture.upstream.release(100);
        let rest = rest(connection, &head);
        assert!(rest.contains("again") && rest.contains("to you"), "{path}: {rest}");
        let trace = fixture.trace(&head);
        assert_eq!((&trace["outcome"], &trace["status"]), (&json!("completed"), &json!("ALLOWED")), "{path}");
        fixture.mint();
    }
}
