//! Reads how an order is shipped, and how much of the shipping price is invoiced, refunded and canceled.

use std::cmp::Ordering;

use countermand_domain::{Quantity, RowMoney, Shipping};

use super::exact::{ExactRow, decimal};
use super::raw::LINE;
use super::refusal::OrderRefusal;
use super::shape::{OrderShape, ShippingShape};

/// Reads the price of the shipping in ten-thousandths.
pub(super) fn read_price(shape: &OrderShape<'_>) -> Result<ExactRow, OrderRefusal> {
    let price = ExactRow {
        net: shape.shipping_amount.amount("shipping_amount")?.unwrap_or(0),
        tax: shape
            .shipping_tax_amount
            .amount("shipping_tax_amount")?
            .unwrap_or(0),
        tax_compensation: shape
            .shipping_discount_tax_compensation_amount
            .amount("shipping_discount_tax_compensation_amount")?
            .unwrap_or(0),
        discount: shape
            .shipping_discount_amount
            .magnitude("shipping_discount_amount")?
            .unwrap_or(0),
    };
    if price.payable() < 0 {
        let value = shape
            .shipping_discount_amount
            .code("shipping_discount_amount", LINE)?;
        let problem = "is more than the shipping comes to";
        Err(OrderRefusal::new(
            "shipping_discount_amount",
            &value.unwrap_or_default(),
            problem,
        ))
    } else {
        Ok(price)
    }
}

/// Reads the shipping. Without amounts, the first invoice took all of the shipping, as Adobe's
/// first invoice does. In a canceled order, shipping that was never invoiced is canceled.
pub(super) fn read_shipping(
    shape: &OrderShape<'_>,
    assigned: &ShippingShape<'_>,
    (ordered, net): (RowMoney, i64),
    anything_invoiced: bool,
    is_canceled: bool,
    notes: &mut Vec<String>,
) -> Result<Shipping, OrderRefusal> {
    let stated = shape.shipping_invoiced.amount("shipping_invoiced")?;
    let invoiced_net = stated.unwrap_or(if anything_invoiced { net } else { 0 });
    let invoiced = if anything_invoiced || invoiced_net > 0 {
        part(ordered, invoiced_net, net, "shipping_invoiced")?
    } else {
        RowMoney::zero(ordered.net.currency())
    };
    let left = ordered.checked_sub(invoiced)?;
    let refunded_net = shape.shipping_refunded.amount("shipping_refunded")?.unwrap_or(0);
    let canceled_net = shape.shipping_canceled.amount("shipping_canceled")?.unwrap_or(0);
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
        refunded: some(invoiced, refunded_net, invoiced_net, "shipping_refunded")?,
        canceled: if is_canceled {
            left
        } else {
            some(
                left,
                canceled_net,
                net.saturating_sub(invoiced_net),
                "shipping_canceled",
            )?
        },
    })
}

/// Does the same as [`part`], and returns zero for a part of zero.
fn some(whole: RowMoney, net: i64, of: i64, field: &str) -> Result<RowMoney, OrderRefusal> {
    if net == 0 {
        Ok(RowMoney::zero(whole.net.currency()))
    } else {
        part(whole, net, of, field)
    }
}

/// The part of `whole` that `net` is of the net amount `of`; all of `whole` where both are equal.
fn part(whole: RowMoney, net: i64, of: i64, field: &str) -> Result<RowMoney, OrderRefusal> {
    match net.cmp(&of) {
        // A share is a proportion, so ten-thousandths of money work like ten-thousandths of a unit.
        Ordering::Less => Ok(whole.share(
            Quantity::ZERO,
            Quantity::from_scaled(net),
            Quantity::from_scaled(of),
        )?),
        Ordering::Equal => Ok(whole),
        Ordering::Greater => {
            let value = decimal(net.into(), whole.net.currency());
            Err(OrderRefusal::new(
                field,
                &value,
                "is more than there is of the shipping",
            ))
        }
    }
}
