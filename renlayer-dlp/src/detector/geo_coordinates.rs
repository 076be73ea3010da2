//! Geographic coordinates.
//!
//! Four decimals of a degree are eleven metres: a house. Pairs of decimals are everywhere in drawings and tables, so a word
//! for a place, the letters of the compass, or the sign of degrees must be there.
//!
//! - hit: `lat: 48.8584, lon: 2.2945`, `GPS 48.8584, 2.2945`, `48°51'29.6"N 2°17'40.2"E`, `"longitude": 2.29448`
//! - low: `48.85837, 2.29448` without a word
//! - miss: `M 12.5 48.8 L 2.2 9.1`, `40.7128, -74.0060` without a word, `rgba(0.1234, 0.4567)`, `lat: 95.0001`, fewer than three decimals; the rows of a table without a word
//! - known mistakes: decimal commas are not read; the other half of a pair under two labels is a finding of its own.

use super::labelled::Labelled;
use super::{About, Anchor, ByteSet, Decimals, Detector, Match, Page, Probe, Reach};
use crate::words::Words;
use crate::{Evidence, Severity};

const CLASS: &str = "pii.geo_coordinates";

/// A pair of decimals, see the [module](self).
pub(super) struct Pair;
/// Degrees, minutes and seconds.
pub(super) struct Degrees;

static CONTEXT: Words = Words::new(&[
    "gps",
    "coordinates",
    "coordinate",
    "coords",
    "location",
    "located",
    "lat",
    "latitude",
    "latlng",
    "latlon",
    "lon",
    "geo",
    "position",
    "maps",
    "koordinaten",
    "standort",
    "coordonnées",
    "coordenadas",
    "ubicación",
    "coordinate",
    "posizione",
    "coördinaten",
    "point",
    "координаты",
]);

const GLUE: ByteSet = ByteSet::WORD.with(b".").or(ByteSet::EMPTY.range(0x80, 0xff));
/// What stands between the two numbers.
const BETWEEN: ByteSet = ByteSet::EMPTY.with(b", ;");
/// What stands between the numbers of a list or table, so many bytes at most.
const LISTED: ByteSet = ByteSet::EMPTY.with(b" ,;|\t\r\n()[]\"'");
const LISTED_FAR: usize = 8;
/// Decimals without the letters of the compass.
const FEWEST: u8 = 3;
/// Decimals that are eleven metres.
const EXACT: usize = 4;
/// Digits in the sixteen bytes after the first ones: of two decimals each, whatever stands between them, or of more.
const FEWEST_NEAR: u8 = 5;

impl Detector for Pair {
    fn about(&self) -> About {
        About::new("geo_coordinates", CLASS, Severity::Medium, "a latitude and a longitude")
    }

    fn page(&self) -> Page {
        Page {
            basis: "ranges and decimals, a word for a place before them",
            mistakes: "decimal commas are not read",
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let first =
            Anchor::digits(1, 2).after(GLUE.not()).then(ByteSet::EMPTY.with(b".")).second(ByteSet::DIGIT);
        // With few decimals the letters of the compass have to follow.
        let compass = ByteSet::EMPTY.with(b"NSns\xc2");
        let exact = first.clone().of_decimals(Decimals::of(FEWEST).before(BETWEEN.or(compass)));
        let rough = first.of_decimals(Decimals::ALL.before(compass));
        [exact, rough].map(|decimal| decimal.followed_by(FEWEST_NEAR)).into()
    }

    fn reach(&self) -> Reach {
        Reach { set: ByteSet::EMPTY.with(b"-+"), max: 1 }
    }

    fn ahead(&self) -> usize {
        48
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.run_back(probe.at(), &ByteSet::EMPTY.with(b"-+"), 1);
        let (latitude, decimals) = decimal(probe, probe.at(), 90)?;
        let compass = compass_after(probe, latitude, b"NSns");
        let comma = compass.unwrap_or(latitude);
        let from = probe.run(comma, &BETWEEN, 3);
        let second = probe.run(from, &ByteSet::EMPTY.with(b"-+"), 1);
        let (longitude, others) = decimal(probe, second, 180)?;
        let end = compass_after(probe, longitude, b"EWOew").unwrap_or(longitude);
        // A third number makes it a colour, a vector or a table.
        let is_third = probe.is(probe.run(end, &ByteSet::EMPTY.with(b", "), 2), &ByteSet::DIGIT.with(b"-"))
            && !probe.looking_at(end, b",") | probe.is(end + 1, &ByteSet::EMPTY.with(b" "));
        if from == comma
            || probe.is(end, &GLUE.without(b"."))
            || probe.was(start, &GLUE)
            || decimals.min(others) < 2
        {
            return None;
        }
        let found = |confidence| Match::new(start..end, confidence);
        if compass.is_some() && end > longitude {
            return Some(found(0.85).with(Evidence::STRUCTURE));
        }
        if decimals.min(others) >= usize::from(FEWEST)
            && (CONTEXT.stand_behind(probe, start) || probe.was(start, &ByteSet::EMPTY.with(b"@")))
        {
            return Some(found(0.8).with(Evidence::CONTEXT));
        }
        let is_listed = || probe.was(probe.run_back(start, &LISTED, LISTED_FAR), &ByteSet::DIGIT);
        let is_bare =
            decimals.min(others) > EXACT && probe.get(latitude) == Some(b',') && !is_third && !is_listed();
        is_bare.then(|| found(0.4).harmless())
    }
}

/// One half, after its label: `"lng": 2.29448`.
pub(super) static LABELLED: Labelled =
    Labelled::new("geo_coordinate_labelled", CLASS, Severity::Medium, "a latitude or a longitude", value)
        .after(&[
            "latitude",
            "longitude",
            "lat",
            "lng",
            "lon",
            "breitengrad",
            "längengrad",
            "latitud",
            "longitud",
        ])
        .within(8)
        .longest(20)
        .page("the label before it, three decimals or more", "");

fn value(probe: &Probe<'_>, at: usize) -> Option<Match> {
    let digits = at + usize::from(probe.is(at, &ByteSet::EMPTY.with(b"-+")));
    let start = probe.run_back(at, &ByteSet::EMPTY.with(b"-+"), 1);
    let (end, decimals) = decimal(probe, digits, 180)?;
    let holds = decimals >= 3 && !probe.is(end, &GLUE.without(b"."));
    holds.then(|| Match::new(start..end, 0.75).with(Evidence::CONTEXT))
}

/// The end of a decimal of at most `most`, and how many digits it has after the point.
fn decimal(probe: &Probe<'_>, at: usize, most: u32) -> Option<(usize, usize)> {
    let point = probe.run(at, &ByteSet::DIGIT, 4);
    let whole = probe.slice(at..point).iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let end = probe.run(point + 1, &ByteSet::DIGIT, 16);
    let holds =
        point > at && point - at <= 3 && probe.get(point) == Some(b'.') && whole <= most && end > point + 1;
    holds.then_some((end, end - point - 1))
}

/// The end of a compass letter after an optional sign of degrees.
fn compass_after(probe: &Probe<'_>, at: usize, letters: &[u8]) -> Option<usize> {
    let at = if probe.looking_at(at, "°".as_bytes()) { at + 2 } else { at };
    let at = probe.run(at, &ByteSet::EMPTY.with(b" "), 1);
    (probe.is(at, &ByteSet::EMPTY.with(letters)) && !probe.is(at + 1, &ByteSet::WORD)).then_some(at + 1)
}

impl Detector for Degrees {
    fn about(&self) -> About {
        About::new(
            "geo_degrees",
            CLASS,
            Severity::Medium,
            "a latitude and a longitude in degrees and minutes",
        )
    }

    fn page(&self) -> Page {
        Page { basis: "signs of degrees and minutes, letters of the compass", mistakes: "" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::digits(1, 2).after(GLUE.not()).then(ByteSet::EMPTY.with(b"\xc2"))]
    }

    fn ahead(&self) -> usize {
        64
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let first = degrees(probe, probe.at(), b"NS")?;
        let from = probe.run(first, &ByteSet::EMPTY.with(b", ;/"), 3);
        let end = degrees(probe, from, b"EWO")?;
        Some(Match::new(probe.at()..end, 0.9).with(Evidence::STRUCTURE))
    }
}

/// The end of `48°51'29.6"N`.
fn degrees(probe: &Probe<'_>, at: usize, letters: &[u8]) -> Option<usize> {
    // Digits, points, spaces, quotes; the bytes of `°`, `′`, `″`, `’`, `”`.
    const BODY: ByteSet = ByteSet::DIGIT.with(b". '\"\xc2\xb0\xe2\x80\xb2\xb3\x99\x9d");
    let sign = probe.run(at, &ByteSet::DIGIT, 4);
    let end = probe.run(sign, &BODY, 28);
    let holds =
        sign > at && probe.looking_at(sign, "°".as_bytes()) && probe.is(end, &ByteSet::EMPTY.with(letters));
    (holds && !probe.is(end + 1, &ByteSet::WORD)).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ByteSet, Detector, FEWEST_NEAR, Pair, Probe};
    use crate::detector::harness::Cases;
    use crate::engine::{NEAR, Text};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn a_pair_has_as_many_digits_near_as_it_is_asked_for_with(
            text in "[0-9]{1,2}[.][0-9]{1,16}°? ?[NSns]?[, ;]{1,3}[-+]?[0-9]{1,3}[.][0-9]{1,5}( ?[EW])?",
        ) {
            let bytes = text.as_bytes();
            let probe = Probe::new(Text { bytes, start: 0, complete: true }, 0, Pair.ahead());
            let end = probe.run(0, &ByteSet::DIGIT, NEAR);
            let near = bytes[end..].iter().take(NEAR).filter(|byte| byte.is_ascii_digit()).count();
            prop_assert!(Pair.verify(&probe).is_none() || near >= usize::from(FEWEST_NEAR), "{}", text);
        }
    }

    #[test]
    fn geo_coordinates_cases() {
        Cases::of("pii.geo_coordinates")
            .hit("GPS 48.8584, 2.2945.", "48.8584, 2.2945")
            .hit("I am at 48.8584 N, 2.2945 W now", "48.8584 N, 2.2945 W")
            .hit("coordinates: -33.8688,151.2093", "-33.8688,151.2093")
            .hit("maps/@52.52001,13.40495,17z", "52.52001,13.40495")
            .hit("{\"longitude\": 2.29448}", "2.29448")
            .hit("{\"longitude\": -70.29448}", "-70.29448")
            .hit("48°51'29.6\"N 2°17'40.2\"E", "48°51'29.6\"N 2°17'40.2\"E")
            .low("48.858370, 2.294481", "48.858370, 2.294481")
            .miss("seen at 40.7128, -74.0060 at noon, loss 0.7192, -0.8514")
            .low("1: 48.858370, 2.294481", "48.858370, 2.294481")
            .low("0.123456,0.654321\n0.223456,0.754321\n", "0.123456,0.654321")
            .miss("1,0.123456,0.654321\n2,0.223456,0.754321\n")
            .miss("3\n0.223456,0.754321\n[3], [0.223456,0.754321]")
            .miss("M 12.5 48.8 L 2.2 9.1")
            .miss("color: rgba(0.1234, 0.4567, 0.1)")
            .miss("GPS 95.0001, 2.29448 and 48.8, 2.2")
            .miss("prices 12.99, 14.99 at this location")
            .miss("it is 20°C, and later 12.3456")
            .run();
    }
}
