//! Canceling a whole order: the plan is a value, and changes nothing until it is applied.

use chrono::{DateTime, Utc};

use crate::cancellation::{CancellationPolicy, CancellationRefusal};
use crate::event::{EventKind, OrderEvent};
use crate::id::OrderId;
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::comment::escape_html;
use crate::order::{Actor, Comment, CreditMemo, Order, OrderState, refund_comment};
use crate::payment::Reversal;

/// What a buyer or staff asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelRequest {
    /// Who asks.
    pub actor: Actor,
    /// The reason exactly as sent: a description of the store's list, or a code.
    pub reason: String,
}

/// Everything a cancellation changes: persistence applies it whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The order.
    pub order: OrderId,
    /// The version the plan was made for.
    pub expected_version: i64,
    /// The stable code of the reason.
    pub reason_code: String,
    /// The reason as it was sent.
    pub reason: String,
    /// Row by row.
    pub items: Vec<CanceledItem>,
    /// Shipping that will never be billed.
    pub shipping_canceled: RowMoney,
    /// Money that will never be billed.
    pub canceled_total: Money,
    /// Where the order goes.
    pub next_state: OrderState,
    /// The document of what is refunded; none when nothing was paid.
    pub credit_memo: Option<CreditMemo>,
    /// Money that must flow back.
    pub reversals: Vec<Reversal>,
    /// History, oldest first (contract section 5.2).
    pub history: Vec<Comment>,
    /// For the trail.
    pub event: OrderEvent,
}

/// A row's part in a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanceledItem {
    /// Position of the row.
    pub item: i32,
    /// Units that were never invoiced.
    pub canceled: Quantity,
    /// What those cost.
    pub canceled_money: RowMoney,
    /// Units that were invoiced and paid.
    pub refunded: Quantity,
    /// What of the row's money comes back with them; zero where no credit memo is due.
    pub refunded_money: RowMoney,
}

impl Order {
    /// Plans the cancellation of the whole order; changes nothing.
    ///
    /// The reason is checked last (contract section 3.1, row 12).
    pub fn cancel(
        &self,
        request: &CancelRequest,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Cancellation, CancellationRefusal> {
        let plan = self.cancellation_plan(policy, &request.actor, now)?;
        let reason = policy
            .reasons
            .find(&request.reason, self.id.store())
            .ok_or(CancellationRefusal::InvalidReason)?;
        let reason_code = reason.code.clone();

        let credit_memo = plan.credit_memo(self, now);
        let mut reversals = self.payment.refund(plan.refund_total())?;
        reversals.extend(self.payment.void_authorizations()?);
        let next_state = plan.next_state(self);
        let history = history(
            self,
            credit_memo.as_ref(),
            next_state,
            request,
            policy.notifies_customer,
            now,
        );
        let note = format!("{reason_code}, {} refunded", plan.refund_total());
        let event = OrderEvent {
            kind: EventKind::Canceled,
            actor: request.actor.clone(),
            at: now,
            note,
        };

        Ok(Cancellation {
            order: self.id,
            expected_version: self.version,
            reason_code,
            reason: request.reason.clone(),
            items: plan.items,
            shipping_canceled: plan.shipping_canceled,
            canceled_total: plan.canceled_total,
            next_state,
            credit_memo,
            reversals,
            history,
            event,
        })
    }

    /// The order once `cancellation` is carried out.
    pub fn after(&self, cancellation: &Cancellation) -> Result<Self, MoneyError> {
        let at = cancellation.event.at;
        let mut order = self.clone();
        for row in &cancellation.items {
            if let Some(item) = order.items.iter_mut().find(|item| item.position == row.item) {
                item.quantities.canceled = item.quantities.canceled.plus(row.canceled);
                item.canceled = item.canceled.checked_add(row.canceled_money)?;
                item.quantities.refunded = item.quantities.refunded.plus(row.refunded);
                item.refunded = item.refunded.checked_add(row.refunded_money)?;
            }
        }
        order.shipping.canceled = order
            .shipping
            .canceled
            .checked_add(cancellation.shipping_canceled)?;
        order.totals.canceled = order.totals.canceled.checked_add(cancellation.canceled_total)?;
        if let Some(memo) = &cancellation.credit_memo {
            order.shipping.refunded = order.shipping.refunded.checked_add(memo.shipping)?;
            order.totals.refunded = order.totals.refunded.checked_add(memo.grand_total)?;
            order.credit_memos.push(memo.clone());
        }
        order.payment = order.payment.after(&cancellation.reversals);
        order.comments.extend(cancellation.history.iter().cloned());
        order.enter(cancellation.next_state, at);
        order.touched(at);
        Ok(order)
    }
}

/// Refund, mail, reason: in this order, the first for staff only (contract section 5.2).
fn history(
    order: &Order,
    memo: Option<&CreditMemo>,
    next_state: OrderState,
    request: &CancelRequest,
    notifies_customer: bool,
    now: DateTime<Utc>,
) -> Vec<Comment> {
    let status = next_state.default_status().to_owned();
    let shown = |text: String| Comment {
        text,
        status: status.clone(),
        visible_on_front: true,
        customer_notified: None,
        created_at: now,
    };
    let refund = memo.map(|memo| Comment {
        status: status.clone(),
        ..refund_comment(order, memo, now)
    });
    let mail = if notifies_customer {
        "Order cancellation notification email was sent."
    } else {
        "Email notification failed."
    };
    refund
        .into_iter()
        .chain([shown(mail.into()), shown(escape_html(&request.reason))])
        .collect()
}
