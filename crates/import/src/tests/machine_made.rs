//! Tests with what machines write: floats, control characters, long numbers and SKUs, statuses of the shop's own.

use countermand_domain::{Money, UnitPrice};
use serde_json::{Value, json};

use super::super::read_order;
use super::{assert_adds_up, changed, entered, minimal, read, stored, taken};

/// The notes of the minimal order with one value changed; the order enters.
fn notes(at: &str, value: Value) -> Vec<String> {
    let read = read(&changed(minimal(), &[(at, value)])).unwrap_or_else(|refusal| panic!("{refusal}"));
    read.notes
}

#[test]
fn floats_with_17_digits_are_the_amounts_that_they_stand_for() {
    let json = minimal().to_string();
    let json = json
        .replace(
            r#""grand_total":15"#,
            r#""grand_total":96.540000000000006,"base_grand_total":96.540000000000006"#,
        )
        .replace(
            r#""row_total":10"#,
            r#""row_total":75.650000000000006,"tax_amount":15.890000000000001"#,
        )
        .replace(r#""qty_ordered":2"#, r#""qty_ordered":1.9999999999999998"#);
    let read = read_order(&json).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(read.notes.is_empty());
    let order = stored(read);
    assert_adds_up(&order);
    assert_eq!(order.items[0].ordered.payable().map(Money::minor), Ok(9154));
    assert_eq!(order.items[0].quantities.ordered.to_string(), "2");
    assert_eq!(order.totals.grand_total.minor(), 9654);
}

#[test]
fn an_amount_with_more_than_four_digits_that_is_no_float_is_rounded_with_a_note() {
    let changes = [
        ("/grand_total", json!("15.123456")),
        ("/items/0/row_total", json!("10.123456")),
    ];
    let (order, notes) = entered(&changes);
    assert_eq!(
        notes,
        [
            "grand_total 15.123456 was rounded to 15.1235",
            "items[0].row_total 10.123456 was rounded to 10.1235",
            "grand_total 15.1235 was rounded to 15.12"
        ]
    );
    assert_eq!(order.totals.grand_total.minor(), 1512);
    assert!(
        read(&changed(minimal(), &changes[1..])).is_err(),
        "12 pence too much"
    );
}

#[test]
fn prices_and_percentages_that_are_only_shown_are_rounded() {
    let changes = [
        ("/grand_total", json!(16.9)),
        ("/items/0/tax_amount", json!(1.9)),
        ("/items/0/price", json!("8.403361344537815")),
        ("/items/0/price_incl_tax", json!("9.99995")),
        ("/items/0/original_price", json!("8.40334999")),
        ("/items/0/tax_percent", json!("19.00005")),
    ];
    let order = taken(&changed(minimal(), &changes));
    let prices = order.items[0].prices;
    assert_eq!(prices.price, UnitPrice::from_ten_thousandths(84_034));
    assert_eq!(
        prices.price_including_tax,
        UnitPrice::from_ten_thousandths(100_000)
    );
    assert_eq!(
        prices.original_price,
        Some(UnitPrice::from_ten_thousandths(84_033))
    );
    assert_eq!(order.taxes[0].rate, 190_001);

    let applied = json!({"applied_taxes": [{"title": "VAT", "percent": "19.00004", "amount": 1.9}]});
    let order = changed(minimal(), &changes);
    let order = taken(&changed(order, &[("/extension_attributes", applied)]));
    assert_eq!(order.taxes[0].rate, 190_000);

    let negative = read(&changed(minimal(), &[("/items/0/price", json!("-8.40335"))])).expect_err("negative");
    assert_eq!(
        negative.to_string(),
        "items[0].price must not be below zero (`-8.40335`)"
    );
    for counted in ["row_total", "tax_amount", "discount_amount"] {
        let at = format!("/items/0/{counted}");
        let refusal = read(&changed(minimal(), &[(&at, json!("8.403361344537815"))])).expect_err("counted");
        assert_eq!(refusal.field, "grand_total", "{counted}");
    }
}

#[test]
fn control_characters_become_blanks_with_a_note() {
    let became = |field: &str| format!("{field} holds control characters, which became blanks");
    for (at, value, field) in [
        ("/customer_firstname", json!("An\u{7}na"), "customer_firstname"),
        (
            "/billing_address/lastname",
            json!("O\tther"),
            "billing_address.lastname",
        ),
        (
            "/billing_address/street",
            json!(["a", "b\nc"]),
            "billing_address.street[1]",
        ),
        (
            "/shipping_description",
            json!("Flat\u{0}Rate"),
            "shipping_description",
        ),
        ("/coupon_code", json!("SPR\u{1b}ING"), "coupon_code"),
        ("/items/0/name", json!("A\rmug"), "items[0].name"),
        ("/items/0/sku", json!("mug\n"), "items[0].sku"),
        ("/payment/last_trans_id", json!("t1\n"), "payment.last_trans_id"),
        (
            "/status_histories",
            json!([{"comment": "a\u{7}b\nc"}]),
            "status_histories[0].comment",
        ),
        (
            "/items/0/product_option",
            json!({"extension_attributes": {"custom_options": [{"label": "Te\u{0}xt", "value": "x"}]}}),
            "items[0].product_option",
        ),
    ] {
        assert_eq!(notes(at, value), [became(field)]);
    }
    let street = changed(
        minimal(),
        &[("/billing_address/street", json!(["Rue\u{7}1\r\n"]))],
    );
    let order = stored(read(&street).expect("a good order"));
    assert_eq!(order.billing_address.street, ["Rue 1"]);
}

#[test]
fn an_order_number_of_more_than_20_characters_enters_with_a_note() {
    assert!(notes("/increment_id", json!("1".repeat(20))).is_empty());
    for number in ["EBAY-12-34567-89012-3".to_owned(), "9".repeat(50)] {
        let notes = notes("/increment_id", json!(number));
        let start =
            format!("increment_id {number} is longer than 20 characters, so Adobe's storefront components");
        assert!(
            matches!(&notes[..], [note] if note.starts_with(&start)),
            "{notes:?}"
        );
    }
}

#[test]
fn a_sku_may_have_255_characters() {
    let sku = "24-WG080-".repeat(29)[..255].to_owned();
    let order = changed(minimal(), &[("/items/0/sku", json!(sku))]);
    assert_eq!(stored(read(&order).expect("a good order")).items[0].sku, sku);
}

#[test]
fn a_status_of_the_shops_own_keeps_its_code() {
    let order = changed(
        minimal(),
        &[("/state", json!("processing")), ("/status", json!("packing_now"))],
    );
    assert_eq!(stored(read(&order).expect("a good order")).status, "packing_now");
}

#[test]
fn a_payment_shows_its_title_and_never_a_token() {
    let payment = json!({"method": "gateway", "additional_information": ["token_0vp8secret", "Card"]});
    let info = json!({"payment_additional_info": [
        {"key": "token", "value": "token_0vp8secret"}, {"key": "method_title", "value": "Card"}
    ]});
    let titled = changed(
        minimal(),
        &[("/payment", payment.clone()), ("/extension_attributes", info)],
    );
    assert_eq!(stored(read(&titled).expect("a good order")).payment.title, "Card");
    let untitled = changed(minimal(), &[("/payment", payment)]);
    assert_eq!(
        stored(read(&untitled).expect("a good order")).payment.title,
        "gateway"
    );
}
