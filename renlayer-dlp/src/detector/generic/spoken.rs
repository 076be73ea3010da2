//! Passwords and keys that a sentence tells: `my password is Kx7!pQ2z`, `das Passwort lautet …`, `the API key is 9f86d0…`, `set the
//! password to …`, `the password for the database is …`.
//!
//! What sentences set a password to, and what they say of one for something, is mostly how it is kept (`set the password to Base64Url`):
//! without a sign that words have not, it is `LOW`.

use super::name::{self, Kind};
use super::two_words;
use super::value::Value;
use crate::Evidence;
use crate::detector::{ByteSet, Match, Need, Probe};
use crate::openings::Openings;

/// What stands between the word and the value, in the languages of the words.
const VERBS: [&str; 10] = [" is ", " is: ", TO, " was ", " ist ", " lautet ", " est ", " es ", " é ", " è "];
/// How these begin, and what says of which it is: most words after one for a password do not.
static BEGINS: Openings = Openings::of(&VERBS).and(FOR.as_bytes()).and(OF.as_bytes());

/// After a word for setting it alone: `hash the password to …`, `map password to …` speak of something else.
const TO: &str = " to ";
const SETS: [&[u8]; 3] = [b"set", b"change", b"reset"];
/// How far before the password's word such a word stands.
const BEFORE: usize = 32;

/// What says of which it is, before the verb.
const FOR: &str = " for ";
const OF: &str = " of ";
const OWNERS: [&str; 2] = [FOR, OF];
/// And how long that is.
const LONGEST_OWNER: usize = 40;

/// The password that the sentence gives after a word for one that ends at `after`.
pub(super) fn find(probe: &Probe<'_>, after: usize) -> Option<Match> {
    if !(probe.is(after, &ByteSet::EMPTY.with(b" ")) && probe.is(after + 1, &Need::VERBS)) {
        return None;
    }
    if probe.arrived(after, 3).is_some_and(|near| !BEGINS.may_begin(near)) {
        return None;
    }
    let from = after_owner(probe, after).unwrap_or(after);
    let verb = VERBS.iter().find(|verb| probe.looking_at(from, verb.as_bytes()))?;
    let at = probe.run(from + verb.len(), &ByteSet::EMPTY.with(b"\"'`"), 1);
    probe.begins(at);
    let value = Value::read(probe, at)?;
    let name = name::around(probe, after);
    let is_set = *verb == TO;
    // Who passes something to somebody.
    if is_set && (name::is_pass(name) || !is_told_to_set(probe)) {
        return None;
    }
    let kind = Kind::of(name)?;
    let stands = match kind {
        Kind::Password => value.is_spoken_password(),
        Kind::Key if !two_words::allow(name, probe.slice(value.range())) => false,
        Kind::Key => value.is_spoken_key() && !value.is_misshapen(probe) && !value.is_cut(name, probe),
        Kind::BareKey | Kind::SomebodysKey | Kind::Login | Kind::Authorization => false,
    };
    if !stands {
        return None;
    }
    let found = Match::new(value.range(), 0.5).with(Evidence::CONTEXT);
    let is_doubtful = kind == Kind::Password && (is_set || from > after) && !value.has_sign();
    Some(if is_doubtful || value.stands_for_another(kind) { found.harmless() } else { found })
}

/// Whether somebody is told to set what the word is for.
fn is_told_to_set(probe: &Probe<'_>) -> bool {
    let mut words = probe.behind(probe.at(), BEFORE).split(|byte| !byte.is_ascii_alphanumeric());
    words.any(|word| SETS.into_iter().any(|set| word.eq_ignore_ascii_case(set)))
}

/// Where ` is ` stands after words that say whose it is.
fn after_owner(probe: &Probe<'_>, after: usize) -> Option<usize> {
    const OWNER: ByteSet = ByteSet::WORD.with(b" -.'");
    let owner = OWNERS.into_iter().find(|owner| probe.looking_at(after, owner.as_bytes()))?;
    let words = probe.slice(after..probe.run(after + owner.len(), &OWNER, LONGEST_OWNER));
    memchr::memmem::find(words, b" is ").map(|verb| after + verb)
}
