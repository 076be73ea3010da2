//! A regular expression over prompts, and the needles of which every match holds one.

use regex_automata::meta::Regex;

use super::literals;
use super::needles::{Needle, Needles};
use crate::error::Fault;
use crate::glob::Case;
use crate::regex;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    needles: Option<Box<[Needle]>>,
}

impl Pattern {
    pub(crate) fn new(pattern: &str, case: Case, needles: &mut Needles) -> Result<Self, Fault> {
        let regex = regex::compile(pattern, case)?;
        let literals = regex::parse(pattern, case).ok().and_then(|hir| literals::required(&hir));
        let literals =
            literals.map(|literals| literals.iter().map(|text| needles.add(text, Case::Ignored)).collect());
        Ok(Self { regex, needles: literals.transpose()? })
    }

    /// Needles of which every match holds one; none where there is no telling.
    pub(crate) fn needles(&self) -> Option<&[Needle]> {
        self.needles.as_deref()
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::{Message, Role};

    fn pattern() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            4 => "[abkKsſςΣé]{1,4}",
            1 => Just("[a-c]".to_owned()),
            1 => Just("(?i:ks)".to_owned()),
            1 => Just("\\b".to_owned()),
            1 => Just("^".to_owned()),
            1 => Just(".".to_owned()),
            1 => Just("(?-u:\\xC3\\xA9)".to_owned()),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join("|"))),
                (inner, prop_oneof![Just("?"), Just("*"), Just("+"), Just("{2}"), Just("{0}")])
                    .prop_map(|(part, times)| format!("(?:{part}){times}")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn every_match_holds_one_of_the_needles(
            written in pattern(), ignored: bool, text in "[abckKKsSſςΣσéÉ ]{0,16}"
        ) {
            let case = if ignored { Case::Ignored } else { Case::Exact };
            let mut needles = Needles::default();
            let pattern = Pattern::new(&written, case, &mut needles).unwrap();
            let ids = pattern.needles().map(<[_]>::to_vec);
            let found = needles.build().unwrap().find(&[Message { role: Role::User, text: text.as_str().into() }]);
            if let Some(ids) = ids && pattern.is_match(&text) {
                prop_assert!(ids.iter().any(|id| found.roles(*id).has(Role::User)), "{} on {}", written, text);
            }
        }
    }
}
