//! Lines, and whether they look like code.

use crate::detector::{ByteSet, Need, Probe};

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
    let begin = probe.run_back(at, &INDENT, Need::INDENT);
    probe.before(begin).is_none_or(|byte| byte == b'\n')
}

/// No head has less before its `*`.
const SHORTEST_HEAD: usize = 4;

/// Whether `head` stands at `at`: what is before its `*`, then on the same line what is after it.
pub(super) fn stands(probe: &Probe<'_>, at: usize, head: &str) -> bool {
    // Mostly it is another that stands there.
    if !probe.looking_at(at, head.as_bytes().get(..SHORTEST_HEAD).unwrap_or_default()) {
        return false;
    }
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

/// The end of the last line, from the one at `at` on, that looks like code. Up to the line that another head's look came to, all are
/// known to, and are read once.
pub(super) fn end_of_code(probe: &Probe<'_>, at: usize, limit: usize) -> Option<usize> {
    let from = probe.known().max(at);
    let mut code = Code { lines: usize::from(from > at), ..Code::default() };
    probe.until(from, limit.saturating_sub(from), |there| code.walk(there));
    if let Some(last) = code.last {
        probe.knows(from + last);
    }
    (code.lines >= LEAST).then_some(from + code.end)
}

/// Lines in a row that look like code.
#[derive(Default)]
struct Code {
    lines: usize,
    /// Empty ones after the last of these.
    empty: usize,
    /// Where the last of these ends.
    end: usize,
    /// Where the last of these begins that is there as a whole, the first one aside.
    last: Option<usize>,
}

impl Code {
    /// Walks over the lines of `text`, and answers where they end, unless they may go on after it.
    fn walk(&mut self, text: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let rest = text.get(at..)?;
            let end = memchr::memchr(b'\n', rest.get(..=LONGEST).unwrap_or(rest));
            let line = rest.get(..end.unwrap_or(rest.len()).min(LONGEST)).unwrap_or_default();
            // A line that has not all arrived counts where nothing more comes.
            let goes_on = self.admit(at, line.trim_ascii_end(), end.is_some()) && end.is_some();
            match end {
                None if rest.len() <= LONGEST => return None,
                Some(end) if goes_on => at += end + 1,
                _ => return Some(at + line.len()),
            }
        }
    }

    /// Whether the lines may go on after this one, which begins at `at`.
    fn admit(&mut self, at: usize, line: &[u8], is_whole: bool) -> bool {
        if line.is_empty() {
            self.empty += 1;
            return self.empty <= MOST_EMPTY;
        }
        // What the first one begins with was asked before.
        if self.lines > 0 {
            if !is_code(line) {
                return false;
            }
            self.last = if is_whole { Some(at) } else { self.last };
        }
        (self.lines, self.empty, self.end) = (self.lines + 1, 0, at + line.len());
        true
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::Text;

    const LINES: &[&str] = &[
        "fn main() {",
        "    let a = 1;",
        "}",
        "",
        "  ",
        "A sentence that says something else",
        "x = f(1, 2, 3, 4, 5, 6, 7);",
        "# a comment",
        "\tb",
        "    c   ",
        "import os",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whichever heads were looked at before, code ends where it would for one that is looked at alone.
        #[test]
        fn lines_are_the_same_from_each_head(
            lines in prop::collection::vec((prop::sample::select(LINES.to_vec()), 1..40usize), 1..40),
            limit in 1..400usize,
            heads in prop::collection::vec(0..900usize, 1..9),
        ) {
            let text: Vec<String> = lines.iter().map(|(line, wide)| if *wide == 1 { line.repeat(40) } else { (*line).to_owned() }).collect();
            let text = text.join("\n");
            let is_head = |at: &usize| {
                !text.as_bytes()[*at].is_ascii_whitespace() && begins_line(&Probe::new(whole(&text), *at, 1), *at)
            };
            let begins: Vec<usize> = (0..text.len()).filter(is_head).collect();
            let mut heads: Vec<usize> = heads.into_iter().filter_map(|head| begins.get(head % begins.len().max(1)).copied()).collect();
            heads.sort_unstable();
            let mut known = 0;
            for at in heads {
                let alone = end_of_code(&Probe::new(whole(&text), at, limit), at, at + limit);
                let probe = Probe::new(whole(&text), at, limit).with_known(known);
                prop_assert_eq!(end_of_code(&probe, at, at + limit), alone, "at {} of {:?}", at, text);
                known = probe.noted();
            }
        }
    }

    fn whole(text: &str) -> Text<'_> {
        Text { bytes: text.as_bytes(), start: 0, complete: true }
    }
}
