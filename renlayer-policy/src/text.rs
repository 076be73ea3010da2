//! All texts that policies look for in prompts, found in one pass.
//!
//! Each `contains` names a *needle*. The needles of a whole set go into two automata, one for those that mind case and one
//! for those that do not; a prompt is walked once by each, the first time some policy asks, and every further question is
//! a look into a table.

use std::borrow::Cow;
use std::collections::HashMap;

use aho_corasick::{AhoCorasick, BuildError};

use crate::error::Fault;
use crate::facts::{Message, Role};
use crate::glob::Case;

/// Longest text looked for, in bytes.
const MAX_NEEDLE: usize = 4_096;

/// Most text looked for by one set of policies, in bytes.
const MAX_TOTAL: usize = 16 << 20;

/// A text that some policy looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Needle(usize);

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roles(u8);

/// Collects needles while policies are compiled.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    ids: HashMap<(String, Case), Needle>,
    exact: Vec<(String, Needle)>,
    folded: Vec<(String, Needle)>,
    bytes: usize,
}

/// Finds all needles.
#[derive(Debug)]
pub(crate) struct TextIndex {
    exact: Finder,
    folded: Finder,
    needles: usize,
}

/// In messages of which roles each needle was found.
#[derive(Debug)]
pub(crate) struct Found(Vec<Roles>);

#[derive(Debug)]
struct Finder {
    automaton: Option<AhoCorasick>,
    needles: Vec<Needle>,
}

impl Roles {
    pub(crate) fn with(self, role: Role) -> Self {
        Self(self.0 | Self::bit(role))
    }

    pub(crate) fn has(self, role: Role) -> bool {
        self.0 & Self::bit(role) != 0
    }

    pub(crate) fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn bit(role: Role) -> u8 {
        match role {
            Role::System => 1,
            Role::User => 2,
            Role::Assistant => 4,
            Role::Tool => 8,
        }
    }
}

impl Needles {
    pub(crate) fn add(&mut self, text: &str, case: Case) -> Result<Needle, Fault> {
        if text.is_empty() {
            return Err("an empty text is contained in everything".into());
        }
        if text.len() > MAX_NEEDLE {
            return Err(format!("text is longer than {MAX_NEEDLE} bytes").into());
        }
        let text = match case {
            Case::Exact => text.to_owned(),
            Case::Ignored => fold(text).into_owned(),
        };
        let next = Needle(self.ids.len());
        let needle = *self.ids.entry((text.clone(), case)).or_insert(next);
        if needle == next {
            self.bytes += text.len();
            let list = if case == Case::Exact { &mut self.exact } else { &mut self.folded };
            list.push((text, needle));
        }
        if self.bytes > MAX_TOTAL {
            return Err(format!("all policies together look for more than {MAX_TOTAL} bytes of text").into());
        }
        Ok(needle)
    }

    pub(crate) fn build(self) -> Result<TextIndex, BuildError> {
        let needles = self.ids.len();
        Ok(TextIndex { exact: Finder::new(self.exact)?, folded: Finder::new(self.folded)?, needles })
    }
}

impl TextIndex {
    pub(crate) fn find(&self, messages: &[Message<'_>]) -> Found {
        let mut found = Found(vec![Roles::default(); self.needles]);
        for Message { role, text } in messages {
            self.exact.find(text, *role, &mut found);
            if self.folded.automaton.is_some() {
                self.folded.find(&fold(text), *role, &mut found);
            }
        }
        found
    }
}

impl Found {
    pub(crate) fn roles(&self, needle: Needle) -> Roles {
        self.0.get(needle.0).copied().unwrap_or_default()
    }
}

impl Finder {
    fn new(needles: Vec<(String, Needle)>) -> Result<Self, BuildError> {
        if needles.is_empty() {
            return Ok(Self { automaton: None, needles: Vec::new() });
        }
        let (texts, needles): (Vec<_>, Vec<_>) = needles.into_iter().unzip();
        Ok(Self { automaton: Some(AhoCorasick::new(texts)?), needles })
    }

    fn find(&self, text: &str, role: Role, found: &mut Found) {
        let Some(automaton) = &self.automaton else { return };
        for hit in automaton.find_overlapping_iter(text) {
            let needle = self.needles.get(hit.pattern().as_usize());
            if let Some(roles) = needle.and_then(|needle| found.0.get_mut(needle.0)) {
                *roles = roles.with(role);
            }
        }
    }
}

/// `text` without the difference of case: each character in lower case, and one sigma.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        let lower = text.chars().flat_map(char::to_lowercase);
        return Cow::Owned(lower.map(|c| if c == 'ς' { 'σ' } else { c }).collect());
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_needle_is_found_also_inside_another() {
        let mut needles = Needles::default();
        let wanted = [
            ("bluebird", Case::Exact, true),
            ("bird", Case::Exact, true),
            ("Bird", Case::Exact, false),
            ("BIRD", Case::Ignored, true),
            ("straße", Case::Ignored, true),
            ("ΟΔΟΣ", Case::Ignored, true),
            ("absent", Case::Ignored, false),
        ];
        let ids: Vec<_> = wanted.iter().map(|(text, case, _)| needles.add(text, *case).unwrap()).collect();
        assert_eq!(needles.add("bird", Case::Exact).unwrap(), ids[1]);
        let message = Message { role: Role::Tool, text: "the bluebird of Straße, οδος".into() };
        let found = needles.build().unwrap().find(&[message]);
        for ((text, _, expected), id) in wanted.iter().zip(ids) {
            assert_eq!(found.roles(id).has(Role::Tool), *expected, "{text}");
            assert!(!found.roles(id).has(Role::User));
        }
    }
}
