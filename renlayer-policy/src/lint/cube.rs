//! Smallest parts that are to hold together, and whether they can.

use std::rc::Rc;

use super::formula::{Atom, Formula, Kind, NumberOf, OneOf, TextOf};
use super::solve::{Outcome, satisfy};
use super::words::{Answer, Words, find};
use crate::glob::Case;
use crate::text::fold;

/// Parts and whether each holds. It never holds what was found to contradict itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cube {
    parts: Vec<(Rc<Atom>, bool)>,
    /// Whether something was added of which it was not found out whether it can hold.
    pub(super) doubtful: bool,
}

impl Cube {
    /// Adds a part; answers whether it can hold beside the others.
    pub(super) fn add(&mut self, atom: Rc<Atom>, holds: bool) -> bool {
        if self.holds(&atom, holds) {
            return true;
        }
        self.parts.push((atom.clone(), holds));
        match self.check(&atom, holds) {
            Answer::None => return false,
            Answer::Unknown => self.doubtful = true,
            Answer::Some(()) => {}
        }
        true
    }

    /// Whether the part is in it already.
    pub(super) fn holds(&self, atom: &Atom, holds: bool) -> bool {
        self.parts.iter().any(|(part, is)| *is == holds && **part == *atom)
    }

    /// Whether the part certainly cannot be added.
    pub(super) fn excludes(&self, atom: &Rc<Atom>, holds: bool) -> bool {
        !self.clone().add(atom.clone(), holds)
    }

    /// Whether all parts about what `atom` is about can hold.
    fn check(&self, atom: &Atom, holds: bool) -> Answer<()> {
        if self.parts.iter().any(|(part, is)| *is != holds && **part == *atom) {
            return Answer::None;
        }
        match atom {
            Atom::Text(of, _) => match self.text(*of) {
                Answer::Some(_) => Answer::Some(()),
                Answer::None => Answer::None,
                Answer::Unknown => Answer::Unknown,
            },
            Atom::One(of, _) => certain(self.one(*of) != 0),
            Atom::Number(of, ..) => certain(self.number(*of).is_some()),
            Atom::Minute(zone, _) => certain(self.minutes(zone).iter().any(|bits| *bits != 0)),
            Atom::Some(kind, _) => self.elements(kind).map_or(Answer::None, |_| Answer::Some(())),
            Atom::Says(..) => certain(self.says_nothing_denied()),
            Atom::Argument(pointer, argument, _) => {
                let both = |certain, holds| {
                    self.holds(&Atom::Argument(pointer.clone(), argument.clone(), certain), holds)
                };
                certain(!(both(true, true) && both(false, false)))
            }
            Atom::Finds(..) | Atom::Matches(..) | Atom::Other(_) => Answer::Some(()),
        }
    }

    /// The text that `of` may be; none where it is best absent.
    pub(super) fn text(&self, of: TextOf) -> Answer<Option<String>> {
        let words = |wanted| {
            self.parts.iter().filter_map(move |(part, holds)| match &**part {
                Atom::Text(about, words) if *about == of && *holds == wanted => Some(words),
                _ => None,
            })
        };
        let (wanted, unwanted): (Vec<&Words>, Vec<&Words>) = (words(true).collect(), words(false).collect());
        if wanted.is_empty() && (of.is_optional() || unwanted.is_empty()) {
            return Answer::Some(None);
        }
        match find(&wanted, &unwanted) {
            Answer::Some(text) => Answer::Some(Some(text)),
            Answer::None => Answer::None,
            Answer::Unknown => Answer::Unknown,
        }
    }

    /// Whether `of` may be `text`, if it must be there at all.
    pub(super) fn may_be(&self, of: TextOf, text: &str) -> bool {
        self.parts.iter().all(|(part, holds)| match &**part {
            Atom::Text(about, words) if *about == of => words.has(text) == *holds,
            _ => true,
        })
    }

    /// Whether it must be there.
    pub(super) fn asks_for(&self, of: TextOf) -> bool {
        self.parts().any(|(atom, holds)| holds && matches!(atom, Atom::Text(about, _) if *about == of))
    }

    /// The values that `of` may be, by bits.
    pub(super) fn one(&self, of: OneOf) -> u8 {
        self.parts.iter().fold(of.all(), |left, (part, holds)| match &**part {
            Atom::One(about, bits) if *about == of => left & if *holds { *bits } else { !*bits },
            _ => left,
        })
    }

    /// The least that `of` may be; none inside where it is best absent.
    pub(super) fn number(&self, of: NumberOf) -> Option<Option<u64>> {
        let (mut left, mut wanted) = (vec![(0, of.most())], !of.is_optional());
        for (part, holds) in &self.parts {
            let Atom::Number(about, from, to) = **part else { continue };
            if about != of {
                continue;
            }
            wanted |= *holds;
            left = left.into_iter().flat_map(|range| cut(range, (from, to), *holds)).flatten().collect();
        }
        if !wanted { Some(None) } else { left.first().map(|(least, _)| Some(*least)) }
    }

    /// The minutes of the week that it may be in `zone`, by bits.
    fn minutes(&self, zone: &str) -> Vec<u64> {
        let mut left: Option<Vec<u64>> = None;
        for (bits, holds) in self.times().filter(|(of, ..)| *of == zone).map(|(_, bits, holds)| (bits, holds))
        {
            let left = left.get_or_insert_with(|| all_minutes(bits.len()));
            left.iter_mut().zip(bits).for_each(|(left, bits)| *left &= if holds { *bits } else { !*bits });
        }
        left.unwrap_or_else(|| vec![u64::MAX])
    }

    /// What is asked of the time: a zone, minutes of its week, and whether they are asked for.
    pub(super) fn times(&self) -> impl Iterator<Item = (&str, &[u64], bool)> {
        self.parts.iter().filter_map(|(part, holds)| match &**part {
            Atom::Minute(zone, bits) => Some((zone.as_str(), bits.as_slice(), *holds)),
            _ => None,
        })
    }

    /// For each of `kind` that must be there, what it may be like; none where one of them cannot be.
    pub(super) fn elements(&self, kind: &Kind) -> Option<Vec<Self>> {
        let of = |wanted| {
            self.parts.iter().filter_map(move |(part, holds)| match &**part {
                Atom::Some(about, what) if about == kind && *holds == wanted => Some(what),
                _ => None,
            })
        };
        let denied: Vec<Formula> = of(false).map(|what| what.clone().not()).collect();
        of(true)
            .map(|what| {
                let mut formulas = denied.clone();
                formulas.push(what.clone());
                let mut found = None;
                match satisfy(formulas, &mut |cube| {
                    found = Some(cube.clone());
                    true
                }) {
                    Outcome::Nothing => None,
                    Outcome::Found | Outcome::Unsure => Some(found.unwrap_or_default()),
                }
            })
            .collect()
    }

    /// The kinds of which something must be there, each once.
    pub(super) fn kinds(&self) -> Vec<&Kind> {
        let mut kinds = Vec::new();
        for (part, holds) in &self.parts {
            if let Atom::Some(kind, _) = &**part
                && *holds
                && !kinds.contains(&kind)
            {
                kinds.push(kind);
            }
        }
        kinds
    }

    /// No text that must be said holds one that must not be.
    fn says_nothing_denied(&self) -> bool {
        self.parts().all(|(said, holds)| match said {
            Atom::Says(role, case, text) if holds => !self.parts().any(|(denied, holds)| match denied {
                Atom::Says(other, Case::Exact, part) => {
                    !holds && role == other && *case == Case::Exact && text.contains(part)
                }
                Atom::Says(other, Case::Ignored, part) => {
                    !holds && role == other && fold(text).contains(&*fold(part))
                }
                _ => false,
            }),
            _ => true,
        })
    }

    /// All of them.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&Atom, bool)> {
        self.parts.iter().map(|(atom, holds)| (&**atom, *holds))
    }
}

fn certain(can: bool) -> Answer<()> {
    if can { Answer::Some(()) } else { Answer::None }
}

fn all_minutes(words: usize) -> Vec<u64> {
    let mut bits = vec![u64::MAX; words];
    if let Some(last) = bits.last_mut() {
        *last = u64::MAX >> ((words * 64).saturating_sub(7 * 24 * 60)).min(63);
    }
    bits
}

/// What is left of a range inside, or outside, of another.
fn cut((from, to): (u64, u64), (least, most): (u64, u64), inside: bool) -> [Option<(u64, u64)>; 2] {
    let range = |from, to| (from <= to).then_some((from, to));
    if inside {
        return [range(from.max(least), to.min(most)), None];
    }
    let below = least.checked_sub(1).and_then(|most| range(from, to.min(most)));
    let above = most.checked_add(1).and_then(|least| range(from.max(least), to));
    [below, above]
}
