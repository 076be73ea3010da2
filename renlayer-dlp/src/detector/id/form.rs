//! The ways in which an identity number is written.
//!
//! `9` is a digit, `A` a letter, `X` either, `~` a separator that may be
//! missing (space, `-`, `.`, `/`), a small letter that letter in either case, a digit other than 9 itself, and anything else itself. `*` before it all
//! says that the form is telling enough without a word before it, `?` that it is then recorded and no more.

use super::super::{ByteSet, Probe};
use crate::engine::{self, SEPARATOR};

/// No number is longer, its separators aside.
pub(super) const LONGEST: usize = 24;
/// Nor has more letters before its first digit.
pub(super) const MOST_LETTERS: usize = 6;
// The pass tells as many from one more.
const _: () = assert!(MOST_LETTERS < engine::MOST_LETTERS);

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
    pub(super) has_letters: bool,
    pub(super) outline: Outline,
}

/// Which places of a number, counted in letters and digits, hold which of them, and which have a separator before them: a bit for
/// each place. Of most numbers it tells that they are written like none of the kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    /// Bits of all its places: the more there are, the greater.
    pub(super) places: u32,
    letters: u32,
    digits: u32,
    /// Where a separator may stand, and where one does in every case.
    parted: u32,
    always_parted: u32,
}

/// The outline of what stands at a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written(Outline);

/// What a form says without a word before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
        Self {
            text,
            kind,
            alone,
            letters,
            parted,
            has_letters: text.iter().any(u8::is_ascii_alphabetic),
            outline: Outline::of(text),
        }
    }

    /// Whether a number that is written so may have this form: where not, [`Form::read`] finds none.
    #[cfg(test)]
    pub(super) fn may_be(&self, written: &Written) -> bool {
        self.outline.may_be_all(written)
    }

    /// The form without its marks.
    #[cfg(test)]
    pub(super) fn text(&self) -> &'static str {
        std::str::from_utf8(self.text).unwrap_or_default()
    }

    /// Its first letter, in lower case, or its first digit, if that is one alone.
    pub(super) fn first(&self) -> Option<u8> {
        self.text.first().copied().filter(|first| !b"9AX~".contains(first))
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

impl Outline {
    /// What is long enough for the shortest of some forms, and whatever else.
    pub(super) fn shortest(forms: &[Form]) -> Self {
        let places = forms.iter().fold(u32::MAX, |places, form| places & form.outline.places);
        Self { places, parted: u32::MAX, ..Self::default() }
    }

    /// Whether what is written so may have this outline: where more follows than that has places, something parts it from that.
    #[cfg(test)]
    pub(super) fn may_be_all(&self, written: &Written) -> bool {
        let next = self.places.wrapping_add(1);
        next & written.0.places & !written.0.parted == 0 && self.may_be(written)
    }

    /// Whether what is written so may begin with this outline.
    #[inline]
    pub(super) fn may_be(&self, written: &Written) -> bool {
        let there = &written.0;
        let differ = self.places & !there.places
            | self.letters & there.digits
            | self.digits & there.letters
            | self.places & (there.parted & !self.parted | self.always_parted & !there.parted);
        differ == 0
    }

    fn of(text: &[u8]) -> Self {
        let (mut outline, mut place) = (Self::default(), 1_u32);
        for byte in text {
            match byte {
                b'~' => outline.parted |= place,
                b'0'..=b'9' => outline.digits |= place,
                b'X' => {}
                b'A'..=b'Z' | b'a'..=b'z' => outline.letters |= place,
                _ => {
                    outline.parted |= place;
                    outline.always_parted |= place;
                }
            }
            if byte.is_ascii_alphanumeric() {
                outline.places |= place;
                place <<= 1;
            }
        }
        outline
    }
}

impl Written {
    /// Of what stands at `start`, where letters and at most one separator are before the first digit at `at`. Groups that follow
    /// after a space are not read where this is one of those itself.
    pub(super) fn read(probe: &Probe<'_>, (start, at): (usize, usize), is_a_later_group: bool) -> Self {
        let (mut outline, mut place) = (Outline::default(), 1_u32);
        if is_a_later_group && at > start && probe.was(at, &ByteSet::EMPTY.with(b" ")) {
            return Self(outline);
        }
        for _ in probe.slice(start..at).iter().filter(|byte| byte.is_ascii_alphabetic()) {
            outline.letters |= place;
            place <<= 1;
        }
        if probe.was(at, &SEPARATOR) && at > start {
            outline.parted |= place;
        }
        let (mut at, end) = (at, place << LONGEST);
        while place < end {
            match probe.get(at) {
                Some(b'0'..=b'9') => outline.digits |= place,
                Some(b'a'..=b'z' | b'A'..=b'Z') => outline.letters |= place,
                Some(b' ') if is_a_later_group || !goes_on(probe, at + 1) => break,
                // Brackets are Hong Kong's, around the check digit, and Belgium's, around a zero; commas are written by mistake.
                Some(byte) if SEPARATOR.with(b"+(),").has(byte) && probe.is(at + 1, &ByteSet::ALNUM) => {
                    outline.parted |= place;
                    at += 1;
                    continue;
                }
                _ => break,
            }
            place <<= 1;
            at += 1;
        }
        outline.places = place - 1;
        Self(outline)
    }

    /// The numbers of places that it may have: all that are there, or those before something that parts it.
    #[inline]
    pub(super) fn ends(&self) -> impl Iterator<Item = usize> + use<> {
        let Outline { places, parted, .. } = self.0;
        let next = |left: &u32| Some(left & left.wrapping_sub(1));
        let ends = std::iter::successors(Some(parted & places | places.wrapping_add(1)), next);
        ends.take_while(|left| *left != 0).map(|left| left.trailing_zeros() as usize)
    }
}

/// Whether a digit and a space are the last of what stands before a run of digits. Groups after it are then those of a longer
/// number, as `620 045 391` in `70 620 045 391`.
pub(super) fn follows_a_group(behind: &[u8]) -> bool {
    matches!(behind, [.., b'0'..=b'9', b' '])
}

/// Whether a digit stands here, up to two letters and a digit (`NF9032`), or up to four letters that no more follow: the end of a
/// number (`MWST`), not the next word.
fn goes_on(probe: &Probe<'_>, at: usize) -> bool {
    probe.is(at, &ByteSet::DIGIT) || {
        let letters = probe.run(at, &ByteSet::ALPHA, 3);
        let end = probe.run(at, &ByteSet::ALNUM, 5);
        (1..=4).contains(&(end - at)) || (letters - at < 3 && probe.is(letters, &ByteSet::DIGIT))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rows;
    use super::*;
    use crate::engine::Text;

    /// A number in this form, with its separators or without.
    fn written(form: &Form, seed: u64) -> String {
        let mut bits = seed;
        let mut next = |n: u64| {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (bits >> 33) % n
        };
        let mut text = String::new();
        for byte in form.text().chars() {
            match byte {
                '~' => text.push_str(["", " ", "-", ".", "/"][next(5) as usize]),
                '9' => text.push(char::from(b'0' + next(10) as u8)),
                'A' => text.push(char::from(b'A' + next(26) as u8)),
                'X' => text.push(if next(2) == 0 { '7' } else { 'q' }),
                other => text.push(other),
            }
        }
        text
    }

    /// So is a licence with two letters after a space and digits right after them.
    #[test]
    fn a_group_that_begins_with_letters_belongs_to_the_number() {
        let text = "76888/5576 NF9032";
        let probe = Probe::new(Text { bytes: text.as_bytes(), start: 0, complete: true }, 0, 200);
        let there = Written::read(&probe, (0, 0), false);
        assert!(Form::new("99999~9999~AA~9999", 0).may_be(&there));
        assert!(!Form::new("99999~9999~AA~99999", 0).may_be(&there));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever has a form has its outline, and so has no number that a look at the outline leaves out. After other digits no
        /// group after a space is read.
        #[test]
        fn what_is_read_has_the_outline(seed: u64, before in "[ (]|1 |: ", after in "[ ,.]| [a-z]{1,6}|", other in 0..400usize) {
            let forms: Vec<Form> = rows::all().enumerate().flat_map(|(i, kind)| kind.forms.iter().map(move |form| Form::new(form, i))).collect();
            let known = &forms[seed as usize % forms.len()];
            let number = written(known, seed);
            let text = format!("{before}{number}{after}");
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let start = before.len();
            let at = start + text[start..].find(|c: char| c.is_ascii_digit()).unwrap_or(0);
            let probe = Probe::new(whole, at, 200);
            let is_later = follows_a_group(before.as_bytes());
            let is_read = |number: &str| !is_later || !number.contains(' ');
            let there = Written::read(&probe, (start, at), is_later);
            for form in [known, &forms[other % forms.len()]] {
                // The begin of a longer word is no part of a number.
                let read = form.read(&probe, start).filter(|(_, end)| !probe.is(*end, &ByteSet::ALNUM));
                let read = read.filter(|(_, end)| is_read(&text[start..*end]));
                prop_assert!(read.is_none() || form.may_be(&there), "{} in {}", form.text(), text);
            }
            prop_assert!(known.may_be(&there) || !is_read(&number));
        }
    }
}
