//! Tells what may be canceled now, or every reason why the order cannot be canceled. The
//! storefront's button, the preview and the mutation all use these terms.

use chrono::{DateTime, Utc};

use crate::cancellation::eligibility::EligibilityRequest;
use crate::cancellation::{CancellationPolicy, CancellationRefusal};
use crate::money::{Money, Quantity};
use crate::order::{Actor, ItemPosition, Order, OrderItem};

/// The action that a buyer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancellationAction {
    /// The buyer may cancel; the cancellation will succeed.
    Cancel,
    /// The buyer may not cancel; the refusals say why.
    None,
}

/// What may be canceled, or every reason why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationTerms {
    /// The action that the buyer may take.
    pub action: CancellationAction,
    /// Every reason why the buyer may not cancel, in the contract's order; empty when the buyer may. The first one is
    /// the answer to a request.
    pub refusals: Vec<CancellationRefusal>,
    /// The terms of each item.
    pub items: Vec<ItemTerms>,
    /// Money that would flow back.
    pub refund_total: Money,
}

/// An item's part in the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemTerms {
    /// The position of the item.
    pub item: ItemPosition,
    /// How many units of the item a cancellation would take: canceled or refunded.
    pub quantity_open: Quantity,
}

impl Order {
    /// What `actor` may cancel now, item by item, or every reason why not.
    ///
    /// The time is for conditions that depend on time; today's rules have none.
    #[must_use]
    pub fn cancellation_terms(
        &self,
        policy: &CancellationPolicy,
        actor: &Actor,
        _now: DateTime<Utc>,
    ) -> CancellationTerms {
        match self.cancellation_plan_or_refusals(&EligibilityRequest::of_all(policy, actor)) {
            Ok(plan) => CancellationTerms {
                action: CancellationAction::Cancel,
                refusals: Vec::new(),
                refund_total: plan.refund_total(),
                items: self.item_terms(|position| plan.quantity_of(position)),
            },
            Err(refusals) => CancellationTerms {
                action: CancellationAction::None,
                refusals,
                refund_total: Money::zero(self.currency()),
                items: self.item_terms(|_| Quantity::ZERO),
            },
        }
    }

    /// Whether `actor` may cancel now: the same rule as [`Order::cancellation_terms`], without the details.
    #[must_use]
    pub fn may_be_canceled_by(&self, actor: &Actor, policy: &CancellationPolicy) -> bool {
        let asked = EligibilityRequest::of_all(policy, actor);
        self.cancellation_plan(&asked).is_ok()
    }

    fn item_terms(&self, open: impl Fn(ItemPosition) -> Quantity) -> Vec<ItemTerms> {
        let terms = |item: &OrderItem| ItemTerms {
            item: item.position,
            quantity_open: open(item.position),
        };
        self.items.iter().map(terms).collect()
    }
}
