//! Reads how an order is shipped, and how much of the shipping price is invoiced, refunded and canceled.

use countermand_domain::{OrderState, Quantity, RowMoney, Shipping};

use super::exact::{ExactRow, decimal};
use super::notes::Notes;
use super::raw::LINE;
use super::refused_field::OrderRefusal;
use super::shape::{OrderShape, ShippingShape};

/// Reads the price of the shipping in ten-thousandths. The discount is at most that price.
pub(super) fn read_price(shape: &OrderShape<'_>, notes: &mut Notes) -> Result<ExactRow, OrderRefusal> {
    let mut price = ExactRow {
        net: shape
            .shipping_amount
            .amount("shipping_amount", notes)?
            .unwrap_or(0),
        tax: shape
            .shipping_tax_amount
            .amount("shipping_tax_amount", notes)?
            .unwrap_or(0),
        tax_compensation: shape
            .shipping_discount_tax_compensation_amount
            .amount("shipping_discount_tax_compensation_amount", notes)?
            .unwrap_or(0),
        discount: shape
            .shipping_discount_amount
            .magnitude("shipping_discount_amount", notes)?
            .unwrap_or(0),
    };
    let (field, given) = ("shipping_discount_amount", shape.shipping_discount_amount);
    price.limit_discount(field, given, "is more than the shipping comes to", notes)?;
    Ok(price)
}

/// Reads the shipping. Without amounts, the first invoice took all of the shipping, as Adobe's
/// first invoice does. In a canceled order, shipping that was never invoiced is canceled.
pub(super) fn read_shipping(
    shape: &OrderShape<'_>,
    assigned: &ShippingShape<'_>,
    (ordered, net): (RowMoney, i64),
    anything_invoiced: bool,
    state: OrderState,
    notes: &mut Notes,
) -> Result<Shipping, OrderRefusal> {
    let invoiced_net = match shape.shipping_invoiced.amount("shipping_invoiced", notes)? {
        Some(stated) => limited("shipping_invoiced", stated, net, ordered, notes)?,
        None if anything_invoiced => net,
        None => 0,
    };
    let invoiced = if anything_invoiced || invoiced_net > 0 {
        part(ordered, invoiced_net, net)?
    } else {
        RowMoney::zero(ordered.net.currency())
    };
    let left = ordered.checked_sub(invoiced)?;
    let left_net = net.saturating_sub(invoiced_net);
    let refunded_net = shape
        .shipping_refunded
        .amount("shipping_refunded", notes)?
        .unwrap_or(0);
    let refunded_net = limited("shipping_refunded", refunded_net, invoiced_net, ordered, notes)?;
    let canceled_net = shape
        .shipping_canceled
        .amount("shipping_canceled", notes)?
        .unwrap_or(0);
    Ok(Shipping {
        method: assigned.method.text(
            "extension_attributes.shipping_assignments[0].shipping.method",
            LINE,
            notes,
        )?,
        description: shape
            .shipping_description
            .text("shipping_description", LINE, notes)?,
        ordered,
        invoiced,
        refunded: some(invoiced, refunded_net, invoiced_net)?,
        canceled: if state == OrderState::Canceled {
            left
        } else {
            let canceled_net = limited("shipping_canceled", canceled_net, left_net, ordered, notes)?;
            some(left, canceled_net, left_net)?
        },
    })
}

/// The stated amount, which may be no more than there is; in an order that is history, it counts up to that.
fn limited(
    field: &str,
    stated: i64,
    most: i64,
    of: RowMoney,
    notes: &mut Notes,
) -> Result<i64, OrderRefusal> {
    if stated <= most {
        return Ok(stated);
    }
    let value = decimal(stated.into(), of.net.currency());
    let refusal = OrderRefusal::new(field, &value, "is more than there is of the shipping");
    notes.tolerate(refusal).map(|()| most)
}

/// Does the same as [`part`], and returns zero for a part of zero.
fn some(whole: RowMoney, net: i64, of: i64) -> Result<RowMoney, OrderRefusal> {
    if net == 0 {
        Ok(RowMoney::zero(whole.net.currency()))
    } else {
        part(whole, net, of)
    }
}

/// The part of `whole` that `net` is of the net amount `of`; all of `whole` where both are equal.
fn part(whole: RowMoney, net: i64, of: i64) -> Result<RowMoney, OrderRefusal> {
    if net >= of {
        return Ok(whole);
    }
    // A share is a proportion, so ten-thousandths of money work like ten-thousandths of a unit.
    let (net, of) = (Quantity::from_scaled(net), Quantity::from_scaled(of));
    Ok(whole.share(net, of)?)
}
