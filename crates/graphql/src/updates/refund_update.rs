//! What `refundUpdated` tells.

use std::sync::Arc;

use async_graphql::{Enum, ID, SimpleObject};
use chrono::SecondsFormat;
use countermand_app::updates::{FollowRefusal, RefundUpdates};
use countermand_app::{Failure, RefundWord};

use super::source::Followed;
use crate::kit::Money;
use crate::types::{CustomerOrder, OrderTender};

/// A new state of money that an order gives back.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct RefundUpdate {
    /// The cursor of this update: `after` goes on after it, in a subscription with the same arguments.
    cursor: ID,
    /// The refund, or the release of a reserved amount, in its new state.
    refund: RefundProgress,
    /// The order as it is when the update is sent.
    order: CustomerOrder,
}

/// How money goes back to the buyer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundKind {
    /// Captured money is paid back.
    Refund,
    /// A reserved amount is released, because it was not captured.
    Void,
}

/// How far money is on its way back to the buyer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "RefundWord")]
pub(crate) enum RefundProgressState {
    /// The shop has decided to give the money back, and it is not there yet.
    OnItsWay,
    /// Something is in the way, and the shop looks into it.
    LookedInto,
    /// Captured money was paid back.
    Refunded,
    /// A reserved amount was released.
    Released,
    /// The shop ended it, and did not give the money back.
    NotRefunded,
}

/// Money that an order gives back, and how far it is.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct RefundProgress {
    /// The id of the refund, the same in all its states.
    id: ID,
    /// Whether money is paid back, or a reserved amount is released.
    kind: RefundKind,
    /// The amount, in the currency of the order.
    amount: Money,
    /// How far the money is, in the words for buyers.
    state: RefundProgressState,
    /// The tender by which the money goes back.
    tender: OrderTender,
    /// The state at the payment provider: `requested`, `pending`, `requires_action`, `succeeded`, `failed` or `canceled`;
    /// null for buyers, and where the shop itself changed the state.
    provider_state: Option<String>,
    /// When the state was learned: RFC 3339, in UTC.
    at: String,
}

impl Followed for RefundUpdate {
    type From = RefundUpdates;

    async fn next(from: &mut RefundUpdates) -> Result<Self, Failure<FollowRefusal>> {
        let update = from.next().await?;
        let kind = if update.is_refund {
            RefundKind::Refund
        } else {
            RefundKind::Void
        };
        Ok(Self {
            cursor: ID(update.cursor),
            refund: RefundProgress {
                id: ID(update.id),
                kind,
                amount: update.amount.into(),
                state: update.word.into(),
                tender: OrderTender::of(&update.order, update.tender),
                provider_state: update.entry.map(|entry| entry.state.shown().code().to_owned()),
                at: update.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            },
            order: CustomerOrder::new(Arc::new(update.order)),
        })
    }

    fn cursor(&self) -> &str {
        &self.cursor
    }
}
