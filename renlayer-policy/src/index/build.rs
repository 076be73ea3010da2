//! Files the policies of a set: all are looked at before any is filed, so that each goes where the fewest others are.

use std::collections::{BTreeMap, HashMap};

use super::Index;
use super::key::{Choice, Fact, Key, Keys};
use super::table::Filling;

/// As many policies may share a key before a text in the prompt is the better one: to look for a text, the whole prompt must
/// be walked.
const BEFORE_TEXTS: usize = 32;

/// The policies of a set while they are compiled.
#[derive(Debug, Default)]
pub(crate) struct Filing {
    /// For each policy that takes part, by its place: the conditions it can be found by, each with its values.
    policies: Vec<(u32, Vec<Vec<Choice>>)>,
}

impl Filing {
    /// Takes in a policy; policies come in order.
    pub(crate) fn add(&mut self, place: u32, conditions: Vec<Vec<Choice>>) {
        self.policies.push((place, conditions));
    }

    pub(crate) fn finish(self, needles: usize) -> Index {
        let counts = self.counts();
        let mut rest = Vec::new();
        let mut tables: BTreeMap<Fact, Filling> = BTreeMap::new();
        let (mut headers, mut said, mut texts) = (Vec::new(), vec![Vec::new(); needles], Vec::new());
        for (place, conditions) in &self.policies {
            let Some(keys) = rarest(conditions, &counts) else {
                rest.push(*place);
                continue;
            };
            for key in keys {
                match key {
                    Key::Value { fact, name, part, text } => {
                        if *fact == Fact::Header {
                            headers.push(name.clone());
                        }
                        tables.entry(*fact).or_default().add(*place, name, *part, text);
                    }
                    Key::Needle(needle) => {
                        said.get_mut(*needle).into_iter().for_each(|list| list.push(*place));
                        texts.push(*place);
                    }
                }
            }
        }
        headers.sort_unstable();
        headers.dedup();
        texts.dedup();
        Index {
            rest: rest.into(),
            tables: tables.into_iter().map(|(fact, table)| (fact, table.finish())).collect(),
            headers,
            needles: said
                .into_iter()
                .map(|mut list| {
                    list.dedup();
                    list.into()
                })
                .collect(),
            texts: texts.into(),
        }
    }

    /// How many policies each key could be used for.
    fn counts(&self) -> HashMap<&Key, usize> {
        let mut counts = HashMap::new();
        let conditions = self.policies.iter().flat_map(|(_, conditions)| conditions);
        for key in conditions.flatten().flatten().flatten() {
            *counts.entry(key).or_default() += 1;
        }
        counts
    }
}

/// The keys of the condition that the fewest other policies share.
fn rarest<'p>(conditions: &'p [Vec<Choice>], counts: &HashMap<&Key, usize>) -> Option<Vec<&'p Key>> {
    let found = conditions.iter().filter_map(|values| {
        let values: Option<Vec<_>> = values.iter().map(|choice| cheapest(choice, counts)).collect();
        let values = values?;
        Some((values.iter().map(|(cost, _)| cost).sum::<usize>(), values))
    });
    let (_, values) = found.min_by_key(|(cost, _)| *cost)?;
    Some(values.into_iter().flat_map(|(_, keys)| keys).collect())
}

fn cheapest<'p>(choice: &'p Choice, counts: &HashMap<&Key, usize>) -> Option<(usize, &'p Keys)> {
    let cost = |key: &Key| {
        let shared = counts.get(key).copied().unwrap_or_default();
        if matches!(key, Key::Needle(_)) { shared + BEFORE_TEXTS } else { shared }
    };
    choice.iter().map(|keys| (keys.iter().map(cost).sum(), keys)).min_by_key(|(cost, _)| *cost)
}
