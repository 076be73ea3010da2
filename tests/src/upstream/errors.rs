//! Errors in the provider's own shape and with its own headers.

use serde_json::{Value, json};

use super::dialect::{Answer, Dialect};

/// What `dialect`'s provider answers with this status.
pub(super) fn answer(dialect: Dialect, status: u16) -> Answer {
    let body = match dialect {
        Dialect::AnthropicMessages => anthropic(status),
        Dialect::Gemini => gemini(status),
        Dialect::Mcp => {
            json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32603, "message": "Internal error"}})
        }
        _ => openai(status),
    };
    let mut answer = Answer::json(&body);
    answer.headers.extend(headers(dialect, status));
    answer
}

fn openai(status: u16) -> Value {
    let (kind, code, message) = match status {
        401 => ("invalid_request_error", Some("invalid_api_key"), "Incorrect API key provided."),
        429 => (
            "tokens",
            Some("rate_limit_exceeded"),
            "Rate limit reached for gpt-test in organization org-test.",
        ),
        400..500 => ("invalid_request_error", None, "The request could not be processed."),
        _ => ("server_error", None, "The server had an error while processing your request."),
    };
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}

fn anthropic(status: u16) -> Value {
    let (kind, message) = match status {
        401 => ("authentication_error", "invalid x-api-key"),
        403 => ("permission_error", "Your API key does not have permission to use the specified resource."),
        429 => ("rate_limit_error", "Number of request tokens has exceeded your per-minute rate limit."),
        529 => ("overloaded_error", "Overloaded"),
        400..500 => ("invalid_request_error", "The request could not be processed."),
        _ => ("api_error", "Internal server error"),
    };
    json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_test"})
}

fn gemini(status: u16) -> Value {
    let (name, message, details) = match status {
        401 => ("UNAUTHENTICATED", "API key not valid. Please pass a valid API key.", json!([])),
        429 => (
            "RESOURCE_EXHAUSTED",
            "You exceeded your current quota.",
            json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2s"}]),
        ),
        400..500 => ("INVALID_ARGUMENT", "The request could not be processed.", json!([])),
        _ => ("INTERNAL", "An internal error has occurred.", json!([])),
    };
    json!({"error": {"code": status, "message": message, "status": name, "details": details}})
}

fn headers(dialect: Dialect, status: u16) -> Vec<(String, String)> {
    let pairs: &[(&str, &str)] = match (dialect, status) {
        (Dialect::AnthropicMessages, 429) => {
            &[("retry-after", "2"), ("anthropic-ratelimit-requests-remaining", "0")]
        }
        (Dialect::Gemini, 429) => &[],
        (_, 429) => &[
            ("retry-after", "2"),
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "2s"),
        ],
        _ => &[],
    };
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}
