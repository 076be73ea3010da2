//! All texts that policies look for in prompts, found in one pass.
//!
//! Each `contains` names a *needle*, and each `regex` names those of which every match holds one, where it has any. The
//! needles of a whole set go into one automaton over text without its case; a prompt is walked once by it, the first time
//! some policy asks, and every further question is a look into a table. A needle that minds case is compared with the
//! prompt where the walk found it. A pattern runs only over messages in whose role one of its needles was found; one that
//! has no needles runs wherever it is asked for.

mod find;
mod fold;
mod literals;
mod needles;
mod pattern;

pub(crate) use find::{Found, TextIndex};
pub(crate) use fold::fold;
pub(crate) use literals::required;
pub(crate) use needles::{Needle, Needles};
pub(crate) use pattern::Pattern;

use crate::facts::Role;

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roles(u8);

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

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
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
