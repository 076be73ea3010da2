//! Values that are cut between neighbouring strings: the text parts of a message, read as one text.
//!
//! Neighbours are elements of one array that are strings, or objects whose [text](home) has the same name. Of a *seam*
//! between two of them only the ends beside it are looked at, a few bytes; where these could be one value (no space or
//! sentence ends there, and they are long enough or have enough digits) the strings go on being gathered. What was gathered is
//! read once, as a view with its way back.
//!
//! What is found across a seam is a finding in each string it touches: one range, one pointer and one marker each, with the
//! fingerprint of the whole value. The first one has the stand-in of the whole value, where there is one; in the others stand
//! markers. Only what proves itself counts, by a checksum or the form of a provider's token; and where one of its parts is a number
//! of its own, it is not a number that was cut, unless a word before it says so.

use std::ops::Range;

use smallvec::SmallVec;

use super::pointer;
use super::walk::Frame;
use crate::scan::{Mark, Scan};
use crate::view::View;
use crate::words::Words;
use crate::{Evidence, Finding};

/// How far from a seam a string is read. What is longer begins others anew.
const NEAR: usize = 512;
/// So many strings are read at a time, and half of them again with the next ones.
const MOST_STRINGS: usize = 128;
/// How far from a seam its ends are looked at.
const SIGHT: usize = 64;
/// The shortest number and the shortest token that count: digits, and bytes of a word. What has no capital needs some more
/// digits to be told from the words of a list.
const FEWEST_DIGITS: usize = 9;
const SHORTEST_WORD: usize = 16;
const FEWEST_IN_WORD: usize = 3;
/// The longest group in which people write a number: what is longer is a number of its own.
const LONGEST_GROUP: usize = 4;

/// The seams of one document.
pub(super) struct Seams<'b> {
    bytes: &'b [u8],
    level: u8,
    home: Home,
    /// Neighbours, of which each could go on with the value that the one before it ends with.
    strings: SmallVec<[Neighbour; 4]>,
    /// What the last one ends with, and what it goes on with.
    end: Ends,
    /// Whether it has nothing else.
    is_word: bool,
    /// Where the array stands, once there was a seam that could be in a value.
    place: Option<String>,
    told: bool,
}

/// Where neighbours are: the array, by the place of its bracket, and the member.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Home {
    open: usize,
    member: Member,
}

/// What the strings of an array are to its elements.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Itself,
    Text,
    Content,
}

struct Neighbour {
    range: Range<usize>,
    index: usize,
    /// What was found before it.
    mark: Mark,
}

/// What stands beside a seam without a break in it.
#[derive(Clone, Copy, Default)]
struct Ends {
    length: usize,
    digits: usize,
    /// Those of the digits that no letter parts from the seam.
    number: usize,
    /// Capitals, and signs that words do not have.
    odd: usize,
}

/* ===== gathering ===== */

impl<'b> Seams<'b> {
    pub(super) fn new(bytes: &'b [u8], level: u8) -> Self {
        let home = Home { open: usize::MAX, member: Member::Itself };
        let (strings, end) = (SmallVec::new(), Ends::default());
        Self { bytes, level, home, strings, end, is_word: false, place: None, told: false }
    }

    /// Takes the string that was scanned last; `mark` was set before that.
    #[inline]
    pub(super) fn meet(&mut self, scan: &mut Scan<'_>, frames: &[Frame], text: Range<usize>, mark: Mark) {
        let Some((home, index)) = home(self.bytes, frames) else { return };
        let said = self.bytes.get(text.clone()).unwrap_or_default();
        if home != self.home {
            self.close(scan);
            self.home = home;
        } else if !said.is_empty() && !self.strings.is_empty() {
            self.look(scan, frames, said);
        }
        if said.is_empty() {
            return;
        }
        let tail = Ends::of(said.iter().rev());
        self.is_word = tail.length == said.len();
        self.end = if self.is_word { tail.before(self.end).bounded() } else { tail };
        self.strings.push(Neighbour { range: text, index, mark });
    }

    /// Whether the seam before `said` could be in a value.
    fn look(&mut self, scan: &mut Scan<'_>, frames: &[Frame], said: &[u8]) {
        let begin = if self.end.length == 0 { self.end } else { Ends::of(said.iter()) };
        if begin.length == 0 {
            return self.close(scan);
        }
        let both = self.end.and(begin);
        // Words that are long enough by themselves are a list of ids.
        let is_list = self.is_word
            && self.home.member == Member::Itself
            && begin.length == said.len()
            && self.strings.last().is_some_and(|last| last.range.len().min(said.len()) >= SHORTEST_WORD);
        let last_is_long =
            self.strings.len() > 1 && self.strings.last().is_some_and(|s| s.range.len() > NEAR);
        if !both.could_be_a_value(is_list) {
            if self.place.is_some() || last_is_long || self.strings.len() >= MOST_STRINGS / 4 {
                self.begin_anew(scan, if last_is_long { 1 } else { self.last_within(SIGHT) });
            }
            return;
        }
        if self.place.is_none() {
            let of_array = frames.len() - if self.home.member == Member::Itself { 1 } else { 2 };
            self.place = Some(pointer::write(self.bytes, frames.get(..of_array).unwrap_or_default()));
        }
        if last_is_long || self.strings.len() >= MOST_STRINGS {
            let place = self.place.clone();
            self.begin_anew(scan, if last_is_long { 1 } else { MOST_STRINGS / 2 });
            self.place = place;
        }
    }

    /// How many of the last strings have so many bytes, one at least.
    fn last_within(&self, most: usize) -> usize {
        let mut left = most;
        let is_within = |string: &&Neighbour| {
            left = left.saturating_sub(string.range.len());
            left > 0
        };
        self.strings.iter().rev().take_while(is_within).count().max(1)
    }

    /// Reads what was gathered, and keeps the last strings of it.
    fn begin_anew(&mut self, scan: &mut Scan<'_>, keep: usize) {
        self.read(scan);
        if self.strings.len() > keep {
            self.strings.drain(..self.strings.len() - keep);
        }
    }

    /// Reads what was gathered. Nothing that follows goes on with it.
    pub(super) fn close(&mut self, scan: &mut Scan<'_>) {
        self.read(scan);
        self.strings.clear();
        (self.end, self.is_word) = (Ends::default(), false);
    }

    /// Whether anything was found across a seam: then findings are not in order.
    pub(super) fn have_told(&self) -> bool {
        self.told
    }
}

/// The neighbourhood of a string: an array of strings, or of objects that have their text in `text` or `content`.
#[inline]
fn home(bytes: &[u8], frames: &[Frame]) -> Option<(Home, usize)> {
    match frames {
        [.., Frame::Array { open, index }] => Some((Home { open: *open, member: Member::Itself }, *index)),
        [.., Frame::Array { open, index }, Frame::Object { key }] => {
            let member = Member::called(bytes.get(key.clone())?)?;
            Some((Home { open: *open, member }, *index))
        }
        _ => None,
    }
}

impl Member {
    /// Nearly all keys are of another length.
    #[inline]
    fn called(key: &[u8]) -> Option<Self> {
        match *key {
            [b't', b'e', b'x', b't'] => Some(Self::Text),
            [b'c', b'o', b'n', b't', b'e', b'n', b't'] => Some(Self::Content),
            _ => None,
        }
    }

    /// The end of a pointer to such a string.
    fn pointer(self) -> &'static str {
        match self {
            Self::Itself => "",
            Self::Text => "/text",
            Self::Content => "/content",
        }
    }
}

impl Ends {
    /// What `bytes` begin with. Single spaces stand between digits, or at the seam.
    fn of<'r>(bytes: impl Iterator<Item = &'r u8>) -> Self {
        let mut ends = Self::default();
        let (mut after_digit, mut in_number) = (true, true);
        for byte in bytes.take(SIGHT) {
            let is_digit = byte.is_ascii_digit();
            match byte {
                _ if is_digit => {
                    ends.digits += 1;
                    ends.number += usize::from(in_number);
                }
                b'a'..=b'z' => in_number = false,
                b'A'..=b'Z' | b'/' | b'+' | b'=' => {
                    in_number &= !byte.is_ascii_uppercase();
                    ends.odd += 1;
                }
                b' ' | b'\t' if after_digit => {}
                b'_' | b'-' | b'.' => {}
                _ => break,
            }
            ends.length += 1;
            after_digit = is_digit;
        }
        ends
    }

    /// Both sides of a seam.
    fn and(self, other: Self) -> Self {
        Self {
            length: self.length + other.length,
            digits: self.digits + other.digits,
            number: self.number + other.number,
            odd: self.odd + other.odd,
        }
    }

    /// What stands beside a seam, and beyond it another piece of the same.
    fn before(self, beyond: Self) -> Self {
        let number = if self.number == self.digits { self.number + beyond.number } else { self.number };
        Self { number, ..self.and(beyond) }
    }

    /// What is far from the seam counts less and less.
    fn bounded(self) -> Self {
        if self.length <= SIGHT {
            return self;
        }
        Self { length: SIGHT / 2, digits: self.digits / 2, odd: self.odd / 2, ..self }
    }

    fn could_be_a_value(self, is_list: bool) -> bool {
        let is_mixed = self.digits >= FEWEST_IN_WORD || (self.digits > 0 && self.odd > 0);
        self.number >= FEWEST_DIGITS || (self.length >= SHORTEST_WORD && is_mixed && !is_list)
    }
}

/* ===== reading ===== */

impl Seams<'_> {
    /// Reads the strings as one text, where a seam could be in a value.
    fn read(&mut self, scan: &mut Scan<'_>) {
        let Some(place) = self.place.take() else { return };
        let first = self.strings.first().map_or(0, |first| first.last_bytes(self.bytes));
        let mut view = View::new(scan.take_buffer(), self.bytes.get(..first).unwrap_or_default());
        let mut parts = Vec::with_capacity(self.strings.len());
        for (nth, string) in self.strings.iter().enumerate() {
            let from = if nth == 0 { first } else { string.range.start };
            let range = from..string.first_bytes(self.bytes, from);
            let begin = view.end();
            view.copy(self.bytes.get(range.clone()).unwrap_or_default(), from);
            parts.push(Part { string, at: begin..view.end(), is_whole: range == string.range });
        }
        let mark = scan.mark();
        scan.pass(view.text(), None);
        let read = scan.take_since(mark);
        // The strings themselves say what was lost of them.
        scan.undo(mark);
        for finding in read {
            let touched = |part: &&Part<'_>| part.at.start < finding.end && finding.start < part.at.end;
            let touched: SmallVec<[&Part<'_>; 4]> = parts.iter().filter(touched).collect();
            let cut: Vec<Finding> =
                touched.iter().map(|part| self.cut(&finding, part, &view, &place)).collect();
            let known = self.strings.first().map_or(&[][..], |first| scan.between(first.mark, mark));
            if counts(&finding, &touched, &view) && !is_known(&cut, known) {
                self.told = true;
                scan.report.findings.extend(cut);
            }
        }
        scan.give_back(view.into_buffer());
    }

    /// What a finding is in one of the strings that it touches.
    fn cut(&self, finding: &Finding, part: &Part<'_>, view: &View, place: &str) -> Finding {
        let at = finding.start.max(part.at.start)..finding.end.min(part.at.end);
        let Range { start, end } = view.raw(at);
        let member = self.home.member.pointer();
        let mut cut = Finding { start, end, ..finding.clone() };
        cut.pointer = Some(format!("{place}/{}{member}", part.string.index));
        cut.style.strings = self.level + 1;
        if part.at.start > finding.start {
            cut.swap = None;
        }
        cut
    }
}

/// A string in the view.
struct Part<'s> {
    string: &'s Neighbour,
    at: Range<usize>,
    is_whole: bool,
}

/// Whether a finding is a value that was cut, by what proves it.
fn counts(finding: &Finding, touched: &[&Part<'_>], view: &View) -> bool {
    let has = |evidence| finding.evidence.has(evidence);
    let is_number = has(Evidence::CHECKSUM) || &*finding.class == "gov_id.us.ssn";
    let is_token = finding.class.starts_with("secret.") && has(Evidence::STRUCTURE);
    let is_cut = is_token || (is_number && (has(Evidence::CONTEXT) || !is_list(finding, touched, view)));
    touched.len() > 1 && is_cut && !finding.is_restored()
}

/// Whether a number of its own would be a part of the value: all strings are nothing else, or one that is longer than a group of a
/// number; or what a sign before it gives to a name (`Total: 41111111`), unless it is grouped as no quantity is.
fn is_list(finding: &Finding, touched: &[&Part<'_>], view: &View) -> bool {
    let text = view.text().bytes;
    let value = text.get(finding.start..finding.end).unwrap_or_default();
    let is_inside = |part: &&Part<'_>| finding.start <= part.at.start && part.at.end <= finding.end;
    let before = text.get(..finding.start).unwrap_or_default().trim_ascii_end().last();
    let is_given = || {
        before.is_some_and(|byte| b":=#".contains(byte))
            && value.iter().all(u8::is_ascii_digit)
            && !is_name_of_a_number(text.get(..finding.start).unwrap_or_default())
    };
    let is_own = |part: &&Part<'_>| part.is_whole && is_inside(part);
    let is_a_quantity = |part: &&Part<'_>| is_own(part) && part.at.len() > LONGEST_GROUP;
    (touched.iter().all(is_own) || touched.iter().any(is_a_quantity) || is_given())
        && !value.iter().any(u8::is_ascii_alphabetic)
}

/// Whether a name says of what follows that it is a number and no more: `num: 41111111`.
fn is_name_of_a_number(before: &[u8]) -> bool {
    static NUMBER: Words = Words::new(&["number", "num", "nr", "no"]);
    let name = before.trim_ascii_end().strip_suffix(b":").unwrap_or_default();
    let word = name.rsplit(|byte| !byte.is_ascii_alphabetic()).next();
    word.is_some_and(|word| NUMBER.stand_in(word))
}

/// Whether a part of the value was found by itself as something that is as bad.
fn is_known(cut: &[Finding], known: &[Finding]) -> bool {
    let weight = |finding: &Finding| (finding.action, finding.severity);
    let overlap = |one: &Finding, other: &Finding| one.start < other.end && other.start < one.end;
    cut.iter().any(|part| known.iter().any(|other| weight(other) >= weight(part) && overlap(other, part)))
}

impl Neighbour {
    /// Where the last [`NEAR`] bytes begin, not inside of a character.
    fn last_bytes(&self, bytes: &[u8]) -> usize {
        let Range { start, end } = self.range;
        let from = start.max(end.saturating_sub(NEAR));
        let is_inside = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
        (from..end).find(|at| !is_inside(at)).unwrap_or(end)
    }

    /// Where what is read of it from `from` on ends.
    fn first_bytes(&self, bytes: &[u8], from: usize) -> usize {
        let end = self.range.end.min(from + NEAR);
        let is_inside = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
        (from..=end).rev().find(|at| !is_inside(at)).unwrap_or(end)
    }
}
