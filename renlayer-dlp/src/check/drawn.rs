//! Whether letters and digits in one piece were drawn at random, as an id in base 62, rather than named by anybody.
//!
//! Every two or three characters of such an id change case or turn to digits, so that by chance a word stands between two of these
//! changes: `kNifQpLpZnE` has a Portuguese tax number's. Names have humps too, but longer ones, and few of a single letter; a form or a
//! standard may begin one (`w2`, `f1040`, `i18n`), and two words that are common in names of numbers make any piece a name.

/// The fewest characters of an id.
const SHORTEST: usize = 8;
/// The most letters before the digits of a form that a name begins with: `w2`, `box1`.
const MOST_BEFORE: usize = 3;
/// Words of names of numbers. By chance one of them stands in an id, but hardly two.
const COMMON: [&str; 32] = [
    "no", "nr", "id", "num", "number", "box", "form", "code", "ssn", "tax", "tin", "ein", "bsn", "nif",
    "nip", "cpf", "iban", "bic", "acct", "account", "card", "cvv", "cvc", "pin", "tel", "phone", "user",
    "client", "customer", "dob", "name", "value",
];
/// How far the begin and the end of one are looked for.
const REACH: usize = 32;

/// Whether the piece of `text` that the byte at `at` belongs to was drawn.
pub(crate) fn stands_at(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().iter().rev().take(REACH);
    let after = text.get(at..).unwrap_or_default().iter().take(REACH);
    let begin = at - before.take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let end = at + after.take_while(|byte| byte.is_ascii_alphanumeric()).count();
    is_drawn(text.get(begin..end).unwrap_or_default())
}

/// Whether letters and digits were drawn: by how many humps and runs of digits they have, and how many of these are what names hardly have.
pub(crate) fn is_drawn(piece: &[u8]) -> bool {
    if piece.len() < SHORTEST {
        return false;
    }
    // Names may be numbered: `phone2`, `hasSsnV2`.
    let digits = piece.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let piece = piece.get(..piece.len() - digits).unwrap_or_default();
    let form = form(piece);
    let humps = || humps(piece);
    let (mut count, mut odd, mut odd_in_form) = (0, 0, 0);
    for (hump, end) in humps() {
        let is_version = digits > 0 && end == piece.len();
        let is_odd = match hump {
            [letter] if letter.is_ascii_alphabetic() => !is_version,
            hump => hump.first().is_some_and(u8::is_ascii_digit),
        };
        count += 1;
        odd += usize::from(is_odd);
        odd_in_form += usize::from(is_odd && end <= form);
    }
    let are_short = piece.len() <= 3 * count;
    let are_rather_short = 2 * piece.len() <= 7 * count;
    // Most pieces are one word or two.
    odd > odd_in_form
        && ((count >= 4 && are_short) || (odd >= 2 && count >= 3 && are_rather_short))
        && humps().filter(|(hump, _)| is_common(hump)).nth(1).is_none()
}

/// What belongs together in `piece`, each with where it ends.
fn humps(piece: &[u8]) -> impl Iterator<Item = (&[u8], usize)> {
    let mut rest = piece;
    std::iter::from_fn(move || {
        let (hump, after) = rest.split_at_checked(hump(rest))?;
        rest = after;
        Some((hump, piece.len() - after.len()))
    })
}

/// How many bytes of `piece` are the form that it begins with: a few letters and digits.
fn form(piece: &[u8]) -> usize {
    let letters = hump(piece);
    let rest = piece.get(letters..).unwrap_or_default();
    let begins_so = piece.first().is_some_and(u8::is_ascii_alphabetic) && letters <= MOST_BEFORE;
    if begins_so && rest.first().is_some_and(u8::is_ascii_digit) { letters + hump(rest) } else { 0 }
}

fn is_common(hump: &[u8]) -> bool {
    COMMON.iter().any(|word| hump.eq_ignore_ascii_case(word.as_bytes()))
}

/// How many bytes of `piece` belong together: digits, or capitals and the small letters after them.
fn hump(piece: &[u8]) -> usize {
    let run = |from: usize, is: fn(&u8) -> bool| {
        from + piece.get(from..).unwrap_or_default().iter().take_while(|byte| is(byte)).count()
    };
    match run(0, u8::is_ascii_digit) {
        0 => run(run(0, u8::is_ascii_uppercase), u8::is_ascii_lowercase).max(1),
        digits => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::byteset::ByteSet;
    use crate::detector::harness::Random;

    #[test]
    fn names_are_not_drawn() {
        for name in [
            "user1Bsn",
            "usTaxIdNo",
            "customerNIF",
            "hasSsnV2",
            "clientNIPNumber",
            "addr2Phone1",
            "myBsnNr",
            "cpfCnpj",
            "nTelefone",
            "iOSDeviceId",
            "getXCoordinate",
            "PHONENUMBER",
            "base64String",
            "NIF501964843",
            "taxId2024",
            "w2SsnBox",
            "W4SsnBox1",
            "w2FormSSN",
            "f1040SSN",
            "f1040SpouseSsn",
            "r1099SsnNo",
            "h1bSsnNo",
            "p2pSsnNo",
            "emp1SSN2Id",
            "col2SsnV3",
            "box1SsnEin2",
            "b2bTaxIdNo",
            "w9TaxIdX1",
            "i18nBsnNr",
            "nNif2Num",
            "DE1TaxId",
            "acctNo1Id",
            "p1AcctNo",
            "ccCVV2No",
            "x2CvcNo2",
            "u2fPinCvv",
            "A1Iban2No",
            "p1Tel2No",
        ] {
            assert!(!is_drawn(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn most_ids_are() {
        let mut random = Random::new(11);
        let share = |length: usize, random: &mut Random| {
            let ids = (0..1000).filter(|_| is_drawn(random.text(ByteSet::ALNUM, length).as_bytes()));
            ids.count()
        };
        assert!(share(8, &mut random) > 550 && share(12, &mut random) > 800 && share(20, &mut random) > 900);
        assert!(is_drawn(b"aB2SsnX1"));
        assert!(stands_at(b"\"sid\":\"kNifQpLpZnE\",", 9) && !stands_at(b"\"sid\":\"kNifQpLpZnE\",", 2));
    }
}
