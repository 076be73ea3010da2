//! `Content-Encoding`: bodies are judged decoded, under bounds of size and ratio, so that a small body cannot become a
//! huge one.

use std::{borrow::Cow, io::Read};

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, header};

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
    /// RFC 9110's `deflate`: a zlib stream.
    Deflate,
    /// One that cannot be decoded here, or several on top of each other.
    Unknown,
}

/// Why a body could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    #[error("content-encoding is not one of identity, gzip, deflate")]
    Unknown,
    #[error("the body is not valid in its content-encoding")]
    Broken,
    #[error("the body grows past the bound when decoded")]
    TooLarge,
}

/// Past the first MiB a body may not grow more than this many times.
const MAX_RATIO: usize = 100;
const RATIO_FREE: usize = 1 << 20;

impl Encoding {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return if headers.contains_key(header::CONTENT_ENCODING) {
                Self::Unknown
            } else {
                Self::Identity
            };
        };
        match value.as_bytes().trim_ascii().to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Self::Identity,
            b"gzip" | b"x-gzip" => Self::Gzip,
            b"deflate" => Self::Deflate,
            _ => Self::Unknown,
        }
    }

    /// The decoded body, of at most `max` bytes.
    pub(crate) fn decode(self, body: &[u8], max: usize) -> Result<Cow<'_, [u8]>, DecodeError> {
        match self {
            Self::Identity => Ok(Cow::Borrowed(body)),
            _ if body.is_empty() => Ok(Cow::Borrowed(body)),
            Self::Gzip => read(MultiGzDecoder::new(body), bound(body, max)).map(Cow::Owned),
            Self::Deflate => read(ZlibDecoder::new(body), bound(body, max)).map(Cow::Owned),
            Self::Unknown => Err(DecodeError::Unknown),
        }
    }
}

fn bound(body: &[u8], max: usize) -> usize {
    max.min(RATIO_FREE.max(body.len().saturating_mul(MAX_RATIO)))
}

fn read(decoder: impl Read, bound: usize) -> Result<Vec<u8>, DecodeError> {
    let mut decoded = Vec::new();
    let limit = u64::try_from(bound).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(limit).read_to_end(&mut decoded).map_err(|_| DecodeError::Broken)?;
    if decoded.len() > bound { Err(DecodeError::TooLarge) } else { Ok(decoded) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder, write::ZlibEncoder};

    use super::*;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn known_encodings_are_decoded() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(b"hello").unwrap();
        assert_eq!(&*Encoding::Deflate.decode(&zlib.finish().unwrap(), 100).unwrap(), b"hello");
        assert_eq!(&*Encoding::Gzip.decode(&gzip(b"hello"), 100).unwrap(), b"hello");
        assert_eq!(&*Encoding::Identity.decode(b"hello", 1).unwrap(), b"hello");
    }

    #[test]
    fn a_bomb_is_stopped_by_its_ratio_and_by_the_bound() {
        let bomb = gzip(&vec![0; 16 << 20]);
        assert_eq!(Encoding::Gzip.decode(&bomb, usize::MAX - 1), Err(DecodeError::TooLarge));
        assert_eq!(Encoding::Gzip.decode(&gzip(&[0; 2000]), 1999), Err(DecodeError::TooLarge));
    }

    #[test]
    fn what_is_cut_off_or_unknown_is_an_error() {
        let whole = gzip(b"hello hello hello");
        assert_eq!(Encoding::Gzip.decode(&whole[..whole.len() - 9], 100), Err(DecodeError::Broken));
        let header = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_ENCODING, value.parse().unwrap());
            Encoding::of(&headers)
        };
        for (value, wanted) in [
            ("GZIP", Encoding::Gzip),
            ("identity", Encoding::Identity),
            ("br", Encoding::Unknown),
            ("gzip, gzip", Encoding::Unknown),
            ("aws-chunked", Encoding::Unknown),
        ] {
            assert_eq!(header(value), wanted, "{value}");
        }
        assert_eq!(Encoding::Unknown.decode(b"x", 100), Err(DecodeError::Unknown));
    }
}
