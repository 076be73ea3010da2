//! What the end of a text that goes on may be the beginning of.
//!
//! Only detectors that act are asked here: what is merely recorded need not be waited for. The answer says whether bytes may
//! be released, so it may be yes too often and never no too often.

use crate::byteset::ByteSet;
use crate::detector::Start;

use super::anchor::Anchor;
use super::table::SIGHT;
use super::{Text, in_a_word};

/// The beginnings of anchors.
#[derive(Default)]
pub(crate) struct Heads {
    /// Of matches that may begin anywhere.
    anywhere: Beginnings,
    /// Of matches that begin where no word runs into them.
    at_words: Beginnings,
    /// Of matches that something leads to.
    led: Vec<Led>,
}

struct Led {
    set: ByteSet,
    min: usize,
    beginnings: Beginnings,
}

/// Bytes of an anchor that may stand before the end without having been looked at.
const UNSEEN: usize = SIGHT - 1;

/// The first bytes of an anchor, letters with their case folded away, filled up with zeros.
type Head = [u8; UNSEEN];

struct Beginnings {
    digits: bool,
    /// For each byte, folded, whether an anchor begins with it: most places end here.
    first: [bool; 256],
    single: ByteSet,
    /// The first one to four bytes of each literal, sorted.
    heads: Vec<Head>,
    /// The literals that are no longer than that, sorted.
    wholes: Vec<Head>,
}

impl Heads {
    /// Adds an anchor of a detector whose matches begin at `start`.
    pub(crate) fn insert(&mut self, anchor: &Anchor, start: Start) {
        let beginnings = match start {
            Start::Anchor => &mut self.anywhere,
            Start::Word => &mut self.at_words,
            Start::Led { set, min } => {
                self.led.push(Led { set, min, beginnings: Beginnings::default() });
                let Some(led) = self.led.last_mut() else { return };
                &mut led.beginnings
            }
            Start::After => return,
        };
        match anchor {
            Anchor::Literal(literal) | Anchor::Word(literal) => beginnings.add_literal(literal),
            Anchor::Digits { .. } => beginnings.digits = true,
            Anchor::Byte(set) | Anchor::Between { set, .. } => {
                beginnings.single = beginnings.single.or(*set);
                set.iter().for_each(|byte| beginnings.add_first(Some(byte)));
            }
        }
    }

    /// Whether an anchor might begin at `at`, among the last bytes of a text.
    pub(crate) fn might_begin(&self, text: Text<'_>, at: usize) -> bool {
        let rest = text.bytes.get(at..).unwrap_or_default();
        let after_digit = at > text.start && text.bytes.get(at - 1).is_some_and(u8::is_ascii_digit);
        self.anywhere.might_begin(rest, after_digit)
            || (!in_a_word(text, at) && self.at_words.might_begin(rest, after_digit))
            || self
                .led
                .iter()
                .any(|led| led.beginnings.might_begin(rest, after_digit) && led.leads_to(text, at))
    }
}

impl Led {
    fn leads_to(&self, text: Text<'_>, at: usize) -> bool {
        let before = text.bytes.get(text.start..at).unwrap_or_default();
        before.iter().rev().take_while(|&&byte| self.set.has(byte)).take(self.min).count() == self.min
    }
}

impl Beginnings {
    fn add_literal(&mut self, literal: &[u8]) {
        let longest = literal.len().min(UNSEEN);
        for length in 1..=longest {
            insert(&mut self.heads, head(literal, length));
        }
        if literal.len() <= UNSEEN {
            insert(&mut self.wholes, head(literal, longest));
        }
        self.add_first(literal.first().copied());
    }

    fn add_first(&mut self, byte: Option<u8>) {
        if let Some(slot) = byte.and_then(|byte| self.first.get_mut(usize::from(byte | 0x20))) {
            *slot = true;
        }
    }

    fn might_begin(&self, rest: &[u8], after_digit: bool) -> bool {
        let Some(&first) = rest.first() else { return false };
        if self.digits && first.is_ascii_digit() && !after_digit {
            return true;
        }
        if !self.first.get(usize::from(first | 0x20)).is_some_and(|begins| *begins) {
            return false;
        }
        self.single.has(first)
            || self.heads.binary_search(&head(rest, rest.len())).is_ok()
            || (1..rest.len()).any(|length| self.wholes.binary_search(&head(rest, length)).is_ok())
    }
}

impl Default for Beginnings {
    fn default() -> Self {
        let (heads, wholes) = (Vec::new(), Vec::new());
        Self { digits: false, first: [false; 256], single: ByteSet::EMPTY, heads, wholes }
    }
}

fn insert(sorted: &mut Vec<Head>, head: Head) {
    if let Err(place) = sorted.binary_search(&head) {
        sorted.insert(place, head);
    }
}

fn head(bytes: &[u8], length: usize) -> Head {
    let mut head = [0; UNSEEN];
    head.iter_mut().zip(bytes).take(length).for_each(|(slot, byte)| *slot = byte | 0x20);
    head
}
