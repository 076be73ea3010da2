//! One call while it is judged: its facts, and what was worked out from them once for all policies.

use std::cell::OnceCell;

use crate::facts::Facts;
use crate::text::{Found, Needle, Pattern, Roles, TextIndex};

/// A call under judgement.
pub(crate) struct Call<'a> {
    pub(crate) facts: &'a Facts<'a>,
    texts: &'a TextIndex,
    found: OnceCell<Found>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(facts: &'a Facts<'a>, texts: &'a TextIndex) -> Self {
        Self { facts, texts, found: OnceCell::new() }
    }

    /// What the one pass over the prompt found; it is made when this is first asked.
    pub(crate) fn found(&self) -> &Found {
        self.found.get_or_init(|| self.texts.find(self.facts.messages))
    }

    /// Whether a message of one of `roles` contains `needle`.
    pub(crate) fn says(&self, needle: Needle, roles: Roles) -> bool {
        self.found().roles(needle).meet(roles)
    }

    /// Whether a message of one of `roles` matches `pattern`, which runs only where one of its needles was found.
    pub(crate) fn finds(&self, pattern: &Pattern, roles: Roles) -> bool {
        let near = pattern.needles().map(|needles| {
            needles.iter().fold(Roles::default(), |near, needle| near.or(self.found().roles(*needle)))
        });
        let mut messages = self
            .facts
            .messages
            .iter()
            .filter(|message| roles.has(message.role) && near.is_none_or(|near| near.has(message.role)));
        messages.any(|message| pattern.is_match(&message.text))
    }

    /// Whether what a body tells may be missing.
    pub(crate) fn unread(&self) -> bool {
        self.facts.unreadable.is_some()
    }
}
