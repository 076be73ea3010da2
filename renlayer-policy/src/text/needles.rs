//! Collects needles while policies are compiled.

use std::collections::HashMap;

use aho_corasick::BuildError;

use super::find::{TextIndex, Wanted};
use super::fold::fold;
use crate::error::Fault;
use crate::glob::Case;

/// Longest text looked for, in bytes.
const MAX_NEEDLE: usize = 4_096;

/// Most text looked for by one set of policies, in bytes.
const MAX_TOTAL: usize = 16 << 20;

/// A text that some policy looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Needle(pub(super) usize);

impl Needle {
    /// Its place among the needles of its set.
    pub(crate) fn index(self) -> usize {
        self.0
    }
}

/// The needles of a set so far.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    ids: HashMap<(String, Case), Needle>,
    places: HashMap<String, usize>,
    wanted: Vec<Vec<Wanted>>,
    bytes: usize,
}

impl Needles {
    pub(crate) fn add(&mut self, text: &str, case: Case) -> Result<Needle, Fault> {
        if text.is_empty() {
            return Err("an empty text is contained in everything".into());
        }
        if text.len() > MAX_NEEDLE {
            return Err(format!("text is longer than {MAX_NEEDLE} bytes").into());
        }
        let folded = fold(text).into_owned();
        let key = if case == Case::Exact { text.to_owned() } else { folded.clone() };
        let next = Needle(self.ids.len());
        let needle = *self.ids.entry((key, case)).or_insert(next);
        if needle == next {
            self.bytes += text.len();
            let exact = (case == Case::Exact).then(|| text.into());
            self.want(folded, Wanted { needle, exact });
        }
        if self.bytes > MAX_TOTAL {
            return Err(format!("all policies together look for more than {MAX_TOTAL} bytes of text").into());
        }
        Ok(needle)
    }

    /// Has `wanted` looked at where the walk finds `folded`.
    fn want(&mut self, folded: String, wanted: Wanted) {
        let next = self.wanted.len();
        let at = *self.places.entry(folded).or_insert(next);
        match self.wanted.get_mut(at) {
            Some(others) => others.push(wanted),
            None => self.wanted.push(vec![wanted]),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn build(self) -> Result<TextIndex, BuildError> {
        let mut folded: Vec<_> = self.places.into_iter().collect();
        folded.sort_unstable_by_key(|(_, at)| *at);
        let folded: Vec<_> = folded.into_iter().map(|(text, _)| text).collect();
        TextIndex::new(&folded, self.wanted, self.ids.len())
    }
}
