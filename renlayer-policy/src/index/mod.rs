//! Which policies may match a call, found without asking each of them.
//!
//! A condition tells by which facts it can be found ([`Key`]s); a policy is filed under the condition whose keys are the
//! rarest in its set, and a call is looked up fact by fact. What comes back is every policy that may match, and some that do
//! not: each is still asked, so the index decides nothing. A fact that could not be read brings back every policy filed
//! under it, as its condition cannot be told then. `DESIGN.md` beside this file explains how.

mod build;
mod candidates;
mod facts;
mod hash;
mod key;
mod table;

#[cfg(test)]
mod tests;

pub(crate) use build::Filing;
pub(crate) use candidates::Candidates;
pub(crate) use key::{Choice, Fact, Key, Keys, one};

use crate::call::Call;
use table::Table;

/// Where every policy of a set is filed, by its place in the order.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Policies that no key finds.
    rest: Box<[u32]>,
    /// A table for each fact that some policy is filed under.
    tables: Vec<(Fact, Table)>,
    /// Names of the headers that some policy is filed under.
    headers: Vec<Box<str>>,
    /// Policies filed under a needle, by needle.
    needles: Vec<Box<[u32]>>,
    /// All of those.
    texts: Box<[u32]>,
}

impl Index {
    /// The policies that may match `call`, in order.
    pub(crate) fn candidates<'i, 'c>(&'i self, call: &'i Call<'c>) -> Candidates<'i, 'c> {
        let mut candidates = Candidates::new(self, call);
        candidates.add(&self.rest);
        for (fact, table) in &self.tables {
            if fact.is_open(call.facts) {
                candidates.add(table.all());
            } else {
                fact.each(call.facts, &self.headers, &mut |name, value| {
                    table.find(name, value, &mut |list| candidates.add(list));
                });
            }
        }
        candidates
    }

    /// Policies filed under needles that the prompt holds, or may hold.
    fn said<'i>(&'i self, call: &Call<'_>, mut add: impl FnMut(&'i [u32])) {
        if call.unread() {
            return add(&self.texts);
        }
        for needle in call.found().hits() {
            if let Some(list) = self.needles.get(needle.index()) {
                add(list);
            }
        }
    }
}
