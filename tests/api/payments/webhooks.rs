//! What payment providers tell by themselves: each message is a hint, and what it is about is read at the provider.

use chrono::TimeDelta;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::contract::{begin, carried_out, delivered, outcomes, paid_and_canceled};
use super::{attention, authorized_with, buyer_sees, cancel, paid_with, refunds, states, work};

contract!(
    our_own_refund_that_comes_back_is_not_booked_again,
    a_message_that_comes_before_the_answer_ends_the_refund,
    a_message_lets_what_is_on_its_way_be_looked_at_at_once,
    a_refund_that_fails_after_it_succeeded_is_owed_again,
    money_that_others_paid_back_is_booked_once_and_never_paid_again,
    money_that_others_paid_back_although_it_is_owed_is_told,
    a_capture_after_the_cancellation_goes_back,
    a_dispute_is_told_to_staff,
    a_message_is_checked_before_anything_is_kept,
    a_secret_is_changed_without_a_gap,
    a_key_that_is_refused_when_a_payment_is_looked_at_pauses_the_account,
);

async fn change(shop: &TestShop, input: Value) {
    let shown = "payment_provider { takes_webhooks }";
    let done = shop.owner_does("changePaymentProvider", input, shown).await;
    assert_eq!(done["user_errors"], json!([]));
}

/// A canceled order whose captured payment `pi_1` was paid back. Gives its id.
async fn paid_back<P: ContractProvider>(shop: &TestShop, provider: &P) -> String {
    let id = paid_and_canceled(shop, provider).await;
    carried_out(shop, provider, "").await;
    id
}

async fn our_own_refund_that_comes_back_is_not_booked_again<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_back(shop, &provider).await;
    let before = shop.order(&id).await;
    // Each message comes twice.
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    assert_eq!(shop.order(&id).await, before);
    assert_eq!(attention(shop).await, []);
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (1500, 1));
}

async fn a_message_that_comes_before_the_answer_ends_the_refund<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_and_canceled(shop, &provider).await;
    provider.faults(&[Fault::LoseAnswer]).await;
    work(shop).await;
    assert_eq!(states(&refunds(shop, "OPEN").await[0]), ["REQUESTED"]);
    delivered(shop, &provider).await;
    assert_eq!(
        states(&refunds(shop, "SETTLED").await[0]),
        ["REQUESTED", "SUCCEEDED"]
    );
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (1500, 1));
    assert_eq!(attention(shop).await, []);
}

async fn a_message_lets_what_is_on_its_way_be_looked_at_at_once<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_and_canceled(shop, &provider).await;
    provider.faults(&[Fault::Pending]).await;
    work(shop).await;
    provider.ends("pi_1", true).await;
    // Without a message it is not looked at yet.
    assert_eq!(work(shop).await, []);
    delivered(shop, &provider).await;
    assert_eq!(refunds(shop, "SETTLED").await.len(), 1);
}

async fn a_refund_that_fails_after_it_succeeded_is_owed_again<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_back(shop, &provider).await;
    provider.fails_late("pi_1").await;
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    let told = attention(shop).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, json!(["REFUND_FAILED"]));
    let open = refunds(shop, "OPEN").await;
    assert_eq!(
        outcomes(&provider, &open[0]),
        ["REQUESTED", "SUCCEEDED", "FAILED"]
    );
    let trail = shop.order(&id).await["events"].to_string();
    assert_eq!(trail.matches("order.refund_failed").count(), 1, "{trail}");
    assert!(
        trail.contains("after it had succeeded, and is owed again"),
        "{trail}"
    );
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "LOOKED_INTO" }])
    );
    // Staff lets the provider try again.
    let input = json!({ "id": open[0]["id"] });
    shop.owner_does("retryObligation", input, "obligation { id }")
        .await;
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "ON_ITS_WAY" }])
    );
    carried_out(shop, &provider, "").await;
    assert_eq!(provider.line("pi_1").await.refunded, 1500);
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "REFUNDED" }])
    );
}

async fn money_that_others_paid_back_is_booked_once_and_never_paid_again<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 1500).await;
    for _ in 0..2 {
        provider.refunds_outside("pi_1", 200).await;
        delivered(shop, &provider).await;
        delivered(shop, &provider).await;
    }
    let told = attention(shop).await;
    let place = "payment pi_1 at main: $2.00 were paid back there by others";
    let reason = json!(["PAYMENT_REFUNDED_OUTSIDE"]);
    let ids = provider.refunds_of_others("pi_1").await;
    let booked = |memo: &str, id: &str| {
        (
            reason.clone(),
            format!("{place}, booked as {memo}, reference {id}"),
        )
    };
    assert_eq!(told, [booked("1-1", &ids[0]), booked("1-2", &ids[1])]);
    let order = shop.order(&id).await;
    assert_eq!(order["state"], "processing");
    let memos = order["order"]["credit_memos"]
        .as_array()
        .expect("credit memos")
        .iter();
    let memos: Vec<_> = memos
        .map(|memo| memo["total"]["grand_total"]["value"].clone())
        .collect();
    assert_eq!(memos, [2.0, 2.0]);
    let history = order["comments"].to_string();
    assert_eq!(history.matches(place).count(), 2, "{history}");
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 4.0 }, "state": "REFUNDED" }])
    );
    // Our own refund takes what is left.
    cancel(shop, &id).await;
    carried_out(shop, &provider, "the rest").await;
    delivered(shop, &provider).await;
    assert_eq!(provider.line("pi_1").await.refunded, 1500);
    assert_eq!(attention(shop).await.len(), 2, "until staff has looked at them");
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "REFUNDED" }])
    );
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

async fn money_that_others_paid_back_although_it_is_owed_is_told<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 1500).await;
    provider.refunds_outside("pi_1", 200).await;
    cancel(shop, &id).await;
    work(shop).await;
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    let told = attention(shop).await;
    let problems: Vec<_> = told.iter().map(|(_, problem)| problem.as_str()).collect();
    let refused = if provider.capabilities().reads_payments {
        "the payment provider paid back $2.00 already"
    } else {
        "the payment provider did not move the money: Insufficient balance on payment"
    };
    assert_eq!(
        problems,
        [
            refused,
            "payment pi_1 at main: $2.00 were paid back there that the books do not have",
        ]
    );
    assert_eq!(provider.line("pi_1").await.refunded, 200);
    let history = shop.order(&id).await["comments"].to_string();
    assert_eq!(
        history.matches("$2.00 were paid back there").count(),
        1,
        "{history}"
    );
}

async fn a_capture_after_the_cancellation_goes_back<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 0).await;
    cancel(shop, &id).await;
    carried_out(shop, &provider, "").await;
    provider.captures("pi_1").await;
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (1500, 1));
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(
        outcomes(&provider, &settled[0]),
        ["REQUESTED", "SUCCEEDED", "FAILED", "REQUESTED", "SUCCEEDED"]
    );
    assert_eq!(attention(shop).await, []);
}

async fn a_dispute_is_told_to_staff<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 1500).await;
    provider.disputes("pi_1").await;
    delivered(shop, &provider).await;
    let query = "{ needsAttention { items { id reasons order { order { number } } } } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    let item = answer.data("/needsAttention/items/0");
    assert_eq!(item["reasons"], json!(["PAYMENT_DISPUTED"]));
    assert_eq!(item["order"]["order"]["number"], "1");
    let done = json!({ "id": item["id"], "note": "We answer the bank." });
    shop.owner_does("settleObligation", done, "obligation { id }")
        .await;
    delivered(shop, &provider).await;
    assert_eq!(attention(shop).await, []);
}

async fn a_message_is_checked_before_anything_is_kept<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_back(shop, &provider).await;
    let now = shop.now().timestamp();
    let refused = async |at| {
        let statuses = provider.delivers(at).await;
        assert!(statuses.iter().all(|status| *status == 400), "{statuses:?}");
    };
    if P::SIGNS_TIME {
        refused(now - 301).await;
        refused(now + 301).await;
    }
    change(
        shop,
        json!({ "name": "main", "webhook_secret": P::OTHER_WEBHOOK_SECRET }),
    )
    .await;
    shop.wait(TimeDelta::hours(25));
    let now = shop.now().timestamp();
    refused(now).await;
    change(
        shop,
        json!({ "name": "main", "webhook_secret": P::WEBHOOK_SECRET }),
    )
    .await;
    let post = async |path: &str, body: Vec<u8>| {
        let asked = shop.client().post(format!("{}/webhooks/{path}", shop.address()));
        asked
            .body(body)
            .send()
            .await
            .expect("an answer")
            .status()
            .as_u16()
    };
    let adapter = P::ADAPTER.to_lowercase();
    assert_eq!(post(&format!("{adapter}/main"), b"{}".to_vec()).await, 400);
    assert_eq!(post(&format!("{adapter}/main"), vec![b'a'; 300_000]).await, 413);
    assert_eq!(post(&format!("{adapter}/other"), b"{}".to_vec()).await, 404);
    assert_eq!(post("other/main", b"{}".to_vec()).await, 404);
    assert_eq!(checks(shop).await, 0);
    // A paused account takes messages, too, and looks at them later.
    change(shop, json!({ "name": "main", "is_paused": true })).await;
    // Where only messages tell outcomes, those of the refund came before.
    let known = if provider.capabilities().answers_at_once {
        0
    } else {
        provider.delivers(now).await.len()
    };
    assert_eq!(checks(shop).await, 0);
    provider.disputes("pi_1").await;
    let statuses = provider.delivers(now).await;
    assert!(statuses.iter().all(|status| *status == P::TAKEN), "{statuses:?}");
    provider.delivers(now + 100).await;
    assert_eq!(checks(shop).await, statuses.len() - known);
    change(shop, json!({ "name": "main", "is_paused": false })).await;
    shop.wait(TimeDelta::minutes(5));
    work(shop).await;
    assert_eq!(checks(shop).await, 0);
}

/// How many payments wait to be compared with the books.
async fn checks(shop: &TestShop) -> usize {
    let waiting = shop.app().waiting_obligations().await.expect("a count");
    let checks = waiting.iter().filter(|it| it.kind.code() == "payment_check");
    let count: i64 = checks.map(|it| it.count).sum();
    usize::try_from(count).expect("a count")
}

async fn a_secret_is_changed_without_a_gap<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_back(shop, &provider).await;
    let new = json!({ "name": "main", "webhook_secret": P::OTHER_WEBHOOK_SECRET });
    change(shop, new.clone()).await;
    // The same secret again changes nothing, and one that can be guessed is refused.
    change(shop, new).await;
    let short = json!({ "name": "main", "webhook_secret": "whsec_" });
    assert_eq!(shop.refused("changePaymentProvider", short).await.0, "INVALID");
    // The provider still signs with the old one, which counts for a day.
    delivered(shop, &provider).await;
    shop.wait(TimeDelta::hours(25));
    let statuses = provider.delivers(shop.now().timestamp()).await;
    assert!(statuses.iter().all(|status| *status == 400), "{statuses:?}");
    let log = json!(shop.audit_log(10).await).to_string();
    assert!(
        log.contains("another secret of webhooks") && !log.contains(P::OTHER_WEBHOOK_SECRET),
        "{log}"
    );
}

async fn a_key_that_is_refused_when_a_payment_is_looked_at_pauses_the_account<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_back(shop, &provider).await;
    change(shop, json!({ "name": "main", "secret": "an-old-key" })).await;
    delivered(shop, &provider).await;
    let query = "{ paymentProviders { is_paused problem } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    let account = answer.data("/paymentProviders/0");
    // Where a payment cannot be read, a message causes no call at the provider, so the key is not refused.
    let is_asked = provider.capabilities().reads_payments;
    assert_eq!(account["is_paused"], is_asked);
    if !is_asked {
        assert_eq!(attention(shop).await, []);
        return;
    }
    let problem = account["problem"].as_str().expect("a problem");
    assert!(problem.contains("refuses the key to the account"), "{problem}");
    let told = format!("main is paused, because {problem}");
    assert_eq!(
        attention(shop).await,
        [(json!(["PAYMENT_ACCOUNT_REFUSED"]), told)]
    );
    assert!(checks(shop).await > 0);
    // With the right key the payment is looked at now.
    change(shop, json!({ "name": "main", "secret": provider.key() })).await;
    work(shop).await;
    assert_eq!(checks(shop).await, 0);
    assert_eq!(attention(shop).await, []);
}
