//! What is sent, in which form, how often, and what an endpoint's answer leads to.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::webhook_receiver::{Received, Reply, WebhookReceiver};
use countermand_tests::{on_every_database, on_sqlite};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{cancel, change, endpoint, endpoints, log, text, unpaid, work};
use crate::event_stream::raw;

on_every_database!(
    each_change_of_an_order_is_told_once_and_in_one_form,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let all = endpoint(&shop, &receiver.address, &[]).await;
        let id = unpaid(&shop, "000000001").await;
        cancel(&shop, &id).await;
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        assert_eq!(
            receiver.types(),
            [
                "com.countermand.order.imported.v1",
                "com.countermand.order.canceled.v1"
            ]
        );
        let received = receiver.received();
        let canceled = received[1].json();
        assert_eq!(
            received[1].header("content-type"),
            "application/cloudevents+json; charset=utf-8"
        );
        assert_eq!(canceled["id"], received[1].header("webhook-id"));
        assert_eq!(canceled["specversion"], "1.0");
        assert_eq!(canceled["source"], "urn:countermand:store:1");
        assert_eq!(canceled["subject"], "000000001");
        assert_eq!(canceled["sequence"], "00000000000000000002");
        assert_eq!(canceled["time"], "2026-03-07T12:00:00.000000Z");
        let data = &canceled["data"];
        assert_eq!(
            (&data["order_id"], &data["order_version"]),
            (&json!(id), &json!(2))
        );
        assert_eq!(
            (&data["changed_by"], &data["is_partial"]),
            (&json!("staff"), &json!(false))
        );
        assert_eq!(
            data["canceled_total"],
            json!({ "amount": 2500, "currency": "USD" })
        );
        assert_eq!(
            data["items"],
            json!([{ "item": 1, "canceled": "2", "refunded": "0" }])
        );
        // What people wrote stays, and so do their names and addresses.
        let body = String::from_utf8_lossy(&received[1].body).into_owned();
        for kept in ["@example.com", "owner", "Other"] {
            assert!(!body.contains(kept), "{kept}: {body}");
        }
        assert_eq!(work(&shop).await, []);
        let entries = log(&shop, &all.id, json!({ "event_id": canceled["id"] })).await;
        assert_eq!(entries.len(), 1);
        assert_eq!(
            (
                &entries[0]["is_delivered"],
                &entries[0]["status"],
                &entries[0]["attempt"]
            ),
            (&json!(true), &json!(204), &json!(1))
        );
    }
);

on_every_database!(an_endpoint_hears_only_of_what_it_wants, |shop| async move {
    shop.enable_cancellation().await;
    let receiver = WebhookReceiver::start().await;
    let one = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
    let id = unpaid(&shop, "000000001").await;
    shop.worked("holdOrder", json!({ "order_id": id })).await;
    shop.worked("unholdOrder", json!({ "order_id": id })).await;
    cancel(&shop, &id).await;
    work(&shop).await;
    assert_eq!(receiver.types(), ["com.countermand.order.canceled.v1"]);
    // A replay of the order sends what the endpoint did not hear of, with the ids of the events.
    let input = json!({ "endpoint_id": one.id, "order_id": id });
    let done = shop.owner_does("replayWebhooks", input, "count").await;
    assert_eq!(done["count"], 4, "{done}");
    work(&shop).await;
    let mut ids: Vec<String> = receiver
        .received()
        .iter()
        .map(|it| it.header("webhook-id").into())
        .collect();
    assert_eq!(ids.len(), 5);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4, "the canceled order came twice with one id");
});

on_every_database!(
    a_message_is_tried_again_on_the_schedule_with_the_same_id,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        let later = ("retry-after", "600".to_owned());
        receiver.replies([
            Reply::Status(500, None),
            Reply::Status(302, Some(("location", "http://127.0.0.1:1/".into()))),
            Reply::Status(503, Some(later)),
        ]);
        cancel(&shop, &unpaid(&shop, "000000001").await).await;
        assert!(matches!(work(&shop).await[..], [Settlement::Postponed(_)]));
        assert_eq!(work(&shop).await, [], "not before 5 seconds are over");
        shop.wait(TimeDelta::seconds(6));
        assert_eq!(work(&shop).await.len(), 1);
        shop.wait(TimeDelta::minutes(6));
        assert_eq!(work(&shop).await.len(), 1);
        shop.wait(TimeDelta::minutes(34));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        let received = receiver.received();
        let ids: Vec<_> = received.iter().map(|it| it.header("webhook-id")).collect();
        assert_eq!(ids, [ids[0]; 4]);
        let bodies: Vec<_> = received.iter().map(|it| it.body.clone()).collect();
        assert!(bodies.iter().all(|body| *body == bodies[0]));
        let times: std::collections::BTreeSet<_> =
            received.iter().map(|it| it.header("webhook-timestamp")).collect();
        assert_eq!(times.len(), 4, "each attempt is signed anew");
        let entries = log(&shop, &made.id, json!({})).await;
        let statuses: Vec<_> = entries.iter().map(|it| it["status"].clone()).collect();
        assert_eq!(statuses, [204, 503, 302, 500]);
        assert_eq!(entries[3]["answer"], "the receiver's words");
        assert_eq!(entries[3]["problem"], "the endpoint answers with 500");
    }
);

on_every_database!(
    a_receiver_that_is_gone_is_switched_off_until_staff_switches_it_on,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        receiver.replies([Reply::Status(410, None)]);
        cancel(&shop, &unpaid(&shop, "000000001").await).await;
        work(&shop).await;
        let shown = endpoints(&shop).await;
        assert_eq!(shown[0]["state"], "SWITCHED_OFF");
        assert_eq!(
            shown[0]["problem"],
            "the endpoint answered with 410 Gone: it wants no more messages"
        );
        // What happens now is not owed to it.
        cancel(&shop, &unpaid(&shop, "000000002").await).await;
        shop.wait(TimeDelta::hours(2));
        work(&shop).await;
        assert_eq!(receiver.received().len(), 1);
        let after = change(&shop, &made.id, json!({ "is_paused": false })).await;
        assert_eq!(after, json!({ "state": "ACTIVE", "problem": null }));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        let subjects: Vec<_> = receiver
            .received()
            .iter()
            .map(|it| text(&it.json()["subject"]))
            .collect();
        assert_eq!(subjects, ["000000001", "000000001"]);
    }
);

on_every_database!(
    after_three_days_a_dead_receiver_is_switched_off_and_staff_is_told,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        receiver.replies((0..20).map(|_| Reply::Status(500, None)));
        cancel(&shop, &unpaid(&shop, "000000001").await).await;
        for _ in 0..12 {
            work(&shop).await;
            shop.wait(TimeDelta::hours(27));
        }
        assert_eq!(receiver.received().len(), 10);
        assert_eq!(endpoints(&shop).await[0]["state"], "SWITCHED_OFF");
        let failed = shop.jobs("FAILED").await;
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0]["kind"], "webhook_delivery");
    }
);

on_sqlite!(
    a_pause_holds_messages_and_a_deleted_endpoint_gets_none,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        change(&shop, &made.id, json!({ "is_paused": true })).await;
        cancel(&shop, &unpaid(&shop, "000000001").await).await;
        for _ in 0..20 {
            work(&shop).await;
            shop.wait(TimeDelta::hours(2));
        }
        assert_eq!(receiver.received().len(), 0);
        change(&shop, &made.id, json!({ "is_paused": false })).await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        let entries = log(&shop, &made.id, json!({})).await;
        assert_eq!(entries[0]["attempt"], 1, "the pause counts for nothing");
        change(&shop, &made.id, json!({ "is_paused": true })).await;
        cancel(&shop, &unpaid(&shop, "000000002").await).await;
        let done = shop
            .owner_does("deleteWebhookEndpoint", json!({ "id": made.id }), "")
            .await;
        assert_eq!(done["user_errors"], json!([]));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(receiver.received().len(), 1);
        assert_eq!(endpoints(&shop).await, json!([]));
    }
);

on_every_database!(
    an_event_of_an_unknown_kind_waits_for_a_worker_that_knows_it,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        cancel(&shop, &unpaid(&shop, "000000001").await).await;
        // The worker knows the kind of the event as little as an older worker knows a new kind.
        let database = raw(&shop).await;
        let unknown = "UPDATE order_events SET kind = 'order.of_the_future' WHERE kind = 'order.canceled'";
        let changed = database.execute_unprepared(unknown).await.expect("changed");
        assert_eq!(changed.rows_affected(), 1);
        let why = "the kind of the event is one of a newer version of the program";
        // It waits longer than the ten attempts that a message has.
        for _ in 0..12 {
            assert_eq!(work(&shop).await, [Settlement::Postponed(why.to_owned())]);
            assert_eq!(work(&shop).await, [], "not before a minute is over");
            shop.wait(TimeDelta::seconds(61));
        }
        assert_eq!(receiver.received().len(), 0);

        let known = "UPDATE order_events SET kind = 'order.canceled' WHERE kind = 'order.of_the_future'";
        database.execute_unprepared(known).await.expect("changed");
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(receiver.types(), ["com.countermand.order.canceled.v1"]);
        let entries = log(&shop, &made.id, json!({})).await;
        assert_eq!(entries[0]["attempt"], 1, "the wait counts for nothing");
        database.close().await.expect("closed");
    }
);

on_every_database!(
    events_of_a_range_are_sent_again_only_where_they_failed,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        cancel(&shop, &unpaid(&shop, "000000001").await).await;
        work(&shop).await;
        receiver.replies([Reply::Status(500, None)]);
        cancel(&shop, &unpaid(&shop, "000000002").await).await;
        work(&shop).await;
        shop.leave_jobs();
        let count = |only_failed: bool| {
            let (shop, endpoint) = (shop.clone(), made.id.clone());
            async move {
                let input = json!({ "endpoint_id": endpoint, "from": "2026-03-07", "to": "2026-03-07",
                "only_failed": only_failed });
                shop.owner_does("replayWebhooks", input, "count").await["count"].clone()
            }
        };
        assert_eq!(count(true).await, 1);
        work(&shop).await;
        let subjects = |received: Vec<Received>| -> Vec<String> {
            received.iter().map(|it| text(&it.json()["subject"])).collect()
        };
        assert_eq!(
            subjects(receiver.received()),
            ["000000001", "000000002", "000000002"]
        );
        assert_eq!(count(false).await, 2);
    }
);

on_every_database!(
    an_endpoint_costs_a_cancellation_no_round_trip,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let canceled = |number: &'static str| {
            let shop = shop.clone();
            async move {
                let id = unpaid(&shop, number).await;
                // The first request after a change of the shop reads the shop.
                shop.order(&id).await;
                let before = shop.database().round_trips();
                let input = json!({ "order_id": id, "reason": "Other" });
                let done = shop.owner_does("cancelOrderAsAdmin", input, "").await;
                assert_eq!(done["user_errors"], json!([]));
                shop.database().round_trips() - before
            }
        };
        let without = canceled("000000001").await;
        endpoint(&shop, &receiver.address, &[]).await;
        assert_eq!(canceled("000000002").await, without);
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
    }
);
