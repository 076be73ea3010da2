//! The scanner: settings compiled once, then any number of scans and streams.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::compile::compile;
use crate::judge::Judge;
use crate::scan::Scan;
use crate::stand_in::Mint;
use crate::{
    Action, Format, KnownValues, Report, Settings, SettingsError, Severity, StreamScanner, document,
};

/// Finds sensitive data in bytes. Immutable, and cheap to clone.
///
/// ```
/// use renlayer_dlp::{Direction, Format, Input, Scanner};
///
/// let scanner = Scanner::builtin();
/// let body = br#"{"to": "alice@corp.io"}"#;
/// let report = scanner.scan(body, Input { format: Format::Json, direction: Direction::Request, known: None });
/// assert_eq!(&*report.findings[0].class, "pii.email");
/// assert_eq!(&*report.redact_all(body), br#"{"to": "[REDACTED:pii.email]"}"#);
/// ```
#[derive(Clone)]
pub struct Scanner {
    judge: Arc<Judge>,
    mint: Option<Arc<Mint>>,
}

/// What is scanned, and how.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// How the bytes are written.
    pub format: Format,
    /// Which way they go.
    pub direction: Direction,
    /// Values that must not appear, besides what detectors find.
    pub known: Option<&'a KnownValues>,
}

/// Which way data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the agent to the upstream.
    Request,
    /// From the upstream to the agent.
    Response,
}

/// A detector as it is listed to users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetectorInfo {
    /// Its own name.
    pub name: Arc<str>,
    /// The class of its findings.
    pub class: Arc<str>,
    /// The severity of its findings, as set.
    pub severity: Severity,
    /// What is done about them, as set.
    pub action: Action,
    /// Whether it is on.
    pub enabled: bool,
    /// One sentence: what it finds.
    pub finds: Arc<str>,
}

/* ===== impl Scanner ===== */

impl Scanner {
    /// Compiles settings.
    ///
    /// # Errors
    ///
    /// Names the setting, by its place, and says why it cannot work: a class that does not exist, an expression that does
    /// not parse or grows too large.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        compile(settings).map(Self::of)
    }

    /// Every built-in detector, with the default settings.
    #[must_use]
    pub fn builtin() -> Self {
        Self::of(Judge::builtin())
    }

    /// No detector at all: it finds only the [`KnownValues`] that are given with an input.
    #[must_use]
    pub fn silent() -> Self {
        Self::of(Judge::silent())
    }

    /// The same scanner, which gives what is to be [tokenized](Action::Tokenize) in requests a stand-in. The same value has
    /// the same one for the same `owner` (an agent, a session), and another one for any other.
    #[must_use]
    pub fn tokenizing(&self, owner: &[u8]) -> Self {
        Self { judge: Arc::clone(&self.judge), mint: Some(Arc::new(self.judge.mint(owner))) }
    }

    /// Whether anything that is on is to be [tokenized](Action::Tokenize).
    #[must_use]
    pub fn tokenizes(&self) -> bool {
        self.judge.tokenizes()
    }

    fn of(judge: Judge) -> Self {
        crate::view::character::prepare();
        Self { judge: Arc::new(judge), mint: None }
    }

    /// Scans a whole body.
    #[must_use]
    pub fn scan(&self, bytes: &[u8], input: Input<'_>) -> Report {
        let mut scan = Scan::new(&self.judge, self.mint.as_deref(), &input);
        if input.format != Format::Json {
            scan.watch.enter(bytes);
        }
        document::scan(&mut scan, bytes, input.format);
        scan.finish(bytes.len())
    }

    /// Scans the decoded text of one channel as it arrives.
    #[must_use]
    pub fn stream(&self, direction: Direction, known: Option<KnownValues>) -> StreamScanner {
        StreamScanner::new(Arc::clone(&self.judge), direction, known)
    }

    /// All detectors, those that are off included: built-in ones first, then patterns, then keyword lists.
    pub fn detectors(&self) -> impl Iterator<Item = &DetectorInfo> {
        self.judge.detectors().iter()
    }
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scanner").field("detectors", &self.judge.detectors().len()).finish()
    }
}
