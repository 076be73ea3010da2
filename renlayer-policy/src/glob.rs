//! Names with wildcards: `*` is any run of characters, `?` is one, `\` takes the next one as it is.
//!
//! Brackets and braces mean something in other globs; rather than match them to the letter and let a `DENY` on
//! `{a,b}` never fire, they are refused unless escaped.

use crate::error::Fault;

/// Longest glob accepted, in bytes: matching costs at most text × glob.
const MAX_LEN: usize = 512;

/// A compiled glob.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    shape: Shape,
    case: Case,
}

/// Most names are written without wildcards, and most do not match: then their length tells.
#[derive(Clone, Debug)]
enum Shape {
    Literal(Box<[u8]>),
    Wild(Box<[Token]>),
}

/// Whether ASCII letters match whatever their case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Case {
    Exact,
    Ignored,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    AnyChar,
    AnyRun,
}

/// One step of what a pattern matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Letter {
    Is(char),
    /// Any character.
    Any,
    /// Any characters, or none.
    Run,
    /// Any character but this.
    Not(char),
    /// Any characters but this, or none.
    RunWithout(char),
}

impl Glob {
    pub(crate) fn new(text: &str, case: Case) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err("an empty pattern matches nothing".into());
        }
        if text.len() > MAX_LEN {
            return Err(format!("pattern is longer than {MAX_LEN} bytes").into());
        }
        let tokens = tokens(text)?;
        let shape = literal(&tokens).map_or_else(|| Shape::Wild(tokens.into()), Shape::Literal);
        Ok(Self { shape, case })
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.matches_bytes(text.as_bytes())
    }

    pub(crate) fn matches_bytes(&self, text: &[u8]) -> bool {
        match (&self.shape, self.case) {
            (Shape::Literal(literal), Case::Exact) => **literal == *text,
            (Shape::Literal(literal), Case::Ignored) => literal.eq_ignore_ascii_case(text),
            (Shape::Wild(tokens), _) => self.walk(tokens, text),
        }
    }

    /// The text it stands for, if there is only one.
    pub(crate) fn literal(&self) -> Option<&[u8]> {
        match &self.shape {
            Shape::Literal(literal) => Some(literal),
            Shape::Wild(_) => None,
        }
    }

    /// The bytes that every match begins with, and those that it ends in.
    pub(crate) fn ends(&self) -> (Vec<u8>, Vec<u8>) {
        let byte = |token: &Token| match token {
            Token::Byte(byte) => Some(*byte),
            Token::AnyChar | Token::AnyRun => None,
        };
        match &self.shape {
            Shape::Literal(literal) => (literal.to_vec(), literal.to_vec()),
            Shape::Wild(tokens) => {
                let end: Vec<u8> = tokens.iter().rev().map_while(byte).collect();
                (tokens.iter().map_while(byte).collect(), end.into_iter().rev().collect())
            }
        }
    }

    /// What it matches, letter by letter.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        let literal: Vec<Token>;
        let tokens = match &self.shape {
            Shape::Wild(tokens) => &**tokens,
            Shape::Literal(bytes) => {
                literal = bytes.iter().copied().map(Token::Byte).collect();
                &literal
            }
        };
        let mut letters = Vec::with_capacity(tokens.len());
        let mut rest = tokens;
        while let Some((token, after)) = rest.split_first() {
            rest = after;
            match token {
                Token::AnyRun => letters.push(Letter::Run),
                Token::AnyChar => letters.push(Letter::Any),
                Token::Byte(first) => {
                    // Bytes between wildcards are whole characters, as they were when they were written.
                    let more = after
                        .iter()
                        .map_while(|token| if let Token::Byte(byte) = token { Some(*byte) } else { None });
                    let bytes: Vec<u8> = [*first].into_iter().chain(more).collect();
                    rest = after.get(bytes.len() - 1..).unwrap_or_default();
                    letters.extend(String::from_utf8_lossy(&bytes).chars().map(Letter::Is));
                }
            }
        }
        letters
    }

    pub(crate) fn case(&self) -> Case {
        self.case
    }

    /// Greedy with one way back: a mismatch gives the last `*` one more byte, so there is no exponential case.
    fn walk(&self, tokens: &[Token], text: &[u8]) -> bool {
        let (mut at, mut token) = (0, 0);
        let mut retry = None;
        while let Some(&byte) = text.get(at) {
            match tokens.get(token) {
                Some(Token::AnyRun) => {
                    token += 1;
                    if token == tokens.len() {
                        return true;
                    }
                    retry = Some((token, at));
                    continue;
                }
                Some(Token::AnyChar) => {
                    (at, token) = (at + char_len(text, at), token + 1);
                    continue;
                }
                Some(&Token::Byte(wanted)) if self.same(wanted, byte) => {
                    (at, token) = (at + 1, token + 1);
                    continue;
                }
                _ => {}
            }
            let Some((after_run, from)) = retry else { return false };
            (at, token) = (from + 1, after_run);
            retry = Some((after_run, from + 1));
        }
        tokens.iter().skip(token).all(|token| *token == Token::AnyRun)
    }

    fn same(&self, a: u8, b: u8) -> bool {
        a == b || (self.case == Case::Ignored && a.eq_ignore_ascii_case(&b))
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        tokens.push(match byte {
            b'*' => Token::AnyRun,
            b'?' => Token::AnyChar,
            b'\\' => Token::Byte(bytes.next().ok_or("pattern ends in a lone `\\`")?),
            b'[' | b']' | b'{' | b'}' => {
                let found = char::from(byte);
                return Err(format!(
                    "`{found}` is not a wildcard here: write a list, or `\\{found}` for itself"
                )
                .into());
            }
            byte => Token::Byte(byte),
        });
    }
    tokens.dedup_by(|a, b| *a == Token::AnyRun && *b == Token::AnyRun);
    Ok(tokens)
}

/// The only text that `tokens` match, if there is no wildcard among them.
fn literal(tokens: &[Token]) -> Option<Box<[u8]>> {
    let bytes = tokens.iter().map(|token| match token {
        Token::Byte(byte) => Some(*byte),
        Token::AnyChar | Token::AnyRun => None,
    });
    bytes.collect()
}

/// Length of the character that starts at `at`, so that `?` takes all of it.
fn char_len(text: &[u8], at: usize) -> usize {
    1 + text.iter().skip(at + 1).take_while(|byte| **byte & 0xC0 == 0x80).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wildcards_match_as_documented() {
        for (glob, text, expected) in [
            ("*", "", true),
            ("*", "anything/at all", true),
            ("gpt-4*", "gpt-4o", true),
            ("gpt-4*", "xgpt-4o", false),
            ("*-mini", "o4-mini", true),
            ("a*b*c", "a__b_bc", true),
            ("a*b*c", "a__b_b", false),
            ("a?c", "aéc", true),
            ("a?c", "ac", false),
            (r"a\*c", "a*c", true),
            (r"a\*c", "abc", false),
            ("abc", "ABC", false),
        ] {
            assert_eq!(Glob::new(glob, Case::Exact).unwrap().matches(text), expected, "{glob} on {text}");
        }
        assert!(Glob::new("ABC*", Case::Ignored).unwrap().matches("abcd"));
    }

    #[test]
    fn a_pattern_that_would_mislead_is_refused() {
        for glob in ["", "{a,b}", "[ab]", "a\\", &"a".repeat(513)] {
            assert!(Glob::new(glob, Case::Exact).is_err(), "{glob}");
        }
    }

    fn naive(glob: &[u8], text: &[u8]) -> bool {
        match glob.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|n| naive(rest, &text[n..])),
            Some((b'?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
            Some((byte, rest)) => text.first() == Some(byte) && naive(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_obvious_recursion(glob in "[ab*?]{1,8}", text in "[ab]{0,10}") {
            let expected = naive(glob.as_bytes(), text.as_bytes());
            prop_assert_eq!(Glob::new(&glob, Case::Exact).unwrap().matches(&text), expected);
        }
    }
}
