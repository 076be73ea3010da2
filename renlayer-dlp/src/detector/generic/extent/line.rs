//! Values without quotes that go to the end of their line, as they are drawn with signs which end a value elsewhere.

use super::super::joined::is_of_words;
use super::super::value::lists_characters;
use super::{BARE, LONGEST_BARE, SIGN};
use crate::check::language;
use crate::detector::{ByteSet, Probe};

const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");
/// The longest name of such a value.
const MOST_NAME: usize = 40;

/// The end of the line where the value that begins at `at` is such a one; what is in any value without quotes goes to `word`.
pub(super) fn end(probe: &Probe<'_>, at: usize, word: usize) -> Option<usize> {
    of_environment(probe, at).or_else(|| of_setting(probe, at, word))
}

/// The end of the line where it gives a variable of an environment what has many signs, some of which end a value elsewhere:
/// `SECRET_KEY=r&lvybzry1*k+qq)=x-!=0y`.
fn of_environment(probe: &Probe<'_>, at: usize) -> Option<usize> {
    const NAME: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT).with(b"_");
    const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\<>|;");
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
fn of_setting(probe: &Probe<'_>, at: usize, word: usize) -> Option<usize> {
    const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`<>|;&");
    const BRACKET: ByteSet = ByteSet::EMPTY.with(b"([{");
    const LEAST: usize = 10;
    const LEAST_ALONE: usize = 16;
    // Most values end with a word.
    let is_alone = word - at >= LEAST_ALONE && !probe.is(word, &BRACKET);
    if is_alone || !probe.is(word, &VALUE) || !is_set(probe, at) {
        return None;
    }
    let end = probe.run(at, &VALUE, LONGEST_BARE);
    let text = probe.slice(at..end);
    let is_over = probe.is(end, &LINE_END) || probe.ends(end);
    (is_over && text.len() >= LEAST && is_set_with_signs(text)).then_some(end)
}

/// Whether a name with which the line begins is given what stands at `at`, without a quote or bracket: `name: `, `name=`.
fn is_set(probe: &Probe<'_>, at: usize) -> bool {
    const NAME: ByteSet = ByteSet::WORD.with(b"-.");
    const INDENT: ByteSet = ByteSet::EMPTY.with(b" \t");
    const OPENS: ByteSet = ByteSet::EMPTY.with(b"$%{[(&*@!");
    const OPENED: ByteSet = ByteSet::EMPTY.with(b"\"'`>([|\\");
    const WIDEST: usize = 24;
    if probe.is(at, &OPENS) || probe.was(at, &OPENED) {
        return false;
    }
    let operator = probe.run_back(at, &INDENT, WIDEST);
    let is_given = probe.was(operator, &ByteSet::EMPTY.with(b":")) && operator < at
        || probe.was(operator, &ByteSet::EMPTY.with(b"=")) && operator == at;
    let name = probe.run_back(operator.saturating_sub(1), &NAME, MOST_NAME);
    let start = probe.run_back(name, &INDENT, WIDEST);
    let begins_line = || probe.before(start).is_none_or(|byte| LINE_END.has(byte));
    is_given && name + 1 < operator && begins_line()
}

/// Of both cases and with a digit or several signs, and neither words nor what code calls, indexes or matches with.
fn is_set_with_signs(text: &[u8]) -> bool {
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
