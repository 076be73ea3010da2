//! Where a literal may stand: two table lookups for every second byte.
//!
//! A window is four bytes, taken at even places: its two halves are looked up in two tables of bit sets, and where both
//! hold one bit, a literal of that bucket may stand there. A literal that begins at an odd place is seen by the window one
//! byte later, through its second to fifth byte. So no window looks at more than two cache lines, nothing is hashed, and
//! there is one branch for eight bytes.

/// Bytes that are marked at a time.
pub(super) const BLOCK: usize = 64;
/// Bytes after a block that its windows look at.
pub(super) const AHEAD: usize = 8;

/// Bytes that have to be there for a pass to see a literal, wherever it begins.
pub(crate) const SIGHT: usize = 5;

/// Literals of three bytes leave half of their windows open; they have a bucket to themselves, whose second half is any.
const SHORT: u8 = 1 << 7;
const LONG_BUCKETS: u32 = 7;

/// The tables, indexed by two bytes in the order of memory.
pub(super) struct Windows {
    first: Box<[u8; 1 << 16]>,
    second: Box<[u8; 1 << 16]>,
    is_empty: bool,
    has_short: bool,
}

/// What the windows of a block say.
pub(super) struct Marks {
    /// The places in the block where a literal may begin.
    pub(super) marks: u64,
    /// Whether one may begin just before the block.
    pub(super) before: bool,
}

impl Windows {
    pub(super) fn new() -> Self {
        Self { first: table(), second: table(), is_empty: true, has_short: false }
    }

    pub(super) fn insert(&mut self, literal: &[u8], either_case: bool) {
        let byte = |i: usize| literal.get(i).copied();
        let bucket = match literal {
            [a, b, _, _, ..] => 1 << ((u32::from(a | 0x20) * 31 + u32::from(b | 0x20)) % LONG_BUCKETS),
            _ => SHORT,
        };
        self.is_empty = false;
        if bucket == SHORT && !std::mem::replace(&mut self.has_short, true) {
            self.second.iter_mut().for_each(|bits| *bits |= SHORT);
        }
        for begin in [0, 1] {
            add(&mut self.first, [byte(begin), byte(begin + 1)], either_case, bucket);
            if bucket != SHORT {
                add(&mut self.second, [byte(begin + 2), byte(begin + 3)], either_case, bucket);
            }
        }
    }

    /// Looks at the windows that begin in the first `length` bytes of a block, four windows to eight bytes.
    #[inline]
    pub(super) fn marks(&self, block: &[u8; BLOCK + AHEAD], length: usize) -> Marks {
        let (eights, _) = block.as_chunks::<8>();
        let mut hits = 0u64;
        if !self.is_empty {
            let groups = eights.iter().zip(eights.iter().skip(1)).take(length.div_ceil(8));
            for ((eight, next), at) in groups.zip((0..BLOCK).step_by(8)) {
                let [a, b, c, d] = self.group(u64::from_le_bytes(*eight), u64::from_le_bytes(*next));
                if a | b | c | d != 0 {
                    let each = [(a, 0), (b, 2), (c, 4), (d, 6)];
                    hits |= each
                        .into_iter()
                        .fold(0, |hits, (bits, place)| hits | u64::from(bits != 0) << (at + place));
                }
            }
        }
        Marks { marks: hits | hits >> 1, before: hits & 1 == 1 }
    }

    #[inline]
    #[allow(clippy::indexing_slicing, reason = "two bytes index a table of 2^16")]
    fn group(&self, eight: u64, next: u64) -> [u8; 4] {
        let half = |shifted: u64| (shifted & 0xffff) as usize;
        let [a, b, c, d, e] =
            [half(eight), half(eight >> 16), half(eight >> 32), half(eight >> 48), half(next)];
        [
            self.first[a] & self.second[b],
            self.first[b] & self.second[c],
            self.first[c] & self.second[d],
            self.first[d] & self.second[e],
        ]
    }
}

fn table() -> Box<[u8; 1 << 16]> {
    vec![0; 1 << 16].into_boxed_slice().try_into().unwrap_or_else(|_| Box::new([0; 1 << 16]))
}

/// Sets the bucket for a pair of bytes; one that the literal does not have may be any.
fn add(table: &mut [u8; 1 << 16], pair: [Option<u8>; 2], either_case: bool, bucket: u8) {
    let [firsts, seconds] = pair.map(|byte| spellings(byte, either_case));
    for second in seconds {
        for first in firsts.clone() {
            if let Some(bits) = table.get_mut(usize::from(u16::from_le_bytes([first, second]))) {
                *bits |= bucket;
            }
        }
    }
}

/// The bytes that may stand for one of a literal: itself, its other case, or, for none, any.
fn spellings(byte: Option<u8>, either_case: bool) -> impl Iterator<Item = u8> + Clone {
    let any = byte.is_none().then_some(0..=u8::MAX).into_iter().flatten();
    let other = byte.filter(|_| either_case).map(|byte| byte ^ 0x20).filter(u8::is_ascii_alphabetic);
    any.chain(byte).chain(other)
}
