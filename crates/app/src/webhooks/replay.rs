//! Staff sends events again to an endpoint: what its log has, what happened in a time, or what happened to an order.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use countermand_domain::OrderId;
use countermand_domain::event_filter::EventFilter;
use countermand_persistence::AttemptFilter;
pub use countermand_persistence::EventPlace;

use super::endpoint::of_whole_shop;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The most events that one request sends again.
pub const MOST_REPLAYED: usize = 1_000;
/// How many entries of the log are read at once.
const LOG_PAGE: u64 = 500;
/// How often one request reads events of a time. Each read has at most [`MOST_REPLAYED`] events of all kinds, so a
/// request ends soon, even if its endpoint wants few of them.
const MOST_READS: usize = 10;

/// Which events are sent again to an endpoint; exactly one choice.
#[derive(Debug, Clone)]
pub enum Replay {
    /// The event with this id, if the log of the endpoint has it.
    Event(String),
    /// Each event that the endpoint wants and that happened in a range of time, whether it was ever owed or not.
    Range {
        /// The beginning of the range.
        from: DateTime<Utc>,
        /// The end of the range.
        to: DateTime<Utc>,
        /// The place after which this request begins; none for the beginning of the range.
        after: Option<EventPlace>,
    },
    /// Each event that was tried in a range of time and not delivered in it, by the log of the endpoint.
    Failed {
        /// The beginning of the range.
        from: DateTime<Utc>,
        /// The end of the range.
        to: DateTime<Utc>,
    },
    /// Each event of this order, also of the time before the endpoint was made, and of kinds that only a newer version of
    /// the program knows: a worker of that version sends them.
    Order(OrderId),
}

/// What a request sends again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// The number of events.
    pub count: usize,
    /// The place after which the next request goes on with the range; none at its end.
    pub next: Option<EventPlace>,
}

/// Events that are sent again, each by its order and its version, and the place after which more follow.
type Found = (Vec<(OrderId, i64)>, Option<EventPlace>);

impl App {
    /// Sends events again, with the ids that they had. An event that waits for the endpoint is sent once, and at once.
    pub async fn replay_webhooks(
        &self,
        viewer: &Viewer,
        endpoint: &str,
        which: &Replay,
    ) -> Result<Replayed, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::ReplayWebhooks)?;
        if viewer.is_carried_out() {
            let unreadable = AppError::Internal("the result of a replay is unreadable".into());
            return Ok(Replayed::read(viewer.left_result()?).ok_or(unreadable)?);
        }
        let endpoint = self.endpoint_for_staff(endpoint).await?;
        let (events, next) = match which {
            Replay::Event(id) => {
                let filter = AttemptFilter {
                    event: Some(id.clone()),
                    ..AttemptFilter::default()
                };
                (self.logged_events(&endpoint.id, &filter, false).await?, None)
            }
            Replay::Failed { from, to } => {
                let filter = AttemptFilter {
                    from: Some(*from),
                    to: Some(*to),
                    ..AttemptFilter::default()
                };
                (self.logged_events(&endpoint.id, &filter, true).await?, None)
            }
            Replay::Range { from, to, after } => {
                self.events_of_range(&endpoint.filter, *from, *to, *after).await?
            }
            Replay::Order(order) => {
                let versions = self.database().event_versions(*order, 0, most(0)).await?;
                let events = versions.into_iter().map(|version| (*order, version));
                (events.collect(), None)
            }
        };
        // A part of a long range may have no event that the endpoint wants.
        let is_part = next.is_some() || matches!(which, Replay::Range { after: Some(_), .. });
        if events.is_empty() && !is_part {
            let message = "no event of an order is found to be sent again";
            return Err(UserError::about("endpoint_id", UserErrorCode::NotFound, message).into());
        }
        let count = events.len();
        let replayed = Replayed { count, next };
        if !events.is_empty() {
            self.owe_events_again(viewer, &endpoint.id, &events, replayed)
                .await?;
        }
        Ok(replayed)
    }

    /// Owes `events` to `endpoint`, with an entry in the audit log. A repetition is told what was `replayed`.
    async fn owe_events_again(
        &self,
        viewer: &Viewer,
        endpoint: &str,
        events: &[(OrderId, i64)],
        replayed: Replayed,
    ) -> Result<(), Failure<UserError>> {
        self.retry_on_conflict(AppError::ShopContended, || async {
            let owed = events.iter();
            let owed = owed.map(|(order, version)| self.delivery_of(endpoint, *order, *version));
            let owed = owed.collect::<Result<Vec<_>, _>>()?;
            let details = format!("{} events", events.len());
            let operation = StaffOperation::ReplayWebhooks.name();
            let audit = self.trail_of(viewer, operation, endpoint, &details);
            let audit = viewer.leaving(audit, &replayed.written());
            Ok(self.database().owe_again(&owed, &audit).await?)
        })
        .await
    }

    /// The next events of a range that pass `filter`, oldest first. They are read from the history of orders and not
    /// from the log, which has nothing of the time when the endpoint was switched off.
    async fn events_of_range(
        &self,
        filter: &EventFilter,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        after: Option<EventPlace>,
    ) -> Result<Found, AppError> {
        let (mut events, mut place) = (Vec::new(), after);
        for _ in 0..MOST_READS {
            let read = self
                .database()
                .events_of_time(from, to, place, most(events.len()));
            let page = read.await?;
            for event in &page.events {
                place = Some(event.place);
                if event.kind.map_or(filter.passes_all(), |kind| filter.passes(kind)) {
                    events.push((event.place.order, event.place.version));
                }
            }
            if !page.has_more {
                return Ok((events, None));
            }
            if events.len() >= MOST_REPLAYED {
                break;
            }
        }
        Ok((events, place))
    }

    /// The events of orders in the log that pass `filter`; `only_failed` leaves out those that were delivered.
    async fn logged_events(
        &self,
        endpoint: &str,
        filter: &AttemptFilter,
        only_failed: bool,
    ) -> Result<Vec<(OrderId, i64)>, Failure<UserError>> {
        let (mut events, mut delivered) = (BTreeSet::new(), BTreeSet::new());
        let mut after: Option<String> = None;
        loop {
            let read = self
                .database()
                .webhook_attempts(endpoint, filter, after.as_deref(), LOG_PAGE);
            let page = read.await?;
            for attempt in &page.attempts {
                events.extend(attempt.order);
                delivered.extend(attempt.order.filter(|_| attempt.is_delivered));
            }
            after = page.attempts.last().map(|last| last.id.clone());
            if only_failed && !page.has_more {
                events.retain(|event| !delivered.contains(event));
            }
            if events.len() > MOST_REPLAYED && (!page.has_more || !only_failed) {
                let message = format!("these are more than {MOST_REPLAYED} events: choose a shorter range");
                return Err(UserError::about("from", UserErrorCode::Invalid, message).into());
            }
            if !page.has_more {
                return Ok(events.into_iter().collect());
            }
        }
    }
}

impl Replayed {
    /// The values as text, for a repetition of the request.
    fn written(self) -> String {
        let place = self.next.map(|it| {
            let at = it.at.timestamp_micros();
            format!(" {at} {} {}", it.order.number(), it.version)
        });
        format!("{}{}", self.count, place.unwrap_or_default())
    }

    /// What [`written`](Self::written) wrote.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let count = parts.next()?.parse().ok()?;
        let next = match parts.next() {
            None => None,
            Some(at) => Some(EventPlace {
                at: DateTime::from_timestamp_micros(at.parse().ok()?)?,
                order: OrderId::from_number(parts.next()?.parse().ok()?)?,
                version: parts.next()?.parse().ok()?,
            }),
        };
        Some(Self { count, next })
    }
}

/// How many events a request may still send when it has `found` so many.
fn most(found: usize) -> u64 {
    u64::try_from(MOST_REPLAYED.saturating_sub(found)).unwrap_or(u64::MAX)
}
