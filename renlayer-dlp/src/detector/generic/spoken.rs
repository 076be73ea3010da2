//! Passwords that a sentence tells: `my password is Kx7!pQ2z`, `das Passwort lautet …`.

use super::name;
use super::value::Value;
use crate::Evidence;
use crate::detector::{ByteSet, Match, Probe};

/// What stands between the word and the value, in the languages of the words.
const VERBS: [&[u8]; 9] = [
    b" is ",
    b" is: ",
    b" was ",
    b" ist ",
    b" lautet ",
    b" est ",
    b" es ",
    " é ".as_bytes(),
    " è ".as_bytes(),
];

/// The password that the sentence gives after a word for one that ends at `after`.
pub(super) fn find(probe: &Probe<'_>, after: usize) -> Option<Match> {
    let verb = VERBS.iter().find(|verb| probe.looking_at(after, verb))?;
    let at = probe.run(after + verb.len(), &ByteSet::EMPTY.with(b"\"'`"), 1);
    probe.begins(at);
    let value = Value::read(probe, at).filter(Value::is_spoken_password)?;
    if name::Kind::of(name::around(probe, after)) != Some(name::Kind::Password) {
        return None;
    }
    let found = Match::new(value.range(), 0.5).with(Evidence::CONTEXT);
    Some(if value.stands_for_another() { found.harmless() } else { found })
}
