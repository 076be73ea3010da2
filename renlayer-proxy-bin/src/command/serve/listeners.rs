//! The addresses of a proxy, taken before anything else is done.

use std::net::SocketAddr;

use renlayer_core::config::Config;
use tokio::net::TcpListener;

use crate::failure::{Exit, Failure};
use crate::serve::{BindError, bind};

/// Where agents connect, and where operators do, if that is somewhere else.
pub(super) struct Listeners {
    pub(super) agents: TcpListener,
    pub(super) operators: Option<TcpListener>,
}

// === impl Listeners ===

impl Listeners {
    /// Takes the addresses that the configuration names.
    pub(super) fn bind(config: &Config) -> Result<Self, Failure> {
        let agents = listen(config.listen)?;
        let operators = config.admin.listen.map(listen).transpose()?;
        Ok(Self { agents, operators })
    }

    /// Where agents really connect: the port may have been left to the system.
    pub(super) fn agents(&self) -> SocketAddr {
        address(&self.agents)
    }

    /// Where operators do.
    pub(super) fn operators(&self) -> Option<SocketAddr> {
        self.operators.as_ref().map(address)
    }

    /// All of them.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        std::iter::once(self.agents()).chain(self.operators()).collect()
    }
}

/// A socket that listens has an address.
fn address(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().unwrap_or_else(|_| SocketAddr::from(([0, 0, 0, 0], 0)))
}

fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    bind(address).map_err(|error| {
        let next = match error {
            BindError::InUse(_) => {
                "is another renlayer running? choose another address with --listen or RENLAYER_LISTEN_ADDR"
            }
            BindError::Forbidden(_) => "choose a port above 1023 with --listen",
            BindError::Other(..) => "choose an address of this machine with --listen",
        };
        Failure::new(Exit::Unavailable, error).next(next)
    })
}
