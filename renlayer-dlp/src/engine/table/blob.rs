//! Which blocks of a document are deep in a blob: a picture, a sound or a file, written as base64.
//!
//! Whatever looks like a token or a number there is chance, and a blob has a candidate every few bytes: it would cost four times what text
//! does, and there is a thousand times as much of it. What is packed in it is looked for [all the same](crate::view).
//!
//! A blob is mixed as packed data is, so padding and paths are none, and has the signs of one alphabet: in a picture the dash before a
//! token, or the underscore in it, ends it.

use crate::engine::sieve::{BLOCK, Masks};

/// A block is deep where so many before it are of the blob: no token is as long.
const DEEP: usize = 16;
/// Of so many letters in either case, and digits, base64 of something large has in nearly every block at least.
const LETTERS: u8 = 4;
const DIGITS: u8 = 1;
/// So many different bytes, but for their two highest bits, has each block with which a blob begins. Random base64 has ten more.
const DIFFERENT: u32 = 26;

/// A blob so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Blob {
    blocks: usize,
    /// Which signs it has had: those of base64, or of its form for URLs.
    has_usual: bool,
    has_for_urls: bool,
}

/// Tells the deep ones among blocks of `bytes`, a bit for each, and goes on with the blob before them. The last block of a blob is not
/// deep: what begins in it may end in text.
pub(super) fn tell(bytes: &[u8], masks: &[Masks], blob: &mut Blob) -> u64 {
    let (blocks, _) = bytes.as_chunks();
    let mut deep = 0;
    for (nth, masks) in masks.iter().enumerate() {
        // Mostly a space says that it is none.
        let goes_on = masks.breaks == 0 && blocks.get(nth).is_some_and(|block| blob.goes_on(block));
        if !goes_on {
            *blob = Blob::default();
            deep &= !before(nth);
        }
        deep |= u64::from(blob.blocks > DEEP) << nth;
    }
    let is_next = deep >> masks.len().saturating_sub(1) & 1 == 1
        && blocks.get(masks.len()).is_some_and(|block| { *blob }.goes_on(block));
    if is_next { deep } else { deep & !before(masks.len()) }
}

/// The bit of the block before one.
fn before(block: usize) -> u64 {
    1_u64.unbounded_shl(block as u32) >> 1
}

impl Blob {
    /// Whether a block goes on with it, or begins one.
    fn goes_on(&mut self, block: &[u8; BLOCK]) -> bool {
        let count = |is: fn(u8) -> bool| block.iter().fold(0, |count, byte| count + u8::from(is(*byte)));
        let upper = count(|byte| byte.wrapping_sub(b'A') < 26);
        let lower = count(|byte| byte.wrapping_sub(b'a') < 26);
        let digits = count(|byte| byte.wrapping_sub(b'0') < 10);
        let usual = count(|byte| matches!(byte, b'+' | b'/'));
        let for_urls = count(|byte| matches!(byte, b'-' | b'_'));
        self.blocks += 1;
        self.has_usual |= usual > 0;
        self.has_for_urls |= for_urls > 0;
        usize::from(upper + lower + digits + usual + for_urls) == BLOCK
            && upper.min(lower) >= LETTERS
            && digits >= DIGITS
            && !(self.has_usual && self.has_for_urls)
            && (self.blocks > DEEP || is_mixed(block))
    }
}

/// Whether a block has many different signs, as nothing has that repeats.
fn is_mixed(block: &[u8; BLOCK]) -> bool {
    block.iter().fold(0_u64, |seen, byte| seen | 1 << (byte & 63)).count_ones() >= DIFFERENT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::byteset::ByteSet;

    /// Base64 of nothing in particular.
    fn blob(length: usize) -> Vec<u8> {
        let signs = b"qZ7+Tb3/xK9eVw0RmLd5Hu2YcG8sJf4NiPa6oXgBv1yDtEhWkQrSlUzMjICpOAnF";
        signs.iter().cycle().step_by(7).take(length).copied().collect()
    }

    fn deep(bytes: &[u8], blob: &mut Blob) -> u64 {
        let blocks = bytes.chunks_exact(BLOCK);
        let breaks = |block: &[u8]| u64::from(block.iter().any(|byte| ByteSet::BREAK.has(*byte)));
        let masks: Vec<_> = blocks.map(|block| Masks { breaks: breaks(block), ..Masks::default() }).collect();
        tell(bytes, masks.get(..40).unwrap_or(&masks), blob)
    }

    /// Bits from one to another.
    fn bits(from: usize, to: usize) -> u64 {
        u64::MAX << from & !(u64::MAX << to)
    }

    #[test]
    fn blocks_are_deep_behind_a_kibibyte_of_a_blob_and_before_more_of_it() {
        let bytes = blob(41 * BLOCK);
        let mut so_far = Blob::default();
        assert_eq!(deep(&bytes, &mut so_far), bits(DEEP, 40));
        // Batches follow each other.
        assert_eq!(deep(&bytes, &mut so_far), bits(0, 40));
        assert_eq!(deep(&bytes[..40 * BLOCK], &mut Blob::default()), bits(DEEP, 39));
    }

    #[test]
    fn what_is_not_of_its_alphabet_ends_a_blob() {
        for (end, mark) in [(5, b' '), (30, b'.'), (30, b'='), (30, b'\\'), (20, b'-'), (20, b'_')] {
            let mut bytes = blob(41 * BLOCK);
            bytes[end * BLOCK + 7] = mark;
            let expected = if end > DEEP { bits(DEEP, end - 1) } else { 0 } | bits(end + 1 + DEEP, 40);
            assert_eq!(deep(&bytes, &mut Blob::default()), expected, "{:?}", char::from(mark));
        }
        let for_urls = |byte: u8| match byte {
            b'+' => b'-',
            b'/' => b'_',
            other => other,
        };
        let bytes: Vec<u8> = blob(41 * BLOCK).into_iter().map(for_urls).collect();
        assert_eq!(deep(&bytes, &mut Blob::default()), bits(DEEP, 40));
    }

    #[test]
    fn what_repeats_or_is_words_is_no_blob() {
        for text in [
            "x",
            "A",
            "0",
            "deadbeef0123",
            "a-slug-made-of-words_",
            "ACGT",
            "Some/Path/With/Names",
            "fooBAR12/",
            "User1Name/",
            "aB1-",
            "v2/Users/GetALL/",
            "ABCdef123_",
            "Chapter-1-THE-begin-",
        ] {
            let bytes: Vec<u8> = text.bytes().cycle().take(41 * BLOCK).collect();
            assert_eq!(deep(&bytes, &mut Blob::default()), 0, "{text}");
        }
    }
}
