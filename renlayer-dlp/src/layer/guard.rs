//! What is done with a request and with an answer.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body::Body;

use super::gather::{Failure, Whole};
use super::media::{self, Treatment};
use super::problem::Problem;
use super::text::TextStream;
use super::{RequestBody, ResponseBody};
use crate::{Action, Direction, Finding, Input, Report, Scanner};

/// Is told what was found.
pub(super) type Observer = dyn Fn(Direction, &[Finding]) + Send + Sync;

/// The scanner and how it is used; cheap to clone.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) scanner: Scanner,
    pub(super) bound: usize,
    pub(super) observer: Option<Arc<Observer>>,
}

impl Guard {
    pub(super) async fn request<B: Body<Data = Bytes>>(
        &self,
        request: Request<B>,
    ) -> Result<Request<RequestBody>, Problem> {
        let (mut head, body) = request.into_parts();
        let mut whole = Whole::gather(body, self.bound).await.map_err(|failure| match failure {
            Failure::TooLong => Problem::request_too_long(),
            Failure::Broken(_) => Problem::request_broken(),
        })?;
        if media::is_encoded(&head.headers) && !whole.data.is_empty() {
            return Err(Problem::request_encoded());
        }
        self.judge(Direction::Request, &mut head.headers, &mut whole)?;
        head.headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        Ok(Request::from_parts(head, RequestBody::new(whole)))
    }

    pub(super) async fn response<R: Body<Data = Bytes>>(
        &self,
        response: Response<R>,
    ) -> Result<Response<ResponseBody<R>>, Problem> {
        let (mut head, body) = response.into_parts();
        let treatment = media::treatment(&head.headers);
        // The answer to a HEAD, or a change of protocol: there is no body, but its headers may speak of one.
        let bodiless = body.is_end_stream() || head.status.is_informational();
        if bodiless || treatment == Treatment::Pass {
            return Ok(Response::from_parts(head, ResponseBody::passed(body)));
        }
        if media::is_encoded(&head.headers) {
            return Err(Problem::answer_encoded());
        }
        if treatment == Treatment::Stream {
            head.headers.remove(header::CONTENT_LENGTH);
            let text = TextStream::new(self.scanner.stream(Direction::Response, None), self.observer.clone());
            return Ok(Response::from_parts(head, ResponseBody::stream(body, text)));
        }
        let body = match Whole::gather(body, self.bound).await {
            Ok(mut whole) => {
                self.judge(Direction::Response, &mut head.headers, &mut whole)?;
                ResponseBody::whole(whole)
            }
            Err(Failure::TooLong) => return Err(Problem::answer_too_long()),
            Err(Failure::Broken(error)) => ResponseBody::broken(error),
        };
        Ok(Response::from_parts(head, body))
    }

    /// Scans a whole body and takes out what must go, or says why it must not go at all.
    fn judge(&self, direction: Direction, head: &mut HeaderMap, whole: &mut Whole) -> Result<(), Problem> {
        let format = media::format(head, &whole.data);
        let report = self.scanner.scan(&whole.data, Input { format, direction, known: None });
        self.tell(direction, &report);
        if let Some(blocked) = report.findings.iter().find(|finding| finding.effect() == Action::Block) {
            return Err(Problem::blocked(&blocked.class));
        }
        // What could not be looked into is not clean.
        if !report.opaque.is_empty() {
            return Err(Problem::unscannable());
        }
        if let Cow::Owned(redacted) = report.redact(&whole.data) {
            if head.contains_key(header::CONTENT_LENGTH) {
                head.insert(header::CONTENT_LENGTH, redacted.len().into());
            }
            whole.data = redacted.into();
        }
        Ok(())
    }

    fn tell(&self, direction: Direction, report: &Report) {
        if let Some(observer) = self.observer.as_ref().filter(|_| !report.findings.is_empty()) {
            observer(direction, &report.findings);
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("scanner", &self.scanner)
            .field("bound", &self.bound)
            .finish_non_exhaustive()
    }
}
