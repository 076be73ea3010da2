//! The stream contract over the shapes in `cases`: any text, cut into any pieces, in any chunks.

use ::bytes::Bytes;
use proptest::prelude::*;
use renlayer_dlp::{Format, Input, Settings};
use serde_json::Value as Json;

use super::*;

mod messages;
mod splits;

const SHAPES: &[(&str, &str)] = &[
    ("chat_text", include_str!("cases/chat_text.stream")),
    ("chat_reasoning", include_str!("cases/chat_reasoning.stream")),
    ("chat_second_choice", include_str!("cases/chat_second_choice.stream")),
    ("responses_text", include_str!("cases/responses_text.stream")),
    ("anthropic_text", include_str!("cases/anthropic_text.stream")),
    ("anthropic_thinking", include_str!("cases/anthropic_thinking.stream")),
    ("gemini_text", include_str!("cases/gemini_text.stream")),
    ("gemini_array", include_str!("cases/gemini_array.stream")),
];

const ARGUMENTS: &[(&str, &str)] = &[
    ("chat_arguments", include_str!("cases/chat_arguments.stream")),
    ("responses_arguments", include_str!("cases/responses_arguments.stream")),
    ("anthropic_arguments", include_str!("cases/anthropic_arguments.stream")),
];

/// A shape, read from its file.
struct Shape {
    dialect: Dialect,
    pointer: &'static str,
    values: bool,
    body: &'static str,
}

impl Shape {
    fn of(file: &'static str) -> Self {
        let (head, body) = file.split_once("\n\n").unwrap();
        let member = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
        Self {
            dialect: serde_json::from_value(Json::from(member("dialect:"))).unwrap(),
            pointer: member("text:"),
            values: member("frames:") == "values",
            body,
        }
    }

    /// The stream whose channel says `pieces`.
    fn stream(&self, pieces: &[&str]) -> String {
        let (before, rest) = self.body.split_once("@each\n").unwrap();
        let (each, after) = rest.split_once("@end\n").unwrap();
        let token = |text: &str| serde_json::to_string(text).unwrap();
        let middle: String = pieces.iter().map(|piece| each.replace("@piece", &token(piece))).collect();
        format!("{before}{middle}{after}").replace("@whole", &token(&pieces.concat()))
    }

    fn editor(&self, scanner: &Scanner, known: Option<KnownValues>) -> StreamEditor {
        if self.values {
            StreamEditor::values(self.dialect, scanner, known)
        } else {
            StreamEditor::sse(self.dialect, scanner, known)
        }
    }

    /// The data of each event, parsed: an edited stream must still be one.
    fn events(&self, stream: &str) -> Vec<Json> {
        if self.values {
            return serde_json::from_str(stream).unwrap_or_else(|error| panic!("{error}: {stream}"));
        }
        stream
            .split("\n\n")
            .filter_map(|event| event.lines().find_map(|line| line.strip_prefix("data: ")))
            .filter(|data| *data != "[DONE]")
            .map(|data| serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}")))
            .collect()
    }

    /// What the channel says.
    fn said(&self, stream: &str) -> String {
        let choice = self.pointer.strip_prefix("/choices/1");
        self.events(stream)
            .iter()
            .filter_map(|event| match choice {
                // The second choice stands alone where an event was made for it.
                Some(rest) => {
                    event["choices"].as_array()?.iter().find(|one| one["index"] == 1)?.pointer(rest)
                }
                None => event.pointer(self.pointer),
            })
            .filter_map(Json::as_str)
            .collect()
    }
}

/// What leaves when the chunks come, and how it ended.
fn run(mut editor: StreamEditor, chunks: &[&[u8]]) -> (String, Flow, StreamSummary) {
    let mut out = Vec::new();
    let mut flow = Flow::Continue;
    for chunk in chunks {
        flow = editor.push(Bytes::copy_from_slice(chunk), &mut out);
        if flow != Flow::Continue {
            break;
        }
    }
    if flow == Flow::Continue {
        flow = editor.end(&mut out);
    }
    (String::from_utf8(out.concat()).unwrap(), flow, editor.summary())
}

fn scanner() -> Scanner {
    let settings: Settings = serde_json::from_value(serde_json::json!({
        "detectors": { "pii.email": { "action": "redact" } }
    }))
    .unwrap();
    Scanner::new(&settings).unwrap()
}

/// Not a word that any detector knows.
const KNOWN: &str = "zebra-quilt-8841-harbour";
const MAIL: &str = "ada.byron@corp-mail.io";

fn known() -> KnownValues {
    KnownValues::new([KNOWN.as_bytes()])
}

fn whole(scanner: &Scanner, text: &str) -> String {
    let known = known();
    let input = Input { format: Format::Text, direction: Direction::Response, known: Some(&known) };
    String::from_utf8(scanner.scan(text.as_bytes(), input).redact(text.as_bytes()).into_owned()).unwrap()
}

/// Pieces of `text`, cut after each of `cuts` characters in turn.
fn pieces<'t>(text: &'t str, cuts: &[usize]) -> Vec<&'t str> {
    let (mut pieces, mut rest, mut cuts) = (Vec::new(), text, cuts.iter().copied().cycle());
    while !rest.is_empty() {
        let length = cuts.next().unwrap_or(1).max(1);
        let at = rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Every string anywhere in the stream's events.
fn strings(value: &Json, see: &mut dyn FnMut(&str)) {
    match value {
        Json::String(text) => see(text),
        Json::Array(many) => many.iter().for_each(|one| strings(one, see)),
        Json::Object(members) => members.iter().for_each(|(name, one)| {
            see(name);
            strings(one, see);
        }),
        _ => {}
    }
}

#[test]
fn a_clean_stream_leaves_byte_for_byte() {
    let scanner = Scanner::builtin();
    for (name, file) in SHAPES.iter().chain(ARGUMENTS) {
        let shape = Shape::of(file);
        let stream = shape.stream(&["The weather ", "is fine, ", "said \"she\".\n", "Grüße. "]);
        let (out, flow, _) = run(shape.editor(&scanner, None), &[stream.as_bytes()]);
        assert_eq!((out, flow), (stream, Flow::Continue), "{name}");
    }
}

#[test]
fn a_clean_stream_leaves_in_the_chunks_it_came_in() {
    let shape = Shape::of(SHAPES[0].1);
    let stream = Bytes::from(shape.stream(&["The weather ", "is fine. "]));
    let mut editor = shape.editor(&Scanner::builtin(), None);
    let mut out = Vec::new();
    assert_eq!(editor.push(stream.clone(), &mut out), Flow::Continue);
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].as_ptr(), stream.as_ptr(), "a slice of the chunk, not a copy");
}

#[test]
fn a_secret_cut_anywhere_never_leaves() {
    let scanner = scanner();
    for (name, file) in SHAPES {
        let shape = Shape::of(file);
        for secret in [KNOWN, MAIL] {
            let text = format!("Write to {secret}, please. ");
            let expected = shape.said(&shape.stream(&[&whole(&scanner, &text)]));
            for cut in 1..text.len() {
                let (head, tail) = text.split_at(cut);
                let stream = shape.stream(&[head, tail]);
                let (out, flow, summary) = run(shape.editor(&scanner, Some(known())), &[stream.as_bytes()]);
                assert_eq!(flow, Flow::Continue);
                assert_eq!(shape.said(&out), expected, "{name} cut at {cut}");
                for event in shape.events(&out) {
                    strings(&event, &mut |text| {
                        assert!(!text.contains(secret), "{name} cut at {cut}: {text}")
                    });
                }
                assert!(!summary.text.contains(secret), "{name}");
                assert!(!summary.findings.is_empty(), "{name}");
            }
        }
    }
}

#[test]
fn a_secret_in_arguments_never_leaves_and_they_stay_json() {
    let scanner = scanner();
    let documents = [
        format!(r#"{{"to":"{MAIL}","body":"a \"line\"\nof \u0041 text","n":12}}"#),
        format!(r#"{{"to":["{KNOWN}"],"x":{{"y":"{KNOWN}{KNOWN}"}}}}"#),
        r#"{"to":"ada.b\u0079ron\u0040corp-mail.io","e":"\ud83d\ude00"}"#.to_owned(),
    ];
    for (name, file) in ARGUMENTS {
        let shape = Shape::of(file);
        for document in &documents {
            for cut in 1..document.len() {
                let (head, tail) = document.split_at(cut);
                let stream = shape.stream(&[head, tail]);
                let (out, flow, _) = run(shape.editor(&scanner, Some(known())), &[stream.as_bytes()]);
                assert_eq!(flow, Flow::Continue);
                let said = shape.said(&out);
                let value: Json = serde_json::from_str(&said)
                    .unwrap_or_else(|error| panic!("{name} cut at {cut}: {error}: {said}"));
                strings(&value, &mut |text| {
                    assert!(!text.contains(KNOWN) && !text.contains(MAIL), "{name} cut at {cut}: {text}");
                });
                assert!(said.contains("[REDACTED:"), "{name} cut at {cut}: {said}");
                for event in shape.events(&out) {
                    strings(&event, &mut |text| {
                        assert!(!text.contains(MAIL) && !text.contains(KNOWN), "{name}: {text}")
                    });
                }
            }
        }
    }
}

#[test]
fn what_is_blocked_ends_the_stream_before_it() {
    let settings: Settings =
        serde_json::from_value(serde_json::json!({ "detectors": { "pii.email": { "action": "block" } } }))
            .unwrap();
    let scanner = Scanner::new(&settings).unwrap();
    for (name, file) in SHAPES.iter().chain(ARGUMENTS) {
        let shape = Shape::of(file);
        let stream = shape.stream(&[
            r#"{"to": "Write to "#,
            "ada.byron@co",
            "rp-mail.io or eve@corp-mail.io",
            " now. ",
        ]);
        let (out, flow, summary) = run(shape.editor(&scanner, None), &[stream.as_bytes()]);
        assert_eq!(flow, Flow::Block("pii.email".into()), "{name}");
        assert!(!summary.text.contains("ada.b") && !summary.text.contains("eve"), "{name}: {}", summary.text);
        assert!(!out.contains("ada.b") && !out.contains("corp"), "{name}: {out}");
    }
}

/// What each dialect says last when it is ended in the middle of the answer.
const TERMINALS: &[(&str, &[&str])] = &[
    ("chat_text", &["/choices/0/finish_reason=content_filter"]),
    ("chat_arguments", &["/choices/0/finish_reason=content_filter"]),
    ("chat_second_choice", &["/choices/1/finish_reason=content_filter"]),
    ("responses_text", &["/type=response.incomplete"]),
    ("anthropic_text", &["/type=content_block_stop", "/type=message_delta", "/type=message_stop"]),
    ("gemini_text", &["/candidates/0/finishReason=SAFETY"]),
    ("gemini_array", &["/candidates/0/finishReason=SAFETY"]),
];

#[test]
fn a_stream_that_is_cut_ends_in_its_dialect() {
    let trace = crate::id::TraceId::mint(jiff::Timestamp::UNIX_EPOCH);
    let refusal = Refusal::new(crate::dialect::RefusalKind::Dlp, "Held back.", trace).decided_by("pii.email");
    for (name, ends) in TERMINALS {
        let shape = Shape::of(SHAPES.iter().chain(ARGUMENTS).find(|(known, _)| known == name).unwrap().1);
        let stream = shape.stream(&["Well then. ", "And so on. "]);
        let cut = stream.find("And so on").unwrap();
        let cut = stream[..cut].rfind(if shape.values { "," } else { "\n\n" }).unwrap() + 2;
        let cut = stream[..cut].trim_end_matches([',', '\n']).len() + if shape.values { 0 } else { 2 };
        let mut out = Vec::new();
        let mut editor = shape.editor(&Scanner::builtin(), None);
        assert_eq!(editor.push(Bytes::copy_from_slice(&stream.as_bytes()[..cut]), &mut out), Flow::Continue);
        out.push(editor.terminal(&refusal, None));
        let out = String::from_utf8(out.concat()).unwrap();
        let events = shape.events(&out);
        let last = &events[events.len() - ends.len()..];
        for (event, end) in last.iter().zip(*ends) {
            let (pointer, expected) = end.split_once('=').unwrap();
            assert_eq!(event.pointer(pointer), Some(&Json::from(expected)), "{name}: {out}");
        }
        assert!(out.contains("pii.email") && out.contains(&trace.to_string()), "{name}");
        assert_eq!(out.ends_with("data: [DONE]\n\n"), shape.dialect == Dialect::OpenAiChat, "{name}");
    }
}

#[test]
fn a_stream_that_is_complete_needs_no_end() {
    let trace = crate::id::TraceId::mint(jiff::Timestamp::UNIX_EPOCH);
    let refusal = Refusal::new(crate::dialect::RefusalKind::Dlp, "Held back.", trace);
    for (name, file) in SHAPES.iter().filter(|(name, _)| !name.starts_with("gemini")) {
        let shape = Shape::of(file);
        let mut editor = shape.editor(&Scanner::builtin(), None);
        let _ = editor.push(shape.stream(&["Well. "]).into(), &mut Vec::new());
        assert!(editor.terminal(&refusal, None).is_empty(), "{name}");
    }
}

#[test]
fn mcp_messages_are_scanned_whole_and_refused_by_id() {
    let scanner = scanner();
    let event = format!(
        "id: 4\nevent: message\ndata: {{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{{\"content\":[{{\"type\":\"text\",\"text\":\"Ask {MAIL} and {KNOWN}.\"}}]}}}}\n\n"
    );
    let (out, flow, summary) =
        run(StreamEditor::sse(Dialect::Mcp, &scanner, Some(known())), &[event.as_bytes()]);
    let expected = event.replace(MAIL, "[REDACTED:pii.email]").replace(KNOWN, "[REDACTED:secret.injected]");
    assert_eq!((out, flow), (expected, Flow::Continue));
    assert_eq!(summary.findings.len(), 2);
    let call = br#"{"jsonrpc":"2.0","id":"a-1","method":"tools/list"}"#;
    let id = Dialect::Mcp.read_request("/mcp", call).unwrap().jsonrpc_id;
    let trace = crate::id::TraceId::mint(jiff::Timestamp::UNIX_EPOCH);
    let refusal = Refusal::new(crate::dialect::RefusalKind::Dlp, "Held back.", trace);
    let end = StreamEditor::sse(Dialect::Mcp, &scanner, None).terminal(&refusal, id.as_ref());
    assert!(end.starts_with(br#"data: {"jsonrpc":"2.0","id":"a-1","error":"#) && end.ends_with(b"\n\n"));
}

#[test]
fn a_known_value_never_leaves_in_the_rest_of_an_event() {
    let shape = Shape::of(SHAPES[0].1);
    let editor = || shape.editor(&Scanner::builtin(), Some(known()));
    for place in ["chatcmpl-7", "gpt-5-mini", "chat.completion.chunk"] {
        let stream = shape.stream(&["Well ", "then. "]).replace(place, KNOWN);
        let (out, flow, _) = run(editor(), &[stream.as_bytes()]);
        assert_eq!(flow, Flow::Continue);
        assert_eq!(out, stream.replace(KNOWN, "[REDACTED:secret.injected]"));
    }
    let noise =
        format!(": {KNOWN}\n\nid: {KNOWN}\ndata: hello\n\ndata: {{\"x\":\"{KNOWN}\"}}\n\ndata: {KNOWN}\n\n");
    for dialect in [Dialect::Http, Dialect::OpenAiChat, Dialect::Mcp] {
        let (out, _, _) =
            run(StreamEditor::sse(dialect, &Scanner::builtin(), Some(known())), &[noise.as_bytes()]);
        assert!(!out.contains(KNOWN), "{out}");
    }
}

#[test]
fn token_probabilities_go_when_their_text_is_changed() {
    let chunk = |text: &str, logprobs: &str| {
        format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"logprobs\":{logprobs}}}]}}\n\n"
        )
    };
    let probable = format!("{{\"content\":[{{\"token\":\"{}\"}}]}}", &KNOWN[..9]);
    let stream = [chunk(&KNOWN[..9], &probable), chunk(&KNOWN[9..], "null"), chunk(" so. ", "null")].concat();
    let (out, _, _) =
        run(StreamEditor::sse(Dialect::OpenAiChat, &scanner(), Some(known())), &[stream.as_bytes()]);
    assert!(out.contains("REDACTED") && !out.contains("token"), "{out}");
}

#[test]
fn lines_of_json_are_followed_one_by_one() {
    let body = format!("{{\"a\":\"x {KNOWN}\"}}\n{{\"b\":1}}\r\n\n3\n\"{KNOWN}\"");
    let expected = body.replace(KNOWN, "[REDACTED:secret.injected]");
    for size in 1..body.len() {
        let chunks: Vec<&[u8]> = body.as_bytes().chunks(size).collect();
        let (out, flow, _) = run(StreamEditor::values(Dialect::Http, &scanner(), Some(known())), &chunks);
        assert_eq!((out, flow), (expected.clone(), Flow::Continue), "chunks of {size}");
    }
}

/// Found by fuzzing: a bracket or a comma where a value should begin was a frame of no bytes, again and again.
#[test]
fn lines_that_are_no_json_leave_as_they_came() {
    for body in ["]", ",", "1\n]\n2", "{\"a\":1}2[\n]\r\n\n3", "}}\n,,", "a\"b\n{\"c\":1}\n{}\n", "[1]]\n,x"]
    {
        let editor = || StreamEditor::values(Dialect::Http, &scanner(), Some(known()));
        let single: Vec<&[u8]> = body.as_bytes().chunks(1).collect();
        for chunks in [&[body.as_bytes()][..], &single] {
            let (out, flow, _) = run(editor(), chunks);
            assert_eq!((out.as_str(), flow), (body, Flow::Continue), "{body:?}");
        }
    }
}

#[test]
fn an_event_past_the_bound_stops_the_stream() {
    let mut editor = StreamEditor::sse(Dialect::OpenAiChat, &Scanner::builtin(), None);
    let chunk = Bytes::from(vec![b'x'; EVENT_BOUND / 2 + 1]);
    assert_eq!(editor.push(chunk.clone(), &mut Vec::new()), Flow::Continue);
    assert_eq!(editor.push(chunk, &mut Vec::new()), Flow::Unscannable);
    assert_eq!(editor.push(Bytes::from_static(b"\n\n"), &mut Vec::new()), Flow::Unscannable);
}

#[test]
fn usage_and_finish_are_read() {
    for (name, file) in SHAPES.iter().chain(ARGUMENTS).filter(|(name, _)| *name != "chat_second_choice") {
        let shape = Shape::of(file);
        let stream = shape.stream(&["{}"]);
        let (_, _, summary) = run(shape.editor(&Scanner::builtin(), None), &[stream.as_bytes()]);
        assert_eq!((summary.usage.input, summary.usage.output), (Some(21), Some(9)), "{name}");
        assert!(summary.model.is_some() && summary.finish.is_some(), "{name}");
        assert_eq!((summary.unread, summary.scanned), (0, stream.len() as u64), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn pieces_and_chunks_change_nothing(
        words in proptest::collection::vec(
            prop_oneof![Just(MAIL), Just(KNOWN), Just("a"), Just("Grüße"), Just("\"q\"\\"), Just("x@y"), Just("1234 5678")],
            1..12,
        ),
        cuts in proptest::collection::vec(1_usize..9, 1..6),
        size in 1_usize..400,
    ) {
        let scanner = scanner();
        let text = words.join(" ");
        for (name, file) in SHAPES {
            let shape = Shape::of(file);
            let stream = shape.stream(&pieces(&text, &cuts));
            let chunks: Vec<&[u8]> = stream.as_bytes().chunks(size).collect();
            let (out, flow, _) = run(shape.editor(&scanner, Some(known())), &chunks);
            prop_assert_eq!(flow, Flow::Continue);
            let expected = shape.said(&shape.stream(&[&whole(&scanner, &text)]));
            prop_assert_eq!(shape.said(&out), expected, "{}", name);
        }
    }

    #[test]
    fn arguments_in_any_pieces_stay_json(
        values in proptest::collection::vec("[ -~é\n\t\u{1f600}]{0,12}", 1..5),
        secret in prop_oneof![Just(MAIL), Just(KNOWN)],
        cuts in proptest::collection::vec(1_usize..9, 1..6),
    ) {
        let mut members: Vec<Json> = values.into_iter().map(Json::from).collect();
        members.insert(members.len() / 2, Json::from(secret));
        let document = serde_json::to_string(&Json::from(members)).unwrap();
        let scanner = scanner();
        for (_, file) in ARGUMENTS {
            let shape = Shape::of(file);
            let stream = shape.stream(&pieces(&document, &cuts));
            let (out, _, _) = run(shape.editor(&scanner, Some(known())), &[stream.as_bytes()]);
            let said = shape.said(&out);
            let value: Json = serde_json::from_str(&said).unwrap();
            prop_assert!(value.is_array());
            prop_assert!(!said.contains(secret));
        }
    }

    #[test]
    fn text_in_any_chunks_is_the_same(
        bytes in proptest::collection::vec(prop_oneof![4 => 32_u8..127, 1 => any::<u8>()], 0..200),
        at in any::<proptest::sample::Index>(),
        size in 1_usize..50,
    ) {
        let mut bytes = bytes;
        let at = at.index(bytes.len() + 1);
        bytes.splice(at..at, format!(" {KNOWN} ").into_bytes());
        let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
        let mut out = Vec::new();
        let mut editor = StreamEditor::text(&Scanner::builtin(), Some(known()));
        for chunk in chunks {
            let _ = editor.push(Bytes::copy_from_slice(chunk), &mut out);
        }
        let _ = editor.end(&mut out);
        let mut expected = bytes.clone();
        expected.splice(at + 1..at + 1 + KNOWN.len(), b"[REDACTED:secret.injected]".iter().copied());
        let out = out.concat();
        prop_assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&expected));
    }
}
