//! A caller is told of each change of an order, from a cursor on.

use std::collections::VecDeque;

use countermand_domain::{EventData, OrderId, SettledMatter};
use countermand_persistence::PublishedEvent;

use super::follower::{FollowFailure, FollowRefusal, FollowRequest, Follower, is_away};
use crate::App;
use crate::orders::order_view::OrderView;

/// The most events that are read at once.
const PAGE: u64 = 50;

/// A change of an order.
#[derive(Debug, Clone)]
pub struct OrderUpdate {
    /// The event; its id is the cursor.
    pub event: PublishedEvent,
    /// The order as it is when the update is sent, which may be newer than the event.
    pub order: OrderView,
}

/// The changes of one order, one after the other.
pub struct OrderUpdates {
    follower: Follower,
    order: OrderId,
    /// The version of the last event that was looked at.
    version: i64,
    /// Events that were read and not sent yet.
    read: VecDeque<PublishedEvent>,
}

impl App {
    /// Begins to tell of the changes of an order after the cursor of `request`; without a cursor, the newest event comes
    /// first. The cursor is the id of an event.
    pub async fn order_updates(&self, request: FollowRequest) -> Result<OrderUpdates, FollowFailure> {
        let (follower, view) = Follower::begin(self, request).await?;
        let order = view.order.id;
        let version = match follower.after() {
            None => view.order.version - 1,
            Some(id) => {
                let version = self.database().version_of_event(order, id).await?;
                version.ok_or(FollowRefusal::CursorUnknown)?
            }
        };
        Ok(OrderUpdates {
            follower,
            order,
            version,
            read: VecDeque::new(),
        })
    }
}

impl OrderUpdates {
    /// The next change, as soon as there is one. After an error there are no more.
    ///
    /// Versions of an order count without a gap, and a version is written only over the one before it, so a reader that
    /// goes on after a version misses none, whichever transaction commits first.
    pub async fn next(&mut self) -> Result<OrderUpdate, FollowFailure> {
        loop {
            match self.sent_next().await {
                Ok(Some(update)) => return Ok(update),
                Ok(None) => {}
                Err(failure) if is_away(&failure).await => {}
                Err(failure) => return Err(failure),
            }
        }
    }

    /// One step: an event is sent or left out, or events are read, or a change is awaited.
    async fn sent_next(&mut self) -> Result<Option<OrderUpdate>, FollowFailure> {
        let Some(event) = self.read.front() else {
            let database = self.follower.app().database();
            let read = database.published_events(self.order, self.version, PAGE).await?;
            if read.is_empty() {
                self.follower.changed().await?;
            }
            self.read = read.into();
            return Ok(None);
        };
        let version = event.version;
        let order = self.follower.view().await?;
        let event = self.read.pop_front();
        self.version = version;
        let told = event.filter(|event| !order.actor.is_buyer() || concerns_buyer(event));
        Ok(told.map(|event| OrderUpdate { event, order }))
    }
}

/// Whether a buyer is told of `event`. A buyer is not told of what staff does among themselves.
fn concerns_buyer(event: &PublishedEvent) -> bool {
    match &event.data {
        Some(EventData::NoteAdded { is_for_buyer }) => *is_for_buyer,
        Some(EventData::Settled(settled)) => !matches!(
            settled.matter,
            SettledMatter::UpstreamChange | SettledMatter::PaymentProblem
        ),
        Some(
            EventData::CancellationRequestEscalated { .. }
            | EventData::ChangedUpstream(_)
            | EventData::CreditDue(_),
        ) => false,
        _ => true,
    }
}
