//! The wholesaler's cancellations of parts: each is repeated with `cancelOrder`, item by item.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_domain::{Money, OrderId, Quantity};
use countermand_persistence::Database;
use countermand_tests::process::ServerProcess;
use serde_json::{Value, json};

use super::records::{money, pounds, records};

/// A cancellation of one order by its buyer: some of its items, at one time.
#[derive(Debug)]
pub(super) struct Part {
    order: String,
    pub(super) email: String,
    is_paid: bool,
    /// The item's id at the wholesaler, the quantity, and what the quantity is worth.
    lines: Vec<(i64, Quantity, Money)>,
    /// Whether the part takes the last units of the order.
    is_last: bool,
}

/// The cancellations in the order in which they happened.
pub(super) fn parts(data: &Path) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for record in records(data) {
        let text = |field: &str| record[field].as_str().expect("a text").to_owned();
        let key = (text("cancel_number"), text("order_increment_id"));
        let at = *known.entry(key).or_insert_with(|| {
            parts.push(Part {
                order: text("order_increment_id"),
                email: format!("customer{}@example.com", record["customer_id"]),
                is_paid: record["payment_method"] != "checkmo",
                lines: Vec::new(),
                is_last: record["whole_order"] == true,
            });
            parts.len() - 1
        });
        let quantity = Quantity::parse(&record["quantity"].to_string()).expect("a quantity");
        let item = record["item_id"].as_i64().expect("an id");
        parts[at].lines.push((item, quantity, money(&record["amount"])));
    }
    parts
}

/// What each order has refunded, by its number, after its parts are canceled.
pub(super) async fn cancel(
    server: &ServerProcess,
    shop: &Database,
    customer: &str,
    parts: &[Part],
) -> BTreeMap<String, Money> {
    let mut refunded = BTreeMap::new();
    for part in parts {
        let id = super::order_id(server, customer, &part.order).await;
        let total = refunded
            .entry(part.order.clone())
            .or_insert(Money::zero(pounds()));
        *total = total
            .checked_add(cancel_part(server, shop, customer, &id, part).await)
            .expect("a sum");
    }
    refunded
}

async fn cancel_part(
    server: &ServerProcess,
    shop: &Database,
    customer: &str,
    id: &Value,
    part: &Part,
) -> Money {
    let items = items(shop, id, part).await;
    let mutation = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { error order {
        status credit_memos { items { quantity_refunded } total { grand_total { value } } }
    } } }";
    let input = json!({ "order_id": id, "reason": "Other", "items": items });
    let answer = server
        .ask(mutation)
        .variables(json!({ "input": input }))
        .token(customer)
        .send()
        .await;
    let payload = answer.data("/cancelOrder");
    assert!(payload["error"].is_null(), "{part:?}: {payload:#}");
    let order = &payload["order"];
    let memos = order["credit_memos"].as_array().expect("a list");
    let over = if part.is_paid { "Closed" } else { "Canceled" };
    assert_eq!(order["status"] == over, part.is_last, "{part:?}: {order:#}");
    if !part.is_paid {
        assert!(memos.is_empty(), "{part:?}: {order:#}");
        return Money::zero(pounds());
    }
    let memo = memos.last().expect("a credit memo");
    let worth = Money::sum(pounds(), part.lines.iter().map(|line| line.2)).expect("a sum");
    assert_eq!(money(&memo["total"]["grand_total"]["value"]), worth, "{part:?}");
    let units = part
        .lines
        .iter()
        .fold(Quantity::ZERO, |sum, line| sum.plus(line.1));
    let refunded = memo["items"].as_array().expect("items").iter();
    let quantity =
        |item: &Value| Quantity::parse(&item["quantity_refunded"].to_string()).expect("a quantity");
    let refunded = refunded.map(quantity).fold(Quantity::ZERO, Quantity::plus);
    assert_eq!(refunded, units, "{part:?}");
    worth
}

/// The items of the part as an input. The shop knows an item by its position.
async fn items(shop: &Database, id: &Value, part: &Part) -> Value {
    let text = STANDARD.decode(id.as_str().expect("an id")).expect("base64");
    let number: i64 = String::from_utf8(text)
        .expect("a text")
        .parse()
        .expect("a number");
    let order = OrderId::from_number(number).expect("an order's id");
    let loaded = shop
        .order(order)
        .await
        .expect("a readable order")
        .expect("the order");
    let position = |item: i64| {
        let found = loaded.order.items.iter().find(|it| it.external_id == Some(item));
        found.expect("the item").position.0
    };
    let line = |line: &(i64, Quantity, Money)| {
        let item = (number * 10_000 + i64::from(position(line.0))).to_string();
        let quantity: Value = serde_json::from_str(&line.1.to_string()).expect("a number");
        json!({ "item_id": item, "quantity": quantity })
    };
    part.lines.iter().map(line).collect()
}
