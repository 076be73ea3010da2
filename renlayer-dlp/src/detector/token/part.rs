//! The pieces of a token.

use crate::detector::{ByteSet, Probe};

/// What follows a prefix, piece by piece.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    /// These characters.
    Literal(&'static str),
    /// Between `1` and `2` characters of a set, as many as there are.
    Run(ByteSet, usize, usize),
    /// These characters, or none.
    Maybe(&'static str),
}

impl Part {
    pub(super) fn longest(self) -> usize {
        match self {
            Self::Literal(literal) | Self::Maybe(literal) => literal.len(),
            Self::Run(_, _, max) => max,
        }
    }

    pub(in crate::detector) fn shortest(self) -> usize {
        match self {
            Self::Literal(literal) => literal.len(),
            Self::Maybe(_) => 0,
            Self::Run(_, min, _) => min,
        }
    }

    fn end(self, probe: &Probe<'_>, at: usize) -> Option<usize> {
        match self {
            Self::Literal(literal) => probe.looking_at(at, literal.as_bytes()).then_some(at + literal.len()),
            Self::Maybe(literal) => {
                Some(if probe.looking_at(at, literal.as_bytes()) { at + literal.len() } else { at })
            }
            Self::Run(set, min, max) => Some(probe.run(at, &set, max)).filter(|end| end - at >= min),
        }
    }
}

/* ===== pieces by their alphabet ===== */

/// `n` lower-case hexadecimal digits.
pub(crate) const fn hex(n: usize) -> Part {
    Part::Run(ByteSet::HEX_LOWER, n, n)
}

/// `n` hexadecimal digits of either case.
pub(crate) const fn any_hex(n: usize) -> Part {
    Part::Run(ByteSet::HEX, n, n)
}

/// `n` decimal digits.
pub(crate) const fn digits(n: usize) -> Part {
    Part::Run(ByteSet::DIGIT, n, n)
}

/// `n` letters and digits.
pub(crate) const fn alnum(n: usize) -> Part {
    Part::Run(ByteSet::ALNUM, n, n)
}

/// `n` lower-case letters and digits.
pub(crate) const fn lower(n: usize) -> Part {
    Part::Run(ByteSet::LOWER.or(ByteSet::DIGIT), n, n)
}

/// `n` upper-case letters and digits.
pub(crate) const fn upper(n: usize) -> Part {
    Part::Run(ByteSet::UPPER.or(ByteSet::DIGIT), n, n)
}

/// `n` characters of URL-safe base64.
pub(crate) const fn url64(n: usize) -> Part {
    Part::Run(ByteSet::BASE64URL, n, n)
}

/// `n` characters of base64.
pub(crate) const fn base64(n: usize) -> Part {
    Part::Run(ByteSet::BASE64, n, n)
}

/// `min` to `max` letters and digits.
pub(crate) const fn alnums(min: usize, max: usize) -> Part {
    Part::Run(ByteSet::ALNUM, min, max)
}

/// `min` to `max` characters of URL-safe base64.
pub(crate) const fn url64s(min: usize, max: usize) -> Part {
    Part::Run(ByteSet::BASE64URL, min, max)
}

/// These characters.
pub(crate) const fn is(literal: &'static str) -> Part {
    Part::Literal(literal)
}

/// A UUID, in either case.
pub(crate) const UUID: &[Part] =
    &[any_hex(8), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(12)];

/// The end of `parts`, one after the other from `at`, where nothing longer goes on there.
pub(crate) fn end_of(parts: &[Part], probe: &Probe<'_>, at: usize) -> Option<usize> {
    let end = parts.iter().try_fold(at, |at, part| part.end(probe, at))?;
    let goes_on = match parts.last() {
        Some(Part::Run(set, ..)) => probe.is(end, &set.or(ByteSet::WORD)),
        _ => probe.is(end, &ByteSet::WORD),
    };
    (!goes_on).then_some(end)
}

/// How many characters that `parts` begin with, at least, are no [break](ByteSet::BREAK).
pub(crate) fn unbroken(parts: &[Part]) -> usize {
    let is_unbroken = |part: &&Part| match part {
        Part::Literal(literal) | Part::Maybe(literal) => {
            !literal.bytes().any(|byte| ByteSet::BREAK.has(byte))
        }
        Part::Run(set, ..) => set.iter().all(|byte| !ByteSet::BREAK.has(byte)),
    };
    parts.iter().take_while(is_unbroken).map(|part| part.shortest()).sum()
}

/// The most characters that `parts` can have.
pub(crate) fn longest(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.longest()).sum()
}
