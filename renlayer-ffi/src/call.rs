//! A sample call as JSON describes it, in the words of `renlayer policy test`.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use jiff::Timestamp;
use renlayer_core::store::DEFAULT;
use serde::Deserialize;
use serde_json::{error::Category, value::RawValue};

use crate::status::{Failure, Status};

/// The call, complete.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) request: Request<Bytes>,
    pub(crate) agent: String,
    pub(crate) at: Timestamp,
}

/// The call as it is written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    method: Option<String>,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// A JSON body, kept as it is written.
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    /// A body of any kind.
    body_text: Option<String>,
    agent: Option<String>,
    at: Option<Timestamp>,
}

// === impl Call ===

impl Call {
    /// Reads a call; `now` is when it is made where it does not say.
    pub(crate) fn read(json: &str, now: impl FnOnce() -> Timestamp) -> Result<Self, Failure> {
        let written: Written<'_> = serde_json::from_str(json).map_err(|error| misread(&error))?;
        let body = match (written.body, written.body_text) {
            (Some(_), Some(_)) => return Err(wrong("has both `body` and `body_text`; give one of them")),
            (Some(json), None) => Bytes::copy_from_slice(json.get().as_bytes()),
            (None, text) => Bytes::from(text.unwrap_or_default()),
        };
        let uri: Uri = written.url.parse().map_err(|_| wrong("`url` is not a URL"))?;
        let method = match written.method {
            Some(name) => name.parse().map_err(|_| wrong("`method` is not a method"))?,
            None if body.is_empty() => Method::GET,
            None => Method::POST,
        };
        let headers = headers(&uri, &written.headers, &body)?;
        let mut request = Request::new(body);
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, uri, headers);
        let agent = written.agent.unwrap_or_else(|| DEFAULT.into());
        Ok(Self { request, agent, at: written.at.unwrap_or_else(now) })
    }
}

/// What the call says, and what every client adds by itself.
fn headers(uri: &Uri, written: &BTreeMap<String, String>, body: &Bytes) -> Result<HeaderMap, Failure> {
    let (Some(_), Some(authority)) = (uri.scheme(), uri.authority()) else {
        return Err(wrong("`url` must be the upstream's whole URL, with scheme and host"));
    };
    let mut headers = HeaderMap::new();
    // Who the caller is to the upstream is no part of the host.
    let host = authority.as_str().rsplit_once('@').map_or(authority.as_str(), |(_, host)| host);
    headers.extend(HeaderValue::from_str(host).ok().map(|host| (HOST, host)));
    if !body.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, body.len().into());
    }
    for (name, value) in written {
        let name: HeaderName = name.parse().map_err(|_| wrong("a header's name is not valid"))?;
        let value = value.parse();
        headers
            .insert(&name, value.map_err(|_| wrong(format!("the value of header `{name}` is not valid")))?);
    }
    Ok(headers)
}

fn wrong(what: impl std::fmt::Display) -> Failure {
    Failure::new(Status::InvalidCall, format!("call: {what}"))
}

/// What serde says may quote the call; its kind and its place do not.
fn misread(error: &serde_json::Error) -> Failure {
    let what = match error.classify() {
        Category::Data => {
            "is not a call: {\"method\", \"url\", \"headers\", \"body\" or \"body_text\", \"agent\", \"at\"}"
        }
        Category::Syntax | Category::Eof | Category::Io => "is not JSON",
    };
    let (line, column) = (error.line(), error.column());
    Failure::new(Status::InvalidCall, format!("call:{line}:{column}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Call, Failure> {
        Call::read(json, || Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_url_is_enough() {
        let call = read(r#"{"url": "https://user@api.example:8443/v1"}"#).unwrap();
        assert_eq!(
            (call.request.method(), &*call.agent, call.at),
            (&Method::GET, "default", Timestamp::UNIX_EPOCH)
        );
        assert_eq!(call.request.headers()[HOST], "api.example:8443");
        assert_eq!(call.request.headers().len(), 1);
    }

    #[test]
    fn a_json_body_is_kept_as_it_is_written() {
        let call = read(r#"{"url": "https://api.example/v1", "body": {"b" : 1.0, "a":[ ]}}"#).unwrap();
        assert_eq!(&call.request.body()[..], br#"{"b" : 1.0, "a":[ ]}"#);
        assert_eq!(call.request.method(), Method::POST);
        assert_eq!(call.request.headers()[CONTENT_LENGTH], "20");
    }

    #[test]
    fn what_is_said_wins_over_what_is_usual() {
        let json = r#"{"url": "http://h/", "method": "PUT", "body_text": "a=1", "agent": "bot",
                       "at": "2026-02-03T04:05:06Z", "headers": {"Content-Type": "text/plain", "X-A": "1"}}"#;
        let call = read(json).unwrap();
        assert_eq!((call.request.method(), &*call.agent), (&Method::PUT, "bot"));
        assert_eq!(call.request.headers()[CONTENT_TYPE], "text/plain");
        assert_eq!(call.request.headers()["x-a"], "1");
        assert_eq!(call.at.to_string(), "2026-02-03T04:05:06Z");
    }

    #[test]
    fn what_is_wrong_is_told_without_quoting_it() {
        for (json, expected) in [
            ("{", "call:1:1: is not JSON"),
            ("", "call:1:0: is not JSON"),
            (r#"{"url": 4111}"#, "call:1:12: is not a call"),
            (r#"{"url": "http://h/", "hunter2": 1}"#, "is not a call"),
            (r#"{"method": "GET"}"#, "is not a call"),
            (r#"{"url": "/hunter2"}"#, "`url` must be the upstream's whole URL"),
            (r#"{"url": "hunter2:443"}"#, "`url` must be the upstream's whole URL"),
            (r#"{"url": "http://h unter2/"}"#, "`url` is not a URL"),
            (r#"{"url": "http://h/", "method": "hunter 2"}"#, "`method` is not a method"),
            (r#"{"url": "http://h/", "headers": {"hunter 2": ""}}"#, "a header's name is not valid"),
            (
                r#"{"url": "http://h/", "headers": {"x-a": "hunter2\n"}}"#,
                "the value of header `x-a` is not valid",
            ),
            (r#"{"url": "http://h/", "body": 1, "body_text": "1"}"#, "both `body` and `body_text`"),
        ] {
            let failure = read(json).unwrap_err();
            assert_eq!(failure.status, Status::InvalidCall);
            assert!(failure.message.contains(expected), "{json}: {}", failure.message);
            assert!(!failure.message.contains("hunter"), "{}", failure.message);
        }
    }
}
