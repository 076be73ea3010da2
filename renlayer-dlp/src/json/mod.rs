//! JSON: the decoded strings are scanned, keys too, and JSON inside strings; findings go back to the raw bytes.
//!
//! One pass over the document as it is written finds its quotes and all candidates. A string without escapes is scanned where
//! it stands. One with escapes is decoded, after up to 64 raw bytes of context, only where there is a candidate in it or where
//! its escapes could hide one; a document in it needs no pass of its own. Numbers are scanned as they are written, and redacted whole, as a
//! string, so that the document stays JSON.

mod decode;
mod pair;
mod pointer;
mod seams;
pub(crate) mod walk;

use std::ops::Range;

use crate::OpaqueReason;
use crate::coding::Coding;
use crate::engine::{Candidate, Candidates, Room, Sweep, Text};
use crate::finding::MarkerStyle;
use crate::scan::Scan;
use crate::view::Signals;
use crate::words::REACH;
use decode::Decoded;
use pair::Pair;
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
    let sweep = scan.sweep(bytes);
    let halt = document(scan, bytes, sweep, 0);
    let Err(halt) = halt else { return };
    if let Halt::Depth(at) = halt {
        scan.opaque(at..bytes.len(), OpaqueReason::Depth);
    }
    scan.text(Text { bytes, start: 0, complete: true });
    scan.settle_since(mark);
}

/// Scans one document that stands in `level` strings.
fn document<'b>(scan: &mut Scan<'_>, bytes: &'b [u8], sweep: Sweep<'b>, level: u8) -> Result<(), Halt> {
    let mark = scan.mark();
    let outer = scan.watch.enter(bytes);
    let mut walker = Walker::new(bytes, sweep);
    let mut seams = Seams::new(bytes, level);
    let read = tokens(scan, &mut walker, bytes, level, &mut seams);
    seams.close(scan);
    scan.end(walker.into_sweep());
    scan.watch.leave(outer);
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
    let (mut name, mut pair) = (0..0, Pair::default());
    while let Some(token) = walker.next()? {
        let mark = scan.mark();
        let mut part = None;
        match token {
            Token::Key(key) => {
                string(scan, walker, bytes, &key, level, Role::Name);
                name = match pair.name_of(bytes, walker.frames(), &key) {
                    Some(said) => said_name(scan, bytes, said),
                    None => key.range,
                };
            }
            Token::Text(text) => {
                string(scan, walker, bytes, &text, level, Role::Value(&name));
                pair.meet(walker.frames(), &text);
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

/// Asks the detectors about the name that another member said; as a value of its own it was scanned.
fn said_name(scan: &mut Scan<'_>, bytes: &[u8], name: Range<usize>) -> Range<usize> {
    let mark = scan.mark();
    let text = bytes.get(..name.end).unwrap_or_default();
    scan.name(Text { bytes: text, start: name.start, complete: true });
    scan.undo(mark);
    name
}

/// What a string is to its document.
#[derive(Clone, Copy)]
enum Role<'n> {
    Name,
    /// With the place of the name before it.
    Value(&'n Range<usize>),
}

/// Scans one string. Most have nothing in them, and are done with after a few looks.
#[inline]
fn string(
    scan: &mut Scan<'_>,
    walker: &mut Walker<'_>,
    bytes: &[u8],
    string: &Str,
    level: u8,
    role: Role<'_>,
) {
    if let Role::Name = role {
        scan.forget_name();
    }
    let has_candidates = walker.sweep().seek(&string.range);
    if string.escapes != Escapes::None {
        return escaped(scan, walker, bytes, string, level, role);
    }
    let raw = bytes.get(string.range.clone()).unwrap_or_default();
    let signals = scan.watch.signals(raw);
    let could_be_document = matches!(role, Role::Value(_)) && could_begin_document(raw);
    if has_candidates || signals.any() || could_be_document || scan.is_asked() {
        plain(scan, walker, bytes, string, signals, level, role);
    }
}

/// A string without escapes.
#[inline(never)]
fn plain(
    scan: &mut Scan<'_>,
    walker: &mut Walker<'_>,
    bytes: &[u8],
    string: &Str,
    signals: Signals,
    level: u8,
    role: Role<'_>,
) {
    let Range { start, end } = string.range;
    let mark = scan.mark();
    if matches!(role, Role::Value(_)) && nested(scan, bytes.get(start..end).unwrap_or_default(), None, level)
    {
        return scan.shift_since(mark, start);
    }
    let text = Text { bytes: bytes.get(..end).unwrap_or_default(), start, complete: true };
    judge(scan, text, name_of(bytes, role), &walker.sweep().candidates(), signals);
    scan.style_since(mark, |style| style.strings = level + 1);
}

/// Scans what a string says, whose candidates are known.
fn judge(
    scan: &mut Scan<'_>,
    text: Text<'_>,
    name: Option<&[u8]>,
    candidates: &[&[Candidate]],
    signals: Signals,
) {
    scan.in_name(name.is_none());
    scan.candidates(text, name, candidates, signals);
    scan.in_name(false);
}

/// The name before a value.
fn name_of<'b>(bytes: &'b [u8], role: Role<'_>) -> Option<&'b [u8]> {
    match role {
        Role::Name => None,
        Role::Value(name) => Some(bytes.get(name.clone()).unwrap_or_default()),
    }
}

/// A string with escapes.
#[inline(never)]
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
    let sweep = walker.sweep();
    let candidates = sweep.candidates();
    // What is written holds all that another reading of what it says could be asked for.
    let signals = (string.escapes == Escapes::Silent).then(|| scan.watch.signals(raw));
    let is_due = |candidate: &Candidate| !(is_value && candidate.is_moot);
    let is_bare = signals.is_some_and(|signals| !signals.any())
        && !candidates.iter().any(|lane| lane.iter().any(is_due));
    if is_bare && !scan.is_asked() && !(is_value && could_be_written_document(raw)) {
        return;
    }
    let before = bytes.get(start.saturating_sub(REACH)..start).unwrap_or_default();
    let mut buffer = scan.take_buffer();
    buffer.extend_from_slice(before);
    let decoded = Decoded::write(bytes, sweep, string, &mut buffer);
    let text = Text { bytes: &buffer, start: before.len(), complete: true };
    let said = buffer.get(before.len()..).unwrap_or_default();
    let mark = scan.mark();
    let is_nested = is_value && {
        let is_known = signals.is_some() && could_be_document(said);
        let inner = is_known.then(|| decoded.sweep(bytes, sweep, said, scan.rooms()));
        nested(scan, said, inner, level)
    };
    let base = if is_nested {
        before.len()
    } else {
        scan.move_opaque_since(mark, |range| range.start + before.len()..range.end + before.len());
        let escapes = if signals.is_none() { decoded.telling(bytes, sweep) } else { Vec::new() };
        match name_of(bytes, role) {
            // Looking around each escape would cost more than looking at all.
            Some(name) if escapes.len() > raw.len() / SPARSE => scan.value(text, name),
            None if signals.is_none() => scan.name(text),
            name => {
                let signals = signals.unwrap_or_else(|| scan.watch.signals(said));
                let mut rooms = SmallVec::<[Box<Room>; 2]>::new();
                for lane in &candidates {
                    let mut room = scan.take_room();
                    decoded.add_moved(lane, is_due, &mut room.found);
                    rooms.push(room);
                }
                scan.add_hidden(text, &escapes, &mut rooms);
                let lanes: Candidates<'_> = rooms.iter().map(|room| room.found.as_slice()).collect();
                judge(scan, text, name, &lanes, signals);
                drop(lanes);
                scan.rooms().extend(rooms);
            }
        }
        scan.style_since(mark, |style| style.strings = level + 1);
        0
    };
    scan.move_since(mark, |range| decoded.raw(base + range.start..base + range.end));
    scan.give_back(buffer);
}

/// Scans the text of a string as a document of its own, where it is one; `sweep` is over it, if that is known.
fn nested<'s: 'b, 'b>(scan: &mut Scan<'s>, text: &'b [u8], sweep: Option<Sweep<'b>>, level: u8) -> bool {
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
    let sweep = sweep.unwrap_or_else(|| scan.sweep(text));
    let read = document(scan, text, sweep, level + 1).is_ok();
    if !read {
        scan.undo(mark);
    }
    read
}

/// A look at the first byte.
#[inline]
fn could_begin_document(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| matches!(byte, b'{' | b'[') || byte.is_ascii_whitespace())
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
