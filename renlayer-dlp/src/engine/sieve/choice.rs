//! Which window of a literal is looked for, and which literals of three bytes share a bucket.
//!
//! A window is good where text seldom has its bytes in this order. A bucket lets through every combination of what its
//! literals have at each place, so it is good when they are alike and made of rare bytes. That choice is greedy: the literals
//! that are hardest to tell from ordinary text come first, and each goes to the bucket that it makes worse by the least.

use std::cmp::Reverse;

use super::sample::SAMPLE;
use super::{Halves, Sought, THREE, WINDOW};
use crate::check::language;

/// How far from its begin the window of a literal may be.
pub(in crate::engine) const FARTHEST: usize = 12;
const BUCKETS: usize = 8;

/* ===== windows ===== */

/// A literal is found by one of so many windows.
const CHOICE: usize = 8;

/// Where a window of a literal may begin.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Begin {
    /// How many of a million windows of text are this one.
    pub(super) share: u32,
    surprise: Reverse<u32>,
    pub(super) offset: usize,
}

/// Where the windows of a literal may begin: of the four bytes in a row that it has, those that text has least often, the rarest
/// first.
pub(super) fn windows(literal: &Sought<'_>) -> Vec<Begin> {
    let last = literal.bytes.len().saturating_sub(WINDOW).min(FARTHEST);
    let begin = |offset: usize| {
        let bytes = literal.bytes.get(offset..).unwrap_or_default();
        let bytes = bytes.get(..WINDOW).unwrap_or(bytes);
        // In thousandths of a bit, for an order.
        let surprise = (language::surprise(bytes) * 1000.0) as u32;
        Begin { share: SAMPLE.share(bytes), surprise: Reverse(surprise), offset }
    };
    let mut windows: Vec<Begin> = (0..=last).map(begin).collect();
    windows.sort_unstable();
    windows.truncate(CHOICE);
    windows
}

/* ===== buckets ===== */

/// A set of bytes as all pairs of some low and some high halves.
#[derive(Clone, Copy, Default)]
struct Pairs {
    low: u16,
    high: u16,
}

/// Sets for three bytes.
type Three = [Pairs; THREE];

/// The tables of the buckets of these literals.
pub(super) fn buckets<'l>(literals: impl Iterator<Item = &'l Sought<'l>>) -> [Halves; THREE] {
    let mut literals: Vec<Three> = literals.filter_map(three).collect();
    literals.sort_by_key(|three| Reverse(weight(three)));
    let mut buckets = [(Three::default(), 0u64); BUCKETS];
    for literal in literals {
        let grown = buckets.iter().enumerate().map(|(bucket, (there, cost))| {
            let both = join(there, &literal);
            let now = weight(&both);
            (now.saturating_sub(*cost), bucket, both, now)
        });
        let best = grown.min_by_key(|(growth, ..)| *growth);
        let Some((_, bucket, both, cost)) = best else { continue };
        if let Some(slot) = buckets.get_mut(bucket) {
            *slot = (both, cost);
        }
    }
    tables(&buckets)
}

/// The bytes of a literal of three, in either case where that is how it is looked for.
fn three(literal: &Sought<'_>) -> Option<Three> {
    let pairs = |byte: &u8| {
        let other = if literal.either_case && byte.is_ascii_alphabetic() { byte ^ 0x20 } else { *byte };
        Pairs { low: 1 << (byte & 15), high: 1 << (byte >> 4) | 1 << (other >> 4) }
    };
    <[u8; THREE]>::try_from(literal.bytes).ok().map(|three| three.each_ref().map(pairs))
}

fn join(a: &Three, b: &Three) -> Three {
    let mut both = *a;
    for (slot, other) in both.iter_mut().zip(b) {
        *slot = Pairs { low: slot.low | other.low, high: slot.high | other.high };
    }
    both
}

fn tables(buckets: &[(Three, u64); BUCKETS]) -> [Halves; THREE] {
    let mut tables = [Halves::default(); THREE];
    for (bit, (three, _)) in buckets.iter().enumerate() {
        for (halves, pairs) in tables.iter_mut().zip(three) {
            let spread = |table: &mut [u8; 16], set: u16| {
                let entries = table.iter_mut().enumerate();
                entries.for_each(|(half, bits)| *bits |= u8::from(set >> half & 1 == 1) << bit);
            };
            spread(&mut halves.low, pairs.low);
            spread(&mut halves.high, pairs.high);
        }
    }
    tables
}

/* ===== classes of bytes ===== */

/// Each class has a bit: bytes whose high half is in one set and whose low half is in another.
const CLASS: [(u16, u16); 7] = [
    // Breaks: control characters, ` "'(),`, `;<>`, brackets.
    (0b11, u16::MAX),
    (1 << 2, 1 | 1 << 2 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 12),
    (1 << 3, 1 << 11 | 1 << 12 | 1 << 14),
    (1 << 5 | 1 << 7, 1 << 11 | 1 << 13),
    // What gives a name its value: `"'`, `:=>`, the backtick.
    (1 << 2, 1 << 2 | 1 << 7),
    (1 << 3, 1 << 10 | 1 << 13 | 1 << 14),
    (1 << 6, 1),
];
pub(super) const BREAKS: u8 = 0b1111;
pub(super) const GIVES: u8 = 0b111 << 4;

/// The classes of a byte, by its halves.
pub(super) const CLASSES: Halves = classes();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const fn classes() -> Halves {
    let mut classes = Halves { low: [0; 16], high: [0; 16] };
    let mut bit = 0;
    while bit < CLASS.len() {
        let (high, low) = CLASS[bit];
        let mut half = 0;
        while half < 16 {
            classes.high[half] |= ((high >> half & 1) as u8) << bit;
            classes.low[half] |= ((low >> half & 1) as u8) << bit;
            half += 1;
        }
        bit += 1;
    }
    classes
}

/* ===== how common bytes are ===== */

/// How often three bytes are met of which each is one of these, in 10^12 places.
fn weight(three: &Three) -> u64 {
    three.iter().map(|pairs| u64::from(share(*pairs))).product()
}

/// How many of 10,000 bytes are in a set.
#[allow(clippy::indexing_slicing, reason = "sums have a slot for every byte of a set, and every half")]
fn share(pairs: Pairs) -> u32 {
    let [low, high] = pairs.low.to_le_bytes().map(usize::from);
    let mut rows = pairs.high;
    let mut sum = 0;
    while rows != 0 {
        let row = &SUMS[rows.trailing_zeros() as usize];
        sum += u32::from(row[0][low]) + u32::from(row[1][high]);
        rows &= rows - 1;
    }
    sum
}

/// For each high half, the shares of every set of eight low halves.
static SUMS: [[[u16; 256]; 2]; 16] = sums();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const fn sums() -> [[[u16; 256]; 2]; 16] {
    let mut sums = [[[0; 256]; 2]; 16];
    let mut high = 0;
    while high < 16 {
        let mut set = 1usize;
        while set < 256 {
            let (rest, lowest) = (set & (set - 1), set.trailing_zeros() as usize);
            sums[high][0][set] = sums[high][0][rest] + common(high * 16 + lowest);
            sums[high][1][set] = sums[high][1][rest] + common(high * 16 + 8 + lowest);
            set += 1;
        }
        high += 1;
    }
    sums
}

/// How many of 10,000 bytes are this one, by a mixture of prose, source code and API bodies in equal parts.
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
pub(super) const fn common(byte: usize) -> u16 {
    match byte {
        0x0a => 210,
        0x20..0x80 => SHARES[byte - 0x20],
        _ => 1,
    }
}

#[rustfmt::skip]
const SHARES: [u16; 96] = [
    1243, 8, 358, 44, 3, 1, 10, 7, 67, 67, 15, 4, 145, 112, 113, 134,
    103, 92, 98, 78, 70, 50, 56, 67, 62, 41, 234, 31, 10, 38, 16, 4,
    1, 46, 16, 33, 25, 44, 27, 13, 12, 41, 5, 8, 31, 21, 30, 28,
    26, 5, 37, 42, 48, 17, 14, 10, 9, 8, 5, 47, 10, 47, 1, 200,
    65, 332, 141, 228, 217, 635, 140, 104, 127, 333, 14, 46, 245, 155, 369, 352,
    200, 23, 316, 337, 547, 230, 42, 48, 61, 77, 12, 43, 4, 43, 1, 1,
];
