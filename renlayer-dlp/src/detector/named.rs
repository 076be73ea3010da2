//! Keys without a mark of their own, known by the name they are given: a provider's word, then a value of its shape.
//!
//! Thirty-two hexadecimal digits are a Datadog key after `DD_API_KEY=` and a checksum anywhere else. So a row names the
//! provider's words (the anchors) and the shape of the value; the value must be *assigned* (see [`assignment`]), in the same
//! line or to a name on the next that itself says secret, and where the shape alone says little, the name must also speak of a
//! key, token or secret.
//!
//! - hit: `DATADOG_API_KEY=` and 32 hexadecimal digits, `"heroku_api_key": "` and a UUID
//! - hit: `deepgram secret ` and 40 hexadecimal digits: the value right after a word for a secret
//! - low: `urlscan-access-9f3a…`, a value that a dash joins to a word for a secret
//! - low: `cloudsmith: "` and 40 hexadecimal digits: a name that says whose value it is, and not that it is a key
//! - miss: a fingerprint, `private key: SHA256:9f3a…`
//! - miss: the same value without the name, the name without a value, a value of another length
//! - known mistakes: a hash under a provider's name that also says "key" or "token" is a hit; a name two lines before is not
//!   seen.

/// A row in one line: detector (which is also the class, unless another follows `in`), what it finds, words, value.
macro_rules! key {
    ($name:literal, $finds:literal, $words:expr, $value:expr) => {
        Named::new($name, concat!("secret.", $name), $finds, &$words, $value)
    };
    ($name:literal in $class:literal, $finds:literal, $words:expr, $value:expr) => {
        Named::new($name, concat!("secret.", $class), $finds, &$words, $value)
    };
}

mod build;
mod cloud;
mod cut;
mod data;
mod market;
mod model;
mod service;
mod talk;
#[cfg(test)]
mod tests;
mod watch;
mod work;

use std::ops::Range;

use super::token::{Part, end_of, is_glued, is_placeholder_key, longest, unbroken};
use super::token::{UUID, alnum, alnums, any_hex, base64, digits, hex, is, lower, upper, url64, url64s};
use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Start, assignment, shortest};
use crate::check::{entropy, language};
use crate::words::Words;
use crate::{Evidence, Severity};
pub(super) use cut::is_cut;

/// One kind of key that is known by its name.
pub(super) struct Named {
    name: &'static str,
    class: &'static str,
    severity: Severity,
    finds: &'static str,
    words: &'static [&'static str],
    value: &'static [Part],
    says: Option<&'static Words>,
    never: Option<&'static Words>,
    next: &'static Words,
}

/// What a name says when its value is a secret.
const SECRET: &Words = &Words::new(&[
    "key",
    "keys",
    "apikey",
    "skey",
    "token",
    "secret",
    "secrets",
    "password",
    "passwd",
    "pass",
    "pat",
    "credential",
    "credentials",
    "auth",
    "authorization",
    "accesskey",
    "secretkey",
    "accesstoken",
    "secrettoken",
    "license",
    "licence",
    "cred",
    "login",
    "client",
    "creds",
    "private",
    "access",
]);

const HEX32: &[Part] = &[any_hex(32)];
const HEX40: &[Part] = &[any_hex(40)];
const HEX64: &[Part] = &[any_hex(64)];

/// The rows of all families.
fn rows() -> impl Iterator<Item = &'static Named> {
    [
        cloud::ROWS,
        build::ROWS,
        model::ROWS,
        watch::ROWS,
        market::ROWS,
        talk::ROWS,
        work::ROWS,
        data::ROWS,
        service::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// A detector for each row.
pub(super) fn all() -> impl Iterator<Item = Box<dyn Detector>> {
    rows().map(|row| Box::new(row) as Box<dyn Detector>)
}

impl Named {
    /// A value like `value`, assigned to a name that holds one of `words` (lower case, three letters or more) and speaks of
    /// a key, token or secret.
    const fn new(
        name: &'static str,
        class: &'static str,
        finds: &'static str,
        words: &'static [&'static str],
        value: &'static [Part],
    ) -> Self {
        assert!(words.len() < MANY || are_in_order(words), "many words are in the order of their heads");
        Self {
            name,
            class,
            severity: Severity::Critical,
            finds,
            words,
            value,
            says: Some(SECRET),
            never: None,
            next: SECRET,
        }
    }

    /// Whatever else the name says: for shapes that are telling.
    const fn whatever(mut self) -> Self {
        self.says = None;
        self
    }

    /// With what names the value on the next line, other than the words of a secret.
    const fn then(mut self, words: &'static Words) -> Self {
        self.next = words;
        self
    }

    /// With other words than those of a secret.
    const fn saying(mut self, words: &'static Words) -> Self {
        self.says = Some(words);
        self
    }

    /// Not where the name says one of these: for shapes that ids have which belong to the provider as well.
    const fn never(mut self, words: &'static Words) -> Self {
        self.never = Some(words);
        self
    }

    /// With a severity other than [`Severity::Critical`].
    const fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

impl Detector for &'static Named {
    fn about(&self) -> About {
        About::new(self.name, self.class, self.severity, self.finds)
    }

    fn page(&self) -> Page {
        let mistakes = "a hash or an id of the same shape under such a name is a hit";
        Page { basis: "the name it is assigned to, its shape and its randomness", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        shortest(self.words.iter().map(Anchor::begin))
    }

    fn need(&self) -> Need {
        Need::Run {
            length: unbroken(self.value),
            within: LONGEST_NAME + assignment::SPAN + assignment::OPENING,
        }
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        LONGEST_NAME + assignment::SPAN + assignment::OPENING + longest(self.value) + AFTER
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let word = self.word_at(probe)?;
        let name = probe.at();
        if !begins_word(probe, name) {
            return None;
        }
        let from = name + word.len();
        let glued = self.glued(probe, from);
        if glued.is_some() || probe.ran_out() {
            return glued;
        }
        let mut has_none = true;
        let is_gap = |probe: &Probe<'_>, at| at == from || is_after_secret(probe, at);
        // Up to where the name was read, and whether it spoke.
        let (mut read, mut speaks) = (name.saturating_sub(24), self.says.is_none());
        assignment::find_in_lines(probe, from, 2, is_gap, |end, value| {
            let mut says = || {
                // No word goes on after what gives a value.
                let rest = probe.behind(end, end - read);
                speaks |= self.says.is_some_and(|words| words.stand_in(rest));
                read = end;
                // On the line after, the name of the value itself has to say it.
                let line = probe.slice(name..end).iter().rposition(|byte| *byte == b'\n').map(|at| name + at);
                let says_secret = line.is_none_or(|line| self.next.stand_in(probe.slice(line..end)));
                says_secret && speaks
            };
            let is_all = || is_all_of_the_name(probe.slice(from..end));
            let there = self.end_of_value(probe, value);
            // Near the end of the window a value may not be seen whole.
            let is_seen = value + longest(self.value) < name + self.ahead();
            has_none &= there.is_none() && is_seen;
            if has_none {
                assignment::note_none(probe, from, end);
            }
            let weigh = |end| self.weigh(probe, value..end);
            let is_of_another = || self.is_of_another(probe.slice(name..end));
            let found = there.and_then(|end| match () {
                () if is_of_another() => None,
                () if says() => Some(weigh(end)),
                () if is_all() => Some(weigh(end).harmless()),
                () => None,
            });
            assignment::until_found(found)
        })
    }

    fn judges_named(&self) -> bool {
        true
    }

    fn named(&self, name: &[u8], probe: &Probe<'_>) -> Option<Match> {
        let end = self.end_of_value(probe, probe.at())?;
        let weigh = || self.weigh(probe, probe.at()..end);
        let is_all = || self.words.iter().any(|word| name.eq_ignore_ascii_case(word.as_bytes()));
        match () {
            () if self.is_of_another(name) => None,
            () if self.says.is_none_or(|words| words.stand_in(name)) => Some(weigh()),
            () if is_all() => Some(weigh().harmless()),
            () => None,
        }
    }
}

/// So many words are in the order of their [heads](head).
const MANY: usize = 16;

/// What most words are told from others by.
const fn head(word: &str) -> Option<&[u8; 2]> {
    word.as_bytes().first_chunk()
}

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const fn are_in_order(words: &[&str]) -> bool {
    let mut i = 1;
    while i < words.len() {
        let (Some(before), Some(here)) = (head(words[i - 1]), head(words[i])) else { return false };
        if u16::from_be_bytes(*before) > u16::from_be_bytes(*here) {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether nothing but what gives it a value follows the provider's word: `cloudsmith: "…"`, `keenio '…'`.
fn is_all_of_the_name(rest: &[u8]) -> bool {
    rest.len() <= 2 && rest.iter().all(|byte| b" \"'`]".contains(byte))
}

/// No provider's word is longer.
const LONGEST_NAME: usize = 32;
/// No shorter value is looked for behind a dash.
const LEAST_GLUED: usize = 32;
/// So many bytes after the value say whether it ends there.
const AFTER: usize = 2;

/// Whether a word for a secret ends before the space at `at`: then a value may follow without more.
fn is_after_secret(probe: &Probe<'_>, at: usize) -> bool {
    let before = probe.behind(at, 12);
    // `my heroku key is …`.
    let before = before.strip_suffix(b" is").unwrap_or(before);
    let word: &[u8] = match before.last().map(u8::to_ascii_lowercase) {
        Some(b'y') => b"key",
        Some(b'n') => b"token",
        Some(b't') => b"secret",
        Some(b's') => b"access",
        Some(b'e') => b"private",
        Some(b'd') => b"password",
        _ => return false,
    };
    ends_with(before, word)
}

fn ends_with(text: &[u8], word: &[u8]) -> bool {
    let from = text.len().checked_sub(word.len());
    from.and_then(|from| text.get(from..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
}

/// `SHA256:9f3a…`: whether what begins at `at` is called a hash.
fn is_fingerprint(probe: &Probe<'_>, at: usize) -> bool {
    const HASHES: [&[u8]; 4] = [b"sha256:", b"sha512:", b"sha1:", b"md5:"];
    let before = probe.behind(at, 7);
    HASHES.into_iter().any(|hash| ends_with(before, hash))
}

/// Whether a word begins at `at`, after a break or a hump: the `heap` of `my_heap` and `myHeap`, and not that of `cheap`.
fn begins_word(probe: &Probe<'_>, at: usize) -> bool {
    let is_hump = || probe.was(at, &ByteSet::LOWER) && probe.is(at, &ByteSet::UPPER);
    !(probe.was(at, &ByteSet::ALPHA) && probe.is(at, &ByteSet::ALPHA)) || is_hump()
}

impl Named {
    /// Whether a name says that what it has is something else of the provider's.
    fn is_of_another(&self, name: &[u8]) -> bool {
        self.never.is_some_and(|words| words.stand_in(name))
    }

    /// The word that stands at the anchor.
    fn word_at(&self, probe: &Probe<'_>) -> Option<&'static str> {
        let at = probe.at();
        let stands = |word: &&&str| probe.looking_at_word(at, word.as_bytes());
        let words = match self.words.len() {
            ..MANY => self.words,
            _ => {
                let here = [probe.get(at)?, probe.get(at + 1)?].map(|byte| byte.to_ascii_lowercase());
                let first = self.words.partition_point(|word| head(word) < Some(&here));
                let after = self.words.partition_point(|word| head(word) <= Some(&here));
                self.words.get(first..after).unwrap_or_default()
            }
        };
        words.iter().find(stands).copied()
    }

    /// The end of what is written at `at` as a value is.
    fn end_of_value(&self, probe: &Probe<'_>, at: usize) -> Option<usize> {
        if is_glued(probe, at) {
            return None;
        }
        let end = end_of(self.value, probe, at)?;
        if is_fingerprint(probe, at) {
            return None;
        }
        let goes_on = probe.is(end, &ByteSet::EMPTY.with(b"-./+")) && probe.is(end + 1, &ByteSet::ALNUM);
        (!goes_on).then_some(end)
    }

    /// `urlscan-access-9f3a…`: a value that a dash joins to a word for a secret in the name itself.
    fn glued(&self, probe: &Probe<'_>, from: usize) -> Option<Match> {
        const NAME: ByteSet = ByteSet::ALPHA.with(b"-_");
        if !probe.is(from, &NAME) || self.says.is_none() {
            return None;
        }
        let end = probe.run(from, &NAME, LONGEST_NAME);
        let after_dashes = memchr::memchr_iter(b'-', probe.slice(from..end)).map(|dash| from + dash + 1);
        let may_begin = |at: &usize| probe.is(*at, &ByteSet::ALNUM) && is_after_secret(probe, at - 1);
        let mut values = after_dashes.filter(may_begin);
        let is_long = || unbroken(self.value) >= LEAST_GLUED;
        values.find_map(|at| {
            if !is_long() {
                return None;
            }
            probe.begins(at);
            Some(self.weigh(probe, at..self.end_of_value(probe, at)?).harmless())
        })
    }

    fn weigh(&self, probe: &Probe<'_>, range: Range<usize>) -> Match {
        let value = probe.slice(range.clone());
        let found = Match::new(range, 0.8).with(Evidence::CONTEXT);
        let is_drawn =
            || !matches!(self.value, [Part::Run(_, min, max)] if min == max) || entropy::is_drawn(value);
        // Names of a program's own: `oidKeyUsageServerCrypto`, `client.credstore_env`, `HTTP_X_LOGGED_IN`.
        let is_name = || {
            let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
            let is_worded = |byte: &u8| byte.is_ascii_alphanumeric() || b"._".contains(byte);
            digits * 16 <= value.len() && value.iter().all(is_worded) && language::surprise(value) < 5.2
        };
        let is_weak = is_placeholder_key(value) || !entropy::is_random(value) || !is_drawn() || is_name();
        if is_weak { found.harmless() } else { found.with(Evidence::ENTROPY) }
    }
}
