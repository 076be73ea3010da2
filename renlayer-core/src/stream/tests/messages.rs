//! Amazon's event streams: the same contract over messages with lengths and checksums.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{
    super::{
        frame::Broken,
        message::{chunk, event_message, exception_message},
    },
    *,
};
use crate::dialect::RefusalKind;

/// A way to say something: pieces to a stream, and a message's data to the piece in it.
struct Voice {
    name: &'static str,
    stream: fn(&[&str]) -> Vec<u8>,
    pointer: &'static str,
}

const VOICES: &[Voice] = &[
    Voice {
        name: "text",
        stream: |pieces| converse(pieces, |text| json!({"text": text})),
        pointer: "/delta/text",
    },
    Voice {
        name: "reasoning",
        stream: |pieces| converse(pieces, |text| json!({"reasoningContent": {"text": text}})),
        pointer: "/delta/reasoningContent/text",
    },
    Voice {
        name: "arguments",
        stream: |pieces| converse(pieces, |text| json!({"toolUse": {"input": text}})),
        pointer: "/delta/toolUse/input",
    },
    Voice { name: "invoked", stream: invoked, pointer: "/delta/text" },
];

fn event(name: &str, data: Json) -> Bytes {
    event_message(name, data.to_string().as_bytes())
}

fn converse(pieces: &[&str], delta: fn(&str) -> Json) -> Vec<u8> {
    let mut out = vec![event("messageStart", json!({"role": "assistant", "p": "abcd"}))];
    for piece in pieces {
        out.push(event(
            "contentBlockDelta",
            json!({"contentBlockIndex": 0, "delta": delta(piece), "p": "abc"}),
        ));
    }
    out.push(event("contentBlockStop", json!({"contentBlockIndex": 0})));
    out.push(event("messageStop", json!({"stopReason": "end_turn"})));
    out.push(event(
        "metadata",
        json!({"usage": {"inputTokens": 3, "outputTokens": 5, "totalTokens": 8}, "metrics": {"latencyMs": 7}}),
    ));
    out.concat()
}

fn invoked(pieces: &[&str]) -> Vec<u8> {
    let own = |data: Json| {
        let bytes = STANDARD.encode(data.to_string());
        event("chunk", json!({"bytes": bytes, "p": "abcdefgh"}))
    };
    let message = json!({"id": "msg_1", "role": "assistant", "model": "m", "content": [], "usage": {"input_tokens": 3, "output_tokens": 1}});
    let mut out = vec![
        own(json!({"type": "message_start", "message": message})),
        own(
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        ),
    ];
    for piece in pieces {
        out.push(own(
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}),
        ));
    }
    out.push(own(json!({"type": "content_block_stop", "index": 0})));
    out.push(own(
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}}),
    ));
    out.push(own(
        json!({"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 3}}),
    ));
    out.concat()
}

/// The data of each message; that all are of the encoding is seen by reading them.
fn data(stream: &[u8]) -> Vec<Json> {
    let mut messages = Messages::new(EVENT_BOUND);
    messages.push(stream);
    let mut out = Vec::new();
    while let Some(message) = messages.next_message().unwrap() {
        out.push(message.data().map_or(Json::Null, |data| serde_json::from_slice(&data).unwrap()));
    }
    assert_eq!(messages.held(), 0, "whole messages only");
    out
}

impl Voice {
    fn said(&self, stream: &[u8]) -> String {
        data(stream)
            .iter()
            .filter_map(|data| data.pointer(self.pointer)?.as_str().map(str::to_owned))
            .collect()
    }

    fn spoken(&self, text: &str) -> String {
        if self.name == "arguments" { json!([text]).to_string() } else { text.to_owned() }
    }
}

fn edit(scanner: &Scanner, chunks: &[&[u8]]) -> (Vec<u8>, Flow, StreamEditor) {
    let media = "application/vnd.amazon.eventstream";
    let mut editor = StreamEditor::of(Dialect::Bedrock, media, scanner, Some(known()));
    let (mut out, mut flow) = (Vec::new(), Flow::Continue);
    for chunk in chunks {
        flow = editor.push(Bytes::copy_from_slice(chunk), &mut out);
        if flow != Flow::Continue {
            break;
        }
    }
    if flow == Flow::Continue {
        flow = editor.end(&mut out);
        assert_eq!(editor.held(), 0);
    }
    (out.concat(), flow, editor)
}

fn blocking() -> Scanner {
    let settings = json!({ "detectors": { "pii.email": { "action": "block" } } });
    Scanner::new(&serde_json::from_value(settings).unwrap()).unwrap()
}

fn refusal(kind: RefusalKind) -> Refusal {
    let trace = crate::id::TraceId::mint(jiff::Timestamp::UNIX_EPOCH);
    Refusal::new(kind, "Held back.", trace).decided_by("pii.email")
}

fn text() -> String {
    format!("Gr\u{fc}\u{df}e \u{2014} \"{MAIL}\"\n\u{1f600}{KNOWN}. ")
}

/// Messages with other headers, other payloads and none.
fn others() -> Vec<u8> {
    [
        event("somethingNew", json!({"x": [1, 2]})),
        event("somethingNew", json!("plain words")),
        event_message("AudioEvent", &[0xff, 0xfe, 0, 1]),
        event_message("messageStart", b""),
        chunk(br#"{"outputText":"hello","index":0}"#),
        chunk(b"no JSON. "),
    ]
    .concat()
}

#[test]
fn a_message_is_what_other_implementations_write() {
    // From the test vectors that the SDKs share.
    let empty = [0, 0, 0, 0x10, 0, 0, 0, 0, 5, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff];
    let payload = b"\0\0\0\x1d\0\0\0\0\xfd\x52\x8c\x5a{'foo':'bar'}\xc3\x65\x39\x36";
    let mut messages = Messages::new(EVENT_BOUND);
    messages.push(&empty);
    messages.push(payload);
    let first = messages.next_message().unwrap().unwrap();
    assert!(first.data().is_none() && first.with_data(b"") == empty[..]);
    let second = messages.next_message().unwrap().unwrap();
    assert_eq!(second.data().as_deref(), Some(&b"{'foo':'bar'}"[..]));
    assert_eq!(first.with_data(b"{'foo':'bar'}"), payload[..]);
    assert_eq!(second.with_data(b"{'foo':'bar'}"), payload[..]);
}

#[test]
fn a_clean_stream_leaves_byte_for_byte() {
    for voice in VOICES {
        let stream = [(voice.stream)(&["The weather ", "is fine. ", "Gr\u{fc}\u{df}e. "]), others()].concat();
        let (out, flow, mut editor) = edit(&Scanner::builtin(), &[&stream]);
        assert_eq!((out == stream, flow), (true, Flow::Continue), "{}", voice.name);
        let summary = editor.summary();
        assert_eq!((summary.usage.input, summary.usage.output), (Some(3), Some(5)), "{}", voice.name);
        assert_eq!((summary.finish.as_deref(), summary.opaque), (Some("end_turn"), 0));
        assert_eq!(summary.scanned, stream.len() as u64);
    }
}

#[test]
fn bytes_cut_anywhere_leave_as_the_whole_does() {
    let scanner = scanner();
    for voice in VOICES {
        let spoken = voice.spoken(&text());
        let (head, tail) = spoken.split_at(spoken.find("byron").unwrap());
        let stream = [(voice.stream)(&[head, tail]), others()].concat();
        let (expected, flow, mut editor) = edit(&scanner, &[&stream]);
        assert!(flow == Flow::Continue && editor.summary().findings.len() == 2, "{}", voice.name);
        for cut in 0..stream.len() {
            let (head, tail) = stream.split_at(cut);
            let (out, flow, _) = edit(&scanner, &[head, tail]);
            assert!(out == expected && flow == Flow::Continue, "{} cut at {cut}", voice.name);
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert!(edit(&scanner, &bytes).0 == expected, "{} byte by byte", voice.name);
    }
}

#[test]
fn text_cut_anywhere_says_what_the_whole_says() {
    let scanner = scanner();
    for voice in VOICES {
        let spoken = voice.spoken(&text());
        let expected = voice.said(&edit(&scanner, &[&(voice.stream)(&[&spoken])]).0);
        assert!(expected.contains("[REDACTED:pii.email]") && expected.contains("[REDACTED:secret.injected]"));
        for cut in (0..spoken.len()).filter(|cut| spoken.is_char_boundary(*cut)) {
            let (head, tail) = spoken.split_at(cut);
            let (out, flow, _) = edit(&scanner, &[&(voice.stream)(&[head, tail])]);
            assert_eq!(
                (voice.said(&out), flow),
                (expected.clone(), Flow::Continue),
                "{} cut at {cut}",
                voice.name
            );
            for event in data(&out) {
                let leaks = |text: &str| text.contains(MAIL) || text.contains(KNOWN);
                strings(&event, &mut |text| assert!(!leaks(text), "{} cut at {cut}: {text}", voice.name));
            }
            if voice.name == "arguments" {
                serde_json::from_str::<Json>(&voice.said(&out)).unwrap();
            }
        }
    }
}

#[test]
fn what_is_held_leaves_before_its_block_ends() {
    let stream = converse(&["Ask ada.byron@corp-ma"], |text| json!({"text": text}));
    let out = data(&edit(&scanner(), &[&stream]).0);
    let said: String = out[..3].iter().filter_map(|data| data.pointer("/delta/text")?.as_str()).collect();
    assert_eq!(said, "Ask ada.byron@corp-ma");
    assert_eq!(out[3], json!({"contentBlockIndex": 0}));
}

#[test]
fn what_is_blocked_ends_the_stream_in_the_words_of_its_api() {
    for voice in VOICES {
        let spoken = voice.spoken(&text());
        let (head, tail) = spoken.split_at(spoken.find("byron").unwrap());
        let (mut out, flow, editor) = edit(&blocking(), &[&(voice.stream)(&[head, tail])]);
        assert_eq!(flow, Flow::Block("pii.email".into()), "{}", voice.name);
        out.extend_from_slice(&editor.terminal(&refusal(RefusalKind::Dlp), None));
        assert!(!voice.said(&out).contains("ada.b"), "{}", voice.name);
        let events = data(&out);
        let last = &events[events.len() - 2..];
        if voice.name == "invoked" {
            assert_eq!(events[events.len() - 3], json!({"type": "content_block_stop", "index": 0}));
            assert_eq!(last[0]["delta"]["stop_reason"], "refusal");
            assert_eq!(last[1], json!({"type": "message_stop"}));
        } else {
            assert_eq!(last[0], json!({"contentBlockIndex": 0}), "{}", voice.name);
            assert_eq!(last[1]["stopReason"], "guardrail_intervened");
            let notice = &last[1]["additionalModelResponseFields"]["renlayer"];
            assert_eq!(notice["decided_by"], "pii.email");
        }
    }
}

#[test]
fn what_a_limit_has_no_room_for_ends_as_a_bound_on_length_does() {
    for voice in VOICES {
        let stream = (voice.stream)(&["Well. ", "And so on. "]);
        let (mut out, _, editor) = edit(&Scanner::builtin(), &[&stream[..stream.len() / 2]]);
        out.extend_from_slice(&editor.terminal(&refusal(RefusalKind::Budget), None));
        let events = data(&out);
        let last = &events[events.len() - 2..];
        let reason =
            if voice.name == "invoked" { &last[0]["delta"]["stop_reason"] } else { &last[1]["stopReason"] };
        assert_eq!(reason, "max_tokens", "{}", voice.name);
    }
}

#[test]
fn what_fails_or_never_began_ends_in_an_exception() {
    let began = &(VOICES[0].stream)(&["Well. "])[..];
    let cases = [
        (&b""[..], RefusalKind::Dlp, "validationException"),
        (&began[..300], RefusalKind::Unscannable, "validationException"),
        (&began[..300], RefusalKind::Upstream, "modelStreamErrorException"),
    ];
    for (bytes, kind, exception) in cases {
        let (_, _, editor) = edit(&Scanner::builtin(), &[bytes]);
        let end = editor.terminal(&refusal(kind), None);
        assert_eq!(data(&end)[0]["message"], "Held back.");
        let named = |name: &str| end.windows(name.len()).any(|window| window == name.as_bytes());
        assert!(named(exception) && named(":exception-type"), "{kind:?}");
    }
    let (_, _, editor) = edit(&Scanner::builtin(), &[began]);
    assert!(editor.terminal(&refusal(RefusalKind::Dlp), None).is_empty(), "a complete answer needs no end");
}

#[test]
fn a_byte_that_is_wrong_ends_the_stream_before_its_message() {
    let first = event("messageStart", json!({"role": "assistant"}));
    let second = event("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"text": "hello"}}));
    for at in 0..second.len() {
        let mut broken = second.to_vec();
        broken[at] ^= 0x10;
        let (out, flow, mut editor) = edit(&Scanner::builtin(), &[&first, &broken, &first]);
        assert_eq!((&out[..], flow), (&first[..], Flow::Unscannable), "byte {at}");
        let summary = editor.summary();
        assert!(summary.opaque > 0 && summary.opaque_because == Some("event_malformed"), "byte {at}");
    }
}

#[test]
fn a_prelude_that_cannot_be_is_refused_before_its_message_comes() {
    let prelude = |total: u32, headers: u32| {
        let mut out = [total.to_be_bytes(), headers.to_be_bytes()].concat();
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        out
    };
    let bound = u32::try_from(EVENT_BOUND).unwrap();
    for (total, headers, expected) in [
        (bound + 1, 0, Broken::TooLong),
        (u32::MAX, u32::MAX, Broken::TooLong),
        (15, 0, Broken::Malformed),
        (0, 0, Broken::Malformed),
        (100, 85, Broken::Malformed),
    ] {
        let mut messages = Messages::new(EVENT_BOUND);
        messages.push(&prelude(total, headers));
        assert_eq!(messages.next_message().map(|_| ()), Err(expected), "{total} {headers}");
        assert_eq!(edit(&Scanner::builtin(), &[&prelude(total, headers)]).1, Flow::Unscannable);
    }
}

#[test]
fn a_chunk_that_two_clients_could_read_differently_is_refused() {
    for payload in [
        r#"{"bytes":"e30=","bytes":"e30="}"#,
        r#"{"bytes":"e3*0="}"#,
        r#"{"bytes":"e30"}"#,
        r#"{"bytes":7}"#,
        r#"{"p":"abc"}"#,
        "not JSON",
    ] {
        let message = event_message("chunk", payload.as_bytes());
        assert_eq!(edit(&Scanner::builtin(), &[&message]).1, Flow::Unscannable, "{payload}");
    }
}

#[test]
fn a_known_value_never_leaves_beside_the_text() {
    let odd = json!({"bytes": STANDARD.encode(r#"{"type":"ping"}"#), "p": KNOWN});
    let binary = [&[0x80, 0xff][..], KNOWN.as_bytes(), &[0]].concat();
    let messages = [
        event("messageStart", json!({"role": "assistant", "x": KNOWN})),
        event(KNOWN, json!({"role": "assistant"})),
        event("chunk", odd),
        chunk(json!({"outputText": KNOWN}).to_string().as_bytes()),
        chunk(json!({"type": "ping", KNOWN: 1}).to_string().as_bytes()),
        event_message("AudioEvent", &binary),
        exception_message("throttlingException", json!({"message": KNOWN}).to_string().as_bytes()),
    ];
    for message in &messages {
        let (out, flow, mut editor) = edit(&Scanner::builtin(), &[message]);
        assert_eq!(flow, Flow::Continue);
        assert!(!out.is_empty() && out != message[..], "{message:?}");
        assert_eq!(editor.summary().findings.len(), 1);
        let mut framed = Messages::new(EVENT_BOUND);
        framed.push(&out);
        let left = framed.next_message().unwrap().unwrap();
        for bytes in [&out[..], &left.data().unwrap()[..]] {
            assert!(!bytes.windows(KNOWN.len()).any(|window| window == KNOWN.as_bytes()));
        }
    }
}

#[test]
fn a_known_value_in_what_looks_like_utf_16_does_not_leave() {
    let payload = [&[0xff, 0xfe][..], KNOWN.as_bytes()].concat();
    let (out, flow, _) = edit(&Scanner::builtin(), &[&event_message("AudioEvent", &payload)]);
    assert!(!out.windows(KNOWN.len()).any(|window| window == KNOWN.as_bytes()));
    let marker = b"[REDACTED:secret.injected]";
    let is_redacted = out.windows(marker.len()).any(|window| window == marker);
    assert!(is_redacted || flow == Flow::Block("secret.injected".into()), "{flow:?}");
}

#[test]
fn part_of_a_message_at_the_end_is_dropped_and_counted() {
    let whole = event("messageStart", json!({"role": "assistant"}));
    let (out, flow, mut editor) = edit(&Scanner::builtin(), &[&whole, &whole[..40]]);
    assert_eq!((&out[..], flow), (&whole[..], Flow::Continue));
    assert_eq!(editor.summary().opaque, 40);
}
