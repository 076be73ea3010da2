//! The address of a listener.

use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::fault::refuse;

/// An address and a port, as a file or a variable says it.
#[derive(Clone, Copy)]
pub(crate) struct Address(pub(crate) SocketAddr);

/// A text that is not an address and a port.
#[derive(Debug, thiserror::Error)]
#[error("expected an address and a port, such as `127.0.0.1:8080`")]
pub(crate) struct ParseAddressError;

impl FromStr for Address {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        text.parse().map(Self).map_err(|_| ParseAddressError)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|error: ParseAddressError| refuse(&error.to_string()))
    }
}

/// For a listener that may be left out.
pub(crate) fn deserialize_optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SocketAddr>, D::Error> {
    Ok(Option::<Address>::deserialize(deserializer)?.map(|address| address.0))
}
