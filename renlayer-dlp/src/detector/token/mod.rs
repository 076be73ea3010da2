//! Provider tokens: one verifier, and a table of rows per provider family.
//!
//! A row says how a token is written: its prefixes, what follows them, and the checksum where it is known. To add one, add a
//! row to the table of its family; to add a family, add a file with `pub(super) const ROWS` and name it in [`all`]. Every
//! row is tested by itself: a token made from the row is found (in text, in JSON, in a stream), and one that is a character
//! short, or glued to a word, is not.
//!
//! Known mistakes: providers do not publish all lengths; a row's bounds are those seen in use.

mod aws;
mod github;
mod placeholder;
#[cfg(test)]
mod tests;

use super::{About, Anchor, ByteSet, Detector, Match, Probe};
use crate::check::base62;
use crate::words::Words;
use crate::{Evidence, Severity};

/// One kind of token.
pub(crate) struct Token {
    name: &'static str,
    class: &'static str,
    severity: Severity,
    finds: &'static str,
    prefixes: &'static [&'static str],
    body: &'static [Part],
    check: Check,
    context: Option<&'static Words>,
    confidence: f32,
}

/// What follows the prefix, piece by piece.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    /// These characters.
    Literal(&'static str),
    /// Between `1` and `2` characters of a set, as many as there are.
    Run(ByteSet, usize, usize),
}

/// The checksum inside a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// None that is public.
    None,
    /// The last six characters after the prefix are the CRC-32, in base62, of those before them.
    Crc32Base62,
    /// The last eight characters after the prefix are the CRC-32, in lower-case hexadecimal, of those before them.
    Crc32Hex,
}

/// The rows of all families.
fn rows() -> impl Iterator<Item = &'static Token> {
    [aws::ROWS, github::ROWS].into_iter().flatten()
}

/// A detector for each row.
pub(super) fn all() -> impl Iterator<Item = Box<dyn Detector>> {
    rows().map(|row| Box::new(row) as Box<dyn Detector>)
}

/* ===== a row, written ===== */

impl Token {
    /// A token of `class` that begins with one of `prefixes` (three bytes or more) and goes on as `body` says.
    const fn new(
        name: &'static str,
        class: &'static str,
        finds: &'static str,
        prefixes: &'static [&'static str],
        body: &'static [Part],
    ) -> Self {
        let (severity, check) = (Severity::Critical, Check::None);
        Self { name, class, severity, finds, prefixes, body, check, context: None, confidence: 0.9 }
    }

    /// With a severity other than [`Severity::Critical`].
    #[allow(dead_code, reason = "for rows of keys that are public by design")]
    const fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// With a checksum: right makes the finding certain, wrong makes it doubtful, since documentation makes tokens up.
    const fn check(mut self, check: Check) -> Self {
        self.check = check;
        self
    }

    /// Only where one of `words` stands shortly before: for prefixes that occur elsewhere.
    #[allow(dead_code, reason = "for rows with weak prefixes")]
    const fn after(mut self, words: &'static Words) -> Self {
        self.context = Some(words);
        self
    }

    /// With a confidence other than 0.9, for prefixes that say less.
    #[allow(dead_code, reason = "for rows with weak prefixes")]
    const fn confidence(mut self, confidence: f32) -> Self {
        self.confidence = confidence;
        self
    }
}

/* ===== the verifier ===== */

impl Detector for &'static Token {
    fn about(&self) -> About {
        About::new(self.name, self.class, self.severity, self.finds)
    }

    fn anchors(&self) -> Vec<Anchor> {
        self.prefixes.iter().map(Anchor::literal).collect()
    }

    fn ahead(&self) -> usize {
        let prefix = self.prefixes.iter().map(|prefix| prefix.len()).max().unwrap_or_default();
        prefix + self.body.iter().map(|part| part.longest()).sum::<usize>() + 1
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        if is_glued(probe, start) {
            return None;
        }
        let body = start + self.prefix_at(probe)?.len();
        let end = self.body.iter().try_fold(body, |at, part| part.end(probe, at))?;
        if self.goes_on(probe, end) {
            return None;
        }
        let in_context = self.context.is_some_and(|words| words.stand_behind(probe, start));
        if self.context.is_some() && !in_context {
            return None;
        }
        let found = self.weigh(start..end, probe.slice(body..end));
        Some(if in_context { found.with(Evidence::CONTEXT) } else { found })
    }
}

impl Token {
    fn prefix_at(&self, probe: &Probe<'_>) -> Option<&'static str> {
        let longest = |a: &&&str, b: &&&str| a.len().cmp(&b.len());
        let standing = self.prefixes.iter().filter(|prefix| probe.looking_at(probe.at(), prefix.as_bytes()));
        standing.max_by(longest).copied()
    }

    /// Whether more characters of the last part's kind follow: then it is something longer.
    fn goes_on(&self, probe: &Probe<'_>, end: usize) -> bool {
        match self.body.last() {
            Some(Part::Run(set, ..)) => probe.is(end, &set.or(ByteSet::WORD)),
            _ => probe.is(end, &ByteSet::WORD),
        }
    }

    fn weigh(&self, range: std::ops::Range<usize>, body: &[u8]) -> Match {
        let found = Match::new(range, self.confidence).with(Evidence::STRUCTURE);
        if placeholder::is_one(body) {
            return found.harmless();
        }
        match self.check.holds(body) {
            None => found,
            Some(true) => Match { confidence: 1.0, ..found }.with(Evidence::CHECKSUM),
            Some(false) => Match { confidence: 0.5, ..found },
        }
    }
}

impl Part {
    fn longest(self) -> usize {
        match self {
            Self::Literal(literal) => literal.len(),
            Self::Run(_, _, max) => max,
        }
    }

    fn end(self, probe: &Probe<'_>, at: usize) -> Option<usize> {
        match self {
            Self::Literal(literal) => probe.looking_at(at, literal.as_bytes()).then_some(at + literal.len()),
            Self::Run(set, min, max) => Some(probe.run(at, &set, max)).filter(|end| end - at >= min),
        }
    }
}

impl Check {
    fn holds(self, body: &[u8]) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Crc32Base62 => Some(base62::crc32_tail_holds(body)),
            Self::Crc32Hex => Some(base62::crc32_hex_tail_holds(body)),
        }
    }
}

/// Whether a word runs into `start`. The letter of an escape written out (`\n`) is no word.
fn is_glued(probe: &Probe<'_>, start: usize) -> bool {
    let escape = || probe.was(start, &ByteSet::EMPTY.with(b"nrt")) && probe.before(start - 1) == Some(b'\\');
    probe.was(start, &ByteSet::WORD) && !escape()
}
