//! What becomes of the money that an order pays back.

use async_graphql::{Enum, SimpleObject};
use countermand_app::OrderView;
use countermand_domain::MoneyError;

use super::tender::OrderTender;
use crate::kit::List;
use crate::kit::money::Money;

/// Whether money that the shop pays back is still on its way, was paid out, or does not come.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundState {
    /// The shop has decided to pay the money back, and it was not paid out yet.
    OnItsWay,
    /// The money was paid back.
    Refunded,
    /// The shop had decided to pay the money back, and ended the refund: the money does not come.
    NotRefunded,
}

/// Money that the shop pays back by one tender, all of it in one state.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct OrderRefund {
    /// The amount, in the currency of the order; more than zero.
    amount: Money,
    /// How far the refund of this amount is.
    state: RefundState,
    /// Tender by which the money goes back.
    tender: OrderTender,
}

impl OrderRefund {
    /// The money that an order pays back, at most one entry for each tender and state.
    pub(crate) fn all(view: &OrderView) -> Result<List<Self>, MoneyError> {
        let (order, payment) = (&view.order, &view.order.payment);
        let mut entries = Vec::new();
        for position in 0..payment.tender_count() {
            let progress = if payment.tender_count() == 1 {
                order.refund_progress()?
            } else {
                payment.refund_progress_of(position, order.currency())?
            };
            let parts = [
                (progress.on_its_way, RefundState::OnItsWay),
                (progress.refunded, RefundState::Refunded),
                (progress.not_refunded, RefundState::NotRefunded),
            ];
            let parts = parts.into_iter().filter(|(amount, _)| amount.is_positive());
            entries.extend(parts.map(|(amount, state)| Self {
                amount: amount.into(),
                state,
                tender: OrderTender::of(view, position),
            }));
        }
        Ok(entries.into())
    }
}
