//! What the end of a text that goes on may be the beginning of.
//!
//! Only detectors that act are asked here: what is merely recorded need not be waited for. The answer says whether bytes may
//! be released, so it may be yes too often and never no too often.

use std::collections::HashSet;

use crate::byteset::ByteSet;
use crate::detector::Start;

use super::anchor::Anchor;
use super::window::SIGHT;
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

#[derive(Default)]
struct Beginnings {
    digits: bool,
    single: HashSet<u8>,
    /// The first one to four bytes of each literal.
    heads: HashSet<Head>,
    /// The literals that are no longer than that.
    wholes: HashSet<Head>,
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
            Anchor::Byte(set) | Anchor::Between { set, .. } => beginnings.single.extend(set.iter()),
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
                .any(|led| led.leads_to(text, at) && led.beginnings.might_begin(rest, after_digit))
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
        self.heads.extend((1..=longest).map(|length| head(literal, length)));
        if literal.len() <= UNSEEN {
            self.wholes.insert(head(literal, longest));
        }
    }

    fn might_begin(&self, rest: &[u8], after_digit: bool) -> bool {
        let Some(first) = rest.first() else { return false };
        (self.digits && first.is_ascii_digit() && !after_digit)
            || self.single.contains(first)
            || self.heads.contains(&head(rest, rest.len()))
            || (1..rest.len()).any(|length| self.wholes.contains(&head(rest, length)))
    }
}

fn head(bytes: &[u8], length: usize) -> Head {
    let mut head = [0; UNSEEN];
    head.iter_mut().zip(bytes).take(length).for_each(|(slot, byte)| *slot = byte | 0x20);
    head
}
