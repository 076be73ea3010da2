//! How a target reads its choices out of the bytes it is given: from the front, zero where there are none.

/// Bytes to be read.
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(crate) fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    /// Lengths of pieces, to be used in turn.
    pub(crate) fn cuts(&mut self) -> [usize; 3] {
        [self.byte(), self.byte(), self.byte()].map(usize::from)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// The rest as text, as far as it is.
    pub(crate) fn text(&self) -> &'a str {
        match std::str::from_utf8(self.0) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&self.0[..error.valid_up_to()]).unwrap(),
        }
    }
}

/// `bytes` in pieces of the given lengths in turn, none of them empty.
pub(crate) fn chunks<'a>(mut bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    for cut in cuts.iter().cycle() {
        if bytes.is_empty() {
            break;
        }
        let (chunk, rest) = bytes.split_at((cut + 1).min(bytes.len()));
        chunks.push(chunk);
        bytes = rest;
    }
    chunks
}

/// The same for text, cut where characters end.
pub(crate) fn pieces<'a>(mut text: &'a str, cuts: &[usize]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    for cut in cuts.iter().cycle() {
        if text.is_empty() {
            break;
        }
        let (piece, rest) = text.split_at(text.ceil_char_boundary((cut + 1).min(text.len())));
        pieces.push(piece);
        text = rest;
    }
    pieces
}

/// A seed: choices, then what is parsed.
pub(crate) fn seed(choices: &[u8], rest: impl AsRef<[u8]>) -> Vec<u8> {
    [choices, rest.as_ref()].concat()
}
