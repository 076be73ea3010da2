//! Live streams: what must not arrive does not, wherever it is cut, and all the rest does.

use renlayer_tests::harness::{Renlayer, Response, aws_access_key};
use renlayer_tests::upstream::{Pace, Part, Script, Upstream};
use serde_json::{Value, json};

const REDACT: &str = "dlp:\n  detectors: { secret.aws_access_key: { action: redact } }";

/// Each streaming dialect, and how its text and tool arguments are read back.
const DIALECTS: [(&str, Reading); 4] = [
    ("/openai/v1/chat/completions", |event| {
        let delta = event.pointer("/choices/0/delta")?;
        delta["content"].as_str().or_else(|| delta.pointer("/tool_calls/0/function/arguments")?.as_str())
    }),
    ("/openai/v1/responses", |event| {
        event["type"].as_str()?.ends_with(".delta").then(|| event["delta"].as_str())?
    }),
    ("/anthropic/v1/messages", |event| {
        let delta = event.get("delta")?;
        delta["text"].as_str().or_else(|| delta["partial_json"].as_str())
    }),
    ("/gemini/v1beta/models/m:streamGenerateContent?alt=sse", |event| {
        let part = event.pointer("/candidates/0/content/parts/0")?;
        part["text"].as_str().or_else(|| part.pointer("/functionCall/args/key")?.as_str())
    }),
];

type Reading = fn(&Value) -> Option<&str>;

fn stream(renlayer: &Renlayer, path: &str) -> Response {
    let body = json!({"model": "m", "stream": true, "max_tokens": 9, "input": "Hi",
                      "messages": [{"role": "user", "content": "Hi"}]});
    renlayer.post(path, &[], &body)
}

fn said(answer: &Response, read: Reading) -> String {
    answer.events().iter().filter_map(read).collect()
}

#[test]
fn a_secret_split_at_every_place_is_redacted_and_the_rest_arrives() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).declare(REDACT).start();
    let key = aws_access_key();
    for (path, read) in DIALECTS {
        for at in 1..key.len() {
            let (front, back) = key.split_at(at);
            upstream.play(Script::says([
                "The key: ".to_owned(),
                front.to_owned(),
                back.to_owned(),
                ", keep it.".to_owned(),
            ]));
            let answer = stream(&renlayer, path);
            assert!(!answer.everything().contains(&key), "{path} split at {at}: {}", answer.text());
            let expected = "The key: [REDACTED:secret.aws_access_key], keep it.";
            assert_eq!(said(&answer, read), expected, "{path} split at {at}: {}", answer.text());
            assert!(answer.whole, "{path}");
        }
    }
}

#[test]
fn a_secret_one_character_at_a_time_is_redacted() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).declare(REDACT).start();
    let text = format!("a {} b", aws_access_key());
    for (path, read) in DIALECTS {
        for cut in [None, Some(1), Some(5)] {
            let script = Script::says(text.chars().map(String::from));
            upstream.play(Script { cut_every: cut, ..script });
            let answer = stream(&renlayer, path);
            assert_eq!(
                said(&answer, read),
                "a [REDACTED:secret.aws_access_key] b",
                "{path}: {}",
                answer.text()
            );
        }
    }
}

#[test]
fn a_secret_in_tool_arguments_never_arrives_wherever_it_is_split() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).declare(REDACT).start();
    let key = aws_access_key();
    for (path, read) in DIALECTS {
        let expected = match path {
            path if path.contains("gemini") => "[REDACTED:secret.aws_access_key]".to_owned(),
            _ => json!({"key": "[REDACTED:secret.aws_access_key]"}).to_string(),
        };
        for at in 1..key.len() {
            let (front, back) = key.split_at(at);
            let fragments = ["{\"key\":\"".to_owned(), front.to_owned(), back.to_owned(), "\"}".to_owned()];
            upstream.play(Script::parts(vec![Part::tool("save", fragments)]));
            let answer = stream(&renlayer, path);
            assert!(!answer.everything().contains(&key), "{path} split at {at}");
            assert_eq!(said(&answer, read), expected, "{path} split at {at}: {}", answer.text());
        }
    }
}

#[test]
fn words_cut_anywhere_come_together_as_they_were() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).declare(REDACT).start();
    let text = "Grüße an info@ — 世界 \u{1f600}\n\t\"AKIA\" is no key, 4539 no card, and 1.5e3 no address.";
    for (path, read) in DIALECTS {
        for size in [1, 2, 3, 7] {
            let letters: Vec<char> = text.chars().collect();
            let script = Script::says(letters.chunks(size).map(String::from_iter));
            upstream.play(Script { cut_every: Some(97), ..script });
            let answer = stream(&renlayer, path);
            assert_eq!(said(&answer, read), text, "{path} by {size}: {}", answer.text());
        }
    }
}

#[test]
fn parallel_channels_do_not_hide_a_secret_from_each_other() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).declare(REDACT).start();
    let key = aws_access_key();
    let (front, back) = key.split_at(9);
    let other: Vec<String> = ["one ", "two ", "three ", "four"].map(String::from).into();
    let choices = vec![vec![Part::text(["k ", front, back, " e"])], vec![Part::text(other)]];
    upstream.play(Script { choices, ..Script::default() });
    let answer = renlayer.post(
        "/openai/v1/chat/completions",
        &[],
        &json!({"model": "m", "n": 2, "stream": true, "messages": [{"role": "user", "content": "Hi"}]}),
    );
    assert!(!answer.everything().contains(&key));
    let of = |index: u64| -> String {
        let events = answer.events();
        let mine = events.iter().filter(|event| event["choices"][0]["index"] == index);
        mine.filter_map(|event| event.pointer("/choices/0/delta/content")?.as_str()).collect()
    };
    assert_eq!(
        (of(0).as_str(), of(1).as_str()),
        ("k [REDACTED:secret.aws_access_key] e", "one two three four")
    );
}

#[test]
fn a_blocked_stream_ends_well_formed_and_without_the_secret() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    let key = aws_access_key();
    for (path, read) in DIALECTS {
        let (front, back) = key.split_at(11);
        upstream.play(Script::says(["Before. ", "The key: ", front, back, ". After."]));
        let answer = stream(&renlayer, path);
        let text = answer.text();
        assert_eq!((answer.status, answer.whole), (200, true), "{path}: {answer:#?}");
        assert!(!text.contains(&key) && !text.contains(front) && !text.contains(back), "{path}: {text}");
        assert!(said(&answer, read).starts_with("Before. The key: "), "{path}: {text}");
        assert!(!text.contains("After."), "{path}: {text}");
        let every_line_is_sse = text
            .lines()
            .all(|line| line.is_empty() || line.starts_with("data:") || line.starts_with("event:"));
        assert!(
            every_line_is_sse && (text.ends_with("\n\n") || text.ends_with("\r\n\r\n")),
            "{path}: {text}"
        );
        assert!(
            text.contains("dlp_blocked") || text.contains("secret.aws_access_key"),
            "{path} does not say why: {text}"
        );
        let trace = renlayer.trace(&answer);
        let known = (&trace["status"], &trace["outcome"], &trace["reasons"][0]["kind"]);
        assert_eq!(known, (&json!("DLP_BLOCKED"), &json!("cut"), &json!("dlp")), "{path}: {trace:#}");
        assert!(!trace.to_string().contains(&key));
    }
}

#[test]
fn words_that_can_no_longer_be_a_secret_are_released_at_once() {
    let upstream = Upstream::start();
    upstream.play(Script { pace: Pace::Gated, ..Script::says(["Nothing secret here. ", "More."]) });
    let renlayer = Renlayer::in_front_of(&upstream).declare(REDACT).start();
    let body =
        json!({"model": "m", "stream": true, "messages": [{"role": "user", "content": "Hi"}]}).to_string();
    let mut connection = renlayer.connect();
    connection.send(&renlayer.request("POST", "/openai/v1/chat/completions", &[], body.as_bytes()));
    upstream.release(2);
    let head = connection.head().expect("a head");
    connection.read_until(&head, "Nothing secret here");
    upstream.release(100);
    assert!(connection.body(&head, |_| true).1);
}

#[test]
fn plain_text_and_unknown_streams_are_watched_too() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).declare(REDACT).start();
    let key = aws_access_key();
    let (front, back) = key.split_at(7);
    let cases = [
        ("text/plain", vec!["log: ".to_owned(), front.to_owned(), back.to_owned(), " end\n".to_owned()]),
        ("application/x-ndjson", vec![format!("{{\"a\":1}}\n{{\"log\":\"{front}"), format!("{back}\"}}\n")]),
        (
            "text/event-stream",
            vec![
                ": a comment\n\nevent: odd\ndata: {\"x\":\"".to_owned(),
                front.to_owned(),
                format!("{back}\"}}\n\n"),
            ],
        ),
    ];
    for (kind, pieces) in cases {
        let whole = pieces.concat();
        upstream.play(Script { pace: Pace::Millis(5), ..Script::raw(kind, pieces) });
        let answer = renlayer.get("/http/stream");
        let expected = whole.replace(&key, "[REDACTED:secret.aws_access_key]");
        assert_eq!(answer.text(), expected, "{kind}");
    }
}
