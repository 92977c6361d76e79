//! Staff lets the payment provider try a refund again: the refund begins anew under another key, and shows that at once.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{attention, buyer_sees, cancel, connected, paid, refunds, states, work};

const DECLINED: &str = "the payment provider did not move the money: The bank refused.";

/// A canceled order whose refund the bank refused. Gives its id.
async fn refused_by_the_bank(shop: &TestShop, provider: &PaymentServer) -> String {
    let id = paid(shop, "1").await;
    provider.paid("tx-1", 1500).await;
    cancel(shop, &id).await;
    provider.goes_wrong(&["fail"]).await;
    work(shop).await;
    let told = (json!(["REFUND_FAILED"]), DECLINED.to_owned());
    assert_eq!(attention(shop).await, [told]);
    id
}

/// Staff lets the provider try the only open refund again. Gives the answer.
async fn try_again(shop: &TestShop) -> Value {
    let input = json!({ "id": refunds(shop, "OPEN").await[0]["id"] });
    let shown = "obligation { state problem provider_states { state key detail } }";
    let done = shop.owner_does("retryObligation", input, shown).await;
    assert_eq!(done["user_errors"], json!([]));
    done["obligation"].clone()
}

on_every_database!(
    a_retried_refund_is_requested_at_once_and_needs_no_person_any_more,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let id = refused_by_the_bank(&shop, &provider).await;
        let answer = try_again(&shop).await;
        assert_eq!(
            (&answer["state"], &answer["problem"]),
            (&json!("OPEN"), &Value::Null)
        );
        assert_eq!(states(&answer), ["REQUESTED", "FAILED", "REQUESTED"]);
        let due = &answer["provider_states"][2];
        assert!(due["key"].as_str().is_some_and(|key| key.ends_with(":refund:2")));
        assert_eq!(due["detail"], "staff lets the payment provider try again");
        // The list says the same, and nothing needs a person any more.
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "FAILED", "REQUESTED"]);
        assert_eq!(open[0]["problem"], Value::Null);
        assert_eq!(attention(&shop).await, []);
        let on_its_way = json!([{ "amount": { "value": 15.0 }, "state": "ON_ITS_WAY" }]);
        assert_eq!(buyer_sees(&shop, &id).await, on_its_way);
        // A second request of staff adds no second attempt.
        assert_eq!(states(&try_again(&shop).await), states(&open[0]));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(provider.paid_back("tx-1").await, 1500);
        let settled = refunds(&shop, "SETTLED").await;
        assert_eq!(
            states(&settled[0]),
            ["REQUESTED", "FAILED", "REQUESTED", "REQUESTED", "SUCCEEDED"]
        );
        assert_eq!(provider.keys().await.len(), 2);
    }
);

on_every_database!(
    a_retried_refund_waits_for_a_provider_that_is_away_and_is_not_left_to_staff,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        refused_by_the_bank(&shop, &provider).await;
        try_again(&shop).await;
        provider.fails_at_random(100, 1, &[Fault::LoseRequest]).await;
        for minute in 0..4 {
            let waits = work(&shop).await;
            assert!(
                matches!(waits[..], [Settlement::Postponed(_)]),
                "after {minute} minutes: {waits:?}"
            );
            assert_eq!(attention(&shop).await, [], "after {minute} minutes");
            shop.wait(TimeDelta::minutes(1));
        }
        provider.stops_failing().await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(provider.paid_back("tx-1").await, 1500);
        let keys = provider.keys().await;
        assert!(
            keys.len() == 2 && keys[1].ends_with(":refund:2"),
            "one key before staff let the provider try again, and one after it: {keys:?}"
        );
    }
);

on_every_database!(
    a_retried_refund_that_fails_again_is_left_to_staff_at_once_with_the_new_reason,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        refused_by_the_bank(&shop, &provider).await;
        provider.play("payments/tx-1/dispute", &json!({})).await;
        try_again(&shop).await;
        let why = "the payment provider refuses: DISPUTED: The buyer disputes the payment.";
        assert_eq!(work(&shop).await, [Settlement::NeedsAttention(why.to_owned())]);
        assert_eq!(
            attention(&shop).await,
            [(json!(["REFUND_FAILED"]), why.to_owned())]
        );
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(
            states(&open[0]),
            ["REQUESTED", "FAILED", "REQUESTED", "REQUESTED", "FAILED"]
        );
        // Without staff nothing is sent again.
        for _ in 0..3 {
            shop.wait(TimeDelta::days(1));
            assert_eq!(work(&shop).await, []);
        }
        assert_eq!(provider.keys().await.len(), 2);
    }
);
