//! AVX-512, on x86-64: a whole block at a time. Bytes are looked up in tables of 64 entries, each in one step.

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_add_epi16, _mm256_cvtepu8_epi16, _mm256_loadu_si256,
    _mm256_maskz_compress_epi16, _mm256_set1_epi16, _mm256_storeu_si256, _mm512_and_si512,
    _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask, _mm512_cmple_epu8_mask, _mm512_cmplt_epu8_mask,
    _mm512_cvtepu16_epi32, _mm512_extracti32x4_epi32, _mm512_gf2p8affine_epi64_epi8, _mm512_i32gather_epi32,
    _mm512_loadu_si512, _mm512_mask_blend_epi8, _mm512_mask_cmple_epu32_mask, _mm512_mask_i32gather_epi32,
    _mm512_mask_test_epi32_mask, _mm512_maskz_compress_epi8, _mm512_movepi8_mask, _mm512_mullo_epi32,
    _mm512_or_si512, _mm512_permutex2var_epi8, _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_set1_epi32,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_sllv_epi32, _mm512_srli_epi32, _mm512_sub_epi8,
    _mm512_test_epi8_mask,
};
use std::sync::LazyLock;

use crate::engine::places::Places;
use crate::engine::sieve::wide::{Banks, ENTRIES, entry};
use crate::engine::sieve::{
    AHEAD, BLOCK, BREAK, Blocks, DIGIT, FOLD, GIVE, Lists, Marks, Masks, SET_BITS, SET_WORDS, SINGLE, SPREAD,
    Sieve, WINDOW, Wide, each_of,
};
use crate::view::{LAST_BREAK, Shown, Sight, Signals, each_block};

/// Answers, if the machine can.
pub(super) fn fill(sieve: &Sieve, bytes: &[u8], masks: &mut [Masks]) -> bool {
    let can = can();
    if can {
        // SAFETY: `by_avx512` asks for nothing but the kinds of AVX-512 that `can` has just asked the machine for.
        unsafe { by_avx512(sieve, bytes, masks) };
    }
    can
}

/// Tells where literals may stand, if the machine can.
pub(super) fn windows(sieve: &Sieve, bytes: &[u8], masks: &mut [Masks], blocks: [u64; 2]) -> bool {
    let can = can();
    if can {
        // SAFETY: `windows_by_avx512` asks for nothing but the kinds of instructions that `can` has just asked the machine for.
        unsafe { windows_by_avx512(&sieve.wide, bytes, masks, blocks) };
    }
    can
}

/// Lists the places of blocks, if the machine can.
pub(super) fn list(sieve: &Sieve, bytes: &[u8], blocks: Blocks<'_>, lists: &mut Lists) -> bool {
    let can = can();
    if can {
        // SAFETY: `list_by_avx512` asks for nothing but the kinds of instructions that `can` has just asked the machine for.
        unsafe { list_by_avx512(sieve, bytes, blocks, lists) };
    }
    can
}

#[target_feature(enable = "avx512bw,avx512vl,avx512vbmi2,bmi1,popcnt")]
fn list_by_avx512(sieve: &Sieve, bytes: &[u8], blocks: Blocks<'_>, lists: &mut Lists) {
    let keep = |places: &mut _, bytes: &_, set: &_| keep(places, bytes, set);
    sieve.list_each(bytes, blocks, lists, |places, base, bits| add(places, base, bits), keep);
}

/// Keeps the places of `bytes` whose windows are in a set, sixteen at a time: their bytes are gathered, and then the words of the set.
#[inline]
#[target_feature(enable = "avx512bw,avx512vl,avx512vbmi2,popcnt")]
fn keep(places: &mut Places, bytes: &[u8], set: &[u32; SET_WORDS]) {
    const { assert!(SET_WORDS.ilog2() == SET_BITS - 5 && size_of::<u32>() == WINDOW) };
    let Some(last) = bytes.len().checked_sub(WINDOW) else { return places.cut(0) };
    // Places have sixteen bits.
    let last = _mm512_set1_epi32(last.min(usize::from(u16::MAX)) as i32);
    let (slots, count) = places.slots();
    let mut kept = 0;
    for from in (0..count).step_by(ROW_OF_PLACES) {
        let Some(row) = slots.get(from..).and_then(<[u16]>::first_chunk) else { break };
        let row = load_row(row);
        let places = _mm512_cvtepu16_epi32(row);
        let is_listed = u16::MAX >> (ROW_OF_PLACES - (count - from).min(ROW_OF_PLACES));
        let is_there = _mm512_mask_cmple_epu32_mask(is_listed, places, last);
        // SAFETY: reads four bytes in each lane that `is_there`, at a place that is no greater than `last`, after which there are four.
        let windows = unsafe {
            _mm512_mask_i32gather_epi32::<1>(_mm512_setzero_si512(), is_there, places, bytes.as_ptr().cast())
        };
        let folded = _mm512_or_si512(windows, _mm512_set1_epi32(FOLD as i32));
        let hash = _mm512_mullo_epi32(folded, _mm512_set1_epi32(SPREAD as i32));
        let word = _mm512_srli_epi32::<{ u32::BITS - SET_BITS + 5 }>(hash);
        // SAFETY: `word` holds the upper `SET_BITS - 5` bits of 32, so each lane is less than the `SET_WORDS` words that there are, as the
        // assertion says when this is compiled.
        let words = unsafe { _mm512_i32gather_epi32::<4>(word, set.as_ptr().cast()) };
        let bit =
            _mm512_and_si512(_mm512_srli_epi32::<{ u32::BITS - SET_BITS }>(hash), _mm512_set1_epi32(31));
        let is_in =
            _mm512_mask_test_epi32_mask(is_there, words, _mm512_sllv_epi32(_mm512_set1_epi32(1), bit));
        if let Some(slots) = slots.get_mut(kept..).and_then(<[u16]>::first_chunk_mut) {
            store(slots, _mm256_maskz_compress_epi16(is_in, row));
        }
        kept += is_in.count_ones() as usize;
    }
    places.cut(kept);
}

/// So many places are looked at together.
const ROW_OF_PLACES: usize = 16;

/// Adds the places of a block at `base`: the bytes of a row of places that have a bit are moved together.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi2,popcnt")]
fn add(places: &mut Places, base: usize, bits: u64) {
    const { assert!(BLOCK < u8::MAX as usize) };
    let Some(room) = places.room() else { return };
    let inside = _mm512_maskz_compress_epi8(bits, load(&ROW));
    let base = _mm256_set1_epi16(base as i16);
    let count = bits.count_ones() as usize;
    let (quarters, _) = room.as_chunks_mut();
    let [first, second, third, fourth] = quarters else { return };
    // Mostly there are few, and a short store is seldom one to two lines of the cache.
    let store = |slots: &mut _, inside| store(slots, _mm256_add_epi16(_mm256_cvtepu8_epi16(inside), base));
    store(first, _mm512_castsi512_si128(inside));
    if count > first.len() {
        store(second, _mm512_extracti32x4_epi32::<1>(inside));
        store(third, _mm512_extracti32x4_epi32::<2>(inside));
        store(fourth, _mm512_extracti32x4_epi32::<3>(inside));
    }
    places.added(count);
}

/// The places of a block.
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const ROW: [u8; BLOCK] = {
    let mut row = [0; BLOCK];
    let mut place = 0;
    while place < BLOCK {
        row[place] = place as u8;
        place += 1;
    }
    row
};

/// Tells the marks of each block, if the machine can.
pub(super) fn marks(blocks: &[[u8; BLOCK]], marks: &mut [Marks]) -> bool {
    let can = can();
    if can {
        // SAFETY: `marks_by_avx512` asks for nothing but AVX-512BW, which `can` has just asked the machine for.
        unsafe { marks_by_avx512(blocks, marks) };
    }
    can
}

#[target_feature(enable = "avx512bw")]
fn marks_by_avx512(blocks: &[[u8; BLOCK]], marks: &mut [Marks]) {
    for (block, marks) in blocks.iter().zip(marks) {
        let bytes = load(block);
        let is = |mark: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(mark as i8));
        *marks = Marks { quotes: is(b'"'), backslashes: is(b'\\') };
    }
}

/// Says of each block what it shows of other readings at first sight, if the machine can.
pub(super) fn signs(before: &[u8; BLOCK], blocks: &[[u8; BLOCK]], signs: &mut [Signals]) -> bool {
    let can = can();
    if can {
        // SAFETY: `signs_by_avx512` asks for nothing but the kinds of AVX-512 that `can` has just asked the machine for.
        unsafe { signs_by_avx512(before, blocks, signs) };
    }
    can
}

/// Whether the machine has what is used here: all that does came after 2019.
#[inline]
fn can() -> bool {
    // Asked several times for each text, and it is many questions.
    static CAN: LazyLock<bool> = LazyLock::new(has_all);
    *CAN
}

fn has_all() -> bool {
    std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("avx512vbmi")
        && std::arch::is_x86_feature_detected!("avx512vbmi2")
        && std::arch::is_x86_feature_detected!("gfni")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt")
}

#[target_feature(enable = "avx512bw,bmi1,lzcnt,popcnt")]
fn signs_by_avx512(before: &[u8; BLOCK], blocks: &[[u8; BLOCK]], signs: &mut [Signals]) {
    each_block(before, blocks, signs, |block| sight(load(block)), |block| shown(load(block)));
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn sight(bytes: __m512i) -> Sight {
    Sight {
        foreign: _mm512_movepi8_mask(bytes),
        escapes: _mm512_cmple_epu8_mask(after(bytes, b'%'), all(1)),
        breaks: _mm512_cmple_epu8_mask(bytes, all(LAST_BREAK)),
        digits: _mm512_cmplt_epu8_mask(after(bytes, b'0'), all(10)),
    }
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn shown(bytes: __m512i) -> Shown {
    let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, all(byte));
    let digits = _mm512_cmplt_epu8_mask(after(bytes, b'0'), all(10));
    let letter = after(_mm512_or_si512(bytes, all(0x20)), b'a');
    let letters = _mm512_cmplt_epu8_mask(letter, all(26));
    Shown {
        percents: is(b'%'),
        ampersands: is(b'&'),
        hashes: is(b'#'),
        semicolons: is(b';'),
        digits,
        letters,
        hexadecimal: _mm512_cmplt_epu8_mask(letter, all(6)),
        runs: letters | digits | is(b'+') | is(b'-') | is(b'/') | is(b'_'),
        above_digits: !_mm512_cmple_epu8_mask(bytes, all(b'9')),
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn all(byte: u8) -> __m512i {
    _mm512_set1_epi8(byte as i8)
}

/// How far each byte is after the first of some.
#[inline]
#[target_feature(enable = "avx512bw")]
fn after(bytes: __m512i, first: u8) -> __m512i {
    _mm512_sub_epi8(bytes, all(first))
}

#[target_feature(enable = "avx512bw,avx512vbmi")]
fn by_avx512(sieve: &Sieve, bytes: &[u8], masks: &mut [Masks]) {
    let (kinds, _) = sieve.kinds.as_chunks::<BLOCK>();
    let [a, b, c, d] = kinds else { return };
    let kinds = [a, b, c, d].map(|kinds| load(kinds));
    let blocks = (0..).step_by(BLOCK).map_while(|at| bytes.get(at..)?.first_chunk::<{ BLOCK + AHEAD }>());
    for (masks, block) in masks.iter_mut().zip(blocks) {
        let kinds = kinds_of(&kinds, from::<0>(block));
        let is = |kind: u8| _mm512_test_epi8_mask(kinds, _mm512_set1_epi8(kind as i8));
        *masks = Masks {
            digits: is(DIGIT),
            singles: is(SINGLE),
            breaks: is(BREAK),
            gives: is(GIVE),
            ..Masks::default()
        };
    }
}

#[target_feature(enable = "avx512bw,avx512vbmi,gfni,bmi1,bmi2")]
fn windows_by_avx512(wide: &Wide, bytes: &[u8], masks: &mut [Masks], [full, bare]: [u64; 2]) {
    windows_by(&wide.windows, &wide.threes, bytes, masks, full);
    windows_by(&wide.bare, &wide.bare_threes, bytes, masks, bare);
}

/// Tells them in those blocks that have a bit.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi,gfni,bmi1,bmi2")]
fn windows_by<const FOURS: usize, const THREES: usize>(
    fours: &Banks<4, FOURS>,
    threes: &Banks<3, THREES>,
    bytes: &[u8],
    masks: &mut [Masks],
    blocks: u64,
) {
    for nth in each_of(blocks, masks.len()) {
        let there = bytes.get(nth * BLOCK..).and_then(<[u8]>::first_chunk::<{ BLOCK + AHEAD }>);
        let (Some(block), Some(masks)) = (there, masks.get_mut(nth)) else { return };
        let there = [from::<0>(block), from::<1>(block), from::<2>(block), from::<3>(block)];
        let entries = there.map(|bytes| entries(bytes));
        let [first, second, third, _] = entries;
        masks.windows = any_of(fours, entries);
        masks.threes = any_of(threes, [first, second, third]);
    }
}

/// Where some bucket has each of the bytes at its place.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi")]
fn any_of<const PLACES: usize, const BANKS: usize>(
    banks: &Banks<PLACES, BANKS>,
    entries: [__m512i; PLACES],
) -> u64 {
    let mut buckets = _mm512_setzero_si512();
    for bank in banks {
        let mut all = _mm512_set1_epi8(-1);
        for (table, entries) in bank.iter().zip(entries) {
            all = _mm512_and_si512(all, _mm512_permutexvar_epi8(entries, load(table)));
        }
        buckets = _mm512_or_si512(buckets, all);
    }
    _mm512_test_epi8_mask(buckets, buckets)
}

/// The kinds of bytes, by a table of 256 entries.
#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi")]
fn kinds_of([a, b, c, d]: &[__m512i; 4], bytes: __m512i) -> __m512i {
    let [ascii, other] = [_mm512_permutex2var_epi8(*a, bytes, *b), _mm512_permutex2var_epi8(*c, bytes, *d)];
    _mm512_mask_blend_epi8(_mm512_movepi8_mask(bytes), ascii, other)
}

/// The [`entry`] of each byte: its bits are picked by a matrix, of which the last row makes the lowest bit.
#[inline]
#[target_feature(enable = "avx512f,gfni")]
fn entries(bytes: __m512i) -> __m512i {
    const { assert!(entry(0xff) == 0x3f && entry(0x40) == 0x20 && entry(0xa0) == 0 && ENTRIES == BLOCK) };
    let bits = i64::from_be_bytes([1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 6, 0, 0]);
    _mm512_gf2p8affine_epi64_epi8::<0>(bytes, _mm512_set1_epi64(bits))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_row(slots: &[u16; ROW_OF_PLACES]) -> __m256i {
    // SAFETY: reads the 32 bytes of `slots`. The load needs no alignment, and every pattern of bits is a vector.
    unsafe { _mm256_loadu_si256(slots.as_ptr().cast::<__m256i>()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(slots: &mut [u16; ROW_OF_PLACES], places: __m256i) {
    // SAFETY: writes the 32 bytes of `slots`. The store needs no alignment, and every pattern of bits is a place.
    unsafe { _mm256_storeu_si256(slots.as_mut_ptr().cast::<__m256i>(), places) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(block: &[u8; BLOCK]) -> __m512i {
    // SAFETY: reads the 64 bytes of `block`. The load needs no alignment, and every pattern of bits is a vector.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast::<__m512i>()) }
}

/// As many bytes from `AT` on.
#[inline]
#[target_feature(enable = "avx512f")]
fn from<const AT: usize>(block: &[u8; BLOCK + AHEAD]) -> __m512i {
    const { assert!(AT <= AHEAD) };
    // SAFETY: the 64 bytes lie inside `block`, as the assertion above says when this is compiled. The load needs no
    // alignment, and every pattern of bits is a vector.
    unsafe { _mm512_loadu_si512(block.as_ptr().add(AT).cast::<__m512i>()) }
}
