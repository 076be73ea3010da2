//! `time`: when the call is made, by day and hour in a time zone.
//!
//! `days` are `mon` to `sun`, ranges of them, `weekdays` or `weekend`. `hours` are spans of the wall clock, the end not
//! included; a span that ends before it begins runs over midnight and belongs to the day it began on. `zone` is an IANA
//! name, UTC where none is written; daylight saving is followed.
//!
//! ```yaml
//! time: { days: mon-fri, hours: "09:00-17:30", zone: Europe/Berlin }
//! time: { days: fri, hours: "22:00-06:00" }        # also early on Saturday
//! ```

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Condition, Cost, Reads};
use crate::any_of::AnyOf;
use crate::call::Call;
use crate::error::{Fault, shown};
use crate::rule::{Rule, RuleValue};
use crate::text::Needles;
use crate::truth::Truth;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// What is asked of the time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "`{ days, hours, zone }`")]
pub struct TimeMatch {
    /// Days of the week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<Rule<String>>,
    /// Spans of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Rule<String>>,
    /// IANA time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl RuleValue for TimeMatch {
    const EXPECTING: &'static str = "`{ days, hours, zone }`";
    const KEYS: &'static [&'static str] = &["not", "days", "hours", "zone"];
}

/// What is asked of the time, compiled.
pub(super) struct Time {
    days: Option<AnyOf<Days>>,
    hours: Option<AnyOf<Span>>,
    zone: TimeZone,
}

/// From one day of the week to another, both included; Monday is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Days {
    from: u8,
    to: u8,
}

/// Minutes of the day from one to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: u16,
    to: u16,
}

impl Time {
    fn on(&self, day: u8) -> bool {
        self.days.as_ref().is_none_or(|rule| rule.is(|days| days.has(day)))
    }

    fn is(&self, day: u8, minute: u16) -> bool {
        let Some(hours) = &self.hours else { return self.on(day) };
        let yesterday = (day + 6) % 7;
        if hours.is_negated() {
            return self.on(day) && hours.is(|span| span.today(minute) || span.over_midnight(minute));
        }
        hours.is(|span| {
            (span.today(minute) && self.on(day)) || (span.over_midnight(minute) && self.on(yesterday))
        })
    }
}

/// Each minute of the week that a time is, by its bit, from Monday on.
pub(crate) fn minutes(written: &TimeMatch) -> Result<Vec<u64>, Fault> {
    let time = Time::compile(written, &mut Needles::default())?;
    let mut bits = vec![0u64; (7 * DAY as usize).div_ceil(64)];
    let week = (0..7).flat_map(|day| (0..DAY).map(move |minute| (day, minute)));
    for ((day, minute), at) in week.zip(0..) {
        if let Some(bits) = bits.get_mut(at / 64).filter(|_| time.is(day, minute)) {
            *bits |= 1u64 << (at % 64);
        }
    }
    Ok(bits)
}

/// The minute of the week it is in a zone, from Monday on.
pub(crate) fn minute_of_week(now: Timestamp, zone: &TimeZone) -> usize {
    let (day, minute) = civil(now, zone);
    usize::from(day) * usize::from(DAY) + usize::from(minute)
}

fn civil(now: Timestamp, zone: &TimeZone) -> (u8, u16) {
    let now = zone.to_datetime(now);
    let day = now.date().weekday().to_monday_zero_offset().unsigned_abs();
    (day, u16::from(now.hour().unsigned_abs()) * 60 + u16::from(now.minute().unsigned_abs()))
}

impl Condition for Time {
    type Written = TimeMatch;

    const COST: Cost = Cost::Name;

    const READS: Reads = Reads::Head;

    fn compile(written: &TimeMatch, _: &mut Needles) -> Result<Self, Fault> {
        if written.days.is_none() && written.hours.is_none() {
            return Err("says neither `days` nor `hours`".into());
        }
        Ok(Self {
            days: AnyOf::optional("days", written.days.as_ref(), |text| Days::parse(text))?,
            hours: AnyOf::optional("hours", written.hours.as_ref(), |text| Span::parse(text))?,
            zone: zone(written.zone.as_deref()).map_err(|fault| fault.under(".zone"))?,
        })
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        let (day, minute) = civil(call.facts.now, &self.zone);
        self.is(day, minute).into()
    }
}

impl Days {
    fn parse(text: &str) -> Result<Self, Fault> {
        match text.to_ascii_lowercase().as_str() {
            "weekdays" => Ok(Self { from: 0, to: 4 }),
            "weekend" => Ok(Self { from: 5, to: 6 }),
            days => match days.split_once('-') {
                Some((from, to)) => Ok(Self { from: day(from)?, to: day(to)? }),
                None => day(days).map(|day| Self { from: day, to: day }),
            },
        }
    }

    fn has(self, day: u8) -> bool {
        if self.from <= self.to {
            (self.from..=self.to).contains(&day)
        } else {
            day >= self.from || day <= self.to
        }
    }
}

fn day(name: &str) -> Result<u8, Fault> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let name = name.trim();
    let numbered =
        DAYS.iter().zip(0..).find(|(day, _)| **day == name || (name.len() == 3 && day.starts_with(name)));
    let day = numbered.map(|(_, number)| number);
    day.ok_or_else(|| {
        format!("`{}` is not a day: write `mon` to `sun`, `weekdays` or `weekend`", shown(name)).into()
    })
}

impl Span {
    fn parse(text: &str) -> Result<Self, Fault> {
        let hours = text.split_once('-').and_then(|(from, to)| Some((clock(from)?, clock(to)?)));
        match hours {
            Some((from, to)) if from != to && from < 24 * 60 => Ok(Self { from, to }),
            Some(_) => Err(format!("`{}` is no span of time", shown(text)).into()),
            None => Err(format!("`{}` is not a span such as `09:00-17:30`", shown(text)).into()),
        }
    }

    fn today(self, minute: u16) -> bool {
        minute >= self.from && (minute < self.to || self.to < self.from)
    }

    fn over_midnight(self, minute: u16) -> bool {
        self.to < self.from && minute < self.to
    }
}

/// Minutes of the day at `HH:MM`; `24:00` is its end.
fn clock(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two_digits = |text: &str| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (two_digits(hour)?, two_digits(minute).filter(|minute| *minute < 60)?);
    let minutes = hour * 60 + minute;
    (minutes <= 24 * 60).then_some(minutes)
}

fn zone(name: Option<&str>) -> Result<TimeZone, Fault> {
    match name {
        None => Ok(TimeZone::UTC),
        Some(name) => {
            TimeZone::get(name).map_err(|_| format!("`{}` is not an IANA time zone", shown(name)).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::super::testing::{assert_refused, assert_table, assert_unreadable, call};
    use super::*;
    use crate::facts::Facts;
    use crate::truth::Truth::{False, True};

    /// 2026-06-05 is a Friday.
    fn at(day: i8, hour: i8, minute: i8) -> Facts<'static> {
        let now = date(2026, 6, day).at(hour, minute, 30, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        Facts { now, ..call() }
    }

    #[test]
    fn days_and_hours_match_in_their_zone() {
        assert_table(
            "time",
            &at(5, 15, 30),
            [
                (json!({"days": "fri"}), True),
                (json!({"days": "Friday"}), True),
                (json!({"days": ["mon", "tue-thu"]}), False),
                (json!({"days": "weekdays", "hours": "09:00-17:30"}), True),
                (json!({"days": "sat-mon"}), False),
                (json!({"days": {"not": "weekend"}}), True),
                (json!({"hours": "09:00-15:30"}), False),
                (json!({"hours": "15:30-15:31"}), True),
                (json!({"hours": ["00:00-01:00", "15:00-24:00"]}), True),
                (json!({"hours": {"not": "09:00-17:30"}}), False),
                // Spans that overlap, or lie within each other, are what they cover together.
                (json!({"hours": ["09:00-15:00", "14:00-16:00"]}), True),
                (json!({"hours": ["09:00-18:00", "10:00-11:00"]}), True),
                (json!({"hours": ["22:00-06:00", "05:00-15:31"]}), True),
                (json!({"hours": {"not": ["09:00-15:00", "14:00-16:00"]}}), False),
                (json!({"days": ["mon-fri", "fri-sun"], "hours": "15:00-16:00"}), True),
                (json!({"hours": "17:00-18:00", "zone": "Europe/Berlin"}), True),
                (json!({"hours": "00:00-01:00", "days": "sat", "zone": "Asia/Tokyo"}), True),
                (json!({"not": {"days": "fri"}}), False),
            ],
        );
    }

    #[test]
    fn hours_over_midnight_belong_to_the_day_they_began_on() {
        let friday_night = json!({"days": "fri", "hours": "22:00-06:00"});
        for (day, hour, minute, expected) in [
            (5, 21, 59, False),
            (5, 22, 0, True),
            (6, 0, 0, True),
            (6, 5, 59, True),
            (6, 6, 0, False),
            (6, 23, 0, False),
            (5, 3, 0, False),
        ] {
            assert_table("time", &at(day, hour, minute), [(friday_night.clone(), expected)]);
        }
    }

    #[test]
    fn daylight_saving_is_followed() {
        let nine_in_new_york = json!({"hours": "09:00-10:00", "zone": "America/New_York"});
        for (now, expected) in
            [("2026-01-15T14:30:00Z", True), ("2026-07-15T14:30:00Z", False), ("2026-07-15T13:30:00Z", True)]
        {
            let facts = Facts { now: now.parse().unwrap(), ..call() };
            assert_table("time", &facts, [(nine_in_new_york.clone(), expected)]);
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert_refused(
            "time",
            [
                (json!({"zone": "UTC"}), "", "neither `days` nor `hours`"),
                (json!({"days": "someday"}), ".days", "not a day"),
                (json!({"days": ["mon", "mon-"]}), ".days[1]", "not a day"),
                (json!({"hours": "9-17"}), ".hours", "not a span"),
                (json!({"hours": "09:00-25:00"}), ".hours", "not a span"),
                (json!({"hours": "09:00-09:00"}), ".hours", "no span of time"),
                (json!({"hours": "24:00-01:00"}), ".hours", "no span of time"),
                (json!({"days": "mon", "zone": "Mars/Base"}), ".zone", "not an IANA time zone"),
            ],
        );
        assert_unreadable(
            "time",
            [(json!({"day": "mon"}), "unknown field `day`"), (json!("mon"), "days, hours, zone")],
        );
    }
}
