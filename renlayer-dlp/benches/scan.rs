//! What a scan costs, beside parsing the same body into a `serde_json::Value`.
//!
//! `cargo bench -p renlayer-dlp`
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use renlayer_dlp::{Direction, Format, Input, KnownValues, Scanner};

fn main() {
    divan::main();
}

const PROSE: &str = "The committee met on Tuesday to go over the plans for the new reading room. Nobody had expected that the \
    architect would come in person, and least of all with a model under her arm; but there it stood, between the coffee and \
    the minutes of the last meeting. \"We could move the shelves,\" she said, \"and let the light in from the north.\" The \
    treasurer asked what it would cost. About 12 percent more, she thought, if the work began before May 2027, and 15 if not. ";

const CODE: &str = r#"
impl<'a> Reader<'a> {
    /// Reads the next frame, of at most `MAX_FRAME` bytes.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        let header = match self.buffer.get(self.pos..self.pos + 8) {
            Some(h) => u64::from_le_bytes(h.try_into().unwrap()),
            None => return Ok(None), // wait for more
        };
        if header & 0xff00_0000 != 0x4200_0000 { return Err(Error::Magic(header as u32)); }
        self.pos += 8 + (header >> 32) as usize;
        Ok(Some(Frame { id: 1024 + self.seq, kind: Kind::Data }))
    }
}
"#;

fn repeated(text: &str, length: usize) -> String {
    text.chars().cycle().take(length).collect()
}

/// A chat request: settings, a system prompt, turns of talk and code.
fn chat(length: usize) -> Vec<u8> {
    let mut messages = vec![
        serde_json::json!({ "role": "system", "content": "You are a careful assistant.\nAnswer briefly." }),
    ];
    let turn = (length / 6).clamp(200, 1500);
    for i in 0.. {
        let text = if i % 3 == 2 { repeated(CODE, turn) } else { repeated(PROSE, turn) };
        messages.push(
            serde_json::json!({ "role": if i % 2 == 0 { "user" } else { "assistant" }, "content": text }),
        );
        let body = serde_json::json!({
            "model": "gpt-4o-mini", "temperature": 0.2, "max_tokens": 1024, "stream": true, "messages": messages,
            "tools": [{ "type": "function", "function": { "name": "search", "parameters": { "type": "object" } } }],
        });
        let body = serde_json::to_vec(&body).unwrap();
        if body.len() >= length {
            return body;
        }
    }
    Vec::new()
}

fn input(format: Format) -> Input<'static> {
    Input { format, direction: Direction::Request, known: None }
}

fn scan(bencher: Bencher<'_, '_>, body: &[u8], format: Format) {
    let scanner = Scanner::builtin();
    // Source code is what some of these bodies hold; nothing else is there to be found.
    let found = scanner.scan(body, input(format)).findings;
    assert!(found.iter().all(|finding| finding.class.starts_with("source_code.")), "{found:?}");
    bencher.counter(BytesCount::of_slice(body)).bench(|| scanner.scan(black_box(body), input(format)));
}

#[divan::bench]
fn text_1_5k(bencher: Bencher<'_, '_>) {
    scan(bencher, repeated(PROSE, 1536).as_bytes(), Format::Text);
}

#[divan::bench]
fn prose_1m(bencher: Bencher<'_, '_>) {
    scan(bencher, repeated(PROSE, 1 << 20).as_bytes(), Format::Text);
}

#[divan::bench]
fn code_1m(bencher: Bencher<'_, '_>) {
    scan(bencher, repeated(CODE, 1 << 20).as_bytes(), Format::Text);
}

#[divan::bench(args = [1536, 16384, 1 << 20])]
fn json_chat(bencher: Bencher<'_, '_>, length: usize) {
    scan(bencher, &chat(length), Format::Json);
}

#[divan::bench(args = [1536, 16384, 1 << 20])]
fn json_chat_serde_value(bencher: Bencher<'_, '_>, length: usize) {
    let body = chat(length);
    let parse = || serde_json::from_slice::<serde_json::Value>(black_box(&body)).unwrap();
    bencher.counter(BytesCount::of_slice(&body)).bench(parse);
}

/// Bodies made to hurt: candidates everywhere that come to nothing.
#[divan::bench(args = ["a@", "4111 ", "4111-1111-1111-1111-", "AKIA", "-----BEGIN RSA PRIVATE KEY-----", "ghp_aaaaaaaaaaaa", "0123456789abcdef"])]
fn worst_64k(bencher: Bencher<'_, '_>, piece: &str) {
    let body = repeated(piece, 64 << 10);
    let scanner = Scanner::builtin();
    bencher
        .counter(BytesCount::of_str(&body))
        .bench(|| scanner.scan(black_box(body.as_bytes()), input(Format::Text)));
}

/// A model's answer in pieces of a few characters.
#[divan::bench]
fn stream_16k(bencher: Bencher<'_, '_>) {
    let text = repeated(PROSE, 16 << 10);
    let scanner = Scanner::builtin();
    let known = KnownValues::new([&b"sk-inj3cted-s3cret-value"[..]]);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut stream = scanner.stream(Direction::Response, Some(known.clone()));
        let mut out = String::with_capacity(text.len());
        let mut rest = black_box(text.as_str());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(5));
            let _ = stream.push(piece, &mut out);
            rest = after;
        }
        let _ = stream.finish(&mut out);
        out
    });
}

#[divan::bench]
fn compile_builtin() -> Scanner {
    Scanner::builtin()
}
