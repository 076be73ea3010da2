//! OpenAI Embeddings: `POST …/embeddings`. Answers carry the same usage object as Chat Completions.

use renlayer_policy::Role;
use serde::Deserialize;

use super::{
    Loose, RequestFacts, Skipped, Text, Unreadable,
    facts::{join, read_strictly},
};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Option<Text<'a>>,
    /// A text, several, or tokens, which have no text to judge.
    #[serde(borrow, default)]
    input: Loose<'a, Skipped>,
}

pub(super) fn request(body: &[u8]) -> Result<RequestFacts<'_>, Unreadable> {
    let request: Request<'_> = read_strictly(body)?;
    let mut facts =
        RequestFacts { model: request.model.map(|text| text.0), embedding: true, ..RequestFacts::default() };
    facts.say(Role::User, join(request.input, &|_| None));
    Ok(facts)
}
