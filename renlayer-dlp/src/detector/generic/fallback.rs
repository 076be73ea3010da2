//! What stands in for a secret that is not set: `os.environ.get("DB_PASSWORD") or "…"`, `config.password ?? "…"`,
//! `getenv("API_TOKEN", default="…")`.
//!
//! Only an environment or a configuration is asked for secrets so: of a list of labels or errors another label is taken.

use super::value::Value;
use super::{QUOTES, name, weigh};
use crate::detector::{ByteSet, Match, Probe};
use crate::words::Words;

/// What closes the name of a variable that is asked for.
const CLOSERS: ByteSet = QUOTES.with(b")]");
const MOST_CLOSERS: usize = 3;
/// What gives the other value: after a call or an index, after a quote, and after a name.
const AFTER_CALL: [&[u8]; 2] = [b" or ", b" ?? "];
const AFTER_QUOTE: [&[u8]; 1] = [b", default="];
const AFTER_NAME: [&[u8]; 1] = [b" ?? "];
/// What is asked.
static ASKED: Words =
    Words::new(&["env", "getenv", "environ", "environment", "config", "conf", "cfg", "settings", "secrets"]);
/// The most of a path that is looked at.
const LONGEST_PATH: usize = 40;

/// The value in quotes that is taken where what the keyword names, which ends at `after`, has none.
pub(super) fn find(probe: &Probe<'_>, after: usize) -> Option<Match> {
    let end = probe.run(after, &CLOSERS, MOST_CLOSERS);
    if !probe.is(end, &ByteSet::EMPTY.with(b" ,")) {
        return None;
    }
    let marks = match probe.before(end) {
        _ if end == after => &AFTER_NAME[..],
        Some(b')' | b']') => &AFTER_CALL,
        _ => &AFTER_QUOTE,
    };
    let mark = marks.iter().find(|mark| probe.looking_at(end, mark))?;
    let quote = end + mark.len();
    if !probe.is(quote, &QUOTES) || !ASKED.stand_in(path(probe, after, end == after)) {
        return None;
    }
    probe.begins(quote + 1);
    weigh(probe, quote + 1, Value::read, || name::around(probe, after))
}

/// What the name is asked of that ends at `after`: what stands before it, with a dot, or before the bracket and the quote that open it.
fn path<'t>(probe: &Probe<'t>, after: usize, is_member: bool) -> &'t [u8] {
    const PATH: ByteSet = ByteSet::WORD.with(b".");
    const OPENS: ByteSet = ByteSet::EMPTY.with(b"([");
    let name = after - name::around(probe, after).len();
    if is_member {
        let path = probe.slice(name..after);
        return memchr::memrchr(b'.', path).and_then(|dot| path.get(..dot)).unwrap_or_default();
    }
    let open = probe.run_back(name, &QUOTES, 1);
    if open == name || !probe.was(open, &OPENS) {
        return &[];
    }
    probe.slice(probe.run_back(open - 1, &PATH, LONGEST_PATH)..open - 1)
}
