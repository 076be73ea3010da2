//! Values that code decodes on the way: `SECRET_KEY = base64.b64decode("…")`, `setCipherKey(Base64.decode("…"))`,
//! `key = bytes.fromhex("…")`, `Base64.getDecoder().decode("…")`, `hex::decode(b"…")`.
//!
//! Code decodes texts, pictures and the vectors of its tests as well, under names that say secret: those are none.

use base64::Engine as _;

use super::QUOTES;
use crate::detector::token::is_placeholder_key;
use crate::detector::{ByteSet, Probe};
use crate::words::Words;

/// What a call is named by, with its path, and the calls in it.
const PATH: ByteSet = ByteSet::WORD.with(b".:()");
const LONGEST: usize = 48;
/// How the names of calls end that make bytes of text, in lower case.
const CALLS: [&[u8]; 8] = [
    b"b64decode",
    b"base64_decode",
    b"decodebase64",
    b"decodehex",
    b"fromhex",
    b"unhexlify",
    b"buffer.from",
    b"atob",
];
/// And those of which the path says what of.
const OF_PATH: [&[u8]; 2] = [b"decode", b"decodestring"];
const PATHS: [&[u8]; 2] = [b"base64", b"hex"];

/// Names of which one of these is a part are of no secret.
static OTHERS: Words =
    Words::new(&["test", "vector", "expected", "address", "icon", "image", "logo", "nonce", "salt", "iv"]);
/// What pictures begin with, and documents.
const BEGINS: [&[u8]; 9] = [b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"BM", b"%PDF", b"<", b"{", b"["];
/// So much of a value is decoded to see what it is.
const SAMPLE: usize = 64;

/// Where the text in quotes begins that the call at `at` decodes.
pub(super) fn begin(probe: &Probe<'_>, at: usize) -> Option<usize> {
    if !probe.is(at, &ByteSet::ALPHA) || probe.was(at, &QUOTES) {
        return None;
    }
    // Names in a row have a colon as well.
    let step = probe.run(at, &ByteSet::WORD.with(b"."), LONGEST);
    if !probe.is(step, &ByteSet::EMPTY.with(b"(")) && !probe.looking_at(step, b"::") {
        return None;
    }
    let quote = probe.run(at, &PATH, LONGEST);
    if !probe.is(quote, &QUOTES) {
        return None;
    }
    // `b"…"` are bytes.
    let called = probe.slice(at..quote);
    let called = called.strip_suffix(b"(").or_else(|| called.strip_suffix(b"(b"))?.to_ascii_lowercase();
    decodes(&called).then_some(quote + 1)
}

fn decodes(called: &[u8]) -> bool {
    let ends = |calls: &[&[u8]]| calls.iter().any(|call| called.ends_with(call));
    let is_said = || PATHS.into_iter().any(|path| memchr::memmem::find(called, path).is_some());
    let last = called.rsplit(|byte| b".:".contains(byte)).next().unwrap_or_default();
    ends(&CALLS) || OF_PATH.contains(&last) && is_said()
}

/// Whether what is decoded at `at` for `name` may be a secret.
pub(super) fn may_be_secret(probe: &Probe<'_>, at: usize, name: &[u8]) -> bool {
    let end = probe.run(at, &ByteSet::BASE64.with(b"-_="), SAMPLE);
    let text = probe.slice(at..end);
    !OTHERS.stand_in(name) && !is_placeholder_key(text) && !is_document(text)
}

/// Whether base64 is that of a text of more than one word, or of what begins as a picture or a document does.
fn is_document(base64: &[u8]) -> bool {
    let body = base64.split(|byte| *byte == b'=').next().unwrap_or_default();
    let whole = body.len() - usize::from(body.len() % 4 == 1);
    let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
    let decoded = body.get(..whole).and_then(|body| engine.decode(body).ok()).unwrap_or_default();
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    BEGINS.into_iter().any(|begin| decoded.starts_with(begin))
        || decoded.contains(&b' ') && decoded.iter().all(is_text)
}
