//! Stand-ins: what an agent's upstream gets to see in the place of a value, and what turns back into the value on the way to
//! the agent.
//!
//! ```
//! use std::{collections::HashMap, sync::Arc};
//! use renlayer_dlp::{Direction, Format, Input, KnownValues, Original, Scanner, Settings, StandIns};
//!
//! let settings: Settings = serde_json::from_str(r#"{"detectors": {"pii.email": {"action": "tokenize"}}}"#)?;
//! let scanner = Scanner::new(&settings)?;
//! let input = Input { format: Format::Text, direction: Direction::Request, known: None };
//! let mut kept = HashMap::new();
//!
//! let asked = b"Write to alice@corp.io.";
//! let mut report = scanner.tokenizing(b"session 7").scan(asked, input);
//! report.keep_stand_ins(|stand_in, original| {
//!     kept.insert(stand_in.to_owned(), Original::new(original)).is_none()
//! });
//! let sent = String::from_utf8(report.redact(asked).into_owned())?;
//! assert!(sent.starts_with("Write to [TOKEN:pii.email:") && !sent.contains("alice"));
//!
//! let names: Vec<Arc<str>> = kept.keys().map(|name| Arc::from(&**name)).collect();
//! let back = StandIns::new(names, Arc::new(move |name: &str| kept.get(name).cloned()));
//! let known = KnownValues::restoring(&back);
//! let input = Input { direction: Direction::Response, known: Some(&known), ..input };
//! let answered = sent.replace("Write", "I wrote");
//! let report = scanner.scan(answered.as_bytes(), input);
//! assert_eq!(&*report.redact(answered.as_bytes()), b"I wrote to alice@corp.io.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A stand-in is a keyed hash: the same value has the same one for the same owner, so that a model can tell two addresses
//! apart and an earlier answer still makes sense, and nobody can tell the value from it. It is found again only as it was
//! written; a model that changes it gets no value in return.

use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Evidence;
use crate::Severity;
use crate::detector::{About, Anchor, Detector, Match, Probe};
use crate::engine::Rule;
use crate::judge::Judge;

/// Stand-ins that are to be given back as what they stand for; see [`KnownValues::restoring`](crate::KnownValues::restoring).
#[derive(Clone)]
pub struct StandIns {
    judge: Arc<Judge>,
}

/// What a stand-in stands for. It is wiped when it is dropped, and `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Original(Arc<Zeroizing<String>>);

/// What takes the place of a finding's value.
#[derive(Clone, PartialEq)]
pub(crate) enum Swap {
    /// A stand-in that was made for it.
    Made { stand_in: Arc<str>, original: Zeroizing<Box<[u8]>> },
    /// It is a stand-in, for this.
    Restored(Original),
}

/// Makes stand-ins for one owner.
#[derive(Clone)]
pub(crate) struct Mint(Hmac<Sha256>);

/// Looks up what a stand-in stands for.
type Open = Arc<dyn Fn(&str) -> Option<Original> + Send + Sync>;

/* ===== impl StandIns ===== */

impl StandIns {
    /// Compiles stand-ins. `open` is asked for what one stands for when it comes, and answers `None` when that is no longer
    /// known: then the stand-in stays.
    #[must_use]
    pub fn new(stand_ins: impl IntoIterator<Item = Arc<str>>, open: Open) -> Self {
        let rules = stand_ins
            .into_iter()
            .map(|text| Rule::replacing(Box::new(StandIn { text, open: Arc::clone(&open) })));
        Self { judge: Arc::new(Judge::of_rules(rules.collect())) }
    }

    pub(crate) fn judge(&self) -> &Arc<Judge> {
        &self.judge
    }
}

impl fmt::Debug for StandIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StandIns")
    }
}

/* ===== impl Original ===== */

impl Original {
    /// Keeps a value. Bytes that are no text become U+FFFD.
    #[must_use]
    pub fn new(value: &[u8]) -> Self {
        Self(Arc::new(Zeroizing::new(String::from_utf8_lossy(value).into_owned())))
    }
}

impl fmt::Debug for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Original")
    }
}

/* ===== impl Swap ===== */

impl Swap {
    /// What is written in the place of the value.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Made { stand_in, .. } => stand_in,
            Self::Restored(original) => &original.0,
        }
    }
}

impl fmt::Debug for Swap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Made { .. } => "Made",
            Self::Restored(_) => "Restored",
        })
    }
}

/* ===== impl Mint ===== */

/// Letters and digits that are not taken for each other (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Fewer characters than this that can be chosen freely are too few to be unique.
const FEWEST_FREE: usize = 8;

impl Mint {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let mut block = [0; 64];
        block.iter_mut().zip(key).for_each(|(slot, byte)| *slot = *byte);
        Self(Hmac::new(&block.into()))
    }

    /// The stand-in of a value, and the value.
    pub(crate) fn make(&self, class: &str, value: &[u8], keep_shape: bool) -> Swap {
        let shaped = keep_shape.then(|| self.shaped(class, value)).flatten();
        let stand_in = shaped.unwrap_or_else(|| self.marked(class, value));
        Swap::Made { stand_in: stand_in.into(), original: Zeroizing::new(value.into()) }
    }

    /// `[TOKEN:pii.email:k7m2q9x4tz01]`: sixty bits say which one.
    fn marked(&self, class: &str, value: &[u8]) -> String {
        let digest = self.digest(class, value, 0);
        let id = digest.iter().take(12).filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
        let id: String = id.map(|byte| char::from(*byte)).collect();
        format!("[TOKEN:{class}:{id}]")
    }

    /// A digit for each digit and a letter for each letter; `None` where that would leave too little to choose.
    fn shaped(&self, class: &str, value: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(value).ok()?;
        if text.chars().filter(|c| c.is_alphanumeric()).count() < FEWEST_FREE {
            return None;
        }
        let mut random = (0..).flat_map(|block| self.digest(class, value, block));
        let mut pick = |from: u8, of: u8| random.next().map(|byte| char::from(from + byte % of));
        let shaped: Option<String> = text
            .chars()
            .map(|c| match c {
                _ if c.is_numeric() => pick(b'0', 10),
                _ if c.is_uppercase() => pick(b'A', 26),
                _ if c.is_alphabetic() => pick(b'a', 26),
                _ => Some(c),
            })
            .collect();
        shaped.filter(|shaped| shaped != text)
    }

    fn digest(&self, class: &str, value: &[u8], block: u32) -> [u8; 32] {
        let parts = self.0.clone().chain_update(block.to_le_bytes()).chain_update(class).chain_update([0]);
        parts.chain_update(value).finalize().into_bytes().into()
    }
}

/* ===== the way back ===== */

/// Finds one stand-in, as it was written.
struct StandIn {
    text: Arc<str>,
    open: Open,
}

impl Detector for StandIn {
    fn about(&self) -> About {
        About::new(
            "stand_in",
            "stand_in",
            Severity::Low,
            "a stand-in, which is given back as what it stands for",
        )
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal(self.text.as_bytes())]
    }

    fn ahead(&self) -> usize {
        self.text.len()
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let range = probe.at()..probe.at() + self.text.len();
        let original =
            probe.looking_at(range.start, self.text.as_bytes()).then(|| (self.open)(&self.text))??;
        Some(Match { restores: Some(original), ..Match::new(range, 1.0).with(Evidence::STRUCTURE) })
    }
}
