//! One event written anew: other pieces of text in their places, every other byte as it came.

use std::ops::Range;

use super::{
    anthropic, bedrock,
    channel::Carrier,
    gemini, openai_chat,
    reading::{Kind, Reading, Slot, place},
    token::encode,
};
use crate::dialect::Dialect;

/// An event under way: what it says, where its pieces lie, and what takes their place.
pub(super) struct Edit<'a> {
    pub(super) dialect: Dialect,
    pub(super) data: &'a str,
    pub(super) reading: Reading<'a>,
    /// In the order of `reading.slots`.
    pub(super) pieces: Vec<String>,
    pub(super) changed: bool,
}

// === impl Edit ===

impl<'a> Edit<'a> {
    pub(super) fn new(dialect: Dialect, data: &'a str, reading: Reading<'a>) -> Self {
        Self { dialect, data, reading, pieces: Vec::new(), changed: false }
    }

    /// The data with something else for each piece, in the order in which they stand.
    pub(super) fn write(&self, out: &mut String, piece: impl Fn(usize, &mut String)) {
        let mut places: Vec<(Range<usize>, usize)> = self
            .reading
            .slots
            .iter()
            .enumerate()
            .map(|(nth, slot)| (place(self.data, slot.token), nth))
            .collect();
        places.sort_by_key(|(range, _)| range.start);
        let mut done = 0;
        for (range, nth) in places {
            out.push_str(self.data.get(done..range.start).unwrap_or_default());
            piece(nth, out);
            done = range.end;
        }
        out.push_str(self.data.get(done..).unwrap_or_default());
    }

    /// The data with the pieces that may leave, and without what repeats them.
    pub(super) fn written(&self) -> String {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for (slot, piece) in self.reading.slots.iter().zip(&self.pieces) {
            let mut token = String::with_capacity(piece.len() + 2);
            encode(piece, &mut token);
            edits.push((place(self.data, slot.token), token));
        }
        for (value, stand_in) in &self.reading.echoes {
            edits.push((place(self.data, value), (*stand_in).to_owned()));
        }
        splice(self.data, 0..self.data.len(), edits)
    }
}

/// What stands before and after the channel's piece in an event of its own.
pub(super) fn carrier(edit: &Edit<'_>, slot: &Slot<'_>) -> (String, String) {
    match edit.dialect {
        Dialect::OpenAiChat => openai_chat::carrier(edit.reading.stamp, slot.address),
        Dialect::Gemini => gemini::carrier(edit.reading.stamp, slot.address),
        Dialect::AnthropicMessages => anthropic::carrier(slot.address),
        Dialect::Bedrock => bedrock::carrier(slot.address),
        // A delta of Responses carries one piece and the names of its channel: it can be sent again with another.
        _ => {
            let at = place(edit.data, slot.token);
            let echoes = || {
                edit.reading
                    .echoes
                    .iter()
                    .map(|(value, stand_in)| (place(edit.data, value), (*stand_in).to_owned()))
            };
            (
                splice(edit.data, 0..at.start, echoes().collect()),
                splice(edit.data, at.end..edit.data.len(), echoes().collect()),
            )
        }
    }
}

/// The part of `data` in `window`, with the edits that lie in it.
fn splice(data: &str, window: Range<usize>, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.retain(|(range, _)| range.start >= window.start && range.end <= window.end);
    edits.sort_by_key(|(range, _)| range.start);
    let (mut out, mut done) = (String::with_capacity(window.len()), window.start);
    for (range, text) in edits {
        if range.start >= done {
            out.push_str(data.get(done..range.start).unwrap_or_default());
            out.push_str(&text);
            done = range.end;
        }
    }
    out.push_str(data.get(done..window.end).unwrap_or_default());
    out
}

impl Carrier {
    /// The data of an event with this piece.
    pub(super) fn carrying(&self, kind: Kind, text: &str) -> String {
        let mut data = self.before.clone();
        if kind == Kind::Line {
            data.push_str(text);
        } else {
            encode(text, &mut data);
        }
        data.push_str(&self.after);
        data
    }
}
