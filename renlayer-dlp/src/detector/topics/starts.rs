//! What the words of a list that may stand in a text speak of, told of the text as it is written: of most it is nothing, or not enough, and they
//! need not be folded.
//!
//! It is told of ASCII alone, at the begins of words: by their first three letters, a bit for each three there are, and then by the
//! letters of the entries that begin so. What folding does besides changing case is left to it: where an escape (`\n`) may hide
//! where a word begins both readings are tried, and what may be an abbreviation (`N.I.F.`) may be any word.

use super::Topics;
use crate::head::first_eight;
use crate::words::{begins, has_letters, places};

/// The entries of a list, by the letters of their first words.
pub(super) struct Starts {
    /// A bit for each three letters, see [`three`], and for each word of these how many bits are set before it.
    threes: Box<[(u64, u16); THREES / 64]>,
    /// For each bit that is set, the entries that begin so, and what they speak of together.
    groups: Vec<(Vec<Entry>, Topics)>,
}

struct Entry {
    three: u16,
    /// The first eight letters of its first word, or as many as there are, and which bytes these are.
    near: u64,
    mask: u64,
    /// What its second word begins with, where it has one.
    second: Option<u8>,
    text: Vec<u8>,
    /// Whether its last word may go on.
    goes_on: bool,
    topics: Topics,
}

/// Five bits for each letter; zero is what is none.
const THREES: usize = 1 << 15;
/// Folds the case of letters.
const FOLD: u64 = u64::from_ne_bytes([1 << 5; 8]);

impl Starts {
    /// Of folded entries, each with whether it may go on, and what it speaks of.
    pub(super) fn of<'e>(entries: impl Iterator<Item = (&'e [u8], bool, Topics)>) -> Self {
        let mut entries: Vec<Entry> =
            entries.filter(|(text, ..)| text.is_ascii()).flat_map(Entry::of).collect();
        entries.sort_by(|a, b| (a.three, &a.text, a.goes_on).cmp(&(b.three, &b.text, b.goes_on)));
        entries.dedup_by(|again, first| {
            let is_same =
                (again.three, &again.text, again.goes_on) == (first.three, &first.text, first.goes_on);
            if is_same {
                first.topics = first.topics.or(again.topics);
            }
            is_same
        });
        let mut threes = Box::new([(0_u64, 0); THREES / 64]);
        let mut groups: Vec<(Vec<Entry>, Topics)> = Vec::new();
        for entry in entries {
            let is_same = |group: &[Entry]| group.last().is_some_and(|last| last.three == entry.three);
            match groups.last_mut().filter(|(group, _)| is_same(group)) {
                Some((group, all)) => {
                    *all = all.or(entry.topics);
                    group.push(entry);
                }
                None => {
                    if let Some((bits, _)) = threes.get_mut(usize::from(entry.three) / 64) {
                        *bits |= 1 << (entry.three % 64);
                    }
                    let all = entry.topics;
                    groups.push((vec![entry], all));
                }
            }
        }
        threes.iter_mut().fold(0, |before, (bits, sum)| {
            *sum = before;
            before + bits.count_ones() as u16
        });
        Self { threes, groups }
    }

    /// Whether what the entries speak of that may stand in `text`, once that is folded, is `enough`.
    pub(super) fn may_speak(&self, text: &[u8], enough: fn(Topics) -> bool) -> bool {
        let mut topics = Topics::NONE;
        has_letters(text)
            && begins(text).is_none_or(|begins| {
                places(begins).any(|at| {
                    topics = topics.or(self.at(text, at));
                    enough(topics)
                })
            })
    }

    /// Calls `note` with the begin of each word of `text` that may be of an entry, and what that speaks of.
    pub(super) fn each(&self, text: &[u8], mut note: impl FnMut(usize, Topics)) {
        let Some(begins) = begins(text) else { return note(text.len(), Topics::ALL) };
        for at in places(begins) {
            let topics = self.at(text, at);
            if topics != Topics::NONE {
                note(at, topics);
            }
        }
    }

    /// What the entries speak of that may stand where a word begins.
    #[inline]
    fn at(&self, text: &[u8], at: usize) -> Topics {
        let here = self.beginning(text.get(at..).unwrap_or_default());
        if !is_escape(text, at) {
            return here;
        }
        here.or(self.beginning(text.get(at + 1..).unwrap_or_default()))
    }

    /// What the entries speak of with which `text` may begin.
    #[inline]
    fn beginning(&self, text: &[u8]) -> Topics {
        if matches!(text, [_, b'.', next, ..] if next.is_ascii_alphabetic()) {
            return Topics::ALL;
        }
        let (named, written) = (first_letters(text, joins), first_letters(text, are_letters));
        let here = self.beginning_with(named, text);
        // A list may have a word that somebody writes with a hump: `CeL`.
        if named == written { here } else { here.or(self.beginning_with(written, text)) }
    }

    #[inline]
    fn beginning_with(&self, letters: [u8; 3], text: &[u8]) -> Topics {
        let three = three(letters);
        let (bits, before) = self.threes.get(usize::from(three) / 64).copied().unwrap_or_default();
        let bit = 1 << (three % 64);
        if bits & bit == 0 {
            return Topics::NONE;
        }
        self.of_group(usize::from(before) + (bits & (bit - 1)).count_ones() as usize, text)
    }

    fn of_group(&self, group: usize, text: &[u8]) -> Topics {
        // Most other words are told by one comparison.
        let near = first_eight(text) | FOLD;
        let Some((group, all)) = self.groups.get(group) else { return Topics::NONE };
        // Many entries begin with the same word: most go on with another one than stands there, or say no more than was said.
        let (mut first, mut next) = (0, None);
        let mut topics = Topics::NONE;
        for entry in group.iter().filter(|entry| near & entry.mask == entry.near) {
            if entry.second.is_some() && entry.first() != first {
                first = entry.first();
                next = letter_after(text, first);
            }
            let goes_on_otherwise = entry.second.is_some() && next.is_some() && next != entry.second;
            if goes_on_otherwise || topics.has(entry.topics) {
                continue;
            }
            topics = topics.or(entry.at_the_begin_of(text));
            if topics.has(*all) {
                break;
            }
        }
        topics
    }
}

impl Entry {
    /// One; where its first word is shorter than three letters and may go on, one for each letter that may follow.
    fn of((text, goes_on, topics): (&[u8], bool, Topics)) -> Vec<Self> {
        let first = text.split(|byte| *byte == b' ').next().unwrap_or_default();
        let eight = first.iter().take(8).rev();
        let [near, mask] =
            eight.fold([0; 2], |[near, mask], byte| [near << 8 | u64::from(*byte | 0x20), mask << 8 | 0xff]);
        // Of a longer word the end is not known here, nor where an abbreviation of one letter goes on.
        let is_short = (2..8).contains(&first.len());
        let second = text.get(first.len() + 1).copied().filter(|_| is_short).filter(u8::is_ascii_alphabetic);
        let entry = |letters| Self {
            three: three(letters),
            near,
            mask,
            second,
            text: text.to_vec(),
            goes_on,
            topics,
        };
        match *text {
            [] => Vec::new(),
            [a] if goes_on => (0..32).flat_map(|b| (0..32).map(move |c| [a, b, c])).map(entry).collect(),
            [a, b] if goes_on => (0..32).map(|c| entry([a, b, c])).collect(),
            _ => vec![entry(first_letters(text, joins))],
        }
    }

    /// How many letters of its first word are told by `near`.
    fn first(&self) -> usize {
        (u64::BITS - self.mask.leading_zeros()) as usize / 8
    }

    /// What it speaks of, if it may stand where a word of `text` begins, whose first letters are its own.
    fn at_the_begin_of(&self, text: &[u8]) -> Topics {
        let mut run = self.first();
        let mut rest = text.get(run..).unwrap_or_default();
        let mut last = text.get(run.wrapping_sub(1)).copied().unwrap_or_default();
        for byte in self.text.get(run..).unwrap_or_default() {
            match rest {
                // A word is hidden there.
                [b'\\', ..] => return self.topics,
                [b'.', next, ..] if run == 1 && next.is_ascii_alphabetic() => return self.topics,
                [next, ..] if *byte == b' ' && !joins(last, *next) && !is_code(last, rest) => {
                    let is_word = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'\\' | b'#');
                    let between = rest.iter().take_while(|byte| !is_word(**byte));
                    rest = rest.get(between.count()..).unwrap_or_default();
                    run = 0;
                }
                [next, after @ ..] if next.to_ascii_lowercase() == *byte => {
                    (rest, last, run) = (after, *next, run + 1);
                }
                // Its next word may follow.
                [] if *byte == b' ' || run == 0 => return Topics::OPEN,
                _ => return Topics::NONE,
            }
        }
        let is_whole =
            self.goes_on || rest.first().is_none_or(|next| !joins(last, *next)) || begins_hump(last, rest);
        if is_whole { self.topics } else { Topics::NONE }
    }
}

/// The letter that follows the first bytes of a text and whatever is between words, in lower case; nothing where something may be hidden.
fn letter_after(text: &[u8], first: usize) -> Option<u8> {
    let mut rest = text.get(first..).unwrap_or_default().iter();
    let next = rest.find(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'\\' | b'#'));
    next.filter(|next| next.is_ascii_alphabetic()).map(u8::to_ascii_lowercase)
}

/// Three letters in either case, or zeros for what is none, as a number.
#[inline]
fn three([a, b, c]: [u8; 3]) -> u16 {
    u16::from(a & 31) << 10 | u16::from(b & 31) << 5 | u16::from(c & 31)
}

/// Three letters of the word with which `text` begins, or as many as it has.
#[inline]
fn first_letters(text: &[u8], joins: impl Fn(u8, u8) -> bool) -> [u8; 3] {
    match *text {
        [a, b, c, ..] if joins(a, b) && joins(b, c) => [a, b, c],
        [a, b, ..] if joins(a, b) => [a, b, 0],
        [a, ..] => [a, 0, 0],
        [] => [0; 3],
    }
}

/// Whether two bytes are letters of one word. In camel case they are not.
#[inline]
fn joins(left: u8, right: u8) -> bool {
    are_letters(left, right) && !(left.is_ascii_lowercase() && right.is_ascii_uppercase())
}

#[inline]
fn are_letters(left: u8, right: u8) -> bool {
    left.is_ascii_alphabetic() && right.is_ascii_alphabetic()
}

/// Whether digits follow a letter, and at once another letter that is no hump: both are one piece of code then.
fn is_code(last: u8, rest: &[u8]) -> bool {
    let after = rest.iter().find(|byte| !byte.is_ascii_digit());
    let is_hump = |after: &u8| last.is_ascii_lowercase() && after.is_ascii_uppercase();
    rest.first().is_some_and(u8::is_ascii_digit)
        && after.is_some_and(|after| after.is_ascii_alphabetic() && !is_hump(after))
}

/// Whether a hump begins with `rest`, after a capital: `SSNNumber`.
fn begins_hump(last: u8, rest: &[u8]) -> bool {
    last.is_ascii_uppercase()
        && matches!(rest, [next, after, ..] if next.is_ascii_uppercase() && after.is_ascii_lowercase())
}

/// Whether the letter at `at` belongs to an escape.
#[inline]
fn is_escape(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), Some(b'n' | b'r' | b't'))
        && at.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'\\')
}
