//! Staff abandons a refund although the outcome of its request is not known: what others pay back does not stand for it,
//! because its own money may still move, and no other key is used for it. Where its request has certainly not arrived, what
//! others pay back stands for it.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_domain::LookUp;
use countermand_tests::adyen_server::AdyenServer;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{TestShop, on_every_database, on_sqlite};
use serde_json::json;

use super::abandoned::{abandon, is_healthy, seen_as};
use super::contract::{begin, carried_out, delivered, paid_and_canceled};
use super::parts::passes;
use super::repeated::changed;
use super::{attention, buyer_sees, paid_with, refunds, states, work};

contract!(a_refund_of_others_stands_for_an_abandoned_one_that_certainly_never_arrived);

async fn a_refund_of_others_stands_for_an_abandoned_one_that_certainly_never_arrived<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 1500).await;
    let memo = json!({ "order_id": id, "items": [], "refund_shipping": false, "adjustment": 2.0 });
    shop.worked("createCreditMemo", memo).await;
    shop.leave_jobs();
    provider.faults(&[Fault::LoseRequest]).await;
    work(shop).await;
    // As after three days of attempts.
    let given_up = "UPDATE obligations SET state = 'needs_attention' WHERE kind = 'refund'";
    changed(shop, given_up).await;
    let ours = refunds(shop, "OPEN").await.remove(0)["id"].clone();
    assert_eq!(abandon(shop, &ours).await["user_errors"], json!([]));
    provider.refunds_outside("pi_1", 200).await;
    delivered(shop, &provider).await;
    let (at_once, later) = match provider.capabilities().look_up {
        LookUp::Certain => ("REFUNDED", "REFUNDED"),
        // Until the provider has forgotten the key, the request may be on its way.
        LookUp::Likely => ("NOT_REFUNDED", "REFUNDED"),
        LookUp::None => ("NOT_REFUNDED", "NOT_REFUNDED"),
    };
    let seen = |word: &str| json!([{ "amount": { "value": 2.0 }, "state": word }]);
    assert_eq!(buyer_sees(shop, &id).await, seen(at_once));
    let reason = json!(["PAYMENT_REFUNDED_OUTSIDE"]);
    let is_told = attention(shop).await.iter().any(|(it, _)| *it == reason);
    assert_eq!(
        is_told,
        at_once == "NOT_REFUNDED",
        "staff is told what is not settled"
    );
    passes(shop, &provider, TimeDelta::days(3)).await;
    // Another message lets the payment be compared again.
    provider.disputes("pi_1").await;
    delivered(shop, &provider).await;
    assert_eq!(buyer_sees(shop, &id).await, seen(later));
    let state = if later == "REFUNDED" {
        "SETTLED"
    } else {
        "ABANDONED"
    };
    let ended = refunds(shop, state).await;
    assert_eq!((ended.len(), &ended[0]["id"]), (1, &ours));
    assert_eq!(states(&ended[0]), ["REQUESTED"]);
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (200, 1));
    assert!(is_healthy(shop).await);
}

/// Delivers the message at this place of the ledger, and lets the workers do what follows.
async fn tells(shop: &TestShop, adyen: &AdyenServer, place: usize) {
    let statuses = adyen
        .delivers_these(&[json!(place)], shop.now().timestamp())
        .await;
    assert_eq!(statuses, [200]);
    work(shop).await;
    work(shop).await;
}

on_sqlite!(
    a_refund_of_others_stands_for_no_abandoned_one_whose_outcome_is_unknown,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        let id = paid_with(&shop, "1", "pi_1").await;
        adyen.pays("pi_1", "USD", 1500, 1500).await;
        let memo = json!({ "order_id": id, "items": [], "refund_shipping": false, "adjustment": 2.0 });
        shop.worked("createCreditMemo", memo).await;
        shop.leave_jobs();
        // Adyen carries it out, and the program does not hear of it for a week.
        adyen.faults(&[Fault::LoseAnswer]).await;
        work(&shop).await;
        passes(&shop, &adyen, TimeDelta::days(8)).await;
        let asked = work(&shop).await;
        assert!(matches!(asked[..], [Settlement::NeedsAttention(_)]), "{asked:?}");
        let ours = refunds(&shop, "OPEN").await.remove(0)["id"].clone();
        assert_eq!(abandon(&shop, &ours).await["user_errors"], json!([]));
        // Staff pays it back at Adyen, and is told that the books do not have that.
        adyen.refunds_outside("pi_1", 200).await;
        tells(&shop, &adyen, 1).await;
        let unknown = "payment pi_1 at main: $2.00 were paid back there that the books do not have";
        let told = (json!(["PAYMENT_REFUNDED_OUTSIDE"]), unknown.to_owned());
        assert_eq!(attention(&shop).await, std::slice::from_ref(&told));
        let not_refunded = json!([{ "amount": { "value": 2.0 }, "state": "NOT_REFUNDED" }]);
        assert_eq!(buyer_sees(&shop, &id).await, not_refunded);
        // That refund fails. Ours is not known to have failed, so it is not sent under another key.
        let theirs = adyen.refunds_of_others("pi_1").await;
        adyen.fails_of_others(&theirs[0]).await;
        tells(&shop, &adyen, 2).await;
        let failed = |reference: &str| {
            let of_others = format!("payment pi_1 at main: refund {reference} of $2.00 by others, ");
            format!("{of_others}which was told as paid back, moved no money after all: it failed")
        };
        let seen = attention(&shop).await;
        assert_eq!((seen.len(), &seen[0].0), (1, &json!(["REFUND_FAILED"])));
        assert!(seen[0].1.starts_with(&failed(&theirs[0])), "{seen:?}");
        let abandoned = refunds(&shop, "ABANDONED").await;
        assert_eq!(abandoned.len(), 1, "{abandoned:?}");
        assert_eq!(states(&abandoned[0]), ["REQUESTED"]);
        let again = shop.refused("retryObligation", json!({ "id": ours })).await;
        assert_eq!(again.0, "ALREADY_SETTLED");
        // Staff has looked, and is told of another refund of the same amount, which fails, too.
        let query = "{ needsAttention { items { id } } }";
        let answer = shop.ask(query).token(shop.owner()).send().await;
        let look = json!({ "id": answer.data("/needsAttention/items/0/id"), "note": "seen" });
        let seen = shop.owner_does("settleObligation", look, "").await;
        assert_eq!(seen["user_errors"], json!([]));
        assert_eq!(attention(&shop).await, []);
        adyen.refunds_outside("pi_1", 200).await;
        tells(&shop, &adyen, 3).await;
        assert_eq!(attention(&shop).await, std::slice::from_ref(&told));
        let theirs = adyen.refunds_of_others("pi_1").await;
        adyen.fails_of_others(&theirs[1]).await;
        tells(&shop, &adyen, 4).await;
        let seen = attention(&shop).await;
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(seen[0].1.starts_with(&failed(&theirs[1])), "{seen:?}");
        // Its own success comes at last.
        tells(&shop, &adyen, 0).await;
        let mut settled = refunds(&shop, "SETTLED").await;
        settled.retain(|it| it["provider_states"] != json!([]));
        assert_eq!((settled.len(), &settled[0]["id"]), (1, &ours));
        assert_eq!(states(&settled[0]), ["REQUESTED", "SUCCEEDED"]);
        let refunded = json!([{ "amount": { "value": 2.0 }, "state": "REFUNDED" }]);
        assert_eq!(buyer_sees(&shop, &id).await, refunded);
        assert_eq!(attention(&shop).await, seen, "until staff has looked at it");
        let line = adyen.line("pi_1").await;
        assert_eq!((line.refunded, line.refunds), (200, 1));
        assert_eq!(adyen.requests().await.len(), 1);
        assert!(is_healthy(&shop).await);
    }
);

/// As after three days of attempts at the one refund that is still tried.
const GIVEN_UP: &str = "UPDATE obligations SET state = 'needs_attention' WHERE kind = 'refund' AND state = 'pending' \
     AND lease_until < 9000000000000000";

on_sqlite!(
    a_refund_of_others_stands_for_the_oldest_abandoned_one_whose_request_has_certainly_not_arrived,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = paid_with(&shop, "1", "pi_1").await;
        stripe.pays("pi_1", "USD", 1500, 1500).await;
        let owe = async || {
            let memo = json!({ "order_id": id, "items": [], "refund_shipping": false, "adjustment": 2.0 });
            shop.worked("createCreditMemo", memo).await;
            shop.leave_jobs();
        };
        // A worker holds the older refund for three days, and only then sends its request.
        owe().await;
        let held = "UPDATE obligations SET lease_until = 9000000000000000 WHERE kind = 'refund'";
        changed(&shop, held).await;
        shop.wait(TimeDelta::minutes(1));
        owe().await;
        stripe.faults(&[Fault::LoseRequest]).await;
        work(&shop).await;
        changed(&shop, GIVEN_UP).await;
        passes(&shop, &stripe, TimeDelta::days(3)).await;
        let given_back = "UPDATE obligations SET lease_until = 0 WHERE kind = 'refund' AND state = 'pending'";
        changed(&shop, given_back).await;
        stripe.faults(&[Fault::LoseRequest]).await;
        work(&shop).await;
        changed(&shop, GIVEN_UP).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(open.len(), 2, "{open:?}");
        for refund in &open {
            assert_eq!(states(refund), ["REQUESTED"]);
            assert_eq!(abandon(&shop, &refund["id"]).await["user_errors"], json!([]));
        }
        // Stripe may still know the key of the older refund, and has forgotten that of the newer one.
        stripe.refunds_outside("pi_1", 200).await;
        delivered(&shop, &stripe).await;
        let (settled, abandoned) = (refunds(&shop, "SETTLED").await, refunds(&shop, "ABANDONED").await);
        assert_eq!((settled.len(), &settled[0]["id"]), (1, &open[1]["id"]));
        assert_eq!((abandoned.len(), &abandoned[0]["id"]), (1, &open[0]["id"]));
        assert_eq!(attention(&shop).await, []);
        let line = stripe.line("pi_1").await;
        assert_eq!((line.refunded, line.refunds), (200, 1));
        assert!(is_healthy(&shop).await);
    }
);

on_sqlite!(
    a_request_whose_outcome_is_unknown_keeps_its_key_when_a_refund_of_others_fails,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        let id = paid_and_canceled(&shop, &provider).await;
        let ours = refunds(&shop, "OPEN").await.remove(0)["id"].clone();
        assert_eq!(abandon(&shop, &ours).await["user_errors"], json!([]));
        provider.refunds_outside("pi_1", 1500).await;
        delivered(&shop, &provider).await;
        assert_eq!(buyer_sees(&shop, &id).await, seen_as("REFUNDED"));
        // An earlier version adopted refunds whose request was sent, too.
        changed(
            &shop,
            "INSERT INTO reversal_entries (obligation_id, position, at, account, operation, generation, state, detail) \
             SELECT id, 0, created_at, 'main', 'refund', 1, 'requested', '' FROM obligations WHERE kind = 'refund'",
        )
        .await;
        let theirs = provider.refunds_of_others("pi_1").await;
        provider.fails_of_others(&theirs[0]).await;
        delivered(&shop, &provider).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!((open.len(), &open[0]["id"]), (1, &ours));
        assert_eq!(states(&open[0]), ["REQUESTED", "REQUESTED"]);
        assert_eq!(attention(&shop).await[0].0, json!(["REFUND_FAILED"]));
        assert_eq!(buyer_sees(&shop, &id).await, seen_as("LOOKED_INTO"));
        let done = shop
            .owner_does("retryObligation", json!({ "id": ours }), "")
            .await;
        assert_eq!(done["user_errors"], json!([]));
        carried_out(&shop, &provider, "under the same key").await;
        let mut keys = provider.keys().await;
        keys.retain(|key| !key.starts_with("by-others"));
        assert!(
            matches!(&keys[..], [key] if key.ends_with(":refund:1")),
            "{keys:?}"
        );
        assert_eq!(provider.line("pi_1").await.refunded, 1500);
        assert_eq!(buyer_sees(&shop, &id).await, seen_as("REFUNDED"));
        assert!(is_healthy(&shop).await);
    }
);
