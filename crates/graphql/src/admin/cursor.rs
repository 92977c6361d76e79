//! The cursors of staff's lists, and the text form of the instants in them.

use async_graphql::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use countermand_app::cancel::request_queue::{ChannelRequestPlace, QueuePlace, RequestPlace};
use countermand_app::channels::ChannelOrderPlace;
use countermand_app::webhooks::replay::EventPlace;
use countermand_domain::OrderId;

use crate::kit::error::{Category, refused};

/// The cursor of an order in a list of orders that is sorted by date.
pub(crate) fn order_cursor(placed_at: DateTime<Utc>, id: i64) -> String {
    seal(&format!("{}:{id}", placed_at.timestamp_micros()))
}

/// The date and the id that [`order_cursor`] wrote.
pub(crate) fn read_order_cursor(cursor: &str) -> Result<(DateTime<Utc>, i64)> {
    let place = open(cursor).and_then(|text| {
        let (micros, id) = text.split_once(':')?;
        let placed_at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        Some((placed_at, id.parse().ok()?))
    });
    place.ok_or_else(not_a_cursor)
}

/// The cursor of an order of a sales channel.
pub(crate) fn channel_order_cursor(place: &ChannelOrderPlace) -> String {
    seal(&format!(
        "{}:{}",
        place.placed_at.timestamp_micros(),
        place.number
    ))
}

/// The place that [`channel_order_cursor`] wrote.
pub(crate) fn read_channel_order_cursor(cursor: &str) -> Result<ChannelOrderPlace> {
    let place = open(cursor).and_then(|text| {
        let (micros, number) = text.split_once(':')?;
        Some(ChannelOrderPlace {
            placed_at: DateTime::from_timestamp_micros(micros.parse().ok()?)?,
            number: number.to_owned(),
        })
    });
    place.ok_or_else(not_a_cursor)
}

/// The cursor of a request for a cancellation.
pub(crate) fn request_cursor(place: &QueuePlace) -> String {
    match place {
        QueuePlace::AtShop(place) => {
            let at = place.requested_at.timestamp_micros();
            seal(&format!("{at}:{}:{}", place.order, place.number))
        }
        // A channel's name has no `/`, and the first part is no number.
        QueuePlace::AtChannel(place) => {
            let at = place.requested_at.timestamp_micros();
            seal(&format!("channel:{at}:{}/{}", place.channel, place.number))
        }
    }
}

/// The place that [`request_cursor`] wrote.
pub(crate) fn read_request_cursor(cursor: &str) -> Result<QueuePlace> {
    let place = open(cursor).and_then(|text| {
        if let Some(at_channel) = text.strip_prefix("channel:") {
            let (at, order) = at_channel.split_once(':')?;
            let (channel, number) = order.split_once('/')?;
            return Some(QueuePlace::AtChannel(ChannelRequestPlace {
                requested_at: DateTime::from_timestamp_micros(at.parse().ok()?)?,
                channel: channel.to_owned(),
                number: number.to_owned(),
            }));
        }
        let mut parts = text.splitn(3, ':');
        Some(QueuePlace::AtShop(RequestPlace {
            requested_at: DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?,
            order: parts.next()?.parse().ok()?,
            number: parts.next()?.parse().ok()?,
        }))
    });
    place.ok_or_else(not_a_cursor)
}

/// The cursor of an entry in a list that is sorted by id: the jobs.
pub(crate) fn entry_cursor(id: &str) -> String {
    seal(id)
}

/// The id that [`entry_cursor`] wrote.
pub(crate) fn read_entry_cursor(cursor: &str) -> Result<String> {
    let id = open(cursor).and_then(|text| uuid::Uuid::parse_str(&text).ok());
    id.map(|id| id.to_string()).ok_or_else(not_a_cursor)
}

/// The cursor of an entry of the audit log, which is sorted by time.
pub(crate) fn audit_cursor(at: DateTime<Utc>, id: &str) -> String {
    seal(&format!("{}:{id}", at.timestamp_micros()))
}

/// The time and the id that [`audit_cursor`] wrote.
pub(crate) fn read_audit_cursor(cursor: &str) -> Result<(DateTime<Utc>, String)> {
    let place = open(cursor).and_then(|text| {
        let (micros, id) = text.split_once(':')?;
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        let id = uuid::Uuid::parse_str(id).ok()?;
        Some((at, id.to_string()))
    });
    place.ok_or_else(not_a_cursor)
}

/// The cursor of an event among those of a time.
pub(crate) fn event_cursor(place: &EventPlace) -> String {
    let at = place.at.timestamp_micros();
    seal(&format!("{at}:{}:{}", place.order.number(), place.version))
}

/// The place that [`event_cursor`] wrote.
pub(crate) fn read_event_cursor(cursor: &str) -> Result<EventPlace> {
    let place = open(cursor).and_then(|text| {
        let mut parts = text.splitn(3, ':');
        Some(EventPlace {
            at: DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?,
            order: OrderId::from_number(parts.next()?.parse().ok()?)?,
            version: parts.next()?.parse().ok()?,
        })
    });
    place.ok_or_else(not_a_cursor)
}

/// `at` as text: RFC 3339, in UTC.
pub(crate) fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn not_a_cursor() -> async_graphql::Error {
    refused(Category::Input, "INVALID", "after is no cursor of this list")
}

fn seal(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn open(cursor: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let at = DateTime::from_timestamp_micros(1_700_000_000_123_456).expect("an instant");
        let place = read_order_cursor(&order_cursor(at, 10_000_000_042)).expect("our own cursor");
        assert_eq!(place, (at, 10_000_000_042));
        let id = "0198c5e5-7b5e-7000-8000-000000000000";
        assert_eq!(read_entry_cursor(&entry_cursor(id)).expect("our own cursor"), id);
        let entry = read_audit_cursor(&audit_cursor(at, id)).expect("our own cursor");
        assert_eq!(entry, (at, id.to_owned()));
        let event = EventPlace {
            at,
            order: OrderId::from_number(10_000_000_042).expect("an id"),
            version: 3,
        };
        let read = read_event_cursor(&event_cursor(&event)).expect("our own cursor");
        assert_eq!(read, event);
        assert!(read_event_cursor(&order_cursor(at, 1)).is_err());
        assert!(read_audit_cursor(&entry_cursor(id)).is_err());
        assert!(read_audit_cursor(&order_cursor(at, 1)).is_err());
        assert!(read_order_cursor("x").is_err());
        assert!(read_order_cursor(&entry_cursor(id)).is_err());
        assert!(read_order_cursor(&seal("9223372036854775807:1")).is_err());
        assert!(read_entry_cursor(&order_cursor(at, 1)).is_err());
    }
}
