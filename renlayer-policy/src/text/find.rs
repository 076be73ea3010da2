//! The pass: one walk over each message that finds every needle in it.

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};

use super::Roles;
use super::fold::{Origins, fold};
use super::needles::Needle;
use crate::facts::{Message, Role};

/// Most memory of an automaton that has a row for each state; one with lists of edges, some times slower, takes a tenth.
const MAX_ROWS: usize = 48 << 20;

/// Finds all needles.
#[derive(Debug)]
pub(crate) struct TextIndex {
    automaton: Option<AhoCorasick>,
    /// For each text of the automaton, the needles that it may be.
    wanted: Vec<Vec<Wanted>>,
    needles: usize,
}

/// A needle, and how it is written where case matters.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) needle: Needle,
    pub(super) exact: Option<Box<str>>,
}

/// In messages of which roles each needle was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    roles: Vec<Roles>,
    hits: Vec<Needle>,
}

impl TextIndex {
    pub(super) fn new(
        folded: &[String],
        wanted: Vec<Vec<Wanted>>,
        needles: usize,
    ) -> Result<Self, BuildError> {
        if folded.is_empty() {
            return Ok(Self { automaton: None, wanted, needles });
        }
        let kind =
            if rows(folded) <= MAX_ROWS { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
        let automaton = AhoCorasick::builder().kind(Some(kind)).build(folded)?;
        Ok(Self { automaton: Some(automaton), wanted, needles })
    }

    pub(crate) fn find(&self, messages: &[Message<'_>]) -> Found {
        let Some(automaton) = self.automaton.as_ref().filter(|_| !messages.is_empty()) else {
            return Found::default();
        };
        let mut found = Found { roles: vec![Roles::default(); self.needles], hits: Vec::new() };
        for Message { role, text } in messages {
            let (folded, mut origins) = (fold(text), Origins::of(text));
            for hit in automaton.find_overlapping_iter(&*folded) {
                for wanted in self.wanted.get(hit.pattern().as_usize()).into_iter().flatten() {
                    if wanted.exact.as_ref().is_none_or(|exact| origins.ends(exact, hit.end())) {
                        found.add(wanted.needle, *role);
                    }
                }
            }
        }
        found
    }
}

impl Found {
    pub(crate) fn roles(&self, needle: Needle) -> Roles {
        self.roles.get(needle.0).copied().unwrap_or_default()
    }

    /// Every needle that was found.
    pub(crate) fn hits(&self) -> &[Needle] {
        &self.hits
    }

    fn add(&mut self, needle: Needle, role: Role) {
        let Some(roles) = self.roles.get_mut(needle.0) else { return };
        if *roles == Roles::default() {
            self.hits.push(needle);
        }
        *roles = roles.with(role);
    }
}

/// What an automaton of `texts` takes with a row for each state: a state for each beginning that some text has, a cell in it
/// for each byte that some text holds.
fn rows(texts: &[String]) -> usize {
    let mut sorted: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    sorted.sort_unstable();
    let (mut states, mut before, mut seen) = (1, [].as_slice(), [false; 256]);
    for text in sorted {
        let shared = text.iter().zip(before).take_while(|(a, b)| a == b).count();
        states += text.len() - shared;
        before = text;
        text.iter()
            .for_each(|byte| seen.iter_mut().skip((*byte).into()).take(1).for_each(|seen| *seen = true));
    }
    // A run of bytes that no text holds is one class; there is one at most between two that are held.
    let classes = 2 * seen.iter().filter(|seen| **seen).count() + 1;
    states * classes.min(256).next_power_of_two() * size_of::<u32>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Needles;
    use super::*;
    use crate::glob::Case;

    #[test]
    fn every_needle_is_found_also_inside_another() {
        let mut needles = Needles::default();
        let wanted = [
            ("bluebird", Case::Exact, true),
            ("bird", Case::Exact, true),
            ("Bird", Case::Exact, false),
            ("BIRD", Case::Ignored, true),
            ("straße", Case::Ignored, true),
            ("Straße", Case::Exact, true),
            ("straße", Case::Exact, false),
            ("ΟΔΟΣ", Case::Ignored, true),
            ("οδος", Case::Exact, true),
            ("absent", Case::Ignored, false),
        ];
        let ids: Vec<_> = wanted.iter().map(|(text, case, _)| needles.add(text, *case).unwrap()).collect();
        assert_eq!(needles.add("bird", Case::Exact).unwrap(), ids[1]);
        let message = Message { role: Role::Tool, text: "the bluebird of Straße, οδος".into() };
        let found = needles.build().unwrap().find(&[message]);
        for ((text, _, expected), id) in wanted.iter().zip(ids) {
            assert_eq!(found.roles(id).has(Role::Tool), *expected, "{text}");
            assert_eq!(found.hits().contains(&id), *expected, "{text}");
            assert!(!found.roles(id).has(Role::User));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Letters of one, two and three bytes, whose lower case is shorter, longer or another sigma.
        #[test]
        fn the_pass_finds_what_each_text_holds(
            wanted in prop::collection::vec(("[aAbKİςΣσßéÉ]{1,3}", any::<bool>()), 1..8),
            texts in prop::collection::vec("[aAbKkİςΣσßéÉ ]{0,12}", 0..3),
        ) {
            let mut needles = Needles::default();
            let case = |exact| if exact { Case::Exact } else { Case::Ignored };
            let ids: Vec<_> = wanted.iter().map(|(text, exact)| needles.add(text, case(*exact)).unwrap()).collect();
            let messages: Vec<_> = texts.iter().map(|text| Message { role: Role::User, text: text.into() }).collect();
            let found = needles.build().unwrap().find(&messages);
            for ((needle, exact), id) in wanted.iter().zip(ids) {
                let holds = |text: &String| match exact {
                    true => text.contains(needle),
                    false => fold(text).contains(&*fold(needle)),
                };
                prop_assert_eq!(found.roles(id).has(Role::User), texts.iter().any(holds), "{}", needle);
            }
        }
    }
}
