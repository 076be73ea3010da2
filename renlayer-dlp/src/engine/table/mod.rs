//! The anchors of all detectors in one set of tables, and the pass over a text that finds them.
//!
//! The [sieve](super::sieve) tells places that are worth a look, 64 at a time; on ordinary text these are few. Of a place in
//! the window of a literal, the hash of four bytes decides whether it is compared; of a run of digits its length, its first
//! digit and its neighbours; of a single byte its neighbours. What is left are *candidates*, in order of their place, and
//! for each the detectors are told that ask for it.
//!
//! A few bytes, as a stream delivers them, are not worth a block: they are looked at one by one, by the same tables.

mod bare;
mod beside;
mod blob;
mod build;
mod near;
mod sift;

use std::collections::HashSet;

use super::anchor::{Anchor, Need};
use super::grams::{fold, four_at, gram_at};
use super::literals::{Finder, Literal, Standing};
use super::probe::Text;
use super::runs::{self, Run, Runs};
use super::sides::{Around, Written};
use super::sieve::{FARTHEST, Sieve};
pub(crate) use bare::{LONGEST_KEY, Moot};
use beside::Besides;
pub(crate) use build::Asking;
use build::Building;
use near::{Near, Neighbours};
pub(crate) use sift::{Room, Rooms, Scope};

/// Bytes that have to be there for a pass to see a literal.
pub(crate) const SIGHT: usize = 4;
/// Less than this is looked at byte by byte.
const SHORT: usize = 40;
const DIGIT: u8 = 1;
const BYTE: u8 = 2;

/// The number of a detector in its engine.
pub(crate) type Index = u16;

/// Anchors, ready for a pass.
pub(crate) struct Table {
    sieve: Sieve,
    literals: Vec<Literal>,
    by_begin: Finder,
    by_window: Finder,
    /// Those by which literals are found in [bare] blocks.
    in_bare: Finder,
    runs: Runs,
    /// What the detectors need that ask for these: of each one, or of none.
    needs: Vec<Need>,
    /// How many blocks ahead a literal is looked at what some of these need.
    blocks_ahead: usize,
    by_byte: Vec<Besides>,
    /// For each byte, whether a digit or byte anchor may stand there.
    kinds: [u8; 256],
    /// Which bytes, folded, begin a literal; and which pairs and threes of them.
    first: [bool; 256],
    second: HashSet<[u8; 2]>,
    third: HashSet<u32>,
}

/// An event of a pass: the detector `owner` is to look at `at`.
pub(crate) struct Event {
    pub(crate) owner: Index,
    pub(crate) at: usize,
    /// The anchor itself is not complete yet.
    pub(crate) open: bool,
}

/// A place where an anchor is, or a run of digits or a byte that could be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) at: usize,
    what: What,
    /// What its detector needs is not there: it finds nothing here, unless this is the name of a value.
    pub(crate) is_moot: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// A run of digits or a single byte, which this detector asks for.
    For(Index),
    /// The same where it is not known yet who asks.
    Byte,
    /// The literal of this number.
    Literal(u32),
}

impl Candidate {
    fn new(at: usize, owner: Index) -> Self {
        Self { at, what: What::For(owner), is_moot: false }
    }

    fn byte(at: usize) -> Self {
        Self { at, what: What::Byte, is_moot: false }
    }

    /// Whether a literal stands there.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.what, What::Literal(_))
    }

    fn literal(at: usize, number: u32) -> Self {
        Self { at, what: What::Literal(number), is_moot: false }
    }
}

impl Table {
    #[cfg(test)]
    pub(crate) fn new(anchors: impl IntoIterator<Item = (Index, Anchor)>) -> Self {
        Self::with(anchors, Vec::new())
    }

    /// The anchors of detectors, and what each of these says of its own.
    pub(crate) fn with(anchors: impl IntoIterator<Item = (Index, Anchor)>, askings: Vec<Asking>) -> Self {
        let mut building = Building::new(askings);
        for (owner, anchor) in anchors {
            building.insert(owner, anchor);
        }
        building.finish()
    }
}

/* ===== passing ===== */

impl Table {
    /// Reports the anchors that begin in `from..to`, in order of their place. In a text that goes on, [`SIGHT`] bytes from
    /// each of them on have arrived.
    /// What is moot is reported only where it is `wanted`, because the text is a name.
    pub(crate) fn pass(
        &self,
        text: Text<'_>,
        (from, to): (usize, usize),
        wanted: bool,
        room: &mut Room,
        mut report: impl FnMut(Event),
    ) {
        let end = text.bytes.len();
        let to = to.min(end);
        // A literal is seen whole there, wherever its window is.
        let whole = if text.complete { to } else { to.min(end.saturating_sub(FARTHEST + SIGHT)) };
        let mut at = from;
        if whole >= from + SHORT {
            self.sweep(text, (from, whole), wanted, room, &mut report);
            at = whole;
        }
        for at in at..to {
            self.step(text, at, &mut report);
        }
    }

    /// Looks at one place.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "the place is in the text; there is a slot for every byte")]
    fn step(&self, text: Text<'_>, at: usize, report: &mut impl FnMut(Event)) {
        let kind = self.kinds[usize::from(text.bytes[at])];
        if kind != 0 {
            self.byte_event(text, at, kind, report);
        }
        if self.by_begin.might(four_at(text.bytes, at)) {
            self.by_begin.beginning(&self.literals, text, at, |number, standing| {
                self.report(text, (number, at), standing, report);
            });
        }
    }

    /// Reports a literal, where it may stand there.
    #[inline]
    fn report(
        &self,
        text: Text<'_>,
        (number, at): (u32, usize),
        standing: Standing,
        report: &mut impl FnMut(Event),
    ) {
        let Some(literal) = self.literals.get(number as usize) else { return };
        let open = match standing {
            Standing::No => return,
            Standing::Yes => false,
            Standing::SoFar => true,
        };
        let beside = Neighbours::new(text, Scope::Text);
        if literal.apart.may_begin(beside, at) && literal.may_end(beside, at) {
            report(Event { owner: literal.owner, at, open });
        }
    }

    /// Finds by blocks what [`Table::step`] finds one by one, what is moot aside unless that is `wanted`.
    fn sweep(
        &self,
        text: Text<'_>,
        (from, to): (usize, usize),
        wanted: bool,
        room: &mut Room,
        report: &mut impl FnMut(Event),
    ) {
        let Room { sifted, found, .. } = room.begin(from);
        let last = (to + FARTHEST).min(text.bytes.len());
        let moot = if wanted { Moot::Everywhere } else { Moot::Nowhere };
        while sifted.at < last {
            self.sift(text, (Scope::Text, moot), sifted, found);
            let known = if sifted.at < last { sifted.complete() } else { usize::MAX };
            let done = found.partition_point(|candidate: &Candidate| candidate.at < known);
            for candidate in found.drain(..done) {
                if (from..to).contains(&candidate.at) {
                    self.tell(text, candidate, report);
                }
            }
        }
    }

    /// Reports the anchors at a candidate. Of a literal that is there as a whole nothing is left to compare; in the string of a document
    /// there may be less of it.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "there is a slot for every byte")]
    pub(crate) fn tell(&self, text: Text<'_>, candidate: Candidate, report: &mut impl FnMut(Event)) {
        let Candidate { at, what, .. } = candidate;
        let Some(byte) = text.bytes.get(at) else { return };
        match what {
            What::For(owner) => report(Event { owner, at, open: false }),
            What::Byte => self.byte_event(text, at, self.kinds[usize::from(*byte)], report),
            What::Literal(number) => {
                let Some(literal) = self.literals.get(number as usize) else { return };
                if at + literal.bytes.len() <= text.bytes.len() {
                    return report(Event { owner: literal.owner, at, open: false });
                }
                self.report(text, (number, at), literal.stands_at(text, at), report);
            }
        }
    }

    /// Whether anything but a literal is asked for in a number of a document that is a text of its own.
    pub(crate) fn asks_about_number(&self, text: Text<'_>) -> bool {
        let mut asks = false;
        let mut at = text.start;
        while let Some(byte) = text.bytes.get(at).filter(|_| !asks) {
            let kind = self.kinds.get(usize::from(*byte)).copied().unwrap_or_default();
            if kind != 0 {
                self.byte_event(text, at, kind, &mut |_| asks = true);
            }
            at += run_at(text.bytes, at).max(1);
        }
        asks
    }

    /// Whether an anchor might begin at `at`, after which too little has arrived for a pass.
    #[allow(clippy::indexing_slicing, reason = "there is a slot for every byte")]
    pub(crate) fn might_begin(&self, bytes: &[u8], at: usize) -> bool {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(one) = rest.first() else { return false };
        if self.kinds[usize::from(*one)] != 0 {
            return true;
        }
        match rest {
            [one] => self.first[usize::from(fold(*one))],
            [one, two] => self.second.contains(&[fold(*one), fold(*two)]),
            _ => gram_at(bytes, at).is_some_and(|gram| self.third.contains(&gram)),
        }
    }

    #[allow(clippy::indexing_slicing, reason = "the place is in the text; there is a slot for every byte")]
    fn byte_event(&self, text: Text<'_>, at: usize, kind: u8, report: &mut impl FnMut(Event)) {
        let bytes = text.bytes;
        let (first, before) = (bytes[at], before(text, at));
        if kind & DIGIT != 0 && !before.is_ascii_digit() {
            let length = run_at(bytes, at);
            let open = !text.complete && at + length == bytes.len() && length < runs::LONGEST;
            let before = self.runs.class_before(further(text, at), Some(before));
            let next = self.runs.class(bytes.get(at + length).copied().unwrap_or(0));
            let run = Run {
                length,
                before: Some(before),
                first,
                next: None,
                more: None,
                written: Written::Plain,
                around: None,
            };
            if open {
                self.runs.each_longer(&run, |owner| report(Event { owner, at, open }));
            } else if self.runs.may_ask(length, first, (before, next)) {
                let around = Around::new(text, Scope::Text, (at, at + length));
                let (more, written) = (more_digits(text, at + length), around.written());
                let run = Run { next: Some(next), more, written, around: Some(around), ..run };
                self.runs.each(&run, |owner| report(Event { owner, at, open: false }));
            }
        }
        if kind & BYTE != 0 {
            let next = bytes.get(at + 1).copied().unwrap_or(0);
            let further = further(text, at);
            let (further, before, next) = (Some(further), Some(before), Some(next));
            let near = beside::Vicinity {
                further,
                before,
                rest: bytes.get(at..).unwrap_or_default(),
                is_all: text.complete,
                next,
            };
            let owners = self.by_byte[usize::from(first)].between(&near);
            owners.for_each(|owner| report(Event { owner, at, open: false }));
        }
    }
}

/// The byte before `at`, 0 where the text begins.
#[inline]
fn before(text: Text<'_>, at: usize) -> u8 {
    let before = at.checked_sub(1).filter(|i| *i >= text.start);
    before.and_then(|i| text.bytes.get(i).copied()).unwrap_or(0)
}

/// The byte before that.
#[inline]
fn further(text: Text<'_>, at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |at| before(text, at))
}

/// How many digits stand at `at`, up to [`runs::LONGEST`].
#[inline]
fn run_at(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().take(runs::LONGEST).take_while(|byte| byte.is_ascii_digit()).count()
}

/// How many digits stand in the [`runs::NEAR`] bytes from `from` on, where these are known.
#[inline]
fn more_digits(text: Text<'_>, from: usize) -> Option<u32> {
    let rest = text.bytes.get(from..).unwrap_or_default();
    match rest.first_chunk::<{ runs::NEAR }>() {
        Some(near) => Some(digits_in(near)),
        None => text.complete.then(|| digits_in(rest)),
    }
}

/// How many of them are digits: told quickest of [`runs::NEAR`].
#[inline]
fn digits_in(bytes: &[u8]) -> u32 {
    let Ok(bytes) = <[u8; runs::NEAR]>::try_from(bytes) else {
        return bytes.iter().map(|byte| u32::from(byte.is_ascii_digit())).sum();
    };
    // What is above nine once the digits begin at zero has its high bit set, in its own byte alone.
    const HIGH: u128 = u128::from_ne_bytes([0x80; runs::NEAR]);
    let shifted = u128::from_ne_bytes(bytes) ^ u128::from_ne_bytes([b'0'; runs::NEAR]);
    let above = (shifted & !HIGH) + u128::from_ne_bytes([0x80 - 10; runs::NEAR]);
    (!(above | shifted) & HIGH).count_ones()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sift::Sifted;
    use super::*;
    use crate::byteset::ByteSet;
    use crate::engine::Sides;
    use crate::engine::anchor::Again;

    /// What may stand beside an anchor.
    fn set() -> impl Strategy<Value = ByteSet> + Clone {
        prop::sample::select(vec![
            ByteSet::ALL,
            ByteSet::ALNUM.not(),
            ByteSet::EMPTY.with(b" -.\0"),
            ByteSet::ALPHA,
        ])
    }

    /// Of runs that have fewer than so many digits at least.
    fn digits(fewest: u8) -> impl Strategy<Value = Anchor> {
        static SIDES: Sides = Sides::new(&[" ab "], &[" c cab "], &[" b "]).over_marks();
        let plain = (0..fewest, 0..8u8, set(), set()).prop_map(|(min, more, before, next)| {
            Anchor::digits(min, min + more).after(before).then(next).followed_by(more)
        });
        (plain, 0..5, 0..3u8, set()).prop_map(|(digits, way, letters, second)| match way {
            0 => digits,
            1 => digits.second(second),
            2 => digits.after_letters(letters),
            3 => digits.unjoined(ByteSet::DIGIT, ByteSet::EMPTY.with(b" .")),
            _ => digits.beside(&SIDES),
        })
    }

    fn anchors() -> impl Strategy<Value = Vec<Anchor>> {
        let between = (prop::collection::vec(set(), 3), prop::collection::vec(any::<u8>(), 1..4)).prop_map(
            |(beside, bytes)| Anchor::Between {
                further: beside[0],
                before: beside[1],
                set: ByteSet::EMPTY.with(&bytes),
                next: beside[2],
                again: Again { times: bytes.len() as u8 % 3, within: 7 },
            },
        );
        let literal = "[a-c0-1_ -]{3,60}";
        prop::collection::vec(
            prop_oneof![4 => literal.prop_map(Anchor::literal), 4 => literal.prop_map(Anchor::word), 2 => digits(12), 1 => between],
            0..30,
        )
    }

    fn events(report: impl FnOnce(&mut dyn FnMut(Event))) -> Vec<(Index, usize, bool)> {
        let mut events = Vec::new();
        report(&mut |event| events.push((event.owner, event.at, event.open)));
        events.sort_by_key(|(owner, at, open)| (*at, *owner, *open));
        events
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Blocks and single steps are two ways to one answer.
        #[test]
        fn sweeping_finds_what_stepping_finds(anchors in anchors(), text in "[a-cA-C0-1_ .@-]{0,400}", cut in 0..40usize, missing in 0..60usize, complete: bool) {
            let literals = || anchors.iter().filter_map(|anchor| match anchor {
                Anchor::Literal(bytes) | Anchor::Word(bytes) => std::str::from_utf8(bytes).ok(),
                _ => None,
            });
            let mut whole: String = literals().chain([text.as_str()]).chain(literals()).collect();
            // The last literal may not have arrived to its end.
            whole.truncate(whole.len().saturating_sub(missing));
            let table = Table::new((0..).zip(anchors));
            let start = cut.min(whole.len());
            let text = Text { bytes: whole.as_bytes(), start, complete };
            let to = if complete { whole.len() } else { whole.len().saturating_sub(FARTHEST + SIGHT) };
            prop_assume!(start <= to);
            let swept = events(|mut report| table.sweep(text, (start, to), true, &mut Room::default(), &mut report));
            let stepped = events(|mut report| (start..to).for_each(|at| table.step(text, at, &mut report)));
            prop_assert_eq!(swept, stepped);
        }

        /// Who asks for a run of digits is told in the strings of a document as it is in each of them.
        #[test]
        fn runs_are_told_in_the_strings_of_a_document(
            anchors in prop::collection::vec(digits(3), 1..3),
            texts in prop::collection::vec("[a-c]{0,3}[é\"\n]?[a-cA-C]{0,3}([ .-]?[01]{1,3}([ .,\"]|[ .] ?[a-c]{1,4} )?){0,4}", 1..9),
        ) {
            let table = Table::new((0..).zip(anchors));
            let document = texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(":");
            let bytes = document.as_bytes();
            let (mut sifted, mut found) = (Sifted::default(), Vec::new());
            while sifted.at < bytes.len() {
                table.sift(Text { bytes, start: 0, complete: true }, (Scope::Strings, Moot::Everywhere), &mut sifted, &mut found);
            }
            let mut start = 1;
            for text in &texts {
                let end = start + text.len();
                let string = Text { bytes: &bytes[..end], start, complete: true };
                for (owner, at, _) in events(|mut report| (start..end).for_each(|at| table.step(string, at, &mut report))) {
                    let is_there = |one: &Candidate| one.at == at && [What::For(owner), What::Byte].contains(&one.what);
                    prop_assert!(found.iter().any(is_there), "{} asks at {} of {}", owner, at, document);
                }
                start = end + 3;
            }
        }
    }
}
