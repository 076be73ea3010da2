//! The reading of a text that arrives in pieces: without what is not seen, and with other forms of ASCII made plain.
//!
//! What a character amounts to here depends on what stands before it alone, so that a stream can read on as it comes:
//! invisible characters are dropped, full-width and other styled letters and digits are made plain, spaces and dashes of other
//! kinds after a digit; look-alikes, whose meaning the word around them decides, and escapes stay as they are. Text that is
//! hidden in tag characters is a reading of its own.
//!
//! Of invisible characters in a row no more than [`MOST_UNSEEN`] are dropped, so that what a stream holds for a match has a
//! bound.

use std::ops::Range;

use super::View;
use super::character::{self, Plain};
use crate::byteset::ByteSet;

/// What is made of tag characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// They are dropped like anything that is not seen.
    Folded,
    /// They stand for ASCII characters: hidden text.
    Tags,
}

/// Invisible characters in a row.
const MOST_UNSEEN: usize = 64;

/// A text as it is read in one style.
#[derive(Clone)]
pub(crate) struct Running {
    style: Style,
    view: View,
    unseen: usize,
    /// Where in the view the last place ended that makes a difference.
    differed: usize,
}

impl Running {
    /// A text in which nothing is read otherwise so far.
    pub(crate) fn after(style: Style, text: &[u8], raw: usize) -> Self {
        let mut view = View::new(Vec::with_capacity(text.len()), b"");
        view.copy(text, raw);
        Self { style, view, unseen: 0, differed: 0 }
    }

    /// The same text in another style, which reads it alike so far.
    pub(crate) fn in_style(&self, style: Style) -> Self {
        Self { style, differed: 0, ..self.clone() }
    }

    /// Goes on with text that stands at `raw`.
    pub(crate) fn push(&mut self, text: &str, raw: usize) {
        let mut rest = text;
        while !rest.is_empty() {
            let at = raw + (text.len() - rest.len());
            let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            let (ascii, special) = rest.split_at(plain);
            self.view.copy(ascii.as_bytes(), at);
            self.unseen = if ascii.is_empty() { self.unseen } else { 0 };
            let mut chars = special.chars();
            if let Some(c) = chars.next() {
                self.take(c, at + plain);
            }
            rest = chars.as_str();
        }
    }

    /// Goes on with bytes that are no text.
    pub(crate) fn push_bytes(&mut self, bytes: &[u8], raw: usize) {
        self.view.copy(bytes, raw);
        self.unseen = 0;
    }

    fn take(&mut self, c: char, at: usize) {
        let raw = at..at + c.len_utf8();
        match meaning(c, self.view.last(), self.style) {
            Meaning::Nothing if self.unseen < MOST_UNSEEN => {
                self.unseen += 1;
                return self.differ(c);
            }
            Meaning::Is(byte) => {
                self.view.replace(raw, &[byte]);
                self.differ(c);
            }
            Meaning::Nothing | Meaning::Itself => {
                self.view.copy(c.encode_utf8(&mut [0; 4]).as_bytes(), at);
            }
        }
        self.unseen = 0;
    }

    /// Tag characters alone are what the styles differ in.
    fn differ(&mut self, c: char) {
        if self.style == Style::Folded || character::tagged(c).is_some() {
            self.differed = self.view.end();
        }
    }

    /// The bytes of the reading.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.view.bytes()
    }

    /// The raw bytes of a range, which are counted from `base`.
    pub(crate) fn raw(&self, range: Range<usize>, base: usize) -> Range<usize> {
        let Range { start, end } = self.view.raw(range);
        start.saturating_sub(base)..end.saturating_sub(base)
    }

    /// Where the raw bytes of what stands at a place begin; `None` at the end.
    pub(crate) fn raw_begin(&self, at: usize) -> Option<usize> {
        (at < self.view.end()).then(|| self.view.raw(at..at + 1).start)
    }

    /// The first place that was made of nothing before `raw`.
    pub(crate) fn at_raw(&self, raw: usize) -> usize {
        self.view.at_raw(raw)
    }

    /// Where in the reading the last place ended that makes a difference: from there on it is the text that it is a reading
    /// of.
    pub(crate) fn differed(&self) -> usize {
        self.differed
    }

    /// Forgets the first `n` bytes.
    pub(crate) fn forget(&mut self, n: usize) {
        self.view.forget(n);
        self.differed = self.differed.saturating_sub(n);
    }
}

/// A whole text as it is read in one style, where that is not how it stands, or how it is read in the other.
pub(crate) fn of(bytes: &[u8], style: Style) -> Option<Running> {
    let mut running = Running::after(style, b"", 0);
    let (mut at, mut is_other) = (0, false);
    for chunk in bytes.utf8_chunks() {
        is_other |= differs(chunk.valid(), running.view.last(), style);
        running.push(chunk.valid(), at);
        running.push_bytes(chunk.invalid(), at + chunk.valid().len());
        at += chunk.valid().len() + chunk.invalid().len();
    }
    is_other.then_some(running)
}

/// Whether `text`, after a byte, is read otherwise than it stands.
pub(crate) fn differs(text: &str, last: Option<u8>, style: Style) -> bool {
    if text.is_ascii() {
        return false;
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| LEAD.has(*byte))) {
        at += next;
        let before = at.checked_sub(1).map_or(last, |i| bytes.get(i).copied());
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
        let matters = style == Style::Folded || character::tagged(c).is_some();
        if matters && meaning(c, before, style) != Meaning::Itself {
            return true;
        }
        at += c.len_utf8();
    }
    false
}

/// The first bytes of characters that may be something else than [letters](is_letter).
const LEAD: ByteSet = ByteSet::EMPTY
    .range(0xc2, 0xf4)
    .without(b"\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xcb\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xe5\xe6\xe7\xe8\xe9");

/// Letters of the scripts that most text is written in, of which there is nothing to ask.
fn is_letter(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{2ff}' | '\u{370}'..='\u{589}' | '\u{3041}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Itself,
    Nothing,
    Is(u8),
}

/// What a character amounts to after a byte of the reading.
fn meaning(c: char, last: Option<u8>, style: Style) -> Meaning {
    if let Some(byte) = character::tagged(c).filter(|_| style == Style::Tags) {
        return Meaning::Is(byte);
    }
    if is_letter(c) {
        return Meaning::Itself;
    }
    let after = |is: fn(&u8) -> bool| last.as_ref().is_some_and(is);
    let is_wide = ('\u{ff01}'..='\u{ff5e}').contains(&c);
    match character::plain(c) {
        Plain::Nothing => Meaning::Nothing,
        Plain::Is(byte) if byte.is_ascii_alphanumeric() || byte == b'@' => Meaning::Is(byte),
        Plain::Is(byte @ (b' ' | b'-')) if after(u8::is_ascii_digit) => Meaning::Is(byte),
        Plain::Is(b' ' | b'-') if !is_wide => Meaning::Itself,
        Plain::Is(byte) if after(u8::is_ascii_graphic) => Meaning::Is(byte),
        Plain::Is(_) | Plain::LooksLike(_) | Plain::Itself => Meaning::Itself,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&str], style: Style) -> String {
        let mut running = Running::after(style, b"", 7);
        let mut at = 7;
        for piece in pieces {
            running.push(piece, at);
            at += piece.len();
        }
        String::from_utf8(running.bytes().to_vec()).unwrap()
    }

    #[test]
    fn what_is_read_does_not_depend_on_the_pieces() {
        for (text, folded, tags) in [
            ("ab", "ab", "ab"),
            ("a\u{200b}b\u{ad}é", "abé", "abé"),
            ("４１\u{a0}1 – 2", "41 1 – 2", "41 1 – 2"),
            ("a\u{e0061}\u{e0062}c", "ac", "aabc"),
            ("a．b ． ａ＠ｂ", "a.b ． a@b", "a.b ． a@b"),
        ] {
            let chars: Vec<String> = text.chars().map(String::from).collect();
            let pieces: Vec<&str> = chars.iter().map(String::as_str).collect();
            for (style, expected) in [(Style::Folded, folded), (Style::Tags, tags)] {
                assert_eq!(read(&[text], style), expected);
                assert_eq!(read(&pieces, style), expected);
            }
            assert_eq!(differs(text, None, Style::Folded), folded != text);
            assert_eq!(differs(text, None, Style::Tags), tags != folded);
        }
    }

    #[test]
    fn letters_are_what_they_are() {
        let is_lead = |c: char| LEAD.has(c.to_string().as_bytes()[0]);
        for c in ('\u{80}'..char::MAX).filter(|c| is_letter(*c) || !is_lead(*c)) {
            let is_other = matches!(character::plain(c), Plain::Nothing | Plain::Is(_));
            assert!(!is_other && character::tagged(c).is_none(), "{c:?}");
        }
    }

    #[test]
    fn unseen_characters_in_a_row_are_dropped_up_to_a_bound() {
        let text = format!("a{}b", "\u{200b}".repeat(MOST_UNSEEN + 1));
        assert_eq!(read(&[&text], Style::Folded), "a\u{200b}b");
    }

    #[test]
    fn what_is_forgotten_moves_the_rest() {
        let mut running = Running::after(Style::Folded, b"abc", 10);
        running.push("\u{200b}４é5", 13);
        running.forget(2);
        assert_eq!(running.bytes(), "c4é5".as_bytes());
        assert_eq!(running.raw(0..2, 0), 12..19);
        assert_eq!(running.raw(2..4, 0), 19..21);
        assert_eq!((running.at_raw(16), running.at_raw(21)), (1, 4));
    }
}
