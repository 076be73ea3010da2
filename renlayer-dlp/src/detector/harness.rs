//! How a detector's cases are run: each in text, as a JSON string, and through a stream split everywhere. Of tables with
//! hundreds of rows those of one shape take the same way through a stream: one of them is split everywhere, and the others
//! byte by byte and where it matters.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::detector::ByteSet;
use crate::{Cost, Direction, Finding, Format, Input, Report, Scanner, Settings, Severity, Verdict};

/// The cases of one class.
///
/// ```ignore
/// Cases::of("pii.email").hit("to a@corp.io", "a@corp.io").low("a@example.com", "a@example.com").miss("@decorator").run();
/// ```
#[must_use]
pub(crate) struct Cases {
    class: &'static str,
    rows: Vec<(String, Expect)>,
    splits: Splits,
}

/// Where a stream over a case is cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Splits {
    /// At every character, once for each; and at all of them.
    Everywhere,
    /// Around both ends of the value, at three places by chance, and at every character of one stream.
    Few,
}

impl Splits {
    /// Everywhere for the first of its shape, and few for those that follow.
    pub(crate) fn of_shape<S: std::hash::Hash + Eq>(
        seen: &mut std::collections::HashSet<S>,
        shape: S,
    ) -> Self {
        if seen.insert(shape) { Self::Everywhere } else { Self::Few }
    }
}

enum Expect {
    /// One finding of the class with this text, above `LOW`.
    Hit(String),
    /// One finding of the class with this text, at `LOW`.
    Low(String),
    /// No finding of the class.
    Miss,
    /// None above `LOW`.
    Harmless,
}

impl Cases {
    pub(crate) fn of(class: &'static str) -> Self {
        Self { class, rows: Vec::new(), splits: Splits::Everywhere }
    }

    /// With streams cut there.
    pub(crate) fn split(mut self, splits: Splits) -> Self {
        self.splits = splits;
        self
    }

    /// `value` in `text` is a finding.
    pub(crate) fn hit(mut self, text: &str, value: &str) -> Self {
        self.rows.push((text.to_owned(), Expect::Hit(value.to_owned())));
        self
    }

    /// `value` in `text` is a finding that does not count for much.
    pub(crate) fn low(mut self, text: &str, value: &str) -> Self {
        self.rows.push((text.to_owned(), Expect::Low(value.to_owned())));
        self
    }

    /// Nothing of the class is in `text`.
    pub(crate) fn miss(mut self, text: &str) -> Self {
        self.rows.push((text.to_owned(), Expect::Miss));
        self
    }

    /// Nothing of the class above `LOW` is in `text`.
    pub(crate) fn harmless(mut self, text: &str) -> Self {
        self.rows.push((text.to_owned(), Expect::Harmless));
        self
    }

    pub(crate) fn run(self) {
        for (text, expect) in &self.rows {
            self.in_text(text, expect);
            self.in_json(text, expect);
            self.in_disguise(text, expect);
            let value = match expect {
                Expect::Hit(value) | Expect::Low(value) => text.find(value).map(|at| at..at + value.len()),
                Expect::Miss | Expect::Harmless => None,
            };
            in_stream(text, &cuts(text, self.splits, value));
        }
    }

    fn in_text(&self, text: &str, expect: &Expect) {
        let report = scan(text);
        let values = self.values(&report, |f| text[f.start..f.end].to_owned());
        self.judge(text, expect, &values);
    }

    fn in_json(&self, text: &str, expect: &Expect) {
        let content = serde_json::to_string(text).unwrap();
        let body = format!(r#"{{"messages":[{{"role":"user","content":{content}}}]}}"#).into_bytes();
        let report = shared().scan(&body, input(Format::Json));
        let values = self.values(&report, |f| {
            // A text that is JSON itself is read as such, and the pointer goes on inside.
            assert!(f.pointer.as_deref().unwrap_or_default().starts_with("/messages/0/content"), "{text}");
            serde_json::from_slice(&[b"\"", &body[f.start..f.end], b"\""].concat()).unwrap()
        });
        self.judge(text, expect, &values);
    }

    /// A value stays found, however it is written.
    fn in_disguise(&self, text: &str, expect: &Expect) {
        let Expect::Hit(value) = expect else { return };
        let Some((before, after)) = text.split_once(value.as_str()) else { return };
        let of_value = |write: &dyn Fn(char) -> String| {
            let written: String = value.chars().map(write).collect();
            ([before, &written, after].concat(), Format::Text)
        };
        let wide = |c: char| char::from_u32(u32::from(c) - 0x21 + 0xff01).unwrap_or(c);
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        // What is packed is long enough to be looked into.
        let packed = format!("{text}\n\nThat is all there is.");
        let hex: String = packed.bytes().map(|byte| format!("{byte:02x}")).collect();
        let bytes = |c: char, write: fn(u8) -> String| c.to_string().bytes().map(write).collect::<String>();
        let ways = [
            ("escapes", (format!("{{\"a\":\"{escaped}\"}}"), Format::Json)),
            ("zero width", of_value(&|c| format!("{c}\u{200b}"))),
            (
                "full width",
                of_value(&|c| if c.is_ascii_digit() { wide(c).to_string() } else { c.to_string() }),
            ),
            ("percent", of_value(&|c| bytes(c, |byte| format!("%{byte:02X}")))),
            ("entities", of_value(&|c| format!("&#{};", u32::from(c)))),
            ("base64", (BASE64_STANDARD.encode(&packed), Format::Text)),
            ("hexadecimal", (hex, Format::Text)),
        ];
        for (way, (written, format)) in ways {
            let report = shared().scan(written.as_bytes(), input(format));
            let is_found = report.findings.iter().any(|f| &*f.class == self.class);
            assert!(is_found, "{}: not found in {written:?} ({way} of {text:?})", self.class);
        }
    }

    fn values(&self, report: &Report, value: impl Fn(&Finding) -> String) -> Vec<(String, Severity)> {
        report.findings.iter().filter(|f| &*f.class == self.class).map(|f| (value(f), f.severity)).collect()
    }

    fn judge(&self, text: &str, expect: &Expect, found: &[(String, Severity)]) {
        let class = self.class;
        match (expect, found) {
            (Expect::Miss, []) => {}
            (Expect::Harmless, found) if found.iter().all(|(_, severity)| *severity == Severity::Low) => {}
            (Expect::Hit(value), [(found, severity)]) if found == value && *severity > Severity::Low => {}
            (Expect::Low(value), [(found, Severity::Low)]) if found == value => {}
            (Expect::Miss | Expect::Harmless, _) => panic!("{class}: found {found:?} in {text:?}"),
            (Expect::Hit(value) | Expect::Low(value), _) => {
                panic!("{class}: wanted {value:?}, found {found:?} in {text:?}")
            }
        }
    }
}

/// A scan of text with all built-in detectors.
pub(crate) fn scan(text: &str) -> Report {
    shared().scan(text.as_bytes(), input(Format::Text))
}

/// A stream over `text`, cut after each byte offset of `cuts`, releases what redacting the whole would give.
pub(crate) fn released(scanner: &Scanner, text: &str, cuts: &[usize]) -> (String, Verdict) {
    let mut stream = scanner.stream(Direction::Response, None);
    let (mut out, mut from) = (String::new(), 0);
    for &cut in cuts {
        if stream.push(&text[from..cut], &mut out) == Verdict::Block {
            return (out, Verdict::Block);
        }
        from = cut;
    }
    if stream.push(&text[from..], &mut out) == Verdict::Block {
        return (out, Verdict::Block);
    }
    let verdict = stream.finish(&mut out);
    (out, verdict)
}

/// How many bytes a detector looked at.
pub(crate) fn examined(detector: &str, cost: &Cost) -> u64 {
    cost.iter().find(|(name, ..)| *name == detector).map_or(0, |(.., bytes)| bytes)
}

/// Where a stream over `text`, with `value` in it, is cut.
fn cuts(text: &str, splits: Splits, value: Option<std::ops::Range<usize>>) -> Vec<usize> {
    let every: Vec<usize> = boundaries(text).collect();
    if splits == Splits::Everywhere {
        return every.iter().copied().step_by(every.len() / 200 + 1).collect();
    }
    let ends = value.map_or([1, text.len() / 2, text.len() - 1, 0, 0, 0], |value| {
        let (start, end) = (value.start, value.end);
        [start, start + 1, start + 4, end - 1, end, end + 1]
    });
    let mut random = Random::new(text.len() as u64);
    let chance = [0; 3].map(|_| random.below(text.len()));
    ends.into_iter().chain(chance).filter(|cut| every.binary_search(cut).is_ok()).collect()
}

fn boundaries(text: &str) -> impl Iterator<Item = usize> + '_ {
    (1..text.len()).filter(|&i| text.is_char_boundary(i))
}

fn in_stream(text: &str, cuts: &[usize]) {
    let scanner = redacting();
    let report = scanner.scan(text.as_bytes(), input(Format::Verbatim));
    let whole = String::from_utf8(report.redact(text.as_bytes()).into_owned()).unwrap();
    for &cut in cuts {
        assert_eq!(released(scanner, text, &[cut]).0, whole, "cut at {cut}: {text:?}");
    }
    let every: Vec<usize> = boundaries(text).collect();
    assert_eq!(released(scanner, text, &every).0, whole, "byte by byte: {text:?}");
}

pub(crate) fn input(format: Format) -> Input<'static> {
    Input { format, direction: Direction::Request, known: None }
}

/// The built-in scanner, compiled once.
pub(crate) fn shared() -> &'static Scanner {
    static SCANNER: std::sync::OnceLock<Scanner> = std::sync::OnceLock::new();
    SCANNER.get_or_init(Scanner::builtin)
}

/// The built-in scanner with every finding redacted.
pub(crate) fn redacting() -> &'static Scanner {
    static SCANNER: std::sync::OnceLock<Scanner> = std::sync::OnceLock::new();
    SCANNER.get_or_init(|| {
        let json = r#"{"actions":{"CRITICAL":"redact","HIGH":"redact","MEDIUM":"redact","LOW":"redact"},
            "confidence":{"record":0,"warn":0,"redact":0,"block":0}}"#;
        Scanner::new(&serde_json::from_str::<Settings>(json).unwrap()).unwrap()
    })
}

/// A small deterministic generator for made-up values.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % n
    }

    /// `n` characters of `set`.
    pub(crate) fn text(&mut self, set: ByteSet, n: usize) -> String {
        let all: Vec<u8> = set.iter().collect();
        (0..n).map(|_| char::from(all[self.below(all.len())])).collect()
    }
}
