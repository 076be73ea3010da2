//! `Content-Encoding`: bodies are judged decoded, under bounds of size and ratio, so that a small body cannot become a
//! huge one.
//!
//! Codings may be stacked, up to three. The bounds hold for what each of them gives, measured against the body as it came.

mod coding;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use http::{HeaderMap, header};
use smallvec::SmallVec;

use coding::Coding;

/// How a body is encoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    /// In the order they were applied.
    Coded(SmallVec<[Coding; MOST_CODINGS]>),
    /// One that cannot be decoded here, or too many on top of each other.
    Unknown,
}

/// Why a body could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    #[error("content-encoding is not up to three of gzip, deflate, br, zstd")]
    Unknown,
    #[error("the body is not valid in its content-encoding")]
    Broken,
    #[error("the body grows past the bound when decoded, or is in too many parts")]
    TooLarge,
    #[error("the body's content-encoding carries more than its content")]
    Unseen,
}

/// More on top of each other have no use but to hide something.
const MOST_CODINGS: usize = 3;
/// Past the first MiB a body may not grow more than this many times.
const MAX_RATIO: usize = 100;
const RATIO_FREE: usize = 1 << 20;

impl Encoding {
    /// As all lines of the header together say. `identity` adds nothing, wherever it stands.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::CONTENT_ENCODING);
        let mut codings = SmallVec::new();
        for name in lines.iter().flat_map(|line| line.as_bytes().split(|&byte| byte == b',')) {
            let name = name.trim_ascii().to_ascii_lowercase();
            if name.is_empty() || name == b"identity" {
                continue;
            }
            match Coding::named(&name) {
                Some(coding) if codings.len() < MOST_CODINGS => codings.push(coding),
                _ => return Self::Unknown,
            }
        }
        if codings.is_empty() { Self::Identity } else { Self::Coded(codings) }
    }

    /// The decoded body, of at most `max` bytes.
    pub(crate) fn decode<'a>(&self, body: &'a [u8], max: usize) -> Result<Cow<'a, [u8]>, DecodeError> {
        match self {
            Self::Identity => Ok(Cow::Borrowed(body)),
            _ if body.is_empty() => Ok(Cow::Borrowed(body)),
            Self::Coded(codings) => {
                let bound = max.min(RATIO_FREE.max(body.len().saturating_mul(MAX_RATIO)));
                codings
                    .iter()
                    .rev()
                    .try_fold(Cow::Borrowed(body), |outer, coding| Ok(coding.decode(&outer, bound)?.into()))
            }
            Self::Unknown => Err(DecodeError::Unknown),
        }
    }
}
