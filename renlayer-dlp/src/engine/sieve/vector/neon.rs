//! NEON, which all machines of aarch64 have: 16 bytes at a time. It gathers nothing, so windows are hashed by vectors and looked up one by one.

use std::arch::aarch64::{
    uint8x16_t, uint32x4_t, vandq_u8, vandq_u32, vceqq_u8, vcleq_u8, vcltq_u8, vdupq_n_u8, vdupq_n_u32,
    vgetq_lane_u32, vgetq_lane_u64, vld1q_u8, vmulq_u32, vorrq_u8, vorrq_u32, vpaddq_u8, vqtbl1q_u8,
    vreinterpretq_s32_u32, vreinterpretq_u16_u8, vreinterpretq_u32_u16, vreinterpretq_u64_u8, vshlq_u32,
    vshrq_n_u8, vshrq_n_u32, vsubq_u8, vtstq_u8, vzip1q_u8, vzip1q_u16, vzip2q_u8, vzip2q_u16,
};

use crate::engine::places::Places;
use crate::engine::sieve::{
    AHEAD, BLOCK, Blocks, FOLD, Halves, Lists, Marks, Masks, SET_BITS, SET_WORDS, SPREAD, Sieve, THREE,
    choice, keep,
};

use crate::view::{LAST_BREAK, Shown, Sight, Signals, each_block};

/// Bytes of a vector.
const LANES: usize = 16;
/// Vectors of a block.
const PARTS: usize = BLOCK / LANES;

/// Answers: every machine of this kind can.
pub(super) fn fill(sieve: &Sieve, bytes: &[u8], masks: &mut [Masks]) -> bool {
    // SAFETY: `by_neon` asks for nothing but NEON, which all machines have that this is compiled for.
    unsafe { by_neon(sieve, bytes, masks) };
    true
}

/// Lists the places of blocks: every machine of this kind can.
pub(super) fn list(sieve: &Sieve, bytes: &[u8], blocks: Blocks<'_>, lists: &mut Lists) -> bool {
    sieve.list_each(bytes, blocks, lists, Places::add, keep);
    true
}

/// Tells the marks of each block: every machine of this kind can.
pub(super) fn marks(blocks: &[[u8; BLOCK]], marks: &mut [Marks]) -> bool {
    // SAFETY: `marks_by_neon` asks for nothing but NEON, which all machines have that this is compiled for.
    unsafe { marks_by_neon(blocks, marks) };
    true
}

#[target_feature(enable = "neon")]
fn marks_by_neon(blocks: &[[u8; BLOCK]], marks: &mut [Marks]) {
    for (block, marks) in blocks.iter().zip(marks) {
        let parts = parts_at::<0>(block);
        let is = |mark: u8| bits(parts.map(|part| vceqq_u8(part, vdupq_n_u8(mark))));
        *marks = Marks { quotes: is(b'"'), backslashes: is(b'\\') };
    }
}

/// Says of each block what it shows of other readings at first sight: every machine of this kind can.
pub(super) fn signs(before: &[u8; BLOCK], blocks: &[[u8; BLOCK]], signs: &mut [Signals]) -> bool {
    // SAFETY: `signs_by_neon` asks for nothing but NEON, which all machines have that this is compiled for.
    unsafe { signs_by_neon(before, blocks, signs) };
    true
}

#[target_feature(enable = "neon")]
fn signs_by_neon(before: &[u8; BLOCK], blocks: &[[u8; BLOCK]], signs: &mut [Signals]) {
    each_block(before, blocks, signs, |block| sight(block), |block| shown(block));
}

#[inline]
#[target_feature(enable = "neon")]
fn sight(block: &[u8; BLOCK]) -> Sight {
    let parts = parts_at::<0>(block);
    Sight {
        foreign: bits(parts.map(|part| vcleq_u8(vdupq_n_u8(0x80), part))),
        escapes: bits(parts.map(|part| vcleq_u8(vsubq_u8(part, vdupq_n_u8(b'%')), vdupq_n_u8(1)))),
        breaks: bits(parts.map(|part| vcleq_u8(part, vdupq_n_u8(LAST_BREAK)))),
        digits: bits(parts.map(|part| is_digit(part))),
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn shown(block: &[u8; BLOCK]) -> Shown {
    let parts = parts_at::<0>(block);
    let is = |byte: u8| bits(parts.map(|part| vceqq_u8(part, vdupq_n_u8(byte))));
    let letter = parts.map(|part| vsubq_u8(vorrq_u8(part, vdupq_n_u8(0x20)), vdupq_n_u8(b'a')));
    let letters = bits(letter.map(|letter| vcltq_u8(letter, vdupq_n_u8(26))));
    let digits = bits(parts.map(|part| is_digit(part)));
    Shown {
        percents: is(b'%'),
        ampersands: is(b'&'),
        hashes: is(b'#'),
        semicolons: is(b';'),
        digits,
        letters,
        hexadecimal: bits(letter.map(|letter| vcltq_u8(letter, vdupq_n_u8(6)))),
        runs: letters | digits | is(b'+') | is(b'-') | is(b'/') | is(b'_'),
        above_digits: bits(parts.map(|part| vcltq_u8(vdupq_n_u8(b'9'), part))),
    }
}

#[target_feature(enable = "neon")]
fn by_neon(sieve: &Sieve, bytes: &[u8], masks: &mut [Masks]) {
    let tables = Tables::new(sieve);
    let blocks = (0..).step_by(BLOCK).map_while(|at| bytes.get(at..)?.first_chunk::<{ BLOCK + AHEAD }>());
    for (masks, block) in masks.iter_mut().zip(blocks) {
        *masks = tables.look(block);
    }
}

struct Tables<'s> {
    windows: &'s [u32; SET_WORDS],
    threes: [[uint8x16_t; 2]; THREE],
    rows: [uint8x16_t; 2],
    classes: [uint8x16_t; 2],
    /// For the high half of a byte, the bit of its row.
    bit: uint8x16_t,
}

impl<'s> Tables<'s> {
    #[inline]
    #[target_feature(enable = "neon")]
    fn new(sieve: &'s Sieve) -> Self {
        let halves = |halves: &Halves| [load(&halves.low), load(&halves.high)];
        let [first, second, third] = &sieve.threes;
        let [low, high] = &sieve.rows;
        Self {
            windows: &sieve.windows,
            threes: [halves(first), halves(second), halves(third)],
            rows: [load(low), load(high)],
            classes: halves(&sieve.classes),
            bit: load(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]),
        }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn look(&self, block: &[u8; BLOCK + AHEAD]) -> Masks {
        let here = parts_at::<0>(block);
        let [after, second, third] = [parts_at::<1>(block), parts_at::<2>(block), parts_at::<3>(block)];
        let classes = here.map(|part| of_both(self.classes, part));
        let of_class = |class: u8| classes.map(|classes| vtstq_u8(classes, vdupq_n_u8(class)));
        let mut threes = [vdupq_n_u8(0); PARTS];
        let mut windows = 0;
        for (at, (((three, a), b), (c, d))) in
            threes.iter_mut().zip(here).zip(after).zip(second.into_iter().zip(third)).enumerate()
        {
            let [of_a, of_b, of_c] = self.threes;
            let buckets = vandq_u8(of_both(of_a, a), of_both(of_b, b));
            *three = vtstq_u8(buckets, of_both(of_c, c));
            windows |= u64::from(self.windows_in([a, b, c, d])) << (at * LANES);
        }
        Masks {
            windows,
            threes: bits(threes),
            digits: bits(here.map(|part| is_digit(part))),
            singles: bits(here.map(|part| self.is_single(part))),
            breaks: bits(of_class(choice::BREAKS)),
            gives: bits(of_class(choice::GIVES)),
        }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn is_single(&self, bytes: uint8x16_t) -> uint8x16_t {
        let [low, high] = split(bytes);
        // A table has 16 entries: what is beyond them reads as nought, so each row is asked for its own half of the bytes.
        let [rows, rows_up] = self.rows.map(|rows| vqtbl1q_u8(rows, low));
        let is_up = vcleq_u8(vdupq_n_u8(8), high);
        let row = vorrq_u8(vandq_u8(rows_up, is_up), vandq_u8(rows, vceqq_u8(is_up, vdupq_n_u8(0))));
        vtstq_u8(row, vqtbl1q_u8(self.bit, high))
    }

    /// The windows that begin in 16 bytes and are in the set; given are those bytes, and the same one, two and three further on.
    #[inline]
    #[target_feature(enable = "neon")]
    fn windows_in(&self, [a, b, c, d]: [uint8x16_t; 4]) -> u16 {
        let pairs = |one, other| {
            [vzip1q_u8(one, other), vzip2q_u8(one, other)].map(|pairs| vreinterpretq_u16_u8(pairs))
        };
        let ([low, up], [low_2, up_2]) = (pairs(a, b), pairs(c, d));
        let fours =
            [vzip1q_u16(low, low_2), vzip2q_u16(low, low_2), vzip1q_u16(up, up_2), vzip2q_u16(up, up_2)];
        let mut found = 0;
        for (at, windows) in fours.into_iter().enumerate() {
            found |= self.four_windows(vreinterpretq_u32_u16(windows)) << (at * 4);
        }
        found
    }

    /// Which of four windows are in the set.
    #[inline]
    #[target_feature(enable = "neon")]
    fn four_windows(&self, windows: uint32x4_t) -> u16 {
        let folded = vorrq_u32(windows, vdupq_n_u32(FOLD));
        let hash = vmulq_u32(folded, vdupq_n_u32(SPREAD));
        let word = vshrq_n_u32::<{ 32 - SET_BITS as i32 + 5 }>(hash);
        let bit = vshrq_n_u32::<{ 32 - SET_BITS as i32 }>(hash);
        let bit = vandq_u32(bit, vdupq_n_u32(31));
        let of_word = lanes(vshlq_u32(vdupq_n_u32(1), vreinterpretq_s32_u32(bit)));
        let mut found = 0;
        for (at, (word, bit)) in lanes(word).into_iter().zip(of_word).enumerate() {
            let there = self.windows.get(word as usize).is_some_and(|bits| bits & bit != 0);
            found |= u16::from(there) << at;
        }
        found
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn lanes(four: uint32x4_t) -> [u32; 4] {
    [
        vgetq_lane_u32::<0>(four),
        vgetq_lane_u32::<1>(four),
        vgetq_lane_u32::<2>(four),
        vgetq_lane_u32::<3>(four),
    ]
}

#[inline]
#[target_feature(enable = "neon")]
fn is_digit(bytes: uint8x16_t) -> uint8x16_t {
    vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(b'0')), vdupq_n_u8(10))
}

/// The low and the high halves of bytes.
#[inline]
#[target_feature(enable = "neon")]
fn split(bytes: uint8x16_t) -> [uint8x16_t; 2] {
    [vandq_u8(bytes, vdupq_n_u8(0x0f)), vshrq_n_u8::<4>(bytes)]
}

/// What both tables say: one of the low, one of the high halves of bytes.
#[inline]
#[target_feature(enable = "neon")]
fn of_both([of_low, of_high]: [uint8x16_t; 2], bytes: uint8x16_t) -> uint8x16_t {
    let [low, high] = split(bytes);
    vandq_u8(vqtbl1q_u8(of_low, low), vqtbl1q_u8(of_high, high))
}

/// A bit for each byte of four vectors, of which each is all ones or all noughts.
#[inline]
#[target_feature(enable = "neon")]
fn bits(masks: [uint8x16_t; PARTS]) -> u64 {
    // Each byte keeps a bit of its own among eight, which then add up without a carry.
    let own = load(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]);
    let [a, b, c, d] = masks.map(|mask| vandq_u8(mask, own));
    let pairs = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(pairs, pairs)))
}

/// The vectors of a block, each beginning `BY` bytes further on.
#[inline]
#[target_feature(enable = "neon")]
fn parts_at<const BY: usize>(block: &[u8]) -> [uint8x16_t; PARTS] {
    let part = |at: usize| {
        let from = block.get(at * LANES + BY..).unwrap_or_default();
        load(from.first_chunk().unwrap_or(&[0; LANES]))
    };
    [part(0), part(1), part(2), part(3)]
}

#[inline]
#[target_feature(enable = "neon")]
fn load(bytes: &[u8; LANES]) -> uint8x16_t {
    // SAFETY: reads the 16 bytes of `bytes`. The load needs no alignment, and every pattern of bits is a vector.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}
