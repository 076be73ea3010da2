//! The bytes of a text answer as they come: decoded for the scanner, released as they were.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::guard::Observer;
use crate::{Direction, StreamScanner, Verdict};

/// A text under way. A code point may be cut between chunks; bytes that are no UTF-8 are scanned as U+FFFD, and leave as
/// they came unless a match has swallowed one of those released with them.
pub(super) struct TextStream {
    scanner: StreamScanner,
    observer: Option<Arc<Observer>>,
    /// How many findings were told.
    told: usize,
    /// The beginning of a code point whose end has not come.
    partial: Vec<u8>,
    /// What stands for U+FFFD in what is not released yet, and where in the scanner's text.
    replaced: VecDeque<(usize, Vec<u8>)>,
    released: String,
}

impl TextStream {
    pub(super) fn new(scanner: StreamScanner, observer: Option<Arc<Observer>>) -> Self {
        let (partial, replaced, released) = (Vec::new(), VecDeque::new(), String::new());
        Self { scanner, observer, told: 0, partial, replaced, released }
    }

    /// Takes a chunk; answers with what may go on now: the same bytes, not a copy, where the chunk leaves as it came.
    pub(super) fn push(&mut self, chunk: &Bytes) -> (Bytes, Verdict) {
        let verdict = if self.partial.is_empty() {
            self.read(chunk)
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.extend_from_slice(chunk);
            self.read(&joined)
        };
        let out = self.release();
        (if out == *chunk { chunk.clone() } else { out.into() }, verdict)
    }

    /// Says that the text is complete, and answers with the rest of it.
    pub(super) fn finish(&mut self) -> (Bytes, Verdict) {
        let partial = std::mem::take(&mut self.partial);
        let mut verdict = if partial.is_empty() { Verdict::Continue } else { self.replace(&partial) };
        if verdict == Verdict::Continue {
            verdict = self.scanner.finish(&mut self.released);
        }
        (self.release().into(), verdict)
    }

    fn read(&mut self, mut bytes: &[u8]) -> Verdict {
        loop {
            let (valid, error) = match std::str::from_utf8(bytes) {
                Ok(text) => return self.plain(text),
                Err(error) => (bytes.get(..error.valid_up_to()).unwrap_or_default(), error),
            };
            if self.plain(std::str::from_utf8(valid).unwrap_or_default()) == Verdict::Block {
                return Verdict::Block;
            }
            let rest = bytes.get(error.valid_up_to()..).unwrap_or_default();
            let Some((invalid, after)) = error.error_len().and_then(|length| rest.split_at_checked(length))
            else {
                self.partial.extend_from_slice(rest);
                return Verdict::Continue;
            };
            if self.replace(invalid) == Verdict::Block {
                return Verdict::Block;
            }
            bytes = after;
        }
    }

    fn plain(&mut self, text: &str) -> Verdict {
        let at = self.scanner.scanned();
        let own = text.match_indices(char::REPLACEMENT_CHARACTER);
        self.replaced.extend(own.map(|(offset, own)| (at + offset, own.as_bytes().to_vec())));
        self.scanner.push(text, &mut self.released)
    }

    fn replace(&mut self, invalid: &[u8]) -> Verdict {
        self.replaced.push_back((self.scanner.scanned(), invalid.to_vec()));
        self.scanner.push("\u{FFFD}", &mut self.released)
    }

    /// What the scanner let go, with the bytes that came in the places of U+FFFD.
    fn release(&mut self) -> Vec<u8> {
        self.tell();
        let text = std::mem::take(&mut self.released);
        let end = self.scanner.scanned() - self.scanner.held();
        let due = self.replaced.iter().take_while(|(at, _)| *at < end).count();
        let due: Vec<_> = self.replaced.drain(..due).collect();
        if due.is_empty() || text.matches(char::REPLACEMENT_CHARACTER).count() != due.len() {
            return text.into_bytes();
        }
        let mut out = Vec::with_capacity(text.len());
        let mut originals = due.into_iter();
        for piece in text.split_inclusive(char::REPLACEMENT_CHARACTER) {
            match piece.strip_suffix(char::REPLACEMENT_CHARACTER).zip(originals.next()) {
                Some((before, (_, original))) => {
                    out.extend_from_slice(before.as_bytes());
                    out.extend_from_slice(&original);
                }
                None => out.extend_from_slice(piece.as_bytes()),
            }
        }
        out
    }

    fn tell(&mut self) {
        let findings = self.scanner.findings();
        let new = findings.get(self.told..).unwrap_or_default();
        if let Some(observer) = self.observer.as_ref().filter(|_| !new.is_empty()) {
            observer(Direction::Response, new);
        }
        self.told = findings.len();
    }
}
