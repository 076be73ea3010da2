//! Refusals: small problem documents (RFC 9457) that say what decided.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use super::rate_limit;
use crate::{LimitState, PolicyRef};

/// The answer to a call that `policy` denies, or, without one, the set's default.
pub(super) fn denied(policy: Option<&PolicyRef>) -> Response<Bytes> {
    let mut document = json!({ "title": "denied by policy", "status": 403 });
    if let (Some(policy), Some(fields)) = (policy, document.as_object_mut()) {
        fields.insert("policy".to_owned(), json!({ "id": policy.id, "name": policy.name }));
        fields.extend(policy.message.as_deref().map(|message| ("detail".to_owned(), message.into())));
    }
    respond(StatusCode::FORBIDDEN, &document)
}

/// The answer to a call for which `limit` has no room.
pub(super) fn limited(limit: &LimitState) -> Response<Bytes> {
    let document = json!({
        "title": "a rate limit is used up",
        "status": 429,
        "limit": { "id": limit.id, "name": limit.name },
    });
    let mut response = respond(StatusCode::TOO_MANY_REQUESTS, &document);
    let seconds = limit.retry_after_ms.div_ceil(1000).max(1);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response.headers_mut().extend(rate_limit::fields(std::slice::from_ref(limit)));
    response
}

fn respond(status: StatusCode, document: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(document.to_string()));
    *response.status_mut() = status;
    let media = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response
}
