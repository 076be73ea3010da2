//! The words and numbers of an address, one after the other.

use super::list::{List, Lists, Word};
use super::{TOKENS, postcode, street};
use crate::detector::{ByteSet, Probe};

const LETTER: ByteSet = ByteSet::ALPHA.or(ByteSet::EMPTY.range(0x80, 0xff));
const WORD: ByteSet = LETTER.with(b"'-.");
const SEPARATOR: ByteSet = ByteSet::SPACE.with(b",");
const LONGEST_WORD: usize = 40;
const LONGEST_NUMBER: usize = 12;
/// Letters after the digits of `5th`.
const ORDINAL: usize = 2;
const MOST_SEPARATORS: usize = 4;
/// What was asked of the bytes after a token is told by so many.
const MOST_AFTER: usize = 16;
/// What the second house of a number is told by: `3 bis`.
const AGAIN: [&[u8]; 2] = [b"bis", b"ter"];

/// What a token is, for an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word with a capital.
    Capital,
    /// `de`, `of the`.
    Particle,
    /// `Apt.`, `Suite`, `#`.
    Unit,
    Number,
    Other,
}

/// A word or a number, and what stands before it.
#[derive(Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    /// The lists of words that hold it.
    lists: Lists,
    /// A comma or a line end stands before it.
    pub(super) is_separated: bool,
    /// `5th`.
    pub(super) is_ordinal: bool,
}

impl Token {
    /// Where tokens begin.
    pub(super) fn none(at: usize) -> Self {
        Self {
            start: at,
            end: at,
            kind: Kind::Other,
            lists: Lists::default(),
            is_separated: false,
            is_ordinal: false,
        }
    }

    /// The token that follows what ends at `from`. Numbers in a row are followed by the same ones, which are read once.
    pub(super) fn after(probe: &Probe<'_>, from: usize) -> Option<Self> {
        let is_in_sight = |token: &Self| from >= probe.at() && probe.sees_to(token.end + MOST_AFTER);
        if let Some(token) = probe.shared(|tokens: &mut Tokens| tokens.after(from)).filter(is_in_sight) {
            return Some(token);
        }
        let token = Self::read(probe, from)?;
        if is_in_sight(&token) {
            probe.shared(|tokens: &mut Tokens| tokens.keep(from, token));
        }
        Some(token)
    }

    fn read(probe: &Probe<'_>, from: usize) -> Option<Self> {
        let start = after_dash(probe, probe.run(from, &SEPARATOR, MOST_SEPARATORS));
        let between = probe.slice(from..start);
        let is_separated = between.iter().any(|byte| matches!(byte, b',' | b'\n' | b'-' | b'/'));
        // An empty line ends an address.
        if start == from || between.iter().filter(|byte| **byte == b'\n').count() > 1 {
            return None;
        }
        let token = |end, kind, is_ordinal| {
            Some(Self { start, end, kind, lists: Lists::default(), is_separated, is_ordinal })
        };
        let first = probe.get(start)?;
        if first == b'#' {
            return token(probe.run(start + 1, &ByteSet::ALNUM, 6), Kind::Unit, false);
        }
        if first.is_ascii_digit() {
            let end = probe.run(start, &ByteSet::ALNUM.with(b"-/"), LONGEST_NUMBER);
            // `3ª Seção`.
            let end = if probe.looking_at(end, "ª".as_bytes()) { end + 2 } else { end };
            return token(end, Kind::Number, is_ordinal(probe.slice(start..end)));
        }
        if !LETTER.has(first) {
            return None;
        }
        let mut end = probe.run(start, &WORD, LONGEST_WORD);
        // The full stop of a sentence, rather than of an abbreviation.
        while end > start + 1
            && probe.was(end, &ByteSet::EMPTY.with(b".'-"))
            && !is_abbreviation(probe, start, end)
        {
            end -= 1;
        }
        // A code such as `SW1A`, or a flat: `12B`.
        if probe.is(end, &ByteSet::DIGIT) {
            return token(probe.run(end, &ByteSet::ALNUM, 8), Kind::Capital, false);
        }
        let word = Word::of(probe.slice(start..end));
        let kind = match word.text {
            _ if word.is_in(List::Units) => Kind::Unit,
            text if is_capital(text) || text.starts_with(b"d'") || text.starts_with(b"l'") => Kind::Capital,
            _ if postcode::is_particle(word) => Kind::Particle,
            _ => Kind::Other,
        };
        token(end, kind, false).map(|token| Self { lists: word.lists(), ..token })
    }

    /// What was looked up of it.
    pub(super) fn word<'t>(&self, probe: &Probe<'t>) -> Word<'t> {
        Word::told(probe.slice(self.start..self.end), self.lists)
    }

    /// Whether it is a number right after `previous`, which is one too: in an address a comma or a word stands between two.
    pub(super) fn follows_a_number(&self, previous: &Self) -> bool {
        previous.kind == Kind::Number && !previous.is_ordinal && self.is_one_more()
    }

    /// Whether it is a number that nothing but a space parts from what stands before it.
    pub(super) fn is_one_more(&self) -> bool {
        self.kind == Kind::Number && !self.is_ordinal && !self.is_separated
    }
}

/// The last tokens that were read of a text.
#[derive(Default)]
struct Tokens {
    /// What each follows ends there.
    froms: [usize; KEPT],
    tokens: Vec<Token>,
    /// Where the next one is kept.
    next: usize,
    /// None was read from here on.
    end: usize,
}

/// As many as there are between a number and its end, and some more.
const KEPT: usize = 2 * TOKENS;

impl Tokens {
    fn after(&self, from: usize) -> Option<Token> {
        if from >= self.end {
            return None;
        }
        let place = self.froms.iter().position(|known| *known == from)?;
        self.tokens.get(place).copied()
    }

    fn keep(&mut self, from: usize, token: Token) {
        let place = self.next % KEPT;
        match self.tokens.get_mut(place) {
            Some(kept) => *kept = token,
            None => self.tokens.push(token),
        }
        if let Some(kept) = self.froms.get_mut(place) {
            *kept = from;
        }
        (self.next, self.end) = (place + 1, self.end.max(token.end));
    }
}

/// `1578 - Bela Vista`, `São Paulo/SP`: what parts an address in Brazil.
fn after_dash(probe: &Probe<'_>, at: usize) -> usize {
    let is_spaced = probe.was(at, &ByteSet::EMPTY.with(b" ")) && probe.get(at + 1) == Some(b' ');
    match probe.get(at) {
        Some(b'-' | b'/') if is_spaced => at + 2,
        Some(b'/') if probe.run(at + 1, &ByteSet::UPPER, 3) == at + 3 => at + 1,
        _ => at,
    }
}

fn is_abbreviation(probe: &Probe<'_>, start: usize, end: usize) -> bool {
    let text = probe.slice(start..end);
    let stem = text.strip_suffix(b".").unwrap_or_default();
    let word = Word::of(stem);
    stem.len() == 1
        || word.is_in(List::Units)
        || (stem.len() <= 4 && probe.is(end, &SEPARATOR) && word.is_in(List::Types))
}

fn is_ordinal(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    matches!(text.get(digits..), Some(b"st" | b"nd" | b"rd" | b"th"))
}

/// Whether the first letter is a capital, of any script that has them.
pub(super) fn is_capital(text: &[u8]) -> bool {
    if let Some(first) = text.first().filter(|first| first.is_ascii()) {
        return first.is_ascii_uppercase();
    }
    let head = text.get(..text.len().min(4)).unwrap_or_default();
    let first = head.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.is_some_and(char::is_uppercase)
}

/// Whether a street may begin after the number that ends at `from`: with a capital, an ordinal, or a word that leads a street.
/// Mostly the next word is none of these.
pub(super) fn may_begin_street(probe: &Probe<'_>, from: usize) -> bool {
    let start = probe.run(from, &SEPARATOR, MOST_SEPARATORS);
    match probe.get(start) {
        _ if start == from => false,
        Some(b'a'..=b'z') => {
            let end = probe.run(start, &WORD, LONGEST_WORD);
            let word = probe.slice(start..end);
            let marks = word.iter().rev().take_while(|byte| matches!(byte, b'.' | b'\'' | b'-')).count();
            let stem = word.get(..word.len() - marks).unwrap_or_default();
            let is_code = probe.is(end, &ByteSet::DIGIT);
            is_code || word.starts_with(b"d'") || word.starts_with(b"l'") || street::leads(Word::of(stem))
        }
        Some(b'0'..=b'9') => {
            let digits = probe.run(start, &ByteSet::DIGIT, LONGEST_NUMBER);
            is_ordinal(probe.slice(start..digits + ORDINAL))
        }
        Some(byte) => LETTER.has(byte),
        None => false,
    }
}

/// The end of a house's number that begins at `at`: `12`, `12a`, `12-14`, `5/2`, `3 bis`.
pub(super) fn end_of_number(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let mut end = probe.run(at, &ByteSet::DIGIT, 6);
    if probe.run(end, &ByteSet::ALNUM, 2) == end + 1 && probe.is(end, &ByteSet::ALPHA) {
        end += 1;
    }
    // `Calle 1ª # 8-70`.
    if ["ª", "º"].iter().any(|mark| probe.looking_at(end, mark.as_bytes())) {
        end += 2;
    }
    if let Some(again) = AGAIN.iter().find(|again| probe.looking_at(end + 1, again))
        && probe.get(end) == Some(b' ')
    {
        end += 1 + again.len();
    }
    for _ in 0..3 {
        if probe.is(end, &ByteSet::EMPTY.with(b"-/")) && probe.is(end + 1, &ByteSet::ALNUM) {
            end = probe.run(end + 1, &ByteSet::ALNUM, 5);
        }
    }
    // Longer than a letter: a unit, an ordinal, an id. A decimal goes on after its point.
    let goes_on = probe.is(end, &LETTER.or(ByteSet::DIGIT).with(b"_%"))
        || (probe.is(end, &ByteSet::EMPTY.with(b".,:-/")) && probe.is(end + 1, &ByteSet::DIGIT))
            && !is_before_a_code(probe, end);
    // Few houses are numbered 0, and much else is: a postcode has to follow.
    let is_zero = probe.slice(at..end).iter().all(|byte| *byte == b'0') && {
        let code = probe.run(end, &SEPARATOR, 2);
        code == end || probe.run(code, &ByteSet::DIGIT, 4) < code + 4
    };
    let dotted = probe.run(end, &ByteSet::EMPTY.with(b"."), 1);
    (!goes_on && !is_zero).then(|| {
        if probe.is(dotted, &SEPARATOR) && dotted > end && is_line(probe, dotted) { dotted } else { end }
    })
}

/// Whether a comma follows at `end`, and right after it a postcode: `Hauptstraße 12,10115 Berlin`.
fn is_before_a_code(probe: &Probe<'_>, end: usize) -> bool {
    let code = probe.run(end + 1, &ByteSet::DIGIT, 6);
    let is_town = probe.get(code) == Some(b' ') && probe.is(code + 1, &ByteSet::UPPER);
    probe.get(end) == Some(b',') && matches!(code - (end + 1), 4 | 5) && is_town
}

/// Hungarian writes a full stop after the number: a comma or a line end follows.
fn is_line(probe: &Probe<'_>, at: usize) -> bool {
    matches!(probe.get(at), Some(b',' | b'\n')) && probe.get(at + 1).is_some()
}
