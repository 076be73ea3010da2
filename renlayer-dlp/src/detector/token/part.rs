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

/// The end of `parts`, one after the other from `at`, where nothing longer goes on there.
pub(crate) fn end_of(parts: &[Part], probe: &Probe<'_>, at: usize) -> Option<usize> {
    let end = parts.iter().try_fold(at, |at, part| part.end(probe, at))?;
    let goes_on = match parts.last() {
        Some(Part::Run(set, ..)) => probe.is(end, &set.or(ByteSet::WORD)),
        _ => probe.is(end, &ByteSet::WORD),
    };
    (!goes_on).then_some(end)
}

/// The most characters that `parts` can have.
pub(crate) fn longest(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.longest()).sum()
}
