//! Where a value ends: at its quote, or, without quotes, with its word.

mod line;

use std::ops::Range;

use super::joined::{is_word, is_words};
use super::value::{JOINTS, LONGEST, SYMBOL};
use crate::detector::{ByteSet, Probe};

/// Of a value in quotes with spaces, the shortest first part, and the whole.
const SHORTEST_MIXED: usize = 8;
const LONGEST_MIXED: usize = 128;
/// The longest value without quotes: a list of names could make each of them read as far.
pub(super) const LONGEST_BARE: usize = 200;

/// What a value without quotes is made of.
const BARE: ByteSet = ByteSet::ALNUM.with(b"-_./+=~!@#%^*:$&?");

/// A sign that words do not have.
const SIGN: ByteSet = SYMBOL.without(JOINTS);

/// To the closing quote. An escaped quote closes too: this may be a string inside a string; so does the end of the line, or
/// of the text.
pub(super) fn quoted(probe: &Probe<'_>, at: usize, quote: u8) -> Option<usize> {
    const INSIDE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\\");
    const QUOTED: [ByteSet; 3] = [INSIDE.without(b"\""), INSIDE.without(b"'"), INSIDE.without(b"`")];
    let inside = QUOTED.iter().find(|set| !set.has(quote))?;
    let end = probe.run(at, inside, LONGEST);
    if end - at >= SHORTEST_MIXED
        && probe.is(end, &ByteSet::EMPTY.with(b" ").range(0x80, 0xff))
        && is_mixed(probe.slice(at..end))
    {
        let close = probe.run(at, &inside.with(b" ").range(0x80, 0xff), LONGEST_MIXED);
        let is_closed = probe.is(close, &ByteSet::EMPTY.with(&[quote]));
        return (is_closed && !is_sentence(probe.slice(at..close))).then_some(close);
    }
    let closes = ByteSet::EMPTY.with(b"\\\r\n").with(&[quote]);
    (probe.is(end, &closes) || probe.ends(end)).then_some(end)
}

/// Whether it has letters of both cases, digits, and a sign that words do not have: a value may begin so that has spaces.
fn is_mixed(text: &[u8]) -> bool {
    let text = ByteSet::EMPTY.with(text);
    [ByteSet::UPPER, ByteSet::LOWER, ByteSet::DIGIT, SIGN].into_iter().all(|kind| text.meets(kind))
}

/// Whether half of what stands between spaces is words, or words joined: whatever the rest is, that is no value.
fn is_sentence(text: &[u8]) -> bool {
    const BETWEEN: ByteSet = ByteSet::EMPTY.with(JOINTS).with(b"!?;'\"");
    let parts = || text.split(|byte| *byte == b' ').filter(|part| !part.is_empty());
    let is_words = |part: &&[u8]| part.split(|byte| BETWEEN.has(*byte)).all(is_word);
    parts().filter(is_words).count() * 2 >= parts().count()
}

/// What joins a variable to something else.
const INFIX: [&[u8]; 3] = [b" + ", b" != ", b" == "];

/// To the end of the word, without the punctuation of a sentence; in the query of a URL to the next field. What stands before `known`
/// belongs to it.
pub(super) fn bare(probe: &Probe<'_>, at: usize, known: usize) -> Option<usize> {
    let end = end_of_bare(probe, known, (at + LONGEST_BARE).saturating_sub(known));
    if let Some(end) = line::end(probe, at, end) {
        return Some(end);
    }
    let text = before_reference(probe.slice(at..end));
    let field = if probe.was(at, &ByteSet::EMPTY.with(b"=")) { memchr::memchr(b'&', text) } else { None };
    if field.is_none() && (is_called(probe, end) || is_operand(probe, at, end)) {
        return None;
    }
    let text = field.and_then(|field| text.get(..field)).unwrap_or(text);
    let trailing = text.iter().rev().take_while(|byte| b".,:?!".contains(byte)).count();
    Some(at + text.len() - trailing)
}

/// A stretch of nothing but what such a value is made of, as far as it was walked: names in a row have values that end with one
/// another.
#[derive(Default)]
struct Stretch(Range<usize>);

/// The end of what a value without quotes is made of, of at most `max` bytes.
fn end_of_bare(probe: &Probe<'_>, from: usize, max: usize) -> usize {
    // Most values are shorter than what is worth to be kept.
    const SHORT: usize = 48;
    let near = probe.run(from, &BARE, max.min(SHORT));
    if near < from + SHORT {
        return near;
    }
    let walked = probe.shared(|known: &mut Stretch| known.0.clone());
    let known = if walked.contains(&near) { walked.end.min(from + max) } else { near };
    if !probe.sees_to(known) {
        return probe.run(near, &BARE, from + max - near);
    }
    let end = probe.run(known, &BARE, from + max - known);
    if end > walked.end && probe.sees_to(end) {
        probe.shared(|known: &mut Stretch| {
            known.0 = if known.0.contains(&near) { known.0.start } else { from }..end
        });
    }
    end
}

/// Whether what ends at `end` is called, or goes on in another script.
fn is_called(probe: &Probe<'_>, end: usize) -> bool {
    probe.is(end, &ByteSet::EMPTY.with(b"([{<").range(0x80, 0xff)) && !probe.looking_at(end, b"</")
}

/// Whether the name of a variable stands there, apart, and is joined to something: `= prefix + "_PASS"`.
fn is_operand(probe: &Probe<'_>, at: usize, end: usize) -> bool {
    let is_joined = || INFIX.into_iter().any(|operator| probe.looking_at(end, operator));
    probe.was(at, &ByteSet::EMPTY.with(b" ")) && is_joined() && is_words(probe.slice(at..end))
}

/// Up to a character reference of HTML: `Zf3D0LXC&lt;`.
fn before_reference(text: &[u8]) -> &[u8] {
    const NAMES: [&[u8]; 5] = [b"lt", b"gt", b"quot", b"amp", b"#"];
    let is_reference = |rest: &[u8]| NAMES.into_iter().any(|name| rest.starts_with(name));
    let mut places = memchr::memchr_iter(b'&', text);
    let first = places.find(|place| text.get(place + 1..).is_some_and(is_reference));
    first.and_then(|first| text.get(..first)).unwrap_or(text)
}
