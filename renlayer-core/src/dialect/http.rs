//! Calls of no dialect in particular: their bodies are scanned, but say nothing we could judge by name.

use super::RequestFacts;

pub(super) fn request(_: &[u8]) -> RequestFacts<'_> {
    RequestFacts::default()
}
