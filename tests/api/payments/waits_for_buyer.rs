//! A refund that needs something of the buyer first, such as the number of a bank account, which Stripe calls
//! `requires_action`.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::contract::{PAID_BACK, begin, delivered};
use super::{attention, buyer_sees, cancel, paid_with, refunds, states, work};

/// A canceled order whose refund of `pi_<number>` waits for the buyer. Gives its id.
async fn waiting(shop: &TestShop, stripe: &StripeServer, number: &str) -> String {
    let reference = format!("pi_{number}");
    let id = paid_with(shop, number, &reference).await;
    stripe.pays(&reference, "USD", 1500, 1500).await;
    cancel(shop, &id).await;
    stripe
        .play("faults", &json!({ "next": ["requires_action"] }))
        .await;
    let tried = work(shop).await;
    assert!(matches!(tried[..], [Settlement::Postponed(_)]), "{tried:?}");
    let open = refunds(shop, "OPEN").await;
    assert_eq!(states(&open[0]), ["REQUESTED", "REQUIRES_ACTION"]);
    assert_eq!(buyer_sees(shop, &id).await, seen("LOOKED_INTO"));
    id
}

/// What the buyer sees of a refund of $15.00.
fn seen(word: &str) -> Value {
    json!([{ "amount": { "value": 15.0 }, "state": word }])
}

on_every_database!(
    a_refund_that_waits_for_the_buyer_is_told_after_three_days_and_ends_when_the_buyer_acts,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = waiting(&shop, &stripe, "1").await;
        // Stripe has it, so staff neither pays it out nor ends it.
        let open = refunds(&shop, "OPEN").await;
        for mutation in ["settleObligation", "abandonObligation"] {
            let by_hand = json!({ "id": open[0]["id"], "note": "by transfer" });
            assert_eq!(shop.refused(mutation, by_hand).await.0, "IN_PROGRESS");
        }
        shop.wait(TimeDelta::days(2));
        work(&shop).await;
        assert_eq!(attention(&shop).await, []);
        shop.wait(TimeDelta::days(1));
        work(&shop).await;
        let delayed = "the payment provider works on it".to_owned();
        assert_eq!(attention(&shop).await, [(json!(["REFUND_DELAYED"]), delayed)]);
        assert_eq!(buyer_sees(&shop, &id).await, seen("LOOKED_INTO"));
        stripe.ends("pi_1", true).await;
        delivered(&shop, &stripe).await;
        let settled = refunds(&shop, "SETTLED").await;
        assert_eq!(states(&settled[0]), ["REQUESTED", "REQUIRES_ACTION", "SUCCEEDED"]);
        assert_eq!(buyer_sees(&shop, &id).await, seen("REFUNDED"));
        assert_eq!(attention(&shop).await, []);
        assert_eq!(stripe.line("pi_1").await, PAID_BACK);
    }
);

on_every_database!(
    a_refund_that_is_canceled_while_it_waits_for_the_buyer_is_owed_again,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = waiting(&shop, &stripe, "1").await;
        let refund = stripe.refunds("pi_1").await.remove(0);
        let path = format!("refunds/{}/cancel", refund["id"].as_str().expect("an id"));
        stripe.play(&path, &json!({})).await;
        delivered(&shop, &stripe).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "REQUIRES_ACTION", "CANCELED"]);
        assert_eq!(attention(&shop).await[0].0, json!(["REFUND_FAILED"]));
        assert_eq!(buyer_sees(&shop, &id).await, seen("LOOKED_INTO"));
        let told = "The refund of $15.00 failed at the payment provider main: the refund was canceled there.";
        let history = shop.order(&id).await["comments"].to_string();
        assert_eq!(history.matches(told).count(), 1, "{history}");
        // Staff lets Stripe try again, under a new key.
        let input = json!({ "id": open[0]["id"] });
        let done = shop
            .owner_does("retryObligation", input, "obligation { id }")
            .await;
        assert_eq!(done["user_errors"], json!([]));
        assert_eq!(buyer_sees(&shop, &id).await, seen("ON_ITS_WAY"));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        let made = stripe.refunds("pi_1").await;
        let keys: Vec<_> = made
            .iter()
            .filter_map(|it| it["metadata"]["countermand_key"].as_str())
            .collect();
        assert!(
            keys.len() == 2 && keys[0].ends_with(":refund:1") && keys[1].ends_with(":refund:2"),
            "{keys:?}"
        );
        assert_eq!(stripe.line("pi_1").await, PAID_BACK);
        assert_eq!(buyer_sees(&shop, &id).await, seen("REFUNDED"));
        assert_eq!(attention(&shop).await, []);
    }
);
