//! One pass for the anchors of all detectors, then the verifiers at their places, then the overlaps.
//!
//! The same code serves a whole text and a stream. In a stream the text is what has arrived so far: a verifier that looked
//! past its end is *waiting* and asked again later, and [`Engine::frontier`] says up to where everything is decided.

mod anchor;
mod grams;
mod heads;
mod literals;
mod places;
mod probe;
mod runs;
mod settle;
mod shared;
mod sides;
mod sieve;
mod sweep;
mod table;
mod work;

use std::collections::HashMap;
use std::sync::Arc;

use crate::byteset::ByteSet;
use crate::detector::{About, Detector, Match, Reach, Start};
use crate::{Action, Direction, Severity};

pub use anchor::{Again, Anchor, Decimals, Digits, Joint, Need};
use heads::Heads;
pub use probe::Probe;
pub(crate) use probe::{BEHIND, Text};
pub(crate) use runs::NEAR;
pub(crate) use settle::Settler;
#[cfg(test)]
pub(crate) use shared::Shared;
pub use sides::{Decimal, Sides};
pub(crate) use sides::{MOST_LETTERS, SEPARATOR};
#[cfg(test)]
pub(crate) use sieve::signs_by_each;
pub(crate) use sieve::{BLOCK, Marks, marks, signs};
pub(crate) use sweep::Sweep;
use table::{Asking, Event};
pub(crate) use table::{Candidate, Index, LONGEST_KEY, Room, Rooms, SIGHT, Table};
use work::Known;
pub(crate) use work::{Hit, Work};

/// A compiled set of detectors.
pub(crate) struct Engine {
    rules: Vec<Rule>,
    table: Table,
    reaches: Vec<Reach>,
    /// The same of the detectors that act.
    heads: Heads,
    acting: Vec<(Reach, Start)>,
}

/// A detector, with what the settings make of its findings.
pub(crate) struct Rule {
    pub(crate) detector: Box<dyn Detector>,
    pub(crate) name: Arc<str>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) direction: Option<Direction>,
    pub(crate) reach: Reach,
    pub(crate) ahead: usize,
    pub(crate) judges_named: bool,
    pub(crate) may_count_spread: bool,
    pub(crate) start: Start,
    /// The first rule whose notes of a text are this one's too.
    pub(crate) notes: Index,
    /// Whether a finding may change the text or stop it.
    pub(crate) acts: bool,
}

/// What the settings make of the findings of one kind.
pub(crate) struct Kind {
    pub(crate) name: Arc<str>,
    pub(crate) class: Arc<str>,
    pub(crate) severity: Severity,
    /// What to do whatever the severity.
    pub(crate) action: Option<Action>,
    /// Whether its stand-ins look like what they stand for.
    pub(crate) keep_shape: bool,
}

impl Kind {
    /// With the detector's own severity.
    pub(crate) fn new(about: &About) -> Self {
        let (name, class) = (Arc::from(&*about.name), Arc::from(&*about.class));
        Self { name, class, severity: about.severity, action: None, keep_shape: false }
    }
}

impl Rule {
    /// A rule by which whatever is found is replaced.
    pub(crate) fn replacing(detector: Box<dyn Detector>) -> Self {
        let mut rule = Self::new(detector);
        rule.kinds.iter_mut().for_each(|kind| kind.action = Some(Action::Redact));
        rule
    }

    /// A rule for any direction, with the detector's own severities.
    pub(crate) fn new(detector: Box<dyn Detector>) -> Self {
        Self {
            name: Arc::from(&*detector.about().name),
            kinds: detector.kinds().iter().map(|(about, _)| Kind::new(about)).collect(),
            direction: None,
            reach: detector.reach(),
            ahead: detector.ahead(),
            judges_named: detector.judges_named(),
            may_count_spread: detector.may_count_spread(),
            start: detector.start(),
            notes: Index::MAX,
            acts: true,
            detector,
        }
    }
}

/// What a verifier's look led to.
pub(crate) enum Outcome {
    Nothing,
    Found(Match),
    /// Not decided: ask again when more has arrived. A match would not begin before `begin`.
    Waiting {
        begin: usize,
        progress: usize,
    },
}

impl Engine {
    pub(crate) fn new(mut rules: Vec<Rule>) -> Self {
        share_notes(&mut rules);
        let numbered = || rules.iter().zip(0..Index::MAX);
        let anchors =
            numbered().flat_map(|(rule, i)| rule.detector.anchors().into_iter().map(move |a| (i, a)));
        let askings =
            rules.iter().map(|rule| Asking { need: rule.detector.need(), start: rule.start }).collect();
        let table = Table::with(anchors, askings);
        let mut heads = Heads::default();
        let acting = || rules.iter().filter(|rule| rule.acts);
        for rule in acting() {
            rule.detector.anchors().iter().for_each(|anchor| heads.insert(anchor, rule.start));
        }
        let reaches = distinct(rules.iter()).into_iter().map(|(reach, _)| reach).collect();
        let acting = distinct(acting());
        Self { rules, table, reaches, heads, acting }
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// How many detectors there are.
    pub(crate) fn size(&self) -> usize {
        self.rules.len()
    }

    #[allow(clippy::indexing_slicing, reason = "an index is given out by this engine for one of its rules")]
    pub(crate) fn rule(&self, owner: Index) -> &Rule {
        &self.rules[usize::from(owner)]
    }

    /// The kind of that name.
    pub(crate) fn kind(&self, name: &str) -> Option<&Kind> {
        self.rules.iter().flat_map(|rule| &rule.kinds).find(|kind| &*kind.name == name)
    }

    /// Asks one verifier about one place. `open` says that the anchor itself has not all arrived.
    /// `known` is what earlier looks noted, of this detector or of those that share its notes; `is_body` whether the text is all of a body.
    pub(crate) fn look(
        &self,
        text: Text<'_>,
        place: Place,
        (known, is_body): (&mut Known, bool),
        examined: &mut u64,
    ) -> Outcome {
        let rule = self.rule(place.owner);
        if place.open && !text.complete {
            let begin = match rule.start {
                Start::After => text.bytes.len(),
                Start::Anchor | Start::Word | Start::Led { .. } => begin_of(text, place.at, rule.reach),
            };
            return Outcome::Waiting { begin, progress: place.progress };
        }
        let Known { notes: known, shared } = known;
        let before = known.of(rule.notes, place.at);
        let probe = Probe::new(text, place.at, rule.ahead).with_progress(place.progress);
        let probe = probe.with_known(before).of_body(is_body);
        probe.share(shared);
        let found = rule.detector.verify(&probe);
        *examined += probe.examined();
        if probe.ran_out() {
            let begin = self.earliest(text, place, &probe);
            return Outcome::Waiting { begin, progress: probe.resume() };
        }
        if probe.noted() > before {
            known.set(rule.notes, place.at..probe.noted());
        }
        debug_assert!(
            found.as_ref().is_none_or(|found| found.range.end <= text.bytes.len()),
            "{} found what is not there",
            rule.name
        );
        debug_assert!(
            found.as_ref().is_none_or(|found| found.range.start >= self.earliest(text, place, &probe)),
            "{} found what a stream may have released",
            rule.name
        );
        found.map_or(Outcome::Nothing, Outcome::Found)
    }

    /// Where a match at a place may begin at the earliest, by what the detector says.
    fn earliest(&self, text: Text<'_>, place: Place, probe: &Probe<'_>) -> usize {
        probe.begun().unwrap_or_else(|| begin_of(text, place.at, self.rule(place.owner).reach))
    }

    /// Asks a verifier about a value whose name spoke to it.
    pub(crate) fn look_named(
        &self,
        text: Text<'_>,
        owner: Index,
        name: &[u8],
        examined: &mut u64,
    ) -> Option<Match> {
        let rule = self.rule(owner);
        let probe = Probe::new(text, text.start, rule.ahead);
        let found = rule.detector.named(name, &probe);
        *examined += probe.examined();
        found
    }

    /// The first byte that a match not yet anchored could begin at, when the anchors before `passed` are known and the text
    /// may go on.
    pub(crate) fn frontier(&self, text: Text<'_>, passed: usize) -> usize {
        let end = text.bytes.len();
        let open = (passed..end).find(|&at| self.table.might_begin(text.bytes, at)).unwrap_or(end);
        let begins = self.reaches.iter().map(|&reach| begin_of(text, open, reach));
        begins.min().unwrap_or(open).min(open)
    }

    /// The same for detectors that act alone: what is before it may be released.
    pub(crate) fn safe(&self, text: Text<'_>, passed: usize) -> usize {
        let end = text.bytes.len();
        let open = (passed..end).find(|&at| self.heads.might_begin(text, at)).unwrap_or(end);
        let begins = self.acting.iter().map(|&(reach, start)| match start {
            Start::After => open,
            Start::Anchor => begin_of(text, open, reach),
            Start::Word | Start::Led { .. } => {
                (begin_of(text, open, reach)..open).find(|&at| !is_glued(text, at)).unwrap_or(open)
            }
        });
        begins.min().unwrap_or(open).min(open)
    }
}

/// Tells each rule whose notes are its own.
fn share_notes(rules: &mut [Rule]) {
    let mut first = HashMap::new();
    for (rule, own) in rules.iter_mut().zip(0..Index::MAX) {
        rule.notes = rule.detector.notes().map_or(own, |name| *first.entry(name).or_insert(own));
    }
}

/// How far before their anchors matches begin, each way once.
fn distinct<'a>(rules: impl Iterator<Item = &'a Rule>) -> Vec<(Reach, Start)> {
    let mut ways = Vec::new();
    for rule in rules {
        let way = (rule.reach, rule.start);
        if rule.reach != Reach::NONE && !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

/// Whether a word runs into `at`. An escape written out is no word.
fn in_a_word(text: Text<'_>, at: usize) -> bool {
    let before = text.bytes.get(text.start..at).unwrap_or_default();
    let is_word = before.last().is_some_and(|last| ByteSet::WORD.has(*last));
    is_word && !ends_escape(before)
}

/// No escape that is looked for is longer: the colours of a terminal.
pub(crate) const LONGEST_ESCAPE: usize = 12;

/// Whether `text` ends with the letter of an escape written out, `\n`, or with that of a terminal, `[93m`.
pub(crate) fn ends_escape(text: &[u8]) -> bool {
    const COLOURS: ByteSet = ByteSet::DIGIT.with(b";");
    match text {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [before @ .., b'm'] => {
            let colours = before.iter().rev().take(LONGEST_ESCAPE - 2).take_while(|byte| COLOURS.has(**byte));
            let at = before.len() - colours.count();
            at.checked_sub(1).and_then(|at| before.get(at)) == Some(&b'[')
        }
        _ => false,
    }
}

/// Whether what begins at `at` is the rest of a word.
fn is_glued(text: Text<'_>, at: usize) -> bool {
    text.bytes.get(at).is_some_and(|byte| ByteSet::WORD.has(*byte)) && in_a_word(text, at)
}

/// A place that a detector is to look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) owner: Index,
    pub(crate) at: usize,
    pub(crate) open: bool,
    pub(crate) progress: usize,
}

/// Where a match anchored at `at` could begin.
fn begin_of(text: Text<'_>, at: usize, reach: Reach) -> usize {
    let before = text.bytes.get(text.start..at).unwrap_or_default();
    at - before.iter().rev().take(reach.max).take_while(|&&byte| reach.set.has(byte)).count()
}
