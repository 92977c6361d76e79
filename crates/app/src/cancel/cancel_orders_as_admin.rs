//! Staff cancels several orders with one request, or looks first what would become of each.

use std::collections::HashSet;

use countermand_domain::{Cancel, CancellationIntent, Money, OrderId};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::order_command::NoSuchOrder;
use crate::rights::StaffOperation;
use crate::viewer::{Staff, Viewer};

/// The most orders that one request cancels.
pub const MOST_ORDERS_AT_ONCE: usize = 50;

/// The cancellations that staff asks for.
#[derive(Debug, Clone)]
pub struct CancelOrders {
    /// The orders, in the sequence in which they are canceled.
    pub orders: Vec<OrderId>,
    /// Why all of them are canceled.
    pub intent: CancellationIntent,
    /// Whether the buyers are told by mail; none where the store view's setting decides.
    pub notifies_customer: Option<bool>,
    /// Whether the request only tells what would become of each order.
    pub is_dry_run: bool,
}

/// What became of one order, or would.
#[derive(Debug, Clone)]
pub struct OrderOutcome {
    /// The order.
    pub order: OrderId,
    /// The money that flows back, or why the order is not canceled.
    pub outcome: Result<Money, UserError>,
}

impl App {
    /// Cancels each order on its own, by the rule and in the way of
    /// [`cancel_order_as_admin`](Self::cancel_order_as_admin): an order that is refused holds no other one back, and
    /// the audit log has an entry for each canceled order. A dry run decides each order in the same way, and changes
    /// none.
    ///
    /// A request that failed half way can be sent again: the orders that it canceled are refused then.
    pub async fn cancel_orders_as_admin(
        &self,
        viewer: &Viewer,
        command: &CancelOrders,
    ) -> Result<Vec<OrderOutcome>, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::CancelOrdersAsAdmin)?;
        if command.orders.is_empty() || command.orders.len() > MOST_ORDERS_AT_ONCE {
            let message = format!("must name 1 to {MOST_ORDERS_AT_ONCE} orders");
            return Err(UserError::about("order_ids", UserErrorCode::Invalid, message).into());
        }
        let mut known = HashSet::new();
        let mut outcomes = Vec::new();
        for &order in command.orders.iter().filter(|order| known.insert(**order)) {
            let outcome = if command.is_dry_run {
                self.would_cancel(viewer, staff, order, command).await
            } else {
                self.cancel_one(viewer, order, command).await
            };
            let outcome = match outcome {
                Ok(refund) => Ok(refund),
                Err(Failure::Refused(refusal)) => Err(refusal),
                Err(Failure::App(AppError::OrderContended)) => Err(UserError::about(
                    "order_ids",
                    UserErrorCode::InProgress,
                    "other requests change the order at the moment",
                )),
                Err(failure) => return Err(failure),
            };
            outcomes.push(OrderOutcome { order, outcome });
        }
        Ok(outcomes)
    }

    async fn cancel_one(
        &self,
        viewer: &Viewer,
        order: OrderId,
        command: &CancelOrders,
    ) -> Result<Money, Failure<UserError>> {
        let canceled = self
            .cancel_order_as_admin(
                viewer,
                order,
                &command.intent,
                None,
                false,
                command.notifies_customer,
            )
            .await?;
        let memo = canceled.order.credit_memos.last();
        // A credit memo of the cancellation is as new as the order's last change.
        let memo = memo.filter(|memo| memo.created_at == canceled.order.updated_at);
        Ok(memo.map_or(Money::zero(canceled.order.currency()), |memo| memo.grand_total))
    }

    /// The money that would flow back, by the decision that a cancellation makes.
    pub(crate) async fn would_cancel(
        &self,
        viewer: &Viewer,
        staff: &Staff,
        order: OrderId,
        command: &CancelOrders,
    ) -> Result<Money, Failure<UserError>> {
        let loaded = self.order_for(staff, order).await?;
        let loaded = loaded.ok_or_else(|| UserError::from(NoSuchOrder))?;
        let policy = loaded.shop.cancellation_policy(order.store());
        let cancel = Cancel {
            notifies_customer: command.notifies_customer,
            ..command.intent.by(viewer.actor())
        };
        let decided = loaded.order.cancel(&cancel, &policy, self.now());
        let transition = decided.map_err(UserError::from)?;
        let refund = transition.cancellation().map(|facts| facts.refunded_total);
        Ok(refund.unwrap_or(Money::zero(loaded.order.currency())))
    }
}
