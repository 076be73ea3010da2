//! Addresses whose number stands first: `10 Downing Street, London SW1A 2AA`, `15 rue de la Paix, 75002 Paris`.
//!
//! They are read token by token. A postcode ends them; without one, a word for a street that is hardly anybody's name does, or an
//! apartment, or a place after a word such as `Address:`.

use super::list::{List, Word};
use super::tokens::{Kind, Token};
use super::{NUMBERS, TOKENS, begins_a_line, ends_a_line, found, india, is_year, label, postcode, street};
use crate::detector::{Match, Probe};

/// The most words of a street.
const WORDS: usize = 7;

/// What the tokens after a number said so far.
struct Reading<'r, 't> {
    probe: &'r Probe<'t>,
    /// The end of the number.
    number: usize,
    /// How many words with a capital there are, and numbers that are no flat's or floor's.
    words: usize,
    numbers: usize,
    /// The end of the street, once a word says that it is one.
    named: Option<usize>,
    /// The first word leads a street (`rue`), and may also be short for somebody's name (`R.`).
    is_led: bool,
    is_initial: bool,
    /// The word for the street is hardly anybody's name.
    is_strong: bool,
    /// Something else begun after the street: a word for a street in it is one of another.
    is_over: bool,
    /// The end of a name with a word that is a street's in the United States, and a name elsewhere.
    suffix: Option<usize>,
    /// The end of a part of a dwelling, which says as much of its place as a word for a street.
    dwelling: Option<usize>,
    /// The end of a place that follows.
    place: Option<usize>,
}

/// The address whose number stands at the anchor and ends at `number`.
pub(super) fn read(probe: &Probe<'_>, number: usize) -> Option<Match> {
    if probe.slice(probe.at()..number).iter().all(|byte| *byte == b'0') {
        return None;
    }
    let mut reading = Reading::new(probe, number);
    let (mut previous, mut may_have_code) = (Token::none(number), true);
    for i in 0..TOKENS {
        let Some(token) = Token::after(probe, previous.end) else { break };
        may_have_code = may_have_code && postcode::may_be_read(probe, number, i);
        reading.is_over |= token.is_separated && reading.named.is_some() && reading.is_strong;
        if reading.is_over && !may_have_code && !reading.is_led && !reading.is_of_that_year() {
            break;
        }
        if may_have_code {
            if let Some(end) = reading.code(&previous, &token) {
                return reading.with_code(end);
            }
            if india::is_code_after(probe, &previous, &token)
                && let Some(found) = reading.indian()
            {
                return Some(found);
            }
        }
        reading.numbers += usize::from(token.kind == Kind::Number && previous.kind != Kind::Unit);
        if reading.numbers > NUMBERS || token.follows_a_number(&previous) {
            break;
        }
        if i > 0 {
            if !reading.goes_on(&previous, &token) {
                break;
            }
        } else if !reading.leads(&token) {
            if token.is_separated {
                return reading.indian();
            }
            if !reading.begins(&token) {
                break;
            }
        }
        reading.name(i == 0, &token);
        if reading.named.is_none() && reading.words > WORDS {
            break;
        }
        reading.note_place(&token);
        previous = token;
    }
    reading.without_code()
}

impl<'r, 't> Reading<'r, 't> {
    fn new(probe: &'r Probe<'t>, number: usize) -> Self {
        Self {
            probe,
            number,
            words: 0,
            numbers: 0,
            named: None,
            is_led: false,
            is_initial: false,
            is_strong: false,
            is_over: false,
            suffix: None,
            dwelling: None,
            place: None,
        }
    }

    fn word(&self, token: &Token) -> Word<'t> {
        token.word(self.probe)
    }

    fn is_year(&self) -> bool {
        is_year(self.probe.slice(self.probe.at()..self.number))
    }

    fn is_of_that_year(&self) -> bool {
        self.is_year() && label::tells_a_year(self.probe, self.probe.at())
    }

    /* ===== one token ===== */

    /// Whether the first token leads a street.
    fn leads(&mut self, token: &Token) -> bool {
        let word = self.word(token);
        self.is_led = street::leads(word) && !word.is_whole_in(List::BeforeTheName);
        self.is_initial = self.is_led && street::is_initial(word.text);
        self.is_led
    }

    /// Whether any other first token may begin a street.
    fn begins(&mut self, token: &Token) -> bool {
        self.words += usize::from(token.kind == Kind::Capital);
        match token.kind {
            Kind::Capital => true,
            Kind::Number | Kind::Unit => token.is_ordinal,
            Kind::Particle | Kind::Other => false,
        }
    }

    /// Whether a later token may belong to the address.
    fn goes_on(&mut self, previous: &Token, token: &Token) -> bool {
        let word = self.word(token);
        match token.kind {
            Kind::Capital => self.words += 1,
            Kind::Unit if self.word(previous).is_in(List::Doubtful) => return false,
            Kind::Number if previous.kind == Kind::Unit && self.words > 0 && self.dwelling.is_none() => {
                self.dwelling = Some(token.end).filter(|_| self.word(previous).is_in(List::Dwellings));
            }
            Kind::Number | Kind::Unit if self.words > 0 || token.is_ordinal => {}
            // `rue du 8 mai 1945`.
            Kind::Number if previous.kind == Kind::Particle && self.is_led && word.text.len() <= 2 => {}
            Kind::Particle => {}
            // `8 Abovyan street`: with a postcode.
            Kind::Other if self.words > 0 && !self.is_led && !self.is_over && word.is_in(List::Strong) => {
                (self.words, self.named) = (self.words + 1, Some(token.end));
            }
            Kind::Other if self.is_led && previous.kind == Kind::Number && word.is_in(List::Doubtful) => {
                (self.words, self.named, self.is_strong) = (self.words + 1, Some(token.end), true);
            }
            _ => return false,
        }
        true
    }

    /// Notes where the street ends that a word names.
    fn name(&mut self, is_first: bool, token: &Token) {
        let is_word = self.is_led && token.kind == Kind::Capital;
        if self.named.is_some() {
            self.named = if is_word && !token.is_separated { Some(token.end) } else { self.named };
            return;
        }
        let (word, holds_type) = (self.word(token), is_word && self.words > 0);
        if holds_type || (!is_first && word.is_in(List::Types)) {
            self.is_strong = (holds_type && !self.is_initial) || word.is_in(List::Strong);
            self.named = Some(token.end);
        }
        let ends_a_name = self.words > 1 && self.named.is_none() && self.suffix.is_none();
        if ends_a_name && !token.is_separated && word.is_whole_in(List::Suffixes) {
            self.suffix = Some(token.end);
        }
    }

    fn note_place(&mut self, token: &Token) {
        let goes_on = token.is_separated || self.place.is_some();
        if self.words > 1 && token.kind == Kind::Capital && goes_on && !label::ends_in(self.probe, token.end)
        {
            self.place = Some(token.end);
        }
    }

    /* ===== the end ===== */

    fn is_named(&self) -> bool {
        self.named.or(self.dwelling).is_some()
    }

    /// The end of the postcode that begins with this token.
    fn code(&self, previous: &Token, token: &Token) -> Option<usize> {
        if self.words == 0 {
            return None;
        }
        postcode::read(self.probe, previous, token, self.is_named())
    }

    fn with_code(&self, end: usize) -> Option<Match> {
        let confidence = if self.is_named() { 0.85 } else { 0.65 };
        (self.is_strong || !self.is_year()).then(|| found(self.probe.at(), end, confidence))
    }

    fn without_code(&self) -> Option<Match> {
        let start = self.probe.at();
        let named = self.named.filter(|_| self.is_strong && !self.is_of_that_year());
        let labelled = || self.place.filter(|_| label::stands_before(self.probe, start));
        let told = named.or_else(labelled).or(self.dwelling).map(|end| found(start, end, 0.6));
        let is_a_line = |end: usize| begins_a_line(self.probe, start) && ends_a_line(self.probe, end);
        let is_alone = |end: usize| label::stands_before(self.probe, start) || is_a_line(end);
        let doubtful = || self.suffix.filter(|end| !self.is_led && !self.is_year() && is_alone(*end));
        told.or_else(|| doubtful().map(|end| found(start, end, 0.35).harmless()))
    }

    /// `459, Madan Zila, Latur 778094`.
    fn indian(&self) -> Option<Match> {
        let end = india::after(self.probe, self.number).filter(|_| !self.is_year())?;
        Some(found(self.probe.at(), end, 0.65))
    }
}
