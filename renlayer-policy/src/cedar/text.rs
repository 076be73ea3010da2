//! A Cedar text before the parser sees it: how long it is, how deep it nests, and where each of its policies ends.
//!
//! The parser and everything after it recurse as deep as a text nests, without asking how deep that is. So the text is read
//! here first, by a scan that knows strings, comments, brackets and operators, and counts.

use super::error::Fault;

/// The longest text, in bytes.
pub(super) const MAX_BYTES: usize = 256 << 10;

/// How deep brackets and `if` may nest.
pub(super) const MAX_DEPTH: usize = 64;

/// How many operators a policy may have: in `a && b && c` the second stands around the first, and so on.
pub(super) const MAX_OPERATORS: usize = 1_000;

/// One policy's own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statement<'t> {
    /// Where it begins in the whole text.
    pub(super) start: usize,
    pub(super) source: &'t str,
}

/// How deep the policy that is being read can nest at most. Nothing is taken back but brackets: operators count wherever they
/// stand, since those outside of a bracket may stand around all that is in it.
#[derive(Default)]
struct Nesting {
    brackets: usize,
    ifs: usize,
    operators: usize,
}

/// The policies of a text, in order, unless it is too long or nests too deeply.
pub(super) fn statements(text: &str) -> Result<Vec<Statement<'_>>, Fault> {
    if text.len() > MAX_BYTES {
        return Err(Fault::new(0, format!("is longer than {MAX_BYTES} bytes: divide it into several texts")));
    }
    let bytes = text.as_bytes();
    let (mut statements, mut nesting) = (Vec::new(), Nesting::default());
    let (mut at, mut start) = (0, None);
    while let Some(&byte) = bytes.get(at) {
        let length = token(bytes, at);
        let is_text = !(byte.is_ascii_whitespace() || bytes.get(at..at + 2) == Some(b"//"));
        let begun = if is_text { *start.get_or_insert(at) } else { at };
        nesting.take(at, bytes.get(at..at + length).unwrap_or_default())?;
        at += length;
        if byte == b';' && nesting.brackets == 0 {
            statements.push(Statement { start: begun, source: text.get(begun..at).unwrap_or_default() });
            (start, nesting) = (None, Nesting::default());
        }
    }
    if let Some(begun) = start {
        statements.push(Statement { start: begun, source: text.get(begun..).unwrap_or_default() });
    }
    Ok(statements)
}

/// How long what begins at `at` is: a string, a comment, a word, or one byte.
fn token(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest {
        [b'"', inner @ ..] => 1 + string(inner),
        [b'/', b'/', ..] => rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
        [b'&', b'&', ..] | [b'|', b'|', ..] | [b'=' | b'!' | b'<' | b'>', b'=', ..] => 2,
        [first, ..] if is_word(*first) => rest.iter().take_while(|byte| is_word(**byte)).count(),
        _ => 1,
    }
}

/// The length of a string after its first quote.
fn string(inner: &[u8]) -> usize {
    let mut escaped = false;
    let end = inner.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(inner.len(), |end| end + 1)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

// === impl Nesting ===

impl Nesting {
    fn take(&mut self, at: usize, token: &[u8]) -> Result<(), Fault> {
        match token {
            b"(" | b"[" | b"{" => self.brackets += 1,
            // What is closed and was never opened is the parser's to refuse.
            b")" | b"]" | b"}" => self.brackets = self.brackets.saturating_sub(1),
            b"if" => self.ifs += 1,
            b"in" | b"is" | b"has" | b"like" | b"&&" | b"||" | b"==" | b"!=" | b"<=" | b">=" => {
                self.operators += 1;
            }
            [b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'.' | b'%' | b'&' | b'|' | b'='] => {
                self.operators += 1
            }
            _ => return Ok(()),
        }
        if self.brackets + self.ifs > MAX_DEPTH {
            let reason = format!("nests deeper than {MAX_DEPTH} brackets and `if`s; write it flatter");
            return Err(Fault::new(at, reason));
        }
        if self.operators > MAX_OPERATORS {
            let reason = format!("has more than {MAX_OPERATORS} operators; divide it into several policies");
            return Err(Fault::new(at, reason));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &str) -> Vec<&str> {
        statements(text).unwrap().into_iter().map(|statement| statement.source).collect()
    }

    #[test]
    fn a_policy_ends_with_a_semicolon_that_is_in_nothing() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" \n// nothing;\n", &[]),
            ("a;b;", &["a;", "b;"]),
            ("a; b", &["a;", "b"]),
            ("a(\";\"); b", &["a(\";\");", "b"]),
            ("a(\"\\\";\"); b;", &["a(\"\\\";\");", "b;"]),
            ("a { x; y };b;", &["a { x; y };", "b;"]),
            ("// first;\na // rest;\n ; // last;", &["a // rest;\n ;"]),
            ("a);b;", &["a);", "b;"]),
            ("\"", &["\""]),
        ];
        for (text, expected) in cases {
            assert_eq!(sources(text), *expected, "{text}");
        }
    }

    #[test]
    fn a_policy_stands_where_it_begins() {
        let found = statements("  a;\n// b\nc;").unwrap();
        assert_eq!(found.iter().map(|statement| statement.start).collect::<Vec<_>>(), [2, 10]);
    }

    #[test]
    fn what_nests_too_deeply_or_is_too_long_is_refused_where_it_does() {
        let nested = |times: usize| "(".repeat(times) + &")".repeat(times) + ";";
        assert!(statements(&nested(MAX_DEPTH).repeat(3)).is_ok(), "each policy counts alone");
        assert_eq!(statements(&nested(MAX_DEPTH + 1)).unwrap_err().at, MAX_DEPTH);
        assert!(statements(&"if ".repeat(MAX_DEPTH)).is_ok());
        assert_eq!(statements(&"if ".repeat(MAX_DEPTH + 1)).unwrap_err().at, MAX_DEPTH * 3);
        assert!(statements(&"x&&".repeat(MAX_OPERATORS)).is_ok());
        assert!(statements(&"x&&".repeat(MAX_OPERATORS + 1)).is_err());
        assert!(statements(&"(x&&y)".repeat(MAX_OPERATORS + 1)).is_err());
        assert!(statements(&"x.".repeat(MAX_OPERATORS + 1)).is_err());
        assert!(statements(&"!".repeat(MAX_OPERATORS + 1)).is_err());
        assert!(statements(&format!("\"{}\"", "((((".repeat(MAX_DEPTH))).is_ok(), "a string nests nothing");
        assert!(statements(&" ".repeat(MAX_BYTES + 1)).is_err());
    }
}
