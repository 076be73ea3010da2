//! What a scan says about one place: its class, its severity, what should be done, and never the value.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::stand_in::Swap;

/// How bad it is when data of a class leaves. Ordered from [`Severity::Low`] to [`Severity::Critical`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// Worth a line in the trace: reserved examples, private addresses.
    Low,
    /// Personal data in ordinary use.
    Medium,
    /// Data whose loss has to be dealt with.
    High,
    /// Data that must not leave: credentials, card numbers.
    Critical,
}

impl Severity {
    /// All severities, weakest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The name used in configuration, traces and the API: `"CRITICAL"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is to be done about a finding. Ordered from [`Action::Record`] to [`Action::Block`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Note it in the trace; the call goes through unchanged.
    Record,
    /// The call goes through unchanged and is marked.
    Warn,
    /// In a request, the span is replaced by a stand-in that answers are given back in place of; see [`StandIns`](crate::StandIns).
    /// Where there is nothing to give back to, the same as [`Action::Redact`].
    Tokenize,
    /// The span is replaced by `[REDACTED:class]`.
    Redact,
    /// The call is refused, or the stream ended.
    Block,
}

impl Action {
    /// All actions, weakest first.
    pub const ALL: [Self; 5] = [Self::Record, Self::Warn, Self::Tokenize, Self::Redact, Self::Block];

    /// The name used in configuration, traces and the API: `"block"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Warn => "warn",
            Self::Tokenize => "tokenize",
            Self::Redact => "redact",
            Self::Block => "block",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One place that holds sensitive data. It says where and what, and never carries the value, in `Debug` neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Dotted and stable: `pii.email`, `secret.aws_access_key`.
    pub class: Arc<str>,
    /// How bad it is.
    pub severity: Severity,
    /// What should be done about it.
    pub action: Action,
    /// Whether that is only said and not done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub observed: bool,
    /// First byte in the body as it was given (escapes included).
    pub start: usize,
    /// One past the last byte in the body as it was given.
    pub end: usize,
    /// Where it stands in a JSON body; inside JSON that is itself a string, the inner place follows after `#`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// How sure the detector is, 0 to 1.
    pub confidence: f32,
    /// What made it sure.
    pub evidence: Evidence,
    /// The detector that found it, by name.
    pub detector: Arc<str>,
    /// Recognises the same value again without storing it.
    pub fingerprint: Fingerprint,
    /// How the marker has to be written in this place.
    #[serde(skip)]
    pub(crate) style: MarkerStyle,
    /// What else than the marker takes its place; of few findings anything.
    #[serde(skip)]
    pub(crate) swap: Option<Box<Swap>>,
}

impl Finding {
    /// What is done about it: its action, or, where the settings only observe, nothing more than recording it.
    #[must_use]
    pub fn effect(&self) -> Action {
        if self.observed { Action::Record } else { self.action }
    }

    /// Whether its [effect](Self::effect) is that something else takes the place of the value.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        matches!(self.effect(), Action::Redact | Action::Tokenize)
    }

    /// Whether it is a stand-in, which is given back as what it stands for.
    #[must_use]
    pub fn is_restored(&self) -> bool {
        matches!(self.swap.as_deref(), Some(Swap::Restored(_)))
    }

    /// What [`Report::redact`](crate::Report::redact) puts in the place of the value.
    #[must_use]
    pub fn marker(&self) -> String {
        match &self.swap {
            Some(swap) => self.style.write(swap.text()),
            None => self.style.write(&format!("[REDACTED:{}]", self.class)),
        }
    }

    /// The finding as it may be kept: without what it was to be replaced by, or how.
    #[must_use]
    pub fn recorded(&self) -> Self {
        let action = if self.is_restored() { Action::Record } else { self.action };
        Self { action, style: MarkerStyle::default(), swap: None, ..self.clone() }
    }

    /// The marker in the bytes of the body.
    pub(crate) fn replacement(&self) -> Vec<u8> {
        let marker = self.marker();
        match self.style.wide {
            Some(Wide::Little) => marker.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Some(Wide::Big) => marker.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            None => marker.into_bytes(),
        }
    }
}

/// How a marker is written so that the body around it stays well-formed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MarkerStyle {
    /// In a JSON string, in a document that itself stands in one, and so on: so many strings.
    pub(crate) strings: u8,
    /// As a JSON string of its own, in the place of a number, in a document that stands in so many JSON strings.
    pub(crate) quoted: Option<u8>,
    /// In XML or HTML.
    pub(crate) markup: bool,
    /// Percent-encoded, in a form field.
    pub(crate) percent: bool,
    /// Within packed text.
    pub(crate) packed: Option<Packed>,
    /// In a body of UTF-16.
    pub(crate) wide: Option<Wide>,
}

/// A way of writing text in letters and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Three bytes in four characters (RFC 4648, either alphabet).
    Base64,
    /// A byte in two hexadecimal digits.
    Hex,
}

/// How a marker stands in packed text: with the bytes that share its first and last group, so that they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packed {
    packing: Packing,
    /// Zero where there is none.
    before: [u8; 2],
    after: [u8; 2],
}

/// The order of bytes in UTF-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wide {
    Little,
    Big,
}

impl Packed {
    /// Letters and digits beside a value may belong to another one, and become spaces.
    pub(crate) fn new(packing: Packing, before: &[u8], after: &[u8]) -> Self {
        let keep = |bytes: &[u8]| {
            let mut kept = [0; 2];
            let shown = |byte: &u8| if byte.is_ascii_punctuation() { *byte } else { b' ' };
            kept.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = shown(byte));
            kept
        };
        Self { packing, before: keep(before), after: keep(after) }
    }

    fn write(self, marker: &str) -> String {
        let [before, after] =
            [self.before, self.after].map(|kept| kept.into_iter().filter(|byte| *byte != 0));
        let mut text: Vec<u8> = before.chain(marker.bytes()).collect();
        match self.packing {
            Packing::Base64 => {
                let after: Vec<u8> = after.collect();
                // Whole groups: what follows goes on where it did.
                text.resize((text.len() + after.len()).next_multiple_of(3) - after.len(), b' ');
                text.extend(after);
                BASE64_STANDARD.encode(text)
            }
            Packing::Hex => text.into_iter().chain(after).map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

impl MarkerStyle {
    fn write(self, text: &str) -> String {
        // A quote inside n strings takes 2^n - 1 backslashes.
        let escape = |depth: u8| "\\".repeat((1usize << depth.min(8)) - 1);
        let quote = self.quoted.map(|depth| escape(depth) + "\"").unwrap_or_default();
        let marker = (0..self.strings).fold(text.to_owned(), |text, _| json_escaped(&text));
        let marker = format!("{quote}{marker}{quote}");
        let marker = if self.markup { markup_escaped(&marker) } else { marker };
        let marker = if self.percent { percent_encoded(&marker) } else { marker };
        self.packed.map_or_else(|| marker.clone(), |packed| packed.write(&marker))
    }
}

/// As it is written inside a JSON string.
pub(crate) fn json_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

fn markup_escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// What a confidence rests on: a small set.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Evidence(u8);

impl Evidence {
    /// Nothing but the shape of the characters.
    pub const NONE: Self = Self(0);
    /// A check digit, a CRC or another checksum came out right.
    pub const CHECKSUM: Self = Self(1);
    /// A word before the value says what it is.
    pub const CONTEXT: Self = Self(2);
    /// The value is as random as a secret of its kind.
    pub const ENTROPY: Self = Self(4);
    /// The format is distinctive: a provider's prefix, a header that decodes.
    pub const STRUCTURE: Self = Self(8);

    const NAMES: [(Self, &'static str); 4] = [
        (Self::CHECKSUM, "checksum"),
        (Self::CONTEXT, "context"),
        (Self::ENTROPY, "entropy"),
        (Self::STRUCTURE, "structure"),
    ];

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in this set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of what is in the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(bit, _)| self.has(*bit)).map(|(_, name)| name)
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for Evidence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        let known = Self::NAMES.iter().filter(|(_, name)| names.iter().any(|n| n == name));
        Ok(known.fold(Self::NONE, |set, (bit, _)| set.and(*bit)))
    }
}

/// A keyed hash of a found value: equal for equal values under one key, and good for nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub(crate) [u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hex = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let number = (hex.len() == 32).then(|| u128::from_str_radix(&hex, 16).ok()).flatten();
        number
            .map(|n| Self(n.to_be_bytes()))
            .ok_or_else(|| serde::de::Error::custom("a fingerprint is 32 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_marker_is_escaped_once_per_enclosing_string() {
        let write = |style: MarkerStyle| style.write("[REDACTED:a.b]");
        let style = |depth| write(MarkerStyle { quoted: Some(depth), ..MarkerStyle::default() });
        assert_eq!(style(0), r#""[REDACTED:a.b]""#);
        assert_eq!(style(1), r#"\"[REDACTED:a.b]\""#);
        assert_eq!(style(2), r#"\\\"[REDACTED:a.b]\\\""#);
        let form = MarkerStyle { percent: true, ..MarkerStyle::default() };
        assert_eq!(write(form), "%5BREDACTED%3Aa.b%5D");
    }

    #[test]
    fn what_takes_a_place_in_strings_is_escaped_as_often() {
        let text = "a\"\\\n\u{1}é";
        for strings in 0..4 {
            let mut written = MarkerStyle { strings, ..MarkerStyle::default() }.write(text);
            for _ in 0..strings {
                written = serde_json::from_str(&format!("\"{written}\"")).unwrap();
            }
            assert_eq!(written, text);
        }
    }

    #[test]
    fn a_packed_marker_has_whole_groups_and_its_neighbours() {
        for (before, after) in [("", ""), ("\"", ""), ("", "\","), ("a:", "\"}"), ("{\"", "x")] {
            let packed = Packed::new(Packing::Base64, before.as_bytes(), after.as_bytes());
            let written = packed.write("[REDACTED:a.b]");
            assert!(!written.contains('='), "{written}");
            let text = String::from_utf8(BASE64_STANDARD.decode(written).unwrap()).unwrap();
            let kept = |text: &str| text.replace(|c: char| c.is_ascii_alphanumeric(), " ");
            assert!(
                text.starts_with(&format!("{}[REDACTED:a.b]", kept(before))) && text.ends_with(&kept(after))
            );
        }
    }

    #[test]
    fn evidence_and_fingerprints_survive_serde() {
        let evidence = Evidence::CHECKSUM.and(Evidence::CONTEXT);
        let json = serde_json::to_string(&evidence).unwrap();
        assert_eq!(json, r#"["checksum","context"]"#);
        assert_eq!(serde_json::from_str::<Evidence>(&json).unwrap(), evidence);
        let fingerprint = Fingerprint(*b"0123456789abcdef");
        let json = serde_json::to_string(&fingerprint).unwrap();
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), fingerprint);
    }
}
