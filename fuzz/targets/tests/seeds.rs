//! Every target over its seeds, over pieces and mixtures of them, and over random bytes: what `cargo test` can do of
//! what `cargo xtask fuzz` does. The bytes are the same in every run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where something does not hold"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use renlayer_fuzz_targets::Target;

/// How many inputs are made for a target, besides its seeds.
const INPUTS: usize = 200;

/// Marsaglia's xorshift: bytes that look random and come again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap()
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.roll(most)).map(|_| self.byte()).collect()
    }

    /// A seed with something done to it.
    fn changed(&mut self, seeds: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
        let mut input = seeds[self.roll(seeds.len())].clone();
        for _ in 0..=self.roll(4) {
            let at = self.roll(input.len() + 1);
            match self.roll(5) {
                0 => input.truncate(at),
                1 => input.insert(at, self.byte()),
                2 if at < input.len() => input[at] ^= 1 << self.roll(8),
                3 => {
                    let other = &seeds[self.roll(seeds.len())];
                    let from = self.roll(other.len() + 1);
                    input.splice(at.., other[from..].iter().copied());
                }
                _ if words.is_empty() => input.clear(),
                _ => {
                    let word = words[self.roll(words.len())];
                    input.splice(at..at, word.bytes());
                }
            }
        }
        input
    }
}

#[test]
fn every_target_holds_over_its_seeds_and_what_is_made_of_them() {
    for target in Target::all() {
        let (seeds, mut dice) = ((target.seeds)(), Dice(0x9e37_79b9_7f4a_7c15));
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        let made = (0..INPUTS).map(|nth| match nth % 4 {
            0 => dice.bytes(200),
            _ => dice.changed(&seeds, target.words),
        });
        let made: Vec<Vec<u8>> = made.collect();
        for input in seeds.iter().chain(&made) {
            let held = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
            assert!(held.is_ok(), "{} does not hold for {}", target.name, input.escape_ascii());
        }
    }
}

#[test]
fn names_are_plain_and_of_one_target() {
    let mut names: Vec<&str> = Target::all().map(|target| target.name).collect();
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
    assert_eq!(Target::named("sse").map(|target| target.name), Some("sse"));
}

#[test]
fn a_dictionary_escapes_what_libfuzzer_reads_otherwise() {
    let target = Target { words: &["a\"b\\", "\r\n", "é"], ..*Target::named("sse").unwrap() };
    assert_eq!(target.dictionary(), "\"a\\x22b\\x5c\"\n\"\\x0d\\x0a\"\n\"\\xc3\\xa9\"\n");
}

#[test]
fn the_readme_lists_every_target() {
    let readme = include_str!("../../README.md");
    let rows: String =
        Target::all().map(|target| format!("| `{}` | {} |\n", target.name, target.holds)).collect();
    assert!(readme.contains(&rows), "the table in fuzz/README.md should be:\n{rows}");
}
