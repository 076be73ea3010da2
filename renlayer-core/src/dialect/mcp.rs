//! The Model Context Protocol over streamable HTTP: JSON-RPC messages, one or a batch.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    JsonRpcId, McpCall, Notice, Refusal, RefusalKind, RequestFacts, Text, Unreadable,
    facts::{read, read_strictly},
    json,
};

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    method: Option<Text<'a>>,
    #[serde(borrow)]
    params: Option<Params<'a>>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    uri: Option<Text<'a>>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

pub(super) fn request(body: &[u8]) -> Result<RequestFacts<'_>, Unreadable> {
    let batch = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let calls = if batch { read::<Vec<Call<'_>>>(body)? } else { vec![read_strictly::<Call<'_>>(body)?] };
    let mut facts = RequestFacts::default();
    for call in calls {
        call.tell(&mut facts);
    }
    Ok(facts)
}

impl<'a> Call<'a> {
    fn tell(self, facts: &mut RequestFacts<'a>) {
        let method = self.method.unwrap_or_default().0;
        let id = self.id.filter(|id| id.get() != "null" && !method.is_empty());
        if facts.jsonrpc_id.is_none() {
            facts.jsonrpc_id = id.map(|id| JsonRpcId(id.to_owned()));
        }
        let params = self.params.unwrap_or(Params { name: None, uri: None, arguments: None });
        let tool = params.name.map(|text| text.0);
        if let (Some(tool), "tools/call") = (&tool, &*method) {
            facts.call(tool.clone(), params.arguments.map(|raw| Cow::Borrowed(raw.get())));
        }
        let call = McpCall { method, tool, resource: params.uri.map(|text| text.0) };
        if facts.mcp.is_none() {
            facts.mcp = Some(call);
        } else {
            facts.batch.push(call);
        }
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    jsonrpc: &'static str,
    id: Option<&'a RawValue>,
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: i32,
    message: &'a str,
    data: Notice<'a>,
}

/// A JSON-RPC error with the request's id, or `null` where the request had none that could be read.
pub(crate) fn refusal(refusal: &Refusal, id: Option<&JsonRpcId>) -> String {
    // -32000 to -32099 are the server's own; -32600 and -32603 are JSON-RPC's invalid request and internal error.
    let code = match refusal.kind {
        RefusalKind::Unauthenticated => -32001,
        RefusalKind::Policy | RefusalKind::Dlp | RefusalKind::Route | RefusalKind::Unscannable => -32003,
        RefusalKind::RateLimit | RefusalKind::Budget => -32029,
        RefusalKind::BadRequest | RefusalKind::BodyTooLarge => -32600,
        RefusalKind::Upstream | RefusalKind::UpstreamTimeout | RefusalKind::Unavailable => -32603,
    };
    let error = Error { code, message: &refusal.message, data: refusal.notice() };
    json(&Refused { jsonrpc: "2.0", id: id.map(|id| &*id.0), error })
}
