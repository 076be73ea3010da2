//! Values that could be a secret, and those that a program or a person would write instead of one.
//!
//! What decides is how little a value looks like language (see [`language`]): a name, a path or a sentence is made of
//! words, whatever its case and however its words are joined. Before that the cheap questions are asked: is it long enough,
//! of the characters that keys are made of, and neither code nor masked.

use std::cell::OnceCell;
use std::ops::Range;

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

/// What keys are made of.
const KEY: ByteSet = ByteSet::ALNUM.with(b"-_./+=~:|");
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'`");
/// What joins words.
const JOINT: ByteSet = ByteSet::EMPTY.with(b"-_./:~&");
/// What stands between words that are joined.
const BETWEEN: ByteSet = JOINT.with(b"+=#");
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
        Some(Self::new(at, probe.slice(at..end), true))
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
        if self.text.len() < least || self.is_worded(kind) || self.is_code() || self.is_masked() {
            return None;
        }
        match kind {
            Kind::Authorization => self.is_key(10, 3.9).then_some(Verdict::Secret(0.7)),
            Kind::Login => self.is_encoded_login().then_some(Verdict::Secret(0.8)),
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

    /// Variables, calls, paths, URLs, addresses, templates.
    fn is_code(&self) -> bool {
        const OPENS: ByteSet = ByteSet::EMPTY.with(b"$%{[(</.&*@)");
        // A quoted word may begin like that; a reference then goes on as a name.
        let is_reference =
            |rest: &[u8]| rest.iter().all(|byte| ByteSet::WORD.with(b".-:=[](){}%>/").has(*byte));
        let opens = match self.text {
            [] => true,
            [b'/', ..] if self.is_mixed() && language::surprise(self.text) >= 5.0 => false,
            // No variable has such a name.
            [b'$', rest @ ..] if is_drawn(rest) => false,
            [first, rest @ ..] => OPENS.has(*first) && (!self.is_quoted || is_reference(rest)),
        };
        // `#include` and its like, and the selector `#add-password`.
        let is_directive = || {
            let rest = self.text.strip_prefix(b"#").unwrap_or_default();
            !rest.is_empty() && rest.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
        };
        // The quote before it closed another value: `"password=" + name("x")`.
        let is_between =
            || self.is_quoted && self.text.starts_with(b"+") && matches!(self.text.last(), Some(b'(' | b')'));
        let is_number = || is_number(self.text) && (!self.is_quoted || self.text.starts_with(b"0x"));
        opens
            || is_directive()
            || is_between()
            || is_number()
            || self.is_constant()
            || self.has_operator()
            || self.is_template()
            || self.beside_mark().is_some_and(|beside| !is_of_three_kinds(&beside))
            || is_host(self.text)
    }

    /// `TOKEN_TYPE_V2`: the name of a constant, where no quotes make it a value.
    fn is_constant(&self) -> bool {
        const NAME: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT).with(b"_");
        let is_name = || !self.has(NAME.not()) && self.has(ByteSet::EMPTY.with(b"_"));
        !self.is_quoted && is_name() && self.text.first().is_some_and(u8::is_ascii_uppercase)
    }

    fn has_operator(&self) -> bool {
        if !self.has(ByteSet::EMPTY.with(b"=$(-:.[?")) {
            return false;
        }
        let (mut rest, compares) = (self.text, !self.text.ends_with(b"=="));
        while let [_, tail @ ..] = rest {
            match rest {
                [b'=', b'=', ..] if compares => return true,
                [b'$', b'(', ..] | [b'(', b'$' | b')', ..] | [b'-', b'>', ..] | [b':', b':', ..] => {
                    return true;
                }
                [b':', b'/', b'/', ..] | [b'.', b'.', b'.', ..] => return true,
                [b'[', b':', ..] | [b'?', b'.', ..] => return true,
                _ => rest = tail,
            }
        }
        false
    }

    /// `${NAME}`, `{{ name }}`, `#{name(1)}`, `%(name)s`, also with something around.
    fn is_template(&self) -> bool {
        const MARKS: [(&[u8], u8); 5] =
            [(b"${", b'}'), (b"{{", b'}'), (b"#{", b'}'), (b"%(", b')'), (b"<%", b'%')];
        self.has(ByteSet::EMPTY.with(b"{(%"))
            && MARKS.into_iter().any(|(opener, closer)| around_name(self.text, opener, closer).is_some())
    }

    /// What stands beside the mark of a variable or a comment that a password may hold as well: `$NAME`, `{$name}`, `?` and `##` before a
    /// value without quotes.
    fn beside_mark(&self) -> Option<Vec<u8>> {
        match self.text {
            [b'?', rest @ ..] if !self.is_quoted => Some(rest.to_vec()),
            [b'#', b'#', ..] if !self.is_quoted => {
                Some(self.text.iter().copied().skip_while(|byte| *byte == b'#').collect())
            }
            _ if !self.has(ByteSet::EMPTY.with(b"$")) => None,
            text => around_name(text, b"{$", b'}').or_else(|| around_variable(text)),
        }
    }

    /// Whether it holds such a mark, and enough beside it to be a password.
    pub(super) fn may_be_reference(&self) -> bool {
        self.beside_mark().is_some()
    }

    /// Whether it is words joined, which are no secret of any kind but a login, however that is written.
    pub(super) fn is_worded(&self, kind: Kind) -> bool {
        kind != Kind::Login && !self.is_hex() && self.is_joined_words()
    }

    fn is_masked(&self) -> bool {
        self.text.iter().filter(|byte| b"*xX.#-_".contains(byte)).count() * 2 > self.text.len()
    }

    /// Between random and words a UUID is: the id of something, and with some services its key.
    fn as_key(&self) -> Option<Verdict> {
        if self.is_uuid() {
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

    /// Of secrets that only two programs know, people make up some as they do passwords.
    fn is_chosen_key(&self) -> bool {
        let has_sign = || self.has(SYMBOL.without(b"-_./:,=%")) && self.has(ByteSet::ALPHA);
        (8..=128).contains(&self.text.len())
            && self.has(ByteSet::DIGIT)
            && has_sign()
            && !self.is_joined_words()
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
        if language::is_hex(self.text) {
            return self.has(ByteSet::DIGIT)
                && self.has(ByteSet::ALPHA)
                && entropy::bits_per_byte(self.text) >= 2.7;
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
        // Labels end with a mark: `Confirm*`.
        let marks = self.text.iter().rev().take_while(|byte| b"*!?".contains(byte)).count();
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

/// Sixteen letters and digits or more that no language has.
fn is_drawn(text: &[u8]) -> bool {
    const KINDS: [ByteSet; 2] = [ByteSet::ALPHA, ByteSet::DIGIT];
    let has = ByteSet::EMPTY.with(text);
    text.len() >= 16
        && text.iter().all(u8::is_ascii_alphanumeric)
        && KINDS.into_iter().all(|kind| has.meets(kind))
        && language::surprise(text) >= language::FOREIGN
}

/// What stands around the name between two marks.
fn around_name(text: &[u8], opener: &[u8], closer: u8) -> Option<Vec<u8>> {
    const NAME: ByteSet = ByteSet::WORD.with(b".-:$ ~/?[]()'#*@^,");
    let at = memchr::memmem::find(text, opener)?;
    let (before, inside) = (text.get(..at)?, text.get(at + opener.len()..)?);
    let end = inside.iter().skip(1).position(|byte| *byte == closer)? + 1;
    let is_name = inside.get(..end)?.iter().all(|byte| NAME.has(*byte));
    is_name.then(|| [before, inside.get(end + 1..).unwrap_or_default()].concat())
}

/// What stands around the first `$NAME`: of four letters or more, all capitals, and nothing goes on after them.
fn around_variable(text: &[u8]) -> Option<Vec<u8>> {
    let (before, rest) = text.split_at(memchr::memchr(b'$', text)?);
    let is_of_name = |byte: &&u8| byte.is_ascii_uppercase() || **byte == b'_';
    let name = rest.iter().skip(1).take_while(is_of_name).count();
    let after = rest.get(1 + name..).unwrap_or_default();
    let is_name = name >= 4 && !after.first().is_some_and(u8::is_ascii_alphanumeric);
    is_name.then(|| [before, after].concat())
}

/// Whether it mixes three kinds of bytes or more, as passwords do.
fn is_of_three_kinds(text: &[u8]) -> bool {
    let text = ByteSet::EMPTY.with(text);
    let kinds = [ByteSet::LOWER, ByteSet::UPPER, ByteSet::DIGIT, SYMBOL];
    kinds.into_iter().filter(|kind| text.meets(*kind)).count() >= 3
}

/// `passwordResetTokenExpiresAt2Hours`, `ApiKeyServiceV2Impl`: a name of a program's. Words joined by humps and no more than
/// three digits, and language once these are left out: of random keys fewer than one in a thousand are so.
fn is_identifier(text: &[u8]) -> bool {
    if !text.first().is_some_and(u8::is_ascii_alphabetic) || !text.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let letters: Vec<u8> = text.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    let uppers = letters.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let is_hump = |pair: &[u8]| matches!(pair, [a, b] if !a.is_ascii_uppercase() && b.is_ascii_uppercase());
    let humps = text.windows(2).filter(|pair| is_hump(pair)).count();
    text.len() - letters.len() <= 3
        && humps >= 2
        && uppers <= humps + 1
        && letters.len() >= 4 * humps
        && language::surprise(&letters) < 5.0
}

/// `a1b2c3.corp.com`: the name of a host.
fn is_host(text: &[u8]) -> bool {
    const ENDS: [&[u8]; 6] = [b".com", b".net", b".org", b".io", b".local", b".internal"];
    let is_label = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(byte);
    ENDS.into_iter().any(|end| text.ends_with(end)) && text.iter().all(is_label)
}

/// A number as programs write it, with its type: `-2146368492i32`, `0x8055000D_u32`, `12014UL`. None has more digits than its type
/// holds.
fn is_number(text: &[u8]) -> bool {
    const LONGEST: usize = 24;
    const TYPES: [&[u8]; 17] = [
        b"", b"u8", b"u16", b"u32", b"u64", b"usize", b"i8", b"i16", b"i32", b"i64", b"isize", b"l", b"ul",
        b"ull", b"n", b"f32", b"f64",
    ];
    if text.len() > LONGEST {
        return false;
    }
    let lower = text.strip_prefix(b"-").unwrap_or(text).to_ascii_lowercase();
    let (digits, set) = match lower.strip_prefix(b"0x") {
        Some(digits) => (digits, ByteSet::HEX.with(b"_")),
        None => (&*lower, ByteSet::DIGIT.with(b"_.")),
    };
    TYPES
        .iter()
        .filter_map(|kind| digits.strip_suffix(*kind))
        .any(|digits| digits.iter().all(|byte| set.has(*byte)))
}

/// Whether whatever stands between the signs that join words is a word.
fn are_words(text: &[u8]) -> bool {
    text.split(|byte| BETWEEN.has(*byte)).filter(|part| !part.is_empty()).all(is_word)
}

/// Whether it is nothing but words, joined or not.
pub(super) fn is_words(text: &[u8]) -> bool {
    text.split(|byte| b"&_.".contains(byte)).all(|part| is_word(part) || is_identifier(part))
}

/// Letters of one case (the first may differ) with a number after them, or a short number.
pub(super) fn is_word(part: &[u8]) -> bool {
    let letters = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, number) = part.split_at(letters);
    let tail = word.get(1..).unwrap_or_default();
    let is_one_case = tail.iter().all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase);
    let is_camel = word.iter().filter(|byte| byte.is_ascii_uppercase()).count() * 3 <= word.len();
    (is_one_case || is_camel)
        && number.len() <= 8
        && number.iter().all(u8::is_ascii_digit)
        && part.len() <= 20
        && (letters < 6 || language::surprise(word) < 5.5)
}
