//! Regular expressions of operators: bounded when compiled, linear when matched.

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regex_syntax::Error;
use regex_syntax::hir::Hir;

use crate::error::Fault;
use crate::glob::Case;

/// Longest pattern accepted, in bytes.
const MAX_LEN: usize = 4_096;

/// Most memory a compiled pattern may take.
const MAX_COMPILED: usize = 1 << 20;

/// Memory for the states a search builds as it goes.
const CACHE: usize = 1 << 18;

/// Deepest nesting of a pattern.
const MAX_NEST: u32 = 64;

/// Compiles `pattern`, which is searched for anywhere in a text, or in bytes that may not be UTF-8.
pub(crate) fn compile(pattern: &str, case: Case) -> Result<Regex, Fault> {
    if pattern.is_empty() {
        return Err("an empty pattern matches everything".into());
    }
    if pattern.len() > MAX_LEN {
        return Err(format!("pattern is longer than {MAX_LEN} bytes").into());
    }
    let config = Config::new()
        .utf8_empty(false)
        .nfa_size_limit(Some(MAX_COMPILED))
        // Only whether there is a match is asked, which states built as they are met tell as well: a table built
        // beforehand takes a millisecond for each of ten thousand patterns.
        .onepass(false)
        .dfa(false)
        .hybrid_cache_capacity(CACHE);
    Regex::builder().configure(config).syntax(syntax(case)).build(pattern).map_err(|error| {
        if error.size_limit().is_some() {
            return Fault::new("pattern compiles to more than a mebibyte: shorten it or its repetitions");
        }
        match error.syntax_error() {
            Some(regex_syntax::Error::Parse(error)) => at(error.kind(), error.span()),
            Some(regex_syntax::Error::Translate(error)) => at(error.kind(), error.span()),
            _ => Fault::new(error),
        }
    })
}

/// The tree of a pattern that [`compile`] accepts.
pub(crate) fn parse(pattern: &str, case: Case) -> Result<Hir, Box<Error>> {
    syntax::parse_with(pattern, &syntax(case)).map_err(Box::new)
}

fn syntax(case: Case) -> syntax::Config {
    syntax::Config::new().utf8(false).case_insensitive(case == Case::Ignored).nest_limit(MAX_NEST)
}

fn at(kind: impl std::fmt::Display, span: &regex_syntax::ast::Span) -> Fault {
    Fault::new(format_args!("{kind}, at character {}", span.start.column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_pattern_is_refused_with_its_place() {
        for (pattern, reason) in [
            ("", "an empty pattern matches everything"),
            ("ab(c", "unclosed group, at character 3"),
            ("a{1000}{1000}", "pattern compiles to more than a mebibyte: shorten it or its repetitions"),
            (
                &format!("{}a{}", "(".repeat(100), ")".repeat(100)),
                "exceed the maximum number of nested parentheses/brackets (64), at character 65",
            ),
            (&"a".repeat(4_097), "pattern is longer than 4096 bytes"),
        ] {
            assert_eq!(compile(pattern, Case::Exact).unwrap_err().reason, reason, "{pattern:.20}");
        }
    }

    #[test]
    fn case_is_an_option_and_bytes_need_not_be_text() {
        assert!(!compile("abc", Case::Exact).unwrap().is_match("xABCx"));
        assert!(compile("abc", Case::Ignored).unwrap().is_match("xABCx"));
        assert!(compile("^.b", Case::Exact).unwrap().is_match(b"ab\xFF"));
    }
}
