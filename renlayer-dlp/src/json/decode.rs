//! What a string with escapes says, decoded from mark to mark; and the ways between what is written and what it says.

use std::ops::Range;

use super::walk::Str;
use crate::coding::{Coding, json_escape};
use crate::engine::{Candidate, Rooms, Sweep};

/// Plain text is mostly shorter than this, and copied as a whole chunk.
const CHUNK: usize = 64;

/// What a string says, which stands in a buffer.
pub(super) struct Decoded {
    /// Where the string stands in its document.
    raw: Range<usize>,
    /// Where what it says begins in the buffer.
    base: usize,
    escapes: Vec<Escape>,
}

/// An escape, by where it begins and ends in the document, and where what it says ends in the buffer.
struct Escape {
    begin: usize,
    end: usize,
    said: usize,
}

impl Decoded {
    /// Appends to `out` what a string of `bytes` says.
    pub(super) fn write(bytes: &[u8], sweep: &Sweep<'_>, string: &Str, out: &mut Vec<u8>) -> Self {
        let Range { start: mut at, end } = string.range;
        let bytes = bytes.get(..end).unwrap_or_default();
        let base = out.len();
        let mut escapes = Vec::with_capacity(sweep.escapes().len());
        // What it says is no longer than what is written, a last chunk aside.
        out.resize(base + (end - at) + CHUNK, 0);
        let mut writer = Writer { out, end: base };
        for begin in sweep.escapes().iter().copied() {
            // The second of a pair of surrogates is no escape of its own.
            if begin < at {
                continue;
            }
            writer.copy(bytes.get(at..).unwrap_or_default(), begin - at);
            at = begin + writer.decode(bytes.get(begin..).unwrap_or_default());
            escapes.push(Escape { begin, end: at, said: writer.end });
        }
        writer.copy(bytes.get(at..).unwrap_or_default(), end.saturating_sub(at));
        let end = writer.end;
        out.truncate(end);
        Self { raw: string.range.clone(), base, escapes }
    }

    /// Adds those of the candidates that `wanted` is for where they stand in the buffer. Those inside of escapes are none.
    pub(super) fn add_moved(
        &self,
        candidates: &[Candidate],
        wanted: impl Fn(&Candidate) -> bool,
        moved: &mut Vec<Candidate>,
    ) {
        let mut ahead = self.escapes.as_slice();
        let (mut raw, mut said) = (self.raw.start, self.base);
        for candidate in candidates.iter().filter(|candidate| wanted(candidate)) {
            while let Some((escape, rest)) = ahead.split_first().filter(|(e, _)| e.end <= candidate.at) {
                (raw, said, ahead) = (escape.end, escape.said, rest);
            }
            if ahead.first().is_none_or(|escape| candidate.at < escape.begin) {
                moved.push(candidate.moved_to(said + candidate.at - raw));
            }
        }
    }

    /// The pass over what the string says, where that is a document: its quotes and backslashes are written as escapes, and its
    /// candidates are those of the string. It is spelled twice, so that what they need may be farther away.
    pub(super) fn sweep<'s, 't: 's>(
        &self,
        bytes: &[u8],
        sweep: &Sweep<'t>,
        said: &'s [u8],
        rooms: &mut Rooms,
    ) -> Sweep<'s> {
        let is_mark = |escape: &&Escape| matches!(bytes.get(escape.begin + 1), Some(b'"' | b'\\'));
        let marks = self.escapes.iter().filter(is_mark).map(|escape| escape.said - 1 - self.base);
        let add_moved = |candidates: &[Candidate], moved: &mut Vec<Candidate>| {
            self.add_moved(candidates, |_| true, moved);
            moved
                .iter_mut()
                .for_each(|candidate| *candidate = candidate.moved_to(candidate.at - self.base).due());
        };
        sweep.known(said, marks, add_moved, rooms)
    }

    /// Where in the buffer the escapes stand that may be part of an anchor or hide one.
    pub(super) fn telling(&self, bytes: &[u8], sweep: &Sweep<'_>) -> Vec<Range<usize>> {
        let (mut raw, mut said) = (self.raw.start, self.base);
        let mut telling = Vec::new();
        for escape in &self.escapes {
            let is_silent = bytes.get(escape.begin + 1).is_some_and(|letter| sweep.is_silent(*letter));
            if !is_silent {
                telling.push(said + escape.begin - raw..escape.said);
            }
            (raw, said) = (escape.end, escape.said);
        }
        telling
    }

    /// What is written for a range of the buffer, whole escapes.
    pub(super) fn raw(&self, range: Range<usize>) -> Range<usize> {
        let start = match self.written(range.start) {
            (at, Some(escape)) => at.min(escape.begin),
            (at, None) => at,
        };
        let end = match self.written(range.end.saturating_sub(1).max(range.start)) {
            (at, Some(escape)) if at >= escape.begin => escape.end,
            (at, _) => at + 1,
        };
        start..end.min(self.raw.end)
    }

    /// Where a byte of the buffer is written, if not in the escape that comes next.
    fn written(&self, at: usize) -> (usize, Option<&Escape>) {
        let next = self.escapes.partition_point(|escape| escape.said <= at);
        let before = next.checked_sub(1).and_then(|before| self.escapes.get(before));
        let (raw, said) = before.map_or((self.raw.start, self.base), |escape| (escape.end, escape.said));
        (raw + at - said, self.escapes.get(next))
    }
}

/* ===== writing ===== */

/// Writes over what a buffer holds from `end` on, which is at least as long as what is written and a chunk more.
struct Writer<'o> {
    out: &'o mut [u8],
    end: usize,
}

impl Writer<'_> {
    /// Copies the first `length` of `bytes`: mostly a few dozen, for which whole chunks are quicker than to be exact.
    #[inline]
    fn copy(&mut self, bytes: &[u8], length: usize) {
        let room = self.out.get_mut(self.end..).unwrap_or_default();
        self.end += length;
        if let (Some(slots), Some(chunk)) = (room.first_chunk_mut(), bytes.first_chunk::<CHUNK>())
            && length <= CHUNK
        {
            *slots = *chunk;
        } else if let (Some(slots), Some(bytes)) = (room.get_mut(..length), bytes.get(..length)) {
            slots.copy_from_slice(bytes);
        }
    }

    /// Writes what the escape says that `bytes` begin with, and says how long it is.
    #[inline]
    fn decode(&mut self, bytes: &[u8]) -> usize {
        match (bytes.get(1).and_then(|letter| json_escape(*letter)), self.out.get_mut(self.end)) {
            (Some(plain), Some(slot)) => {
                *slot = plain;
                self.end += 1;
                2
            }
            _ => self.decode_any(bytes),
        }
    }

    #[inline(never)]
    fn decode_any(&mut self, bytes: &[u8]) -> usize {
        let unit = Coding::Json.unit(bytes);
        self.copy(unit.says(), unit.says().len());
        unit.raw
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detector::Anchor;
    use crate::engine::Table;
    use crate::json::walk::{Escapes, Token, Walker};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// A pass over a document in a string would find nothing that is not known of it.
        #[test]
        fn a_document_in_a_string_needs_no_pass(text in "([a-c0-9 ]{0,5}|token|[\"\\\\\n\t,]){0,80}", other in "[0-9a\"]{0,9}") {
            let anchors = [Anchor::literal("abc"), Anchor::word("token"), Anchor::begin("cab"), Anchor::digits(3, 9)];
            let table = Table::new((0..).zip(anchors));
            let inner = serde_json::json!({ "token": text, "abc": [other, 1234] }).to_string();
            let document = serde_json::json!([inner]).to_string();
            let bytes = document.as_bytes();
            let mut walker = Walker::new(bytes, Sweep::new(bytes, std::iter::once(&table)));
            let Ok(Some(Token::Text(string))) = walker.next() else { panic!("{document}") };
            prop_assert_eq!(string.escapes, Escapes::Silent);
            walker.sweep().seek(&string.range);
            let mut said = Vec::new();
            let decoded = Decoded::write(bytes, walker.sweep(), &string, &mut said);
            prop_assert_eq!(std::str::from_utf8(&said).unwrap(), &inner);
            let mut known = decoded.sweep(bytes, walker.sweep(), &said, &mut Vec::new());
            let mut passed = Sweep::new(&said, std::iter::once(&table));
            for at in 0..said.len() {
                prop_assert_eq!(known.next_mark(at), passed.next_mark(at), "{} in {}", at, inner);
            }
            let places = |sweep: &mut Sweep<'_>| {
                sweep.seek(&(0..said.len()));
                sweep.candidates().concat().iter().map(|candidate| candidate.at).collect::<Vec<_>>()
            };
            let known = places(&mut known);
            prop_assert!(places(&mut passed).iter().all(|at| known.contains(at)), "{}", inner);
        }
    }

    /// What it says is what the slower decoder says, and each character of it leads back to where it is written.
    #[test]
    fn escapes_decode_and_map_back() {
        let table = Table::new([]);
        for raw in [
            "plain",
            r#"a\nb\u0041\/\""#,
            r"\ud83d\ude00!\t",
            r"\ud83dx\udead",
            r"\q\u12",
            &*[r"\\n".repeat(90), "long ".repeat(40), r"\n".into()].concat(),
        ] {
            let document = format!("[\"{raw}\"]");
            let bytes = document.as_bytes();
            let mut walker = Walker::new(bytes, Sweep::new(bytes, std::iter::once(&table)));
            let Ok(Some(Token::Text(string))) = walker.next() else { panic!("{raw}") };
            let mut out = b"before".to_vec();
            let decoded = Decoded::write(bytes, walker.sweep(), &string, &mut out);
            let mut expected = b"before".to_vec();
            Coding::Json.decode(raw.as_bytes(), &mut expected);
            assert_eq!(out, expected, "{raw}");
            let said = std::str::from_utf8(&out[6..]).unwrap();
            for (at, c) in said.char_indices() {
                let range = decoded.raw(6 + at..6 + at + c.len_utf8());
                let mut again = Vec::new();
                Coding::Json.decode(&bytes[range], &mut again);
                assert_eq!(String::from_utf8(again).unwrap(), c.to_string(), "{raw} at {at}");
            }
            assert_eq!(decoded.raw(6..out.len()), string.range, "{raw}");
        }
    }
}
