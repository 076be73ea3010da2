//! Names of counts: a keyed hash of limit and subject, so that what callers send is neither kept nor able to collide.
//!
//! The hash is the same on every machine and in every version, so that a count which was kept is found again by whoever has
//! the key.

use std::hash::{BuildHasher, Hasher, RandomState};

use siphasher::sip128::{Hasher128, SipHasher13};

/// Names a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(pub(super) u128);

/// Makes keys.
pub(super) struct Namer([u8; 16]);

impl Namer {
    pub(super) fn new(key: [u8; 16]) -> Self {
        Self(key)
    }

    /// One whose key nobody knows.
    pub(super) fn random() -> Self {
        let state = RandomState::new();
        let halves = [state.hash_one(0_u8), state.hash_one(1_u8)];
        let whole = (u128::from(halves[0]) << 64) | u128::from(halves[1]);
        Self(whole.to_le_bytes())
    }

    pub(super) fn name(&self, parts: &[&str]) -> Key {
        let mut hasher = SipHasher13::new_with_key(&self.0);
        for part in parts {
            hasher.write(&(part.len() as u64).to_le_bytes());
            hasher.write(part.as_bytes());
        }
        Key(hasher.finish128().as_u128())
    }
}

impl std::fmt::Debug for Namer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Namer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_by_part_and_key_and_stay_the_same() {
        let namer = Namer::new([7; 16]);
        assert_eq!(namer.name(&["t", "l", "ann"]), Namer::new([7; 16]).name(&["t", "l", "ann"]));
        for other in [&["t", "la", "nn"][..], &["t", "l", "bob"], &["t", "l"]] {
            assert_ne!(namer.name(&["t", "l", "ann"]), namer.name(other));
        }
        assert_ne!(namer.name(&["t"]), Namer::new([8; 16]).name(&["t"]));
        assert_eq!(
            namer.name(&["ten_1", "lim_1", "agent", "a"]).0,
            7_238_774_346_736_359_041_527_697_067_294_416_078
        );
    }
}
