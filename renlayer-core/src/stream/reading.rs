//! What one event of a stream says, in whichever dialect: the same few things for all of them.

use serde_json::value::RawValue;
use smallvec::SmallVec;

use crate::dialect::{Dialect, Usage};

use super::{anthropic, bedrock, gemini, openai_chat, openai_responses};

/// What an event says. Everything borrows from the event's data.
#[derive(Default)]
pub(super) struct Reading<'a> {
    /// Pieces of text that continue a channel.
    pub(super) slots: SmallVec<[Slot<'a>; 2]>,
    /// Channels that end with this event.
    pub(super) endings: SmallVec<[Ending; 1]>,
    /// Values that repeat a slot's text in another form, and what stands for them when that text is changed.
    pub(super) echoes: SmallVec<[(&'a str, &'static str); 1]>,
    /// What identifies the answer as a whole.
    pub(super) stamp: Stamp<'a>,
    pub(super) usage: Option<Usage>,
    /// It says nothing but that.
    pub(super) usage_alone: bool,
    pub(super) model: Option<String>,
    pub(super) finish: Option<String>,
    /// Parts of the answer that open or close: choices, content blocks.
    pub(super) opened: SmallVec<[u64; 1]>,
    pub(super) closed: SmallVec<[u64; 1]>,
    /// The answer is complete: nothing is to be added after this.
    pub(super) complete: bool,
}

/// Members that synthetic events repeat so that they belong to the same answer; raw JSON.
#[derive(Default, Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) id: Option<&'a RawValue>,
    pub(super) created: Option<&'a RawValue>,
    pub(super) model: Option<&'a RawValue>,
    pub(super) sequence: Option<u64>,
}

/// One piece of a channel's text: a JSON string token, quotes included, within the data.
pub(super) struct Slot<'a> {
    pub(super) address: Address,
    pub(super) token: &'a str,
}

/// Names a channel. `part` is the choice, content block, output item or candidate; `item` the tool call or content
/// part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) part: u64,
    pub(super) item: u64,
    pub(super) kind: Kind,
}

/// What a channel carries; told apart as far as a synthetic event must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The answer itself.
    Text,
    /// Text of the model's reasoning, in the member of this name.
    Reasoning(&'static str),
    /// Text by which the model refuses.
    Refusal,
    /// Fragments of a tool call's JSON arguments.
    Arguments,
    /// The same in the older `function_call`.
    FunctionCall,
    /// The older Completions' `text`.
    Completion,
    /// What an audio answer says.
    Transcript,
    /// Data that is no JSON: one text from event to event.
    Line,
    /// Another kind of delta, told apart by a hash of its name.
    Other(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Every channel of the part.
    Part(u64),
    /// One item of a part.
    Item(u64, u64),
    All,
}

// === impl Reading ===

impl<'a> Reading<'a> {
    /// Reads the data of one event; `None` where it is not what the dialect says.
    pub(super) fn of(dialect: Dialect, data: &'a str) -> Option<Self> {
        match dialect {
            Dialect::OpenAiChat => openai_chat::read(data),
            Dialect::OpenAiResponses => openai_responses::read(data),
            Dialect::AnthropicMessages => anthropic::read(data),
            Dialect::Gemini => gemini::read(data),
            Dialect::Bedrock => bedrock::read(data),
            Dialect::OpenAiEmbeddings | Dialect::Mcp | Dialect::Http => None,
        }
    }

    /// Adds a slot if `token` is a string.
    pub(super) fn slot(&mut self, part: u64, item: u64, kind: Kind, token: Option<&'a RawValue>) {
        if let Some(token) = token.map(RawValue::get).filter(|token| token.starts_with('"')) {
            self.slots.push(Slot { address: Address { part, item, kind }, token });
        }
    }

    /// Notes a value that repeats the slots' text.
    pub(super) fn echo(&mut self, value: Option<&'a RawValue>, stand_in: &'static str) {
        if let Some(value) = value.map(RawValue::get).filter(|value| !matches!(*value, "null" | "[]")) {
            self.echoes.push((value, stand_in));
        }
    }
}

impl Ending {
    pub(super) fn ends(self, address: Address) -> bool {
        match self {
            Self::Part(part) => address.part == part,
            Self::Item(part, item) => address.part == part && address.item == item,
            Self::All => true,
        }
    }
}

impl Kind {
    pub(super) fn is_arguments(self) -> bool {
        matches!(self, Self::Arguments | Self::FunctionCall)
    }
}

/// The same short hash for the same name.
pub(super) fn hash(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Where `part`, which borrows from `whole`, lies in it.
pub(crate) fn place(whole: &str, part: &str) -> std::ops::Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start + part.len()
}
