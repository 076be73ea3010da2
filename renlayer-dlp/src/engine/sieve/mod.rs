//! What is worth a look in a block of 64 bytes, told by arithmetic alone.
//!
//! Of every literal one *window* of three bytes is chosen, the rarest it has, and put into one of 16 buckets. A byte is
//! looked up by its two halves in tables of 16 entries; where one bucket is in the answers for three bytes in a row, a window
//! of that bucket may stand there. Digits, the single bytes that are anchors and the two marks that structure a JSON string
//! are told in the same go.
//!
//! There are two ways to the same answer: vectors where the machine has them, and tables of 256 entries elsewhere.

mod choice;
mod vector;

use crate::byteset::ByteSet;
pub(super) use choice::{FARTHEST, Sought};

/// Bytes that are answered for at a time.
pub(super) const BLOCK: usize = 64;
/// Bytes of a window.
const WIDTH: usize = 3;
/// Bytes after a block that its last windows look at.
pub(super) const AHEAD: usize = WIDTH - 1;
/// Buckets come in groups of eight, one bit each.
const GROUPS: usize = 2;

const DIGIT: u8 = 1;
const SINGLE: u8 = 2;
const MARK: u8 = 4;

/// One bit for each place of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// Where a window may stand.
    pub(super) windows: u64,
    pub(super) digits: u64,
    /// The single bytes that are anchors.
    pub(super) singles: u64,
    /// Quotes and backslashes.
    pub(super) marks: u64,
}

/// The tables.
pub(super) struct Sieve {
    groups: [[Halves; WIDTH]; GROUPS],
    /// The single bytes: for the low half of a byte, a bit for each high half below eight, and from eight on.
    rows: [[u8; 16]; 2],
    /// The same for machines without vectors: the buckets of a byte at each place of a window, and its kinds.
    buckets: Box<[[u16; 256]; WIDTH]>,
    kinds: Box<[u8; 256]>,
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
        let (offsets, groups) = choice::choose(literals);
        let mut sieve = Self {
            groups,
            rows: [[0; 16]; 2],
            buckets: Box::new([[0; 256]; WIDTH]),
            kinds: Box::new([0; 256]),
        };
        sieve.fill_tables(singles);
        (sieve, offsets)
    }

    /// Answers for `masks.len()` blocks. There are at least [`AHEAD`] bytes more than those.
    #[inline]
    pub(super) fn fill(&self, bytes: &[u8], masks: &mut [Masks]) {
        if !vector::fill(self, bytes, masks) {
            self.fill_by_table(bytes, masks);
        }
    }
}

#[allow(clippy::indexing_slicing, reason = "tables have a slot for every byte and every half of one")]
impl Sieve {
    fn fill_tables(&mut self, singles: ByteSet) {
        for byte in 0..=u8::MAX {
            let (low, high) = (usize::from(byte & 15), usize::from(byte >> 4));
            for (place, table) in self.buckets.iter_mut().enumerate() {
                let of = |group: &[Halves; WIDTH]| group[place].low[low] & group[place].high[high];
                table[usize::from(byte)] =
                    self.groups.iter().rev().fold(0, |all, group| all << 8 | u16::from(of(group)));
            }
            let kinds = &mut self.kinds[usize::from(byte)];
            *kinds |= DIGIT * u8::from(byte.is_ascii_digit());
            *kinds |= MARK * u8::from(matches!(byte, b'"' | b'\\'));
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
            for (place, three) in bytes[at..].windows(WIDTH).take(BLOCK).enumerate() {
                let [a, b, c] = [three[0], three[1], three[2]].map(usize::from);
                let kinds = u64::from(self.kinds[a]);
                masks.windows |= u64::from(first[a] & second[b] & third[c] != 0) << place;
                masks.digits |= (kinds & 1) << place;
                masks.singles |= (kinds >> 1 & 1) << place;
                masks.marks |= (kinds >> 2) << place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn vectors_and_tables_say_the_same(
            literals in prop::collection::vec(("[ -~\u{e9}]{3,20}", any::<bool>()), 0..200),
            singles in prop::collection::vec(any::<u8>(), 0..40),
            bytes in prop::collection::vec(any::<u8>(), 0..700),
            text in "[ -~\n]{0,300}",
        ) {
            let sought: Vec<_> = literals
                .iter()
                .map(|(bytes, either_case)| Sought { bytes: bytes.as_bytes(), either_case: *either_case })
                .collect();
            let (sieve, offsets) = Sieve::new(&sought, ByteSet::EMPTY.with(&singles));
            let planted = literals.iter().map(|(literal, _)| literal.as_bytes());
            let body = planted.chain([&bytes[..], text.as_bytes(), &[0; BLOCK + AHEAD]]).collect::<Vec<_>>().concat();
            let blocks = (body.len() - AHEAD) / BLOCK;
            let (mut by_vector, mut by_table) = (vec![Masks::default(); blocks], vec![Masks::default(); blocks]);
            sieve.fill(&body, &mut by_vector);
            sieve.fill_by_table(&body, &mut by_table);
            prop_assert_eq!(&by_vector, &by_table);

            // Nothing that was put in is missed.
            let mut at = 0;
            for ((literal, _), offset) in literals.iter().zip(offsets) {
                let window = at + offset;
                prop_assert!(by_table[window / BLOCK].windows >> (window % BLOCK) & 1 == 1, "{}", literal);
                at += literal.len();
            }
            for (at, byte) in body.iter().take(blocks * BLOCK).enumerate() {
                let bit = |mask: u64| mask >> (at % BLOCK) & 1 == 1;
                let masks = &by_table[at / BLOCK];
                prop_assert_eq!(bit(masks.digits), byte.is_ascii_digit());
                prop_assert_eq!(bit(masks.singles), singles.contains(byte));
                prop_assert_eq!(bit(masks.marks), matches!(byte, b'"' | b'\\'));
            }
        }
    }
}
