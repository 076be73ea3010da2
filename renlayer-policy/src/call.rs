//! One call while it is judged: its facts, and what was worked out from them once for all policies.

use std::cell::OnceCell;

use crate::facts::Facts;
use crate::text::{Found, Needle, Roles, TextIndex};

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

    /// Whether a message of one of `roles` contains `needle`.
    pub(crate) fn says(&self, needle: Needle, roles: Roles) -> bool {
        let found = self.found.get_or_init(|| self.texts.find(self.facts.messages));
        found.roles(needle).meet(roles)
    }

    /// Whether what a body tells may be missing.
    pub(crate) fn unread(&self) -> bool {
        self.facts.unreadable.is_some()
    }
}
