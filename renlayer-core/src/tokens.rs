//! Counting tokens where nobody tells how many there are: an estimate of four bytes to a token, rounded up, which is near for
//! English. Everything that counts goes through here, so that a tokenizer can take its place.
//!
//! None does yet. One of a single maker's vocabularies takes 6 to 35 MB of the program, 50 to 70 MB of memory, a noticeable
//! time to begin and 100 ns for each byte of every prompt, and would still guess for all other makers; and whatever is counted
//! here is settled on the provider's own figures.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::dialect::RequestFacts;

/// The tokens of so many bytes of text.
pub(crate) fn of_bytes(bytes: u64) -> u64 {
    bytes.div_ceil(4)
}

/// The tokens of a prompt, message by message.
pub(crate) fn of_prompt(facts: &RequestFacts<'_>) -> u64 {
    facts.messages.iter().map(|message| of_bytes(message.text.len() as u64)).sum()
}

/// Members of a request that a model reads beside the prompt: what it may call, and what its answer is to look like.
#[derive(Default, Deserialize)]
struct Beside<'a> {
    #[serde(borrow)]
    tools: Option<&'a RawValue>,
    #[serde(borrow)]
    functions: Option<&'a RawValue>,
    #[serde(borrow, rename = "toolConfig")]
    tool_config: Option<&'a RawValue>,
    #[serde(borrow)]
    response_format: Option<&'a RawValue>,
}

/// The tokens of all that a model reads of a request: its prompt, the arguments of calls in it, the tools that are offered.
/// Pictures and other media are not among them.
pub(crate) fn of_request(facts: &RequestFacts<'_>, body: &[u8]) -> u64 {
    let beside: Beside<'_> = serde_json::from_slice(body).unwrap_or_default();
    let beside = [beside.tools, beside.functions, beside.tool_config, beside.response_format];
    let offered = beside.iter().flatten().map(|raw| raw.get().len() as u64);
    let called = facts.tools.iter().filter_map(|tool| tool.arguments.as_ref()).map(|text| text.len() as u64);
    of_prompt(facts).saturating_add(offered.chain(called).map(of_bytes).sum())
}
