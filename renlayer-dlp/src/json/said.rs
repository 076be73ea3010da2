//! What a document says: its text with the escapes of its strings decoded, and the quotes that structure it.
//!
//! A document is decoded once, before anyone looks at it, and the documents in its strings with it. What is left to walk and to sift is
//! plain text. Without escapes that is what is written, and nothing is copied.

use std::borrow::Cow;
use std::ops::Range;

use super::walk::{Halt, Walker};
use super::way::{Escape, Way};
use super::{MOST_LEVELS, could_be_document};
use crate::coding::{Coding, json_escape};
use crate::engine::{BLOCK, Marks, marks};

/// Plain text is mostly shorter than this, and copied as a whole chunk.
const CHUNK: usize = 64;

pub(super) struct Said<'w> {
    bytes: Cow<'w, [u8]>,
    /// A bit for each quote with which a string begins or ends.
    quotes: Vec<u64>,
    /// The strings that hold documents with strings of their own, in order of their begin.
    documents: Vec<Range<usize>>,
    /// Those that hold documents which are nested too deep to be read.
    too_deep: Vec<Range<usize>>,
    way: Way,
}

impl<'w> Said<'w> {
    /// Of a document as it is written, which stands in `level` strings.
    pub(super) fn by(written: &'w [u8], level: u8) -> Self {
        let marks = marks(written);
        let escapes = marks.iter().map(|marks| marks.backslashes.count_ones() as usize).sum();
        if escapes > 0 {
            return Decoder::new(written, level, escapes).decode(&marks);
        }
        let quotes = marks.iter().map(|marks| marks.quotes).collect();
        Self {
            bytes: Cow::Borrowed(written),
            quotes,
            documents: Vec::new(),
            too_deep: Vec::new(),
            way: Way::default(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A bit for each quote with which a string begins or ends.
    pub(super) fn quotes(&self) -> &[u64] {
        &self.quotes
    }

    /// The strings that hold documents which are nested too deep to be read.
    pub(super) fn too_deep(&self) -> &[Range<usize>] {
        &self.too_deep
    }

    /// Whether it is written otherwise.
    pub(super) fn has_escapes(&self) -> bool {
        self.way.len() > 0
    }

    /// What is written for a range of it, whole escapes.
    pub(super) fn written(&self, range: Range<usize>) -> Range<usize> {
        self.way.back(range)
    }

    /// The first of the strings with documents that begins at `place` or later, by its number.
    pub(super) fn next_document(&self, place: usize) -> usize {
        self.documents.partition_point(|document| document.start < place)
    }

    /// Where the string ends that begins at `start`; `next` is the number of the next string with a document, and is moved on.
    #[inline]
    pub(super) fn end_of_string(&self, start: usize, next: &mut usize) -> Option<usize> {
        match self.documents.get(*next) {
            Some(document) if document.start == start => {
                *next = self.next_document(document.end);
                Some(document.end)
            }
            _ => self.next_quote(start),
        }
    }

    #[inline]
    fn next_quote(&self, from: usize) -> Option<usize> {
        let mut block = from / BLOCK;
        let mut quotes = self.quotes.get(block)? & u64::MAX << (from % BLOCK);
        while quotes == 0 {
            block += 1;
            quotes = *self.quotes.get(block)?;
        }
        Some(block * BLOCK + quotes.trailing_zeros() as usize)
    }
}

/* ===== decoding ===== */

struct Decoder<'w> {
    written: &'w [u8],
    level: u8,
    /// What is written before this has been copied, or decoded.
    read: usize,
    /// What it says, up to `end`; the rest is room.
    out: Vec<u8>,
    end: usize,
    said: Said<'w>,
    /// The string that is open: where it begins, and how many escapes there were before it.
    string: Option<(usize, usize)>,
}

impl<'w> Decoder<'w> {
    /// With room for so many escapes.
    fn new(written: &'w [u8], level: u8, escapes: usize) -> Self {
        // What is said is no longer than what is written, a last chunk aside.
        let length = written.len() + CHUNK;
        let said = Said {
            bytes: Cow::Borrowed(&[]),
            quotes: vec![0; written.len().div_ceil(BLOCK)],
            documents: Vec::new(),
            too_deep: Vec::new(),
            way: Way::with_room(escapes),
        };
        Self { written, level, read: 0, out: vec![0; length], end: 0, said, string: None }
    }

    fn decode(mut self, marks: &[Marks]) -> Said<'w> {
        for (marks, base) in marks.iter().zip((0..).step_by(BLOCK)) {
            let mut places = marks.quotes | marks.backslashes;
            while places != 0 {
                let place = places.trailing_zeros();
                places &= places - 1;
                let at = base + place as usize;
                match marks.quotes >> place & 1 == 1 {
                    // A part of an escape.
                    _ if at < self.read => {}
                    true => self.quote(at),
                    false if self.string.is_some() => self.escape(at),
                    false => {}
                }
            }
        }
        self.copy_to(self.written.len());
        self.out.truncate(self.end);
        Said { bytes: Cow::Owned(self.out), ..self.said }
    }

    /// Opens a string, or closes it.
    #[inline]
    fn quote(&mut self, at: usize) {
        match self.string {
            Some((begin, escapes)) => {
                self.string = None;
                if self.said.way.len() > escapes {
                    self.close(begin, escapes, at);
                }
            }
            None => self.string = Some((self.end + at + 1 - self.read, self.said.way.len())),
        }
        set(&mut self.said.quotes, self.end + at - self.read);
    }

    /// Ends a string with escapes, which may hold a document.
    fn close(&mut self, begin: usize, escapes: usize, at: usize) {
        let is_level = self.level + 1 < MOST_LEVELS;
        let is_name = || self.written.get(at + 1..).unwrap_or_default().trim_ascii_start().starts_with(b":");
        if is_level
            && self.out.get(begin).is_some_and(|first| super::may_begin_document(*first))
            && !is_name()
        {
            self.copy_to(at);
            self.document(begin, escapes);
        }
    }

    /// Decodes the string that begins at `begin` once more, if it holds a document with strings.
    fn document(&mut self, begin: usize, escapes: usize) {
        let text = self.out.get(begin..self.end).unwrap_or_default();
        if !could_be_document(text) || !text.contains(&b'"') {
            return;
        }
        let inner = Said::by(text, self.level + 1);
        match Walker::new(&inner, 0..inner.bytes.len()).go_to_the_end() {
            Ok(()) => {}
            Err(Halt::Depth(_)) => return self.said.too_deep.push(begin..self.end),
            Err(Halt::Malformed) => return,
        }
        let Said { bytes, quotes, documents, too_deep, way } = inner;
        // Without escapes of its own it stands there already.
        let bytes = if let Cow::Owned(bytes) = bytes { Some(bytes) } else { None };
        let length = bytes.as_ref().map_or(self.end - begin, Vec::len);
        places(&quotes).for_each(|place| set(&mut self.said.quotes, begin + place));
        self.said.documents.push(begin..begin + length);
        let outside = |inside: Range<usize>| begin + inside.start..begin + inside.end;
        self.said.documents.extend(documents.into_iter().map(outside));
        self.said.too_deep.extend(too_deep.into_iter().map(outside));
        if let Some(bytes) = bytes {
            if let Some(slots) = self.out.get_mut(begin..begin + length) {
                slots.copy_from_slice(&bytes);
            }
            self.said.way.go_on((escapes, begin), &way);
            self.end = begin + length;
        }
    }

    /// Decodes the escape at `at`.
    #[inline]
    fn escape(&mut self, at: usize) {
        self.copy_to(at);
        let bytes = self.written.get(at..).unwrap_or_default();
        let plain = bytes.get(1).and_then(|letter| json_escape(*letter));
        self.read += match (plain, self.out.get_mut(self.end)) {
            (Some(plain), Some(slot)) => {
                *slot = plain;
                self.end += 1;
                2
            }
            _ => self.escape_of_any_kind(bytes),
        };
        self.said.way.push(Escape { begin: at, end: self.read, said: self.end });
    }

    #[inline(never)]
    fn escape_of_any_kind(&mut self, bytes: &[u8]) -> usize {
        let unit = Coding::Json.unit(bytes);
        self.copy(unit.says(), unit.says().len());
        unit.raw
    }

    #[inline]
    fn copy_to(&mut self, at: usize) {
        self.copy(self.written.get(self.read..).unwrap_or_default(), at - self.read);
        self.read = at;
    }

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
}

/// The places whose bits are set.
fn places(bits: &[u64]) -> impl Iterator<Item = usize> {
    bits.iter().zip((0..).step_by(BLOCK)).flat_map(|(bits, base)| {
        let mut left = *bits;
        std::iter::from_fn(move || {
            let place = (left != 0).then(|| base + left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            place
        })
    })
}

/// Sets the bit of a place.
#[inline]
fn set(bits: &mut [u64], place: usize) {
    if let Some(word) = bits.get_mut(place / BLOCK) {
        *word |= 1 << (place % BLOCK);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::walk::Token;
    use super::*;

    /// What a string says, in how many strings it stands, and where.
    type Strings = Vec<(String, u8, Range<usize>)>;

    /// The strings of the document at `range`, in order.
    fn strings(said: &Said<'_>, range: Range<usize>, level: u8) -> Option<Strings> {
        let mut walker = Walker::new(said, range);
        let mut all = Vec::new();
        while let Some(token) = walker.next().ok()? {
            let (range, is_value) = match token {
                Token::Key(range) => (range, false),
                Token::Text(range) => (range, true),
                Token::Number(_) => continue,
            };
            let text = &said.bytes()[range.clone()];
            let is_inside = is_value && level + 1 < MOST_LEVELS && could_be_document(text);
            match is_inside.then(|| strings(said, range.clone(), level + 1)).flatten() {
                Some(inside) => all.extend(inside),
                None => all.push((String::from_utf8(text.to_vec()).unwrap(), level, range)),
            }
        }
        Some(all)
    }

    /// The same as another reader has them, without their places.
    fn expected(value: &Value, level: u8, all: &mut Vec<(String, u8)>) {
        match value {
            Value::String(text) => match serde_json::from_str(text) {
                Ok(inside @ (Value::Object(_) | Value::Array(_))) if level + 1 < MOST_LEVELS => {
                    expected(&inside, level + 1, all)
                }
                _ => all.push((text.clone(), level)),
            },
            Value::Array(values) => values.iter().for_each(|value| expected(value, level, all)),
            Value::Object(members) => members.iter().for_each(|(key, value)| {
                all.push((key.clone(), level));
                expected(value, level, all);
            }),
            _ => {}
        }
    }

    /// Documents, in strings of which there may be others.
    fn document() -> impl Strategy<Value = Value> {
        let text = || "[a-c \"\\\\/\n\té\u{1f600}]{0,6}|[a-z ]{60,70}";
        let leaf = prop_oneof![Just(json!(12)), text().prop_map(Value::from)];
        leaf.prop_recursive(6, 24, 3, move |inner| {
            let array = prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from);
            let object = prop::collection::hash_map(text(), inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect()));
            let either = prop_oneof![array, object];
            prop_oneof![2 => either.clone(), 3 => either.prop_map(|value| Value::from(value.to_string()))]
        })
    }

    /// Writes some characters of a document by their numbers.
    fn coded(document: &str, every: usize) -> String {
        let by_number =
            |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
        let is_coded = |(at, c): (usize, char)| !c.is_ascii() || (c == 'a' && at % every == 0);
        document
            .chars()
            .enumerate()
            .map(|(at, c)| if is_coded((at, c)) { by_number(c) } else { c.to_string() })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

        /// Strings say what they do to other readers, at whatever level, and each character leads back to how it is written.
        #[test]
        fn strings_say_what_they_do_and_lead_back(value in document(), every in 1..4usize, is_coded: bool) {
            let value = json!([value, "end"]);
            let document = if is_coded { coded(&value.to_string(), every) } else { value.to_string() };
            let said = Said::by(document.as_bytes(), 0);
            prop_assert_eq!(said.has_escapes(), document.contains('\\'));
            let all = strings(&said, 0..said.bytes().len(), 0).unwrap();
            let mut known = Vec::new();
            expected(&value, 0, &mut known);
            let told: Vec<_> = all.iter().map(|(text, level, _)| (text.clone(), *level)).collect();
            prop_assert_eq!(told, known, "{}", document);
            for (text, level, range) in all {
                for (at, c) in text.char_indices() {
                    let begin = range.start + at;
                    let mut written = document.as_bytes()[said.written(begin..begin + c.len_utf8())].to_vec();
                    for _ in 0..=level {
                        let mut once = Vec::new();
                        Coding::Json.decode(&written, &mut once);
                        written = once;
                    }
                    prop_assert_eq!(String::from_utf8(written).unwrap(), c.to_string(), "{} of {}", at, document);
                }
            }
        }

        /// Whatever it is, it is read without harm, and the way back stays inside.
        #[test]
        fn anything_is_read(bytes in "([a\"\\\\{}:,u0-9\\[\\]\n]|\\\\\"|\\\\u00|\"\\{){0,60}", at in 0..60usize) {
            let said = Said::by(bytes.as_bytes(), 0);
            let at = at.min(said.bytes().len());
            let written = said.written(at..said.bytes().len());
            prop_assert!(written.start <= written.end && written.end <= bytes.len(), "{:?} of {}", written, bytes);
            let _ = strings(&said, 0..said.bytes().len(), 0);
        }
    }
}
