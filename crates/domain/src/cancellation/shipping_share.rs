//! The shipping that goes with a part of an order that is canceled. Where all that is left is canceled, `rest` in
//! `plan.rs` decides about the shipping.

use crate::cancellation::CanceledItem;
use crate::cancellation::rules::ShippingRefund;
use crate::money::{Fraction, MoneyError, Quantity, RowMoney};
use crate::order::Order;

/// The shipping that goes with a part: what is canceled of it, and what is refunded.
pub(crate) fn shipping_of_part(
    order: &Order,
    items: &[CanceledItem],
    rule: ShippingRefund,
) -> Result<[RowMoney; 2], MoneyError> {
    let zero = RowMoney::zero(order.currency());
    let shipping = &order.shipping;
    let to_bill = shipping
        .ordered
        .checked_sub(shipping.invoiced)?
        .checked_sub(shipping.canceled)?;
    let to_refund = if order.is_free() {
        zero
    } else {
        shipping.invoiced.checked_sub(shipping.refunded)?
    };
    match rule {
        ShippingRefund::OnlyWhenEverything | ShippingRefund::None => Ok([zero, zero]),
        ShippingRefund::All => Ok([to_bill, to_refund]),
        ShippingRefund::InProportion => {
            let taken = items
                .iter()
                .map(|row| row.canceled_money.checked_add(row.refunded_money));
            let left = order.counting_items().map(|item| {
                item.ordered
                    .checked_sub(item.canceled)?
                    .checked_sub(item.refunded)
            });
            let fraction = Fraction {
                part: value_of(order, taken)?,
                whole: value_of(order, left)?,
            };
            let share = |amount: RowMoney| {
                if !fraction.whole.is_positive() {
                    return Ok::<_, MoneyError>(zero);
                }
                let payable = amount.payable()?.share(fraction.part, fraction.whole);
                Ok(amount.share_of(payable, fraction))
            };
            Ok([share(to_bill)?, share(to_refund)?])
        }
    }
}

/// What `rows` are worth, as a quantity of minor units.
fn value_of(
    order: &Order,
    rows: impl Iterator<Item = Result<RowMoney, MoneyError>>,
) -> Result<Quantity, MoneyError> {
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let value = RowMoney::sum(order.currency(), rows)?.payable()?;
    Ok(Quantity::from_scaled(value.minor()))
}
