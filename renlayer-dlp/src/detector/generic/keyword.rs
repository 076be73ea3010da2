//! Words of which a secret's name holds one, and which of them stands at a place.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::LazyLock;

use crate::detector::{Anchor, ByteSet, Probe, shortest};
use crate::head::{Head, Short};
use crate::openings::Openings;

/// What a password is called.
pub(super) const PASSWORDS: [&str; 26] = [
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "passcode",
    "pass",
    "pwd",
    "kennwort",
    "wachtwoord",
    "contraseña",
    "contraseÑa",
    "contrasena",
    "senha",
    "motdepasse",
    "пароль",
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "패스워드",
    "hasło",
    "lösenord",
    "adgangskode",
    "passord",
    "pswd",
];
/// And the other words of which a secret's name holds one.
const OTHERS: [&str; 33] = [
    "pw=",
    "pw =",
    "pw:",
    "pw :",
    "pw\"",
    "pw\\\"",
    "secret",
    "secretkey",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "api key",
    "access_key",
    "accesskey",
    "access key",
    "auth_key",
    "authkey",
    "masterkey",
    "privatekey",
    "private key",
    "credential",
    "authorization",
    "bearer",
    "identified",
    "_auth",
    "auth\"",
    "auth\\\"",
    "auth =",
    "_key",
    "-key",
    "key=",
    "key =",
];
const WORDS: [&str; 59] = both(&PASSWORDS, &OTHERS);

/// Two lists as one.
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
pub(super) const fn both<const ALL: usize>(
    one: &[&'static str],
    other: &[&'static str],
) -> [&'static str; ALL] {
    assert!(one.len() + other.len() == ALL);
    let (mut all, mut at) = ([""; ALL], 0);
    while at < ALL {
        all[at] = if at < one.len() { one[at] } else { other[at - one.len()] };
        at += 1;
    }
    all
}

/// And in the case in which humps are written.
const HUMP: &str = "Key";
/// No word is longer, and none shorter.
pub(super) const LONGEST: usize = 16;
const SHORTEST: usize = 2;
/// What words end with that only count before a value.
const ENDS: [char; 5] = ['=', ':', ' ', '"', '\\'];
/// Bytes that are compared at once.
const HEAD: usize = Head::LENGTH;

/// Where any of the words stands.
pub(super) fn anchors() -> Vec<Anchor> {
    // Where it is written as a hump, the place is one already.
    let of_a_word = |word: &&str| match word.starts_with(&HUMP.to_ascii_lowercase()) {
        true => vec![Anchor::literal(word), Anchor::literal(word.to_ascii_uppercase())],
        false => vec![Anchor::word(word)],
    };
    shortest(WORDS.iter().flat_map(of_a_word).chain([Anchor::literal(HUMP)]))
}

/// Whether one of the words ends at `end`.
pub(super) fn ends_at(probe: &Probe<'_>, end: usize) -> bool {
    let stands = |word: &&str| {
        end.checked_sub(word.len()).is_some_and(|at| probe.looking_at_word(at, word.as_bytes()))
    };
    let words = || probe.before(end).and_then(|last| ALL.by_last.get(bucket(last)));
    ALL.ends.may_end(probe.slice(end.saturating_sub(3)..end)) && words().into_iter().flatten().any(stands)
}

/// Whether one of the words begins in a name.
pub(super) fn stands_in(probe: &Probe<'_>, name: Range<usize>) -> bool {
    name.into_iter().any(|at| standing_at(probe, at).is_some())
}

/// The word that stands at a place.
pub(super) fn standing_at(probe: &Probe<'_>, at: usize) -> Option<&'static Word> {
    let first = probe.get(at)?;
    let all = &*ALL;
    let words = all.by_first.get(bucket(first)).map_or(&[][..], |words| words);
    let head = probe.arrived(at, HEAD).map(Head::of);
    let stands = |word: &&Word| match head {
        Some(head) => word.stands(probe, at, head),
        None => probe.looking_at_word(at, word.bytes),
    };
    let word = words.iter().find(stands);
    word.or_else(|| probe.looking_at(at, HUMP.as_bytes()).then_some(&all.hump))
}

/// One of the words, with what is compared first.
pub(super) struct Word {
    bytes: &'static [u8],
    /// Without what only shows its end.
    length: usize,
    head: Head,
    /// All of it, where it is short.
    short: Option<Short>,
    longer: Box<Longer>,
}

/// The words that end with another one, and what stands before that in them, in either case.
struct Longer {
    words: Vec<&'static str>,
    led: ByteSet,
}

impl Word {
    fn new(word: &'static str) -> Self {
        let (bytes, shown) = (word.as_bytes(), shown(word));
        let longer = Box::new(Longer::than(&shown.to_ascii_lowercase()));
        let (head, short) = (Head::of(bytes).folded(), Short::of(bytes));
        Self { bytes, length: shown.len(), head, short, longer }
    }

    /// Whether it stands at a place where the text has `head`.
    #[inline]
    fn stands(&self, probe: &Probe<'_>, at: usize, head: Head) -> bool {
        match self.short {
            // That it is in the window is asked last.
            Some(short) => short.begins(head) && probe.get(at + self.bytes.len() - 1).is_some(),
            None => self.head.may_begin(head.folded()) && probe.looking_at_word(at, self.bytes),
        }
    }

    /// Without the quote or operator that shows its end.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Whether it is the end of a longer word, before `after`, with which all of the name is looked at, or with one more letter an
    /// abbreviation of something else: `spw`.
    pub(super) fn ends_a_longer(&self, probe: &Probe<'_>, after: usize) -> bool {
        if self.length == SHORTEST {
            return probe.at() - probe.run_back(probe.at(), &ByteSet::ALPHA, 2) == 1;
        }
        let Longer { words, led } = &*self.longer;
        let stands = |word: &&str| {
            after.checked_sub(word.len()).is_some_and(|at| probe.looking_at_word(at, word.as_bytes()))
        };
        probe.was(probe.at(), led) && words.iter().any(stands)
    }
}

impl Longer {
    fn than(word: &str) -> Self {
        let stem = |longer: &'static str| longer.strip_suffix(word).filter(|stem| !stem.is_empty());
        let mut words: Vec<_> =
            WORDS.into_iter().map(shown).filter(|longer| stem(longer).is_some()).collect();
        // Mostly it is one letter longer: `_key`.
        words.sort_by_key(|longer| longer.len());
        let before = words.iter().filter_map(|longer| stem(longer)?.bytes().last());
        let led = before.fold(ByteSet::EMPTY, |led, byte| {
            led.with(&[byte.to_ascii_lowercase(), byte.to_ascii_uppercase()])
        });
        Self { words, led }
    }
}

/// A word without what only shows its end.
fn shown(word: &str) -> &str {
    word.trim_end_matches(ENDS)
}

/// The words, those by what they begin with and the one in a case of its own.
struct All {
    /// The longest first.
    by_first: Vec<Vec<Word>>,
    hump: Word,
    /// As they are shown, those by what they end with, the shortest first.
    by_last: Vec<Vec<&'static str>>,
    /// How they end.
    ends: Openings,
}

static ALL: LazyLock<All> = LazyLock::new(|| {
    let mut words = WORDS;
    words.sort_by_key(|word| Reverse(word.len()));
    let begins_with = |n: usize| move |word: &&str| word.bytes().next().map(bucket) == Some(n);
    let by_first = |n: usize| words.into_iter().filter(begins_with(n)).map(Word::new).collect();
    let ends = Openings::of_ends(&WORDS.map(shown));
    let mut by_last = vec![Vec::new(); BUCKETS];
    for word in words.into_iter().rev().map(shown) {
        if let Some(words) = word.bytes().last().and_then(|last| by_last.get_mut(bucket(last))) {
            words.push(word);
        }
    }
    let by_first = (0..BUCKETS).map(by_first).collect();
    All { by_first, hump: Word::new(HUMP), by_last, ends }
});
const BUCKETS: usize = 32;

/// Letters have the same in either case.
fn bucket(first: u8) -> usize {
    usize::from(first) % BUCKETS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::Text;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Where a word stands is told from its first bytes as from all of them.
        #[test]
        fn words_are_seen_by_what_they_begin_with(text in "(pass|Pass|pw|pwd|Key|key|token|auth|_auth|secret|[=:\" -]|hasło|word|s|api|-){1,8}", at in 0..8usize) {
            let bytes = text.as_bytes();
            let whole = Text { bytes, start: 0, complete: true };
            let probe = Probe::new(whole, at, 64);
            let stands = |word: &&&str| {
                bytes.get(at..at + word.len()).is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
            };
            let longest = WORDS.iter().filter(stands).max_by_key(|word| word.len());
            let hump = bytes.get(at..).is_some_and(|there| there.starts_with(HUMP.as_bytes()));
            let length = longest.map(|word| word.trim_end_matches(ENDS).len()).or(hump.then_some(HUMP.len()));
            prop_assert_eq!(standing_at(&probe, at).map(Word::length), length, "at {} of {}", at, text);
        }
    }
}
