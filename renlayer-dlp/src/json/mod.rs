//! JSON: the decoded strings are scanned, keys too, and JSON inside strings; findings go back to the raw bytes.
//!
//! One pass over the document as it is written finds its quotes and all candidates. A string without escapes is scanned where
//! it stands. One with escapes is decoded, after up to 64 raw bytes of context, only where there is a candidate in it or where
//! its escapes could hide one; the way back is walked only for findings. Numbers are scanned as they are written, and redacted whole, as a
//! string, so that the document stays JSON.

mod pointer;
mod seams;
pub(crate) mod walk;

use std::ops::Range;

use crate::OpaqueReason;
use crate::coding::Coding;
use crate::engine::{Candidate, Text};
use crate::finding::MarkerStyle;
use crate::scan::Scan;
use crate::words::REACH;
use seams::Seams;
use smallvec::SmallVec;
use walk::{Escapes, Halt, Str, Token, Walker};

/// JSON in a string in JSON in a string …: tool-call arguments take one level, a wrapped protocol message two.
const MOST_LEVELS: u8 = 4;
/// Escapes that stand this far apart are looked around one by one.
const SPARSE: usize = 32;
/// Numbers shorter than this identify nothing.
const SHORTEST_NUMBER: usize = 6;

/// Scans one document. What does not parse is scanned as text, besides what could be read of it as JSON.
pub(crate) fn scan(scan: &mut Scan<'_>, bytes: &[u8]) {
    let mark = scan.mark();
    let halt = document(scan, bytes, 0);
    let Err(halt) = halt else { return };
    if let Halt::Depth(at) = halt {
        scan.opaque(at..bytes.len(), OpaqueReason::Depth);
    }
    scan.text(Text { bytes, start: 0, complete: true });
    scan.settle_since(mark);
}

/// Scans one document that stands in `level` strings.
fn document(scan: &mut Scan<'_>, bytes: &[u8], level: u8) -> Result<(), Halt> {
    let mark = scan.mark();
    let mut walker = Walker::new(bytes, scan.sweep(bytes));
    let mut seams = Seams::new(bytes, level);
    let read = tokens(scan, &mut walker, bytes, level, &mut seams);
    seams.close(scan);
    if seams.have_told() {
        scan.settle_since(mark);
    }
    read
}

fn tokens(
    scan: &mut Scan<'_>,
    walker: &mut Walker<'_>,
    bytes: &[u8],
    level: u8,
    seams: &mut Seams<'_>,
) -> Result<(), Halt> {
    let mut name = 0..0;
    while let Some(token) = walker.next()? {
        let mark = scan.mark();
        let mut part = None;
        match token {
            Token::Key(key) => {
                string(scan, walker, bytes, &key, level, Role::Name);
                name = key.range;
            }
            Token::Text(text) => {
                string(scan, walker, bytes, &text, level, Role::Value(&name));
                part = Some(text);
            }
            Token::Number(number) if number.len() >= SHORTEST_NUMBER => {
                self::number(scan, bytes, number, &name, level)
            }
            Token::Number(_) => {}
        }
        if !scan.since(mark).is_empty() {
            let place = pointer::write(bytes, walker.frames());
            scan.since(mark).iter_mut().for_each(|finding| pointer::prefix(&mut finding.pointer, &place));
        }
        if let Some(text) = part {
            seams.meet(scan, walker.frames(), text, mark);
        }
    }
    Ok(())
}

/// What a string is to its document.
#[derive(Clone, Copy)]
enum Role<'n> {
    Name,
    /// With the place of the name before it.
    Value(&'n Range<usize>),
}

fn string(
    scan: &mut Scan<'_>,
    walker: &mut Walker<'_>,
    bytes: &[u8],
    string: &Str,
    level: u8,
    role: Role<'_>,
) {
    let Range { start, end } = string.range;
    let raw = bytes.get(start..end).unwrap_or_default();
    if matches!(role, Role::Name) {
        scan.forget_name();
    }
    if string.escapes != Escapes::None {
        return escaped(scan, walker, bytes, string, level, role);
    }
    let mark = scan.mark();
    if matches!(role, Role::Value(_)) && nested(scan, raw, level) {
        return scan.shift_since(mark, start);
    }
    let text = Text { bytes: bytes.get(..end).unwrap_or_default(), start, complete: true };
    let candidates = walker.candidates(string);
    match role {
        Role::Value(name) => scan.candidates(text, Some(name_in(bytes, name)), &candidates),
        Role::Name => {
            scan.in_name(true);
            scan.candidates(text, None, &candidates);
            scan.in_name(false);
        }
    }
    scan.style_since(mark, |style| style.strings = level + 1);
}

fn name_in<'b>(bytes: &'b [u8], name: &Range<usize>) -> &'b [u8] {
    bytes.get(name.clone()).unwrap_or_default()
}

/// A string with escapes.
fn escaped(
    scan: &mut Scan<'_>,
    walker: &mut Walker<'_>,
    bytes: &[u8],
    string: &Str,
    level: u8,
    role: Role<'_>,
) {
    let Range { start, end } = string.range;
    let raw = bytes.get(start..end).unwrap_or_default();
    let is_value = matches!(role, Role::Value(_));
    let telling = match string.escapes {
        Escapes::Telling => telling(walker, raw, start.min(REACH)),
        Escapes::Silent | Escapes::None => Vec::new(),
    };
    let candidates = walker.candidates(string);
    let is_due = |candidate: &Candidate| !(is_value && candidate.is_moot);
    let is_bare = string.escapes == Escapes::Silent && !candidates.iter().any(|lane| lane.iter().any(is_due));
    // What is written holds all that another reading of what it says could be asked for.
    let is_plain = || !scan.watch.signals(Text { bytes: raw, start: 0, complete: true }).any();
    if is_bare && !scan.is_asked() && !(is_value && could_be_written_document(raw)) && is_plain() {
        return;
    }
    let mut buffer = scan.take_buffer();
    let before = bytes.get(start.saturating_sub(REACH)..start).unwrap_or_default();
    buffer.extend_from_slice(before);
    let mut decoded = decode(raw, start, &candidates, &mut buffer);
    let text = Text { bytes: &buffer, start: before.len(), complete: true };
    let mark = scan.mark();
    if is_value && nested(scan, buffer.get(before.len()..).unwrap_or_default(), level) {
        scan.map_since(mark, (Coding::Json, raw), 0, start);
    } else {
        match role {
            // Looking around each escape would cost more than looking at all.
            Role::Value(name) if telling.len() > raw.len() / SPARSE => {
                scan.value(text, name_in(bytes, name));
            }
            Role::Value(name) => {
                scan.add_hidden(text, &telling, &mut decoded);
                let lanes: SmallVec<[&[Candidate]; 2]> = decoded.iter().map(Vec::as_slice).collect();
                scan.candidates(text, Some(name_in(bytes, name)), &lanes);
            }
            Role::Name => scan.name(text),
        }
        scan.style_since(mark, |style| style.strings = level + 1);
        scan.map_since(mark, (Coding::Json, raw), before.len(), start);
    }
    scan.give_back(buffer);
}

/// Where in the decoded text, which begins at `base`, the escapes stand that may be part of an anchor or hide one.
fn telling(walker: &Walker<'_>, raw: &[u8], base: usize) -> Vec<Range<usize>> {
    let mut escapes = Vec::new();
    let (mut rest, mut at) = (raw, base);
    while let Some(plain) = Coding::Json.next_escape(rest) {
        let escape = rest.get(plain..).unwrap_or_default();
        let (length, raw) = Coding::Json.lengths(escape);
        at += plain;
        if !walker.is_silent(escape) {
            escapes.push(at..at + length);
        }
        at += length;
        rest = escape.get(raw..).unwrap_or_default();
    }
    escapes
}

/// Appends what `raw`, at `base`, says, and says where in it the candidates are. Those inside of escapes are none.
fn decode(
    raw: &[u8],
    base: usize,
    candidates: &[&[Candidate]],
    out: &mut Vec<u8>,
) -> SmallVec<[Vec<Candidate>; 2]> {
    let mut rest: SmallVec<[&[Candidate]; 2]> = candidates.iter().copied().collect();
    let mut moved: SmallVec<[Vec<Candidate>; 2]> =
        candidates.iter().map(|lane| Vec::with_capacity(lane.len())).collect();
    let mut at = 0;
    while let Some(ahead) = raw.get(at..).filter(|ahead| !ahead.is_empty()) {
        let plain = Coding::Json.next_escape(ahead).unwrap_or(ahead.len());
        for (lane, moved) in rest.iter_mut().zip(&mut moved) {
            while let Some((candidate, later)) = lane.split_first().filter(|(c, _)| c.at < base + at + plain)
            {
                let place = candidate.at.checked_sub(base + at);
                moved.extend(place.map(|place| candidate.moved_to(out.len() + place)));
                *lane = later;
            }
        }
        let (plain, escape) = ahead.split_at_checked(plain).unwrap_or((ahead, &[]));
        out.extend_from_slice(plain);
        at += plain.len() + if escape.is_empty() { 0 } else { Coding::Json.decode_one(escape, out) };
    }
    moved
}

/// Scans the text of a string as a document of its own, where it is one.
fn nested(scan: &mut Scan<'_>, text: &[u8], level: u8) -> bool {
    if !could_be_document(text) {
        return false;
    }
    let mark = scan.mark();
    if level + 1 >= MOST_LEVELS {
        if Coding::Json.next_escape(text).is_some() {
            scan.opaque(0..text.len(), OpaqueReason::Depth);
        }
        return false;
    }
    let read = document(scan, text, level + 1).is_ok();
    if !read {
        scan.undo(mark);
    }
    read
}

/// A look at both ends.
fn could_be_document(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    matches!((text.first(), text.last()), (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')))
}

/// The same of a string with escapes, as it is written: space may be escaped.
fn could_be_written_document(raw: &[u8]) -> bool {
    let mut text = raw.trim_ascii();
    while let [b'\\', b'n' | b't' | b'r' | b'f', rest @ ..] = text {
        text = rest.trim_ascii_start();
    }
    while let [rest @ .., b'\\', b'n' | b't' | b'r' | b'f'] = text {
        text = rest.trim_ascii_end();
    }
    could_be_document(text)
}

fn number(scan: &mut Scan<'_>, bytes: &[u8], range: Range<usize>, name: &Range<usize>, level: u8) {
    let mark = scan.mark();
    let text = Text { bytes: bytes.get(..range.end).unwrap_or_default(), start: range.start, complete: true };
    scan.value(text, bytes.get(name.clone()).unwrap_or_default());
    scan.style_since(mark, |style| *style = MarkerStyle { quoted: Some(level), ..*style });
    scan.since(mark).iter_mut().for_each(|finding| (finding.start, finding.end) = (range.start, range.end));
}
