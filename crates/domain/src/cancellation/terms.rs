//! What may be canceled now, and if nothing, why: the button, the preview and the mutation all ask here.

use chrono::{DateTime, Utc};

use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::{CancellationPolicy, CancellationRefusal, Selection};
use crate::money::{Money, Quantity};
use crate::order::{Actor, Command, Order};

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

    /// The checks in the contract's order (section 3.1, rows 8 to 11), then what would be done.
    pub(crate) fn cancellation_plan(
        &self,
        policy: &CancellationPolicy,
        actor: &Actor,
        overrides_switch: bool,
        selection: &Selection,
    ) -> Result<CancellationPlan, CancellationRefusal> {
        if !self.belongs_to(actor) {
            return Err(CancellationRefusal::Unauthorized);
        }
        if !policy.enabled && !overrides_switch {
            return Err(CancellationRefusal::Disabled);
        }
        if !self.state.allows(Command::Cancel) {
            return Err(CancellationRefusal::State(self.state));
        }
        if self.has_shipment() {
            return Err(CancellationRefusal::Shipped);
        }
        if self.has_open_invoice()? {
            return Err(CancellationRefusal::OpenInvoice);
        }
        let plan = CancellationPlan::of(self, selection)?;
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
