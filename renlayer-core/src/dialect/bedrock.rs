//! Bedrock Runtime: `POST …/model/{id}/converse`, `…/converse-stream`, `…/invoke`, `…/invoke-with-response-stream`.
//!
//! Converse has one shape for all models. The body of InvokeModel is the model's own: Anthropic's says so with
//! `anthropic_version`, Nova's has Converse's shape, the others are read as Chat Completions or a lone prompt.

use std::borrow::Cow;

use renlayer_policy::Role;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    Count, Loose, Notice, Refusal, RefusalKind, RequestFacts, ResponseFacts, Skipped, Text, Unreadable,
    Usage, anthropic,
    classify::plain,
    facts::{join, largest, read, read_strictly},
    json,
    loose::Leaf,
    openai_chat,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow, default)]
    system: Loose<'a, Block<'a>>,
    #[serde(borrow)]
    messages: Option<Vec<Message<'a>>>,
    #[serde(borrow)]
    tool_config: Option<ToolConfig<'a>>,
    inference_config: Option<Config>,
}

#[derive(Deserialize)]
struct ToolConfig<'a> {
    #[serde(borrow)]
    tools: Option<Vec<Offer<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Offer<'a> {
    #[serde(borrow)]
    tool_spec: Option<Named<'a>>,
    #[serde(borrow)]
    system_tool: Option<Named<'a>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default, rename = "maxTokens")]
    max_tokens: Count,
    /// Nova's spelling in InvokeModel.
    #[serde(default)]
    max_new_tokens: Count,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    role: Option<Text<'a>>,
    #[serde(borrow, default)]
    content: Loose<'a, Block<'a>>,
}

/// A content block of any kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Block<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    tool_use: Option<ToolUse<'a>>,
    #[serde(borrow)]
    tool_result: Option<ToolResult<'a>>,
    #[serde(borrow)]
    reasoning_content: Option<Reasoning<'a>>,
    #[serde(borrow)]
    guard_content: Option<Guarded<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolUse<'a> {
    #[serde(borrow)]
    tool_use_id: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolResult<'a> {
    #[serde(borrow)]
    tool_use_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    content: Loose<'a, Outcome<'a>>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    json: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reasoning<'a> {
    #[serde(borrow)]
    reasoning_text: Option<Said<'a>>,
}

#[derive(Deserialize)]
struct Guarded<'a> {
    #[serde(borrow)]
    text: Option<Said<'a>>,
}

#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
}

/// What tells the shapes of InvokeModel apart.
#[derive(Deserialize)]
struct Invoked<'a> {
    anthropic_version: Option<Skipped>,
    #[serde(rename = "inferenceConfig")]
    config: Option<Skipped>,
    #[serde(rename = "schemaVersion")]
    schema: Option<Skipped>,
    #[serde(borrow, default, rename = "inputText")]
    input: Loose<'a, Skipped>,
}

/// What a path asks for.
struct Operation<'a> {
    model: Cow<'a, str>,
    verb: Verb,
}

#[derive(Clone, Copy, PartialEq)]
enum Verb {
    Converse,
    ConverseStream,
    Invoke,
    InvokeStream,
}

const VERBS: [(&str, Verb); 4] = [
    ("converse", Verb::Converse),
    ("converse-stream", Verb::ConverseStream),
    ("invoke", Verb::Invoke),
    ("invoke-with-response-stream", Verb::InvokeStream),
];

/// Whether a path, its percent-encoding undone, is one of Bedrock's.
pub(super) fn speaks(path: &str) -> bool {
    operation(path).is_some()
}

/// The parts of `/model/{id}/converse`. The id may be an ARN, whose slash is written `%2F` or as it is.
fn operation(path: &str) -> Option<Operation<'_>> {
    let path = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/');
    let (rest, last) = path.rsplit_once('/')?;
    let last = plain(last);
    let (_, verb) = VERBS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&last))?;
    let (_, id) = rest.split_once("/model/").filter(|(_, id)| !id.is_empty())?;
    let model = match plain(id) {
        Cow::Owned(id) => Cow::Owned(id.replace("%2F", "/").replace("%2f", "/")),
        borrowed @ Cow::Borrowed(_) => borrowed,
    };
    Some(Operation { model, verb })
}

/// The model and the verb of a path.
pub(super) fn path(path: &str) -> RequestFacts<'_> {
    let Some(Operation { model, verb }) = operation(path) else { return RequestFacts::default() };
    RequestFacts {
        stream: matches!(verb, Verb::ConverseStream | Verb::InvokeStream),
        embedding: verb == Verb::Invoke && model.contains("embed"),
        model: Some(model),
        ..RequestFacts::default()
    }
}

pub(super) fn request<'a>(path: &str, body: &'a [u8]) -> Result<RequestFacts<'a>, Unreadable> {
    let invoked =
        operation(path).is_some_and(|asked| matches!(asked.verb, Verb::Invoke | Verb::InvokeStream));
    if !invoked {
        return converse(body);
    }
    let shape: Invoked<'_> = read_strictly(body)?;
    if shape.anthropic_version.is_some() {
        return anthropic::request(body);
    }
    if shape.config.is_some() || shape.schema.is_some() {
        return converse(body);
    }
    let mut facts = openai_chat::request(body)?;
    facts.say(Role::User, join(shape.input, &|_| None));
    Ok(facts)
}

fn converse(body: &[u8]) -> Result<RequestFacts<'_>, Unreadable> {
    let request: Request<'_> = read_strictly(body)?;
    let config = request.inference_config.as_ref();
    let max_tokens = config.and_then(|config| largest(&[config.max_tokens.0, config.max_new_tokens.0]));
    let mut facts = RequestFacts { max_tokens, bound: max_tokens, ..RequestFacts::default() };
    for offer in request.tool_config.and_then(|config| config.tools).into_iter().flatten() {
        if let Some(tool) = offer.tool_spec.or(offer.system_tool) {
            facts.offer(tool.name.unwrap_or_default().0);
        }
    }
    facts.say(Role::System, join(request.system, &Block::text));
    let mut called = Vec::new();
    for message in request.messages.into_iter().flatten() {
        message.tell(&mut facts, &mut called);
    }
    Ok(facts)
}

type Called<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

impl<'a> Message<'a> {
    fn tell(self, facts: &mut RequestFacts<'a>, called: &mut Called<'a>) {
        let role = match self.role.as_ref().map(|role| &*role.0) {
            Some("assistant") => Role::Assistant,
            Some("system") => Role::System,
            _ => Role::User,
        };
        self.content.each(&mut |leaf| {
            if let Leaf::Object(block) = leaf {
                block.tell(facts, called);
            }
        });
        facts.say(role, join(self.content, &Block::text));
    }
}

impl<'a> Block<'a> {
    fn text(&self) -> Option<&str> {
        let reasoning = self.reasoning_content.as_ref().and_then(|content| content.reasoning_text.as_ref());
        let guarded = self.guard_content.as_ref().and_then(|content| content.text.as_ref());
        let nested = reasoning.or(guarded).and_then(|said| said.text.as_ref());
        self.text.as_ref().or(nested).map(|text| &*text.0)
    }

    fn tell(&self, facts: &mut RequestFacts<'a>, called: &mut Called<'a>) {
        if let Some(call) = &self.tool_use {
            let name = call.name.clone().unwrap_or_default().0;
            called.push((call.tool_use_id.clone().unwrap_or_default().0, name.clone()));
            facts.call(name, call.input.map(|input| Cow::Borrowed(input.get())));
        }
        if let Some(answer) = &self.tool_result {
            let id = answer.tool_use_id.clone().unwrap_or_default().0;
            let known = called.iter().find(|(call, _)| *call == id).map(|(_, name)| name.clone());
            facts.answer(known.unwrap_or(id));
            let mut said = Vec::new();
            answer.content.each(&mut |leaf| match leaf {
                Leaf::Text(text) => said.push(text),
                Leaf::Object(outcome) => {
                    said.extend(outcome.text.as_ref().map(|text| &*text.0));
                    said.extend(outcome.json.map(RawValue::get));
                }
            });
            facts.say(Role::Tool, Cow::Owned(said.join("\n")));
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    usage: Option<Tokens>,
}

/// Input tokens are told without those that a cache read or wrote.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Tokens {
    input_tokens: Count,
    output_tokens: Count,
    total_tokens: Count,
    cache_read_input_tokens: Count,
    cache_write_input_tokens: Count,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        let cached = tokens.cache_read_input_tokens.0;
        let written = tokens.cache_write_input_tokens.0;
        let whole =
            |fresh: u64| fresh.saturating_add(cached.unwrap_or(0)).saturating_add(written.unwrap_or(0));
        Self {
            input: tokens.input_tokens.0.map(whole),
            output: tokens.output_tokens.0,
            cached_input: cached,
            cache_write: written,
            total: tokens.total_tokens.0,
            ..Self::default()
        }
    }
}

pub(super) fn response(body: &[u8]) -> ResponseFacts {
    match read::<Response<'_>>(body) {
        Ok(Response { stop_reason: Some(reason), usage }) => ResponseFacts {
            usage: usage.map(Usage::from).unwrap_or_default(),
            model: None,
            finish: Some(reason.0.into_owned()),
        },
        _ => anthropic::response(body),
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    message: &'a str,
    renlayer: Notice<'a>,
}

/// The body of an error; its type is in the header `x-amzn-ErrorType`.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    json(&Refused { message: &refusal.message, renlayer: refusal.notice() })
}

/// The exception that SDKs raise.
pub(super) fn error_type(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Unauthenticated
        | RefusalKind::Policy
        | RefusalKind::Dlp
        | RefusalKind::Route
        | RefusalKind::Unscannable => "AccessDeniedException",
        RefusalKind::RateLimit | RefusalKind::Budget => "ThrottlingException",
        RefusalKind::BodyTooLarge | RefusalKind::BadRequest => "ValidationException",
        RefusalKind::Upstream => "InternalServerException",
        RefusalKind::UpstreamTimeout => "ModelTimeoutException",
        RefusalKind::Unavailable => "ServiceUnavailableException",
    }
}
