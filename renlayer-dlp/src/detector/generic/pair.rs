//! Names and values that stand apart, each under a name of its own, as lists of variables and settings have them.
//!
//! - hit: `- name: API_TOKEN` and `value: Zf3D0LXC…` on the next line, `variable "db_password" {` and `default = "…"`,
//!   `<key>ApiSecret</key><string>…</string>`, `s:8:"password";s:11:"…"` as PHP serialises
//! - miss: a name that nothing says to be one, a value after another name
//! - known mistakes: members of a JSON object are put together only where the name comes first (see `json/pair.rs`).

use std::ops::Range;

use super::value::Value;
use super::{NEAR, name, weigh};
use crate::detector::{ByteSet, Match, Need, Probe};
use crate::openings::Openings;

/// What is said of the name before it.
const NAMES: [&str; 4] = ["name", "key", "variable", "parameterkey"];
static NAME_ENDS: Openings = Openings::of_ends(&NAMES);
/// And of the value.
const VALUES: [&[u8]; 4] = [b"value", b"default", b"string>", b"parametervalue"];
/// How far after the name that may be: a type and a line of description may stand between.
const APART: usize = 96;
/// The longest rest of a name, after its keyword.
const LONGEST_REST: usize = 40;
/// The most bytes between what says that a value follows, and the value.
const WIDEST: usize = 16;
/// No value that is given so begins farther after the keyword.
pub(super) const OPENING: usize = LONGEST_REST + (APART - 1) + longest(&VALUES) + WIDEST;

const fn longest(words: &[&[u8]]) -> usize {
    match words.split_first() {
        None => 0,
        Some((first, rest)) => {
            let rest = longest(rest);
            if first.len() > rest { first.len() } else { rest }
        }
    }
}

/// On how many lines.
const LINES: usize = 4;
/// What stands before the name of an element that ends.
const CLOSES: ByteSet = ByteSet::EMPTY.with(b"/");
/// What says something between the two: what the words begin with, and what gives a value, or ends the line or the entry.
const SAYS: ByteSet = ENDS.or(Need::GIVES).with(b"\nnkvpdsNKVPDS");
/// What ends the entry.
const ENDS: ByteSet = ByteSet::EMPTY.with(b"}]");

/// The value that belongs to the name whose keyword ends at `after`.
pub(super) fn find(probe: &Probe<'_>, after: usize) -> Option<Match> {
    const NAME: ByteSet = ByteSet::WORD.with(b"-.");
    probe.begins(after);
    let end = probe.run(after, &NAME, LONGEST_REST);
    let name = name::around(probe, end);
    let start = end - name.len();
    let at = serialised(probe, end)
        .or_else(|| is_called_a_name(probe, start).then(|| apart(probe, after, end))?)?;
    probe.begins(at);
    weigh(probe, at, Value::read, || name)
}

/// `"password";s:11:"…"`, the quotes escaped or not.
fn serialised(probe: &Probe<'_>, end: usize) -> Option<usize> {
    let quote = probe.run(end, &ByteSet::EMPTY.with(b"\\"), 1);
    if !probe.looking_at(quote, b"\";s:") {
        return None;
    }
    let length = probe.run(quote + 4, &ByteSet::DIGIT, 5);
    let colon = probe.is(length, &ByteSet::EMPTY.with(b":")).then_some(length + 1)?;
    let opening = probe.run(colon, &ByteSet::EMPTY.with(b"\\"), 1);
    probe.is(opening, &ByteSet::EMPTY.with(b"\"")).then_some(opening + 1)
}

/// Whether what stands before says that this is the name of something.
fn is_called_a_name(probe: &Probe<'_>, start: usize) -> bool {
    const BETWEEN: ByteSet = ByteSet::EMPTY.with(b" \t\"'=:>");
    let end = probe.run_back(start, &BETWEEN, 8);
    let before = probe.behind(end, 16);
    end < start
        && NAME_ENDS.may_end(before)
        && NAMES.into_iter().any(|word| name::ends_with(before, word.as_bytes()))
}

/// A stretch of one line in which nothing is that says something between a name and its value, but what gives one: names in a row have
/// the same after them.
#[derive(Default)]
struct Silent(Range<usize>);

/// No word that says something is longer, with what ends it.
const LONGEST_WORD: usize = 16;

/// Where the value begins that the same line or one of the next gives, and no other name comes before. Something has to give it, so
/// near to the name that [`Need::Value`] has it asked for each word that ends at `after`.
fn apart(probe: &Probe<'_>, after: usize, end: usize) -> Option<usize> {
    let silent = probe.shared(|known: &mut Silent| known.0.clone());
    let is_known = silent.contains(&end);
    let mut quiet = if is_known { silent.end.min(end + APART) } else { end };
    let found = walk(probe, after + NEAR, end, &mut quiet);
    if quiet > silent.end && probe.sees_to(quiet + LONGEST_WORD) {
        probe.shared(|known: &mut Silent| known.0 = if is_known { silent.start } else { end }..quiet);
    }
    found
}

/// The same from a name on that ends at `end`, and that has what gives it a value before `near`. Up to `quiet` nothing is said, which
/// is moved to where something is, or the line ends.
fn walk(probe: &Probe<'_>, near: usize, end: usize, quiet: &mut usize) -> Option<usize> {
    const OPENER: ByteSet = ByteSet::EMPTY.with(b" \t\"'=:>");
    let gives = |range: Range<usize>| probe.slice(range).iter().any(|byte| Need::GIVES.has(*byte));
    let (mut lines, mut at, mut is_given) = (0, *quiet, gives(end..near.min(*quiet)));
    loop {
        // Most bytes say nothing.
        let most = if is_given { end + APART } else { near.min(end + APART) };
        at = probe.run(at, &SAYS.not(), most.saturating_sub(at));
        *quiet = if lines == 0 { at } else { *quiet };
        if at >= most {
            return None;
        }
        let byte = probe.get(at)?;
        lines += usize::from(byte == b'\n');
        is_given |= at < near && Need::GIVES.has(byte);
        if ENDS.has(byte) || lines > LINES {
            return None;
        }
        let begins = !probe.was(at, &ByteSet::WORD);
        let stands = |word: &&[u8]| begins && probe.looking_at_word(at, word);
        let is_name = |word: &str| {
            stands(&word.as_bytes()) && !probe.was(at, &CLOSES) && is_over(probe, at + word.len())
        };
        if NAMES.into_iter().any(is_name) {
            return None;
        }
        if let Some(word) = VALUES.into_iter().find(stands) {
            let from = at + word.len();
            let value = probe.run(from, &OPENER, WIDEST);
            let is_apart = value > from || word.ends_with(b">");
            return (is_apart && (is_given || gives(at..value.min(near)))).then_some(value);
        }
        // Nothing begins within a word.
        at = probe.run(at + 1, &ByteSet::WORD, if ByteSet::WORD.has(byte) { APART } else { 0 });
    }
}

/// Whether a word ends at `at`.
fn is_over(probe: &Probe<'_>, at: usize) -> bool {
    probe.get(at).is_some() && !probe.is(at, &ByteSet::WORD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::Cases;
    use crate::engine::Text;

    #[test]
    fn names_and_values_that_stand_apart() {
        let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
        let word = ["tr0ub4dor", "-x"].concat();
        Cases::of("secret.generic")
            .hit(&format!("env:\n  - name: API_TOKEN\n    value: \"{key}\"\n"), &key)
            .hit(&format!("- name: DB_PASSWORD\n  value: {word}\n"), &word)
            .hit(&format!("variable \"api_token\" {{\n  type = string\n  default = \"{key}\"\n"), &key)
            .hit(&format!("<key>ApiSecret</key>\n<string>{key}</string>"), &key)
            .hit(&format!("<key>ApiSecret</key><string>{key}</string>"), &key)
            .hit(&format!("<setting name=\"Password\">\n  <value>{word}</value>"), &word)
            .hit(&format!("a:1:{{s:9:\"api_token\";s:32:\"{key}\";}}"), &key)
            .miss(&format!("- name: API_TOKEN\n- name: X\n  value: {key}\n"))
            .miss(&format!("the API_TOKEN of it\n  value: {key}\n"))
            .miss(&format!("the variable API_TOKEN value {key}"))
            .miss("- name: API_TOKEN\n  valueFrom:\n    secretKeyRef: x1b2c3d4e5f6")
            .run();
    }

    #[test]
    fn no_value_begins_farther_after_its_keyword_than_is_said() {
        let after = "password".len();
        let (rest, far, spaces) = ("-x".repeat(LONGEST_REST / 2), ".".repeat(APART - 2), " ".repeat(WIDEST));
        let text = format!("password{rest}={far}parametervalue{spaces}Zf3D0LXC");
        let probe = Probe::new(Text { bytes: text.as_bytes(), start: 0, complete: true }, 0, text.len());
        let begin = apart(&probe, after, after + LONGEST_REST);
        assert_eq!(begin, Some(after + OPENING));
        assert_eq!(begin, text.find("Zf3D"));
    }

    #[test]
    fn a_word_reaches_as_far_as_the_word_at_its_end() {
        let after = "dbpassword".len();
        let finds = |at: usize, far: usize| {
            let text = format!("dbpassword{}=value Zf3D0LXC", " ".repeat(far));
            let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
            apart(&Probe::new(text, at, 256), after, after).is_some()
        };
        let reach = |at: usize| (0..APART).rev().find(|far| finds(at, *far));
        assert_eq!(reach(0), Some(NEAR - 1));
        assert_eq!(reach("db".len()), reach(0));
    }
}
