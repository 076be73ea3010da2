//! The hash of a value and of all of its beginnings, in one walk.
//!
//! Keys that share a hash share a list, and then a call is asked about some policies in vain. So nothing rests on the hash
//! being hard to collide: who makes calls collide makes them cost what they cost without an index.

use std::hash::{BuildHasherDefault, Hasher};

use super::key::Part;

/// A hash that letters are added to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rolling(u64);

/// Tables by numbers that are hashes already.
pub(super) type Ready = BuildHasherDefault<Identity>;

#[derive(Default)]
pub(super) struct Identity(u64);

impl Rolling {
    pub(super) fn of(name: &str, part: Part) -> Self {
        let start = match part {
            Part::Whole => 0x9E37_79B9_7F4A_7C15,
            Part::Beginning => 0xC2B2_AE3D_27D4_EB4F,
            Part::End => 0x1656_67B1_9E37_79F9,
        };
        name.bytes().fold(Self(start), Self::with)
    }

    /// With one more byte; letters without their case.
    pub(super) fn with(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01B3))
    }

    /// What a table knows it by.
    pub(super) fn finish(self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9FB2_1C65_1E98_DF25);
        mixed ^ (mixed >> 29)
    }
}

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
