//! AVX2, on x86-64: 32 bytes at a time.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm256_add_epi8, _mm256_and_si256, _mm256_andnot_si256,
    _mm256_blendv_epi8, _mm256_broadcastsi128_si256, _mm256_castsi256_ps, _mm256_cmpeq_epi8,
    _mm256_cmpgt_epi8, _mm256_i32gather_epi32, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8,
    _mm256_movemask_ps, _mm256_mullo_epi32, _mm256_or_si256, _mm256_set1_epi8, _mm256_set1_epi32,
    _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_sllv_epi32, _mm256_srli_epi16,
    _mm256_srli_epi32, _mm256_sub_epi8,
};

use crate::engine::places::Places;
use crate::engine::sieve::{
    AHEAD, BLOCK, Blocks, FOLD, Halves, Lists, Marks, Masks, SET_BITS, SET_WORDS, SPREAD, Sieve, THREE,
    choice, keep,
};

use crate::view::{LAST_BREAK, Shown, Sight, Signals, each_block};

const HALF: usize = BLOCK / 2;

/// Answers, if the machine can.
pub(super) fn fill(sieve: &Sieve, bytes: &[u8], masks: &mut [Masks]) -> bool {
    let can = std::arch::is_x86_feature_detected!("avx2");
    if can {
        // SAFETY: `by_avx2` asks for nothing but that the machine has AVX2, which was just asked.
        unsafe { by_avx2(sieve, bytes, masks) };
    }
    can
}

/// Lists the places of blocks, if the machine can.
pub(super) fn list(sieve: &Sieve, bytes: &[u8], blocks: Blocks<'_>, lists: &mut Lists) -> bool {
    let can = std::arch::is_x86_feature_detected!("bmi1") && std::arch::is_x86_feature_detected!("popcnt");
    if can {
        // SAFETY: `list_with_bits` asks for nothing but that the machine has BMI1 and POPCNT, which was just asked.
        unsafe { list_with_bits(sieve, bytes, blocks, lists) };
    }
    can
}

#[target_feature(enable = "bmi1,popcnt")]
fn list_with_bits(sieve: &Sieve, bytes: &[u8], blocks: Blocks<'_>, lists: &mut Lists) {
    sieve.list_each(bytes, blocks, lists, Places::add, keep);
}

/// Tells the marks of each block, if the machine can.
pub(super) fn marks(blocks: &[[u8; BLOCK]], marks: &mut [Marks]) -> bool {
    let can = std::arch::is_x86_feature_detected!("avx2");
    if can {
        // SAFETY: `marks_by_avx2` asks for nothing but that the machine has AVX2, which was just asked.
        unsafe { marks_by_avx2(blocks, marks) };
    }
    can
}

#[target_feature(enable = "avx2")]
fn marks_by_avx2(blocks: &[[u8; BLOCK]], marks: &mut [Marks]) {
    for (block, marks) in blocks.iter().zip(marks) {
        let (low, up) = (half(block, 0), half(block, HALF));
        let is = |mark: u8| {
            let mark = _mm256_set1_epi8(mark as i8);
            join(bits(_mm256_cmpeq_epi8(low, mark)), bits(_mm256_cmpeq_epi8(up, mark)))
        };
        *marks = Marks { quotes: is(b'"'), backslashes: is(b'\\') };
    }
}

/// Says of each block what it shows of other readings at first sight, if the machine can.
pub(super) fn signs(before: &[u8; BLOCK], blocks: &[[u8; BLOCK]], signs: &mut [Signals]) -> bool {
    let can = std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt");
    if can {
        // SAFETY: `signs_by_avx2` asks for nothing but that the machine has what was just asked.
        unsafe { signs_by_avx2(before, blocks, signs) };
    }
    can
}

#[target_feature(enable = "avx2,bmi1,lzcnt,popcnt")]
fn signs_by_avx2(before: &[u8; BLOCK], blocks: &[[u8; BLOCK]], signs: &mut [Signals]) {
    each_block(before, blocks, signs, |block| sight(block), |block| shown(block));
}

#[inline]
#[target_feature(enable = "avx2")]
fn sight(block: &[u8; BLOCK]) -> Sight {
    let halves = [half(block, 0), half(block, HALF)];
    let after_percent = halves.map(|half| _mm256_sub_epi8(half, _mm256_set1_epi8(b'%' as i8)));
    Sight {
        foreign: told(halves),
        escapes: told(after_percent.map(|half| is_below(half, 2))),
        breaks: told(halves.map(|half| is_below(half, LAST_BREAK + 1))),
        digits: told(halves.map(|half| is_digit(half))),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn shown(block: &[u8; BLOCK]) -> Shown {
    let halves = [half(block, 0), half(block, HALF)];
    let is = |byte: u8| told(halves.map(|half| _mm256_cmpeq_epi8(half, _mm256_set1_epi8(byte as i8))));
    let letters = halves.map(|half| letter(half));
    Shown {
        percents: is(b'%'),
        ampersands: is(b'&'),
        hashes: is(b'#'),
        semicolons: is(b';'),
        digits: told(halves.map(|half| is_digit(half))),
        letters: told(letters.map(|letter| is_below(letter, 26))),
        hexadecimal: told(letters.map(|letter| is_below(letter, 6))),
        runs: told(halves.map(|half| is_in_run(half))),
        above_digits: !told(halves.map(|half| is_below(half, b'9' + 1))),
    }
}

/// A bit for each byte of a block, of which those of either half are all ones or all noughts in their highest bit.
#[inline]
#[target_feature(enable = "avx2")]
fn told([low, up]: [__m256i; 2]) -> u64 {
    join(bits(low), bits(up))
}

/// Half a block.
#[inline]
#[target_feature(enable = "avx2")]
fn half(block: &[u8; BLOCK], at: usize) -> __m256i {
    let bytes = block.as_chunks::<HALF>().0.get(at / HALF).unwrap_or(&[0; HALF]);
    // SAFETY: reads the 32 bytes of `bytes`. The load needs no alignment, and every pattern of bits is a vector.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast::<__m256i>()) }
}

/// Which letter of the alphabet a byte is, if it is any, in either case.
#[inline]
#[target_feature(enable = "avx2")]
fn letter(bytes: __m256i) -> __m256i {
    let folded = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    _mm256_sub_epi8(folded, _mm256_set1_epi8(b'a' as i8))
}

/// Letters, digits, `+`, `-`, `/` and `_`.
#[inline]
#[target_feature(enable = "avx2")]
fn is_in_run(bytes: __m256i) -> __m256i {
    let is = |byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte as i8));
    let alnum = _mm256_or_si256(is_below(letter(bytes), 26), is_digit(bytes));
    let joints = _mm256_or_si256(_mm256_or_si256(is(b'+'), is(b'-')), _mm256_or_si256(is(b'/'), is(b'_')));
    _mm256_or_si256(alnum, joints)
}

#[inline]
#[target_feature(enable = "avx2")]
fn is_below(bytes: __m256i, end: u8) -> __m256i {
    _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8((end - 1) as i8)), bytes)
}

#[inline]
#[target_feature(enable = "avx2")]
fn is_digit(bytes: __m256i) -> __m256i {
    // Shifted so that the ten digits, and they alone, are the least of signed bytes.
    let shifted = _mm256_add_epi8(bytes, _mm256_set1_epi8((0x80 - b'0') as i8));
    _mm256_cmpgt_epi8(_mm256_set1_epi8(-0x80 + 10), shifted)
}

#[target_feature(enable = "avx2")]
fn by_avx2(sieve: &Sieve, bytes: &[u8], masks: &mut [Masks]) {
    let tables = Tables::new(sieve);
    let blocks = (0..).step_by(BLOCK).map_while(|at| bytes.get(at..)?.first_chunk::<{ BLOCK + AHEAD }>());
    for (masks, block) in masks.iter_mut().zip(blocks) {
        let [a, b] = [tables.half::<0>(block), tables.half::<HALF>(block)];
        *masks = Masks {
            windows: join(a.windows, b.windows),
            threes: join(a.threes, b.threes),
            digits: join(a.digits, b.digits),
            singles: join(a.singles, b.singles),
            breaks: join(a.breaks, b.breaks),
            gives: join(a.gives, b.gives),
        };
    }
}

fn join(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << HALF
}

/// One bit for each of 32 places.
struct Bits {
    windows: u32,
    threes: u32,
    digits: u32,
    singles: u32,
    breaks: u32,
    gives: u32,
}

struct Tables<'s> {
    windows: &'s [u32; SET_WORDS],
    threes: [[__m256i; 2]; THREE],
    rows: [__m256i; 2],
    classes: [__m256i; 2],
    /// For the high half of a byte, the bit of its row.
    bit: __m256i,
    low_half: __m256i,
}

impl<'s> Tables<'s> {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(sieve: &'s Sieve) -> Self {
        let halves = |halves: &Halves| [twice(&halves.low), twice(&halves.high)];
        let [first, second, third] = &sieve.threes;
        let [low, high] = &sieve.rows;
        Self {
            windows: &sieve.windows,
            threes: [halves(first), halves(second), halves(third)],
            rows: [twice(low), twice(high)],
            classes: halves(&sieve.classes),
            bit: twice(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]),
            low_half: _mm256_set1_epi8(0x0f),
        }
    }

    /// Looks at 32 bytes from `AT` on.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn half<const AT: usize>(&self, block: &[u8; BLOCK + AHEAD]) -> Bits {
        let bytes = load::<AT, 0>(block);
        let [low, high] = self.split(bytes);
        let [low_1, high_1] = self.split(load::<AT, 1>(block));
        let [low_2, high_2] = self.split(load::<AT, 2>(block));
        let [first, second, third] = self.threes;
        let buckets = _mm256_and_si256(
            _mm256_and_si256(of_both(first, [low, high]), of_both(second, [low_1, high_1])),
            of_both(third, [low_2, high_2]),
        );
        let zero = _mm256_setzero_si256();
        let none = _mm256_cmpeq_epi8(buckets, zero);

        let digits = is_digit(bytes);
        let [rows_low, rows_high] = self.rows.map(|rows| _mm256_shuffle_epi8(rows, low));
        let row = _mm256_blendv_epi8(rows_low, rows_high, bytes);
        let no_single = _mm256_cmpeq_epi8(_mm256_and_si256(row, _mm256_shuffle_epi8(self.bit, high)), zero);

        let classes = of_both(self.classes, [low, high]);
        let no =
            |class: u8| _mm256_cmpeq_epi8(_mm256_and_si256(classes, _mm256_set1_epi8(class as i8)), zero);

        Bits {
            windows: self.windows_in::<AT>(block),
            threes: !bits(none),
            digits: bits(digits),
            singles: !bits(no_single),
            breaks: !bits(no(choice::BREAKS)),
            gives: !bits(no(choice::GIVES)),
        }
    }

    /// The windows that begin in the 32 bytes from `AT` on and are in the set.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn windows_in<const AT: usize>(&self, block: &[u8; BLOCK + AHEAD]) -> u32 {
        u32::from_le_bytes([
            self.eight_windows::<AT, 0>(block),
            self.eight_windows::<AT, 8>(block),
            self.eight_windows::<AT, 16>(block),
            self.eight_windows::<AT, 24>(block),
        ])
    }

    /// The same of the eight windows that begin in the eight bytes from `AT + BY` on.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn eight_windows<const AT: usize, const BY: usize>(&self, block: &[u8; BLOCK + AHEAD]) -> u8 {
        let spread = _mm256_setr_epi8(
            0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10,
        );
        let windows = _mm256_shuffle_epi8(sixteen::<AT, BY>(block), spread);
        let folded = _mm256_or_si256(windows, _mm256_set1_epi32(FOLD as i32));
        let hash = _mm256_mullo_epi32(folded, _mm256_set1_epi32(SPREAD as i32));
        const { assert!(SET_WORDS.ilog2() == SET_BITS - 5) };
        let word = _mm256_srli_epi32::<{ 32 - SET_BITS as i32 + 5 }>(hash);
        // SAFETY: `word` holds the upper `SET_BITS - 5` bits of 32, so each lane is less than the `SET_WORDS` words that there
        // are, as the assertion says when this is compiled.
        let words = unsafe { _mm256_i32gather_epi32::<4>(self.windows.as_ptr().cast::<i32>(), word) };
        // The bit becomes the sign of its lane.
        let bit = _mm256_srli_epi32::<{ 32 - SET_BITS as i32 }>(hash);
        let up = _mm256_andnot_si256(bit, _mm256_set1_epi32(31));
        _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(words, up))) as u8
    }

    /// The low and the high halves of bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn split(&self, bytes: __m256i) -> [__m256i; 2] {
        let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), self.low_half);
        [_mm256_and_si256(bytes, self.low_half), high]
    }
}

/// What both tables say: one of the low, one of the high halves of bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn of_both([of_low, of_high]: [__m256i; 2], [low, high]: [__m256i; 2]) -> __m256i {
    _mm256_and_si256(_mm256_shuffle_epi8(of_low, low), _mm256_shuffle_epi8(of_high, high))
}

#[inline]
#[target_feature(enable = "avx2")]
fn bits(mask: __m256i) -> u32 {
    _mm256_movemask_epi8(mask) as u32
}

/// 32 bytes of a block, from `AT + BY` on.
#[inline]
#[target_feature(enable = "avx2")]
fn load<const AT: usize, const BY: usize>(block: &[u8; BLOCK + AHEAD]) -> __m256i {
    const { assert!(AT + BY + HALF <= BLOCK + AHEAD) };
    // SAFETY: the 32 bytes lie inside `block`, as the assertion above says when this is compiled. The load needs no
    // alignment, and every pattern of bits is a vector.
    unsafe { _mm256_loadu_si256(block.as_ptr().add(AT + BY).cast::<__m256i>()) }
}

/// 16 bytes of a block, from `AT + BY` on, in both halves of a vector.
#[inline]
#[target_feature(enable = "avx2")]
fn sixteen<const AT: usize, const BY: usize>(block: &[u8; BLOCK + AHEAD]) -> __m256i {
    const { assert!(AT + BY + 16 <= BLOCK + AHEAD) };
    // SAFETY: the 16 bytes lie inside `block`, as the assertion above says when this is compiled. The load needs no
    // alignment, and every pattern of bits is a vector.
    let bytes = unsafe { _mm_loadu_si128(block.as_ptr().add(AT + BY).cast::<__m128i>()) };
    _mm256_broadcastsi128_si256(bytes)
}

/// A table of 16 bytes in both halves of a vector.
#[inline]
#[target_feature(enable = "avx2")]
fn twice(table: &[u8; 16]) -> __m256i {
    // SAFETY: reads the 16 bytes of `table`. The load needs no alignment, and every pattern of bits is a vector.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(table.as_ptr().cast::<__m128i>()) })
}
