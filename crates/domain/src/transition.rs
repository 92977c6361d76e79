//! The type of every change of an order: a decision as a value, which changes no data until it is stored.

use crate::cancellation::{Cancellation, GuestKeyChange, RequestStatus};
use crate::effect::{Effect, Notice};
use crate::event::{EventData, OrderEvent};
use crate::order::Order;

/// A decided change of one order. No data is changed until persistence applies the transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The order after the change. Its version is one more than the version that the decision was made on.
    pub after: Order,
    /// The event: what happened, by whom and when.
    pub event: OrderEvent,
    /// The effects that are owed outside the order.
    pub effects: Vec<Effect>,
    /// The change of the guest's confirmation key; none when the key stays as it is.
    pub guest_key: Option<GuestKeyChange>,
}

impl Transition {
    /// Completes a change: raises the version, stamps the time, and adds the history lines that the event leaves.
    ///
    /// `after` is the order in which all facts of the event are booked.
    pub(crate) fn new(mut after: Order, event: OrderEvent) -> Self {
        after.version += 1;
        after.updated_at = event.at;
        after.settle_fulfilment();
        let history = event.history(&after);
        after.comments.extend(history);
        let mut effects = Vec::new();
        if let Some(status) = after.end_request_without_rest(&event) {
            let lines = event.request_lines(status, &after);
            after.comments.extend(lines);
            if status == RequestStatus::TooLate && !after.is_erased() {
                effects.push(Effect::Notify(Notice::RequestTooLate));
            }
        }
        Self {
            after,
            event,
            effects,
            guest_key: None,
        }
    }

    /// The same change, which also owes `effects`.
    pub(crate) fn owing(mut self, effects: Vec<Effect>) -> Self {
        self.effects.extend(effects);
        self
    }

    /// The version of the order that the decision was made on: the guard of the write.
    #[must_use]
    pub fn expected_version(&self) -> i64 {
        self.after.version - 1
    }

    /// The facts of the cancellation; none when the change is something else.
    #[must_use]
    pub fn cancellation(&self) -> Option<&Cancellation> {
        match &self.event.data {
            EventData::Canceled(cancellation) => Some(cancellation),
            EventData::Imported
            | EventData::Updated
            | EventData::CancellationKeyRequested { .. }
            | EventData::CancellationRequested(_)
            | EventData::CancellationRequestEnded(_)
            | EventData::CancellationRequestEscalated { .. }
            | EventData::Invoiced { .. }
            | EventData::InvoicesPaid { .. }
            | EventData::InvoicesCanceled { .. }
            | EventData::FulfilmentStarted { .. }
            | EventData::FulfilmentReleased { .. }
            | EventData::DeliveryRecorded { .. }
            | EventData::CanceledAtChannel { .. }
            | EventData::SubscriptionEnded(_)
            | EventData::SubscriptionResumed { .. }
            | EventData::Shipped { .. }
            | EventData::CreditMemoCreated { .. }
            | EventData::Held { .. }
            | EventData::Unheld { .. }
            | EventData::Settled(_)
            | EventData::CreditDue(_)
            | EventData::ReversalFailed(_)
            | EventData::ChangedUpstream(_)
            | EventData::NoteAdded { .. }
            | EventData::BuyerErased => None,
        }
    }
}
