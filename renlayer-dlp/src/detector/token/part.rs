//! The pieces of a token.

use std::ops::Range;

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
    /// Up to `1` fields of a set, each with a `$` after it.
    Fields(ByteSet, usize),
}

impl Part {
    pub(super) fn longest(self) -> usize {
        match self {
            Self::Literal(literal) | Self::Maybe(literal) => literal.len(),
            Self::Run(_, _, max) => max,
            Self::Fields(_, most) => most * (LONGEST_FIELD + 1),
        }
    }

    pub(in crate::detector) fn shortest(self) -> usize {
        match self {
            Self::Literal(literal) => literal.len(),
            Self::Maybe(_) | Self::Fields(..) => 0,
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
            Self::Fields(set, most) => Some(fields(probe, at, &set, most)),
        }
    }
}

/// A run that may have so many bytes is not walked again with each piece of a stream.
const LONG: usize = 1000;
/// What a run says of others that may have so many is noted; no prefix of theirs holds another, as the tests say.
pub(super) const NOTED: usize = 100;
/// No field is longer.
const LONGEST_FIELD: usize = 128;

/// Where those fields end that begin at `at`.
fn fields(probe: &Probe<'_>, mut at: usize, set: &ByteSet, most: usize) -> usize {
    for _ in 0..most {
        let end = probe.run(at, set, LONGEST_FIELD);
        if !probe.is(end, &ByteSet::EMPTY.with(b"$")) {
            break;
        }
        at = end + 1;
    }
    at
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
    is_over(parts, probe, end).then_some(end)
}

/// The same of the token that the probe is about: its last long run goes on from where an earlier look came to. What a
/// run right after the prefix says of others is noted.
pub(super) fn end_of_token(parts: &[Part], probe: &Probe<'_>, at: usize) -> Option<usize> {
    let last = parts.iter().rposition(|part| part.longest() >= LONG);
    let end = parts.iter().enumerate().try_fold(at, |at, (n, part)| match *part {
        Part::Run(set, min, max) if last == Some(n) => {
            let from = probe.resume().clamp(at, at + max);
            let end = probe.run(from, &set, at + max - from);
            probe.reached(end);
            let is_too_long = end - at == max && probe.is(end, &set);
            if n == 0 {
                note_none(parts, probe, at..end, true);
            }
            Some(end).filter(|end| end - at >= min && !is_too_long)
        }
        Part::Run(set, min, max) if n == 0 && max >= NOTED => {
            let end = probe.run(at, &set, max);
            note_none(parts, probe, at..end, false);
            Some(end).filter(|end| end - at >= min)
        }
        part => part.end(probe, at),
    })?;
    is_over(parts, probe, end).then_some(end)
}

/// Notes where no run begins that could be the first of `parts`, given the one that was `walked`: of one that is too short, or that
/// something else follows, no later place is the begin of a better one; of one that is too long, each place is that has as much after it.
/// `is_bounded` says that one which is too long is none, whatever follows.
fn note_none(parts: &[Part], probe: &Probe<'_>, walked: Range<usize>, is_bounded: bool) {
    let (Some(Part::Run(set, min, max)), next) = (parts.first(), parts.get(1)) else { return };
    let ends_run = |literal: &str| literal.bytes().next().is_some_and(|first| !set.has(first));
    let is_followed = match next {
        Some(Part::Literal(literal)) if ends_run(literal) => probe.looking_at(walked.end, literal.as_bytes()),
        _ => true,
    };
    let is_ended = matches!(next, Some(Part::Literal(literal)) if ends_run(literal));
    let mut rest = parts.iter().skip(1);
    let is_bounded =
        is_bounded || is_ended || rest.all(|part| matches!(part, Part::Maybe(literal) if ends_run(literal)));
    if walked.len() < *min || (walked.len() < *max && !is_followed) {
        probe.knows(walked.end);
    } else if walked.len() == *max && is_bounded {
        probe.knows(probe.run_arrived(walked.end, set, *max) - max);
    }
}

/// Whether nothing longer than `parts` ends at `end`.
fn is_over(parts: &[Part], probe: &Probe<'_>, end: usize) -> bool {
    let goes_on = match parts.iter().rfind(|part| !matches!(part, Part::Maybe(_))) {
        Some(Part::Run(set, ..)) if probe.was(end, set) => probe.is(end, &set.or(ByteSet::WORD)),
        _ => probe.is(end, &ByteSet::WORD),
    };
    !goes_on
}

/// How many characters that `parts` begin with, at least, are no [break](ByteSet::BREAK).
pub(crate) fn unbroken(parts: &[Part]) -> usize {
    let is_unbroken = |part: &&Part| match part {
        Part::Literal(literal) | Part::Maybe(literal) => {
            !literal.bytes().any(|byte| ByteSet::BREAK.has(byte))
        }
        Part::Run(set, ..) | Part::Fields(set, _) => set.iter().all(|byte| !ByteSet::BREAK.has(byte)),
    };
    parts.iter().take_while(is_unbroken).map(|part| part.shortest()).sum()
}

/// The most characters that `parts` can have.
pub(crate) fn longest(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.longest()).sum()
}
