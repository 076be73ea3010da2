//! Numbers as they are dialled at home: written as nothing else is, or with a word for a telephone before or after them.

use std::cell::OnceCell;
use std::net::Ipv4Addr;
use std::ops::{Range, RangeInclusive};

use super::super::id::{self, ends_a_wide_character};
use super::words::{CONTEXT, NUMBER, OTHER, SPOKEN};
use super::written::{self, Shape, Written};
use super::{INSIDE, JOINT, beside, extended, plan, vanity};
use crate::Evidence;
use crate::detector::topics::{self, Topics};
use crate::detector::{ByteSet, Match, Probe, cell, dump, thing};
use crate::words::has_letters;

/// What a sentence does not have between such a word and the number.
const CODE: ByteSet = ByteSet::EMPTY.with(b"=(){}[];<>_|&#*/\\\"`$%@");

/// How far back a word is looked for.
const CONTEXT_REACH: usize = 48;
const OTHER_REACH: usize = 24;

/// The number whose first digit stands at the anchor.
pub(super) fn find(probe: &Probe<'_>) -> Option<Match> {
    let digit = probe.at();
    let run = probe.run(digit, &ByteSet::DIGIT, 16) - digit;
    if run == 3
        && let Some(found) = vanity::read(probe, digit)
    {
        return Some(found);
    }
    if (run <= 5 && !written::goes_on(probe, digit + run))
        || (run <= 4 && is_another(probe, digit..digit + run))
        || is_inside_a_number(probe, digit)
        || is_of_a_row(probe, digit, run)
    {
        return None;
    }
    read(probe, digit)
}

/// Whether a group begins a date, or a decimal that is no number.
fn is_another(probe: &Probe<'_>, group: Range<usize>) -> bool {
    let is_number = |decimal| written::DECIMALS.iter().any(|which| which.has(decimal));
    probe.begins_date(group.clone()) || probe.decimal(group).is_some_and(|decimal| !is_number(decimal))
}

fn read(probe: &Probe<'_>, digit: usize) -> Option<Match> {
    let written = Written::read(probe, digit);
    if written.is_short() {
        return None;
    }
    let start = written.opening(probe).unwrap_or(digit);
    let number = Number { probe, start, written, in_context: OnceCell::new() };
    number.find().or_else(|| number.as_it_is_called()).or_else(|| number.as_all_that_was_said())
}

/// A number that begins at `start`, that no country dials, and that a word says to be a telephone's.
pub(super) fn called(probe: &Probe<'_>, start: usize, written: Written) -> Option<Match> {
    Number { probe, start, written, in_context: OnceCell::new() }.as_it_is_called()
}

/// A number, and where it stands.
struct Number<'n, 't> {
    probe: &'n Probe<'t>,
    start: usize,
    written: Written,
    /// Whether the words before it speak of a telephone, once that is asked.
    in_context: OnceCell<bool>,
}

impl Number<'_, '_> {
    fn find(&self) -> Option<Match> {
        let shapes = self.written.shapes(self.probe, || !self.is_silent());
        let mut shapes = shapes.filter(|(end, shape)| self.stands(*end, *shape));
        let (end, shape) = match shapes.next()? {
            // Of North America's areas it is none: Mexico writes alike.
            (end, Shape::Unassigned) => shapes.next().unwrap_or((end, Shape::Unassigned)),
            first => first,
        };
        let (confidence, evidence) = match shape.alone() {
            Some(confidence) if !self.is_in_context() => (confidence, Evidence::STRUCTURE),
            _ => (0.85, Evidence::CONTEXT),
        };
        if evidence == Evidence::STRUCTURE
            && matches!(shape, Shape::FrenchPairs)
            && (dump::is_around(self.probe, self.start) || self.is_of_a_row_of_pairs(end))
        {
            return None;
        }
        let range = self.start..extended(self.probe, end);
        let found = Match::new(range, confidence).with(evidence);
        let is_shared = || match shape {
            Shape::Grouped => !self.is_in_context() && !self.written.is_labelled(self.probe),
            // `phone_id=`, `phone_count=`.
            Shape::Plain => self.is_of_a_name(end),
            _ => !self.is_in_context() && self.is_of_things(end),
        };
        let tells_little = matches!(shape, Shape::Unassigned) || self.is_of_a_story(end) || is_shared();
        Some(if tells_little { found.harmless() } else { found })
    }

    /// Whether that shape is a telephone number's here.
    fn stands(&self, end: usize, shape: Shape) -> bool {
        let probe = self.probe;
        let stands_alone =
            || shape.alone().is_some() && !self.is_called_otherwise() && !id::is_called_so(probe, end);
        let is_labelled = || self.written.is_labelled(probe) && !self.is_called_otherwise();
        self.is_in_context()
            || stands_alone()
            || written::has_spoken_extension(probe, end)
            || is_labelled()
            || self.is_called_after(end)
    }

    fn is_in_context(&self) -> bool {
        *self.in_context.get_or_init(|| {
            let behind = words_before(self.probe, self.start);
            may_be_called(self.probe, self.start - behind.len())
                && (CONTEXT.stand_in(behind) || is_spoken_of(self.probe, self.start, behind))
                && !thing::is_logged(self.probe, self.start)
                && !self.is_of_so_many()
        })
    }

    /// Whether it and another number say how far something is, whatever the words before speak of: `contact sync: 286483 of 391202`. The Dutch say
    /// `of` between two numbers to call, so that none of them has as many digits as one that is called, or begins with its 0.
    fn is_of_so_many(&self) -> bool {
        const OF: &[u8] = b" of ";
        const CALLED: usize = 9;
        let (probe, start) = (self.probe, self.start);
        let is_short =
            |side: &[u8]| (1..CALLED).contains(&side.iter().filter(|byte| byte.is_ascii_digit()).count());
        let is_after = || {
            let end = probe.behind(start, OF.len()).eq(OF).then(|| start - OF.len());
            end.is_some_and(|end| {
                is_short(probe.slice(probe.run_back(end, &written::ASCII, written::LONGEST)..end))
            })
        };
        let is_before = || {
            let end = self.written.end().filter(|end| probe.looking_at(*end, OF)).map(|end| end + OF.len());
            end.is_some_and(|at| is_short(probe.slice(at..probe.run(at, &written::ASCII, written::LONGEST))))
        };
        let may_count = self.written.has_fewer_digits(CALLED) && probe.get(start) != Some(b'0');
        may_count && (is_after() || is_before())
    }

    /// Whether the words before it speak of another number.
    fn is_called_otherwise(&self) -> bool {
        let behind = self.probe.behind(self.start, OTHER_REACH);
        let from = self.start - behind.len();
        let is_other = topics::may_stand_before(self.probe, from, |topics| topics.has(Topics::OTHER))
            && OTHER.stand_in(behind);
        is_other || id::is_spoken_of(self.probe, self.start)
    }

    /// Whether no word can be about its digits, for there is none of ours before it, and no letter in it or right after it, nor a
    /// bracket, in which there could be one.
    fn is_silent(&self) -> bool {
        let end = self.written.end().unwrap_or(self.start);
        is_silent(self.probe, self.start, end - self.start + id::LINK)
    }

    /// Whether the words after its `end` speak of a telephone.
    fn is_called_after(&self, end: usize) -> bool {
        CONTEXT.stand_in(id::clause(self.probe, end).unwrap_or_default())
    }

    /// Whether a thing is numbered there, in a name or in a column, and no label says that it is called.
    fn is_of_things(&self, end: usize) -> bool {
        let is_called_after = || written::has_label_after(self.probe, end) || self.is_called_after(end);
        let is_one = thing::is_a_things(self.probe, &(self.start..end))
            || beside::are_others(self.probe, &(self.start..end));
        is_one && !is_called_after()
    }

    /// Whether more pairs of digits stand before it, in a line that names nobody.
    fn is_of_a_row_of_pairs(&self, end: usize) -> bool {
        written::follows_pairs(self.probe, self.start)
            && !cell::names_a_person(self.probe, &(self.start..end))
    }

    /// Whether it is digits in one piece, and the name before it goes on to say that they are an id or count.
    fn is_of_a_name(&self, end: usize) -> bool {
        let is_one = self.probe.slice(self.start..end).iter().all(u8::is_ascii_digit);
        is_one
            && (thing::is_a_calls_id(self.probe, self.start) || thing::tells_how_much(self.probe, self.start))
    }

    fn is_of_a_story(&self, end: usize) -> bool {
        match self.written.digits_to(end) {
            [b'0', rest @ ..] => plan::is_british_story(rest),
            digits => plan::is_story(digits),
        }
    }

    /// A number that no country dials where a word says that it is a telephone's: made up, or of a plan that has grown since.
    fn as_it_is_called(&self) -> Option<Match> {
        const DIGITS: RangeInclusive<usize> = 9..=15;
        let end =
            self.written.longest(|digits| DIGITS.contains(&digits.len())).filter(|_| !self.is_silent())?;
        let is_called_so = self.is_in_context() && !self.is_called_otherwise();
        let written = std::str::from_utf8(self.probe.slice(self.start..end)).unwrap_or_default();
        let is_an_address = written.parse::<Ipv4Addr>().is_ok();
        (is_called_so && !is_an_address)
            .then(|| Match::new(self.start..end, 0.25).with(Evidence::CONTEXT).harmless())
    }

    /// The number as all of a message: as long as most telephone numbers are, and one that some country dials.
    fn as_all_that_was_said(&self) -> Option<Match> {
        const DIGITS: RangeInclusive<usize> = 10..=12;
        const MADE_OF: ByteSet = ByteSet::DIGIT.with(b" -");
        let (probe, start) = (self.probe, self.probe.at());
        if !probe.is_said_from(start) {
            return None;
        }
        let end = self.written.longest(plan::is_national)?;
        let is_written_so = probe.slice(start..end).iter().all(|byte| MADE_OF.has(*byte));
        let is_long = DIGITS.contains(&self.written.digits_to(end).len());
        let stands = is_written_so && is_long && probe.is_all_said(start..end);
        stands.then(|| Match::new(start..end, 0.25).with(Evidence::STRUCTURE).harmless())
    }
}

/// Whether it follows another number, has not the groups that are written like nothing else even there, and nobody speaks of it.
fn is_of_a_row(probe: &Probe<'_>, digit: usize, run: usize) -> bool {
    let may_tell = match run {
        2 => probe.get(digit) == Some(b'0'),
        _ => run == 3,
    };
    !may_tell && written::follows_digits(probe, digit) && is_silent(probe, digit, written::LONGEST + id::LINK)
}

/// Whether no word of ours may stand before `start`, and in so many bytes from there on neither a letter nor a bracket.
fn is_silent(probe: &Probe<'_>, start: usize, near: usize) -> bool {
    let here = probe.arrived(start, near);
    here.is_some_and(|here| !has_letters(here) && !here.contains(&b'(')) && {
        let words = words_before(probe, start);
        !has_letters(words) || !may_be_called(probe, start - words.len())
    }
}

/// Whether the words before a number, from `from` on, may speak of a telephone.
fn may_be_called(probe: &Probe<'_>, from: usize) -> bool {
    topics::may_stand_before(probe, from, |topics| topics.has(Topics::CALL))
}

/// What is read for a word: more bytes where characters have two or three.
fn words_before<'t>(probe: &Probe<'t>, start: usize) -> &'t [u8] {
    let behind = probe.behind(start, CONTEXT_REACH);
    let is_wide = behind.first().is_some_and(|byte| *byte >= 0x80);
    if is_wide { probe.behind(start, 2 * CONTEXT_REACH) } else { behind }
}

/// Whether the sentence before a number speaks of a call, or of a number and of nothing else.
fn is_spoken_of(probe: &Probe<'_>, start: usize, behind: &[u8]) -> bool {
    let begin = behind.iter().rposition(|byte| CODE.has(*byte)).map_or(0, |last| last + 1);
    let sentence = behind.get(begin..).unwrap_or_default();
    // What joins a word to a name takes the word with it.
    let is_joined = begin > 0 && behind.get(begin - 1) == Some(&b'_');
    let word = sentence.iter().take_while(|byte| is_joined && byte.is_ascii_alphabetic()).count();
    let sentence = sentence.get(word..).unwrap_or_default();
    let is_a_number =
        || NUMBER.stand_in(sentence) && !OTHER.stand_in(behind) && !id::is_spoken_of(probe, start);
    without_acids(sentence).any(|part| SPOKEN.stand_in(part)) || is_a_number()
}

/// The parts of a sentence between each `pH`, which is no telephone's `ph` but where the number follows directly.
fn without_acids(sentence: &[u8]) -> impl Iterator<Item = &[u8]> {
    const ACID: &[u8] = b"pH";
    let is_whole = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| sentence.get(before));
        let after = sentence.get(at + ACID.len()..).unwrap_or_default();
        !before.is_some_and(u8::is_ascii_alphabetic) && after.iter().any(u8::is_ascii_alphanumeric)
    };
    let acids = memchr::memmem::find_iter(sentence, ACID).filter(is_whole);
    let begins = std::iter::once(0).chain(acids.clone().map(|at| at + ACID.len()));
    let ends = acids.chain(std::iter::once(sentence.len()));
    begins.zip(ends).filter_map(|(begin, end)| sentence.get(begin..end))
}

/// Whether what is before makes it a part of something longer: a decimal, a date, an id.
fn is_inside_a_number(probe: &Probe<'_>, digit: usize) -> bool {
    match probe.before(digit) {
        // The trunk digit of North America may come first: `1-212-736-5000`.
        Some(b'-' | b'.' | b' ') if probe.before(digit - 1) == Some(b'1') => {
            probe.was(digit - 2, &ByteSet::WORD.with(b"-."))
        }
        Some(b' ') => is_after_country(probe, digit - 1),
        Some(byte) if JOINT.has(byte) => digit > 1 && probe.was(digit - 1, &ByteSet::ALNUM),
        // Lists have a comma without a space, and so do thousands.
        Some(b',') => {
            digit > 1 && probe.was(digit - 1, &ByteSet::DIGIT) && !beside::is_a_persons(probe, digit)
        }
        Some(0x80..) => !ends_a_wide_character(probe, digit),
        Some(byte) => INSIDE.has(byte),
        None => false,
    }
}

/// Whether a `+` and a country code end at `end`: then the number was read from there, and is none.
fn is_after_country(probe: &Probe<'_>, end: usize) -> bool {
    let code = probe.run_back(end, &ByteSet::DIGIT, 3);
    code < end && probe.before(code) == Some(b'+')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detector::Detector;
    use crate::detector::phone::Phone;
    use crate::engine::Text;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        /// Of no number that words are about it is said that none can be.
        #[test]
        fn numbers_are_silent_where_nothing_is_said(
            before in "(phone |tel|☎|call \\(|[0-9. -]|電話){0,3}[ :(]?",
            number in "[0-9]{2,4}([ .-]| [(]|[)] ?| – )?[0-9]{2,4}([ .-][0-9]{2,5}){0,3}",
            after in " ?,?( is my phone| [(]phone[)]|[(]phone| ext 12|[,;] ?ext. 9|は電話| – my phone|[0-9 .]){0,2}",
        ) {
            let text = format!("{before}{number}{after}");
            let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
            let probe = Probe::new(whole, before.len(), Phone.ahead());
            let written = Written::read(&probe, before.len());
            let start = written.opening(&probe).unwrap_or(before.len());
            let number = Number { probe: &probe, start, written, in_context: OnceCell::new() };
            let is_said_after = |end: usize| {
                let clause = id::clause(&probe, end).unwrap_or_default();
                written::has_spoken_extension(&probe, end) || CONTEXT.stand_in(clause)
            };
            let is_said = number.is_in_context() || number.written.ends().any(is_said_after);
            prop_assert!(!is_said || !number.is_silent(), "{:?}", text);
        }

        /// What is left alone as one of a row is no number, however it is read.
        #[test]
        fn numbers_of_a_row_are_none(
            pieces in prop::collection::vec("[0-9]{2,5}|001|0[1-9]|[ .-]| |phone|[(]|,|\n|[A-Z]", 2..14),
            after in " ?,?( is my phone| [(]phone[)]| ext 12|は電話)?",
        ) {
            let text = format!("{}{after}", pieces.concat());
            let bytes = text.as_bytes();
            let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
            for at in (1..bytes.len()).filter(|at| is_digit(*at) && !is_digit(at - 1)) {
                let whole = Text { bytes, start: 0, complete: true };
                let probe = Probe::new(whole, at, Phone.ahead()).of_body(true);
                let run = probe.run(at, &ByteSet::DIGIT, 16) - at;
                if is_of_a_row(&probe, at, run) {
                    prop_assert_eq!(read(&probe, at), None, "{} of {:?}", at, text);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]

        /// Where no word may stand by what was read before other numbers, none does.
        #[test]
        fn words_that_may_not_stand_do_not(text in topics::tests::text()) {
            topics::tests::at_each_number(&text, |probe| {
                let behind = words_before(probe, probe.at());
                let from = probe.at() - behind.len();
                // What is cut there may be read as a word that it is not.
                const LETTER: ByteSet = ByteSet::ALPHA.or(ByteSet::EMPTY.range(0x80, 0xff));
                if probe.was(from, &LETTER) && probe.is(from, &LETTER) {
                    return Ok(());
                }
                let stand = [&CONTEXT, &SPOKEN, &NUMBER].iter().any(|words| words.stand_in(behind));
                prop_assert!(!stand || may_be_called(probe, from), "{} of {:?}", probe.at(), text);
                let may_be_other = topics::may_stand_before(probe, from, |topics| topics.has(Topics::OTHER));
                prop_assert!(!OTHER.stand_in(behind) || may_be_other, "{} of {:?}", probe.at(), text);
                Ok(())
            })?;
        }
    }

    #[test]
    fn words_for_a_telephone_have_letters() {
        assert!([&CONTEXT, &SPOKEN, &NUMBER].iter().all(|words| words.are_lettered()));
    }
}
