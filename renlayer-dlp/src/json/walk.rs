//! A pull tokenizer for JSON: keys, strings and scalars with their places, no tree.
//!
//! It checks the structure (brackets, commas, colons, quotes) and that scalars are spelled like JSON; control characters in
//! strings and odd numbers pass, since some reader will accept them and their text has to be scanned.

use std::ops::Range;

use crate::engine::Sweep;

/// What the structure of a JSON document is made of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// The name of an object's member.
    Key(Str),
    /// A string that is a value.
    Text(Str),
    /// A number.
    Number(Range<usize>),
}

/// A string, without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Str {
    pub(crate) range: Range<usize>,
    pub(crate) escapes: Escapes,
}

/// What a string's escapes are to those who look for anchors in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// There are none: it says what is written.
    None,
    /// They hide nothing: where it says an anchor, one is written.
    Silent,
    /// What it says may be something else than what is written.
    Telling,
}

/// Why the walk cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// It is not JSON.
    Malformed,
    /// It is nested deeper than [`DEEPEST`]; from here on nothing was read.
    Depth(usize),
}

/// Arrays and objects inside each other.
pub(crate) const DEEPEST: usize = 512;

/// Walks one document.
pub(crate) struct Walker<'b> {
    bytes: &'b [u8],
    at: usize,
    expect: Expect,
    frames: Vec<Frame>,
    sweep: Sweep<'b>,
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
        key: Str,
    },
}

impl<'b> Walker<'b> {
    /// Walks `bytes`, which `sweep` is over.
    pub(crate) fn new(bytes: &'b [u8], sweep: Sweep<'b>) -> Self {
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { bytes, at, expect: Expect::Value, frames: Vec::with_capacity(8), sweep }
    }

    /// The pass over the document, which has come to the end of the string that was returned last.
    #[inline]
    pub(super) fn sweep(&mut self) -> &mut Sweep<'b> {
        &mut self.sweep
    }

    /// What encloses the token that was returned last.
    pub(super) fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The next key, string or number; `None` at the end of the document.
    pub(crate) fn next(&mut self) -> Result<Option<Token>, Halt> {
        loop {
            let Some(byte) = self.skip_space() else {
                let finished = self.expect == Expect::Next && self.frames.is_empty();
                return if finished { Ok(None) } else { Err(Halt::Malformed) };
            };
            match (self.expect, byte) {
                (Expect::Key | Expect::KeyOrEnd, b'"') => return self.key().map(Some),
                (Expect::KeyOrEnd, b'}') => self.close()?,
                (Expect::Value | Expect::ValueOrEnd, b'"') => {
                    self.expect = Expect::Next;
                    return Ok(Some(Token::Text(self.string()?)));
                }
                (Expect::Value | Expect::ValueOrEnd, b'{' | b'[') => self.open(byte)?,
                (Expect::ValueOrEnd, b']') => self.close()?,
                (Expect::Value | Expect::ValueOrEnd, _) => {
                    if let Some(number) = self.scalar(byte)? {
                        return Ok(Some(Token::Number(number)));
                    }
                }
                (Expect::Next, _) => self.after_value(byte)?,
                (Expect::Key | Expect::KeyOrEnd, _) => return Err(Halt::Malformed),
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

    fn open(&mut self, bracket: u8) -> Result<(), Halt> {
        if self.frames.len() == DEEPEST {
            return Err(Halt::Depth(self.at));
        }
        let open = self.at;
        self.at += 1;
        let (frame, expect) = match bracket {
            b'{' => (Frame::Object { key: Str { range: 0..0, escapes: Escapes::None } }, Expect::KeyOrEnd),
            _ => (Frame::Array { open, index: 0 }, Expect::ValueOrEnd),
        };
        self.frames.push(frame);
        self.expect = expect;
        Ok(())
    }

    fn close(&mut self) -> Result<(), Halt> {
        self.at += 1;
        self.expect = Expect::Next;
        self.frames.pop().map(drop).ok_or(Halt::Malformed)
    }

    fn after_value(&mut self, byte: u8) -> Result<(), Halt> {
        match (self.frames.last_mut(), byte) {
            (Some(Frame::Object { .. }), b',') => self.expect = Expect::Key,
            (Some(Frame::Array { index, .. }), b',') => {
                *index += 1;
                self.expect = Expect::Value;
            }
            (Some(Frame::Object { .. }), b'}') | (Some(Frame::Array { .. }), b']') => return self.close(),
            _ => return Err(Halt::Malformed),
        }
        self.at += 1;
        Ok(())
    }

    fn key(&mut self) -> Result<Token, Halt> {
        let name = self.string()?;
        if self.skip_space() != Some(b':') {
            return Err(Halt::Malformed);
        }
        self.at += 1;
        self.expect = Expect::Value;
        if let Some(Frame::Object { key }) = self.frames.last_mut() {
            *key = name.clone();
        }
        Ok(Token::Key(name))
    }

    /// The string whose opening quote is next.
    fn string(&mut self) -> Result<Str, Halt> {
        let start = self.at + 1;
        let mut escapes = Escapes::None;
        let mut at = start;
        loop {
            let mark = self.sweep.next_mark(at).ok_or(Halt::Malformed)?;
            let there = self.bytes.get(mark..).unwrap_or_default();
            if there.first() == Some(&b'"') {
                self.at = mark + 1;
                return Ok(Str { range: start..mark, escapes });
            }
            if escapes != Escapes::Telling {
                let is_silent = there.get(1).is_some_and(|letter| self.sweep.is_silent(*letter));
                escapes = if is_silent { Escapes::Silent } else { Escapes::Telling };
            }
            at = mark + 2;
        }
    }

    /// A number, or `None` for `true`, `false` and `null`.
    fn scalar(&mut self, first: u8) -> Result<Option<Range<usize>>, Halt> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length =
            rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
        let range = self.at..self.at + length;
        let word = rest.get(..length).unwrap_or_default();
        self.at = range.end;
        self.expect = Expect::Next;
        match word {
            b"true" | b"false" | b"null" => Ok(None),
            _ if is_number(first, word) => Ok(Some(range)),
            _ => Err(Halt::Malformed),
        }
    }
}

fn is_number(first: u8, word: &[u8]) -> bool {
    let rest = word.iter().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    (first.is_ascii_digit() || first == b'-') && rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Table;

    fn walk(text: &str) -> Result<Vec<String>, Halt> {
        let table = Table::new([]);
        let mut walker = Walker::new(text.as_bytes(), Sweep::new(text.as_bytes(), std::iter::once(&table)));
        let mut all = Vec::new();
        while let Some(token) = walker.next()? {
            all.push(match token {
                Token::Key(s) => format!("{}:", &text[s.range]),
                Token::Text(s) => text[s.range].to_owned(),
                Token::Number(range) => text[range].to_owned(),
            });
        }
        Ok(all)
    }

    #[test]
    fn documents_are_read_in_order() {
        for (text, tokens) in [
            (r#"{"a": "b", "c": [1, -2.5e3, "d", {}, []], "e": {"f": null}}"#, "a: b c: 1 -2.5e3 d e: f:"),
            (r#" "x\"y\\" "#, r#"x\"y\\"#),
            ("\u{feff}[true]", ""),
            ("12", "12"),
        ] {
            assert_eq!(walk(text).unwrap().join(" "), tokens, "{text}");
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
