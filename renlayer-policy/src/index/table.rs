//! The policies filed under one fact, by what its value is, begins with or ends in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::hash::{Ready, Rolling};
use super::key::Part;

/// Lists of policies by hash, and which lengths of a value are worth a look.
#[derive(Debug, Default)]
pub(super) struct Table {
    spans: HashMap<u64, Range<usize>, Ready>,
    lists: Box<[u32]>,
    all: Box<[u32]>,
    longest: usize,
    wholes: bool,
    beginnings: Box<[usize]>,
    ends: Box<[usize]>,
}

/// A table while policies are filed.
#[derive(Debug, Default)]
pub(super) struct Filling {
    lists: BTreeMap<u64, Vec<u32>>,
    all: Vec<u32>,
    longest: usize,
    wholes: bool,
    beginnings: BTreeSet<usize>,
    ends: BTreeSet<usize>,
}

impl Filling {
    /// Files `policy`; policies come in order.
    pub(super) fn add(&mut self, policy: u32, name: &str, part: Part, text: &[u8]) {
        match part {
            Part::Whole => (self.longest, self.wholes) = (self.longest.max(text.len()), true),
            Part::Beginning => drop(self.beginnings.insert(text.len())),
            Part::End => drop(self.ends.insert(text.len())),
        }
        let hash = match part {
            Part::End => text.iter().rev().fold(Rolling::of(name, part), |hash, byte| hash.with(*byte)),
            _ => text.iter().fold(Rolling::of(name, part), |hash, byte| hash.with(*byte)),
        };
        push(self.lists.entry(hash.finish()).or_default(), policy);
        push(&mut self.all, policy);
    }

    pub(super) fn finish(self) -> Table {
        let mut lists = Vec::new();
        let mut spans = HashMap::with_capacity_and_hasher(self.lists.len(), Ready::default());
        for (hash, list) in self.lists {
            let start = lists.len();
            lists.extend(list);
            spans.insert(hash, start..lists.len());
        }
        Table {
            spans,
            lists: lists.into(),
            all: self.all.into(),
            longest: self.longest,
            wholes: self.wholes,
            beginnings: self.beginnings.into_iter().collect(),
            ends: self.ends.into_iter().collect(),
        }
    }
}

fn push(list: &mut Vec<u32>, policy: u32) {
    if list.last() != Some(&policy) {
        list.push(policy);
    }
}

impl Table {
    /// Every policy in it, in order.
    pub(super) fn all(&self) -> &[u32] {
        &self.all
    }

    /// Shows `add` the lists that the value of `name` has a key of.
    pub(super) fn find<'t>(&'t self, name: &str, value: &[u8], add: &mut dyn FnMut(&'t [u32])) {
        if self.wholes && value.len() <= self.longest {
            let whole = value.iter().fold(Rolling::of(name, Part::Whole), |hash, byte| hash.with(*byte));
            self.look(whole, add);
        }
        self.walk(&self.beginnings, Rolling::of(name, Part::Beginning), value.iter(), add);
        self.walk(&self.ends, Rolling::of(name, Part::End), value.iter().rev(), add);
    }

    /// Looks where `bytes` come to one of `lengths`.
    fn walk<'t, 'b>(
        &'t self,
        lengths: &[usize],
        mut hash: Rolling,
        mut bytes: impl Iterator<Item = &'b u8>,
        add: &mut dyn FnMut(&'t [u32]),
    ) {
        let mut walked = 0;
        for length in lengths {
            while walked < *length {
                let Some(byte) = bytes.next() else { return };
                (hash, walked) = (hash.with(*byte), walked + 1);
            }
            self.look(hash, add);
        }
    }

    fn look<'t>(&'t self, hash: Rolling, add: &mut dyn FnMut(&'t [u32])) {
        let span = self.spans.get(&hash.finish()).cloned();
        if let Some(list) = span.and_then(|span| self.lists.get(span)) {
            add(list);
        }
    }
}
