//! A known value in base64 or hexadecimal.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use super::about;
use crate::Evidence;
use crate::detector::{About, Anchor, ByteSet, Detector, Match, Probe, Reach};

/// The ways one encoding of the value may be written, each of which is the anchor itself.
pub(super) struct Encoded {
    name: &'static str,
    forms: Vec<Vec<u8>>,
    either_case: bool,
    /// Characters just outside the form that carry bits of the value too.
    shared: ByteSet,
}

const BASE64_ANY: ByteSet = ByteSet::BASE64.or(ByteSet::BASE64URL);
/// Fewer characters than this occur by chance.
const LEAST: usize = 5;

impl Encoded {
    pub(super) fn hex(value: &[u8]) -> Self {
        let form: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            name: "injected_hex",
            forms: vec![form.into_bytes()],
            either_case: true,
            shared: ByteSet::EMPTY,
        }
    }

    /// One per alignment. Of each, the characters that depend on the value alone.
    pub(super) fn base64(value: &[u8]) -> impl Iterator<Item = Self> {
        let alignments = [(0, 0), (1, 2), (2, 3)];
        alignments.into_iter().filter_map(move |(before, skipped)| {
            let padded = [&vec![0; before], value].concat();
            let whole = BASE64_STANDARD_NO_PAD.encode(&padded);
            let form = whole.get(skipped..padded.len() * 8 / 6).filter(|form| form.len() >= LEAST)?;
            let forms = variants(form);
            Some(Self { name: "injected_base64", forms, either_case: false, shared: BASE64_ANY })
        })
    }

    fn form_at(&self, probe: &Probe<'_>) -> Option<usize> {
        let stands = |form: &&Vec<u8>| match self.either_case {
            true => probe.looking_at_word(probe.at(), form),
            false => probe.looking_at(probe.at(), form),
        };
        self.forms.iter().find(stands).map(Vec::len)
    }
}

/// The URL-safe alphabet, and what JSON and percent-encoding make of `/` and `+`.
fn variants(form: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![
        form.to_owned(),
        form.replace('+', "-").replace('/', "_"),
        form.replace('/', "\\/"),
        form.replace('+', "%2B").replace('/', "%2F"),
        form.replace('+', "%2b").replace('/', "%2f"),
    ];
    forms.dedup();
    forms.into_iter().map(String::into_bytes).collect()
}

impl Detector for Encoded {
    fn about(&self) -> About {
        about(self.name)
    }

    fn anchors(&self) -> Vec<Anchor> {
        let anchor = if self.either_case { Anchor::Word } else { Anchor::Literal };
        self.forms.iter().cloned().map(anchor).collect()
    }

    fn reach(&self) -> Reach {
        if self.shared.is_empty() { Reach::NONE } else { Reach { set: self.shared, max: 1 } }
    }

    fn ahead(&self) -> usize {
        self.forms.iter().map(Vec::len).max().unwrap_or_default() + 1
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let end = probe.at() + self.form_at(probe)?;
        let start = probe.run_back(probe.at(), &self.shared, 1);
        let end = probe.run(end, &self.shared, 1);
        Some(Match::new(start..end, 1.0).with(Evidence::STRUCTURE))
    }
}
