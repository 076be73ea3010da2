//! Values that code decodes on the way: `SECRET_KEY = base64.b64decode("…")`, `setCipherKey(Base64.decode("…"))`,
//! `key = bytes.fromhex("…")`.

use super::QUOTES;
use crate::detector::{ByteSet, Probe};

/// What a call is named by, with its path.
const PATH: ByteSet = ByteSet::WORD.with(b".");
const LONGEST: usize = 40;
/// How the names of calls end that make bytes of text, in lower case.
const CALLS: [&[u8]; 7] =
    [b"decode", b"decodestring", b"decodebase64", b"fromhex", b"unhexlify", b"buffer.from", b"atob"];

/// Where the text in quotes begins that the call at `at` decodes.
pub(super) fn begin(probe: &Probe<'_>, at: usize) -> Option<usize> {
    if !probe.is(at, &ByteSet::ALPHA) || probe.was(at, &QUOTES) {
        return None;
    }
    let open = probe.run(at, &PATH, LONGEST);
    if !(probe.is(open, &ByteSet::EMPTY.with(b"(")) && probe.is(open + 1, &QUOTES)) {
        return None;
    }
    let called = probe.slice(at..open).to_ascii_lowercase();
    CALLS.into_iter().any(|call| called.ends_with(call)).then_some(open + 2)
}
