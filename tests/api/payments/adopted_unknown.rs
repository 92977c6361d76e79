//! An abandoned refund counts as carried out because others paid its money back, although a request for it was sent, and
//! then theirs fails. The provider is asked for the outcome of the own request before the refund is owed again.

use chrono::TimeDelta;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::payment_server::{KEY, PaymentServer};
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{TestShop, on_sqlite};
use serde_json::{Value, json};

use super::abandoned::{abandon, is_healthy, seen_as};
use super::contract::{begin, carried_out, delivered, paid_and_canceled};
use super::parts::passes;
use super::repeated::changed;
use super::{attention, buyer_sees, refunds, states};

/// A canceled order whose refund of `pi_1` was abandoned, and was settled when others paid it back, as if its request had
/// been sent: an earlier version did so. Gives the ids of the order and of the refund.
async fn adopted<P: ContractProvider>(shop: &TestShop, provider: &P) -> (String, Value) {
    let id = paid_and_canceled(shop, provider).await;
    let ours = refunds(shop, "OPEN").await.remove(0)["id"].clone();
    assert_eq!(abandon(shop, &ours).await["user_errors"], json!([]));
    provider.refunds_outside("pi_1", 1500).await;
    delivered(shop, provider).await;
    assert_eq!(buyer_sees(shop, &id).await, seen_as("REFUNDED"));
    changed(
        shop,
        "INSERT INTO reversal_entries (obligation_id, position, at, account, operation, generation, state, detail) \
         SELECT id, 0, created_at, 'main', 'refund', 1, 'requested', '' FROM obligations WHERE kind = 'refund'",
    )
    .await;
    (id, ours)
}

/// The refund of others fails.
async fn theirs_fails<P: ContractProvider>(provider: &P) {
    let theirs = provider.refunds_of_others("pi_1").await;
    provider.fails_of_others(&theirs[0]).await;
}

/// The states of the refund with this id, among those in `state`.
async fn states_of(shop: &TestShop, state: &str, id: &Value) -> Vec<String> {
    let found = refunds(shop, state).await;
    let refund = found.iter().find(|it| it["id"] == *id);
    let refund = refund.unwrap_or_else(|| panic!("{state}: {found:?}"));
    states(refund).into_iter().map(str::to_owned).collect()
}

on_sqlite!(
    an_adopted_refund_whose_own_request_failed_is_owed_again_under_another_key,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        let (id, ours) = adopted(&shop, &provider).await;
        theirs_fails(&provider).await;
        // The request arrives at the provider, and the bank refuses it.
        provider.faults(&[Fault::Fail]).await;
        let key = format!("{}:refund:1", ours.as_str().expect("an id"));
        let request = json!({ "operation": "REFUND", "payment": "pi_1", "amount": 1500, "currency": "USD",
            "order": "1" });
        let sent = shop
            .client()
            .put(format!("{}/v1/reversals/{key}", provider.address));
        let sent = sent.bearer_auth(KEY).json(&request).send().await.expect("sent");
        assert!(sent.status().is_success(), "{}", sent.status());
        delivered(&shop, &provider).await;
        assert_eq!(
            states_of(&shop, "OPEN", &ours).await,
            ["REQUESTED", "FAILED", "FAILED"]
        );
        assert_eq!(attention(&shop).await[0].0, json!(["REFUND_FAILED"]));
        assert_eq!(buyer_sees(&shop, &id).await, seen_as("LOOKED_INTO"));
        let done = shop
            .owner_does("retryObligation", json!({ "id": ours }), "")
            .await;
        assert_eq!(done["user_errors"], json!([]));
        carried_out(&shop, &provider, "under another key").await;
        let keys = provider.keys().await;
        assert!(keys.iter().any(|key| key.ends_with(":refund:2")), "{keys:?}");
        assert_eq!(provider.line("pi_1").await.refunded, 1500);
        assert_eq!(buyer_sees(&shop, &id).await, seen_as("REFUNDED"));
        assert!(is_healthy(&shop).await);
    }
);

on_sqlite!(
    an_adopted_refund_whose_own_request_may_still_arrive_is_told_and_owed_again_once_it_is_lost,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let (id, ours) = adopted(&shop, &stripe).await;
        theirs_fails(&stripe).await;
        delivered(&shop, &stripe).await;
        // Stripe finds nothing, and may still know the key.
        assert_eq!(states_of(&shop, "SETTLED", &ours).await, ["REQUESTED"]);
        assert_eq!(buyer_sees(&shop, &id).await, seen_as("REFUNDED"));
        let why = "payment pi_1 at main: the refund of others that settled the refund of $15.00 failed, and the provider \
                   may still carry out the request for this one: look there, and pay it back there if it is not paid back";
        let told = (json!(["REFUND_FAILED"]), why.to_owned());
        assert_eq!(attention(&shop).await, std::slice::from_ref(&told));
        stripe.disputes("pi_1").await;
        delivered(&shop, &stripe).await;
        let seen = attention(&shop).await;
        assert_eq!(seen.iter().filter(|it| **it == told).count(), 1, "{seen:?}");
        assert_eq!(states_of(&shop, "SETTLED", &ours).await, ["REQUESTED"]);
        passes(&shop, &stripe, TimeDelta::days(3)).await;
        // Another message lets the payment be compared again.
        stripe.disputes("pi_1").await;
        delivered(&shop, &stripe).await;
        assert_eq!(states_of(&shop, "OPEN", &ours).await, ["REQUESTED", "REQUESTED"]);
        assert_eq!(buyer_sees(&shop, &id).await, seen_as("LOOKED_INTO"));
        assert_eq!(stripe.line("pi_1").await.refunded, 0);
        assert!(is_healthy(&shop).await);
    }
);
