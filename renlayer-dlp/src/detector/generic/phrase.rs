//! Passwords of several words, or with letters that keys have not.
//!
//! A passphrase is language, so that nothing but its place tells it: in quotes, under a name whose last word is one for a password,
//! and all of what the quotes hold.
//!
//! - low: `password: "correct horse battery staple"`, `passphrase = 'wat? lol no'`, `password="barユ£"`
//! - miss: labels and messages (`password: "Enter it again"`, `"password": "must be long"`), what has the marks of code
//! - known mistakes: a message that speaks of nothing that messages mostly do is `LOW`, and so is a label in a language whose word for
//!   a password is not among ours.

use std::ops::Range;

use super::name::{self, Kind};
use crate::Evidence;
use crate::detector::{ByteSet, Match, Probe};

const SHORTEST: usize = 6;
const LONGEST: usize = 64;
const MOST_WORDS: usize = 8;
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'`");
/// What such a password is made of: neither brackets nor what gives a value, which code has.
const INSIDE: ByteSet = ByteSet::ALNUM.with(b" -_.,!?#@&*%>^~'").range(0x80, 0xff);
/// What is said to whoever types a password, and what fields for it are called.
const SAYINGS: [&[u8]; 30] = [
    b"password",
    b"passwort",
    b"contrase",
    b"senha",
    b"passe",
    b"passphrase",
    b"must",
    b"your",
    b"enter ",
    b"please",
    b"valid",
    b"required",
    b"cannot",
    b"should",
    b"forgot",
    b"least",
    b"character",
    b"login",
    b"error",
    b"reset",
    b"the ",
    b"not ",
    // Labels in other languages.
    "lösenord".as_bytes(),
    "mật khẩu".as_bytes(),
    "hasło".as_bytes(),
    "jelszó".as_bytes(),
    "parolă".as_bytes(),
    "palavra".as_bytes(),
    "wachtwoord".as_bytes(),
    "kata sandi".as_bytes(),
];

/// The passphrase that begins at `at`, to the quote that stands before it.
pub(super) fn find<'n>(probe: &Probe<'_>, at: usize, name: impl Fn() -> &'n [u8]) -> Option<Match> {
    let quote = probe.before(at).filter(|byte| QUOTES.has(*byte))?;
    let end = probe.run(at, &INSIDE.without(&[quote]), LONGEST);
    let is_closed = probe.is(end, &ByteSet::EMPTY.with(&[quote]));
    if is_closed { weigh(probe, at..end, name) } else { None }
}

/// The same of a string that begins at `at` and ends with the text, as that of a JSON document does.
pub(super) fn of_string(probe: &Probe<'_>, at: usize, name: &[u8]) -> Option<Match> {
    let end = probe.run(at, &INSIDE, LONGEST);
    if probe.ends(end) { weigh(probe, at..end, || name) } else { None }
}

fn weigh<'n>(probe: &Probe<'_>, range: Range<usize>, name: impl Fn() -> &'n [u8]) -> Option<Match> {
    if !is_phrase(probe.slice(range.clone())) {
        return None;
    }
    let name = name();
    let is_passwords = name::ends_with_secret(name) && Kind::of(name) == Some(Kind::Password);
    is_passwords.then(|| Match::new(range, 0.3).with(Evidence::CONTEXT).harmless())
}

/// Whether `text` has what other passwords have not, and is neither a label, which begins with a capital, nor a message.
fn is_phrase(text: &[u8]) -> bool {
    const BEGINS: ByteSet = ByteSet::LOWER.or(ByteSet::DIGIT);
    let words = || text.split(|byte| *byte == b' ');
    let is_apart = || words().all(|word| !word.is_empty()) && (2..=MOST_WORDS).contains(&words().count());
    let is_foreign = || !text.contains(&b' ') && !text.is_ascii();
    let is_said = || {
        let lower = text.to_ascii_lowercase();
        text.ends_with(b".") || SAYINGS.iter().any(|saying| memchr::memmem::find(&lower, saying).is_some())
    };
    text.len() >= SHORTEST
        && text.first().is_some_and(|first| BEGINS.has(*first))
        && (is_apart() || is_foreign())
        && !is_said()
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn passphrases_are_low() {
        Cases::of("secret.generic")
            .low("password: \"correct horse battery staple\"", "correct horse battery staple")
            .low("passphrase = 'wat? lol no'", "wat? lol no")
            .low("auth_password=\"barユ£\"", "barユ£")
            .low("db.password = \"my dog eats 3 bones\"", "my dog eats 3 bones")
            .low("{\"password\": \"uss enterprise\"}", "uss enterprise")
            .run();
    }

    #[test]
    fn labels_messages_and_code_are_none() {
        Cases::of("secret.generic")
            .miss("password: \"Enter it again\", 'password': 'Mot de passe'")
            .miss("{\"password\": \"must be eight long\", \"new_password\": \"Пароль\"}")
            .miss("{\"password\": \"lösenord\", \"new_password\": \"mật khẩu\", \"userPassword\": \"hasło\"}")
            .miss("password: \"is too short.\"")
            .miss("password_hint: \"correct horse battery staple\"")
            .miss("print(\"password=\" + a + \" b\"), password: 'f(a) + b', password = \"a = b\"")
            .miss("api_token: \"correct horse battery staple\"")
            .run();
    }
}
