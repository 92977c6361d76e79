//! Events of a range of time are sent again, whether they were ever owed to the endpoint or not.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::webhook_receiver::{Reply, WebhookReceiver};
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{cancel, change, endpoint, endpoints, text, unpaid, work};
use crate::event_stream::raw;

/// Sends the events of a range again that `input` names; gives their number, and whether more follow.
async fn replay(shop: &TestShop, endpoint: &str, mut input: Value) -> (Value, Value) {
    input["endpoint_id"] = json!(endpoint);
    let done = shop.owner_does("replayWebhooks", input, "count next").await;
    assert_eq!(done["user_errors"], json!([]), "{done}");
    (done["count"].clone(), done["next"].clone())
}

/// The number of the order of each message that came, and its id.
fn messages(receiver: &WebhookReceiver) -> Vec<(String, String)> {
    let all = receiver.received().into_iter();
    let all = all.map(|it| (text(&it.json()["subject"]), it.header("webhook-id").to_owned()));
    all.collect()
}

on_every_database!(
    what_happened_while_an_endpoint_was_off_is_sent_by_a_replay_of_that_time,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        receiver.replies([Reply::Status(410, None)]);
        cancel(&shop, &unpaid(&shop, "000000001").await).await;
        work(&shop).await;
        assert_eq!(endpoints(&shop).await[0]["state"], "SWITCHED_OFF");
        shop.wait(TimeDelta::days(1));
        for number in ["000000002", "000000003"] {
            cancel(&shop, &unpaid(&shop, number).await).await;
        }
        shop.wait(TimeDelta::days(1));
        change(&shop, &made.id, json!({ "is_paused": false })).await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(messages(&receiver).len(), 2, "the first order, which waited");

        // The second request finds both events waiting.
        let day = json!({ "from": "2026-03-08", "to": "2026-03-08" });
        for _ in 0..2 {
            assert_eq!(
                replay(&shop, &made.id, day.clone()).await,
                (json!(2), Value::Null)
            );
            let entry = shop.audit_log(1).await.remove(0);
            assert_eq!(
                [&entry["action"], &entry["target"], &entry["details"]],
                ["replayWebhooks", made.id.as_str(), "2 events"]
            );
        }
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        let sent = messages(&receiver).split_off(2);
        let numbers: Vec<_> = sent.iter().map(|(number, _)| number.as_str()).collect();
        assert_eq!(numbers, ["000000002", "000000003"]);
        assert_ne!(sent[0].1, sent[1].1);

        // Events that were delivered are sent again when staff asks for them, with their ids.
        replay(&shop, &made.id, day).await;
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        assert_eq!(messages(&receiver).split_off(4), sent);
    }
);

on_every_database!(
    a_replay_for_an_endpoint_that_is_off_waits_for_it,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        receiver.replies([Reply::Status(410, None)]);
        for number in ["000000001", "000000002"] {
            cancel(&shop, &unpaid(&shop, number).await).await;
            work(&shop).await;
        }
        assert_eq!(endpoints(&shop).await[0]["state"], "SWITCHED_OFF");
        let day = json!({ "from": "2026-03-07", "to": "2026-03-07" });
        assert_eq!(replay(&shop, &made.id, day).await, (json!(2), Value::Null));
        work(&shop).await;
        assert_eq!(messages(&receiver).len(), 1, "the answer was 410");
        change(&shop, &made.id, json!({ "is_paused": false })).await;
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        let mut sent = messages(&receiver).split_off(1);
        sent.sort();
        let numbers: Vec<_> = sent.iter().map(|(number, _)| number.as_str()).collect();
        assert_eq!(numbers, ["000000001", "000000002"]);
    }
);

on_every_database!(
    events_of_unknown_kinds_are_owed_again_and_wait_for_a_worker_that_knows_them,
    |shop| async move {
        shop.enable_cancellation().await;
        let id = unpaid(&shop, "000000001").await;
        cancel(&shop, &id).await;
        // The server knows the kind of the event as little as an older server knows a new kind.
        let database = raw(&shop).await;
        let unknown = "UPDATE order_events SET kind = 'order.of_the_future' WHERE kind = 'order.canceled'";
        let changed = database.execute_unprepared(unknown).await.expect("changed");
        assert_eq!(changed.rows_affected(), 1);
        let day = json!({ "from": "2026-03-07", "to": "2026-03-07" });
        let (of_order, of_range) = (WebhookReceiver::start().await, WebhookReceiver::start().await);
        let held = endpoint(&shop, &of_order.address, &["order.held"]).await;
        let whole = (json!(2), Value::Null);
        assert_eq!(replay(&shop, &held.id, json!({ "order_id": id })).await, whole);
        let all = endpoint(&shop, &of_range.address, &[]).await;
        assert_eq!(replay(&shop, &all.id, day.clone()).await, whole);
        let imports = endpoint(&shop, "https://hooks.example/a", &["order.imported"]).await;
        change(&shop, &imports.id, json!({ "is_paused": true })).await;
        assert_eq!(replay(&shop, &imports.id, day).await, (json!(1), Value::Null));

        work(&shop).await;
        let known = "UPDATE order_events SET kind = 'order.canceled' WHERE kind = 'order.of_the_future'";
        database.execute_unprepared(known).await.expect("changed");
        database.close().await.expect("closed");
        let (imported, canceled) = (
            "com.countermand.order.imported.v1",
            "com.countermand.order.canceled.v1",
        );
        for receiver in [&of_order, &of_range] {
            assert_eq!(receiver.types(), [imported]);
        }
        shop.wait(TimeDelta::seconds(61));
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        for receiver in [&of_order, &of_range] {
            assert_eq!(receiver.types(), [imported, canceled]);
        }
        shop.leave_jobs();
    }
);

on_sqlite!(
    what_was_given_up_is_sent_by_a_replay_and_leaves_the_list_of_failed_jobs,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        receiver.replies((0..10).map(|_| Reply::Status(500, None)));
        cancel(&shop, &unpaid(&shop, "000000001").await).await;
        for _ in 0..12 {
            work(&shop).await;
            shop.wait(TimeDelta::hours(27));
        }
        assert_eq!(shop.jobs("FAILED").await.len(), 1);
        change(&shop, &made.id, json!({ "is_paused": false })).await;
        let day = json!({ "from": "2026-03-07", "to": "2026-03-07" });
        assert_eq!(replay(&shop, &made.id, day).await, (json!(1), Value::Null));
        assert_eq!(shop.jobs("FAILED").await.len(), 0);
        assert_eq!(work(&shop).await, [Settlement::Met]);
        let sent = messages(&receiver);
        assert_eq!((sent.len(), &sent[10]), (11, &sent[0]));
    }
);

/// The number of deliveries that wait.
async fn waiting(shop: &TestShop) -> i64 {
    let waiting = shop.database().waiting_obligations().await.expect("counts");
    let deliveries = waiting.iter().filter(|it| it.kind == "webhook_delivery");
    deliveries.map(|it| it.count).sum()
}

on_sqlite!(
    a_long_range_is_sent_by_several_requests_of_a_thousand_events,
    |shop| async move {
        shop.enable_cancellation().await;
        let numbers: Vec<_> = (1..=1_000).map(|number| format!("{number:09}")).collect();
        for some in numbers.chunks(250) {
            let orders = some
                .iter()
                .map(|number| OrderJson::new(number).line("A", 750, 2, 0, 0).json());
            let orders = Value::from(orders.collect::<Vec<_>>()).to_string();
            let done = shop
                .owner_does("importOrders", json!({ "orders": orders }), "imported")
                .await;
            assert_eq!(done["imported"], 250);
        }
        let last = unpaid(&shop, "000001001").await;
        cancel(&shop, &last).await;
        let imports = endpoint(&shop, "https://hooks.example/a", &["order.imported"]).await;
        let cancellations = endpoint(&shop, "https://hooks.example/b", &["order.canceled"]).await;
        let nothing = endpoint(&shop, "https://hooks.example/c", &["order.held"]).await;
        let mut day = json!({ "from": "2026-03-07", "to": "2026-03-07" });

        let (count, next) = replay(&shop, &imports.id, day.clone()).await;
        assert_eq!(count, 1_000);
        assert_eq!(waiting(&shop).await, 1_000);
        // All events have one time here, and none is left out between two requests.
        day["after"] = next;
        for _ in 0..2 {
            assert_eq!(
                replay(&shop, &imports.id, day.clone()).await,
                (json!(1), Value::Null)
            );
            assert_eq!(waiting(&shop).await, 1_001);
        }

        // The only event that this endpoint wants stands behind a thousand others.
        let whole = json!({ "from": "2026-03-07", "to": "2026-03-07" });
        assert_eq!(
            replay(&shop, &cancellations.id, whole).await,
            (json!(1), Value::Null)
        );
        let mut input = json!({ "endpoint_id": nothing.id, "from": "2026-03-07", "to": "2026-03-07" });
        assert_eq!(
            shop.refused("replayWebhooks", input.clone()).await,
            ("NOT_FOUND".to_owned(), "endpoint_id".to_owned())
        );
        input["after"] = day["after"].clone();
        input["only_failed"] = json!(true);
        let asked = shop.staff_asks("replayWebhooks", &input, "count");
        assert_eq!(
            asked.token(shop.owner()).send().await.error(),
            "after goes on with a range of time without only_failed"
        );
        shop.leave_jobs();
    }
);
