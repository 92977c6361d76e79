//! `cancelOrdersAsAdmin`: staff cancels several orders with one request, or looks first what would become of each.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::cancel::cancel_orders_as_admin::{CancelOrders, OrderOutcome};
use countermand_domain::CancellationIntent;

use super::order_input::order_id;
use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::id::of_order;
use crate::kit::money::Money;

/// Staff's mutation of several orders.
#[derive(Default)]
pub(crate) struct AdminCancelOrdersMutation;

#[Object]
impl AdminCancelOrdersMutation {
    /// Cancels up to 50 orders, each on its own by the same rules that apply to its buyer: an order that is refused
    /// holds no other one back. A request that failed half way can be sent again. The caller needs the role `support`;
    /// orders of store views that the token is not for are not found.
    async fn cancel_orders_as_admin(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The orders to cancel, the reason, and whether it is only a dry run.")]
        input: CancelOrdersAsAdminInput,
    ) -> Result<CancelOrdersPayload> {
        let viewer = staff(context)?;
        let is_dry_run = input.dry_run.unwrap_or(false);
        let outcome = match input.read() {
            Ok(command) => app(context)?.cancel_orders_as_admin(viewer, &command).await,
            Err(refusal) => Err(refusal.into()),
        };
        let (results, user_errors) = done_or_user_errors(outcome)?;
        let result = |it| OrderCancellationResult::of(it, is_dry_run);
        Ok(CancelOrdersPayload {
            results: results.map(|it| it.into_iter().map(result).collect()),
            user_errors,
        })
    }
}

/// The orders to cancel, and the reason for all of them.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancelOrdersAsAdminInput {
    /// The `CustomerOrder.id` of each order, or the decimal number that this id encodes: 1 to 50 orders, in the
    /// sequence in which they are canceled. An order that is named twice is canceled once.
    order_ids: Vec<ID>,
    /// The reason for the cancellations: the description or the code of a reason that the store view of each order
    /// offers to staff.
    reason: String,
    /// A comment for all cancellations, at most 2,000 characters without HTML, which the buyers see in the history of
    /// their orders; null for none.
    comment: Option<String>,
    /// Whether the buyers are told by mail; null means that the setting of each order's store view decides.
    notify_customer: Option<bool>,
    /// Whether the request changes no order, and tells what would become of each. The default is false.
    #[graphql(default_with = "Some(false)")]
    dry_run: Option<bool>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The result of `cancelOrdersAsAdmin`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancelOrdersPayload {
    /// What became of each order, in the sequence of the input; null when the whole request was refused.
    results: Option<Vec<OrderCancellationResult>>,
    /// The reasons why the whole request was refused; empty when each order was looked at.
    user_errors: Vec<UserError>,
}

/// What became of one order, or what would become of it.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderCancellationResult {
    /// The `CustomerOrder.id` of the order.
    order_id: ID,
    /// Whether the order is canceled by this request; false in a dry run and for a refused order.
    canceled: bool,
    /// The money that comes back, or would come back in a dry run, in the order's currency; null for a refused order.
    refund_total: Option<Money>,
    /// The reason why the order is not canceled; null when it is, or would be in a dry run.
    refusal: Option<UserError>,
}

impl OrderCancellationResult {
    pub(super) fn of(result: OrderOutcome, is_dry_run: bool) -> Self {
        let (refund, refusal) = match result.outcome {
            Ok(refund) => (Some(refund), None),
            Err(refusal) => (None, Some(refusal.into())),
        };
        Self {
            order_id: of_order(result.order),
            canceled: refund.is_some() && !is_dry_run,
            refund_total: refund.map(Into::into),
            refusal,
        }
    }
}

impl CancelOrdersAsAdminInput {
    fn read(self) -> std::result::Result<CancelOrders, countermand_app::UserError> {
        let orders = self.order_ids.iter().map(|id| order_id("order_ids", id));
        Ok(CancelOrders {
            orders: orders.collect::<std::result::Result<_, _>>()?,
            intent: CancellationIntent {
                comment: self.comment,
                ..CancellationIntent::all(&self.reason)
            },
            notifies_customer: self.notify_customer,
            is_dry_run: self.dry_run.unwrap_or(false),
        })
    }
}
