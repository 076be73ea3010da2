//! A streamed body without frames: text in any chunks, or bytes that are no text.
//!
//! A code point may be cut between chunks; bytes that are no UTF-8 are scanned as U+FFFD and leave as they came.

use bytes::Bytes;
use renlayer_dlp::{StreamScanner, Verdict};

use super::{summary::Heard, tape::Tape};

pub(super) struct RawText {
    tape: Tape,
    /// The beginning of a code point whose end has not come.
    partial: Vec<u8>,
}

impl RawText {
    pub(super) fn new(scanner: StreamScanner) -> Self {
        Self { tape: Tape::new(scanner, true), partial: Vec::new() }
    }

    pub(super) fn scanner(&self) -> &StreamScanner {
        self.tape.scanner()
    }

    pub(super) fn heard(&self) -> &Heard {
        self.tape.heard()
    }

    pub(super) fn held(&self) -> usize {
        self.tape.held() + self.partial.len()
    }

    /// The same bytes, not a copy, where the chunk leaves as it came.
    pub(super) fn push(&mut self, chunk: &Bytes) -> (Bytes, Verdict) {
        let mut out = Vec::new();
        if self.partial.is_empty() {
            self.read(chunk);
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.extend_from_slice(chunk);
            self.read(&joined);
        }
        let verdict = self.tape.settle(&mut out);
        let released = if out == *chunk { chunk.clone() } else { out.into() };
        (released, verdict)
    }

    pub(super) fn finish(&mut self) -> (Bytes, Verdict) {
        let mut out = Vec::new();
        let tail = std::mem::take(&mut self.partial);
        let verdict = self.tape.finish(&tail, &mut out);
        (out.into(), verdict)
    }

    fn read(&mut self, mut bytes: &[u8]) {
        loop {
            let error = match std::str::from_utf8(bytes) {
                Ok(text) => return self.tape.plain(text),
                Err(error) => error,
            };
            let (valid, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((&[], bytes));
            self.tape.plain(std::str::from_utf8(valid).unwrap_or_default());
            let Some(length) = error.error_len() else {
                self.partial.extend_from_slice(rest);
                return;
            };
            let (invalid, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.tape.spot(invalid, char::REPLACEMENT_CHARACTER);
            bytes = after;
        }
    }
}
