//! OpenAI Responses: `POST …/responses`.

use std::borrow::Cow;

use renlayer_policy::Role;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Count, Loose, RequestFacts, ResponseFacts, Text, Unreadable, Usage,
    facts::{join, largest, read, read_strictly},
    openai_chat::unquote,
};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Option<Text<'a>>,
    stream: Option<bool>,
    #[serde(borrow, default)]
    instructions: Loose<'a, Item<'a>>,
    #[serde(borrow, default)]
    input: Loose<'a, Item<'a>>,
    #[serde(borrow)]
    tools: Option<Vec<Offer<'a>>>,
    #[serde(default)]
    max_output_tokens: Count,
    #[serde(default)]
    max_tokens: Count,
    #[serde(default)]
    max_completion_tokens: Count,
    background: Option<bool>,
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    server_label: Option<Text<'a>>,
}

/// An item of the conversation: a message, or a call, or an answer to one.
#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    role: Option<Text<'a>>,
    #[serde(borrow, default)]
    content: Loose<'a, Part<'a>>,
    #[serde(borrow, default)]
    summary: Loose<'a, Part<'a>>,
    #[serde(borrow, default)]
    output: Loose<'a, Part<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    /// A custom tool's argument.
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    call_id: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    refusal: Option<Text<'a>>,
    #[serde(borrow)]
    stdout: Option<Text<'a>>,
}

impl Part<'_> {
    fn text(&self) -> Option<&str> {
        self.text.as_ref().or(self.refusal.as_ref()).or(self.stdout.as_ref()).map(|text| &*text.0)
    }
}

pub(super) fn request(body: &[u8]) -> Result<RequestFacts<'_>, Unreadable> {
    let request: Request<'_> = read_strictly(body)?;
    let mut facts = RequestFacts {
        model: request.model.map(|text| text.0),
        stream: request.stream.unwrap_or(false),
        max_tokens: largest(&[
            request.max_output_tokens.0,
            request.max_tokens.0,
            request.max_completion_tokens.0,
        ]),
        bound: request.max_output_tokens.0,
        deferred: request.background == Some(true),
        ..RequestFacts::default()
    };
    for offer in request.tools.into_iter().flatten() {
        facts.offer(offer.name.or(offer.server_label).or(offer.kind).unwrap_or_default().0);
    }
    let mut called = Vec::new();
    tell(request.instructions, Role::System, &mut facts, &mut called);
    tell(request.input, Role::User, &mut facts, &mut called);
    Ok(facts)
}

type Called<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

fn tell<'a>(items: Loose<'a, Item<'a>>, role: Role, facts: &mut RequestFacts<'a>, called: &mut Called<'a>) {
    match items {
        Loose::Nothing => {}
        Loose::Text(text) => facts.say(role, text),
        Loose::Object(item) => item.tell(role, facts, called),
        Loose::Many(items) => items.into_iter().for_each(|item| tell(item, role, facts, called)),
    }
}

impl<'a> Item<'a> {
    fn tell(self, default: Role, facts: &mut RequestFacts<'a>, called: &mut Called<'a>) {
        let kind = self.kind.unwrap_or_default().0;
        let role = match self.role.as_ref().map(|role| &*role.0) {
            Some("system" | "developer") => Role::System,
            Some("assistant") => Role::Assistant,
            Some("tool") => Role::Tool,
            Some(_) => Role::User,
            None if kind == "reasoning" => Role::Assistant,
            None => default,
        };
        facts.say(role, join(self.content, &Part::text));
        facts.say(Role::Assistant, join(self.summary, &Part::text));
        facts.say(Role::Tool, join(self.output, &Part::text));
        let id = self.call_id.unwrap_or_default().0;
        if kind.ends_with("_output") {
            let known = called.iter().find(|(call, _)| *call == id).map(|(_, name)| name.clone());
            facts.answer(known.or(self.name.map(|text| text.0)).unwrap_or(id));
        } else if kind.ends_with("_call") {
            // `function_call`, `custom_tool_call`, `mcp_call` name their tool; `shell_call` and the like are it.
            let name = self.name.map_or(kind, |text| text.0);
            called.push((id, name.clone()));
            facts.call(name, self.arguments.or(self.input).map(unquote));
        }
    }
}

/// The `response` object of an answer, and of a stream's first and last events.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Response<'a> {
    #[serde(borrow)]
    model: Option<Text<'a>>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
    incomplete_details: Option<Incomplete>,
    usage: Option<Tokens>,
}

#[derive(Debug, Deserialize)]
struct Incomplete {
    reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Tokens {
    #[serde(default)]
    input_tokens: Count,
    #[serde(default)]
    output_tokens: Count,
    #[serde(default)]
    total_tokens: Count,
    input_tokens_details: Option<Details>,
    output_tokens_details: Option<Details>,
}

#[derive(Debug, Default, Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: Count,
    #[serde(default)]
    reasoning_tokens: Count,
    #[serde(default)]
    image_tokens: Count,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        let written = tokens.output_tokens_details.unwrap_or_default();
        Self {
            input: tokens.input_tokens.0,
            output: tokens.output_tokens.0,
            cached_input: tokens.input_tokens_details.and_then(|details| details.cached_tokens.0),
            cache_write: None,
            reasoning: written.reasoning_tokens.0,
            image: written.image_tokens.0,
            total: tokens.total_tokens.0,
        }
    }
}

impl Response<'_> {
    pub(crate) fn facts(self) -> ResponseFacts {
        let usage = self.usage.map(Usage::from);
        let status = self.status.map(|text| text.0.into_owned()).filter(|status| status != "in_progress");
        ResponseFacts {
            usage: usage.unwrap_or_default(),
            model: self.model.map(|text| text.0.into_owned()),
            finish: self.incomplete_details.and_then(|details| details.reason).or(status),
        }
    }
}

pub(super) fn response(body: &[u8]) -> ResponseFacts {
    read::<Response<'_>>(body).map(Response::facts).unwrap_or_default()
}
