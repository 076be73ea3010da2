//! Where secrets stand: the cases of `secrets.md`, with values made here, so that none is in the repository.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

use renlayer_dlp::{Direction, Format, Input, Scanner, Severity};

const FILE: &str = include_str!("secrets.md");

/// A small deterministic generator.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % n
    }

    fn text(&mut self, alphabet: &str, n: usize) -> String {
        let alphabet = alphabet.as_bytes();
        (0..n).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }

    /// A word with a capital, a mark and a number, in some order.
    fn password(&mut self) -> String {
        let word = self.text("abcdefghijkmnoprstuvw", 7);
        let (number, mark) = (self.text("23456789", 3), self.text("!#*+", 1));
        match self.below(3) {
            0 => format!("{}{}{mark}{number}", word[..1].to_uppercase(), &word[1..]),
            1 => format!("{word}{number}{mark}X"),
            _ => format!("{}{mark}{number}{}", &word[..4], &word[4..]),
        }
    }

    fn value(&mut self, kind: &str) -> Option<String> {
        const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
        const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        const DIGITS: &str = "0123456789";
        if kind == "pw" {
            return Some(self.password());
        }
        let (name, n) = kind.split_once(':')?;
        let alphabet = match name {
            "b62" => [LOWER, UPPER, DIGITS, ""].concat(),
            "b64" => [LOWER, UPPER, DIGITS, "+/"].concat(),
            "url" => [LOWER, UPPER, DIGITS, "-_"].concat(),
            "hex" => "0123456789abcdef".to_owned(),
            "low" => [LOWER, DIGITS].concat(),
            "up" => [UPPER, "234567"].concat(),
            "dig" => DIGITS.to_owned(),
            _ => return None,
        };
        Some(self.text(&alphabet, n.parse().ok()?))
    }
}

/// A line with its values, and the stretch from the first to the last of them.
fn filled(line: &str, random: &mut Random) -> (String, usize, usize) {
    let (mut text, mut start, mut end) = (String::new(), usize::MAX, 0);
    let mut rest = line;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        rest = &rest[open..];
        let close = rest.find('}').map_or(rest.len(), |close| close + 1);
        match random.value(rest[1..].split('}').next().unwrap_or_default()) {
            Some(value) => {
                start = start.min(text.len());
                text.push_str(&value);
                end = text.len();
                rest = &rest[close..];
            }
            None => {
                text.push('{');
                rest = &rest[1..];
            }
        }
    }
    (text + rest, start, end)
}

fn cases() -> impl Iterator<Item = &'static str> {
    let sections = FILE.split("\n## ").skip(1);
    sections.flat_map(|section| section.lines().skip(1)).filter(|line| !line.is_empty())
}

fn is_found(scanner: &Scanner, text: &str, start: usize, end: usize) -> bool {
    let input = Input { format: Format::Text, direction: Direction::Request, known: None };
    let findings = scanner.scan(text.as_bytes(), input).findings;
    findings.iter().any(|finding| {
        let overlaps = finding.start < end && start < finding.end;
        overlaps && finding.class.starts_with("secret.") && finding.severity > Severity::Low
    })
}

/// A random value looks like language, or like none, by chance: of twenty values for a line nineteen have to be found.
#[test]
fn secrets_are_found_where_they_stand() {
    let scanner = Scanner::builtin();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut missed = Vec::new();
    for line in cases() {
        let line = line.replace("\\n", "\n").replace("\\\n", "\\n");
        let found = (0..20).filter(|_| {
            let (text, start, end) = filled(&line, &mut random);
            assert!(start < end, "no value in {line:?}");
            is_found(&scanner, &text, start, end)
        });
        let found = found.count();
        if found < 19 {
            missed.push(format!("{found} of 20: {line}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
