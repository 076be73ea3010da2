//! A call that shows something, in Cedar's terms.

use std::fmt;

use serde::Serialize;

/// A call, with the facts that policies look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CedarExample {
    /// Who calls.
    pub principal: String,
    /// In what the caller stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stands_in: Vec<String>,
    /// What the call does.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Facts by name and value, in the order of their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<(String, String)>,
}

// === impl CedarExample ===

impl fmt::Display for CedarExample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.principal)?;
        if !self.stands_in.is_empty() {
            write!(f, " in {}", self.stands_in.join(", "))?;
        }
        write!(f, " asks for {} on {}", self.action, self.resource)?;
        self.context.iter().try_for_each(|(name, value)| write!(f, ", {name} {value}"))
    }
}
