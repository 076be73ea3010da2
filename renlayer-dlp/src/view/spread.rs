//! Digits with something between them: `4 1 1 1 …`, `41-11-11-…`. Nobody writes a number like that, except for a reader that
//! puts it together again.
//!
//! A stretch of digits with one and the same gap between its groups is read without the gaps. What is found has to be the
//! stretch from its first digit to its last and to have a checksum that holds; all else is dropped before it could hide that.
//! Lists of digits are written like that too, and one in some fifty of sixteen alone looks like a card: so groups have one
//! length, no other number stands beside the stretch, the card is of a common brand, and without a word before it a finding
//! is too unsure to block. Single letters belong to the stretch where they may be those of an IBAN.

use std::ops::Range;

use smallvec::SmallVec;

use super::signal::{WORD, next_spread};
use super::{Signals, View, Watch};
use crate::Evidence;
use crate::byteset::ByteSet;
use crate::engine::{BLOCK, Text};
use crate::scan::Scan;
use crate::words;

/// What may stand between groups, so many bytes of it.
const GAP: ByteSet = ByteSet::EMPTY.with(b" -./\t\r\n");
const LONGEST_GAP: usize = 3;
/// What is shorter may have no word of its own, depending on where it stands.
const SHORTEST: usize = 2 * WORD - 1;
/// Digits of a stretch that is read.
const FEWEST: usize = 9;
const MOST: usize = 34;
/// Without a word before it, this sure: to warn and to redact.
const DOUBT: f32 = 0.5;

/// What the next thing may stand behind, in a list or a table.
const LISTED: ByteSet = GAP.with(b",;:|");

/// Whether a number of a document may be a stretch: it has as many digits before its point as after it.
pub(super) fn may_be_spread(number: &[u8]) -> bool {
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    digits.len() > FEWEST && digits.len() % 2 == 1 && digits.get(digits.len() / 2) == Some(&b'.')
}

/// Scans the stretches of `text` whose digits are spread.
pub(super) fn look(scan: &mut Scan<'_>, text: Text<'_>) {
    let mut from = text.start;
    while let Some(digit) = next_digit(&scan.watch, text, from) {
        let stretch = Stretch::around(text, digit, from);
        from = stretch.range.end.max(digit + 1);
        let is_seen = stretch.range.len() >= SHORTEST && (FEWEST..=MOST).contains(&stretch.digits());
        if is_seen && stretch.is_spread() {
            read(scan, text, &stretch);
            let lettered = stretch.with_letters(text);
            if lettered.range != stretch.range {
                read(scan, text, &lettered);
            }
        }
    }
}

/// A digit of the next word that looks like part of a stretch.
fn next_digit(watch: &Watch, text: Text<'_>, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let shown = watch.next_showing(text.bytes, at, Signals::spreads)?;
        // Where the search begins within a block, words are others than those of the block, and go on after it.
        let there = text.bytes.get(shown.start..text.bytes.len().min(shown.end + BLOCK))?;
        if let Some(word) = next_spread(there) {
            let digit = there.get(word..)?.iter().position(u8::is_ascii_digit)?;
            return Some(shown.start + word + digit);
        }
        at = shown.end;
    }
}

/* ===== a stretch ===== */

/// Groups with one gap between them.
struct Stretch {
    range: Range<usize>,
    gap: SmallVec<[u8; LONGEST_GAP]>,
    /// Their lengths. What is too long to be read is cut short.
    groups: SmallVec<[usize; 32]>,
}

impl Stretch {
    /// The one in which the digit at `at` stands, begun no earlier than `least`.
    fn around(text: Text<'_>, at: usize, least: usize) -> Self {
        let bytes = text.bytes;
        let begin = group_before(bytes, at, least, u8::is_ascii_digit);
        let end = group_after(bytes, at, u8::is_ascii_digit);
        let (range, groups) = (begin..end, SmallVec::from_iter([end - begin]));
        let mut stretch = Self { range, gap: gap_beside(bytes, begin..end, least), groups };
        while let Some(end) = stretch.next_group(bytes, u8::is_ascii_digit) {
            if stretch.groups.len() <= MOST {
                stretch.groups.push(end - stretch.range.end - stretch.gap.len());
            }
            stretch.range.end = end;
        }
        while let Some(begin) = stretch.group_before(bytes, least, u8::is_ascii_digit) {
            if stretch.groups.len() > MOST {
                break;
            }
            stretch.groups.insert(0, stretch.range.start - stretch.gap.len() - begin);
            stretch.range.start = begin;
        }
        stretch
    }

    /// The same with the letters that go on in its manner: any number of single ones, or one group before it.
    fn with_letters(&self, text: Text<'_>) -> Self {
        let length = self.groups.first().copied().unwrap_or_default();
        let mut wider =
            Self { range: self.range.clone(), gap: self.gap.clone(), groups: self.groups.clone() };
        let most = if length == 1 { MOST } else { 1 };
        for _ in 0..most {
            let begin = wider.group_before(text.bytes, text.start, u8::is_ascii_alphanumeric);
            let Some(begin) = begin.filter(|begin| wider.range.start - wider.gap.len() - begin == length)
            else {
                break;
            };
            wider.groups.insert(0, length);
            wider.range.start = begin;
        }
        wider
    }

    fn next_group(&self, bytes: &[u8], is: fn(&u8) -> bool) -> Option<usize> {
        let after = bytes.get(self.range.end..)?.strip_prefix(&*self.gap)?;
        let from = bytes.len() - after.len();
        let end = group_after(bytes, from, is);
        (end > from && !self.gap.is_empty()).then_some(end)
    }

    fn group_before(&self, bytes: &[u8], least: usize, is: fn(&u8) -> bool) -> Option<usize> {
        let to = bytes.get(least..self.range.start)?.strip_suffix(&*self.gap)?.len() + least;
        let begin = group_before(bytes, to, least, is);
        (begin < to && !self.gap.is_empty()).then_some(begin)
    }

    fn digits(&self) -> usize {
        self.groups.iter().sum()
    }

    /// Whether there are several groups; two could be a number and its decimals.
    fn is_spread(&self) -> bool {
        self.groups.len() > 2 || matches!(&*self.groups, [one, other] if one == other)
    }

    /// Whether three groups or more have one length, the last one aside.
    fn is_regular(&self) -> bool {
        let Some((last, rest)) = self.groups.split_last() else { return false };
        let Some(first) = rest.first() else { return false };
        rest.len() > 1 && rest.iter().all(|group| group == first) && last <= first
    }

    /// Whether no word or number goes on into it.
    fn is_whole(&self, bytes: &[u8]) -> bool {
        const GLUE: ByteSet = ByteSet::WORD.with(b"+$%").or(ByteSet::EMPTY.range(0x80, 0xff));
        let is_glue = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|byte| GLUE.has(*byte));
        !is_glue(self.range.start.checked_sub(1)) && !is_glue(Some(self.range.end))
    }

    /// Whether no number stands beside it, as in a table or a list.
    fn is_alone(&self, text: Text<'_>) -> bool {
        let before = text.bytes.get(text.start..self.range.start).unwrap_or_default();
        let after = text.bytes.get(self.range.end..).unwrap_or_default();
        let listed = |byte: &&u8| LISTED.has(**byte);
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        !is_digit(before.iter().rev().find(|byte| !listed(byte)))
            && !is_digit(after.iter().find(|byte| !listed(byte)))
    }
}

/// The gap after a group, or where that is the last one, before it.
fn gap_beside(bytes: &[u8], group: Range<usize>, least: usize) -> SmallVec<[u8; LONGEST_GAP]> {
    let is_gap = |byte: &&u8| GAP.has(**byte);
    let after = bytes.get(group.end..).unwrap_or_default();
    let (gap, rest) = after.split_at(after.iter().take(LONGEST_GAP).take_while(is_gap).count());
    if rest.first().is_some_and(u8::is_ascii_digit) {
        return SmallVec::from_slice(gap);
    }
    let before = bytes.get(least..group.start).unwrap_or_default();
    let length = before.iter().rev().take(LONGEST_GAP).take_while(is_gap).count();
    SmallVec::from_slice(before.get(before.len() - length..).unwrap_or_default())
}

fn group_after(bytes: &[u8], at: usize, is: fn(&u8) -> bool) -> usize {
    at + bytes.get(at..).unwrap_or_default().iter().take_while(|byte| is(byte)).count()
}

fn group_before(bytes: &[u8], at: usize, least: usize, is: fn(&u8) -> bool) -> usize {
    at - bytes.get(least..at).unwrap_or_default().iter().rev().take_while(|byte| is(byte)).count()
}

/* ===== reading ===== */

fn read(scan: &mut Scan<'_>, text: Text<'_>, stretch: &Stretch) {
    if !stretch.is_whole(text.bytes) {
        return;
    }
    let is_plain = stretch.is_regular() && stretch.is_alone(text);
    let Range { start, end } = stretch.range;
    let mut view = View::new(scan.take_buffer(), text.bytes.get(..start).unwrap_or_default());
    let mut at = start;
    for length in &stretch.groups {
        view.copy(text.bytes.get(at..at + length).unwrap_or_default(), at);
        at += length + stretch.gap.len();
    }
    debug_assert!(at >= end, "the groups end where the stretch does");
    if may_count(&view, is_plain) {
        keep_what_counts(scan, &view, is_plain);
    }
    scan.give_back(view.into_buffer());
}

/// Whether any finding in a view could [count](counts): of a list of digits none does without a word before it.
fn may_count(view: &View, is_plain: bool) -> bool {
    let before = view.text().bytes.get(..view.text().start).unwrap_or_default();
    is_plain || words::has_letters(before) || !before.is_ascii()
}

fn keep_what_counts(scan: &mut Scan<'_>, view: &View, is_plain: bool) {
    let mark = scan.mark();
    let number = view.bytes();
    let whole = view.end() - number.len()..view.end();
    scan.pass_doubting(view.text(), DOUBT, |found, class| {
        found.range == whole && counts((class, found.evidence), number, is_plain)
    });
    scan.move_since(mark, |range| view.raw(range));
}

/// Whether a finding proves itself, or a word before it does. `is_plain` says that nothing speaks against it.
fn counts((class, evidence): (&str, Evidence), number: &[u8], is_plain: bool) -> bool {
    let in_context = evidence.has(Evidence::CONTEXT);
    let is_checked = evidence.has(Evidence::CHECKSUM);
    match class {
        "gov_id.us.ssn" => in_context,
        "payment.card_number" => in_context || (is_plain && is_common_card(number)),
        "payment.iban" => is_checked && (in_context || is_plain),
        _ => is_checked && in_context,
    }
}

/// The brands of most cards, by prefix and length.
fn is_common_card(number: &[u8]) -> bool {
    match number.len() {
        15 => matches!(number, [b'3', b'4' | b'7', ..]),
        16 => {
            let two = matches!(number, [b'2', b'2'..=b'7', ..] | [b'5', b'1'..=b'5', ..] | [b'6', b'5', ..]);
            two || number.starts_with(b"4") || number.starts_with(b"6011")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::Direction;
    use crate::detector::Match;
    use crate::engine::{Engine, Rule, Work};

    /// The stretches that are read.
    fn stretches(watch: &Watch, text: Text<'_>) -> Vec<Range<usize>> {
        let (mut from, mut all) = (text.start, Vec::new());
        while let Some(digit) = next_digit(watch, text, from) {
            let stretch = Stretch::around(text, digit, from);
            from = stretch.range.end.max(digit + 1);
            if stretch.range.len() >= SHORTEST && (FEWEST..=MOST).contains(&stretch.digits()) {
                all.push(stretch.range);
            }
        }
        all
    }

    /// What the detectors find in a text that are not asked about digits with gaps: the class, and what speaks for it.
    fn found_by_the_others(text: &str) -> Vec<(String, Evidence)> {
        static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
            let others = crate::detector::builtin().into_iter().filter(|one| !one.may_count_spread());
            Engine::new(others.map(Rule::new).collect())
        });
        let mut work = Work::default();
        let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
        work.advance(&ENGINE, text, Direction::Request);
        let kind = |owner, found: &Match| &ENGINE.rule(owner).kinds[usize::from(found.kind)];
        work.hits
            .iter()
            .map(|(owner, found)| (kind(*owner, found).class.to_string(), found.evidence))
            .collect()
    }

    #[test]
    fn who_is_not_asked_finds_things() {
        for text in ["phone +44 20 7946 0958", "12 Main Street, Springfield, IL 62704"] {
            assert!(!found_by_the_others(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        /// Wherever it stands in the body, and whatever was read before it.
        #[test]
        fn stretches_are_found_by_the_signals_of_their_blocks(
            pieces in prop::collection::vec("[a-z]{1,30}|[0-9]( [0-9]){8,20}|[0-9]{2}(-[0-9]{2}){4,12}|[0-9](\r\n\t[0-9]){8,12}|[0-9]{3}( [0-9]{3}){2,9}", 0..12),
        ) {
            let text = pieces.join(", x,");
            let mut expected = Vec::new();
            let mut at = 0;
            for piece in &pieces {
                let digits = piece.bytes().filter(u8::is_ascii_digit).count();
                if piece.len() >= SHORTEST && (FEWEST..=MOST).contains(&digits) {
                    expected.push(at..at + piece.len());
                }
                at += piece.len() + ", x,".len();
            }
            let bytes = text.as_bytes();
            let whole = Text { bytes, start: 0, complete: true };
            let mut over = Watch::default();
            over.enter(bytes);
            for watch in [over, Watch::default()] {
                prop_assert_eq!(stretches(&watch, whole), &expected[..], "{:?}", text);
            }
        }

        /// Nothing that would count is lost with the detectors that are not asked.
        #[test]
        fn who_is_not_asked_finds_nothing_that_counts(
            words in prop::collection::vec("phone |tel: |mobile |fax |card |my ssn |NIF |iban |address |12 Main Street, |Springfield, IL |10115 Berlin |Via Roma |PO Box |[+]1 |[+]44 |00", 0..5),
            number in "[0-9]{9,16}|[0-9]{3}-[0-9]{3}-[0-9]{4}|[0-9]{5}|4111111111111111|501964843|2125550143|7400123456|62704",
        ) {
            for (class, evidence) in found_by_the_others(&[&words.concat(), &number].map(String::as_str).concat()) {
                prop_assert!(!counts((&class, evidence), number.as_bytes(), true), "{:?} {}", words, number);
            }
        }
    }
}
