//! Whether letters and digits in one piece were drawn at random, as an id in base 62, rather than named by anybody.
//!
//! Every two or three characters of such an id change case or turn to digits, so that by chance a word stands between two of these
//! changes: `kNifQpLpZnE` has a Portuguese tax number's. Names have humps too, but longer ones, and few of a single letter: of the names
//! in public sources one in eight hundred is taken for an id, and of ids of twelve characters one in ten for a name.

/// The fewest characters of an id.
const SHORTEST: usize = 8;
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
    let (mut count, mut odd) = (0, 0);
    let mut rest = piece;
    while !rest.is_empty() {
        let (hump, after) = rest.split_at(hump(rest));
        let is_version = digits > 0 && after.is_empty();
        count += 1;
        odd += match hump {
            [letter] if letter.is_ascii_alphabetic() => usize::from(!is_version),
            hump => usize::from(hump.first().is_some_and(u8::is_ascii_digit)),
        };
        rest = after;
    }
    let are_short = piece.len() <= 3 * count;
    let are_rather_short = 2 * piece.len() <= 7 * count;
    (odd >= 1 && count >= 4 && are_short) || (odd >= 2 && count >= 3 && are_rather_short)
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
        assert!(share(8, &mut random) > 600 && share(12, &mut random) > 850 && share(20, &mut random) > 920);
        assert!(is_drawn(b"aB2SsnX1"));
        assert!(stands_at(b"\"sid\":\"kNifQpLpZnE\",", 9) && !stands_at(b"\"sid\":\"kNifQpLpZnE\",", 2));
    }
}
