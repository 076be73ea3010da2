//! The sieve by vectors: AVX-512 or AVX2 on x86-64, where the machine has them, and NEON on aarch64, where all have it. Elsewhere there
//! is none, and tables are used.
//!
//! The one place in this crate with `unsafe`: loads, gathers and stores, and the call into code for a machine that was asked first.
//! What it computes is what [`Sieve::fill_by_table`](super::Sieve) computes, but for the places that wide tables let through: these are told one by
//! one in the test of the module above that says so.
#![allow(
    unsafe_code,
    reason = "vector instructions are reached in no other way; each block says why it holds"
)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;

use super::{BLOCK, Blocks, Lists, Marks, Masks, Sieve};
use crate::view::Signals;

type Block = [u8; BLOCK];
/// With a bit for each block that is looked through for all literals, and for each that is bare.
type Windows = fn(&Sieve, &[u8], &mut [Masks], [u64; 2]) -> bool;
type List = fn(&Sieve, &[u8], Blocks<'_>, &mut Lists) -> bool;

/// One kind of vectors. Each answers, and says whether it could: the machine may not have it.
pub(super) struct Machine {
    /// Fills [`Masks`] for as many blocks, of which there are [`AHEAD`](super::AHEAD) bytes more.
    pub(super) fill: fn(&Sieve, &[u8], &mut [Masks]) -> bool,
    /// Tells the places of literals afterwards, if that costs less in bare blocks.
    pub(super) windows: Option<Windows>,
    /// [Lists] the places of blocks that were filled.
    pub(super) list: List,
    /// Tells the [`Marks`] of blocks.
    pub(super) marks: fn(&[Block], &mut [Marks]) -> bool,
    /// Says of each block, after the first one given, what it shows of other readings.
    pub(super) signs: fn(&Block, &[Block], &mut [Signals]) -> bool,
    /// Whether it looks whole bytes up in wide tables.
    #[cfg(test)]
    pub(super) is_wide: bool,
}

/// The kinds that there may be, the best one first.
pub(super) const MACHINES: &[Machine] = &[
    #[cfg(target_arch = "x86_64")]
    Machine {
        fill: avx512::fill,
        windows: Some(avx512::windows),
        list: avx512::list,
        marks: avx512::marks,
        signs: avx512::signs,
        #[cfg(test)]
        is_wide: true,
    },
    #[cfg(target_arch = "x86_64")]
    Machine {
        fill: avx2::fill,
        windows: None,
        list: avx2::list,
        marks: avx2::marks,
        signs: avx2::signs,
        #[cfg(test)]
        is_wide: false,
    },
    #[cfg(target_arch = "aarch64")]
    Machine {
        fill: neon::fill,
        windows: None,
        list: neon::list,
        marks: neon::marks,
        signs: neon::signs,
        #[cfg(test)]
        is_wide: false,
    },
];
