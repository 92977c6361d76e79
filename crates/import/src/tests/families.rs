//! Tests with items that belong to other items.

use countermand_domain::ItemPosition;
use serde_json::json;

use super::{assert_adds_up, changed, minimal, taken};

#[test]
fn of_a_configurable_only_the_parent_counts() {
    let items = json!([
        {"item_id": 2, "parent_item_id": 1, "sku": "shirt-red", "qty_ordered": 1, "row_total": 0},
        {"item_id": 1, "sku": "shirt", "product_type": "configurable", "qty_ordered": 1, "row_total": 10,
         "product_options": {"attributes_info": [{"label": "Color", "value": "Red"}]}}
    ]);
    let order = taken(&changed(minimal(), &[("/items", items)]));
    assert_adds_up(&order);
    assert_eq!(
        order.items.iter().map(|it| it.counts).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(
        (order.items[0].parent, order.items[1].selected_options.len()),
        (Some(ItemPosition(2)), 1)
    );
}

#[test]
fn of_a_bundle_the_priced_parts_count() {
    let bundle = |total: i64, parts: [i64; 2]| {
        let part = |id: i64, total: i64| {
            json!({"item_id": id, "parent_item": {"item_id": 1}, "sku": "part", "qty_ordered": 1,
                   "row_total": total, "qty_invoiced": 1})
        };
        let whole = json!({"item_id": 1, "sku": "set", "product_type": "bundle", "qty_ordered": 1,
                           "row_total": total, "qty_invoiced": 1});
        let items = json!([whole, part(2, parts[0]), part(3, parts[1])]);
        let paid = [
            ("/items", items),
            ("/total_invoiced", json!(15)),
            ("/total_paid", json!(15)),
        ];
        let order = taken(&changed(minimal(), &paid));
        assert_adds_up(&order);
        order
    };
    let dynamic = bundle(10, [4, 6]);
    assert_eq!(
        dynamic.items.iter().map(|it| it.counts).collect::<Vec<_>>(),
        [false, true, true]
    );
    assert!(dynamic.items[0].invoiced.is_zero() && !dynamic.items[0].ordered.is_zero());
    let fixed = bundle(10, [0, 0]);
    assert_eq!(
        fixed.items.iter().map(|it| it.counts).collect::<Vec<_>>(),
        [true, false, false]
    );
}
