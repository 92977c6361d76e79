//! Staff reads what was sent to an endpoint, sends a test event, and sends events again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use countermand_domain::OrderId;
use countermand_persistence::NewObligation;
pub use countermand_persistence::{AttemptFilter, AttemptPage, WebhookAttempt};

use super::endpoint::of_whole_shop;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::{WebhookDelivery, delivery_key};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The most events that one request sends again.
pub const MOST_REPLAYED: usize = 1_000;
/// How many entries of the log are read at once.
const PAGE: u64 = 500;

/// Which events are sent again to an endpoint; exactly one choice.
#[derive(Debug, Clone)]
pub enum Replay {
    /// The event with this id, if the log of the endpoint has it.
    Event(String),
    /// Each event that the log of the endpoint has in a range of time.
    Range {
        /// The beginning of the range.
        from: DateTime<Utc>,
        /// The end of the range.
        to: DateTime<Utc>,
        /// Only events that were not delivered in the range.
        only_failed: bool,
    },
    /// Each event of this order, also of the time before the endpoint was made.
    Order(OrderId),
}

impl App {
    /// A page of what was sent to an endpoint, newest first.
    pub async fn webhook_deliveries(
        &self,
        viewer: &Viewer,
        endpoint: &str,
        filter: &AttemptFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<AttemptPage, AppError> {
        of_whole_shop(viewer, StaffOperation::WebhookDeliveries)?;
        Ok(self
            .database()
            .webhook_attempts(endpoint, filter, after, limit)
            .await?)
    }

    /// Sends a test event to an endpoint; the result is the id of the event, by which the log shows what became of it.
    pub async fn send_test_event(
        &self,
        viewer: &Viewer,
        endpoint: &str,
    ) -> Result<String, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::SendTestEvent)?;
        let endpoint = self.endpoint_for_staff(endpoint).await?;
        let id = self.env().next_id();
        let test = WebhookDelivery {
            endpoint: endpoint.id.clone(),
            version: None,
        };
        let owed = NewObligation {
            unique_key: delivery_key(&endpoint.id, &id.to_string()),
            ..self.owe(&test, id, None, self.now())?
        };
        let audit = self.trail_of(viewer, StaffOperation::SendTestEvent.name(), &endpoint.id, "");
        self.database().insert_audited_obligation(&owed, &audit).await?;
        Ok(id.to_string())
    }

    /// Sends events again, with the ids that they had. The result is their number.
    pub async fn replay_webhooks(
        &self,
        viewer: &Viewer,
        endpoint: &str,
        which: &Replay,
    ) -> Result<usize, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::ReplayWebhooks)?;
        let endpoint = self.endpoint_for_staff(endpoint).await?;
        let events = match which {
            Replay::Event(id) => {
                let filter = AttemptFilter {
                    event: Some(id.clone()),
                    ..AttemptFilter::default()
                };
                self.logged_events(&endpoint.id, &filter, false).await?
            }
            Replay::Range {
                from,
                to,
                only_failed,
            } => {
                let filter = AttemptFilter {
                    from: Some(*from),
                    to: Some(*to),
                    ..AttemptFilter::default()
                };
                self.logged_events(&endpoint.id, &filter, *only_failed).await?
            }
            Replay::Order(order) => {
                let most = u64::try_from(MOST_REPLAYED).unwrap_or(u64::MAX);
                let events = self.database().published_events(*order, 0, most).await?;
                events.into_iter().map(|event| (*order, event.version)).collect()
            }
        };
        if events.is_empty() {
            let message = "no event of an order is found to be sent again";
            return Err(UserError::about("endpoint_id", UserErrorCode::NotFound, message).into());
        }
        let details = format!("{} events", events.len());
        let operation = StaffOperation::ReplayWebhooks.name();
        let audit = self.trail_of(viewer, operation, &endpoint.id, &details);
        let mut owed = Vec::with_capacity(events.len());
        for (order, version) in &events {
            let (id, event) = (self.env().next_id(), delivery(&endpoint.id, *version));
            owed.push(NewObligation {
                unique_key: delivery_key(&endpoint.id, &id.to_string()),
                ..self.owe(&event, id, Some(*order), self.now())?
            });
        }
        self.database().insert_audited_obligations(&owed, &audit).await?;
        Ok(events.len())
    }

    /// The events of orders in the log that pass `filter`; `only_failed` leaves out those that were delivered.
    async fn logged_events(
        &self,
        endpoint: &str,
        filter: &AttemptFilter,
        only_failed: bool,
    ) -> Result<BTreeSet<(OrderId, i64)>, Failure<UserError>> {
        let (mut events, mut delivered) = (BTreeSet::new(), BTreeSet::new());
        let mut after: Option<String> = None;
        loop {
            let read = self
                .database()
                .webhook_attempts(endpoint, filter, after.as_deref(), PAGE);
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
                return Ok(events);
            }
        }
    }
}

fn delivery(endpoint: &str, version: i64) -> WebhookDelivery {
    WebhookDelivery {
        endpoint: endpoint.to_owned(),
        version: Some(version),
    }
}
