//! An order as staff sees it: the fields that its buyer sees, and fields for staff only.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use countermand_app::OrderView;
use countermand_app::orders::find_orders::Trail;
use countermand_domain::{Comment, CustomerGroup, Money as Amount, OrderChannel};
use tokio::sync::OnceCell;

use super::channel_order::ChannelOrder;
use super::cursor::rfc3339;
use super::trail::{OrderReversal, OrderTrailEvent};
use crate::kit::context::{app, viewer};
use crate::kit::error::internal;
use crate::types::CustomerOrder;

/// An order as staff sees it.
pub(crate) struct AdminOrder {
    view: Arc<OrderView>,
    /// The events and reversals of the order: read once, and only if a query selects one of the two.
    trail: OnceCell<Trail>,
}

impl AdminOrder {
    /// The order of `view`.
    pub(crate) fn new(view: OrderView) -> Self {
        Self::of(Arc::new(view))
    }

    /// The order of `view`, which others read too.
    pub(crate) fn of(view: Arc<OrderView>) -> Self {
        Self {
            view,
            trail: OnceCell::new(),
        }
    }

    async fn trail(&self, context: &Context<'_>) -> Result<&Trail> {
        let (app, viewer) = (app(context)?, viewer(context)?);
        let read = || app.order_trail(viewer, self.view.order.id);
        self.trail.get_or_try_init(read).await.map_err(internal)
    }
}

/// An order as staff sees it: the fields that its buyer sees, and fields for staff only.
#[Object(rename_fields = "snake_case")]
impl AdminOrder {
    /// The order with the fields that its buyer sees.
    async fn order(&self) -> CustomerOrder {
        CustomerOrder::new(Arc::clone(&self.view))
    }

    /// The code of the store view in which the order was placed.
    async fn store_code(&self) -> &str {
        // The store view always exists, because store views are never removed.
        self.view.store().map_or("", |store| &store.code)
    }

    /// The order of a sales channel from which the order was imported; null for an order of the shop's own.
    async fn sales_channel(&self) -> Option<OrderSalesChannel> {
        self.view.order.channel.clone().map(OrderSalesChannel)
    }

    /// The state of the order: `new`, `pending_payment`, `processing`, `payment_review`, `holded`, `complete`,
    /// `closed` or `canceled`.
    async fn state(&self) -> &'static str {
        self.view.order.state.code()
    }

    /// The merchant's status code of the order, such as `pending`. `CustomerOrder.status` shows its label.
    async fn status_code(&self) -> &str {
        &self.view.order.status
    }

    /// The version of the order: 1 after the import, and one more after each change.
    async fn version(&self) -> i32 {
        i32::try_from(self.view.order.version).unwrap_or(i32::MAX)
    }

    /// The id (`entity_id`) of the order in the shop that it was imported from, as a decimal number; null when the
    /// imported order had none.
    async fn external_id(&self) -> Option<String> {
        self.view.order.external_id.map(|id| id.to_string())
    }

    /// The customer group (`customer_group_id`) that the buyer was in when the order was placed, as its number in the
    /// shop that the order was imported from: 0 for guests. Null when the order did not tell it, or the buyer was
    /// erased.
    async fn customer_group(&self) -> Option<i32> {
        self.view.order.customer.group.map(CustomerGroup::number)
    }

    /// The code of the payment method, such as `checkmo`.
    async fn payment_method(&self) -> &str {
        &self.view.order.payment.method
    }

    /// All comments on the order, oldest first, including those that the buyer does not see.
    async fn comments(&self) -> Vec<AdminComment> {
        self.view.order.comments.iter().map(AdminComment::from).collect()
    }

    /// The amounts of money that must go back to the buyer, oldest first.
    async fn reversals(&self, context: &Context<'_>) -> Result<Vec<OrderReversal>> {
        let currency = self.view.order.currency();
        let reversals = self.trail(context).await?.reversals.iter();
        reversals
            .map(|it| OrderReversal::new(it, Amount::new(it.amount, currency)).map_err(internal))
            .collect()
    }

    /// The changes of the order, oldest first; each version has one event.
    async fn events(&self, context: &Context<'_>) -> Result<Vec<OrderTrailEvent>> {
        Ok(self
            .trail(context)
            .await?
            .events
            .iter()
            .map(OrderTrailEvent::from)
            .collect())
    }
}

/// A line of an order's history: what happened, and whether the buyer sees it.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AdminComment {
    /// The text of the comment. Text that a person typed is HTML-escaped.
    message: String,
    /// The status code that the order had when the comment was written.
    status: String,
    /// Whether the buyer sees the comment.
    visible_on_front: bool,
    /// Whether the buyer was notified of the comment; null when this is not known.
    customer_notified: Option<bool>,
    /// The time at which the comment was written: RFC 3339, in UTC.
    created_at: String,
}

impl From<&Comment> for AdminComment {
    fn from(comment: &Comment) -> Self {
        Self {
            message: comment.text.clone(),
            status: comment.status.clone(),
            visible_on_front: comment.visible_on_front,
            customer_notified: comment.customer_notified,
            created_at: rfc3339(comment.created_at),
        }
    }
}

/// The order of a sales channel from which an order was imported. The channel decides whether it is canceled.
pub(crate) struct OrderSalesChannel(OrderChannel);

/// The order of a sales channel from which an order was imported. The channel decides whether it is canceled.
#[Object(rename_fields = "snake_case")]
impl OrderSalesChannel {
    /// The `SalesChannel.name` of the channel.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The `ChannelOrder.number` of the order at the channel.
    async fn order_number(&self) -> &str {
        self.0.number.as_str()
    }

    /// The time at which the shop learned that the channel has canceled the order: RFC 3339, in UTC. Null before.
    async fn canceled_at(&self) -> Option<String> {
        self.0.canceled_at.map(rfc3339)
    }

    /// The order as the channel showed it last, with its status and its item ids there. Null when the channel has not
    /// shown it, or when the token is for one store view.
    async fn channel_order(&self, context: &Context<'_>) -> Result<Option<ChannelOrder>> {
        let record = app(context)?.order_at_channel(viewer(context)?, &self.0).await;
        Ok(record.map_err(internal)?.map(ChannelOrder::new))
    }
}
