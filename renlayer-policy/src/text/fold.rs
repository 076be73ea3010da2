//! Text without the difference of case, and the way back from a place in it.

use std::borrow::Cow;
use std::str::Chars;

/// `text` without the difference of case: each character in lower case, and one sigma. What a text holds, its folded form
/// holds folded.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return Cow::Owned(text.chars().flat_map(folded).collect());
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Borrowed(text)
}

fn folded(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c })
}

/// Finds the places of a text that places of its folded form come from; they may be asked for in ascending order only.
pub(super) struct Origins<'t> {
    text: &'t str,
    ascii: bool,
    rest: Chars<'t>,
    folded: usize,
}

impl<'t> Origins<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, ascii: text.is_ascii(), rest: text.chars(), folded: 0 }
    }

    /// Whether `part` ends in the text where the folded form has `end`.
    pub(super) fn ends(&mut self, part: &str, end: usize) -> bool {
        let end = if self.ascii { end } else { self.origin(end) };
        self.text.get(..end).is_some_and(|before| before.ends_with(part))
    }

    fn origin(&mut self, end: usize) -> usize {
        while self.folded < end {
            let Some(c) = self.rest.next() else { break };
            self.folded += folded(c).map(char::len_utf8).sum::<usize>();
        }
        self.text.len() - self.rest.as_str().len()
    }
}
