//! Values that must never come back: an injected credential that an upstream echoes, in whatever spelling.

mod encoded;
mod spelled;

use std::sync::Arc;

use smallvec::SmallVec;

use crate::detector::{About, Detector};
use crate::engine::{Rule, Text, Work};
use crate::judge::Judge;
use crate::{Direction, Severity, StandIns};

use encoded::Encoded;
use spelled::Spelled;

/// Exact values that must not appear. They are found as they are, in base64 (at any alignment, either alphabet), in
/// hexadecimal, percent-encoded and JSON-escaped; the class is `secret.injected` and the action always redaction. Cheap to
/// clone, and dear enough to make (some 100 µs) to be made once per set of values and kept. `Debug` prints only how many
/// there are.
#[derive(Clone)]
pub struct KnownValues {
    judges: SmallVec<[Arc<Judge>; 2]>,
    count: usize,
}

/// Values shorter than this would take ordinary text apart.
const SHORTEST: usize = 4;

impl KnownValues {
    /// Compiles the values. One of fewer than four bytes is left out: it would take ordinary text apart.
    #[must_use]
    pub fn new<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let values: Vec<&[u8]> = values.into_iter().filter(|value| value.len() >= SHORTEST).collect();
        let rules = values.iter().flat_map(|value| detectors(value)).map(Rule::replacing).collect();
        Self { count: values.len(), judges: SmallVec::from_iter([Arc::new(Judge::of_rules(rules))]) }
    }

    /// No value, and stand-ins that are given back as what they stand for.
    #[must_use]
    pub fn restoring(stand_ins: &StandIns) -> Self {
        Self { judges: SmallVec::from_iter([stand_ins.judge().clone()]), count: 0 }
    }

    /// These values, and those.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.judges.extend(others.judges.iter().cloned());
        self.count += others.count;
        self
    }

    /// Whether one of the values stands in `bytes`, in any spelling: for what is too short to be cut, such as a header.
    #[must_use]
    pub fn occur_in(&self, bytes: &[u8]) -> bool {
        self.judges.iter().any(|judge| {
            let mut work = Work::default();
            work.advance(judge.engine(), Text { bytes, start: 0, complete: true }, Direction::Response);
            let mut hits = Vec::new();
            judge.weigh(&mut work.hits, bytes, None, &mut hits);
            !hits.is_empty()
        })
    }

    pub(crate) fn judges(&self) -> impl Iterator<Item = &Arc<Judge>> {
        self.judges.iter()
    }
}

/// The detectors of one value, one per way of writing it.
fn detectors(value: &[u8]) -> Vec<Box<dyn Detector>> {
    let mut all: Vec<Box<dyn Detector>> = vec![Box::new(Spelled::new(value)), Box::new(Encoded::hex(value))];
    all.extend(Encoded::base64(value).map(|form| Box::new(form) as Box<dyn Detector>));
    all
}

fn about(name: &'static str) -> About {
    About::new(
        name,
        "secret.injected",
        Severity::Critical,
        "a credential that was injected and must not come back",
    )
}

impl std::fmt::Debug for KnownValues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KnownValues({})", self.count)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;
    use crate::{Action, Format, Input, Scanner, Settings};

    const SECRET: &str = "s3cr3t/+v\"al\\ue é?>~ok";

    fn spellings() -> Vec<String> {
        let percent = |keep: fn(u8) -> bool| -> String {
            SECRET
                .bytes()
                .map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
                .collect()
        };
        let unicode: String = SECRET.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let json = serde_json::to_string(SECRET).unwrap();
        let mut all = vec![
            SECRET.to_owned(),
            json.trim_matches('"').to_owned(),
            json.trim_matches('"').replace('/', "\\/"),
            unicode,
            percent(|b| b.is_ascii_alphanumeric()),
            percent(|_| false).to_lowercase(),
            percent(|b| b.is_ascii_alphanumeric() || b == b'/').replace("%20", "+"),
            SECRET.bytes().map(|b| format!("{b:02x}")).collect(),
            SECRET.bytes().map(|b| format!("{b:02X}")).collect(),
        ];
        for pad in ["", "x", "xy"] {
            for tail in ["", "z", "zz"] {
                all.push(BASE64_STANDARD.encode(format!("{pad}{SECRET}{tail}")));
                all.push(BASE64_URL_SAFE_NO_PAD.encode(format!("{pad}{SECRET}{tail}")));
            }
        }
        all
    }

    fn redacted(text: &str) -> String {
        let known = KnownValues::new([SECRET.as_bytes()]);
        let input = Input { format: Format::Verbatim, direction: Direction::Response, known: Some(&known) };
        let report = Scanner::builtin().scan(text.as_bytes(), input);
        String::from_utf8(report.redact(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn a_value_is_found_in_every_spelling_whole_and_in_streams() {
        let scanner = Scanner::builtin();
        let known = KnownValues::new([SECRET.as_bytes()]);
        for spelling in spellings() {
            let text = format!("you sent: {spelling} ok");
            let whole = redacted(&text);
            assert!(whole.contains("[REDACTED:secret.injected]"), "{text}");
            assert!(whole.len() <= "you sent: [REDACTED:secret.injected]6eg== ok".len(), "{whole}");
            let mut stream = scanner.stream(Direction::Response, Some(known.clone()));
            let mut out = String::new();
            for c in text.chars() {
                let _ = stream.push(c.encode_utf8(&mut [0; 4]), &mut out);
            }
            let _ = stream.finish(&mut out);
            assert_eq!(out, whole, "{text}");
        }
    }

    #[test]
    fn an_observing_scanner_takes_out_known_values_and_nothing_else() {
        let settings: Settings =
            serde_json::from_str(r#"{"observe": true, "detectors": {"pii.email": {"action": "block"}}}"#)
                .unwrap();
        let known = KnownValues::new([SECRET.as_bytes()]);
        let scanner = Scanner::new(&settings).unwrap();
        let mut stream = scanner.stream(Direction::Response, Some(known.clone()));
        let mut out = String::new();
        let _ = stream.push(&format!("ada@corp.io sent {SECRET} home"), &mut out);
        let _ = stream.finish(&mut out);
        assert_eq!(out, "ada@corp.io sent [REDACTED:secret.injected] home");
        assert_eq!(stream.findings()[0].action, Action::Block);
        assert!(known.occur_in(format!("x{SECRET}y").as_bytes()) && !known.occur_in(b"something else"));
    }

    #[test]
    fn debug_says_only_how_many() {
        assert_eq!(format!("{:?}", KnownValues::new([&b"hunter22"[..], b"x"])), "KnownValues(1)");
    }
}
