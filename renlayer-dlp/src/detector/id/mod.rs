//! Identity, tax and health numbers, a row each: one look tells all kinds apart.
//!
//! A national number opens accounts, benefits and records in a person's name. Most are eight to thirteen digits with one
//! check digit, and so is every tenth number of another kind: what tells them apart is the way they are written, the check,
//! a date inside, and above all a word before them, in the language of the country or in English.
//!
//! A row of the tables ([`rows`]) says how a kind is written ([`form`]), its check, and its words. More than a hundred kinds
//! ask for the same runs of digits, so they are one detector: it reads the words before a place once ([`context`]), and then
//! only the kinds that these words speak of, or whose form is telling without any, look at the digits.
//!
//! - hit: `personnummer 811228-9874`, `756.9217.0769.85`, `Steuer-ID 36 574 261 809`, `556703-7485 är vårt orgnummer`
//! - low: `36 574 261 809` and nothing else, as a message that answers a question; a wrong check digit after a word that says of
//!   what kind the number is, as documents and tests make numbers up: `BSN 111222334`
//! - miss: eleven digits in a text without a word before them, whatever their check says
//! - known mistakes: a number of another kind that satisfies a check by chance, after a word that speaks of that kind.

mod begin;
mod context;
mod form;
mod rows;
#[cfg(test)]
mod spoken;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use super::topics::Topics;
use super::{About, Anchor, ByteSet, Decimals, Detector, Match, Page, Probe, Reach, thing};
use crate::engine::{NEAR, SEPARATOR};
use crate::words::has_letters;
use crate::{Evidence, Severity};
use begin::Begin;
use context::{Context, Heard, Said, Word};
use form::{After, Alone, Form, MOST_LETTERS, Outline, Written, follows_a_group};

/// One kind of number.
pub(super) struct Kind {
    name: &'static str,
    class: &'static str,
    severity: Severity,
    finds: &'static str,
    forms: &'static [&'static str],
    check: Check,
    words: &'static [&'static str],
    own_words_only: bool,
    mistakes: &'static str,
    /// Published numbers that are valid.
    #[cfg_attr(not(test), allow(dead_code, reason = "they hold the checks in place"))]
    examples: &'static [&'static str],
}

/// What has to hold for the letters and digits of a number.
#[derive(Clone, Copy)]
enum Check {
    /// A check digit.
    Digit(fn(&[u8]) -> bool),
    /// Ranges that are given out, and no check digit.
    Range(fn(&[u8]) -> bool),
    /// Nothing beyond the form.
    Form,
}

impl Kind {
    /// A kind with a check digit.
    const fn new(
        [name, class, finds]: [&'static str; 3],
        forms: &'static [&'static str],
        check: fn(&[u8]) -> bool,
        words: &'static [&'static str],
        examples: &'static [&'static str],
    ) -> Self {
        let (severity, own_words_only, mistakes) = (Severity::High, false, "");
        let check = Check::Digit(check);
        Self { name, class, severity, finds, forms, check, words, own_words_only, mistakes, examples }
    }

    /// Without a check digit, but with ranges that are given out.
    const fn ranged(mut self) -> Self {
        if let Check::Digit(range) = self.check {
            self.check = Check::Range(range);
        }
        self
    }

    /// A kind that has nothing but a form, and is found after its own words only.
    const fn bare(
        about: [&'static str; 3],
        forms: &'static [&'static str],
        words: &'static [&'static str],
        examples: &'static [&'static str],
    ) -> Self {
        let mut kind = Self::new(about, forms, |_| true, words, examples);
        kind.check = Check::Form;
        kind.own_words_only = true;
        kind.mistakes = "there is no check digit: another number of this form after such a word is a hit";
        kind
    }

    /// The country and a general word are not enough.
    const fn own_words_only(mut self) -> Self {
        self.own_words_only = true;
        self
    }

    /// Known to many: the number of a business, a tax number printed on invoices.
    const fn public(mut self) -> Self {
        self.severity = Severity::Medium;
        self
    }

    fn holds(&self, value: &[u8]) -> bool {
        match self.check {
            Check::Digit(holds) | Check::Range(holds) => holds(value),
            Check::Form => true,
        }
    }

    fn basis(&self) -> &'static str {
        let has_telling_form = self.forms.iter().any(|form| form.starts_with('*'));
        match (self.check, has_telling_form) {
            (Check::Digit(_), true) => "check digit; a telling form or words before it",
            (Check::Digit(_), false) => "check digit and words before it",
            (Check::Range(_), true) => "issued ranges; a telling form or words before it",
            (Check::Range(_), false) => "issued ranges and words before it",
            (Check::Form, _) => "its form and words before it",
        }
    }
}

/// The words of all kinds.
static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let kinds: Vec<_> = rows::all().collect();
    Context::new(&kinds, rows::COUNTRIES)
});

/// The words of all kinds, of countries and of numbers of whatever kind, with whether they may go on, and what they speak of.
pub(super) fn words() -> impl Iterator<Item = (&'static [u8], bool, Topics)> {
    CONTEXT.words()
}

/// Whether the words before `at`, since the last number, speak of one of some kind here: then it is no telephone's.
pub(super) fn is_spoken_of(probe: &Probe<'_>, at: usize) -> bool {
    CONTEXT.is_spoken_of(probe, at)
}

/// Whether the sentence goes on after `end` to say that this was a number of some kind here.
pub(super) fn is_called_so(probe: &Probe<'_>, end: usize) -> bool {
    CONTEXT.after(probe, end).is_some_and(|said| said.speaks_of_a_kind())
}

/// What a sentence goes on to say of a number that ends at `end`, where it does: `is my SSN`.
pub(super) fn clause<'t>(probe: &Probe<'t>, end: usize) -> Option<&'t [u8]> {
    context::clause::after(probe, end)
}

/// So many bytes after a number, at most, stands the letter or bracket with which a link to such a clause begins.
pub(super) const LINK: usize = 3;

/// How far after a number [`clause`] and [`is_called_so`] look.
pub(super) const CLAUSE: usize = context::clause::REACH;

/// Whether the words before `at` name another country than the United States, or numbers of another.
pub(super) fn is_elsewhere(probe: &Probe<'_>, at: usize) -> bool {
    let home = rows::COUNTRIES.iter().zip(0..).find(|((code, _), _)| *code == "us");
    home.is_some_and(|(_, us)| CONTEXT.is_elsewhere(probe, at, us))
}

/// All kinds of identity numbers.
pub(super) struct IdNumbers {
    kinds: Vec<&'static Kind>,
    forms: Vec<Form>,
    /// For each number of letters and each length of the first run of digits, the forms that begin so.
    begins: Vec<Vec<Begin>>,
    /// The places that all forms have.
    shortest: Outline,
}

const RUNS: usize = form::LONGEST + 1;
/// Bytes that a number, its separators and what is beside it take after its first digit.
const NUMBERS: usize = 48;
/// The same with the clause that may follow.
const AHEAD: usize = NUMBERS + context::clause::REACH;

impl IdNumbers {
    pub(super) fn new() -> Self {
        let kinds: Vec<_> = rows::all().collect();
        let forms =
            kinds.iter().enumerate().flat_map(|(i, kind)| kind.forms.iter().map(move |f| Form::new(f, i)));
        let mut ids =
            Self { forms: forms.collect(), begins: Vec::new(), shortest: Outline::default(), kinds };
        ids.index();
        ids
    }

    fn index(&mut self) {
        let mut alike = vec![Vec::new(); (MOST_LETTERS + 1) * RUNS];
        for (place, form) in self.forms.iter().enumerate() {
            for run in form.first_runs() {
                if let Some(forms) = alike.get_mut(form.letters * RUNS + run) {
                    forms.push((place, form));
                }
            }
        }
        self.begins = alike.iter().map(|forms| Begin::of(forms)).collect();
        self.shortest = Outline::shortest(&self.forms);
    }

    /// Where the forms may stand that begin with so many letters and a run of that length. Each way in which one goes on has an
    /// anchor of its own: numbers are everywhere, and most are followed by a space and a word.
    fn anchors_of(&self, run: usize, letters: usize) -> Vec<Anchor> {
        let glue = GLUE.or(ByteSet::ALNUM);
        let befores: &[ByteSet] = if letters == 0 { &[glue.not()] } else { &[ByteSet::ALPHA, SEPARATOR] };
        let mut anchors = Vec::new();
        for (nth, before) in befores.iter().enumerate() {
            let forms = self.beginning(letters, run).iter().flat_map(Begin::all);
            let forms = forms.filter_map(|place| self.forms.get(place));
            let ways =
                forms.filter(|form| nth == 0 || form.parted).flat_map(|form| form.after_run(run, NEAR));
            let mut distinct: Vec<After> = Vec::new();
            for way in ways {
                match distinct.iter_mut().find(|known| (known.next, known.second) == (way.next, way.second)) {
                    Some(known) => known.more = known.more.min(way.more),
                    None => distinct.push(way),
                }
            }
            let clamp = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
            for After { next, second, more } in distinct {
                let anchor = Anchor::digits(clamp(run), clamp(run)).after(*before);
                let anchor = anchor.second(second).followed_by(clamp(more));
                let anchor = if letters == 0 {
                    anchor.of_decimals(decimals(run)).undated().not_hex().unjoined(ByteSet::ALPHA, DASH)
                } else {
                    anchor
                };
                if letters > 0 {
                    anchors.push(anchor.then(next).after_letters(clamp(letters)));
                } else if more > 0 && next.has(b' ') {
                    // What goes on after a space is no later group of a longer number: see `follows_a_group`.
                    let group = anchor.clone().unjoined(ByteSet::DIGIT, MARKS.with(b" "));
                    anchors.push(group.then(ByteSet::EMPTY.with(b" ")));
                    anchors.push(anchor.unjoined(ByteSet::DIGIT, MARKS).then(next.without(b" ")));
                } else {
                    anchors.push(anchor.unjoined(ByteSet::DIGIT, MARKS).then(next));
                }
            }
        }
        anchors
    }

    /// The forms that begin with so many letters and a run of that length.
    fn beginning(&self, letters: usize, run: usize) -> &[Begin] {
        self.begins.get(letters * RUNS + run).map_or(&[], Vec::as_slice)
    }
}

impl Detector for IdNumbers {
    fn about(&self) -> About {
        About::new("id_numbers", "gov_id", Severity::High, "an identity, tax or health number")
    }

    fn kinds(&self) -> Vec<(About, Page)> {
        let page = |kind: &Kind| Page { basis: kind.basis(), mistakes: kind.mistakes };
        let about = |kind: &Kind| About::new(kind.name, kind.class, kind.severity, kind.finds);
        self.kinds.iter().map(|kind| (about(kind), page(kind))).collect()
    }

    fn keep(&mut self, enabled: &[bool]) {
        self.forms.retain(|form| enabled.get(form.kind).copied().unwrap_or(true));
        self.index();
    }

    fn anchors(&self) -> Vec<Anchor> {
        (1..RUNS)
            .flat_map(|run| (0..=MOST_LETTERS).flat_map(move |letters| self.anchors_of(run, letters)))
            .collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: ByteSet::ALPHA.or(SEPARATOR), max: MOST_LETTERS + 1 }
    }

    fn ahead(&self) -> usize {
        AHEAD
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let run = probe.run(at, &ByteSet::DIGIT, RUNS) - at;
        let joined = letters_before(probe, at);
        let parted = match probe.before(at) {
            Some(byte) if joined == 0 && SEPARATOR.has(byte) => letters_before(probe, at - 1),
            _ => 0,
        };
        let mut best = Best { found: None, said: None, after: None };
        let is_another = || {
            probe.begins_date(at..at + run) || probe.begins_hex(at..at + run) || is_a_decimal(probe, at, run)
        };
        if joined > 0 || !is_another() {
            self.look(probe, at - joined, self.beginning(joined, run), &mut best);
        }
        if parted > 0 {
            self.look(probe, at - 1 - parted, self.beginning(parted, run), &mut best);
        }
        best.found.map(|found| found.into_match(self))
    }
}

/* ===== one place ===== */

/// The best reading of a place so far, and what the words before it say once they were read.
struct Best {
    found: Option<Found>,
    said: Option<(usize, Heard)>,
    /// The same of the clause that follows, with where it begins.
    after: Option<Option<(usize, Said)>>,
}

struct Found {
    start: usize,
    end: usize,
    kind: usize,
    /// The word that speaks of the kind.
    word: Option<Word>,
    /// Whether the kind's check takes it.
    holds: bool,
    /// Whether the name that has the word goes on to say that it is something else.
    is_otherwise: bool,
    alone: Alone,
}

impl IdNumbers {
    /// Looks at `start` for forms that begin alike.
    fn look(&self, probe: &Probe<'_>, start: usize, begins: &[Begin], best: &mut Best) {
        if begins.is_empty() || is_glued_before(probe, start) {
            return;
        }
        let is_a_later_group = follows_a_group(probe.slice(start.saturating_sub(2)..start));
        let written = Written::read(probe, (start, probe.at()), is_a_later_group);
        if !self.shortest.may_be(&written) {
            return;
        }
        let is_answer = probe.is_said_from(start);
        for begin in begins {
            // Most numbers are written like none of the kinds, which is told sooner than what the words say.
            let first = probe.get(start).unwrap_or_default();
            let mut forms = begin.beginning_with(begin.may_be(&written), first);
            if !forms.is_empty() && !is_answer && best.is_unspoken(probe, start) {
                forms = begin.telling(forms);
            }
            for form in begin.each(forms).filter_map(|place| self.forms.get(place)) {
                self.consider(probe, (start, is_answer), form, best);
            }
        }
    }

    /// Offers the number at `start`, which may be all that was said, as one of a form that it may have.
    fn consider(&self, probe: &Probe<'_>, (start, is_answer): (usize, bool), form: &Form, best: &mut Best) {
        let before = CONTEXT.speaks_of(best.said(probe, start), form.kind);
        let word = before.or_else(|| best.said_after(probe, start, form));
        if word.is_none() && form.alone == Alone::Nothing && !is_answer {
            return;
        }
        let Some((end, holds)) = self.read(probe, start, form) else { return };
        let word = word.filter(|word| {
            holds || (word.is_clear() && !CONTEXT.is_foreign(best.said(probe, start), form.kind))
        });
        // Where the words speak of another kind, digits that fit this one fit it by chance.
        let alone = match form.alone {
            _ if !holds && word.is_none() => return,
            Alone::Enough if !form.has_letters && best.said(probe, start).speaks_of_a_kind() => Alone::Little,
            Alone::Enough
                if word.is_none()
                    && !form.has_letters
                    && !self.has_check(form)
                    && thing::is_a_things(probe, &(start..end)) =>
            {
                Alone::Little
            }
            // Every letter and digit of a licence may be one of hexadecimal, and then it is a hash rather.
            Alone::Enough | Alone::Little
                if word.is_none() && !self.has_check(form) && is_hexadecimal(probe.slice(start..end)) =>
            {
                return;
            }
            Alone::Nothing if word.is_none() && !self.is_told_by_itself(probe, start..end, form) => return,
            alone => alone,
        };
        let is_otherwise = before.is_some() && self.is_of_a_constant(probe, start, form);
        best.offer(Found { start, end, kind: form.kind, word, holds, is_otherwise, alone });
    }

    fn has_check(&self, form: &Form) -> bool {
        self.kinds.get(form.kind).is_some_and(|kind| matches!(kind.check, Check::Digit(_)))
    }

    /// Whether what speaks of the kind is how the name of a constant begins that is of something else: `PHN_MAX_BLUE`.
    fn is_of_a_constant(&self, probe: &Probe<'_>, start: usize, form: &Form) -> bool {
        let words = self.kinds.get(form.kind).map_or(&[][..], |kind| kind.words);
        context::constant::is_of_another(probe, start, words, self.has_check(form))
    }

    /// Whether a number that is all of a message is of the form's kind as far as its digits say it.
    fn is_told_by_itself(&self, probe: &Probe<'_>, range: Range<usize>, form: &Form) -> bool {
        const LEAST: usize = 8;
        let written = probe.slice(range.clone());
        let holds = |is: fn(&u8) -> bool| written.iter().any(is);
        let tells = match self.kinds.get(form.kind).map(|kind| kind.check) {
            // Not every zero, which most checks take.
            Some(Check::Digit(_)) => holds(|byte| !b"0 -./".contains(byte)),
            Some(Check::Range(_)) => holds(|byte| byte.is_ascii_alphabetic() || *byte == b'-'),
            Some(Check::Form) | None => false,
        };
        written.len() >= LEAST && tells && probe.is_all_said(range)
    }

    /// The end of a number of this form, and whether its kind's check takes it.
    fn read(&self, probe: &Probe<'_>, start: usize, form: &Form) -> Option<(usize, bool)> {
        let (value, end) = form.read(probe, start)?;
        let kind = self.kinds.get(form.kind)?;
        // A comma may part thousands or decimals of digits alone, and else the cells of a row.
        let has_marks = form.has_letters || end - start > value.bytes().len();
        let is_glued = is_glued_after(probe, end) && !(has_marks && probe.get(end) == Some(b','));
        (!is_glued).then(|| (end, kind.holds(value.bytes())))
    }
}

impl Best {
    /// What the words before `start` say.
    fn said(&mut self, probe: &Probe<'_>, start: usize) -> &Said {
        if self.said.as_ref().is_none_or(|(place, _)| *place != start) {
            self.said = None;
        }
        &self.said.get_or_insert_with(|| (start, CONTEXT.before(probe, start))).1
    }

    /// What a clause after the number says, with the end of the number. Mostly nothing follows that could be one, which is told once
    /// for all forms.
    #[inline]
    fn after(&mut self, probe: &Probe<'_>) -> Option<&(usize, Said)> {
        if self.after.is_none() {
            self.after = Some(read_after(probe));
        }
        self.after.as_ref()?.as_ref()
    }

    /// Whether neither the words before `start` nor a clause after the number speak of any kind.
    fn is_unspoken(&mut self, probe: &Probe<'_>, start: usize) -> bool {
        !self.said(probe, start).may_speak_of_a_kind() && self.after(probe).is_none()
    }

    /// Whether the sentence goes on to say that the number which begins at `start` is of the form's kind. A word before says
    /// more, but may be another's: `pan` is also a Polish sir.
    fn said_after(&mut self, probe: &Probe<'_>, start: usize, form: &Form) -> Option<Word> {
        let (end, said) = self.after(probe)?;
        let word = CONTEXT.speaks_of(said, form.kind)?;
        form.read(probe, start).is_some_and(|(_, read)| read == *end).then_some(word.after())
    }

    /// A check that holds and a word of the kind's own are more than any word beside a check that fails. Then such a word
    /// says as much as a check; where both are there, or one, a word speaks louder than a form; of two words the nearer one counts,
    /// then the longer number.
    fn offer(&mut self, found: Found) {
        let rank = |found: &Found| {
            let is_told = |word: Word| word.is_own() || found.alone != Alone::Nothing;
            let is_sure = found.holds && found.word.is_some_and(is_told);
            let says = u8::from(found.holds) + u8::from(found.word.is_some_and(Word::is_own));
            (is_sure, says, found.word, found.holds, found.alone, found.end - found.start)
        };
        if self.found.as_ref().is_none_or(|best| rank(&found) > rank(best)) {
            self.found = Some(found);
        }
    }
}

impl Found {
    fn into_match(self, ids: &IdNumbers) -> Match {
        let check = ids.kinds.get(self.kind).map_or(Check::Form, |kind| kind.check);
        let evidence = match check {
            Check::Digit(_) => Evidence::CHECKSUM,
            Check::Range(_) | Check::Form => Evidence::STRUCTURE,
        };
        let range = self.start..self.end;
        let mut found = match (self.word, self.alone, check) {
            _ if !self.holds || self.is_otherwise => {
                Match::new(range, 0.3).harmless().with(Evidence::CONTEXT)
            }
            (Some(_), _, Check::Digit(_)) => Match::new(range, 0.95).with(Evidence::CONTEXT),
            (Some(_), ..) => Match::new(range, 0.8).with(Evidence::CONTEXT),
            (None, Alone::Enough, _) => Match::new(range, 0.65),
            (None, ..) => Match::new(range, 0.3).harmless(),
        };
        found.kind = u16::try_from(self.kind).unwrap_or(0);
        found.with(evidence)
    }
}

/// Whether a number in one piece holds letters, and none that hexadecimal does not have.
fn is_hexadecimal(number: &[u8]) -> bool {
    number.iter().all(u8::is_ascii_hexdigit) && number.iter().any(u8::is_ascii_alphabetic)
}

/// How many letters stand directly before `at`; more than a number has count as too many. The letter of an escape (`\n`) is
/// none of them.
fn letters_before(probe: &Probe<'_>, at: usize) -> usize {
    let begin = probe.run_back(at, &ByteSet::ALPHA, MOST_LETTERS + 1);
    let escapes = begin < at
        && probe.was(begin, &ByteSet::EMPTY.with(b"\\"))
        && probe.is(begin, &ByteSet::EMPTY.with(b"nrt"));
    at - begin - usize::from(escapes)
}

/// What a clause after the number at the anchor says, with the end of the number.
#[inline(never)]
fn read_after(probe: &Probe<'_>) -> Option<(usize, Said)> {
    let end = end_of_digits(probe)?;
    Some((end, CONTEXT.after(probe, end)?))
}

/// Where the number ends that begins at the anchor, if more than a number may follow it there: a space and a word or a bracket,
/// or a character of a script without spaces.
fn end_of_digits(probe: &Probe<'_>) -> Option<usize> {
    const NUMBER: ByteSet = SEPARATOR.or(ByteSet::ALNUM).with(b"+");
    const INSIDE: ByteSet = NUMBER.without(b" ");
    let near = probe.arrived(probe.at(), NUMBERS + LINK);
    if near.is_some_and(|near| !has_letters(near) && !near.contains(&b'(')) {
        return None;
    }
    let (mut at, last) = (probe.at(), probe.at() + NUMBERS);
    while at < last {
        at = probe.run(at, &INSIDE, last - at);
        if at == last {
            return None;
        }
        match probe.get(at)? {
            b' ' if context::clause::begins_a_link(probe, at + 1) => return Some(at),
            b' ' => at += 1,
            b'(' | 0xe0.. => return Some(at),
            _ => return None,
        }
    }
    None
}

/// The decimals that may be a number after a first run: one point parts it, and it has eight digits or more.
fn decimals(run: usize) -> Decimals {
    const FEWEST: usize = 8;
    let fewest = u8::try_from(FEWEST.saturating_sub(run)).unwrap_or(u8::MAX);
    if run > 1 { Decimals::of(fewest) } else { Decimals::NONE }
}

/// Whether the run of digits is the whole part of one that is no number.
fn is_a_decimal(probe: &Probe<'_>, at: usize, run: usize) -> bool {
    probe.decimal(at..at + run).is_some_and(|decimal| !decimals(run).has(decimal))
}

/// Signs that go on into a number.
const GLUE: ByteSet = ByteSet::EMPTY.with(b"+$_@");
/// After another number, or before one, these make it a part of something longer.
const MARKS: ByteSet = DASH.with(b"./,");
/// So does this one after a letter, or before one.
const DASH: ByteSet = ByteSet::EMPTY.with(b"-");

/// Whether what stands before makes the place a part of something longer.
fn is_glued_before(probe: &Probe<'_>, start: usize) -> bool {
    match probe.before(start) {
        Some(b'n' | b'r' | b't') if probe.before(start - 1) == Some(b'\\') => false,
        Some(byte) if MARKS.has(byte) => {
            start > 1
                && (probe.was(start - 1, &ByteSet::DIGIT)
                    || (byte == b'-' && probe.was(start - 1, &ByteSet::ALPHA)))
        }
        Some(byte) if GLUE.has(byte) => true,
        Some(0x80..) => !ends_a_wide_character(probe, start),
        Some(byte) => byte.is_ascii_alphanumeric(),
        None => false,
    }
}

fn is_glued_after(probe: &Probe<'_>, end: usize) -> bool {
    match probe.get(end) {
        Some(byte) if MARKS.has(byte) => {
            probe.is(end + 1, &ByteSet::DIGIT) || (byte == b'-' && probe.is(end + 1, &ByteSet::ALPHA))
        }
        Some(byte) => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | 0xc3..=0xdf),
        None => false,
    }
}

/// Scripts that put no space between a word and a number, and punctuation, have characters of three bytes; those of Latin,
/// Greek, Cyrillic and Hebrew letters have two.
pub(super) fn ends_a_wide_character(probe: &Probe<'_>, end: usize) -> bool {
    let byte = |back: usize| end.checked_sub(back).and_then(|i| probe.get(i)).unwrap_or(0);
    byte(3) >= 0xe0 || byte(2) == 0xc2
}
