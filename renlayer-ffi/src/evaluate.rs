//! Judging a call without making it.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use jiff::Timestamp;
use renlayer_core::compile::agent;

use crate::{
    boundary,
    buffer::Buffer,
    call::Call,
    engine::{Engine, to_json},
    input,
    status::{Failure, Status},
    verdict::Verdict,
};

impl Engine {
    fn evaluate(&self, call: Call) -> Result<Buffer, Failure> {
        let agent = agent(self.snapshot().tenant, &call.agent);
        let (parts, body) = call.request.into_parts();
        let rehearsal = self.engine.rehearse(Some(agent), parts, body, call.at);
        let rehearsal = rehearsal.ok_or_else(|| Failure::bug("a bug in RenLayer: a call left no trace"))?;
        to_json(&Verdict::of(&rehearsal))
    }
}

/// Judges a call without making it, by the engine that would govern it. Nothing is sent, counted or recorded: every limit
/// stands as if this were the first call. The call is described in JSON, as for `renlayer policy test`:
///
/// ```json
/// {"method": "POST", "url": "https://api.openai.com/v1/chat/completions",
///  "headers": {"x-renlayer-user": "ada"}, "body": {"model": "gpt-4o", "messages": []},
///  "agent": "billing-bot", "at": "2026-01-01T09:00:00Z"}
/// ```
///
/// Only `url` is needed: the upstream's, whole. `body` is any JSON, kept as it is written; `body_text` in its place is a
/// body of any kind. The rest is as usual where it is left out: GET without and POST with a body, `Content-Type:
/// application/json`, the agent `default`, now. `agent` is taken at its word: no key is asked for, and no list.
///
/// The verdict is JSON too:
///
/// - `status`: `ALLOWED`, `FLAGGED`, `DENIED`, `DLP_BLOCKED` or `DLP_WARNED`; `enforced`: false where it is only
///   observed; `reasons`: every reason, each with its `kind` and what it was `by`
/// - `http_status`: of the refusal; null where the call goes through. `refusal`: what the caller would be told
/// - `policies`: `decision`, `matches` in order, `near_misses` with the one condition that ruled each out; null where the
///   call is refused before
/// - `findings`: as of `renlayer_scan`, never with the value; `limits`: each that counts the call, and how much is left
/// - `request`: `method`, `url`, `headers` (pairs), `body_text` as the upstream would see them, redacted as configured;
///   null where the call is refused. It holds what the call held, so do not log it.
///
/// Parameters:
///
/// - `engine`: borrowed for the call.
/// - `call`, `call_len`: the JSON, UTF-8. Borrowed for the call.
/// - `verdict`: receives the JSON, which the caller owns and frees with `renlayer_buffer_free`.
/// - `error`: receives the reason of a failure; may be NULL. The caller owns it. It quotes nothing of the call.
///
/// Threads: any, at once.
///
/// On failure: INVALID_CALL, NULL_ARGUMENT, INVALID_ARGUMENT, INVALID_UTF8, PANIC. A call that is refused is no failure:
/// it has a verdict.
///
/// # Safety
///
/// `call_len` bytes must be readable at `call`; `verdict` and `error` must each be NULL or a variable of their own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn renlayer_evaluate(
    engine: Option<&Engine>,
    call: *const c_char,
    call_len: usize,
    verdict: Option<&mut MaybeUninit<Box<Buffer>>>,
    error: Option<&mut MaybeUninit<Box<Buffer>>>,
) -> Status {
    boundary::call(verdict, error, || {
        let engine = engine.ok_or_else(|| Failure::null("engine"))?;
        // SAFETY: readable for the call as the caller promises, and not used after.
        let json = unsafe { input::text(call, call_len, "call") }?;
        engine.evaluate(Call::read(json, Timestamp::now)?)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::engine::tests::engine;

    #[test]
    fn each_status_comes_with_what_follows_from_it() {
        let governance = "
declare:
  policies:
    - { name: no-iam, priority: 10, match: { upstream: '*/iam/*' }, action: DENY }
    - { name: watched, priority: 20, match: { upstream: '*/watched' }, action: FLAG }
  dlp: { detectors: { pii.email: { severity: HIGH, action: redact } } }
";
        let card = r#"{"url": "https://h/pay", "body": {"card": "4111 1111 1111 1111"}}"#;
        for (call, status, http_status, body) in [
            (r#"{"url": "https://h/"}"#, "ALLOWED", None, Some("")),
            (r#"{"url": "https://h/watched"}"#, "FLAGGED", None, Some("")),
            (r#"{"url": "https://h/iam/users"}"#, "DENIED", Some(403), None),
            (card, "DLP_BLOCKED", Some(403), None),
            (
                r#"{"url": "https://h/", "body_text": "to ada@corp.io"}"#,
                "DLP_WARNED",
                None,
                Some("to [REDACTED:pii.email]"),
            ),
        ] {
            let call = Call::read(call, || Timestamp::UNIX_EPOCH).unwrap();
            let verdict = engine(governance).unwrap().evaluate(call).unwrap();
            let verdict: Value = serde_json::from_slice(verdict.bytes()).unwrap();
            assert_eq!(verdict["status"], status);
            assert_eq!(verdict["http_status"].as_u64(), http_status, "{status}");
            assert_eq!(verdict["request"]["body_text"].as_str(), body, "{status}");
            assert_eq!(verdict["refusal"].is_object(), http_status.is_some(), "{status}");
        }
    }
}
