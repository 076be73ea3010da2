//! Holding a body, up to a bound.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame};
use http_body_util::BodyExt;

/// A body that is all there.
pub(super) struct Whole {
    pub(super) data: Bytes,
    pub(super) trailers: Option<HeaderMap>,
}

/// Why a body could not be gathered.
pub(super) enum Failure<E> {
    TooLong,
    Broken(E),
}

impl Whole {
    /// Takes all of `body`. One that came in one piece is not copied.
    pub(super) async fn gather<B: Body<Data = Bytes>>(
        body: B,
        bound: usize,
    ) -> Result<Self, Failure<B::Error>> {
        if body.size_hint().lower() > bound as u64 {
            return Err(Failure::TooLong);
        }
        let mut body = pin!(body);
        let (mut first, mut joined, mut trailers) = (Bytes::new(), BytesMut::new(), None);
        while let Some(frame) = body.frame().await {
            match frame.map_err(Failure::Broken)?.into_data() {
                Ok(chunk) if first.len().max(joined.len()) + chunk.len() > bound => {
                    return Err(Failure::TooLong);
                }
                Ok(chunk) if first.is_empty() => first = chunk,
                Ok(chunk) => {
                    if joined.is_empty() {
                        joined.extend_from_slice(&first);
                    }
                    joined.extend_from_slice(&chunk);
                }
                Err(frame) => trailers = frame.into_trailers().ok(),
            }
        }
        let data = if joined.is_empty() { first } else { joined.freeze() };
        Ok(Self { data, trailers })
    }

    pub(super) fn next_frame(&mut self) -> Option<Frame<Bytes>> {
        if self.data.is_empty() {
            return self.trailers.take().map(Frame::trailers);
        }
        Some(Frame::data(std::mem::take(&mut self.data)))
    }

    pub(super) fn is_taken(&self) -> bool {
        self.data.is_empty() && self.trailers.is_none()
    }
}

impl From<Bytes> for Whole {
    fn from(data: Bytes) -> Self {
        Self { data, trailers: None }
    }
}
