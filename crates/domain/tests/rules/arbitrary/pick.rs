//! Generates picks of the items of an order, and makes lines and selections of them.

use countermand_domain::{ItemPosition, Order, OrderItem, Quantity, Selection};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::permille;

/// A part of an order item: one unit, or a share of the ordered quantity in per mille.
#[derive(Debug, Clone)]
pub(crate) struct Pick {
    row: Index,
    permille: Option<i64>,
}

/// Some of an order.
pub(crate) fn picks() -> impl Strategy<Value = Vec<Pick>> {
    let permille = prop_oneof![3 => Just(None), 1 => (0..=1100_i64).prop_map(Some)];
    let pick = (any::<Index>(), permille).prop_map(|(row, permille)| Pick { row, permille });
    prop_oneof![1 => Just(vec![]), 2 => vec(pick, 1..4)]
}

/// What `picks` name of an order, as far as it can be canceled.
pub(crate) fn selection(picks: &[Pick], order: &Order) -> Selection {
    cut_to_what_is_left(lines(picks, order), order)
}

/// What `picks` name of an order, parts of bundles included, as far as it can be canceled. No bundle is named together
/// with its parts.
pub(crate) fn selection_by_part(picks: &[Pick], order: &Order) -> Selection {
    let is_named = |item: &&OrderItem| {
        let whole = item.parent.and_then(|whole| order.item(whole));
        whole.is_none_or(|whole| order.has_separate_parts(whole))
    };
    let mut named = lines_of(picks, &order.items.iter().filter(is_named).collect::<Vec<_>>());
    let wholes: Vec<_> = named.iter().map(|line| line.0).collect();
    named.retain(|line| {
        let whole = order.item(line.0).and_then(|item| item.parent);
        whole.is_none_or(|whole| !wholes.contains(&whole))
    });
    cut_to_what_is_left(named, order)
}

fn cut_to_what_is_left(lines: Vec<(ItemPosition, Quantity)>, order: &Order) -> Selection {
    let mut selected: Vec<(ItemPosition, Quantity)> = Vec::new();
    for (position, quantity) in lines {
        let left = order
            .item(position)
            .map_or(Quantity::ZERO, |item| order.to_give_up(item));
        let quantity = in_units_of(order, position, quantity.min(left), left);
        if quantity.is_positive() && selected.iter().all(|line| line.0 != position) {
            selected.push((position, quantity));
        }
    }
    Selection::Items(selected)
}

/// As many whole units of `quantity` as an item that was ordered in whole units can lose, or all that is `left`.
fn in_units_of(order: &Order, position: ItemPosition, quantity: Quantity, left: Quantity) -> Quantity {
    let is_whole = order
        .item(position)
        .is_some_and(|item| item.quantities.ordered.is_whole());
    if !is_whole || quantity == left {
        return quantity;
    }
    Quantity::from_scaled(quantity.scaled() / 10_000 * 10_000)
}

/// Everything `picks` name, as staff would ask for it; nothing named is everything left.
pub(super) fn lines(picks: &[Pick], order: &Order) -> Vec<(ItemPosition, Quantity)> {
    lines_of(
        picks,
        &order
            .items
            .iter()
            .filter(|item| item.parent.is_none())
            .collect::<Vec<_>>(),
    )
}

fn lines_of(picks: &[Pick], rows: &[&OrderItem]) -> Vec<(ItemPosition, Quantity)> {
    let line = |pick: &Pick| {
        let row = rows[pick.row.index(rows.len())];
        let part = |share| Quantity::from_scaled(permille(row.quantities.ordered.scaled(), share));
        (row.position, pick.permille.map_or(Quantity::whole(1), part))
    };
    picks.iter().map(line).collect()
}
