//! What becomes of the money that an order pays back.

use async_graphql::{Enum, SimpleObject};
use countermand_domain::{MoneyError, Order};

use crate::kit::List;
use crate::kit::money::Money;

/// Whether money that the shop pays back is still on its way or was paid out.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundState {
    /// The shop has decided to pay the money back, and it was not paid out yet.
    OnItsWay,
    /// The money was paid back.
    Refunded,
}

/// Money that the shop pays back, all of it in one state.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct OrderRefund {
    /// The amount, in the currency of the order; more than zero.
    amount: Money,
    /// How far the refund of this amount is.
    state: RefundState,
}

impl OrderRefund {
    /// The money that `order` pays back, at most one entry for each state.
    pub(crate) fn all(order: &Order) -> Result<List<Self>, MoneyError> {
        let progress = order.refund_progress()?;
        let parts = [
            (progress.on_its_way, RefundState::OnItsWay),
            (progress.refunded, RefundState::Refunded),
        ];
        let parts = parts.into_iter().filter(|(amount, _)| amount.is_positive());
        Ok(parts
            .map(|(amount, state)| Self {
                amount: amount.into(),
                state,
            })
            .collect())
    }
}
