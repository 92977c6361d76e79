//! The sales channel that an order came from. The channel decides whether such an order is canceled.

use chrono::{DateTime, Utc};

use crate::channel::ChannelOrderNumber;
use crate::event::{EventData, OrderEvent};
use crate::order::{Actor, Order, OrderState};
use crate::transition::Transition;

/// The largest number of characters in the name of a sales channel.
pub const LONGEST_CHANNEL_NAME: usize = 32;

/// The word of the rules of a policy for orders of no channel, which is the name of no channel.
pub const NO_CHANNEL: &str = "none";

/// The order of a sales channel from which an order was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderChannel {
    /// The name of the channel in the configuration.
    pub name: String,
    /// The channel's number of the order.
    pub number: ChannelOrderNumber,
    /// When the channel had canceled the order; none while it has not.
    pub canceled_at: Option<DateTime<Utc>>,
}

impl Order {
    /// Whether it is booked that the order's sales channel canceled it.
    #[must_use]
    pub fn is_canceled_at_channel(&self) -> bool {
        self.channel.as_ref().is_some_and(|it| it.canceled_at.is_some())
    }

    /// Completes the order, because its sales channel canceled it. Quantities and money stay as they are: the channel
    /// moves the money and tells the buyer. None where the order came from no channel, where this is booked already, or
    /// where the order is over or has a shipment. `reason` is what the history says about it.
    #[must_use]
    pub fn complete_as_canceled_at_channel(
        &self,
        reason: Option<String>,
        now: DateTime<Utc>,
    ) -> Option<Transition> {
        let channel = self.channel.as_ref()?;
        if channel.canceled_at.is_some() || self.state.is_history() || self.has_shipment() {
            return None;
        }
        let mut after = self.clone();
        let marked = OrderChannel {
            canceled_at: Some(now),
            ..channel.clone()
        };
        after.held_from = None;
        after.enter(OrderState::Complete, now);
        let event = OrderEvent {
            actor: Actor::System,
            at: now,
            data: EventData::CanceledAtChannel {
                channel: marked.name.clone(),
                number: marked.number.as_str().into(),
                reason,
            },
        };
        after.channel = Some(marked);
        Some(Transition::new(after, event))
    }
}
