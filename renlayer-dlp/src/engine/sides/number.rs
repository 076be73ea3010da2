//! What a run of digits is told to be by what follows it: the whole part of a decimal, the begin of a date, the first group of several.
//!
//! Most numbers of tables, drawings and logs are decimals or dates, which are nobody's number, and hardly any detector wants them.

use std::cell::Cell;
use std::ops::Range;

use crate::engine::probe::{Probe, Text};

/// Digits after a point, or of a group, that are counted.
const MOST: usize = 24;

/// Bytes at their places, and nothing where the text ends.
pub(in crate::engine) trait Bytes {
    /// The byte at a place.
    fn byte(&self, at: usize) -> Option<u8>;

    /// Whether a digit stands there.
    #[inline]
    fn is_digit(&self, at: usize) -> bool {
        self.byte(at).is_some_and(|byte| byte.is_ascii_digit())
    }

    /// How many digits stand there, up to [`MOST`].
    #[inline]
    fn digits(&self, from: usize) -> usize {
        (0..MOST).find(|nth| !self.is_digit(from + nth)).unwrap_or(MOST)
    }

    /// Two digits as a number.
    #[inline]
    fn pair(&self, at: usize) -> Option<u8> {
        let digit = |at| self.byte(at).filter(u8::is_ascii_digit).map(|digit| digit - b'0');
        Some(digit(at)? * 10 + digit(at + 1)?)
    }

    /// Whether the number goes on there after one more point, dash or slash.
    #[inline]
    fn goes_on(&self, at: usize) -> bool {
        matches!(self.byte(at), Some(b'.' | b'-' | b'/'))
            && self.byte(at + 1).is_some_and(|next| next.is_ascii_alphanumeric())
    }
}

impl Bytes for Probe<'_> {
    #[inline]
    fn byte(&self, at: usize) -> Option<u8> {
        self.get(at)
    }
}

/// Of a text what has arrived, and whether more was asked for.
pub(super) struct Arrived<'t> {
    text: Text<'t>,
    is_cut: Cell<bool>,
}

impl Bytes for Arrived<'_> {
    #[inline]
    fn byte(&self, at: usize) -> Option<u8> {
        let byte = self.text.bytes.get(at).copied();
        if byte.is_none() && !self.text.complete {
            self.is_cut.set(true);
        }
        byte
    }
}

impl<'t> Arrived<'t> {
    /// What is told of a text, if that has arrived by which it is told.
    #[inline]
    pub(super) fn tell<T>(text: Text<'t>, tell: impl FnOnce(&Self) -> T) -> Option<T> {
        let arrived = Self { text, is_cut: Cell::new(false) };
        let told = tell(&arrived);
        (!arrived.is_cut.get()).then_some(told)
    }
}

/// What a run of digits is told to be by what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Written {
    /// Nothing, as far as it is known.
    Plain,
    /// The whole part of a decimal.
    Decimal(Decimal),
    /// The begin of a date.
    Date,
    /// The zero of a hexadecimal constant.
    Hex,
}

/// A decimal, from its point on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// How many digits stand after the point.
    pub digits: u8,
    /// What follows these: 0 where the text ends; a letter after a space, or a digit there that begins no decimal, stands for both.
    pub end: u8,
}

impl Written {
    /// Of a run before a point, a dash, a slash or an `x`.
    #[inline]
    pub(super) fn of(text: Text<'_>, run: Range<usize>) -> Self {
        let told = Arrived::tell(text, |bytes| match decimal(bytes, run.clone()) {
            Some(decimal) => Self::Decimal(decimal),
            None if begins_date(bytes, run.clone()) => Self::Date,
            None if begins_hex(bytes, run) => Self::Hex,
            None => Self::Plain,
        });
        told.unwrap_or(Self::Plain)
    }
}

/// The decimal of which the run in `whole` is what stands before the point, if it is one: `11.63`. No zero begins that but one that is all of it,
/// the number does not go on, and has fewer digits after its point than [`MOST`].
#[inline]
pub(in crate::engine) fn decimal(bytes: &impl Bytes, whole: Range<usize>) -> Option<Decimal> {
    if bytes.byte(whole.end) != Some(b'.') || (whole.len() > 1 && bytes.byte(whole.start) == Some(b'0')) {
        return None;
    }
    let digits = bytes.digits(whole.end + 1);
    let end = whole.end + 1 + digits;
    if digits == 0 || digits == MOST || bytes.goes_on(end) {
        return None;
    }
    let after_a_space = |at: usize| match bytes.byte(at)? {
        b'0'..=b'9' if bytes.byte(at + bytes.digits(at)) == Some(b'.') => None,
        byte => byte.is_ascii_alphanumeric().then_some(byte),
    };
    let end = match bytes.byte(end) {
        Some(b' ') => after_a_space(end + 1).unwrap_or(b' '),
        byte => byte.unwrap_or(0),
    };
    Some(Decimal { digits: digits as u8, end })
}

/// The longest run that begins a date, and the only one that begins a hexadecimal constant.
pub(in crate::engine) const DATE: usize = 4;
pub(in crate::engine) const HEX: usize = 1;

/// Whether the run begins a date, after which no number goes on: `2026-11-30`, `30.11.2026`, `11/30/2026`.
#[inline]
pub(in crate::engine) fn begins_date(bytes: &impl Bytes, first: Range<usize>) -> bool {
    let mark = match bytes.byte(first.end) {
        Some(mark @ (b'-' | b'.' | b'/')) => mark,
        _ => return false,
    };
    let is_mark = |at: usize| bytes.byte(at) == Some(mark);
    let is_century = |at: usize| {
        matches!((bytes.byte(at), bytes.byte(at + 1)), (Some(b'1'), Some(b'9')) | (Some(b'2'), Some(b'0')))
    };
    let are_day_and_month = |day: usize, month: usize| {
        matches!((bytes.pair(day), bytes.pair(month)), (Some(1..=31), Some(1..=12)))
    };
    let (start, end) = (first.start, first.start + 10);
    let is_one = match first.len() {
        DATE => is_century(start) && is_mark(start + 7) && are_day_and_month(start + 8, start + 5),
        2 => {
            is_mark(start + 5)
                && is_century(start + 6)
                && (are_day_and_month(start, start + 3) || are_day_and_month(start + 3, start))
                && bytes.pair(start + 8).is_some()
        }
        _ => false,
    };
    is_one && !bytes.is_digit(end) && !bytes.goes_on(end)
}

/// Whether the run is the zero of a hexadecimal constant: `0x1f`.
#[inline]
pub(in crate::engine) fn begins_hex(bytes: &impl Bytes, first: Range<usize>) -> bool {
    first.len() == HEX
        && bytes.byte(first.start) == Some(b'0')
        && bytes.byte(first.end) == Some(b'x')
        && bytes.byte(first.end + 1).is_some_and(|digit| digit.is_ascii_hexdigit())
}

/// How many digits stand after the byte after the run.
#[inline]
pub(in crate::engine) fn next_group(bytes: &impl Bytes, run: Range<usize>) -> usize {
    bytes.digits(run.end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<T>(text: &str, complete: bool, tell: fn(&Arrived<'_>, Range<usize>) -> T) -> Option<T> {
        let start = text.find(|c: char| c.is_ascii_digit()).unwrap();
        let end = start + text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let text = Text { bytes: text.as_bytes(), start: 0, complete };
        Arrived::tell(text, |arrived| tell(arrived, start..end))
    }

    fn digits_of(bytes: &Arrived<'_>, run: Range<usize>) -> Option<u8> {
        decimal(bytes, run).map(|decimal| decimal.digits)
    }

    #[test]
    fn what_follows_a_decimal_is_told() {
        for (text, end) in [
            ("11.63", 0),
            ("11.63 10.88", b' '),
            ("11.63 10 88", b'1'),
            ("48.85 N", b'N'),
            ("48.85N", b'N'),
            ("48.85, 2", b','),
            ("48.85 -2.1", b' '),
        ] {
            let told = told(text, true, |bytes, run| decimal(bytes, run));
            assert_eq!(told.flatten().map(|decimal| decimal.end), Some(end), "{text}");
        }
        assert_eq!(told("11.63 1", false, digits_of), None);
    }

    #[test]
    fn decimals_are_told() {
        for (text, digits) in
            [("11.63", 2), ("0.5 ", 1), ("x 2.125M", 3), ("12.5.", 1), ("3.25, 4.5", 2), ("9.99-", 2)]
        {
            assert_eq!(told(text, true, digits_of), Some(Some(digits)), "{text}");
        }
        for text in ["11", "11.", "11.a", "030.90", "1.2.3", "11.63-a", "12.5/7", "00.5"] {
            assert_eq!(told(text, true, digits_of), Some(None), "{text}");
        }
        // What has not arrived may go on with it.
        for text in ["11.63", "11.63.", "11.", "11"] {
            assert_eq!(told(text, false, digits_of), None, "{text}");
        }
        assert_eq!(told("11.63, ", false, digits_of), Some(Some(2)));
    }

    #[test]
    fn dates_are_told() {
        for text in
            ["2026-11-30", "1999/01/31T", "30.11.2026", "11/30/2026, ", "2026-11-30 12:00", "2026.11.30."]
        {
            assert_eq!(told(text, true, |bytes, run| begins_date(bytes, run)), Some(true), "{text}");
        }
        for text in [
            "2026-11-30-1234",
            "1811-12-28",
            "2026-13-30",
            "2026-11/30",
            "2026-11-301",
            "31.31.2026",
            "30.11.26",
            "30.11.2026-7",
            "30.11.20",
        ] {
            assert_eq!(told(text, true, |bytes, run| begins_date(bytes, run)), Some(false), "{text}");
        }
        for text in ["2026-11-3", "2026-11-30", "30.11.2026-"] {
            assert_eq!(told(text, false, |bytes, run| begins_date(bytes, run)), None, "{text}");
        }
    }

    #[test]
    fn hexadecimal_constants_are_told() {
        for (text, is_one) in
            [("0x1f", true), ("0xA", true), ("0x", false), ("0xg", false), ("00x1", false), ("1x1", false)]
        {
            assert_eq!(told(text, true, |bytes, run| begins_hex(bytes, run)), Some(is_one), "{text}");
        }
        assert_eq!(told("0x", false, |bytes, run| begins_hex(bytes, run)), None);
    }

    #[test]
    fn the_digits_of_the_next_group_are_counted() {
        for (text, digits) in [("536-22-8145", 2), ("4111 1111", 4), ("12 of", 0), ("12", 0), ("12.5", 1)] {
            assert_eq!(told(text, true, |bytes, run| next_group(bytes, run)), Some(digits), "{text}");
        }
        assert_eq!(told("536-22", false, |bytes, run| next_group(bytes, run)), None);
    }
}
