//! Lines, and whether they look like code.

use crate::detector::{ByteSet, Probe};

const INDENT: ByteSet = ByteSet::EMPTY.with(b" \t");
const LINE: ByteSet = ByteSet::EMPTY.with(b"\n").not();
const CALL: ByteSet = ByteSet::EMPTY.with(b"(={");
/// What a line of code ends with.
const CODE_END: ByteSet = ByteSet::EMPTY.with(b"{}();,:\\>=[]+&|*/\"'`");
/// The longest line that is looked at.
const LONGEST: usize = 400;
/// Lines that must look like code, the first one included.
const LEAST: usize = 2;
/// Empty lines in a row that may stand between them.
const MOST_EMPTY: usize = 2;

/// Whether nothing but indentation stands before `at` on its line.
pub(super) fn begins_line(probe: &Probe<'_>, at: usize) -> bool {
    let begin = probe.run_back(at, &INDENT, 80);
    probe.before(begin).is_none_or(|byte| byte == b'\n')
}

/// Whether `head` stands at `at`: what is before its `*`, then on the same line what is after it.
pub(super) fn stands(probe: &Probe<'_>, at: usize, head: &str) -> bool {
    let Some((first, then)) = head.split_once('*') else { return probe.looking_at(at, head.as_bytes()) };
    let from = at + first.len();
    if !probe.looking_at(at, first.as_bytes()) || !probe.is(from, &ByteSet::WORD) {
        return false;
    }
    let end = probe.line_end(from, LONGEST);
    let rest = probe.slice(from..end);
    match then.as_bytes() {
        [] => true,
        [byte] => rest.contains(byte),
        then => rest.windows(then.len()).any(|part| part == then),
    }
}

/// The end of the fence that closes the one whose name ends at `from`.
pub(super) fn closing_fence(probe: &Probe<'_>, from: usize, limit: usize) -> Option<usize> {
    let mut at = probe.line_end(from, LONGEST);
    while at < limit {
        if probe.get(at).is_none() {
            break;
        }
        let line = at + 1;
        let text = probe.run(line, &INDENT, 8);
        if probe.looking_at(text, b"```") {
            return Some(text + 3);
        }
        at = probe.line_end(line, LONGEST * 2);
        if probe.is(at, &LINE) {
            return Some(at);
        }
    }
    (at > from).then_some(at.min(limit))
}

/// The end of the last line, from the one at `at` on, that looks like code.
pub(super) fn end_of_code(probe: &Probe<'_>, at: usize, limit: usize) -> Option<usize> {
    let mut code = Code::default();
    probe.until(at, limit.saturating_sub(at), |there| code.walk(there));
    (code.lines >= LEAST).then_some(at + code.end)
}

/// Lines in a row that look like code.
#[derive(Default)]
struct Code {
    lines: usize,
    /// Empty ones after the last of these.
    empty: usize,
    /// Where the last of these ends.
    end: usize,
}

impl Code {
    /// Walks over the lines of `text`, and answers where they end, unless they may go on after it.
    fn walk(&mut self, text: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let rest = text.get(at..)?;
            let end = line_break(rest.get(..=LONGEST).unwrap_or(rest));
            let line = rest.get(..end.unwrap_or(rest.len()).min(LONGEST)).unwrap_or_default();
            // A line that has not all arrived counts where nothing more comes.
            let goes_on = self.admit(at, line.trim_ascii_end()) && end.is_some();
            match end {
                None if rest.len() <= LONGEST => return None,
                Some(end) if goes_on => at += end + 1,
                _ => return Some(at + line.len()),
            }
        }
    }

    /// Whether the lines may go on after this one, which begins at `at`.
    fn admit(&mut self, at: usize, line: &[u8]) -> bool {
        if line.is_empty() {
            self.empty += 1;
            return self.empty <= MOST_EMPTY;
        }
        // What the first one begins with was asked before.
        if self.lines > 0 && !is_code(line) {
            return false;
        }
        (self.lines, self.empty, self.end) = (self.lines + 1, 0, at + line.len());
        true
    }
}

/// Where the first line break is. Lines are so short that it is found sooner here than by a call.
#[inline]
fn line_break(text: &[u8]) -> Option<usize> {
    let (chunks, rest) = text.as_chunks::<16>();
    for (nth, chunk) in chunks.iter().enumerate() {
        let breaks = u128::from_le_bytes(chunk.map(|byte| if byte == b'\n' { u8::MAX } else { 0 }));
        if breaks != 0 {
            return Some(16 * nth + breaks.trailing_zeros() as usize / 8);
        }
    }
    Some(text.len() - rest.len() + rest.iter().position(|byte| *byte == b'\n')?)
}

fn is_code(line: &[u8]) -> bool {
    if line.starts_with(b"  ") || line.starts_with(b"\t") {
        return true;
    }
    let text = line.trim_ascii_start();
    if [&b"//"[..], b"/*", b"* ", b"#", b"--"].iter().any(|mark| text.starts_with(mark)) {
        return true;
    }
    let ends = line.last().is_some_and(|byte| CODE_END.has(*byte));
    ends && (text.len() < 24 || text.ends_with(b";") || text.iter().any(|byte| CALL.has(*byte)))
}
