//! What differs between two policies, or two sets of them: conditions and fields, not lines.
//!
//! What means the same is the same: a list in another order, one value or a list of one, a short form or the map it stands
//! for, a default that is written out. Policies are the same policy by id, or by name where either has no id.
//!
//! ```
//! use renlayer_policy::{Policy, diff::diff};
//!
//! let read = |model: &str| -> Result<Vec<Policy>, serde_json::Error> {
//!     serde_json::from_value(serde_json::json!([{ "name": "p", "match": { "model": model }, "action": "DENY" }]))
//! };
//! assert_eq!(diff(&read("gpt-4*")?, &read("gpt-4o*")?).to_string(), "~ p\n    match.model: gpt-4* → gpt-4o*\n");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod fields;
mod order;
mod words;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

pub use fields::{FieldChange, fields, values};

use crate::policy::{Policy, PolicyAction};

/// The differences of two sets of policies, in the order in which they are tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diff {
    /// What became of each policy that is not as it was.
    pub policies: Vec<PolicyChange>,
}

/// What became of a policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum PolicyChange {
    /// It is new.
    Added {
        /// Its name.
        name: String,
        /// What it does.
        action: PolicyAction,
        /// Its conditions and fields, as far as they are not defaults.
        fields: Vec<FieldChange>,
    },
    /// It is gone.
    Removed {
        /// Its name.
        name: String,
        /// What it did.
        action: PolicyAction,
    },
    /// It says something else, or is tried at another place among those that were there before.
    Changed {
        /// Its name, as it is now.
        name: String,
        /// What differs.
        fields: Vec<FieldChange>,
        /// Where it is tried, where others that were there before are tried in another order than before.
        #[serde(skip_serializing_if = "Option::is_none")]
        moved: Option<Move>,
    },
}

/// Another place in the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// Its place before, counted from 1.
    pub from: usize,
    /// Its place now.
    pub to: usize,
    /// The policy now tried just before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What differs between two sets of policies.
pub fn diff(before: &[Policy], after: &[Policy]) -> Diff {
    let (before, after) = (ordered(before), ordered(after));
    let pairs = pairs(&before, &after);
    let was: HashMap<usize, usize> = pairs.iter().map(|(was, is)| (*is, *was)).collect();
    let moved = order::moved(&pairs);
    let mut policies = Vec::new();
    for (place, policy) in after.iter().enumerate() {
        let old = was.get(&place).and_then(|was| Some((*was, *before.get(*was)?)));
        policies.extend(match old {
            None => Some(added(policy)),
            Some((from, old)) => {
                let moved = moved.contains(&place).then(|| Move {
                    from: from + 1,
                    to: place + 1,
                    after: place
                        .checked_sub(1)
                        .and_then(|place| after.get(place))
                        .map(|policy| policy.name.clone()),
                });
                changed(old, policy, moved)
            }
        });
    }
    let kept: Vec<usize> = pairs.iter().map(|(was, _)| *was).collect();
    let gone = before.iter().enumerate().filter(|(place, _)| !kept.contains(place));
    policies.extend(
        gone.map(|(_, policy)| PolicyChange::Removed { name: policy.name.clone(), action: policy.action }),
    );
    Diff { policies }
}

fn ordered(policies: &[Policy]) -> Vec<&Policy> {
    let mut ordered: Vec<_> = policies.iter().collect();
    ordered.sort_by(|a, b| (a.priority, &a.id).cmp(&(b.priority, &b.id)));
    ordered
}

/// Places of the same policy in both orders, by its place after.
fn pairs<'p>(before: &[&'p Policy], after: &[&'p Policy]) -> Vec<(usize, usize)> {
    let mut left: HashMap<(bool, &'p str), Vec<usize>> = HashMap::new();
    for (place, policy) in before.iter().enumerate().rev() {
        left.entry((true, policy.id.as_str())).or_default().push(place);
        left.entry((false, policy.name.as_str())).or_default().push(place);
    }
    let mut taken = vec![false; before.len()];
    let mut take = |by: bool, key: &'p str, fits: &dyn Fn(&Policy) -> bool| {
        let places = left.get_mut(&(by, key))?;
        let free = |place: &usize| {
            !taken.get(*place).copied().unwrap_or(true)
                && before.get(*place).is_some_and(|policy| fits(policy))
        };
        let at = places.iter().rposition(free)?;
        let place = places.remove(at);
        taken.get_mut(place).into_iter().for_each(|taken| *taken = true);
        Some(place)
    };
    let mut pairs = Vec::new();
    for (place, policy) in after.iter().enumerate() {
        let by_id = (!policy.id.is_empty()).then(|| take(true, policy.id.as_str(), &|_| true)).flatten();
        let unnamed = |old: &Policy| policy.id.is_empty() || old.id.is_empty();
        pairs.extend(by_id.or_else(|| take(false, &policy.name, &unnamed)).map(|was| (was, place)));
    }
    pairs
}

fn added(policy: &Policy) -> PolicyChange {
    PolicyChange::Added { name: policy.name.clone(), action: policy.action, fields: fields::written(policy) }
}

fn changed(old: &Policy, policy: &Policy, moved: Option<Move>) -> Option<PolicyChange> {
    let fields = fields(old, policy);
    (!fields.is_empty() || moved.is_some()).then(|| PolicyChange::Changed {
        name: policy.name.clone(),
        fields,
        moved,
    })
}

impl Diff {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.policies.iter().try_for_each(|change| change.fmt(f))
    }
}

impl fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (fields, moved) = match self {
            Self::Added { name, action, fields } => {
                writeln!(f, "+ {name} ({action})")?;
                (fields.as_slice(), None)
            }
            Self::Removed { name, action } => {
                writeln!(f, "- {name} ({action})")?;
                ([].as_slice(), None)
            }
            Self::Changed { name, fields, moved } => {
                writeln!(f, "~ {name}")?;
                (fields.as_slice(), moved.as_ref())
            }
        };
        fields.iter().try_for_each(|field| writeln!(f, "    {field}"))?;
        moved.map_or(Ok(()), |moved| writeln!(f, "    {moved}"))
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tried at place {}, before at {}", self.to, self.from)?;
        match &self.after {
            Some(name) => write!(f, ": now after `{name}`"),
            None => f.write_str(": now first"),
        }
    }
}
