//! Text in one way of writing: lower case, one space for whatever is between words, `taxId` as two words, `N.I.F.` as one, `#` as a word.
//!
//! Digits end a word (`nif2`), and a hump may follow them (`user1Bsn`). Where another letter follows directly, both are one piece of code, as
//! `3f9cf1ab`, in which no word stands. Nor does one in an id that was [drawn] at random: `kNifQpLpZnE` has no `nif`.

use crate::check::drawn;

/// Folds `text` into `out` and gives the length. `cut` says that its first byte is only there to see whether a word begins
/// after it.
pub(super) fn fold(text: &[u8], cut: bool, out: &mut [u8]) -> usize {
    let mut folded = Folded { out, length: 0, run: 0 };
    let begun = text.iter().take_while(|byte| cut && is_letter(**byte)).count();
    let mut rest = text.get(begun..).unwrap_or_default();
    while let [byte, ..] = rest {
        let taken = if byte.is_ascii_alphanumeric() { folded.piece(rest) } else { folded.sign(rest) };
        rest = rest.get(taken..).unwrap_or_default();
    }
    folded.length
}

struct Folded<'o> {
    out: &'o mut [u8],
    length: usize,
    /// Letters since the last thing that was none.
    run: usize,
}

impl Folded<'_> {
    /// The letters and digits with which `rest` begins, as they stand in one piece.
    fn piece(&mut self, rest: &[u8]) -> usize {
        let count = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let piece = rest.get(..count).unwrap_or_default();
        if drawn::stands_at(piece, 0) {
            self.letters(piece);
            return count;
        }
        let (mut rest, mut before) = (piece, b' ');
        while let [byte, ..] = rest {
            let taken = match byte {
                b'a'..=b'z' => {
                    let count = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
                    self.letters(rest.get(..count).unwrap_or_default());
                    count
                }
                b'0'..=b'9' => self.digits(before, rest),
                _ => {
                    if before.is_ascii_lowercase() {
                        self.space(0);
                    }
                    self.letters(&[*byte]);
                    1
                }
            };
            before = *byte;
            rest = rest.get(taken..).unwrap_or_default();
        }
        count
    }

    /// What is neither a letter nor a digit of ASCII.
    fn sign(&mut self, rest: &[u8]) -> usize {
        match rest {
            // Typographic quotes and dashes; the signs of Latin-1, and its space that does not break.
            [0xe2, 0x80, _, ..] => self.space(3),
            [0xc2, _, ..] => self.space(2),
            // `N.I.F.` is one word.
            [b'.', next, ..] if self.run == 1 && is_letter(*next) => {
                self.run = 0;
                1
            }
            [b'\\', b'n' | b'r' | b't', ..] => self.space(2),
            // `routing #`.
            [b'#', ..] => {
                self.space(0);
                self.put(b'#');
                self.space(1)
            }
            [lead @ 0xc3..=0xd1, trail, ..] => self.character(&lower_pair(*lead, *trail)),
            [byte @ 0x80..=0xff, ..] => self.character(&[*byte]),
            _ => self.space(1),
        }
    }

    /// One space, however many there are.
    fn space(&mut self, taken: usize) -> usize {
        let last = self.length.checked_sub(1).and_then(|last| self.out.get(last));
        if last.is_some_and(|byte| *byte != b' ') {
            self.put(b' ');
        }
        self.run = 0;
        taken
    }

    /// The digits with which `rest` begins, after a byte of the same piece.
    fn digits(&mut self, before: u8, rest: &[u8]) -> usize {
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        match rest.get(count) {
            Some(next) if !(next.is_ascii_uppercase() && before.is_ascii_lowercase()) => {
                self.letters(rest.get(..count).unwrap_or_default());
                count
            }
            _ => self.space(count),
        }
    }

    /// Letters and digits of ASCII.
    #[inline]
    fn letters(&mut self, letters: &[u8]) {
        letters.iter().for_each(|byte| self.put(byte.to_ascii_lowercase()));
        self.run += letters.len();
    }

    fn character(&mut self, bytes: &[u8]) -> usize {
        bytes.iter().for_each(|byte| self.put(*byte));
        // What goes on with a character is no letter of its own.
        self.run += usize::from(bytes.first().is_some_and(|byte| !(0x80..0xc0).contains(byte)));
        bytes.len()
    }

    #[inline]
    fn put(&mut self, byte: u8) {
        if let Some(slot) = self.out.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
    }
}

pub(super) fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// A letter of two bytes in lower case: Latin, Greek, Cyrillic.
fn lower_pair(lead: u8, trail: u8) -> [u8; 2] {
    match (lead, trail) {
        (0xc3, 0x80..=0x9e) | (0xce, 0x91..=0x9f) | (0xd0, 0x90..=0x9f) => [lead, trail + 0x20],
        (0xce, 0xa0..=0xa9) | (0xd0, 0xa0..=0xaf) => [lead + 1, trail - 0x20],
        (0xd0, 0x80..=0x8f) => [lead + 1, trail + 0x10],
        (0xc4, 0x80..=0xb7) | (0xc5, 0x8a..=0xb7) if trail.is_multiple_of(2) => [lead, trail + 1],
        (0xc5, 0xb9 | 0xbb | 0xbd) => [lead, trail + 1],
        _ => [lead, trail],
    }
}
