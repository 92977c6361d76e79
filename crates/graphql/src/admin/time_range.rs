//! Reads the ends of a range of time from staff's input. A day as the end of a range includes the whole day.

use async_graphql::Result;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use countermand_app::orders::find_orders::OrderRange;

use crate::kit::error::{Category, refused};

/// The range of time from `from` to `to`; each is a pair of an input field's name and its text, and may be open.
pub(crate) fn read_range(
    from: (&str, Option<String>),
    to: (&str, Option<String>),
) -> Result<OrderRange<DateTime<Utc>>> {
    Ok(OrderRange {
        from: from.1.map(|text| read_from(from.0, &text)).transpose()?,
        to: to.1.map(|text| read_to(to.0, &text)).transpose()?,
    })
}

/// The instant that `text` means: RFC 3339, `YYYY-MM-DD HH:MM:SS` in UTC, or a day, which stands for its first instant
/// in UTC.
fn read_from(field: &str, text: &str) -> Result<DateTime<Utc>> {
    moment(text)
        .or_else(|| Some(day(text)?.and_time(NaiveTime::MIN).and_utc()))
        .ok_or_else(|| not_a_moment(field))
}

/// The instant that `text` means, in the forms of [`read_from`]; a day stands for its last instant in UTC.
fn read_to(field: &str, text: &str) -> Result<DateTime<Utc>> {
    let end = |day: NaiveDate| {
        let next = day.succ_opt()?.and_time(NaiveTime::MIN).and_utc();
        next.checked_sub_signed(TimeDelta::microseconds(1))
    };
    moment(text)
        .or_else(|| day(text).and_then(end))
        .ok_or_else(|| not_a_moment(field))
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    zoned.or_else(|| {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
            .ok()
            .map(|at| at.and_utc())
    })
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

fn not_a_moment(field: &str) -> async_graphql::Error {
    let message = format!("{field} must be a date and time like 2026-01-31T12:00:00Z, or a date");
    refused(Category::Input, "INVALID", message)
}

#[cfg(test)]
mod tests {
    use super::super::cursor::rfc3339;
    use super::*;

    #[test]
    fn a_day_begins_and_ends() {
        let from = read_from("placed_from", "2026-01-31").expect("a day");
        assert_eq!(rfc3339(from), "2026-01-31T00:00:00Z");
        let to = read_to("placed_to", "2026-01-31").expect("a day");
        assert_eq!(rfc3339(to), "2026-01-31T23:59:59.999999Z");
        let zoned = read_to("placed_to", "2026-01-31T01:00:00+01:00").expect("an instant");
        assert_eq!(rfc3339(zoned), "2026-01-31T00:00:00Z");
        let plain = read_from("placed_from", "2026-01-31 12:30:00").expect("an instant");
        assert_eq!(rfc3339(plain), "2026-01-31T12:30:00Z");
        assert!(read_to("placed_to", "yesterday").is_err());
        assert!(read_to("placed_to", "+262142-12-31").is_err());
    }
}
