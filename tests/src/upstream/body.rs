//! A body that leaves chunk by chunk, at the scripted pace, to the scripted end.

use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::mpsc;

use super::desk::{Answered, Desk};
use super::script::{Ending, Pace};

/// The receiving end that hyper sends from.
pub(super) struct Paced(mpsc::Receiver<io::Result<Bytes>>);

/// What leaves, and how.
pub(super) struct Departure {
    pub(super) chunks: Vec<Bytes>,
    pub(super) pace: Pace,
    pub(super) ending: Ending,
}

impl Paced {
    /// Starts sending; the desk learns how it went under `number`.
    pub(super) fn start(departure: Departure, desk: Arc<Desk>, number: usize) -> Self {
        // One slot: what waits here is not yet on its way, so that "the client left" is noticed at once.
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            let answered = departure.send(&sender, &desk).await;
            desk.settle(number, answered);
        });
        Self(receiver)
    }
}

impl Departure {
    async fn send(self, sender: &mpsc::Sender<io::Result<Bytes>>, desk: &Desk) -> Answered {
        let last = match self.ending {
            Ending::HangsAfter(n) | Ending::DiesAfter(n) | Ending::ResetsAfter(n) => n,
            Ending::Complete | Ending::NeverStarts => usize::MAX,
        };
        for (sent, chunk) in self.chunks.into_iter().take(last).enumerate() {
            tokio::select! {
                () = wait(self.pace, sent, desk) => {}
                () = sender.closed() => return Answered::Abandoned,
            }
            if sender.send(Ok(chunk)).await.is_err() {
                return Answered::Abandoned;
            }
        }
        match self.ending {
            Ending::Complete => Answered::Whole,
            Ending::DiesAfter(_) | Ending::ResetsAfter(_) => {
                // Time for what was sent to arrive: a reset discards what the peer has not read.
                tokio::time::sleep(Duration::from_millis(50)).await;
                let _ = sender.send(Err(io::ErrorKind::ConnectionAborted.into())).await;
                Answered::Whole
            }
            Ending::HangsAfter(_) | Ending::NeverStarts => {
                tokio::select! {
                    () = sender.closed() => Answered::Abandoned,
                    () = pending() => Answered::Whole,
                }
            }
        }
    }
}

async fn wait(pace: Pace, sent: usize, desk: &Desk) {
    match pace {
        Pace::Free => {}
        Pace::Millis(_) if sent == 0 => {}
        Pace::Millis(pause) => tokio::time::sleep(Duration::from_millis(pause)).await,
        Pace::Gated => desk.gate.pass().await,
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(cx).map(|next| next.map(|chunk| chunk.map(Frame::data)))
    }
}
