//! A socket that a script can take out of hyper's hands, for answers that are not HTTP and for resets.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection, with the means to interfere.
pub(super) struct Socket {
    stream: TcpStream,
    orders: Orders,
}

/// What the script wants done to the connection; shared with the service that answers on it.
#[derive(Clone, Default)]
pub(super) struct Orders(Arc<Mutex<Order>>);

#[derive(Default)]
enum Order {
    /// Leave it to hyper.
    #[default]
    None,
    /// Leave it to hyper, but end with a TCP reset rather than in good order.
    Reset,
    /// Instead of what hyper writes next, these bytes; then nothing more.
    Say(Bytes),
    /// Nothing more.
    Closed,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, orders: Orders) -> Self {
        Self { stream, orders }
    }
}

impl Orders {
    /// The next write is replaced by `bytes`, then the connection ends.
    pub(super) fn say(&self, bytes: Bytes) {
        self.set(Order::Say(bytes));
    }

    /// The connection will end with a reset.
    pub(super) fn reset(&self) {
        self.set(Order::Reset);
    }

    fn set(&self, order: Order) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = order;
    }

    fn take(&self) -> Order {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.orders.take() {
            Order::None => Pin::new(&mut self.stream).poll_write(cx, buf),
            Order::Reset => {
                self.orders.reset();
                self.stream.set_zero_linger()?;
                Pin::new(&mut self.stream).poll_write(cx, buf)
            }
            Order::Closed => {
                self.orders.set(Order::Closed);
                Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
            }
            Order::Say(bytes) => self.say(cx, bytes, buf.len()),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(self.orders.take(), Order::Reset) {
            return Poll::Ready(Ok(())); // a FIN in good order would come before the reset
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Socket {
    /// Writes the scripted bytes, then pretends that hyper's were written.
    fn say(&mut self, cx: &mut Context<'_>, mut bytes: Bytes, pretended: usize) -> Poll<io::Result<usize>> {
        while bytes.has_remaining() {
            let Poll::Ready(written) = Pin::new(&mut self.stream).poll_write(cx, &bytes) else {
                self.orders.set(Order::Say(bytes));
                return Poll::Pending;
            };
            bytes.advance(written?);
        }
        self.orders.set(Order::Closed);
        // The last word reaches the other side before hyper notices that the connection is over.
        let _ = ready!(Pin::new(&mut self.stream).poll_shutdown(cx));
        Poll::Ready(Ok(pretended))
    }
}
