//! `pw`, which is short for a password, and for the power and the width of something as well.
//!
//! - hit: `{"pw": "vR4sNq0w"}`, and as under any name `pw=tr0ub4dor-x`
//! - hit: `ID:joe,PW:Kxhpq72Hq`, `joe@10.0.0.7 (pw:Kxhpq72Hq)`: whatever is mixed as a password, where the line says whose it is
//! - miss: `pw: 12.5`, `PW: 1920x1080@60Hz`, `pw: Qty12pcs`, `{"PW": "2024Q4-plan"}`
//! - known mistakes: behind a colon a password that begins with a digit, or has its digits side by side, is not found where it has no sign
//!   and the line names nobody.

use super::joined::is_of_humps;
use super::value::Value;
use super::{EQUALS, QUOTES, name};
use crate::check::language;
use crate::detector::{ByteSet, Probe};

const WORD: &[u8] = b"pw";
/// What no measure, date or part of a list has.
const SIGN: ByteSet = ByteSet::EMPTY.with(b"!#$%^&*?~");

/// Whether a value may be what the name is for: under any other it is.
pub(super) fn allows(name: &[u8], value: &Value<'_>, probe: &Probe<'_>, at: usize) -> bool {
    !name::ends_with_word(name, WORD)
        || is_equated(probe, at)
        || is_password(value, probe.slice(value.range()))
        || is_foreign(value, probe) && is_mixed(value, probe) && is_somebodys(probe, value.range().end)
}

/// Mixed as a password in a sentence; the mark that ends many is a sign.
fn is_mixed(value: &Value<'_>, probe: &Probe<'_>) -> bool {
    value.is_spoken_password() || is_marked(value, probe) && value.has_digit() && value.is_chosen()
}

fn is_marked(value: &Value<'_>, probe: &Probe<'_>) -> bool {
    probe.is(value.range().end, &ByteSet::EMPTY.with(b"!"))
}

/// No measure begins with a letter, and no name of a program's is rare.
fn is_foreign(value: &Value<'_>, probe: &Probe<'_>) -> bool {
    let text = probe.slice(value.range());
    let least = if is_marked(value, probe) { language::FOREIGN } else { RARE };
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && !is_of_humps(text)
        && language::surprise(text) >= least
}

/// `pw=…`, `pw = "…"`: in a list or a note the word says less.
fn is_equated(probe: &Probe<'_>, at: usize) -> bool {
    const BETWEEN: ByteSet = QUOTES.with(b" ");
    probe.was(probe.run_back(at, &BETWEEN, 2), &EQUALS)
}

/// Mixed as a password in a sentence, and as no measure or number of pieces, which have their digits side by side or begin with them.
fn is_password(value: &Value<'_>, text: &[u8]) -> bool {
    let digits = text.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    let numbers = digits.filter(|part| part.first().is_some_and(u8::is_ascii_digit)).count();
    let is_scattered = || numbers > 1 && text.first().is_some_and(u8::is_ascii_alphabetic);
    value.is_spoken_password() && (ByteSet::of(text).meets(SIGN) || is_scattered())
}

/// So many bits a byte no name of a program's costs, even with a number in it.
const RARE: f32 = 4.8;
/// How far before the word its line may say whose password it is.
const BEFORE: usize = 64;
/// What names somebody, before what gives the name or the word itself.
const LOGINS: [&[u8]; 10] =
    [b"id", b"user", b"username", b"login", b"account", b"ssh", b"sftp", b"name", b"wifi", b"ssid"];

/// `id:joe pw:…`, `id/pw …`, `joe@10.0.0.7 (pw:…)`, `10.0.0.7 pw:…`, `pw:… id:joe`: whether the line says before the word whose password it
/// is, or of what, or right after the value.
fn is_somebodys(probe: &Probe<'_>, end: usize) -> bool {
    let before = probe.behind(probe.at(), BEFORE);
    // A quote may be that of another member.
    let start = before.iter().rposition(|byte| b"\r\n\"".contains(byte)).map_or(0, |end| end + 1);
    let line = before.get(start..).unwrap_or_default();
    let names = || line.split(|byte| !byte.is_ascii_alphanumeric());
    let is_login = || names().any(|name| LOGINS.into_iter().any(|login| name.eq_ignore_ascii_case(login)));
    memchr::memchr(b'@', line).is_some() || is_login() || holds_address(line) || is_before_login(probe, end)
}

/// `10.0.0.7`.
fn holds_address(line: &[u8]) -> bool {
    let is_number = |part: &[u8]| (1..=3).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
    let is_one = |part: &[u8]| {
        let numbers = || part.split(|byte| *byte == b'.');
        numbers().count() == 4 && numbers().all(is_number)
    };
    line.split(|byte| !byte.is_ascii_digit() && *byte != b'.').any(is_one)
}

/// ` id:`, `! user:`.
fn is_before_login(probe: &Probe<'_>, end: usize) -> bool {
    const BETWEEN: ByteSet = ByteSet::EMPTY.with(b"! ,/");
    const LONGEST: usize = 8;
    let from = probe.run(end, &BETWEEN, 3);
    let to = probe.run(from, &ByteSet::ALPHA, LONGEST);
    let name = probe.slice(from..to);
    from > end
        && probe.looking_at(to, b":")
        && LOGINS.into_iter().any(|login| name.eq_ignore_ascii_case(login))
}

/// `pw:pw:…`: whether the word that ends at `after` is followed by itself, which is looked at where it stands.
pub(super) fn is_repeated(probe: &Probe<'_>, after: usize) -> bool {
    const BETWEEN: ByteSet = ByteSet::EMPTY.with(b" _-");
    const GIVES: ByteSet = ByteSet::EMPTY.with(b"=:");
    let next = probe.run(after + 1, &BETWEEN, 2);
    probe.is(after, &GIVES) && probe.looking_at_word(next, WORD) && probe.is(next + WORD.len(), &GIVES)
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn pw_gives_what_is_mixed_as_a_password() {
        let words = [["Kx72", "hHq9"], ["Kx7!", "pQ2z#"], ["7kL!", "x2Qz"]].map(|parts| parts.concat());
        let hash = Random::new(72).text(ByteSet::HEX_LOWER, 40);
        let [word, signed, begun] = &words;
        Cases::of("secret.generic")
            .hit(&format!("joe@10.0.0.7 (id/pw: joe / vR4sNq0w, PW:{word})"), word)
            .hit(&format!("ID:joe,PW:{signed}"), signed)
            .hit(&format!("{{\"pw\": \"{word}\"}}"), word)
            .hit(&format!("pw: {begun}"), begun)
            .hit(&format!("pw:pw:{word}"), word)
            .miss("pw: opensesame\npw: 12.5\nPW: 100W\nPW: Yes, I see\nspw: vR4sNq0w\nPWR4: vR4sNq0w\n")
            .miss(&format!("pw: 449x1350\nPW: 2024-05-01\npw: v3.1.6\n{{\"pw\": \"{hash}\"}}"))
            .miss("pw: 1920x1080@60Hz\n{\"PW\":\"2024Q4-plan\"} and {\"pw\":\"Qty12pcs\"}\n")
            .miss("pw: this.gardenAccountClientEngine2,\npw: self.x2engine4Part, pw: req.Body2Part7\n")
            .run();
    }

    #[test]
    fn where_a_line_names_somebody_pw_gives_their_password() {
        let word = ["Kxhpq", "72Hq"].concat();
        let marked = format!("{word}!");
        Cases::of("secret.generic")
            .hit(&format!("ID:joe,PW:{word}"), &word)
            .hit(&format!("id:joe pw:{marked}"), &word)
            .hit(&format!("joe@10.0.0.7(pw:{word})"), &word)
            .hit(&format!("id/pw id:joe pw:{word}"), &word)
            .hit(&format!("10.0.0.7 lab (PW:{word})"), &word)
            .hit(&format!("wifi:guests pw:{word}"), &word)
            .hit(&format!("PW:{marked} ID:joe"), &word)
            .hit(&format!("id:joe,pw:{}!", word.to_uppercase()), &word.to_uppercase())
            .miss("10.0.0.7 pw:WidthReady6, v1.2.3 pw:motor2Output, pw:driveInput6 id:7")
            .miss("id/pw: driveInput6\nuser: joe, pw: motor2Output\njoe@corp.io pw: PagePeople42\nid:6 user limit pw:WidthReady6")
            .miss(&format!("id:joe\npw:{word}"))
            .miss(&format!("valid, grid pw:{word}"))
            .miss("id: 4711 pw: 12.5kW\nuser: 3, pw: 100W\nid:7 pw:v3.1.6")
            .run();
    }

    #[test]
    fn digits_side_by_side_or_first_are_no_password_without_a_sign() {
        Cases::of("secret.generic")
            .miss("pw: Kxhpq72Hq")
            .miss("pw: 7kLx2Qz9")
            .hit("pw=7kLx2Qz9", "7kLx2Qz9")
            .run();
    }
}
