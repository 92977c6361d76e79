//! GraphQL subscriptions: orders and their refunds are followed over WebSocket and as server-sent events.

mod clients;
mod codes;
mod idle;
mod limits;
mod many_orders;
mod orders;
mod refunds;
mod resume;
mod rights;

use countermand_tests::{OrderJson, TestShop};
use serde_json::{Value, json};

const ANNA: &str = "anna@example.com";

const ORDER_UPDATED: &str = "subscription($id: ID, $token: String, $after: ID) {
  orderUpdated(order_id: $id, token: $token, after: $after) {
    cursor event { id type time order_version data } order { number state }
  }
}";

/// An order of Anna for 25.00, whose two units are not paid. Gives its id and Anna's token.
async fn order_of_anna(shop: &TestShop) -> (String, String) {
    shop.enable_cancellation().await;
    let anna = shop.customer(ANNA).await;
    let order = OrderJson::new("000000001").by(ANNA).line("A", 750, 2, 0, 0);
    (shop.import(&[order.json()]).await.remove(0), anna)
}

/// Puts the order on hold, or takes it off.
async fn hold(shop: &TestShop, id: &str, is_held: bool) {
    let mutation = if is_held { "holdOrder" } else { "unholdOrder" };
    shop.worked(mutation, json!({ "order_id": id })).await;
}

/// What an update tells: the kind of the event, the version, and the state of the order.
fn told(update: &Value) -> (String, i64, String) {
    let update = &update["data"]["orderUpdated"];
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let kind = text(&update["event"]["type"]);
    let kind = kind
        .trim_start_matches("com.countermand.")
        .trim_end_matches(".v1");
    let version = update["event"]["order_version"].as_i64().expect("a version");
    (kind.to_owned(), version, text(&update["order"]["state"]))
}

fn version(update: &Value) -> i64 {
    told(update).1
}
