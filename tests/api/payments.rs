//! What a cancellation owes is paid back at the payment provider, once, and staff sees where it stands.

mod accounts;
mod actions;
mod adyen;
mod delayed;
#[macro_use]
mod contract;
mod abandoned;
mod abandoned_unknown;
mod adopted_unknown;
mod captures;
mod early;
mod echoed_key;
mod failed_refunds;
mod failure_mails;
mod faults;
mod hyperswitch;
mod judged;
mod kept_failures;
mod kept_keys;
mod late_captures;
mod localstripe;
mod may_abandon;
mod met_by_others;
mod of_others;
mod other_currency;
mod parts;
mod refund_mail;
mod released;
mod repeated;
mod repetition_budget;
mod retried;
mod settled_by_hand;
mod staff_decides;
mod stripe;
mod tenders;
mod unknown_words;
mod waits_for_buyer;
mod webhooks;

use chrono::TimeDelta;
use countermand_app::obligations::{Attempted, Settlement};
use countermand_integrations::mail::{FileMailer, MailTemplates};
use countermand_tests::payment_server::{KEY, PaymentServer};
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

const REFUND: &str = "items { id state problem settlement_reference
  provider_states { state key payment_provider reference detail } }";

/// A payment provider that serves every payment method of the shop, which may cancel orders; none without Python.
async fn connected(shop: &TestShop) -> Option<PaymentServer> {
    let provider = PaymentServer::start().await?;
    serve(shop, "HTTP", &provider.address, KEY).await;
    Some(provider)
}

/// Lets the provider at `address` serve every payment method of the shop, which may cancel orders.
pub(crate) async fn serve(shop: &TestShop, adapter: &str, address: &str, secret: &str) {
    let input = json!({ "name": "main", "adapter": adapter, "address": address, "secret": secret });
    serve_as(shop, input).await;
}

/// Lets the account that `input` connects serve every payment method of the shop, which may cancel orders.
async fn serve_as(shop: &TestShop, input: Value) {
    shop.enable_cancellation().await;
    connect_as(shop, input).await;
    let values = json!([{ "key": "payment/providers", "value": "* = main" }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let done = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
}

async fn connect(shop: &TestShop, adapter: &str, address: &str, secret: &str) {
    let input = json!({ "name": "main", "adapter": adapter, "address": address, "secret": secret });
    connect_as(shop, input).await;
}

/// Connects the account `main`.
async fn connect_as(shop: &TestShop, input: Value) {
    let done = shop
        .owner_does(
            "connectPaymentProvider",
            input,
            "payment_provider { name is_paused }",
        )
        .await;
    assert_eq!(done["user_errors"], json!([]));
    assert_eq!(
        done["payment_provider"],
        json!({ "name": "main", "is_paused": false })
    );
}

/// An order for 15.00 that was paid with `tx-<number>`. Gives its id.
async fn paid(shop: &TestShop, number: &str) -> String {
    paid_with(shop, number, &format!("tx-{number}")).await
}

/// An order for 15.00 that was paid with this reference of the provider. Gives its id.
async fn paid_with(shop: &TestShop, number: &str, reference: &str) -> String {
    let order = OrderJson::new(number)
        .paid_with("stripe_payments")
        .line("A", 1000, 1, 1, 0);
    let mut order = order.json();
    order["payment"]["last_trans_id"] = json!(reference);
    shop.import(&[order]).await.remove(0)
}

/// An order for 15.00 whose payment is authorized and not captured. Gives its id.
async fn authorized_with(shop: &TestShop, number: &str, reference: &str) -> String {
    let order = OrderJson::new(number)
        .paid_with("stripe_payments")
        .line("A", 1000, 1, 0, 0)
        .authorized();
    let mut order = order.json();
    order["payment"]["last_trans_id"] = json!(reference);
    shop.import(&[order]).await.remove(0)
}

/// Cancels the order.
async fn cancel(shop: &TestShop, id: &str) {
    shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
        .await;
    shop.leave_jobs();
}

/// Lets the worker do what is due; gives what became of refunds and voids.
async fn work(shop: &TestShop) -> Vec<Settlement> {
    let templates = MailTemplates::built_in();
    let mailer = FileMailer::new(shop.mail().path(), "Shop <shop@example.com>", templates).expect("a mailer");
    let met = shop.meet_obligations(&mailer).await;
    let money = met.into_iter().filter(|it: &Attempted| !it.kind.is_job());
    money.map(|it| it.settlement).collect()
}

/// The obligations in `state` as staff sees them.
async fn refunds(shop: &TestShop, state: &str) -> Vec<Value> {
    let query = format!("{{ obligations(filter: {{ state: {state} }}) {{ {REFUND} }} }}");
    let answer = shop.ask(&query).token(shop.owner()).send().await;
    let items = answer.data("/obligations/items").as_array().cloned();
    items.unwrap_or_default()
}

/// The reasons and problems in the list of what needs a person.
async fn attention(shop: &TestShop) -> Vec<(Value, String)> {
    let query = "{ needsAttention { items { reasons problem } } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    let items = answer.data("/needsAttention/items").as_array().cloned();
    let items = items.unwrap_or_default().into_iter();
    items
        .map(|item| {
            let problem = item["problem"].as_str().unwrap_or_default().to_owned();
            (item["reasons"].clone(), problem)
        })
        .collect()
}

fn states(refund: &Value) -> Vec<&str> {
    let states = refund["provider_states"].as_array().expect("states");
    states.iter().filter_map(|it| it["state"].as_str()).collect()
}

on_every_database!(
    a_canceled_order_is_paid_back_at_the_provider_and_the_books_say_so,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let id = paid(&shop, "1").await;
        provider.paid("tx-1", 1500).await;
        cancel(&shop, &id).await;
        assert_eq!(attention(&shop).await, []);
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(provider.paid_back("tx-1").await, 1500);
        let settled = refunds(&shop, "SETTLED").await;
        assert_eq!(states(&settled[0]), ["REQUESTED", "SUCCEEDED"]);
        assert_eq!(settled[0]["settlement_reference"], "rev_1");
        assert_eq!(settled[0]["provider_states"][1]["key"], provider.keys().await[0]);
        let order = shop.order(&id).await;
        let history = order["comments"].to_string();
        assert!(
            history.contains("The payment provider main paid the money back."),
            "{history}"
        );
        // The worker has nothing left to do.
        assert_eq!(work(&shop).await, []);
    }
);

on_every_database!(
    after_a_lost_answer_the_same_key_is_sent_again_and_money_goes_back_once,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        for (number, fault) in [
            ("1", "lose_request"),
            ("2", "lose_answer"),
            ("3", "error_before"),
            ("4", "error_after"),
            ("5", "throttle"),
        ] {
            let (id, reference) = (paid(&shop, number).await, format!("tx-{number}"));
            provider.paid(&reference, 1500).await;
            cancel(&shop, &id).await;
            provider.goes_wrong(&[fault]).await;
            let first = work(&shop).await;
            assert!(
                matches!(first[..], [Settlement::Postponed(_)]),
                "{fault}: {first:?}"
            );
            let open = refunds(&shop, "OPEN").await;
            assert_eq!(states(&open[0]), ["REQUESTED"], "{fault}");
            shop.wait(TimeDelta::minutes(1));
            assert_eq!(work(&shop).await, [Settlement::Met], "{fault}");
            assert_eq!(provider.paid_back(&reference).await, 1500, "{fault}");
        }
        assert_eq!(provider.keys().await.len(), 5);
    }
);

on_sqlite!(
    a_refund_that_takes_days_is_on_its_way_until_the_provider_has_moved_the_money,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let id = paid(&shop, "1").await;
        provider.paid("tx-1", 1500).await;
        cancel(&shop, &id).await;
        provider.goes_wrong(&["pending"]).await;
        work(&shop).await;
        assert_eq!(
            buyer_sees(&shop, &id).await,
            json!([{ "amount": { "value": 15.0 }, "state": "ON_ITS_WAY" }])
        );
        shop.wait(TimeDelta::hours(2));
        work(&shop).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "PENDING"]);
        // Staff cannot pay it back a second time.
        let by_hand = json!({ "id": open[0]["id"], "note": "by transfer" });
        assert_eq!(shop.refused("settleObligation", by_hand).await.0, "IN_PROGRESS");
        // However long it takes, it is looked up. Staff is told after three days.
        for hours in (4..=202).step_by(2) {
            shop.wait(TimeDelta::hours(2));
            work(&shop).await;
            let told = attention(&shop).await;
            assert_eq!(
                told.len(),
                usize::from(hours >= 72),
                "after {hours} hours: {told:?}"
            );
        }
        let told = (
            json!(["REFUND_DELAYED"]),
            "the payment provider works on it".to_owned(),
        );
        assert_eq!(attention(&shop).await, [told]);
        let key = provider.keys().await.remove(0);
        provider
            .play(&format!("reversals/{key}/succeed"), &json!({}))
            .await;
        shop.wait(TimeDelta::hours(2));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(attention(&shop).await, []);
        assert_eq!(
            buyer_sees(&shop, &id).await,
            json!([{ "amount": { "value": 15.0 }, "state": "REFUNDED" }])
        );
    }
);

/// The refunds of an order as its buyer sees them.
async fn buyer_sees(shop: &TestShop, id: &str) -> Value {
    let query = "query($id: ID!) { order(id: $id) { order { refunds { amount { value } state } } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    asked.send().await.data("/order/order/refunds").clone()
}

on_every_database!(
    staff_sees_a_refund_that_failed_and_lets_the_provider_try_again_under_a_new_key,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let id = paid(&shop, "1").await;
        provider.paid("tx-1", 1500).await;
        cancel(&shop, &id).await;
        provider.goes_wrong(&["fail"]).await;
        work(&shop).await;
        let why = "the payment provider did not move the money: The bank refused.";
        assert_eq!(
            attention(&shop).await,
            [(json!(["REFUND_FAILED"]), why.to_owned())]
        );
        // Without staff nothing is sent again.
        shop.wait(TimeDelta::days(2));
        assert_eq!(work(&shop).await, []);
        let open = refunds(&shop, "OPEN").await;
        let input = json!({ "id": open[0]["id"] });
        let done = shop
            .owner_does("retryObligation", input, "obligation { id }")
            .await;
        assert_eq!(done["user_errors"], json!([]));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(provider.paid_back("tx-1").await, 1500);
        let keys = provider.keys().await;
        assert!(
            keys[0].ends_with(":refund:1") && keys[1].ends_with(":refund:2"),
            "{keys:?}"
        );
        assert_eq!(attention(&shop).await, []);
        let (code, _) = shop
            .refused("retryObligation", json!({ "id": open[0]["id"] }))
            .await;
        assert_eq!(code, "ALREADY_SETTLED");
        let log = shop.audit_log(1).await;
        assert_eq!(log[0]["action"], "retryObligation");
    }
);

on_sqlite!(
    a_payment_that_differs_from_the_books_is_not_paid_back_before_a_person_looked,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let id = paid(&shop, "1").await;
        cancel(&shop, &id).await;
        let unknown = paid(&shop, "2").await;
        provider.paid("tx-1", 1499).await;
        cancel(&shop, &unknown).await;
        let twice = paid(&shop, "3").await;
        let payment = json!({ "reference": "tx-3", "authorized": 1500, "captured": 1500, "refunded": 200 });
        provider.play("payments", &payment).await;
        cancel(&shop, &twice).await;
        work(&shop).await;
        let told: Vec<_> = attention(&shop)
            .await
            .into_iter()
            .map(|(_, problem)| problem)
            .collect();
        assert_eq!(
            told,
            [
                "the payment is $14.99 at the payment provider, and $15.00 in the books",
                "the payment provider knows no payment tx-2",
                "the payment provider paid back $2.00 already",
            ]
        );
        assert_eq!(provider.keys().await, Vec::<String>::new());
    }
);

on_every_database!(
    an_authorization_is_released_and_becomes_a_refund_when_it_was_captured_meanwhile,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        for (number, captured) in [("1", 0), ("2", 1500)] {
            let id = authorized_with(&shop, number, &format!("tx-{number}")).await;
            let payment =
                json!({ "reference": format!("tx-{number}"), "authorized": 1500, "captured": captured });
            provider.play("payments", &payment).await;
            cancel(&shop, &id).await;
        }
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        let ledger = provider.ledger().await;
        assert_eq!(ledger["payments"]["tx-1"]["voided"], true);
        assert_eq!(ledger["payments"]["tx-2"]["voided"], false);
        assert_eq!(ledger["payments"]["tx-2"]["refunded"], 1500);
    }
);

on_every_database!(two_workers_at_once_pay_back_once, |shop| async move {
    let Some(provider) = connected(&shop).await else {
        return;
    };
    let other = shop.replica().await;
    for number in ["1", "2", "3", "4"] {
        let id = paid(&shop, number).await;
        provider.paid(&format!("tx-{number}"), 1500).await;
        cancel(&shop, &id).await;
    }
    tokio::join!(work(&shop), work(&other));
    for number in ["1", "2", "3", "4"] {
        assert_eq!(provider.paid_back(&format!("tx-{number}")).await, 1500);
    }
    assert_eq!(provider.keys().await.len(), 4);
});
