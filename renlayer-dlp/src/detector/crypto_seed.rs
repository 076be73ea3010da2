//! Recovery phrases of cryptocurrency wallets (BIP-39, English).
//!
//! Whoever has the words has the money. The list of 2,048 words and the checksum in the last of them leave no doubt: of
//! random runs of twelve such words one in sixteen holds, and ordinary text has no such runs.
//!
//! - hit: `seed phrase: legal winner thank year wave sausage worth useful legal winner thank yellow`
//! - miss: the same words in another order (checksum), eleven words, the phrase without a word that announces it
//! - known mistakes: lists in other languages than English are not known; nor is a phrase that nothing announces,
//!   or before which more than seven words of the list stand, of which the last is no label (`seed`).

use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::labelled::Labelled;
use super::{ByteSet, Match, Probe};
use crate::beginnings::Beginnings;
use crate::head::first_eight;
use crate::{Evidence, Severity};

pub(super) static CRYPTO_SEED: Labelled = Labelled::new(
    "crypto_seed",
    "payment.crypto_seed",
    Severity::Critical,
    "a wallet's recovery phrase (BIP-39)",
    value,
)
.after(&[
    "seed*",
    "mnemonic*",
    "recovery*",
    "phrase*",
    "bip39*",
    "bip-39*",
    "wallet*",
    "backup*",
    "passphrase*",
])
.within(48)
.of_letters()
.longest(24 * 14)
.page(
    "a word before it, BIP-39 words, checksum",
    "English lists only; a phrase that nothing announces is not found",
);

/// In order. From BIP-39, MIT licence.
static WORDS: &str = include_str!("crypto_seed/english.txt");
const SHORTEST_WORD: usize = 3;
const LONGEST_WORD: usize = 8;
const BETWEEN: ByteSet = ByteSet::SPACE.with(b",.0123456789)\"'");
const MOST_BETWEEN: usize = 6;
/// Before a phrase a sentence may have words of the list too, but no more in a row: `my secret seed word list: …`.
const MOST_BEFORE: usize = 8;
/// Words of the list that announce a phrase, also the second one in a row: `seed phrase …, seed phrase …`.
const LABELS: [&str; 5] = ["seed", "phrase", "secret", "word", "list"];
const MOST_LABELS: usize = 3;
const COUNTS: [usize; 5] = [MOST, 21, 18, 15, LEAST];
const MOST: usize = 24;
const LEAST: usize = 12;
/// A word says so many bits, and all of them so many bytes.
const BITS: usize = 11;
const BYTES: usize = MOST * BITS / 8;

fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    if probe.noted() > at || !may_begin(probe, at) {
        return None;
    }
    if is_inside_a_list(probe, at) {
        note_list(probe, at);
        return None;
    }
    let (mut numbers, mut ends) = (SmallVec::<[u16; MOST]>::new(), SmallVec::<[usize; MOST]>::new());
    let mut from = at;
    while numbers.len() < MOST {
        let end = probe.run(from, &ByteSet::ALPHA, LONGEST_WORD + 1);
        let Some(number) = number(probe.slice(from..end)) else { break };
        numbers.push(number);
        ends.push(end);
        from = probe.run(end, &BETWEEN, MOST_BETWEEN);
    }
    // Nor is what begins at one of its later words.
    if numbers.len() < LEAST {
        probe.knows(from);
        return None;
    }
    let bits = joined(&numbers);
    let count = COUNTS.into_iter().find(|count| numbers.len() >= *count && checksum_holds(&bits, *count))?;
    let end = ends.get(count - 1)?;
    Some(Match::new(at..*end, 0.97).with(Evidence::CHECKSUM).with(Evidence::CONTEXT))
}

/// Whether the word at `at` is one of the list. Most are not.
fn may_begin(probe: &Probe<'_>, at: usize) -> bool {
    number(probe.slice(at..probe.run(at, &ByteSet::ALPHA, LONGEST_WORD + 1))).is_some()
}

/// Whether so many words of the list stand before what begins at `at`, and no label last, that it is a part of them, and begins no phrase.
fn is_inside_a_list(probe: &Probe<'_>, at: usize) -> bool {
    let known = words_before(probe, at).take(MOST_BEFORE).map_while(number);
    known.count() == MOST_BEFORE && !is_announced(probe, at)
}

/// Whether labels stand right before `at`. A row of nothing else announces nothing.
fn is_announced(probe: &Probe<'_>, at: usize) -> bool {
    let labels = words_before(probe, at).take(MOST_LABELS + 1).take_while(|word| is_label(word));
    (1..=MOST_LABELS).contains(&labels.count())
}

fn is_label(word: &[u8]) -> bool {
    LABELS.iter().any(|label| word.eq_ignore_ascii_case(label.as_bytes()))
}

/// The words in a row before `at`, the last first.
fn words_before<'t>(probe: &Probe<'t>, at: usize) -> impl Iterator<Item = &'t [u8]> {
    let before = |begin: usize| {
        let end = probe.run_back(begin, &BETWEEN, MOST_BETWEEN);
        let start = probe.run_back(end, &ByteSet::ALPHA, LONGEST_WORD + 1);
        (end < begin && start < end).then_some(start..end)
    };
    let words = std::iter::successors(before(at), move |word| before(word.start));
    words.map(|word| probe.slice(word))
}

/// Notes that no later word of the list begins one either, as far as they have arrived and none announces another.
fn note_list(probe: &Probe<'_>, at: usize) {
    let (mut from, mut is_announced) = (at, true);
    for _ in 0..MOST {
        let end = probe.run_arrived(from, &ByteSet::ALPHA, LONGEST_WORD + 1);
        let word = probe.arrived(from, end - from).unwrap_or_default();
        let is_label = is_label(word);
        if number(word).is_none() || (is_label && !is_announced) {
            break;
        }
        is_announced = is_label;
        from = probe.run_arrived(end, &BETWEEN, MOST_BETWEEN);
        probe.knows(end);
    }
}

/// The place of a word in the list.
fn number(word: &[u8]) -> Option<u16> {
    if !(SHORTEST_WORD..=LONGEST_WORD).contains(&word.len()) {
        return None;
    }
    let folded = folded(word);
    let mut known = LIST.beginning(word).map(|(_, known)| known);
    known.find(|known| known.folded == folded).map(|known| known.number)
}

/// A word of eight letters at most, as a number.
fn folded(word: &[u8]) -> u64 {
    first_eight(word) | u64::from_le_bytes([0x20; LONGEST_WORD])
}

struct Word {
    text: &'static str,
    folded: u64,
    /// Its place in the list.
    number: u16,
}

static LIST: LazyLock<Beginnings<Word>> = LazyLock::new(|| {
    let word = |(text, number): (&'static str, u16)| Word { text, folded: folded(text.as_bytes()), number };
    Beginnings::of(WORDS.lines().zip(0..).map(word).collect(), |word| word.text.as_bytes())
});

/// The bits of the words, eleven of each, one after the other.
fn joined(numbers: &[u16]) -> [u8; BYTES] {
    let mut joined = [0; BYTES];
    for (number, bit) in numbers.iter().zip((0..).step_by(BITS)) {
        let bits = u32::from(*number) << (u32::BITS as usize - BITS - bit % 8);
        joined.iter_mut().skip(bit / 8).zip(bits.to_be_bytes()).for_each(|(byte, bits)| *byte |= bits);
    }
    joined
}

/// The first `count` words are entropy, four bytes for each three of them, and of its SHA-256 one bit for each 32.
fn checksum_holds(joined: &[u8], count: usize) -> bool {
    let (Some(entropy), Some(check)) = (joined.get(..count / 3 * 4), joined.get(count / 3 * 4)) else {
        return false;
    };
    let unchecked = u8::BITS as usize - count / 3;
    Sha256::digest(entropy).first().is_some_and(|first| first >> unchecked == check >> unchecked)
}

#[cfg(test)]
mod tests {
    use crate::detector::Probe;
    use crate::detector::harness::{Cases, examined, scan};
    use crate::engine::Text;

    // Test vectors of BIP-39.
    const TWELVE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    const FIFTEEN_LESS: &str = "legal winner thank year wave sausage worth useful legal winner thank";
    const OTHER: &str = "letter advice cage absurd amount doctor acoustic avoid letter advice cage above";
    const LAST: &str = "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong";

    #[test]
    fn words_are_known_in_any_case() {
        for (word, place) in super::WORDS.lines().zip(0..) {
            assert_eq!(super::number(word.to_uppercase().as_bytes()), Some(place), "{word}");
        }
        assert_eq!(super::number(b"zooo"), None);
    }

    #[test]
    fn a_phrase_begins_near_the_begin_of_its_words() {
        let bytes = b"my seed, word word, word word word word word word word word";
        let probe = Probe::new(Text { bytes, start: 0, complete: true }, 3, 64);
        let begins = |nth: usize| bytes.len() - 5 * nth + 1;
        assert!(!super::is_inside_a_list(&probe, begins(4)));
        assert!(super::is_inside_a_list(&probe, begins(3)));
    }

    #[test]
    fn a_phrase_after_another_is_found() {
        for between in ["\nseed phrase ", ", secret phrase ", " seed ", "\nwallet 2: "] {
            let text = format!("seed phrase {TWELVE}{between}{OTHER}.");
            let report = scan(&text);
            let found: Vec<&str> =
                report.findings.iter().map(|finding| &text[finding.start..finding.end]).collect();
            assert_eq!(found, [TWELVE, OTHER], "{between}");
        }
    }

    #[test]
    fn a_list_of_words_is_read_once() {
        let text = "seed ".repeat(3000);
        let examined = examined("crypto_seed", &scan(&text).cost);
        assert!(examined <= 8 * text.len() as u64, "{examined} bytes of {}", text.len());
    }

    #[test]
    fn crypto_seed_cases() {
        Cases::of("payment.crypto_seed")
            .hit(&format!("my seed phrase: {TWELVE}."), TWELVE)
            .hit(&format!("{{\"mnemonic\": \"{LAST}\"}}"), LAST)
            .hit(&format!("Wallet recovery words are\n{LAST}\n"), LAST)
            .miss(&format!("seed {FIFTEEN_LESS}"))
            .hit(&format!("seed {FIFTEEN_LESS} seed {TWELVE}"), TWELVE)
            .miss("seed phrase: winner legal thank year wave sausage worth useful legal winner thank yellow")
            .hit(&format!("my secret seed word list: {TWELVE}"), TWELVE)
            .miss("seed the random number generator about once and check that all can agree on that")
            .run();
    }
}
