//! What of a file is read, and what is found in it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use memchr::memmem;
use renlayer_core::dlp::{Direction, Finding, Format, Input, OpaqueReason, Scanner};

use super::place::{Lines, Span};

/// On a line that holds this, nothing is found.
const ALLOW: &[u8] = b"renlayer:allow";

/// As far as Git looks for a byte that no text has.
const BINARY_PEEK: usize = 8000;

/// What is read.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Files with more bytes are not.
    pub(super) max_bytes: u64,
    /// Whether files that are no text are.
    pub(super) binary: bool,
}

/// What came of a file.
pub(super) enum Seen {
    /// It was scanned.
    Scanned(Scanned),
    /// It is not text.
    Binary,
    /// It has more bytes than are read.
    TooLarge,
}

/// What a scan says of a file.
pub(super) struct Scanned {
    /// How many bytes it has.
    pub(super) bytes: usize,
    /// What was found, and where.
    pub(super) findings: Vec<Located>,
    /// Why parts of it could not be looked into.
    pub(super) opaque: Vec<OpaqueReason>,
}

/// A finding, and where it stands in its file.
pub(super) struct Located {
    pub(super) finding: Finding,
    pub(super) span: Span,
}

/// Reads a file into `buffer` and scans it.
pub(super) fn look(scanner: &Scanner, path: &Path, limits: Limits, buffer: &mut Vec<u8>) -> io::Result<Seen> {
    buffer.clear();
    let file = File::open(path)?;
    let mut bounded = file.take(limits.max_bytes.saturating_add(1));
    // Most binary files are recognised by their beginning, and the rest is not read.
    (&mut bounded).take(BINARY_PEEK as u64).read_to_end(buffer)?;
    if !limits.binary && is_binary(buffer) {
        return Ok(Seen::Binary);
    }
    bounded.read_to_end(buffer)?;
    if buffer.len() as u64 > limits.max_bytes {
        return Ok(Seen::TooLarge);
    }
    Ok(Seen::Scanned(scan(scanner, buffer, format_of(path))))
}

/// Scans what was read.
pub(super) fn scan(scanner: &Scanner, bytes: &[u8], format: Format) -> Scanned {
    let report = scanner.scan(bytes, Input { format, direction: Direction::Request, known: None });
    let findings = if report.findings.is_empty() { Vec::new() } else { locate(bytes, report.findings) };
    Scanned { bytes: bytes.len(), findings, opaque: report.opaque.iter().map(|part| part.reason).collect() }
}

fn locate(bytes: &[u8], findings: Vec<Finding>) -> Vec<Located> {
    let lines = Lines::new(bytes);
    let is_allowed =
        |finding: &Finding| memmem::find(lines.around(finding.start..finding.end), ALLOW).is_some();
    let located = |finding: Finding| Located { span: lines.span(finding.start..finding.end), finding };
    findings.into_iter().filter(|finding| !is_allowed(finding)).map(located).collect()
}

/// Git's rule, but for text in UTF-16, which says so at its begin.
fn is_binary(begin: &[u8]) -> bool {
    let is_utf16 = begin.starts_with(&[0xff, 0xfe]) || begin.starts_with(&[0xfe, 0xff]);
    !is_utf16 && memchr::memchr(0, begin).is_some()
}

fn format_of(path: &Path) -> Format {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => Format::Json,
        Some("jsonl" | "ndjson") => Format::Ndjson,
        _ => Format::Text,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const TEXT: Limits = Limits { max_bytes: 64, binary: false };

    fn look_at(content: &[u8], limits: Limits) -> Seen {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        look(&Scanner::builtin(), file.path(), limits, &mut Vec::new()).unwrap()
    }

    #[test]
    fn text_is_scanned_and_the_rest_is_said_to_be_left_out() {
        let found = |seen| match seen {
            Seen::Scanned(scanned) => scanned.findings.len(),
            Seen::Binary => 100,
            Seen::TooLarge => 200,
        };
        assert_eq!(found(look_at(b"to alice@corp.io", TEXT)), 1);
        assert_eq!(found(look_at(b"", TEXT)), 0);
        assert_eq!(found(look_at(b"\x7fELF\0\0 alice@corp.io", TEXT)), 100);
        assert_eq!(found(look_at(b"\x7fELF\0\0 alice@corp.io", Limits { binary: true, ..TEXT })), 1);
        assert_eq!(found(look_at(&[b'x'; 64], TEXT)), 0);
        assert_eq!(found(look_at(&[b'x'; 65], TEXT)), 200);
    }

    #[test]
    fn a_line_may_say_that_it_is_known() {
        let text = b"a@corp.io\nb@corp.io # renlayer:allow\nc@corp.io\n";
        let found = scan(&Scanner::builtin(), text, Format::Text).findings;
        assert_eq!(found.iter().map(|located| located.span.start.line).collect::<Vec<_>>(), [1, 3]);
    }
}
