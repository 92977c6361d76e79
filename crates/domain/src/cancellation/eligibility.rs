//! Checks whether an order may be canceled now. The checks stand here in the contract's order.

use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::{CancellationPolicy, CancellationRefusal, Selection};
use crate::order::{Actor, Command, Order};

impl Order {
    /// Makes the checks in the contract's order (section 3.1, items 8 to 11), then the plan of the cancellation.
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
