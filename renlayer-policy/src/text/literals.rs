//! What every match of a pattern must hold, without its case: read from the pattern's tree.
//!
//! A part of a pattern has *all* its texts where they are few (`gr[ae]y` has two), and texts of which each of its matches
//! holds *one* where it has any (`gr[ae]y\d+` holds one of the same two). Parts in a row have the products of their texts,
//! until those become too many; then what was gathered is one offer, and of all offers the one with the longest texts is
//! taken. Folding goes letter by letter, so folded texts of parts in a row make the folded text of the row.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::fold::fold;

/// Most texts of one part.
const MAX_TEXTS: usize = 64;

/// Longest text kept; what is longer is cut, as its beginning says enough.
const MAX_LEN: usize = 64;

/// Shortest text that is worth looking for: shorter ones stand in every prompt.
const MIN_LEN: usize = 3;

/// What is known of a part.
#[derive(Clone, Debug, Default)]
struct Part {
    /// All its texts.
    all: Option<Vec<String>>,
    /// Texts of which each match holds one.
    one: Option<Vec<String>>,
}

/// Folded texts of which every match of `hir` holds one.
pub(crate) fn required(hir: &Hir) -> Option<Vec<String>> {
    let mut texts = part(hir).into_one()?;
    texts.sort_unstable();
    texts.dedup();
    Some(texts)
}

fn part(hir: &Hir) -> Part {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Part::of(vec![String::new()]),
        HirKind::Literal(literal) => str::from_utf8(&literal.0)
            .map_or_else(|_| Part::default(), |text| Part::of(vec![fold(text).into_owned()])),
        HirKind::Class(class) => letters(class).map_or_else(Part::default, Part::of),
        HirKind::Capture(capture) => part(&capture.sub),
        HirKind::Repetition(times) => {
            let sub = part(&times.sub);
            match (times.min, times.max) {
                (1, Some(1)) => sub,
                (0, Some(1)) => {
                    Part { all: sub.all.and_then(|all| few(all, vec![String::new()])), one: None }
                }
                (0, _) => Part::default(),
                _ => Part { all: None, one: sub.into_one() },
            }
        }
        HirKind::Concat(parts) => row(parts.iter().map(part)),
        HirKind::Alternation(parts) => choice(parts.iter().map(part)),
    }
}

/// The texts of a class of characters, where they are few.
fn letters(class: &Class) -> Option<Vec<String>> {
    let letters: Vec<char> = match class {
        Class::Unicode(class) => {
            class.iter().flat_map(|range| range.start()..=range.end()).take(MAX_TEXTS + 1).collect()
        }
        Class::Bytes(class) if class.is_ascii() => class
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .take(MAX_TEXTS + 1)
            .map(char::from)
            .collect(),
        Class::Bytes(_) => return None,
    };
    let mut texts: Vec<_> =
        letters.iter().map(|letter| fold(letter.encode_utf8(&mut [0; 4])).into_owned()).collect();
    texts.sort_unstable();
    texts.dedup();
    (letters.len() <= MAX_TEXTS).then_some(texts)
}

fn row(parts: impl Iterator<Item = Part>) -> Part {
    let (mut run, mut best, mut whole) = (vec![String::new()], None, true);
    for part in parts {
        match part.all.as_ref().and_then(|all| product(&run, all)) {
            Some(longer) => run = longer,
            None => {
                whole = false;
                best = better(better(best, Some(run)), part.one);
                run = part.all.unwrap_or_else(|| vec![String::new()]);
            }
        }
    }
    if whole { Part::of(run) } else { Part { all: None, one: better(best, Some(run)) } }
}

fn choice(parts: impl Iterator<Item = Part>) -> Part {
    let (mut all, mut one) = (Some(Vec::new()), Some(Vec::new()));
    for part in parts {
        all = all.zip(part.all.clone()).and_then(|(all, more)| few(all, more));
        one = one.zip(part.into_one()).and_then(|(one, more)| few(one, more));
    }
    Part { all, one }
}

/// Each of `heads` before each of `tails`, where those are few and short.
fn product(heads: &[String], tails: &[String]) -> Option<Vec<String>> {
    let longest = |texts: &[String]| texts.iter().map(String::len).max().unwrap_or(0);
    let fits = heads.len() * tails.len() <= MAX_TEXTS && longest(heads) + longest(tails) <= MAX_LEN;
    fits.then(|| {
        heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}"))).collect()
    })
}

fn few(mut texts: Vec<String>, more: Vec<String>) -> Option<Vec<String>> {
    texts.extend(more);
    texts.sort_unstable();
    texts.dedup();
    (texts.len() <= MAX_TEXTS).then_some(texts)
}

/// The offer whose shortest text is longer; none that is too short to be one.
fn better(a: Option<Vec<String>>, b: Option<Vec<String>>) -> Option<Vec<String>> {
    let shortest = |texts: &Vec<String>| texts.iter().map(String::len).min().unwrap_or(0);
    let offers = a.into_iter().chain(b).filter(|texts| shortest(texts) >= MIN_LEN);
    offers.max_by_key(|texts| (shortest(texts), std::cmp::Reverse(texts.len())))
}

impl Part {
    fn of(all: Vec<String>) -> Self {
        Self { all: Some(all), one: None }
    }

    fn into_one(self) -> Option<Vec<String>> {
        better(self.all, self.one).map(|mut texts| {
            texts.iter_mut().for_each(|text| text.truncate(text.floor_char_boundary(MAX_LEN)));
            texts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glob::Case;
    use crate::regex::parse;

    #[test]
    fn patterns_require_what_they_cannot_match_without() {
        for (pattern, case, expected) in [
            ("Bluebird", Case::Exact, Some(vec!["bluebird"])),
            ("code ?name [a-z]+ 7", Case::Exact, Some(vec!["code name ", "codename "])),
            ("gr[ae]y", Case::Exact, Some(vec!["gray", "grey"])),
            (r"\d{3}-secret-\d+", Case::Exact, Some(vec!["-secret-"])),
            ("(one|two|three) of", Case::Exact, Some(vec!["one of", "three of", "two of"])),
            ("(?i)key", Case::Exact, Some(vec!["key"])),
            ("(abc|[0-9]+)", Case::Exact, None),
            ("(abc)?", Case::Exact, None),
            ("(abc)+", Case::Exact, Some(vec!["abc"])),
            ("ab", Case::Exact, None),
            (".*", Case::Exact, None),
            ("hash", Case::Ignored, Some(vec!["hash", "haſh"])),
        ] {
            let found = required(&parse(pattern, case).unwrap());
            assert_eq!(
                found.as_ref().map(|texts| texts.iter().map(String::as_str).collect()),
                expected,
                "{pattern}"
            );
        }
    }
}
