//! Findings that are known already.
//!
//! A baseline is a JSON file: a random key, and for each known finding its path, class and keyed fingerprint. A finding that
//! moved within its file is still known. Values are not in it; but whoever has the file can try guesses at short ones, so it
//! deserves the care that the scanned files themselves get.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use renlayer_core::dlp::{Finding, Fingerprint};
use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure};

/// The format of the file.
const VERSION: u32 = 1;

/// Findings that are known, and the key their fingerprints were made with.
pub(super) struct Baseline {
    key: [u8; 32],
    known: HashSet<Known>,
}

/// A finding, recognised again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
struct Known {
    path: String,
    class: String,
    fingerprint: String,
}

/// As it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    key: Key,
    findings: Vec<Known>,
}

/// The key, in hexadecimal.
#[derive(Serialize, Deserialize)]
struct Key(String);

// === impl Baseline ===

impl Baseline {
    /// One that knows nothing, with a new key.
    pub(super) fn new() -> Result<Self, Failure> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| Failure::new(Exit::Unavailable, error))?;
        Ok(Self { key, known: HashSet::new() })
    }

    /// The one in a file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |reason: &dyn std::fmt::Display| {
            Failure::usage(format!("{}: {reason}", path.display()))
                .next("`renlayer dlp scan --write-baseline FILE` writes such a file")
        };
        let text = fs::read(path).map_err(|error| wrong(&error))?;
        let document: Document = serde_json::from_slice(&text).map_err(|error| wrong(&error))?;
        if document.version != VERSION {
            return Err(wrong(&format_args!("version {} is not known, only {VERSION}", document.version)));
        }
        let key = document.key.decode().ok_or_else(|| wrong(&"`key` is not 64 hexadecimal digits"))?;
        Ok(Self { key, known: document.findings.into_iter().collect() })
    }

    /// Writes it, with findings in a stable order so that two baselines compare.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let mut findings: Vec<_> = self.known.iter().cloned().collect();
        findings.sort();
        let document = Document { version: VERSION, key: Key::encode(&self.key), findings };
        let text = serde_json::to_string_pretty(&document).map_err(std::io::Error::from)? + "\n";
        fs::write(path, text)
            .map_err(|error| Failure::new(Exit::Unavailable, format!("{}: {error}", path.display())))
    }

    /// What fingerprints have to be keyed with.
    pub(super) fn key(&self) -> [u8; 32] {
        self.key
    }

    /// Whether a finding is known.
    pub(super) fn knows(&self, path: &str, finding: &Finding) -> bool {
        !self.known.is_empty() && self.known.contains(&Known::new(path, finding))
    }

    /// Makes a finding known.
    pub(super) fn add(&mut self, path: &str, finding: &Finding) {
        self.known.insert(Known::new(path, finding));
    }

    /// How many findings it knows.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

impl Known {
    fn new(path: &str, finding: &Finding) -> Self {
        let fingerprint: Fingerprint = finding.fingerprint;
        Self {
            // `./a` and `a` are one file.
            path: path.strip_prefix("./").unwrap_or(path).to_owned(),
            class: finding.class.to_string(),
            fingerprint: fingerprint.to_string(),
        }
    }
}

impl Key {
    fn encode(key: &[u8; 32]) -> Self {
        Self(key.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn decode(&self) -> Option<[u8; 32]> {
        let mut key = [0; 32];
        let digits = self.0.as_bytes();
        if digits.len() != 64 || !digits.is_ascii() {
            return None;
        }
        for (slot, pair) in key.iter_mut().zip(digits.chunks(2)) {
            *slot = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(key)
    }
}
