//! Gemini: `POST …/models/{model}:generateContent` and its siblings, on Google AI and on Vertex.
//!
//! The model is in the path. Bodies are protocol buffers as JSON: members may be in camel case or snake case, and the
//! same member in both is as ambiguous as one that stands there twice.

use std::{borrow::Cow, collections::BTreeMap};

use renlayer_policy::Role;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    Count, Loose, Refusal, RequestFacts, ResponseFacts, Skipped, Text, Unreadable, Usage,
    facts::{join, read, read_strictly},
    json,
};
use crate::id::TraceId;

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow, default)]
    contents: Loose<'a, Content<'a>>,
    #[serde(borrow, default)]
    content: Loose<'a, Content<'a>>,
    #[serde(borrow, default, alias = "system_instruction", rename = "systemInstruction")]
    system: Loose<'a, Content<'a>>,
    #[serde(borrow)]
    tools: Option<Vec<Offer<'a>>>,
    #[serde(alias = "generation_config", rename = "generationConfig")]
    config: Option<Config>,
    #[serde(borrow)]
    requests: Option<Vec<Embed<'a>>>,
    /// `countTokens` wraps a whole request.
    #[serde(borrow, alias = "generate_content_request", rename = "generateContentRequest")]
    wrapped: Option<Box<Request<'a>>>,
}

#[derive(Deserialize)]
struct Embed<'a> {
    #[serde(borrow, default)]
    content: Loose<'a, Content<'a>>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default, alias = "max_output_tokens", rename = "maxOutputTokens")]
    max_output_tokens: Count,
    #[serde(default, alias = "candidate_count", rename = "candidateCount")]
    candidate_count: Count,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    role: Option<Text<'a>>,
    #[serde(borrow, default)]
    parts: Loose<'a, Part<'a>>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow, alias = "function_call", rename = "functionCall")]
    call: Option<Call<'a>>,
    #[serde(borrow, alias = "function_response", rename = "functionResponse")]
    response: Option<Call<'a>>,
    #[serde(borrow, alias = "executable_code", rename = "executableCode")]
    code: Option<Code<'a>>,
    #[serde(borrow, alias = "code_execution_result", rename = "codeExecutionResult")]
    result: Option<Code<'a>>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Code<'a> {
    #[serde(borrow)]
    code: Option<Text<'a>>,
    #[serde(borrow)]
    output: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(borrow, alias = "function_declarations", rename = "functionDeclarations")]
    functions: Option<Vec<Declared<'a>>>,
    #[serde(default, alias = "google_search", rename = "googleSearch")]
    google_search: Option<Skipped>,
    #[serde(default, alias = "code_execution", rename = "codeExecution")]
    code_execution: Option<Skipped>,
    #[serde(default, alias = "url_context", rename = "urlContext")]
    url_context: Option<Skipped>,
}

#[derive(Deserialize)]
struct Declared<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

/// The model and the verb of a path such as `/v1beta/models/gemini-2.5-pro:streamGenerateContent`.
pub(super) fn path(path: &str) -> RequestFacts<'_> {
    let path = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or(path);
    let (model, verb) = last.rsplit_once(':').unwrap_or((last, ""));
    RequestFacts {
        model: Some(Cow::Borrowed(model)).filter(|model| !model.is_empty()),
        stream: verb.eq_ignore_ascii_case("streamGenerateContent"),
        embedding: verb.to_ascii_lowercase().contains("embedcontent"),
        ..RequestFacts::default()
    }
}

pub(super) fn request(body: &[u8]) -> Result<RequestFacts<'_>, Unreadable> {
    let mut facts = RequestFacts::default();
    let mut next = Some(Box::new(read_strictly::<Request<'_>>(body)?));
    while let Some(request) = next {
        next = request.tell(&mut facts);
    }
    Ok(facts)
}

impl<'a> Request<'a> {
    fn tell(self, facts: &mut RequestFacts<'a>) -> Option<Box<Self>> {
        let config = self.config.as_ref();
        facts.max_tokens = facts.max_tokens.max(config.and_then(|config| config.max_output_tokens.0));
        facts.bound = facts.max_tokens;
        facts.answers = facts.answers.max(config.and_then(|config| config.candidate_count.0));
        for offer in self.tools.into_iter().flatten() {
            offer.tell(facts);
        }
        tell(self.system, Role::System, facts);
        tell(self.contents, Role::User, facts);
        tell(self.content, Role::User, facts);
        for one in self.requests.into_iter().flatten() {
            tell(one.content, Role::User, facts);
        }
        self.wrapped
    }
}

impl<'a> Offer<'a> {
    fn tell(self, facts: &mut RequestFacts<'a>) {
        for declared in self.functions.into_iter().flatten() {
            facts.offer(declared.name.unwrap_or_default().0);
        }
        let built_in = [
            (self.google_search, "google_search"),
            (self.code_execution, "code_execution"),
            (self.url_context, "url_context"),
        ];
        for (_, name) in built_in.iter().filter(|(offered, _)| offered.is_some()) {
            facts.offer(Cow::Borrowed(name));
        }
    }
}

fn tell<'a>(contents: Loose<'a, Content<'a>>, default: Role, facts: &mut RequestFacts<'a>) {
    match contents {
        Loose::Nothing => {}
        Loose::Text(text) => facts.say(default, text),
        Loose::Object(content) => content.tell(default, facts),
        Loose::Many(contents) => contents.into_iter().for_each(|content| tell(content, default, facts)),
    }
}

impl<'a> Content<'a> {
    fn tell(self, default: Role, facts: &mut RequestFacts<'a>) {
        let role = match self.role.as_ref().map(|role| &*role.0) {
            Some("model") => Role::Assistant,
            Some("system") => Role::System,
            Some("function" | "tool") => Role::Tool,
            _ => default,
        };
        self.parts.each(&mut |leaf| {
            if let super::loose::Leaf::Object(part) = leaf {
                part.tell(facts);
            }
        });
        facts.say(role, join(self.parts, &Part::text));
    }
}

impl<'a> Part<'a> {
    fn text(&self) -> Option<&str> {
        let code = self.code.as_ref().and_then(|code| code.code.as_ref());
        let output = self.result.as_ref().and_then(|result| result.output.as_ref());
        self.text.as_ref().or(code).or(output).map(|text| &*text.0)
    }

    fn tell(&self, facts: &mut RequestFacts<'a>) {
        if let Some(call) = &self.call {
            let name = call.name.clone().unwrap_or_default().0;
            facts.call(name, call.args.map(|args| Cow::Borrowed(args.get())));
        }
        if let Some(answer) = &self.response {
            facts.answer(answer.name.clone().unwrap_or_default().0);
            facts.say(Role::Tool, answer.response.map(|raw| Cow::Borrowed(raw.get())).unwrap_or_default());
        }
    }
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow, alias = "model_version", rename = "modelVersion")]
    model: Option<Text<'a>>,
    #[serde(alias = "usage_metadata", rename = "usageMetadata")]
    usage: Option<Tokens>,
    #[serde(borrow)]
    candidates: Option<Vec<Candidate<'a>>>,
}

#[derive(Deserialize)]
struct Candidate<'a> {
    #[serde(borrow, alias = "finish_reason", rename = "finishReason")]
    finish: Option<Text<'a>>,
}

/// Thoughts are counted beside the candidates' tokens, not in them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    #[serde(default)]
    prompt_token_count: Count,
    #[serde(default)]
    candidates_token_count: Count,
    #[serde(default)]
    thoughts_token_count: Count,
    #[serde(default)]
    cached_content_token_count: Count,
    #[serde(default)]
    total_token_count: Count,
    candidates_tokens_details: Option<Vec<Modality>>,
}

/// Tokens of one kind of content.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Modality {
    modality: Option<String>,
    #[serde(default)]
    token_count: Count,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        let (answer, thoughts) = (tokens.candidates_token_count.0, tokens.thoughts_token_count.0);
        let of_pictures = |kind: &Modality| kind.modality.as_deref() == Some("IMAGE");
        let pictures = tokens.candidates_tokens_details.iter().flatten().filter(|kind| of_pictures(kind));
        let output = answer.or(thoughts).map(|_| answer.unwrap_or(0).saturating_add(thoughts.unwrap_or(0)));
        Self {
            input: tokens.prompt_token_count.0,
            output,
            cached_input: tokens.cached_content_token_count.0,
            cache_write: None,
            reasoning: thoughts,
            image: pictures.map(|kind| kind.token_count.0.unwrap_or(0)).reduce(u64::saturating_add),
            total: tokens.total_token_count.0,
        }
    }
}

pub(super) fn response(body: &[u8]) -> ResponseFacts {
    let Ok(response) = read::<Response<'_>>(body) else { return ResponseFacts::default() };
    let finish = response.candidates.into_iter().flatten().find_map(|candidate| candidate.finish);
    ResponseFacts {
        usage: response.usage.map(Usage::from).unwrap_or_default(),
        model: response.model.map(|text| text.0.into_owned()),
        finish: finish.map(|text| text.0.into_owned()),
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    error: Status<'a>,
}

/// `google.rpc.Status` as JSON.
#[derive(Serialize)]
struct Status<'a> {
    code: u16,
    message: &'a str,
    status: &'static str,
    details: Vec<Detail<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "@type")]
enum Detail<'a> {
    #[serde(rename = "type.googleapis.com/google.rpc.ErrorInfo")]
    Info { reason: &'static str, domain: &'static str, metadata: Metadata<'a> },
    #[serde(rename = "type.googleapis.com/google.rpc.RetryInfo")]
    Retry {
        #[serde(rename = "retryDelay")]
        delay: String,
    },
}

/// The notice of a refusal; a map of strings, as `ErrorInfo` has it.
#[derive(Serialize)]
struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<&'a str>,
    #[serde(flatten)]
    limit: BTreeMap<&'static str, String>,
    trace_id: TraceId,
}

/// The body that Google's SDKs read `code`, `status` and `message` from.
pub(super) fn refusal(refusal: &Refusal) -> String {
    let status = match refusal.status.as_u16() {
        400 | 413 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        504 => "DEADLINE_EXCEEDED",
        502 | 503 => "UNAVAILABLE",
        _ => "INTERNAL",
    };
    let limit = refusal.notice().limit.map(|limit| limit.texts().into_iter().collect()).unwrap_or_default();
    let metadata = Metadata { decided_by: refusal.decided_by.as_deref(), limit, trace_id: refusal.trace };
    let mut details = vec![Detail::Info { reason: refusal.kind.code(), domain: "renlayer", metadata }];
    if let Some(seconds) = refusal.retry_after_seconds() {
        details.push(Detail::Retry { delay: format!("{seconds}s") });
    }
    json(&Refused {
        error: Status { code: refusal.status.as_u16(), message: &refusal.message, status, details },
    })
}
