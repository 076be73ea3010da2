//! Counting tokens where nobody tells how many there are: of a request before it is made, of an answer whose provider said
//! nothing of it, or not to its end.
//!
//! [`Estimate`] takes four bytes for a token, which is near for English; it is what an engine counts with unless it is
//! [given](crate::Engine::count_tokens_with) something better. [`Vocabularies`] (feature `tokenizer`) counts with the vocabularies of
//! the models themselves. It is asked only where a limit on tokens or spend applies to a call; everything else, also
//! the `prompt_tokens` of policies, is estimated, so that no other call pays for it.

mod running;
#[cfg(feature = "tokenizer")]
mod vocabulary;

use serde::Deserialize;
use serde_json::value::RawValue;

pub(crate) use self::running::Running;
#[cfg(feature = "tokenizer")]
pub use self::vocabulary::Vocabularies;
use crate::dialect::RequestFacts;

/// Counts the tokens of texts.
pub trait CountTokens: Send + Sync + 'static {
    /// How many tokens a text is to a model, by the name that its callers use.
    fn count(&self, model: &str, text: &str) -> u64;
}

/// Four bytes to a token, rounded up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Estimate;

impl CountTokens for Estimate {
    fn count(&self, _: &str, text: &str) -> u64 {
        of_bytes(text.len() as u64)
    }
}

/// The tokens of so many bytes of text, as estimated.
pub(crate) fn of_bytes(bytes: u64) -> u64 {
    bytes.div_ceil(4)
}

/// The tokens of a prompt, message by message, as estimated.
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
pub(crate) fn of_request(counter: &dyn CountTokens, facts: &RequestFacts<'_>, body: &[u8]) -> u64 {
    let model = facts.model.as_deref().unwrap_or_default();
    let beside: Beside<'_> = serde_json::from_slice(body).unwrap_or_default();
    let beside = [beside.tools, beside.functions, beside.tool_config, beside.response_format];
    let prompt = facts.messages.iter().map(|message| &*message.text);
    let offered = beside.iter().flatten().map(|raw| raw.get());
    let called = facts.tools.iter().filter_map(|tool| tool.arguments.as_deref());
    let texts = prompt.chain(offered).chain(called);
    texts.map(|text| counter.count(model, text)).fold(0, u64::saturating_add)
}
