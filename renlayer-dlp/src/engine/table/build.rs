//! Anchors become tables.

use super::bare;
use super::beside::{Beside, Besides};
use super::{BYTE, DIGIT, Index, Table};
use crate::byteset::ByteSet;
use crate::detector::Start;
use crate::engine::anchor::{Anchor, Need};
use crate::engine::grams::{fold, gram_at};
use crate::engine::literals::{Apart, Finder, Literal, SHORTEST};
use crate::engine::runs::Runs;
use crate::engine::sieve::Sieve;

/// What a detector says of all its anchors.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    pub(crate) need: Need,
    pub(crate) start: Start,
}

impl Asking {
    const ANYWHERE: Self = Self { need: Need::Nothing, start: Start::Anchor };
}

pub(super) struct Building {
    askings: Vec<Asking>,
    literals: Vec<Literal>,
    runs: Runs,
    singles: ByteSet,
    by_byte: Vec<Besides>,
}

impl Building {
    /// With what each detector says of all its anchors.
    pub(super) fn new(askings: Vec<Asking>) -> Self {
        Self {
            askings,
            literals: Vec::new(),
            runs: Runs::default(),
            singles: ByteSet::EMPTY,
            by_byte: vec![Besides::NONE; 256],
        }
    }

    pub(super) fn insert(&mut self, owner: Index, anchor: Anchor) {
        match anchor {
            Anchor::Literal(bytes) => self.insert_literal(owner, bytes, false, None),
            Anchor::Word(bytes) => self.insert_literal(owner, bytes, true, None),
            Anchor::Begin { word, is_whole } => self.insert_literal(owner, word, true, Some(is_whole)),
            Anchor::Digits(_) => self.runs.insert(owner, anchor),
            Anchor::Byte(set) => self.insert_bytes(set, &Beside::anything(owner)),
            Anchor::Between { further, before, set, next, again } => {
                self.insert_bytes(set, &Beside { owner, further, before, next, again });
            }
        }
    }

    /// `is_whole` says it of a literal that begins a word.
    fn insert_literal(&mut self, owner: Index, bytes: Vec<u8>, either_case: bool, is_whole: Option<bool>) {
        if bytes.len() >= SHORTEST {
            let Asking { need, start } =
                self.askings.get(usize::from(owner)).copied().unwrap_or(Asking::ANYWHERE);
            let is_word = bytes.first().is_some_and(|first| ByteSet::WORD.has(*first));
            let apart = match is_whole {
                Some(true) => Apart::FromLettersBeside,
                Some(false) => Apart::FromLetters,
                None if start == Start::Word && is_word => Apart::FromWords,
                None => Apart::No,
            };
            self.literals.push(Literal { bytes, either_case, apart, owner, need });
        }
    }

    fn insert_bytes(&mut self, set: ByteSet, beside: &Beside) {
        self.singles = self.singles.or(set);
        for byte in set.iter() {
            if let Some(all) = self.by_byte.get_mut(usize::from(byte)) {
                all.add(beside);
            }
        }
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "tables have a slot for every byte; literals have three bytes or more"
    )]
    pub(super) fn finish(mut self) -> Table {
        self.runs.compile();
        // Of those that are alike the ones come first that are looked for everywhere.
        let order = |literal: &Literal| literal.need.is_long_run();
        self.literals.sort_by(|one, other| one.kind().cmp(&other.kind()).then(order(one).cmp(&order(other))));
        let groups = self.literals.chunk_by(Literal::is_like);
        let sought: Vec<_> = groups.filter_map(Literal::sought).collect();
        let (sieve, offsets) = Sieve::new(&sought, self.singles);
        let offset = |group: usize| offsets.get(group).copied().unwrap_or(0);
        let has_digits = self.runs.shortest > 0;
        let mut kinds = [0; 256];
        (b'0'..=b'9').for_each(|byte| kinds[usize::from(byte)] |= DIGIT * u8::from(has_digits));
        self.singles.iter().for_each(|byte| kinds[usize::from(byte)] |= BYTE);
        let mut first = [false; 256];
        self.literals.iter().for_each(|literal| first[usize::from(fold(literal.bytes[0]))] = true);
        Table {
            sieve,
            by_begin: Finder::new(&self.literals, |_| true, |_| 0),
            by_window: Finder::new(&self.literals, |_| true, offset),
            in_bare: Finder::new(&self.literals, |literal| !literal.need.is_long_run(), offset),
            second: self.literals.iter().map(|l| [fold(l.bytes[0]), fold(l.bytes[1])]).collect(),
            third: self.literals.iter().filter_map(|literal| gram_at(&literal.bytes, 0)).collect(),
            runs: self.runs,
            literals: self.literals,
            blocks_ahead: bare::blocks_ahead(self.askings.iter().map(|asking| asking.need)),
            needs: self.askings.iter().map(|asking| asking.need).collect(),
            by_byte: self.by_byte,
            kinds,
            first,
        }
    }
}
