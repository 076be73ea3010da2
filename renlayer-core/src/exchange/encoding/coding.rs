//! Each content coding by itself: all of its input is decoded, or none of it stands.
//!
//! Who reads a body may read further than the first gzip member or zstd frame, and so does this. What comes after the
//! end, and what gzip and zstd carry beside their content, is refused, for it would pass unscanned. Of brotli's metadata
//! blocks the decoder does not tell: they are passed over.

use std::io::Read;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Decompress, FlushDecompress, GzHeader, Status, bufread::GzDecoder};
use ruzstd::decoding::{
    BlockDecodingStrategy, FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};

use super::DecodeError;

/// A coding of RFC 9110's registry that can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 9110's `deflate`: a zlib stream (RFC 1950).
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878, with the windows that RFC 9659 allows.
    Zstd,
}

/// What is decoded at a time, in bytes.
const PIECE: usize = 32 << 10;
/// The largest window of a zstd frame in HTTP (RFC 9659), in bytes.
const ZSTD_WINDOW: u64 = 8 << 20;
/// Each gzip member and zstd frame costs a decoder's start, however little it holds.
const MOST_PARTS: usize = 4096;

impl Coding {
    /// By its name in lower case.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"gzip" | b"x-gzip" => Some(Self::Gzip),
            b"deflate" => Some(Self::Deflate),
            b"br" => Some(Self::Brotli),
            b"zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// What was encoded, of at most `bound` bytes.
    pub(super) fn decode(self, encoded: &[u8], bound: usize) -> Result<Vec<u8>, DecodeError> {
        match self {
            Self::Gzip => gzip(encoded, bound),
            Self::Deflate => deflate(encoded, bound),
            Self::Brotli => brotli(encoded, bound),
            Self::Zstd => zstd(encoded, bound),
        }
    }
}

fn within(length: usize, bound: usize) -> Result<(), DecodeError> {
    if length > bound { Err(DecodeError::TooLarge) } else { Ok(()) }
}

fn gzip(encoded: &[u8], bound: usize) -> Result<Vec<u8>, DecodeError> {
    let (mut rest, mut decoded) = (encoded, Vec::new());
    for _ in 0..MOST_PARTS {
        let mut member = GzDecoder::new(&mut rest);
        let room = u64::try_from(bound - decoded.len()).unwrap_or(u64::MAX).saturating_add(1);
        member.by_ref().take(room).read_to_end(&mut decoded).map_err(|_| DecodeError::Broken)?;
        within(decoded.len(), bound)?;
        if member.header().is_none_or(says_more) {
            return Err(DecodeError::Unseen);
        }
        if rest.is_empty() {
            return Ok(decoded);
        }
    }
    Err(DecodeError::TooLarge)
}

/// Whether a member's header has text of its own.
fn says_more(header: &GzHeader) -> bool {
    header.extra().is_some() || header.filename().is_some() || header.comment().is_some()
}

fn deflate(encoded: &[u8], bound: usize) -> Result<Vec<u8>, DecodeError> {
    let (mut rest, mut decoded) = (encoded, Vec::new());
    let mut stream = Decompress::new(true);
    loop {
        let before = (rest.len(), decoded.len());
        decoded.reserve(PIECE);
        let read = stream.total_in();
        let status = stream
            .decompress_vec(rest, &mut decoded, FlushDecompress::None)
            .map_err(|_| DecodeError::Broken)?;
        within(decoded.len(), bound)?;
        let read = usize::try_from(stream.total_in() - read).unwrap_or(usize::MAX);
        rest = rest.get(read..).unwrap_or_default();
        match status {
            Status::StreamEnd if rest.is_empty() => return Ok(decoded),
            Status::Ok | Status::BufError if before != (rest.len(), decoded.len()) => {}
            _ => return Err(DecodeError::Broken),
        }
    }
}

fn brotli(encoded: &[u8], bound: usize) -> Result<Vec<u8>, DecodeError> {
    let allocate = StandardAlloc::default;
    // Strict: no windows beyond those of RFC 7932, which end at 16 MiB and are allocated as they fill.
    let mut state = BrotliState::new_strict(allocate(), allocate(), allocate());
    let (mut unread, mut at, mut total) = (encoded.len(), 0, 0);
    let (mut piece, mut decoded) = (vec![0; PIECE], Vec::new());
    loop {
        let (mut room, mut filled) = (piece.len(), 0);
        let result = BrotliDecompressStream(
            &mut unread,
            &mut at,
            encoded,
            &mut room,
            &mut filled,
            &mut piece,
            &mut total,
            &mut state,
        );
        decoded.extend_from_slice(piece.get(..filled).unwrap_or_default());
        within(decoded.len(), bound)?;
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultSuccess if unread == 0 => return Ok(decoded),
            _ => return Err(DecodeError::Broken),
        }
    }
}

fn zstd(encoded: &[u8], bound: usize) -> Result<Vec<u8>, DecodeError> {
    let (mut rest, mut decoded) = (encoded, Vec::new());
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(ZSTD_WINDOW);
    for _ in 0..MOST_PARTS {
        decoder.reset(&mut rest).map_err(|error| unbegun(&error))?;
        frame(&mut decoder, &mut rest, &mut decoded, bound)?;
        if rest.is_empty() {
            return Ok(decoded);
        }
    }
    Err(DecodeError::TooLarge)
}

/// Why a frame does not begin. A skippable one holds what no decoder looks at.
fn unbegun(error: &FrameDecoderError) -> DecodeError {
    match error {
        FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { .. }) => {
            DecodeError::Unseen
        }
        _ => DecodeError::Broken,
    }
}

/// Decodes the frame that has begun, block by block, and holds it to the length and checksum it states.
fn frame(
    decoder: &mut FrameDecoder,
    rest: &mut &[u8],
    decoded: &mut Vec<u8>,
    bound: usize,
) -> Result<(), DecodeError> {
    let before = decoded.len();
    let stated = usize::try_from(decoder.content_size()).unwrap_or(usize::MAX);
    within(stated, bound - before)?;
    loop {
        let ended = decoder
            .decode_blocks(&mut *rest, BlockDecodingStrategy::UptoBlocks(1))
            .map_err(|_| DecodeError::Broken)?;
        // Until its end a frame holds back as much as its window is long.
        within(decoder.can_collect(), bound - decoded.len())?;
        decoder.collect_to_writer(&mut *decoded).map_err(|_| DecodeError::Broken)?;
        if ended {
            break;
        }
    }
    let checked = decoder.get_checksum_from_data();
    let sound = checked.is_none() || checked == decoder.get_calculated_checksum();
    // Zero is also how the decoder tells of a frame that states no length.
    let whole = stated == 0 || stated == decoded.len() - before;
    if sound && whole { Ok(()) } else { Err(DecodeError::Broken) }
}
