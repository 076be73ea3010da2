//! The fourth step: the upstream's head decides how its body is treated. Whole where it must be read as one (JSON, or
//! encoded), as it comes where it streams.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, response};
use renlayer_dlp::{Action, Direction, Scanner};
use renlayer_policy::LimitState;

use super::{
    Refused, Stream,
    body::{Body, Full, Gather, media_type},
    budget::Progress,
    call::Call,
    cause::{Cause, UpstreamFailure},
    encoding::{DecodeError, Encoding},
    headers,
};
use crate::{
    dialect::Usage,
    stream::StreamEditor,
    tokens::{self, Running},
    trace::{DirectionCoverage, Outcome},
};

/// An action whose request is with the upstream.
pub struct Pending {
    pub(super) call: Box<Call>,
    pub(super) method: Method,
}

/// What to do with an answer.
pub enum Answer {
    /// Gather the body, then send what [`Whole::end`] says.
    Whole(Whole),
    /// Send the head now and each piece of the body as it is released.
    Stream {
        /// The head, as the agent is to see it.
        head: response::Parts,
        /// The body's judge.
        stream: Stream,
    },
}

/// An answer that is read as one.
pub struct Whole {
    call: Box<Call>,
    head: response::Parts,
    gather: Gather,
}

impl Pending {
    /// The upstream has no answer.
    pub fn failed(self, failure: UpstreamFailure) -> Refused {
        self.call.refuse(&Cause::upstream(failure))
    }

    /// The service below failed in a way of its own, which goes up as it is.
    pub fn errored(mut self) {
        self.call.settle(Progress::Sent);
        self.call.close(Outcome::UpstreamError);
    }

    /// The call was only rehearsed: the limits that applied to it.
    pub(super) fn rehearsed(mut self) -> Option<Vec<LimitState>> {
        self.call.settle(Progress::Nothing);
        self.call.close(Outcome::Completed);
        self.call.limits.take()
    }

    /// The upstream answers.
    pub fn answered(self, mut head: response::Parts) -> Answer {
        let Self { mut call, method } = self;
        let started = call.start();
        call.ledger.answered();
        guard_headers(&call, &mut head.headers);
        headers::strip_hop(&mut head.headers);
        call.decorate(&mut head.headers);
        let bodiless = method == Method::HEAD || has_no_body(head.status);
        let plan = if bodiless { Plan::Pass(None) } else { Plan::of(&call, &head) };
        call.spent(started);
        let editor = match plan {
            Plan::Whole => {
                // It is never judged again.
                call.kept = None;
                let gather = Gather::new(call.bounds.max_body_bytes);
                return Answer::Whole(Whole { call, head, gather });
            }
            Plan::Pass(rule) => {
                call.ledger.coverage(|coverage| coverage.response.exempt_by = rule.map(Into::into));
                None
            }
            Plan::Edit(editor) => {
                head.headers.remove(header::CONTENT_LENGTH);
                Some(editor)
            }
        };
        call.ledger.note(|trace| trace.http_status = Some(head.status.as_u16()));
        let mut stream = Stream::new(call, editor, head.status.is_success());
        if bodiless {
            // Whoever sends it on has nothing to ask for, and so would not come to its end.
            stream.end(&mut Vec::new());
        }
        Answer::Stream { head, stream }
    }
}

/// How a body is treated.
enum Plan {
    Whole,
    Edit(Box<StreamEditor>),
    Pass(Option<&'static str>),
}

impl Plan {
    fn of(call: &Call, head: &response::Parts) -> Self {
        if Encoding::of(&head.headers) != Encoding::Identity {
            return Self::Whole;
        }
        let media = media_type(&head.headers);
        let scanner = &call.scanner;
        match (is_media(&media), &call.known) {
            (true, None) => Self::Pass(Some("media_type")),
            (true, known) => Self::Edit(Box::new(StreamEditor::text(&Scanner::silent(), known.clone()))),
            (false, _) if media.ends_with("json") && !call.streamed => Self::Whole,
            (false, _) => {
                let editor = StreamEditor::of(call.dialect, &media, scanner, call.known_in_answer());
                let editor = if call.hides_usage { editor.hiding_usage() } else { editor };
                let metered = call.budget.is_metered();
                Self::Edit(Box::new(if metered { editor.counting(running(call)) } else { editor }))
            }
        }
    }
}

/// Counts the tokens of an answer as they come.
fn running(call: &Call) -> Running {
    Running::new(call.shared.tokens(), &model(call))
}

fn model(call: &Call) -> Box<str> {
    call.ledger.read(|trace| trace.model.clone()).flatten().unwrap_or_default()
}

/// The tokens of a whole answer that does not say how many they are: counted where a limit asks for them, and estimated where
/// none does or there is no text to count.
fn tokens_of(call: &Call, body: &[u8]) -> u64 {
    let counted = || tokens::of_answer(&*call.shared.tokens(), &model(call), body);
    let counted = if call.budget.is_metered() { counted() } else { None };
    counted.unwrap_or_else(|| tokens::of_bytes(body.len() as u64))
}

fn has_no_body(status: StatusCode) -> bool {
    matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// Pictures, sound and film hold no text to scan.
fn is_media(media: &str) -> bool {
    ["image/", "audio/", "video/", "font/"].iter().any(|kind| media.starts_with(kind))
        && media != "image/svg+xml"
}

/// An upstream that echoes the credential in a header does not get it through.
pub(super) fn guard_headers(call: &Call, headers: &mut HeaderMap) {
    let Some(known) = &call.known else { return };
    for value in headers.values_mut() {
        if known.occur_in(value.as_bytes()) {
            *value = HeaderValue::from_static("[REDACTED:secret.injected]");
        }
    }
}

impl Whole {
    /// Takes the next piece of the body. An error means that it is longer than the bound: go on with
    /// [`overflow`](Self::overflow), with the piece that is given back.
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Bytes> {
        let pushed = self.gather.push(chunk).map_err(|Full(chunk)| chunk);
        if self.head.status.is_success() {
            let written = tokens::of_bytes(self.gather.len() as u64);
            self.call.budget.came(Progress::Answered { told: Usage::default(), written, whole: false });
        }
        pushed
    }

    /// The body is longer than the bound: from here on it is scanned as text, piece by piece. Appends to `out` what of
    /// it may go. An encoded body cannot be, and is refused.
    pub fn overflow(self, chunk: Bytes, out: &mut Vec<Bytes>) -> Result<(response::Parts, Stream), Refused> {
        let Self { mut call, mut head, gather } = self;
        if Encoding::of(&head.headers) != Encoding::Identity {
            if call.enforces() {
                let written = tokens::of_bytes((gather.len() + chunk.len()) as u64);
                call.settle(Progress::Answered { told: Usage::default(), written, whole: true });
            }
            call = call.refuse_or_note(&Cause::unscannable_answer(DecodeError::TooLarge))?;
        }
        head.headers.remove(header::CONTENT_LENGTH);
        call.ledger.note(|trace| trace.http_status = Some(head.status.as_u16()));
        let editor = StreamEditor::text(&call.scanner, call.known_in_answer());
        let mut stream = Stream::new(call, Some(Box::new(editor)), head.status.is_success());
        for piece in [gather.finish(), chunk] {
            stream.push(piece, out);
        }
        Ok((head, stream))
    }

    /// The upstream broke off in the middle of the body; none of it was sent.
    pub fn broken(self, failure: UpstreamFailure) -> Refused {
        self.call.refuse(&Cause::upstream(failure))
    }

    /// The body is complete: judges it and gives what the agent gets.
    pub fn end(self) -> Result<Response<Bytes>, Refused> {
        let Self { mut call, mut head, gather } = self;
        let started = call.start();
        let raw = gather.finish();
        let max = call.bounds.max_decoded_bytes;
        let body = match Body::read(raw, &head.headers, call.dialect, Direction::Response, max) {
            Ok(mut body) => {
                call = scan(call, &head, &mut body)?;
                outgoing(&mut head.headers, &body)
            }
            Err((raw, error)) => {
                let opaque = DirectionCoverage {
                    opaque: raw.len() as u64,
                    opaque_because: Some(error.to_string().into()),
                    ..DirectionCoverage::default()
                };
                call.ledger.coverage(|coverage| coverage.response = opaque);
                let written = tokens::of_bytes(raw.len() as u64);
                call.settle(Progress::Answered { told: Usage::default(), written, whole: true });
                call = call.refuse_or_note(&Cause::unscannable_answer(error))?;
                raw
            }
        };
        call.spent(started);
        call.ledger.note(|trace| trace.http_status = Some(head.status.as_u16()));
        call.ledger.released();
        call.close(Outcome::Completed);
        Ok(Response::from_parts(head, body))
    }
}

/// Scans an answer and enters what it says of itself; one that may not go back is refused.
fn scan(mut call: Box<Call>, head: &response::Parts, body: &mut Body) -> Result<Box<Call>, Refused> {
    let (observed_by, settings_observe) = (call.findings_observed_by(), call.snapshot.modes.dlp_observes);
    let cause = {
        let report = body.scan(&call.scanner, call.known_in_answer().as_ref());
        call.ledger.findings(Direction::Response, &report.findings, &report.cost, observed_by);
        let mut blocking = report.findings.iter().filter(|finding| finding.action == Action::Block);
        let blocking = blocking.next().filter(|_| !settings_observe);
        let opaque = report.opaque.first().map(|opaque| Cause::unscannable_answer(opaque.reason.as_str()));
        blocking.map(|finding| Cause::dlp(&finding.class, "the answer")).or(opaque)
    };
    call.ledger.coverage(|coverage| coverage.response = body.coverage());
    call.ledger.bodies(None, body.traced(call.bounds.max_traced_bytes));
    let progress = progress(&mut call, head.status, body.text());
    call.settle(progress);
    match cause {
        Some(cause) => call.refuse_or_note(&cause),
        None => Ok(call),
    }
}

/// What an answer says of its usage, entered into the trace. One that is an error costs nothing.
fn progress(call: &mut Call, status: StatusCode, body: &[u8]) -> Progress {
    if !status.is_success() {
        return Progress::Nothing;
    }
    let told = call.dialect.read_response(body).usage.totalled();
    call.ledger.usage(told);
    let written = if told.output.is_none() { tokens_of(call, body) } else { 0 };
    Progress::Answered { told, written, whole: true }
}

/// The body as it goes back: as it came, unless something had to be taken out.
fn outgoing(headers: &mut HeaderMap, body: &Body) -> Bytes {
    let Some(edited) = body.redacted() else { return body.raw.clone() };
    headers.remove(header::CONTENT_ENCODING);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(edited.len()));
    edited
}
