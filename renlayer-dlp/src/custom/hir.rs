//! A regular expression, parsed and made fit for an automaton that works on bytes.

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

use crate::byteset::ByteSet;

/// Parses an expression. Groups lose their captures and word boundaries are ASCII's.
///
/// # Errors
///
/// Why, and at which character, in words.
pub(super) fn parse(regex: &str) -> Result<Hir, String> {
    let parsed = regex_syntax::ParserBuilder::new().utf8(false).nest_limit(64).build().parse(regex);
    let hir = parsed.map_err(|error| match &error {
        regex_syntax::Error::Parse(e) => at_character(e.kind(), e.span().start.offset),
        regex_syntax::Error::Translate(e) => at_character(e.kind(), e.span().start.offset),
        _ => error.to_string(),
    })?;
    match hir.properties().minimum_len() {
        Some(1..) => Ok(simplify(&hir)),
        _ => Err("matches the empty string".to_owned()),
    }
}

fn at_character(what: impl std::fmt::Display, offset: usize) -> String {
    format!("{what} (at byte {offset})")
}

fn simplify(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Capture(capture) => simplify(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(simplify).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(simplify).collect()),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(simplify(&repetition.sub));
            Hir::repetition(Repetition { sub, ..repetition.clone() })
        }
        HirKind::Look(look) => Hir::look(ascii(*look)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => hir.clone(),
    }
}

fn ascii(look: Look) -> Look {
    match look {
        Look::WordUnicode => Look::WordAscii,
        Look::WordUnicodeNegate => Look::WordAsciiNegate,
        Look::WordStartUnicode => Look::WordStartAscii,
        Look::WordEndUnicode => Look::WordEndAscii,
        Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
        other => other,
    }
}

/// Every byte that can occur in a match.
pub(super) fn bytes_of(hir: &Hir) -> ByteSet {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => ByteSet::EMPTY,
        HirKind::Literal(literal) => ByteSet::EMPTY.with(&literal.0),
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().fold(ByteSet::EMPTY, |set, range| set.range(range.start(), range.end()))
        }
        HirKind::Class(Class::Unicode(class)) => class.ranges().iter().fold(ByteSet::EMPTY, |set, range| {
            match (u8::try_from(range.start()), u8::try_from(range.end())) {
                (Ok(start @ 0..0x80), Ok(end @ 0..0x80)) => set.range(start, end),
                (Ok(start @ 0..0x80), _) => set.range(start, 0xff),
                _ => set.range(0x80, 0xff),
            }
        }),
        HirKind::Repetition(repetition) => bytes_of(&repetition.sub),
        HirKind::Capture(capture) => bytes_of(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(bytes_of).fold(ByteSet::EMPTY, ByteSet::or)
        }
    }
}
