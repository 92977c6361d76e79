//! The export of a customer with many orders is whole, or refused with what to do instead.

use countermand_tests::{OrderJson, on_every_database, process};
use serde_json::{Value, json};

use crate::program::PROGRAM;

fn order(number: u32) -> Value {
    let line = json!({ "comment": "engraved", "created_at": "2026-03-01 10:00:00" });
    let order = OrderJson::new(&number.to_string()).line("A", 1000, 2, 1, 0);
    order
        .by("anna@example.com")
        .with("status_histories", json!([line]))
        .json()
}

on_every_database!(a_customer_with_300_orders_is_exported_whole, |shop| async move {
    let orders = |numbers: std::ops::RangeInclusive<u32>| numbers.map(order).collect::<Vec<_>>();
    shop.import(&orders(1..=300)).await;
    let input = json!({ "website_code": "base", "email": "anna@example.com" });
    let payload = shop.owner_does("exportCustomer", input.clone(), "document").await;
    assert_eq!(payload["user_errors"], json!([]));
    let document: Value =
        serde_json::from_str(payload["document"].as_str().expect("a document")).expect("JSON");
    let exported = document["orders"].as_array().expect("orders");
    let numbers: std::collections::BTreeSet<_> = exported.iter().map(|it| it["number"].to_string()).collect();
    assert_eq!((exported.len(), numbers.len()), (300, 300));
    let is_whole = |order: &Value| {
        order["items"].as_array().map(Vec::len) == Some(1)
            && order["history"][0]["text"] == "engraved"
            && order["events"][0]["kind"] == "order.imported"
    };
    assert!(exported.iter().all(is_whole));
    assert_eq!(shop.audit_log(1).await[0]["details"], "300 orders");

    shop.import(&orders(301..=501)).await;
    let refused = shop.refused("exportCustomer", input).await;
    assert_eq!(refused, ("INVALID".into(), "email".into()));
    let printed = process::run(
        PROGRAM,
        &[
            "customer",
            "export",
            "anna@example.com",
            "--database-url",
            shop.database_url(),
        ],
    );
    let printed: Value = serde_json::from_str(&printed.out).expect("JSON");
    assert_eq!(printed["orders"].as_array().map(Vec::len), Some(501));
});
