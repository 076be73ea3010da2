//! A connection whose incoming bytes are followed.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Framing;

pin_project! {
    /// Passes everything on that its [`Framing`] lets pass.
    pub(in super::super) struct Watched<I> {
        #[pin]
        inner: I,
        framing: Framing,
        // What goes on before more is read.
        ready: Bytes,
    }
}

// === impl Watched ===

impl<I> Watched<I> {
    /// Follows what is read from `inner`.
    pub(in super::super) fn new(inner: I, framing: Framing) -> Self {
        Self { inner, framing, ready: Bytes::new() }
    }
}

impl<I: AsyncRead> AsyncRead for Watched<I> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut this = self.project();
        while this.ready.is_empty() && buffer.remaining() > 0 {
            let before = buffer.filled().len();
            ready!(this.inner.as_mut().poll_read(cx, buffer))?;
            let read = buffer.filled_mut().get_mut(before..).unwrap_or_default();
            if !read.is_empty() {
                let Some(instead) = this.framing.follow(read) else { return Poll::Ready(Ok(())) };
                buffer.set_filled(before);
                *this.ready = instead.into();
            } else if this.framing.is_refused() {
                // The end must not cut the refusal short; when that is written, the connection ends.
                return Poll::Pending;
            } else {
                *this.ready = this.framing.end().into();
                if this.ready.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            }
        }
        let room = this.ready.len().min(buffer.remaining());
        buffer.put_slice(&this.ready.split_to(room));
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncWrite> AsyncWrite for Watched<I> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.project().inner.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().inner.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().inner.poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.project().inner.poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
