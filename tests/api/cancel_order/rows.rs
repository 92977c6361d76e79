//! Order items with fractions of units, free items, and discounts of unusual kinds.

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{keeps_every_promise, order, sell};

async fn cancel(shop: &TestShop, customer: &str, id: &str) -> Value {
    let answer = shop.cancel_order(id, "Other").token(customer).send().await;
    let order = answer.order().clone();
    shop.run_jobs().await;
    keeps_every_promise(shop).await;
    order
}

fn total(order: &Value, field: &str) -> Value {
    order["credit_memos"][0]["total"][field]["value"].clone()
}

on_every_database!(
    an_item_sold_by_weight_is_canceled_and_refunded_in_fractions,
    |shop| async move {
        let mut cheese = order("1").line("cheese", 1999, 3, 0, 0).json();
        let row = json!({ "qty_ordered": 2.75, "row_total": 54.97 });
        for (field, value) in row.as_object().expect("fields") {
            cheese["items"][0][field] = value.clone();
        }
        cheese["grand_total"] = json!(69.97);
        cheese["base_grand_total"] = json!(69.97);
        let (customer, id) = sell(&shop, cheese).await;
        let item = shop.order(&id).await["order"]["items"][0]["id"].clone();
        let part = json!([{ "item_id": item, "quantity": 1.3333 }]);
        shop.worked("createInvoice", json!({ "order_id": id, "items": part }))
            .await;

        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(canceled["status"], "Canceled");
        assert_eq!(canceled["items"][0]["quantity_canceled"], 1.4167);
        assert_eq!(canceled["items"][0]["quantity_refunded"], 1.3333);
        // 54.97 * 1.3333 / 2.75 = 26.651..., and the shipping is added.
        assert_eq!(total(&canceled, "grand_total"), 41.65);
    }
);

on_every_database!(only_the_shipping_of_a_free_item_is_refunded, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("present", 0, 1, 1, 0).json()).await;
    let canceled = cancel(&shop, &customer, &id).await;
    assert_eq!(canceled["status"], "Closed");
    assert_eq!(total(&canceled, "subtotal"), 0.0);
    assert_eq!(total(&canceled, "grand_total"), 5.0);
    assert_eq!(canceled["items"][0]["quantity_refunded"], 1.0);
});

// The prices include tax. A discount takes its tax with it, and Adobe keeps that tax in an amount of its own.
on_every_database!(tax_within_a_discount_is_refunded, |shop| async move {
    let mut placed = order("1").line("a", 826, 2, 0, 0).json();
    let row = json!({
        "row_total": 16.53, "tax_amount": 3.12, "discount_amount": 2.00,
        "discount_tax_compensation_amount": 0.35, "price_incl_tax": 10.00
    });
    for (field, value) in row.as_object().expect("fields") {
        placed["items"][0][field] = value.clone();
    }
    placed["grand_total"] = json!(28.00);
    placed["base_grand_total"] = json!(28.00);
    let (customer, id) = sell(&shop, placed).await;
    shop.worked("createInvoice", json!({ "order_id": id })).await;
    let canceled = cancel(&shop, &customer, &id).await;
    assert_eq!(canceled["status"], "Closed");
    assert_eq!(total(&canceled, "grand_total"), 28.0);
    assert_eq!(
        canceled["credit_memos"][0]["total"]["discounts"][0]["amount"]["value"],
        2.0
    );
});

on_every_database!(
    an_item_with_a_full_discount_is_canceled_without_its_price,
    |shop| async move {
        let mut placed = order("1").line("a", 1000, 2, 0, 0).line("b", 300, 1, 0, 0).json();
        placed["items"][0]["discount_amount"] = json!(20.00);
        placed["discount_amount"] = json!(-20.00);
        placed["grand_total"] = json!(18.00);
        placed["base_grand_total"] = json!(18.00);
        let (customer, id) = sell(&shop, placed).await;
        shop.worked("createInvoice", json!({ "order_id": id })).await;
        let canceled = cancel(&shop, &customer, &id).await;
        assert_eq!(canceled["status"], "Closed");
        assert_eq!(total(&canceled, "subtotal"), 23.0);
        assert_eq!(total(&canceled, "grand_total"), 18.0);
        assert_eq!(canceled["items"][0]["status"], "Refunded");
    }
);
