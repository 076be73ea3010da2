//! Other readings of a text: what it says to whoever decodes it, or to an eye that takes a look-alike for the letter.
//!
//! A text is first scanned as it stands. Only where cheap [signals](signal) say that it could say something else too, a
//! *view* of the place is made, scanned likewise, and its findings are mapped back to the bytes that they stand for:
//!
//! - [`fold`]: percent escapes and character references decoded, invisible characters dropped, full-width and other styled
//!   letters and digits made plain, look-alikes of other scripts replaced; in windows around such places;
//! - [`spread`]: digits with the same gap between all groups of them, without the gaps;
//! - [`packed`]: base64 and hexadecimal runs that hold text, decoded, and scanned as documents of their own.
//!
//! Views are made of views (a percent-encoded base64 run), down to [`MOST_LEVELS`]; what is packed deeper is opaque.

pub(crate) mod character;
mod escape;
pub(crate) mod fold;
pub(crate) mod packed;
pub(crate) mod running;
mod signal;
mod spread;

use std::mem::{replace, take};
use std::ops::Range;

use crate::Finding;
use crate::engine::{BLOCK, Text};
use crate::scan::{Mark, Scan};
use crate::words::REACH;

pub(crate) use signal::{LAST_BREAK, Shown, Sight, Signals, each_block};

/// Packed text in packed text.
pub(crate) const MOST_LEVELS: u8 = 3;

/// Blocks that are looked at ahead for one that has signals, or for one that has none.
const SIGHT: usize = 64;

/// Whether a number of a document may say something else: of very many digits text, of two halves that are as long a number without the point.
pub(crate) fn may_read_number(number: Text<'_>) -> bool {
    let number = number.bytes.get(number.start..).unwrap_or_default();
    number.len() >= signal::LONG || spread::may_be_spread(number)
}

/// What a scan knows of the need for views.
#[derive(Default)]
pub(crate) struct Watch {
    document: Document,
    /// How many packed texts enclose what is being scanned.
    pub(crate) level: u8,
}

/// A body, or a document in it: its texts need no look of their own.
#[derive(Default)]
pub(crate) struct Document {
    /// The addresses of its bytes.
    at: Range<usize>,
    /// The signals of each block.
    blocks: Vec<Signals>,
    /// Addresses of bytes that stand in blocks without signals.
    silent: Range<usize>,
}

impl Document {
    /// The signals of `bytes`, in `blocks` that were for others.
    fn new(bytes: &[u8], mut blocks: Vec<Signals>) -> Self {
        let at = bytes.as_ptr_range();
        blocks.clear();
        blocks.resize(bytes.len().div_ceil(BLOCK), Signals::default());
        Signals::of_each_block(bytes, &mut blocks);
        let mut document = Self { at: at.start.addr()..at.end.addr(), blocks, silent: 0..0 };
        document.go_to(0);
        document
    }

    /// Where in it some bytes stand, if they do.
    #[inline]
    fn place_of(&self, bytes: &[u8]) -> Option<usize> {
        let at = bytes.as_ptr().addr();
        self.at.contains(&at).then(|| at - self.at.start)
    }

    /// The signals of the blocks in which a text stands.
    fn near(&mut self, at: usize, length: usize) -> Signals {
        self.go_to(at / BLOCK);
        let blocks = self.blocks.get(at / BLOCK..(at + length).div_ceil(BLOCK)).unwrap_or_default();
        blocks.iter().fold(Signals::default(), |all, block| all.or(*block))
    }

    /// The next blocks in a row of which `shows` holds, some at most, as far as they are in a range.
    fn next_showing(&self, range: Range<usize>, shows: fn(Signals) -> bool) -> Option<Range<usize>> {
        let ahead = self.blocks.get(range.start / BLOCK..range.end.div_ceil(BLOCK))?;
        let first = ahead.iter().position(|block| shows(*block))?;
        let count = ahead.iter().skip(first).take(SIGHT).take_while(|block| shows(**block)).count();
        let begin = (range.start / BLOCK + first) * BLOCK;
        Some(begin.max(range.start)..(begin + count * BLOCK).min(range.end))
    }

    /// Notes how far there are no signals from a block on.
    fn go_to(&mut self, block: usize) {
        let ahead = self.blocks.get(block..).unwrap_or_default();
        let silent = ahead.iter().take(SIGHT).take_while(|block| !block.any()).count();
        let address = |block: usize| self.at.end.min(self.at.start + block * BLOCK);
        self.silent = address(block)..address(block + silent);
    }
}

impl Watch {
    /// With room for the signals of a document.
    pub(crate) fn with(blocks: Vec<Signals>) -> Self {
        Self { document: Document { blocks, ..Document::default() }, level: 0 }
    }

    pub(crate) fn into_room(self) -> Vec<Signals> {
        self.document.blocks
    }

    /// What a text may need: no less than it does.
    #[inline]
    pub(crate) fn signals(&mut self, bytes: &[u8]) -> Signals {
        let Range { start, end } = self.document.silent;
        let at = bytes.as_ptr().addr();
        // Most texts come in the order of their place.
        if start <= at && at + bytes.len() <= end {
            return Signals::default();
        }
        self.signals_there(bytes)
    }

    #[inline(never)]
    fn signals_there(&mut self, bytes: &[u8]) -> Signals {
        match self.document.place_of(bytes) {
            Some(at) => self.document.near(at, bytes.len()),
            None => Signals::of(bytes),
        }
    }

    /// The next stretch of `bytes` from `from` on, of which the document says that it `shows` something. Of bytes that are not
    /// in it that may be all.
    pub(crate) fn next_showing(
        &self,
        bytes: &[u8],
        from: usize,
        shows: fn(Signals) -> bool,
    ) -> Option<Range<usize>> {
        let rest = bytes.get(from..).filter(|rest| !rest.is_empty())?;
        let Some(at) = self.document.place_of(rest) else { return Some(from..bytes.len()) };
        let there = self.document.next_showing(at..at + rest.len(), shows)?;
        Some(from + there.start - at..from + there.end - at)
    }

    /// Begins with a document that may stand in the last one, and gives back what is to be gone on with after it.
    pub(crate) fn enter(&mut self, bytes: &[u8]) -> Option<Document> {
        let is_inside = self.document.place_of(bytes).is_some();
        (!is_inside).then(|| {
            let room = if self.document.at.is_empty() { take(&mut self.document.blocks) } else { Vec::new() };
            replace(&mut self.document, Document::new(bytes, room))
        })
    }

    pub(crate) fn leave(&mut self, outer: Option<Document>) {
        if let Some(outer) = outer {
            let inner = replace(&mut self.document, outer);
            if self.document.at.is_empty() {
                self.document.blocks = inner.blocks;
            }
        }
    }
}

/// Scans the other readings of a text that has been scanned as it stands; `mark` was set before that.
#[inline]
pub(crate) fn look(scan: &mut Scan<'_>, text: Text<'_>, name: Option<&[u8]>, mark: Mark) {
    let signals = scan.watch.signals(text.bytes.get(text.start..).unwrap_or_default());
    look_for(scan, text, name, mark, signals);
}

/// The same of a text of which it is known what it may need.
#[inline]
pub(crate) fn look_for(
    scan: &mut Scan<'_>,
    text: Text<'_>,
    name: Option<&[u8]>,
    mark: Mark,
    signals: Signals,
) {
    if signals.any() {
        read(scan, text, name, mark);
    }
}

#[inline(never)]
fn read(scan: &mut Scan<'_>, text: Text<'_>, name: Option<&[u8]>, mark: Mark) {
    let said = text.bytes.get(text.start..).unwrap_or_default();
    // What was decoded says for itself where it shows anything.
    let outer = scan.watch.enter(said);
    let signals = scan.watch.signals(said);
    let views = scan.mark();
    let counted = scan.count_anew();
    if signals.folds() {
        fold::look(scan, text, name);
    }
    if signals.spreads() {
        spread::look(scan, text);
    }
    if signals.packs() {
        packed::look(scan, text);
        drop_known(scan, mark, views);
    }
    scan.watch.leave(outer);
    scan.count_from(counted);
    if scan.mark() != views {
        scan.settle_since(mark);
    }
}

/// Packed values that were found as they stand, as known values are, are not found again with their neighbours.
fn drop_known(scan: &mut Scan<'_>, mark: Mark, views: Mark) {
    // In their order, each with how far it and those before it go.
    let mut reach = 0;
    let known = scan.between(mark, views).iter().map(|found| {
        reach = reach.max(found.end);
        (found.class.clone(), found.start..found.end, reach)
    });
    let known: Vec<_> = known.collect();
    let is_known = |finding: &Finding| {
        let begun = known.partition_point(|(_, range, _)| range.start < finding.end);
        let begun = known.get(..begun).unwrap_or_default().iter().rev();
        let mut near = begun.take_while(|(_, _, reach)| *reach > finding.start);
        finding.style.packed.is_some()
            && near.any(|(class, range, _)| *class == finding.class && range.end > finding.start)
    };
    scan.retain_since(views, |finding| !is_known(finding));
}

/* ===== a view ===== */

/// Text made from other text, with the way back.
#[derive(Clone)]
pub(crate) struct View {
    bytes: Vec<u8>,
    start: usize,
    pieces: Vec<Piece>,
}

/// Consecutive bytes of a view and what they were made from, step by step.
#[derive(Clone)]
struct Piece {
    /// Where it begins in the view.
    at: usize,
    raw: Range<usize>,
    /// So many bytes of the view stand for so many raw ones, which cannot be divided further.
    step: (usize, usize),
}

impl Piece {
    /// Whether its steps are whole, when the view ends at `end`.
    fn is_whole(&self, end: usize) -> bool {
        (end - self.at).is_multiple_of(self.step.0)
            && (end - self.at) / self.step.0 * self.step.1 == self.raw.len()
    }
}

impl View {
    /// An empty view, after what stands before the text.
    pub(crate) fn new(mut buffer: Vec<u8>, before: &[u8]) -> Self {
        let context = before.get(before.len().saturating_sub(REACH)..).unwrap_or_default();
        buffer.clear();
        buffer.extend_from_slice(context);
        Self { start: context.len(), bytes: buffer, pieces: Vec::new() }
    }

    pub(crate) fn text(&self) -> Text<'_> {
        Text { bytes: &self.bytes, start: self.start, complete: true }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Where the next byte of the view will stand.
    pub(crate) fn end(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn last(&self) -> Option<u8> {
        self.bytes().last().copied()
    }

    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }

    /// Goes on with bytes as they stand at `raw`.
    pub(crate) fn copy(&mut self, bytes: &[u8], raw: usize) {
        self.push(bytes, raw..raw + bytes.len(), (1, 1));
    }

    /// Goes on with what all of `raw` stands for.
    pub(crate) fn replace(&mut self, raw: Range<usize>, bytes: &[u8]) {
        let step = (bytes.len().max(1), raw.len());
        self.push(bytes, raw, step);
    }

    /// Goes on with decoded bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], raw: Range<usize>, step: (usize, usize)) {
        if bytes.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last)
                if last.raw.end == raw.start && last.step == step && last.is_whole(self.bytes.len()) =>
            {
                last.raw.end = raw.end;
            }
            _ => self.pieces.push(Piece { at: self.bytes.len(), raw, step }),
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The raw bytes of a range of the view, whole steps.
    pub(crate) fn raw(&self, range: Range<usize>) -> Range<usize> {
        let last = range.end.saturating_sub(1).max(range.start);
        self.step_at(range.start).start..self.step_at(last).end
    }

    /// The first place of the view that was made of nothing before `raw`.
    pub(crate) fn at_raw(&self, raw: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.raw.end <= raw);
        let Some(piece) = self.pieces.get(next) else { return self.end() };
        piece.at + raw.saturating_sub(piece.raw.start).div_ceil(piece.step.1) * piece.step.0
    }

    /// Forgets the first `n` bytes, which are whole steps.
    pub(crate) fn forget(&mut self, n: usize) {
        let last = self.pieces.partition_point(|piece| piece.at <= n).saturating_sub(1);
        self.pieces.drain(..last);
        if let Some(first) = self.pieces.first_mut() {
            first.raw.start += n.saturating_sub(first.at) / first.step.0 * first.step.1;
            first.at = first.at.max(n);
        }
        self.pieces.iter_mut().for_each(|piece| piece.at -= n);
        self.bytes.drain(..n);
    }

    /// How far into its step a place of the view is.
    pub(crate) fn offset_in_step(&self, at: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        let piece = after.checked_sub(1).and_then(|i| self.pieces.get(i));
        piece.map_or(0, |piece| (at - piece.at) % piece.step.0)
    }

    /// The raw bytes of the step in which a byte of the view stands.
    fn step_at(&self, at: usize) -> Range<usize> {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        let Some(piece) = after.checked_sub(1).and_then(|i| self.pieces.get(i)) else { return 0..0 };
        let start = piece.raw.start + (at - piece.at) / piece.step.0 * piece.step.1;
        start..(start + piece.step.1).min(piece.raw.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_whole_steps() {
        let mut view = View::new(Vec::new(), b"before");
        view.copy(b"ab", 10);
        view.copy(b"c", 12);
        view.replace(13..16, b"@");
        view.copy(b"d", 18);
        view.push(b"123456", 19..27, (3, 4));
        let at = |range: Range<usize>| view.raw(range.start + 6..range.end + 6);
        assert_eq!(view.bytes(), b"abc@d123456");
        assert_eq!(at(0..3), 10..13);
        assert_eq!(at(2..4), 12..16);
        assert_eq!(at(3..5), 13..19);
        assert_eq!(at(4..6), 18..23);
        assert_eq!(at(9..10), 23..27);
    }
}
