//! A solver's model as a call: judged by Cedar, and told in its terms.

use cedar_policy::{Authorizer, Decision, Entities, EntityUid, EvalResult, Policy, PolicySet, Request};
use serde_json::Value;

use super::example::CedarExample;
use crate::cedar::names::named;
use crate::cedar::reads::Reads;

/// The call of `request`, with what `policies` look at.
pub(super) fn example<'p>(
    request: &Request,
    entities: &Entities,
    policies: impl IntoIterator<Item = &'p Policy>,
) -> CedarExample {
    let mut reads = Reads::default();
    let written = policies.into_iter().filter_map(|policy| Reads::of(&policy.to_json().ok()?).ok());
    written.for_each(|of_one| reads.join(&of_one));
    let mut stands_in: Vec<String> = request
        .principal()
        .and_then(|principal| entities.ancestors(principal))
        .map(|groups| groups.map(ToString::to_string).collect())
        .unwrap_or_default();
    stands_in.sort();
    CedarExample {
        principal: shown(request.principal(), entities),
        stands_in,
        action: request.action().map(ToString::to_string).unwrap_or_default(),
        resource: shown(request.resource(), entities),
        context: facts(request, entities, &reads),
    }
}

/// Whether `new` policies permit a call that `old` ones do not, by Cedar's own judgement. One that errs refuses.
pub(super) fn newly_permitted(
    request: &Request,
    entities: &Entities,
    new: &PolicySet,
    old: &PolicySet,
) -> bool {
    let permitted = |policies: &PolicySet| permitted(request, entities, policies) == Some(true);
    permitted(new) && !permitted(old)
}

/// Whether `policies` permit a call; nothing where one of them cannot be evaluated.
pub(super) fn permitted(request: &Request, entities: &Entities, policies: &PolicySet) -> Option<bool> {
    let response = Authorizer::new().is_authorized(request, policies, entities);
    let errs = response.diagnostics().errors().next().is_some();
    (!errs).then(|| response.decision() == Decision::Allow)
}

/// An entity by the id that follows from its name. A solver makes ids up, save those that policies name.
fn shown(uid: Option<&EntityUid>, entities: &Entities) -> String {
    let Some(uid) = uid else { return String::new() };
    let attribute = |name: &str| match entities.get(uid)?.attr(name)?.ok()? {
        EvalResult::String(text) => Some(text),
        _ => None,
    };
    let id = match uid.type_name().to_string().as_str() {
        "Upstream" => attribute("host"),
        "McpTool" => {
            attribute("server").zip(attribute("name")).map(|(server, name)| format!("{server}/{name}"))
        }
        _ => attribute("name"),
    };
    id.map_or_else(|| uid.to_string(), |id| named(uid.type_name(), &id).to_string())
}

fn facts(request: &Request, entities: &Entities, reads: &Reads) -> Vec<(String, String)> {
    let context = request.context().and_then(|context| context.to_json_value().ok());
    let mut facts = Vec::new();
    flatten("", &context.unwrap_or_default(), &mut facts);
    facts.retain(|(name, _)| {
        let mut steps = name.split('.');
        let (first, second) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
        first != "headers" && reads.has(first) && (first != "body" || reads.has(&format!("body.{second}")))
    });
    let calls = entities.iter().filter(|entity| entity.uid().type_name().to_string() == "Headers");
    for entity in calls {
        for name in &reads.headers {
            if let Some(Ok(values)) = entity.tag(name) {
                facts.push((format!("headers.{name}"), values.to_string()));
            }
        }
    }
    facts.sort();
    facts
}

/// The values in a record by their paths.
fn flatten(path: &str, value: &Value, facts: &mut Vec<(String, String)>) {
    let Value::Object(members) = value else {
        facts.push((path.to_owned(), value.to_string()));
        return;
    };
    for (name, value) in members {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        flatten(&path, value, facts);
    }
}
