//! Every kind as people speak and write of it in its country's languages, by the frames and names of `spoken.txt`.

use std::collections::BTreeMap;

use super::form::Form;
use super::tests::{made_up, twin};
use super::{Check, Kind, rows};
use crate::detector::harness::{Random, scan};
use crate::{Finding, Severity};

/// The frames of each language, and what kinds are called in it.
struct Spoken {
    frames: BTreeMap<&'static str, Vec<String>>,
    names: Vec<Name>,
}

struct Name {
    kind: &'static Kind,
    language: &'static str,
    names: Vec<&'static str>,
}

impl Spoken {
    fn read() -> Self {
        let mut spoken = Self { frames: BTreeMap::new(), names: Vec::new() };
        let mut language = "";
        let lines = include_str!("spoken.txt").lines();
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('|').collect();
            match (line.strip_prefix('@'), &*columns) {
                (Some(next), _) => language = next,
                (None, [name, language, names]) if !line.contains("{v}") => {
                    let kind = rows::all().find(|kind| kind.name == *name).expect(name);
                    let names = names.split(';').map(str::trim).collect();
                    spoken.names.push(Name { kind, language, names });
                }
                _ => spoken.frames.entry(language).or_default().push(line.replace("\\n", "\n")),
            }
        }
        spoken
    }

    /// Each name in each frame of its language.
    fn sentences<'s>(&'s self, name: &'s Name) -> impl Iterator<Item = Sentence<'s>> {
        let frames = &self.frames[name.language];
        name.names.iter().flat_map(|name| frames.iter().map(move |frame| Sentence { name, frame }))
    }
}

struct Sentence<'s> {
    name: &'s str,
    frame: &'s str,
}

impl Sentence<'_> {
    fn with(&self, value: &str) -> String {
        self.frame.replace("{n}", self.name).replace("{v}", value)
    }
}

/// How many sentences there were, and those that were judged wrongly.
#[derive(Default)]
struct Tally {
    all: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn note(&mut self, is_right: bool, text: String) {
        self.all += 1;
        if !is_right {
            self.wrong.push(text);
        }
    }

    fn share(&self) -> f64 {
        self.wrong.len() as f64 / self.all.max(1) as f64
    }
}

/// Numbers of the kind, in the forms of the language's country where the kind is of many, each with its twin.
fn numbers(name: &Name, random: &mut Random) -> Vec<(String, Option<String>)> {
    let countries: &[&str] = match (name.kind.name, name.language) {
        ("eu_vat", "de") => &["de", "at"],
        ("eu_vat", "el") => &["el", "cy"],
        ("eu_vat", "cs") => &["cz"],
        ("eu_vat", "sv") => &["se"],
        ("eu_vat", "da") => &["dk"],
        ("eu_vat", "sl") => &["si"],
        ("eu_vat", "et") => &["ee"],
        ("eu_vat", language) if language != "en" => &[language],
        _ => &[""],
    };
    let is_there =
        |form: &Form| countries.iter().any(|country| form.text().to_ascii_lowercase().starts_with(country));
    let forms: Vec<Form> = name.kind.forms.iter().map(|form| Form::new(form, 0)).filter(is_there).collect();
    let made_up = (0..2).filter_map(|_| made_up(name.kind, &forms[random.below(forms.len())], random));
    let mut values: Vec<String> = made_up.collect();
    // Of some one number in a million is right.
    values.extend(name.kind.examples.iter().filter(|_| countries == [""]).map(|value| (*value).to_owned()));
    let has_check = matches!(name.kind.check, Check::Digit(_));
    let twin =
        |value: &str, random: &mut Random| if has_check { twin(name.kind, value, random) } else { None };
    values
        .into_iter()
        .map(|value| {
            let twin = twin(&value, random);
            (value, twin)
        })
        .collect()
}

/// What is found above `LOW` of a person.
fn found(text: &str) -> Vec<Finding> {
    let is_of_a_person =
        |class: &str| ["gov_id.", "payment.", "health.", "pii."].iter().any(|of| class.starts_with(of));
    let findings = scan(text).findings.into_iter();
    findings.filter(|f| f.severity > Severity::Low && is_of_a_person(&f.class)).collect()
}

#[test]
fn numbers_are_found_as_people_write_them_and_not_with_a_wrong_check_digit() {
    let spoken = Spoken::read();
    let (mut kinds, mut twins) = (BTreeMap::<_, Tally>::new(), Tally::default());
    for (name, i) in spoken.names.iter().zip(1..) {
        let values = numbers(name, &mut Random::new(i));
        for (sentence, (value, twin)) in spoken.sentences(name).zip(values.iter().cycle()) {
            let text = sentence.with(value);
            let at = text.find(value.as_str()).unwrap_or_default();
            let is_found = found(&text).iter().any(|f| f.start < at + value.len() && at < f.end);
            kinds.entry(name.kind.name).or_default().note(is_found, text);
            if let Some(twin) = twin {
                let text = sentence.with(twin);
                twins.note(found(&text).is_empty(), text);
            }
        }
    }
    assert!(kinds.values().map(|tally| tally.all).sum::<usize>() > 5_000 && twins.all > 4_000);
    let missed = kinds.iter().filter(|(_, tally)| tally.share() > 0.02);
    let missed: Vec<_> = missed.map(|(kind, tally)| (kind, &tally.wrong)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(twins.share() < 0.005, "{} of {}: {:#?}", twins.wrong.len(), twins.all, twins.wrong);
}
