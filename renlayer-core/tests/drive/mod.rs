//! Drives the exchange by hand: a request in, an upstream's answer in, what the agent and the upstream saw out.
#![allow(dead_code, reason = "each test crate uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use renlayer_core::{
    Engine,
    config::{Environment, Format, Overrides, Source, load},
    exchange::{Answer, Forward, Ingress, Overflow, Stream, UpstreamFailure},
    snapshot::Governance,
    trace::{Recorder, Trace},
};

/// Keeps what is recorded.
#[derive(Default)]
pub(crate) struct Recorded(Mutex<Vec<Trace>>);

impl Recorder for Recorded {
    fn record(&self, trace: Trace) {
        self.0.lock().unwrap().push(trace);
    }
}

impl Recorded {
    /// The one trace there must be by now.
    pub(crate) fn only(&self) -> Trace {
        let mut traces = self.0.lock().unwrap();
        assert_eq!(traces.len(), 1, "an action records exactly one trace: {traces:?}");
        traces.pop().unwrap()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// An engine by a YAML configuration.
pub(crate) fn engine(yaml: &str, environment: &[(&str, &str)]) -> (Engine, Arc<Recorded>) {
    let recorded = Arc::new(Recorded::default());
    (Engine::new(governance(yaml, environment), recorded.clone()), recorded)
}

/// What a YAML configuration compiles to.
pub(crate) fn governance(yaml: &str, environment: &[(&str, &str)]) -> Governance {
    let environment: Environment =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let source = Source { name: "test.yaml", text: yaml, format: Format::Yaml };
    let config =
        load(Some(source), &environment, &Overrides::default()).unwrap_or_else(|e| panic!("{e}")).config;
    Governance::compile(&config, &environment, [], [7; 32]).unwrap_or_else(|e| panic!("{e}"))
}

/// What an upstream does with a request.
pub(crate) enum Upstream {
    Answers(Response<Vec<Bytes>>),
    BreaksOff(Response<Vec<Bytes>>),
    Fails(UpstreamFailure),
    MustNotBeAsked,
}

/// An answer of one or more chunks.
pub(crate) fn answers(media: &str, chunks: &[&str]) -> Upstream {
    Upstream::Answers(response(media, chunks))
}

pub(crate) fn response(media: &str, chunks: &[&str]) -> Response<Vec<Bytes>> {
    let chunks = chunks.iter().map(|chunk| Bytes::copy_from_slice(chunk.as_bytes())).collect();
    Response::builder().header("content-type", media).body(chunks).unwrap()
}

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// What the agent got, piece by piece.
    pub(crate) chunks: Vec<Bytes>,
    /// What the upstream got, if it was asked.
    pub(crate) forwarded: Option<Request<Bytes>>,
    /// Whether the answer was broken off.
    pub(crate) aborted: bool,
}

impl Outcome {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.chunks.concat()).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text()).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub(crate) fn sent(&self) -> &Request<Bytes> {
        self.forwarded.as_ref().expect("the upstream was asked")
    }

    fn of(response: Response<Bytes>, forwarded: Option<Request<Bytes>>) -> Self {
        let (head, body) = response.into_parts();
        Self { status: head.status, headers: head.headers, chunks: vec![body], forwarded, aborted: false }
    }
}

/// One call from its first byte to its last.
pub(crate) fn call(engine: &Engine, request: Request<Vec<Bytes>>, upstream: Upstream) -> Outcome {
    let (parts, body) = request.into_parts();
    let forward = match admit(engine, parts, body) {
        Ok(forward) => forward,
        Err(response) => return Outcome::of(response, None),
    };
    let Forward { parts, body, pending } = forward;
    let forwarded = Some(Request::from_parts(parts, body));
    let (response, whole) = match upstream {
        Upstream::Answers(response) => (response, true),
        Upstream::BreaksOff(response) => (response, false),
        Upstream::Fails(failure) => return Outcome::of(pending.failed(failure).response, forwarded),
        Upstream::MustNotBeAsked => panic!("the call was forwarded: {forwarded:?}"),
    };
    let (head, chunks) = response.into_parts();
    match pending.answered(head) {
        Answer::Whole(mut answer) => {
            let mut chunks = chunks.into_iter();
            while let Some(chunk) = chunks.next() {
                let Err(chunk) = answer.push(chunk) else { continue };
                let mut out = Vec::new();
                let (head, stream) = match answer.overflow(chunk, &mut out) {
                    Ok(streamed) => streamed,
                    Err(refused) => return Outcome::of(refused.response, forwarded),
                };
                return streamed(head, stream, out, chunks, whole, forwarded);
            }
            let ended = if whole { answer.end() } else { Err(answer.broken(UpstreamFailure::Reset)) };
            Outcome::of(ended.unwrap_or_else(|refused| refused.response), forwarded)
        }
        Answer::Stream { head, stream } => {
            streamed(head, stream, Vec::new(), chunks.into_iter(), whole, forwarded)
        }
    }
}

/// The rest of an answer that streams.
fn streamed(
    head: http::response::Parts,
    mut stream: Stream,
    mut out: Vec<Bytes>,
    chunks: impl Iterator<Item = Bytes>,
    whole: bool,
    forwarded: Option<Request<Bytes>>,
) -> Outcome {
    for chunk in chunks {
        stream.push(chunk, &mut out);
    }
    let told = if whole {
        stream.end(&mut out);
        true
    } else {
        stream.broken(UpstreamFailure::Reset, &mut out)
    };
    Outcome { status: head.status, headers: head.headers, chunks: out, forwarded, aborted: !told }
}

fn admit(engine: &Engine, parts: http::request::Parts, body: Vec<Bytes>) -> Result<Forward, Response<Bytes>> {
    let mut reading = engine.begin(parts, Ingress::Reverse).map_err(|refused| refused.response)?;
    let mut chunks = body.into_iter();
    while let Some(chunk) = chunks.next() {
        if let Err(chunk) = reading.push(chunk) {
            return match reading.overflow(chunk) {
                Overflow::Refused(refused) => Err(refused.response),
                Overflow::Unread { permit, held } => {
                    let mut forward = permit.admit().map_err(|refused| refused.response)?;
                    forward.body = [&[held][..], &chunks.collect::<Vec<_>>()].concat().concat().into();
                    Ok(forward)
                }
            };
        }
    }
    reading.end().and_then(|permit| permit.admit()).map_err(|refused| refused.response)
}

/// A POST with a JSON body in one chunk, from this machine.
pub(crate) fn post(path: &str, headers: &[(&str, &str)], body: &str) -> Request<Vec<Bytes>> {
    let mut request =
        Request::post(path).header("host", "127.0.0.1:8080").header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(vec![Bytes::copy_from_slice(body.as_bytes())]).unwrap()
}
