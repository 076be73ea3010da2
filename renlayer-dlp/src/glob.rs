//! Globs over class names: `*` stands for any characters, dots included.

/// A compiled glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob {
    text: String,
}

impl Glob {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    pub(crate) fn any() -> Self {
        Self::new("*")
    }

    /// How many characters it fixes: of two globs the more specific one wins.
    pub(crate) fn specificity(&self) -> usize {
        let fixed = self.text.bytes().filter(|b| *b != b'*').count();
        fixed * 2 + usize::from(!self.text.contains('*'))
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        let mut parts = self.text.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else { return false };
        if !self.text.contains('*') {
            return rest.is_empty();
        }
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            match rest.find(part) {
                Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn globs_match_whole_names() {
        for (glob, name, matches) in [
            ("pii.email", "pii.email", true),
            ("pii.email", "pii.emails", false),
            ("pii.*", "pii.email", true),
            ("*.email", "pii.email", true),
            ("secret.*_key", "secret.aws_access_key", true),
            ("secret.*_key", "secret.aws_token", false),
            ("*", "anything", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
        ] {
            assert_eq!(Glob::new(glob).matches(name), matches, "{glob} {name}");
        }
        assert!(Glob::new("pii.email").specificity() > Glob::new("pii.*").specificity());
    }
}
