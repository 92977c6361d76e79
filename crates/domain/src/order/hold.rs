//! Holds: staff stops an order, and lets it go on where it was.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::order::{Order, OrderState};

/// Why an order was not held or released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HoldRefusal {
    /// Only an order that still moves can be held.
    #[error("an order in state `{0}` cannot be held")]
    CannotHold(OrderState),
    /// It is not on hold.
    #[error("an order in state `{0}` is not on hold")]
    NotHeld(OrderState),
}

impl Order {
    /// The order on hold.
    pub fn hold(&self, now: DateTime<Utc>) -> Result<Self, HoldRefusal> {
        match self.state {
            OrderState::New | OrderState::PendingPayment | OrderState::Processing => {
                let mut order = self.clone();
                order.held_from = Some((self.state, self.status.clone()));
                order.enter(OrderState::Holded, now);
                order.touched(now);
                Ok(order)
            }
            OrderState::PaymentReview
            | OrderState::Holded
            | OrderState::Complete
            | OrderState::Closed
            | OrderState::Canceled => Err(HoldRefusal::CannotHold(self.state)),
        }
    }

    /// The order where it was before the hold.
    pub fn unhold(&self, now: DateTime<Utc>) -> Result<Self, HoldRefusal> {
        if self.state != OrderState::Holded {
            return Err(HoldRefusal::NotHeld(self.state));
        }
        let mut order = self.clone();
        let (state, status) = order.held_from.take().unwrap_or_else(|| self.state_before_hold());
        order.enter(state, now);
        order.status = status;
        order.touched(now);
        Ok(order)
    }

    /// An imported order may be on hold without saying where it was.
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
