//! A known value character by character: as it is, percent-encoded, JSON-escaped, or a mixture.

use super::about;
use crate::Evidence;
use crate::detector::{About, Anchor, ByteSet, Detector, Match, Probe, Reach};

/// The value, and a run of letters and digits in it, which no encoder has a reason to touch.
pub(super) struct Spelled {
    value: Vec<u8>,
    run: std::ops::Range<usize>,
}

/// The longest spelling of one byte: `\u0041`.
const UNIT: usize = 6;
const LEAST_RUN: usize = 3;

impl Spelled {
    pub(super) fn new(value: &[u8]) -> Self {
        Self { value: value.to_vec(), run: longest_run(value) }
    }

    fn head(&self) -> &[u8] {
        self.value.get(..self.run.start).unwrap_or_default()
    }

    fn tail(&self) -> &[u8] {
        self.value.get(self.run.start..).unwrap_or_default()
    }

    /// The match whose first byte is at the anchor.
    fn begun_here(&self, probe: &Probe<'_>) -> Option<Match> {
        let end = forth(probe, probe.at(), &self.value)?;
        Some(exact(probe.at()..end))
    }

    /// The match whose run is at the anchor.
    fn around(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = back(probe, probe.at(), self.head())?;
        let end = forth(probe, probe.at(), self.tail())?;
        Some(exact(start..end))
    }
}

fn exact(range: std::ops::Range<usize>) -> Match {
    Match::new(range, 1.0).with(Evidence::STRUCTURE)
}

impl Detector for Spelled {
    fn about(&self) -> About {
        about("injected_text")
    }

    fn anchors(&self) -> Vec<Anchor> {
        let first = self.value.first().copied().unwrap_or_default();
        let mut anchors =
            vec![Anchor::word(format!("%{first:02x}")), Anchor::word(format!("\\u00{first:02x}"))];
        match self.value.get(self.run.clone()) {
            Some(run) if run.len() >= LEAST_RUN => anchors.push(Anchor::literal(run)),
            _ => anchors.push(Anchor::Byte(ByteSet::EMPTY.with(&[first, b'%', b'\\']))),
        }
        anchors
    }

    fn reach(&self) -> Reach {
        let escapes = ByteSet::HEX.with(b"%\\u+");
        let set = if self.head().is_empty() { ByteSet::EMPTY } else { escapes.with(self.head()) };
        Reach { set, max: self.head().len() * UNIT }
    }

    fn ahead(&self) -> usize {
        self.value.len() * UNIT
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        self.around(probe).or_else(|| self.begun_here(probe))
    }
}

/// The first run of letters and digits that is long enough to be rare, or the longest.
fn longest_run(value: &[u8]) -> std::ops::Range<usize> {
    let mut best = 0..0;
    let mut from = 0;
    for run in value.split(|byte| !byte.is_ascii_alphanumeric()) {
        if run.len() > best.len() && best.len() < 8 {
            best = from..from + run.len();
        }
        from += run.len() + 1;
    }
    best
}

/* ===== spellings ===== */

/// The end of `value` as it is spelled from `at` on.
fn forth(probe: &Probe<'_>, at: usize, value: &[u8]) -> Option<usize> {
    if probe.looking_at(at, value) {
        return Some(at + value.len());
    }
    let (mut at, mut rest) = (at, value);
    while let Some(first) = rest.first() {
        let (taken, length) = match unit(probe, at) {
            Some((spelt, length)) if rest.starts_with(spelt.bytes()) => (spelt.bytes().len(), length),
            _ if probe.get(at) == Some(*first) || (probe.get(at) == Some(b'+') && *first == b' ') => (1, 1),
            _ => return None,
        };
        at += length;
        rest = rest.get(taken..)?;
    }
    Some(at)
}

/// The begin of `value` as it is spelled up to `to`.
fn back(probe: &Probe<'_>, to: usize, value: &[u8]) -> Option<usize> {
    let raw = to.checked_sub(value.len());
    if let Some(start) = raw.filter(|start| probe.slice(*start..to) == value) {
        return Some(start);
    }
    let (mut to, mut rest) = (to, value);
    while let Some(last) = rest.last() {
        let ends_here = |length: &usize| {
            let spelt = to.checked_sub(*length).and_then(|at| unit(probe, at));
            spelt.is_some_and(|(spelt, l)| l == *length && rest.ends_with(spelt.bytes()))
        };
        let escaped = [UNIT, 3, 2].into_iter().find(ends_here);
        let plain = || probe.before(to).is_some_and(|b| b == *last || (b == b'+' && *last == b' '));
        let (taken, length) = match escaped {
            Some(length) => (unit(probe, to - length)?.0.bytes().len(), length),
            None if plain() => (1, 1),
            None => return None,
        };
        to -= length;
        rest = rest.get(..rest.len() - taken)?;
    }
    Some(to)
}

/// What an escape stands for: one byte, or the bytes of one character.
enum Spelt {
    Byte([u8; 1]),
    Character([u8; 4], usize),
}

impl Spelt {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Byte(byte) => byte,
            Self::Character(bytes, length) => bytes.get(..*length).unwrap_or_default(),
        }
    }
}

/// The escape at `at`, and its length.
fn unit(probe: &Probe<'_>, at: usize) -> Option<(Spelt, usize)> {
    match (probe.get(at)?, probe.get(at + 1)) {
        (b'%', _) => {
            let byte = u8::try_from(hex(probe, at + 1, 2)?).ok()?;
            Some((Spelt::Byte([byte]), 3))
        }
        (b'\\', Some(b'u')) => {
            let character = char::from_u32(hex(probe, at + 2, 4)?)?;
            let mut bytes = [0; 4];
            let length = character.encode_utf8(&mut bytes).len();
            Some((Spelt::Character(bytes, length), UNIT))
        }
        (b'\\', Some(letter)) => {
            let byte = match letter {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 8,
                b'f' => 12,
                b'"' | b'\\' | b'/' => letter,
                _ => return None,
            };
            Some((Spelt::Byte([byte]), 2))
        }
        _ => None,
    }
}

fn hex(probe: &Probe<'_>, at: usize, digits: usize) -> Option<u32> {
    (at..at + digits).try_fold(0, |sum, i| Some(sum * 16 + char::from(probe.get(i)?).to_digit(16)?))
}
