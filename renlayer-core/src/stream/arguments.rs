//! Tool arguments: a JSON text that comes in fragments, cut anywhere, inside an escape too.
//!
//! The scanner sees the meaning: `"\u0041\n"` as `A` and a line end. What may leave does so as it came.

use renlayer_dlp::{StreamScanner, Verdict};

use super::{
    summary::Heard,
    tape::Tape,
    token::{Escape, escape},
};

pub(super) struct Arguments {
    tape: Tape,
    inside: bool,
    /// An escape whose end has not come.
    partial: String,
}

impl Arguments {
    pub(super) fn new(scanner: StreamScanner) -> Self {
        Self { tape: Tape::new(scanner, false), inside: false, partial: String::new() }
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

    pub(super) fn push(&mut self, fragment: &str, out: &mut Vec<u8>) -> Verdict {
        if self.partial.is_empty() {
            self.read(fragment);
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.push_str(fragment);
            self.read(&joined);
        }
        self.tape.settle(out)
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Verdict {
        let tail = std::mem::take(&mut self.partial);
        self.tape.finish(tail.as_bytes(), out)
    }

    fn read(&mut self, mut text: &str) {
        while let Some(at) = self.next_mark(text) {
            let (plain, rest) = text.split_at(at);
            self.tape.plain(plain);
            if rest.starts_with('"') {
                self.tape.quote();
                self.inside = !self.inside;
                text = rest.get(1..).unwrap_or_default();
                continue;
            }
            let Escape::Whole { decoded, length } = escape(rest) else {
                self.partial.push_str(rest);
                return;
            };
            let (raw, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            self.tape.spot(raw.as_bytes(), decoded);
            text = after;
        }
        self.tape.plain(text);
    }

    /// The next quote, or the next backslash where one means something.
    fn next_mark(&self, text: &str) -> Option<usize> {
        if self.inside {
            memchr::memchr2(b'"', b'\\', text.as_bytes())
        } else {
            memchr::memchr(b'"', text.as_bytes())
        }
    }
}
