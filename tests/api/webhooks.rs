//! Endpoints of other systems are told of each change of an order.

mod delivery;
mod endpoints;
mod every_kind;
mod examples;
mod guard;
mod program;
mod replay;

use countermand_app::obligations::{ObligationKind, Settlement};
use countermand_integrations::mail::{FileMailer, MailTemplates};
use countermand_tests::{OrderJson, TestShop};
use serde_json::{Value, json};

/// An endpoint as staff knows it.
struct Endpoint {
    id: String,
    secret: String,
}

/// Makes an endpoint at `address` that wants the events of these kinds, or all.
async fn endpoint(shop: &TestShop, address: &str, kinds: &[&str]) -> Endpoint {
    let input = json!({ "address": address, "event_kinds": kinds });
    let shown = "secret webhook_endpoint { id state event_kinds }";
    let done = shop.owner_does("createWebhookEndpoint", input, shown).await;
    assert_eq!(done["user_errors"], json!([]), "{done}");
    let made = &done["webhook_endpoint"];
    assert_eq!(
        (&made["state"], &made["event_kinds"]),
        (&json!("ACTIVE"), &json!(kinds))
    );
    Endpoint {
        id: text(&made["id"]),
        secret: text(&done["secret"]),
    }
}

/// Changes the endpoint; gives its state and its problem.
async fn change(shop: &TestShop, id: &str, mut input: Value) -> Value {
    input["id"] = json!(id);
    let shown = "webhook_endpoint { state problem }";
    let done = shop.owner_does("changeWebhookEndpoint", input, shown).await;
    assert_eq!(done["user_errors"], json!([]), "{done}");
    done["webhook_endpoint"].clone()
}

/// The endpoints as staff sees them.
async fn endpoints(shop: &TestShop) -> Value {
    let query = "{ webhookEndpoints { id address event_kinds state problem old_secret_until created_at } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    answer.data("/webhookEndpoints").clone()
}

/// The log of an endpoint, newest first.
async fn log(shop: &TestShop, id: &str, filter: Value) -> Vec<Value> {
    let query = "query($id: ID!, $filter: WebhookDeliveriesFilterInput) {
      webhookDeliveries(endpoint: $id, filter: $filter, first: 100) { items {
        event_id event_kind order_id attempt is_delivered status answer problem at } } }";
    let asked = shop.ask(query).variables(json!({ "id": id, "filter": filter }));
    let answer = asked.token(shop.owner()).send().await;
    let items = answer.data("/webhookDeliveries/items").as_array().cloned();
    items.unwrap_or_default()
}

/// Lets the worker do what is due; gives what became of the messages to endpoints.
async fn work(shop: &TestShop) -> Vec<Settlement> {
    let templates = MailTemplates::built_in();
    let mailer = FileMailer::new(shop.mail().path(), "Shop <shop@example.com>", templates).expect("a mailer");
    let met = shop.meet_obligations(&mailer).await;
    let sent = met
        .into_iter()
        .filter(|it| it.kind == ObligationKind::WebhookDelivery);
    sent.map(|it| it.settlement).collect()
}

/// An order for 25.00, shipping included, whose two units are not paid. Gives its id.
async fn unpaid(shop: &TestShop, number: &str) -> String {
    let order = OrderJson::new(number).line("A", 750, 2, 0, 0);
    shop.import(&[order.json()]).await.remove(0)
}

async fn cancel(shop: &TestShop, id: &str) {
    shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
        .await;
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
