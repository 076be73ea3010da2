//! Which detectors ask for a run of digits, told from its length, its first digit, its neighbours, how many digits follow soon,
//! and what stands on either side.
//!
//! Numbers are everywhere, and a hundred detectors ask for runs of eight to thirteen digits. Those that ask for one length
//! have one bit each; the bits that are left by the neighbours, by the first digit and by the digits that follow are four table
//! lookups, however many detectors there are. Bytes that no detector tells apart as neighbours are one class, which keeps the tables small.
//! What takes more than a byte to tell, the letters before a number, the group after it and the words beside it, is looked at only where some
//! detector is left that asks for it. Decimals, dates and hexadecimal constants, which most detectors do not want, have tables of those
//! that do.

use std::collections::HashMap;

use smallvec::SmallVec;

use super::Index;
use super::anchor::{Anchor, Decimals, Digits, Joint};
use super::sides::{Around, Between, MOST_LETTERS, Sides, Written, number};
use crate::byteset::ByteSet;

/// A run of this many digits or more counts as this long.
pub(super) const LONGEST: usize = 32;
/// Bytes after a run in which more digits are counted.
pub(crate) const NEAR: usize = 16;
/// As many digits there, or more, are as good as any.
const MOST_MORE: usize = 8;

/// Bytes that stand next to a run, as far as they are told apart.
#[derive(Clone, Copy)]
pub(super) struct Class(usize);

/// What a quote in a document is: itself, or no byte of the text.
const EDGE: ByteSet = ByteSet::EMPTY.with(b"\"\0");
/// What is a digit to all who ask for no part of a number: a 1 may also be a trunk digit.
const DIGITS: ByteSet = ByteSet::DIGIT.without(b"1");

/// A run of digits and what is known of its surroundings; what is not known may be anything.
#[derive(Clone, Copy)]
pub(super) struct Run<'t> {
    pub(super) length: usize,
    pub(super) before: Option<Class>,
    pub(super) first: u8,
    pub(super) next: Option<Class>,
    /// Digits in the [`NEAR`] bytes after it.
    pub(super) more: Option<u32>,
    /// What it is told to be by what follows it.
    pub(super) written: Written,
    /// What takes a longer look; of a run that may go on nothing is known.
    pub(super) around: Option<Around<'t>>,
}

#[derive(Default)]
pub(super) struct Runs {
    lengths: Vec<Length>,
    /// The same of those that ask for some decimals, for dates, and for hexadecimal constants.
    decimals: Vec<Length>,
    dates: Vec<Length>,
    hexes: Vec<Length>,
    /// For each length, the detectors that ask for it or a longer one.
    longer: Vec<Length>,
    classes: Vec<u8>,
    /// The same of what stands after a digit, where a mark may join the run to it: such marks have classes of their own.
    after_digits: Vec<u8>,
    /// The shortest run, 3 at most; 0 where none is asked for.
    pub(super) shortest: u8,
    /// The class of a quote in a document, which may be the end of the text.
    edge: usize,
    /// What may stand after a run that anybody asks for in the middle of a word.
    after_words: ByteSet,
    asked: Vec<Asked>,
}

/// What a detector asks for.
struct Asked {
    owner: Index,
    digits: Digits,
    /// Before which of these it does not ask for a run, where they stand after a digit.
    joints: ByteSet,
}

/// The detectors that ask for one length, and a bit for each of them: row by row for each class, each first digit and each
/// count of digits that follow.
#[derive(Default)]
struct Length {
    owners: Vec<Index>,
    words: usize,
    /// For each count of digits that follow, a bit for each word in which anybody is content with it. Who asks for none comes first, so
    /// of most numbers of a sentence one word is read.
    content: [u32; MOST_MORE + 1],
    before: Vec<u64>,
    next: Vec<u64>,
    first: Vec<u64>,
    more: Vec<u64>,
    /// Who asks for more than that, and the rows that say for which.
    deep: Vec<Deep>,
    second: Vec<u64>,
    letters: Vec<u64>,
    in_sentences: Option<InSentences>,
}

/// What decides who asks for a run between two words of a sentence: these words, and how many letters the one before has.
struct InSentences {
    sides: Vec<&'static Sides>,
    /// A bit for each number of letters after which it is asked for.
    letters: u8,
}

/// Which of 64 detectors ask for something, besides what touches the run.
struct Deep {
    second: u64,
    letters: u64,
    joints: SmallVec<[(Joint, u64); 2]>,
    /// What stands before the mark of any of them.
    further: ByteSet,
    sides: SmallVec<[(&'static Sides, u64); 1]>,
    /// Those that do not ask for all decimals, by which they ask for.
    decimals: SmallVec<[(Decimals, u64); 2]>,
    /// Those that ask for a next group, by its lengths.
    groups: SmallVec<[(u32, u64); 2]>,
}

impl Runs {
    /// Adds what a detector asks for, if that is a run of digits.
    pub(super) fn insert(&mut self, owner: Index, anchor: Anchor) {
        let Anchor::Digits(digits) = anchor else { return };
        let (min, max) = (digits.min.max(1), digits.max.min(LONGEST as u8));
        self.shortest = if self.asked.is_empty() { min.min(3) } else { self.shortest.min(min) };
        let more = digits.more.min(MOST_MORE as u8);
        self.asked.push(Asked::new(owner, Digits { min, max, more, ..digits }));
    }

    /// To be called once all is inserted.
    pub(super) fn compile(&mut self) {
        let classes = classes(&self.asked);
        let one_of_each =
            |class: usize| classes.iter().position(|c| usize::from(*c) == class).unwrap_or(0) as u8;
        let count = classes.iter().max().map_or(0, |last| usize::from(*last) + 1);
        let bytes: Vec<u8> = (0..count).map(one_of_each).collect();
        let marks: Vec<u8> = joints(&self.asked).iter().collect();
        let asking = |holds: &dyn Fn(&Asked) -> bool| {
            let asked: Vec<_> = self.asked.iter().filter(|asked| holds(asked)).collect();
            Length::new(&asked, &bytes, &marks)
        };
        let up_to = |longest: usize, wanted: fn(&Asked) -> bool| {
            (0..=longest)
                .map(|n| {
                    asking(&|asked| {
                        wanted(asked) && (asked.digits.min..=asked.digits.max).contains(&(n as u8))
                    })
                })
                .collect()
        };
        self.lengths = up_to(LONGEST, |_| true);
        self.decimals = up_to(LONGEST, |asked| asked.digits.decimals != Decimals::NONE);
        self.dates = up_to(number::DATE, |asked| asked.digits.dates);
        self.hexes = up_to(number::HEX, |asked| asked.digits.hexes);
        self.longer = (0..=LONGEST).map(|n| asking(&|asked| usize::from(asked.digits.max) >= n)).collect();
        let in_words = self.asked.iter().filter(|asked| {
            asked.digits.before.meets(ByteSet::ALPHA) && asked.digits.letters >> MOST_LETTERS & 1 == 1
        });
        self.after_words = in_words.fold(ByteSet::EMPTY, |all, asked| all.or(asked.digits.next));
        self.edge = bytes.len();
        self.after_digits.clone_from(&classes);
        for (mark, class) in marks.iter().zip(self.edge + 1..) {
            if let Some(slot) = self.after_digits.get_mut(usize::from(*mark)) {
                *slot = class as u8;
            }
        }
        self.classes = classes;
        self.asked = Vec::new();
    }

    /// Whether nobody asks for a run in the middle of a word before this byte.
    #[inline]
    pub(super) fn ends_no_word(&self, next: u8) -> bool {
        !self.after_words.has(next)
    }

    #[inline]
    pub(super) fn class(&self, byte: u8) -> Class {
        class_of(&self.classes, byte)
    }

    /// The class of what stands beside a run: where that is not told, a quote in a document.
    #[inline]
    pub(super) fn class_beside(&self, byte: Option<u8>) -> Class {
        byte.map_or(Class(self.edge), |byte| self.class(byte))
    }

    /// The class of what stands before a run, and after `further`: where it is not told, a quote in a document.
    #[inline]
    pub(super) fn class_before(&self, further: u8, byte: Option<u8>) -> Class {
        match byte {
            Some(byte) if DIGITS.has(further) => class_of(&self.after_digits, byte),
            byte => self.class_beside(byte),
        }
    }

    /// Whether the words around it say that nobody asks for a run of this length, after which no digit is near.
    #[inline]
    pub(super) fn pass_over(&self, length: usize, between: &Between) -> bool {
        let in_sentences = self.lengths.get(length).and_then(|length| length.in_sentences.as_ref());
        in_sentences.is_some_and(|asked| {
            asked.letters >> between.letters() & 1 == 0
                && asked.sides.iter().all(|sides| between.is_apart(sides))
        })
    }

    /// Whether any detector may ask for a run of this length that begins with this digit, between bytes of these classes.
    #[inline]
    pub(super) fn may_ask(&self, length: usize, first: u8, (before, next): (Class, Class)) -> bool {
        let Some(length) = self.lengths.get(length) else { return false };
        let row = |table: &[u64], of: usize, word| row(table, length.words, of, word);
        let digit = usize::from(first.wrapping_sub(b'0'));
        (0..length.words).any(|word| {
            let beside = row(&length.before, before.0, word) & row(&length.next, next.0, word);
            beside & row(&length.first, digit, word) != 0
        })
    }

    /// Whether any detector asks for such a run.
    #[inline]
    pub(super) fn any(&self, run: &Run<'_>) -> bool {
        let Some(length) = self.asking(run) else { return false };
        length.words_for(run).any(|word| length.bits(word, run, &self.classes) != 0)
    }

    /// The detectors that ask for such a run, in the order in which they were put in.
    #[inline]
    pub(super) fn each(&self, run: &Run<'_>, report: impl FnMut(Index)) {
        let Some(length) = self.asking(run) else { return };
        length.each(run, &self.classes, report);
    }

    /// Those that ask for runs of its length that are so written.
    #[inline]
    fn asking(&self, run: &Run<'_>) -> Option<&Length> {
        let lengths = match run.written {
            Written::Plain => &self.lengths,
            Written::Decimal(_) => &self.decimals,
            Written::Date => &self.dates,
            Written::Hex => &self.hexes,
        };
        lengths.get(run.length)
    }

    /// The same of a run that may go on.
    pub(super) fn each_longer(&self, run: &Run<'_>, report: impl FnMut(Index)) {
        let Some(length) = self.longer.get(run.length) else { return };
        length.each(run, &self.classes, report);
    }
}

impl Asked {
    fn new(owner: Index, digits: Digits) -> Self {
        let joins = |joint: &&Joint| joint.further.or(DIGITS) == joint.further;
        let joints = digits.joints.iter().filter(joins);
        Self { owner, digits, joints: joints.fold(ByteSet::EMPTY, |marks, joint| marks.or(joint.mark)) }
    }
}

impl Length {
    /// Of those who ask for it: by one byte of each class, and by the marks that join numbers.
    fn new(asked: &[&Asked], classes: &[u8], marks: &[u8]) -> Self {
        let mut asked = asked.to_vec();
        asked.sort_by_key(|asked| asked.digits.more);
        let asked = &*asked;
        let owners: Vec<Index> = asked.iter().map(|asked| asked.owner).collect();
        let words = owners.len().div_ceil(64);
        // A row for each count, of those for which it holds.
        let rows = |count: usize, holds: &dyn Fn(&Asked, usize) -> bool| {
            let mut bits = vec![0; count * words];
            for (n, row) in bits.chunks_mut(words.max(1)).enumerate() {
                for (i, _) in asked.iter().enumerate().filter(|(_, asked)| holds(asked, n)) {
                    if let Some(word) = row.get_mut(i / 64) {
                        *word |= 1 << (i % 64);
                    }
                }
            }
            bits
        };
        // A row for each byte; of neighbours one more, for a quote that may be the end of the text.
        let table = |bytes: &[u8], set: fn(&Asked) -> ByteSet| {
            rows(bytes.len() + 1, &|asked, n| match bytes.get(n) {
                Some(byte) => set(asked).has(*byte),
                None => set(asked).meets(EDGE),
            })
        };
        let after_digits = rows(marks.len(), &|asked, n| {
            marks.get(n).is_some_and(|mark| asked.digits.before.has(*mark) && !asked.joints.has(*mark))
        });
        let mut content = [0; MOST_MORE + 1];
        for (i, asked) in asked.iter().enumerate() {
            // Words beyond the last bit have that one in common.
            let word = 1 << (i / 64).min(u32::BITS as usize - 1);
            content.iter_mut().skip(usize::from(asked.digits.more)).for_each(|words| *words |= word);
        }
        Self {
            content,
            before: [table(classes, |asked| asked.digits.before), after_digits].concat(),
            next: table(classes, |asked| asked.digits.next),
            first: table(b"0123456789", |asked| asked.digits.first),
            more: rows(MOST_MORE + 1, &|asked, count| usize::from(asked.digits.more) <= count),
            deep: asked.chunks(64).map(Deep::of).collect(),
            second: table(classes, |asked| asked.digits.second),
            letters: rows(MOST_LETTERS + 1, &|asked, count| asked.digits.letters >> count & 1 == 1),
            in_sentences: InSentences::new(asked),
            owners,
            words,
        }
    }

    #[inline]
    fn bits(&self, word: usize, run: &Run<'_>, classes: &[u8]) -> u64 {
        let beside = |table: &[u64], class: Option<Class>| {
            class.map_or(u64::MAX, |class| row(table, self.words, class.0, word))
        };
        let first = row(&self.first, self.words, usize::from(run.first.wrapping_sub(b'0')), word);
        let more = run.more.map_or(MOST_MORE, |more| (more as usize).min(MOST_MORE));
        let bits = first
            & row(&self.more, self.words, more, word)
            & beside(&self.before, run.before)
            & beside(&self.next, run.next);
        match (&run.around, self.deep.get(word)) {
            (Some(around), Some(deep)) if bits != 0 => {
                self.deeper((bits, word), deep, (run, around), classes)
            }
            _ => bits,
        }
    }

    /// Of the detectors that are left those that are so after a longer look, which goes no further than they ask.
    #[inline]
    fn deeper(
        &self,
        (bits, word): (u64, usize),
        deep: &Deep,
        (run, around): (&Run<'_>, &Around<'_>),
        classes: &[u8],
    ) -> u64 {
        let mut bits = deep.written(bits, run.written);
        // First what leaves nobody, of the short numbers that sentences have.
        for (sides, asking) in &deep.sides {
            if bits & asking != 0 && around.is_apart(sides) {
                bits &= !asking;
            }
        }
        if bits == 0 {
            return 0;
        }
        if around.further().is_some_and(|byte| deep.further.has(byte)) {
            for (joint, asking) in &deep.joints {
                if bits & asking != 0 && around.is_joined(joint) {
                    bits &= !asking;
                }
            }
        }
        bits = deep.grouped(bits, around);
        if bits & deep.second != 0 {
            let second = around.second().map(|byte| class_of(classes, byte));
            bits &= second.map_or(u64::MAX, |class| row(&self.second, self.words, class.0, word));
        }
        if bits & deep.letters != 0 {
            let letters = around.letters();
            bits &= letters.map_or(u64::MAX, |count| row(&self.letters, self.words, count, word));
        }
        bits
    }

    #[inline]
    fn each(&self, run: &Run<'_>, classes: &[u8], mut report: impl FnMut(Index)) {
        let mut told = SmallVec::<[Index; 8]>::new();
        for word in self.words_for(run) {
            let mut bits = self.bits(word, run, classes);
            while bits != 0 {
                let owner = self.owners.get(word * 64 + bits.trailing_zeros() as usize).copied();
                bits &= bits - 1;
                // One that asks twice is asked once.
                if let Some(owner) = owner.filter(|owner| !told.contains(owner)) {
                    told.push(owner);
                    report(owner);
                }
            }
        }
    }

    /// The words in which somebody may ask for such a run.
    #[inline]
    fn words_for(&self, run: &Run<'_>) -> impl Iterator<Item = usize> + use<> {
        let more = run.more.map_or(MOST_MORE, |more| (more as usize).min(MOST_MORE));
        let content = self.content.get(more).copied().unwrap_or(u32::MAX);
        let last = u32::BITS as usize - 1;
        (0..self.words).filter(move |word| content >> (*word).min(last) & 1 == 1)
    }
}

impl Deep {
    /// Of up to 64 detectors.
    fn of(asked: &[&Asked]) -> Self {
        let of = |holds: &dyn Fn(&Digits) -> bool| {
            let holding = asked.iter().zip(0..).filter(|(asked, _)| holds(&asked.digits));
            holding.fold(0, |bits, (_, i)| bits | 1_u64 << i)
        };
        let all = || asked.iter().map(|asked| asked.digits);
        let sides = distinct(all().filter_map(|digits| digits.sides)).into_iter();
        let joints = distinct(all().flat_map(|digits| digits.joints).filter(|joint| *joint != Joint::NONE));
        let groups =
            distinct(all().map(|digits| digits.groups).filter(|groups| *groups != u32::MAX)).into_iter();
        let decimals =
            distinct(all().map(|digits| digits.decimals).filter(|which| *which != Decimals::ALL)).into_iter();
        Self {
            second: of(&|digits| digits.second != ByteSet::ALL),
            letters: of(&|digits| digits.letters != u8::MAX),
            further: joints.iter().fold(ByteSet::EMPTY, |all, joint| all.or(joint.further)),
            joints: joints
                .iter()
                .map(|joint| (*joint, of(&|digits| digits.joints.contains(joint))))
                .collect(),
            sides: sides.map(|sides| (sides, of(&|digits| digits.sides == Some(sides)))).collect(),
            groups: groups.map(|groups| (groups, of(&|digits| digits.groups == groups))).collect(),
            decimals: decimals.map(|which| (which, of(&|digits| digits.decimals == which))).collect(),
        }
    }

    /// Of the detectors that are left those that want a number which is written so.
    #[inline]
    fn written(&self, bits: u64, written: Written) -> u64 {
        let Written::Decimal(decimal) = written else { return bits };
        let unasked = self.decimals.iter().filter(|(which, _)| !which.has(decimal));
        bits & !unasked.fold(0, |all, (_, asking)| all | asking)
    }

    /// Of the detectors that are left those that want such a next group.
    #[inline]
    fn grouped(&self, mut bits: u64, around: &Around<'_>) -> u64 {
        for (lengths, asking) in &self.groups {
            if bits & asking != 0 && around.next_group().is_some_and(|length| lengths >> length & 1 == 0) {
                bits &= !asking;
            }
        }
        bits
    }
}

impl InSentences {
    /// Of all who ask for runs of one length; nothing where one of them asks whatever the words are.
    fn new(asked: &[&Asked]) -> Option<Self> {
        let lower = ByteSet::EMPTY.range(b'a', b'z');
        let is_there = |asked: &&&Asked| {
            asked.digits.before.has(b' ')
                && asked.digits.next.has(b' ')
                && asked.digits.more == 0
                && asked.digits.second.meets(lower)
        };
        let mut all = Self { sides: Vec::new(), letters: 0 };
        for asked in asked.iter().filter(is_there) {
            match asked.digits.sides {
                Some(sides) => all.sides.push(sides),
                None if asked.digits.letters != u8::MAX => all.letters |= asked.digits.letters,
                None => return None,
            }
        }
        all.sides = distinct(all.sides.into_iter());
        Some(all)
    }
}

#[inline]
fn class_of(classes: &[u8], byte: u8) -> Class {
    Class(classes.get(usize::from(byte)).map_or(0, |class| usize::from(*class)))
}

#[inline]
fn row(table: &[u64], words: usize, row: usize, word: usize) -> u64 {
    table.get(row * words + word).copied().unwrap_or(0)
}

/// Each of them once.
fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    all.for_each(|one| {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    });
    distinct
}

/// All marks that join a run to a number before it.
fn joints(asked: &[Asked]) -> ByteSet {
    asked.iter().fold(ByteSet::EMPTY, |marks, asked| marks.or(asked.joints))
}

/// For each byte its class: those that are in the same of all sets have one.
fn classes(asked: &[Asked]) -> Vec<u8> {
    let mut sets: Vec<ByteSet> = Vec::new();
    for set in asked.iter().flat_map(|asked| [asked.digits.before, asked.digits.next, asked.digits.second]) {
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    let mut known = HashMap::new();
    let class = |byte: u8| {
        let member: Vec<bool> = sets.iter().map(|set| set.has(byte)).collect();
        let next = known.len() as u8;
        *known.entry(member).or_insert(next)
    };
    (0..=u8::MAX).map(class).collect()
}

#[cfg(test)]
mod tests;
