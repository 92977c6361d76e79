//! Other systems and staff are told at once of a void or a refund that failed at its payment provider. The history and the
//! updates of the order do not tell the buyer.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::event_stream::EventStream;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::webhook_receiver::WebhookReceiver;
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::contract::{begin, carried_out, delivered, paid_and_canceled};
use super::repeated::changed;
use super::{attention, authorized_with, cancel, connected, paid, refunds, states, work};

contract!(
    a_refund_that_fails_before_it_is_booked_is_not_booked,
    a_refund_that_fails_after_its_buyer_was_erased_is_owed_again,
);

const LINE: &str =
    "The refund of $15.00 failed at the payment provider main: the money did not reach the buyer.";

/// An endpoint that wants to hear of refunds that failed, or of voids.
async fn receiver(shop: &TestShop, kind: &str) -> WebhookReceiver {
    let receiver = WebhookReceiver::start().await;
    let input = json!({ "address": receiver.address, "event_kinds": [kind] });
    let made = shop.owner_does("createWebhookEndpoint", input, "secret").await;
    assert_eq!(made["user_errors"], json!([]), "{made}");
    receiver
}

/// Staff lets the provider try the one open void or refund again, which goes wrong if there is a `fault`.
pub(super) async fn try_again(
    shop: &TestShop,
    provider: &PaymentServer,
    fault: Option<&str>,
) -> Vec<Settlement> {
    let open = refunds(shop, "OPEN").await;
    let input = json!({ "id": open[0]["id"] });
    let done = shop
        .owner_does("retryObligation", input, "obligation { id }")
        .await;
    assert_eq!(done["user_errors"], json!([]));
    provider.goes_wrong(fault.as_slice()).await;
    work(shop).await
}

on_every_database!(
    a_refund_that_failed_is_told_once_for_each_failure,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let receiver = receiver(&shop, "order.refund_failed").await;
        let id = paid(&shop, "1").await;
        provider.paid("tx-1", 1500).await;
        cancel(&shop, &id).await;
        provider.goes_wrong(&["fail"]).await;
        work(&shop).await;
        let open = refunds(&shop, "OPEN").await;
        let told = receiver.received();
        assert_eq!(told.len(), 1);
        let event = told[0].json();
        assert_eq!(event["type"], "com.countermand.order.refund_failed.v1");
        let expected = json!({
            "refund_id": open[0]["id"],
            "tender": 1,
            "payment_provider": "main",
            "amount": { "amount": 1500, "currency": "USD" },
            "reason_code": "failed",
            "was_refunded": false,
            "is_by_others": false,
            "changed_by": "system",
            "order_version": 3,
        });
        for (key, value) in expected.as_object().expect("an object") {
            assert_eq!(&event["data"][key], value, "{key}");
        }
        // Nothing is sent again without staff, so nothing fails again.
        shop.wait(TimeDelta::days(2));
        assert_eq!(work(&shop).await, []);
        assert_eq!(receiver.received().len(), 1);
        // Another attempt that fails is another failure of the same refund.
        try_again(&shop, &provider, Some("fail")).await;
        let told = receiver.received();
        assert_eq!(told.len(), 2);
        assert_eq!(told[1].json()["data"]["refund_id"], open[0]["id"]);
        assert_eq!(try_again(&shop, &provider, None).await, [Settlement::Met]);
        assert_eq!(receiver.received().len(), 2);
        let order = shop.order(&id).await;
        let comments = order["comments"].as_array().expect("comments").iter();
        let lines: Vec<_> = comments.filter(|it| it["message"] == LINE).collect();
        assert_eq!(lines.len(), 2);
        assert!(
            lines.iter().all(|it| it["visible_on_front"] == false),
            "{lines:?}"
        );
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(
    a_void_that_failed_is_told_once_and_one_of_captured_money_is_not,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let voids = receiver(&shop, "order.void_failed").await;
        let of_refunds = receiver(&shop, "order.refund_failed").await;
        let id = authorized_with(&shop, "1", "tx-1").await;
        let reserved = json!({ "reference": "tx-1", "authorized": 1500, "captured": 0 });
        provider.play("payments", &reserved).await;
        cancel(&shop, &id).await;
        provider.goes_wrong(&["fail"]).await;
        work(&shop).await;
        assert_eq!(attention(&shop).await[0].0, json!(["VOID_FAILED"]));
        let told = voids.received();
        assert_eq!(told.len(), 1);
        let event = told[0].json();
        assert_eq!(event["type"], "com.countermand.order.void_failed.v1");
        let open = refunds(&shop, "OPEN").await;
        let expected = json!({
            "void_id": open[0]["id"],
            "tender": 1,
            "payment_provider": "main",
            "amount": { "amount": 1500, "currency": "USD" },
            "reason_code": "failed",
            "changed_by": "system",
            "order_version": 3,
        });
        for (key, value) in expected.as_object().expect("an object") {
            assert_eq!(&event["data"][key], value, "{key}");
        }
        shop.wait(TimeDelta::days(2));
        assert_eq!(work(&shop).await, []);
        assert_eq!(try_again(&shop, &provider, None).await, [Settlement::Met]);
        let line =
            "The void of $15.00 failed at the payment provider main: the provider did not carry it out.";
        let order = shop.order(&id).await;
        let mut comments = order["comments"].as_array().expect("comments").iter();
        let line = comments.find(|it| it["message"] == line);
        assert_eq!(line.expect("a line of the history")["visible_on_front"], false);
        // A void of captured money becomes a refund, so it is no failure.
        let id = authorized_with(&shop, "2", "tx-2").await;
        provider.paid("tx-2", 1500).await;
        cancel(&shop, &id).await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        let settled = refunds(&shop, "SETTLED").await;
        assert_eq!(
            states(&settled[1]),
            ["REQUESTED", "FAILED", "REQUESTED", "SUCCEEDED"]
        );
        assert_eq!((voids.received().len(), of_refunds.received().len()), (1, 0));
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_sqlite!(
    the_event_says_why_the_provider_refused_the_refund,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let receiver = receiver(&shop, "order.refund_failed").await;
        let id = paid(&shop, "1").await;
        let disputed = json!({ "reference": "tx-1", "authorized": 1500, "captured": 1500, "disputed": true });
        provider.play("payments", &disputed).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let told = receiver.received();
        let reasons: Vec<_> = told
            .iter()
            .map(|it| it.json()["data"]["reason_code"].clone())
            .collect();
        assert_eq!(reasons, [json!("disputed")]);
    }
);

/// The type of the next event that the stream tells.
async fn next_type(updates: &mut EventStream) -> Value {
    updates.update().await.data["data"]["orderUpdated"]["event"]["type"].clone()
}

on_every_database!(
    a_buyer_who_follows_the_order_is_not_told_why_a_refund_failed,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let anna = shop.customer("anna@example.com").await;
        let order = OrderJson::new("1")
            .by("anna@example.com")
            .paid_with("stripe_payments")
            .line("A", 1000, 1, 1, 0);
        let mut order = order.json();
        order["payment"]["last_trans_id"] = json!("tx-1");
        let id = shop.import(&[order]).await.remove(0);
        provider.paid("tx-1", 1500).await;
        cancel(&shop, &id).await;
        let query = "subscription($id: ID) { orderUpdated(order_id: $id) { event { type } } }";
        let mut buyer = shop.events(query, json!({ "id": id }), Some(&anna)).await;
        let mut staff = shop.events(query, json!({ "id": id }), Some(shop.owner())).await;
        let canceled = "com.countermand.order.canceled.v1";
        assert_eq!(next_type(&mut buyer).await, canceled);
        assert_eq!(next_type(&mut staff).await, canceled);
        provider.goes_wrong(&["fail"]).await;
        work(&shop).await;
        assert_eq!(try_again(&shop, &provider, None).await, [Settlement::Met]);
        assert_eq!(
            next_type(&mut staff).await,
            "com.countermand.order.refund_failed.v1"
        );
        let settled = "com.countermand.order.settled.v1";
        assert_eq!(next_type(&mut staff).await, settled);
        assert_eq!(next_type(&mut buyer).await, settled);
        let query = "{ customer { orders { items { comments { message } } } } }";
        let seen = shop.ask(query).token(&anna).send().await;
        let seen = seen.data("/customer/orders/items/0/comments").to_string();
        assert!(
            seen.contains("We refunded $15.00.") && !seen.contains("payment provider"),
            "{seen}"
        );
    }
);

/// A canceled order whose refund of `pi_1` succeeded at the provider and failed there before it was booked. Gives its id.
pub(super) async fn failed_before_it_is_booked<P: ContractProvider>(shop: &TestShop, provider: &P) -> String {
    let id = paid_and_canceled(shop, provider).await;
    provider.faults(&[Fault::Pending]).await;
    work(shop).await;
    // A worker was told that the money moved, and has not booked it yet.
    changed(
        shop,
        "INSERT INTO reversal_entries (obligation_id, position, at, account, operation, generation, state, reference, \
         detail) SELECT obligation_id, position + 1, at, account, operation, generation, 'succeeded', reference, '' \
         FROM reversal_entries WHERE state = 'pending'",
    )
    .await;
    let held = "UPDATE obligations SET lease_until = 9000000000000000 WHERE kind = 'refund'";
    changed(shop, held).await;
    provider.ends("pi_1", false).await;
    delivered(shop, provider).await;
    let given_back = "UPDATE obligations SET lease_until = 0 WHERE kind = 'refund'";
    changed(shop, given_back).await;
    shop.wait(TimeDelta::days(1));
    work(shop).await;
    id
}

async fn a_refund_that_fails_before_it_is_booked_is_not_booked<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = failed_before_it_is_booked(shop, &provider).await;
    let open = refunds(shop, "OPEN").await;
    let states = states(&open[0]);
    assert!(states.ends_with(&["SUCCEEDED", "FAILED"]), "{states:?}");
    assert_eq!(attention(shop).await[0].0, json!(["REFUND_FAILED"]));
    let trail = shop.order(&id).await["events"].to_string();
    assert_eq!(trail.matches("order.refund_failed").count(), 1, "{trail}");
    assert!(!trail.contains("order.settled"), "{trail}");
}

async fn a_refund_that_fails_after_its_buyer_was_erased_is_owed_again<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_and_canceled(shop, &provider).await;
    carried_out(shop, &provider, "before the erasure").await;
    let input = json!({ "website_code": "base", "email": "guest@example.com", "include_guest_orders": true });
    let erased = shop.owner_does("eraseCustomer", input, "erased_orders").await;
    assert_eq!(erased["erased_orders"], 1, "{erased}");
    provider.fails_late("pi_1").await;
    delivered(shop, &provider).await;
    assert_eq!(attention(shop).await[0].0, json!(["REFUND_FAILED"]));
    let trail = shop.order(&id).await["events"].to_string();
    assert_eq!(trail.matches("order.refund_failed").count(), 1, "{trail}");
}
