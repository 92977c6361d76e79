//! Holds: staff puts an order on hold, or takes an order off hold.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::event::{EventData, OrderEvent};
use crate::order::{Actor, Command, Order, OrderState};
use crate::transition::Transition;

/// Why an order was not held or released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HoldRefusal {
    /// The order is in a state that cannot be held.
    #[error("an order in state `{0}` cannot be held")]
    CannotHold(OrderState),
    /// The order is not on hold.
    #[error("an order in state `{0}` is not on hold")]
    NotHeld(OrderState),
}

impl Order {
    /// Puts the order on hold.
    pub fn hold(&self, actor: &Actor, now: DateTime<Utc>) -> Result<Transition, HoldRefusal> {
        if !self.state.allows(Command::Hold) {
            return Err(HoldRefusal::CannotHold(self.state));
        }
        let mut after = self.clone();
        after.held_from = Some((self.state, self.status.clone()));
        after.enter(OrderState::Holded, now);
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::Held { from: self.state },
        };
        Ok(Transition::new(after, event))
    }

    /// Takes the order off hold. The order returns to the state before the hold, or to the one that follows from an
    /// invoice that was paid during the hold. A review of the payment that the hold interrupted goes on.
    pub fn unhold(&self, actor: &Actor, now: DateTime<Utc>) -> Result<Transition, HoldRefusal> {
        if !self.state.allows(Command::Unhold) {
            return Err(HoldRefusal::NotHeld(self.state));
        }
        let mut after = self.clone();
        let (state, status) = after.held_from.take().unwrap_or_else(|| self.state_before_hold());
        after.enter(state, now);
        after.status = status;
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::Unheld { to: state },
        };
        Ok(Transition::new(after, event))
    }

    /// Sets the state in which the hold will end. The status is kept if the state is the one before the hold. A review
    /// of the payment goes on after the hold.
    pub(crate) fn end_hold_in(&mut self, state: OrderState) {
        let before = self.held_from.take().unwrap_or_else(|| self.state_before_hold());
        self.held_from = Some(if before.0 == state || before.0 == OrderState::PaymentReview {
            before
        } else {
            (state, state.default_status().to_owned())
        });
    }

    /// The state before the hold, which an imported order may lack.
    fn state_before_hold(&self) -> (OrderState, String) {
        let touched = self
            .items
            .iter()
            .any(|item| item.quantities.invoiced.is_positive());
        let state = if touched || self.has_shipment() {
            OrderState::Processing
        } else {
            OrderState::New
        };
        (state, state.default_status().to_owned())
    }
}
