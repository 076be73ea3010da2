//! Keys that code lists byte by byte: `private_key = [84, 222, …]`, `secretKey := []byte{0x54, 0xde, …}`.
//!
//! - hit: sixteen bytes or more in brackets or braces that are no row, under a name that calls them secret or private
//! - low: the same under another name of a key; manuals of ciphers print such keys as well; and a list of which the end is not seen
//! - miss: fewer numbers, numbers that no byte holds, rows that count up or down, and the same few again and again
//! - known mistakes: a list whose comments stand among its numbers is read up to the first of them, and one that takes more than a
//!   thousand bytes up to there, both `LOW`.

use std::ops::Range;

use super::name::{self, Kind};
use crate::detector::{ByteSet, Match, Probe};
use crate::{Evidence, Severity};

/// The fewest bytes of a key.
const LEAST: usize = 16;
/// So many bytes between two numbers at most: a line may end there.
const WIDEST: usize = 24;
/// What stands before a list, behind what opens any value.
const OPENINGS: [&[u8]; 4] = [b"]byte{", b"]u8{", b"new byte[]", b"{"];
const BETWEEN: ByteSet = ByteSet::SPACE.with(b"{");

/// The list that begins at `at`.
pub(super) fn find<'n>(probe: &Probe<'_>, at: usize, name: impl Fn() -> &'n [u8]) -> Option<Match> {
    let opening = OPENINGS.into_iter().find(|opening| probe.looking_at(at, opening));
    let start = opening.map_or(at, |opening| probe.run(at + opening.len(), &BETWEEN, WIDEST));
    if !probe.is(start, &ByteSet::DIGIT) || !is_opened(probe, start) {
        return None;
    }
    let range = list(probe, start)?;
    let name = name();
    let is_whole = is_closed(probe, range.end);
    let found = Match::new(range, 0.6).with(Evidence::CONTEXT).with(Evidence::ENTROPY);
    let is_private = || name::says_secret(name) || PRIVATE.into_iter().any(|end| name::ends_in(name, end));
    match Kind::of(name)? {
        Kind::Key if is_private() && is_whole => Some(Match { at_most: Some(Severity::High), ..found }),
        Kind::Key => Some(found.harmless()),
        _ => None,
    }
}

const PRIVATE: [&[u8]; 2] = [b"private_key", b"privatekey"];

/// Whether a bracket or brace stands before the list.
fn is_opened(probe: &Probe<'_>, start: usize) -> bool {
    probe.was(probe.run_back(start, &ByteSet::SPACE, WIDEST), &ByteSet::EMPTY.with(b"[{"))
}

/// Whether the list that ends at `end` is over there, as far as it is seen.
fn is_closed(probe: &Probe<'_>, end: usize) -> bool {
    let close = probe.run(end, &ByteSet::SPACE.with(b","), WIDEST);
    probe.is(close, &ByteSet::EMPTY.with(b"]}")) || probe.ends(close)
}

/// Numbers that are the bytes of a key.
fn list(probe: &Probe<'_>, start: usize) -> Option<Range<usize>> {
    let (mut at, mut end, mut count) = (start, start, 0_usize);
    let (mut numbers, mut steps, mut last) = ([0_u16; 256], [0_u16; 256], None);
    loop {
        // What no byte holds makes it another list.
        let Some((number, after)) = number(probe, at) else {
            if probe.is(at, &ByteSet::DIGIT) {
                return None;
            }
            break;
        };
        count += 1;
        *numbers.get_mut(usize::from(number))? += 1;
        if let Some(last) = last {
            *steps.get_mut(usize::from(number.wrapping_sub(last)))? += 1;
        }
        (last, end) = (Some(number), after);
        at = probe.run(after, &ByteSet::EMPTY.with(b","), 1);
        if at == after {
            break;
        }
        at = probe.run(at, &ByteSet::SPACE, WIDEST);
    }
    // Of 32 bytes that are drawn, 30 are different, and so are most steps between them.
    let distinct = numbers.iter().filter(|count| **count > 0).count();
    let is_row = steps.iter().any(|same| 4 * usize::from(*same) > count);
    let is_drawn = 3 * distinct >= 2 * count.min(64) && !is_row;
    (count >= LEAST && is_drawn).then_some(start..end)
}

/// `222` or `0xde`, and where it ends.
fn number(probe: &Probe<'_>, at: usize) -> Option<(u8, usize)> {
    let (from, radix, digits) = match probe.looking_at_word(at, b"0x") {
        true => (at + 2, 16, ByteSet::HEX),
        false => (at, 10, ByteSet::DIGIT),
    };
    let end = probe.run(from, &digits, 4);
    let text = std::str::from_utf8(probe.slice(from..end)).ok()?;
    (end > from).then(|| u8::from_str_radix(text, radix).ok()).flatten().map(|number| (number, end))
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::{Cases, Random, Splits};

    fn listed(count: usize, write: impl Fn(u8) -> String) -> String {
        let mut random = Random::new(84);
        let bytes = (0..count).map(|_| write(random.below(256) as u8));
        bytes.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn keys_are_listed_byte_by_byte() {
        let (decimal, hex) = (listed(32, |byte| byte.to_string()), listed(16, |byte| format!("{byte:#04x}")));
        Cases::of("secret.generic")
            .hit(&format!("private_key = [{decimal}]"), &decimal)
            .hit(&format!("var secretKey = []byte{{{hex}}}"), &hex)
            .hit(&format!("byte[] clientSecret = new byte[] {{ {hex} }};"), &hex)
            .low(&format!("signing_key = [{hex}]"), &hex)
            .miss(&format!("cacheKey = [{decimal}], key = [{hex}], publicKey = [{decimal}]"))
            .miss(&format!("private_key = [{}]", listed(12, |byte| byte.to_string())))
            .miss(&format!(
                "private_key = [{}]",
                (0..64).map(|n| n.to_string()).collect::<Vec<_>>().join(", ")
            ))
            .miss(&format!("private_key = [{}]", ["1, 0, 7"; 12].join(", ")))
            .miss(&format!("private_key = [{decimal}, 1921, 7]"))
            .miss(&format!("private_key = [{}]", listed(32, |byte| (1000 + usize::from(byte)).to_string())))
            .miss(&format!("private_key: {decimal}\n"))
            .run();
    }

    #[test]
    fn rows_are_no_keys() {
        let row =
            |write: &dyn Fn(u8) -> u8| (0..16).map(|n| write(n).to_string()).collect::<Vec<_>>().join(", ");
        let hex = (0..16).map(|n| format!("{:#04x}", n * 17)).collect::<Vec<_>>().join(", ");
        Cases::of("secret.generic")
            .miss(&format!("secret = [{}]", row(&|n| 5 * (n + 1))))
            .miss(&format!("secret = [{}]", row(&|n| 2 * (n + 1))))
            .miss(&format!("secret_key = [{}]", row(&|n| 32 - n)))
            .miss(&format!("secret_key = {{{hex}}}"))
            .run();
    }

    #[test]
    fn a_list_is_read_to_its_end_or_is_low() {
        let (long, longer) =
            (listed(250, |byte| (byte % 100).to_string()), listed(400, |byte| byte.to_string()));
        let numbers = listed(32, |byte| byte.to_string());
        Cases::of("secret.generic")
            .split(Splits::Few)
            .hit(&format!("private_key = [{long}]"), &long)
            .low(&format!("private_key = [{numbers}, // the rest\n 7]"), &numbers)
            .harmless(&format!("private_key = [{longer}]"))
            .run();
    }
}
