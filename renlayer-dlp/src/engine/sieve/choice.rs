//! Which window of a literal is looked for, and which literals share a bucket.
//!
//! A bucket lets through every combination of what its windows have at each place, so it is good when its windows are alike
//! and made of rare bytes. The choice is greedy: the literals that are hardest to tell from ordinary text come first, and
//! each goes, with one of its windows, to the bucket that it makes worse by the least.

use super::{GROUPS, Halves, WIDTH};
use crate::check::language;

/// How far from its begin a window of a literal may be.
pub(in crate::engine) const FARTHEST: usize = 12;
/// Of its windows, so many of the rarest are tried.
const TRIED: usize = 6;
/// What a comparison costs, in 10^12 places that the sieve lets through.
const COMPARED: f32 = 1e12;
const BUCKETS: usize = 8 * GROUPS;

/// A literal that is looked for: three bytes or more.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Sought<'l> {
    pub(in crate::engine) bytes: &'l [u8],
    /// Letters stand for either case.
    pub(in crate::engine) either_case: bool,
}

/// A set of bytes as all pairs of some low and some high halves.
#[derive(Clone, Copy, Default)]
struct Pairs {
    low: u16,
    high: u16,
}

/// Sets for the bytes of a window.
type Window = [Pairs; WIDTH];

/// For each literal where its window begins, and the tables of the buckets.
pub(super) fn choose(literals: &[Sought<'_>]) -> (Vec<usize>, [[Halves; WIDTH]; GROUPS]) {
    let mut buckets = [(Window::default(), 0u64); BUCKETS];
    let mut offsets = vec![0; literals.len()];
    for (_, number, windows) in hardest_first(literals) {
        let trials = windows.iter().flat_map(|window| (0..BUCKETS).map(move |bucket| (window, bucket)));
        let grown = trials.filter_map(|(trial, bucket)| {
            let (there, cost) = buckets.get(bucket)?;
            let both = join(there, &trial.window);
            let now = weight(&both);
            Some((now.saturating_sub(*cost) + trial.met, bucket, trial.offset, both, now))
        });
        let best = grown.min_by_key(|(growth, ..)| *growth);
        let Some((_, bucket, offset, window, cost)) = best else { continue };
        if let (Some(slot), Some(chosen)) = (buckets.get_mut(bucket), offsets.get_mut(number)) {
            (*slot, *chosen) = ((window, cost), offset);
        }
    }
    (offsets, tables(&buckets))
}

/// Each literal's number and its rarest windows, with their offsets.
type Windows = Vec<Trial>;

/// A window that a literal may be found by.
struct Trial {
    offset: usize,
    window: Window,
    /// How often its bytes stand in language, and have to be compared.
    met: u64,
}

fn hardest_first(literals: &[Sought<'_>]) -> Vec<(u64, usize, Windows)> {
    let mut all: Vec<_> = literals
        .iter()
        .enumerate()
        .map(|(number, literal)| {
            let windows = rarest(literal);
            (windows.first().map_or(0, |trial| weight(&trial.window)), number, windows)
        })
        .collect();
    all.sort_by_key(|(weight, number, _)| (std::cmp::Reverse(*weight), *number));
    all
}

/// Windows after which the literal has a fourth byte, where it is that long: that one is checked too.
fn rarest(literal: &Sought<'_>) -> Windows {
    let last = literal.bytes.len().saturating_sub(WIDTH + 1).min(FARTHEST);
    let mut windows: Windows = (0..=last)
        .filter_map(|offset| {
            let bytes = literal.bytes.get(offset..offset + WIDTH)?.first_chunk::<WIDTH>()?;
            let window = bytes.map(|byte| pairs(byte, literal.either_case));
            Some(Trial { offset, window, met: met(literal.bytes.get(offset..).unwrap_or_default()) })
        })
        .collect();
    windows.sort_by_key(|trial| (weight(&trial.window) + trial.met, trial.offset));
    windows.truncate(TRIED);
    windows
}

/// How often the first four of these bytes are met in language, in 10^12 places; more, as each has to be compared.
fn met(bytes: &[u8]) -> u64 {
    let seen = bytes.get(..WIDTH + 1).unwrap_or(bytes);
    let bits = language::surprise(seen) * seen.len() as f32;
    (COMPARED * (-bits).exp2()) as u64
}

fn pairs(byte: u8, either_case: bool) -> Pairs {
    let other = if either_case && byte.is_ascii_alphabetic() { byte ^ 0x20 } else { byte };
    Pairs { low: 1 << (byte & 15), high: 1 << (byte >> 4) | 1 << (other >> 4) }
}

fn join(a: &Window, b: &Window) -> Window {
    let mut both = *a;
    for (slot, other) in both.iter_mut().zip(b) {
        *slot = Pairs { low: slot.low | other.low, high: slot.high | other.high };
    }
    both
}

fn tables(buckets: &[(Window, u64); BUCKETS]) -> [[Halves; WIDTH]; GROUPS] {
    let mut groups = [[Halves::default(); WIDTH]; GROUPS];
    for (group, members) in groups.iter_mut().zip(buckets.chunks(8)) {
        for (bit, (window, _)) in members.iter().enumerate() {
            for (halves, pairs) in group.iter_mut().zip(window) {
                let spread = |table: &mut [u8; 16], set: u16| {
                    let entries = table.iter_mut().enumerate();
                    entries.for_each(|(half, bits)| *bits |= u8::from(set >> half & 1 == 1) << bit);
                };
                spread(&mut halves.low, pairs.low);
                spread(&mut halves.high, pairs.high);
            }
        }
    }
    groups
}

/* ===== how common bytes are ===== */

/// How often a window is met that has one of these bytes at each place, in 10^12 places.
fn weight(window: &Window) -> u64 {
    window.iter().map(|pairs| u64::from(share(*pairs))).product()
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
const fn common(byte: usize) -> u16 {
    match byte {
        0x0a => 210,
        0x20..0x80 => COMMON[byte - 0x20],
        _ => 1,
    }
}

#[rustfmt::skip]
const COMMON: [u16; 96] = [
    1243, 8, 358, 44, 3, 1, 10, 7, 67, 67, 15, 4, 145, 112, 113, 134,
    103, 92, 98, 78, 70, 50, 56, 67, 62, 41, 234, 31, 10, 38, 16, 4,
    1, 46, 16, 33, 25, 44, 27, 13, 12, 41, 5, 8, 31, 21, 30, 28,
    26, 5, 37, 42, 48, 17, 14, 10, 9, 8, 5, 47, 10, 47, 1, 200,
    65, 332, 141, 228, 217, 635, 140, 104, 127, 333, 14, 46, 245, 155, 369, 352,
    200, 23, 316, 337, 547, 230, 42, 48, 61, 77, 12, 43, 4, 43, 1, 1,
];
