//! A caller is told of each change of an order, or of many orders, from a cursor on.

use std::collections::VecDeque;

use countermand_domain::{EventData, OrderId, SettledMatter};
use countermand_persistence::{FeedChange, FeedEntry, PublishedEvent};

use super::follow_rights::{
    FollowFailure, FollowRefusal, FollowRequest, FollowedOrder, Follower, is_away, is_corrupt,
};
use super::many_orders::{ManyOrders, cursor_of};
use crate::App;
use crate::orders::order_view::OrderView;

/// The most events that are read at once.
const PAGE: u64 = 50;

/// A change of an order.
#[derive(Debug, Clone)]
pub struct OrderUpdate {
    /// The cursor after which the next update comes.
    pub cursor: String,
    /// The event.
    pub event: PublishedEvent,
    /// The order as it is when the update is sent, which may be newer than the event.
    pub order: OrderView,
}

/// The changes of one order or of many, one after the other.
pub struct OrderUpdates(Changes);

enum Changes {
    OfOne(Box<ChangesOfOne>),
    OfMany(Box<ManyOrders>),
}

/// The changes of one order.
struct ChangesOfOne {
    follower: Follower,
    order: OrderId,
    /// The version of the last event that was looked at.
    version: i64,
    /// The cursor of the last update, or else that of the request; none once the follower said that it goes on with it.
    cursor: Option<String>,
    /// Events that were read and not sent yet.
    read: VecDeque<PublishedEvent>,
}

impl App {
    /// Begins to tell of the changes of an order after the cursor of `request`; without a cursor, the newest event comes
    /// first. The cursor is the id of an event. Of many orders it is a time, and without a cursor the changes of the last
    /// minute come first.
    pub async fn order_updates(&self, request: FollowRequest) -> Result<OrderUpdates, FollowFailure> {
        if let FollowedOrder::All { .. } = request.order {
            let follower = ManyOrders::begin(self, request).await?;
            return Ok(OrderUpdates(Changes::OfMany(Box::new(follower))));
        }
        let (follower, view) = Follower::begin(self, request).await?;
        let order = view.order.id;
        let cursor = follower.after().map(str::to_owned);
        let version = match follower.after() {
            None => view.order.version - 1,
            Some(id) => {
                let version = self.database().version_of_event(order, id).await?;
                version.ok_or(FollowRefusal::CursorUnknown)?
            }
        };
        Ok(OrderUpdates(Changes::OfOne(Box::new(ChangesOfOne {
            follower,
            order,
            version,
            cursor,
            read: VecDeque::new(),
        }))))
    }
}

impl OrderUpdates {
    /// The next change, as soon as there is one. After an error there are no more.
    pub async fn next(&mut self) -> Result<OrderUpdate, FollowFailure> {
        loop {
            let sent = match &mut self.0 {
                Changes::OfOne(changes) => changes.sent_next().await,
                Changes::OfMany(follower) => sent_next_of_many(follower).await,
            };
            match sent {
                Ok(Some(update)) => return Ok(update),
                Ok(None) => {}
                Err(failure) if is_away(&failure).await => {}
                Err(failure) => return Err(failure),
            }
        }
    }
}

impl ChangesOfOne {
    /// One step: an event is sent or left out, or events are read, or a change is awaited.
    ///
    /// Versions of an order count without a gap, and a version is written only over the one before it, so a reader that
    /// goes on after a version misses none, whichever transaction commits first.
    async fn sent_next(&mut self) -> Result<Option<OrderUpdate>, FollowFailure> {
        let Some(event) = self.read.front() else {
            if let Some(cursor) = self.cursor.take() {
                self.follower.goes_on_after(cursor);
            }
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
        let told = event.and_then(|event| update(event.id.clone(), event, order));
        if let Some(told) = &told {
            self.cursor = Some(told.cursor.clone());
        }
        Ok(told)
    }
}

/// One step: the next change of one of many orders is awaited, and sent or left out.
async fn sent_next_of_many(follower: &mut ManyOrders) -> Result<Option<OrderUpdate>, FollowFailure> {
    let entry = follower.entry().await?;
    let sent = match update_of(follower, &entry).await {
        Err(failure) if is_corrupt(&failure, entry.order) => None,
        sent => sent?,
    };
    follower.told();
    Ok(sent)
}

/// The update that tells of `entry`; none where there is none for the caller.
async fn update_of(
    follower: &mut ManyOrders,
    entry: &FeedEntry,
) -> Result<Option<OrderUpdate>, FollowFailure> {
    let FeedChange::Version(version) = entry.change else {
        return Ok(None);
    };
    let database = follower.app().database();
    let events = database.published_events(entry.order, version - 1, 1).await?;
    let order = follower.view(entry.order).await?;
    let shown = events.into_iter().next().zip(order);
    Ok(shown.and_then(|(event, order)| update(cursor_of(entry.at), event, order)))
}

/// The update of `event`; none where a buyer is not told of it.
fn update(cursor: String, event: PublishedEvent, order: OrderView) -> Option<OrderUpdate> {
    let is_told = !order.actor.is_buyer() || concerns_buyer(&event);
    is_told.then_some(OrderUpdate { cursor, event, order })
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
            | EventData::CreditDue(_)
            | EventData::ReversalFailed(_),
        ) => false,
        _ => true,
    }
}
