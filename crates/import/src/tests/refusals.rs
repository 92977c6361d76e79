//! Tests of each class of refusal, by the field that the refusal names.

use serde_json::{Value, json};

use super::super::read_order;
use super::{changed, minimal, read};

/// The place of a wrong value, the value, and the field and value that the refusal names.
type Case<'a> = (&'a str, Value, &'a str, &'a str);

fn assert_refused(cases: impl IntoIterator<Item = Case<'static>>) {
    for (at, value, field, shown) in cases {
        let refusal = read(&changed(minimal(), &[(at, value)])).expect_err(field);
        assert_eq!(
            (refusal.field.as_str(), refusal.value.as_str()),
            (field, shown),
            "{refusal}"
        );
        assert_eq!(refusal.number.is_none(), field == "increment_id", "{refusal}");
    }
}

/// The item of the minimal order with some fields changed.
fn item(changes: &Value) -> Value {
    let mut item = minimal()["items"][0].clone();
    for (field, value) in changes.as_object().expect("fields") {
        item[field] = value.clone();
    }
    json!([item])
}

#[test]
fn a_wrong_field_of_the_order_is_named_with_its_value() {
    assert_refused([
        ("/increment_id", json!(null), "increment_id", ""),
        ("/increment_id", json!("1#2"), "increment_id", "1#2"),
        (
            "/increment_id",
            json!("1".repeat(51)),
            "increment_id",
            "111111111111111111111111111111111111111111111111111",
        ),
        ("/state", json!("shipped"), "state", "shipped"),
        ("/state", json!(null), "state", ""),
        (
            "/status",
            json!("s".repeat(33)),
            "status",
            "sssssssssssssssssssssssssssssssss",
        ),
        ("/created_at", json!("soon"), "created_at", "soon"),
        ("/created_at", json!(null), "created_at", ""),
        ("/customer_email", json!(null), "customer_email", ""),
        ("/customer_email", json!("a\u{0}@b.c"), "customer_email", "a @b.c"),
        ("/customer_is_guest", json!("maybe"), "customer_is_guest", "maybe"),
        ("/billing_address", json!(null), "billing_address", ""),
        (
            "/billing_address/lastname",
            json!(null),
            "billing_address.lastname",
            "",
        ),
        (
            "/billing_address/country_id",
            json!("Britain"),
            "billing_address.country_id",
            "Britain",
        ),
        ("/payment", json!([]), "payment", ""),
        ("/payment/method", json!(""), "payment.method", ""),
        (
            "/payment/method",
            json!("check\nmo"),
            "payment.method",
            "check mo",
        ),
    ]);
}

#[test]
fn amounts_that_do_not_add_up_are_named() {
    assert_refused([
        ("/order_currency_code", json!("XYZ"), "order_currency_code", "XYZ"),
        ("/order_currency_code", json!(null), "order_currency_code", ""),
        ("/base_currency_code", json!("EUR"), "base_grand_total", ""),
        ("/grand_total", json!(15.01), "grand_total", "15.01"),
        ("/grand_total", json!("1e99"), "grand_total", "1e99"),
        ("/gift_cards_amount", json!(-1), "gift_cards_amount", "-1"),
        (
            "/shipping_discount_amount",
            json!(6),
            "shipping_discount_amount",
            "6",
        ),
        ("/shipping_invoiced", json!(6), "shipping_invoiced", "6.00"),
        ("/total_invoiced", json!(15.5), "total_invoiced", "15.50"),
        ("/total_invoiced", json!(1), "total_invoiced", "1.00"),
        ("/total_refunded", json!(1), "total_refunded", "1.00"),
    ]);
}

#[test]
fn a_wrong_row_is_named_by_its_index() {
    let child = json!([{"sku": "a", "qty_ordered": 1, "row_total": 10, "parent_item_id": 9}]);
    let looped = json!([{"item_id": 1, "sku": "a", "qty_ordered": 1, "row_total": 10, "parent_item_id": 1}]);
    let twins = json!([{"item_id": 1}, {"item_id": "1"}]);
    assert_refused([
        ("/items", twins, "items[1].item_id", "1"),
        ("/items", json!(null), "items", ""),
        ("/items", json!({"0": {}}), "items", r#"{"0":{}}"#),
        ("/items", json!([5]), "items[0]", "5"),
        ("/items", json!(vec![0; 10_000]), "items", "10000"),
        ("/items", child, "items[0].parent_item_id", "9"),
        ("/items", looped, "items[0].parent_item_id", ""),
        ("/items", item(&json!({"sku": null})), "items[0].sku", ""),
        (
            "/items",
            item(&json!({"sku": "s".repeat(256)})),
            "items[0].sku",
            "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss",
        ),
        (
            "/items",
            item(&json!({"qty_ordered": null})),
            "items[0].qty_ordered",
            "",
        ),
        (
            "/items",
            item(&json!({"qty_ordered": -2})),
            "items[0].qty_ordered",
            "-2",
        ),
        (
            "/items",
            item(&json!({"qty_canceled": 1, "qty_invoiced": 2})),
            "items[0].qty_ordered",
            "2",
        ),
        (
            "/items",
            item(&json!({"qty_refunded": 1})),
            "items[0].qty_refunded",
            "1",
        ),
        (
            "/items",
            item(&json!({"row_total": "10 GBP"})),
            "items[0].row_total",
            "10 GBP",
        ),
        (
            "/items",
            item(&json!({"discount_amount": 11})),
            "items[0].discount_amount",
            "11",
        ),
        (
            "/items",
            item(&json!({"qty_invoiced": 2})),
            "total_invoiced",
            "0.00",
        ),
    ]);
}

#[test]
fn what_is_no_order_at_all_is_refused() {
    assert_eq!(
        read_order("[]").expect_err("a list").to_string(),
        "order is missing"
    );
    for wrong in ["{", "", "5", "null", "[1]", r#"{"state":"new","state":"new"}"#] {
        let refusal = read_order(wrong).expect_err(wrong);
        assert_eq!((refusal.field.as_str(), refusal.number), ("order", None));
    }
}

#[test]
fn a_subscription_is_read_with_its_period_or_names_its_wrong_field() {
    let subscription = |changes: &Value| {
        let mut subscription = json!({ "subscription_id": "SUB-1", "interval_unit": "month", "interval_count": "3",
            "paid_from": "2030-01-01 00:00:00", "paid_until": "2030-04-01T00:00:00Z" });
        for (field, value) in changes.as_object().expect("fields") {
            subscription[field] = value.clone();
        }
        item(&json!({ "extension_attributes": { "subscription": subscription } }))
    };
    let order = changed(minimal(), &[("/items", subscription(&json!({})))]);
    let kept = super::taken(&order).subscriptions.remove(0);
    assert_eq!(
        (kept.id.as_str(), kept.item.0, kept.interval.count),
        ("SUB-1", 1, 3)
    );
    assert_eq!((kept.paid_until - kept.paid_from).num_days(), 90);
    for (field, value, problem) in [
        ("subscription_id", json!(null), "is missing"),
        (
            "subscription_id",
            json!("x".repeat(65)),
            "is longer than 64 characters",
        ),
        (
            "interval_unit",
            json!("DECADE"),
            "is none of DAY, WEEK, MONTH and YEAR",
        ),
        ("interval_count", json!(1001), "must be 1 to 1000"),
        (
            "paid_from",
            json!("tomorrow"),
            "is not a time like 2030-12-31 23:59:59",
        ),
        (
            "paid_until",
            json!("2030-01-01 00:00:00"),
            "is not later than paid_from",
        ),
    ] {
        let items = subscription(&json!({ field: value }));
        let refusal = read_order(&changed(minimal(), &[("/items", items.clone())]).to_string());
        let refusal = refusal.expect_err(field);
        let path = format!("items[0].extension_attributes.subscription.{field}");
        assert_eq!((&refusal.field, refusal.problem.as_str()), (&path, problem));
        let past = [("/items", items), ("/state", json!("complete"))];
        let (order, notes) = super::entered(&past);
        assert!(
            order.subscriptions.is_empty() && notes.iter().any(|it| it.contains(problem)),
            "{notes:?}"
        );
    }
    for other in [json!([]), json!("text"), json!({ "gift": 1 })] {
        let items = item(&json!({ "extension_attributes": other }));
        assert!(read(&changed(minimal(), &[("/items", items)])).is_ok());
    }
    let odd = item(&json!({ "extension_attributes": { "subscription": 5 } }));
    assert!(read(&changed(minimal(), &[("/items", odd)])).is_err());
}
