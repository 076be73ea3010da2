//! A chunked body, as far as it says where it ends.

use super::Step;

/// Extensions are of no use to us; a client needs none of any length.
const MAX_EXTENSION: usize = 256;
/// Trailers come after the body has been judged and are few.
const MAX_TRAILERS: usize = 16 * 1024;

/// Where in the body we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunks {
    /// In a chunk's size: its value so far, and its digits.
    Size(u64, u8),
    /// In an extension of so many bytes.
    Extension(u64, usize),
    /// After the CR of a size's line.
    SizeEnd(u64),
    /// In a chunk's data.
    Data(u64),
    /// After a chunk's data.
    DataEnd,
    /// After the CR behind a chunk's data.
    DataLineEnd,
    /// In the trailers: how many bytes in, and how many in this line.
    Trailers(usize, usize),
    /// After a CR in the trailers; the same counts.
    TrailerEnd(usize, usize),
}

impl Default for Chunks {
    fn default() -> Self {
        Self::Size(0, 0)
    }
}

impl Chunks {
    /// Reads on.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Step<()> {
        let mut place = 0;
        while let Some(byte) = bytes.get(place) {
            if let Self::Data(left) = self {
                let rest = (bytes.len() - place) as u64;
                let taken = rest.min(*left);
                *left -= taken;
                if *left == 0 {
                    *self = Self::DataEnd;
                }
                place += usize::try_from(taken).unwrap_or(bytes.len());
                continue;
            }
            match self.after(*byte) {
                Some(Some(next)) => *self = next,
                Some(None) => return Step::Done(place + 1, ()),
                None => return Step::Ambiguous(place),
            }
            place += 1;
        }
        Step::More
    }

    /// The state after a byte outside of data; `Some(None)` is the end.
    fn after(self, byte: u8) -> Option<Option<Self>> {
        let next = match (self, byte) {
            (Self::Size(size, digits), _) if byte.is_ascii_hexdigit() => {
                // Sixteen digits are all that fit.
                let digit = u64::from(char::from(byte).to_digit(16)?);
                (digits < 16).then_some(Self::Size(size << 4 | digit, digits + 1))?
            }
            (Self::Size(size, 1..), b'\r') | (Self::Extension(size, _), b'\r') => Self::SizeEnd(size),
            (Self::Size(size, 1..), b';') => Self::Extension(size, 0),
            (Self::Extension(size, length @ ..MAX_EXTENSION), b'\t' | b' '..=b'~' | 0x80..) => {
                Self::Extension(size, length + 1)
            }
            (Self::SizeEnd(0), b'\n') => Self::Trailers(0, 0),
            (Self::SizeEnd(size), b'\n') => Self::Data(size),
            (Self::DataEnd, b'\r') => Self::DataLineEnd,
            (Self::DataLineEnd, b'\n') => Self::default(),
            (Self::Trailers(all, line), b'\r') => Self::TrailerEnd(all, line),
            (Self::Trailers(all @ ..MAX_TRAILERS, line), b'\t' | b' '..=b'~' | 0x80..) => {
                // A continuation line would be another trailer to some readers.
                (line > 0 || !matches!(byte, b' ' | b'\t')).then_some(Self::Trailers(all + 1, line + 1))?
            }
            (Self::TrailerEnd(_, 0), b'\n') => return Some(None),
            (Self::TrailerEnd(all, _), b'\n') => Self::Trailers(all, 0),
            _ => return None,
        };
        Some(Some(next))
    }
}
