//! Cheap signals of what a text may say beside what it says: one sweep, by vectors where the machine has them.
//!
//! A machine says of each block where bytes of a few kinds stand; the rest is arithmetic with these bits, and says no less than the
//! views would find. What it says is nearly what they find, so that of source code, full of `&`, `%` and long names, few blocks are
//! looked at again.

use crate::byteset::ByteSet;
use crate::engine::{BLOCK, signs};

/// Bytes that are not ASCII.
const FOREIGN: u8 = 1;
/// What may be an escape: a percent sign before two hexadecimal digits, an ampersand before a number or a name with its semicolon.
const ESCAPES: u8 = 2;
/// A run of [`LONG`] bytes of base64.
const PACKED: u8 = 4;
/// Digits with separators between them.
const SPREAD: u8 = 8;
/// So many digits, some of them where no letter is near, that it is worth a look whether these are spread.
const DIGITS: u8 = 16;

/// Which views a text may need. No signal means that every view of it would be the text itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signals(u8);

/// The shortest run of base64 or hexadecimal that is looked at.
pub(crate) const LONG: usize = 24;
/// What it is made of.
pub(crate) const RUN: ByteSet = ByteSet::ALNUM.with(b"+/-_");
/// A stretch of twice as many bytes holds an aligned word of them.
pub(crate) const WORD: usize = 8;
/// A block with so many digits is worth a closer look: of nine with single gaps, five are in one block.
const MANY_DIGITS: u32 = 5;
/// Blocks that are looked at together.
const BATCH: usize = 64;

impl Signals {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut batch = [Self::default(); BATCH];
        let mut before = &[0; BLOCK];
        let batches = bytes.chunks(BATCH * BLOCK);
        batches.fold(Self::default(), |all, bytes| {
            let blocks = batch.get_mut(..bytes.len().div_ceil(BLOCK)).unwrap_or_default();
            Self::go_on(bytes, blocks, before);
            before = bytes.last_chunk().unwrap_or(before);
            blocks.iter().fold(all, |all, block| all.or(*block))
        })
    }

    /// Tells those of every [`BLOCK`] bytes, and of what is left.
    pub(crate) fn of_each_block(bytes: &[u8], all: &mut [Self]) {
        Self::go_on(bytes, all, &[0; BLOCK]);
    }

    /// The same of bytes before which others stand.
    fn go_on(bytes: &[u8], all: &mut [Self], before: &[u8; BLOCK]) {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        let (whole, last) = all.split_at_mut_checked(blocks.len()).unwrap_or_default();
        tell(before, blocks, whole);
        let mut padded = [0; BLOCK];
        padded.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
        tell(blocks.last().unwrap_or(before), &[padded], last);
        for (signals, block) in all.iter_mut().zip(bytes.chunks(BLOCK)).filter(|(s, _)| s.0 & DIGITS != 0) {
            let is_spread = spread_word(block).is_some();
            signals.0 = signals.0 & !DIGITS | if is_spread { SPREAD } else { 0 };
        }
    }

    /// What either text may need.
    #[inline]
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline]
    pub(crate) fn any(self) -> bool {
        self.0 != 0
    }

    pub(crate) fn folds(self) -> bool {
        self.0 & (FOREIGN | ESCAPES) != 0
    }

    pub(crate) fn packs(self) -> bool {
        self.0 & PACKED != 0
    }

    pub(crate) fn spreads(self) -> bool {
        self.0 & SPREAD != 0
    }
}

/* ===== blocks ===== */

/// What is told of each block first: a bit for each place. Most blocks show nothing, and need no closer look.
#[derive(Clone, Copy)]
pub(crate) struct Sight {
    /// Bytes that are not ASCII.
    pub(crate) foreign: u64,
    /// `%` and `&`.
    pub(crate) escapes: u64,
    /// Spaces, quotes, parentheses and control characters: up to [`LAST_BREAK`].
    pub(crate) breaks: u64,
    pub(crate) digits: u64,
}

/// What a closer look tells, a bit for each place too.
#[derive(Clone, Copy, Default)]
pub(crate) struct Shown {
    pub(crate) percents: u64,
    pub(crate) ampersands: u64,
    pub(crate) hashes: u64,
    pub(crate) semicolons: u64,
    pub(crate) digits: u64,
    pub(crate) letters: u64,
    /// Letters up to `f`.
    pub(crate) hexadecimal: u64,
    /// What [runs](RUN) are made of.
    pub(crate) runs: u64,
    /// Whatever is greater than a digit.
    pub(crate) above_digits: u64,
}

/// What stands in no run, and a few others: all that is greater may.
pub(crate) const LAST_BREAK: u8 = b'*';

/// Tells the signals of blocks in a row, of which `sight` is the first look and `shown` a closer one; `before` is the block before them.
#[inline(always)]
pub(crate) fn each_block(
    before: &[u8; BLOCK],
    blocks: &[[u8; BLOCK]],
    all: &mut [Signals],
    sight: impl Fn(&[u8; BLOCK]) -> Sight,
    shown: impl Fn(&[u8; BLOCK]) -> Shown,
) {
    let mut free_before = free_words(sight(before).breaks);
    let mut last = before;
    for (block, signals) in blocks.iter().zip(all) {
        let Sight { foreign, escapes, breaks, digits } = sight(block);
        let free = free_words(breaks);
        let is_long = || ends_long_run(shown(last).runs, shown(block).runs);
        let bit = |is_there: bool, bit: u8| if is_there { bit } else { 0 };
        *signals = Signals(
            bit(foreign != 0, FOREIGN)
                | bit(escapes != 0 && shown(block).may_be_escaped(), ESCAPES)
                | bit(may_be_long(free_before, free, breaks) && is_long(), PACKED)
                | bit(digits.count_ones() >= MANY_DIGITS && shown(block).may_be_spread(), DIGITS),
        );
        (last, free_before) = (block, free);
    }
}

/// Whether a long run may have bytes in a block after it has become long: some two words in a row that it has are free of breaks.
#[inline(always)]
fn may_be_long(free_before: u64, free: u64, breaks: u64) -> bool {
    const { assert!(LONG == 3 * WORD) };
    const LAST: u32 = u64::BITS - WORD as u32;
    let goes_on = free_before & free_before << WORD & 1 << (BLOCK - 1) != 0 && breaks & 1 == 0;
    free & (free << WORD | free_before >> LAST) != 0 || goes_on
}

/// Whether a run that is long by then has bytes in a block, after those that are `before` it.
#[inline(always)]
fn ends_long_run(before: u64, runs: u64) -> bool {
    const { assert!(LONG == 16 + 8) };
    let long = [1, 2, 4].into_iter().fold(runs, |long, shift| long & long << shift);
    let long = long & long << 8 & long << 16;
    let first = runs.trailing_ones();
    long != 0 || (first > 0 && before.leading_ones() + first >= LONG as u32)
}

/// The high bit of each byte that has none: of each [word](WORD) without a break.
#[inline(always)]
fn free_words(breaks: u64) -> u64 {
    !any_in_words(breaks) & HIGH
}

/// The high bit of each byte that has any.
#[inline(always)]
fn any_in_words(bits: u64) -> u64 {
    ((bits & !HIGH).wrapping_add(!HIGH) | bits) & HIGH
}

impl Shown {
    /// Whether an escape may begin here. What the next block begins with may be anything.
    #[inline(always)]
    fn may_be_escaped(&self) -> bool {
        const LAST: u64 = 1 << (BLOCK - 1);
        let hexadecimal = self.digits | self.hexadecimal;
        let percents = self.percents & (hexadecimal >> 1 | LAST) & (hexadecimal >> 2 | LAST | LAST >> 1);
        let numbers = self.ampersands & (self.hashes >> 1 | LAST);
        let alnum = self.digits | self.letters;
        // What is added to the first byte of a name is carried to the byte after its last one.
        let (ends, goes_on) = alnum.overflowing_add(self.ampersands << 1 & alnum);
        let names = ends & !alnum & self.semicolons;
        (percents | numbers | names) != 0 || goes_on
    }

    /// Whether in some word there are digits beside no byte that is above them.
    #[inline(always)]
    fn may_be_spread(&self) -> bool {
        any_in_words(self.digits) & !any_in_words(self.above_digits) != 0
    }
}

fn tell(before: &[u8; BLOCK], blocks: &[[u8; BLOCK]], all: &mut [Signals]) {
    if !signs(before, blocks, all) {
        each_block(before, blocks, all, sight_by_bytes, shown_by_bytes);
    }
}

/// Without vectors, byte by byte.
fn sight_by_bytes(block: &[u8; BLOCK]) -> Sight {
    let places = |is: fn(u8) -> bool| places(block, is);
    Sight {
        foreign: places(|byte| !byte.is_ascii()),
        escapes: places(|byte| matches!(byte, b'%' | b'&')),
        breaks: places(|byte| byte <= LAST_BREAK),
        digits: places(|byte| byte.is_ascii_digit()),
    }
}

fn shown_by_bytes(block: &[u8; BLOCK]) -> Shown {
    let places = |is: fn(u8) -> bool| places(block, is);
    Shown {
        percents: places(|byte| byte == b'%'),
        ampersands: places(|byte| byte == b'&'),
        hashes: places(|byte| byte == b'#'),
        semicolons: places(|byte| byte == b';'),
        digits: places(|byte| byte.is_ascii_digit()),
        letters: places(|byte| byte.is_ascii_alphabetic()),
        hexadecimal: places(|byte| matches!(byte | 0x20, b'a'..=b'f')),
        runs: places(|byte| RUN.has(byte)),
        above_digits: places(|byte| byte > b'9'),
    }
}

fn places(block: &[u8; BLOCK], is: fn(u8) -> bool) -> u64 {
    block.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(is(*byte)))
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/* ===== digits with gaps ===== */

/// Where in `bytes` the next aligned word is that is made of digits and separators.
pub(crate) fn next_spread(bytes: &[u8]) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for (nth, block) in blocks.iter().enumerate() {
        if has_many(block)
            && let Some(at) = spread_word(block)
        {
            return Some(nth * BLOCK + at);
        }
    }
    let at = has_many(rest).then(|| spread_word(rest)).flatten()?;
    Some(bytes.len() - rest.len() + at)
}

#[inline]
fn has_many(block: &[u8]) -> bool {
    let digits: u8 = block.iter().map(|byte| u8::from(byte.wrapping_sub(b'0') < 10)).sum();
    u32::from(digits) >= MANY_DIGITS
}

#[inline(never)]
fn spread_word(block: &[u8]) -> Option<usize> {
    block.as_chunks().0.iter().position(is_spread).map(|word| word * WORD)
}

/// Whether at least two digits stand there, and nothing but separators beside them, of one kind: those of decimals in a row are two.
fn is_spread(word: &[u8; WORD]) -> bool {
    // Mostly a letter or a mark is there that is above all digits.
    if has_above_digits(word) {
        return false;
    }
    let is_separator = |byte: &&u8| matches!(byte, b' ' | b'-'..=b'/' | b'\t' | b'\n' | b'\r');
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    (2..WORD).contains(&digits)
        && digits + word.iter().filter(is_separator).count() == WORD
        && !has_two_gaps(word)
}

/// Whether two different bytes stand there between digits.
fn has_two_gaps(word: &[u8; WORD]) -> bool {
    let mut gaps = word.windows(3).filter_map(|there| match there {
        [b'0'..=b'9', gap, b'0'..=b'9'] if !gap.is_ascii_digit() => Some(*gap),
        _ => None,
    });
    let first = gaps.next();
    gaps.any(|gap| Some(gap) != first)
}

#[inline]
fn has_above_digits(word: &[u8; WORD]) -> bool {
    let bytes = u64::from_le_bytes(*word);
    let carried = (bytes & !HIGH) + ONES * (0x80 - b':' as u64);
    (carried | bytes) & HIGH != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::escape;
    use super::*;
    use crate::engine::signs_by_each;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Vectors and bytes are two ways to one answer.
        #[test]
        fn vectors_and_bytes_say_the_same(text in "[ -~]{0,30}[a-z0-9 .%\u{e9}-]{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for bytes in [text.as_bytes(), &bytes] {
                let blocks = bytes.as_chunks().0;
                let mut by_bytes = vec![Signals::default(); blocks.len()];
                each_block(&[0; BLOCK], blocks, &mut by_bytes, sight_by_bytes, shown_by_bytes);
                for signs in signs_by_each(blocks) {
                    prop_assert_eq!(&signs, &by_bytes);
                }
                let mut told = vec![Signals::default(); bytes.len().div_ceil(BLOCK)];
                Signals::of_each_block(bytes, &mut told);
                for ((told, by_bytes), block) in told.iter().zip(by_bytes).zip(blocks) {
                    let is_spread = by_bytes.0 & DIGITS != 0 && spread_word(block).is_some();
                    prop_assert_eq!(told.0, by_bytes.0 & !DIGITS | if is_spread { SPREAD } else { 0 });
                }
                prop_assert_eq!(Signals::of(bytes), told.into_iter().fold(Signals::default(), Signals::or));
                prop_assert_eq!(Signals::of(bytes).spreads(), next_spread(bytes).is_some());
            }
        }

        /// Where there is something for a view, the block in which it begins says so; of a run, the one in which it becomes long.
        #[test]
        fn what_a_view_reads_has_its_signal(text in "([a-f0-9]{0,30}|[%&#;x ]{1,3}|%[0-9a-f]{2}|&[a-z]{2,5};|&#x?[0-9a-f]{1,3};?|[+/_-]){0,60}") {
            let bytes = text.as_bytes();
            let mut told = vec![Signals::default(); bytes.len().div_ceil(BLOCK)];
            Signals::of_each_block(bytes, &mut told);
            for at in 0..bytes.len() {
                let rest = &bytes[at..];
                if escape::percent(rest).is_some() || escape::reference(rest).is_some() {
                    prop_assert!(told[at / BLOCK].folds(), "{} in {}", at, text);
                }
                let is_run = |there: &[u8]| there.iter().all(|byte| RUN.has(*byte));
                if rest.get(..LONG).is_some_and(is_run) {
                    prop_assert!(told[(at + LONG - 1) / BLOCK].packs(), "{} in {}", at, text);
                }
            }
            let has_long_run = bytes.split(|byte| !RUN.has(*byte)).any(|run| run.len() >= LONG);
            prop_assert_eq!(Signals::of(bytes).packs(), has_long_run);
        }
    }

    #[test]
    fn each_signal_is_seen_wherever_it_stands() {
        let plain = "To be, or not to be: that is the \"question\" (1).\n".repeat(3);
        assert!(!Signals::of(plain.as_bytes()).any());
        for at in 0..plain.len() {
            let with = |sign: &str| Signals::of([&plain[..at], sign, &plain[at..]].concat().as_bytes());
            assert!(with("%40").folds() && with("&lt;").folds() && with("\u{200b}").folds(), "{at}");
            assert!(with(&"x".repeat(LONG)).packs(), "{at}");
            for digits in [
                "5 3 6 2 2 8 1 4 5",
                "41-11-11-11-11-11-11-11",
                "4 - 1 - 1 - 1 - 1 - 1 - 1 - 1 - 1",
                "4\n1\n1\n1\n1\n1\n1\n1\n1",
            ] {
                assert!(with(digits).spreads(), "{at}: {digits}");
            }
        }
    }
}
