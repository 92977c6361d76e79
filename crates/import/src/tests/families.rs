//! Tests with items that belong to other items.

use countermand_domain::{ItemPosition, Order, OrderItem};
use serde_json::{Value, json};

use super::{assert_adds_up, changed, minimal, read, stored, taken};

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

/// The order of a family at £10 for two units with all shipping; `whole` and `part` are the fields of its two items.
fn family(state: &str, whole: &Value, part: &Value) -> Value {
    let mut items = [
        json!({"item_id": 1, "sku": "whole"}),
        json!({"item_id": 2, "sku": "part", "parent_item_id": 1}),
    ];
    for (item, fields) in items.iter_mut().zip([whole, part]) {
        for (field, value) in fields.as_object().expect("fields") {
            item[field] = value.clone();
        }
    }
    let any_invoiced = [whole, part]
        .iter()
        .any(|it| it["qty_invoiced"].as_i64().is_some_and(|it| it > 0));
    let invoiced = if any_invoiced { json!(15) } else { json!(0) };
    changed(
        minimal(),
        &[
            ("/state", json!(state)),
            ("/items", json!(items)),
            ("/total_invoiced", invoiced.clone()),
            ("/total_paid", invoiced),
        ],
    )
}

/// The units ordered, invoiced, shipped, canceled and refunded of each item.
fn units(order: &Order) -> Vec<String> {
    let told = |item: &OrderItem| {
        let q = item.quantities;
        [q.ordered, q.invoiced, q.shipped, q.canceled, q.refunded]
            .map(|it| it.to_string())
            .join(" ")
    };
    order.items.iter().map(told).collect()
}

#[test]
fn the_part_of_a_configurable_follows_the_whole() {
    let whole = json!({"product_type": "configurable", "qty_ordered": 2, "row_total": 10, "qty_invoiced": 2, "qty_shipped": 2});
    for part in [
        json!({"qty_ordered": 2, "row_total": 0, "qty_invoiced": 2}),
        json!({"qty_ordered": 2, "row_total": 0, "qty_invoiced": 5, "qty_shipped": 7, "qty_refunded": 9, "qty_canceled": 3}),
    ] {
        let order = taken(&family("complete", &whole, &part));
        assert_eq!(units(&order), ["2 2 2 0 0", "2 2 2 0 0"]);
    }
    let whole = json!({"product_type": "configurable", "qty_ordered": 2, "row_total": 10, "qty_canceled": 2});
    let order = taken(&family(
        "processing",
        &whole,
        &json!({"qty_ordered": 2, "row_total": 0}),
    ));
    assert_eq!(units(&order), ["2 0 0 2 0", "2 0 0 2 0"]);
}

#[test]
fn a_part_that_alone_says_that_it_was_shipped_is_believed() {
    let whole = json!({"product_type": "configurable", "qty_ordered": 2, "row_total": 10});
    let part = json!({"qty_ordered": 2, "row_total": 0, "qty_shipped": 1});
    assert_eq!(
        units(&taken(&family("processing", &whole, &part))),
        ["2 0 1 0 0", "2 0 1 0 0"]
    );
}

#[test]
fn the_parts_of_a_bundle_that_is_shipped_as_a_whole_follow_it() {
    let whole = json!({"product_type": "bundle", "qty_ordered": 2, "row_total": 10, "qty_invoiced": 2, "qty_shipped": 1});
    let part = json!({"qty_ordered": 6, "row_total": 10, "qty_invoiced": 6, "qty_refunded": 3});
    let order = family("processing", &whole, &part);
    assert_eq!(units(&taken(&order)), ["2 2 1 0 1", "6 6 3 0 3"]);
}

#[test]
fn a_bundle_whose_parts_are_shipped_one_by_one_is_shipped_as_far_as_the_last_of_them() {
    let whole = json!({"product_type": "bundle", "qty_ordered": 2, "row_total": 10});
    let part = json!({"qty_ordered": 4, "row_total": 10, "qty_shipped": 2});
    let mut order = family("processing", &whole, &part);
    assert_eq!(units(&taken(&order)), ["2 0 1 0 0", "4 0 2 0 0"]);

    let service =
        json!({"item_id": 3, "sku": "help", "parent_item_id": 1, "qty_ordered": 2, "is_virtual": 1});
    order["items"].as_array_mut().expect("items").push(service);
    assert_eq!(units(&taken(&order)), ["2 0 1 0 0", "4 0 2 0 0", "2 0 0 0 0"]);

    order["items"][0]["qty_shipped"] = json!(2);
    assert_eq!(units(&taken(&order))[..2], ["2 0 2 0 0", "4 0 4 0 0"]);
    order["items"][0]["product_options"] = json!({"shipment_type": "1"});
    assert_eq!(units(&taken(&order))[..2], ["2 0 1 0 0", "4 0 2 0 0"]);
}

#[test]
fn a_part_with_more_units_than_were_ordered_follows_its_bundle() {
    let whole = json!({"product_type": "bundle", "qty_ordered": 1, "row_total": 10, "qty_invoiced": 1, "qty_shipped": 1});
    let part = json!({"qty_ordered": 1, "row_total": 10, "qty_invoiced": 3, "row_invoiced": 10});
    for state in ["complete", "processing"] {
        let read = read(&family(state, &whole, &part)).expect("a good order");
        assert!(read.notes.is_empty());
        let order = stored(read);
        assert_adds_up(&order);
        assert_eq!(units(&order), ["1 1 1 0 0", "1 1 1 0 0"]);
        assert_eq!(order.items[1].invoiced, order.items[1].ordered);
    }
}

#[test]
fn parts_that_tell_nothing_are_invoiced_and_canceled_with_their_bundle() {
    let whole = json!({"product_type": "bundle", "qty_ordered": 2, "row_total": 10, "qty_invoiced": 2});
    let part = json!({"qty_ordered": 4, "row_total": 10});
    let order = taken(&family("processing", &whole, &part));
    assert_adds_up(&order);
    assert_eq!(units(&order), ["2 2 0 0 0", "4 4 0 0 0"]);
}

#[test]
fn a_child_has_the_status_of_its_configurable_item() {
    let whole = json!({"product_type": "configurable", "qty_ordered": 2, "row_total": 10, "qty_invoiced": 2});
    let part = json!({"qty_ordered": 2, "row_total": 0});
    let order = taken(&family("processing", &whole, &part));
    let statuses: Vec<_> = order.items.iter().map(OrderItem::status).collect();
    assert_eq!(statuses, ["Invoiced", "Invoiced"]);
}
