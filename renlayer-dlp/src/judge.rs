//! From a match to a finding: severity, action, allow lists, fingerprint.

use std::sync::Arc;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::allow::AllowList;
use crate::detector::Match;
use crate::engine::{Engine, Hit, Index, Kind, Rule};
use crate::finding::MarkerStyle;
use crate::stand_in::{Mint, Swap};
use crate::{Action, DetectorInfo, Finding, Fingerprint, Settings, Severity};

/// An engine, with what the settings make of its matches.
pub(crate) struct Judge {
    engine: Engine,
    detectors: Vec<DetectorInfo>,
    settings: Settings,
    allow: AllowList,
    key: Hmac<Sha256>,
    tokenizes: bool,
    /// Whether all it looks for is built in, which in a blob can be there by chance alone.
    is_built_in: bool,
}

impl Judge {
    pub(crate) fn new(
        engine: Engine,
        detectors: Vec<DetectorInfo>,
        settings: Settings,
        allow: AllowList,
    ) -> Self {
        let key = settings.fingerprint_key.as_ref().map_or_else(process_key, |key| key.0);
        let mut block = [0; 64];
        block.iter_mut().zip(key).for_each(|(slot, byte)| *slot = byte);
        let key = Hmac::new(&block.into());
        let by_severity = || settings.actions.values().any(|action| *action == Action::Tokenize);
        let tokenizes = by_severity() || detectors.iter().any(|d| d.enabled && d.action == Action::Tokenize);
        Self { engine, detectors, settings, allow, key, tokenizes, is_built_in: false }
    }

    /// These rules, and the default settings.
    pub(crate) fn of_rules(rules: Vec<Rule>) -> Self {
        Self::new(Engine::new(rules), Vec::new(), Settings::default(), AllowList::default())
    }

    /// With nothing but what is built in.
    pub(crate) fn of_built_in(mut self, is_built_in: bool) -> Self {
        self.is_built_in = is_built_in;
        self
    }

    pub(crate) fn is_built_in(&self) -> bool {
        self.is_built_in
    }

    /// No detector at all.
    pub(crate) fn silent() -> Self {
        Self::of_rules(Vec::new())
    }

    pub(crate) fn tokenizes(&self) -> bool {
        self.tokenizes && !self.settings.observe
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn detectors(&self) -> &[DetectorInfo] {
        &self.detectors
    }

    /// Drops findings in places that are allowed.
    pub(crate) fn drop_allowed_places(&self, findings: &mut Vec<Finding>) {
        if !findings.is_empty() && self.allow.names_places() {
            let is_allowed = |finding: &Finding| {
                finding.pointer.as_ref().is_some_and(|pointer| self.allow.permits_at(&finding.class, pointer))
            };
            findings.retain(|finding| !is_allowed(finding));
        }
    }

    /// Turns matches into hits, one after the other. What confidence is too low for is dropped.
    /// What is to be tokenized gets its stand-in from `mint`.
    pub(crate) fn weigh(
        &self,
        matches: &mut Vec<(Index, Match)>,
        bytes: &[u8],
        mint: Option<&Mint>,
        hits: &mut Vec<Hit>,
    ) {
        let begun = hits.len();
        hits.reserve(matches.len());
        for (owner, found) in matches.drain(..) {
            let kind = self.engine.rule(owner).kinds.get(usize::from(found.kind));
            let hit = kind.and_then(|kind| {
                self.hit(kind, &found, (bytes, mint), hits.get(begun..).and_then(<[Hit]>::last))
            });
            hits.extend(hit);
        }
    }

    /// What several detectors find in one place has one fingerprint.
    fn hit(
        &self,
        kind: &Kind,
        found: &Match,
        (bytes, mint): (&[u8], Option<&Mint>),
        last: Option<&Hit>,
    ) -> Option<Hit> {
        let severity = found.at_most.map_or(kind.severity, |most| most.min(kind.severity));
        let action = self.action(kind, severity, found.confidence)?;
        let range = on_characters(bytes, found.range.clone());
        let value = bytes.get(range.clone()).unwrap_or_default();
        let same = last.filter(|last| last.range() == range).map(|last| last.finding.fingerprint);
        let finding = Finding {
            class: Arc::clone(&kind.class),
            severity,
            action,
            observed: self.settings.observe,
            start: range.start,
            end: range.end,
            pointer: None,
            confidence: found.confidence,
            evidence: found.evidence,
            detector: Arc::clone(&kind.name),
            fingerprint: same.unwrap_or_else(|| self.fingerprint(value)),
            style: MarkerStyle::default(),
            swap: self.swap(kind, found, action, value, mint).map(Box::new),
        };
        Some(Hit { allowed: self.allow.permits(&kind.class, value), finding })
    }

    /// An action that was set for the detector holds for what is as severe as the detector says; a match that is harmless
    /// goes by its severity.
    fn action(&self, kind: &Kind, severity: Severity, confidence: f32) -> Option<Action> {
        let by_severity = self.settings.action_for(severity);
        let wanted = match kind.action {
            Some(set) if severity == kind.severity => set,
            Some(set) => set.min(by_severity),
            None => by_severity,
        };
        self.settings.confidence.permit(wanted, confidence)
    }

    /// Makes a finding harmless, and says whether it is one still.
    pub(crate) fn lower(&self, finding: &mut Finding) -> bool {
        let severity = finding.severity.min(Severity::Low);
        let kind = self.engine.kind(&finding.detector);
        let Some(action) = kind.and_then(|kind| self.action(kind, severity, finding.confidence)) else {
            return false;
        };
        (finding.severity, finding.action) = (severity, action);
        if action != Action::Tokenize && !finding.is_restored() {
            finding.swap = None;
        }
        true
    }

    fn swap(
        &self,
        kind: &Kind,
        found: &Match,
        action: Action,
        value: &[u8],
        mint: Option<&Mint>,
    ) -> Option<Swap> {
        if let Some(original) = &found.restores {
            return Some(Swap::Restored(original.clone()));
        }
        let mint = mint.filter(|_| action == Action::Tokenize && !self.settings.observe)?;
        Some(mint.make(&kind.class, value, kind.keep_shape))
    }

    /// What makes stand-ins for `owner`: the same ones wherever fingerprints have the same key.
    pub(crate) fn mint(&self, owner: &[u8]) -> Mint {
        let key = self.key.clone().chain_update(b"stand-ins of ").chain_update(owner);
        Mint::new(&key.finalize().into_bytes().into())
    }

    /// Of the whole value, or of both ends of a long one and its length: a page of source code is no value that is guessed
    /// at, and hashing it costs more than finding it.
    fn fingerprint(&self, value: &[u8]) -> Fingerprint {
        let ends = value.split_first_chunk::<FINGERPRINTED>().zip(value.last_chunk::<FINGERPRINTED>());
        let key = match ends.filter(|_| value.len() > 2 * FINGERPRINTED) {
            Some(((head, _), tail)) => {
                self.key.clone().chain_update(head).chain_update(tail).chain_update(value.len().to_le_bytes())
            }
            None => self.key.clone().chain_update(value),
        };
        let digest: [u8; 32] = key.finalize().into_bytes().into();
        digest.first_chunk().map_or(Fingerprint([0; 16]), |half| Fingerprint(*half))
    }
}

/// Bytes at either end of a long value that its fingerprint is made of.
const FINGERPRINTED: usize = 128;

/// A range widened to whole UTF-8 characters, so that cutting it out leaves valid text.
fn on_characters(bytes: &[u8], range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let is_inside = |i: usize| bytes.get(i).is_some_and(|byte| byte & 0xc0 == 0x80);
    let back = (0..3).take_while(|back| range.start > *back && is_inside(range.start - back)).count();
    let forth = (0..3).take_while(|forth| is_inside(range.end + forth)).count();
    range.start - back..range.end + forth
}

/// A key drawn once per process, for those who set none.
fn process_key() -> [u8; 32] {
    use std::hash::BuildHasher;
    static KEY: std::sync::OnceLock<[u8; 32]> = std::sync::OnceLock::new();
    *KEY.get_or_init(|| {
        let mut key = [0; 32];
        for chunk in key.chunks_mut(8) {
            let word = std::hash::RandomState::new().hash_one("renlayer-dlp fingerprint");
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        key
    })
}

#[cfg(test)]
mod tests {
    use crate::{Direction, Format, Input, KnownValues, Scanner, Settings};

    /// A detector finds the same bytes, under the key of the settings.
    #[test]
    fn a_known_value_keeps_the_fingerprint_of_its_own_key() {
        let text = b"write to ada@corp.io soon";
        let known = KnownValues::new([&b"ada@corp.io"[..]]);
        let keyed = Scanner::new(&Settings::default().with_fingerprint_key([7; 32])).unwrap();
        let found = |scanner: &Scanner, known| {
            let input = Input { format: Format::Text, direction: Direction::Request, known };
            let report = scanner.scan(text, input);
            assert_eq!(report.findings.len(), 1, "{report:?}");
            report.findings[0].fingerprint
        };
        let alone = found(&Scanner::silent(), Some(&known));
        assert_eq!(found(&keyed, Some(&known)), alone);
        assert_ne!(found(&keyed, None), alone);
    }
}
