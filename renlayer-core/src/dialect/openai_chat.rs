//! OpenAI Chat Completions, and Completions before it: `POST …/chat/completions`, `POST …/completions`.
//!
//! Azure names the deployment in the path (`/openai/deployments/{model}/…`); the path's model then counts.

use std::borrow::Cow;

use renlayer_policy::Role;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    Count, Loose, Notice, Refusal, RefusalKind, RequestFacts, ResponseFacts, Skipped, Text, Unreadable,
    Usage,
    facts::{join, largest, read, read_strictly},
    json,
};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Option<Text<'a>>,
    stream: Option<bool>,
    #[serde(borrow)]
    messages: Option<Vec<Message<'a>>>,
    #[serde(borrow, default)]
    prompt: Loose<'a, Skipped>,
    #[serde(borrow)]
    tools: Option<Vec<Offer<'a>>>,
    #[serde(borrow)]
    functions: Option<Vec<Named<'a>>>,
    #[serde(default)]
    max_tokens: Count,
    #[serde(default)]
    max_completion_tokens: Count,
    #[serde(default)]
    max_output_tokens: Count,
    #[serde(default)]
    n: Count,
    #[serde(default)]
    best_of: Count,
    stream_options: Option<StreamOptions>,
}

#[derive(Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    role: Option<Text<'a>>,
    #[serde(borrow, default)]
    content: Loose<'a, Part<'a>>,
    #[serde(borrow)]
    refusal: Option<Text<'a>>,
    #[serde(borrow, default)]
    reasoning: Loose<'a, Part<'a>>,
    #[serde(borrow, default)]
    reasoning_content: Loose<'a, Part<'a>>,
    #[serde(borrow)]
    tool_calls: Option<Vec<Call<'a>>>,
    #[serde(borrow)]
    function_call: Option<Named<'a>>,
    #[serde(borrow)]
    tool_call_id: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

/// A content part of any kind; those with text have it under one of these names.
#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    refusal: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    function: Option<Named<'a>>,
    #[serde(borrow)]
    custom: Option<Named<'a>>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    function: Option<Named<'a>>,
    #[serde(borrow)]
    custom: Option<Named<'a>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

impl Part<'_> {
    fn text(&self) -> Option<&str> {
        self.text.as_ref().or(self.refusal.as_ref()).map(|text| &*text.0)
    }
}

pub(super) fn request(body: &[u8]) -> Result<RequestFacts<'_>, Unreadable> {
    let request: Request<'_> = read_strictly(body)?;
    let mut facts = RequestFacts {
        model: request.model.map(|text| text.0),
        stream: request.stream.unwrap_or(false),
        max_tokens: largest(&[
            request.max_tokens.0,
            request.max_completion_tokens.0,
            request.max_output_tokens.0,
        ]),
        bound: largest(&[request.max_tokens.0, request.max_completion_tokens.0]),
        answers: Some(
            largest(&[request.n.0, request.best_of.0]).unwrap_or(1).saturating_mul(prompts(&request.prompt)),
        ),
        asks_usage: request.stream_options.is_some_and(|options| options.include_usage == Some(true)),
        ..RequestFacts::default()
    };
    for offer in request.tools.into_iter().flatten() {
        let named = offer.function.or(offer.custom).and_then(|named| named.name).or(offer.kind);
        facts.offer(named.unwrap_or_default().0);
    }
    for function in request.functions.into_iter().flatten() {
        facts.offer(function.name.unwrap_or_default().0);
    }
    facts.say(Role::User, join(request.prompt, &|_| None));
    let mut called = Vec::new();
    for message in request.messages.into_iter().flatten() {
        message.tell(&mut facts, &mut called);
    }
    Ok(facts)
}

impl<'a> Message<'a> {
    /// `called` holds the ids and names of the calls so far: an answer names only the id.
    fn tell(self, facts: &mut RequestFacts<'a>, called: &mut Vec<(Text<'a>, Cow<'a, str>)>) {
        let role = role(self.role.as_ref().map_or("user", |role| &role.0));
        for content in [self.content, self.reasoning, self.reasoning_content] {
            facts.say(role, join(content, &Part::text));
        }
        facts.say(role, self.refusal.unwrap_or_default().0);
        for call in self.tool_calls.into_iter().flatten() {
            let Some(named) = call.function.or(call.custom) else { continue };
            let name = named.name.unwrap_or_default().0;
            called.push((call.id.unwrap_or_default(), name.clone()));
            facts.call(name, named.arguments.or(named.input).map(unquote));
        }
        if let Some(named) = self.function_call {
            facts.call(named.name.unwrap_or_default().0, named.arguments.map(unquote));
        }
        if role == Role::Tool {
            let id = self.tool_call_id.unwrap_or_default().0;
            let known = called.iter().find(|(call, _)| call.0 == id).map(|(_, name)| name.clone());
            facts.answer(known.or(self.name.map(|text| text.0)).unwrap_or(id));
        }
    }
}

/// How many prompts there are: Completions takes several, each a text or a list of tokens.
fn prompts(prompt: &Loose<'_, Skipped>) -> u64 {
    match prompt {
        Loose::Many(several) => several.len().max(1) as u64,
        Loose::Nothing | Loose::Text(_) | Loose::Object(_) => 1,
    }
}

fn role(name: &str) -> Role {
    match name {
        "system" | "developer" => Role::System,
        "assistant" | "model" => Role::Assistant,
        "tool" | "function" => Role::Tool,
        _ => Role::User,
    }
}

/// Arguments as JSON: OpenAI puts them into a string, some who copy it do not.
pub(super) fn unquote(raw: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<Text<'_>>(raw.get()).map_or(Cow::Borrowed(raw.get()), |text| text.0)
}

/// What Azure's path tells.
pub(super) fn path(path: &str) -> RequestFacts<'_> {
    // Azure does not ask for the case of its paths.
    let mut segments = path.split('/').skip_while(|segment| !segment.eq_ignore_ascii_case("deployments"));
    let model = segments.nth(1);
    RequestFacts { model: model.map(Cow::Borrowed), ..RequestFacts::default() }
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    model: Option<Text<'a>>,
    usage: Option<Tokens>,
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
}

/// The usage object of Chat Completions and Embeddings.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Tokens {
    #[serde(default)]
    prompt_tokens: Count,
    #[serde(default)]
    completion_tokens: Count,
    #[serde(default)]
    total_tokens: Count,
    prompt_tokens_details: Option<Details>,
    completion_tokens_details: Option<Details>,
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
        let written = tokens.completion_tokens_details.unwrap_or_default();
        Self {
            input: tokens.prompt_tokens.0,
            output: tokens.completion_tokens.0,
            cached_input: tokens.prompt_tokens_details.and_then(|details| details.cached_tokens.0),
            cache_write: None,
            reasoning: written.reasoning_tokens.0,
            image: written.image_tokens.0,
            total: tokens.total_tokens.0,
        }
    }
}

pub(super) fn response(body: &[u8]) -> ResponseFacts {
    let Ok(response) = read::<Response<'_>>(body) else { return ResponseFacts::default() };
    let finish = response.choices.into_iter().flatten().find_map(|choice| choice.finish_reason);
    ResponseFacts {
        usage: response.usage.map(Usage::from).unwrap_or_default(),
        model: response.model.map(|text| text.0.into_owned()),
        finish: finish.map(|text| text.0.into_owned()),
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    param: (),
    code: &'static str,
    renlayer: Notice<'a>,
}

/// The body that OpenAI's SDKs read `message`, `type`, `param` and `code` from; the status picks their exception.
pub(super) fn refusal(refusal: &Refusal) -> String {
    let kind = match refusal.kind {
        RefusalKind::Unauthenticated => "authentication_error",
        RefusalKind::Policy | RefusalKind::Dlp | RefusalKind::Route | RefusalKind::Unscannable => {
            "permission_error"
        }
        RefusalKind::RateLimit => "rate_limit_error",
        RefusalKind::Budget => "insufficient_quota",
        RefusalKind::BodyTooLarge | RefusalKind::BadRequest => "invalid_request_error",
        RefusalKind::Upstream | RefusalKind::UpstreamTimeout => "api_error",
        RefusalKind::Unavailable => "server_error",
    };
    let code = refusal.kind.code();
    json(&Refused {
        error: Error { message: &refusal.message, kind, param: (), code, renlayer: refusal.notice() },
    })
}
