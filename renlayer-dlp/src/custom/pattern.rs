//! One regular expression as a detector.

use std::ops::RangeInclusive;

use regex_automata::dfa::Automaton;

use super::plan::{Dfa, Plan, forward, plan, start_at};
use crate::check::{entropy, luhn, mod97};
use crate::detector::{About, Anchor, Detector, Match, Probe, Reach};
use crate::{Check, Evidence, Pattern, SettingsError};

/// A compiled pattern.
///
/// The automaton is walked by hand, byte by byte: so it stops where no match is possible any more, and a stream knows
/// whether what has not arrived could matter.
pub(crate) struct RegexPattern {
    about: About,
    dfa: Dfa,
    plan: Plan,
    ahead: usize,
    demands: Demands,
}

/// What a match has to satisfy beside the expression.
struct Demands {
    check: Option<Check>,
    min_entropy: f32,
    length: RangeInclusive<usize>,
}

/// Where a pattern sets no bound of its own: what is longer is cut here.
const LONGEST: usize = 1024;

impl RegexPattern {
    pub(crate) fn compile(pattern: &Pattern, place: &str) -> Result<Self, SettingsError> {
        let about = super::about("matches of the pattern", place, &pattern.name, pattern.severity)?;
        let refuse = |reason| {
            SettingsError::new(format!("{place}.regex"), format!("pattern `{}`: {reason}", pattern.name))
        };
        let hir = super::hir::parse(&pattern.regex).map_err(refuse)?;
        let dfa = forward(&hir).map_err(refuse)?;
        let plan = plan(&hir, &dfa).map_err(refuse)?;
        let ahead = hir.properties().maximum_len().unwrap_or(LONGEST).saturating_add(1);
        let demands = Demands::new(pattern, place)?;
        Ok(Self { about, dfa, plan, ahead, demands })
    }

    /// Where a match that holds the literal at the anchor begins.
    fn begin(&self, probe: &Probe<'_>) -> Option<usize> {
        let Some(head) = &self.plan.head else { return Some(probe.at()) };
        let dfa = &head.reverse;
        let mut state = start_at(dfa, probe.get(probe.at()))?;
        let mut begin = None;
        let mut at = probe.at();
        loop {
            // A match is reported one byte late.
            let byte = probe.before(at).filter(|_| probe.at() - at <= head.reach.max);
            state = byte.map_or_else(|| dfa.next_eoi_state(state), |byte| dfa.next_state(state, byte));
            if dfa.is_match_state(state) {
                begin = Some(at);
            }
            if byte.is_none() || dfa.is_dead_state(state) {
                return begin;
            }
            at -= 1;
        }
    }

    fn end(&self, probe: &Probe<'_>, begin: usize) -> Option<usize> {
        let mut state = start_at(&self.dfa, probe.before(begin))?;
        let mut end = None;
        let mut at = begin;
        loop {
            let byte = probe.get(at);
            state =
                byte.map_or_else(|| self.dfa.next_eoi_state(state), |byte| self.dfa.next_state(state, byte));
            if self.dfa.is_match_state(state) {
                end = Some(at);
            }
            if byte.is_none() || self.dfa.is_dead_state(state) {
                return end;
            }
            at += 1;
        }
    }
}

impl Detector for RegexPattern {
    fn about(&self) -> About {
        self.about.clone()
    }

    fn anchors(&self) -> Vec<Anchor> {
        self.plan.anchors.clone()
    }

    fn reach(&self) -> Reach {
        self.plan.head.as_ref().map_or(Reach::NONE, |head| head.reach)
    }

    fn ahead(&self) -> usize {
        self.ahead
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let begin = self.begin(probe)?;
        probe.begins(begin);
        let end = self.end(probe, begin)?;
        let found = Match::new(begin..end, 1.0).with(Evidence::STRUCTURE);
        self.demands.weigh(probe.slice(begin..end), found)
    }
}

impl Demands {
    fn new(pattern: &Pattern, place: &str) -> Result<Self, SettingsError> {
        let min_entropy = pattern.min_entropy.unwrap_or(0.0);
        if !(0.0..=8.0).contains(&min_entropy) {
            return Err(SettingsError::new(
                format!("{place}.min_entropy"),
                "a byte has between 0 and 8 bits",
            ));
        }
        let length = pattern.min_length.unwrap_or(0)..=pattern.max_length.unwrap_or(usize::MAX);
        if length.is_empty() {
            return Err(SettingsError::new(format!("{place}.max_length"), "is less than `min_length`"));
        }
        Ok(Self { check: pattern.check, min_entropy, length })
    }

    fn weigh(&self, value: &[u8], found: Match) -> Option<Match> {
        if !self.length.contains(&value.len()) || entropy::bits_per_byte(value) < self.min_entropy {
            return None;
        }
        match self.check {
            None => Some(found),
            Some(check) => check.holds(value).then(|| found.with(Evidence::CHECKSUM)),
        }
    }
}

impl Check {
    fn holds(self, value: &[u8]) -> bool {
        match self {
            Self::Luhn => luhn::holds(value),
            Self::Iban => mod97::holds(value),
        }
    }
}
