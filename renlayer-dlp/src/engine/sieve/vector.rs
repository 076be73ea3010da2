//! The sieve by vectors: AVX2 on x86-64, where the machine has it. Elsewhere there is none, and tables are used.
//!
//! The one place in this crate with `unsafe`: loads from memory, and the call into code for a machine that was asked first.
//! What it computes is what [`Sieve::fill_by_table`](super::Sieve) computes, as a test in the module above says.
#![allow(
    unsafe_code,
    reason = "vector instructions are reached in no other way; each block says why it holds"
)]

pub(super) use machine::fill;

#[cfg(target_arch = "x86_64")]
mod machine {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_loadu_si128, _mm256_add_epi8, _mm256_and_si256, _mm256_blendv_epi8,
        _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_srli_epi16,
    };

    use crate::engine::sieve::{AHEAD, BLOCK, GROUPS, Halves, Masks, Sieve, WIDTH};

    const HALF: usize = BLOCK / 2;

    /// Answers, if the machine can.
    #[inline]
    pub(in crate::engine::sieve) fn fill(sieve: &Sieve, bytes: &[u8], masks: &mut [Masks]) -> bool {
        let can = std::arch::is_x86_feature_detected!("avx2");
        if can {
            // SAFETY: `by_avx2` asks for nothing but that the machine has AVX2, which was just asked.
            unsafe { by_avx2(sieve, bytes, masks) };
        }
        can
    }

    #[target_feature(enable = "avx2")]
    fn by_avx2(sieve: &Sieve, bytes: &[u8], masks: &mut [Masks]) {
        let tables = Tables::new(sieve);
        let blocks = (0..).step_by(BLOCK).map_while(|at| bytes.get(at..)?.first_chunk::<{ BLOCK + AHEAD }>());
        for (masks, block) in masks.iter_mut().zip(blocks) {
            let [a, b] = [tables.half::<0>(block), tables.half::<HALF>(block)];
            *masks = Masks {
                windows: join(a.windows, b.windows),
                digits: join(a.digits, b.digits),
                singles: join(a.singles, b.singles),
                marks: join(a.marks, b.marks),
            };
        }
    }

    fn join(low: u32, high: u32) -> u64 {
        u64::from(low) | u64::from(high) << HALF
    }

    /// One bit for each of 32 places.
    struct Bits {
        windows: u32,
        digits: u32,
        singles: u32,
        marks: u32,
    }

    struct Tables {
        groups: [[[__m256i; 2]; WIDTH]; GROUPS],
        rows: [__m256i; 2],
        /// For the high half of a byte, the bit of its row.
        bit: __m256i,
        low_half: __m256i,
    }

    impl Tables {
        #[inline]
        #[target_feature(enable = "avx2")]
        fn new(sieve: &Sieve) -> Self {
            let halves = |halves: &Halves| [twice(&halves.low), twice(&halves.high)];
            let group = |group: &[Halves; WIDTH]| [halves(&group[0]), halves(&group[1]), halves(&group[2])];
            let [low, high] = &sieve.rows;
            Self {
                groups: [group(&sieve.groups[0]), group(&sieve.groups[1])],
                rows: [twice(low), twice(high)],
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
            let mut buckets = self.buckets::<0>(low, high);
            let [low_1, high_1] = self.split(load::<AT, 1>(block));
            buckets = and(buckets, self.buckets::<1>(low_1, high_1));
            let [low_2, high_2] = self.split(load::<AT, 2>(block));
            let [a, b] = and(buckets, self.buckets::<2>(low_2, high_2));
            let zero = _mm256_setzero_si256();
            let none = _mm256_cmpeq_epi8(_mm256_or_si256(a, b), zero);

            // Shifted so that the ten digits, and they alone, are the least of signed bytes.
            let shifted = _mm256_add_epi8(bytes, _mm256_set1_epi8((0x80 - b'0') as i8));
            let digits = _mm256_cmpgt_epi8(_mm256_set1_epi8(-0x80 + 10), shifted);

            let [rows_low, rows_high] = self.rows.map(|rows| _mm256_shuffle_epi8(rows, low));
            let row = _mm256_blendv_epi8(rows_low, rows_high, bytes);
            let no_single =
                _mm256_cmpeq_epi8(_mm256_and_si256(row, _mm256_shuffle_epi8(self.bit, high)), zero);

            let is = |byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte as i8));
            Bits {
                windows: !bits(none),
                digits: bits(digits),
                singles: !bits(no_single),
                marks: bits(_mm256_or_si256(is(b'"'), is(b'\\'))),
            }
        }

        /// The buckets that have these bytes at a place of their windows.
        #[inline]
        #[target_feature(enable = "avx2")]
        #[allow(clippy::indexing_slicing, reason = "checked when this is compiled")]
        fn buckets<const PLACE: usize>(&self, low: __m256i, high: __m256i) -> [__m256i; GROUPS] {
            const { assert!(PLACE < WIDTH) };
            self.groups.map(|group| {
                let [of_low, of_high] = group[PLACE];
                _mm256_and_si256(_mm256_shuffle_epi8(of_low, low), _mm256_shuffle_epi8(of_high, high))
            })
        }

        /// The low and the high halves of bytes.
        #[inline]
        #[target_feature(enable = "avx2")]
        fn split(&self, bytes: __m256i) -> [__m256i; 2] {
            let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), self.low_half);
            [_mm256_and_si256(bytes, self.low_half), high]
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn and([a, b]: [__m256i; GROUPS], [c, d]: [__m256i; GROUPS]) -> [__m256i; GROUPS] {
        [_mm256_and_si256(a, c), _mm256_and_si256(b, d)]
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

    /// A table of 16 bytes in both halves of a vector.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn twice(table: &[u8; 16]) -> __m256i {
        // SAFETY: reads the 16 bytes of `table`. The load needs no alignment, and every pattern of bits is a vector.
        _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(table.as_ptr().cast::<__m128i>()) })
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod machine {
    use crate::engine::sieve::{Masks, Sieve};

    pub(in crate::engine::sieve) fn fill(_: &Sieve, _: &[u8], _: &mut [Masks]) -> bool {
        false
    }
}
