//! Typed identifiers: a type prefix and a ULID, `trace_01JD…`, so that an id says what it names wherever it is read.
//!
//! Ids sort by the time they were minted. What a configuration file declares has no mint time: its id is
//! [derived](AgentId::derived) from its name, so that every instance that reads the same file agrees on it.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind} id: expected `{prefix}` and a ULID of 26 characters")]
pub struct ParseIdError {
    kind: &'static str,
    prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// What every id of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, minted at `now`.
            pub fn mint(now: Timestamp) -> Self {
                Self(Ulid::from_datetime(now.into()))
            }

            /// The id of what is known by its name alone: the same name in the same `space` gives the same id.
            pub fn derived(space: &str, name: &str) -> Self {
                Self(derive($prefix, space, name))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; ulid::ULID_LEN];
                f.write_str($prefix)?;
                f.write_str(self.0.array_to_str(&mut text))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix($prefix)
                    .and_then(|rest| Ulid::from_string(rest).ok())
                    .map(Self)
                    .ok_or(ParseIdError { kind: $kind, prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An isolation boundary; everything else belongs to one.
    TenantId, "ten_", "tenant";
    /// An identity that calls.
    AgentId, "agent_", "agent";
    /// One credential of an agent.
    KeyId, "key_", "key";
    /// One policy, in all its versions.
    PolicyId, "pol_", "policy";
    /// One limit.
    LimitId, "lim_", "limit";
    /// One stored or referenced secret.
    SecretId, "sec_", "secret";
    /// One run of a process that serves.
    InstanceId, "inst_", "instance";
    /// One save of governance.
    SaveId, "save_", "save";
    /// The record of one action.
    TraceId, "trace_", "trace";
}

/// The first 16 bytes of SHA-256 over the parts, each closed by a NUL so that no two lists of parts read alike.
fn derive(prefix: &str, space: &str, name: &str) -> Ulid {
    let mut hash = Sha256::new();
    for part in [prefix, space, name] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let (head, _) = digest.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
    Ulid::from_bytes(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        let id = TraceId::mint(Timestamp::UNIX_EPOCH);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::from_str::<TraceId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let agent = AgentId::derived("ten", "default").to_string();
        let refused = agent.parse::<TraceId>().unwrap_err();
        assert_eq!(refused.to_string(), "not a trace id: expected `trace_` and a ULID of 26 characters");
    }

    #[test]
    fn a_derived_id_depends_on_kind_space_and_name() {
        let id = AgentId::derived("a", "b");
        assert_eq!(id, AgentId::derived("a", "b"));
        assert_ne!(id, AgentId::derived("ab", ""));
        assert_ne!(id.0, KeyId::derived("a", "b").0);
    }
}
