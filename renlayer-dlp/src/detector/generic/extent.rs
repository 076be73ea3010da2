//! Where a value ends: at its quote, or, without quotes, with its word.

use std::ops::Range;

use super::joined::{is_of_words, is_word, is_words};
use super::value::{JOINTS, LONGEST, SYMBOL, lists_characters};
use crate::check::language;
use crate::detector::{ByteSet, Probe};

/// Of a value in quotes with spaces, the shortest first part, and the whole.
const SHORTEST_MIXED: usize = 8;
const LONGEST_MIXED: usize = 128;
/// The longest value without quotes: a list of names could make each of them read as far.
pub(super) const LONGEST_BARE: usize = 200;

/// What a value without quotes is made of.
const BARE: ByteSet = ByteSet::ALNUM.with(b"-_./+=~!@#%^*:$&?");

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
    const SIGN: ByteSet = SYMBOL.without(JOINTS);
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
    if let Some(end) = of_environment(probe, at).or_else(|| of_setting(probe, at)) {
        return Some(end);
    }
    let end = end_of_bare(probe, known, (at + LONGEST_BARE).saturating_sub(known));
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

/// The end of the line where it gives a variable of an environment what has many signs, some of which end a value elsewhere:
/// `SECRET_KEY=r&lvybzry1*k+qq)=x-!=0y`.
fn of_environment(probe: &Probe<'_>, at: usize) -> Option<usize> {
    const NAME: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT).with(b"_");
    const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");
    const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\<>|;");
    const SIGN: ByteSet = SYMBOL.without(JOINTS);
    const MOST_NAME: usize = 40;
    const LEAST_SIGNS: usize = 4;
    const LEAST: usize = 24;
    if !probe.was(at, &ByteSet::EMPTY.with(b"=")) {
        return None;
    }
    let name = probe.run_back(at - 1, &NAME, MOST_NAME);
    let begins_line =
        || probe.before(name).is_none_or(|byte| LINE_END.has(byte)) || probe.behind(name, 7) == b"export ";
    if name + 1 >= at || !begins_line() {
        return None;
    }
    let end = probe.run(at, &VALUE, LONGEST_BARE);
    let text = probe.slice(at..end);
    let signs = text.iter().filter(|byte| SIGN.has(**byte)).count();
    let ends_early = || text.iter().any(|byte| !BARE.has(*byte) || *byte == b'&');
    let is_query = || {
        memchr::memchr_iter(b'&', text).any(|place| begins_field(text.get(place + 1..).unwrap_or_default()))
    };
    let is_over = || probe.is(end, &LINE_END) || probe.ends(end);
    let is_mixed = || ByteSet::of(text).meets(ByteSet::DIGIT) && ByteSet::of(text).meets(ByteSet::ALPHA);
    let is_command = || memchr::memmem::find(text, b"&&").is_some();
    let is_long = text.len() >= LEAST;
    (is_long
        && signs >= LEAST_SIGNS
        && !lists_characters(text)
        && is_mixed()
        && !is_of_words(text)
        && !is_command()
        && ends_early()
        && !is_query()
        && is_over())
    .then_some(end)
}

/// The end of the line where it begins with a name and gives it what is drawn with signs that end a value elsewhere: `password: aB3(kd9]xx`,
/// `secret=/LNvEX9Bx{asdf.9BS}`. What is long enough before the first of these signs is a value by itself.
fn of_setting(probe: &Probe<'_>, at: usize) -> Option<usize> {
    const NAME: ByteSet = ByteSet::WORD.with(b"-.");
    const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");
    const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`<>|;&");
    const INDENT: ByteSet = ByteSet::EMPTY.with(b" \t");
    const OPENS: ByteSet = ByteSet::EMPTY.with(b"$%{[(&*@!");
    const LEAST: usize = 10;
    const LEAST_ALONE: usize = 16;
    const BRACKET: ByteSet = ByteSet::EMPTY.with(b"([{");
    const MOST_NAME: usize = 40;
    const WIDEST: usize = 24;
    let end = probe.run(at, &BARE, LONGEST_BARE);
    // Most values end with a word.
    let is_alone = end - at >= LEAST_ALONE && !probe.is(end, &BRACKET);
    if is_alone
        || !probe.is(end, &VALUE)
        || probe.is(at, &OPENS)
        || probe.was(at, &ByteSet::EMPTY.with(b"\"'`>([|\\"))
    {
        return None;
    }
    let operator = probe.run_back(at, &INDENT, WIDEST);
    let is_given = probe.was(operator, &ByteSet::EMPTY.with(b":")) && operator < at
        || probe.was(operator, &ByteSet::EMPTY.with(b"=")) && operator == at;
    let name = probe.run_back(operator.saturating_sub(1), &NAME, MOST_NAME);
    let start = probe.run_back(name, &INDENT, WIDEST);
    let begins_line = || probe.before(start).is_none_or(|byte| LINE_END.has(byte));
    if !is_given || name + 1 >= operator || !begins_line() {
        return None;
    }
    let end = probe.run(at, &VALUE, LONGEST_BARE);
    let text = probe.slice(at..end);
    let is_over = probe.is(end, &LINE_END) || probe.ends(end);
    (is_over && text.len() >= LEAST && is_set_with_signs(text)).then_some(end)
}

/// Of both cases and with a digit or several signs, and neither words nor what code calls, indexes or matches with.
fn is_set_with_signs(text: &[u8]) -> bool {
    const SIGN: ByteSet = SYMBOL.without(JOINTS);
    const ENDS: ByteSet = ByteSet::EMPTY.with(b",({[:\\");
    const CODE: [&[u8]; 9] = [b"()", b"](", b"{{", b"${", b"::", b"=>", b"==", b"\\n", b":\\"];
    let bytes = ByteSet::of(text);
    let signs = text.iter().filter(|byte| SIGN.has(**byte)).count();
    let is_mixed = [ByteSet::UPPER, ByteSet::LOWER].into_iter().all(|kind| bytes.meets(kind));
    let is_code = || CODE.iter().any(|part| memchr::memmem::find(text, part).is_some());
    is_mixed
        && (bytes.meets(ByteSet::DIGIT) || signs >= 3)
        && !text.last().is_some_and(|byte| ENDS.has(*byte))
        && !is_code()
        && !is_of_parts(text)
        && !closes_another(text)
        && !holds_a_call(text)
        && !lists_characters(text)
        && !is_of_language(text)
}

/// `aB3,kd9`, `aB3(k,uid=0`: whether commas part values, or what is set from what is set next.
fn is_of_parts(text: &[u8]) -> bool {
    let parts = || text.split(|byte| *byte == b',');
    let is_plain = |part: &[u8]| part.iter().all(|byte| BARE.has(*byte));
    parts().skip(1).any(begins_field) || parts().nth(1).is_some() && parts().all(is_plain)
}

/// Whether a bracket ends it, or stands before a sign, that closes what was opened before it: `{user: joe, password: aB3kd9}`.
fn closes_another(text: &[u8]) -> bool {
    let is_last = |at: usize| !text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
    let closes = |(at, byte): (usize, &u8)| {
        let opener = opener_of(*byte)?;
        let before = text.get(..at)?;
        let count = |sign: u8| before.iter().filter(|byte| **byte == sign).count();
        Some(is_last(at) && count(opener) <= count(*byte))
    };
    text.iter().enumerate().filter_map(closes).any(|closes| closes)
}

/// `hash(aB3,kd9)`, `users[aB3]`: a bracket and its closer directly behind a word or another bracket.
fn holds_a_call(text: &[u8]) -> bool {
    const CALLED: ByteSet = ByteSet::WORD.with(b"]");
    let opens = |at: usize, opener: u8| {
        let is_behind =
            at.checked_sub(1).and_then(|last| text.get(last)).is_some_and(|byte| CALLED.has(*byte));
        let rest = text.get(at..).unwrap_or_default();
        is_behind && rest.iter().any(|byte| opener_of(*byte) == Some(opener))
    };
    text.iter().enumerate().any(|(at, byte)| b"([".contains(byte) && opens(at, *byte))
}

fn opener_of(closer: u8) -> Option<u8> {
    match closer {
        b')' => Some(b'('),
        b']' => Some(b'['),
        b'}' => Some(b'{'),
        _ => None,
    }
}

/// Whether half of the letters are in words, or it is language as a whole.
fn is_of_language(text: &[u8]) -> bool {
    const LEAST: usize = 3;
    const WORD: f32 = 5.0;
    let parts = || text.split(|byte| !byte.is_ascii_alphabetic());
    let is_word = |part: &&[u8]| part.len() >= LEAST && language::surprise(part) < WORD;
    let worded: usize = parts().filter(is_word).map(<[u8]>::len).sum();
    let letters: usize = parts().map(<[u8]>::len).sum();
    worded * 2 >= letters || language::surprise(text) < language::FOREIGN
}

/// `name=`.
fn begins_field(text: &[u8]) -> bool {
    let name = text.iter().take_while(|byte| ByteSet::WORD.has(**byte)).count();
    name > 0 && text.get(name) == Some(&b'=')
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
