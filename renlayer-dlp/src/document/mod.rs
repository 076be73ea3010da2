//! Whole bodies by how they are written: each kind finds the texts in it and says where they stand.

mod compressed;
mod format;
mod markup;
mod multipart;
mod wide;

pub use format::Format;
pub use multipart::Boundary;

use crate::engine::Text;
use crate::scan::Scan;
use crate::{form, json};

/// Scans bytes that are written in a known way, unless they begin as something else: compressed, or in UTF-16.
pub(crate) fn scan(scan: &mut Scan<'_>, bytes: &[u8], format: Format) {
    if format == Format::Verbatim {
        return scan.as_a_stream(bytes);
    }
    let Some(order) = wide::order(bytes) else { return scan_narrow(scan, bytes, format) };
    let mark = scan.mark();
    wide::scan(scan, bytes, order, format);
    // Whoever gets the bytes may take them for what they do not begin as.
    scan.text(Text { bytes, start: 0, complete: true });
    scan.settle_since(mark);
}

/// The same for bytes that are not in UTF-16.
fn scan_narrow(scan: &mut Scan<'_>, bytes: &[u8], format: Format) {
    if compressed::is_gzip(bytes) {
        return compressed::scan(scan, bytes);
    }
    match format {
        Format::Text | Format::Verbatim => scan.text(Text { bytes, start: 0, complete: true }),
        Format::Json => json::scan(scan, bytes),
        Format::Form => form::scan(scan, bytes),
        Format::Ndjson => lines(scan, bytes),
        Format::Markup => markup::scan(scan, bytes),
        Format::Multipart(boundary) => multipart::scan(scan, bytes, &boundary),
    }
}

/// Whether bytes are neither compressed nor in UTF-16.
fn is_plain(bytes: &[u8]) -> bool {
    wide::order(bytes).is_none() && !compressed::is_gzip(bytes)
}

/// Scans bytes of which nothing is known.
pub(crate) fn scan_any(scan: &mut Scan<'_>, bytes: &[u8]) {
    self::scan(scan, bytes, Format::of("", bytes));
}

/// One JSON document per line.
fn lines(scan: &mut Scan<'_>, bytes: &[u8]) {
    let mut start = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if !line.trim_ascii().is_empty() {
            let mark = scan.mark();
            json::scan(scan, line);
            scan.shift_since(mark, start);
        }
        start += line.len();
    }
}
