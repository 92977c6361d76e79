//! Bundles whose parts are canceled by themselves, where the store view says so.

use countermand_tests::storefront::paid_back;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";
const TERMS: &str = "query($id: String) { customer { orders(filter: { number: { eq: $id } }) { items {
  items { product_sku status quantity_cancellation_requested } cancellation_request { status }
  cancellation_terms { action items { item { id } bundle_item_id product_sku quantity_open refund { value } } }
} } } }";

/// Two paid sets for 30.00 with one case for 15.00 and three cables for 5.00 each, without shipping.
fn sets(number: &str, shipment_type: Option<i64>) -> Value {
    let mut placed = OrderJson::new(number)
        .by(BUYER)
        .line("set", 3000, 2, 2, 0)
        .of_type("bundle")
        .json();
    let mut part = |id: i64, sku: &str, price: i64, per_set: i64| {
        let row = json!({
            "item_id": id, "parent_item_id": 1, "sku": sku, "name": sku, "product_type": "simple", "is_virtual": 0,
            "price": price, "row_total": price * per_set * 2, "qty_ordered": per_set * 2,
            "qty_invoiced": per_set * 2, "row_invoiced": price * per_set * 2,
        });
        placed["items"].as_array_mut().expect("items").push(row);
    };
    part(2, "case", 15, 1);
    part(3, "cable", 5, 3);
    placed["items"][0]["is_virtual"] = json!(0);
    placed["is_virtual"] = json!(0);
    if let Some(shipment_type) = shipment_type {
        placed["items"][0]["product_options"] = json!({ "shipment_type": shipment_type });
    }
    placed
}

async fn cancel_by_part(shop: &TestShop) {
    let values = json!([{ "key": "sales/cancellation/bundle_parts", "value": "PARTS" }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let payload = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(payload["user_errors"], json!([]));
}

/// A shop with these orders. Gives Anna's token and the ids.
async fn sell(shop: &TestShop, orders: &[Value]) -> (String, Vec<String>) {
    shop.enable_cancellation().await;
    let customer = shop.customer(BUYER).await;
    (customer, shop.import(orders).await)
}

async fn shown(shop: &TestShop, anna: &str, number: &str) -> Value {
    let asked = shop.ask(TERMS).variables(json!({ "id": number }));
    let answer = asked.token(anna).send().await;
    answer.data("/customer/orders/items/0").clone()
}

/// SKU and open quantity of each item that can be named.
async fn open(shop: &TestShop, anna: &str, number: &str) -> Vec<(String, f64)> {
    let shown = shown(shop, anna, number).await;
    let items = shown["cancellation_terms"]["items"].as_array().expect("items");
    let line = |it: &Value| {
        (
            it["product_sku"].as_str().unwrap_or_default().to_owned(),
            it["quantity_open"].as_f64().expect("a quantity"),
        )
    };
    items.iter().map(line).collect()
}

/// The number that the id of the item at `position` encodes.
fn number_of(order_id: &str, position: u64) -> String {
    use base64::Engine;
    let number = base64::engine::general_purpose::STANDARD.decode(order_id);
    let number = String::from_utf8(number.expect("an id")).expect("a number");
    format!("{number}{position:04}")
}

/// Quantities of items by their positions, as an input.
fn lines(order_id: &str, quantities: &[(u64, i64)]) -> Value {
    let line = |&(position, quantity): &(u64, i64)| json!({ "item_id": number_of(order_id, position), "quantity": quantity });
    quantities.iter().map(line).collect()
}

fn named(lines: &[(&str, f64)]) -> Vec<(String, f64)> {
    lines
        .iter()
        .map(|(sku, quantity)| ((*sku).to_owned(), *quantity))
        .collect()
}

on_every_database!(
    by_default_a_bundle_is_canceled_as_a_unit_and_the_error_names_the_bundle,
    |shop| async move {
        let (anna, ids) = sell(&shop, &[sets("1", Some(1)), sets("2", Some(0))]).await;
        assert_eq!(open(&shop, &anna, "1").await, named(&[("set", 2.0)]));
        let refused = async |id: &str| {
            let asked = shop.cancel_items(id, &lines(id, &[(2, 1)]), "").token(&anna);
            let outcome = asked.send().await.data("/cancelOrder").clone();
            assert_eq!(
                outcome["errorV2"]["message"],
                format!(
                    "The selected items cannot be canceled: item `{}` is a part of the bundle with the id `{}`, which is \
                     canceled as a unit.",
                    number_of(id, 2),
                    number_of(id, 1)
                )
            );
        };
        refused(&ids[0]).await;
        cancel_by_part(&shop).await;
        assert_eq!(open(&shop, &anna, "2").await, named(&[("set", 2.0)]));
        refused(&ids[1]).await;
        shop.leave_jobs();
    }
);

on_every_database!(
    parts_and_bundles_in_any_sequence_give_back_what_the_whole_order_does,
    |shop| async move {
        let (anna, ids) = sell(&shop, &[sets("1", Some(1)), sets("2", None)]).await;
        cancel_by_part(&shop).await;
        let id = &ids[0];
        let terms = shown(&shop, &anna, "1").await["cancellation_terms"]["items"].clone();
        assert_eq!(terms[1]["bundle_item_id"], terms[0]["item"]["id"]);
        assert_eq!(terms[0]["bundle_item_id"], Value::Null);
        assert_eq!(terms[1]["refund"]["value"], 30.0);
        let all = [("set", 2.0), ("case", 2.0), ("cable", 6.0)];
        assert_eq!(open(&shop, &anna, "1").await, named(&all));

        let twice = shop.cancel_items(id, &lines(id, &[(1, 1), (2, 1)]), "");
        let twice = twice.token(&anna).send().await.data("/cancelOrder").clone();
        let told = twice["errorV2"]["message"].as_str().unwrap_or_default();
        assert!(told.contains("name the bundle or its parts"), "{told}");

        let case = shop.cancel_items(id, &lines(id, &[(2, 1)]), "").token(&anna);
        let case = case.send().await;
        assert_eq!(paid_back(case.order()), [15.0]);
        let left = [("set", 2.0), ("case", 1.0), ("cable", 6.0)];
        assert_eq!(open(&shop, &anna, "1").await, named(&left));
        let comments = case.order()["comments"].to_string();
        assert!(comments.contains("Canceled items: 1 x case."), "{comments}");
        shop.run_jobs().await;
        let mail = shop.mail().mails().pop().expect("a mail");
        assert!(mail.contains("- 1 x case (case)"), "{mail}");

        let cables = json!({ "order_id": id, "reason": "other", "items": lines(id, &[(3, 3)]) });
        let cables = shop.worked("cancelOrderAsAdmin", cables).await;
        assert_eq!(cables["state"], "processing");
        let left = [("set", 1.0), ("case", 1.0), ("cable", 3.0)];
        assert_eq!(open(&shop, &anna, "1").await, named(&left));
        let last = shop.cancel_items(id, &lines(id, &[(1, 1)]), "").token(&anna);
        let closed = last.send().await.order().clone();
        assert_eq!(closed["status"], "Closed");
        assert_eq!(paid_back(&closed), [15.0, 15.0, 30.0]);
        assert_eq!(closed["items"][0]["quantity_refunded"], 2.0);

        let at_once = shop.cancel_order(&ids[1], "Other").token(&anna).send().await;
        assert_eq!(paid_back(at_once.order()), [60.0]);
        let report = shop.app().doctor(|_| {}).await.expect("a report");
        assert!(report.is_healthy(), "{report:#?}");
        shop.leave_jobs();
    }
);

on_every_database!(
    a_part_is_quoted_requested_and_approved_while_the_rest_is_shipped,
    |shop| async move {
        let (anna, ids) = sell(&shop, &[sets("1", None)]).await;
        cancel_by_part(&shop).await;
        let id = &ids[0];
        let preview = "mutation($input: PreviewCancellationInput!) { previewCancellation(input: $input) {
          quote { id items { product_sku quantity_refunded refund { value } } refund_total { value } } } }";
        let input = json!({ "order_id": id, "items": lines(id, &[(3, 6)]) });
        let quoted = shop
            .ask(preview)
            .variables(json!({ "input": input }))
            .token(&anna);
        let quote = quoted.send().await.data("/previewCancellation/quote").clone();
        assert_eq!(
            quote["items"],
            json!([{ "product_sku": "cable", "quantity_refunded": 6.0, "refund": { "value": 30.0 } }])
        );
        let input = json!({
            "order_id": id, "reason": "Other", "items": lines(id, &[(3, 6)]), "quote_id": quote["id"],
        });
        let request =
            "mutation($input: RequestOrderCancellationInput!) { requestOrderCancellation(input: $input) {
          order { id } user_errors { code } } }";
        let asked = shop
            .ask(request)
            .variables(json!({ "input": input }))
            .token(&anna);
        let asked = asked.send().await;
        assert_eq!(asked.data("/requestOrderCancellation/user_errors"), &json!([]));
        let set = shown(&shop, &anna, "1").await["items"][0].clone();
        assert_eq!(set["quantity_cancellation_requested"], 0.0, "{set}");

        let approved = shop
            .worked("approveCancellationRequest", json!({ "order_id": id }))
            .await;
        let request = shown(&shop, &anna, "1").await["cancellation_request"].clone();
        assert_eq!(request["status"], "APPROVED");
        assert_eq!(paid_back(&approved["order"]), [30.0]);
        let sent = shop.worked("createShipment", json!({ "order_id": id })).await;
        assert_eq!(sent["state"], "complete");
        let report = shop.app().doctor(|_| {}).await.expect("a report");
        assert!(report.is_healthy(), "{report:#?}");
        shop.leave_jobs();
    }
);
