//! Numbering plans, as far as lengths tell.

/// The most digits that E.164 allows.
const LONGEST: usize = 15;

/// Country codes with the least and the most digits that follow.
const COUNTRIES: &[(&[u8], usize, usize)] = &[
    (b"20", 8, 10),
    (b"27", 9, 9),
    (b"30", 10, 10),
    (b"31", 9, 9),
    (b"32", 8, 9),
    (b"33", 9, 9),
    (b"34", 9, 9),
    (b"36", 8, 9),
    (b"39", 6, 11),
    (b"40", 9, 9),
    (b"41", 9, 9),
    (b"43", 6, 13),
    (b"44", 9, 10),
    (b"45", 8, 8),
    (b"46", 7, 10),
    (b"47", 8, 8),
    (b"48", 9, 9),
    (b"49", 6, 12),
    (b"51", 8, 9),
    (b"52", 10, 11),
    (b"53", 6, 8),
    (b"54", 10, 11),
    (b"55", 10, 11),
    (b"56", 9, 9),
    (b"57", 8, 10),
    (b"58", 10, 10),
    (b"60", 8, 10),
    (b"61", 9, 9),
    (b"62", 7, 12),
    (b"63", 8, 10),
    (b"64", 8, 10),
    (b"65", 8, 8),
    (b"66", 8, 9),
    (b"7", 10, 10),
    (b"81", 9, 10),
    (b"82", 8, 11),
    (b"84", 9, 10),
    (b"86", 10, 11),
    (b"90", 10, 10),
    (b"91", 10, 10),
    (b"92", 9, 10),
    (b"93", 9, 9),
    (b"94", 9, 9),
    (b"95", 7, 10),
    (b"98", 10, 10),
    (b"351", 9, 9),
    (b"352", 5, 11),
    (b"353", 7, 9),
    (b"354", 7, 9),
    (b"356", 8, 8),
    (b"357", 8, 8),
    (b"358", 6, 12),
    (b"370", 8, 8),
    (b"371", 8, 8),
    (b"372", 7, 8),
    (b"380", 9, 9),
    (b"420", 9, 9),
    (b"421", 9, 9),
    (b"423", 7, 7),
    (b"852", 8, 8),
    (b"880", 8, 10),
    (b"886", 8, 9),
    (b"966", 8, 9),
    (b"971", 8, 9),
    (b"972", 8, 9),
];

/// The first two digits of all other country codes, which have three, and what follows them.
const OTHERS: &[&[u8]] = &[
    b"21", b"22", b"23", b"24", b"25", b"26", b"29", b"35", b"37", b"38", b"42", b"50", b"59", b"67", b"68",
    b"69", b"80", b"85", b"87", b"88", b"96", b"97", b"99",
];
const OTHER_LENGTHS: std::ops::RangeInclusive<usize> = 6..=10;

/// Whether `digits` are a country code and as many digits as the country's numbers have.
pub(super) fn is_international(digits: &[u8]) -> bool {
    if digits.len() > LONGEST {
        return false;
    }
    if let Some(number) = digits.strip_prefix(b"1") {
        return is_north_american(number);
    }
    match COUNTRIES.iter().find(|(code, ..)| digits.starts_with(code)) {
        Some((code, least, most)) => (*least..=*most).contains(&(digits.len() - code.len())),
        None => {
            OTHERS.iter().any(|code| digits.starts_with(code))
                && OTHER_LENGTHS.contains(&digits.len().saturating_sub(3))
        }
    }
}

/// Whether ten digits could be a number of the North American plan: area and exchange begin with 2 to 9, and neither is a
/// service code like 911.
pub(super) fn is_north_american(number: &[u8]) -> bool {
    let &[a, b, c, d, e, f, ..] = number else { return false };
    let is_service = |second, third| second == b'1' && third == b'1';
    number.len() == 10 && a >= b'2' && b != b'9' && d >= b'2' && !is_service(b, c) && !is_service(e, f)
}

/// Whether ten digits are one of the numbers that North America keeps for stories: 555-0100 to 555-0199.
pub(super) fn is_story(number: &[u8]) -> bool {
    number.len() == 10 && number.get(3..).is_some_and(|rest| rest.starts_with(b"55501"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_belong_to_countries() {
        for digits in [
            "12127365000",
            "4930901820",
            "442072193000",
            "33142685300",
            "34612345678",
            "31612345678",
            "3726123456",
        ] {
            assert!(is_international(digits.as_bytes()), "{digits}");
        }
        for digits in ["1212736500", "11127365000", "3314268530", "0999123456", "4930901820123456", "1"] {
            assert!(!is_international(digits.as_bytes()), "{digits}");
        }
    }
}
