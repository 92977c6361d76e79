//! Tells what may be canceled now, or why the order cannot be canceled. The
//! storefront's button, the preview and the mutation all use these terms.

use chrono::{DateTime, Utc};

use crate::cancellation::{CancellationPolicy, CancellationRefusal, Selection};
use crate::money::{Money, Quantity};
use crate::order::{Actor, ItemPosition, Order};

/// The action that a buyer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancellationAction {
    /// The buyer may cancel; the cancellation will succeed.
    Cancel,
    /// The buyer may not cancel; the refusal says why.
    None,
}

/// What may be canceled, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationTerms {
    /// The action that the buyer may take.
    pub action: CancellationAction,
    /// Why the buyer may not cancel.
    pub refusal: Option<CancellationRefusal>,
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
    /// What `actor` may cancel now, item by item, or why not.
    ///
    /// The time is for conditions that depend on time; today's rules have none.
    #[must_use]
    pub fn cancellation_terms(
        &self,
        policy: &CancellationPolicy,
        actor: &Actor,
        _now: DateTime<Utc>,
    ) -> CancellationTerms {
        match self.cancellation_plan(policy, actor, false, &Selection::All) {
            Ok(plan) => CancellationTerms {
                action: CancellationAction::Cancel,
                refusal: None,
                refund_total: plan.refund_total(),
                items: self
                    .items
                    .iter()
                    .map(|item| ItemTerms {
                        item: item.position,
                        quantity_open: plan.quantity_of(item.position),
                    })
                    .collect(),
            },
            Err(refusal) => CancellationTerms {
                action: CancellationAction::None,
                refusal: Some(refusal),
                refund_total: Money::zero(self.currency()),
                items: self
                    .items
                    .iter()
                    .map(|item| ItemTerms {
                        item: item.position,
                        quantity_open: Quantity::ZERO,
                    })
                    .collect(),
            },
        }
    }
}
