//! Tells what may be canceled now, or every reason why the order cannot be canceled. The
//! storefront's button, the preview and the mutation all use these terms.

use chrono::{DateTime, Utc};

use crate::cancellation::eligibility::EligibilityRequest;
use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::{CanceledItem, CancellationPolicy, CancellationRefusal};
use crate::money::{Money, Quantity, RowMoney};
use crate::order::{Actor, ItemPosition, Order, OrderItem};

/// The action that a buyer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancellationAction {
    /// The buyer may cancel; the cancellation will succeed.
    Cancel,
    /// The buyer may ask for the cancellation, and staff decides; the refusals say why.
    Request,
    /// The buyer may not cancel; the refusals say why.
    None,
}

/// What may be canceled, or every reason why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationTerms {
    /// The action that the buyer may take.
    pub action: CancellationAction,
    /// Every reason why the buyer may not cancel, in the contract's order; empty when the buyer may. The first one is
    /// the answer to a cancellation.
    pub refusals: Vec<CancellationRefusal>,
    /// The time until which the action holds, unless the order changes before; none where no rule ends it, or where the
    /// buyer may not cancel the order.
    pub deadline: Option<DateTime<Utc>>,
    /// The terms of each item.
    pub items: Vec<ItemTerms>,
    /// Money that would flow back, without the fee.
    pub refund_total: Money,
    /// Gift cards, store credit and what the points paid that would come back, if the seller is not at fault.
    pub credits: Money,
    /// The part of the money that the shop would keep, if the seller is not at fault.
    pub fee: Money,
    /// The shipping that would come back.
    pub shipping_refund: RowMoney,
}

/// An item's part in the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemTerms {
    /// The position of the item.
    pub item: ItemPosition,
    /// Whether a cancellation can name the item: a top-level item, or a part of a bundle that is canceled by part.
    pub is_named: bool,
    /// The action that the buyer may take for the item.
    pub action: CancellationAction,
    /// Every reason why the buyer may not cancel units of the item; empty when the buyer may.
    pub refusals: Vec<CancellationRefusal>,
    /// The time until which the action for the item holds, unless the order changes before; none where no rule ends it,
    /// or where the buyer may not cancel the item.
    pub deadline: Option<DateTime<Utc>>,
    /// How many units of the item a cancellation would take: canceled or refunded. Units in fulfilment are none of
    /// them.
    pub quantity_open: Quantity,
    /// The part of the item's money that would come back, before the fee.
    pub refund: RowMoney,
}

impl Order {
    /// What `actor` may cancel now and until when, item by item, or every reason why not.
    #[must_use]
    pub fn cancellation_terms(
        &self,
        policy: &CancellationPolicy,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> CancellationTerms {
        let mut terms = self.terms_at(policy, actor, now);
        for at in policy.mode_changes(self, actor, now) {
            terms.end_at(at, &self.terms_at(policy, actor, at));
        }
        terms
    }

    /// What `actor` may cancel at `now`, or every reason why not, without a deadline.
    fn terms_at(&self, policy: &CancellationPolicy, actor: &Actor, now: DateTime<Utc>) -> CancellationTerms {
        let asked = EligibilityRequest::of_all(policy, actor, now);
        let planned = self.requestable_plan_or_refusals(&asked).and_then(|plan| {
            let plan = plan.keeping_fee(self, policy.rules.fee_for(actor, None));
            let restore = policy.rules.restore_for(None, now);
            let plan = plan.and_then(|plan| Ok((self.restored_credits(&plan, restore)?, plan)));
            plan.map_err(|problem| vec![problem.into()])
        });
        match planned {
            Ok((credits, plan)) => {
                let refusals: Vec<_> = asked.only_by_request(self).collect();
                let action = asked.action(self);
                let rows = self.items.iter().zip(plan.items());
                CancellationTerms {
                    items: rows
                        .map(|(item, row)| ItemTerms::of(&asked, self, (item, row), action, &refusals))
                        .collect(),
                    action,
                    refusals,
                    deadline: None,
                    refund_total: plan.refund_total(),
                    credits,
                    fee: plan.fee(self),
                    shipping_refund: plan.shipping_refunded(),
                }
            }
            Err(refusals) => match self.plan_by_item(&asked, &refusals) {
                Some(plan) => CancellationTerms {
                    items: items_by_plan(self, &asked, &plan),
                    ..CancellationTerms::none(&asked, self, refusals)
                },
                None => CancellationTerms::none(&asked, self, refusals),
            },
        }
    }

    /// Whether `actor` may cancel now or ask for it: the same rule as [`Order::cancellation_terms`], without the
    /// details, and the rule of [`Order::cancel_or_request`].
    #[must_use]
    pub fn may_be_canceled_by(&self, actor: &Actor, policy: &CancellationPolicy, now: DateTime<Utc>) -> bool {
        let asked = EligibilityRequest::of_all(policy, actor, now);
        self.requestable_plan(&asked).is_ok()
    }
}

/// The terms of each item where only other items of the order are in the way of canceling all of it.
fn items_by_plan(order: &Order, asked: &EligibilityRequest<'_>, plan: &CancellationPlan) -> Vec<ItemTerms> {
    let refusals: Vec<_> = asked.only_by_request(order).collect();
    let action = asked.action(order);
    let rows = order.items.iter().zip(plan.items());
    let terms = rows.map(|(item, row)| {
        let terms = ItemTerms::of(asked, order, (item, row), action, &refusals);
        match order.refusal_beyond(item) {
            Some(refusal) if !terms.quantity_open.is_positive() => ItemTerms {
                action: CancellationAction::None,
                refusals: vec![refusal],
                ..terms
            },
            Some(_) | None => terms,
        }
    });
    terms.collect()
}

impl CancellationTerms {
    /// Takes `at` for the deadline of each action that `later`, the terms at that moment, no longer has. An earlier
    /// deadline stays.
    fn end_at(&mut self, at: DateTime<Utc>, later: &Self) {
        if self.action != CancellationAction::None && self.action != later.action {
            self.deadline.get_or_insert(at);
        }
        for (item, later) in self.items.iter_mut().zip(&later.items) {
            if item.action != CancellationAction::None && item.action != later.action {
                item.deadline.get_or_insert(at);
            }
        }
    }

    /// The terms of an order that cannot be canceled.
    fn none(asked: &EligibilityRequest<'_>, order: &Order, refusals: Vec<CancellationRefusal>) -> Self {
        let zero = Money::zero(order.currency());
        let none_of = |item: &OrderItem| ItemTerms {
            item: item.position,
            is_named: asked.may_name(order, item),
            action: CancellationAction::None,
            refusals: refusals_of_item(order, item, &refusals),
            deadline: None,
            quantity_open: Quantity::ZERO,
            refund: RowMoney::zero(order.currency()),
        };
        Self {
            action: CancellationAction::None,
            deadline: None,
            items: order.items.iter().map(none_of).collect(),
            refusals,
            refund_total: zero,
            credits: zero,
            fee: zero,
            shipping_refund: RowMoney::zero(order.currency()),
        }
    }
}

/// The refusals that hold for `item`: those of the whole order, and those about this item.
fn refusals_of_item(
    order: &Order,
    item: &OrderItem,
    refusals: &[CancellationRefusal],
) -> Vec<CancellationRefusal> {
    let beyond = order.refusal_beyond(item);
    let holds = |it: &&CancellationRefusal| !it.is_of_items() || beyond.as_ref() == Some(*it);
    let mut of_item: Vec<_> = refusals.iter().filter(holds).cloned().collect();
    if of_item.is_empty() {
        of_item.push(CancellationRefusal::NothingOpen);
    }
    of_item
}

impl ItemTerms {
    /// The terms of `item` where units of the order are in fulfilment: the other units of the item can be canceled by
    /// item, unless the mode is in the way.
    fn beside_fulfilment(self, order: &Order, item: &OrderItem) -> Self {
        if self.refusals != [CancellationRefusal::InFulfilment] {
            if !item.quantities.in_fulfilment.is_positive() {
                return self;
            }
            return Self {
                quantity_open: self.quantity_open.min(order.outside_fulfilment(item)),
                ..self
            };
        }
        let beside = order.outside_fulfilment(item).min(self.quantity_open);
        if beside.is_positive() {
            Self {
                action: CancellationAction::Cancel,
                refusals: Vec::new(),
                quantity_open: beside,
                ..self
            }
        } else {
            Self {
                quantity_open: Quantity::ZERO,
                ..self
            }
        }
    }

    /// The terms of `item` in an order of which the buyer may take `action`.
    fn of(
        asked: &EligibilityRequest<'_>,
        order: &Order,
        (item, row): (&OrderItem, &CanceledItem),
        action: CancellationAction,
        refusals: &[CancellationRefusal],
    ) -> Self {
        let quantity_open = if asked.is_by_part(order, item) {
            // Parts of the bundle may be left beside its units.
            order.to_give_up(item)
        } else {
            row.canceled.plus(row.refunded)
        };
        let is_shipped = item.quantities.shipped.is_positive() && !item.quantities.open().is_positive();
        let (action, refusals) = if quantity_open.is_positive() {
            (action, refusals.to_vec())
        } else if is_shipped {
            (CancellationAction::None, vec![CancellationRefusal::Shipped])
        } else {
            (CancellationAction::None, vec![CancellationRefusal::NothingOpen])
        };
        let terms = Self {
            item: row.item,
            is_named: asked.may_name(order, item),
            action,
            refusals,
            deadline: None,
            quantity_open,
            refund: row.refunded_money,
        };
        terms.beside_fulfilment(order, item)
    }
}
