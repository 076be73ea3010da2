//! The cases in `cases`, each a path, a body and what is read from it; refusals as golden text.

use std::{fmt::Write, time::Duration};

use jiff::Timestamp;
use renlayer_policy::{Role, ToolPhase};
use serde_json::{Value as Json, json};

use super::*;
use crate::id::TraceId;

const CASES: &[&str] = &[
    include_str!("cases/openai_chat.md"),
    include_str!("cases/openai_responses.md"),
    include_str!("cases/anthropic.md"),
    include_str!("cases/gemini.md"),
    include_str!("cases/bedrock.md"),
    include_str!("cases/mcp.md"),
];

/// The facts in the words of the case files.
fn told(read: &Result<RequestFacts<'_>, Unreadable>) -> String {
    let mut out = String::new();
    let facts = match read {
        Ok(facts) => facts,
        Err(unreadable) => return format!("unreadable: {}\n", unreadable.reason()),
    };
    let mut line = |text: String| writeln!(out, "{}", text.replace('\n', "⏎")).unwrap();
    facts.model.iter().for_each(|model| line(format!("model: {model}")));
    facts.embedding.then(|| line("embedding".to_owned()));
    facts.stream.then(|| line("stream".to_owned()));
    facts.max_tokens.iter().for_each(|max| line(format!("max_tokens: {max}")));
    for message in &facts.messages {
        let role = match message.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
        };
        line(format!("{role}: {}", message.text));
    }
    for tool in &facts.tools {
        let phase = match tool.phase {
            ToolPhase::Offered => "offered",
            ToolPhase::Called => "called",
            ToolPhase::Answered => "answered",
        };
        let arguments = tool.arguments.as_ref().map(|arguments| format!(" {arguments}")).unwrap_or_default();
        line(format!("{phase}: {}{arguments}", tool.name));
    }
    for call in facts.mcp.iter().chain(&facts.batch) {
        let (tool, resource) = (call.tool.as_deref().unwrap_or("-"), call.resource.as_deref().unwrap_or("-"));
        line(format!("mcp: {} {tool} {resource}", call.method));
    }
    facts.jsonrpc_id.iter().for_each(|id| line(format!("id: {}", id.as_json())));
    out
}

#[test]
fn requests_are_read_as_the_cases_say() {
    for file in CASES {
        for case in file.split("\n## ").skip(1) {
            let name = case.lines().next().unwrap();
            let mut marked = case.split('`').skip(1).step_by(2);
            let dialect: Dialect = serde_json::from_value(Json::from(marked.next().unwrap())).unwrap();
            let path = marked.next().unwrap();
            let block =
                |kind: &str| case.split(&format!("```{kind}\n")).nth(1).unwrap().split("```").next().unwrap();
            let body = block("json").trim_end();
            assert_eq!(told(&dialect.read_request(path, body.as_bytes())), block("facts"), "{name}");
        }
    }
}

#[test]
fn an_empty_body_asks_for_nothing_but_what_the_path_says() {
    let facts = Dialect::Gemini.read_request("/v1/models/gemini-2.5-pro:generateContent", b"").unwrap();
    assert_eq!(facts.model.as_deref(), Some("gemini-2.5-pro"));
}

#[test]
fn a_body_nested_too_deeply_is_unreadable() {
    let deep = format!(r#"{{"messages":[{{"content":{}{}}}]}}"#, "[".repeat(200), "]".repeat(200));
    let unreadable = Dialect::OpenAiChat.read_request("/", deep.as_bytes()).unwrap_err();
    assert!(unreadable.reason().starts_with("nested too deeply"), "{unreadable}");
}

#[test]
fn a_reason_never_quotes_the_body() {
    let unreadable = Dialect::OpenAiChat.read_request("/", br#"{"stream":"hush-hush"}"#).unwrap_err();
    assert_eq!(unreadable.reason(), "a member is not of its kind at line 1 column 21");
}

#[test]
fn texts_are_borrowed_where_they_have_no_escapes() {
    let body = br#"{"model":"gpt-5","messages":[{"role":"user","content":"plain"},{"role":"user","content":"a\nb"}]}"#;
    let facts = Dialect::OpenAiChat.read_request("/", body).unwrap();
    let borrowed = |text: &std::borrow::Cow<'_, str>| matches!(text, std::borrow::Cow::Borrowed(_));
    assert!(borrowed(facts.model.as_ref().unwrap()) && borrowed(&facts.messages[0].text));
    assert!(!borrowed(&facts.messages[1].text));
}

#[test]
fn answers_tell_their_usage() {
    let usage = |input, output, cached_input, reasoning, total| Usage {
        input,
        output,
        cached_input,
        reasoning,
        total,
        ..Usage::default()
    };
    let cases = [
        (
            Dialect::OpenAiChat,
            json!({"model": "m", "choices": [{"finish_reason": "stop"}], "usage": {"prompt_tokens": 5, "completion_tokens": 3,
                "total_tokens": 8, "prompt_tokens_details": {"cached_tokens": 2}, "completion_tokens_details": {"reasoning_tokens": 1}}}),
            usage(Some(5), Some(3), Some(2), Some(1), Some(8)),
            "stop",
        ),
        (
            Dialect::OpenAiResponses,
            json!({"model": "m", "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"},
                "usage": {"input_tokens": 5, "output_tokens": 3, "total_tokens": 8}}),
            usage(Some(5), Some(3), None, None, Some(8)),
            "max_output_tokens",
        ),
        (
            Dialect::AnthropicMessages,
            json!({"model": "m", "stop_reason": "end_turn", "usage": {"input_tokens": 2, "cache_read_input_tokens": 2,
                "cache_creation_input_tokens": 1, "output_tokens": 3}}),
            Usage { cache_write: Some(1), ..usage(Some(5), Some(3), Some(2), None, Some(8)) },
            "end_turn",
        ),
        (
            Dialect::Gemini,
            json!({"modelVersion": "m", "candidates": [{"finishReason": "STOP"}], "usageMetadata": {"promptTokenCount": 5,
                "candidatesTokenCount": 2, "thoughtsTokenCount": 1, "totalTokenCount": 8,
                "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 1}, {"modality": "IMAGE", "tokenCount": 1}]}}),
            Usage { image: Some(1), ..usage(Some(5), Some(3), None, Some(1), Some(8)) },
            "STOP",
        ),
    ];
    for (dialect, body, usage, finish) in cases {
        let facts = dialect.read_response(body.to_string().as_bytes());
        let expected = ResponseFacts { usage, model: Some("m".to_owned()), finish: Some(finish.to_owned()) };
        assert_eq!(facts, expected, "{dialect:?}");
    }
}

fn refused() -> Refusal {
    Refusal::new(RefusalKind::RateLimit, "Too many requests.", TraceId::mint(Timestamp::UNIX_EPOCH))
        .decided_by("lim_1")
        .retry_after(Duration::from_millis(1500))
}

#[test]
fn a_refusal_speaks_each_dialect() {
    let refusal = refused();
    let trace = refusal.trace.to_string();
    let notice = json!({"code": "rate_limit_exceeded", "status": 429, "decided_by": "lim_1", "retry_after_seconds": 2, "trace_id": trace});
    let openai = json!({"error": {"message": "Too many requests.", "type": "rate_limit_error", "param": null,
        "code": "rate_limit_exceeded", "renlayer": notice}});
    let cases = [
        (Dialect::OpenAiChat, openai.clone()),
        (Dialect::Http, openai),
        (
            Dialect::AnthropicMessages,
            json!({"type": "error", "error": {"type": "rate_limit_error", "message": "Too many requests."}, "renlayer": notice}),
        ),
        (
            Dialect::Gemini,
            json!({"error": {"code": 429, "message": "Too many requests.", "status": "RESOURCE_EXHAUSTED", "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "rate_limit_exceeded", "domain": "renlayer",
                 "metadata": {"decided_by": "lim_1", "trace_id": trace}},
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2s"}]}}),
        ),
        (Dialect::Bedrock, json!({"message": "Too many requests.", "renlayer": notice})),
        (
            Dialect::Mcp,
            json!({"jsonrpc": "2.0", "id": "a-1", "error": {"code": -32029, "message": "Too many requests.", "data": notice}}),
        ),
    ];
    let call = br#"{"jsonrpc":"2.0","id":"a-1","method":"tools/list"}"#;
    let id = Dialect::Mcp.read_request("/mcp", call).unwrap().jsonrpc_id;
    for (dialect, expected) in cases {
        let response = dialect.refusal(&refusal, id.as_ref());
        assert_eq!(serde_json::from_slice::<Json>(response.body()).unwrap(), expected, "{dialect:?}");
        assert_eq!(
            (response.status(), &response.headers()["retry-after"]),
            (refusal.status, &"2".parse().unwrap())
        );
    }
}

#[test]
fn bedrock_names_its_exception_and_tells_converse_from_a_models_own_usage() {
    let headers = Dialect::Bedrock.refusal(&refused(), None).into_parts().0.headers;
    assert_eq!(headers["x-amzn-errortype"], "ThrottlingException");
    let denied = Refusal::new(RefusalKind::Dlp, "No.", TraceId::mint(Timestamp::UNIX_EPOCH));
    let (head, _) = Dialect::Bedrock.refusal(&denied, None).into_parts();
    assert_eq!(
        (head.status.as_u16(), &head.headers["x-amzn-errortype"]),
        (403, &"AccessDeniedException".parse().unwrap())
    );
    let converse = json!({"output": {"message": {"role": "assistant", "content": [{"text": "hi"}]}}, "stopReason": "end_turn",
        "usage": {"inputTokens": 2, "outputTokens": 3, "totalTokens": 8, "cacheReadInputTokens": 2, "cacheWriteInputTokens": 1}});
    let invoked = json!({"stop_reason": "end_turn", "usage": {"input_tokens": 2, "cache_read_input_tokens": 2,
        "cache_creation_input_tokens": 1, "output_tokens": 3}});
    for body in [converse, invoked] {
        let facts = Dialect::Bedrock.read_response(body.to_string().as_bytes());
        let usage = Usage {
            input: Some(5),
            output: Some(3),
            cached_input: Some(2),
            cache_write: Some(1),
            total: Some(8),
            ..Usage::default()
        };
        assert_eq!(facts, ResponseFacts { usage, model: None, finish: Some("end_turn".to_owned()) });
    }
}

#[test]
fn each_kind_has_a_code_and_a_status_of_its_own_kind() {
    let trace = TraceId::mint(Timestamp::UNIX_EPOCH);
    let mut codes: Vec<&str> = RefusalKind::ALL.iter().map(|kind| kind.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), RefusalKind::ALL.len());
    for kind in RefusalKind::ALL {
        let refusal = Refusal::new(kind, "No.", trace);
        assert!(refusal.status.is_client_error() || refusal.status.is_server_error());
        for dialect in
            [Dialect::OpenAiChat, Dialect::AnthropicMessages, Dialect::Gemini, Dialect::Bedrock, Dialect::Mcp]
        {
            let body = dialect.refusal(&refusal, None).into_body();
            assert!(String::from_utf8_lossy(&body).contains(&trace.to_string()), "{dialect:?} {kind:?}");
        }
    }
}
