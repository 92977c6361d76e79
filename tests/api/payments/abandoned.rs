//! Staff ends what nothing will meet: no money moves, the buyer is told so, and money that moves later is not lost.

use chrono::TimeDelta;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::{TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::contract::{begin, carried_out, delivered, paid_and_canceled};
use super::refund_mail::UNREADABLE;
use super::repeated::changed;
use super::{attention, authorized_with, buyer_sees, cancel, paid_with, refunds, states, work};

contract!(
    a_refund_that_nothing_will_meet_is_abandoned,
    an_abandoned_refund_that_others_paid_back_is_adopted,
    an_abandoned_refund_is_owed_each_time_that_a_refund_of_others_fails,
    a_refund_that_is_owed_again_so_is_owed_each_time_that_theirs_fails,
    an_abandoned_refund_is_owed_when_a_refund_of_others_fails_after_the_erasure,
    an_abandoned_void_that_is_captured_later_is_told,
    what_the_provider_has_is_not_abandoned,
);

/// Staff abandons the obligation. Gives the payload.
pub(super) async fn abandon(shop: &TestShop, id: &Value) -> Value {
    let input = json!({ "id": id, "note": "The account is closed." });
    shop.owner_does(
        "abandonObligation",
        input,
        "obligation { state problem settled_at }",
    )
    .await
}

/// A canceled order whose refund of `pi_1` the provider did not carry out. Gives its id.
async fn failed<P: ContractProvider>(shop: &TestShop, provider: &P) -> String {
    let id = paid_and_canceled(shop, provider).await;
    provider.faults(&[Fault::Fail]).await;
    work(shop).await;
    if !provider.capabilities().answers_at_once {
        delivered(shop, provider).await;
    }
    id
}

pub(super) async fn is_healthy(shop: &TestShop) -> bool {
    shop.app().doctor(|_| {}).await.expect("a report").is_healthy()
}

async fn a_refund_that_nothing_will_meet_is_abandoned<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = failed(shop, &provider).await;
    let open = refunds(shop, "OPEN").await;
    for note in ["", "  ", "a\u{0}b"] {
        let input = json!({ "id": open[0]["id"], "note": note });
        let refused = shop.refused("abandonObligation", input).await;
        assert_eq!(refused, ("INVALID".into(), "note".into()));
    }
    let nowhere = json!({ "id": "0198c5e5-7b5e-7000-8000-000000000000", "note": "lost" });
    assert_eq!(shop.refused("abandonObligation", nowhere).await.0, "NOT_FOUND");
    let done = abandon(shop, &open[0]["id"]).await;
    assert_eq!(done["user_errors"], json!([]));
    assert_eq!(done["obligation"]["state"], "ABANDONED");
    assert!(done["obligation"]["settled_at"].is_string());
    assert_eq!(attention(shop).await, []);
    assert_eq!(refunds(shop, "OPEN").await, Vec::<Value>::new());
    assert_eq!(refunds(shop, "ABANDONED").await.len(), 1);
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "NOT_REFUNDED" }])
    );
    let order = shop.order(&id).await;
    assert_eq!(order["reversals"][0]["state"], "abandoned");
    let history = order["comments"].to_string();
    let told = history.matches("The refund of $15.00 was not carried out.");
    assert_eq!(told.count(), 1, "{history}");
    let audit = &shop.audit_log(1).await[0];
    assert_eq!(
        (&audit["action"], &audit["details"]),
        (
            &json!("abandonObligation"),
            &json!("refund of $15.00 abandoned: The account is closed.")
        )
    );
    // It has ended: nothing meets it, and staff cannot end it again.
    for mutation in ["abandonObligation", "settleObligation"] {
        let input = json!({ "id": open[0]["id"], "note": "again" });
        assert_eq!(shop.refused(mutation, input).await.0, "ALREADY_SETTLED");
    }
    let retried = shop
        .refused("retryObligation", json!({ "id": open[0]["id"] }))
        .await;
    assert_eq!(retried.0, "ALREADY_SETTLED");
    assert_eq!(work(shop).await, []);
    assert_eq!(provider.line("pi_1").await.refunded, 0);
    assert!(is_healthy(shop).await);
}

async fn an_abandoned_refund_that_others_paid_back_is_adopted<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = failed(shop, &provider).await;
    let open = refunds(shop, "OPEN").await;
    abandon(shop, &open[0]["id"]).await;
    provider.refunds_outside("pi_1", 1500).await;
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(settled[0]["settlement_reference"], "pi_1");
    assert_eq!(refunds(shop, "ABANDONED").await, Vec::<Value>::new());
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "REFUNDED" }])
    );
    let order = shop.order(&id).await;
    let history = order["comments"].to_string();
    assert_eq!(history.matches("were paid back there").count(), 1, "{history}");
    assert_eq!(
        order["order"]["credit_memos"].as_array().map(Vec::len),
        Some(1),
        "the credit memo of the cancellation is enough"
    );
    assert_eq!(attention(shop).await, []);
    assert!(is_healthy(shop).await);
}

/// The word for the one refund of $15.00 as its buyer sees it.
pub(super) fn seen_as(word: &str) -> Value {
    json!([{ "amount": { "value": 15.0 }, "state": word }])
}

/// Others pay the refund of `pi_1` back, which settles it, and the bank returns their money.
async fn paid_and_returned<P: ContractProvider>(shop: &TestShop, provider: &P, id: &str) {
    let before = provider.refunds_of_others("pi_1").await;
    provider.refunds_outside("pi_1", 1500).await;
    for _ in 0..2 {
        delivered(shop, provider).await;
    }
    assert_eq!(buyer_sees(shop, id).await, seen_as("REFUNDED"));
    let mut theirs = provider.refunds_of_others("pi_1").await;
    theirs.retain(|it| !before.contains(it));
    provider.fails_of_others(&theirs[0]).await;
    for _ in 0..2 {
        delivered(shop, provider).await;
    }
}

async fn an_abandoned_refund_is_owed_each_time_that_a_refund_of_others_fails<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = failed(shop, &provider).await;
    let ours = refunds(shop, "OPEN").await.remove(0)["id"].clone();
    let why = "the refund of others that settled it failed";
    for failures in 2..=3 {
        assert_eq!(abandon(shop, &ours).await["user_errors"], json!([]));
        assert_eq!(buyer_sees(shop, &id).await, seen_as("NOT_REFUNDED"));
        paid_and_returned(shop, &provider, &id).await;
        // The books do not say any more that the money went back, and staff is told as of another refund that failed.
        assert_eq!(buyer_sees(shop, &id).await, seen_as("LOOKED_INTO"));
        assert_eq!(
            attention(shop).await,
            [(json!(["REFUND_FAILED"]), why.to_owned())]
        );
        let open = refunds(shop, "OPEN").await;
        assert_eq!((open.len(), &open[0]["id"]), (1, &ours));
        assert_eq!(states(&open[0]).last(), Some(&"FAILED"));
        let order = shop.order(&id).await;
        assert_eq!(order["reversals"][0]["state"], "requested");
        let trail = order["events"].to_string();
        assert_eq!(
            trail.matches("order.refund_failed").count(),
            failures,
            "the first one is that of the own refund: {trail}"
        );
        assert!(is_healthy(shop).await);
        // Without staff nothing is sent.
        shop.wait(TimeDelta::days(1));
        assert_eq!(work(shop).await, []);
        assert_eq!(provider.line("pi_1").await.refunded, 0);
    }
    let input = json!({ "id": ours });
    let done = shop.owner_does("retryObligation", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
    carried_out(shop, &provider, "in place of theirs").await;
    delivered(shop, &provider).await;
    assert_eq!(provider.line("pi_1").await.refunded, 1500);
    assert_eq!(buyer_sees(shop, &id).await, seen_as("REFUNDED"));
    assert_eq!(attention(shop).await, []);
    assert!(is_healthy(shop).await);
}

async fn a_refund_that_is_owed_again_so_is_owed_each_time_that_theirs_fails<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = failed(shop, &provider).await;
    let ours = refunds(shop, "OPEN").await.remove(0)["id"].clone();
    abandon(shop, &ours).await;
    // The first refund of others settles the abandoned one, and each later one settles the one that is owed again.
    for failures in 2..=4 {
        paid_and_returned(shop, &provider, &id).await;
        assert_eq!(buyer_sees(shop, &id).await, seen_as("LOOKED_INTO"));
        let open = refunds(shop, "OPEN").await;
        let owed = open.iter().find(|it| it["id"] == ours);
        let owed = owed.expect("the refund is owed again");
        assert_eq!(states(owed).last(), Some(&"FAILED"));
        let trail = shop.order(&id).await["events"].to_string();
        assert_eq!(trail.matches("order.refund_failed").count(), failures, "{trail}");
        assert_eq!(provider.line("pi_1").await.refunded, 0);
        assert!(is_healthy(shop).await);
        shop.wait(TimeDelta::minutes(1));
    }
    let done = shop
        .owner_does("retryObligation", json!({ "id": ours }), "")
        .await;
    assert_eq!(done["user_errors"], json!([]));
    carried_out(shop, &provider, "in place of theirs").await;
    delivered(shop, &provider).await;
    assert_eq!(provider.line("pi_1").await.refunded, 1500);
    assert_eq!(buyer_sees(shop, &id).await, seen_as("REFUNDED"));
    assert!(is_healthy(shop).await);
}

on_sqlite!(
    an_adopted_refund_is_owed_again_although_its_settlement_cannot_be_read,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        failed(&shop, &provider).await;
        let ours = refunds(&shop, "OPEN").await.remove(0)["id"].clone();
        abandon(&shop, &ours).await;
        provider.refunds_outside("pi_1", 1500).await;
        delivered(&shop, &provider).await;
        changed(&shop, UNREADABLE).await;
        let theirs = provider.refunds_of_others("pi_1").await;
        provider.fails_of_others(&theirs[0]).await;
        delivered(&shop, &provider).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!((open.len(), &open[0]["id"]), (1, &ours));
        assert_eq!(attention(&shop).await[0].0, json!(["REFUND_FAILED"]));
    }
);

on_sqlite!(
    a_dispute_is_told_while_an_adopted_refund_waits_for_another_one,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        let id = paid_with(&shop, "1", "pi_1").await;
        provider.pays("pi_1", "USD", 1500, 1500).await;
        let owe = async |amount: f64| {
            let memo = json!({ "order_id": id, "items": [], "refund_shipping": false, "adjustment": amount });
            shop.worked("createCreditMemo", memo).await;
            shop.leave_jobs();
        };
        owe(2.0).await;
        provider.faults(&[Fault::Fail]).await;
        work(&shop).await;
        let ours = refunds(&shop, "OPEN").await.remove(0)["id"].clone();
        assert_eq!(abandon(&shop, &ours).await["user_errors"], json!([]));
        provider.refunds_outside("pi_1", 200).await;
        delivered(&shop, &provider).await;
        assert_eq!(refunds(&shop, "SETTLED").await[0]["id"], ours);
        // The provider works on another refund when that of others fails, and the buyer disputes the payment.
        owe(3.0).await;
        provider.faults(&[Fault::Pending]).await;
        work(&shop).await;
        assert_eq!(states(&refunds(&shop, "OPEN").await[0]), ["REQUESTED", "PENDING"]);
        let theirs = provider.refunds_of_others("pi_1").await;
        provider.fails_of_others(&theirs[0]).await;
        provider.disputes("pi_1").await;
        delivered(&shop, &provider).await;
        let told = attention(&shop).await;
        let mut reasons = told.iter().map(|(reasons, _)| reasons);
        assert!(reasons.any(|it| *it == json!(["PAYMENT_DISPUTED"])), "{told:?}");
        assert_eq!(refunds(&shop, "SETTLED").await[0]["id"], ours, "it still waits");
        provider.ends("pi_1", true).await;
        delivered(&shop, &provider).await;
        shop.wait(TimeDelta::days(1));
        work(&shop).await;
        let open = refunds(&shop, "OPEN").await;
        assert!(open.iter().any(|it| it["id"] == ours), "{open:?}");
    }
);

async fn an_abandoned_refund_is_owed_when_a_refund_of_others_fails_after_the_erasure<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    failed(shop, &provider).await;
    let ours = refunds(shop, "OPEN").await.remove(0)["id"].clone();
    abandon(shop, &ours).await;
    provider.refunds_outside("pi_1", 1500).await;
    for _ in 0..2 {
        delivered(shop, &provider).await;
    }
    let input = json!({ "website_code": "base", "email": "guest@example.com", "include_guest_orders": true });
    let erased = shop.owner_does("eraseCustomer", input, "erased_orders").await;
    assert_eq!(erased["erased_orders"], 1, "{erased}");
    let theirs = provider.refunds_of_others("pi_1").await;
    provider.fails_of_others(&theirs[0]).await;
    for _ in 0..2 {
        delivered(shop, &provider).await;
    }
    let open = refunds(shop, "OPEN").await;
    assert_eq!((open.len(), &open[0]["id"]), (1, &ours));
    assert_eq!(attention(shop).await[0].0, json!(["REFUND_FAILED"]));
    assert!(is_healthy(shop).await);
}

async fn an_abandoned_void_that_is_captured_later_is_told<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    if !provider.capabilities().reads_payments {
        // Nothing can be compared there before the void is sent.
        return;
    }
    let id = authorized_with(shop, "1", "pi_1").await;
    // The amount differs, so the void is left to staff before anything is sent.
    provider.pays("pi_1", "USD", 1499, 0).await;
    cancel(shop, &id).await;
    work(shop).await;
    let open = refunds(shop, "OPEN").await;
    let done = abandon(shop, &open[0]["id"]).await;
    assert_eq!(done["user_errors"], json!([]));
    assert!(is_healthy(shop).await);
    provider.captures("pi_1").await;
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    let told = attention(shop).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, json!(["PAYMENT_CAPTURED"]));
    // A problem is looked at, and is no money that could be abandoned.
    let query = "{ needsAttention { items { id } } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    let problem = json!({ "id": answer.data("/needsAttention/items/0/id"), "note": "seen" });
    let refused = shop.refused("abandonObligation", problem.clone()).await;
    assert_eq!(refused, ("INVALID".into(), "id".into()));
    let seen = shop
        .owner_does("settleObligation", problem, "obligation { state }")
        .await;
    assert_eq!(seen["obligation"]["state"], "SETTLED");
}

async fn what_the_provider_has_is_not_abandoned<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_and_canceled(shop, &provider).await;
    provider.faults(&[Fault::Pending]).await;
    work(shop).await;
    let open = refunds(shop, "OPEN").await;
    let input = json!({ "id": open[0]["id"], "note": "lost" });
    let refused = shop.refused("abandonObligation", input.clone()).await;
    assert_eq!(refused.0, "IN_PROGRESS");
    provider.ends("pi_1", false).await;
    delivered(shop, &provider).await;
    assert_eq!(
        states(&refunds(shop, "OPEN").await[0]),
        ["REQUESTED", "PENDING", "FAILED"]
    );
    let done = abandon(shop, &open[0]["id"]).await;
    assert_eq!(done["user_errors"], json!([]));
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "NOT_REFUNDED" }])
    );
}
