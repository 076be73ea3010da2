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
    then.is_empty() || probe.slice(from..end).windows(then.len()).any(|part| part == then.as_bytes())
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
    let (mut line, mut last, mut count, mut empty) = (at, at, 0, 0);
    while line < limit {
        let end = probe.line_end(line, LONGEST);
        let text = probe.slice(line..end).trim_ascii_end();
        if text.is_empty() {
            empty += 1;
        } else if count == 0 || is_code(text) {
            (last, count, empty) = (line + text.len(), count + 1, 0);
        } else {
            break;
        }
        if probe.get(end) != Some(b'\n') || empty > 2 {
            break;
        }
        line = end + 1;
    }
    (count >= LEAST).then_some(last)
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
