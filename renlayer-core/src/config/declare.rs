//! Governance objects that are kept in the file and reconciled into the store.

use std::fmt;
use std::path::PathBuf;

use renlayer_policy::cedar::Directory;
use renlayer_policy::{Limit, Mode, Policy, PolicyAction};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::Environment;
use super::cedar::{DeclaredCedar, DeclaredGroup};
use super::fault::refuse;
use crate::key::{self, KeyHash, KeyHint};
use crate::secret::SecretValue;

/// The `declare:` section.
#[derive(Clone, Debug)]
pub struct Declare {
    /// Identities that call.
    pub agents: Vec<DeclaredAgent>,
    /// Where credentials come from.
    pub secrets: Vec<DeclaredSecret>,
    /// Policies, in the order of the file.
    pub policies: Vec<Policy>,
    /// Cedar policies, in the order of the file.
    pub cedar: Vec<DeclaredCedar>,
    /// Groups of agents, in the order of the file.
    pub groups: Vec<DeclaredGroup>,
    /// Who belongs to which group.
    pub directory: Directory,
    /// Limits, in the order of the file.
    pub limits: Vec<Limit>,
    /// What is done about sensitive data.
    pub dlp: renlayer_dlp::Settings,
    /// What happens to a call that no policy matches.
    pub default_action: PolicyAction,
    /// Whether decisions take effect for this tenant; as for the process where it is not said.
    pub mode: Option<Mode>,
}

/// An agent and its keys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredAgent {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Its keys, already hashed.
    #[serde(default)]
    pub keys: Vec<DeclaredKey>,
    /// The groups that it stands in.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Whether decisions on its calls take effect; as for its tenant where it is not said.
    #[serde(default)]
    pub mode: Option<Mode>,
}

/// A key as it is kept: hashed while it is read, so that nothing can print it.
#[derive(Clone, PartialEq, Eq)]
pub struct DeclaredKey {
    /// What it is recognised by.
    pub hash: KeyHash,
    /// How it is shown.
    pub hint: KeyHint,
}

/// A secret by name, and where its value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredSecret {
    /// The name that routes use.
    pub name: String,
    /// Where its value is.
    pub from: SecretSource,
}

/// Where the value of a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// In a variable of the environment.
    Env(String),
    /// In a file, whose last line end does not count.
    File(PathBuf),
}

/// A secret whose value is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretSourceError {
    /// The variable is not set, or set to nothing.
    #[error("environment variable `{0}` is not set")]
    NotSet(String),
    /// The file cannot be read.
    #[error("secret file `{path}` cannot be read: {kind}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        kind: std::io::ErrorKind,
    },
    /// The file holds nothing, or is too long for a secret.
    #[error("secret file `{0}` is empty, not text, or longer than 64 KiB")]
    NotASecret(PathBuf),
}

/// The least length of a key that RenLayer did not mint; its own are longer.
const MIN_KEY: usize = 20;

/// The most a secret's file may hold.
const MAX_SECRET: usize = 64 << 10;

impl Default for Declare {
    fn default() -> Self {
        Self {
            agents: Vec::new(),
            secrets: Vec::new(),
            policies: Vec::new(),
            cedar: Vec::new(),
            groups: Vec::new(),
            directory: Directory::default(),
            limits: Vec::new(),
            dlp: renlayer_dlp::Settings::default(),
            default_action: PolicyAction::Allow,
            mode: None,
        }
    }
}

impl SecretSource {
    /// Reads the value.
    pub fn read(&self, environment: &Environment) -> Result<SecretValue, SecretSourceError> {
        match self {
            Self::Env(name) => match environment.get(name) {
                Some(value) if !value.is_empty() => Ok(SecretValue::new(value.to_owned())),
                _ => Err(SecretSourceError::NotSet(name.clone())),
            },
            Self::File(path) => read_file(path),
        }
    }
}

fn read_file(path: &PathBuf) -> Result<SecretValue, SecretSourceError> {
    let bytes = std::fs::read(path)
        .map_err(|error| SecretSourceError::Unreadable { path: path.clone(), kind: error.kind() })?;
    let refused = || SecretSourceError::NotASecret(path.clone());
    let mut text = String::from_utf8(bytes).map_err(|_| refused())?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.is_empty() || text.len() > MAX_SECRET { Err(refused()) } else { Ok(SecretValue::new(text)) }
}

impl DeclaredKey {
    /// The key, unless it is one that could be guessed or was mistyped.
    pub fn of(presented: &str) -> Result<Self, &'static str> {
        if presented.starts_with("rlk_") && !key::is_well_formed(presented) {
            return Err("is not a whole agent key: its checksum does not match");
        }
        if presented.len() < MIN_KEY || !presented.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("is not an agent key: `renlayer key create` mints one");
        }
        Ok(Self { hash: KeyHash::of(presented.as_bytes()), hint: KeyHint::of(presented) })
    }
}

impl<'de> Deserialize<'de> for DeclaredKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl de::Visitor<'_> for KeyVisitor {
            type Value = DeclaredKey;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an agent key")
            }

            fn visit_str<E: de::Error>(self, presented: &str) -> Result<DeclaredKey, E> {
                DeclaredKey::of(presented).map_err(refuse)
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

impl fmt::Debug for DeclaredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeclaredKey({})", self.hint)
    }
}
