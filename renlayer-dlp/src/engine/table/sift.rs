//! The pass over many bytes: blocks are sifted, and of what is left the candidates are kept, in order of their place.

use std::ops::Range;

use super::{
    BYTE, Candidate, DIGIT, Index, Moot, Near, Neighbours, Table, bare, before, beside, further, run_at,
};
use crate::engine::Need;
use crate::engine::literals::{Apart, Finder, Met};
use crate::engine::places::Places;
use crate::engine::probe::Text;
use crate::engine::runs::{self, Run};
use crate::engine::sides::Between;
use crate::engine::sieve::{AHEAD, BLOCK, Blocks, FARTHEST, Lists, Masks};

/// Blocks that are sifted at a time.
pub(super) const BLOCKS: usize = 56;
/// Blocks after those of which it is known what is in them: mostly all that may be needed near a place.
pub(super) const BLOCKS_AHEAD: usize = 8;
// Places in them are told by sixteen bits, and each block has a bit.
const _: () = assert!(BLOCKS * BLOCK <= 1 << u16::BITS && BLOCKS + BLOCKS_AHEAD <= u64::BITS as usize);

/// Which blocks of a text are filled at a time, so many as there are masks.
#[derive(Clone, Copy)]
pub(super) struct Batch {
    /// The number of the first one.
    pub(super) first: usize,
    /// So many, the first ones, were filled before.
    pub(super) filled: usize,
    /// So many are sifted.
    pub(super) sifted: usize,
    /// Whether nothing is after them, now or later.
    pub(super) is_all: bool,
}

/// What the bytes are that are sifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// One text.
    Text,
    /// A document, each string of which is a text: any quote may end one.
    Strings,
}

/// What a text is sifted with, one after the other.
#[derive(Default)]
pub(crate) struct Room {
    pub(crate) sifted: Sifted,
    /// The candidates that nobody has been told of.
    pub(crate) found: Vec<Candidate>,
}

/// Rooms that are free. In boxes, since they go to and fro.
#[allow(clippy::vec_box, reason = "moving a box moves a pointer")]
pub(crate) type Rooms = Vec<Box<Room>>;

impl Room {
    /// Whether there is room for more than so many of anything.
    pub(crate) fn is_above(&self, most: usize) -> bool {
        self.found.capacity() > most
    }

    /// Begins with another text, at a place in it.
    pub(crate) fn begin(&mut self, at: usize) -> &mut Self {
        self.found.clear();
        (self.sifted.at, self.sifted.ahead) = (at, 0);
        self
    }
}

/// How far a text has been sifted.
#[derive(Default)]
pub(crate) struct Sifted {
    pub(crate) at: usize,
    /// So many blocks from there on have been filled.
    ahead: usize,
    /// Their masks, and room for more.
    masks: Vec<Masks>,
    lists: Lists,
    met: Vec<Met>,
}

impl Sifted {
    /// All candidates before this are known.
    pub(crate) fn complete(&self) -> usize {
        self.at.saturating_sub(FARTHEST)
    }
}

impl Table {
    /// Sifts some blocks of `text` and adds what is found, what is moot only where that is wanted. Candidates are in order, those of the last
    /// [`FARTHEST`] bytes aside.
    pub(crate) fn sift(
        &self,
        text: Text<'_>,
        (scope, moot): (Scope, Moot<'_>),
        sifted: &mut Sifted,
        found: &mut Vec<Candidate>,
    ) {
        let (base, end) = (sifted.at, text.bytes.len());
        let left = (end - base).div_ceil(BLOCK);
        let (blocks, seen) = (left.min(BLOCKS), left.min(BLOCKS + BLOCKS_AHEAD));
        if sifted.masks.len() < seen {
            sifted.masks.resize(seen, Masks::default());
        }
        let Sifted { ahead, masks, lists, met, .. } = sifted;
        let Some(masks) = masks.get_mut(..seen) else { return };
        let rest = text.bytes.get(base..).unwrap_or_default();
        let is_all = text.complete && base + seen * BLOCK >= end;
        let batch = Batch { first: base / BLOCK, filled: *ahead, sifted: blocks, is_all };
        let bare = self.fill(rest, masks, batch, moot);
        let near = Near { beside: Neighbours::new(text, scope), masks, base, is_all };
        self.sieve.list(rest, Blocks { masks: masks.get(..blocks).unwrap_or_default(), bare }, lists);
        let known = found.len();
        let is_wanted = moot.is_wanted();
        for (finder, spots) in [(&self.by_window, &lists.literals), (&self.in_bare, &lists.in_bare)] {
            self.literals(&near, (finder, &spots.windows, false), is_wanted, met, found);
            self.literals(&near, (finder, &spots.threes, true), is_wanted, met, found);
        }
        let literals = found.len();
        for place in lists.others.iter() {
            self.other(&near, place, found);
        }
        order(found, known..literals, base);
        masks.copy_within(blocks.., 0);
        *ahead = seen - blocks;
        sifted.at = (base + blocks * BLOCK).min(end);
    }

    /// Fills the masks of as many blocks, a last one filled up with zeros, and says which are bare, a bit for each.
    fn fill(&self, bytes: &[u8], masks: &mut [Masks], batch: Batch, moot: Moot<'_>) -> u64 {
        let whole = (bytes.len().saturating_sub(AHEAD) / BLOCK).min(masks.len());
        let left = bytes.get(whole * BLOCK..).unwrap_or_default();
        let mut padded = [0; 2 * BLOCK + AHEAD];
        let length = left.len().min(padded.len());
        if let (Some(slots), Some(left)) = (padded.get_mut(..length), left.get(..length)) {
            slots.copy_from_slice(left);
        }
        if let Some((masks, rest)) = masks.split_at_mut_checked(whole) {
            let new = masks.get_mut(batch.filled..).unwrap_or_default();
            self.sieve.fill(bytes.get(batch.filled * BLOCK..).unwrap_or_default(), new);
            self.sieve.fill(&padded, rest);
        }
        let bare = match moot {
            Moot::Everywhere => 0,
            _ => bare::tell(masks, batch, self.blocks_ahead, moot),
        };
        let sifted = masks.get_mut(..batch.sifted).unwrap_or_default();
        if let Some((masks, rest)) = sifted.split_at_mut_checked(whole.min(batch.sifted)) {
            self.sieve.windows(bytes, masks, bare);
            self.sieve.windows(&padded, rest, bare.unbounded_shr(whole as u32));
        }
        if let Some((last, others)) = masks.get_mut(whole..).and_then(<[Masks]>::split_last_mut) {
            last.cut(left.len() - others.len() * BLOCK);
        }
        bare
    }

    /// Adds the literals that a finder has at some places of what is near, those of three bytes or all others; what is moot only where that
    /// is wanted.
    // Inlined four times it would spill what it needs.
    #[inline(never)]
    fn literals(
        &self,
        near: &Near<'_>,
        (finder, places, is_three): (&Finder, &Places, bool),
        is_wanted: bool,
        met: &mut Vec<Met>,
        found: &mut Vec<Candidate>,
    ) {
        let text = near.beside.text();
        finder.list(text.bytes.get(near.base..).unwrap_or_default(), places, is_three, met);
        for Met { place, entry } in met.drain(..) {
            let may_begin = |apart: Apart, at| apart.may_begin(near.beside, at);
            let there = (text, near.base + place as usize);
            let Some((at, literals)) = finder.standing(&self.literals, entry, there, may_begin) else {
                continue;
            };
            // Literals at one place mostly need the same.
            let mut last = (Need::Nothing, true);
            for (number, literal) in literals.filter(|(_, literal)| literal.may_end(near.beside, at)) {
                if last.0 != literal.need {
                    last = (literal.need, near.may_have(literal.need, at));
                }
                if last.1 || is_wanted {
                    found.push(Candidate { is_moot: !last.1, ..Candidate::literal(at, number) });
                }
            }
        }
    }

    /// Adds the detectors that ask for the run of digits or the byte at a place of what is near.
    #[inline]
    fn other(&self, near: &Near<'_>, place: usize, found: &mut Vec<Candidate>) {
        let at = near.base + place;
        let byte = near.beside.text().bytes.get(at).copied().unwrap_or_default();
        let kind = self.kinds.get(usize::from(byte)).copied().unwrap_or_default();
        if kind & BYTE != 0 {
            self.single(near.beside, at, found);
        }
        if kind & DIGIT != 0 && !before(near.beside.text(), at).is_ascii_digit() {
            self.run(near, place, found);
        }
    }

    /// Adds the detectors that ask for the byte at `at`.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "the place is in the text; there is a slot for every byte")]
    fn single(&self, beside: Neighbours<'_>, at: usize, found: &mut Vec<Candidate>) {
        let besides = &self.by_byte[usize::from(beside.text().bytes[at])];
        let next = beside.at(at + 1);
        // Mostly another space, quote or word follows.
        if !besides.may_precede(next) {
            return;
        }
        let before = beside.before(at);
        let further = before.and_then(|_| beside.further(at));
        let text = beside.text();
        let rest = text.bytes.get(at..).unwrap_or_default();
        let near = beside::Vicinity { further, before, rest, is_all: text.complete, next };
        let mut asking = besides.between(&near);
        if further.is_some() && next.is_some() {
            found.extend(asking.map(|owner| Candidate::new(at, owner)));
        } else if asking.next().is_some() {
            found.push(Candidate::byte(at));
        }
    }

    /// Adds the detectors that ask for the run of digits at a place of what is near.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "the place is in the text")]
    fn run(&self, near: &Near<'_>, place: usize, found: &mut Vec<Candidate>) {
        let (beside, at) = (near.beside, near.base + place);
        let text = beside.text();
        let (digits, inside) = (near.digits(place / BLOCK), place % BLOCK);
        let length = (!(digits >> inside)).trailing_zeros() as usize;
        // It may go on in the next block.
        let is_cut = length + inside == BLOCK;
        let length = if is_cut { run_at(text.bytes, at) } else { length.min(runs::LONGEST) };
        let end = at + length;
        let around = beside.around(at, end);
        // Most numbers in a hash, or in what is packed, are in the middle of a word.
        if before(text, at).is_ascii_alphabetic()
            && text.bytes.get(end).is_some_and(|next| self.runs.ends_no_word(*next))
            && around.is_in_a_word()
        {
            return;
        }
        if near.is_last(place + length)
            && Between::of(text, at, end).is_some_and(|words| self.runs.pass_over(length, &words))
        {
            return;
        }
        // It may go on in what has not arrived.
        if end == text.bytes.len() && !text.complete {
            return found.push(Candidate::byte(at));
        }
        let (before, next, first) = (beside.before(at), beside.at(end), text.bytes[at]);
        let classes = (self.runs.class_before(further(text, at), before), self.runs.class_beside(next));
        // Mostly by these bytes alone.
        if !self.runs.may_ask(length, first, classes) {
            return;
        }
        let more = beside.more_digits(end);
        let is_known = before.is_some() && next.is_some() && more.is_some();
        let run = Run {
            length,
            before: Some(classes.0),
            first,
            next: Some(classes.1),
            more,
            written: around.written(),
            around: Some(around),
        };
        if is_known {
            let need = |owner: Index| self.needs.get(usize::from(owner)).copied().unwrap_or_default();
            self.runs.each(&run, |owner| {
                if near.may_have(need(owner), at) {
                    found.push(Candidate::new(at, owner));
                }
            });
        } else if self.runs.any(&run) {
            found.push(Candidate::byte(at));
        }
    }
}

/// Puts those in order that were added to others, of which the first are `literals`. The window of a literal is met later than its begin,
/// which may be before `base`; the others are in order.
fn order(found: &mut [Candidate], literals: Range<usize>, base: usize) {
    if found.len() == literals.start {
        return;
    }
    let nearest = found.iter().take(literals.start).rev();
    let behind = nearest.take_while(|candidate| candidate.at + FARTHEST >= base).count();
    let first = literals.start - behind;
    if let Some(literals) = found.get_mut(first..literals.end) {
        literals.sort_by_key(|candidate| candidate.at);
    }
    if found.len() > literals.end && literals.end > first {
        let new = found.get_mut(first..).unwrap_or_default();
        new.sort_by_key(|candidate| candidate.at);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::byteset::ByteSet;
    use crate::detector::{Detector, Start, builtin};
    use crate::engine::anchor::{Again, Anchor, Decimals, Joint};
    use crate::engine::probe::Probe;
    use crate::engine::table::{Asking, LONGEST_KEY, What};

    /// The same as the masks say, told byte by byte.
    fn has(need: Need, text: &[u8], at: usize) -> bool {
        let ahead = |n: usize| text.get(at..text.len().min(at + n)).unwrap_or_default();
        match need {
            Need::Nothing => true,
            Need::Run { length, within } => (at..=at + within).any(|from| {
                let run = text.get(from..from + length);
                run.is_some_and(|run| !run.iter().any(|byte| ByteSet::BREAK.has(*byte)))
            }),
            Need::Digit(within) => ahead(within).iter().any(u8::is_ascii_digit),
            Need::Mark { mark, within } => ahead(within).contains(&mark),
            Need::Line => {
                let behind = text.get(at.saturating_sub(Need::INDENT)..at).unwrap_or_default();
                let indent = behind.iter().rev().take_while(|byte| b" \t".contains(byte)).count();
                matches!(behind.iter().rev().nth(indent), None | Some(b'\n'))
            }
            Need::Value { given, .. } => ahead(given).iter().any(|byte| Need::GIVES.has(*byte)),
        }
    }

    fn near_in(table: &Table, text: Text<'_>, need: Need, at: usize) -> bool {
        let mut masks = vec![Masks::default(); text.bytes.len().div_ceil(BLOCK)];
        table.fill(
            text.bytes,
            &mut masks,
            Batch { first: 0, filled: 0, sifted: 0, is_all: text.complete },
            Moot::Everywhere,
        );
        let beside = Neighbours::new(text, Scope::Text);
        Near { beside, masks: &masks, base: 0, is_all: text.complete }.may_have(need, at)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_needed_is_seen_wherever_it_stands(
            text in "([a-zA-Z_-]{1,30}|[ ,\t]{1,9}|[0-9:=\"\n\u{1}]){1,60}",
            at in 0..400usize,
            length in 16..=64usize,
            within in 1..200usize,
            arrived in 0..400usize,
        ) {
            let table = Table::new([]);
            let (bytes, at) = (text.as_bytes(), at.min(text.len() - 1));
            let whole = Text { bytes, start: 0, complete: true };
            let power = 1 << length.ilog2();
            let mark = Need::Mark { mark: b':', within };
            for need in [Need::Run { length, within: 0 }, Need::Run { length: power, within }, Need::Digit(within), mark, Need::Line] {
                let told = near_in(&table, whole, need, at);
                prop_assert_eq!(told, has(need, bytes, at), "{:?} at {} in {:?}", need, at, text);
            }
            // What is more, a flag or a verb may make up for what gives a value.
            let needs = [Need::Run { length, within }, Need::Digit(within), mark, Need::Line, Need::Value { given: within, told: within }];
            for need in needs.into_iter().filter(|need| has(*need, bytes, at)) {
                prop_assert!(near_in(&table, whole, need, at));
                // What has not arrived may be anything.
                let so_far = &bytes[..(at + 1).max(arrived).min(bytes.len())];
                let part = Text { bytes: so_far, start: 0, complete: false };
                prop_assert!(near_in(&table, part, need, at));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// In blocks that are bare nothing is passed over that has what it needs, nor in a name of a document.
        #[test]
        fn what_has_what_it_needs_is_found_in_bare_blocks(
            pieces in prop::collection::vec("(token|key|[a-z_.-]{1,24}|( [a-z]{1,7}){1,30}|[ ,\"]{1,9})", 1..60),
            length in 14..20usize,
            within in prop_oneof![Just(0), 1..300usize, Just(9_000), Just(usize::MAX / 2)],
            missing in 0..80usize,
        ) {
            let text = pieces.concat();
            let needs = [Need::Run { length, within }, Need::Nothing];
            let literals = ["token", "key"].into_iter().flat_map(|literal| (0..).zip([literal; 2]));
            let anchors = literals.map(|(owner, literal)| (owner, Anchor::literal(literal)));
            let table = Table::with(anchors, needs.map(|need| Asking { need, start: Start::Anchor }).into());
            let quotes: Vec<u64> = text.as_bytes().chunks(BLOCK).map(|block| {
                block.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(*byte == b'"'))
            }).collect();
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let found = |moot: Moot<'_>, scope| {
                let (mut sifted, mut found) = (Sifted::default(), Vec::new());
                while sifted.at < text.len() {
                    table.sift(whole, (scope, moot), &mut sifted, &mut found);
                }
                found.sort_by_key(|one| (one.at, one.what));
                found
            };
            let all = found(Moot::Everywhere, Scope::Text);
            let wanted: Vec<_> = all.iter().copied().filter(|one| !one.is_moot).collect();
            prop_assert_eq!(found(Moot::Nowhere, Scope::Text), wanted);
            // What has not arrived may be anything.
            let so_far = Text { bytes: &text.as_bytes()[..text.len().saturating_sub(missing)], start: 0, complete: false };
            let sift = |moot: Moot<'_>| {
                let (mut sifted, mut found) = (Sifted::default(), Vec::new());
                while sifted.at < so_far.bytes.len() {
                    table.sift(so_far, (Scope::Text, moot), &mut sifted, &mut found);
                }
                found.sort_by_key(|one| (one.at, one.what));
                found
            };
            let may_be = sift(Moot::Everywhere).into_iter().filter(|one| !one.is_moot);
            prop_assert_eq!(sift(Moot::Nowhere), may_be.collect::<Vec<_>>());
            let told = found(Moot::InNames(&quotes), Scope::Strings);
            for one in all {
                let rest = &text.as_bytes()[one.at..];
                let is_in_name = rest.iter().take(LONGEST_KEY).any(|byte| *byte == b'"');
                prop_assert!(one.is_moot && !is_in_name || told.contains(&one), "{one:?} in {text:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]

        /// Where the masks say that what a detector needs is missing, the detector finds nothing: a stream, which has no masks, asks it.
        #[test]
        fn what_is_moot_is_not_found(
            pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..24),
            gap in prop::sample::select(vec![0, 0, 6, 40, 70]),
        ) {
            let text = pieces.concat().replace('~', &"x".repeat(gap));
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let mut masks = vec![Masks::default(); text.len().div_ceil(BLOCK)];
            Table::new([]).fill(whole.bytes, &mut masks, Batch { first: 0, filled: 0, sifted: 0, is_all: true }, Moot::Everywhere);
            let near = Near { beside: Neighbours::new(whole, Scope::Text), masks: &masks, base: 0, is_all: true };
            for detector in &*SOUGHT {
                for at in (0..text.len()).filter(|at| !near.may_have(detector.need(), *at)) {
                    let found = detector.verify(&Probe::new(whole, at, detector.ahead()));
                    let name = detector.about().name;
                    prop_assert!(found.is_none(), "{}: {:?} at {} of {:?}", name, found, at, text);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]

        /// Where the pass tells of a number, or of a colon, that it is nothing to a detector, the detector finds nothing: a stream asks it.
        #[test]
        fn what_is_told_is_not_found(
            word in prop::sample::select(vec!["tel. ", "SSN ", "personnummer ", "VAT ", "CPF ", "phone: ", "id ", "NHS ", "gps ", "card ", "mac ", "Hauptstr. "]),
            further in "([0-9]{1,3}|[A-Za-z]{0,3})",
            mark in prop::sample::select(vec!["", "-", ".", "/", ":", ",", " "]),
            number in prop_oneof![
                "[0-9]{2,4}([-. /]?[0-9]{2,4}){1,4}|536-22-8145|212-736-5000|811228-9874|221 395 1837|6[0-9]{2} [0-9]{3} [0-9]{3}",
                "[0-9]{1,6}[.][0-9]{1,9}(, ?| )?[0-9]{0,4}[.]?[0-9]{0,6}",
                "(19|20)[0-9]{2}[-./](0[1-9]|1[0-3])[-./][0-3][0-9][-. T]?[0-9]{0,4}|[0-3][0-9][-./]0[1-9][-./]20[0-9]{2}[-. ]?[0-9]{0,4}",
                "[0-9a-f]{1,2}(:[0-9a-f]{1,2}){1,6}|[0-9a-f]{1,4}(::?[0-9a-f]{1,4}){1,7}|4[0-9]{3}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{1,4}",
            ],
            after in prop::sample::select(vec!["", ".", " is", ", and", " N", "M", "-1", "Berlin"]),
        ) {
            let text = [word, &further, mark, &number, after].concat();
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let asked = |table: &Table| {
                let mut found = Vec::new();
                table.sift(whole, (Scope::Text, Moot::Everywhere), &mut Sifted::default(), &mut found);
                found.iter().map(|candidate| candidate.at).collect::<Vec<_>>()
            };
            for Numbers { detector, asking, asking_anywhere } in &*NUMBERS {
                let told = asked(asking);
                for at in asked(asking_anywhere).into_iter().filter(|at| !told.contains(at)) {
                    let found = detector.verify(&Probe::new(whole, at, detector.ahead()));
                    prop_assert!(found.is_none(), "{}: {:?} at {} of {:?}", detector.about().name, found, at, text);
                }
            }
        }
    }

    /// A detector that does not look at all numbers of some lengths, and the tables with which it does not and with which it would.
    struct Numbers {
        detector: Box<dyn Detector>,
        asking: Table,
        asking_anywhere: Table,
    }

    static NUMBERS: LazyLock<Vec<Numbers>> = LazyLock::new(|| {
        let numbers = builtin().into_iter().filter_map(|detector| {
            let anchors = detector.anchors();
            let mut anywhere = anchors.clone();
            for anchor in &mut anywhere {
                match anchor {
                    Anchor::Digits(digits) => {
                        (digits.joints, digits.decimals) = ([Joint::NONE; 2], Decimals::ALL);
                        (digits.dates, digits.groups) = (true, u32::MAX);
                    }
                    Anchor::Between { again, .. } => *again = Again::NONE,
                    _ => {}
                }
            }
            let table = |anchors: Vec<Anchor>| Table::new(anchors.into_iter().map(|anchor| (0, anchor)));
            let is_told = anchors != anywhere;
            is_told.then(|| Numbers { detector, asking: table(anchors), asking_anywhere: table(anywhere) })
        });
        let numbers: Vec<_> = numbers.collect();
        assert!(numbers.len() >= 8);
        numbers
    });

    /// Generic secrets, the rows of keys whose names are among the pieces, a number that is one of those, and what begins a line.
    static SOUGHT: LazyLock<Vec<Box<dyn Detector>>> = LazyLock::new(|| {
        let mut sought = builtin();
        sought.retain(|detector| {
            let name = detector.about().name;
            let others =
                ["datadog_api_key", "heroku_key", "crypto_wallet_ethereum", "code_python", "database_url"];
            name.starts_with("generic_secret") || others.contains(&&*name)
        });
        assert_eq!(sought.len(), 8);
        sought
    });

    /// What names and their values are made of; `~` is as long as one wants.
    #[rustfmt::skip]
    const PIECES: &[&str] = &[
        "variable api_token", " value Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB", "name: ", "key ", "value ", "default", "string>", "API_TOKEN", "token", "my password", "secret", "passwd",
        "datadog", "heroku", "_api_key", "Bearer ", "basic ", "token token=", "ENV ", "alter user joe identified by ", "alter user ", "identified", " by ", " to ", " for the ", " of ", "| ", "**", "set ", " --", "-", "_", "~", "~", " ", " ", "\n", ",", "(", " is ",
        "=", ":", "\"", "'", ">", "!!str ", "postgres://", "app:s3cr3t-9x@db.corp.io", "@", "|-", "                       ",
        "Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB", "6da89121079f83b2eb6acccf8219ea98", "Kx7!pQ2z",
        "\ndef f(a):\n    return a\n", "import os\n", " 0x", "52908400098527886E0F7030069857D2E4169EE7", "9f86d081-884c-4d65-9a2f-eaa0c55ad015", "am9obmRvZTpkMDY5NGIxYi1jMTcx",
    ];

    /// So is the prefix of a token that no word may run into; after an escape written out one may begin.
    #[test]
    fn tokens_begin_where_no_word_goes_on() {
        let asking = Asking { need: Need::Nothing, start: Start::Word };
        let table =
            Table::with([(0, Anchor::literal("ghp_")), (1, Anchor::literal("$2b$"))], vec![asking; 2]);
        let count = |text: &str| {
            let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let mut found = Vec::new();
            table.sift(text, (Scope::Text, Moot::Everywhere), &mut Sifted::default(), &mut found);
            found.len()
        };
        for (text, times) in [
            ("ghp_ghp_", 1),
            ("Aghp_", 0),
            ("7ghp_", 0),
            ("=ghp_", 1),
            ("a$2b$", 1),
            (r"\nghp_", 1),
            (r"\u000aghp_", 0),
            ("[93mghp_", 1),
            ("mghp_", 0),
        ] {
            assert_eq!(count(text), times, "{text}");
        }
    }

    /// A detector that asks twice for a byte is asked wherever either says so, and once where both say the same.
    #[test]
    fn a_byte_is_asked_for_between_each_of_its_neighbours() {
        let between = |further: &[u8], before: &[u8], next: &[u8]| Anchor::Between {
            further: ByteSet::EMPTY.with(further),
            before: ByteSet::EMPTY.with(before),
            set: ByteSet::EMPTY.with(b"@"),
            next: ByteSet::EMPTY.with(next),
            again: Again::NONE,
        };
        let anchors = [
            between(b"x", b"a", b"1"),
            between(b"x", b"ab", b"2"),
            between(b"y", b"a", b"1"),
            between(b"x", b"b", b"2"),
        ];
        let table = Table::new(anchors.map(|anchor| (0, anchor)));
        for (text, times) in [("xa@1", 1), ("xa@2", 1), ("ya@1", 1), ("xb@2", 1), ("ya@2", 0), ("xb@1", 0)] {
            let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let mut found = Vec::new();
            table.sift(text, (Scope::Text, Moot::Everywhere), &mut Sifted::default(), &mut found);
            assert_eq!(found.len(), times, "{:?}", text.bytes);
        }
    }

    /// Labels are told from the words that they stand in.
    #[test]
    fn words_begin_and_end_where_no_letter_goes_on() {
        let anchors = [(0, Anchor::begin("lat")), (1, Anchor::whole("lat"))];
        let table = Table::new(anchors);
        let owners = |text: &str| {
            let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let mut found = Vec::new();
            table.sift(text, (Scope::Text, Moot::Everywhere), &mut Sifted::default(), &mut found);
            found.iter().map(|candidate| candidate.what).collect::<Vec<_>>()
        };
        let [begin, whole] = [0, 1].map(What::Literal);
        for (text, expected) in [
            ("lat: 1", vec![begin, whole]),
            ("my_lat", vec![begin, whole]),
            ("myLatLng", vec![begin, whole]),
            ("late", vec![begin]),
            ("flat", vec![]),
            ("relative", vec![]),
        ] {
            assert_eq!(owners(text), expected, "{text}");
        }
    }
}
