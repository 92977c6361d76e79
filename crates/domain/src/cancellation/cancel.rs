//! Cancels an order, whole or in part. The decision is a value, and changes no data until it is stored.

use chrono::{DateTime, Utc};

use crate::cancellation::eligibility::EligibilityRequest;
use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::{CancellationPolicy, CancellationRefusal, Selection};
use crate::effect::{Effect, Notice};
use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{Actor, CreditMemo, ItemPosition, Order};
use crate::transition::Transition;

/// The cancellation that a buyer or staff asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// The buyer or the member of staff who asks.
    pub actor: Actor,
    /// The reason exactly as sent: a description of the store view's list, or a code.
    pub reason: String,
    /// The part of the order to cancel.
    pub selection: Selection,
    /// Cancels although the store view's switch is off. The use case decides who may ask for that.
    pub overrides_switch: bool,
    /// Whether the buyer is told by mail; none where the store view's setting decides.
    pub notifies_customer: Option<bool>,
}

/// The facts of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The stable code of the reason.
    pub reason_code: String,
    /// The reason as the buyer reads it: a description as it was sent, or the description of the code that was sent.
    pub reason: String,
    /// The items of which something was canceled or refunded.
    pub items: Vec<CanceledItem>,
    /// Shipping that will never be billed.
    pub shipping_canceled: RowMoney,
    /// Shipping that was paid and comes back.
    pub shipping_refunded: RowMoney,
    /// Other charges that will never be billed.
    pub charges_canceled: Money,
    /// Other charges that were paid and come back.
    pub charges_refunded: Money,
    /// Money that will never be billed.
    pub canceled_total: Money,
    /// Money that flows back.
    pub refunded_total: Money,
    /// The number of the credit memo; none when neither a unit nor money goes back.
    pub credit_memo: Option<String>,
    /// Whether the buyer is told by mail.
    pub notifies_customer: bool,
    /// Whether the command said that the buyer is not told by mail.
    pub declines_mail: bool,
    /// Whether the command would have gone through with the store view's switch off.
    pub overrides_switch: bool,
}

/// An item's part in a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanceledItem {
    /// Position of the item.
    pub item: ItemPosition,
    /// Units that were never invoiced.
    pub canceled: Quantity,
    /// The money of the canceled units.
    pub canceled_money: RowMoney,
    /// Units that were invoiced and paid.
    pub refunded: Quantity,
    /// The part of the item's money that comes back for the refunded units.
    pub refunded_money: RowMoney,
}

impl Cancel {
    /// Makes a request for the whole order, by the rule that holds for its buyer.
    #[must_use]
    pub fn all(actor: Actor, reason: &str) -> Self {
        Self {
            actor,
            reason: reason.into(),
            selection: Selection::All,
            overrides_switch: false,
            notifies_customer: None,
        }
    }
}

impl Order {
    /// Cancels what `command` selects: units that were never invoiced are canceled, and paid units are refunded.
    ///
    /// The reason is checked last (`docs/contract.md` section 3.1, row 12).
    pub fn cancel(
        &self,
        command: &Cancel,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Transition, CancellationRefusal> {
        let plan = self.cancellation_plan(&EligibilityRequest {
            policy,
            actor: &command.actor,
            overrides_switch: command.overrides_switch,
            selection: &command.selection,
        })?;
        let reason = policy.reason(&command.reason, self.id.store())?;
        let memo = plan.credit_memo(self, now)?;
        let notifies_customer =
            !self.is_erased() && command.notifies_customer.unwrap_or(policy.notifies_customer);
        let mut effects = self.payment.refund(plan.refund_total())?;
        if plan.takes_the_rest() {
            effects.extend(self.payment.void_authorizations()?);
        }
        let event = OrderEvent {
            actor: command.actor.clone(),
            at: now,
            data: EventData::Canceled(Cancellation {
                reason_code: reason.code.clone(),
                reason: reason.text_for_buyer(&command.reason, self.id.store()),
                items: plan.changed_items(),
                shipping_canceled: plan.shipping_canceled(),
                shipping_refunded: plan.shipping_refunded(),
                charges_canceled: self.sum_of_shares(plan.charges_canceled())?,
                charges_refunded: self.sum_of_shares(plan.charges_refunded())?,
                canceled_total: plan.canceled_total(),
                refunded_total: plan.refund_total(),
                credit_memo: memo.as_ref().map(|memo| memo.number.clone()),
                notifies_customer,
                declines_mail: self.is_erased() || command.notifies_customer == Some(false),
                overrides_switch: command.overrides_switch,
            }),
        };
        let mut after = self.clone();
        after.book_cancellation(&plan, memo, &effects)?;
        after.enter(plan.next_state(self, &after)?, now);
        if notifies_customer {
            effects.push(Effect::Notify(Notice::OrderCanceled));
        }
        effects.push(Effect::Notify(Notice::MerchantNotice));
        Ok(Transition::new(after, event).owing(effects))
    }

    /// Books units that were never invoiced as canceled, and books the rest by its credit memo.
    fn book_cancellation(
        &mut self,
        plan: &CancellationPlan,
        memo: Option<CreditMemo>,
        effects: &[Effect],
    ) -> Result<(), MoneyError> {
        for row in plan.changed_items() {
            if let Some(item) = self.item_mut(row.item) {
                item.quantities.canceled = item.quantities.canceled.plus(row.canceled);
                item.canceled = item.canceled.checked_add(row.canceled_money)?;
            }
        }
        self.shipping.canceled = self.shipping.canceled.checked_add(plan.shipping_canceled())?;
        self.book_charges(plan.charges_canceled(), |charge| &mut charge.canceled)?;
        self.totals.canceled = self.totals.canceled.checked_add(plan.canceled_total())?;
        if let Some(memo) = memo {
            self.book_credit_memo(memo)?;
        }
        self.payment = self.payment.after(effects)?;
        Ok(())
    }
}
