//! What the operating system asks of a running proxy.

use std::io;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Read the configuration again.
    Reload,
    /// Drain and end.
    End,
}

pub(super) use platform::Signals;

#[cfg(unix)]
mod platform {
    use tokio::signal::unix::{self, SignalKind, signal};

    use super::{Signal, io};

    /// SIGTERM and SIGINT end, SIGHUP reloads.
    pub(in super::super) struct Signals {
        terminate: unix::Signal,
        interrupt: unix::Signal,
        hang_up: unix::Signal,
    }

    impl Signals {
        /// From now on signals are taken here.
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
                hang_up: signal(SignalKind::hangup())?,
            })
        }

        /// Waits for the next one.
        pub(in super::super) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.terminate.recv() => Signal::End,
                _ = self.interrupt.recv() => Signal::End,
                _ = self.hang_up.recv() => Signal::Reload,
            }
        }

        /// Waits for somebody who cannot wait for a drain.
        pub(in super::super) async fn again(&mut self) {
            while self.next().await != Signal::End {}
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use super::{Signal, io};

    /// Ctrl-C ends; there is nothing that reloads.
    pub(in super::super) struct Signals;

    impl Signals {
        /// From now on Ctrl-C is taken here.
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        /// Waits for it.
        pub(in super::super) async fn next(&mut self) -> Signal {
            let _ = tokio::signal::ctrl_c().await;
            Signal::End
        }

        /// Waits for somebody who cannot wait for a drain.
        pub(in super::super) async fn again(&mut self) {
            self.next().await;
        }
    }
}
