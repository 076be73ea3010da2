//! A verifier's window on the text: bounded on both sides, and aware of what has not arrived yet.

use std::any::Any;
use std::cell::Cell;
use std::ops::Range;

use super::shared::Shared;
use super::sides::{Decimal, number};
use crate::byteset::ByteSet;

/// How far before its anchor a verifier sees.
pub(crate) const BEHIND: usize = 192;

/// A stretch of bytes that is scanned as one: a body, one JSON string, what a stream has delivered so far.
#[derive(Clone, Copy)]
pub(crate) struct Text<'t> {
    /// The bytes, with what stands before the text where there is something.
    pub(crate) bytes: &'t [u8],
    /// Where the text begins. What is before is context: seen when looking back for words, never matched.
    pub(crate) start: usize,
    /// Whether the end of `bytes` is the end of the text, rather than of what has arrived so far.
    pub(crate) complete: bool,
}

/// A verifier's window on one place. Positions are those of the text.
///
/// Reading at or past the end of a text that is not complete is noted, and whatever the verifier then answers, it is asked
/// again when more has arrived. So a verifier treats the end of its window simply as the end of the text.
pub struct Probe<'t> {
    text: Text<'t>,
    at: usize,
    limit: usize,
    floor: usize,
    ran_out: Cell<bool>,
    seen: Cell<usize>,
    begin: Cell<usize>,
    progress: Cell<usize>,
    /// Up to where earlier looks noted something; and this one too, which does not go by what it notes itself.
    known: usize,
    noted: Cell<usize>,
    shared: Cell<Option<&'t mut Shared>>,
    /// Whether the text is a body of its own, where nothing is before it.
    is_body: bool,
}

impl<'t> Probe<'t> {
    pub(crate) fn new(text: Text<'t>, at: usize, ahead: usize) -> Self {
        let limit = at.saturating_add(ahead);
        Self {
            text,
            at,
            limit,
            floor: at.saturating_sub(BEHIND).max(text.start),
            ran_out: Cell::new(false),
            seen: Cell::new(at),
            begin: Cell::new(usize::MAX),
            progress: Cell::new(at),
            known: 0,
            noted: Cell::new(0),
            shared: Cell::new(None),
            is_body: false,
        }
    }

    /// Where the anchor begins.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// The byte at `i`, or nothing where the window ends.
    #[inline]
    #[must_use]
    pub fn get(&self, i: usize) -> Option<u8> {
        if i >= self.limit || i < self.floor {
            return None;
        }
        if i >= self.seen.get() {
            self.seen.set(i + 1);
        }
        let byte = self.text.bytes.get(i).copied();
        if byte.is_none() && !self.text.complete {
            self.ran_out.set(true);
        }
        byte
    }

    /// The byte before `i`, or nothing where the text begins.
    #[inline]
    #[must_use]
    pub fn before(&self, i: usize) -> Option<u8> {
        i.checked_sub(1).and_then(|i| self.get(i))
    }

    /// Whether the text ends at `i`. Where only the window does, what stands there is not known, and this says no.
    pub(crate) fn ends(&self, i: usize) -> bool {
        (self.floor..self.limit).contains(&i) && self.get(i).is_none()
    }

    /// Whether the byte at `i` is in `set`.
    #[inline]
    #[must_use]
    pub fn is(&self, i: usize, set: &ByteSet) -> bool {
        self.get(i).is_some_and(|byte| set.has(byte))
    }

    /// Whether the byte before `i` is in `set`.
    #[inline]
    #[must_use]
    pub fn was(&self, i: usize, set: &ByteSet) -> bool {
        self.before(i).is_some_and(|byte| set.has(byte))
    }

    /// The end of the run of `set` that begins at `from`, of at most `max` bytes.
    #[must_use]
    pub fn run(&self, from: usize, set: &ByteSet, max: usize) -> usize {
        self.until(from, max, |there| there.iter().position(|byte| !set.has(*byte)))
    }

    /// The decimal of which the run of digits in `whole` is what stands before the point, as a pass tells it to [`Anchor::of_decimals`].
    ///
    /// [`Anchor::of_decimals`]: super::Anchor::of_decimals
    #[must_use]
    pub fn decimal(&self, whole: Range<usize>) -> Option<Decimal> {
        number::decimal(self, whole)
    }

    /// Whether the run of digits in `first` begins a date, as a pass tells it to [`Anchor::undated`].
    ///
    /// [`Anchor::undated`]: super::Anchor::undated
    #[must_use]
    pub fn begins_date(&self, first: Range<usize>) -> bool {
        number::begins_date(self, first)
    }

    /// Whether the run of digits in `first` is the zero of a hexadecimal constant, as a pass tells it to [`Anchor::not_hex`].
    ///
    /// [`Anchor::not_hex`]: super::Anchor::not_hex
    #[must_use]
    pub fn begins_hex(&self, first: Range<usize>) -> bool {
        number::begins_hex(self, first)
    }

    /// The end of the line that begins at `from`, or the end of its first `max` bytes.
    #[must_use]
    pub fn line_end(&self, from: usize, max: usize) -> usize {
        self.until(from, max, |there| memchr::memchr(b'\n', there))
    }

    /// Where `find` says that something ends that begins at `from` and has at most `max` bytes. It is given what has arrived of
    /// these, and answers with nothing where more could change its answer.
    #[inline]
    pub(crate) fn until(&self, from: usize, max: usize, find: impl FnOnce(&[u8]) -> Option<usize>) -> usize {
        let most = from.saturating_add(max).min(self.limit);
        let there =
            self.text.bytes.get(from.max(self.floor)..most.min(self.text.bytes.len())).unwrap_or_default();
        let end = from + find(there).unwrap_or(there.len());
        self.seen.set(self.seen.get().max(end + 1));
        if end == self.text.bytes.len() && end < most && !self.text.complete {
            self.ran_out.set(true);
        }
        end
    }

    /// The begin of the run of `set` that ends before `to`, of at most `max` bytes.
    #[must_use]
    pub fn run_back(&self, to: usize, set: &ByteSet, max: usize) -> usize {
        let first = self.floor.max(to.saturating_sub(max));
        let Some(there) = self.text.bytes.get(first..to).filter(|_| to <= self.limit) else {
            // It ends where nothing is, or nothing yet.
            let _ = self.before(to);
            return to;
        };
        self.seen.set(self.seen.get().max(to));
        to - there.iter().rev().take_while(|byte| set.has(**byte)).count()
    }

    /// Whether `literal` stands at `i`.
    #[inline]
    #[must_use]
    pub fn looking_at(&self, i: usize, literal: &[u8]) -> bool {
        self.compare(i, literal, |a, b| a == b)
    }

    /// Whether `literal`, given in lower case, stands at `i` in either case.
    #[inline]
    #[must_use]
    pub fn looking_at_word(&self, i: usize, literal: &[u8]) -> bool {
        self.compare(i, literal, |a, b| a.eq_ignore_ascii_case(b))
    }

    /// Whether what stands at `i` is the same as `literal`. What has not arrived is asked for only where the rest is the same.
    #[inline]
    fn compare(&self, i: usize, literal: &[u8], same: impl Fn(&[u8], &[u8]) -> bool) -> bool {
        // Mostly the first byte is another one.
        let first = self.text.bytes.get(i).zip(literal.first());
        if first.is_some_and(|(here, ours)| (here ^ ours) & !0x20 != 0) {
            return false;
        }
        let end = (i + literal.len()).min(self.limit).min(self.text.bytes.len());
        let there = self.text.bytes.get(i.max(self.floor)..end).unwrap_or_default();
        let Some(known) = literal.get(..there.len()).filter(|known| same(known, there)) else { return false };
        self.seen.set(self.seen.get().max(end));
        if known.len() < literal.len()
            && end == self.text.bytes.len()
            && end < self.limit
            && !self.text.complete
        {
            self.ran_out.set(true);
        }
        known.len() == literal.len() && i >= self.floor
    }

    /// The bytes of a range that has been walked over. What lies outside the window is left out.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> &'t [u8] {
        let end = range.end.min(self.limit).min(self.text.bytes.len());
        if range.end > end && end < self.limit && !self.text.complete {
            self.ran_out.set(true);
        }
        self.text.bytes.get(range.start.max(self.floor)..end).unwrap_or_default()
    }

    /// Up to `n` bytes from `i` on, or nothing where they have not all arrived. This does not wait for them: it is for leaving
    /// sooner what would come to nothing in any case.
    #[inline]
    #[must_use]
    pub fn arrived(&self, i: usize, n: usize) -> Option<&'t [u8]> {
        let rest = self.text.bytes.get(i..)?;
        rest.get(..n).or(self.text.complete.then_some(rest))
    }

    /// The end of the run of `set` that goes on at `from`, of at most `max` bytes, as far as it has arrived. This does not wait for
    /// more either: it is for [`Probe::knows`], which may always say less.
    pub(crate) fn run_arrived(&self, from: usize, set: &ByteSet, max: usize) -> usize {
        let rest = self.text.bytes.get(from..).unwrap_or_default();
        from + rest.iter().take(max).take_while(|byte| set.has(**byte)).count()
    }

    /// Up to `n` bytes before `i`, for context words. In JSON and forms this includes the name of the value.
    #[must_use]
    pub fn behind(&self, i: usize, n: usize) -> &'t [u8] {
        let floor = self.at.saturating_sub(BEHIND);
        self.text.bytes.get(i.saturating_sub(n).max(floor)..i).unwrap_or_default()
    }

    /// Whether the text is nothing but this, space aside, and no more than what somebody said: an answer, whose question is not here.
    /// So is a body that is text alone, and the text of a message in JSON.
    #[must_use]
    pub fn is_all_said(&self, range: Range<usize>) -> bool {
        const SPACE: ByteSet = ByteSet::EMPTY.with(b" \t\r\n");
        self.is_said_from(range.start) && self.ends(self.run(range.end, &SPACE, MOST_SPACE))
    }

    /// The same of all that is before: what follows may be something else.
    #[must_use]
    pub fn is_said_from(&self, start: usize) -> bool {
        let (context, text) = self.text.bytes.split_at_checked(self.text.start).unwrap_or_default();
        let before = text.get(..start.saturating_sub(self.text.start)).unwrap_or_default();
        let is_said = || if context.is_empty() { self.is_body } else { is_text_of_a_message(context) };
        before.len() <= MOST_SPACE && before.trim_ascii().is_empty() && is_said()
    }

    /// Says where the match would begin, as soon as that is known: a stream then releases what is before, even while the
    /// rest is undecided.
    pub fn begins(&self, i: usize) {
        self.begin.set(i);
    }

    /// Where a verifier that walks far may go on when it is asked again: what it last gave to [`Probe::reached`],
    /// or the anchor.
    #[must_use]
    pub fn resume(&self) -> usize {
        self.progress.get()
    }

    /// Up to where a look of the same detector at an earlier place of this text, or of one that shares its notes, knew something
    /// already, such as that nothing begins there: so that places that stand close together are not all walked from.
    #[inline]
    #[must_use]
    pub fn known(&self) -> usize {
        self.known
    }

    /// Notes that of the text from the anchor to `i` is known what this detector asks, for [`Probe::known`] of later places.
    pub fn knows(&self, i: usize) {
        self.noted.set(self.noted.get().max(i));
    }

    /// Shows `look` what was read of this text, in the type that keeps such readings, so that each is made once whichever place or
    /// detector asks for it. To keep one of what had not all arrived, or that the end of the window cut, is the caller's to avoid.
    pub(crate) fn shared<T: Any + Default + Send + Sync, R>(&self, look: impl FnOnce(&mut T) -> R) -> R {
        let Some(shared) = self.shared.take() else { return look(&mut T::default()) };
        let answer = shared.with(look);
        self.shared.set(Some(shared));
        answer
    }

    /// Whether what stands before `i` has all arrived and is in the window, which goes on after it, and so has everything that was asked.
    pub(crate) fn sees_to(&self, i: usize) -> bool {
        i < self.limit && !self.ran_out.get()
    }

    /// Notes how far the walk has come, for [`Probe::resume`].
    pub fn reached(&self, i: usize) {
        self.progress.set(i);
    }
}

/// Spaces around what somebody said, at most.
const MOST_SPACE: usize = 4;

/// Whether a string of JSON that begins after this is what a message says: it is called `content` or `text`, and a member before it
/// tells whose it is, `role` or `type`, as the dialects of models and tools have it.
fn is_text_of_a_message(before: &[u8]) -> bool {
    const NEAR: usize = 64;
    let near = before.get(before.len().saturating_sub(NEAR)..).unwrap_or_default();
    let strip =
        |end: usize, mark: u8| near.get(..end)?.trim_ascii_end().strip_suffix(&[mark]).map(<[u8]>::len);
    let end = [b'"', b':', b'"'].into_iter().try_fold(near.len(), strip);
    let until_end = end.and_then(|end| near.get(..end)).unwrap_or_default();
    let object = memchr::memrchr(b'{', until_end).and_then(|at| until_end.get(at..)).unwrap_or_default();
    let has = |name: &[u8]| memchr::memmem::find(object, name).is_some();
    (object.ends_with(b"\"content") || object.ends_with(b"\"text")) && (has(b"\"role\"") || has(b"\"type\""))
}

/* ===== the engine's side ===== */

impl<'t> Probe<'t> {
    /// Gives it what was read of the text.
    #[inline]
    pub(crate) fn share(&self, shared: &'t mut Shared) {
        self.shared.set(Some(shared));
    }
}

impl Probe<'_> {
    pub(crate) fn with_progress(self, progress: usize) -> Self {
        self.progress.set(progress);
        self
    }

    pub(crate) fn of_body(self, is_body: bool) -> Self {
        Self { is_body, ..self }
    }

    pub(crate) fn with_known(self, known: usize) -> Self {
        self.noted.set(known);
        Self { known, ..self }
    }

    /// Up to where something is noted once the verifier has looked.
    pub(crate) fn noted(&self) -> usize {
        self.noted.get()
    }

    /// Whether the verifier looked where the text has not arrived.
    pub(crate) fn ran_out(&self) -> bool {
        self.ran_out.get()
    }

    /// Where the verifier said that the match would begin.
    pub(crate) fn begun(&self) -> Option<usize> {
        (self.begin.get() != usize::MAX).then(|| self.begin.get())
    }

    /// Bytes looked at from the anchor on.
    pub(crate) fn examined(&self) -> u64 {
        self.seen.get().min(self.text.bytes.len()).saturating_sub(self.at) as u64
    }
}
