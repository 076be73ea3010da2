//! Base64 and hexadecimal runs that hold text: decoded, and scanned as documents of their own.
//!
//! A run of letters and digits is looked at when it is at least [`SHORTEST`] long, and decoded when its first 18 bytes come
//! out as text, which chance does to one run in ten million. In a longer run of base64 that begins otherwise the first 18 bytes
//! are looked for that do, wherever its groups may begin: text behind something binary, or behind a word. Either alphabet of base64, with or without padding, and in lines
//! as MIME writes it; data URLs are such runs. A finding takes whole groups of four characters, so that what is left still
//! decodes; the bytes that share a group with it are encoded again with the marker.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::signal::{LONG as SHORTEST, RUN};
use super::{MOST_LEVELS, Signals, View, Watch};
use crate::OpaqueReason;
use crate::engine::Text;
use crate::finding::{Packed, Packing};
use crate::scan::{Mark, Scan};

/// The shortest run in which text is looked for that it does not begin with.
const SHORTEST_AROUND: usize = 40;
/// As many groups of four characters make it text.
const GROUPS: usize = SHORTEST / 4;
/// The shortest line of a run that goes on after a line break.
const SHORTEST_LINE: usize = 48;

/// Scans the packed texts in `text`.
pub(super) fn look(scan: &mut Scan<'_>, text: Text<'_>) {
    let mut at = text.start;
    while let Some(run) = next_run(&scan.watch, text, at) {
        at = unpack_run(scan, text.bytes, &run).max(at + 1);
    }
}

/// Scans what is packed in a run, and answers where the search goes on. Where text and something else take turns, a run is
/// walked once all the same.
fn unpack_run(scan: &mut Scan<'_>, bytes: &[u8], run: &Range<usize>) -> usize {
    let mut from = run.start;
    while run.end - from >= SHORTEST {
        let written = bytes.get(from..run.end).unwrap_or_default();
        if let Some(packing) = packing(written) {
            let lines = lines(bytes, from..run.end, packing);
            unpack(scan, bytes, &lines, packing);
            return lines.last().map_or(run.end, |line| line.end);
        }
        let Some(inside) = text_inside(written) else { break };
        let line = from + inside.start..from + inside.end;
        from = line.end.max(line.start + SHORTEST).min(run.end);
        unpack(scan, bytes, &[line], Packing::Base64);
    }
    run.end
}

/* ===== runs ===== */

/// The next long run, from `from` on.
fn next_run(watch: &Watch, text: Text<'_>, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let shown = watch.next_showing(text.bytes, at, Signals::packs)?;
        let run = long_run(text.bytes, shown.clone(), from);
        if run.is_some() {
            return run;
        }
        at = shown.end;
    }
}

/// The first long run that becomes long in a stretch, begun no earlier than `least`. Between runs that are too short, one byte in
/// [`SHORTEST`] is looked at: a long run holds one of these.
fn long_run(bytes: &[u8], stretch: Range<usize>, least: usize) -> Option<Range<usize>> {
    let mut at = stretch.start;
    while at < stretch.end {
        let run = run_around(bytes, at, least);
        if run.len() >= SHORTEST {
            return Some(run);
        }
        at = run.end + SHORTEST;
    }
    None
}

/// The run in which `at` stands, empty where it stands in none, begun no earlier than `least`.
fn run_around(bytes: &[u8], at: usize, least: usize) -> Range<usize> {
    let before =
        bytes.get(least..at).unwrap_or_default().iter().rev().take_while(|byte| RUN.has(**byte)).count();
    let after = run_length(bytes.get(at..).unwrap_or_default());
    if after == 0 { at..at } else { at - before..at + after }
}

/// How long the run is that `bytes` begin with.
fn run_length(bytes: &[u8]) -> usize {
    let (chunks, _) = bytes.as_chunks::<SOME>();
    let whole = SOME * chunks.iter().take_while(|chunk| is_all_run(chunk)).count();
    let rest = bytes.get(whole..).unwrap_or_default();
    whole + rest.iter().take_while(|byte| RUN.has(**byte)).count()
}

/// So many bytes are told to be in a run at once, without a branch.
const SOME: usize = 32;

fn is_all_run(bytes: &[u8; SOME]) -> bool {
    let is_run = |byte: u8| {
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let is_digit = byte.wrapping_sub(b'0') < 10;
        is_letter | is_digit | matches!(byte, b'+' | b'/' | b'-' | b'_')
    };
    bytes.iter().fold(true, |all, byte| all & is_run(*byte))
}

/// How a run is packed, where its beginning decodes to text.
fn packing(run: &[u8]) -> Option<Packing> {
    let head: &[u8; SHORTEST] = run.first_chunk()?;
    let is_hex = run.len().is_multiple_of(2) && run.len() >= 32 && head.iter().all(u8::is_ascii_hexdigit);
    if is_hex && Packing::Hex.decode(head).is_some_and(|bytes| is_text(&bytes)) {
        return Some(Packing::Hex);
    }
    // Mostly the first group is none.
    let [_, first @ ..] = head.first_chunk().map_or([0; 4], |group| bits_of(*group).to_be_bytes());
    (is_text(&first) && is_text(&groups(head))).then_some(Packing::Base64)
}

/// What whole groups of base64 stand for.
fn groups(head: &[u8; SHORTEST]) -> [u8; SHORTEST / 4 * 3] {
    let mut decoded = [0; SHORTEST / 4 * 3];
    for (bytes, group) in decoded.as_chunks_mut::<3>().0.iter_mut().zip(head.as_chunks::<4>().0) {
        let [_, decoded @ ..] = bits_of(*group).to_be_bytes();
        *bytes = decoded;
    }
    decoded
}

/// Where in a run of base64 there are six groups of text, and those that go on with it. Wherever these six begin, one of them begins in
/// the first four of some [`SHORTEST`] characters: so no more than these are looked at of what is packed and no text.
fn text_inside(run: &[u8]) -> Option<Range<usize>> {
    if run.len() < SHORTEST_AROUND {
        return None;
    }
    let begin = |at: usize| {
        let near = run.get(at..).and_then(<[u8]>::first_chunk);
        if near.is_some_and(|near| !has_text_group(near)) {
            return None;
        }
        (at..at + 4).filter_map(|at| begin_of_text(run, at)).min()
    };
    let start = (0..run.len()).step_by(SHORTEST).find_map(begin)?;
    let rest = run.get(start..).unwrap_or_default();
    let is_binary = |group: &[u8; 4]| {
        bits_of(*group)
            .to_be_bytes()
            .iter()
            .skip(1)
            .any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace())
    };
    let end = rest.as_chunks().0.iter().position(is_binary).map_or(run.len(), |groups| start + 4 * groups);
    Some(start..end)
}

/// Where the first of six groups or more of text begins that are in a row with the one at `at`.
#[inline]
fn begin_of_text(run: &[u8], at: usize) -> Option<usize> {
    let group_at = |at: usize| run.get(at..).and_then(<[u8]>::first_chunk).is_some_and(is_text_group);
    if !group_at(at) {
        return None;
    }
    let begins = (1..GROUPS).take_while(|back| at.checked_sub(4 * back).is_some_and(group_at)).count();
    let goes_on = (1..GROUPS - begins).all(|on| group_at(at + 4 * on));
    goes_on.then_some(at - 4 * begins)
}

/// Whether a group of base64 stands for ASCII without control characters.
#[inline]
fn is_text_group(group: &[u8; 4]) -> bool {
    let [first, second, third, fourth] = *group;
    text_groups(&[first, second, third, fourth, 0, 0, 0, 0]) & 1 == 1
}

/// Whether one of the groups does that begin with the first four characters.
#[inline]
fn has_text_group(near: &[u8; 8]) -> bool {
    text_groups(near) & 0x0101_0101 != 0
}

/// The lowest bit of each of eight bytes says whether the group does that begins with this character.
#[inline]
fn text_groups(near: &[u8; 8]) -> u64 {
    let roles = near.map(|character| ROLES.get(usize::from(character)).copied().unwrap_or(0));
    let roles = u64::from_le_bytes(roles);
    // Of the character so many places on, at the place of the first.
    let is = |role: u8, on: u32| roles >> (8 * on + role.trailing_zeros());
    let is_third = is(THIRD, 2) | is(THIRD_BEFORE_LATE, 2) & is(LATE, 3);
    is(FIRST, 0) & is(SECOND, 1) & is_third
}

/// What a character may be in a group of base64 that stands for three printable bytes of ASCII: the first two, which settle the first two
/// bytes, the third whatever follows it, or if one of the later half of the alphabet does.
const FIRST: u8 = 1;
const SECOND: u8 = 2;
const THIRD: u8 = 4;
const THIRD_BEFORE_LATE: u8 = 8;
const LATE: u8 = 16;

#[allow(clippy::indexing_slicing, reason = "there is one for every byte")]
const ROLES: [u8; 256] = {
    let mut roles = [0; 256];
    let mut character = 0;
    while character < 128 {
        let sextet = SEXTETS[character];
        let is = [
            matches!(sextet, 8..32),
            matches!(sextet & 0xf, 2..8),
            sextet & 3 == 1,
            sextet & 3 == 0,
            sextet >= 32,
        ];
        let mut role = 0;
        while role < is.len() {
            roles[character] |= (is[role] as u8) << role;
            role += 1;
        }
        character += 1;
    }
    roles
};

/// The bits of a group of base64.
#[inline]
fn bits_of(group: [u8; 4]) -> u32 {
    group.into_iter().fold(0, |bits, character| bits << 6 | sextet(character))
}

#[inline]
fn sextet(character: u8) -> u32 {
    SEXTETS.get(usize::from(character)).map_or(0, |sextet| u32::from(*sextet))
}

/// What each character of a run stands for, in either alphabet of base64.
#[allow(clippy::indexing_slicing, reason = "there is one for every byte")]
const SEXTETS: [u8; 256] = {
    let mut sextets = [63; 256];
    let mut character = 0;
    while character < 128 {
        let byte = character as u8;
        sextets[character] = match byte {
            b'a'..=b'z' => byte - b'a' + 26,
            b'A'..=b'Z' => byte - b'A',
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            _ => 63,
        };
        character += 1;
    }
    sextets
};

/// Whether bytes are text, the last character aside.
fn is_text(bytes: &[u8]) -> bool {
    let is_control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    is_utf8 && !bytes.iter().any(is_control)
}

/// The run and the lines that go on with it. Each but the last has whole groups.
fn lines(bytes: &[u8], first: Range<usize>, packing: Packing) -> Vec<Range<usize>> {
    let mut lines = vec![first];
    while let Some(last) = lines.last() {
        let rest = bytes.get(last.end..).unwrap_or_default();
        let break_length = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => break,
        };
        let whole = last.len() >= SHORTEST_LINE && last.len().is_multiple_of(packing.step().1);
        let next = run_around(bytes, last.end + break_length, last.end + break_length);
        if !whole || next.is_empty() {
            break;
        }
        lines.push(next);
    }
    lines
}

/* ===== decoding ===== */

/// Both alphabets in one, for the decoder; what it is given has been translated.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Packing {
    /// So many decoded bytes for so many characters.
    fn step(self) -> (usize, usize) {
        match self {
            Self::Base64 => (3, 4),
            Self::Hex => (1, 2),
        }
    }

    fn decode(self, run: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Base64 => {
                let standard = |byte: &u8| match byte {
                    b'-' => b'+',
                    b'_' => b'/',
                    other => *other,
                };
                // One character alone at the end says nothing.
                let whole = run.len() - usize::from(run.len() % 4 == 1);
                let run: Vec<u8> = run.iter().take(whole).map(standard).collect();
                BASE64.decode(run).ok()
            }
            Self::Hex => {
                let pairs = run.chunks_exact(2).map(|pair| crate::coding::hex(Some(pair)));
                pairs.map(|value| value.and_then(|value| u8::try_from(value).ok())).collect()
            }
        }
    }
}

fn unpack(scan: &mut Scan<'_>, bytes: &[u8], lines: &[Range<usize>], packing: Packing) {
    let end = lines.last().map_or(0, |line| line.end + padding(bytes, line.end));
    let whole = lines.first().map_or(0, |line| line.start)..end;
    if scan.watch.level >= MOST_LEVELS {
        return scan.opaque(whole, OpaqueReason::Depth);
    }
    let mut view = View::new(scan.take_buffer(), b"");
    for line in lines {
        let Some(decoded) = bytes.get(line.clone()).and_then(|line| packing.decode(line)) else { break };
        view.push(&decoded, line.start..line.end + padding(bytes, line.end), packing.step());
    }
    let mark = scan.mark();
    scan.watch.level += 1;
    crate::document::scan_any(scan, view.bytes());
    scan.watch.level -= 1;
    pack(scan, mark, &view, packing, &whole);
    scan.give_back(view.into_buffer());
}

/// How many equals signs follow.
fn padding(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).unwrap_or_default().iter().take(2).take_while(|byte| **byte == b'=').count()
}

/// Moves what was found in the unpacked text to the packed one.
fn pack(scan: &mut Scan<'_>, mark: Mark, view: &View, packing: Packing, whole: &Range<usize>) {
    // Stand-ins are neither made nor undone in packed text: what they stand for is redacted.
    scan.retain_since(mark, |finding| !finding.is_restored());
    for finding in scan.since(mark) {
        finding.swap = None;
        let inner = finding.start..finding.end;
        let raw = view.raw(inner.clone());
        if finding.style.packed.is_some() {
            // Packed twice: what is around it could not be put back into its place.
            (finding.start, finding.end) = (whole.start, whole.end);
            finding.style.packed = Some(Packed::new(packing, b"", b""));
            continue;
        }
        let text = view.bytes();
        let step = packing.step().0;
        let from = inner.start - view.offset_in_step(inner.start);
        let to = (inner.end + (step - view.offset_in_step(inner.end)) % step).min(text.len());
        let before = text.get(from..inner.start).unwrap_or_default();
        let after = text.get(inner.end..to.max(inner.end)).unwrap_or_default();
        finding.style.packed = Some(Packed::new(packing, before, after));
        (finding.start, finding.end) = (raw.start, raw.end);
    }
    scan.move_opaque_since(mark, |range| view.raw(range));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        /// What is told of characters is so of what they stand for.
        #[test]
        fn groups_of_text_are_told(near in "[a-zA-Z0-9+/_-]{8}") {
            let near: &[u8; 8] = near.as_bytes().first_chunk().unwrap();
            let is_text = |at: usize| {
                let [_, decoded @ ..] = bits_of(*near[at..].first_chunk().unwrap()).to_be_bytes();
                decoded.iter().all(|byte| byte.is_ascii() && *byte >= b' ')
            };
            prop_assert_eq!(has_text_group(near), (0..4).any(is_text));
            prop_assert_eq!(is_text_group(near.first_chunk().unwrap()), is_text(0));
        }

        /// Six groups of text are found wherever they begin, the first first.
        #[test]
        fn text_inside_is_found_wherever_it_begins(
            before in "[a-zA-Z0-9+/]{0,70}",
            text in "[ -~]{0,30}",
            after in "[a-zA-Z0-9_-]{0,70}",
            small in "[AQgw]{0,3}",
        ) {
            let run = format!("{before}{}{small}{after}", BASE64.encode(text));
            let run = run.trim_end_matches('=').as_bytes();
            let are_text = |from: usize| (0..GROUPS).all(|nth| run[from + 4 * nth..].first_chunk().is_some_and(is_text_group));
            let first = (0..(run.len() + 1).saturating_sub(SHORTEST)).find(|from| are_text(*from));
            let is_short = run.len() < SHORTEST_AROUND;
            prop_assert_eq!(text_inside(run).map(|text| text.start), first.filter(|_| !is_short), "{:?}", run);
        }

        /// Wherever a run stands, in the body or in a text of its own, it is found if it is long, and no other is.
        #[test]
        fn long_runs_are_found_wherever_they_stand(text in "([a-zA-Z0-9]{0,9}[:.;= ]|[a-z]{10,90}[:. ]?){0,20}") {
            let bytes = text.as_bytes();
            let whole = Text { bytes, start: 0, complete: true };
            let mut over = Watch::default();
            over.enter(bytes);
            for watch in [over, Watch::default()] {
                for from in 0..bytes.len() {
                    let runs = (from..bytes.len()).map(|at| run_around(bytes, at, from));
                    let first = runs.into_iter().find(|run| run.len() >= SHORTEST);
                    prop_assert_eq!(next_run(&watch, whole, from), first, "from {} in {}", from, text);
                }
            }
        }
    }
}
