//! What an order consists of and what it costs, as a mail lists it.

use countermand_domain::{Money, MoneyError, Order, OrderItem};

use crate::mails::amount_text::amount_text;
use crate::ports::{OrderLine, OrderSummary};

/// The most items that a mail lists. The order's page shows all of them.
const MOST_ITEMS: usize = 50;

/// The items and amounts of `order` for readers of `locale`; none when the amounts cannot be added up, because a mail
/// about an order is sent all the same.
pub(crate) fn order_summary(order: &Order, locale: &str) -> Option<OrderSummary> {
    summed_up(order, locale).ok()
}

fn summed_up(order: &Order, locale: &str) -> Result<OrderSummary, MoneyError> {
    let text = |amount: Money| amount_text(amount, locale);
    let unless_zero = |amount: Money| (!amount.is_zero()).then(|| text(amount));
    let (items, shipping, totals) = (order.items_money()?, order.shipping.ordered, order.totals);
    let subtotal = items.net;
    let tax = items.tax.checked_add(shipping.tax)?;
    // A discount on prices with tax contains tax, which the items do not count either.
    let discount = items
        .discount
        .checked_add(shipping.discount)?
        .checked_sub(items.tax_compensation)?
        .checked_sub(shipping.tax_compensation)?;
    let explained = subtotal
        .checked_add(shipping.net)?
        .checked_add(tax)?
        .checked_sub(discount)?
        .checked_sub(totals.credits)?;
    let wholes: Vec<_> = order.items.iter().filter(|item| item.parent.is_none()).collect();
    let lines = wholes.iter().take(MOST_ITEMS);
    Ok(OrderSummary {
        items: lines
            .map(|item| line(order, item, locale))
            .collect::<Result<_, _>>()?,
        more_items: wholes.len().saturating_sub(MOST_ITEMS),
        subtotal: text(subtotal),
        shipping: (!order.is_virtual).then(|| text(shipping.net)),
        discount: unless_zero(discount.negated()),
        tax: unless_zero(tax),
        credits: unless_zero(totals.credits.negated()),
        other_charges: unless_zero(totals.grand_total.checked_sub(explained)?),
        total: text(totals.grand_total),
    })
}

/// An item with what was ordered of it; a bundle whose parts have the prices costs what they cost.
fn line(order: &Order, item: &OrderItem, locale: &str) -> Result<OrderLine, MoneyError> {
    let amount = if item.counts {
        item.ordered.net
    } else {
        let parts = order.children(item.position).filter(|part| part.counts);
        Money::sum(order.currency(), parts.map(|part| part.ordered.net))?
    };
    Ok(OrderLine {
        sku: item.sku.clone(),
        name: item.name.clone(),
        quantity: item.quantities.ordered.to_string(),
        amount: amount_text(amount, locale),
    })
}
