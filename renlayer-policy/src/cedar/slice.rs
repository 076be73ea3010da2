//! Which policies may be about a call: found by their heads, and kept for the next call like it.
//!
//! A policy whose head does not fit is neither satisfied nor evaluated, so leaving it out changes nothing. The index files
//! policies by whom they are about; what it finds is narrowed by action and resource. The result is kept under a key of
//! three numbers: the agent, the action, and the resource if a head names it, otherwise its kind. Names that come with
//! calls and stand in no head share a number, so callers cannot fill the cache with what they make up.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use cedar_policy::{Entities, EntityUid, PolicySet};

use super::compile::Compiled;
use super::context::Inexpressible;
use super::directory::Directory;
use super::names::{Action, Kind, Names};
use super::question::Question;
use super::reads::Reads;
use super::scope::Resource;

/// The most slices that are kept, and the most policies in them together.
const MAX_SLICES: usize = 4_096;
const MAX_POLICIES: usize = 200_000;

/// The policies that may be about a question.
pub(super) struct Slice {
    pub(super) policies: PolicySet,
    pub(super) reads: Reads,
    length: usize,
}

/// All policies, by whom they are about.
pub(super) struct Slices {
    about_anyone: Vec<usize>,
    about: HashMap<EntityUid, Vec<usize>>,
    agents: HashMap<Box<str>, Known>,
    resources: HashMap<EntityUid, u32>,
    kept: RwLock<Kept>,
}

/// An agent that the directory or some policy names.
struct Known {
    number: u32,
    entities: Arc<Entities>,
}

#[derive(Default)]
struct Kept {
    slices: HashMap<Key, Arc<Slice>>,
    policies: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    agent: Agent,
    action: Action,
    kind: Kind,
    /// None for a resource that no head names.
    resource: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Agent {
    Known(u32),
    /// In the tenant, and nothing else is known of it.
    Other,
    Nobody,
}

// === impl Slices ===

impl Slices {
    pub(super) fn new(all: &[Compiled], directory: &Directory, names: &Names) -> Result<Self, Inexpressible> {
        let (mut about_anyone, mut about) = (Vec::new(), HashMap::<_, Vec<_>>::new());
        let mut resources = HashMap::new();
        for (place, compiled) in all.iter().enumerate() {
            match &compiled.scope.principal {
                Some(principal) => about.entry(principal.clone()).or_default().push(place),
                None => about_anyone.push(place),
            }
            if let Resource::This(resource) = &compiled.scope.resource {
                let number = u32::try_from(resources.len()).map_err(|_| Inexpressible)?;
                resources.entry(resource.clone()).or_insert(number);
            }
        }
        let named = about
            .keys()
            .filter(|uid| *uid.type_name() == names.agent)
            .map(|uid| uid.id().unescaped().to_owned());
        let known: HashSet<String> = named.chain(directory.agents.keys().cloned()).collect();
        let agents = known.into_iter().zip(0..).map(|(name, number)| {
            let entities = Arc::new(directory.entities(&name, names)?);
            Ok((name.into(), Known { number, entities }))
        });
        let agents = agents.collect::<Result<_, Inexpressible>>()?;
        Ok(Self { about_anyone, about, agents, resources, kept: RwLock::default() })
    }

    /// The policies that may be about a question of an agent.
    pub(super) fn find(
        &self,
        all: &[Compiled],
        directory: &Directory,
        names: &Names,
        agent: &str,
        question: &Question<'_>,
        resource: &EntityUid,
    ) -> Result<Arc<Slice>, Inexpressible> {
        let key = Key {
            agent: match self.agents.get(agent) {
                Some(known) => Agent::Known(known.number),
                None if agent.is_empty() => Agent::Nobody,
                None => Agent::Other,
            },
            action: question.action,
            kind: question.kind,
            resource: self.resources.get(resource).copied(),
        };
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner).slices.get(&key).cloned();
        if let Some(slice) = kept {
            return Ok(slice);
        }
        let action = names.action(question.action);
        let identities = directory.identities(agent, names);
        let places =
            self.about_anyone.iter().chain(identities.iter().filter_map(|uid| self.about.get(uid)).flatten());
        let fitting = places
            .filter_map(|place| all.get(*place))
            .filter(|compiled| compiled.scope.is_about(&action, question.kind.as_str(), resource));
        let slice = Arc::new(Slice::new(fitting)?);
        self.kept.write().unwrap_or_else(PoisonError::into_inner).keep(key, slice.clone());
        Ok(slice)
    }

    /// An agent and all that it stands in.
    pub(super) fn entities(
        &self,
        directory: &Directory,
        names: &Names,
        agent: &str,
    ) -> Result<Arc<Entities>, Inexpressible> {
        match self.agents.get(agent) {
            Some(known) => Ok(known.entities.clone()),
            None => directory.entities(agent, names).map(Arc::new),
        }
    }
}

// === impl Slice ===

impl Slice {
    fn new<'c>(compiled: impl Iterator<Item = &'c Compiled>) -> Result<Self, Inexpressible> {
        let (mut policies, mut reads, mut length) = (PolicySet::new(), Reads::default(), 0);
        for compiled in compiled {
            policies.add(compiled.policy.clone()).map_err(|_| Inexpressible)?;
            reads.join(&compiled.reads);
            length += 1;
        }
        Ok(Self { policies, reads, length })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }
}

// === impl Kept ===

impl Kept {
    /// Starts anew where there is no room.
    fn keep(&mut self, key: Key, slice: Arc<Slice>) {
        if self.slices.len() >= MAX_SLICES || self.policies + slice.length > MAX_POLICIES {
            *self = Self::default();
        }
        self.policies += slice.length;
        if let Some(before) = self.slices.insert(key, slice) {
            self.policies -= before.length;
        }
    }
}
