//! The subscriptions: `orderUpdated` and `refundUpdated`, for the buyers of orders and for staff.

mod order_update;
mod refund_update;
mod source;

use async_graphql::{Context, ID, Result, Subscription as SubscriptionRoot};

use order_update::OrderUpdate;
use refund_update::RefundUpdate;
pub(crate) use source::{LastCursor, Subscriber};
use source::{Source, Updates, follow};

use crate::kit::context::app;
use crate::kit::error::answered;

/// The subscriptions, which tell of changes as they happen.
#[derive(Default)]
pub(crate) struct Subscription;

/// The subscriptions, which tell of changes as they happen.
#[SubscriptionRoot(rename_args = "snake_case")]
impl Subscription {
    /// Tells of each change of an order, or of many orders. A customer names an own order by `order_id`, a guest by
    /// `token`, staff with the role `viewer` or `warehouse` any order by `order_id`. Without `order_id` and `token`, a
    /// customer follows all own orders, and staff all orders of the token's store views. Without `after`, the newest
    /// change of the order comes at once; of many orders, the changes of the last minute. The rights are looked at again
    /// before each update, and the last update is an error when they have ended.
    async fn order_updated(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The id of the order, for a signed-in customer and for staff; null with `token`, and to follow many orders."
        )]
        order_id: Option<ID>,
        #[graphql(desc = "The `CustomerOrder.token` of a guest's order; null with `order_id`.")]
        token: Option<String>,
        #[graphql(
            desc = "The code of the only store view whose orders are followed; null for all, and with `order_id` or `token`."
        )]
        store_code: Option<String>,
        #[graphql(
            desc = "The cursor of the last update that arrived: all later changes come. Null to begin with the newest."
        )]
        after: Option<ID>,
    ) -> Result<Updates<OrderUpdate>> {
        let source = Source::of(context)?;
        let request = source.request(order_id, token, store_code, after)?;
        let updates = answered(app(context)?.order_updates(request).await)?;
        let updates = updates.map_err(source::ended)?;
        Ok(follow(source, updates))
    }

    /// Tells how far the money is that orders give back: each refund, and each release of a reserved amount. The order is
    /// named as for `orderUpdated`, or left out to follow many. Without `after`, the newest state of each comes at once;
    /// of many orders, the states of the last minute.
    async fn refund_updated(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The id of the order, for a signed-in customer and for staff; null with `token`, and to follow many orders."
        )]
        order_id: Option<ID>,
        #[graphql(desc = "The `CustomerOrder.token` of a guest's order; null with `order_id`.")]
        token: Option<String>,
        #[graphql(
            desc = "The code of the only store view whose orders are followed; null for all, and with `order_id` or `token`."
        )]
        store_code: Option<String>,
        #[graphql(
            desc = "The cursor of the last update that arrived: all later states come. Null to begin with the newest."
        )]
        after: Option<ID>,
    ) -> Result<Updates<RefundUpdate>> {
        let source = Source::of(context)?;
        let request = source.request(order_id, token, store_code, after)?;
        let updates = answered(app(context)?.refund_updates(request).await)?;
        let updates = updates.map_err(source::ended)?;
        Ok(follow(source, updates))
    }
}
