//! Values that only stand for a token: `AKIA…EXAMPLE`, `xxxxxxxx`, `abc123def456…`, `qwertyui…`, `1234-1234-1234`,
//! `<your-key>`, and those that a provider prints in its own manual.

use super::published;
use crate::openings::Openings;

/// What people write where a value belongs. A random key of 40 characters holds one of them once in ten thousand times.
const WORDS: [&str; 29] = [
    "example",
    "xxxxxxxx",
    "00000000",
    "********",
    "redacted",
    "token:",
    "placeholder",
    "dummy",
    "changeme",
    "your",
    "insert",
    "notreal",
    "randomstring",
    "sample",
    "replace",
    "notasecret",
    "thisisa",
    "foobar",
    "fake",
    "invalid",
    "sampling",
    "asdfasdf",
    "deadbeefdeadbeef",
    // How the secret key of AWS's manual begins, which many write on.
    "wjalrxutnfemi",
    // Bytes that count up, in hexadecimal and in base64.
    "000102030405",
    "010203040506",
    "aaecawqf",
    "aqidbaug",
    // The node of the UUIDs by the clock that manuals take from a much used page: `02:42` and 172.18.0.2, as Docker made up the address of
    // the container that the page was in. Others with that address have it too; those that end otherwise are their own.
    "0242ac120002",
];
static BEGINS: Openings = Openings::of(&WORDS);
/// So many neighbours in a row that follow on were typed, and of a key one fewer where nothing stands between them: of random keys
/// of 40 characters one in thirty thousand has either.
const TYPED: usize = 6;
const TYPED_TOGETHER: usize = TYPED - 1;
/// No shorter key is judged by one fewer: people choose passwords as long, with such a row in them.
const SHORTEST_KEY: usize = 20;

/// Whether nobody could sign in with `body`.
pub(crate) fn is_one(body: &[u8]) -> bool {
    let lower = body.to_ascii_lowercase();
    let begins = |rest: &[u8]| WORDS.iter().any(|word| rest.starts_with(word.as_bytes()));
    let says = |at: usize| lower.get(at..).is_some_and(|rest| BEGINS.may_begin(rest) && begins(rest));
    (0..lower.len()).any(says)
        || lower.ends_with(b"here")
        || distinct(&lower) <= 3
        || is_typed(&lower)
        || repeats_a_group(&lower)
        || repeats_a_character(body)
        || is_of_rows(&lower)
        || is_hex_of_both_cases(body)
        || published::is_one(body)
}

/// The same of a key, which a machine made if anybody did, and no person chose.
pub(crate) fn is_for_a_key(body: &[u8]) -> bool {
    is_one(body)
        || says_test_twice(body)
        || (body.len() >= SHORTEST_KEY && body.iter().all(u8::is_ascii_alphanumeric) && has_row(body))
}

fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    bytes
        .iter()
        .filter(|b| seen.get_mut(usize::from(**b)).is_some_and(|seen| !std::mem::replace(seen, true)))
        .count()
}

/// Whether it was typed along the alphabet, the row of digits or the keyboard, letters and digits each by themselves:
/// `abcdefgh`, `123456789012`, `a1b2c3d4e5f6`, `qwertyuiop`, or goes on so after a random begin; or backwards, `zyxwvut`. Of a random value one
/// neighbour in ten follows on: half of them do in one of ten thousand keys of 20 hexadecimal digits, and in fewer longer ones.
fn is_typed(lower: &[u8]) -> bool {
    let (mut steps, mut counted) = (0usize, 0usize);
    let (mut letter, mut digit) = ((None, 0, 0), (None, 0, 0));
    for &byte in lower {
        let (last, row, back) = match byte {
            b'a'..=b'z' => &mut letter,
            b'0'..=b'9' => &mut digit,
            _ => continue,
        };
        if let Some(before) = last.replace(byte) {
            let follows = follows(before, byte);
            counted += 1;
            steps += usize::from(follows);
            *row = if follows { *row + 1 } else { 0 };
            *back = if byte + 1 == before { *back + 1 } else { 0 };
            if *row >= TYPED || *back >= TYPED {
                return true;
            }
        }
    }
    (counted >= 7 && steps * 4 >= counted * 3) || (counted >= 16 && steps * 2 >= counted)
}

/// `…abcdef`, `…123456`: letters or digits side by side that follow on.
fn has_row(body: &[u8]) -> bool {
    let lower = body.to_ascii_lowercase();
    let are_of_a_kind = |a: &u8, b: &u8| a.is_ascii_alphabetic() == b.is_ascii_alphabetic();
    let goes_on = |pair: &[u8]| matches!(pair, [a, b] if are_of_a_kind(a, b) && a.is_ascii_alphanumeric() && follows(*a, *b));
    lower.windows(TYPED_TOGETHER + 1).any(|row| row.windows(2).all(goes_on))
}

/// `aaaaaaaa`: eight times the same letter or digit, which nobody draws; base64 writes zeros as `AAAAAAAA`.
fn repeats_a_character(body: &[u8]) -> bool {
    let mut rows = body.chunk_by(|a, b| a == b);
    rows.any(|row| {
        row.len() >= 8 && row.first().is_some_and(|byte| byte.is_ascii_alphanumeric() && *byte != b'A')
    })
}

/// `test-key-test`: the word twice, and beside it less than a key has that was drawn.
fn says_test_twice(body: &[u8]) -> bool {
    const WORD: &[u8] = b"test";
    const LEAST_DRAWN: usize = 16;
    let lower = body.to_ascii_lowercase();
    let count = memchr::memmem::find_iter(&lower, WORD).count();
    let others = lower.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    count >= 2 && others < count * WORD.len() + LEAST_DRAWN
}

/// `1234-1234-1234-…`: the same group three times, where groups are drawn apart.
fn repeats_a_group(lower: &[u8]) -> bool {
    let groups = || lower.split(|byte| b"-_.".contains(byte)).filter(|group| group.len() >= 3);
    groups().take(8).any(|group| groups().filter(|other| *other == group).count() >= 3)
}

/// `aaaabbbbcccc`, `AAAA-0000-BBBB`: three rows of one character each, not all of the same, as nothing random has them.
fn is_of_rows(lower: &[u8]) -> bool {
    let rows = || lower.chunk_by(|a, b| a == b).filter(|row| row.len() >= LEAST_ROW);
    let first = rows().next().and_then(<[u8]>::first);
    rows().count() >= MOST_ROWS && rows().any(|row| row.first() != first)
}

/// So long is a row of one character, and so many of them no value has that was drawn.
const LEAST_ROW: usize = 4;
const MOST_ROWS: usize = 3;

fn follows(before: u8, byte: u8) -> bool {
    const KEYBOARD: &[u8] = b"qwertyuiopasdfghjklzxcvbnm";
    let on_keyboard = || KEYBOARD.windows(2).any(|pair| pair == [before, byte]);
    byte == before + 1 || matches!((before, byte), (b'9', b'0') | (b'z', b'a')) || on_keyboard()
}

/// Machines write the digits of one value in one case.
fn is_hex_of_both_cases(body: &[u8]) -> bool {
    body.len() >= 20
        && body.iter().all(u8::is_ascii_hexdigit)
        && body.iter().any(u8::is_ascii_lowercase)
        && body.iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::{is_for_a_key, is_one};
    use crate::detector::ByteSet;
    use crate::detector::harness::Random;

    #[test]
    fn stand_ins_are_told_from_values() {
        let mut random = Random::new(71);
        let by_clock = format!("{}-cd03-11ec-9d64-0242ac1200", random.text(ByteSet::HEX_LOWER, 8));
        let in_rows = random.text(ByteSet::ALNUM, 12) + "AAAABBBBCCCC" + &random.text(ByteSet::ALNUM, 9);
        assert!(is_one(format!("{by_clock}02").as_bytes()) && is_one(in_rows.as_bytes()));
        assert!(!is_one(format!("{by_clock}03").as_bytes()) && !is_one(format!("{by_clock}0a").as_bytes()));
        for body in [
            "IOSFODNN7EXAMPLE",
            "aaaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "12345678901234567890",
            "XXXXXXXXXXXX",
            "abc123def456ghi789jkl012",
            "a1b2c3d4e5f6g7h8",
            "1234567890abcdef",
            "qwertyuiopASDFGHJKL",
            "acdeFf05b1a6d4c890237bf08c5e6e8d2b4d0f2e",
            "Zf3D0LXCM3EIMq2o3P4r5S6t7U8v9W0xYz",
            "abcdefg24135+KWZR",
            "1234-1234-1234-a8f5f167f44f4964e6c998dee827110c",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "Kq7zyxwvut9876Rm2",
            "aaaaaaaa-1111-5770-5bad-19bd40c0ac65",
        ] {
            assert!(is_one(body.as_bytes()), "{body}");
        }
        for body in [
            "Q7ZT4MWPX2LKVB3R",
            "a8f5f167f44f4964e6c998dee827110c",
            "Zf3D0LXCM3EIMbgJ",
            "hijack-number-7",
            "12ab56d390ef8b",
            "7558c5a93d6f38dd038df5cc2a7c3d4d7bcdef01",
            "572370529330-573807301142-572331691188",
            "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
            "ePAAAAAAAAAAAAAASAZDO1e4drs",
        ] {
            assert!(!is_one(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn a_row_makes_a_key_a_stand_in_and_no_password() {
        for key in [
            "7558c5a93d6f38dd038df5cc2a7c3d4d7babcdef",
            "qCusAd1Wp7xyvMFgIuzAfvwSGi012345",
            "0kQd1Test7R4DeWqTest8Zk",
        ] {
            assert!(is_for_a_key(key.as_bytes()) && !is_one(key.as_bytes()), "{key}");
        }
        for other in [
            "Trk123456kQ",
            "Kx7!abcdefQ2z",
            "7558c5a93d6f38dd038df5cc2a7c3d4d7bcdef01",
            "contest-latest-Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB",
            "testtestRHp4s1fLte7ysAgkwO8Bfv3nwRgDug",
        ] {
            assert!(!is_for_a_key(other.as_bytes()), "{other}");
        }
    }
}
