//! What an operator may set: severities, actions, detectors switched off, patterns, keywords, allow lists.
//!
//! These types are the `dlp:` section of the configuration file as it is written. [`Scanner::new`](crate::Scanner::new)
//! compiles them, and refuses with a [`SettingsError`] what cannot work.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::glob::Glob;
use crate::{Action, Direction, Severity};

/// The `dlp:` section. `Settings::default()` is the built-in behaviour.
///
/// ```
/// let settings: renlayer_dlp::Settings = serde_json::from_str(r#"{
///     "detectors": { "pii.*": { "severity": "HIGH", "action": "redact" } },
///     "patterns": [ { "name": "employee-id", "regex": "EMP-[0-9]{6}", "severity": "CRITICAL" } ]
/// }"#)?;
/// assert_eq!(settings.patterns[0].name, "employee-id");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Only look: findings say what would be done about them, and nothing is. [`KnownValues`](crate::KnownValues) are
    /// taken out all the same.
    pub observe: bool,
    /// What a severity leads to, where neither detector nor pattern says otherwise.
    pub actions: BTreeMap<Severity, Action>,
    /// The least confidence a finding needs for each action; below it, the next weaker action applies.
    pub confidence: Thresholds,
    /// Overrides by class (`pii.email`) or glob (`secret.*`). Where several apply, the most specific wins.
    pub detectors: BTreeMap<String, DetectorSettings>,
    /// Regular expressions of one's own.
    pub patterns: Vec<Pattern>,
    /// Word lists of one's own.
    pub keywords: Vec<Keywords>,
    /// Values that are no findings.
    pub allow: Vec<Allow>,
    /// What is otherwise for some agents; see [`Settings::for_agent`].
    pub agents: Vec<ForAgents>,
    /// Keys the fingerprints. Not part of the file: see [`Settings::with_fingerprint_key`].
    #[serde(skip)]
    pub(crate) fingerprint_key: Option<FingerprintKey>,
}

/// The key of fingerprints, kept out of `Debug`.
#[derive(Clone, PartialEq)]
pub(crate) struct FingerprintKey(pub(crate) [u8; 32]);

impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FingerprintKey")
    }
}

/// The least confidence each action asks for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Below this there is no finding at all.
    pub record: f32,
    /// To warn.
    pub warn: f32,
    /// To redact or to tokenize.
    pub redact: f32,
    /// To block.
    pub block: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { record: 0.1, warn: 0.3, redact: 0.4, block: 0.6 }
    }
}

/// Overrides for the detectors of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DetectorSettings {
    /// The severity of its findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What is done about them, whatever their severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// `false` switches it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Whether the stand-ins of [`Action::Tokenize`] look like what they stand for: a digit for a digit, a letter for a
    /// letter, all else as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_shape: Option<bool>,
}

/// What is otherwise for some agents.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForAgents {
    /// Names or globs (`billing-*`).
    pub names: Vec<String>,
    /// Overrides by class or glob, on top of those for everybody.
    #[serde(default)]
    pub detectors: BTreeMap<String, DetectorSettings>,
    /// Values that are no findings, beside those for everybody.
    #[serde(default)]
    pub allow: Vec<Allow>,
}

/// A regular expression; its class is `custom.<name>`. `\b` is an ASCII word boundary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Letters, digits, `.`, `_` and `-`.
    pub name: String,
    /// The expression, in the syntax of the `regex` crate.
    pub regex: String,
    /// The severity of its findings.
    #[serde(default = "high")]
    pub severity: Severity,
    /// What is done about them, whatever their severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Only requests, or only responses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// A checksum that the match has to satisfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// The least entropy of the match, in bits per byte (Shannon): words have about 3, random base64 of 40 bytes 4.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_entropy: Option<f32>,
    /// The least length of the match, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<usize>,
    /// The greatest length of the match, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
}

/// A checksum that a pattern may ask for, over the letters and digits of the match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The Luhn digit of card numbers.
    Luhn,
    /// ISO 7064 mod 97-10, rearranged as in an IBAN.
    Iban,
}

/// A list of words; its class is `custom.<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keywords {
    /// Letters, digits, `.`, `_` and `-`.
    pub name: String,
    /// The words or phrases.
    pub words: Vec<String>,
    /// The severity of its findings.
    #[serde(default = "high")]
    pub severity: Severity,
    /// What is done about them, whatever their severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Only requests, or only responses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Whether `bluebird` is not `Bluebird`.
    #[serde(default)]
    pub case_sensitive: bool,
    /// Whether a word inside a longer word does not count.
    #[serde(default = "yes")]
    pub whole_words: bool,
}

/// What is no finding: one of a value, an expression and a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Allow {
    /// Only findings of this class or glob; all, where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detector: Option<String>,
    /// The value; spaces and dashes in it do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// An expression that the whole value matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// Where it stands in a whole JSON body: a JSON Pointer, in which `*` stands for any characters (`/metadata/*`).
    /// Texts of a live stream have no such place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

fn high() -> Severity {
    Severity::High
}

fn yes() -> bool {
    true
}

/* ===== impl Settings ===== */

impl Settings {
    /// Keys the fingerprints of findings, so that the same value is recognised over processes and restarts. Without a
    /// key each process draws its own.
    #[must_use]
    pub fn with_fingerprint_key(mut self, key: [u8; 32]) -> Self {
        self.fingerprint_key = Some(FingerprintKey(key));
        self
    }

    /// The settings as they are for an agent of this name; `None` where nothing is otherwise. Of several entries that name it
    /// the later ones win.
    #[must_use]
    pub fn for_agent(&self, name: &str) -> Option<Self> {
        let entries =
            self.agents.iter().filter(|entry| entry.names.iter().any(|glob| Glob::new(glob).matches(name)));
        let mut settings = None;
        for entry in entries {
            settings.get_or_insert_with(|| self.clone()).override_by(entry);
        }
        settings
    }

    fn override_by(&mut self, entry: &ForAgents) {
        for (class, set) in &entry.detectors {
            let own = self.detectors.entry(class.clone()).or_default();
            *own = DetectorSettings {
                severity: set.severity.or(own.severity),
                action: set.action.or(own.action),
                enabled: set.enabled.or(own.enabled),
                keep_shape: set.keep_shape.or(own.keep_shape),
            };
        }
        self.allow.extend(entry.allow.iter().cloned());
    }

    /// What a severity leads to, built-in defaults included.
    #[must_use]
    pub fn action_for(&self, severity: Severity) -> Action {
        self.actions.get(&severity).copied().unwrap_or(match severity {
            Severity::Critical => Action::Block,
            Severity::High | Severity::Medium => Action::Warn,
            Severity::Low => Action::Record,
        })
    }
}

impl Thresholds {
    /// The strongest action not above `wanted` that `confidence` is enough for.
    #[must_use]
    pub fn permit(&self, wanted: Action, confidence: f32) -> Option<Action> {
        Action::ALL.into_iter().rev().find(|&action| action <= wanted && confidence >= self.of(action))
    }

    fn of(&self, action: Action) -> f32 {
        match action {
            Action::Record => self.record,
            Action::Warn => self.warn,
            Action::Tokenize | Action::Redact => self.redact,
            Action::Block => self.block,
        }
    }
}

/* ===== errors ===== */

/// Settings that cannot be compiled: what, where, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct SettingsError {
    place: String,
    reason: String,
}

impl SettingsError {
    pub(crate) fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }

    /// Where in the settings, as a path: `patterns[0].regex`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Why it cannot work.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
