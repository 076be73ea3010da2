//! Addresses of India: a house, names between commas, a city and six digits.
//!
//! Any list of names that ends with a number looks so; a word of the country's own says that it is an address.

use super::list::{List, Word};
use super::tokens::{Kind, Token};
use super::{NUMBERS, postcode};
use crate::detector::{ByteSet, Probe};

/// The most tokens between the house and the code.
const TOKENS: usize = 16;
const CODE: usize = 6;

/// Words for places in a city, the states, and the cities that most letters go to.
pub(super) const WORDS: &str = " nagar marg chowk ganj zila colony vihar layout bazaar bazar enclave puram residency path mohalla galli gali society cross bagh \
    chs taluk taluka tehsil mandal andhra pradesh arunachal assam bihar chhattisgarh goa gujarat haryana himachal jharkhand karnataka \
    kerala maharashtra manipur meghalaya mizoram nagaland odisha punjab rajasthan sikkim nadu telangana tripura uttarakhand bengal \
    delhi mumbai bengaluru bangalore chennai kolkata hyderabad pune ahmedabad jaipur noida gurgaon gurugram lucknow india ";
/// What names of cities and quarters end with.
const ENDINGS: [&[u8]; 7] = [b"pur", b"abad", b"nagar", b"garh", b"puram", b"palli", b"halli"];

/// The end of the address whose house's number ends at `number`: `459, Madan Zila, Latur 778094`,
/// `12 MG Road, Bengaluru, Karnataka 560001`, `11, Vyas Road, Chandrapur-410914`.
pub(super) fn after(probe: &Probe<'_>, number: usize) -> Option<usize> {
    let mut previous = Token::none(number);
    let (mut words, mut numbers, mut parts, mut is_indian) = (0, 0, 0, false);
    for i in 0..TOKENS {
        let token = Token::after(probe, previous.end)?;
        if !postcode::may_be_read(probe, number, i) {
            return None;
        }
        parts += usize::from(token.is_separated);
        let begin = begin_of_code(probe, &previous, &token);
        is_indian |= token.kind == Kind::Capital && {
            let word = token.word(probe);
            speaks_of_india(word) || word.is_in(List::Types)
        };
        let end = begin.filter(|_| is_indian && words >= 1 && parts >= 1);
        if let Some(end) = end.and_then(|at| code(probe, at)) {
            return Some(end);
        }
        match token.kind {
            Kind::Capital => words += 1,
            Kind::Unit => {}
            Kind::Number if previous.kind == Kind::Unit => {}
            // What a name follows is the number of the house.
            Kind::Number if words > 0 && numbers < NUMBERS => numbers += 1,
            Kind::Particle if words > 0 => {}
            _ => return None,
        }
        previous = token;
    }
    None
}

/// Whether a code stands in `token` or is joined to it, after `previous`.
pub(super) fn is_code_after(probe: &Probe<'_>, previous: &Token, token: &Token) -> bool {
    begin_of_code(probe, previous, token).and_then(|at| code(probe, at)).is_some()
}

/// Where a code would begin: a number after a name, or joined to one.
fn begin_of_code(probe: &Probe<'_>, previous: &Token, token: &Token) -> Option<usize> {
    match token.kind {
        Kind::Number if previous.kind == Kind::Capital => Some(token.start),
        Kind::Capital if probe.get(token.end) == Some(b'-') => Some(token.end + 1),
        _ => None,
    }
}

fn speaks_of_india(word: Word<'_>) -> bool {
    let ends = |ending: &[u8]| {
        let stem = word.text.len().checked_sub(ending.len()).filter(|stem| *stem >= 2);
        stem.and_then(|stem| word.text.get(stem..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    word.is_whole_in(List::India) || ENDINGS.into_iter().any(ends)
}

/// The end of a code of six digits, of which the first says the zone: `778094`, `778 094`.
fn code(probe: &Probe<'_>, at: usize) -> Option<usize> {
    if !probe.is(at, &ByteSet::EMPTY.range(b'1', b'9')) {
        return None;
    }
    let end = match probe.run(at, &ByteSet::DIGIT, CODE + 1) - at {
        CODE => at + CODE,
        3 if probe.get(at + 3) == Some(b' ') && probe.run(at + 4, &ByteSet::DIGIT, 4) == at + 7 => at + 7,
        _ => return None,
    };
    let goes_on = probe.is(end, &ByteSet::WORD)
        || (probe.is(end, &ByteSet::EMPTY.with(b"-.,/")) && probe.is(end + 1, &ByteSet::DIGIT));
    (!goes_on).then_some(end)
}
