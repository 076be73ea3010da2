//! Keys that stand right beside a word for one, as notes and logs have them.
//!
//! - hit: `use the token Zf3D0LXCM3EIMbgJpUNn`, `ACME SECRET - Zf3D0LXCM3EIMbgJpUNn`, `"Authorization", "Bearer 9f86d0…"`, and in a
//!   table `| API key | Zf3D0LXCM3EIMbgJpUNn |`
//! - low: hexadecimal digits, which may be a hash; `the next page token Zf3D0LXCM3EIMbgJpUNn`; a UUID, and what is glued on by
//!   a dash: `acmeKEY-9f86d081884c7d65`
//! - miss: `a token 0x9f86d0…`, words, names of a program's
//! - known mistakes: a random id right after the word "token" is a hit.

use super::name::{self, Kind};
use super::value::{self, Value};
use crate::detector::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Start, shortest};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Beside;

const WORDS: [&str; 12] = [
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "api key",
    "access_key",
    "access key",
    "secret key",
    "secretkey",
    BEARER,
    BASIC,
];
/// As notes shout it: `acme KEY 9f86d0…`, `acmePRIVATE-9f86d0…`.
const SHOUTED: [&str; 3] = ["KEY", "ACCESS", "PRIVATE"];
/// The scheme of a header: what stands after it is no hash.
const BEARER: &str = "bearer";
/// The scheme of a header with a name and a password.
const BASIC: &str = "basic";
/// The shortest key that is found so.
const SHORTEST: usize = 20;
/// And the shortest that is recorded.
const SHORTEST_LOW: usize = 16;
/// What may stand between the two: a dash, and what begins the next cell of a table.
const JOINTS: [&[u8]; 2] = [b"- ", b"|"];
/// The most spaces between the two.
const SPACES: usize = 4;

impl Detector for Beside {
    fn about(&self) -> About {
        About::new(
            "generic_secret_beside",
            "secret.generic",
            Severity::High,
            "a random value right after a word for a secret",
        )
    }

    fn page(&self) -> Page {
        let mistakes = "hexadecimal digits, which may be a hash, are low; so is what a name of something harmless leads to";
        Page { basis: "the word before it, and the randomness of the value", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        shortest(WORDS.iter().map(Anchor::word).chain(SHOUTED.iter().map(Anchor::literal)))
    }

    fn need(&self) -> Need {
        Need::Run { length: 16, within: 24 }
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn notes(&self) -> Option<&'static str> {
        Some(value::NOTES)
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let first = probe.get(probe.at())?.to_ascii_lowercase();
        let begins = |word: &str| word.bytes().next() == Some(first);
        let stands = |word: &&&str| begins(word) && probe.looking_at_word(probe.at(), word.as_bytes());
        let word = WORDS.iter().filter(stands).map(|word| word.len()).max();
        let shouts = |word: &&&str| probe.looking_at(probe.at(), word.as_bytes());
        let shouted = || SHOUTED.iter().find(shouts).map(|word| word.len());
        let is_shouted = word.is_none();
        let after = probe.at() + word.or_else(shouted)?;
        if is_shouted && !begins_as_key(probe, after) {
            return None;
        }
        let space = probe.run(after, &ByteSet::EMPTY.with(b" "), SPACES);
        let is_dashed = space == after && probe.is(after, &ByteSet::EMPTY.with(b"-"));
        let joint = JOINTS.into_iter().find(|joint| probe.looking_at(space, joint));
        let at = match joint {
            _ if is_dashed => after + 1,
            Some(joint) => probe.run(space + joint.len(), &ByteSet::EMPTY.with(b" "), SPACES),
            None => space,
        };
        if at == after {
            return None;
        }
        probe.begins(at);
        let value = Value::read(probe, at).filter(|value| value.range().len() >= SHORTEST_LOW)?;
        value.note_words(probe);
        // Names in a row have values that are words, which only a login may be.
        if !probe.looking_at_word(probe.at(), BASIC.as_bytes()) && value.is_worded(Kind::Key) {
            return None;
        }
        let name = name::around(probe, after);
        if name.eq_ignore_ascii_case(BASIC.as_bytes()) {
            let found = Match::new(value.range(), 0.7).with(Evidence::CONTEXT).with(Evidence::STRUCTURE);
            let is_example = value.stands_for_another(Kind::Login);
            return value.is_encoded_login().then(|| if is_example { found.harmless() } else { found });
        }
        let is_bearer = name.eq_ignore_ascii_case(BEARER.as_bytes());
        let kind = if is_bearer { Kind::Key } else { Kind::of_next(probe, name)? };
        if probe.looking_at(at, b"0x") || !(kind == Kind::Key || kind.is_bare()) {
            return None;
        }
        if is_dashed
            || is_shouted
            || kind.is_bare()
            || value.range().len() < SHORTEST
            || !value.is_spoken_key()
        {
            let found = Match::new(value.range(), 0.3).with(Evidence::CONTEXT);
            return value.may_be_spoken_key().then(|| found.harmless());
        }
        let found = Match::new(value.range(), 0.5).with(Evidence::CONTEXT).with(Evidence::ENTROPY);
        let is_doubtful = (value.is_hex() && !is_bearer)
            || name::is_of_something_harmless(probe.behind(probe.at(), name::PHRASE))
            || value.stands_for_another(kind)
            || value.is_misshapen(probe)
            || value.is_cut(name, probe);
        Some(if is_doubtful { found.harmless() } else { found })
    }
}

/// Whether a key may stand behind a shouted word and what is between: eight letters or digits that a digit is among or near. Such words
/// stand in rows, where nothing else is worth a longer look.
fn begins_as_key(probe: &Probe<'_>, after: usize) -> bool {
    const JOINT: ByteSet = ByteSet::EMPTY.with(b" -|");
    let at = probe.run(after, &JOINT, 2 * SPACES + 2);
    let end = probe.run(at, &ByteSet::ALNUM, SHORTEST);
    end - at >= 8 && probe.slice(at..end).iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::{Cases, examined, scan};

    #[test]
    fn generic_secret_beside_cases() {
        let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
        let hex = ["6da89121079f83b2", "eb6acccf8219ea98"].concat();
        Cases::of("secret.generic")
            .hit(&format!("please use the token {key} for it"), &key)
            .hit(&format!("ACME SECRET {key}"), &key)
            .hit("auth = \"Basic am9obmRvZTpkMDY5NGIxYi1jMTcx\"", "am9obmRvZTpkMDY5NGIxYi1jMTcx")
            .low("auth = \"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\"", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
            .miss("the basic internationalization of it")
            .hit(&format!("Here is my API key {key}."), &key)
            .low(&format!("ACME TOKEN {hex}"), &hex)
            .low(&format!("the next page token {key}"), &key)
            .low(&format!("acme KEY {hex}"), &hex)
            .low(&format!("acmeKEY-{hex}"), &hex)
            .low(&format!("acmePRIVATE-{hex}"), &hex)
            .low(&format!("acme ACCESS {key}"), &key)
            .low("acme SECRET 4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736")
            .miss(&format!(
                "the key {key} of a map, a monKEY-internationalisation, and KEY-VALUE-STORE-CONFIGURATION"
            ))
            .miss("the token getAccessTokenFromVault2 is read, a secret internationalisation2024plan")
            .miss(&format!("a token 0x{hex}, a tokenizer {key}"))
            .miss("-----BEGIN PRIVATE KEY-----, ACCESS-CONTROL-ALLOW-CREDENTIALS2, echo $TOKEN | base64 --decode")
            .run();
    }

    #[test]
    fn shouted_words_in_a_row_are_looked_behind_shortly() {
        for word in ["PRIVATE-", "ACCESS-", "-----BEGIN RSA PRIVATE KEY-----"] {
            let text = word.repeat(3000);
            let examined = examined("generic_secret_beside", &scan(&text).cost);
            assert!(
                0 < examined && examined <= 4 * text.len() as u64,
                "{word}: {examined} bytes of {}",
                text.len()
            );
        }
    }

    #[test]
    fn cells_are_read_by_the_name_before_them() {
        let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
        let hex = ["6da89121079f83b2", "eb6acccf8219ea98"].concat();
        Cases::of("secret.generic")
            .hit(&format!("| API key | {key} |"), &key)
            .low(&format!("Variable | Value\napiKey |{hex}\n"), &hex)
            .miss("| password | kx72Hq9zz |")
            .run();
    }
}
