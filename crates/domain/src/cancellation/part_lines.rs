//! The quantities that a cancellation of a part of an order cancels, and those that it refunds.

use crate::cancellation::takeable::Named;
use crate::money::Quantity;
use crate::order::{BrokenUnits, ItemPosition, Order, OrderItem};

/// Quantities of items.
type Lines = Vec<(ItemPosition, Quantity)>;

/// The quantities that a cancellation of `lines` cancels, and those that it refunds: with the parts of bundles and
/// configurable items, and with the bundles of which it takes the last parts.
pub(crate) fn lines_of_part(order: &Order, lines: &[(ItemPosition, Quantity)]) -> [Lines; 2] {
    let to_cancel = |item: &OrderItem| order.takes_uninvoiced(item, Named::WithWhole);
    let to_refund = |item: &OrderItem| order.takes_invoiced(item, Named::WithWhole);
    let (mut canceled, mut refunded) = (Vec::new(), Vec::new());
    for &(position, quantity) in lines {
        let alone = |item| order.takes_uninvoiced(item, Named::Alone);
        let first = quantity.min(order.item(position).map_or(Quantity::ZERO, alone));
        canceled.push((position, first));
        refunded.push((position, quantity.minus(first)));
    }
    let mut canceled = order.with_children(&canceled, to_cancel, BrokenUnits::First);
    let mut refunded = order.with_children(&refunded, to_refund, BrokenUnits::First);
    for whole in bundles_by_part(order, lines) {
        let most = order.without_shipped_parts(whole);
        let to_cancel = |part: &OrderItem| part.quantities.to_cancel().min(left_of_part(whole, part));
        let to_refund = |part: &OrderItem| {
            let left = left_of_part(whole, part).minus(to_cancel(part));
            part.quantities.to_refund().min(left)
        };
        let uninvoiced = whole.quantities.to_cancel();
        let uninvoiced = without_parts(order, whole, uninvoiced, &canceled, to_cancel).min(most);
        let invoiced = without_parts(order, whole, whole.quantities.to_refund(), &refunded, to_refund);
        canceled.push((whole.position, uninvoiced));
        refunded.push((whole.position, invoiced.min(most.minus(uninvoiced))));
    }
    for lines in [&mut canceled, &mut refunded] {
        lines.retain(|line| line.1.is_positive());
    }
    [canceled, refunded]
}

/// The bundles of which `lines` name parts by themselves.
fn bundles_by_part<'a>(
    order: &'a Order,
    lines: &'a [(ItemPosition, Quantity)],
) -> impl Iterator<Item = &'a OrderItem> {
    let has_line = |part: &OrderItem| lines.iter().any(|line| line.0 == part.position);
    order
        .items
        .iter()
        .filter(move |whole| order.children(whole.position).any(has_line))
}

/// The units of `part` that are not gone. A service went to the buyer with the shipped units of its bundle.
fn left_of_part(whole: &OrderItem, part: &OrderItem) -> Quantity {
    let kept = part.quantities.kept_by_buyer();
    if part.is_virtual {
        let ordered = part.quantities.ordered;
        kept.minus(ordered.part(whole.quantities.shipped, whole.quantities.ordered))
    } else {
        kept
    }
}

/// The units of the bundle `whole`, of which `wholes` are left, of which no part is left once `lines` are taken.
fn without_parts(
    order: &Order,
    whole: &OrderItem,
    wholes: Quantity,
    lines: &[(ItemPosition, Quantity)],
    left: impl Fn(&OrderItem) -> Quantity,
) -> Quantity {
    let held = order.wholes_holding(whole, |part| {
        let line = lines.iter().find(|line| line.0 == part.position);
        left(part).minus(line.map_or(Quantity::ZERO, |line| line.1))
    });
    wholes.minus(held)
}
