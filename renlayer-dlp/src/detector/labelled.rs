//! Values that only the label before them gives away: `cvv 123`, `date of birth: 12 March 1980`, `"plate": "B-XY 123"`.
//!
//! One engine for several detectors. The label is the anchor; the value is looked for at the begin of each word after it, over
//! a bounded stretch of the same paragraph. A JSON key or a form field is a label too.

use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Start};
use crate::Severity;
use crate::check::drawn;

/// A kind of value that stands after a label.
pub(super) struct Labelled {
    pub(super) about: About,
    pub(super) page: Page,
    /// Three bytes or more, ASCII in lower case. A `*` at the end lets the word go on (`birth*`: `birthday`).
    pub(super) labels: &'static [&'static str],
    /// Which of them begin with a byte: see [`by_first`].
    begins: [Bits; 32],
    /// Names that a label begins and one of these ends are those of something else: `passport_number_expiry`.
    pub(super) endings: &'static [&'static str],
    /// How many bytes after the label a value may begin.
    pub(super) span: usize,
    /// The most bytes that a value takes.
    pub(super) longest: usize,
    /// Whether no value is without a digit: then most labels are seen to be words of a sentence before they are compared.
    pub(super) is_numeric: bool,
    /// Reads the value that begins at a place.
    pub(super) value: fn(&Probe<'_>, usize) -> Option<Match>,
}

impl Labelled {
    pub(super) const fn new(
        name: &'static str,
        class: &'static str,
        severity: Severity,
        finds: &'static str,
        value: fn(&Probe<'_>, usize) -> Option<Match>,
    ) -> Self {
        let about = About::new(name, class, severity, finds);
        let page = Page { basis: "the label before it and its form", mistakes: "" };
        Self {
            about,
            page,
            labels: &[],
            endings: &[],
            begins: [[0; 3]; 32],
            span: 32,
            longest: 64,
            is_numeric: true,
            value,
        }
    }

    pub(super) const fn after(mut self, labels: &'static [&'static str]) -> Self {
        self.labels = labels;
        self.begins = by_first(labels);
        self
    }

    /// Except where a name ends so.
    pub(super) const fn unless(mut self, endings: &'static [&'static str]) -> Self {
        self.endings = endings;
        self
    }

    pub(super) const fn within(mut self, span: usize) -> Self {
        self.span = span;
        self
    }

    pub(super) const fn of_letters(mut self) -> Self {
        self.is_numeric = false;
        self
    }

    pub(super) const fn longest(mut self, longest: usize) -> Self {
        self.longest = longest;
        self
    }

    pub(super) const fn page(mut self, basis: &'static str, mistakes: &'static str) -> Self {
        self.page = Page { basis, mistakes };
        self
    }
}

impl Detector for &'static Labelled {
    fn about(&self) -> About {
        self.about.clone()
    }

    fn page(&self) -> Page {
        self.page
    }

    fn anchors(&self) -> Vec<Anchor> {
        let anchor = |label: &&str| match split(label) {
            (word, true) => Anchor::begin(word),
            (word, false) => Anchor::whole(word),
        };
        self.labels.iter().map(anchor).collect()
    }

    fn need(&self) -> Need {
        if self.is_numeric { Need::Digit(self.reach_ahead()) } else { Need::Nothing }
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        self.reach_ahead()
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let label = self.label(probe)?;
        if is_in_a_drawn_id(probe) {
            return None;
        }
        if !self.endings.is_empty()
            && self.ends_otherwise(probe.slice(label..probe.run(label, &NAME, LONGEST_LABEL)))
        {
            return None;
        }
        self.values_after(probe, label)
    }

    fn judges_named(&self) -> bool {
        true
    }

    fn named(&self, name: &[u8], probe: &Probe<'_>) -> Option<Match> {
        let speaks = self.labels.iter().any(|label| stands_in(name, label));
        (speaks && !self.ends_otherwise(name)).then(|| (self.value)(probe, probe.at())).flatten()
    }
}

const LONGEST_LABEL: usize = 40;
const SIGN: ByteSet = ByteSet::EMPTY.with(b"+-");
const LETTER: ByteSet = ByteSet::ALPHA.or(ByteSet::EMPTY.range(0x80, 0xff));
/// What goes on with a name.
const NAME: ByteSet = ByteSet::ALNUM.with(b"_");
const TOKEN: ByteSet = ByteSet::ALNUM.or(ByteSet::EMPTY.range(0x80, 0xff));

impl Labelled {
    /// Whether a name is that of something else.
    fn ends_otherwise(&self, name: &[u8]) -> bool {
        self.endings.iter().any(|ending| name.ends_with(ending.as_bytes()))
    }

    /// How far from its label on a value may go.
    const fn reach_ahead(&self) -> usize {
        LONGEST_LABEL + self.span + self.longest
    }

    /// The first value at a word's begin after `from`.
    fn values_after(&self, probe: &Probe<'_>, from: usize) -> Option<Match> {
        let (mut at, mut lines, end) = (from, 0, from + self.span);
        while at < end {
            // Whichever label stands before it, each place is read once.
            let known = probe.known().min(end);
            let seen = if at > from { probe.slice(at..known.max(at)) } else { &[] };
            if !seen.is_empty() {
                lines += seen.iter().filter(|byte| **byte == b'\n').count();
                if lines > 1 || seen.iter().any(ends) {
                    return None;
                }
                at += seen.len();
                continue;
            }
            let before = probe.before(at).filter(|_| at > from).unwrap_or(b' ');
            at = probe.until(at, end - at, |there| next_stop(there, before));
            // The sign of a number is part of it.
            probe.begins(probe.run_back(at, &SIGN, 1).max(from));
            if at == end {
                break;
            }
            let byte = probe.get(at)?;
            lines += usize::from(byte == b'\n');
            if lines > 1 || ends(&byte) {
                return None;
            }
            if TOKEN.has(byte) {
                let found = (self.value)(probe, at);
                if found.is_some() || probe.ran_out() {
                    return found;
                }
            }
            at += 1;
            probe.knows(at);
        }
        None
    }

    /// The label that stands at the anchor, by its end. Most begin with another letter.
    fn label(&self, probe: &Probe<'_>) -> Option<usize> {
        let first = probe.get(probe.at())?;
        let begins = self.begins.get(usize::from(first % 32))?;
        let numbers =
            begins.iter().enumerate().flat_map(|(word, bits)| ones(*bits).map(move |i| word * 64 + i));
        numbers.filter_map(|i| self.labels.get(i)).find_map(|label| end_of_label(probe, label))
    }
}

/// Whether the anchor stands in an id that was drawn at random: `rIbNfQMO4HGexC97o6`.
fn is_in_a_drawn_id(probe: &Probe<'_>) -> bool {
    const REACH: usize = 32;
    let at = probe.at();
    let range = probe.run_back(at, &ByteSet::ALNUM, REACH)..probe.run(at, &ByteSet::ALNUM, REACH);
    drawn::is_drawn(probe.slice(range))
}

/// A bit for each label.
type Bits = [u64; 3];

fn ones(bits: u64) -> impl Iterator<Item = usize> {
    let rest = std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1)));
    rest.take_while(|bits| *bits != 0).map(|bits| bits.trailing_zeros() as usize)
}

/// Where the next word begins, after the byte `before` it, or something stands by which the walk to it may end. Digits begin a word also after
/// a script that writes no spaces.
#[inline]
fn next_stop(text: &[u8], mut before: u8) -> Option<usize> {
    text.iter().position(|byte| {
        let inside = if byte.is_ascii_digit() { &ByteSet::ALNUM } else { &TOKEN };
        let is_word = TOKEN.has(*byte) && !inside.has(before);
        before = *byte;
        is_word || *byte == b'\n' || ends(byte)
    })
}

/// What a value does not stand behind.
fn ends(byte: &u8) -> bool {
    matches!(byte, b'{' | b'}')
}

/// For each first byte, of which five bits count, so that letters are the same in either case, the labels that begin with it.
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const fn by_first(labels: &[&str]) -> [Bits; 32] {
    let (mut begins, mut i) = ([[0; 3]; 32], 0);
    assert!(labels.len() <= 192, "there are more labels than bits");
    while i < labels.len() {
        begins[labels[i].as_bytes()[0] as usize % 32][i / 64] |= 1 << (i % 64);
        i += 1;
    }
    begins
}

/// The end of `label` where it stands whole at the anchor.
fn end_of_label(probe: &Probe<'_>, label: &str) -> Option<usize> {
    let (word, goes_on) = split(label);
    let (at, end) = (probe.at(), probe.at() + word.len());
    if !probe.looking_at_word(at, word) || joins(probe.before(at), probe.get(at)) {
        return None;
    }
    if goes_on {
        return Some(probe.run(end, &LETTER, 24));
    }
    let last = probe.before(end);
    // Only a letter can go on where a letter ends.
    let is_whole = !last.is_some_and(|byte| byte.is_ascii_alphabetic()) || !joins(last, probe.get(end));
    is_whole.then_some(end)
}

fn stands_in(name: &[u8], label: &str) -> bool {
    let (word, goes_on) = split(label);
    name.windows(word.len()).enumerate().any(|(at, window)| {
        let before = at.checked_sub(1).and_then(|i| name.get(i)).copied();
        window.eq_ignore_ascii_case(word)
            && !joins(before, window.first().copied())
            && (goes_on || !joins(window.last().copied(), name.get(at + word.len()).copied()))
    })
}

fn split(label: &str) -> (&[u8], bool) {
    match label.strip_suffix('*') {
        Some(word) => (word.as_bytes(), true),
        None => (label.as_bytes(), false),
    }
}

/// Whether two neighbours belong to one word; in camel case they do not, and scripts without spaces have no such thing.
fn joins(left: Option<u8>, right: Option<u8>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return false };
    let camel = left.is_ascii_lowercase() && right.is_ascii_uppercase();
    left.is_ascii_alphabetic() && right.is_ascii_alphabetic() && !camel
}
