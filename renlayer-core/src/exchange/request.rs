//! The second step: the request's body is gathered, read for its facts, and judged by policy.

use std::sync::Arc;

use bytes::Bytes;
use http::request;
use renlayer_dlp::Direction;

use super::{
    Ingress, Permit, Refused,
    begin::Came,
    body::{Body, Full, Gather},
    call::Call,
    cause::Cause,
    encoding::DecodeError,
    judge::{judge, weigh},
};
use crate::{identity::Agent, route::Route, trace::DirectionCoverage};

/// An action whose head is accepted and whose body is awaited.
pub struct Reading {
    pub(super) call: Box<Call>,
    pub(super) parts: request::Parts,
    pub(super) came: Came,
    pub(super) ingress: Ingress,
    pub(super) route: Option<Arc<Route>>,
    pub(super) agent: Option<Arc<Agent>>,
    pub(super) gather: Gather,
}

/// A body that passed the bound.
pub enum Overflow {
    /// The call is refused.
    Refused(Refused),
    /// Observe mode: it goes on unread. `held` is what was gathered; the rest follows it as it comes.
    Unread {
        /// The action, to be admitted without its body.
        permit: Box<Permit>,
        /// The body so far.
        held: Bytes,
    },
}

impl Reading {
    /// Takes the next piece of the body. An error means that the body is longer than the bound: go on with
    /// [`overflow`](Self::overflow), with the piece that is given back.
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Bytes> {
        self.gather.push(chunk).map_err(|Full(chunk)| chunk)
    }

    /// The body is longer than the bound; `chunk` is the piece that did not fit.
    pub fn overflow(self, chunk: Bytes) -> Overflow {
        match self.pinned() {
            Ok(reading) => reading.overflow_now(chunk),
            Err(refused) => Overflow::Refused(refused),
        }
    }

    fn overflow_now(mut self, chunk: Bytes) -> Overflow {
        let cause = Cause::body_too_large(self.call.bounds.max_body_bytes);
        let gathered = std::mem::take(&mut self.gather).finish();
        let call = match self.call.refuse_or_note(&cause) {
            Ok(call) => call,
            Err(refused) => return Overflow::Refused(refused),
        };
        let held = Bytes::from([gathered, chunk].concat());
        self.call = call;
        let known = held.len() as u64;
        self.call.ledger.coverage(|coverage| {
            coverage.request = DirectionCoverage {
                opaque: known,
                opaque_because: Some("body_too_large".into()),
                ..DirectionCoverage::default()
            };
        });
        let permit = Permit::new(self, None);
        Overflow::Unread { permit: Box::new(permit), held }
    }

    /// The body broke off: the client left or sent a broken framing.
    pub fn broken(self) -> Refused {
        self.call.refuse(&Cause::broken_off())
    }

    /// The body is complete: reads it and judges the call, by the governance that is in force now.
    pub fn end(self) -> Result<Permit, Refused> {
        self.pinned()?.judged()
    }

    fn judged(mut self) -> Result<Permit, Refused> {
        let started = self.call.start();
        let raw = std::mem::take(&mut self.gather).finish();
        let max = self.call.bounds.max_decoded_bytes;
        let read = Body::read(raw, &self.parts.headers, self.call.dialect, Direction::Request, max);
        let (mut body, undecoded) = match read {
            Ok(body) => (Some(body), None),
            Err((raw, error)) => {
                self.call.ledger.coverage(|coverage| coverage.request = unread(raw.len(), &error));
                self.call = self.call.refuse_or_note(&undecodable(error, max))?;
                (None, Some((raw, error.to_string())))
            }
        };
        let judged = judge(&mut self, body.as_mut(), undecoded.as_ref().map(|(_, why)| &**why));
        let cause = match judged {
            Ok(judged) => weigh(&mut self.call, &judged),
            Err(unreadable) => Some(unreadable),
        };
        if let Some(cause) = cause {
            if self.call.cause_observed_by(&cause).is_none() {
                keep(&mut self.call, body.as_mut());
            }
            self.call = self.call.refuse_or_note(&cause)?;
        }
        self.call.spent(started);
        let body = match (body, undecoded) {
            (Some(body), _) => body,
            (None, undecoded) => Body::opaque(undecoded.map(|(raw, _)| raw).unwrap_or_default()),
        };
        Ok(Permit::new(self, Some(body)))
    }
}

/// Scans what is to be refused, so that the trace can keep it redacted.
fn keep(call: &mut Call, body: Option<&mut Body>) {
    let Some(body) = body else { return };
    let observed_by = call.findings_observed_by();
    let report = body.scan(&call.scanner, call.known.as_ref());
    call.ledger.findings(Direction::Request, &report.findings, &report.cost, observed_by);
    call.ledger.coverage(|coverage| coverage.request = body.coverage());
    let traced = body.traced(call.bounds.max_traced_bytes);
    call.ledger.bodies(traced, None);
}

fn unread(length: usize, error: &DecodeError) -> DirectionCoverage {
    let opaque_because = Some(error.to_string().into());
    DirectionCoverage { opaque: length as u64, opaque_because, ..DirectionCoverage::default() }
}

fn undecodable(error: DecodeError, max: usize) -> Cause {
    match error {
        DecodeError::TooLarge => Cause::body_too_large(max),
        DecodeError::Unknown | DecodeError::Unseen => Cause::unscannable(error),
        DecodeError::Broken => Cause::bad_request(error.to_string()),
    }
}
