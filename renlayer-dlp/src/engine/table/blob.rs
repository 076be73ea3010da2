//! Which blocks of a document are deep in a blob: a picture, a sound or a file, written as base64.
//!
//! Whatever looks like a token or a number there is chance, and a blob has a candidate every few bytes: it would cost four times what text
//! does, and there is a thousand times as much of it. What is packed in it is looked for [all the same](crate::view).

use crate::engine::sieve::{BLOCK, Masks};

/// A block is deep where so many before it are of the blob: no token is as long.
const DEEP: usize = 16;
/// Of so many letters in either case, and digits, base64 of something large has in nearly every block at least.
const LETTERS: u8 = 4;
const DIGITS: u8 = 1;

/// Tells the deep ones among blocks of `bytes`, a bit for each, after `before` blocks of a blob, and counts on.
pub(super) fn tell(bytes: &[u8], masks: &[Masks], before: &mut usize) -> u64 {
    let (blocks, _) = bytes.as_chunks();
    let mut deep = 0;
    for (nth, masks) in masks.iter().enumerate() {
        // Mostly a space says that it is none.
        let is_one = masks.breaks == 0 && blocks.get(nth).is_some_and(is_of_a_blob);
        deep |= u64::from(is_one && *before >= DEEP) << nth;
        *before = if is_one { *before + 1 } else { 0 };
    }
    deep
}

/// Whether all of a block is base64, in either alphabet, and mixed as that of packed data is.
fn is_of_a_blob(block: &[u8; BLOCK]) -> bool {
    let count = |is: fn(u8) -> bool| block.iter().fold(0, |count, byte| count + u8::from(is(*byte)));
    let upper = count(|byte| byte.wrapping_sub(b'A') < 26);
    let lower = count(|byte| byte.wrapping_sub(b'a') < 26);
    let digits = count(|byte| byte.wrapping_sub(b'0') < 10);
    let others = count(|byte| matches!(byte, b'+' | b'/' | b'-' | b'_'));
    usize::from(upper + lower + digits + others) == BLOCK && upper.min(lower) >= LETTERS && digits >= DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Base64 of nothing in particular.
    fn blob(length: usize) -> Vec<u8> {
        let signs = b"qZ7+Tb3/xK9eVw0RmLd5Hu2YcG8sJf4NiPa6oXgBv1yDtEhWkQrSlUzMjICpOAnF";
        signs.iter().cycle().step_by(7).take(length).copied().collect()
    }

    fn deep(bytes: &[u8], before: &mut usize) -> u64 {
        let breaks = |block: &[u8]| u64::from(block.contains(&b' '));
        let blocks =
            bytes.chunks_exact(BLOCK).map(|block| Masks { breaks: breaks(block), ..Masks::default() });
        tell(bytes, &blocks.collect::<Vec<_>>(), before)
    }

    #[test]
    fn blocks_are_deep_behind_a_kibibyte_of_a_blob() {
        let bytes = blob(40 * BLOCK);
        let behind = u64::MAX << DEEP & !(u64::MAX << 40);
        let mut before = 0;
        assert_eq!((deep(&bytes, &mut before), before), (behind, 40));
        // Batches follow each other.
        assert_eq!(deep(&bytes, &mut before), !(u64::MAX << 40));
        for (end, mark) in [(5, b' '), (30, b'.'), (30, b'='), (30, b'\\')] {
            let mut bytes = bytes.clone();
            bytes[end * BLOCK + 7] = mark;
            let after = !(u64::MAX << (end + 1 + DEEP));
            let expected = behind & !(u64::MAX << end) | (behind & !after);
            assert_eq!(deep(&bytes, &mut 0), expected, "{:?}", char::from(mark));
        }
    }

    #[test]
    fn what_is_not_mixed_is_no_blob() {
        let words = |text: &str| text.bytes().cycle().take(40 * BLOCK).collect::<Vec<_>>();
        for text in ["x", "A", "0", "deadbeef0123", "a-slug-made-of-words_", "ACGT", "Some/Path/With/Names"] {
            assert_eq!(deep(&words(text), &mut 0), 0, "{text}");
        }
    }
}
