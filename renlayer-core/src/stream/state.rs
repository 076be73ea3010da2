//! Where an answer stands: what identifies it, which of its parts are open, and how to end it from here.

use bytes::Bytes;
use serde_json::value::RawValue;

use super::{
    anthropic, bedrock,
    frame::Framing,
    gemini, openai_chat, openai_responses,
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

    /// Whether a part of the answer that began has not ended.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// The events that end the answer, in the stream's framing.
    pub(super) fn terminal(
        &self,
        dialect: Dialect,
        refusal: &Refusal,
        request_id: Option<&JsonRpcId>,
        output: u64,
        framing: &Framing,
    ) -> Bytes {
        if let Framing::Messages(messages) = framing {
            let (started, open) = (self.started, &*self.open);
            let at = bedrock::Position { started, chunked: messages.chunked(), open, output };
            return bedrock::terminal(&at, refusal);
        }
        match dialect {
            Dialect::OpenAiChat => openai_chat::terminal(self.stamp(), &self.open, refusal).into(),
            Dialect::OpenAiResponses => openai_responses::terminal(self.stamp(), refusal).into(),
            Dialect::AnthropicMessages => {
                anthropic::terminal(self.started, &self.open, output, refusal).into()
            }
            Dialect::Gemini => framing.last(&gemini::terminal(self.stamp(), &self.open, refusal)),
            Dialect::Mcp => framing.last(&mcp_refusal(refusal, request_id)),
            Dialect::OpenAiEmbeddings | Dialect::Bedrock | Dialect::Http => Bytes::new(),
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
