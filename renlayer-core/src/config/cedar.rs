//! Cedar policies of a file, and who belongs to which group.

use std::path::{Path, PathBuf};

use renlayer_policy::cedar::{CedarText, Directory};
use serde::{Deserialize, Serialize};

use super::DeclaredAgent;

/// The most that a file of Cedar policies may hold; the compiler's own bound on a text is lower.
const MAX_FILE: u64 = 1 << 20;

/// Cedar policies, with their text wherever it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct DeclaredCedar {
    /// The name, which is also the policy's id.
    pub name: String,
    /// What they say.
    pub text: String,
    /// The file that the text was read from, where it stands in one.
    #[serde(skip_serializing)]
    pub file: Option<PathBuf>,
}

/// The same as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    file: Option<PathBuf>,
}

/// A group of agents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredGroup {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The groups that it stands in.
    #[serde(default)]
    pub groups: Vec<String>,
}

// === impl DeclaredCedar ===

impl DeclaredCedar {
    /// As it is compiled.
    pub fn to_text(&self) -> CedarText {
        CedarText { name: self.name.clone(), text: self.text.clone() }
    }
}

impl TryFrom<Written> for DeclaredCedar {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { name, text, file } = written;
        let text = match (text, &file) {
            (Some(text), None) => text,
            (None, Some(file)) => read(file)?,
            _ => return Err("expected either `text` or `file`".to_owned()),
        };
        Ok(Self { name, text, file })
    }
}

fn read(file: &Path) -> Result<String, String> {
    let shown = file.display();
    let unreadable = |error: std::io::Error| format!("`{shown}` cannot be read: {}", error.kind());
    if std::fs::metadata(file).map_err(unreadable)?.len() > MAX_FILE {
        return Err(format!("`{shown}` is longer than {MAX_FILE} bytes"));
    }
    std::fs::read_to_string(file).map_err(unreadable)
}

/// Who belongs where, as a file declares it.
pub(super) fn directory(agents: &[DeclaredAgent], groups: &[DeclaredGroup]) -> Directory {
    let members = agents.iter().filter(|agent| !agent.groups.is_empty());
    Directory {
        tenant: String::new(),
        agents: members.map(|agent| (agent.name.clone(), agent.groups.clone())).collect(),
        groups: groups.iter().map(|group| (group.name.clone(), group.groups.clone())).collect(),
    }
}
