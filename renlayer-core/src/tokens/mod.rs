//! Counting tokens where nobody tells how many there are: of a request before it is made, of an answer whose provider said
//! nothing of it, or not to its end.
//!
//! [`Estimate`] takes four bytes for a token, which is near for English; it is what an engine counts with unless it is
//! [given](crate::Engine::count_tokens_with) something better. [`Vocabularies`] (feature `tokenizer`) counts with the vocabularies of
//! the models themselves. It is asked only where a limit on tokens or spend applies to a call; everything else, also
//! the `prompt_tokens` of policies, is estimated, so that no other call pays for it.

mod answer;
mod running;
#[cfg(feature = "tokenizer")]
mod vocabulary;

use serde::Deserialize;
use serde_json::value::RawValue;

pub(crate) use self::answer::of_answer;
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
    of_texts(counter, model, prompt.chain(offered).chain(called))
}

/// How much of a request is counted, in bytes: what may take long must not hold up others.
const MOST: u64 = 512 * 1024;

/// The tokens of all texts. Those beyond [`MOST`] are taken to be like those before, and no less than is estimated of them.
fn of_texts<'t>(counter: &dyn CountTokens, model: &str, texts: impl Iterator<Item = &'t str>) -> u64 {
    let (mut tokens, mut bytes, mut rest) = (0_u64, 0_u64, 0_u64);
    for text in texts {
        let length = text.len() as u64;
        if bytes.saturating_add(length) > MOST && bytes > 0 {
            rest = rest.saturating_add(length);
        } else {
            tokens = tokens.saturating_add(counter.count(model, text));
            bytes += length;
        }
    }
    tokens.saturating_add(alike(rest, tokens, bytes))
}

/// The tokens of `rest` bytes, at the rate of `tokens` in `bytes`, and no less than is estimated of them.
fn alike(rest: u64, tokens: u64, bytes: u64) -> u64 {
    let alike = u128::from(rest) * u128::from(tokens) / u128::from(bytes.max(1));
    u64::try_from(alike).unwrap_or(u64::MAX).max(of_bytes(rest))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Half a token to a byte, and how many bytes were counted.
    #[derive(Default)]
    struct Halves(AtomicU64);

    impl CountTokens for Halves {
        fn count(&self, _: &str, text: &str) -> u64 {
            self.0.fetch_add(text.len() as u64, Ordering::Relaxed);
            text.len() as u64 / 2
        }
    }

    #[test]
    fn of_many_texts_no_more_is_counted_than_of_a_long_one() {
        let text = "x".repeat(100_000);
        let counter = Halves::default();
        let tokens = of_texts(&counter, "m", std::iter::repeat_n(&*text, 160));
        assert_eq!(tokens, 160 * 50_000, "the rest is like what was counted");
        assert!(counter.0.load(Ordering::Relaxed) <= MOST);
        assert_eq!(of_texts(&counter, "m", std::iter::empty()), 0);
    }
}
