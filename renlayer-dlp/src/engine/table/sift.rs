//! The pass over many bytes: blocks are sifted, and of what is left the candidates are kept, in order of their place.

use std::ops::Range;

use super::blob::Blob;
use super::{
    BYTE, Candidate, DIGIT, Index, Moot, Near, Neighbours, Table, bare, before, beside, blob, further, run_at,
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
        (self.sifted.at, self.sifted.ahead, self.sifted.blob) = (at, 0, None);
        self
    }

    /// Begins with a document, and passes over what is deep in a blob.
    pub(crate) fn begin_over_blobs(&mut self) {
        self.begin(0).sifted.blob = Some(Blob::default());
    }
}

/// How far a text has been sifted.
#[derive(Default)]
pub(crate) struct Sifted {
    pub(crate) at: usize,
    /// So many blocks from there on have been filled.
    ahead: usize,
    /// The blob before it, if blobs are passed over.
    blob: Option<Blob>,
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
        let Sifted { ahead, blob, masks, lists, met, .. } = sifted;
        let Some(masks) = masks.get_mut(..seen) else { return };
        let rest = text.bytes.get(base..).unwrap_or_default();
        let is_all = text.complete && base + seen * BLOCK >= end;
        let batch = Batch { first: base / BLOCK, filled: *ahead, sifted: blocks, is_all };
        let bare = self.fill(rest, masks, batch, (moot, blob.as_mut()));
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

    /// Fills the masks of as many blocks, a last one filled up with zeros, and says which are bare, a bit for each. Nothing is left to look at deep
    /// in a blob, where one is followed.
    fn fill(
        &self,
        bytes: &[u8],
        masks: &mut [Masks],
        batch: Batch,
        (moot, blob): (Moot<'_>, Option<&mut Blob>),
    ) -> u64 {
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
        let deep = blob.map_or(0, |blob| blob::tell(bytes, sifted, blob));
        if let Some((masks, rest)) = sifted.split_at_mut_checked(whole.min(batch.sifted)) {
            self.sieve.windows(bytes, masks, [!(bare | deep), bare & !deep]);
            let bare = bare.unbounded_shr(whole as u32);
            self.sieve.windows(&padded, rest, [!bare, bare]);
        }
        if deep != 0 {
            let is_deep = |block: &usize| deep >> block & 1 == 1;
            sifted
                .iter_mut()
                .enumerate()
                .filter(|(block, _)| is_deep(block))
                .for_each(|(_, masks)| masks.cut(0));
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
        if places.len() == 0 {
            return;
        }
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
mod tests;
