//! The ways in which an identity number is written.
//!
//! `9` is a digit, `A` a letter, `X` either, `~` a separator that may be
//! missing (space, `-`, `.`, `/`), a small letter that letter in either case, a digit other than 9 itself, and anything else itself. `*` before it all
//! says that the form is telling enough without a word before it, `?` that it is then recorded and no more.

use super::super::{ByteSet, Probe};

/// No number is longer, its separators aside.
pub(super) const LONGEST: usize = 24;
/// Nor has more letters before its first digit.
pub(super) const MOST_LETTERS: usize = 6;

pub(super) const SEPARATOR: ByteSet = ByteSet::EMPTY.with(b" -./");

/// Whether a first digit may stand here: any, or this one.
fn is_first_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'X'
}

/// One way of writing.
pub(super) struct Form {
    text: &'static [u8],
    /// Which kind of number it is.
    pub(super) kind: usize,
    pub(super) alone: Alone,
    /// Letters before the first digit.
    pub(super) letters: usize,
    /// Whether a separator may stand between those and the first digit.
    pub(super) parted: bool,
    /// Letters and digits from the first digit on.
    pub(super) length: usize,
    pub(super) has_letters: bool,
}

/// What a form says without a word before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alone {
    /// Nothing.
    Nothing,
    /// Enough to be recorded.
    Little,
    /// Enough.
    Enough,
}

/// What follows a first run of digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct After {
    pub(super) next: ByteSet,
    /// After that byte.
    pub(super) second: ByteSet,
    /// How many more digits stand there, at least.
    pub(super) more: usize,
}

/// What the rest of a form may begin with.
fn begin(rest: &[u8]) -> ByteSet {
    match rest {
        [] => ByteSet::ALL,
        [b'~', after @ ..] => SEPARATOR.or(begin(after)),
        [b'9', ..] => ByteSet::DIGIT,
        [b'A', ..] => ByteSet::ALPHA,
        [b'X', ..] => ByteSet::ALNUM,
        [byte, ..] => ByteSet::EMPTY.with(&[byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]),
    }
}

/// The letters and digits of a value, in upper case.
pub(super) struct Value {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Form {
    pub(super) fn new(text: &'static str, kind: usize) -> Self {
        let (alone, text) = match text.as_bytes() {
            [b'*', text @ ..] => (Alone::Enough, text),
            [b'?', text @ ..] => (Alone::Little, text),
            text => (Alone::Nothing, text),
        };
        let lead = text.iter().take_while(|byte| !is_first_digit(**byte)).count();
        let lead = text.get(..lead).unwrap_or_default();
        let letters = lead.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
        let parted = letters < lead.len();
        let all = text.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
        Self {
            text,
            kind,
            alone,
            letters,
            parted,
            length: all - letters,
            has_letters: text.iter().any(u8::is_ascii_alphabetic),
        }
    }

    /// The form without its marks.
    #[cfg(test)]
    pub(super) fn text(&self) -> &'static str {
        std::str::from_utf8(self.text).unwrap_or_default()
    }

    /// The lengths that the first run of digits may have.
    pub(super) fn first_runs(&self) -> impl Iterator<Item = usize> {
        let from = self.text.iter().position(|byte| is_first_digit(*byte)).unwrap_or(0);
        let rest = self.text.get(from..).unwrap_or_default();
        let (mut runs, mut digits) = (0u64, 0);
        for byte in rest {
            match byte {
                b'0'..=b'9' => digits += 1,
                b'X' => {
                    runs |= 1 << digits;
                    digits += 1;
                }
                b'~' => runs |= 1 << digits,
                _ => break,
            }
        }
        runs |= 1u64 << digits;
        (1..=LONGEST).filter(move |run| runs >> run & 1 == 1)
    }

    /// The ways in which it goes on after a first run of this length, with `near` bytes after that in view.
    pub(super) fn after_run(&self, run: usize, near: usize) -> Vec<After> {
        let from = self.text.iter().position(|byte| is_first_digit(*byte)).unwrap_or(0);
        let rest = self.text.get(from..).unwrap_or_default();
        let (mut ways, mut digits) = (Vec::new(), 0);
        for (i, byte) in rest.iter().enumerate() {
            let here = rest.get(i..).unwrap_or_default();
            if digits == run && !byte.is_ascii_digit() {
                let more = here.iter().take(near).filter(|byte| byte.is_ascii_digit()).count();
                let second = begin(here.get(1..).unwrap_or_default());
                let next = if *byte == b'~' { SEPARATOR } else { begin(here) };
                ways.push(After { next: next.without(b"0123456789"), second, more });
            }
            match byte {
                b'X' => digits += 1,
                digit if digit.is_ascii_digit() => digits += 1,
                b'~' => {}
                _ => return ways,
            }
        }
        if digits == run {
            ways.push(After { next: ByteSet::ALL, second: ByteSet::ALL, more: 0 });
        }
        ways
    }

    /// The value that stands at `start` in this form, and its end.
    pub(super) fn read(&self, probe: &Probe<'_>, start: usize) -> Option<(Value, usize)> {
        let mut value = Value { bytes: [0; LONGEST], length: 0 };
        let mut at = start;
        for wanted in self.text {
            let byte = probe.get(at);
            let stands = match wanted {
                b'~' => {
                    at += usize::from(byte.is_some_and(|byte| SEPARATOR.has(byte)));
                    continue;
                }
                b'9' => byte?.is_ascii_digit(),
                b'A' => byte?.is_ascii_alphabetic(),
                b'X' => byte?.is_ascii_alphanumeric(),
                letter => byte?.to_ascii_lowercase() == *letter,
            };
            if !stands {
                return None;
            }
            if let Some(byte) = byte.filter(u8::is_ascii_alphanumeric) {
                value.push(byte.to_ascii_uppercase());
            }
            at += 1;
        }
        Some((value, at))
    }
}

impl Value {
    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}
