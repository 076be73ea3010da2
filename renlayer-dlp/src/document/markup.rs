//! XML and HTML: texts, attribute values, comments, CDATA sections and declarations, each scanned where it stands.
//!
//! A finding never crosses a tag or cuts a character reference, so that what was well-formed stays so. References are decoded
//! by the [view](crate::view) that any text with them gets. The name of an element or attribute speaks for the text after it.
//! A value with tags inside it is not put together.

use std::ops::Range;

use memchr::memmem;

use crate::engine::Text;
use crate::scan::Scan;

/// The longest character reference that a finding is kept from cutting.
const REFERENCE: usize = 12;
/// Elements whose text may hold `<`.
const RAW_TEXT: [&[u8]; 4] = [b"script", b"style", b"textarea", b"title"];

/// Scans a document.
pub(super) fn scan(scan: &mut Scan<'_>, bytes: &[u8]) {
    let mut reader = Reader { scan, bytes, name: 0..0 };
    let mut at = 0;
    while at < bytes.len() {
        at = reader.step(at);
    }
    scan.forget_name();
}

struct Reader<'r, 's> {
    scan: &'r mut Scan<'s>,
    bytes: &'r [u8],
    /// The name of the element that was opened last.
    name: Range<usize>,
}

impl Reader<'_, '_> {
    /// Scans the text, tag or section at `at`, and says where it ends.
    fn step(&mut self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match rest {
            [b'<', b'!', b'-', b'-', ..] => self.section(at, 4, b"-->"),
            _ if rest.starts_with(b"<![CDATA[") => self.section(at, 9, b"]]>"),
            [b'<', b'!' | b'?', ..] => self.section(at, 2, b">"),
            [b'<', b'/', next, ..] | [b'<', next, ..] if is_name(*next) => self.tag(at),
            _ => {
                let text = rest.get(1..).unwrap_or_default();
                let end = memchr::memchr(b'<', text).map_or(self.bytes.len(), |length| at + 1 + length);
                self.text(at..end);
                end
            }
        }
    }

    fn section(&mut self, at: usize, before: usize, close: &[u8]) -> usize {
        let rest = self.bytes.get(at + before..).unwrap_or_default();
        let length = memmem::find(rest, close);
        let end = at + before + length.unwrap_or(rest.len());
        self.text(at + before..end);
        end + length.map_or(0, |_| close.len())
    }

    /// A tag with its attributes.
    fn tag(&mut self, at: usize) -> usize {
        let closing = self.bytes.get(at + 1) == Some(&b'/');
        let name = self.run(at + 1 + usize::from(closing), is_name);
        let end = self.attributes(name.end);
        self.scan.forget_name();
        self.name = name.clone();
        if closing {
            self.name = 0..0;
        } else {
            self.heed(&name);
        }
        let tag = self.bytes.get(name).unwrap_or_default().to_ascii_lowercase();
        if !closing && RAW_TEXT.contains(&&*tag) { self.raw_text(end, &tag) } else { end }
    }

    /// The text of an element that holds no other elements.
    fn raw_text(&mut self, at: usize, tag: &[u8]) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let closes = |from: &usize| {
            let name = rest.get(from + 2..from + 2 + tag.len()).unwrap_or_default();
            name.eq_ignore_ascii_case(tag)
        };
        let end = memmem::find_iter(rest, b"</").find(closes).map_or(self.bytes.len(), |length| at + length);
        self.text(at..end);
        end
    }

    /// The attributes of a tag, up to its end.
    fn attributes(&mut self, from: usize) -> usize {
        let mut at = from;
        loop {
            at = self.run(at, |byte| byte.is_ascii_whitespace() || byte == b'/').end;
            match self.bytes.get(at) {
                None => return at,
                Some(b'>') => return at + 1,
                // A tag that never ended.
                Some(b'<') => return at,
                Some(_) => {}
            }
            let name = self
                .run(at, |byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>' | b'<' | b'/'));
            // A sign that begins no name stands for one.
            let name = name.start..name.end.max(name.start + 1);
            at = self.attribute(name);
        }
    }

    fn attribute(&mut self, name: Range<usize>) -> usize {
        self.scan.forget_name();
        self.heed(&name);
        let equals = self.run(name.end, |byte| byte.is_ascii_whitespace()).end;
        if self.bytes.get(equals) != Some(&b'=') {
            return name.end;
        }
        let at = self.run(equals + 1, |byte| byte.is_ascii_whitespace()).end;
        let value = match self.bytes.get(at) {
            Some(quote @ (b'"' | b'\'')) => self.run(at + 1, |byte| byte != *quote),
            _ => self.run(at, |byte| !byte.is_ascii_whitespace() && byte != b'>'),
        };
        let end = value.end + usize::from(value.start > at && value.end < self.bytes.len());
        self.value(value, &name);
        end
    }

    fn run(&self, at: usize, is: impl Fn(u8) -> bool) -> Range<usize> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        at..at + rest.iter().position(|byte| !is(*byte)).unwrap_or(rest.len())
    }

    /// Scans a name, so that what follows is judged by it.
    fn heed(&mut self, name: &Range<usize>) {
        let mark = self.scan.mark();
        if let Some(text) = text_of(self.bytes, name) {
            self.scan.name(text);
        }
        self.whole_references(mark, name);
    }

    fn value(&mut self, range: Range<usize>, name: &Range<usize>) {
        let mark = self.scan.mark();
        if let Some(text) = text_of(self.bytes, &range) {
            self.scan.value(text, self.bytes.get(name.clone()).unwrap_or_default());
        }
        self.whole_references(mark, &range);
    }

    /// A text in an element, after the element's name.
    fn text(&mut self, range: Range<usize>) {
        let name = self.name.clone();
        self.value(range, &name);
    }

    /// Widens findings so that they cut no character reference.
    fn whole_references(&mut self, mark: crate::scan::Mark, within: &Range<usize>) {
        let bytes = self.bytes;
        for finding in self.scan.since(mark) {
            finding.style.markup = true;
            finding.start = reference_at(bytes, finding.start, within).map_or(finding.start, |r| r.start);
            finding.end = reference_at(bytes, finding.end, within).map_or(finding.end, |r| r.end);
        }
    }
}

fn text_of<'b>(bytes: &'b [u8], range: &Range<usize>) -> Option<Text<'b>> {
    let bytes = bytes.get(..range.end).filter(|_| !range.is_empty())?;
    Some(Text { bytes, start: range.start, complete: true })
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-' | b'.') || byte >= 0x80
}

/// The character reference that `at` cuts.
fn reference_at(bytes: &[u8], at: usize, within: &Range<usize>) -> Option<Range<usize>> {
    let is_inside = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'#';
    let before = bytes.get(within.start.max(at.saturating_sub(REFERENCE))..at)?;
    let start = at - before.iter().rev().take_while(is_inside).count();
    let ampersand = start.checked_sub(1).filter(|i| *i >= within.start && bytes.get(*i) == Some(&b'&'))?;
    let after = bytes.get(at..within.end)?.iter().take(REFERENCE).take_while(is_inside).count();
    (bytes.get(at + after) == Some(&b';') && at + after < within.end).then_some(ampersand..at + after + 1)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::redacting;
    use crate::{Direction, Format, Input};

    fn redacted(body: &str) -> String {
        let input = Input { format: Format::Markup, direction: Direction::Request, known: None };
        let report = redacting().scan(body.as_bytes(), input);
        String::from_utf8(report.redact(body.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn texts_attributes_comments_and_sections_are_scanned_in_place() {
        for (before, after) in [
            ("<a>to b@corp.io</a>", "<a>to [REDACTED:pii.email]</a>"),
            ("<a>b&#64;corp.io</a>", "<a>[REDACTED:pii.email]</a>"),
            ("<a>&lt;b@corp.io&gt;</a>", "<a>&lt;[REDACTED:pii.email]&gt;</a>"),
            ("<a to=\"b&#x40;corp.io\" c='d'/>", "<a to=\"[REDACTED:pii.email]\" c='d'/>"),
            ("<a to=b@corp.io>", "<a to=[REDACTED:pii.email]>"),
            ("<!-- b@corp.io --><p>", "<!-- [REDACTED:pii.email] --><p>"),
            ("<![CDATA[<b@corp.io>]]>", "<![CDATA[<[REDACTED:pii.email]>]]>"),
            ("<?x b@corp.io?><p/>", "<?x [REDACTED:pii.email]?><p/>"),
            (
                "<script>if (a<b) { to('b@corp.io') }</script>",
                "<script>if (a<b) { to('[REDACTED:pii.email]') }</script>",
            ),
            ("<ssn>536228145</ssn>", "<ssn>[REDACTED:gov_id.us.ssn]</ssn>"),
            ("<i ssn=\"536228145\">", "<i ssn=\"[REDACTED:gov_id.us.ssn]\">"),
            ("<p>1 < 2 and b@corp.io", "<p>1 < 2 and [REDACTED:pii.email]"),
            ("<p title=\"b@corp.io", "<p title=\"[REDACTED:pii.email]"),
        ] {
            assert_eq!(redacted(before), after);
        }
    }
}
