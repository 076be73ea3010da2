//! One channel's text where what is scanned is not what is written: tool arguments and raw bytes.
//!
//! A tape holds the *raw* bytes that came and gives their *view* to the scanner: escapes decoded, invalid bytes as
//! U+FFFD. What the scanner lets go leaves as the raw bytes it came as; what it redacts leaves as its marker. In JSON
//! the marker goes into string values only: delimiters inside a match stay, so the arguments stay JSON.

use std::{collections::VecDeque, ops::Range};

use renlayer_dlp::{Finding, StreamScanner, Verdict};

use super::{summary::Heard, token::encode};

pub(super) struct Tape {
    scanner: StreamScanner,
    /// Raw bytes that have not left.
    raw: Vec<u8>,
    /// Where in the view `raw` begins.
    start: usize,
    /// How long the view is so far.
    end: usize,
    /// View that the scanner has not been given.
    fresh: String,
    /// Where view and raw differ, in order.
    spots: VecDeque<Spot>,
    /// Where in the view a JSON string begins or ends, in order.
    quotes: VecDeque<usize>,
    /// Whether the text is JSON, so that what is written into its strings has to be escaped.
    json: bool,
    /// Whether `start` is inside a JSON string. Text that is no JSON always is.
    inside: bool,
    /// The view, as far as a trace keeps it.
    heard: Heard,
    ignored: String,
}

/// `raw` bytes that read as `view` bytes, beginning at `at` in the view.
#[derive(Clone, Copy)]
struct Spot {
    at: usize,
    view: usize,
    raw: usize,
}

/// A cursor over raw and view at once.
struct Cursor {
    raw: usize,
    view: usize,
    spot: usize,
    quote: usize,
    inside: bool,
}

// === impl Tape ===

impl Tape {
    /// A tape whose text begins `inside` a string (plain text) or outside (JSON).
    pub(super) fn new(scanner: StreamScanner, inside: bool) -> Self {
        Self {
            scanner,
            raw: Vec::new(),
            start: 0,
            end: 0,
            fresh: String::new(),
            spots: VecDeque::new(),
            quotes: VecDeque::new(),
            json: !inside,
            inside,
            heard: Heard::default(),
            ignored: String::new(),
        }
    }

    pub(super) fn scanner(&self) -> &StreamScanner {
        &self.scanner
    }

    /// What the scanner saw, as far as a trace keeps it.
    pub(super) fn heard(&self) -> &Heard {
        &self.heard
    }

    /// Raw bytes that have not left.
    pub(super) fn held(&self) -> usize {
        self.raw.len()
    }

    /// Text whose view is itself.
    pub(super) fn plain(&mut self, text: &str) {
        self.raw.extend_from_slice(text.as_bytes());
        self.fresh.push_str(text);
        self.end += text.len();
    }

    /// Raw bytes that read as `decoded`.
    pub(super) fn spot(&mut self, raw: &[u8], decoded: char) {
        self.raw.extend_from_slice(raw);
        self.fresh.push(decoded);
        self.spots.push_back(Spot { at: self.end, view: decoded.len_utf8(), raw: raw.len() });
        self.end += decoded.len_utf8();
    }

    /// The quote that begins or ends a JSON string.
    pub(super) fn quote(&mut self) {
        self.quotes.push_back(self.end);
        self.plain("\"");
    }

    /// Gives the scanner what came since, and `out` what may leave.
    pub(super) fn settle(&mut self, out: &mut Vec<u8>) -> Verdict {
        self.ignored.clear();
        let verdict = self.scanner.push(&self.fresh, &mut self.ignored);
        self.heard.push(&self.fresh);
        self.fresh.clear();
        // A blocked match must stay whole, and so must all that follows.
        if matches!(verdict, Verdict::Continue) {
            self.release(self.end.saturating_sub(self.scanner.held()), out);
        }
        verdict
    }

    /// Nothing follows: gives `out` the rest, and the `tail` that never became text.
    pub(super) fn finish(&mut self, tail: &[u8], out: &mut Vec<u8>) -> Verdict {
        let verdict = self.settle(out);
        if !matches!(verdict, Verdict::Continue) {
            return verdict;
        }
        self.ignored.clear();
        let verdict = self.scanner.finish(&mut self.ignored);
        if matches!(verdict, Verdict::Continue) {
            self.release(self.end, out);
            out.extend_from_slice(tail);
        }
        verdict
    }

    /// Lets go of the view up to `upto`.
    fn release(&mut self, upto: usize, out: &mut Vec<u8>) {
        let mut cursor = Cursor { raw: 0, view: self.start, spot: 0, quote: 0, inside: self.inside };
        for (range, marker) in redactions(self.scanner.findings(), self.start..upto) {
            let marker = if self.json { json_escaped(marker) } else { marker };
            let before = self.advance(&mut cursor, range.start);
            out.extend_from_slice(before);
            self.redact(&mut cursor, range.end, marker, out);
        }
        let rest = self.advance(&mut cursor, upto);
        out.extend_from_slice(rest);
        let Cursor { raw, spot, quote, inside, .. } = cursor;
        self.raw.drain(..raw.min(self.raw.len()));
        self.spots.drain(..spot.min(self.spots.len()));
        self.quotes.drain(..quote.min(self.quotes.len()));
        (self.start, self.inside) = (upto.max(self.start), inside);
    }

    /// Writes the marker once in place of the view up to `end`, and keeps the JSON structure that lies in between.
    fn redact(&self, cursor: &mut Cursor, end: usize, marker: String, out: &mut Vec<u8>) {
        let mut marker = Some(marker);
        while cursor.view < end {
            let inside = cursor.inside;
            let stop = self.quotes.get(cursor.quote).copied().filter(|quote| *quote < end).unwrap_or(end);
            if stop > cursor.view {
                let skipped = self.advance(cursor, stop);
                match marker.take() {
                    Some(marker) if inside => out.extend_from_slice(marker.as_bytes()),
                    Some(marker) if stop == end => {
                        out.extend_from_slice(format!("\"{marker}\"").as_bytes());
                    }
                    kept => {
                        marker = kept;
                        if !inside {
                            structure(skipped, out);
                        }
                    }
                }
            }
            if stop < end {
                let quote = self.advance(cursor, stop + 1);
                out.extend_from_slice(quote);
            }
        }
    }

    /// The raw bytes from the cursor to `view`, and the cursor moved there.
    fn advance(&self, cursor: &mut Cursor, view: usize) -> &[u8] {
        let from = cursor.raw;
        while let Some(spot) = self.spots.get(cursor.spot).filter(|spot| spot.at < view) {
            cursor.raw += spot.at.saturating_sub(cursor.view) + spot.raw;
            cursor.view = spot.at + spot.view;
            cursor.spot += 1;
        }
        if cursor.view < view {
            cursor.raw += view - cursor.view;
            cursor.view = view;
        }
        while self.quotes.get(cursor.quote).is_some_and(|quote| *quote < view) {
            cursor.quote += 1;
            cursor.inside = !cursor.inside;
        }
        self.raw.get(from..cursor.raw).unwrap_or_default()
    }
}

/// As it is written inside a JSON string.
fn json_escaped(text: String) -> String {
    let mut token = String::new();
    encode(&text, &mut token);
    token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map_or(text, str::to_owned)
}

/// What is to be redacted in `window`, in order. Of a match that overlaps the one before it, the rest is a match of its
/// own, as it is in a whole body.
fn redactions(findings: &[Finding], window: Range<usize>) -> Vec<(Range<usize>, String)> {
    let mut due: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.is_replaced())
        .filter(|finding| finding.start < window.end && finding.end > window.start)
        .collect();
    due.sort_by_key(|finding| finding.start);
    let mut done = window.start;
    let mut ranges = Vec::with_capacity(due.len());
    for finding in due {
        let range = finding.start.max(done)..finding.end.min(window.end);
        if !range.is_empty() {
            done = range.end;
            ranges.push((range, finding.marker()));
        }
    }
    ranges
}

/// The structure of `json` outside strings, its numbers as zero.
fn structure(json: &[u8], out: &mut Vec<u8>) {
    let mut number = false;
    for byte in json {
        let digit =
            matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.') || (number && matches!(byte, b'e' | b'E'));
        if !digit {
            out.push(*byte);
        } else if !number {
            out.push(b'0');
        }
        number = digit;
    }
}
