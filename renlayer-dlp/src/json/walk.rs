//! A pull tokenizer for JSON: keys, strings and scalars with their places, no tree.
//!
//! It checks the structure (brackets, commas, colons, quotes) and that scalars are spelled like JSON; control characters in
//! strings and odd numbers pass, since some reader will accept them and their text has to be scanned.

use std::ops::Range;

use super::said::Said;
use crate::byteset::ByteSet;

/// What the structure of a JSON document is made of. Strings are without their quotes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// The name of an object's member.
    Key(Range<usize>),
    /// A string that is a value.
    Text(Range<usize>),
    /// A number.
    Number(Range<usize>),
}

/// Why the walk cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// It is not JSON.
    Malformed,
    /// It is nested deeper than [`DEEPEST`]; from here on nothing was read.
    Depth(usize),
}

/// Arrays and objects inside each other.
pub(super) const DEEPEST: usize = 512;

/// Walks one document.
pub(super) struct Walker<'s> {
    said: &'s Said<'s>,
    /// All up to the end of the document.
    bytes: &'s [u8],
    at: usize,
    expect: Expect,
    frames: Vec<Frame>,
    /// The number of the next string that holds a document.
    next_document: usize,
    /// How many arrays and objects enclosed the last key, and whether that one has ended since.
    key_depth: usize,
    has_left_key: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// The first element, or the end of an empty array.
    ValueOrEnd,
    Key,
    /// The first key, or the end of an empty object.
    KeyOrEnd,
    /// A comma, or the end of what encloses the value.
    Next,
}

/// An array or object that is open.
pub(super) enum Frame {
    /// The place of its bracket tells it from others.
    Array {
        open: usize,
        index: usize,
    },
    Object {
        key: Range<usize>,
    },
}

impl<'s> Walker<'s> {
    /// Walks the document that stands at `range`.
    pub(super) fn new(said: &'s Said<'s>, range: Range<usize>) -> Self {
        let bytes = said.bytes().get(..range.end).unwrap_or_default();
        let is_marked = bytes.get(range.start..).unwrap_or_default().starts_with(b"\xef\xbb\xbf");
        let at = range.start + if is_marked { 3 } else { 0 };
        // It may itself be that of a string.
        let next_document = said.next_document(at + 1);
        Self {
            said,
            bytes,
            at,
            expect: Expect::Value,
            frames: Vec::with_capacity(8),
            next_document,
            key_depth: 0,
            has_left_key: false,
        }
    }

    /// Walks on to the end.
    pub(super) fn go_to_the_end(mut self) -> Result<(), Halt> {
        while self.next()?.is_some() {}
        Ok(())
    }

    /// Whether what has the last key ended before the token that was returned last, or was [left](Self::leave_key): asked once.
    #[inline]
    pub(super) fn has_left_key(&mut self) -> bool {
        std::mem::take(&mut self.has_left_key)
    }

    /// What has been done since has left the last key.
    pub(super) fn leave_key(&mut self) {
        self.has_left_key = true;
    }

    /// The key of the member in which the token stands that was returned last.
    pub(super) fn enclosing_key(&self) -> Option<Range<usize>> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Object { key } => Some(key.clone()),
            Frame::Array { .. } => None,
        })
    }

    /// What encloses the token that was returned last.
    pub(super) fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The next key, string or number; `None` at the end of the document.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Token>, Halt> {
        loop {
            match self.skip_space() {
                Some(b'"') => return self.quoted().map(Some),
                Some(b',') => self.comma()?,
                Some(bracket @ (b'{' | b'[')) => self.open(bracket)?,
                Some(bracket @ (b'}' | b']')) => self.close(bracket)?,
                Some(byte) => {
                    if let Some(number) = self.scalar(byte)? {
                        return Ok(Some(Token::Number(number)));
                    }
                }
                None if self.expect == Expect::Next && self.frames.is_empty() => return Ok(None),
                None => return Err(Halt::Malformed),
            }
        }
    }
}

/* ===== steps ===== */

impl Walker<'_> {
    #[inline]
    fn skip_space(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// A name or a string, whichever is expected.
    #[inline]
    fn quoted(&mut self) -> Result<Token, Halt> {
        let expect = self.expect;
        let string = self.string()?;
        match expect {
            Expect::Value | Expect::ValueOrEnd => {
                self.expect = Expect::Next;
                Ok(Token::Text(string))
            }
            Expect::Key | Expect::KeyOrEnd => self.key(string),
            Expect::Next => Err(Halt::Malformed),
        }
    }

    #[inline]
    fn key(&mut self, name: Range<usize>) -> Result<Token, Halt> {
        if self.skip_space() != Some(b':') {
            return Err(Halt::Malformed);
        }
        self.at += 1;
        self.expect = Expect::Value;
        if let Some(Frame::Object { key }) = self.frames.last_mut() {
            *key = name.clone();
        }
        (self.key_depth, self.has_left_key) = (self.frames.len(), false);
        Ok(Token::Key(name))
    }

    #[inline]
    fn comma(&mut self) -> Result<(), Halt> {
        self.expect = match self.frames.last_mut() {
            _ if self.expect != Expect::Next => return Err(Halt::Malformed),
            Some(Frame::Object { .. }) => Expect::Key,
            Some(Frame::Array { index, .. }) => {
                *index += 1;
                Expect::Value
            }
            None => return Err(Halt::Malformed),
        };
        self.at += 1;
        Ok(())
    }

    fn open(&mut self, bracket: u8) -> Result<(), Halt> {
        if !matches!(self.expect, Expect::Value | Expect::ValueOrEnd) {
            return Err(Halt::Malformed);
        }
        if self.frames.len() == DEEPEST {
            return Err(Halt::Depth(self.at));
        }
        let open = self.at;
        self.at += 1;
        let (frame, expect) = match bracket {
            b'{' => (Frame::Object { key: 0..0 }, Expect::KeyOrEnd),
            _ => (Frame::Array { open, index: 0 }, Expect::ValueOrEnd),
        };
        self.frames.push(frame);
        self.expect = expect;
        Ok(())
    }

    fn close(&mut self, bracket: u8) -> Result<(), Halt> {
        match (self.frames.pop(), bracket, self.expect) {
            (Some(Frame::Object { .. }), b'}', Expect::Next | Expect::KeyOrEnd)
            | (Some(Frame::Array { .. }), b']', Expect::Next | Expect::ValueOrEnd) => {
                self.at += 1;
                self.expect = Expect::Next;
                self.has_left_key |= self.frames.len() < self.key_depth;
                Ok(())
            }
            _ => Err(Halt::Malformed),
        }
    }

    /// The string whose opening quote is next.
    #[inline]
    fn string(&mut self) -> Result<Range<usize>, Halt> {
        let start = self.at + 1;
        let end = self.said.end_of_string(start, &mut self.next_document);
        let end = end.filter(|end| *end < self.bytes.len()).ok_or(Halt::Malformed)?;
        self.at = end + 1;
        Ok(start..end)
    }

    /// A number, or `None` for `true`, `false` and `null`.
    fn scalar(&mut self, first: u8) -> Result<Option<Range<usize>>, Halt> {
        if !matches!(self.expect, Expect::Value | Expect::ValueOrEnd) {
            return Err(Halt::Malformed);
        }
        self.expect = Expect::Next;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if DIGIT_OR_SIGN.has(first) {
            let length = rest.iter().take_while(|byte| IN_NUMBERS.has(**byte)).count();
            let range = self.at..self.at + length;
            self.at = range.end;
            let is_ended = !rest.get(length).is_some_and(u8::is_ascii_alphabetic);
            return if is_ended { Ok(Some(range)) } else { Err(Halt::Malformed) };
        }
        let length = rest.iter().take_while(|byte| IN_WORDS.has(**byte)).count();
        self.at += length;
        match rest.get(..length) {
            Some(b"true" | b"false" | b"null") => Ok(None),
            _ => Err(Halt::Malformed),
        }
    }
}

const DIGIT_OR_SIGN: ByteSet = ByteSet::DIGIT.with(b"-");
const IN_NUMBERS: ByteSet = ByteSet::DIGIT.with(b"+-.eE");
const IN_WORDS: ByteSet = ByteSet::ALNUM.with(b"+-.");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn walk(text: &str) -> Result<Vec<String>, Halt> {
        let said = Said::by(text.as_bytes(), 0);
        let text = std::str::from_utf8(said.bytes()).unwrap();
        let mut walker = Walker::new(&said, 0..text.len());
        let mut all = Vec::new();
        while let Some(token) = walker.next()? {
            all.push(match token {
                Token::Key(range) => format!("{}:", &text[range]),
                Token::Text(range) | Token::Number(range) => text[range].to_owned(),
            });
        }
        Ok(all)
    }

    #[test]
    fn documents_are_read_in_order() {
        for (text, tokens) in [
            (r#"{"a": "b", "c": [1, -2.5e3, "d", {}, []], "e": {"f": null}}"#, "a: b c: 1 -2.5e3 d e: f:"),
            (r#" "x\"y\\" "#, r#"x"y\"#),
            ("\u{feff}[true]", ""),
            ("12", "12"),
        ] {
            assert_eq!(walk(text).unwrap().join(" "), tokens, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Strings end where they do byte by byte, in whatever blocks their escapes stand.
        #[test]
        fn strings_end_at_their_quotes(before in 0..70usize, pieces in prop::collection::vec("[a-z]{0,40}|(\\\\[nt\"\\\\]){0,40}|\\\\u0041", 0..9)) {
            let written = pieces.concat();
            let text = format!("{}\"{written}\" ", " ".repeat(before));
            let expected: String = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(walk(&text), Ok(vec![expected]));
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\" 1}",
            "{\"a\":1,}",
            "[1}",
            "tru",
            "\"a",
            "\"a\\\"",
            "1 2",
            "{1:2}",
            "]",
            "nan",
        ] {
            assert_eq!(walk(text), Err(Halt::Malformed), "{text}");
        }
        assert_eq!(walk(&"[".repeat(DEEPEST + 1)), Err(Halt::Depth(DEEPEST)));
    }
}
