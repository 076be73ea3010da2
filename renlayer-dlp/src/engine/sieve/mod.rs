//! What is worth a look in a block of 64 bytes, told by arithmetic alone.
//!
//! Of every literal one *window* of four bytes is chosen among the rarest it has. A place passes where its four bytes, the case of
//! letters folded away, may be a window: by buckets of windows that are told by whole bytes, where the machine looks these up in one step
//! ([`wide`]), and in any case by one set of the hashes of all windows. Literals of three bytes, of which there are few, have buckets of
//! their own, by whole bytes or by the two halves of a byte, and a set of their own. Digits, the single bytes that are anchors and what
//! [needs](super::Need) are about are told in the same go.
//!
//! Each kind of machine has its own way there ([`vector`]), and one without vectors plain tables; what a literal may be passes on all of
//! them, and little else.

mod choice;
mod sample;
mod vector;
mod wide;

use super::Need;
use super::grams::four_at;
use super::places::Places;
use crate::byteset::ByteSet;
use crate::view::Signals;
pub(super) use choice::FARTHEST;
use vector::MACHINES;
use wide::Banks;

/// Bytes that are answered for at a time.
pub(crate) const BLOCK: usize = 64;
/// Bytes of a window.
const WINDOW: usize = 4;
/// Bytes of a literal that has no window.
const THREE: usize = 3;
/// Bytes after a block that have to be there. The last window needs three of them, the vectors that look at it a few more.
pub(super) const AHEAD: usize = 8;
/// The set of windows has this many bits, as a power of two: few enough for the nearest cache, and so many that of thirty windows of
/// ordinary text which are none of a literal's one passes.
const SET_BITS: u32 = 17;
const SET_WORDS: usize = 1 << (SET_BITS - 5);

/// Words of the set of literals of three bytes.
const SET_OF_THREES: usize = 64;
/// Banks of wide tables: of ordinary text one place in nine passes so many.
const BANKS: usize = 5;
/// Of those for the third of all literals that is looked for in bare blocks too.
const BARE_BANKS: usize = 2;
const BANKS_OF_THREES: usize = 2;
const BARE_BANKS_OF_THREES: usize = 1;

const DIGIT: u8 = 1;
const SINGLE: u8 = 2;
const BREAK: u8 = 4;
const GIVE: u8 = 8;

/// A literal that is looked for: three bytes or more.
#[derive(Clone, Copy)]
pub(super) struct Sought<'l> {
    pub(super) bytes: &'l [u8],
    /// Letters stand for either case.
    pub(super) either_case: bool,
    /// It is looked for where a long run may follow, and not in blocks that are bare.
    pub(super) needs_run: bool,
}

impl Sought<'_> {
    /// All of it, if it is three bytes.
    fn three(&self) -> Option<[u8; THREE]> {
        self.bytes.try_into().ok()
    }
}

/// One bit for each place of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// Where the window of a literal may stand, as far as the machine tells.
    pub(super) windows: u64,
    /// Where a literal of three bytes may stand.
    pub(super) threes: u64,
    pub(super) digits: u64,
    /// The single bytes that are anchors.
    pub(super) singles: u64,
    /// What stands in no token.
    pub(super) breaks: u64,
    /// What gives a name its value.
    pub(super) gives: u64,
}

impl Masks {
    /// Leaves no place to look at but the first `n`.
    pub(super) fn cut(&mut self, n: usize) {
        let inside = if n < BLOCK { (1 << n) - 1 } else { u64::MAX };
        for places in [&mut self.windows, &mut self.threes, &mut self.digits, &mut self.singles] {
            *places &= inside;
        }
    }
}

/// The tables.
pub(super) struct Sieve {
    /// The hashes of windows, one bit each.
    windows: Box<[u32; SET_WORDS]>,
    /// Of those that are looked for in bare blocks.
    bare: Box<[u32; SET_WORDS]>,
    threes: [Halves; THREE],
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "AVX-512 alone has such tables"))]
    wide: Box<Wide>,
    /// The hashes of literals of three bytes, one bit each.
    set_of_threes: [u64; SET_OF_THREES],
    /// The single bytes: for the low half of a byte, a bit for each high half below eight, and from eight on.
    rows: [[u8; 16]; 2],
    /// Breaks, and what gives a name its value, by [classes](choice::CLASSES) of bytes.
    classes: Halves,
    /// The same for machines without vectors: the buckets of a byte at each place of three, and its kinds.
    buckets: Box<[[u8; 256]; THREE]>,
    kinds: Box<[u8; 256]>,
}

/// Wide tables, for AVX-512.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "AVX-512 alone has such tables"))]
struct Wide {
    windows: Banks<WINDOW, BANKS>,
    /// The windows that are looked for in bare blocks.
    bare: Banks<WINDOW, BARE_BANKS>,
    threes: Banks<THREE, BANKS_OF_THREES>,
    bare_threes: Banks<THREE, BARE_BANKS_OF_THREES>,
}

/// The buckets of a byte: those that are in both tables, one indexed by its low half and one by its high half.
#[derive(Clone, Copy, Default)]
struct Halves {
    low: [u8; 16],
    high: [u8; 16],
}

impl Sieve {
    /// A sieve for `literals` and `singles`, and for each literal where its window begins.
    pub(super) fn new(literals: &[Sought<'_>], singles: ByteSet) -> (Self, Vec<usize>) {
        let (wide, offsets) = Wide::new(literals);
        let mut sieve = Self {
            windows: Box::new([0; SET_WORDS]),
            bare: Box::new([0; SET_WORDS]),
            threes: choice::buckets(literals.iter().filter(|literal| literal.bytes.len() == THREE)),
            wide: wide.into(),
            set_of_threes: [0; SET_OF_THREES],
            rows: [[0; 16]; 2],
            classes: choice::CLASSES,
            buckets: Box::new([[0; 256]; THREE]),
            kinds: Box::new([0; 256]),
        };
        for (literal, offset) in literals.iter().zip(&offsets) {
            if let Some(window) = literal.bytes.get(*offset..).and_then(<[u8]>::first_chunk) {
                insert(&mut sieve.windows, *window);
                if !literal.needs_run {
                    insert(&mut sieve.bare, *window);
                }
            }
        }
        literals.iter().filter_map(Sought::three).for_each(|three| sieve.insert_three(three));
        sieve.fill_tables(singles);
        (sieve, offsets)
    }

    /// Answers for `masks.len()` blocks, [windows](Sieve::windows) aside. There are at least [`AHEAD`] bytes more than those.
    #[inline]
    pub(super) fn fill(&self, bytes: &[u8], masks: &mut [Masks]) {
        if !MACHINES.iter().any(|machine| (machine.fill)(self, bytes, masks)) {
            self.fill_by_table(bytes, masks);
        }
    }

    /// Tells of blocks that were filled where literals may stand: of some, a bit for each, any of them, and of `bare` ones those that need no
    /// run.
    #[inline]
    pub(super) fn windows(&self, bytes: &[u8], masks: &mut [Masks], [full, bare]: [u64; 2]) {
        // Other machines told them with the rest.
        MACHINES
            .iter()
            .filter_map(|machine| machine.windows)
            .any(|windows| windows(self, bytes, masks, [full, bare]));
    }

    /// Lists the places in blocks of `bytes` that were filled, those of windows only where the hash of what is there is in a set.
    #[inline]
    pub(super) fn list(&self, bytes: &[u8], blocks: Blocks<'_>, lists: &mut Lists) {
        if !MACHINES.iter().any(|machine| (machine.list)(self, bytes, blocks, lists)) {
            self.list_each(bytes, blocks, lists, Places::add, keep);
        }
    }

    /// The same with the instructions of whoever calls it, who `add`s to a list the places of a block at a place, and keeps those whose
    /// windows are in a set.
    #[inline(always)]
    fn list_each(
        &self,
        bytes: &[u8],
        Blocks { masks, bare }: Blocks<'_>,
        lists: &mut Lists,
        add: impl Fn(&mut Places, usize, u64),
        keep: impl Fn(&mut Places, &[u8], &[u32; SET_WORDS]),
    ) {
        let Lists { literals, in_bare, others } = lists;
        for (blocks, Spots { windows, threes }, set) in
            [(!bare, literals, &self.windows), (bare, in_bare, &self.bare)]
        {
            [&mut *windows, threes].into_iter().for_each(Places::clear);
            for block in each_of(blocks, masks.len()) {
                let Some(masks) = masks.get(block) else { continue };
                add(windows, block * BLOCK, masks.windows);
                add(threes, block * BLOCK, masks.threes);
            }
            keep(windows, bytes, set);
            threes.keep(|place| self.has_three(four_at(bytes, place)));
        }
        others.clear();
        let mut after_digit = 0;
        for (masks, base) in masks.iter().zip((0..).step_by(BLOCK)) {
            let starts = masks.digits & !(masks.digits << 1 | after_digit);
            add(others, base, masks.singles | starts);
            after_digit = masks.digits >> (BLOCK - 1);
        }
    }
}

/// Those of the first `count` blocks, 64 at most, that have a bit.
#[inline(always)]
fn each_of(bits: u64, count: usize) -> impl Iterator<Item = usize> {
    let beyond = u64::MAX.unbounded_shl(count as u32);
    let mut left = bits & !beyond;
    std::iter::from_fn(move || {
        let block = (left != 0).then(|| left.trailing_zeros() as usize);
        left &= left.wrapping_sub(1);
        block
    })
}

/// The places of a batch of blocks that are worth a look.
#[derive(Default)]
pub(super) struct Lists {
    /// Where literals may stand in blocks that are not bare, and in those that are.
    pub(super) literals: Spots,
    pub(super) in_bare: Spots,
    /// The single bytes that are anchors, and the first digits of runs, in a batch that follows none.
    pub(super) others: Places,
}

#[derive(Default)]
pub(super) struct Spots {
    /// Where the window of a literal may stand.
    pub(super) windows: Places,
    /// Where a literal of three bytes may stand.
    pub(super) threes: Places,
}

/// Blocks that were filled, 64 at most, and which of them are bare, a bit for each.
#[derive(Clone, Copy)]
pub(super) struct Blocks<'m> {
    pub(super) masks: &'m [Masks],
    pub(super) bare: u64,
}

/// One bit for each place of a block where a mark stands that structures JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) quotes: u64,
    pub(crate) backslashes: u64,
}

/// Tells the [`Marks`] of every [`BLOCK`] bytes, and of what is left.
pub(crate) fn marks(bytes: &[u8]) -> Vec<Marks> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut marks = vec![Marks::default(); bytes.len().div_ceil(BLOCK)];
    if !MACHINES.iter().any(|machine| (machine.marks)(blocks, &mut marks)) {
        marks.iter_mut().zip(blocks).for_each(|(marks, block)| *marks = Marks::of(block));
    }
    if let Some(last) = marks.get_mut(blocks.len()) {
        *last = Marks::of(rest);
    }
    marks
}

impl Marks {
    /// Of a block or a part of one, without vectors.
    fn of(block: &[u8]) -> Self {
        let places = |mark| block.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(*byte == mark));
        Self { quotes: places(b'"'), backslashes: places(b'\\') }
    }
}

/// Says of each block, after the one `before`, what it shows of other readings, if the machine has vectors.
pub(crate) fn signs(before: &[u8; BLOCK], blocks: &[[u8; BLOCK]], signs: &mut [Signals]) -> bool {
    MACHINES.iter().any(|machine| (machine.signs)(before, blocks, signs))
}

/// The same by each kind of vectors that the machine has.
#[cfg(test)]
pub(crate) fn signs_by_each(blocks: &[[u8; BLOCK]]) -> impl Iterator<Item = Vec<Signals>> {
    MACHINES.iter().filter_map(|machine| {
        let mut signs = vec![Signals::default(); blocks.len()];
        (machine.signs)(&[0; BLOCK], blocks, &mut signs).then_some(signs)
    })
}

impl Wide {
    /// The buckets of literals, and where the window of each begins.
    fn new(literals: &[Sought<'_>]) -> (Self, Vec<usize>) {
        let mut begins: Vec<Vec<choice::Begin>> = literals.iter().map(choice::windows).collect();
        // What is looked for in bare blocks has the same window in all: it may begin in a block of one kind and have its window in one of the other.
        let bare = share_out(literals, &mut begins, |literal| !literal.needs_run);
        let windows = share_out(literals, &mut begins, |_| true);
        let (threes, bare_threes) =
            (share_threes_out(literals, |_| true), share_threes_out(literals, |literal| !literal.needs_run));
        let offset = |begins: &Vec<choice::Begin>| begins.first().map_or(0, |begin| begin.offset);
        (Self { windows, bare, threes, bare_threes }, begins.iter().map(offset).collect())
    }
}

/// The buckets of some literals, of whose windows one is left for each.
fn share_out<const COUNT: usize>(
    literals: &[Sought<'_>],
    begins: &mut [Vec<choice::Begin>],
    is_one: fn(&Sought<'_>) -> bool,
) -> Banks<WINDOW, COUNT> {
    let numbered = literals.iter().enumerate();
    let ones: Vec<usize> = numbered.filter(|(_, one)| is_one(one)).map(|(nth, _)| nth).collect();
    let windows_of = |nth: &usize| {
        let (literal, begins) = (literals.get(*nth)?, begins.get(*nth)?);
        let window =
            |begin: &choice::Begin| Some((*literal.bytes.get(begin.offset..)?.first_chunk()?, begin.share));
        Some(begins.iter().filter_map(window).collect())
    };
    let (banks, taken) = wide::share_out(&ones.iter().filter_map(windows_of).collect::<Vec<_>>());
    for (nth, taken) in ones.into_iter().zip(taken) {
        if let Some(begins) = begins.get_mut(nth).filter(|begins| taken < begins.len()) {
            *begins = vec![begins.swap_remove(taken)];
        }
    }
    banks
}

/// The same of literals of three bytes, which are their own windows.
fn share_threes_out<const COUNT: usize>(
    literals: &[Sought<'_>],
    is_one: fn(&Sought<'_>) -> bool,
) -> Banks<THREE, COUNT> {
    let threes = literals.iter().filter(|literal| is_one(literal)).filter_map(Sought::three);
    wide::share_out(&threes.map(|three| vec![(three, 0)]).collect::<Vec<_>>()).0
}

/// Letters in one case; other bytes stay apart from each other as far as this bit lets them.
const FOLD: u32 = 0x2020_2020;
/// Spreads what four bytes have over the upper bits of a product (Fibonacci hashing).
const SPREAD: u32 = 0x9E37_79B1;

/// The bit of a window in a set: its word, and its place there.
#[inline(always)]
fn place_of(window: [u8; WINDOW]) -> (usize, u32) {
    let folded = u32::from_le_bytes(window) | FOLD;
    let bit = folded.wrapping_mul(SPREAD) >> (u32::BITS - SET_BITS);
    ((bit / u32::BITS) as usize, bit % u32::BITS)
}

/// Keeps the places of `bytes` whose windows are in a set.
#[inline(always)]
fn keep(places: &mut Places, bytes: &[u8], set: &[u32; SET_WORDS]) {
    let window = |place: usize| bytes.get(place..place + WINDOW).and_then(<[u8]>::first_chunk);
    places.keep(|place| window(place).is_some_and(|window| has(set, *window)));
}

#[allow(clippy::indexing_slicing, reason = "a set has a bit for every hash")]
fn insert(set: &mut [u32; SET_WORDS], window: [u8; WINDOW]) {
    let (word, bit) = place_of(window);
    set[word] |= 1 << bit;
}

#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "a set has a bit for every hash")]
fn has(set: &[u32; SET_WORDS], window: [u8; WINDOW]) -> bool {
    let (word, bit) = place_of(window);
    set[word] >> bit & 1 == 1
}

/// The bit of the first three bytes of a window.
#[inline(always)]
fn hash_of_three(window: [u8; WINDOW]) -> usize {
    let folded = u32::from_le_bytes(window) << 8 | FOLD;
    (folded.wrapping_mul(SPREAD) >> (u32::BITS - (SET_OF_THREES * 64).ilog2())) as usize
}

#[allow(
    clippy::indexing_slicing,
    reason = "tables have a slot for every hash, every byte and every half of one"
)]
impl Sieve {
    fn insert_three(&mut self, [a, b, c]: [u8; THREE]) {
        let hash = hash_of_three([a, b, c, 0]);
        self.set_of_threes[hash / 64] |= 1 << (hash % 64);
    }

    #[inline(always)]
    fn has_three(&self, window: [u8; WINDOW]) -> bool {
        let hash = hash_of_three(window);
        self.set_of_threes[hash / 64] >> (hash % 64) & 1 == 1
    }

    fn fill_tables(&mut self, singles: ByteSet) {
        for byte in 0..=u8::MAX {
            let (low, high) = (usize::from(byte & 15), usize::from(byte >> 4));
            for (halves, table) in self.threes.iter().zip(&mut *self.buckets) {
                table[usize::from(byte)] = halves.low[low] & halves.high[high];
            }
            let kinds = &mut self.kinds[usize::from(byte)];
            *kinds |= DIGIT * u8::from(byte.is_ascii_digit());
            *kinds |= BREAK * u8::from(ByteSet::BREAK.has(byte));
            *kinds |= GIVE * u8::from(Need::GIVES.has(byte));
            if singles.has(byte) {
                *kinds |= SINGLE;
                self.rows[high / 8][low] |= 1 << (high % 8);
            }
        }
    }

    fn fill_by_table(&self, bytes: &[u8], masks: &mut [Masks]) {
        let [first, second, third] = &*self.buckets;
        for (masks, at) in masks.iter_mut().zip((0..).step_by(BLOCK)) {
            *masks = Masks::default();
            for (place, window) in bytes[at..].windows(WINDOW).take(BLOCK).enumerate() {
                let window = [window[0], window[1], window[2], window[3]];
                let [a, b, c, _] = window.map(usize::from);
                let kinds = u64::from(self.kinds[a]);
                masks.windows |= u64::from(has(&self.windows, window)) << place;
                masks.threes |= u64::from(first[a] & second[b] & third[c] != 0) << place;
                masks.digits |= (kinds & 1) << place;
                masks.singles |= (kinds >> 1 & 1) << place;
                masks.breaks |= (kinds >> 2 & 1) << place;
                masks.gives |= (kinds >> 3 & 1) << place;
            }
        }
    }
}

#[cfg(test)]
mod tests;
