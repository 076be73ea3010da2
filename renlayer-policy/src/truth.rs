//! The logic conditions are evaluated in: true, false, and two ways of not knowing.
//!
//! `Unknown` is a condition on something that could not be read; `Pending` one on something that was not looked at yet
//! (the findings of a scan). What is certain wins over what is not: a conjunction with one false part is false, whatever
//! the others are, and a disjunction with one true part is true. Between the two uncertain values `Pending` wins, as what
//! it waits for may still make the result certain.

use std::ops::Not;

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Pending,
    Unknown,
}

use Truth::{False, Pending, True, Unknown};

impl Truth {
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (False, _) | (_, False) => False,
            (Pending, _) | (_, Pending) => Pending,
            (Unknown, _) | (_, Unknown) => Unknown,
            (True, True) => True,
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        !(!self).and(!other)
    }

    /// Whether one of `values` holds; stops at the first that does.
    pub(crate) fn any(values: impl IntoIterator<Item = Self>) -> Self {
        let mut result = False;
        for value in values {
            result = result.or(value);
            if result == True {
                break;
            }
        }
        result
    }

    /// Whether all of `values` hold; stops at the first that does not.
    pub(crate) fn all(values: impl IntoIterator<Item = Self>) -> Self {
        let mut result = True;
        for value in values {
            result = result.and(value);
            if result == False {
                break;
            }
        }
        result
    }

    /// This answer if it is `True`, and otherwise `Unknown` when the fact it rests on could not be read in full.
    pub(crate) fn unless_unread(self, unread: bool) -> Self {
        if unread { self.or(Unknown) } else { self }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { True } else { False }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            True => False,
            False => True,
            uncertain => uncertain,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn truth() -> impl Strategy<Value = Truth> {
        prop_oneof![Just(True), Just(False), Just(Pending), Just(Unknown)]
    }

    /// `value` once everything uncertain in it has been settled as `settled`.
    fn settle(value: Truth, settled: bool) -> Truth {
        if matches!(value, Pending | Unknown) { settled.into() } else { value }
    }

    proptest! {
        #[test]
        fn and_and_or_are_commutative_associative_and_dual(a in truth(), b in truth(), c in truth()) {
            prop_assert_eq!(a.and(b), b.and(a));
            prop_assert_eq!(a.or(b), b.or(a));
            prop_assert_eq!(a.and(b).and(c), a.and(b.and(c)));
            prop_assert_eq!(a.or(b).or(c), a.or(b.or(c)));
            prop_assert_eq!(!(a.and(b)), (!a).or(!b));
            prop_assert_eq!(!!a, a);
        }

        /// A certain answer stays what it is however the uncertain parts turn out.
        #[test]
        fn what_is_certain_does_not_depend_on_what_is_not(a in truth(), b in truth(), x: bool, y: bool) {
            for (early, late) in [
                (a.and(b), settle(a, x).and(settle(b, y))),
                (a.or(b), settle(a, x).or(settle(b, y))),
                (!a, if matches!(a, Pending | Unknown) { x.into() } else { !a }),
            ] {
                if matches!(early, True | False) {
                    prop_assert_eq!(early, late);
                }
            }
        }

        #[test]
        fn folds_agree_with_their_operators(values in prop::collection::vec(truth(), 0..6)) {
            prop_assert_eq!(Truth::all(values.iter().copied()), values.iter().fold(True, |a, &b| a.and(b)));
            prop_assert_eq!(Truth::any(values.iter().copied()), values.iter().fold(False, |a, &b| a.or(b)));
        }
    }
}
