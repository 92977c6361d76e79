//! Cancels an order, whole or in part. The decision is a value, and changes no data until it is stored.

use chrono::{DateTime, Utc};

use crate::cancellation::eligibility::EligibilityRequest;
use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::request_decision::Approval;
use crate::cancellation::{
    ApprovedRequest, CancellationPolicy, CancellationQuote, CancellationRefusal, RefundChoice, Restoration,
    Selection,
};
use crate::effect::{Effect, Notice};
use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{Actor, CreditMemo, ItemPosition, Order, OrderItem};
use crate::transition::Transition;

/// The code of a cancellation without a reason.
pub const NO_REASON: &str = "no_reason";

/// The cancellation that a buyer or staff asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// The buyer or the member of staff who asks.
    pub actor: Actor,
    /// The reason exactly as sent: a description of the store view's list, or a code.
    pub reason: String,
    /// What the buyer or the member of staff adds in their own words, as typed; none without a comment.
    pub comment: Option<String>,
    /// The part of the order to cancel.
    pub selection: Selection,
    /// The quote that the cancellation must agree with; none where any outcome is accepted.
    pub quote: Option<CancellationQuote>,
    /// Cancels although the store view's switch is off. The use case decides who may ask for that.
    pub overrides_switch: bool,
    /// Whether the buyer is told by mail; none where the store view's setting decides.
    pub notifies_customer: Option<bool>,
    /// What staff decides about the refund; the rules decide for buyers.
    pub refund: RefundChoice,
}

/// The facts of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The stable code of the reason; [`NO_REASON`] where the store view asks for none and none was given.
    pub reason_code: String,
    /// The reason as the buyer reads it, empty without a reason: a description as it was sent, or the description of
    /// the code that was sent.
    pub reason: String,
    /// What the buyer or the member of staff added in their own words; none without a comment.
    pub comment: Option<String>,
    /// Whether something of the order was left to cancel afterwards.
    pub is_partial: bool,
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
    /// The part of the money that the shop keeps as a fee.
    pub fee: Money,
    /// What staff said about its decision how much is paid back, maybe nothing; none where the rules decided.
    pub refund_note: Option<String>,
    /// The number of the credit memo; none when neither a unit nor money goes back.
    pub credit_memo: Option<String>,
    /// What other systems have to give back.
    pub restores: Restoration,
    /// Whether the buyer is told by mail.
    pub buyer_mail: BuyerMail,
    /// Whether the command would have gone through with the store view's switch off.
    pub overrides_switch: bool,
    /// The units that were in fulfilment and were released by the approval of the request, parts included; mostly none.
    pub released: Vec<(ItemPosition, Quantity)>,
    /// The request that the cancellation approves; none where the order was canceled without one.
    pub request: Option<ApprovedRequest>,
}

/// Whether a mail tells the buyer about a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuyerMail {
    /// The mail is sent.
    Sent,
    /// The setting of the store view has switched the mail off.
    SwitchedOff,
    /// The command declined the mail, or the buyer was erased.
    Declined,
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

impl Cancellation {
    /// The items of `order` that were canceled or refunded, with their units, as people read them: a bundle stands for
    /// its parts, unless parts were taken by themselves.
    #[must_use]
    pub fn named_units<'a>(&self, order: &'a Order) -> Vec<(&'a OrderItem, Quantity)> {
        let lines = self.items.iter();
        let lines = lines.map(|row| (row.item, row.canceled.plus(row.refunded)));
        order.named_units(&lines.collect::<Vec<_>>())
    }
}

impl Cancel {
    /// Makes a request for the whole order, by the rule that holds for its buyer.
    #[must_use]
    pub fn all(actor: Actor, reason: &str) -> Self {
        Self {
            actor,
            reason: reason.into(),
            comment: None,
            selection: Selection::All,
            quote: None,
            overrides_switch: false,
            notifies_customer: None,
            refund: RefundChoice::default(),
        }
    }
}

impl Cancellation {
    /// The cancellation in a few words, as staff reads it: `other, $15.00 refunded`.
    pub(crate) fn text(&self) -> String {
        let part = if self.is_partial {
            ", a part of the order"
        } else {
            ""
        };
        let decided = match self.refund_note.as_deref() {
            None => String::new(),
            Some("") => ", as staff decided".into(),
            Some(note) => format!(", as staff decided: {note}"),
        };
        format!(
            "{}, {} refunded{part}{decided}",
            self.reason_code, self.refunded_total
        )
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
        self.cancel_for(command, None, policy, now)
    }

    /// Cancels what a request asks for. The reason is the one that the request kept.
    pub(crate) fn cancel_as_approved(
        &self,
        command: &Cancel,
        approval: Approval,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Transition, CancellationRefusal> {
        self.cancel_for(command, Some(approval), policy, now)
    }

    fn cancel_for(
        &self,
        command: &Cancel,
        approval: Option<Approval>,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Transition, CancellationRefusal> {
        let plan = self.cancellation_plan(&EligibilityRequest {
            policy,
            actor: &command.actor,
            overrides_switch: command.overrides_switch,
            selection: &command.selection,
            now,
        })?;
        let reason = match &approval {
            Some(approval) => policy.reasons.by_code(&approval.reason_code),
            None => policy.reason_of(&command.actor, &command.reason, self.id.store(), now)?,
        };
        let comment = match &approval {
            Some(_) => command.comment.clone(),
            None => policy.comment_of(&command.actor, reason, command.comment.as_deref())?,
        };
        // Since the request, the reason may have got other rules, or may have left the list.
        let is_at_fault = approval.as_ref().and_then(|it| it.is_sellers_fault);
        let is_now = || reason.is_some_and(|it| it.rules.sellers_fault);
        let is_at_fault = is_at_fault.unwrap_or_else(is_now);
        let payer = approval.as_ref().map_or(&command.actor, |it| &it.fee_payer);
        let plan = plan.paying_back(self, command, policy.rules.fee_unless(is_at_fault, payer))?;
        let refund_note = command.refund.kept_note()?;
        let restore = policy.rules.restore.applied(is_at_fault, now);
        if let Some(quote) = &command.quote {
            quote.check(self, &plan, &command.actor, restore)?;
        }
        let (reason_code, reason) = match &approval {
            Some(approval) => (approval.reason_code.clone(), approval.reason.clone()),
            None => (
                reason.map_or_else(|| NO_REASON.into(), |reason| reason.code.clone()),
                reason.map_or_else(String::new, |reason| {
                    reason.text_for_buyer(&command.reason, self.id.store())
                }),
            ),
        };
        let memo = plan.credit_memo(self, now)?;
        let buyer_mail = self.buyer_mail(command, policy);
        let mut effects = self
            .payment
            .refund(plan.refund_total(), policy.rules.refund_order)?;
        if plan.takes_the_rest() {
            effects.extend(self.payment.void_authorizations()?);
        }
        let credit_memo = memo.as_ref().map(|memo| memo.number.clone());
        let mut after = self.clone();
        after.book_cancellation(&plan, memo, &effects)?;
        let event = OrderEvent {
            actor: command.actor.clone(),
            at: now,
            data: EventData::Canceled(Box::new(Cancellation {
                reason_code,
                reason,
                comment,
                is_partial: !plan.takes_the_rest(),
                items: plan.changed_items(),
                shipping_canceled: plan.shipping_canceled(),
                shipping_refunded: plan.shipping_refunded(),
                charges_canceled: self.sum_of_shares(plan.charges_canceled())?,
                charges_refunded: self.sum_of_shares(plan.charges_refunded())?,
                canceled_total: plan.canceled_total(),
                refunded_total: plan.refund_total(),
                fee: plan.fee(self),
                refund_note,
                credit_memo,
                restores: self.restoration(&plan, restore)?,
                buyer_mail,
                overrides_switch: command.overrides_switch,
                released: approval.as_ref().map_or_else(Vec::new, |it| it.released.clone()),
                request: approval.as_ref().map(|it| it.request.clone()),
            })),
        };
        if let (Some(request), Some(approval)) = (&mut after.cancellation_request, approval) {
            request.end(approval.request.status, approval.decision);
        }
        after.enter(plan.next_state(self, &after)?, now);
        if buyer_mail == BuyerMail::Sent {
            effects.push(Effect::Notify(Notice::OrderCanceled));
        }
        effects.push(Effect::Notify(Notice::MerchantNotice));
        Ok(Transition::new(after, event).owing(effects))
    }

    fn buyer_mail(&self, command: &Cancel, policy: &CancellationPolicy) -> BuyerMail {
        if self.is_erased() || command.notifies_customer == Some(false) {
            BuyerMail::Declined
        } else if command.notifies_customer.unwrap_or(policy.notifies_customer) {
            BuyerMail::Sent
        } else {
            BuyerMail::SwitchedOff
        }
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
