//! Checks whether an order may be canceled now. The checks stand here in the contract's order.

use std::mem::discriminant;

use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::{CancellationPolicy, CancellationRefusal, Selection};
use crate::order::{Actor, Command, Order};

/// The request that the checks look at.
pub(crate) struct EligibilityRequest<'a> {
    /// The rules of the order's store view.
    pub(crate) policy: &'a CancellationPolicy,
    /// The buyer or the member of staff who asks.
    pub(crate) actor: &'a Actor,
    /// Whether the switch of the store view is ignored.
    pub(crate) overrides_switch: bool,
    /// The part of the order to cancel.
    pub(crate) selection: &'a Selection,
}

impl<'a> EligibilityRequest<'a> {
    /// A request of `actor` for the whole order, by the rule that holds for buyers.
    pub(crate) fn of_all(policy: &'a CancellationPolicy, actor: &'a Actor) -> Self {
        Self {
            policy,
            actor,
            overrides_switch: false,
            selection: &Selection::All,
        }
    }
}

/// A check passes or refuses the cancellation; the results of the other checks do not matter to it.
type Check = fn(&Order, &EligibilityRequest<'_>) -> Result<(), CancellationRefusal>;

/// All checks before the plan, in the contract's order (section 3.1, rows 8 to 11 and what is added to them).
const CHECKS: &[Check] = &[
    belongs_to_the_actor,
    is_switched_on,
    state_allows,
    no_item_is_shipped,
    no_invoice_is_open,
];

impl Order {
    /// The plan of the cancellation, or the first refusal in the contract's order.
    pub(crate) fn cancellation_plan(
        &self,
        asked: &EligibilityRequest<'_>,
    ) -> Result<CancellationPlan, CancellationRefusal> {
        match self.refusals(asked).next() {
            Some(refusal) => Err(refusal),
            None => self.effective_plan(asked.selection),
        }
    }

    /// The plan of the cancellation, or every refusal in the contract's order, each kind once.
    pub(crate) fn cancellation_plan_or_refusals(
        &self,
        asked: &EligibilityRequest<'_>,
    ) -> Result<CancellationPlan, Vec<CancellationRefusal>> {
        let refusals = self.refusals(asked);
        match self.effective_plan(asked.selection) {
            Ok(plan) => {
                let refusals: Vec<_> = refusals.collect();
                if refusals.is_empty() {
                    Ok(plan)
                } else {
                    Err(refusals)
                }
            }
            Err(refusal) => {
                let mut refusals: Vec<_> = refusals.collect();
                // Amounts that cannot be added are found by a check and again by the plan.
                if !refusals
                    .iter()
                    .any(|it| discriminant(it) == discriminant(&refusal))
                {
                    refusals.push(refusal);
                }
                Err(refusals)
            }
        }
    }

    /// The refusals of the checks, each made when it is asked for.
    fn refusals(&self, asked: &EligibilityRequest<'_>) -> impl Iterator<Item = CancellationRefusal> {
        CHECKS.iter().filter_map(|check| check(self, asked).err())
    }

    /// The last check: the plan, unless it changes nothing.
    fn effective_plan(&self, selection: &Selection) -> Result<CancellationPlan, CancellationRefusal> {
        let plan = CancellationPlan::of(self, selection)?;
        if plan.changes_nothing(self) {
            Err(CancellationRefusal::NothingOpen)
        } else {
            Ok(plan)
        }
    }
}

fn belongs_to_the_actor(order: &Order, asked: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    let is_allowed = match asked.actor {
        Actor::Customer(id) => order.customer.id == Some(*id),
        Actor::Guest => order.is_guest(),
        Actor::Staff { .. } | Actor::System => true,
    };
    passes(is_allowed, CancellationRefusal::Unauthorized)
}

fn is_switched_on(_: &Order, asked: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    let is_on = asked.policy.enabled || asked.overrides_switch;
    passes(is_on, CancellationRefusal::Disabled)
}

fn state_allows(order: &Order, _: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    let is_allowed = order.state.allows(Command::Cancel);
    passes(is_allowed, CancellationRefusal::State(order.state))
}

fn no_item_is_shipped(order: &Order, _: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    passes(!order.has_shipment(), CancellationRefusal::Shipped)
}

fn no_invoice_is_open(order: &Order, _: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    passes(!order.has_open_invoice()?, CancellationRefusal::OpenInvoice)
}

fn passes(is_passed: bool, refusal: CancellationRefusal) -> Result<(), CancellationRefusal> {
    if is_passed { Ok(()) } else { Err(refusal) }
}
