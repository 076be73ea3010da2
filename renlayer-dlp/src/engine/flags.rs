//! Which bytes of a block are of some kind, first as one byte each, then as one bit.

use super::window::{AHEAD, BLOCK};

/// Sets `kind` where the test holds; written so that the compiler makes vectors of it.
#[inline]
pub(super) fn flag(
    flags: &mut [u8; BLOCK],
    block: &[u8; BLOCK + AHEAD],
    kind: u8,
    test: impl Fn(u8) -> bool,
) {
    for (flag, &byte) in flags.iter_mut().zip(block) {
        *flag |= kind * u8::from(test(byte));
    }
}

/// The places that have `kind`.
#[inline]
pub(super) fn gather(flags: &[u8; BLOCK], kind: u8) -> u64 {
    let (eights, _) = flags.as_chunks::<8>();
    let ones = |eight: &[u8; 8]| u64::from_le_bytes(*eight) >> kind.trailing_zeros() & 0x0101_0101_0101_0101;
    // Eight bytes of 0 or 1 into eight bits, by one multiplication.
    let bits = |eight: &[u8; 8]| ones(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().rev().fold(0, |mask, eight| mask << 8 | bits(eight))
}
