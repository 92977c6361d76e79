//! What holds at Hyperswitch alone: ids of refunds that are made from our keys, and voids without a key.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::hyperswitch_server::{HyperswitchServer, KEY};
use countermand_tests::{TestShop, on_sqlite};
use serde_json::json;

use super::{attention, authorized_with, cancel, paid_with, refunds, serve, states, work};

async fn connected(shop: &TestShop) -> Option<HyperswitchServer> {
    let hyperswitch = HyperswitchServer::start().await?;
    serve(shop, "HYPERSWITCH", &hyperswitch.address, KEY).await;
    Some(hyperswitch)
}

/// A canceled order whose captured payment `pay_<number>` is to go back.
async fn canceled(shop: &TestShop, hyperswitch: &HyperswitchServer, number: &str) {
    let reference = format!("pay_{number}");
    let id = paid_with(shop, number, &reference).await;
    let payment = json!({ "id": reference, "authorized": 1500, "captured": 1500 });
    hyperswitch.play("payments", &payment).await;
    cancel(shop, &id).await;
}

on_sqlite!(hyperswitch_is_asked_as_it_wants_to_be_asked, |shop| async move {
    let Some(hyperswitch) = connected(&shop).await else {
        return;
    };
    canceled(&shop, &hyperswitch, "1").await;
    assert_eq!(work(&shop).await, [Settlement::Met]);
    let authorized = authorized_with(&shop, "2", "pay_2").await;
    let payment = json!({ "id": "pay_2", "authorized": 1500 });
    hyperswitch.play("payments", &payment).await;
    cancel(&shop, &authorized).await;
    assert_eq!(work(&shop).await, [Settlement::Met]);
    let requests = hyperswitch.requests().await;
    let (id, key) = (
        requests[0]["body"]["refund_id"].clone(),
        requests[0]["body"]["metadata"]["countermand_key"].clone(),
    );
    let is_fit = |id: &str| id.starts_with("ref_") && id.len() == 30;
    assert!(id.as_str().is_some_and(is_fit), "{id}");
    assert!(
        key.as_str().is_some_and(|key| key.ends_with(":refund:1")),
        "{key}"
    );
    let expected = json!([
        { "path": "/refunds", "body": { "payment_id": "pay_1", "refund_id": id, "amount": 1500,
            "reason": "requested_by_customer", "refund_type": "instant",
            "metadata": { "countermand_key": key, "order_number": "1" } } },
        { "path": "/payments/pay_2/cancel", "body": { "cancellation_reason": "requested_by_customer" } },
    ]);
    assert_eq!(json!(requests), expected);
});

on_sqlite!(a_repeated_refund_is_a_duplicate_and_is_read, |shop| async move {
    let Some(hyperswitch) = connected(&shop).await else {
        return;
    };
    for (number, fault) in [("1", "lose_answer"), ("2", "busy"), ("3", "error_after")] {
        canceled(&shop, &hyperswitch, number).await;
        hyperswitch.play("faults", &json!({ "next": [fault] })).await;
        let first = work(&shop).await;
        assert!(
            matches!(first[..], [Settlement::Postponed(_)]),
            "{fault}: {first:?}"
        );
        // Ids never end, however long it takes.
        shop.wait(TimeDelta::days(40));
        assert_eq!(work(&shop).await, [Settlement::Met], "{fault}");
        let refunds = hyperswitch.refunds(&format!("pay_{number}")).await;
        assert_eq!(refunds.len(), 1, "{fault}");
    }
    // The same id was sent twice each time.
    let requests = hyperswitch.requests().await;
    let ids: Vec<_> = requests.iter().map(|it| &it["body"]["refund_id"]).collect();
    assert_eq!(ids.len(), 6);
    assert!(ids.chunks(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
});

on_sqlite!(
    a_void_that_the_processor_works_on_is_looked_up,
    |shop| async move {
        let Some(hyperswitch) = connected(&shop).await else {
            return;
        };
        let id = authorized_with(&shop, "1", "pay_1").await;
        let payment = json!({ "id": "pay_1", "authorized": 1500 });
        hyperswitch.play("payments", &payment).await;
        cancel(&shop, &id).await;
        hyperswitch.play("faults", &json!({ "next": ["pending"] })).await;
        work(&shop).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "PENDING"]);
        hyperswitch.play("payments/pay_1/expire", &json!({})).await;
        shop.wait(TimeDelta::hours(2));
        assert_eq!(work(&shop).await, [Settlement::Met]);
    }
);

on_sqlite!(
    a_refund_under_review_waits_and_a_definite_no_is_told_with_the_code,
    |shop| async move {
        let Some(hyperswitch) = connected(&shop).await else {
            return;
        };
        canceled(&shop, &hyperswitch, "1").await;
        hyperswitch.play("faults", &json!({ "next": ["review"] })).await;
        work(&shop).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "PENDING"]);
        assert_eq!(attention(&shop).await, []);
        canceled(&shop, &hyperswitch, "2").await;
        hyperswitch.play("faults", &json!({ "next": ["fail"] })).await;
        work(&shop).await;
        let told: Vec<_> = attention(&shop).await.into_iter().map(|(_, why)| why).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("declined: The bank refused."), "{told:?}");
    }
);
