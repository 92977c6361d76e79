//! A binding quote: what canceling a part of an order gives back, for one version of the order and a limited time.

use chrono::{DateTime, TimeDelta, Utc};

use crate::cancellation::eligibility::EligibilityRequest;
use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::restoration::AppliedRestoreRules;
use crate::cancellation::{
    Cancel, CanceledItem, CancellationAction, CancellationPolicy, CancellationRefusal, PreviewedItem,
    Restoration,
};
use crate::effect::Effect;
use crate::id::OrderId;
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{Actor, ItemPosition, Order};

/// How long a quote can be accepted, if the rules do not change the order's terms before.
const QUOTE_LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// What a cancellation was quoted to do. A cancellation that would do anything else is not the quoted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationQuote {
    /// The order.
    pub order: OrderId,
    /// The version of the order that the quote is for.
    pub order_version: i64,
    /// The actor that the quote was made for, as [`Actor::label`] writes it.
    pub actor: String,
    /// The quantities that are canceled and refunded, by item.
    pub items: Vec<QuotedItem>,
    /// The money of the quote.
    pub money: QuotedMoney,
    /// The time from which the quote is stale.
    pub expires_at: DateTime<Utc>,
}

/// The quantities of one item in a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotedItem {
    /// The position of the item.
    pub item: ItemPosition,
    /// Units that were never invoiced.
    pub canceled: Quantity,
    /// Units that were invoiced and paid.
    pub refunded: Quantity,
}

/// The sums of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotedMoney {
    /// Money that will never be billed.
    pub canceled_total: Money,
    /// Money that flows back, without the fee.
    pub refund_total: Money,
    /// Gift cards, store credit and what the points paid that come back.
    pub credits: Money,
    /// The part of the money that the shop keeps.
    pub fee: Money,
}

/// What comes back by one tender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenderRefund {
    /// The position of the tender in the payment, from 0; none for the gift cards, store credit and points that are the
    /// credits of the order, which are kept as one sum.
    pub tender: Option<usize>,
    /// What comes back by it.
    pub amount: Money,
}

/// A quote with what it consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationPreview {
    /// The quote.
    pub quote: CancellationQuote,
    /// Whether the actor may cancel this at once, or may ask for it.
    pub action: CancellationAction,
    /// The items of which something is canceled or refunded, with the shares of their money.
    pub items: Vec<PreviewedItem>,
    /// Shipping that will never be billed.
    pub shipping_canceled: RowMoney,
    /// Shipping that comes back.
    pub shipping_refunded: RowMoney,
    /// Other charges that will never be billed.
    pub charges_canceled: Money,
    /// Other charges that come back.
    pub charges_refunded: Money,
    /// What comes back by each tender, without the fee; a tender by which nothing does is left out.
    pub tenders: Vec<TenderRefund>,
    /// What other systems would have to give back.
    pub restores: Restoration,
}

impl Order {
    /// Quotes what `command` would do now. A command without a reason is quoted as one for which the seller is not at
    /// fault.
    pub fn preview_cancellation(
        &self,
        command: &Cancel,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<CancellationPreview, CancellationRefusal> {
        let asked = EligibilityRequest {
            policy,
            actor: &command.actor,
            overrides_switch: command.overrides_switch,
            selection: &command.selection,
            now,
        };
        let plan = self.requestable_plan(&asked)?;
        let reason = match command.reason.trim() {
            "" => None,
            reason => policy.reason_of(&command.actor, reason, self.id.store(), now)?,
        };
        let plan = plan.paying_back(self, command, policy.rules.fee_for(&command.actor, reason))?;
        let restore = policy.rules.restore_for(reason, now);
        let end = now + QUOTE_LIFETIME;
        let expires_at = self.end_of_action(&asked).map_or(end, |at| at.min(end));
        let quote = CancellationQuote::of(self, &plan, &command.actor, restore, expires_at)?;
        Ok(CancellationPreview {
            action: asked.action(self),
            items: PreviewedItem::all_of(self, &plan)?,
            shipping_canceled: plan.shipping_canceled(),
            shipping_refunded: plan.shipping_refunded(),
            charges_canceled: self.sum_of_shares(plan.charges_canceled())?,
            charges_refunded: self.sum_of_shares(plan.charges_refunded())?,
            tenders: self.refunds_by_tender(&plan, quote.money.credits, policy)?,
            restores: self.restoration(&plan, restore)?,
            quote,
        })
    }
}

impl Order {
    /// What comes back by each tender, `credits` among them.
    fn refunds_by_tender(
        &self,
        plan: &CancellationPlan,
        credits: Money,
        policy: &CancellationPolicy,
    ) -> Result<Vec<TenderRefund>, MoneyError> {
        let mut amounts = vec![Money::zero(self.currency()); self.payment.tender_count()];
        let mut left = plan.refund_total();
        for effect in self.payment.refund(left, policy.rules.refund_order)? {
            if let Effect::Refund { transaction, amount } = effect
                && let Some(tender) = self.payment.tender_of(transaction)
                && let Some(sum) = amounts.get_mut(tender.position)
            {
                *sum = sum.checked_add(amount)?;
                left = left.checked_sub(amount)?;
            }
        }
        // Money of which no capture is known was paid by the payment method.
        amounts[0] = amounts[0].checked_add(left)?;
        let of_tender = |(tender, amount)| TenderRefund {
            tender: Some(tender),
            amount,
        };
        let credits = TenderRefund {
            tender: None,
            amount: credits,
        };
        let all = amounts.into_iter().enumerate().map(of_tender).chain([credits]);
        Ok(all.filter(|it| it.amount.is_positive()).collect())
    }
}

impl CancellationQuote {
    fn of(
        order: &Order,
        plan: &CancellationPlan,
        actor: &Actor,
        restore: AppliedRestoreRules,
        expires_at: DateTime<Utc>,
    ) -> Result<Self, MoneyError> {
        let item = |row: &CanceledItem| QuotedItem {
            item: row.item,
            canceled: row.canceled,
            refunded: row.refunded,
        };
        Ok(Self {
            order: order.id,
            order_version: order.version,
            actor: actor.label(),
            items: plan.changed_items().iter().map(item).collect(),
            money: QuotedMoney {
                canceled_total: plan.canceled_total(),
                refund_total: plan.refund_total(),
                credits: order.restored_credits(plan, restore)?,
                fee: plan.fee(order),
            },
            expires_at,
        })
    }

    /// The same quote for the order after a guest was sent a key: it holds until `expires_at`.
    pub(crate) fn kept_with_key(&self, order_version: i64, expires_at: DateTime<Utc>) -> Self {
        Self {
            order_version,
            expires_at,
            ..self.clone()
        }
    }

    /// Refuses a cancellation that is not exactly the quoted one, or that comes too late.
    pub(crate) fn check(
        &self,
        order: &Order,
        plan: &CancellationPlan,
        actor: &Actor,
        restore: AppliedRestoreRules,
    ) -> Result<(), CancellationRefusal> {
        let is_same = *self == Self::of(order, plan, actor, restore, self.expires_at)?;
        if is_same && restore.now() < self.expires_at {
            Ok(())
        } else {
            Err(CancellationRefusal::QuoteStale)
        }
    }
}
