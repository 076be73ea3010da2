//! Words joined as programs and people join them: by signs, by humps, with a number after them.

use crate::check::language;
use crate::detector::ByteSet;

/// What joins words.
pub(super) const JOINT: ByteSet = ByteSet::EMPTY.with(b"-_./:~&");
/// What stands between words that are joined.
pub(super) const BETWEEN: ByteSet = JOINT.with(b"+=#");

/// Whether whatever stands between the signs that join words is a word.
pub(super) fn are_words(text: &[u8]) -> bool {
    text.split(|byte| BETWEEN.has(*byte)).filter(|part| !part.is_empty()).all(is_word)
}

/// Whether it is nothing but words, joined or not.
pub(super) fn is_words(text: &[u8]) -> bool {
    text.split(|byte| b"&_.".contains(byte)).all(|part| is_word(part) || is_identifier(part))
}

/// Whether half of the letters are in words between signs, numbers aside: a formula, a call, a condition.
pub(super) fn is_of_words(text: &[u8]) -> bool {
    const LEAST: usize = 3;
    let is_word = |part: &&[u8]| part.len() >= LEAST && part.iter().all(u8::is_ascii_alphabetic);
    let parts = text.split(|byte| !byte.is_ascii_alphanumeric());
    let worded: usize = parts.filter(is_word).map(<[u8]>::len).sum();
    worded * 2 >= text.iter().filter(|byte| byte.is_ascii_alphabetic()).count()
}

/// `motorOutput7`, `WidthReady`: humps of three letters or more, and a number after them.
pub(super) fn is_of_humps(text: &[u8]) -> bool {
    const LEAST: usize = 3;
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, number) = text.split_at(letters);
    let humps = word.chunk_by(|_, next| next.is_ascii_lowercase());
    number.iter().all(u8::is_ascii_digit) && humps.into_iter().all(|hump| hump.len() >= LEAST)
}

/// Letters of one case (the first may differ) with a number after them, or a short number.
pub(super) fn is_word(part: &[u8]) -> bool {
    let letters = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, number) = part.split_at(letters);
    let tail = word.get(1..).unwrap_or_default();
    let is_one_case = tail.iter().all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase);
    let is_camel = word.iter().filter(|byte| byte.is_ascii_uppercase()).count() * 3 <= word.len();
    (is_one_case || is_camel)
        && number.len() <= 8
        && number.iter().all(u8::is_ascii_digit)
        && part.len() <= 20
        && (letters < 6 || language::surprise(word) < 5.5)
}

/// `passwordResetTokenExpiresAt2Hours`, `ApiKeyServiceV2Impl`: a name of a program's. Words joined by humps and no more than
/// three digits, and language once these are left out: of random keys fewer than one in a thousand are so.
pub(in crate::detector) fn is_identifier(text: &[u8]) -> bool {
    if !text.first().is_some_and(u8::is_ascii_alphabetic) || !text.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let letters: Vec<u8> = text.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    let uppers = letters.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let is_hump = |pair: &[u8]| matches!(pair, [a, b] if !a.is_ascii_uppercase() && b.is_ascii_uppercase());
    let humps = text.windows(2).filter(|pair| is_hump(pair)).count();
    text.len() - letters.len() <= 3
        && humps >= 2
        && uppers <= humps + 1
        && letters.len() >= 4 * humps
        && language::surprise(&letters) < 5.0
}
