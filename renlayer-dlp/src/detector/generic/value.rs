//! Values that could be a secret, and those that a program or a person would write instead of one.
//!
//! What decides is how little a value looks like language (see [`language`]): a name, a path or a sentence is made of
//! words, whatever its case and however its words are joined. Before that the cheap questions are asked: is it long enough,
//! of the characters that keys are made of, and neither code nor masked.

mod code;

use std::cell::OnceCell;
use std::ops::Range;

use super::joined::{BETWEEN, JOINT, are_words, is_identifier, is_of_words, is_word};
use super::name::Kind;
use super::{extent, stand_in};
use crate::check::{entropy, language};
use crate::detector::named::is_cut;
use crate::detector::token::{
    is_misshapen, is_misshapen_under, is_of_a_sandbox, is_placeholder, is_placeholder_key,
};
use crate::detector::url_credentials::is_stand_in;
use crate::detector::{ByteSet, Probe, jwt};

/// Under this name it is noted up to where a text is words joined, whoever reads values in it.
pub(super) const NOTES: &str = "words joined";
/// The shortest value that is looked at.
const SHORTEST: usize = 4;
/// The longest value that is looked at, in quotes.
pub(super) const LONGEST: usize = 1024;
/// The longest key that people make up.
const LONGEST_MADE_UP: usize = 40;

/// The shortest value of which it is noted: others cost no more than that.
const SHORTEST_NOTED: usize = 40;

/// So many bits a byte cost words with a number among them.
const LEAST_FOREIGN: f32 = 4.0;

/// The fewest characters of a key that programs draw.
const LEAST_DRAWN: usize = 16;

/// What keys are made of.
const KEY: ByteSet = ByteSet::ALNUM.with(b"-_./+=~:|");
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'`");
pub(super) const SYMBOL: ByteSet =
    ByteSet::EMPTY.range(0x21, 0x2f).range(0x3a, 0x40).range(0x5b, 0x60).range(0x7b, 0x7e);
/// What a sentence has as well: between words, around them and after them.
pub(super) const JOINTS: &[u8] = b"-_./:,=%()";

/// A value as it stands.
pub(super) struct Value<'t> {
    start: usize,
    text: &'t [u8],
    /// The bytes that it has, once these are asked for.
    bytes: OnceCell<ByteSet>,
    /// Whether it is words joined, once that is asked.
    is_joined: OnceCell<bool>,
    /// How much of it is known to be words joined.
    worded: usize,
    is_quoted: bool,
}

/// What a value is, under a name that says secret.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// A secret, this sure.
    Secret(f32),
    /// Something that may be one, and mostly is none.
    Doubtful,
}

impl<'t> Value<'t> {
    /// Reads the value that begins at `at`; with a quote before it, it goes to that quote.
    pub(super) fn read(probe: &Probe<'t>, at: usize) -> Option<Self> {
        let quote = probe.before(at).filter(|byte| QUOTES.has(*byte));
        let Some(quote) = quote else {
            let worded = worded(probe, at);
            let end = extent::bare(probe, at, worded)?;
            return Some(Self::new(at, probe.slice(at..end), false).with_words(worded - at));
        };
        let end = extent::quoted(probe, at, quote)?;
        (!is_after_nothing(probe, at, end, quote)).then(|| Self::new(at, probe.slice(at..end), true))
    }

    /// Reads the string that begins at `at` and ends with the text, as that of a JSON document does; of one that is more than a value,
    /// the value that it begins with.
    pub(super) fn of_string(probe: &Probe<'t>, at: usize) -> Option<Self> {
        let end = probe.run(at, &ByteSet::EMPTY.range(0x21, 0x7e), LONGEST);
        if !probe.ends(end) {
            return Self::read(probe, at);
        }
        Some(Self::new(at, probe.slice(at..end), true))
    }

    /// What stands at `start`; the edges of a cell hold a value as quotes do.
    pub(super) fn new(start: usize, text: &'t [u8], is_quoted: bool) -> Self {
        Self { start, text, bytes: OnceCell::new(), is_joined: OnceCell::new(), worded: 0, is_quoted }
    }

    fn with_words(self, worded: usize) -> Self {
        Self { worded: worded.min(self.text.len()), ..self }
    }

    /// Notes how far the text is words joined: names that stand in a row have values that end with one another.
    pub(super) fn note_words(&self, probe: &Probe<'_>) {
        if self.is_quoted || self.text.len() < SHORTEST_NOTED || !self.is_joined_words() {
            return;
        }
        let is_one = |from: usize| are_words(probe.slice(from..self.start));
        let last = self.text.iter().rposition(|byte| BETWEEN.has(*byte));
        if let Some(last) = last.filter(|_| self.worded > 0 || is_one(probe.at())) {
            probe.knows(self.start + last + 1);
        }
    }

    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Whether it has as many characters as the shortest password that is looked for.
    pub(super) fn is_long_enough(&self) -> bool {
        self.text.len() >= SHORTEST
    }

    /// Whether it says itself that it is no secret.
    pub(super) fn stands_for_another(&self, kind: Kind) -> bool {
        let is_placeholder = if kind == Kind::Password { is_placeholder } else { is_placeholder_key };
        is_placeholder(self.text)
            || stand_in::says_what_it_is(self.text)
            || stand_in::is_encrypted(self.text)
            || stand_in::is_public(self.text)
            || is_of_a_sandbox(self.text)
            || jwt::is_nobodys(self.text)
            || self.is_encoded_stand_in()
    }

    /// Whether it is the name of a secret, and not what a person chose as one.
    pub(super) fn names_a_secret(&self) -> bool {
        stand_in::names_a_secret(self.text)
    }

    /// Whether it may be the name of a variable, where no quotes make it a value: `mvnPassword`.
    pub(super) fn is_variable(&self) -> bool {
        !self.is_quoted
            && !self.has(ByteSet::ALPHA.not())
            && self.text.first().is_some_and(u8::is_ascii_lowercase)
    }

    /// Whether it begins like the tokens of some provider, and is not written like them.
    pub(super) fn is_misshapen(&self, probe: &Probe<'_>) -> bool {
        is_misshapen(probe, self.start, self.text) || jwt::is_misshapen(self.text)
    }

    /// Whether its name says whose key it is, and it is none of theirs, though it begins like one.
    pub(super) fn is_cut(&self, name: &[u8], probe: &Probe<'_>) -> bool {
        is_cut(name, probe, self.start) || is_misshapen_under(name, probe, self.start, self.text)
    }

    /// What it is, where it could be a secret of this kind at all.
    pub(super) fn verdict(&self, kind: Kind) -> Option<Verdict> {
        // The names of most harmless things say "key", and their values are short.
        let least = match kind {
            Kind::BareKey => 20,
            Kind::SomebodysKey => 12,
            _ => 6,
        };
        if self.text.len() < least
            || !self.is_of(kind)
            || self.is_worded(kind)
            || self.is_code()
            || self.is_masked()
            || self.is_rest_of_code()
        {
            return None;
        }
        match kind {
            Kind::Authorization => self.is_key(10, 3.9).then_some(Verdict::Secret(0.7)),
            Kind::Login if self.is_encoded_state() => Some(Verdict::Doubtful),
            Kind::Login if self.is_encoded_login() => Some(Verdict::Secret(0.8)),
            // A token in its place, as some registries have them.
            Kind::Login => {
                let least = if self.is_quoted && self.is_drawn_of_letters() { LEAST_DRAWN } else { 40 };
                (!self.is_hex() && self.is_key(least, language::FOREIGN)).then_some(Verdict::Doubtful)
            }
            Kind::Key => self.as_key(),
            // What a map is asked with looks as random, and a hash is hexadecimal.
            Kind::BareKey => {
                let is_doubtful = || self.is_key(20, language::FOREIGN) || self.is_chosen_key();
                ((!self.is_hex() || self.is_mixed()) && is_doubtful()).then_some(Verdict::Doubtful)
            }
            // Of one kind of letters it may be a hash as well.
            Kind::SomebodysKey if self.is_mixed() && self.is_bare_key() => Some(Verdict::Secret(0.6)),
            Kind::SomebodysKey => {
                let is_doubtful = self.is_uuid()
                    || self.is_key(20, language::FOREIGN)
                    || self.is_made_up()
                    || self.is_chosen_key();
                is_doubtful.then_some(Verdict::Doubtful)
            }
            Kind::Password => self.as_password(),
        }
    }
}

/// The hexadecimal digits of what programs of Ethereum write so: a key that opens an account has 64, the address of one 40.
fn of_ledger(text: &[u8], count: usize) -> Option<&[u8]> {
    text.strip_prefix(b"0x").filter(|digits| digits.len() == count && language::is_hex(digits))
}

/// `"",$timeout="`: whether the quote before `at` closes an empty string, and the one at `end` opens the next. Where three stand together
/// they are one mark, and where two do at both ends.
fn is_after_nothing(probe: &Probe<'_>, at: usize, end: usize, quote: u8) -> bool {
    let quotes = at - probe.run_back(at, &ByteSet::EMPTY.with(&[quote]), 3);
    quotes == 2 && !probe.looking_at(end, &[quote, quote])
}

/// Up to where the text from `at` on is known to be words joined.
fn worded(probe: &Probe<'_>, at: usize) -> usize {
    let known = probe.known();
    let is_of_words = (at..at + extent::LONGEST_BARE).contains(&known) && probe.was(at, &BETWEEN);
    if is_of_words { known } else { at }
}

/* ===== kinds of value ===== */

impl Value<'_> {
    fn has(&self, set: ByteSet) -> bool {
        self.bytes.get_or_init(|| ByteSet::of(self.text)).meets(set)
    }

    /// Whether it holds such a mark, and enough beside it to be a password.
    pub(super) fn may_be_reference(&self) -> bool {
        self.beside_mark().is_some()
    }

    /// Whether it has letters of both cases and digits, as what programs draw has.
    fn is_drawn_of_letters(&self) -> bool {
        [ByteSet::UPPER, ByteSet::LOWER, ByteSet::DIGIT].into_iter().all(|kind| self.has(kind))
    }

    /// Whether it is words joined, which are no secret of any kind but a login, however that is written.
    pub(super) fn is_worded(&self, kind: Kind) -> bool {
        kind != Kind::Login && !self.is_hex() && self.is_joined_words()
    }

    /// `]+([^"`: whether it closes a bracket that opened before it. Passwords in quotes may begin with a parenthesis.
    fn is_rest_of_code(&self) -> bool {
        let closes = self.text.starts_with(b"]") || !self.is_quoted && self.text.starts_with(b")");
        closes && !self.is_drawn_with_signs()
    }

    fn is_masked(&self) -> bool {
        const MASK: ByteSet = ByteSet::EMPTY.with(b"*xX.#-_");
        self.has(MASK) && self.text.iter().filter(|byte| MASK.has(**byte)).count() * 2 > self.text.len()
    }

    /// Whether it is made of what the values of a kind are: a key of what keys are, unless somebody chose it.
    fn is_of(&self, kind: Kind) -> bool {
        let is_drawn = || !self.has(KEY.not());
        match kind {
            Kind::Authorization => is_drawn(),
            Kind::Key | Kind::BareKey | Kind::SomebodysKey => is_drawn() || self.may_be_chosen(),
            Kind::Password | Kind::Login => true,
        }
    }

    /// Whether it is as long as a key that somebody chose, and has a digit as these have.
    fn may_be_chosen(&self) -> bool {
        (8..=128).contains(&self.text.len()) && self.has(ByteSet::DIGIT)
    }

    /// Between random and words a UUID is: the id of something, and with some services its key; and the address of a token of Ethereum,
    /// which is public.
    fn as_key(&self) -> Option<Verdict> {
        if self.is_uuid() || of_ledger(self.text, 40).is_some() {
            return Some(Verdict::Doubtful);
        }
        if self.is_key(16, language::FOREIGN) {
            return Some(Verdict::Secret(0.7));
        }
        let is_short_key = || self.has(ByteSet::DIGIT) && self.is_key(10, 5.0);
        let is_doubtful = is_short_key()
            || self.is_varied()
            || self.is_chosen_key()
            || self.is_made_up()
            || self.is_drawn_from_letters();
        is_doubtful.then_some(Verdict::Doubtful)
    }

    /// Letters, digits and signs without order, as frameworks draw their keys: `r&lvybzry1*k+qq)=x-!=0yd5l5#1gxzk`.
    pub(super) fn is_drawn_with_signs(&self) -> bool {
        const SIGN: ByteSet = SYMBOL.without(JOINTS);
        let signs = || self.text.iter().filter(|byte| SIGN.has(**byte)).count();
        self.text.len() >= 24
            && self.has(ByteSet::DIGIT)
            && self.has(ByteSet::ALPHA)
            && signs() >= 4
            && signs() * 2 <= self.text.len()
            && !self.has(ByteSet::EMPTY.with(b"\\"))
            && !lists_characters(self.text)
            && !is_of_words(self.text)
            && entropy::bits_per_byte(self.text) >= 3.9
    }

    /// Of secrets that only two programs know, people make up some as they do passwords.
    fn is_chosen_key(&self) -> bool {
        let has_sign = || self.has(SYMBOL.without(b"-_./:,=%")) && self.has(ByteSet::ALPHA);
        self.may_be_chosen() && has_sign() && !self.is_joined_words()
    }

    /// Letters and digits that are no name, as manuals make up keys: `abc123def456`, `1234567890abcdef`, or as long as no name
    /// is and typed along the keyboard.
    fn is_made_up(&self) -> bool {
        let has_both = || self.has(ByteSet::DIGIT) && self.has(ByteSet::ALPHA) && !is_word(self.text);
        let is_typed = || self.text.len() >= 16 && is_placeholder(self.text);
        self.text.len() >= 8
            && !self.is_joined_words()
            && !self.has(KEY.not())
            && !is_identifier(self.text)
            && (has_both() || is_typed())
    }

    /// As long as a key and with as many different characters, in an order that language has too.
    fn is_varied(&self) -> bool {
        self.text.len() >= 20
            && !self.has(KEY.not())
            && self.has(ByteSet::DIGIT)
            && self.has(ByteSet::ALPHA)
            && !self.is_joined_words()
            && entropy::bits_per_byte(self.text) >= 3.2
    }

    /// Whether somebody wrote it as a value, and neither as code nor in place of one.
    pub(super) fn is_chosen(&self) -> bool {
        !self.is_code() && !self.is_masked() && !stand_in::is_no_value(self.text)
    }

    /// A word for a password that people take for one.
    pub(super) fn is_weak_password(&self) -> bool {
        stand_in::is_weak_password(self.text)
    }

    pub(super) fn is_quoted(&self) -> bool {
        self.is_quoted
    }

    pub(super) fn has_digit(&self) -> bool {
        self.has(ByteSet::DIGIT)
    }

    /// Whether it has a sign that neither words joined nor names have.
    pub(super) fn has_sign(&self) -> bool {
        self.has(SYMBOL.without(b"-_./:,=%'"))
    }

    /// Whether it has what names have not.
    pub(super) fn has_digit_or_sign(&self) -> bool {
        self.has(ByteSet::DIGIT.or(SYMBOL.without(JOINTS)))
    }

    /// Of what keys are made of, and no longer than those that people make up.
    pub(super) fn is_plain(&self) -> bool {
        self.text.len() <= LONGEST_MADE_UP && !self.has(KEY.without(b"=").not())
    }

    fn as_password(&self) -> Option<Verdict> {
        if self.is_uuid() {
            return Some(Verdict::Doubtful);
        }
        if self.is_key(16, language::FOREIGN) {
            return Some(Verdict::Secret(0.7));
        }
        (self.is_password() || self.is_drawn_from_letters()).then_some(Verdict::Secret(0.55))
    }

    /// As rare as a key: of the characters of keys, and no language.
    fn is_key(&self, least: usize, foreign: f32) -> bool {
        if self.text.len() < least || self.has(KEY.not()) {
            return false;
        }
        let text = of_ledger(self.text, 64).unwrap_or(self.text);
        if language::is_hex(text) {
            return self.has(ByteSet::DIGIT)
                && self.has(ByteSet::ALPHA)
                && entropy::bits_per_byte(text) >= 2.7;
        }
        let has_digit = self.has(ByteSet::DIGIT);
        // Letters alone may be an abbreviation or another language.
        let enough = if has_digit { foreign } else { foreign.max(5.2) };
        if is_identifier(self.text) {
            return false;
        }
        let is_long = has_digit || self.text.len() >= 20;
        is_long
            && self.has(ByteSet::ALPHA)
            && !self.is_joined_words()
            && language::surprise(self.text) >= enough
            && entropy::bits_per_byte(self.text) >= 2.9
    }

    fn is_mixed(&self) -> bool {
        self.has(ByteSet::UPPER) && self.has(ByteSet::LOWER) && self.has(ByteSet::DIGIT)
    }

    /// Under a name that says no more than "key": one that mixes letters of both cases and digits, without the structure of
    /// names and ids.
    fn is_bare_key(&self) -> bool {
        self.is_key(20, 5.0) && !self.is_uuid()
    }

    /// Base64 of a name, a colon and a password.
    pub(super) fn is_encoded_login(&self) -> bool {
        self.login().is_some()
    }

    /// The same of `user:password` and its like, and of a name alone.
    fn is_encoded_stand_in(&self) -> bool {
        let colon = |login: &Vec<u8>| login.iter().position(|byte| *byte == b':');
        let login = self.login().and_then(|login| Some((colon(&login)?, login)));
        login.is_some_and(|(colon, login)| {
            let (name, password) = (login.get(..colon), login.get(colon + 1..));
            let (name, password) = (name.unwrap_or_default(), password.unwrap_or_default());
            password.is_empty() || is_stand_in(name, password)
        })
    }

    /// The same of two words in lower case, which are a state as often: `session:active`.
    fn is_encoded_state(&self) -> bool {
        let is_word = |byte: &u8| byte.is_ascii_lowercase() || *byte == b':';
        self.login().is_some_and(|login| login.iter().all(is_word))
    }

    fn login(&self) -> Option<Vec<u8>> {
        use base64::Engine as _;
        let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
        let text = self.text.trim_ascii_end();
        let unpadded = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
        let mut decoded = text.get(..unpadded).and_then(|text| engine.decode(text).ok())?;
        // `echo` ends what it is asked to encode with a line.
        decoded.truncate(decoded.trim_ascii_end().len());
        let is_login = decoded.len() >= 5
            && decoded.contains(&b':')
            && std::str::from_utf8(&decoded).is_ok_and(|text| !text.contains(char::is_control));
        is_login.then_some(decoded)
    }

    /// Eight characters or more, mixed as a person mixes them only in a password.
    fn is_password(&self) -> bool {
        let kinds = [ByteSet::LOWER, ByteSet::UPPER, ByteSet::DIGIT, SYMBOL.without(b"-_.")];
        let used = kinds.into_iter().filter(|set| self.has(*set)).count();
        let is_long = (8..=64).contains(&self.text.len());
        let has_both = self.has(ByteSet::DIGIT) && self.has(ByteSet::ALPHA);
        // Labels end with a mark (`Confirm*`), and words that a person chose with one that is asked for (`busybox@`).
        let marks = self.text.iter().rev().take_while(|byte| b"*!?@#&".contains(byte)).count();
        let unmarked = ByteSet::EMPTY.with(self.text.get(..self.text.len() - marks).unwrap_or_default());
        let has_symbols = self.has(ByteSet::ALPHA) && unmarked.meets(SYMBOL.without(b"-_./:,=%"));
        is_long
            && used >= 2
            && (has_both || has_symbols)
            && !self.is_joined_words()
            && !is_identifier(self.text)
    }

    /// Ten letters or more, of both cases, and no language: no name of a program's.
    fn is_drawn_from_letters(&self) -> bool {
        self.text.len() >= 10
            && self.text.iter().all(u8::is_ascii_alphabetic)
            && self.has(ByteSet::LOWER)
            && self.has(ByteSet::UPPER)
            && language::surprise(self.text) >= 5.2
            && entropy::bits_per_byte(self.text) >= 2.9
    }

    /// A password in the middle of a sentence: mixed as no word of it is.
    pub(super) fn is_spoken_password(&self) -> bool {
        let mixes = self.has_sign() || (self.has(ByteSet::LOWER) && self.has(ByteSet::UPPER));
        mixes && self.has(ByteSet::DIGIT) && self.is_password() && !self.is_code() && !self.is_masked()
    }

    /// A key in the middle of a sentence: as random as no word of it is.
    pub(super) fn is_spoken_key(&self) -> bool {
        self.has(ByteSet::DIGIT) && self.is_key(20, language::FOREIGN) && !self.is_uuid() && !self.is_code()
    }

    /// The same where the word before it is not that of a sentence: a UUID as well, and what was made up.
    pub(super) fn may_be_spoken_key(&self) -> bool {
        let is_foreign = || self.is_hex() || language::surprise(self.text) >= LEAST_FOREIGN;
        (self.is_made_up() && is_foreign() || self.is_uuid()) && !self.is_code() && !self.is_masked()
    }

    /// Hexadecimal digits, as keys and hashes are.
    pub(super) fn is_hex(&self) -> bool {
        language::is_hex(self.text)
    }

    /// As many of them, of both kinds, as a key of AES has.
    pub(super) fn is_hex_of_aes(&self) -> bool {
        matches!(self.text.len(), 32 | 48 | 64) && self.is_hex() && self.is_key(32, language::FOREIGN)
    }

    fn is_uuid(&self) -> bool {
        let groups = self.text.split(|byte| *byte == b'-').map(<[u8]>::len);
        self.text.len() == 36 && language::is_hex(self.text) && groups.eq([8, 4, 4, 4, 12])
    }

    /// Whether a program calls something so: words joined by signs or by humps.
    pub(super) fn is_name(&self) -> bool {
        self.is_joined_words() || is_identifier(self.text)
    }

    /// `NEXUS-GPT4-API-KEY`, `id-Gost28147-89`, `com.corp.app1`, `rc0.15.0_20231217`: parts that are words or numbers, none
    /// of which is random.
    pub(super) fn is_joined_words(&self) -> bool {
        *self.is_joined.get_or_init(|| {
            let rest = self.text.get(self.worded..).unwrap_or_default();
            self.text.iter().any(|byte| JOINT.has(*byte)) && are_words(rest)
        })
    }
}

/// Whether characters are in order in it, as in what checks or lists them: `[a-z]`, `\d`, `!@#$%^&*()`, which is how digits are shifted.
pub(super) fn lists_characters(text: &[u8]) -> bool {
    const ORDERED: [&[u8]; 8] = [b"a-z", b"A-Z", b"0-9", b"\\d", b"\\w", b"(?", b"[^", b"!@#$%^&*()"];
    ORDERED.iter().any(|part| memchr::memmem::find(text, part).is_some())
}
