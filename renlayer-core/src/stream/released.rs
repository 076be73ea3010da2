//! What leaves, in as few pieces as it can: events of one chunk that leave as they came are one slice of it.

use std::ops::Range;

use bytes::Bytes;

pub(super) struct Released<'o> {
    chunk: Bytes,
    /// The part of the chunk that leaves next.
    run: Range<usize>,
    out: &'o mut Vec<Bytes>,
}

impl<'o> Released<'o> {
    pub(super) fn new(chunk: &Bytes, out: &'o mut Vec<Bytes>) -> Self {
        Self { chunk: chunk.clone(), run: 0..0, out }
    }

    /// Bytes as they came, perhaps from the chunk.
    pub(super) fn as_it_came(&mut self, raw: &Bytes) {
        let at = (raw.as_ptr() as usize).wrapping_sub(self.chunk.as_ptr() as usize);
        let from_chunk = at < self.chunk.len() && at + raw.len() <= self.chunk.len();
        if !from_chunk {
            self.push(raw.clone());
        } else if at == self.run.end && !self.run.is_empty() {
            self.run.end += raw.len();
        } else {
            self.flush();
            self.run = at..at + raw.len();
        }
    }

    /// Bytes that were written here.
    pub(super) fn push(&mut self, bytes: Bytes) {
        self.flush();
        if !bytes.is_empty() {
            self.out.push(bytes);
        }
    }

    fn flush(&mut self) {
        let run = std::mem::replace(&mut self.run, 0..0);
        if !run.is_empty() {
            self.out.push(self.chunk.slice(run));
        }
    }
}

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.flush();
    }
}
