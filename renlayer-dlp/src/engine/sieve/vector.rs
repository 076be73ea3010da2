//! The sieve by vectors: AVX2 on x86-64, where the machine has it, and NEON on aarch64, where all have it. Elsewhere there is none,
//! and tables are used.
//!
//! The one place in this crate with `unsafe`: loads from memory, and the call into code for a machine that was asked first.
//! What it computes is what [`Sieve::fill_by_table`](super::Sieve) computes, as a test in the module above says.
#![allow(
    unsafe_code,
    reason = "vector instructions are reached in no other way; each block says why it holds"
)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;

#[cfg(target_arch = "x86_64")]
use avx2 as machine;
#[cfg(target_arch = "aarch64")]
use neon as machine;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use none as machine;

pub(super) use machine::fill;
pub(crate) use machine::signs;

/// Not zero where one of four lanes of 16 bits is.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[inline]
fn empty_lanes(bits: u64) -> u64 {
    const ONES: u64 = 0x0001_0001_0001_0001;
    bits.wrapping_sub(ONES) & !bits & ONES << 15
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod none {
    use crate::engine::sieve::{BLOCK, Masks, Sieve};
    use crate::view::Signals;

    pub(in crate::engine::sieve) fn fill(_: &Sieve, _: &[u8], _: &mut [Masks]) -> bool {
        false
    }

    pub(crate) fn signs(_: &[[u8; BLOCK]], _: &mut [Signals]) -> bool {
        false
    }
}
