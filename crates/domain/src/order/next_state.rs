//! The next state of an order: it follows from what is left to do, and from what is left to pay or to pay back.

use chrono::{DateTime, Utc};

use super::{Order, OrderItem, OrderState, OtherCharge};
use crate::money::{Money, MoneyError, Quantity, RowMoney};

/// What is left to do for an order, and what is left to pay or to pay back. The state of the order follows from this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    /// Units that can be invoiced.
    pub to_invoice: Quantity,
    /// Units that can be shipped.
    pub to_ship: Quantity,
    /// Units that are invoiced and not refunded.
    pub to_refund: Quantity,
    /// Units that are refunded.
    pub refunded: Quantity,
    /// Invoiced money that the buyer has not paid.
    pub unpaid: Money,
    /// Paid money that was not paid back: for items, for the shipping, without an invoice, or a fee that staff kept.
    pub refundable: Money,
    /// Gift cards, store credit and points that invoices used up and no credit memo gave back.
    pub credits: Money,
    /// Money and credits that credit memos gave back.
    pub given_back: Money,
    /// The price of the items, the shipping and the other charges that are invoiced and not refunded.
    pub worth: Money,
}

impl Remaining {
    /// Whether the shop has something left to do.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.to_ship.is_positive() || self.to_invoice.is_positive()
    }

    /// Whether no credit memo can give anything back any more, after at least one gave something back.
    ///
    /// Money decides first: the shipping, money without an invoice and a fee that staff kept can be credited later.
    /// Without money, units that are worth no money can go back, and units that are worth money cannot.
    #[must_use]
    pub fn is_paid_back(&self) -> bool {
        let gave_back = self.refunded.is_positive() || self.given_back.is_positive();
        let owes = self.refundable.is_positive() || self.credits.is_positive() || self.unpaid.is_positive();
        let units_can_go_back = self.to_refund.is_positive() && !self.worth.is_positive();
        gave_back && !owes && !units_can_go_back
    }
}

impl OrderState {
    /// The state after a document. It follows from what is left to do, then from what is left to pay back.
    #[must_use]
    pub fn after_document(left: &Remaining) -> Self {
        if left.has_work() {
            Self::Processing
        } else {
            Self::without_work(left)
        }
    }

    /// The state of an order on which no work is left: closed once all of its money was paid back.
    #[must_use]
    pub fn without_work(left: &Remaining) -> Self {
        if left.is_paid_back() {
            Self::Closed
        } else {
            Self::Complete
        }
    }

    /// The state after a part of an order in this state was canceled: the same one while work is left.
    #[must_use]
    pub fn after_part(self, left: &Remaining) -> Self {
        if left.has_work() {
            self
        } else {
            Self::after_document(left)
        }
    }

    /// The state after all that was left was canceled (`docs/contract.md` section 6.2): closed where all of it was
    /// paid, canceled where some of it was never invoiced or nothing was ever paid.
    #[must_use]
    pub fn after_cancellation(cancels_units: bool, was_paid: bool) -> Self {
        if was_paid && !cancels_units {
            Self::Closed
        } else {
            Self::Canceled
        }
    }
}

impl Order {
    /// Moves the order to `state`, with its default status, unless the order is in this state already.
    pub(crate) fn enter(&mut self, state: OrderState, now: DateTime<Utc>) {
        if self.state != state {
            self.state = state;
            state.default_status().clone_into(&mut self.status);
            self.status_changed_at = now;
        }
    }

    /// What is left to do for the order, and what is left to pay or to pay back.
    ///
    /// Only the items that carry a quantity are asked: Adobe leaves the quantities of the others behind.
    pub fn remaining(&self) -> Result<Remaining, MoneyError> {
        let sum = |of: fn(&OrderItem) -> Quantity| {
            let units = self.counting_items().map(of);
            units.fold(Quantity::ZERO, Quantity::plus)
        };
        let families = self.shipped_by_parts();
        let carriers = self.items.iter().filter(|item| families.carries_shipment(item));
        let to_ship = carriers
            .map(|item| self.to_ship(item))
            .fold(Quantity::ZERO, Quantity::plus);
        let paid = self.totals.paid.unwrap_or(Money::zero(self.currency()));
        Ok(Remaining {
            to_invoice: sum(|item| item.quantities.to_invoice()),
            to_ship,
            to_refund: sum(|item| item.quantities.to_refund()),
            refunded: sum(|item| item.quantities.refunded),
            unpaid: self.totals.invoiced.checked_sub(paid)?,
            refundable: self.refundable()?,
            credits: self.credits_to_return()?,
            given_back: self.totals.refunded.checked_add(self.returned_credits()?)?,
            worth: self.worth_to_refund()?,
        })
    }

    /// The price of the items, the shipping and the other charges that are invoiced and not refunded.
    fn worth_to_refund(&self) -> Result<Money, MoneyError> {
        let rows = self
            .counting_items()
            .map(|item| item.invoiced.checked_sub(item.refunded));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let shipping = self.shipping.invoiced.checked_sub(self.shipping.refunded)?;
        RowMoney::sum(self.currency(), rows)?
            .checked_add(shipping)?
            .payable()?
            .checked_add(self.sum_of_charges(OtherCharge::left_to_refund)?)
    }

    /// Moves the order to the state that follows from its documents. An order on hold stays on hold, and moves to that
    /// state when the hold ends. An order under payment review stays so.
    pub(crate) fn settle_state(&mut self, now: DateTime<Utc>) -> Result<(), MoneyError> {
        let left = self.remaining()?;
        let canceled_at_channel = self.channel.as_ref().and_then(|channel| channel.canceled_at);
        let state = if canceled_at_channel.is_some() {
            // What the channel canceled stays over, although nothing of it is shipped.
            OrderState::without_work(&left)
        } else {
            OrderState::after_document(&left)
        };
        match self.state {
            OrderState::Holded => self.end_hold_in(state),
            OrderState::PaymentReview => {}
            OrderState::New
            | OrderState::PendingPayment
            | OrderState::Processing
            | OrderState::Complete
            | OrderState::Closed
            | OrderState::Canceled => self.enter(state, now),
        }
        Ok(())
    }
}
