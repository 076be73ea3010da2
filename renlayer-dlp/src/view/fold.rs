//! The view without escapes, invisible characters, styled letters and look-alikes.
//!
//! It is made in windows around the places where it would differ in a way that matters: an accent in prose, an emoji or a
//! curly quote makes no view. A look-alike counts only in a word with ASCII letters or digits, and a finding that rests on
//! one has to be of a class whose values are written in ASCII (UTS 39 speaks of mixed scripts; a name or an address may
//! well be in Cyrillic).

use std::ops::Range;

use super::character::{self, Plain};
use super::escape;
use super::running::Style;
use super::{Signals, View, Watch};
use crate::engine::Text;
use crate::scan::Scan;

/// How much is seen before and after a place that matters.
const BEFORE: usize = 192;
const AFTER: usize = 512;
/// How far a window may grow so as to begin and end between words.
const WORD: usize = 4096;
/// How far a word is searched for ASCII beside a look-alike, in characters.
const NEAR: usize = 3;

/// Scans the windows of `text` that say something else when folded.
pub(super) fn look(scan: &mut Scan<'_>, text: Text<'_>, name: Option<&[u8]>) {
    let mut from = text.start;
    while let Some(window) = next_window(&scan.watch, text, from) {
        from = window.end;
        view(scan, text, window.clone(), name, Style::Folded);
        if has_tags(text.bytes.get(window.clone()).unwrap_or_default()) {
            view(scan, text, window, name, Style::Tags);
        }
    }
}

fn view(scan: &mut Scan<'_>, text: Text<'_>, window: Range<usize>, name: Option<&[u8]>, style: Style) {
    let before = text.bytes.get(..window.start).unwrap_or_default();
    let mut view = View::new(scan.take_buffer(), before);
    let look_alikes = fold(&mut view, text.bytes, window.clone(), style);
    let mark = scan.mark();
    scan.pass(view.text(), name.filter(|_| window.start == text.start));
    super::spread::look(scan, view.text());
    super::packed::look(scan, view.text());
    scan.retain_since(mark, |finding| {
        let rests_on_one = look_alikes.iter().any(|at| (finding.start..finding.end).contains(at));
        !(rests_on_one && finding.class.starts_with("pii."))
    });
    scan.move_since(mark, |range| view.raw(range));
    scan.give_back(view.into_buffer());
}

/// Fills the view, and says where in it look-alikes stand.
fn fold(view: &mut View, bytes: &[u8], window: Range<usize>, style: Style) -> Vec<usize> {
    let mut look_alikes = Vec::new();
    let mut at = window.start;
    while at < window.end {
        let rest = bytes.get(at..window.end).unwrap_or_default();
        let plain = rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len());
        view.copy(rest.get(..plain).unwrap_or_default(), at);
        at += plain;
        let rest = rest.get(plain..).unwrap_or_default();
        let Some((character, length)) = unit(rest) else {
            view.copy(rest.get(..1).unwrap_or_default(), at);
            at += 1;
            continue;
        };
        let raw = at..at + length;
        at = raw.end;
        match (character::plain(character), style) {
            (_, Style::Tags) if character::tagged(character).is_some() => {
                view.replace(raw, &[character::tagged(character).unwrap_or_default()]);
            }
            (Plain::Nothing, _) => {}
            (Plain::Is(byte), _) => view.replace(raw, &[byte]),
            (Plain::LooksLike(byte), _) if in_ascii_word(view.last(), bytes, raw.end) => {
                look_alikes.push(view.end());
                view.replace(raw, &[byte]);
            }
            (Plain::LooksLike(_) | Plain::Itself, _) => {
                view.replace(raw, character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    look_alikes
}

/// Where the first special byte stands: most are far apart, so it goes by chunks.
fn first_special(bytes: &[u8]) -> Option<usize> {
    const CHUNK: usize = 32;
    let holds = |chunk: &[u8]| chunk.iter().fold(false, |any, byte| any | is_special(*byte));
    let plain = bytes.chunks_exact(CHUNK).take_while(|chunk| !holds(chunk)).count() * CHUNK;
    let there = bytes.get(plain..)?.iter().position(|byte| is_special(*byte))?;
    Some(plain + there)
}

fn is_special(byte: u8) -> bool {
    byte >= 0x80 || byte == b'%' || byte == b'&'
}

/// The character at the begin of `raw`, escaped or not ASCII, and how many bytes it takes.
fn unit(raw: &[u8]) -> Option<(char, usize)> {
    let escape = match raw.first()? {
        b'%' => escape::percent(raw)?,
        b'&' => escape::reference(raw)?,
        _ => return character(raw),
    };
    Some((escape.character, escape.length))
}

fn character(raw: &[u8]) -> Option<(char, usize)> {
    // Of most alphabets.
    if let [lead @ 0xc2..=0xdf, trail @ 0x80..=0xbf, ..] = *raw {
        let point = u32::from(lead & 0x1f) << 6 | u32::from(trail & 0x3f);
        return char::from_u32(point).map(|c| (c, 2));
    }
    let head = raw.get(..raw.len().min(4))?;
    let text = head.utf8_chunks().next()?.valid();
    text.chars().next().map(|c| (c, c.len_utf8()))
}

/// Whether a look-alike stands in a word that has ASCII letters or digits next to it, look-alikes aside.
fn in_ascii_word(last: Option<u8>, bytes: &[u8], after: usize) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if last.is_some_and(is_word) {
        return true;
    }
    let mut at = after;
    for _ in 0..NEAR {
        let rest = bytes.get(at..).unwrap_or_default();
        match rest.first() {
            Some(byte) if byte.is_ascii() => return is_word(*byte),
            Some(_) => match character(rest) {
                Some((c, length)) if character::plain(c) != Plain::Itself => at += length,
                _ => return false,
            },
            None => return false,
        }
    }
    false
}

/// Whether there may be tag characters.
fn has_tags(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\xf3\xa0").is_some()
}

/* ===== windows ===== */

/// The next stretch, from `from` on, in which folding matters.
fn next_window(watch: &Watch, text: Text<'_>, from: usize) -> Option<Range<usize>> {
    let first = next_place(watch, text, from)?;
    let start = word_begin(text, first.saturating_sub(BEFORE).max(from), from);
    let mut last = first;
    loop {
        let near = (last + AFTER).min(text.bytes.len());
        let next = next_place(watch, text, last + 1);
        let end = if next.is_some_and(|next| next < near) { near } else { word_end(text.bytes, near) };
        match next.filter(|next| *next < end) {
            Some(next) => last = next,
            None => return Some(start..end),
        }
    }
}

/// The next place, from `from` on, where folding matters.
fn next_place(watch: &Watch, text: Text<'_>, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let shown = watch.next_showing(text.bytes, at, Signals::folds)?;
        at = shown.start;
        while let Some(special) = text.bytes.get(at..shown.end).and_then(first_special) {
            at += special;
            if matters(text, at) {
                return Some(at);
            }
            let rest = text.bytes.get(at..).unwrap_or_default();
            let is_ascii = rest.first().is_some_and(u8::is_ascii);
            at += if is_ascii { 1 } else { character(rest).map_or(1, |(_, length)| length) };
        }
        at = at.max(shown.end);
    }
}

fn matters(text: Text<'_>, at: usize) -> bool {
    let rest = text.bytes.get(at..).unwrap_or_default();
    let Some((c, length)) = unit(rest) else { return false };
    if rest.first().is_some_and(u8::is_ascii) {
        return true;
    }
    let before = at.checked_sub(1).filter(|i| *i >= text.start).and_then(|i| text.bytes.get(i)).copied();
    let after = rest.get(length).copied();
    let beside = |is: fn(&u8) -> bool| before.as_ref().is_some_and(is) || after.as_ref().is_some_and(is);
    match character::plain(c) {
        Plain::Itself => false,
        Plain::Nothing => character::tagged(c).is_some() || beside(u8::is_ascii_graphic),
        Plain::Is(byte) if byte.is_ascii_alphanumeric() || byte == b'@' => true,
        Plain::Is(b' ' | b'-') => beside(u8::is_ascii_digit),
        Plain::Is(_) => beside(u8::is_ascii_graphic),
        Plain::LooksLike(_) => in_ascii_word(before, text.bytes, at + length),
    }
}

/// Goes back to where a word begins.
fn word_begin(text: Text<'_>, at: usize, least: usize) -> usize {
    let before = text.bytes.get(least.max(at.saturating_sub(WORD))..at).unwrap_or_default();
    at - before.iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count()
}

/// Goes on to where a word ends.
fn word_end(bytes: &[u8], at: usize) -> usize {
    let after = bytes.get(at..).unwrap_or_default();
    at + after.iter().take(WORD).take_while(|byte| !byte.is_ascii_whitespace()).count()
}
