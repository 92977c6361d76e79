//! Reads the quantities of an item, and checks that they agree.

use countermand_domain::{ItemQuantities, OrderState};

use super::notes::Notes;
use super::refused_field::OrderRefusal;
use super::shape::ItemShape;

/// Reads the quantities as they are told. In an order that is history, an item that does not tell how many units were
/// ordered has those that were canceled, invoiced or shipped.
pub(super) fn read_quantities(
    shape: &ItemShape<'_>,
    notes: &mut Notes,
) -> Result<ItemQuantities, OrderRefusal> {
    let mut quantities = ItemQuantities {
        ordered: shape.qty_ordered.quantity("qty_ordered", notes)?,
        invoiced: shape.qty_invoiced.quantity("qty_invoiced", notes)?,
        shipped: shape.qty_shipped.quantity("qty_shipped", notes)?,
        canceled: shape.qty_canceled.quantity("qty_canceled", notes)?,
        refunded: shape.qty_refunded.quantity("qty_refunded", notes)?,
        in_fulfilment: countermand_domain::Quantity::ZERO,
    };
    if shape.qty_ordered.is_absent() {
        notes.tolerate(OrderRefusal::missing("qty_ordered"))?;
        let taken = quantities.invoiced.max(quantities.shipped);
        quantities.ordered = quantities.canceled.plus(taken);
    }
    Ok(quantities)
}

/// Checks the quantities. In a canceled order, units that were never invoiced or shipped are canceled.
///
/// In an order that is history, units count as far as they were ordered, and refunded units as far as they were
/// invoiced.
pub(super) fn settle_quantities(
    q: &mut ItemQuantities,
    state: OrderState,
    notes: &mut Notes,
) -> Result<(), OrderRefusal> {
    let taken = q.canceled.plus(q.invoiced.max(q.shipped));
    if taken > q.ordered {
        let problem = format!("is less than the {taken} canceled, invoiced or shipped");
        let refusal = OrderRefusal::new("qty_ordered", &q.ordered.to_string(), problem);
        notes.tolerate(refusal)?;
        q.invoiced = q.invoiced.min(q.ordered);
        q.shipped = q.shipped.min(q.ordered);
        q.canceled = q.canceled.min(q.ordered.minus(q.invoiced.max(q.shipped)));
    }
    if q.refunded > q.invoiced {
        let problem = format!("is more than the {} invoiced", q.invoiced);
        let refusal = OrderRefusal::new("qty_refunded", &q.refunded.to_string(), problem);
        notes.tolerate(refusal)?;
        q.refunded = q.invoiced;
    }
    if state == OrderState::Canceled {
        q.canceled = q.ordered.minus(q.invoiced.max(q.shipped));
    }
    Ok(())
}
