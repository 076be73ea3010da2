//! Anthropic Messages: `POST …/v1/messages`, and the token count of one.

use std::borrow::Cow;

use renlayer_policy::Role;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    Count, Loose, Notice, Refusal, RefusalKind, RequestFacts, ResponseFacts, Text, Unreadable, Usage,
    facts::{join, largest, read, read_strictly},
    json,
};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Option<Text<'a>>,
    stream: Option<bool>,
    #[serde(borrow, default)]
    system: Loose<'a, Block<'a>>,
    #[serde(borrow)]
    messages: Option<Vec<Message<'a>>>,
    #[serde(borrow)]
    tools: Option<Vec<Offer<'a>>>,
    #[serde(default)]
    max_tokens: Count,
    #[serde(default)]
    max_output_tokens: Count,
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
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
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    thinking: Option<Text<'a>>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_use_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    content: Loose<'a, Box<Block<'a>>>,
    #[serde(borrow, default)]
    source: Loose<'a, Source<'a>>,
    #[serde(borrow)]
    title: Option<Text<'a>>,
    #[serde(borrow)]
    context: Option<Text<'a>>,
}

/// Where a document comes from; `text` sources hold it.
#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    data: Option<Text<'a>>,
    #[serde(borrow, default)]
    content: Loose<'a, Box<Block<'a>>>,
}

pub(super) fn request(body: &[u8]) -> Result<RequestFacts<'_>, Unreadable> {
    let request: Request<'_> = read_strictly(body)?;
    let mut facts = RequestFacts {
        model: request.model.map(|text| text.0),
        stream: request.stream.unwrap_or(false),
        max_tokens: largest(&[request.max_tokens.0, request.max_output_tokens.0]),
        bound: request.max_tokens.0,
        ..RequestFacts::default()
    };
    for offer in request.tools.into_iter().flatten() {
        facts.offer(offer.name.or(offer.kind).unwrap_or_default().0);
    }
    facts.say(Role::System, join(request.system, &|block| block.text.as_ref().map(|text| &*text.0)));
    let mut called = Vec::new();
    for message in request.messages.into_iter().flatten() {
        let role = match message.role.as_ref().map(|role| &*role.0) {
            Some("assistant") => Role::Assistant,
            Some("system") => Role::System,
            _ => Role::User,
        };
        let mut texts = Vec::new();
        tell(message.content, &mut texts, &mut facts, &mut called);
        facts.say(role, joined(texts));
    }
    Ok(facts)
}

type Called<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// The blocks of a message: its own text goes to `texts`, calls and answers go to the facts.
fn tell<'a>(
    blocks: Loose<'a, Block<'a>>,
    texts: &mut Vec<Cow<'a, str>>,
    facts: &mut RequestFacts<'a>,
    called: &mut Called<'a>,
) {
    match blocks {
        Loose::Nothing => {}
        Loose::Text(text) => texts.push(text),
        Loose::Object(block) => block.tell(texts, facts, called),
        Loose::Many(blocks) => blocks.into_iter().for_each(|block| tell(block, texts, facts, called)),
    }
}

impl<'a> Block<'a> {
    fn tell(mut self, texts: &mut Vec<Cow<'a, str>>, facts: &mut RequestFacts<'a>, called: &mut Called<'a>) {
        let kind = self.kind.take().unwrap_or_default().0;
        if kind.ends_with("tool_use") {
            let name = self.name.unwrap_or_default().0;
            called.push((self.id.unwrap_or_default().0, name.clone()));
            facts.call(name, self.input.map(|input| Cow::Borrowed(input.get())));
        } else if kind.ends_with("tool_result") {
            let id = self.tool_use_id.unwrap_or_default().0;
            let known = called.iter().find(|(call, _)| *call == id).map(|(_, name)| name.clone());
            facts.answer(known.unwrap_or(id));
            let mut said = Vec::new();
            nested(self.content, &mut said);
            facts.say(Role::Tool, joined(said));
        } else {
            self.texts(texts);
        }
    }

    fn texts(self, texts: &mut Vec<Cow<'a, str>>) {
        texts.extend(
            [self.title, self.context, self.text, self.thinking].into_iter().flatten().map(|text| text.0),
        );
        if let Loose::Object(source) = self.source {
            let plain = source.kind.as_ref().is_some_and(|kind| kind.0 == "text");
            texts.extend(source.data.filter(|_| plain).map(|text| text.0));
            nested(source.content, texts);
        }
        nested(self.content, texts);
    }
}

fn nested<'a>(blocks: Loose<'a, Box<Block<'a>>>, texts: &mut Vec<Cow<'a, str>>) {
    match blocks {
        Loose::Nothing => {}
        Loose::Text(text) => texts.push(text),
        Loose::Object(block) => block.texts(texts),
        Loose::Many(blocks) => blocks.into_iter().for_each(|block| nested(block, texts)),
    }
}

fn joined(mut texts: Vec<Cow<'_, str>>) -> Cow<'_, str> {
    if texts.len() > 1 { Cow::Owned(texts.join("\n")) } else { texts.pop().unwrap_or_default() }
}

/// The message object of an answer, and of a stream's first event.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Response<'a> {
    #[serde(borrow)]
    model: Option<Text<'a>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    #[serde(default)]
    usage: Option<Tokens>,
}

/// Input tokens are told without those that a cache read or wrote.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Tokens {
    #[serde(default)]
    input_tokens: Count,
    #[serde(default)]
    output_tokens: Count,
    #[serde(default)]
    cache_read_input_tokens: Count,
    #[serde(default)]
    cache_creation_input_tokens: Count,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        let cached = tokens.cache_read_input_tokens.0;
        let written = tokens.cache_creation_input_tokens.0;
        let whole =
            |fresh: u64| fresh.saturating_add(cached.unwrap_or(0)).saturating_add(written.unwrap_or(0));
        Self {
            input: tokens.input_tokens.0.map(whole),
            output: tokens.output_tokens.0,
            cached_input: cached,
            cache_write: written,
            ..Self::default()
        }
    }
}

impl Response<'_> {
    pub(crate) fn facts(self) -> ResponseFacts {
        ResponseFacts {
            usage: self.usage.map(Usage::from).unwrap_or_default(),
            model: self.model.map(|text| text.0.into_owned()),
            finish: self.stop_reason.map(|text| text.0.into_owned()),
        }
    }
}

pub(super) fn response(body: &[u8]) -> ResponseFacts {
    let mut facts = read::<Response<'_>>(body).map(Response::facts).unwrap_or_default();
    facts.usage = facts.usage.totalled();
    facts
}

#[derive(Serialize)]
struct Refused<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    error: Error<'a>,
    renlayer: Notice<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    message: &'a str,
}

/// The body that Anthropic's SDKs read; the status picks their exception, the type says the same.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    let kind = match refusal.kind {
        RefusalKind::Unauthenticated => "authentication_error",
        RefusalKind::Policy | RefusalKind::Dlp | RefusalKind::Route | RefusalKind::Unscannable => {
            "permission_error"
        }
        RefusalKind::RateLimit | RefusalKind::Budget => "rate_limit_error",
        RefusalKind::BodyTooLarge => "request_too_large",
        RefusalKind::BadRequest => "invalid_request_error",
        RefusalKind::Upstream => "api_error",
        RefusalKind::UpstreamTimeout => "timeout_error",
        RefusalKind::Unavailable => "overloaded_error",
    };
    json(&Refused {
        kind: "error",
        error: Error { kind, message: &refusal.message },
        renlayer: refusal.notice(),
    })
}
