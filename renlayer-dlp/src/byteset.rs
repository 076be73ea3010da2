//! A set of bytes, tested with one shift.

/// A set of bytes. Built in `const` context from ranges and single bytes.
///
/// ```
/// use renlayer_dlp::detector::ByteSet;
/// const HEX: ByteSet = ByteSet::EMPTY.range(b'0', b'9').range(b'a', b'f');
/// assert!(HEX.has(b'c') && !HEX.has(b'g'));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct ByteSet([u64; 4]);

/// A text of so many bytes takes longer than all its marks.
const LONG: usize = 48;

impl ByteSet {
    /// No byte.
    pub const EMPTY: Self = Self([0; 4]);
    /// Every byte.
    pub const ALL: Self = Self([u64::MAX; 4]);
    /// `0` to `9`.
    pub const DIGIT: Self = Self::EMPTY.range(b'0', b'9');
    /// `A` to `Z`.
    pub const UPPER: Self = Self::EMPTY.range(b'A', b'Z');
    /// `a` to `z`.
    pub const LOWER: Self = Self::EMPTY.range(b'a', b'z');
    /// ASCII letters.
    pub const ALPHA: Self = Self::UPPER.or(Self::LOWER);
    /// ASCII letters and digits: base62.
    pub const ALNUM: Self = Self::ALPHA.or(Self::DIGIT);
    /// Letters, digits and `_`: what `\w` means in ASCII.
    pub const WORD: Self = Self::ALNUM.with(b"_");
    /// Lower-case hexadecimal.
    pub const HEX_LOWER: Self = Self::DIGIT.range(b'a', b'f');
    /// Hexadecimal of either case.
    pub const HEX: Self = Self::HEX_LOWER.range(b'A', b'F');
    /// Base64 without padding.
    pub const BASE64: Self = Self::ALNUM.with(b"+/");
    /// URL-safe base64 without padding.
    pub const BASE64URL: Self = Self::ALNUM.with(b"-_");
    /// Upper-case base32 without padding.
    pub const BASE32: Self = Self::UPPER.range(b'2', b'7');
    /// Space, tab, line feed, carriage return.
    pub const SPACE: Self = Self::EMPTY.with(b" \t\r\n");

    /// What stands in no token: control characters, spaces, quotes, brackets (angles among them), commas and semicolons.
    pub const BREAK: Self = Self::EMPTY.range(0, b' ').with(b"\"'(),;<>[]{}");

    /// With the bytes from `first` to `last`, both included.
    #[must_use]
    pub const fn range(self, first: u8, last: u8) -> Self {
        // Without a loop: where a set is made at run time after all, the compiler folds this away.
        let (to, from) = (Self::below(last as u32 + 1), Self::below(first as u32));
        let ([a, b, c, d], [e, f, g, h]) = (to.0, from.0);
        self.or(Self([a & !e, b & !f, c & !g, d & !h]))
    }

    /// The first `n` bytes.
    const fn below(n: u32) -> Self {
        const fn word(n: u32, from: u32) -> u64 {
            match n.saturating_sub(from) {
                64.. => u64::MAX,
                n => (1 << n) - 1,
            }
        }
        Self([word(n, 0), word(n, 64), word(n, 128), word(n, 192)])
    }

    /// The bytes of a text. As [`ByteSet::with`] says, and faster where the text is only known at run time: no byte waits for the one
    /// before.
    pub(crate) fn of(text: &[u8]) -> Self {
        if text.len() >= LONG {
            return Self::of_long(text);
        }
        let mut set = Self::EMPTY;
        for byte in text {
            let bit = 1 << (byte & 63);
            for (word, nth) in set.0.iter_mut().zip(0..) {
                *word |= if byte >> 6 == nth { bit } else { 0 };
            }
        }
        set
    }

    /// The same by a mark for each, of which eight at a time become bits.
    #[allow(clippy::indexing_slicing, reason = "there is a mark for each byte")]
    fn of_long(text: &[u8]) -> Self {
        const GATHER: u64 = 0x0102_0408_1020_4080;
        let mut marks = [0_u8; 256];
        for byte in text {
            marks[usize::from(*byte)] = 1;
        }
        let mut set = Self::EMPTY;
        for (word, marks) in set.0.iter_mut().zip(marks.as_chunks::<64>().0) {
            for (eight, nth) in marks.as_chunks::<8>().0.iter().zip(0..) {
                *word |= (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (8 * nth);
            }
        }
        set
    }

    /// With each of `bytes`.
    #[must_use]
    pub const fn with(self, bytes: &[u8]) -> Self {
        let mut set = self;
        let mut rest = bytes;
        while let [byte, tail @ ..] = rest {
            set = set.insert(*byte);
            rest = tail;
        }
        set
    }

    /// Without each of `bytes`.
    #[must_use]
    pub const fn without(self, bytes: &[u8]) -> Self {
        self.not().with(bytes).not()
    }

    /// Both sets together.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([a | e, b | f, c | g, d | h])
    }

    /// Every byte that is not in this set.
    #[must_use]
    pub const fn not(self) -> Self {
        let [a, b, c, d] = self.0;
        Self([!a, !b, !c, !d])
    }

    /// Whether any byte is in both.
    #[inline]
    pub(crate) const fn meets(self, other: Self) -> bool {
        let (Self([a, b, c, d]), Self([e, f, g, h])) = (self, other);
        a & e != 0 || b & f != 0 || c & g != 0 || d & h != 0
    }

    /// Whether `byte` is in the set.
    #[must_use]
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "a byte shifted right by six is below four")]
    pub const fn has(&self, byte: u8) -> bool {
        self.0[(byte >> 6) as usize] >> (byte & 63) & 1 == 1
    }

    /// The bytes in the set.
    pub fn iter(&self) -> impl Iterator<Item = u8> {
        let set = *self;
        (0..=u8::MAX).filter(move |&byte| set.has(byte))
    }

    /// Whether no byte is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    #[allow(clippy::indexing_slicing, reason = "a byte shifted right by six is below four")]
    const fn insert(mut self, byte: u8) -> Self {
        self.0[(byte >> 6) as usize] |= 1 << (byte & 63);
        self
    }
}

impl std::fmt::Debug for ByteSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(char::from)).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_set_holds_what_it_was_made_of(bytes in prop::collection::vec(any::<u8>(), 0..90), first: u8, last: u8) {
            let (set, with, range) =
                (ByteSet::of(&bytes), ByteSet::EMPTY.with(&bytes), ByteSet::EMPTY.range(first, last));
            for byte in 0..=u8::MAX {
                prop_assert_eq!((set.has(byte), with.has(byte)), (bytes.contains(&byte), bytes.contains(&byte)));
                prop_assert_eq!(range.has(byte), (first..=last).contains(&byte));
            }
        }
    }
}
