//! Sets of texts: what some patterns match and others do not. Whether there is any such text, and which, is found exactly.
//!
//! Each pattern is a small automaton that may be in several places at once. All of them walk the same text; where each has
//! been together decides what can follow, so the places are walked breadth first, over the letters that some pattern names
//! and one that none does. The first text found is a shortest one. How many places are walked is bounded.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use crate::error::Fault;
use crate::glob::{Case, Glob, Letter};

/// Most places that are walked.
const MAX_PLACES: usize = 20_000;

/// Texts that a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Words {
    letters: Vec<Letter>,
}

/// What is known of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer<T> {
    /// Something that is in it.
    Some(T),
    /// There is nothing in it.
    None,
    /// It was not found out within bounds.
    Unknown,
}

impl Words {
    pub(crate) fn of(glob: &Glob) -> Self {
        Self::new(glob.letters(), glob.case())
    }

    pub(crate) fn glob(written: &str, case: Case) -> Result<Self, Fault> {
        Glob::new(written, case).map(|glob| Self::of(&glob))
    }

    /// One text.
    pub(crate) fn literal(text: &str, case: Case) -> Self {
        Self::new(text.chars().map(Letter::Is).collect(), case)
    }

    /// Every text.
    pub(crate) fn any() -> Self {
        Self { letters: vec![Letter::Run] }
    }

    /// Where case does not matter, letters are small.
    pub(crate) fn new(mut letters: Vec<Letter>, case: Case) -> Self {
        if case == Case::Ignored {
            for letter in &mut letters {
                if let Letter::Is(c) = letter {
                    c.make_ascii_lowercase();
                }
            }
        }
        Self { letters }
    }

    /// Whether it has `text`, whose letters are small where case does not matter.
    pub(crate) fn has(&self, text: &str) -> bool {
        let mut places = self.start();
        for c in text.chars() {
            places = self.step(&places, c);
        }
        self.ends(&places)
    }

    /// The only text it has, if there is only one.
    pub(crate) fn only(&self) -> Option<String> {
        self.letters.iter().map(|letter| if let Letter::Is(c) = letter { Some(*c) } else { None }).collect()
    }

    fn start(&self) -> Places {
        let mut places = Places::none(self.letters.len() + 1);
        self.enter(&mut places, 0);
        places
    }

    /// Being before a run is being behind it, too.
    fn enter(&self, places: &mut Places, mut at: usize) {
        places.put(at);
        while let Some(Letter::Run | Letter::RunWithout(_)) = self.letters.get(at) {
            at += 1;
            places.put(at);
        }
    }

    fn step(&self, from: &Places, c: char) -> Places {
        let mut to = Places::none(self.letters.len() + 1);
        for at in from.iter() {
            match self.letters.get(at) {
                Some(Letter::Is(wanted)) if *wanted == c => self.enter(&mut to, at + 1),
                Some(Letter::Any) => self.enter(&mut to, at + 1),
                Some(Letter::Not(other)) if *other != c => self.enter(&mut to, at + 1),
                Some(Letter::Run) => self.enter(&mut to, at),
                Some(Letter::RunWithout(other)) if *other != c => self.enter(&mut to, at),
                _ => {}
            }
        }
        to
    }

    fn ends(&self, places: &Places) -> bool {
        places.has(self.letters.len())
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.letters.iter().try_for_each(|letter| match letter {
            Letter::Is(c) => write!(f, "{c}"),
            Letter::Any | Letter::Not(_) => f.write_str("?"),
            Letter::Run | Letter::RunWithout(_) => f.write_str("*"),
        })
    }
}

/// A text that all of `wanted` have and none of `unwanted`.
pub(crate) fn find(wanted: &[&Words], unwanted: &[&Words]) -> Answer<String> {
    let fits = |text: &String| {
        wanted.iter().all(|words| words.has(text)) && !unwanted.iter().any(|words| words.has(text))
    };
    if let Some(only) = wanted.iter().find_map(|words| words.only()) {
        return if fits(&only) { Answer::Some(only) } else { Answer::None };
    }
    Search { wanted, unwanted, letters: letters(wanted.iter().chain(unwanted)) }.run()
}

/// The letters that some pattern names, and one that none does.
fn letters<'w>(words: impl Iterator<Item = &'w &'w Words>) -> Vec<char> {
    let named = words.flat_map(|words| &words.letters).filter_map(|letter| match letter {
        Letter::Is(c) | Letter::Not(c) | Letter::RunWithout(c) => Some(*c),
        Letter::Any | Letter::Run => None,
    });
    let mut letters: Vec<char> = named.collect();
    letters.sort_unstable();
    letters.dedup();
    let other =
        ('a'..='z').rev().chain('0'..='9').chain('\u{100}'..).find(|c| letters.binary_search(c).is_err());
    letters.extend(other);
    letters
}

struct Search<'w> {
    wanted: &'w [&'w Words],
    unwanted: &'w [&'w Words],
    letters: Vec<char>,
}

/// Where all patterns are after some text.
type Place = Vec<Places>;

impl Search<'_> {
    fn run(&self) -> Answer<String> {
        let start: Place = self.wanted.iter().chain(self.unwanted).map(|words| words.start()).collect();
        let empty = self.fits(&start);
        let mut seen: HashMap<Place, usize> = HashMap::from([(start.clone(), 0)]);
        // Each place with the one before it and the letter between them.
        let mut trail: Vec<(usize, char)> = vec![(0, '\0')];
        let mut queue = VecDeque::from([(start, 0)]);
        while let Some((place, number)) = queue.pop_front() {
            for letter in &self.letters {
                let next = self.step(&place, *letter);
                if next.iter().take(self.wanted.len()).any(Places::is_empty) {
                    continue;
                }
                if self.fits(&next) {
                    return Answer::Some(told(&trail, number) + &letter.to_string());
                }
                if !seen.contains_key(&next) {
                    if seen.len() >= MAX_PLACES {
                        return if empty { Answer::Some(String::new()) } else { Answer::Unknown };
                    }
                    seen.insert(next.clone(), trail.len());
                    queue.push_back((next, trail.len()));
                    trail.push((number, *letter));
                }
            }
        }
        if empty { Answer::Some(String::new()) } else { Answer::None }
    }

    fn step(&self, place: &Place, letter: char) -> Place {
        let words = self.wanted.iter().chain(self.unwanted);
        words.zip(place).map(|(words, places)| words.step(places, letter)).collect()
    }

    fn fits(&self, place: &Place) -> bool {
        let (wanted, unwanted) = place.split_at(self.wanted.len().min(place.len()));
        self.wanted.iter().zip(wanted).all(|(words, places)| words.ends(places))
            && !self.unwanted.iter().zip(unwanted).any(|(words, places)| words.ends(places))
    }
}

/// The text that led to a place.
fn told(trail: &[(usize, char)], mut number: usize) -> String {
    let mut letters = Vec::new();
    while let Some((before, letter)) = trail.get(number).filter(|_| number > 0) {
        letters.push(*letter);
        number = *before;
    }
    letters.into_iter().rev().collect()
}

/// Places of one pattern, as bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Places(Vec<u64>);

impl Places {
    fn none(places: usize) -> Self {
        Self(vec![0; places.div_ceil(64)])
    }

    fn put(&mut self, at: usize) {
        if let Some(bits) = self.0.get_mut(at / 64) {
            *bits |= 1 << (at % 64);
        }
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|bits| bits & (1 << (at % 64)) != 0)
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(index, bits)| {
            let mut rest = *bits;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize);
                rest &= rest.wrapping_sub(1);
                bit.map(|bit| index * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn words(globs: &[String], case: Case) -> Vec<Words> {
        globs.iter().map(|glob| Words::glob(glob, case).unwrap()).collect()
    }

    fn find_in(wanted: &[Words], unwanted: &[Words]) -> Answer<String> {
        find(&wanted.iter().collect::<Vec<_>>(), &unwanted.iter().collect::<Vec<_>>())
    }

    #[test]
    fn inclusion_and_intersection_are_exact() {
        for (wanted, unwanted, expected) in [
            (vec!["gpt-4*"], vec!["gpt-*"], None),
            (vec!["gpt-*"], vec!["gpt-4*"], Some("gpt-")),
            (vec!["a*", "*b"], vec![], Some("ab")),
            (vec!["a*"], vec!["a", "a?*"], None),
            (vec!["a*"], vec!["a?*"], Some("a")),
            (vec!["?"], vec!["??"], Some("z")),
            (vec!["a?c", "a*c"], vec!["abc"], Some("aac")),
            (
                vec!["*"],
                vec!["*a*", "?", ""].into_iter().filter(|glob| !glob.is_empty()).collect(),
                Some("zz"),
            ),
            (vec!["*"], vec!["?*"], Some("")),
            (vec!["*"], vec!["*"], None),
            (vec!["*a*b*", "*b*a*"], vec!["*aba*", "*bab*"], Some("abba")),
        ] {
            let own = |globs: Vec<&str>| {
                words(&globs.into_iter().map(String::from).collect::<Vec<_>>(), Case::Exact)
            };
            let found = find_in(&own(wanted.clone()), &own(unwanted.clone()));
            assert_eq!(
                found,
                expected.map_or(Answer::None, |text| Answer::Some(text.into())),
                "{wanted:?} {unwanted:?}"
            );
        }
    }

    #[test]
    fn what_grows_too_large_is_not_found_out() {
        let wide: Vec<String> = (0..12).map(|n| format!("*a{}b*", "?".repeat(n + 3))).collect();
        assert_eq!(
            find_in(
                &words(&["*b".into()], Case::Exact),
                &words(&[wide, vec!["*b".into()]].concat(), Case::Exact)
            ),
            Answer::Unknown
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        /// Against all texts of up to six letters: those are enough for globs of up to four.
        #[test]
        fn agrees_with_trying_all_texts(wanted in vec("[ab?*]{1,4}", 1..3), unwanted in vec("[ab?*]{1,4}", 0..3)) {
            let globs = |written: &[String]| written.iter().map(|glob| Glob::new(glob, Case::Exact).unwrap()).collect::<Vec<_>>();
            let (yes, no) = (globs(&wanted), globs(&unwanted));
            let fits = |text: &str| yes.iter().all(|glob| glob.matches(text)) && !no.iter().any(|glob| glob.matches(text));
            let mut texts = vec![String::new()];
            for at in 0.. {
                let Some(text) = texts.get(at).filter(|text| text.len() < 6).cloned() else { break };
                texts.extend(["a", "b", "z"].map(|letter| text.clone() + letter));
            }
            match find_in(&words(&wanted, Case::Exact), &words(&unwanted, Case::Exact)) {
                Answer::Some(text) => prop_assert!(fits(&text), "{}", text),
                Answer::None => prop_assert_eq!(texts.iter().find(|text| fits(text)), None),
                Answer::Unknown => prop_assert!(false, "too large"),
            }
        }

        #[test]
        fn letters_of_all_lengths_match_as_the_glob_does(glob in "[aAé漢?*]{1,6}", text in "[aAéÉ漢b]{0,6}", ignored: bool) {
            let case = if ignored { Case::Ignored } else { Case::Exact };
            let text = if ignored { text.to_ascii_lowercase() } else { text };
            prop_assert_eq!(Words::glob(&glob, case).unwrap().has(&text), Glob::new(&glob, case).unwrap().matches(&text));
        }
    }
}
