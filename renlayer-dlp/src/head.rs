//! The first eight bytes of a word, compared at once: most words that begin with the same one or two bytes go on otherwise.

/// What a text begins with, and how many of the eight bytes it has.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    bytes: u64,
    mask: u64,
}

impl Head {
    /// So many bytes it has at most.
    pub(crate) const LENGTH: usize = size_of::<u64>();

    #[inline]
    pub(crate) fn of(text: &[u8]) -> Self {
        let unset = u64::BITS - 8 * text.len().min(8) as u32;
        Self { bytes: first_eight(text), mask: u64::MAX.unbounded_shr(unset) }
    }

    /// As [`Head::of`] a word, when the crate is compiled.
    pub(crate) const fn of_word(word: &str) -> Self {
        let (mut rest, mut head, mut at) = (word.as_bytes(), Self { bytes: 0, mask: 0 }, 0);
        while let ([byte, tail @ ..], true) = (rest, at < u64::BITS) {
            head.bytes |= (*byte as u64) << at;
            head.mask |= 0xff << at;
            (rest, at) = (tail, at + 8);
        }
        head
    }

    /// The same of letters in either case.
    #[inline]
    pub(crate) const fn folded(self) -> Self {
        Self { bytes: self.bytes | u64::from_le_bytes([0x20; 8]), ..self }
    }

    /// Whether a text that begins with `other` may begin with this one.
    #[inline]
    pub(crate) fn may_begin(self, other: Self) -> bool {
        (other.bytes ^ self.bytes) & self.mask == 0
    }
}

/// A short word in lower case, compared with a text in either case at once.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    word: Head,
    /// The bit of the case of each of its letters.
    case: u64,
}

impl Short {
    /// Of a word in lower case, where it has no more than eight bytes.
    pub(crate) fn of(word: &[u8]) -> Option<Self> {
        let case = |byte: u8| u8::from(byte.is_ascii_alphabetic()) << 5;
        let case = word.iter().rev().fold(0, |eight, byte| eight << 8 | u64::from(case(*byte)));
        (word.len() <= Head::LENGTH).then(|| Self { word: Head::of(word), case })
    }

    /// Whether a text that begins with `head` begins with the word.
    #[inline]
    pub(crate) fn begins(self, head: Head) -> bool {
        self.word.may_begin(Head { bytes: head.bytes | self.case, ..head })
    }
}

/// The first eight bytes, the first of them the lowest; zeros where there are none.
#[inline]
pub(crate) fn first_eight(text: &[u8]) -> u64 {
    if let Some(eight) = text.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    text.iter().rev().fold(0, |eight, byte| eight << 8 | u64::from(*byte))
}
