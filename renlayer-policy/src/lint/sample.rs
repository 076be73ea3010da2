//! A text that a pattern matches, guessed from its tree: whoever asks checks it.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::glob::Case;
use crate::regex;

/// Longest text that is guessed.
const MAX_LEN: usize = 4_096;

/// A text that `pattern` matches, if one was guessed; other variants take other alternatives.
pub(super) fn sample(pattern: &str, case: Case, variant: usize) -> Option<String> {
    let hir = regex::parse(pattern, case).ok()?;
    let matches = regex::compile(pattern, case).ok()?;
    let mut text = String::new();
    guess(&hir, variant, &mut text)?;
    [text.clone(), format!(" {text} "), format!("a{text}a")]
        .into_iter()
        .find(|text| matches.is_match(text.as_bytes()))
}

fn guess(hir: &Hir, variant: usize, text: &mut String) -> Option<()> {
    if text.len() > MAX_LEN {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(letter(class)?),
        HirKind::Repetition(times) => (0..times.min).try_for_each(|_| guess(&times.sub, variant, text))?,
        HirKind::Capture(capture) => guess(&capture.sub, variant, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| guess(part, variant, text))?,
        HirKind::Alternation(parts) => guess(parts.get(variant % parts.len().max(1))?, variant, text)?,
    }
    Some(())
}

/// A letter or digit of the class, if it has one, and its first character otherwise.
fn letter(class: &Class) -> Option<char> {
    let usual = ('a'..='z').chain('0'..='9').chain('A'..='Z').chain([' ', '-']);
    match class {
        Class::Unicode(class) => {
            let has = |c: &char| class.iter().any(|range| (range.start()..=range.end()).contains(c));
            usual.into_iter().find(has).or_else(|| class.iter().next().map(|range| range.start()))
        }
        Class::Bytes(class) => {
            let has =
                |c: &char| class.iter().any(|range| (range.start()..=range.end()).contains(&(*c as u8)));
            usual.into_iter().find(has).or_else(|| {
                class.iter().next().map(|range| range.start()).filter(u8::is_ascii).map(char::from)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_a_match_or_none() {
        for (pattern, guessed) in [
            ("blue(bird|wing)", true),
            (r"\b\d{3}-\d{4}\b", true),
            (r"^a+b*[^x]?$", true),
            (r"(?i)stra(ß|ss)e", true),
            (r"(?-u:\xFF)", false),
            (r"a\bb", false),
        ] {
            let text = sample(pattern, Case::Exact, 0);
            assert_eq!(text.is_some(), guessed, "{pattern}: {text:?}");
        }
    }
}
