//! Values by the name they are given: `DD_API_KEY=…`, `"apiKey": "…"`, `token: …`, `--password …`, `password "…"`, `<key>…</key>`.

use std::ops::ControlFlow;

use super::{ByteSet, Probe};
use crate::openings::Openings;

/// How far after a name's keyword the value may begin.
pub(super) const SPAN: usize = 64;
/// How many spaces may stand between: more make a sentence.
const MOST_WORDS: usize = 8;
/// What says that a name is given a value.
pub(super) const OPERATOR: ByteSet = ByteSet::EMPTY.with(b"=:>,|(");
/// What may stand between the operator and the value.
pub(super) const OPENER: ByteSet = ByteSet::EMPTY.with(b" \t\"'`\\=>:|([");
/// What ends a line, and with it the search.
const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\n\r");
/// What stands between words.
const GAP: ByteSet = ByteSet::EMPTY.with(b" \t");
/// What can be none of these, and is passed over.
const INSIDE: ByteSet = OPERATOR.or(LINE_END).or(GAP).with(b"{").not();
/// Words that HTTP puts before a credential.
const SCHEMES: [&str; 18] = [
    "bearer ",
    "basic ",
    "token token=",
    "token ",
    "bot ",
    "apikey ",
    "api-key ",
    "api-token ",
    "key ",
    "splunk ",
    "sso-key ",
    "geniekey ",
    "snowflake ",
    "oauth ",
    "client-id ",
    "ntlm ",
    "negotiate ",
    "ssws ",
];

/// No scheme is longer.
const LONGEST_SCHEME: usize = longest(&SCHEMES);

const fn longest(words: &[&str]) -> usize {
    match words.split_first() {
        None => 0,
        Some((first, rest)) => {
            let rest = longest(rest);
            if first.len() > rest { first.len() } else { rest }
        }
    }
}

static SCHEME_BEGINS: Openings = Openings::of(&SCHEMES);

/// Calls `look` at each place where a value may begin, from the keyword that ends at `from` to the end of the line, until
/// it breaks off. The first argument is where the name ends.
pub(super) fn find<T>(
    probe: &Probe<'_>,
    from: usize,
    look: impl FnMut(usize, usize) -> ControlFlow<Option<T>>,
) -> Option<T> {
    walk(probe, (from, from), 1, |_, _| false, look)
}

/// The same over so many lines, and also after the spaces of which `is_gap` says that a value may follow them.
pub(super) fn find_in_lines<T>(
    probe: &Probe<'_>,
    from: usize,
    lines: usize,
    is_gap: impl Fn(&Probe<'_>, usize) -> bool,
    look: impl FnMut(usize, usize) -> ControlFlow<Option<T>>,
) -> Option<T> {
    // Where no line ends and no word: what is known is so whatever the name.
    walk(probe, (from, from.max(probe.known())), lines, is_gap, look)
}

/// From the keyword that ends at `from` on, of which is known what stands before `begin`.
fn walk<T>(
    probe: &Probe<'_>,
    (from, begin): (usize, usize),
    mut lines: usize,
    is_gap: impl Fn(&Probe<'_>, usize) -> bool,
    mut look: impl FnMut(usize, usize) -> ControlFlow<Option<T>>,
) -> Option<T> {
    let (mut at, mut words) = (begin, 0);
    while at < from + SPAN && words <= MOST_WORDS {
        at = probe.run(at, &INSIDE, from + SPAN - at);
        probe.begins(at);
        if at == from + SPAN {
            return None;
        }
        let byte = probe.get(at)?;
        if LINE_END.has(byte) {
            lines -= 1;
            if lines == 0 {
                return None;
            }
            (at, words) = (probe.run(at, &LINE_END, 2), 0);
            continue;
        }
        let is_space = GAP.has(byte);
        // Names of one list are often aligned.
        words += usize::from(is_space && !probe.was(at, &GAP));
        let is_first = || words == 1 && is_given(probe, from, at);
        let may_give = is_space && (is_first() || is_gap(probe, at)) || is_brace(probe, at);
        if !(OPERATOR.has(byte) || may_give) {
            at += 1;
            continue;
        }
        let value = skip_scheme(probe, opening(probe, byte, at + 1));
        if let ControlFlow::Break(found) = look(at, value) {
            return found;
        }
        // Not arrived yet: what is behind stays undecided.
        if probe.ran_out() {
            return None;
        }
        at += 1;
    }
    None
}

/// Notes that no operator up to the one at `end`, from the keyword that ends at `from` on, is followed by a value, whoever's name
/// stands before it; where only operators were looked at.
pub(super) fn note_none(probe: &Probe<'_>, from: usize, end: usize) {
    const OTHERS: ByteSet = LINE_END.or(GAP);
    let text = probe.slice(from..end + 1);
    let has_brace = || memchr::memchr_iter(b'{', text).any(|place| is_brace(probe, from + place));
    if !text.iter().any(|byte| OTHERS.has(*byte)) && !has_brace() {
        probe.knows(end + 1);
    }
}

/// Goes on until there is something.
pub(super) fn until_found<T>(found: Option<T>) -> ControlFlow<Option<T>> {
    found.map_or(ControlFlow::Continue(()), |found| ControlFlow::Break(Some(found)))
}

/// Where the value begins after an operator; after the end of an XML tag, and in a block of YAML, also on the next line.
fn opening(probe: &Probe<'_>, operator: u8, from: usize) -> usize {
    let joint = if GAP.has(operator) { joint(probe, from) } else { 0 };
    let at = probe.run(from + joint, &OPENER, WIDEST);
    match operator {
        b'>' => inside_braces(probe, probe.run(at, &ByteSet::SPACE, WIDEST)),
        b'=' | b'(' | b'|' if probe.is(at, &LINE_END) => next_line(probe, at).unwrap_or(at),
        b'{' => probe.run(probe.run(from, &ByteSet::SPACE, WIDEST), &QUOTE, 1),
        b':' => block(probe, at).unwrap_or_else(|| inside_marks(probe, at)),
        _ => inside_marks(probe, at),
    }
}

/// The most bytes between an operator and its value: names of one list are often aligned.
const WIDEST: usize = 24;
/// So many bytes after the rest of a name, at most, stands the quote of a value that a word or a comma gives: a joint, what may stand
/// before the value, and a mark.
pub(super) const QUOTED: usize = 3 + WIDEST + 4 + 1;
/// So many bytes after an operator, at most, the value begins. Farthest it is after the end of a tag: what may stand before it, as
/// much again on the next line, a brace, the words after that, each with its space, and a scheme.
pub(super) const OPENING: usize = 2 * WIDEST + 1 + MOST_LABELS * (WIDEST + 1) + LONGEST_SCHEME;

/// How long the word or sign is that may stand between a name and its value in quotes: `token - "…"`, `token <- "…"`,
/// `IDENTIFIED BY '…'`.
fn joint(probe: &Probe<'_>, at: usize) -> usize {
    const JOINTS: [&[u8]; 3] = [b"- ", b"<- ", b"by "];
    JOINTS.into_iter().find(|joint| probe.looking_at_word(at, joint)).map_or(0, <[u8]>::len)
}

/// `token: |-` and the value on the next line, where `at` is behind the mark.
fn block(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let end = probe.run(at, &ByteSet::EMPTY.with(b"-+"), 1);
    let is_marked = probe.was(at, &ByteSet::EMPTY.with(b"|>")) && probe.is(end, &LINE_END);
    is_marked.then(|| probe.run(end, &ByteSet::SPACE, WIDEST))
}

/// The value in quotes that stands alone on the line that begins behind the end at `at`, as formatters break long ones.
fn next_line(probe: &Probe<'_>, at: usize) -> Option<usize> {
    const INDENT: ByteSet = ByteSet::EMPTY.with(b" \t");
    const CLOSERS: ByteSet = ByteSet::EMPTY.with(b";,)");
    let line = at + if probe.looking_at(at, b"\r\n") { 2 } else { 1 };
    let quote = probe.run(line, &INDENT, WIDEST);
    let mark = probe.get(quote).filter(|byte| b"\"'`".contains(byte))?;
    let close = probe.run(quote + 1, &LINE_END.with(&[mark]).not(), LONGEST_ALONE);
    let end = probe.run(close + 1, &CLOSERS, MOST_CLOSERS);
    let is_over = || probe.is(end, &LINE_END) || probe.ends(end) || is_comment(probe, end);
    let is_alone = probe.get(close) == Some(mark) && is_over();
    is_alone.then_some(quote + 1)
}

/// Whether a comment follows on the line.
fn is_comment(probe: &Probe<'_>, at: usize) -> bool {
    const MARKS: [&[u8]; 2] = [b"//", b"# "];
    let comment = probe.run(at, &ByteSet::EMPTY.with(b" "), WIDEST);
    comment > at && MARKS.into_iter().any(|mark| probe.looking_at(comment, mark))
}

/// The longest value in quotes that stands alone on a line, and how much may close what it stands in.
const LONGEST_ALONE: usize = 1024;
const MOST_CLOSERS: usize = 4;

/// Behind the brace with which Jenkins begins a secret, and the words before it.
fn inside_braces(probe: &Probe<'_>, at: usize) -> usize {
    if !probe.is(at, &ByteSet::EMPTY.with(b"{")) {
        return at;
    }
    let mut value = at + 1;
    for _ in 0..MOST_LABELS {
        let end = probe.run(value, &ByteSet::WORD, WIDEST);
        if end == value || !probe.is(end, &ByteSet::EMPTY.with(b" ")) {
            break;
        }
        value = end + 1;
    }
    value
}

/// Words before a value in braces.
const MOST_LABELS: usize = 2;

/// What stands around a text.
const QUOTE: ByteSet = ByteSet::EMPTY.with(b"\"'`");

/// `std::string token{"…"}`: a brace with which C++ gives a name a text, also on the next line.
pub(super) fn is_brace(probe: &Probe<'_>, at: usize) -> bool {
    probe.is(at, &ByteSet::EMPTY.with(b"{"))
        && probe.was(at, &ByteSet::WORD)
        && probe.is(probe.run(at + 1, &ByteSet::SPACE, WIDEST), &ByteSet::EMPTY.with(b"\""))
}

/// Behind what some languages write before a quote (`f"…"`, `@"…"`, `<<"…">>`), YAML before a text, and Markdown between.
fn inside_marks(probe: &Probe<'_>, at: usize) -> usize {
    const MARKS: ByteSet = ByteSet::EMPTY.with(b"@$bBfFrRuUL");
    let is_quote = |at: usize| probe.is(at, &QUOTE);
    match () {
        () if is_binary(probe, at) => at + 3,
        () if probe.is(at, &MARKS) && is_quote(at + 1) => at + 2,
        () if probe.looking_at(at, b"!!str ") => at + 6,
        () if probe.looking_at(at, b"** ") => probe.run(at + 2, &OPENER, 2),
        () => at,
    }
}

/// `<<"…">>`: a text of Erlang. Other languages shift one to where it is written (`out <<"…"`), or begin a document so.
fn is_binary(probe: &Probe<'_>, at: usize) -> bool {
    let close = || probe.run(at + 3, &LINE_END.with(b"\"").not(), LONGEST_ALONE);
    probe.looking_at(at, b"<<\"") && probe.looking_at(close(), b"\">>")
}

/// Whether the space at `at` gives the name whose keyword ends at `from` a value.
pub(super) fn is_given(probe: &Probe<'_>, from: usize, at: usize) -> bool {
    is_before_quote(probe, from, at) || is_flag(probe, from, at) || is_identified(probe, from, at)
}

/// `ALTER USER joe IDENTIFIED BY value`, without quotes, as Oracle has it; in a sentence no such statement stands before.
fn is_identified(probe: &Probe<'_>, from: usize, at: usize) -> bool {
    const STATEMENTS: [&[u8]; 3] = [b"create user ", b"alter user ", b"create role "];
    const REACH: usize = 64;
    if at != from || !probe.looking_at_word(at, b" by ") || !probe.looking_at_word(probe.at(), b"identified")
    {
        return false;
    }
    let before = probe.behind(probe.at(), REACH).to_ascii_lowercase();
    STATEMENTS.into_iter().any(|words| before.windows(words.len()).any(|window| window == words))
}

/// `--name value`, `ENV NAME value`: a space after a name that dashes or a word introduce.
fn is_flag(probe: &Probe<'_>, from: usize, at: usize) -> bool {
    const NAME: ByteSet = ByteSet::WORD.with(b"-");
    let name = probe.run_back(at, &NAME, 40);
    let is_dashed = name <= from && probe.looking_at(name, b"-") && !probe.was(name, &ByteSet::WORD);
    is_dashed || (name >= 4 && probe.looking_at(name - 4, b"ENV "))
}

/// `password "value"`, `password - "value"`, `setx "password" "value"`, `#define PASSWORD @"value"`: a name and a quoted value, as
/// configuration, build files and notes write them.
fn is_before_quote(probe: &Probe<'_>, from: usize, at: usize) -> bool {
    const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'");
    let is_set = || at == from + 1 && probe.looking_at(from, b"\"") && line_says(probe, at, b"setx ");
    // A table has tabs as well.
    let is_apart = || !probe.looking_at(at, b"\t") || line_begins(probe, at, b"#define");
    if at != from && !is_set() || !is_apart() {
        return false;
    }
    let word = probe.run(at, &GAP, 8);
    let value = word + joint(probe, word);
    probe.is(value, &QUOTES) || probe.looking_at(value, b"@\"")
}

/// Whether the command stands on the line before the name that ends at `end`.
fn line_says(probe: &Probe<'_>, end: usize, command: &[u8]) -> bool {
    let before = probe.behind(end, REACH);
    let line = before.rsplit(|byte| LINE_END.has(*byte)).next().unwrap_or_default();
    line.windows(command.len()).any(|word| word.eq_ignore_ascii_case(command))
}

/// Whether the line begins with it.
fn line_begins(probe: &Probe<'_>, end: usize, directive: &[u8]) -> bool {
    let start = probe.run_back(end, &LINE_END.not(), REACH);
    probe.slice(start..end).trim_ascii_start().starts_with(directive)
}

/// So far before the end of a name it is looked for what begins its line.
const REACH: usize = 64;

/// Whether the value at `at` stands in quotes after a scheme: `"Authorization", "Basic …"`.
pub(super) fn is_schemed(probe: &Probe<'_>, at: usize) -> bool {
    let before = probe.behind(at, LONGEST_SCHEME + 1);
    let stands = |scheme: &&str| {
        let (quote, word) = before.split_at(before.len().saturating_sub(scheme.len()));
        quote.ends_with(b"\"") && word.eq_ignore_ascii_case(scheme.as_bytes())
    };
    before.ends_with(b" ") && SCHEMES.iter().any(stands)
}

fn skip_scheme(probe: &Probe<'_>, at: usize) -> usize {
    if probe.arrived(at, LONGEST_SCHEME).is_some_and(|near| !may_be_scheme(near)) {
        return at;
    }
    let first = probe.get(at).map(|byte| byte.to_ascii_lowercase());
    let mut known = SCHEMES.iter().filter(|scheme| scheme.bytes().next() == first);
    let scheme = known.find(|scheme| probe.looking_at_word(at, scheme.as_bytes()));
    scheme.map_or(at, |scheme| at + scheme.len())
}

/// Whether a scheme may stand there: its first word has a space after it.
fn may_be_scheme(near: &[u8]) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphabetic() || byte == b'-';
    SCHEME_BEGINS.may_begin(near) && near.iter().find(|byte| !is_word(**byte)) == Some(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Text;

    #[test]
    fn schemes_are_seen_to_be_such() {
        assert!(SCHEMES.iter().all(|scheme| may_be_scheme(scheme.to_ascii_uppercase().as_bytes())));
        assert!(
            !["token=", "token", "basically", "2 keys "].iter().any(|text| may_be_scheme(text.as_bytes()))
        );
    }

    #[test]
    fn no_value_begins_farther_after_its_operator_than_is_said() {
        let scheme = SCHEMES.into_iter().max_by_key(|scheme| scheme.len()).unwrap();
        let (spaces, label) = (" ".repeat(2 * WIDEST), "w".repeat(WIDEST));
        let text = format!("key>{spaces}{{{label} {label} {scheme}Zf3D0LXC");
        let probe = Probe::new(Text { bytes: text.as_bytes(), start: 0, complete: true }, 0, text.len());
        let begin = find(&probe, 3, |_, value| ControlFlow::Break(Some(value)));
        assert_eq!(begin, Some(4 + OPENING));
        assert_eq!(begin, text.find("Zf3D"));
    }
}
