//! `application/x-www-form-urlencoded`: names and values, decoded.

use std::ops::Range;

use crate::coding::Coding;
use crate::engine::Text;
use crate::finding::MarkerStyle;
use crate::scan::Scan;

/// Scans every field of a form.
pub(crate) fn scan(scan: &mut Scan<'_>, bytes: &[u8]) {
    let mut start = 0;
    for field in bytes.split(|&byte| byte == b'&') {
        let end = start + field.len();
        let name_end = memchr::memchr(b'=', field).map_or(end, |at| start + at);
        part(scan, bytes, start..name_end, None);
        if name_end < end {
            part(scan, bytes, name_end + 1..end, Some(start..name_end));
        }
        start = end + 1;
    }
}

/// One name, or one value with the place of its name. The name stands before the value as context.
fn part(scan: &mut Scan<'_>, bytes: &[u8], range: Range<usize>, name: Option<Range<usize>>) {
    let raw = bytes.get(range.clone()).unwrap_or_default();
    let mut buffer = scan.take_buffer();
    let name_bytes = name.as_ref().and_then(|name| bytes.get(name.clone()));
    if let Some(name) = name_bytes {
        Coding::Form.decode(name, &mut buffer);
        buffer.push(b'=');
    }
    let before = buffer.len();
    Coding::Form.decode(raw, &mut buffer);
    let text = Text { bytes: &buffer, start: before, complete: true };
    let mark = scan.mark();
    match buffer.get(..before.saturating_sub(1)).filter(|_| name.is_some()) {
        Some(name) => scan.value(text, name),
        None => scan.name(text),
    }
    scan.map_since(mark, (Coding::Form, raw), before, range.start);
    scan.style_since(mark, |style| *style = MarkerStyle { percent: true, ..*style });
    scan.give_back(buffer);
}
