//! An order as staff sees it: the buyer's view, and what buyers do not see.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use countermand_app::OrderView;
use countermand_app::find_orders::Trail;
use countermand_domain::{Comment, Money as Amount};
use tokio::sync::OnceCell;

use super::cursor::rfc3339;
use super::trail::{OrderReversal, OrderTrailEvent};
use crate::context::{app, viewer};
use crate::error::internal;
use crate::types::CustomerOrder;

/// An order for staff.
pub(crate) struct AdminOrder {
    view: Arc<OrderView>,
    /// Read once, and only if something of it is selected.
    trail: OnceCell<Trail>,
}

impl AdminOrder {
    /// Over what a use case gave.
    pub(crate) fn new(view: OrderView) -> Self {
        Self {
            view: Arc::new(view),
            trail: OnceCell::new(),
        }
    }

    async fn trail(&self, context: &Context<'_>) -> Result<&Trail> {
        let (app, viewer) = (app(context)?, viewer(context)?);
        let read = || app.order_trail(viewer, self.view.order.id);
        self.trail.get_or_try_init(read).await.map_err(internal)
    }
}

#[Object(rename_fields = "snake_case")]
impl AdminOrder {
    /// As the buyer sees it.
    async fn order(&self) -> CustomerOrder {
        CustomerOrder::new(Arc::clone(&self.view))
    }

    /// The store view it was placed in.
    async fn store_code(&self) -> &str {
        // Store views are never removed, so there is one.
        self.view.store().map_or("", |store| &store.code)
    }

    /// The machine's state: `processing`.
    async fn state(&self) -> &'static str {
        self.view.order.state.code()
    }

    /// The merchant's code for it.
    async fn status_code(&self) -> &str {
        &self.view.order.status
    }

    /// Raised by every change.
    async fn version(&self) -> i32 {
        i32::try_from(self.view.order.version).unwrap_or(i32::MAX)
    }

    /// The id in the shop that the order came from.
    async fn external_id(&self) -> Option<String> {
        self.view.order.external_id.map(|id| id.to_string())
    }

    /// The payment method's code: `checkmo`.
    async fn payment_method(&self) -> &str {
        &self.view.order.payment.method
    }

    /// The whole history, oldest first, what buyers do not see included.
    async fn comments(&self) -> Vec<AdminComment> {
        self.view.order.comments.iter().map(AdminComment::from).collect()
    }

    /// Money owed back.
    async fn reversals(&self, context: &Context<'_>) -> Result<Vec<OrderReversal>> {
        let currency = self.view.order.currency();
        let reversals = self.trail(context).await?.reversals.iter();
        reversals
            .map(|it| OrderReversal::new(it, Amount::new(it.amount, currency)).map_err(internal))
            .collect()
    }

    /// What happened to it, oldest first.
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

/// A line of an order's history.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AdminComment {
    /// The text; what a person typed is HTML-escaped.
    message: String,
    /// The order's status code after it.
    status: String,
    /// Whether buyers see it.
    visible_on_front: bool,
    /// Whether the buyer was told; null where nobody decided.
    customer_notified: Option<bool>,
    /// RFC 3339, UTC.
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
