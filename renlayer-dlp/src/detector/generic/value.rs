//! Values that could be a secret, and those that a program or a person would write instead of one.

use std::ops::Range;

use super::name::Kind;
use crate::check::entropy;
use crate::detector::token::is_placeholder;
use crate::detector::{ByteSet, Probe};

/// The longest value that is looked at.
pub(super) const LONGEST: usize = 200;

/// What a value without quotes is made of.
const BARE: ByteSet = ByteSet::ALNUM.with(b"-_./+=~!@#%^*:$&?");
/// What keys are made of.
const KEY: ByteSet = ByteSet::ALNUM.with(b"-_./+=~:");
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'`");

/// A value as it stands.
pub(super) struct Value<'t> {
    start: usize,
    text: &'t [u8],
}

impl<'t> Value<'t> {
    /// Reads the value that begins at `at`; with a quote before it, it goes to that quote.
    pub(super) fn read(probe: &Probe<'t>, at: usize) -> Option<Self> {
        let quote = probe.before(at).filter(|byte| QUOTES.has(*byte));
        let end = match quote {
            Some(quote) => {
                let inside = ByteSet::EMPTY.range(0x21, 0x7e).without(&[quote, b'\\']);
                let end = probe.run(at, &inside, LONGEST);
                // An escaped quote closes too: this may be a string inside a string.
                matches!(probe.get(end), Some(byte) if byte == quote || byte == b'\\').then_some(end)?
            }
            None => {
                let end = probe.run(at, &BARE, LONGEST);
                let text = probe.slice(at..end);
                let trailing = text.iter().rev().take_while(|byte| b".,:?!".contains(byte)).count();
                if probe.is(end, &ByteSet::EMPTY.with(b"([{<").range(0x80, 0xff)) {
                    return None;
                }
                end - trailing
            }
        };
        Some(Self { start: at, text: probe.slice(at..end) })
    }

    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Whether it has as many characters as the shortest password that is looked for.
    pub(super) fn is_long_enough(&self) -> bool {
        self.text.len() >= 8
    }

    /// Whether it says itself that it is no secret.
    pub(super) fn stands_for_another(&self) -> bool {
        is_placeholder(self.text)
    }

    /// How sure one can be, where it could be a secret of this kind at all.
    pub(super) fn confidence(&self, kind: Kind) -> Option<f32> {
        if self.is_code() || self.is_masked() {
            return None;
        }
        match kind {
            Kind::Authorization => (self.text.len() >= 10 && self.is_key_like(10)).then_some(0.7),
            Kind::Key => self.is_key_like(16).then_some(0.7),
            Kind::Password => {
                let is_strong = self.is_key_like(16);
                (is_strong || self.is_password_like()).then_some(if is_strong { 0.7 } else { 0.55 })
            }
        }
    }
}

/* ===== kinds of value ===== */

impl Value<'_> {
    fn has(&self, set: ByteSet) -> bool {
        self.text.iter().any(|byte| set.has(*byte))
    }

    /// Variables, calls, paths, URLs, addresses.
    fn is_code(&self) -> bool {
        const OPENS: ByteSet = ByteSet::EMPTY.with(b"$%{[(</.&*@");
        let holds = |mark: &[u8]| self.text.windows(mark.len()).any(|window| window == mark);
        let opens = self.text.first().is_none_or(|byte| OPENS.has(*byte));
        opens
            || [&b"://"[..], b"${", b"{{", b"$(", b"()", b"...", b"->", b"::", b"=="]
                .into_iter()
                .any(|mark| holds(mark) && !(mark == b"==" && self.text.ends_with(mark)))
    }

    fn is_masked(&self) -> bool {
        self.text.iter().filter(|byte| b"*xX.#-_".contains(byte)).count() * 2 > self.text.len()
    }

    /// As random as a key: letters and digits mixed, and no words joined by dashes.
    fn is_key_like(&self, least: usize) -> bool {
        let is_key = self.text.len() >= least && self.text.iter().all(|byte| KEY.has(*byte));
        let is_mixed = self.has(ByteSet::DIGIT) && self.has(ByteSet::ALPHA);
        let bits = entropy::bits_per_byte(self.text);
        let is_hex = self.text.iter().all(|byte| ByteSet::HEX.with(b"-").has(*byte));
        let enough = if is_hex { 2.7 } else { 3.2 };
        is_key && is_mixed && bits >= enough && !self.is_joined_words()
    }

    /// Eight characters or more, of two kinds that a person mixes only in a password.
    fn is_password_like(&self) -> bool {
        let kinds = [ByteSet::LOWER, ByteSet::UPPER, ByteSet::DIGIT, SYMBOL];
        let used = kinds.into_iter().filter(|set| self.has(*set)).count();
        let is_long = (8..=64).contains(&self.text.len());
        is_long
            && used >= 2
            && (self.has(ByteSet::DIGIT) && self.has(ByteSet::ALPHA))
            && !self.is_joined_words()
    }

    /// `NEXUS-GPT4-API-KEY`, `id-Gost28147-89`, `com.corp.app1`, `rc0.15.0_20231217`: parts that are words or numbers, none
    /// of which is random.
    fn is_joined_words(&self) -> bool {
        let mut parts = self.text.split(|byte| b"-_./:+=~".contains(byte)).filter(|part| !part.is_empty());
        let joined = self.text.iter().any(|byte| b"-_./:~".contains(byte));
        joined && parts.all(is_word)
    }
}

const SYMBOL: ByteSet =
    ByteSet::EMPTY.range(0x21, 0x2f).range(0x3a, 0x40).range(0x5b, 0x60).range(0x7b, 0x7e);

/// Letters of one case (the first may differ) with a number after them, or a short number.
fn is_word(part: &[u8]) -> bool {
    let letters = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, number) = part.split_at(letters);
    let tail = word.get(1..).unwrap_or_default();
    let is_one_case = tail.iter().all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase);
    let is_camel = word.iter().filter(|byte| byte.is_ascii_uppercase()).count() * 3 <= word.len();
    (is_one_case || is_camel)
        && number.len() <= 8
        && number.iter().all(u8::is_ascii_digit)
        && part.len() <= 20
}
