//! What stands in for a secret that is not set: `os.environ.get("DB_PASSWORD") or "…"`, `config.password ?? "…"`,
//! `getenv("API_TOKEN", default="…")`.

use super::value::Value;
use super::{QUOTES, name, weigh};
use crate::detector::{ByteSet, Match, Probe};

/// What closes the name of a variable that is asked for.
const CLOSERS: ByteSet = QUOTES.with(b")]");
const MOST_CLOSERS: usize = 3;
/// What gives the other value: after a call or an index, after a quote, and after a name. A sentence has an `or` after each but the first.
const AFTER_CALL: [&[u8]; 2] = [b" or ", b" ?? "];
const AFTER_QUOTE: [&[u8]; 1] = [b", default="];
const AFTER_NAME: [&[u8]; 1] = [b" ?? "];

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
    if !probe.is(quote, &QUOTES) {
        return None;
    }
    probe.begins(quote + 1);
    weigh(probe, quote + 1, Value::read, || name::around(probe, after))
}
