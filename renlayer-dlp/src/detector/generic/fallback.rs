//! What stands in for a secret that is not set: `os.environ.get("DB_PASSWORD") or "…"`, `config.password ?? "…"`,
//! `getenv("API_TOKEN", default="…")`.

use super::value::Value;
use super::{QUOTES, name, weigh};
use crate::detector::{ByteSet, Match, Probe};

/// What closes the name of a variable that is asked for.
const CLOSERS: ByteSet = QUOTES.with(b")]");
const MOST_CLOSERS: usize = 3;
/// What gives the other value. In a sentence no name is closed before an `or`.
const AFTER_CLOSER: [&[u8]; 3] = [b" or ", b", default=", b" ?? "];
const AFTER_NAME: [&[u8]; 1] = [b" ?? "];

/// The value in quotes that is taken where what the keyword names, which ends at `after`, has none.
pub(super) fn find(probe: &Probe<'_>, after: usize) -> Option<Match> {
    let end = probe.run(after, &CLOSERS, MOST_CLOSERS);
    if !probe.is(end, &ByteSet::EMPTY.with(b" ,")) {
        return None;
    }
    let marks = if end > after { &AFTER_CLOSER[..] } else { &AFTER_NAME };
    let mark = marks.iter().find(|mark| probe.looking_at(end, mark))?;
    let quote = end + mark.len();
    if !probe.is(quote, &QUOTES) {
        return None;
    }
    probe.begins(quote + 1);
    weigh(probe, quote + 1, Value::read, || name::around(probe, after))
}
