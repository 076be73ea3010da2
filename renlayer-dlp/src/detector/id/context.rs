//! Which kinds of number the words before a place speak of: one look for all kinds.
//!
//! The words of all kinds, their countries and the general words (`id`, `tax`) are one sorted list. The 64 bytes before the
//! place are [folded](fold) once. Then each word of them is looked up. Most numbers have no such word before them, which is told of ASCII as it is written
//! ([`topics`]), before anything is folded.
//!
//! Some words are those of several countries (`nif`, `tax number`, `social security`). They speak of all their kinds, unless
//! the text names a country: then of that country's alone.
//!
//! A sentence may also begin with its number: `111222333 is my BSN`. So where nothing before speaks of a kind, and a verb in
//! one of the languages follows directly, the rest of the [`clause`] is read as well. A stream waits for it there and nowhere
//! else.

pub(super) mod clause;
pub(super) mod constant;
mod fold;

use std::ops::Deref;
use std::sync::Arc;

use smallvec::SmallVec;

use super::super::topics::{self, Topics};
use super::super::{ByteSet, Probe};
use super::Kind;
use crate::beginnings::Beginnings;
use crate::head::Head;
use crate::openings::Openings;
use crate::words::REACH;

/// How far back a word is looked for where letters are no ASCII.
const FAR: usize = 120;
/// What a number is made of, and what stands between its groups and before it.
const NUMBER: ByteSet = ByteSet::DIGIT.with(b" -./:(|\"'=#");

/// The words of all kinds.
pub(super) struct Context {
    entries: Beginnings<Entry>,
    /// Which bytes begin an entry: most words end here.
    begins: Openings,
    kinds: Vec<Home>,
    /// Of the countries the one whose name is also a pronoun: "tell us your BSN".
    pronoun: Option<u16>,
}

/// Where a kind of number is given out.
#[derive(Clone, Copy)]
struct Home {
    country: Option<u16>,
    /// The country and a general word suffice.
    is_general: bool,
}

struct Entry {
    text: Vec<u8>,
    /// How it begins: most that begin with the same two bytes go on otherwise.
    head: Head,
    /// Whether the word may go on.
    goes_on: bool,
    /// What it says: of sixty countries in the case of `tax id`.
    sayings: Vec<Saying>,
}

/// One thing that a word says.
struct Saying {
    /// Kinds of several countries have it, or it is made of general words.
    is_shared: bool,
    /// It is not short for much else, nor made of general words.
    is_clear: bool,
    speaks_of: Topic,
}

/// The places of the words that were read.
type Noted = SmallVec<[usize; 16]>;

impl Topics {
    fn of(entry: &Entry) -> Self {
        entry.sayings.iter().fold(Self::NONE, |topics, saying| topics.or(saying.speaks_of.into()))
    }

    fn any(self) -> bool {
        self.meets(Self::KIND.or(Self::COUNTRY).or(Self::GENERAL))
    }

    /// Whether a word of some kind is there.
    fn has_kinds(self) -> bool {
        self.has(Self::KIND)
    }

    /// Whether any kind may be spoken of: by a word of its own, or by a general one and a country.
    fn may_speak_of_a_kind(self) -> bool {
        self.has_kinds() || self.has(Self::GENERAL.or(Self::COUNTRY))
    }
}

impl From<Topic> for Topics {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::Kind(_) => Self::KIND,
            Topic::Country(_) => Self::COUNTRY,
            Topic::General => Self::GENERAL,
        }
    }
}

#[derive(Clone, Copy)]
enum Topic {
    Kind(u16),
    Country(u16),
    General,
}

/// Where the last word ends that speaks of a kind, and the most that any says: the nearer the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    end: u8,
    says: Says,
    is_clear: bool,
}

/// What it is that speaks of a kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    /// Its country, beside a general word.
    Country,
    /// A word that kinds of other countries have too.
    Shared,
    /// A word of its own.
    Own,
}

/// What the words before a place say.
pub(super) struct Said {
    /// For each kind, where the last word of its own ends that speaks of it, the last of those it shares, and the last of either that
    /// is clear; 0 where none does.
    kinds: Vec<[u8; 3]>,
    countries: [u8; 64],
    /// Whether a country is named, other than by a pronoun.
    names_country: bool,
    general: bool,
    any: bool,
}

/// What was read last, with the places that it was read before: those where a number begins, and its letters.
#[derive(Default)]
struct SaidBefore([Option<(usize, Arc<Said>)>; 2]);

impl SaidBefore {
    fn said(&self, at: usize) -> Option<Arc<Said>> {
        let read = self.0.iter().flatten().find(|(place, _)| *place == at);
        read.map(|(_, said)| Arc::clone(said))
    }

    fn keep(&mut self, at: usize, said: &Arc<Said>) {
        self.0.rotate_right(1);
        self.0[0] = Some((at, Arc::clone(said)));
    }
}

/// What the last folded texts said: in rows and logs the same words stand before each number, and the numbers between them are
/// folded away.
#[derive(Default)]
struct Texts([Option<FoldedText>; 2]);

struct FoldedText {
    text: SmallVec<[u8; 128]>,
    said: Arc<Said>,
}

impl Texts {
    fn said(&self, folded: &[u8]) -> Option<Arc<Said>> {
        let read = self.0.iter().flatten().find(|read| read.text.as_slice() == folded);
        read.map(|read| Arc::clone(&read.said))
    }

    fn keep(&mut self, folded: &[u8], said: &Arc<Said>) {
        self.0.rotate_right(1);
        self.0[0] = Some(FoldedText { text: SmallVec::from_slice(folded), said: Arc::clone(said) });
    }
}

/// What was heard before a place, if anything.
pub(super) struct Heard(Option<Arc<Said>>);

impl Deref for Heard {
    type Target = Said;

    fn deref(&self) -> &Said {
        static NOTHING: Said = Said::NOTHING;
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

/// Words that, with the name of a country, speak of its numbers.
const GENERAL: &[&str] = &[
    "id",
    "ids",
    "identity",
    "identification",
    "national",
    "personal",
    "tax",
    "taxpayer",
    "fiscal",
    "tin",
    "social",
    "security",
    "insurance",
    "company",
    "business",
    "registration",
    "citizen",
    "resident",
    "vat",
    "ssn",
    "fiscale",
    "nationale",
    "sociale",
    "identité",
    "sozialversicherung*",
];

/// With a general word, these speak of nobody's number in particular.
const COMMON: [&str; 9] = ["number", "no", "nr", "code", "card", "reference", "ref", "license", "licence"];

/// Words of a kind that are short for much else, or a group of hexadecimal: with them no failed check is recorded.
const AMBIGUOUS: [&str; 8] = ["nip", "cui", "bce", "aba", "edb", "cc", "cf", "ik"];

impl Context {
    pub(super) fn new(kinds: &[&'static Kind], countries: &[(&str, &[&str])]) -> Self {
        let homes: Vec<Home> = kinds.iter().map(|kind| Home::of(kind, countries)).collect();
        let mut entries = Vec::new();
        let mut add = |word: &str, speaks_of| {
            let (word, goes_on) = word.strip_suffix('*').map_or((word, false), |word| (word, true));
            let (text, head) = (word.as_bytes().to_vec(), Head::of(word.as_bytes()));
            let (is_shared, is_clear) = (is_general(word), is_clear(word));
            let sayings = vec![Saying { is_shared, is_clear, speaks_of }];
            entries.push(Entry { text, head, goes_on, sayings });
        };
        for (kind, i) in kinds.iter().zip(0..) {
            for word in kind.words {
                add(word, Topic::Kind(i));
                abbreviated(word).iter().for_each(|word| add(word, Topic::Kind(i)));
            }
        }
        for ((_, words), i) in countries.iter().zip(0..) {
            words.iter().for_each(|word| add(word, Topic::Country(i)));
        }
        GENERAL.iter().for_each(|word| add(word, Topic::General));
        entries.sort_by(|a, b| (&a.text, a.goes_on).cmp(&(&b.text, b.goes_on)));
        share(&mut entries, &homes);
        entries.dedup_by(|again, first| {
            let is_same = (&again.text, again.goes_on) == (&first.text, first.goes_on);
            if is_same {
                first.sayings.append(&mut again.sayings);
            }
            is_same
        });
        let begins = entries.iter().fold(Openings::NONE, |begins, entry| begins.and(&entry.text));
        let entries = Beginnings::of(entries, |entry| &entry.text);
        let pronoun = countries.iter().zip(0..).find(|((code, _), _)| *code == "us").map(|(_, i)| i);
        Self { entries, begins, kinds: homes, pronoun }
    }

    /// All words, with whether they may go on, and what they speak of.
    pub(super) fn words(&self) -> impl Iterator<Item = (&[u8], bool, Topics)> {
        self.entries.all().iter().map(|entry| (entry.text.as_slice(), entry.goes_on, Topics::of(entry)))
    }

    /// Whether the words before `at` speak of a kind, since another number. Groups of digits directly before belong to this one.
    pub(super) fn is_spoken_of(&self, probe: &Probe<'_>, at: usize) -> bool {
        if !topics::may_stand_before(probe, at.saturating_sub(REACH + 1), Topics::has_kinds) {
            return false;
        }
        let behind = probe.behind(at, REACH + 1);
        let words = without_groups(behind);
        let since = words.iter().rposition(u8::is_ascii_digit).map_or(0, |last| last + 1);
        let is_cut = since == 0 && behind.len() > REACH;
        let words = words.get(since..).unwrap_or_default();
        topics::may_stand_in(words, Topics::has_kinds)
            && self.read_again(probe, words, is_cut).speaks_of_a_kind()
    }

    /// Whether the words before `at` name another country than that of `code`, or have a word of its numbers.
    pub(super) fn is_elsewhere(&self, probe: &Probe<'_>, at: usize, country: u16) -> bool {
        let said = self.heard_before(probe, at, Topics::any);
        let is_of_another = |home: &Home| home.country.is_some_and(|other| other != country);
        let mut spoken = self.kinds.iter().zip(&said.kinds);
        (said.names_country && said.countries.get(usize::from(country)) == Some(&0))
            || spoken.any(|(home, [own, ..])| *own > 0 && is_of_another(home))
    }

    /// Whether what is said names countries, and none of them is the kind's.
    pub(super) fn is_foreign(&self, said: &Said, kind: usize) -> bool {
        let country = self.kinds.get(kind).and_then(|home| home.country);
        let named = country.and_then(|i| said.countries.get(usize::from(i)));
        said.names_country && named == Some(&0)
    }

    /// What the words before `at` say of any kind: mostly nothing.
    pub(super) fn before(&self, probe: &Probe<'_>, at: usize) -> Heard {
        self.heard_before(probe, at, Topics::may_speak_of_a_kind)
    }

    /// What the words before `at` say, where they may say `enough`: it is read once, whoever asks.
    fn heard_before(&self, probe: &Probe<'_>, at: usize, enough: fn(Topics) -> bool) -> Heard {
        let near = probe.behind(at, REACH + 1);
        // Most characters of such a text take two or three bytes.
        let is_wide = near.len() > REACH && near.first().is_some_and(|byte| *byte >= 0x80);
        let reach = if is_wide { FAR } else { REACH };
        if !topics::may_stand_before(probe, at.saturating_sub(reach + 1), enough) {
            return Heard(None);
        }
        if let Some(said) = probe.shared(|last: &mut SaidBefore| last.said(at)) {
            return Heard(Some(said));
        }
        let behind = probe.behind(at, reach + 1);
        let said = self.read_again(probe, behind, behind.len() > reach);
        if probe.sees_to(at) {
            probe.shared(|last: &mut SaidBefore| last.keep(at, &said));
        }
        Heard(Some(said))
    }

    /// What the clause says that begins at `end` with a link to a number.
    pub(super) fn after(&self, probe: &Probe<'_>, end: usize) -> Option<Said> {
        let clause = clause::after(probe, end)?;
        let may_say = topics::may_stand_in(clause, Topics::may_speak_of_a_kind);
        Some(if may_say { self.read_words(clause, false) } else { Said::NOTHING })
    }

    /// What `text` says; `is_cut` says that its first byte is only there to see whether a word begins after it.
    fn read_words(&self, text: &[u8], is_cut: bool) -> Said {
        let mut folded = [b' '; 2 * FAR + 8];
        let length = fold::fold(text, is_cut, &mut folded);
        self.read_folded(folded.get(..length).unwrap_or_default())
    }

    /// The same, where it may have been said before.
    fn read_again(&self, probe: &Probe<'_>, text: &[u8], is_cut: bool) -> Arc<Said> {
        let mut folded = [b' '; 2 * FAR + 8];
        let length = fold::fold(text, is_cut, &mut folded);
        let folded = folded.get(..length).unwrap_or_default();
        if let Some(said) = probe.shared(|texts: &mut Texts| texts.said(folded)) {
            return said;
        }
        let said = Arc::new(self.read_folded(folded));
        probe.shared(|texts: &mut Texts| texts.keep(folded, &said));
        said
    }

    /// From its end on: of a word that stands there again, the last place counts.
    #[inline(never)]
    fn read_folded(&self, text: &[u8]) -> Said {
        let (mut said, mut noted) = (Said::NOTHING, Noted::new());
        let mut at = |from: usize| {
            let word = text.get(from..).filter(|rest| rest.len() > 1 && !rest.starts_with(b" "));
            if let Some(rest) = word.filter(|rest| self.begins.may_begin(rest)) {
                self.look_up(rest, from, &mut noted, &mut said);
            }
        };
        if text.is_ascii() {
            memchr::memrchr_iter(b' ', text).for_each(|space| at(space + 1));
            at(0);
        } else {
            let after_space = |from: usize| from.checked_sub(1).is_none_or(|at| text.get(at) == Some(&b' '));
            let is_begin =
                |from: &usize| text.get(*from).is_some_and(|byte| is_unspaced(*byte)) || after_space(*from);
            (0..text.len()).rev().filter(is_begin).for_each(at);
        }
        said
    }

    fn look_up(&self, rest: &[u8], from: usize, noted: &mut Noted, said: &mut Said) {
        let here = Head::of(rest);
        // The head of a short entry is all of it.
        let is_short = |entry: &Entry| entry.text.len() <= Head::LENGTH;
        let begins_so =
            |entry: &Entry| entry.head.may_begin(here) && (is_short(entry) || rest.starts_with(&entry.text));
        for (place, entry) in self.entries.beginning(rest).filter(|(_, entry)| begins_so(entry)) {
            let end = entry.text.len();
            if (entry.goes_on || is_end(rest, end)) && !noted.contains(&place) {
                noted.push(place);
                let end = u8::try_from(from + end).unwrap_or(u8::MAX);
                entry.sayings.iter().for_each(|saying| self.note(said, saying, end));
            }
        }
    }

    fn note(&self, said: &mut Said, saying: &Saying, end: u8) {
        said.any = true;
        let is_later = |slot: &mut u8| *slot = end.max(*slot);
        match saying.speaks_of {
            Topic::General => said.general = true,
            Topic::Kind(i) => {
                if said.kinds.is_empty() {
                    said.kinds = vec![[0; 3]; self.kinds.len()];
                }
                let Some([own, shared, clear]) = said.kinds.get_mut(usize::from(i)) else { return };
                is_later(if saying.is_shared { shared } else { own });
                if saying.is_clear {
                    is_later(clear);
                }
            }
            Topic::Country(i) => {
                said.names_country |= Some(i) != self.pronoun;
                if let Some(country) = said.countries.get_mut(usize::from(i)) {
                    is_later(country);
                }
            }
        }
    }

    /// The words that speak of this kind, or of its country's numbers.
    pub(super) fn speaks_of(&self, said: &Said, kind: usize) -> Option<Word> {
        let home = self.kinds.get(kind).filter(|_| said.any)?;
        let [own, shared, clear] = said.kinds.get(kind).copied().unwrap_or_default();
        let is_general = home.is_general && said.general;
        // Of most kinds nothing speaks.
        if own == 0 && shared == 0 && !is_general {
            return None;
        }
        let named = home.country.and_then(|i| said.countries.get(usize::from(i))).copied();
        let shared = if self.is_foreign(said, kind) { 0 } else { shared };
        let general = if is_general { named.unwrap_or(0) } else { 0 };
        let says = match (own, shared) {
            (0, 0) => Says::Country,
            (0, _) => Says::Shared,
            _ => Says::Own,
        };
        let is_clear = clear > 0;
        Some(Word { end: own.max(shared).max(general), says, is_clear }).filter(|word| word.end > 0)
    }
}

impl Word {
    /// Whether it is a word for numbers of the kind, rather than for its country's.
    pub(super) fn names_the_kind(self) -> bool {
        self.says != Says::Country
    }

    /// Whether there is one that is not short for much else, nor made of general words.
    pub(super) fn is_clear(self) -> bool {
        self.names_the_kind() && self.is_clear
    }

    /// Whether no kind of another country has it.
    pub(super) fn is_own(self) -> bool {
        self.says == Says::Own
    }

    /// The same word in a clause after the number: farther than any before it.
    pub(super) fn after(self) -> Self {
        Self { end: 1, ..self }
    }
}

impl Home {
    fn of(kind: &Kind, countries: &[(&str, &[&str])]) -> Self {
        let code = kind.class.split('.').nth(1);
        let country = countries.iter().zip(0..).find(|((known, _), _)| Some(*known) == code).map(|(_, i)| i);
        Self { country, is_general: !kind.own_words_only }
    }
}

/// A name with its word for "number" cut short: `tax file no`, `routing #`, `n de contribuinte`. With `#` everything is numbered,
/// so that the name has to say of what the number is.
fn abbreviated(word: &str) -> Vec<String> {
    const LAST: &str = " number";
    const FIRST: [&str; 3] = ["número ", "numéro ", "numero "];
    let name = word.trim_end_matches('*');
    let sign = |name: &str| (!is_general(name)).then(|| format!("{name} #"));
    let short = |name: &str| [format!("{name} no"), format!("{name} num")].into_iter().chain(sign(name));
    let last = name.strip_suffix(LAST).map(|name| short(name).collect());
    let first = FIRST.iter().find_map(|first| word.strip_prefix(first));
    let first = first.map(|name| vec![format!("n {name}"), format!("num {name}"), format!("núm {name}")]);
    last.or(first).unwrap_or_default()
}

/// Whether a word of a kind is made of words that say nothing of a country: `tax number`, `social security`.
fn is_general(word: &str) -> bool {
    word.split(' ').all(|part| GENERAL.contains(&part) || COMMON.contains(&part))
}

/// Whether a word of a kind is neither made of general words nor short for much else.
pub(super) fn is_clear(word: &str) -> bool {
    !is_general(word) && !AMBIGUOUS.contains(&word)
}

/// Finds the words that kinds of several countries have. `entries` are in order of their text.
fn share(entries: &mut [Entry], homes: &[Home]) {
    let home = |saying: &Saying| match saying.speaks_of {
        Topic::Kind(i) => homes.get(usize::from(i)).and_then(|home| home.country),
        Topic::Country(_) | Topic::General => None,
    };
    for same in entries.chunk_by_mut(|a, b| a.text == b.text) {
        let sayings = || same.iter().flat_map(|entry| &entry.sayings);
        let mut countries = sayings().filter_map(home);
        let first = countries.next();
        let is_shared = countries.any(|country| Some(country) != first);
        let sayings = same.iter_mut().flat_map(|entry| &mut entry.sayings);
        sayings.for_each(|saying| saying.is_shared |= is_shared);
    }
}

impl Said {
    const NOTHING: Self =
        Self { kinds: Vec::new(), countries: [0; 64], names_country: false, general: false, any: false };

    /// Whether any kind may be spoken of: by a word of its own, or by a general one and a country.
    pub(super) fn may_speak_of_a_kind(&self) -> bool {
        self.speaks_of_a_kind() || self.general && self.countries.iter().any(|place| *place > 0)
    }

    /// Whether a word of some kind is there.
    pub(super) fn speaks_of_a_kind(&self) -> bool {
        !self.kinds.is_empty()
    }
}

/// `behind` without the groups of a number at its end, of which some end with a letter: `1 55 07 2B`.
fn without_groups(behind: &[u8]) -> &[u8] {
    let mut words = behind;
    while let [before @ .., last] = words {
        let ends_a_group = || last.is_ascii_uppercase() && before.last().is_some_and(u8::is_ascii_digit);
        if !NUMBER.has(*last) && !ends_a_group() {
            break;
        }
        words = before;
    }
    words
}

/* ===== places of words ===== */

/// Scripts that put no spaces between words: each of their characters may begin or end one.
fn is_unspaced(byte: u8) -> bool {
    byte >= 0xe0
}

fn is_end(rest: &[u8], end: usize) -> bool {
    rest.get(end).is_none_or(|byte| *byte == b' ' || is_unspaced(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::CONTEXT;
    use super::*;
    use crate::detector::topics::tests::{at_each_number, text};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]

        /// What is ruled out as it is written says nothing once it is folded.
        #[test]
        fn what_may_not_stand_is_not_read(text in text(), is_cut: bool) {
            let said = CONTEXT.read_words(text.as_bytes().get(..2 * FAR).unwrap_or(text.as_bytes()), is_cut);
            let may = |enough| topics::may_stand_in(text.as_bytes(), enough);
            prop_assert!(!said.any || may(Topics::any), "{:?}", text);
            prop_assert!(!said.speaks_of_a_kind() || may(Topics::has_kinds), "{:?}", text);
            prop_assert!(!said.may_speak_of_a_kind() || may(Topics::may_speak_of_a_kind), "{:?}", text);
        }

        /// Nor is anything where words are read once for all numbers after them.
        #[test]
        fn what_was_not_read_before_says_nothing(text in text(), has_letters: bool) {
            at_each_number(&text, |probe| {
                let space = probe.run_back(probe.at(), &ByteSet::EMPTY.with(b" "), 1);
                let at = if has_letters { probe.run_back(space, &ByteSet::ALPHA, 6) } else { probe.at() };
                if probe.was(at, &ByteSet::ALPHA) {
                    return Ok(());
                }
                let behind = probe.behind(at, REACH + 1);
                let said = CONTEXT.read_words(behind, behind.len() > REACH);
                let heard = CONTEXT.before(probe, at);
                prop_assert!(!said.may_speak_of_a_kind() || heard.may_speak_of_a_kind(), "{} of {:?}", at, text);
                Ok(())
            })?;
        }
    }
}
