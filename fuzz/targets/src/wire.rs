//! What comes and goes over the wire: event streams, bodies in each dialect, encodings.

use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder, write::ZlibEncoder};
use renlayer_core::Engine;
use renlayer_core::config::{Environment, Overrides, load};
use renlayer_core::dialect::Dialect;
use renlayer_core::snapshot::Governance;
use renlayer_core::sse::{Event, Parser};
use renlayer_core::stream::{Flow, StreamEditor};
use renlayer_core::trace::{Recorder, Trace};
use serde_json::Value;

use crate::Target;
use crate::dlp::{KNOWN, known, redacting};
use crate::input::{Choices, chunks, seed};

/// The wire's.
pub const TARGETS: &[Target] = &[
    Target {
        name: "sse",
        holds: "chunks give the events of the whole, and all bytes",
        run: sse,
        seeds: streams,
        words: WORDS,
    },
    Target {
        name: "dialect",
        holds: "a body is refused, or read as any parser reads it",
        run: dialect,
        seeds: requests,
        words: WORDS,
    },
    Target {
        name: "stream_editor",
        holds: "chunks give what the whole gives; a known value never leaves",
        run: editor,
        seeds: streams,
        words: WORDS,
    },
    Target {
        name: "exchange",
        holds: "a body in any encoding is judged once, and all its bytes are counted",
        run: exchange,
        seeds: requests,
        words: WORDS,
    },
];

const WORDS: &[&str] = &[
    "data: ",
    "event: ",
    "id: ",
    "retry: ",
    "\n\n",
    "\r\n\r\n",
    "\r",
    ": ",
    "[DONE]",
    "\u{feff}",
    "\"choices\":[",
    "\"delta\":{",
    "\"content\":\"",
    "\"index\":0",
    "\"finish_reason\":\"stop\"",
    "\"type\":\"",
    "content_block_delta",
    "text_delta",
    "input_json_delta",
    "\"partial_json\":\"",
    "message_stop",
    "response.output_text.delta",
    "response.completed",
    "\"candidates\":[",
    "\"parts\":[",
    "\"text\":\"",
    "\"jsonrpc\":\"2.0\"",
    "\"method\":\"tools/call\"",
    "\"params\":{",
    "\"model\":\"",
    "\"Model\"",
    "\"messages\":[",
    "\"role\":\"user\"",
    "\"tool_calls\":[",
    "\"function\":{",
    "\"arguments\":\"",
    "\"usage\":{",
    "\\u00e9",
    "\\ud83d",
    "\\n",
    "null",
    "true",
    "1e999",
    "zebra-quilt/8841+harbour",
    "a@corp.io",
];

const DIALECTS: &[Dialect] = &[
    Dialect::OpenAiChat,
    Dialect::OpenAiResponses,
    Dialect::OpenAiEmbeddings,
    Dialect::AnthropicMessages,
    Dialect::Gemini,
    Dialect::Mcp,
    Dialect::Http,
    Dialect::Bedrock,
];

/* ===== what holds ===== */

type Seen = (Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>, Option<u64>);

fn sse(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let _ = choices.byte();
    let cuts = choices.cuts();
    let stream = choices.rest();
    let whole = events(&[stream]);
    assert_eq!(whole.1, stream, "what came leaves");
    assert_eq!(events(&chunks(stream, &cuts)), whole);
}

fn events(chunks: &[&[u8]]) -> (Vec<Seen>, Vec<u8>) {
    let (mut parser, mut seen, mut raw) = (Parser::new(1 << 20), Vec::new(), Vec::new());
    let mut take = |event: Event| {
        let own = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
        let data = event.data();
        if data.is_some() {
            seen.push((own(event.name()), own(data.as_deref()), own(event.id()), event.retry()));
        }
        assert_rewrites(&event, raw.is_empty());
        raw.extend_from_slice(event.raw());
    };
    for chunk in chunks {
        parser.push(Bytes::copy_from_slice(chunk));
        while let Some(event) = parser.next_event().unwrap() {
            take(event);
        }
    }
    parser.finish().into_iter().for_each(&mut take);
    assert_eq!(parser.held(), 0);
    (seen, raw)
}

/// Other data, and nothing else, where there is data at all.
fn assert_rewrites(event: &Event, is_first: bool) {
    let Some(old) = event.data() else { return assert_eq!(event.with_data(b"x"), event.raw()) };
    for new in [&b"x\ny"[..], b"", &old] {
        let mut parser = Parser::new(1 << 20);
        // In the middle of a stream what could be a byte order mark is none.
        if !is_first {
            parser.push(Bytes::from_static(b":\n\n"));
            assert!(parser.next_event().unwrap().is_some());
        }
        parser.push(event.with_data(new));
        let other = parser.next_event().unwrap().or_else(|| parser.finish()).expect("an event");
        let lines = |data: &[u8]| {
            data.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::to_vec).collect::<Vec<_>>()
        };
        assert_eq!(other.data().map(|data| lines(&data)), Some(lines(new)), "{}", lossy(event.raw()));
        assert_eq!((other.name(), other.id(), other.retry()), (event.name(), event.id(), event.retry()));
    }
}

fn dialect(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let dialect = choices.one_of(DIALECTS);
    let body = choices.rest();
    let _ = dialect.read_response(body);
    let Ok(facts) = dialect.read_request("/v1/x", body) else { return };
    let _ = dialect.action_type(&facts);
    let names_model =
        matches!(dialect, Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::AnthropicMessages);
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return };
    if names_model {
        assert_eq!(facts.model.as_deref(), value["model"].as_str(), "the model that an upstream reads");
        assert_eq!(facts.stream, value["stream"].as_bool().unwrap_or(false), "whether an upstream streams");
    }
}

fn editor(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let dialect = choices.one_of(DIALECTS);
    let cuts = choices.cuts();
    let content_type = choices.one_of(&[
        "text/event-stream",
        "application/json",
        "application/x-ndjson",
        "text/plain",
        EVENT_STREAM,
    ]);
    let body = choices.rest();
    let body = &*if content_type == EVENT_STREAM { messages(body) } else { body.to_vec() };
    let edit = |chunks: &[&[u8]]| {
        let mut editor = StreamEditor::of(dialect, content_type, redacting(), Some(known().clone()));
        let (mut out, mut flow) = (Vec::new(), Flow::Continue);
        for chunk in chunks {
            flow = editor.push(Bytes::copy_from_slice(chunk), &mut out);
            if flow != Flow::Continue {
                break;
            }
        }
        if flow == Flow::Continue {
            flow = editor.end(&mut out);
            assert_eq!(editor.held(), 0, "nothing stays behind");
        }
        (out.concat(), flow, editor.summary().scanned)
    };
    let whole = edit(&[body]);
    let cut = edit(&chunks(body, &cuts));
    // Of a CRLF that is cut in two the LF leaves on its own, after an event that may have been written anew.
    if content_type != "text/event-stream" || events(&[&cut.0]).0 != events(&[&whole.0]).0 {
        assert_eq!(lossy(&cut.0), lossy(&whole.0), "{dialect:?} as {content_type}");
    }
    assert_eq!((cut.1, cut.2), (whole.1, whole.2));
    let leaks = whole.0.windows(KNOWN.len()).any(|window| window == KNOWN.as_bytes());
    assert!(!leaks, "{}", lossy(&whole.0));
}

const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";

/// A message of Amazon's event streams for each line: its event, a tab, its payload. Of a line without a tab the bytes
/// stand as they are.
fn messages(lines: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in lines.split(|byte| *byte == b'\n') {
        match memchr::memchr(b'\t', line) {
            Some(tab) => message(&line[..tab], &line[tab + 1..], &mut out),
            None => out.extend_from_slice(line),
        }
    }
    out
}

fn message(event: &[u8], payload: &[u8], out: &mut Vec<u8>) {
    let crc = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_be_bytes()
    };
    let mut headers = b"\x0d:message-type\x07\0\x05event\x0b:event-type\x07".to_vec();
    headers.extend_from_slice(&u16::try_from(event.len()).unwrap_or(0).to_be_bytes());
    headers.extend_from_slice(event);
    let length = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
    let mut message = [length(16 + headers.len() + payload.len()), length(headers.len())].concat();
    message.extend_from_slice(&crc(&message));
    message.extend_from_slice(&headers);
    message.extend_from_slice(payload);
    message.extend_from_slice(&crc(&message));
    out.extend_from_slice(&message);
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct Unkept;

impl Recorder for Unkept {
    fn record(&self, _: Trace) {}
}

fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
        let environment: Environment = std::iter::empty::<(String, String)>().collect();
        let config = load(None, &environment, &Overrides::default()).unwrap().config;
        let governance = Governance::compile(&config, &environment, [], [7; 32]).unwrap();
        Engine::new(governance, Arc::new(Unkept))
    });
    &ENGINE
}

const PATHS: &[&str] = &[
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/embeddings",
    "/v1/messages",
    "/v1beta/models/gemini-2.5-flash:generateContent",
    "/mcp",
    "/anything",
];

const TYPES: &[&str] =
    &["application/json", "application/x-www-form-urlencoded", "text/plain", "application/x-ndjson"];

fn exchange(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let path = choices.one_of(PATHS);
    let content_type = choices.one_of(TYPES);
    let (encoding, made) = choices.one_of(&[
        ("", false),
        ("gzip", true),
        ("deflate", true),
        ("gzip", false),
        ("deflate", false),
        ("br", false),
    ]);
    let plain = choices.rest();
    let body = if made { encoded(encoding, plain) } else { plain.to_vec() };
    let request = http::Request::post(format!("https://api.example.com{path}"))
        .header("content-type", content_type)
        .header("content-encoding", encoding)
        .body(())
        .unwrap();
    let length = body.len() as u64;
    let at = jiff::Timestamp::UNIX_EPOCH;
    let rehearsal =
        engine().rehearse(None, request.into_parts().0, body.into(), at).expect("an action has one trace");
    let coverage = &rehearsal.trace.coverage.request;
    let counted = coverage.scanned + coverage.exempt + coverage.opaque;
    assert_eq!(counted, length, "{coverage:?}");
    let json = serde_json::to_vec(&rehearsal.trace).unwrap();
    let again: Trace = serde_json::from_slice(&json).unwrap();
    assert_eq!(serde_json::to_vec(&again).unwrap(), json, "a record that is read is written as it was");
}

fn encoded(encoding: &str, plain: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    if encoding == "gzip" {
        gzip.write_all(plain).unwrap();
        return gzip.finish().unwrap();
    }
    zlib.write_all(plain).unwrap();
    zlib.finish().unwrap()
}

/* ===== seeds ===== */

const SHAPES: &[(u8, &str)] = &[
    (0, include_str!("../../../renlayer-core/src/stream/cases/chat_text.stream")),
    (0, include_str!("../../../renlayer-core/src/stream/cases/chat_arguments.stream")),
    (0, include_str!("../../../renlayer-core/src/stream/cases/chat_second_choice.stream")),
    (1, include_str!("../../../renlayer-core/src/stream/cases/responses_text.stream")),
    (1, include_str!("../../../renlayer-core/src/stream/cases/responses_arguments.stream")),
    (3, include_str!("../../../renlayer-core/src/stream/cases/anthropic_text.stream")),
    (3, include_str!("../../../renlayer-core/src/stream/cases/anthropic_arguments.stream")),
    (4, include_str!("../../../renlayer-core/src/stream/cases/gemini_text.stream")),
    (4, include_str!("../../../renlayer-core/src/stream/cases/gemini_array.stream")),
];

fn streams() -> Vec<Vec<u8>> {
    let texts = [
        ["Write to ada@co", "rp.io, "],
        ["zebra-quilt/88", "41+harbour!"],
        ["{\"a\":\"gr\u{fc}\u{df}e", " \\u00e9\"}"],
    ];
    let shaped =
        SHAPES.iter().flat_map(|(dialect, file)| texts.map(|pieces| (*dialect, shaped(file, &pieces))));
    let mut seeds: Vec<_> = shaped
        .map(|(dialect, body)| {
            let kind = u8::from(body.starts_with('['));
            seed(&[dialect, 11, 0, 40, kind], body)
        })
        .collect();
    for lines in [
        "messageStart\t{\"role\":\"assistant\"}\ncontentBlockDelta\t{\"contentBlockIndex\":0,\"delta\":{\"text\":\"zebra-quilt/88\"}}\ncontentBlockDelta\t{\"contentBlockIndex\":0,\"delta\":{\"text\":\"41+harbour\"}}\ncontentBlockStop\t{\"contentBlockIndex\":0}\nmessageStop\t{\"stopReason\":\"end_turn\"}",
        "chunk\t{\"bytes\":\"eyJ0eXBlIjoicGluZyJ9\",\"p\":\"abc\"}\nother\twords",
    ] {
        seeds.push(seed(&[7, 11, 0, 40, 4], lines));
    }
    for text in [
        "data: a\r\n\ndata: b\n\r\n",
        "event: x\rdata: a\r\rid: 1\0\rdata\r\r",
        "\u{feff}: c\n\nretry: 10\ndata: a\ndata: b\n\n",
        "{\"a\":1}\n[2]\r\n\n3",
    ] {
        seeds.extend((0..4).map(|kind| seed(&[6, 1, 0, 2, kind], text)));
    }
    seeds
}

fn shaped(file: &str, pieces: &[&str]) -> String {
    let (_, body) = file.split_once("\n\n").unwrap();
    let (before, rest) = body.split_once("@each\n").unwrap();
    let (each, after) = rest.split_once("@end\n").unwrap();
    let token = |text: &str| Value::from(text).to_string();
    let middle: String = pieces.iter().map(|piece| each.replace("@piece", &token(piece))).collect();
    format!("{before}{middle}{after}")
        .replace("@whole", &token(&pieces.concat()))
        .replace("@last", &token(pieces.last().unwrap()))
}

fn requests() -> Vec<Vec<u8>> {
    let bodies = [
        r#"{"model":"gpt-5","stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"hi a@corp.io"}]},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"1","content":"x"}],"max_tokens":5}"#,
        r#"{"model":"gpt-5","input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"function_call","name":"f","arguments":"{}"}],"max_output_tokens":9}"#,
        r#"{"model":"e","input":["a","b"]}"#,
        r#"{"model":"claude","max_tokens":9,"system":"s","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"a":1}}]}],"stream":false}"#,
        r#"{"contents":[{"role":"user","parts":[{"text":"hi"},{"functionCall":{"name":"f","args":{"a":1}}}]}],"generationConfig":{"maxOutputTokens":9}}"#,
        r#"[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"f","arguments":{"a":1}}},{"jsonrpc":"2.0","id":"b","method":"resources/read","params":{"uri":"file:///x"}}]"#,
        "a=b&c=alice%40corp.io",
    ];
    let mut seeds = Vec::new();
    for (nth, body) in bodies.iter().enumerate() {
        let nth = u8::try_from(nth).unwrap();
        seeds.push(seed(&[nth], body));
        seeds.extend((0..6).map(|encoding| seed(&[nth, nth / 6, encoding], body)));
        seeds.push(seed(&[nth, 0, 3], encoded("gzip", body.as_bytes())));
    }
    seeds
}
