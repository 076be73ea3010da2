//! JSON: the decoded strings are scanned, keys too, and JSON inside strings; findings go back to the raw bytes.
//!
//! A string without escapes is scanned where it stands. One with escapes is decoded into a buffer, after up to 64 raw bytes
//! of context; the way back is walked only for findings. Numbers are scanned as they are written, and redacted whole, as a
//! string, so that the document stays JSON.

mod pointer;
pub(crate) mod walk;

use std::ops::Range;

use crate::OpaqueReason;
use crate::coding::Coding;
use crate::engine::Text;
use crate::finding::MarkerStyle;
use crate::scan::Scan;
use walk::{Halt, Str, Token, Walker};

/// JSON in a string in JSON in a string …: tool-call arguments take one level, a wrapped protocol message two.
const MOST_LEVELS: u8 = 4;
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
    let mut walker = Walker::new(bytes, scan.take_buffer());
    let end = tokens(scan, &mut walker, bytes, level);
    scan.give_back(walker.into_buffer());
    end
}

fn tokens(scan: &mut Scan<'_>, walker: &mut Walker<'_>, bytes: &[u8], level: u8) -> Result<(), Halt> {
    let mut name = 0..0;
    while let Some(token) = walker.next()? {
        let mark = scan.mark();
        match token {
            Token::Key(key) => {
                string(scan, walker, bytes, &key, level, Role::Name);
                name = key.range;
            }
            Token::Text(text) => string(scan, walker, bytes, &text, level, Role::Value(&name)),
            Token::Number(number) if number.len() >= SHORTEST_NUMBER => {
                self::number(scan, bytes, number, &name, level)
            }
            Token::Number(_) => {}
        }
        if !scan.since(mark).is_empty() {
            let place = pointer::write(bytes, walker.frames());
            scan.since(mark).iter_mut().for_each(|finding| pointer::prefix(&mut finding.pointer, &place));
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

fn string(scan: &mut Scan<'_>, walker: &Walker<'_>, bytes: &[u8], string: &Str, level: u8, role: Role<'_>) {
    let Range { start, end } = string.range;
    let raw = bytes.get(start..end).unwrap_or_default();
    let mark = scan.mark();
    if !string.escaped {
        if matches!(role, Role::Value(_)) && nested(scan, raw, level) {
            scan.shift_since(mark, start);
        } else {
            plain(
                scan,
                Text { bytes: bytes.get(..end).unwrap_or_default(), start, complete: true },
                bytes,
                level,
                role,
            );
        }
        return;
    }
    let (buffer, context) = walker.decoded();
    let decoded = buffer.get(context..).unwrap_or_default();
    if matches!(role, Role::Value(_)) && nested(scan, decoded, level) {
        scan.map_since(mark, (Coding::Json, raw), 0, start);
    } else {
        plain(scan, Text { bytes: buffer, start: context, complete: true }, bytes, level, role);
        scan.map_since(mark, (Coding::Json, raw), context, start);
    }
}

fn plain(scan: &mut Scan<'_>, text: Text<'_>, document: &[u8], level: u8, role: Role<'_>) {
    let mark = scan.mark();
    match role {
        Role::Name => scan.name(text),
        Role::Value(name) => scan.value(text, document.get(name.clone()).unwrap_or_default()),
    }
    scan.style_since(mark, |style| style.strings = level + 1);
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

fn number(scan: &mut Scan<'_>, bytes: &[u8], range: Range<usize>, name: &Range<usize>, level: u8) {
    let mark = scan.mark();
    let text = Text { bytes: bytes.get(..range.end).unwrap_or_default(), start: range.start, complete: true };
    scan.value(text, bytes.get(name.clone()).unwrap_or_default());
    scan.style_since(mark, |style| *style = MarkerStyle { quoted: Some(level), ..*style });
    scan.since(mark).iter_mut().for_each(|finding| (finding.start, finding.end) = (range.start, range.end));
}
