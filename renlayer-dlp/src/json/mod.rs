//! JSON: the decoded strings are scanned, keys too, and JSON inside strings; findings go back to the raw bytes.
//!
//! A document is decoded as a whole, with the documents in its strings ([`said`]). One pass over what it says finds all candidates; then it
//! is walked, and a string in which there are none costs next to nothing. Numbers are scanned as they are written, and redacted whole,
//! as a string, so that the document stays JSON.

mod pair;
mod pointer;
mod row;
mod said;
mod seams;
mod walk;
mod way;

use std::ops::Range;

use crate::OpaqueReason;
use crate::coding::Coding;
use crate::engine::{LONGEST_KEY, Sweep, Text};
use crate::finding::MarkerStyle;
use crate::scan::{Scan, Spoken};
use pair::Pair;
use row::Row;
use said::Said;
use seams::Seams;
use walk::{Halt, Token, Walker};

/// JSON in a string in JSON in a string …: tool-call arguments take one level, a wrapped protocol message two.
const MOST_LEVELS: u8 = 4;
/// Numbers shorter than this identify nothing.
const SHORTEST_NUMBER: usize = 6;
/// No name of a variable is longer; a text in place of a name would be read again for each value.
const LONGEST_NAME: usize = 64;

/// Scans one document. What does not parse is scanned as text, besides what could be read of it as JSON.
pub(crate) fn scan(scan: &mut Scan<'_>, written: &[u8]) {
    let mark = scan.mark();
    let said = Said::by(written, 0);
    let outer = scan.watch.enter(said.bytes());
    let mut document = Document { said: &said, sweep: scan.sweep((said.bytes(), said.quotes())) };
    said.too_deep().iter().for_each(|range| scan.opaque(range.clone(), OpaqueReason::Depth));
    let read = document.scan(scan, 0..said.bytes().len(), 0);
    scan.end(document.sweep);
    scan.watch.leave(outer);
    if said.has_escapes() {
        scan.move_since(mark, |range| said.written(range));
    }
    let Err(halt) = read else { return };
    if let Halt::Depth(at) = halt {
        scan.opaque(said.written(at..at).start..written.len(), OpaqueReason::Depth);
    }
    scan.text(Text { bytes: written, start: 0, complete: true });
    scan.settle_since(mark);
}

/// A document that is being scanned, with those in its strings.
struct Document<'d> {
    said: &'d Said<'d>,
    sweep: Sweep<'d>,
}

impl<'d> Document<'d> {
    /// Scans the document at `range`, which stands in `level` strings.
    fn scan(&mut self, scan: &mut Scan<'_>, range: Range<usize>, level: u8) -> Result<(), Halt> {
        let mark = scan.mark();
        let mut seams = Seams::new(self.said.bytes(), level);
        let read = self.tokens(scan, Walker::new(self.said, range), level, &mut seams);
        seams.close(scan);
        if seams.have_told() {
            scan.settle_since(mark);
        }
        read
    }

    fn tokens(
        &mut self,
        scan: &mut Scan<'_>,
        mut walker: Walker<'d>,
        level: u8,
        seams: &mut Seams<'_>,
    ) -> Result<(), Halt> {
        let (mut name, mut pair, mut row, mut heard) = (0..0, Pair::default(), Row::default(), None);
        while let Some(token) = walker.next()? {
            row.go_on(scan, walker.frames(), matches!(token, Token::Number(_)));
            let mark = scan.mark();
            let mut part = None;
            if !matches!(token, Token::Key(_)) && walker.has_left_key() {
                name = self.name_again(scan, walker.enclosing_key(), &mut heard);
            }
            match token {
                Token::Key(key) => {
                    scan.forget_name();
                    self.text(scan, &key, level, None);
                    name = match pair.name_of(self.said.bytes(), walker.frames(), &key) {
                        Some(said) => self.said_name(scan, said),
                        None => key,
                    };
                }
                Token::Text(text) => {
                    if self.string(scan, &text, level, &name) {
                        walker.leave_key();
                    }
                    pair.meet(walker.frames(), &text);
                    part = Some(text);
                }
                Token::Number(number) if number.len() >= SHORTEST_NUMBER => {
                    self.number(scan, number.clone(), &name, level);
                    row.meet(scan, self.bytes(&number), mark);
                }
                Token::Number(_) => {}
            }
            if !scan.since(mark).is_empty() {
                let place = pointer::write(self.said.bytes(), walker.frames());
                scan.since(mark).iter_mut().for_each(|finding| pointer::prefix(&mut finding.pointer, &place));
            }
            if let Some(text) = part {
                seams.meet(scan, walker.frames(), text, mark);
            }
        }
        row.close(scan);
        Ok(())
    }

    /// Asks the detectors about the name that another member said; as a value of its own it was scanned.
    fn said_name(&self, scan: &mut Scan<'_>, name: Range<usize>) -> Range<usize> {
        let mark = scan.mark();
        scan.name(self.text_at(&name));
        scan.undo(mark);
        name
    }

    /// The name of a value that follows others with names of their own in an array, whose detectors are asked about it too. The array may
    /// have many such values: who hears its name is told at the first.
    #[cold]
    fn name_again(
        &self,
        scan: &mut Scan<'_>,
        key: Option<Range<usize>>,
        heard: &mut Option<(Range<usize>, Spoken)>,
    ) -> Range<usize> {
        let key = key.unwrap_or_default();
        match heard {
            _ if key.is_empty() || key.len() > LONGEST_NAME => scan.forget_name(),
            Some((known, by)) if *known == key => scan.speak_again(by),
            _ => {
                self.said_name(scan, key.clone());
                *heard = Some((key.clone(), scan.spoken_to()));
            }
        }
        key
    }

    /// Scans a string that is a value, or the document that it holds, and says whether it holds one.
    #[inline]
    fn string(&mut self, scan: &mut Scan<'_>, range: &Range<usize>, level: u8, name: &Range<usize>) -> bool {
        let may_be_document = self.bytes(range).first().is_some_and(|first| may_begin_document(*first));
        let is_document = may_be_document && self.nested(scan, range, level);
        if !is_document {
            let mark = scan.mark();
            self.text(scan, range, level, Some(name));
            if may_be_document && self.again(scan, range, level, name) {
                scan.settle_since(mark);
            }
        }
        is_document
    }

    /// Scans the text of a string as a document of its own, where it is one.
    #[inline(never)]
    fn nested(&mut self, scan: &mut Scan<'_>, range: &Range<usize>, level: u8) -> bool {
        if level + 1 >= MOST_LEVELS || !could_be_document(self.bytes(range)) {
            return false;
        }
        let mark = scan.mark();
        let is_read = self.scan(scan, range.clone(), level + 1).is_ok();
        if !is_read {
            scan.undo(mark);
        }
        is_read
    }

    /// Scans what a string may say that begins as a document and is not read as one: its escapes are decoded once more. So do arguments
    /// begin that were cut off. What is in too many strings is opaque. Says whether there was anything to decode.
    fn again(&self, scan: &mut Scan<'_>, range: &Range<usize>, level: u8, name: &Range<usize>) -> bool {
        let text = self.bytes(range);
        if !matches!(text.trim_ascii_start(), [b'{' | b'[', ..]) || !text.contains(&b'\\') {
            return false;
        }
        if level + 1 >= MOST_LEVELS {
            scan.opaque(range.clone(), OpaqueReason::Depth);
            return false;
        }
        let mut buffer = scan.take_buffer();
        Coding::Json.decode(text, &mut buffer);
        let mark = scan.mark();
        scan.value(Text { bytes: &buffer, start: 0, complete: true }, self.bytes(name));
        scan.style_since(mark, |style| style.strings = level + 2);
        scan.map_since(mark, (Coding::Json, text), 0, range.start);
        scan.give_back(buffer);
        true
    }

    /// Scans a number as it is written, and replaces it whole.
    fn number(&mut self, scan: &mut Scan<'_>, range: Range<usize>, name: &Range<usize>, level: u8) {
        let text = self.text_at(&range);
        // Decimals come by the thousand, and mostly nobody asks for them.
        let is_decimal = self.bytes(&range).contains(&b'.');
        if is_decimal && !self.has_literal(&range) && !scan.asks_about_number(text) {
            return;
        }
        let mark = scan.mark();
        scan.value(text, self.bytes(name));
        scan.style_since(mark, |style| *style = MarkerStyle { quoted: Some(level), ..*style });
        scan.since(mark)
            .iter_mut()
            .for_each(|finding| (finding.start, finding.end) = (range.start, range.end));
    }

    /// Whether a literal stands in a range.
    fn has_literal(&mut self, range: &Range<usize>) -> bool {
        self.sweep.seek(range) && self.sweep.has_literal()
    }

    /// Scans what a string says: a value after its name, or a name. Most have nothing in them, and are done with after a few looks.
    #[inline]
    fn text(&mut self, scan: &mut Scan<'_>, range: &Range<usize>, level: u8, name: Option<&Range<usize>>) {
        let has_candidates = self.sweep.seek(range);
        let signals = scan.watch.signals(self.bytes(range));
        if has_candidates || signals.any() || scan.is_asked() {
            let mark = scan.mark();
            let name = name.map(|name| self.bytes(name));
            scan.in_name(name.is_none() && range.len() <= LONGEST_KEY);
            scan.candidates(self.text_at(range), name, &self.sweep.candidates(), signals);
            scan.in_name(false);
            scan.style_since(mark, |style| style.strings = level + 1);
        }
    }

    #[inline]
    fn bytes(&self, range: &Range<usize>) -> &'d [u8] {
        self.said.bytes().get(range.clone()).unwrap_or_default()
    }

    #[inline]
    fn text_at(&self, range: &Range<usize>) -> Text<'d> {
        Text { bytes: self.bytes(&(0..range.end)), start: range.start, complete: true }
    }
}

/// A look at the first byte.
#[inline]
fn may_begin_document(first: u8) -> bool {
    matches!(first, b'{' | b'[') || first.is_ascii_whitespace()
}

/// A look at both ends.
fn could_be_document(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    matches!((text.first(), text.last()), (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::LONGEST_KEY;
    use super::walk::DEEPEST;
    use crate::detector::harness::shared;
    use crate::{Direction, Format, Input, OpaqueReason, Report, Severity};

    fn scanned(body: &str) -> Report {
        let input = Input { format: Format::Json, direction: Direction::Request, known: None };
        shared().scan(body.as_bytes(), input)
    }

    fn found(body: &str) -> Vec<&str> {
        let findings = scanned(body).findings;
        findings.iter().filter_map(|finding| body.get(finding.start..finding.end)).collect()
    }

    #[test]
    fn a_value_keeps_its_name_after_others_that_have_names() {
        let password = ["Zk3p", "Qw9x!"].concat();
        for values in
            [json!([{ "id": 1 }, password]), json!([[1, 2], password]), json!(["{\"x\":1}", password])]
        {
            let body = json!({ "password": values }).to_string();
            assert!(found(&body).contains(&&*password), "{body}");
        }
        for values in [json!([{ "password": "abc" }, password]), json!(["{\"password\":\"abc\"}", password])]
        {
            let body = json!({ "list": values }).to_string();
            assert!(!found(&body).contains(&&*password), "{body}");
        }
    }

    #[test]
    fn a_text_in_place_of_a_name_speaks_to_no_value() {
        let password = ["Zk3p", "Qw9x!"].concat();
        for (length, is_found) in [(LONGEST_KEY, true), (LONGEST_KEY + 1, false)] {
            let name = format!("{}_password", "x".repeat(length - "_password".len()));
            let body = json!({ name: password }).to_string();
            assert_eq!(found(&body).contains(&&*password), is_found, "{body}");
        }
    }

    #[test]
    fn a_name_before_an_array_is_asked_about_once() {
        let values = vec![json!([{ "id": 1 }, "Zk3pQw9x"]); 500];
        let report = scanned(&json!({ "password": values }).to_string());
        assert_eq!(report.findings.len(), 500);
        let asked = report.cost.iter().find(|(name, ..)| *name == "generic_secret").map(|row| row.1);
        assert_eq!(asked, Some(500 + 2));
    }

    #[test]
    fn large_numbers_in_an_array_are_recorded_where_most_are_no_cards() {
        let severities = |body: &str| -> Vec<Severity> {
            scanned(body).findings.iter().map(|finding| finding.severity).collect()
        };
        for body in [
            "[4111111111111111, 5200828282828211, 4532015112830367]",
            "{\"ids\": [[\n4532015112830366,\n4111111111111112\n,\n5200828282828211], [1]]}",
            r#"{"text": "{\"a\":[4532015112830367,4111111111111112,5200828282828210]}"}"#,
        ] {
            assert_eq!(severities(body), [Severity::Low], "{body}");
        }
        for body in [
            "[4111111111111111, 12, 4532015112830366]",
            "[4111111111111111, 5200828282828211, 4532015112830366]",
            "[4111111111111111, [5200828282828211, 4111111111111112], 4532015112830366]",
            r#"{"a": [4111111111111111, 4532015112830366, "5200828282828211"]}"#,
            r#"{"a": 4111111111111111, "c": 4532015112830366, "b": [5200828282828211]}"#,
        ] {
            assert_eq!(found(body), ["4111111111111111", "4532015112830366"], "{body}");
            assert_eq!(severities(body), [Severity::Critical; 2], "{body}");
        }
        let body = r#"{"card": [4111111111111111, 5200828282828211, 4111111111111112]}"#;
        assert_eq!((found(body), severities(body)), (vec!["4111111111111111"], vec![Severity::Critical]));
        let many = serde_json::to_string(&[&[4111111111111111_u64; 500][..], &[12345678901234]].concat());
        assert_eq!(severities(&many.unwrap()), [Severity::Critical; 500]);
    }

    #[test]
    fn arguments_that_were_cut_off_are_decoded() {
        let body = r#"{"arguments":"{\"to\":\"joe\\u0040acme-corp.com\",\"bo"}"#;
        assert_eq!(found(body), [r"joe\\u0040acme-corp.com"]);
    }

    #[test]
    fn what_was_cut_off_in_too_many_strings_is_opaque() {
        let wrap = |inner: String, level: usize| json!({ format!("a{level}"): inner }).to_string();
        let body = (0..4).fold(r#"{"to":"joe\u0040acme-corp.com","bo"#.to_owned(), wrap);
        assert!(found(&body).is_empty());
        assert!(scanned(&body).opaque.iter().any(|opaque| opaque.reason == OpaqueReason::Depth), "{body}");
    }

    #[test]
    fn a_document_in_a_string_that_is_too_deep_is_opaque() {
        let (open, close) = ("[".repeat(DEEPEST + 1), "]".repeat(DEEPEST + 1));
        let report =
            scanned(&json!({ "a": format!("{open}\"x\"{close}"), "b": "joe@acme-corp.com" }).to_string());
        assert_eq!(report.findings.len(), 1);
        assert!(report.opaque.iter().any(|opaque| opaque.reason == OpaqueReason::Depth), "{report:?}");
    }
}
