//! A tenant's Cedar policies, compiled: facts in, decision out.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use cedar_policy::{
    AuthorizationError, Authorizer, Decision, Entities, EntityUid, PolicyId as CedarId, Request, Response,
};

use super::compile::{CedarText, Compiled, compile, of_all};
use super::context::{Inexpressible, context, entities};
use super::decision::{CedarCheck, CedarDecided, CedarDecision, CedarVerdict};
use super::directory::Directory;
use super::error::CedarError;
use super::names::{Names, named};
use super::question::{Question, calls_tools, questions};
use super::slice::{Slice, Slices};
use crate::facts::Facts;
use crate::url;

/// Compiled Cedar policies; cheap to clone.
#[derive(Clone)]
pub struct CedarSet(Arc<Inner>);

struct Inner {
    all: Vec<Compiled>,
    by_id: HashMap<CedarId, usize>,
    slices: Slices,
    directory: Directory,
    names: Names,
    authorizer: Authorizer,
}

/// What one question waits for.
struct NeedsFindings;

// === impl CedarSet ===

impl CedarSet {
    /// Compiles `texts`, for the agents and groups of `directory`. All that is wrong is reported at once.
    pub fn compile(texts: Vec<CedarText>, directory: Directory) -> Result<Self, Vec<CedarError>> {
        let groups = directory.groups.keys().cloned().collect();
        let all = compile(texts, groups)?;
        if let Some(group) = directory.cycle() {
            return Err(vec![of_all(format!("the group `{group}` stands in itself"))]);
        }
        let names = Names::new().map_err(|fault| vec![of_all(fault.reason)])?;
        let slices = Slices::new(&all, &directory, &names)
            .map_err(|Inexpressible| vec![of_all("agents and groups cannot be told to Cedar")])?;
        let by_id =
            all.iter().enumerate().map(|(place, compiled)| (compiled.policy.id().clone(), place)).collect();
        let authorizer = Authorizer::new();
        Ok(Self(Arc::new(Inner { all, by_id, slices, directory, names, authorizer })))
    }

    /// Judges a call: whether it may be made, and every tool that it calls be called.
    pub fn decide(&self, facts: &Facts<'_>) -> CedarDecided {
        let mut checks = Vec::new();
        for question in questions(facts) {
            match self.0.answer(&question, facts) {
                Ok(check) => checks.push(check),
                Err(NeedsFindings) => return CedarDecided::NeedsFindings,
            }
        }
        // Which tools are called is not known either.
        if calls_tools(facts) && facts.unreadable.is_some() {
            let resource = "Tool".to_owned();
            checks.push(CedarCheck::new("call_tool", resource, CedarVerdict::Error));
        }
        CedarDecided::Final(CedarDecision { checks })
    }

    pub(super) fn all(&self) -> &[Compiled] {
        &self.0.all
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.0.directory
    }

    /// How many policies there are.
    pub fn len(&self) -> usize {
        self.0.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.all.is_empty()
    }
}

impl fmt::Debug for CedarSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CedarSet").field("policies", &self.len()).finish()
    }
}

// === impl Inner ===

impl Inner {
    fn answer(&self, question: &Question<'_>, facts: &Facts<'_>) -> Result<CedarCheck, NeedsFindings> {
        let agent = facts.agent_name.or(facts.agent_id).unwrap_or_default();
        let resource = self.names.resource(question.kind, &question.id);
        let shown = resource.to_string();
        let asked = CedarCheck::new(question.action.as_str(), shown, CedarVerdict::Error);
        let slice = self.slices.find(&self.all, &self.directory, &self.names, agent, question, &resource);
        let Ok(slice) = slice else { return Ok(asked) };
        if slice.reads.has("findings") && facts.findings.is_none() {
            return Err(NeedsFindings);
        }
        if slice.is_empty() {
            return Ok(CedarCheck { verdict: CedarVerdict::NoPermit, ..asked });
        }
        Ok(self.ask(&slice, agent, question, &resource, facts).map_or(asked.clone(), |answers| {
            // A path that reads two ways must be permitted in both.
            let strictest = answers.iter().max_by_key(|response| self.verdict(response));
            strictest.map_or(asked.clone(), |response| self.told(asked, response))
        }))
    }

    /// The answers of Cedar, one for each way to read the path where policies look at it.
    fn ask(
        &self,
        slice: &Slice,
        agent: &str,
        question: &Question<'_>,
        resource: &EntityUid,
        facts: &Facts<'_>,
    ) -> Result<Vec<Response>, Inexpressible> {
        let entities = self.entities(slice, agent, question, resource, facts)?;
        let mut paths = Vec::new();
        url::readings(facts.upstream.path, |path| paths.push(path.to_owned()));
        if !slice.reads.has("upstream") {
            paths.truncate(1);
        }
        let answer = |path: &String| {
            let principal = named(&self.names.agent, agent);
            let context = context(&slice.reads, facts, path, &self.names)?;
            let action = self.names.action(question.action);
            let request = Request::new(principal, action, resource.clone(), context, None);
            let request = request.map_err(|_| Inexpressible)?;
            Ok(self.authorizer.is_authorized(&request, &slice.policies, &entities))
        };
        paths.iter().map(answer).collect()
    }

    fn entities(
        &self,
        slice: &Slice,
        agent: &str,
        question: &Question<'_>,
        resource: &EntityUid,
        facts: &Facts<'_>,
    ) -> Result<Arc<Entities>, Inexpressible> {
        let known = self.slices.entities(&self.directory, &self.names, agent)?;
        let own = entities(&slice.reads, facts, question, resource, &self.names)?;
        if own.is_empty() {
            return Ok(known);
        }
        let all = Entities::clone(&known).add_entities(own, None).map_err(|_| Inexpressible)?;
        Ok(Arc::new(all))
    }

    fn verdict(&self, response: &Response) -> CedarVerdict {
        let diagnostics = response.diagnostics();
        let determined = diagnostics.reason().next().is_some();
        // A policy that errs is skipped, a forbid too: what the others say is then not the whole answer.
        match response.decision() {
            _ if diagnostics.errors().next().is_some() => CedarVerdict::Error,
            Decision::Deny if determined => CedarVerdict::Forbid,
            Decision::Deny => CedarVerdict::NoPermit,
            Decision::Allow
                if diagnostics.reason().any(|id| self.get(id).is_none_or(|policy| policy.flags)) =>
            {
                CedarVerdict::Flag
            }
            Decision::Allow => CedarVerdict::Permit,
        }
    }

    /// The answer with the policies that determine it, in the order in which they are written.
    fn told(&self, asked: CedarCheck, response: &Response) -> CedarCheck {
        let verdict = self.verdict(response);
        let diagnostics = response.diagnostics();
        let mut places: Vec<usize> = match verdict {
            CedarVerdict::Error => {
                diagnostics.errors().filter_map(|error| self.by_id.get(erring(error)).copied()).collect()
            }
            _ => diagnostics.reason().filter_map(|id| self.by_id.get(id).copied()).collect(),
        };
        places.sort_unstable();
        let compiled = || places.iter().filter_map(|place| self.all.get(*place));
        let message = compiled().find_map(|compiled| compiled.message.clone());
        let message = message.filter(|_| verdict == CedarVerdict::Forbid);
        CedarCheck {
            verdict,
            policies: compiled().map(|compiled| compiled.id.clone()).collect(),
            message,
            ..asked
        }
    }

    fn get(&self, id: &CedarId) -> Option<&Compiled> {
        self.all.get(*self.by_id.get(id)?)
    }
}

fn erring(error: &AuthorizationError) -> &CedarId {
    match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id(),
    }
}
