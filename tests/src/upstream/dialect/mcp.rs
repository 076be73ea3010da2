//! MCP over streamable HTTP: JSON-RPC in, one JSON document or one event out, as `Accept` and the script have it.
//!
//! It offers one tool, `say`, whose result is the script's words. A request with the header-only `accept:
//! text/event-stream`, or a script of more than one fragment, is answered as a stream.

use serde_json::{Value, json};

use super::{Answer, Asked, typed};
use crate::upstream::script::{Part, Script};

const VERSION: &str = "2025-06-18";

pub(super) fn answer(asked: &Asked<'_>, script: &Script) -> Answer {
    if asked.method != "POST" {
        // No stream of the server's own, and nothing to do when a session ends.
        return status(405);
    }
    let Some(id) = asked.body.get("id") else { return status(202) };
    let method = asked.body.get("method").and_then(Value::as_str).unwrap_or_default();
    let reply = match method {
        "initialize" => result(id, &initialize(asked)),
        "ping" => result(id, &json!({})),
        "tools/list" => result(id, &tools()),
        "tools/call" => {
            result(id, &json!({"content": [{"type": "text", "text": words(script)}], "isError": false}))
        }
        _ => json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "Method not found"}}),
    };
    let streamed =
        method == "tools/call" && asked.accept.contains("text/event-stream") && fragments(script) > 1;
    let mut answer = if streamed { Answer::events(events(&reply, script)) } else { Answer::json(&reply) };
    if method == "initialize" {
        answer.headers.push(("mcp-session-id".into(), "session-test".into()));
    }
    answer
}

/// Progress for each fragment but the last, then the reply.
fn events(reply: &Value, script: &Script) -> Vec<String> {
    let total = fragments(script);
    let mut events: Vec<String> = (1..total)
        .map(|done| {
            typed(&json!({"jsonrpc": "2.0", "method": "notifications/progress",
                          "params": {"progressToken": 1, "progress": done, "total": total}}))
        })
        .collect();
    events.push(typed(reply));
    events
}

fn initialize(asked: &Asked<'_>) -> Value {
    let version = asked.body.pointer("/params/protocolVersion").and_then(Value::as_str).unwrap_or(VERSION);
    json!({"protocolVersion": version, "capabilities": {"tools": {}},
           "serverInfo": {"name": "upstream", "version": "1.0.0"}})
}

fn tools() -> Value {
    json!({"tools": [{
        "name": "say", "description": "Says the scripted words.",
        "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}},
    }]})
}

fn result(id: &Value, result: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": result})
}

fn status(status: u16) -> Answer {
    let mut answer = Answer::json(&Value::Null);
    answer.status = Some(status);
    answer.chunks.clear();
    answer
}

fn words(script: &Script) -> String {
    script.choices.iter().flatten().map(Part::whole).collect()
}

fn fragments(script: &Script) -> usize {
    script.choices.iter().flatten().map(|part| part.fragments().len()).sum()
}
