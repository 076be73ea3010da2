//! The forms of numbers that begin alike: with so many letters, and a run of so many digits.
//!
//! Eighty forms begin with six digits, and most numbers are written like none of them. Kinds share their outlines, so what stands at a
//! place is compared with each outline once; what is left is a bit for each form.

use super::form::{Alone, Form, LONGEST, MOST_LETTERS, Outline, Written};

/// Some forms that begin alike, no more than there are bits.
pub(super) struct Begin {
    /// Their places in the list of all forms.
    forms: Vec<usize>,
    /// The shorter first.
    outlines: Vec<(Outline, Forms)>,
    /// For each number of places, how many outlines have fewer.
    shorter: Vec<usize>,
    /// Those that say something without a word before them.
    telling: Forms,
    /// Those whose first letter or digit is one alone, with it, and those that may have others.
    led: Vec<(u8, Forms)>,
    unled: Forms,
}

/// A bit for each form of a [`Begin`].
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Forms(u128);

impl Begin {
    const MOST: usize = u128::BITS as usize;

    /// Of forms that begin alike, in their order, each with its place in the list of all.
    pub(super) fn of(forms: &[(usize, &Form)]) -> Vec<Self> {
        forms.chunks(Self::MOST).map(Self::of_few).collect()
    }

    fn of_few(forms: &[(usize, &Form)]) -> Self {
        let bits = || (0..Self::MOST).map(|bit| Forms(1 << bit));
        let mut begin = Self {
            forms: forms.iter().map(|(place, _)| *place).collect(),
            outlines: Vec::new(),
            shorter: Vec::new(),
            telling: Forms::default(),
            led: Vec::new(),
            unled: Forms::default(),
        };
        for ((_, form), bit) in forms.iter().zip(bits()) {
            if form.alone != Alone::Nothing {
                begin.telling = begin.telling.or(bit);
            }
            match form.first() {
                Some(first) => match begin.led.iter_mut().find(|(known, _)| *known == first) {
                    Some((_, same)) => *same = same.or(bit),
                    None => begin.led.push((first, bit)),
                },
                None => begin.unled = begin.unled.or(bit),
            }
            match begin.outlines.iter_mut().find(|(outline, _)| *outline == form.outline) {
                Some((_, same)) => *same = same.or(bit),
                None => begin.outlines.push((form.outline, bit)),
            }
        }
        begin.outlines.sort_by_key(|(outline, _)| outline.places);
        let shorter = |count: usize| {
            begin.outlines.partition_point(|(outline, _)| (outline.places.count_ones() as usize) < count)
        };
        begin.shorter = (0..=LONGEST + MOST_LETTERS + 1).map(shorter).collect();
        begin
    }

    /// The places of all its forms in the list.
    pub(super) fn all(&self) -> impl Iterator<Item = usize> {
        self.forms.iter().copied()
    }

    /// The forms that a number may have which is written so: with as many places, or as many as stand before something that parts it.
    #[inline]
    pub(super) fn may_be(&self, written: &Written) -> Forms {
        let mut forms = Forms::default();
        for count in written.ends() {
            let Some(&[first, after]) = self.shorter.get(count..).and_then(<[usize]>::first_chunk) else {
                continue;
            };
            for (outline, same) in self.outlines.get(first..after).unwrap_or_default() {
                if outline.may_be(written) {
                    forms = forms.or(*same);
                }
            }
        }
        forms
    }

    /// Of these forms those that may begin with a letter or digit.
    pub(super) fn beginning_with(&self, forms: Forms, first: u8) -> Forms {
        let led = self.led.iter().find(|(led, _)| *led == first.to_ascii_lowercase());
        let may_begin = led.map_or(self.unled, |(_, led)| self.unled.or(*led));
        Forms(forms.0 & may_begin.0)
    }

    /// Of these forms those that say something without a word before them.
    pub(super) fn telling(&self, forms: Forms) -> Forms {
        Forms(forms.0 & self.telling.0)
    }

    /// The places of these forms in the list of all, in their order.
    pub(super) fn each(&self, forms: Forms) -> impl Iterator<Item = usize> {
        let next = |Forms(left): &Forms| Some(Forms(left & left.wrapping_sub(1)));
        std::iter::successors(Some(forms), next)
            .take_while(|left| !left.is_empty())
            .filter_map(|Forms(left)| self.forms.get(left.trailing_zeros() as usize).copied())
    }
}

impl Forms {
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;
    use crate::detector::Probe;
    use crate::engine::Text;

    /// However many begin alike, each is told by its own outline.
    #[test]
    fn of_forms_that_begin_alike_those_are_left_that_a_number_may_have() {
        let forms: Vec<Form> =
            rows::all().flat_map(|kind| kind.forms).map(|form| Form::new(form, 0)).collect();
        let numbered: Vec<(usize, &Form)> = forms.iter().enumerate().collect();
        let begins = Begin::of(&numbered);
        assert!(begins.len() > 1);
        for number in
            ["811228-9874", "756.9217.0769.85", "36 574 261 809", "536228145", "1", "12 34", "AB123456C"]
        {
            let text = Text { bytes: number.as_bytes(), start: 0, complete: true };
            let digit = number.find(|c: char| c.is_ascii_digit()).unwrap();
            let written = Written::read(&Probe::new(text, digit, 64), (0, digit), false);
            let left = |begin: &Begin| begin.each(begin.may_be(&written)).collect::<Vec<_>>();
            let expected = (0..forms.len()).filter(|form| forms[*form].may_be(&written));
            assert_eq!(
                begins.iter().flat_map(left).collect::<Vec<_>>(),
                expected.collect::<Vec<_>>(),
                "{number}"
            );
            let telling =
                |begin: &Begin| begin.each(begin.telling(begin.may_be(&written))).collect::<Vec<_>>();
            assert!(begins.iter().flat_map(telling).all(|form| forms[form].alone != Alone::Nothing));
        }
    }
}
