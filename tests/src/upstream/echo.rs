//! The generic endpoint: says what it received.

use serde_json::json;

use super::desk::Received;
use super::dialect::Answer;

/// The request as JSON: method, path, query, headers, body.
pub(super) fn answer(request: &Received) -> Answer {
    Answer::json(&json!({
        "method": request.method, "path": request.path, "query": request.query,
        "headers": request.headers, "body": String::from_utf8_lossy(&request.body),
    }))
}
