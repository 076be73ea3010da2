//! A sample call: from flags, from a JSON file, or from both.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use jiff::Timestamp;
use renlayer_core::trace::Status;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::cli::TestArgs;
use crate::failure::Failure;

/// The call, complete.
pub(super) struct Case {
    pub(super) request: Request<Bytes>,
    pub(super) agent: String,
    pub(super) at: Timestamp,
    pub(super) expect: Option<Status>,
}

/// The call as a file writes it down.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    method: Option<String>,
    url: Option<String>,
    headers: BTreeMap<String, String>,
    /// A JSON body, kept as it is written.
    body: Option<Box<RawValue>>,
    /// A body of any kind.
    body_text: Option<String>,
    agent: Option<String>,
    at: Option<Timestamp>,
    expect: Option<Status>,
}

// === impl Case ===

impl Case {
    /// Reads the files that the flags name; flags win over a case file.
    pub(super) fn read(args: TestArgs) -> Result<Self, Failure> {
        let written = args.case.as_deref().map(Written::read).transpose()?.unwrap_or_default();
        let body = match (&args.body, &written.body, &written.body_text) {
            (Some(path), ..) => contents(path)?,
            (None, Some(json), _) => json.get().as_bytes().to_vec(),
            (None, None, text) => text.clone().unwrap_or_default().into_bytes(),
        };
        let usual = if body.is_empty() { Method::GET } else { Method::POST };
        let method = match (args.method, &written.method) {
            (Some(method), _) => method,
            (None, Some(name)) => {
                name.parse().map_err(|_| Failure::usage("the case's method is not a method"))?
            }
            (None, None) => usual,
        };
        let uri = match (args.url, &written.url) {
            (Some(uri), _) => uri,
            (None, Some(url)) => url.parse().map_err(|_| Failure::usage("the case's url is not a URL"))?,
            (None, None) => {
                return Err(Failure::usage("the call has no URL").next("give --url, or url in the case"));
            }
        };
        let headers = headers(&uri, &written.headers, args.headers, &body)?;
        let mut request = Request::new(Bytes::from(body));
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, uri, headers);
        Ok(Self {
            request,
            agent: args.agent.or(written.agent).unwrap_or_else(|| "default".into()),
            at: args.at.or(written.at).unwrap_or_else(Timestamp::now),
            expect: args.expect.or(written.expect),
        })
    }
}

impl Written {
    fn read(path: &Path) -> Result<Self, Failure> {
        serde_json::from_slice(&contents(path)?).map_err(|error| {
            // A message of serde may quote the body, which is not for a terminal's history.
            Failure::usage(format!("{}:{}:{}: not a case", path.display(), error.line(), error.column()))
                .next("`renlayer policy test --help` shows what a case file holds")
        })
    }
}

fn contents(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => io::stdin().lock().read_to_end(&mut bytes).map(|_| ()),
        false => fs::read(path).map(|read| bytes = read),
    };
    read.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    Ok(bytes)
}

/// What the call says, and what every client adds by itself.
fn headers(
    uri: &Uri,
    written: &BTreeMap<String, String>,
    flags: Vec<(HeaderName, HeaderValue)>,
    body: &[u8],
) -> Result<HeaderMap, Failure> {
    let host = uri.authority().ok_or_else(|| {
        Failure::usage("the URL names no host")
            .next("give the upstream's whole URL: https://api.openai.com/v1/…")
    })?;
    let mut headers = HeaderMap::new();
    headers.extend(HeaderValue::from_str(host.as_str()).ok().map(|host| (HOST, host)));
    if !body.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, body.len().into());
    }
    for (name, value) in written {
        let invalid = || Failure::usage(format!("the case's header `{name}` is not valid"));
        let name: HeaderName = name.parse().map_err(|_| invalid())?;
        headers.insert(name, value.parse().map_err(|_| invalid())?);
    }
    headers.extend(flags);
    Ok(headers)
}
