//! Cheap signals of what a text may say beside what it says: one sweep, in a form that compilers turn into vector code.

/// Which views a text may need. No signal means that every view of it would be the text itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signals {
    /// Bytes that are not ASCII.
    foreign: bool,
    /// A percent sign or an ampersand.
    escapes: bool,
    /// [`CHUNK`] bytes without a space, a quote or a parenthesis.
    unspaced: bool,
}

/// A run of twice as many bytes holds an aligned chunk of them.
pub(crate) const CHUNK: usize = 16;
/// Spaces, quotes, parentheses and control characters are not above this.
const LAST_BREAK: u8 = b'*';

impl Signals {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let (chunks, rest) = bytes.as_chunks::<CHUNK>();
        let mut any = [0; CHUNK];
        let mut escapes = [0; CHUNK];
        let mut unspaced = false;
        for chunk in chunks {
            for ((byte, any), escapes) in chunk.iter().zip(&mut any).zip(&mut escapes) {
                *any |= byte;
                *escapes |= u8::from(is_escape(*byte));
            }
            unspaced |= is_unspaced(chunk);
        }
        let mut foreign = any.iter().fold(0, |all, byte| all | byte);
        let mut escape = escapes != [0; CHUNK];
        for byte in rest {
            foreign |= byte;
            escape |= is_escape(*byte);
        }
        Self { foreign: foreign >= 0x80, escapes: escape, unspaced }
    }

    pub(crate) fn any(self) -> bool {
        self.foreign | self.escapes | self.unspaced
    }

    pub(crate) fn folds(self) -> bool {
        self.foreign | self.escapes
    }

    pub(crate) fn packs(self) -> bool {
        self.unspaced
    }
}

/// `%` and `&`.
fn is_escape(byte: u8) -> bool {
    byte.wrapping_sub(b'%') < 2
}

/// Whether nothing that ends a word stands in the chunk.
#[inline]
pub(crate) fn is_unspaced(chunk: &[u8; CHUNK]) -> bool {
    let mut breaks = [0; CHUNK];
    for (flag, byte) in breaks.iter_mut().zip(chunk) {
        *flag = if *byte <= LAST_BREAK { 0xff } else { 0 };
    }
    breaks == [0; CHUNK]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_signal_is_seen_wherever_it_stands() {
        let plain = "To be, or not to be: that is the \"question\" (1).\n".repeat(3);
        assert!(!Signals::of(plain.as_bytes()).any());
        for at in 0..plain.len() {
            let with = |sign: &str| Signals::of([&plain[..at], sign, &plain[at..]].concat().as_bytes());
            assert!(with("%").escapes && with("&").escapes && with("\u{200b}").foreign, "{at}");
            assert!(with(&"x".repeat(2 * CHUNK - 1)).unspaced, "{at}");
        }
    }
}
