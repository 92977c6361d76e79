//! What becomes of the money that an order pays back.

use async_graphql::{Context, Enum, Result, SimpleObject};
use countermand_app::{OrderView, RefundWord};

use super::tender::OrderTender;
use crate::kit::List;
use crate::kit::context::app;
use crate::kit::error::internal;
use crate::kit::money::Money;

/// Whether money that the shop pays back is still on its way, is looked into, was paid out, or does not come.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundState {
    /// The shop has decided to pay the money back, and it was not paid out yet.
    OnItsWay,
    /// The payment provider did not pay the money back, or needs something first, and the shop looks into it. The money
    /// is still owed: the next state is `ON_ITS_WAY` when the shop tries again, `REFUNDED`, or `NOT_REFUNDED`.
    LookedInto,
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
    pub(crate) async fn all(context: &Context<'_>, view: &OrderView) -> Result<List<Self>> {
        let refunds = app(context)?.order_refunds(view).await.map_err(internal)?;
        let entry = |it: countermand_app::OrderRefund| Self {
            amount: it.amount.into(),
            state: it.word.into(),
            tender: OrderTender::of(view, it.tender),
        };
        Ok(refunds.into_iter().map(entry).collect())
    }
}

impl From<RefundWord> for RefundState {
    fn from(word: RefundWord) -> Self {
        match word {
            RefundWord::OnItsWay => Self::OnItsWay,
            RefundWord::LookedInto => Self::LookedInto,
            // A released amount was never taken, so no refund of an order has this word.
            RefundWord::Refunded | RefundWord::Released => Self::Refunded,
            RefundWord::NotRefunded => Self::NotRefunded,
        }
    }
}
