//! The lists that a call was found in, walked as one: in order, each policy once, no further than who asks goes on.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Index;
use crate::call::Call;

/// Policies that may match a call, in order.
pub(crate) struct Candidates<'i, 'c> {
    index: &'i Index,
    call: &'i Call<'c>,
    /// The next of each list, and what follows it.
    heads: BinaryHeap<Reverse<(u32, &'i [u32])>>,
    /// The first policy filed under a needle, until the prompt is walked: no sooner than it would be this one's turn.
    unwalked: Option<u32>,
    last: Option<u32>,
}

impl<'i, 'c> Candidates<'i, 'c> {
    pub(super) fn new(index: &'i Index, call: &'i Call<'c>) -> Self {
        let unwalked = index.texts.first().copied();
        Self { index, call, heads: BinaryHeap::new(), unwalked, last: None }
    }

    pub(super) fn add(&mut self, list: &'i [u32]) {
        if let Some((first, rest)) = list.split_first() {
            self.heads.push(Reverse((*first, rest)));
        }
    }

    fn walk_prompt(&mut self) {
        let heads = &mut self.heads;
        self.index.said(self.call, |list| {
            if let Some((first, rest)) = list.split_first() {
                heads.push(Reverse((*first, rest)));
            }
        });
    }

    fn pop(&mut self) -> Option<u32> {
        let next = self.heads.peek().map(|Reverse((next, _))| *next);
        if self.unwalked.is_some_and(|first| next.is_none_or(|next| first <= next)) {
            self.unwalked = None;
            self.walk_prompt();
        }
        let Reverse((next, rest)) = self.heads.pop()?;
        self.add(rest);
        Some(next)
    }
}

impl Iterator for Candidates<'_, '_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            let next = self.pop()?;
            if self.last.replace(next) != Some(next) {
                return Some(next);
            }
        }
    }
}
