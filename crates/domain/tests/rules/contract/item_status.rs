//! The status text of an item for every combination of quantities (`docs/contract.md` section 6.1).

use countermand_domain::{ItemPosition, ItemQuantities, OrderItem, Quantity, RowMoney};

use super::usd;

/// The units invoiced, shipped, canceled and refunded of two ordered units, and the status.
const TABLE: &[([i64; 4], &str)] = &[
    ([0, 0, 0, 0], "Ordered"),
    ([0, 0, 1, 0], "Partial"),
    ([0, 0, 2, 0], "Canceled"),
    ([0, 1, 0, 0], "Partial"),
    ([0, 1, 1, 0], "Mixed"),
    ([0, 2, 0, 0], "Mixed"),
    ([1, 0, 0, 0], "Partial"),
    ([1, 0, 0, 1], "Invoiced"),
    ([1, 0, 1, 0], "Invoiced"),
    ([1, 0, 1, 1], "Mixed"),
    ([1, 1, 0, 0], "Partial"),
    ([1, 1, 0, 1], "Shipped"),
    ([1, 1, 1, 0], "Shipped"),
    ([1, 1, 1, 1], "Mixed"),
    ([1, 2, 0, 0], "Shipped"),
    ([1, 2, 0, 1], "Mixed"),
    ([2, 0, 0, 0], "Invoiced"),
    ([2, 0, 0, 1], "Mixed"),
    ([2, 0, 0, 2], "Refunded"),
    ([2, 1, 0, 0], "Mixed"),
    ([2, 1, 0, 1], "Shipped"),
    ([2, 1, 0, 2], "Refunded"),
    ([2, 2, 0, 0], "Shipped"),
    ([2, 2, 0, 1], "Mixed"),
    ([2, 2, 0, 2], "Refunded"),
];

fn status_of(ordered: i64, [invoiced, shipped, canceled, refunded]: [i64; 4]) -> &'static str {
    let units = Quantity::whole(ordered);
    let money = RowMoney::net(usd(1000 * ordered));
    let item = OrderItem {
        quantities: ItemQuantities {
            ordered: units,
            invoiced: Quantity::whole(invoiced),
            shipped: Quantity::whole(shipped),
            canceled: Quantity::whole(canceled),
            refunded: Quantity::whole(refunded),
            in_fulfilment: Quantity::ZERO,
        },
        ..OrderItem::new(ItemPosition(1), "a", "A thing", units, money)
    };
    item.status()
}

#[test]
fn the_status_of_an_item_follows_from_its_quantities() {
    for &(quantities, status) in TABLE {
        assert_eq!(status_of(2, quantities), status, "{quantities:?}");
    }
}

#[test]
fn the_table_of_statuses_has_every_combination_of_quantities() {
    let mut combinations = Vec::new();
    for invoiced in 0..=2_i64 {
        for shipped in 0..=2_i64 {
            for canceled in 0..=2 - invoiced.max(shipped) {
                for refunded in 0..=invoiced {
                    combinations.push([invoiced, shipped, canceled, refunded]);
                }
            }
        }
    }
    assert_eq!(TABLE.iter().map(|row| row.0).collect::<Vec<_>>(), combinations);
}

#[test]
fn the_units_that_remain_after_a_refund_decide_whether_an_item_is_shipped() {
    assert_eq!(status_of(10, [10, 5, 0, 5]), "Shipped");
    assert_eq!(status_of(10, [10, 3, 0, 5]), "Mixed");
    assert_eq!(status_of(10, [4, 0, 2, 0]), "Partial");
    assert_eq!(status_of(10, [6, 0, 2, 2]), "Invoiced");
}

/// Imported history may contradict itself: more units went away than were ordered.
#[test]
fn an_item_whose_quantities_contradict_each_other_is_mixed() {
    assert_eq!(status_of(1, [1, 1, 1, 1]), "Refunded");
    assert_eq!(status_of(2, [2, 2, 1, 1]), "Mixed");
    assert_eq!(status_of(2, [2, 0, 1, 2]), "Refunded");
}
