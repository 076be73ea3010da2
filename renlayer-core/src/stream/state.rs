//! Where an answer stands: what identifies it, which of its parts are open, and how to end it from here.

use serde_json::value::RawValue;

use super::{
    anthropic, gemini, openai_chat, openai_responses,
    reading::{Reading, Stamp},
};
use crate::dialect::{Dialect, JsonRpcId, Refusal, mcp_refusal};

#[derive(Default)]
pub(super) struct State {
    id: Option<Box<RawValue>>,
    created: Option<Box<RawValue>>,
    model: Option<Box<RawValue>>,
    sequence: Option<u64>,
    started: bool,
    open: Vec<u64>,
    complete: bool,
}

impl State {
    pub(super) fn note(&mut self, reading: &Reading<'_>) {
        self.started = true;
        self.complete |= reading.complete;
        self.sequence = reading.stamp.sequence.or(self.sequence);
        let own = |mine: &mut Option<Box<RawValue>>, told: Option<&RawValue>| {
            if mine.is_none() {
                *mine = told.map(RawValue::to_owned);
            }
        };
        own(&mut self.id, reading.stamp.id);
        own(&mut self.created, reading.stamp.created);
        own(&mut self.model, reading.stamp.model);
        for part in &reading.opened {
            if !self.open.contains(part) {
                self.open.push(*part);
            }
        }
        self.open.retain(|part| !reading.closed.contains(part));
    }

    pub(super) fn completed(&mut self) {
        self.complete = true;
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// The data or events that end the answer. `frame` puts a lone value into its frame.
    pub(super) fn terminal(
        &self,
        dialect: Dialect,
        refusal: &Refusal,
        request_id: Option<&JsonRpcId>,
        output: u64,
        frame: &dyn Fn(&str) -> String,
    ) -> String {
        match dialect {
            Dialect::OpenAiChat => openai_chat::terminal(self.stamp(), &self.open, refusal),
            Dialect::OpenAiResponses => openai_responses::terminal(self.stamp(), refusal),
            Dialect::AnthropicMessages => anthropic::terminal(self.started, &self.open, output, refusal),
            Dialect::Gemini => frame(&gemini::terminal(self.stamp(), &self.open, refusal)),
            Dialect::Mcp => frame(&mcp_refusal(refusal, request_id)),
            Dialect::OpenAiEmbeddings | Dialect::Http => String::new(),
        }
    }

    fn stamp(&self) -> Stamp<'_> {
        Stamp {
            id: self.id.as_deref(),
            created: self.created.as_deref(),
            model: self.model.as_deref(),
            sequence: self.sequence,
        }
    }
}
