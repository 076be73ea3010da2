use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// The future of [`Dlp`](super::Dlp). It is boxed once: gathering, scanning and forwarding are one
/// `async` block.
pub struct ResponseFuture<T, E>(Pin<Box<dyn Future<Output = Result<T, E>> + Send>>);

impl<T, E> ResponseFuture<T, E> {
    pub(super) fn new(future: impl Future<Output = Result<T, E>> + Send + 'static) -> Self {
        Self(Box::pin(future))
    }
}

impl<T, E> Future for ResponseFuture<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<T, E> fmt::Debug for ResponseFuture<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
