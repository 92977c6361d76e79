//! A span of days in a time zone: when it begins and ends, and on which day an instant lies.

use chrono::{DateTime, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use countermand_persistence::ReportedTime;

use crate::error::{UserError, UserErrorCode};

/// The most days of a report.
pub const MOST_DAYS: i64 = 366;

/// The steps in which a change of the offset is looked for. No time zone changes its offset twice within a step.
const STEP: TimeDelta = TimeDelta::hours(6);

/// The days from `from` to `to`, both included, in a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalDays {
    from: NaiveDate,
    to: NaiveDate,
    zone: Tz,
}

impl LocalDays {
    /// The days from `from` to `to` (`YYYY-MM-DD`) in the time zone with the IANA name `zone`; at most [`MOST_DAYS`].
    pub fn new(from: &str, to: &str, zone: &str) -> Result<Self, UserError> {
        let refusal = |field, message: String| UserError::about(field, UserErrorCode::Invalid, message);
        let day = |field, text: &str| {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
            // Beyond these years, the day before or after might not exist.
            let day = day.filter(|day| {
                let years = NaiveDate::from_ymd_opt(1971, 1, 1)..NaiveDate::from_ymd_opt(9999, 1, 1);
                years.contains(&Some(*day))
            });
            day.ok_or_else(|| refusal(field, format!("{field} must be a day like 2026-01-31")))
        };
        let (from, to) = (day("from", from)?, day("to", to)?);
        let zone = zone
            .parse()
            .map_err(|_| refusal("time_zone", format!("there is no time zone `{zone}`")))?;
        let days = to.signed_duration_since(from).num_days() + 1;
        if !(1..=MOST_DAYS).contains(&days) {
            let message = format!("a report covers 1 to {MOST_DAYS} days, from the first to the last one");
            return Err(refusal("to", message));
        }
        Ok(Self { from, to, zone })
    }

    /// The first day.
    #[must_use]
    pub fn from(&self) -> NaiveDate {
        self.from
    }

    /// The last day.
    #[must_use]
    pub fn to(&self) -> NaiveDate {
        self.to
    }

    /// The IANA name of the time zone.
    #[must_use]
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// The day on which `at` lies.
    #[must_use]
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The first instant of the span, and the instant after its last one.
    #[must_use]
    pub fn range(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let after = self.to.succ_opt().unwrap_or(self.to);
        (self.begin_of(self.from), self.begin_of(after))
    }

    /// The parts of the span in which the offset from UTC stays the same, in their sequence.
    #[must_use]
    pub fn times(&self) -> Vec<ReportedTime> {
        let (begin, until) = self.range();
        let mut times = Vec::new();
        let mut from = begin;
        while from < until {
            let offset_seconds = self.offset(from);
            let (mut same, mut end) = (from, (from + STEP).min(until));
            while end < until && self.offset(end) == offset_seconds {
                (same, end) = (end, (end + STEP).min(until));
            }
            if self.offset(end) != offset_seconds {
                end = self.change_between(same, end);
            }
            times.push(ReportedTime {
                from,
                until: end,
                offset_seconds,
            });
            from = end;
        }
        times
    }

    /// The first second with the offset of `new`, which comes after `old` and has another offset.
    fn change_between(&self, mut old: DateTime<Utc>, mut new: DateTime<Utc>) -> DateTime<Utc> {
        let before = self.offset(old);
        while new - old > TimeDelta::seconds(1) {
            let middle = old + TimeDelta::seconds((new - old).num_seconds() / 2);
            if self.offset(middle) == before {
                old = middle;
            } else {
                new = middle;
            }
        }
        new
    }

    fn offset(&self, at: DateTime<Utc>) -> i32 {
        at.with_timezone(&self.zone).offset().fix().local_minus_utc()
    }

    /// The first instant of `day`. Where clocks are put forward at midnight, the day begins later.
    fn begin_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN);
        let mut quarters = (0..96).map(|quarter| midnight + TimeDelta::minutes(15 * quarter));
        let begin = quarters.find_map(|local| self.zone.from_local_datetime(&local).earliest());
        begin.map_or_else(|| midnight.and_utc(), |begin| begin.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: &str, to: &str, zone: &str) -> LocalDays {
        LocalDays::new(from, to, zone).expect("days")
    }

    fn text(at: DateTime<Utc>) -> String {
        at.format("%Y-%m-%dT%H:%M").to_string()
    }

    #[test]
    fn a_span_includes_its_last_day_in_its_time_zone() {
        let (from, until) = days("2026-03-28", "2026-03-29", "Europe/Amsterdam").range();
        // The second day has 23 hours, because clocks are put forward.
        assert_eq!(
            (text(from).as_str(), text(until).as_str()),
            ("2026-03-27T23:00", "2026-03-29T22:00")
        );
        let (from, _) = days("2018-11-04", "2018-11-04", "America/Sao_Paulo").range();
        assert_eq!(text(from), "2018-11-04T03:00", "midnight did not exist");
    }

    #[test]
    fn the_parts_cover_the_span_and_agree_with_the_days() {
        for zone in [
            "UTC",
            "Europe/Amsterdam",
            "America/Sao_Paulo",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
        ] {
            let span = days("2018-01-01", "2018-12-31", zone);
            let (begin, until) = span.range();
            let times = span.times();
            assert_eq!(times.first().map(|it| it.from), Some(begin), "{zone}");
            assert_eq!(times.last().map(|it| it.until), Some(until), "{zone}");
            assert!(times.len() <= 4, "{zone}: {times:?}");
            assert!(
                times.windows(2).all(|pair| pair[0].until == pair[1].from),
                "{zone}"
            );
            for time in times {
                for at in [time.from, time.until - TimeDelta::seconds(1)] {
                    let local = at + TimeDelta::seconds(time.offset_seconds.into());
                    assert_eq!(local.date_naive(), span.day_of(at), "{zone} {at}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_span_is_refused_with_its_field() {
        let field = |from, to, zone| {
            let refused = LocalDays::new(from, to, zone).err();
            refused.and_then(|it| it.field).unwrap_or_default()
        };
        assert_eq!(field("soon", "2026-01-01", "UTC"), "from");
        assert_eq!(field("2026-01-01", "2026-02-30", "UTC"), "to");
        assert_eq!(field("2026-01-02", "2026-01-01", "UTC"), "to");
        assert_eq!(field("2025-01-01", "2026-01-02", "UTC"), "to");
        assert_eq!(field("2025-01-01", "2026-01-01", "UTC"), "");
        assert_eq!(field("2026-01-01", "2026-01-01", "Mars/Olympus"), "time_zone");
        assert_eq!(field("-262143-01-01", "+262142-12-31", "UTC"), "from");
    }
}
