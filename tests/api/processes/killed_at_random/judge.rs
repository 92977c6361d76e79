//! What must hold at the end, by plain SQL, by the ledger of the payment provider, and by what other systems heard.

use std::collections::BTreeSet;

use sea_orm::DatabaseConnection;
use serde_json::Value;

use super::load::{Knowledge, reference, total};
use super::systems::Systems;
use crate::event_stream::{STREAM, number, texts};

/// What is left to do.
pub(super) const PENDING: &str = "SELECT COUNT(*) FROM obligations WHERE state = 'pending'";
/// What was given up.
const GIVEN_UP: &str = "SELECT last_error FROM obligations WHERE state <> 'met'";
const EVENTS: &str = "SELECT id FROM order_events";
const CANCELED: &str = "SELECT number FROM orders WHERE state IN ('canceled', 'closed')";

/// Each promise with a query for the numbers of the orders that break it. Each order is paid and has one unit.
const PROMISES: [(&str, &str); 5] = [
    (
        "each version of an order has one event",
        "SELECT o.number FROM orders o LEFT JOIN order_events e ON e.order_id = o.id GROUP BY o.id, o.number, o.version \
         HAVING COUNT(e.version) <> o.version OR MIN(e.version) <> 1 OR MAX(e.version) <> o.version",
    ),
    (
        "a canceled order has one cancellation, and no other order has one",
        "SELECT o.number FROM orders o WHERE (SELECT COUNT(*) FROM cancellations c WHERE c.order_id = o.id) \
         <> CASE WHEN o.state IN ('canceled', 'closed') THEN 1 ELSE 0 END",
    ),
    (
        "a canceled order has one event of its cancellation, and no other order has one",
        "SELECT o.number FROM orders o WHERE \
         (SELECT COUNT(*) FROM order_events e WHERE e.order_id = o.id AND e.kind = 'order.canceled') \
         <> CASE WHEN o.state IN ('canceled', 'closed') THEN 1 ELSE 0 END",
    ),
    (
        "a cancellation has the version of its event",
        "SELECT o.number FROM orders o JOIN cancellations c ON c.order_id = o.id \
         LEFT JOIN order_events e ON e.order_id = c.order_id AND e.version = c.version AND e.kind = 'order.canceled' \
         WHERE e.order_id IS NULL",
    ),
    (
        "a canceled order has one refund that was carried out, and no other order has one",
        "SELECT o.number FROM orders o WHERE \
         (SELECT COUNT(*) FROM obligations r WHERE r.order_id = o.id AND r.kind = 'refund' AND r.state = 'met') \
         <> CASE WHEN o.state IN ('canceled', 'closed') THEN 1 ELSE 0 END",
    ),
];

/// Checks all promises. What the buyers were told is what the tables say, what the provider did, and what other systems
/// heard.
pub(super) async fn judge(database: &DatabaseConnection, systems: &Systems, knowledge: &Knowledge) {
    assert_eq!(texts(database, GIVEN_UP).await, Vec::<String>::new());
    assert_eq!(number(database, PENDING).await, 0);
    for (promise, query) in PROMISES {
        assert_eq!(texts(database, query).await, Vec::<String>::new(), "{promise}");
    }
    let canceled: BTreeSet<String> = texts(database, CANCELED).await.into_iter().collect();
    assert_eq!(canceled, knowledge.answered, "answered as canceled");
    assert!(!canceled.is_empty() && !knowledge.waiting.is_empty());

    let ledger = systems.provider.ledger().await;
    for number in &canceled {
        let paid_back = (total(number), vec![total(number)]);
        assert_eq!(went_back(&ledger, number), paid_back, "{number} is canceled");
    }
    for order in &knowledge.waiting {
        let number = &order.number;
        assert_eq!(
            went_back(&ledger, number),
            (0, vec![]),
            "{number} is not canceled"
        );
    }
    let refunds = ledger["reversals"].as_object().map_or(0, serde_json::Map::len);
    assert_eq!(refunds, canceled.len(), "the provider knows no other refunds");
    judge_events(database, systems).await;
}

/// Checks that the endpoint got each event of the tables at least once under its id, and the stream once, and that
/// neither got another event.
async fn judge_events(database: &DatabaseConnection, systems: &Systems) {
    let events: BTreeSet<String> = texts(database, EVENTS).await.into_iter().collect();
    let received = systems.endpoint.received();
    let told = received.iter().map(|message| {
        let id = message.header("webhook-id");
        assert_eq!(message.json()["id"], id);
        id.to_owned()
    });
    assert_eq!(told.collect::<BTreeSet<_>>(), events, "webhooks");
    if let Some(nats) = &systems.nats {
        let messages = nats.messages(STREAM).await;
        let published = messages
            .iter()
            .map(|message| message.header("Nats-Msg-Id").to_owned());
        assert_eq!(published.collect::<BTreeSet<_>>(), events, "messages of NATS");
        assert_eq!(messages.len(), events.len(), "the stream has each event once");
    }
}

/// The money that went back for the order, in cents, and the amount of each of its refunds.
fn went_back(ledger: &Value, number: &str) -> (i64, Vec<i64>) {
    let reference = reference(number);
    let refunded = ledger["payments"][&reference]["refunded"].as_i64();
    let reversals = ledger["reversals"].as_object().expect("reversals").values();
    let of_order = reversals.filter(|it| {
        it["body"]["payment"] == reference.as_str()
            && it["body"]["operation"] == "REFUND"
            && it["answer"]["state"] == "SUCCEEDED"
    });
    let amounts = of_order.map(|it| it["body"]["amount"].as_i64().expect("an amount"));
    (refunded.expect("a payment"), amounts.collect())
}
