//! Who belongs where: agents in groups, groups in groups, all of them in their tenant.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use cedar_policy::{Entities, Entity, EntityUid, RestrictedExpression};

use serde::{Deserialize, Serialize};

use super::context::Inexpressible;
use super::names::{Names, named};

/// The agents and groups that Cedar policies speak of by membership; agents that are not in it are in the tenant alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// The tenant's id.
    #[serde(skip)]
    pub tenant: String,
    /// Agents by name, and the groups that each stands in.
    pub agents: BTreeMap<String, Vec<String>>,
    /// Groups by name, and the groups that each stands in.
    pub groups: BTreeMap<String, Vec<String>>,
}

// === impl Directory ===

impl Directory {
    /// A group that stands in itself, by way of others or not.
    pub fn cycle(&self) -> Option<&str> {
        self.groups
            .iter()
            .find(|(name, parents)| self.above(parents).contains(name.as_str()))
            .map(|(name, _)| &**name)
    }

    /// All groups that stand above, at any distance.
    fn above<'d>(&'d self, parents: &'d [String]) -> BTreeSet<&'d str> {
        let mut above = BTreeSet::new();
        let mut next: Vec<&str> = parents.iter().map(String::as_str).collect();
        while let Some(group) = next.pop() {
            if above.insert(group) {
                next.extend(self.groups.get(group).into_iter().flatten().map(String::as_str));
            }
        }
        above
    }

    /// The agents that stand in groups, each with all of these.
    pub(super) fn memberships(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let all = self.agents.iter().map(|(agent, groups)| (agent.as_str(), self.above(groups)));
        all.filter(|(_, groups)| !groups.is_empty()).collect()
    }

    fn groups_of(&self, agent: &str) -> &[String] {
        self.agents.get(agent).map_or(&[], Vec::as_slice)
    }

    /// What an agent is, equals or stands in; of a call without an identity that is nothing but itself.
    pub(super) fn identities(&self, agent: &str, names: &Names) -> HashSet<EntityUid> {
        let mut identities = HashSet::from([named(&names.agent, agent)]);
        if !agent.is_empty() {
            identities.insert(named(&names.tenant, &self.tenant));
            let above = self.above(self.groups_of(agent));
            identities.extend(above.into_iter().map(|group| named(&names.group, group)));
        }
        identities
    }

    /// An agent and all that it stands in.
    pub(super) fn entities(&self, agent: &str, names: &Names) -> Result<Entities, Inexpressible> {
        let uid = named(&names.agent, agent);
        let mut parents = self.identities(agent, names);
        parents.remove(&uid);
        let others = parents.iter().cloned().map(Entity::with_uid).collect::<Vec<_>>();
        let name = RestrictedExpression::new_string(agent.to_owned());
        let agent = Entity::new(uid, HashMap::from([("name".to_owned(), name)]), parents);
        let all = others.into_iter().chain([agent.map_err(|_| Inexpressible)?]);
        Entities::from_entities(all, None).map_err(|_| Inexpressible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(groups: &[(&str, &[&str])]) -> Directory {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let groups = groups.iter().map(|(name, parents)| ((*name).to_owned(), owned(parents))).collect();
        Directory { tenant: "t".into(), groups, ..Directory::default() }
    }

    #[test]
    fn a_group_may_not_stand_in_itself() {
        assert_eq!(directory(&[("a", &["b"]), ("b", &["c"]), ("c", &[])]).cycle(), None);
        assert_eq!(directory(&[("a", &["a"])]).cycle(), Some("a"));
        assert_eq!(directory(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]).cycle(), Some("b"));
    }
}
