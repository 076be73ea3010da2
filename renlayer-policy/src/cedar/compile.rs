//! From texts to policies: each with our id, valid against the schema, and known for what it reads.
//!
//! The parser recurses, so this runs on a thread whose stack holds the deepest text that the [scan](super::text) lets
//! through; and a panic of the parser ends there too.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use cedar_policy::{Effect, Policy, PolicyId as CedarId, PolicySet, Schema, ValidationMode, Validator};
use serde::{Deserialize, Serialize};

use super::error::{CedarError, Fault};
use super::reads::Reads;
use super::scope::Scope;
use super::text::statements;
use crate::PolicyId;

/// The schema that policies are valid against.
pub const SCHEMA: &str = include_str!("renlayer.cedarschema");

/// The most policies of a tenant.
pub(super) const MAX_POLICIES: usize = 10_000;

/// The stack that a text of the greatest depth needs, several times over.
const STACK: usize = 128 << 20;

/// The annotation that marks what a policy permits.
const FLAG: &str = "flag";

/// The annotation that says what a caller is told.
const MESSAGE: &str = "message";

/// Cedar policies as they are written. A text with one policy gives it its name as id; of several, they are `name#1`, `name#2`
/// and so on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CedarText {
    /// Its name.
    pub name: String,
    /// The policies.
    pub text: String,
}

/// One policy, compiled.
pub(super) struct Compiled {
    pub(super) id: PolicyId,
    pub(super) policy: Policy,
    pub(super) scope: Scope,
    pub(super) reads: Reads,
    pub(super) flags: bool,
    pub(super) message: Option<Arc<str>>,
}

/// Where a policy stands.
#[derive(Clone, Copy)]
struct Place<'t> {
    text: usize,
    start: usize,
    source: &'t str,
}

/// Compiles `texts`, which may name these groups, on a thread of its own.
pub(super) fn compile(
    texts: Vec<CedarText>,
    groups: BTreeSet<String>,
) -> Result<Vec<Compiled>, Vec<CedarError>> {
    let compiled = on_deep_stack(|| Ok(of_texts(&texts, &groups)));
    compiled.unwrap_or_else(|reason| Err(vec![of_all(reason)]))
}

/// Does `work` on a thread whose stack holds the deepest text. Says why where that fails or panics.
pub(super) fn on_deep_stack<T: Send>(work: impl FnOnce() -> Result<T, String> + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("cedar".into()).stack_size(STACK);
        let thread =
            thread.spawn_scoped(scope, work).map_err(|error| format!("no thread to read it on: {error}"))?;
        thread.join().map_err(|_| "the parser gave up".to_owned())?
    })
}

/// An error that only all texts together have.
pub(super) fn of_all(reason: impl std::fmt::Display) -> CedarError {
    Fault::new(0, reason).within("*", 0, "")
}

fn of_texts(texts: &[CedarText], groups: &BTreeSet<String>) -> Result<Vec<Compiled>, Vec<CedarError>> {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|error| vec![of_all(error)])?;
    let validator = Validator::new(schema);
    let (mut compiled, mut errors, mut places) = (Vec::new(), Vec::new(), HashMap::new());
    for (index, text) in texts.iter().enumerate() {
        let found = match statements(&text.text) {
            Ok(found) if found.is_empty() => {
                Err(Fault::new(0, "holds no policy: `permit (principal, action, resource);`"))
            }
            found => found,
        };
        let found = found.map_err(|fault| errors.push(fault.within(&text.name, index, &text.text)));
        let found = found.unwrap_or_default();
        for (nth, statement) in found.iter().enumerate() {
            let id = if found.len() == 1 { text.name.clone() } else { format!("{}#{}", text.name, nth + 1) };
            let place = Place { text: index, start: statement.start, source: &text.text };
            let policy = policy(&id, statement.source, &validator, groups).and_then(|policy| {
                match places.insert(id.clone(), index) {
                    None => Ok(policy),
                    Some(_) => {
                        Err(Fault::new(0, "there is a policy of this id already; rename one of their texts"))
                    }
                }
            });
            match policy {
                Ok(policy) => compiled.push(policy),
                Err(fault) => errors.push(place.error(&id, fault)),
            }
        }
        if compiled.len() > MAX_POLICIES {
            return Err(vec![of_all(format!("there are more than {MAX_POLICIES} policies"))]);
        }
    }
    if errors.is_empty() { Ok(compiled) } else { Err(errors) }
}

fn policy(
    id: &str,
    source: &str,
    validator: &Validator,
    groups: &BTreeSet<String>,
) -> Result<Compiled, Fault> {
    let policy = Policy::parse(Some(CedarId::new(id)), source)
        .map_err(|errors| errors.iter().next().map_or_else(|| Fault::new(0, "cannot be read"), Fault::of))?;
    validate(&policy, validator)?;
    known(&policy, groups)?;
    let json = policy.to_json().map_err(|error| Fault::new(0, error))?;
    let reads = Reads::of(&json)?;
    let flags = flags(&policy)?;
    let message = policy.annotation(MESSAGE).filter(|message| !message.is_empty()).map(Into::into);
    Ok(Compiled { id: id.into(), scope: Scope::of(&policy), reads, flags, message, policy })
}

/// What only draws a warning is refused too: a policy that can never apply is one that was meant otherwise.
fn validate(policy: &Policy, validator: &Validator) -> Result<(), Fault> {
    let set = PolicySet::from_policies([policy.clone()]).map_err(|error| Fault::of(&error))?;
    let result = validator.validate(&set, ValidationMode::Strict);
    if let Some(error) = result.validation_errors().next() {
        return Err(Fault::of(error));
    }
    result.validation_warnings().next().map_or(Ok(()), |warning| Err(Fault::of(warning)))
}

/// A policy about a group that is none would never apply, whatever it forbids.
fn known(policy: &Policy, groups: &BTreeSet<String>) -> Result<(), Fault> {
    let named = policy.entity_literals().into_iter().filter(|uid| uid.type_name().to_string() == "Group");
    let mut unknown = named.filter(|uid| !groups.contains(uid.id().unescaped()));
    unknown
        .next()
        .map_or(Ok(()), |group| Err(Fault::new(0, format!("{group} is not declared; declare the group"))))
}

/// Whether a policy marks what it permits.
fn flags(policy: &Policy) -> Result<bool, Fault> {
    let close = policy.annotations().find(|(name, _)| name.eq_ignore_ascii_case(FLAG) && *name != FLAG);
    if let Some((name, _)) = close {
        return Err(Fault::new(0, format!("unknown annotation `@{name}`; did you mean `@flag`?")));
    }
    let flags = policy.annotation(FLAG).is_some();
    if flags && policy.effect() == Effect::Forbid {
        return Err(Fault::new(
            0,
            "`@flag` marks what is permitted, and a forbid permits nothing; take it off",
        ));
    }
    Ok(flags)
}

// === impl Compiled ===

impl Compiled {
    pub(super) fn permits(&self) -> bool {
        self.policy.effect() == Effect::Permit
    }

    /// Whether its head is all of it.
    pub(super) fn unconditional(&self) -> bool {
        !self.policy.has_non_scope_constraint()
    }

    /// What it says, however it is called: equal where two are written alike.
    pub(super) fn meaning(&self) -> String {
        let mut written = self.policy.to_json().unwrap_or_default();
        written.as_object_mut().map(|members| members.remove("annotations"));
        format!("{} {written}", self.flags)
    }
}

// === impl Place ===

impl Place<'_> {
    fn error(self, id: &str, fault: Fault) -> CedarError {
        fault.after(self.start).within(id, self.text, self.source)
    }
}
