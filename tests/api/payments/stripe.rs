//! What holds at Stripe alone: its errors by code, its keys that end after a day, and its holds that end by themselves.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::stripe_server::{KEY, StripeServer};
use countermand_tests::{TestShop, on_sqlite};
use serde_json::json;

use super::{attention, cancel, paid_with, refunds, serve, serve_as, states, work};

async fn connected(shop: &TestShop) -> Option<StripeServer> {
    let stripe = StripeServer::start().await?;
    serve(shop, "STRIPE", &stripe.address, KEY).await;
    Some(stripe)
}

/// A canceled order whose captured payment `pi_<number>` is to go back.
async fn canceled(shop: &TestShop, stripe: &StripeServer, number: &str) {
    let reference = format!("pi_{number}");
    let id = paid_with(shop, number, &reference).await;
    let payment = json!({ "id": reference, "authorized": 1500, "captured": 1500 });
    stripe.play("payments", &payment).await;
    cancel(shop, &id).await;
}

on_sqlite!(stripe_is_asked_as_it_wants_to_be_asked, |shop| async move {
    let Some(stripe) = connected(&shop).await else {
        return;
    };
    canceled(&shop, &stripe, "1").await;
    assert_eq!(work(&shop).await, [Settlement::Met]);
    let requests = stripe.requests().await;
    let key = requests[0]["key"].clone();
    assert!(
        key.as_str().is_some_and(|key| key.ends_with(":refund:1")),
        "{key}"
    );
    let expected = json!([{ "path": "/v1/refunds", "key": key, "form": { "payment_intent": "pi_1", "amount": "1500",
        "reason": "requested_by_customer", "metadata[countermand_key]": key, "metadata[order_number]": "1" } }]);
    assert_eq!(json!(requests), expected);
});

on_sqlite!(
    a_busy_stripe_is_asked_again_under_the_same_key,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        for (number, fault) in [("1", "lock"), ("2", "in_use"), ("3", "broken_json")] {
            canceled(&shop, &stripe, number).await;
            stripe.play("faults", &json!({ "next": [fault] })).await;
            let first = work(&shop).await;
            assert!(
                matches!(first[..], [Settlement::Postponed(_)]),
                "{fault}: {first:?}"
            );
            shop.wait(TimeDelta::minutes(2));
            assert_eq!(work(&shop).await, [Settlement::Met], "{fault}");
            let refunds = stripe.refunds(&format!("pi_{number}")).await;
            assert_eq!(refunds.len(), 1, "{fault}");
            let key = refunds[0]["metadata"]["countermand_key"].as_str();
            assert!(key.is_some_and(|key| key.ends_with(":refund:1")), "{fault}");
        }
    }
);

on_sqlite!(a_definite_no_is_told_to_staff_with_the_code, |shop| async move {
    let Some(stripe) = connected(&shop).await else {
        return;
    };
    canceled(&shop, &stripe, "1").await;
    stripe.play("faults", &json!({ "next": ["balance"] })).await;
    work(&shop).await;
    canceled(&shop, &stripe, "2").await;
    stripe.play("payments/pi_2/dispute", &json!({})).await;
    work(&shop).await;
    let told: Vec<_> = attention(&shop).await.into_iter().map(|(_, why)| why).collect();
    assert!(told[0].contains("balance_insufficient"), "{told:?}");
    assert!(told[1].contains("charge_disputed"), "{told:?}");
    assert_eq!(stripe.refunds("pi_1").await.len(), 0);
    // After the balance was filled, staff lets Stripe try again under a new key.
    let open = refunds(&shop, "OPEN").await;
    let input = json!({ "id": open[0]["id"] });
    shop.owner_does("retryObligation", input, "obligation { id }")
        .await;
    assert_eq!(work(&shop).await, [Settlement::Met]);
    assert_eq!(stripe.refunds("pi_1").await.len(), 1);
});

on_sqlite!(
    after_its_day_a_key_is_not_sent_again_before_a_look_at_the_refunds,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        for (number, fault, keys) in [("1", "lose_answer", 1), ("2", "lose_request", 2)] {
            canceled(&shop, &stripe, number).await;
            stripe.play("faults", &json!({ "next": [fault] })).await;
            work(&shop).await;
            // No worker ran for a day, and Stripe has forgotten the key.
            shop.wait(TimeDelta::hours(25));
            stripe.play("time", &json!({ "seconds": 25 * 3600 })).await;
            assert_eq!(work(&shop).await, [Settlement::Met], "{fault}");
            assert_eq!(stripe.refunds(&format!("pi_{number}")).await.len(), 1, "{fault}");
            let settled = refunds(&shop, "SETTLED").await;
            let requested = states(settled.last().expect("a refund"));
            let requested = requested.iter().filter(|state| **state == "REQUESTED");
            assert_eq!(requested.count(), keys, "{fault}");
        }
    }
);

on_sqlite!(
    a_refund_that_was_sent_under_two_keys_is_followed_by_its_id,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        // After two minutes the second request is sent again, and refused; after a day it is only looked up.
        for (number, wait) in [("1", TimeDelta::minutes(2)), ("2", TimeDelta::hours(24))] {
            let payment = format!("pi_{number}");
            canceled(&shop, &stripe, number).await;
            // The first request is on its way for more than a day, and the second one, which has a new key, gets lost.
            for hours in [25, 0] {
                stripe.play("faults", &json!({ "next": ["lose_request"] })).await;
                work(&shop).await;
                shop.wait(TimeDelta::hours(hours));
                stripe.play("time", &json!({ "seconds": hours * 3600 })).await;
            }
            let open = refunds(&shop, "OPEN").await;
            assert_eq!(states(&open[0]), ["REQUESTED", "REQUESTED"]);
            let first = open[0]["provider_states"][0]["key"].as_str().expect("a key");
            stripe.play("faults", &json!({ "next": ["pending"] })).await;
            stripe.refund_arrives(first, &payment, 1500).await;
            for wait in [wait, TimeDelta::hours(2)] {
                shop.wait(wait);
                let under_way = work(&shop).await;
                assert!(
                    matches!(under_way[..], [Settlement::Postponed(_)]),
                    "{under_way:?}"
                );
            }
            let open = refunds(&shop, "OPEN").await;
            assert_eq!(states(&open[0]), ["REQUESTED", "REQUESTED", "PENDING"]);
            stripe.ends(&payment, true).await;
            shop.wait(TimeDelta::hours(2));
            assert_eq!(work(&shop).await, [Settlement::Met]);
            assert_eq!(stripe.refunds(&payment).await.len(), 1);
        }
    }
);

on_sqlite!(
    the_released_rest_of_an_authorization_counts_not_as_paid_back,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        let id = paid_with(&shop, "1", "pi_1").await;
        let payment = json!({ "id": "pi_1", "authorized": 2000, "captured": 1500 });
        stripe.play("payments", &payment).await;
        cancel(&shop, &id).await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        let refunds = stripe.refunds("pi_1").await;
        assert_eq!(refunds.len(), 1);
        assert_eq!(refunds[0]["amount"], 1500);
    }
);

on_sqlite!(
    a_connected_account_is_named_in_each_call_and_events_of_other_accounts_change_nothing,
    |shop| async move {
        // Without the right header, this server finds no payment.
        let Some(stripe) = StripeServer::of_connected_account("acct_1").await else {
            return;
        };
        let account = json!({ "name": "main", "adapter": "STRIPE", "address": stripe.address, "secret": KEY,
            "webhook_secret": StripeServer::WEBHOOK_SECRET, "merchant_account": "acct_1" });
        serve_as(&shop, account).await;
        let url = format!("{}/webhooks/stripe/main", shop.address());
        stripe.holds_messages(&url).await;
        canceled(&shop, &stripe, "1").await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(stripe.refunds("pi_1").await.len(), 1);

        // Staff refunds a part of another payment in the dashboard.
        paid_with(&shop, "2", "pi_2").await;
        stripe.pays("pi_2", "USD", 1500, 1500).await;
        stripe.refunds_outside("pi_2", 200).await;
        for (event_of, told) in [("acct_2", 0), ("acct_1", 1)] {
            let delivery = json!({ "account": event_of, "at": shop.now().timestamp() });
            let statuses = stripe.play("deliver", &delivery).await["statuses"].take();
            let statuses = statuses.as_array().expect("statuses");
            assert!(statuses.iter().all(|status| *status == 204), "{statuses:?}");
            work(&shop).await;
            work(&shop).await;
            assert_eq!(attention(&shop).await.len(), told, "{event_of}");
        }
    }
);
