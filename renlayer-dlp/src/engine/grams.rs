//! Three or four bytes of a literal, with the case of letters folded away, and sets of them.

/// Bytes of a literal by which it is found.
pub(super) const GRAM: usize = 3;

/// A set that may hold what was not put in, and holds all that was: one bit for each hash.
pub(super) struct Grams {
    words: Box<[u64]>,
    shift: u32,
}

impl Grams {
    /// For about so many; it stays small enough for the cache that is near.
    pub(super) fn new(count: usize) -> Self {
        let bits = (count * 64).next_power_of_two().trailing_zeros().clamp(8, 16);
        Self { words: vec![0; 1 << (bits - 6)].into(), shift: 32 - bits }
    }

    #[inline]
    pub(super) fn has(&self, gram: u32) -> bool {
        let hash = self.hash(gram);
        self.words.get((hash >> 6) as usize).is_some_and(|word| word >> (hash & 63) & 1 == 1)
    }

    pub(super) fn insert(&mut self, gram: u32) {
        let hash = self.hash(gram);
        if let Some(word) = self.words.get_mut((hash >> 6) as usize) {
            *word |= 1 << (hash & 63);
        }
    }

    #[inline]
    fn hash(&self, gram: u32) -> u32 {
        gram.wrapping_mul(0x9E37_79B1) >> self.shift
    }
}

/// Three bytes with the case of letters folded away.
#[inline]
pub(super) fn gram_at(bytes: &[u8], at: usize) -> Option<u32> {
    let [a, b, c] = *bytes.get(at..at + GRAM)?.first_chunk::<GRAM>()?;
    Some(u32::from_le_bytes([a, b, c, 0]) | 0x0020_2020)
}

/// Four bytes, with zeros for what is not there.
#[inline]
pub(super) fn four_at(bytes: &[u8], at: usize) -> [u8; 4] {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut four = [0; 4];
        four.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
        four
    })
}

/// The same of four bytes.
#[inline]
pub(super) fn folded(four: [u8; 4]) -> u32 {
    u32::from_le_bytes(four) | 0x2020_2020
}

#[inline]
pub(super) const fn fold(byte: u8) -> u8 {
    byte | 0x20
}
