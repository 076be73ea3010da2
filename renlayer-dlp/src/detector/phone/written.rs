//! A number as it is written: groups of digits with a little between them.

use std::net::Ipv4Addr;

use smallvec::SmallVec;

use super::plan;
use crate::check::ean;
use crate::detector::{ByteSet, Decimals, Probe};

/// The most bytes that a number takes: sixteen digits, something after each second one, and an extension.
pub(super) const LONGEST: usize = 64;

/// What stands between groups, or begins it: spaces and dashes may be those of typography.
pub(super) const BETWEEN: ByteSet = ByteSet::EMPTY.with(b" .-/()\xc2\xe2");
/// What it is of where typography has no part in it.
pub(super) const ASCII: ByteSet = ByteSet::DIGIT.with(b" .-/()");
/// What may be the second byte after a group that another one follows.
pub(super) const INSIDE: ByteSet = BETWEEN.or(ByteSet::DIGIT).with(b"\x80\xa0");
/// The decimals that may be groups of a number: `333.1234567`, and `30.90 18 20`, which goes on after a space, but not `11.63 10.88`.
pub(super) const DECIMALS: [Decimals; 2] = [Decimals::of(3), Decimals::ALL.before(ByteSet::DIGIT)];
const MOST_DIGITS: usize = 16;
/// The fewest digits of a number at home.
const SHORTEST: usize = 6;
/// The most groups of a number that is written like no other.
const MOST_PLAIN: usize = 6;
/// The most marks between two groups: `) - `.
const MOST_MARKS: usize = 3;

/// Whether another group follows the one that ends at `end`.
pub(super) fn goes_on(probe: &Probe<'_>, end: usize) -> bool {
    probe.is(end, &BETWEEN) && probe.is(gap(probe, end), &ByteSet::DIGIT)
}

/// The end of what may stand between two groups and begins at `from`.
fn gap(probe: &Probe<'_>, from: usize) -> usize {
    let mut at = from;
    for _ in 0..MOST_MARKS {
        at += match probe.get(at) {
            Some(b' ' | b'.' | b'-' | b'/' | b'(' | b')') => 1,
            // No-break space; hyphens, dashes and thin spaces.
            Some(0xc2) if probe.get(at + 1) == Some(0xa0) => 2,
            Some(0xe2) if is_typographic(probe, at) => 3,
            _ => break,
        };
    }
    at
}

fn is_typographic(probe: &Probe<'_>, at: usize) -> bool {
    probe.get(at + 1) == Some(0x80) && matches!(probe.get(at + 2), Some(0x89..=0x93 | 0xaf))
}

/// Reads a number as one shape, given the lengths of its groups; with the end of it.
type Way = fn(&Written, &Probe<'_>, &[u8]) -> Option<(usize, Shape)>;

/// Groups of digits.
pub(super) struct Written {
    places: [u8; 2 * MOST_DIGITS],
    /// How many of the places have a digit.
    count: usize,
    groups: SmallVec<[Group; MOST_DIGITS]>,
}

struct Group {
    start: usize,
    end: usize,
    /// How many digits there are to its end.
    digits: u8,
    length: u8,
    /// A space follows.
    spaced: bool,
}

/// What else a line says, before a number that is an entry of its own.
const NAMING: ByteSet = ByteSet::ALNUM.or(ByteSet::EMPTY.range(0x80, 0xff));

/// A national way of writing.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// `(212) 736-5000`, `212-736-5000`.
    NorthAmerica,
    /// The same in an area that does not exist.
    Unassigned,
    /// `01 42 68 53 00`.
    FrenchPairs,
    /// `(11) 96123-4567`.
    Bracketed,
    /// `07911 123456`, `030 901820`.
    Trunk,
    /// `0049 30 901820`.
    Abroad,
    /// `612 34 56 78`, `333 123 4567`: grouped as telephone numbers are, in countries that write no 0 before the area, and as
    /// some other numbers are too.
    Grouped,
    /// Some digits that only a word makes a number.
    Plain,
}

impl Shape {
    /// The confidence without a word before it.
    pub(super) fn alone(self) -> Option<f32> {
        match self {
            Self::NorthAmerica => Some(0.75),
            Self::FrenchPairs => Some(0.7),
            Self::Bracketed | Self::Abroad => Some(0.6),
            Self::Trunk => Some(0.55),
            Self::Unassigned | Self::Grouped => Some(0.35),
            Self::Plain => None,
        }
    }
}

impl Written {
    /// Reads groups from the first digit (or an opening bracket) on.
    pub(super) fn read(probe: &Probe<'_>, from: usize) -> Self {
        let mut written = Self { places: [0; 2 * MOST_DIGITS], count: 0, groups: SmallVec::new() };
        let mut at = probe.run(from, &ByteSet::EMPTY.with(b"("), 1);
        while written.count < MOST_DIGITS {
            let end = probe.run(at, &ByteSet::DIGIT, MOST_DIGITS + 1);
            if end == at {
                break;
            }
            written.push(probe, at, end);
            at = gap(probe, end);
            if at == end || !probe.is(at, &ByteSet::DIGIT) || written.is_before_a_year(probe, at) {
                written.leave_open_end(probe, end, at);
                break;
            }
        }
        written
    }

    /// Whether it has fewer digits than any number that is dialled.
    pub(super) fn is_short(&self) -> bool {
        self.has_fewer_digits(SHORTEST)
    }

    pub(super) fn has_fewer_digits(&self, than: usize) -> bool {
        self.count < than
    }

    fn digits(&self) -> &[u8] {
        self.places.get(..self.count).unwrap_or_default()
    }

    fn push(&mut self, probe: &Probe<'_>, at: usize, end: usize) {
        // The trunk zero in `+44 (0)20` is not dialled from abroad; in `(0-612) 34555` it is.
        let is_trunk = probe.before(at) == Some(b'(') && probe.looking_at(at, b"0)");
        if !is_trunk {
            let free = self.places.get_mut(self.count..).unwrap_or_default();
            let digits = probe.slice(at..end);
            free.iter_mut().zip(digits).for_each(|(place, digit)| *place = *digit);
            self.count = (self.count + digits.len()).min(self.places.len());
        }
        let spaced = probe.get(end) == Some(b' ');
        let count = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        self.groups.push(Group {
            digits: count(self.count),
            length: count(end - at),
            start: at,
            end,
            spaced,
        });
    }

    /// Whether the pages of an article end before its year, which begins at `next`: `608-505 (1979)`. In brackets is the area too, before which a group
    /// may be and after which one is: `00 44 (1904) 334455`.
    fn is_before_a_year(&self, probe: &Probe<'_>, next: usize) -> bool {
        let end = next + 4;
        let is_bracketed = probe.before(next) == Some(b'(') && probe.get(end) == Some(b')');
        let is_year = || matches!(probe.slice(next..end), [b'1', b'9', ..] | [b'2', b'0', ..]);
        is_bracketed
            && self.groups.len() > 1
            && probe.run(next, &ByteSet::DIGIT, 5) == end
            && is_year()
            && !probe.is(gap(probe, end), &ByteSet::DIGIT)
    }

    /// Where a word or an id goes on after the last group, the group is a part of it.
    fn leave_open_end(&mut self, probe: &Probe<'_>, end: usize, next: usize) {
        let is_joined = next == end || (next == end + 1 && probe.get(end) == Some(b'-'));
        let is_open = is_joined && probe.is(next, &ByteSet::WORD.without(b"0123456789"));
        if !is_open || extension(probe, end).is_some() || has_label_after(probe, end) {
            return;
        }
        self.groups.pop();
        self.count = self.groups.last().map_or(0, |group| usize::from(group.digits));
    }

    /// Whether nothing stands in its line but the number and what an address book writes after one. Quantities stand before these
    /// words too (`1048576 mobile`, `10 000 000 mobile`), so that it has as many digits as no quantity, or the groups of a town.
    pub(super) fn is_labelled(&self, probe: &Probe<'_>) -> bool {
        let (Some(first), Some(last)) = (self.groups.first(), self.groups.last()) else { return false };
        let line = probe.run_back(first.start, &NAMING.with(b"\n").not(), LONGEST);
        let is_telling = matches!(&*self.lengths(), [3 | 4, 4] | [2, 6] | [2, 2, 2, 2] | [3, 2, 3]);
        (is_telling || matches!(self.count, 10 | 11))
            && has_label_after(probe, last.end)
            && !probe.was(line, &NAMING)
    }

    /// How many digits each group has.
    fn lengths(&self) -> SmallVec<[u8; MOST_DIGITS]> {
        self.groups.iter().map(|group| group.length).collect()
    }

    /// The bracket that opens the number, where there is one and it is closed after the area, of which the trunk prefix may be a
    /// group: `(06 1) 234 5292`.
    pub(super) fn opening(&self, probe: &Probe<'_>) -> Option<usize> {
        let (start, second, third) =
            (self.groups.first()?.start, self.groups.get(1)?.start, self.groups.get(2));
        let area_end = third.filter(|_| self.digits().starts_with(b"0")).map_or(second, |third| third.start);
        let is_opened = probe.before(start) == Some(b'(');
        (is_opened && probe.slice(start..area_end).contains(&b')')).then(|| start - 1)
    }

    /// The end of the longest run of groups whose digits satisfy `holds`. What is left out is a number of its own, after
    /// a space.
    pub(super) fn longest(&self, holds: impl Fn(&[u8]) -> bool) -> Option<usize> {
        let of = |group: &&Group| self.digits().get(..usize::from(group.digits)).is_some_and(&holds);
        let whole = self.groups.len();
        let mut ends = self.groups.iter().enumerate().rev().filter(|(i, g)| i + 1 == whole || g.spaced);
        ends.find(|(_, group)| of(group)).map(|(_, group)| group.end)
    }

    /// The digits before `end`.
    pub(super) fn digits_to(&self, end: usize) -> &[u8] {
        let count = self
            .groups
            .iter()
            .take_while(|group| group.end <= end)
            .map(|group| usize::from(group.digits))
            .last();
        self.digits().get(..count.unwrap_or_default()).unwrap_or_default()
    }

    /// Where it ends.
    pub(super) fn end(&self) -> Option<usize> {
        self.groups.last().map(|group| group.end)
    }

    /// Where its groups end.
    #[cfg(test)]
    pub(super) fn ends(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().map(|group| group.end)
    }

    /// Every way to read the groups as a national number, the more telling first, with its end. What says nothing by itself is only
    /// read where it may be spoken of.
    pub(super) fn shapes(
        &self,
        probe: &Probe<'_>,
        may_be_spoken_of: impl Fn() -> bool,
    ) -> impl Iterator<Item = (usize, Shape)> {
        const TELLING: [Way; 8] = [
            Written::north_american,
            Written::french,
            Written::bracketed,
            Written::abroad,
            Written::argentine,
            Written::trunk,
            Written::after_its_trunk,
            Written::grouped,
        ];
        /// Of those the ones that have one group.
        const IN_ONE: [Way; 1] = [Written::abroad];
        let telling = if self.groups.len() == 1 { &IN_ONE[..] } else { &TELLING };
        let may_be_plain = move |_: &Way| self.groups.len() <= MOST_PLAIN && may_be_spoken_of();
        let plain = std::iter::once(Written::plain as Way).filter(may_be_plain);
        let lengths = self.lengths();
        telling.iter().copied().chain(plain).filter_map(move |way| way(self, probe, &lengths))
    }
}

/// Whether pairs of digits stand before `start`, two or more and not as many as telephone numbers have.
pub(super) fn follows_pairs(probe: &Probe<'_>, start: usize) -> bool {
    const OF_A_NUMBER: usize = 5;
    let before = |start: &usize| {
        let end = start.saturating_sub(1);
        let begin = probe.run_back(end, &ByteSet::DIGIT, 3);
        (probe.was(*start, &ByteSet::EMPTY.with(b" ")) && end - begin == 2).then_some(begin)
    };
    let pairs = std::iter::successors(before(&start), before).take(MOST_DIGITS).count();
    pairs > 1 && pairs % OF_A_NUMBER != 0
}

/// The end of an extension after the number that ends at `end`: `x12`, ` ext. 123`, ` #4`.
pub(super) fn extension(probe: &Probe<'_>, end: usize) -> Option<usize> {
    let mut at = probe.run(end, &ByteSet::EMPTY.with(b" ,;"), 2);
    let marks = [&b"extension"[..], b"ext", b"x", b"#", b"durchwahl", b"poste"];
    let mark = marks.into_iter().find(|mark| probe.looking_at_word(at, mark))?;
    at = probe.run(at + mark.len(), &ByteSet::EMPTY.with(b".=: "), 2);
    let digits = probe.run(at, &ByteSet::DIGIT, 7);
    let holds = (1..=6).contains(&(digits - at)) && !probe.is(digits, &ByteSet::WORD);
    holds.then_some(digits)
}

/// What address books write after a number, at the end of its line or entry: `785 8949 fax`, `346 6090-Office`.
const LABELS: [&[u8]; 4] = [b"office", b"fax", b"mobile", b"phone"];

pub(super) fn has_label_after(probe: &Probe<'_>, end: usize) -> bool {
    const ENDS: ByteSet = ByteSet::EMPTY.with(b"\n\r,;)|<\\");
    let at = probe.run(end, &ByteSet::EMPTY.with(b" -("), 3);
    let is_whole = |label: &&[u8]| {
        let end = at + label.len();
        probe.looking_at_word(at, label) && probe.get(end).is_none_or(|byte| ENDS.has(byte))
    };
    at > end && LABELS.iter().any(is_whole)
}

/// Whether an extension follows that is called so: then it is a telephone's.
pub(super) fn has_spoken_extension(probe: &Probe<'_>, end: usize) -> bool {
    let at = probe.run(end, &ByteSet::EMPTY.with(b" ,;"), 2);
    probe.looking_at_word(at, b"ext") && extension(probe, end).is_some()
}

/* ===== shapes ===== */

/// Countries whose numbers, at home, begin with a 0 and are often written in groups without any word before them.
const TRUNK: [&[u8]; 15] = [
    b"44", b"49", b"31", b"32", b"41", b"43", b"46", b"353", b"61", b"64", b"27", b"81", b"82", b"90", b"33",
];

/// Countries whose numbers begin so too, in groups that other numbers share.
const OTHER_TRUNK: [&[u8]; 26] = [
    b"20", b"40", b"51", b"54", b"60", b"62", b"63", b"66", b"84", b"86", b"91", b"92", b"98", b"234",
    b"254", b"358", b"359", b"380", b"381", b"385", b"386", b"421", b"886", b"966", b"971", b"972",
];

impl Written {
    /// Whether the groups are a day, a month and a year in some order.
    fn is_date(&self, lengths: &[u8]) -> bool {
        let two = |from: usize| match self.digits().get(from..from + 2) {
            Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => (tens - b'0') * 10 + (ones - b'0'),
            _ => 0,
        };
        let is_day =
            |day: usize, month: usize| (1..=31).contains(&two(day)) && (1..=12).contains(&two(month));
        match *lengths {
            [2, 2, 2] => is_day(0, 2) || is_day(2, 0) || is_day(4, 2),
            [2, 2, 4] => is_day(0, 2) || is_day(2, 0),
            [4, 2, 2] => is_day(6, 4),
            _ => false,
        }
    }

    /// Three, three and four digits; nothing that could be a fourth group.
    fn north_american(&self, probe: &Probe<'_>, lengths: &[u8]) -> Option<(usize, Shape)> {
        // From abroad it is dialled after 00, as `001-212-736-5000`.
        let (abroad, number) = match self.digits().strip_prefix(b"001") {
            Some(number) if self.groups.len() == 4 => (1, number),
            _ => (0, self.digits()),
        };
        let is_exact = matches!(lengths.get(abroad..), Some([3, 3, 4])) && plan::looks_north_american(number);
        let [a, b, c] = self.groups.get(abroad..)? else { return None };
        let is_dotted = |group: &Group| probe.get(group.end) == Some(b'.');
        if is_dotted(a) != is_dotted(b) {
            return None;
        }
        // Spaces alone separate all kinds of numbers.
        let shape = match b.start - a.end > 1 || !(a.spaced && b.spaced) {
            true if plan::is_north_american(number) => Shape::NorthAmerica,
            true => Shape::Unassigned,
            false => Shape::Plain,
        };
        is_exact.then_some((c.end, shape))
    }

    /// Five pairs, the first of them 01 to 09.
    fn french(&self, _: &Probe<'_>, lengths: &[u8]) -> Option<(usize, Shape)> {
        let pairs = *lengths == [2; 5] && plan::is_national_in(b"33", self.digits());
        let end = self.groups.last()?.end;
        pairs.then_some((end, Shape::FrenchPairs))
    }

    /// An area in brackets, then two groups or three.
    fn bracketed(&self, probe: &Probe<'_>, lengths: &[u8]) -> Option<(usize, Shape)> {
        self.opening(probe)?;
        let last = self.groups.last()?;
        if self.is_lithuanian(probe, lengths) {
            return Some((last.end, Shape::Grouped));
        }
        let is_of_budapest = *lengths == [2, 1, 3, 4] && self.digits().starts_with(b"061");
        let holds = (2..=4).contains(&self.groups.len())
            && (8..=11).contains(&self.count)
            && lengths.iter().all(|length| *length <= 8)
            && (lengths.iter().all(|length| *length >= 2) || is_of_budapest)
            && plan::is_national(self.digits());
        // Without the 0 before its area little else than quantities is written so: `report (359) 753484`.
        let is_shared = *lengths == [3, 6] && !self.digits().starts_with(b"0");
        holds.then_some((last.end, if is_shared { Shape::Grouped } else { Shape::Bracketed }))
    }

    /// `(0-612) 34555`, `(0-37) 123456`: ranges of other things are written so too (`bits (0-15) 1048576`).
    fn is_lithuanian(&self, probe: &Probe<'_>, lengths: &[u8]) -> bool {
        matches!(lengths, [1, 1, 7] | [1, 2, 6] | [1, 3, 5])
            && self.stands_apart(probe)
            && plan::is_national_in(b"370", self.digits())
    }

    /// Dialled as from another country. Articles of trade have numbers that begin with zeros and an own check digit, and dumps
    /// of bytes are pairs.
    fn abroad(&self, probe: &Probe<'_>, _: &[u8]) -> Option<(usize, Shape)> {
        let (first, last) = (self.groups.first()?, self.groups.last()?);
        let end = self.longest(|digits| digits.strip_prefix(b"00").is_some_and(plan::is_international))?;
        // `1.00511`, `SM86 0032 2509 8000 0000 0270 100`.
        let is_part =
            probe.was(first.start, &ByteSet::EMPTY.with(b".-")) || follows_digits(probe, first.start);
        if is_part || end != last.end {
            return None;
        }
        let groups = self.groups.iter().take_while(|group| group.end <= end);
        let is_telling = groups.clone().count() > 1 && !groups.clone().all(|group| group.length == 2);
        let is_article = self.digits().starts_with(b"001") || ean::holds(self.digits());
        match is_telling {
            true => Some((end, Shape::Abroad)),
            false => (!is_article).then_some((end, Shape::Grouped)),
        }
    }

    /// An area with its trunk zero, then one group to four.
    fn trunk(&self, probe: &Probe<'_>, lengths: &[u8]) -> Option<(usize, Shape)> {
        let (first, last) = (self.groups.first()?, self.groups.last()?);
        // Nine digits with dashes are numbers of much else too.
        let is_telling = first.spaced || probe.get(first.end) == Some(b'/') || self.count >= 10;
        let holds = (2..=5).contains(&lengths.len())
            && (9..=12).contains(&self.count)
            && (is_telling || self.stands_apart(probe))
            && (2..=6).contains(&first.length)
            && lengths.iter().all(|length| *length >= 2)
            && !self.is_date(lengths)
            && !matches!(lengths, [4, 4, 4] | [3, 3, 3] | [3, 2, 4])
            && !self.has_sign(probe)
            && !follows_digits(probe, first.start);
        let is_of = |codes: &[&[u8]]| codes.iter().any(|code| plan::is_national_in(code, self.digits()));
        // Dots are those of versions too.
        let is_dotted = probe.get(first.end) == Some(b'.');
        match holds {
            true if is_telling && !is_dotted && is_of(&TRUNK) => Some((last.end, Shape::Trunk)),
            true if lengths.len() < 4 && (is_of(&TRUNK) || is_of(&OTHER_TRUNK)) => {
                Some((last.end, Shape::Grouped))
            }
            _ => None,
        }
    }

    /// A mobile telephone of Argentina, whose 15 stands after its area: `011 15-2345-6789`, `0341 15 234-5678`. From abroad a 9 stands
    /// before the area instead.
    fn argentine(&self, probe: &Probe<'_>, lengths: &[u8]) -> Option<(usize, Shape)> {
        let (first, last) = (self.groups.first()?, self.groups.last()?);
        let area = match lengths {
            [area @ 3..=5, 2, rest, 4] if area + rest == 7 => usize::from(*area),
            _ => return None,
        };
        let (area, rest) = self.digits().split_at_checked(area)?;
        let (area, rest) = (area.strip_prefix(b"0")?, rest.strip_prefix(b"15")?);
        let number = [b"9", area, rest].concat();
        let holds = plan::is_number_in(b"54", &number) && !follows_digits(probe, first.start);
        holds.then_some((last.end, Shape::Trunk))
    }

    /// What follows a trunk digit that stands apart: `8 916 123-45-67` in Russia, in a list or after a word in Cyrillic, and in a list
    /// `0 532 123 45 67` in Turkey. Other rows of numbers are written so too.
    fn after_its_trunk(&self, probe: &Probe<'_>, lengths: &[u8]) -> Option<(usize, Shape)> {
        let (first, last) = (self.groups.first()?, self.groups.last()?);
        let (code, is_telling): (&[u8], _) = match probe.behind(first.start, 4) {
            [.., mark, b' ', b'0', b' '] => (b"90", b",;|".contains(mark)),
            [.., mark, b' ', b'8', b' '] if probe.before(last.start) == Some(b'-') => {
                (b"7", b",;|".contains(mark) || !mark.is_ascii())
            }
            _ => return None,
        };
        let trunk = first.start - 2;
        let line = probe.run_back(trunk, &ByteSet::DIGIT.with(b"\n").not(), LONGEST);
        let holds = *lengths == [3, 3, 2, 2]
            && is_telling
            && self.stands_apart(probe)
            && !probe.was(line, &ByteSet::DIGIT)
            && !probe.was(trunk, &ByteSet::WORD.with(b".,-/:"))
            && plan::is_number_in(code, self.digits());
        holds.then_some((last.end, Shape::Grouped))
    }

    /// Whether a group has a sign of its own: the offset in `09 2013 -0900`.
    fn has_sign(&self, probe: &Probe<'_>) -> bool {
        let gaps = self.groups.iter().zip(self.groups.iter().skip(1));
        gaps.into_iter().any(|(group, next)| probe.slice(group.end..next.start) == b" -")
    }

    /// Whether nothing goes on after the number that it could count or belong to: it is an entry of a list or a table, or ends
    /// its sentence.
    fn stands_apart(&self, probe: &Probe<'_>) -> bool {
        let Some(last) = self.groups.last() else { return false };
        let end = probe.run(last.end, &ByteSet::EMPTY.with(b" "), 1);
        match probe.get(end) {
            Some(b'\n' | b'\r' | b'|' | b'<' | b';') | None => true,
            Some(b',' | b'.') => end == last.end && !probe.is(end + 1, &ByteSet::DIGIT),
            _ => false,
        }
    }

    /// Groups with a space between them, as many and as long as some country writes them.
    fn grouped(&self, probe: &Probe<'_>, lengths: &[u8]) -> Option<(usize, Shape)> {
        let last = self.groups.last()?;
        let is_spaced = self.groups.iter().rev().skip(1).all(|group| group.spaced);
        let are_parted_by = |gap: &[u8]| {
            let mut gaps = self.groups.iter().zip(self.groups.iter().skip(1));
            gaps.all(|(group, next)| probe.slice(group.end..next.start) == gap)
        };
        // Mobile telephones of Brazil: `11 96123-4567`. After a word, other numbers are written so too: `rows 12 97192-1696`.
        let are_brazilian = || match &*self.groups {
            [a, b, c] => {
                let is_parted = probe.slice(a.end..b.start) == b" " && probe.slice(b.end..c.start) == b"-";
                let is_entry = begins_an_entry(probe, a.start) && plan::is_number_in(b"55", self.digits());
                is_parted && is_entry && probe.get(b.start) == Some(b'9')
            }
            _ => false,
        };
        let is_year = matches!(self.digits(), [b'1', b'9', ..] | [b'2', b'0', ..]);
        let holds = match (lengths, self.digits().first()) {
            // Eight and nine digits in groups of one length are also amounts, codes and years.
            ([3, 3, 3], Some(b'4'..=b'9'))
            | ([4, 4], Some(b'2' | b'5'..=b'9'))
            | ([2, 2, 2, 2], Some(b'2'..=b'9'))
            | ([2, 3, 3], Some(b'0' | b'2'))
            | ([2, 4, 4], Some(b'2'))
            | ([3, 7], Some(b'3')) => {
                !is_year && (are_parted_by(b" ") || are_parted_by(b"-")) && self.stands_apart(probe)
            }
            ([3, 2, 2, 2] | [2, 3, 2, 2], _) | ([3, 3, 3], Some(b'0')) => is_spaced,
            ([3, 3, 4], _) => is_spaced || (are_parted_by(b"-") && self.stands_apart(probe)),
            ([2, 5, 4], _) => are_brazilian() && self.stands_apart(probe),
            // China's mobile telephones.
            ([3, 4, 4], Some(b'1')) => plan::is_international(&[b"86", self.digits()].concat()),
            _ => false,
        };
        (holds && plan::is_national(self.digits()) && !follows_digits(probe, self.groups.first()?.start))
            .then_some((last.end, Shape::Grouped))
    }

    /// What is a number of some country, were there a word before it.
    fn plain(&self, probe: &Probe<'_>, lengths: &[u8]) -> Option<(usize, Shape)> {
        let end = self.longest(is_dialled)?;
        let written = probe.slice(self.groups.first()?.start..end);
        // `32.12.34.56` is an address and a number of Denmark.
        let is_address = std::str::from_utf8(written).is_ok_and(|text| text.parse::<Ipv4Addr>().is_ok());
        let is_address = is_address && *lengths != [2; 4];
        (!is_address && !are_years(self.digits()) && !self.is_date(lengths)).then_some((end, Shape::Plain))
    }
}

/// Whether the groups are the rest of something longer.
pub(super) fn follows_digits(probe: &Probe<'_>, start: usize) -> bool {
    probe.before(start) == Some(b' ') && probe.was(start - 1, &ByteSet::DIGIT.or(ByteSet::UPPER))
}

/// Whether nothing stands before `start` in its line, or the cell of a table.
fn begins_an_entry(probe: &Probe<'_>, start: usize) -> bool {
    const MARKS: ByteSet = ByteSet::EMPTY.with(b" \t\"'-*+");
    const BREAKS: ByteSet = ByteSet::EMPTY.with(b"\r\n,;|:>(");
    let begin = probe.run_back(start, &MARKS, 8);
    probe.before(begin).is_none_or(|byte| BREAKS.has(byte))
}

/// `1995-2011`.
fn are_years(digits: &[u8]) -> bool {
    matches!(digits, [b'1' | b'2', b'0' | b'9', _, _, b'1' | b'2', b'0' | b'9', _, _])
}

/// Digits as they are dialled: abroad after `00` or `011`, or at home.
fn is_dialled(digits: &[u8]) -> bool {
    let abroad = digits.strip_prefix(b"00").or_else(|| digits.strip_prefix(b"011"));
    let is_uniform = digits.iter().all(|digit| Some(digit) == digits.first());
    let has_country = || (11..=13).contains(&digits.len()) && plan::is_international(digits);
    abroad.is_some_and(plan::is_international)
        || has_country()
        || ((SHORTEST..=13).contains(&digits.len()) && plan::is_national(digits) && !is_uniform)
}
