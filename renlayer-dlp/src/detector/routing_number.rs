//! Routing numbers of banks in the United States (ABA).
//!
//! They are public, and say that the number beside them is an account. Nine digits with a checksum that one in ten random
//! numbers satisfies, so a word must stand before them.
//!
//! - hit: `routing number 021000021`, `ABA: 0110-0001-5`
//! - miss: `routing 021000022` (checksum), `021000021` alone
//! - known mistakes: none known.

use super::labelled::Labelled;
use super::{ByteSet, Match, Probe};
use crate::check::aba;
use crate::{Evidence, Severity};

pub(super) static ROUTING_NUMBER: Labelled = Labelled::new(
    "us_routing_number",
    "payment.us.routing_number",
    Severity::Medium,
    "an ABA routing number of a US bank",
    value,
)
.after(&["routing*", "aba", "rtn", "transit number", "transit no", "bankrouting*"])
.within(40)
.longest(16)
.page("a word before it, the banks' ranges, checksum", "");

fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    const PART: ByteSet = ByteSet::DIGIT.with(b"- ");
    let run = probe.run(at, &ByteSet::DIGIT, 10);
    let end = match (run - at, probe.get(run)) {
        (9, _) => run,
        (4, Some(b'-')) if probe.get(at + 9) == Some(b'-') => at + 11,
        _ => return None,
    };
    let written = probe.slice(at..end);
    let holds = written.iter().all(|byte| PART.has(*byte))
        && aba::holds(written)
        && !probe.is(end, &ByteSet::WORD)
        && !(probe.is(end, &ByteSet::EMPTY.with(b"-.")) && probe.is(end + 1, &ByteSet::ALNUM));
    holds.then(|| Match::new(at..end, 0.85).with(Evidence::CHECKSUM).with(Evidence::CONTEXT))
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn routing_number_cases() {
        Cases::of("payment.us.routing_number")
            .hit("Routing number: 021000021, account 1234", "021000021")
            .hit("ABA 0110-0001-5.", "0110-0001-5")
            .hit("{\"routingNumber\": \"121000358\"}", "121000358")
            .miss("routing number 021000022")
            .miss("021000021")
            .miss("021000021 is my routing number")
            .miss("routing table 9210000211 and routing 991000021")
            .run();
    }
}
