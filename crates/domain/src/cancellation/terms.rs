//! What may be canceled now, and if nothing, why: the button, the preview and the mutation all ask here.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::cancellation::CancellationPolicy;
use crate::cancellation::plan::WholeOrderPlan;
use crate::money::{Money, MoneyError, Quantity};
use crate::order::{Actor, Order, OrderState};

/// Why an order is not canceled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CancellationRefusal {
    /// No such order.
    #[error("no such order")]
    NotFound,
    /// It is somebody else's.
    #[error("not the buyer of this order")]
    Unauthorized,
    /// The store's switch is off.
    #[error("cancellation is switched off for the order's store")]
    Disabled,
    /// Its state is not on the allow list.
    #[error("an order in state `{0}` cannot be canceled")]
    State(OrderState),
    /// Something left the house.
    #[error("something of the order is shipped")]
    Shipped,
    /// Something is invoiced and not paid; the invoice must be settled first.
    #[error("an invoice of the order is not paid")]
    OpenInvoice,
    /// Nothing is left that canceling would change.
    #[error("nothing is left to cancel")]
    NothingOpen,
    /// The store does not offer the reason.
    #[error("not a reason of the order's store")]
    InvalidReason,
    /// A guest's key is wrong, used or too old.
    #[error("not confirmed")]
    NotConfirmed,
    /// The order's amounts do not add up; nothing is done to it.
    #[error("the order's amounts do not add up: {0}")]
    Unbalanced(#[from] MoneyError),
}

/// What a buyer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancellationAction {
    /// Cancel, with certainty.
    Cancel,
    /// Nothing; the refusal says why.
    None,
}

/// What may be canceled, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationTerms {
    /// What the buyer may do.
    pub action: CancellationAction,
    /// Why nothing.
    pub refusal: Option<CancellationRefusal>,
    /// Row by row.
    pub items: Vec<ItemTerms>,
    /// Money that would flow back.
    pub refund_total: Money,
}

/// A row's part in the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemTerms {
    /// Position of the row.
    pub item: i32,
    /// How much of it canceling would take: canceled or refunded.
    pub quantity_open: Quantity,
}

impl Order {
    /// What `actor` may cancel now, item by item, or why not.
    ///
    /// `now` is for conditions that depend on time; today's rules have none.
    #[must_use]
    pub fn cancellation_terms(
        &self,
        policy: &CancellationPolicy,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> CancellationTerms {
        match self.cancellation_plan(policy, actor, now) {
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

    /// The checks in the contract's order (section 3.1, rows 8 to 11), then what would be done.
    pub(crate) fn cancellation_plan(
        &self,
        policy: &CancellationPolicy,
        actor: &Actor,
        _now: DateTime<Utc>,
    ) -> Result<WholeOrderPlan, CancellationRefusal> {
        if !self.belongs_to(actor) {
            return Err(CancellationRefusal::Unauthorized);
        }
        let overridden = matches!(
            actor,
            Actor::Staff {
                overrides_switch: true,
                ..
            }
        );
        if !policy.enabled && !overridden {
            return Err(CancellationRefusal::Disabled);
        }
        if !self.state.is_cancelable() {
            return Err(CancellationRefusal::State(self.state));
        }
        if self.has_shipment() {
            return Err(CancellationRefusal::Shipped);
        }
        if self.has_open_invoice()? {
            return Err(CancellationRefusal::OpenInvoice);
        }
        let plan = WholeOrderPlan::of(self)?;
        if plan.changes_nothing() {
            Err(CancellationRefusal::NothingOpen)
        } else {
            Ok(plan)
        }
    }

    fn belongs_to(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Customer(id) => self.customer.id == Some(*id),
            Actor::Guest => self.is_guest(),
            Actor::Staff { .. } | Actor::System => true,
        }
    }
}
