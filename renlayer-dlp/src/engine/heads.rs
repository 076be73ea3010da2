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

/// The first bytes of an anchor, filled up with zeros.
type Head = [u8; UNSEEN];

#[derive(Default)]
struct Beginnings {
    digits: bool,
    single: ByteSet,
    exact: Literals,
    /// In lower case.
    either_case: Literals,
}

/// Literals as they are written, or words in lower case. Case tells most prefixes of keys from the words of a sentence.
#[derive(Default)]
struct Literals {
    /// What they begin with: most places end here.
    first: ByteSet,
    /// The first bytes of each, as few or as many as may be there, sorted.
    heads: Vec<Head>,
}

impl Heads {
    /// Adds an anchor of a detector whose matches begin at `start`.
    pub(crate) fn insert(&mut self, anchor: &Anchor, start: Start) {
        let beginnings = match start {
            Start::Word if anchor.begins_word() => &mut self.at_words,
            Start::Anchor | Start::Word => &mut self.anywhere,
            Start::Led { set, min } => {
                self.led.push(Led { set, min, beginnings: Beginnings::default() });
                let Some(led) = self.led.last_mut() else { return };
                &mut led.beginnings
            }
            Start::After => return,
        };
        match anchor {
            Anchor::Literal(literal) => beginnings.exact.insert(literal),
            Anchor::Word(word) | Anchor::Begin { word, .. } => beginnings.either_case.insert(word),
            Anchor::Digits(_) => beginnings.digits = true,
            Anchor::Byte(set) | Anchor::Between { set, .. } => {
                beginnings.single = beginnings.single.or(*set);
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
    fn might_begin(&self, rest: &[u8], after_digit: bool) -> bool {
        let Some(first) = rest.first() else { return false };
        (self.digits && first.is_ascii_digit() && !after_digit)
            || self.single.has(*first)
            || (self.exact.first.has(*first) && self.exact.might_begin(rest))
            || (self.either_case.first.has(first.to_ascii_lowercase())
                && self.either_case.might_begin(&rest.to_ascii_lowercase()))
    }
}

impl Literals {
    fn insert(&mut self, literal: &[u8]) {
        for length in 1..=literal.len().min(UNSEEN) {
            insert(&mut self.heads, head(literal, length));
        }
        self.first = self.first.with(literal.get(..1).unwrap_or_default());
    }

    fn might_begin(&self, rest: &[u8]) -> bool {
        // No literal is shorter than what is unseen.
        self.heads.binary_search(&head(rest, rest.len())).is_ok()
    }
}

fn insert(sorted: &mut Vec<Head>, head: Head) {
    if let Err(place) = sorted.binary_search(&head) {
        sorted.insert(place, head);
    }
}

fn head(bytes: &[u8], length: usize) -> Head {
    let mut head = [0; UNSEEN];
    head.iter_mut().zip(bytes).take(length).for_each(|(slot, byte)| *slot = *byte);
    head
}
