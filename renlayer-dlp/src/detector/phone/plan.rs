//! Numbering plans: which digits are a telephone number.
//!
//! `plan.bin` is an automaton over digits that accepts exactly the numbers that libphonenumber's metadata call valid; `plan.py`
//! made it and says how it is laid out. A question costs one table look-up a digit.

/// Rows of ten little-endian `u16`.
static TABLE: &[u8] = include_bytes!("plan.bin");

const ABROAD: u16 = 1;
const AT_HOME: u16 = 2;
/// Set in an entry where a number may end.
const END: u16 = 0x8000;

/// The most digits that E.164 allows.
const LONGEST: usize = 15;
/// The fewest that a number with its country code has where its plan is not known.
const SHORTEST: usize = 8;

/// Country codes of two digits. Those of one are 1 and 7; others have three.
const CODES: [&[u8; 2]; 44] = [
    b"20", b"27", b"30", b"31", b"32", b"33", b"34", b"36", b"39", b"40", b"41", b"43", b"44", b"45", b"46",
    b"47", b"48", b"49", b"51", b"52", b"53", b"54", b"55", b"56", b"57", b"58", b"60", b"61", b"62", b"63",
    b"64", b"65", b"66", b"81", b"82", b"84", b"86", b"90", b"91", b"92", b"93", b"94", b"95", b"98",
];

/// Whether `digits` are a country code and a number of that country's plan.
pub(super) fn is_international(digits: &[u8]) -> bool {
    digits.len() <= LONGEST && walk(ABROAD, digits).is_some_and(|entry| entry & END != 0)
}

/// Whether `digits` begin with a country code and are as many as a number may have, whatever the country gave out.
pub(super) fn looks_international(digits: &[u8]) -> bool {
    let has_code = match digits {
        [b'1' | b'7', ..] => true,
        [a, b, c, ..] => CODES.contains(&&[*a, *b]) || walk(ABROAD, &[*a, *b, *c]).is_some(),
        _ => false,
    };
    has_code && (SHORTEST..=LONGEST).contains(&digits.len())
}

/// Whether `digits`, as they are dialled within a country, are a number of any.
pub(super) fn is_national(digits: &[u8]) -> bool {
    walk(AT_HOME, digits).is_some_and(|entry| entry & END != 0)
}

/// Whether `digits`, as they are dialled within the country that has `code` abroad and the trunk prefix 0, are a number there.
pub(super) fn is_national_in(code: &[u8], digits: &[u8]) -> bool {
    digits.strip_prefix(b"0").is_some_and(|number| is_number_in(code, number))
}

/// Whether `digits` are a number of the country that has `code` abroad, without what is dialled before it.
pub(super) fn is_number_in(code: &[u8], digits: &[u8]) -> bool {
    let start = walk(ABROAD, code).unwrap_or_default();
    walk(start & !END, digits).is_some_and(|entry| entry & END != 0)
}

/// Whether ten digits are a number of the North American plan, in an area that exists.
pub(super) fn is_north_american(number: &[u8]) -> bool {
    number.len() == 10 && is_number_in(b"1", number)
}

/// Whether ten digits could be one, by the first of their area.
pub(super) fn looks_north_american(number: &[u8]) -> bool {
    number.len() == 10 && number.first().is_some_and(|first| *first >= b'2')
}

/// Whether ten digits are one of the numbers that North America keeps for stories: 555-0100 to 555-0199.
pub(super) fn is_story(number: &[u8]) -> bool {
    number.len() == 10 && number.get(3..).is_some_and(|rest| rest.starts_with(b"55501"))
}

/// Whether digits, without the 0 before them, are one of those that Britain's Ofcom keeps for stories.
pub(super) fn is_british_story(number: &[u8]) -> bool {
    const BEGINS: [&[u8]; 9] = [
        b"1632960", b"2079460", b"7700900", b"8081570", b"9098790", b"3069990", b"1914980", b"2890180",
        b"2920180",
    ];
    let of_a_city = matches!(number, [b'1', b'1' | b'2'..=b'6', _, b'4', b'9', b'6', b'0', ..]);
    number.len() == 10 && (of_a_city || BEGINS.iter().any(|begin| number.starts_with(begin)))
}

/// The entry that `digits` lead to from the row of `from`; nothing where no number goes on like this.
fn walk(from: u16, digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(from, |entry, digit| {
        let place = usize::from(entry & !END) * 10 + usize::from(digit.wrapping_sub(b'0'));
        let next = TABLE.get(2 * place..2 * place + 2)?;
        let next = u16::from_le_bytes(next.try_into().ok()?);
        (next != 0).then_some(next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_belong_to_plans() {
        for digits in [
            "12127365000",
            "4930901820",
            "442072193000",
            "33142685300",
            "34612345678",
            "31612345678",
            "3726123456",
            "68221327",
            "80012345678",
        ] {
            assert!(is_international(digits.as_bytes()), "{digits}");
        }
        for digits in ["1212736500", "15557365000", "3314268530", "0999123456", "4930901820123456", "1", ""] {
            assert!(!is_international(digits.as_bytes()), "{digits}");
        }
        assert!(is_national_in(b"44", b"02072193000") && !is_national_in(b"44", b"00072193000"));
        assert!(is_national(b"0142685300") && is_national(b"61234567") && !is_national(b"12"));
        assert!(looks_international(b"33999999999999") && !looks_international(b"99912345678"));
    }
}
