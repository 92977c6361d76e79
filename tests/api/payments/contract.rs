//! The contract of the adapters for payment providers: the same cases hold at each of them, by its own ledger.

use std::collections::HashSet;

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::{ContractProvider, Fault, LedgerLine};
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{attention, authorized_with, cancel, paid_with, refunds, serve_as, states, work};

/// The ledger after $15.00 went back.
pub(super) const PAID_BACK: LedgerLine = LedgerLine {
    refunded: 1500,
    refunds: 1,
    voided: false,
};
/// The ledger of a payment of which nothing went back.
pub(super) const UNTOUCHED: LedgerLine = LedgerLine {
    refunded: 0,
    refunds: 0,
    voided: false,
};

/// Each case of the contract at each provider, on each database.
macro_rules! contract {
    ($($case:ident),+ $(,)?) => {
        mod adyen {
            use super::*;
            use countermand_tests::adyen_server::AdyenServer;
            $(on_every_database!($case, |shop| async move { super::super::$case::<AdyenServer>(&shop).await });)+
        }
        mod http {
            use super::*;
            use countermand_tests::payment_server::PaymentServer;
            $(on_every_database!($case, |shop| async move { super::super::$case::<PaymentServer>(&shop).await });)+
        }
        mod hyperswitch {
            use super::*;
            use countermand_tests::hyperswitch_server::HyperswitchServer;
            $(on_every_database!($case, |shop| async move {
                super::super::$case::<HyperswitchServer>(&shop).await
            });)+
        }
        mod stripe {
            use super::*;
            use countermand_tests::stripe_server::StripeServer;
            $(on_every_database!($case, |shop| async move { super::super::$case::<StripeServer>(&shop).await });)+
        }
    };
}

contract!(
    a_captured_payment_goes_back_once,
    an_authorization_is_released,
    a_void_of_money_that_was_captured_meanwhile_becomes_a_refund,
    after_a_lost_answer_money_goes_back_once,
    an_answer_that_comes_twice_counts_once,
    a_wrong_key_pauses_the_account,
    another_amount_or_currency_asks_a_person,
    a_refund_under_way_is_looked_up_until_it_ends,
    two_workers_pay_back_once,
);

/// The provider serves the shop, and its messages wait until they are delivered; none without Python.
pub(super) async fn begin<P: ContractProvider>(shop: &TestShop) -> Option<P> {
    let provider = P::begin().await?;
    let input = json!({ "name": "main", "adapter": P::ADAPTER, "address": provider.address,
        "secret": provider.key(), "webhook_secret": P::WEBHOOK_SECRET, "merchant_account": P::MERCHANT_ACCOUNT });
    serve_as(shop, input).await;
    let adapter = P::ADAPTER.to_lowercase();
    let url = format!("{}/webhooks/{adapter}/main", shop.address());
    provider.holds_messages(&url).await;
    Some(provider)
}

/// Delivers all messages and lets the workers do what follows.
pub(super) async fn delivered<P: ContractProvider>(shop: &TestShop, provider: &P) {
    let statuses = provider.delivers(shop.now().timestamp()).await;
    assert!(
        !statuses.is_empty() && statuses.iter().all(|status| *status == P::TAKEN),
        "{statuses:?}"
    );
    work(shop).await;
    work(shop).await;
}

/// Delivers all messages where only they tell outcomes.
pub(super) async fn told<P: ContractProvider>(shop: &TestShop, provider: &P) {
    if !provider.capabilities().answers_at_once {
        delivered(shop, provider).await;
    }
}

/// An order of which $15.00 are captured at the provider as `pi_1`, and that was canceled. Gives its id.
pub(super) async fn paid_and_canceled<P: ContractProvider>(shop: &TestShop, provider: &P) -> String {
    let id = paid_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 1500).await;
    cancel(shop, &id).await;
    id
}

/// Lets the worker carry out the one void or refund that is due, until its outcome is known.
pub(super) async fn carried_out<P: ContractProvider>(shop: &TestShop, provider: &P, about: &str) {
    let done = work(shop).await;
    if provider.capabilities().answers_at_once {
        assert_eq!(done, [Settlement::Met], "{about}");
    } else {
        assert!(
            matches!(done[..], [Settlement::Postponed(_)]),
            "{about}: {done:?}"
        );
        delivered(shop, provider).await;
    }
}

/// The states of a void or a refund, without those that say only that a message is waited for.
pub(super) fn outcomes<'a, P: ContractProvider>(provider: &P, refund: &'a Value) -> Vec<&'a str> {
    let answers_at_once = provider.capabilities().answers_at_once;
    let mut states = states(refund);
    states.retain(|state| answers_at_once || *state != "PENDING");
    states
}

async fn a_captured_payment_goes_back_once<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_and_canceled(shop, &provider).await;
    carried_out(shop, &provider, "").await;
    for _ in 0..3 {
        shop.wait(TimeDelta::days(1));
        assert_eq!(work(shop).await, []);
    }
    assert_eq!(provider.line("pi_1").await, PAID_BACK);
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(outcomes(&provider, &settled[0]), ["REQUESTED", "SUCCEEDED"]);
}

async fn an_authorization_is_released<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    for (number, fault) in [
        ("1", None),
        ("2", Some(Fault::LoseAnswer)),
        ("3", Some(Fault::ErrorBefore)),
    ] {
        let reference = format!("pi_{number}");
        let id = authorized_with(shop, number, &reference).await;
        provider.pays(&reference, "USD", 1500, 0).await;
        cancel(shop, &id).await;
        provider.faults(fault.as_slice()).await;
        work(shop).await;
        shop.wait(TimeDelta::minutes(1));
        work(shop).await;
        let line = provider.line(&reference).await;
        assert_eq!((line.voided, line.refunded), (true, 0), "{fault:?}");
        told(shop, &provider).await;
    }
    assert_eq!(refunds(shop, "SETTLED").await.len(), 3);
}

async fn a_void_of_money_that_was_captured_meanwhile_becomes_a_refund<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 1500).await;
    cancel(shop, &id).await;
    carried_out(shop, &provider, "").await;
    assert_eq!(provider.line("pi_1").await, PAID_BACK);
    let settled = refunds(shop, "SETTLED").await;
    let expected = if provider.capabilities().reverses_either {
        vec!["REQUESTED", "SUCCEEDED"]
    } else {
        vec!["REQUESTED", "FAILED", "REQUESTED", "SUCCEEDED"]
    };
    assert_eq!(outcomes(&provider, &settled[0]), expected);
}

async fn after_a_lost_answer_money_goes_back_once<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let faults = [
        Fault::LoseRequest,
        Fault::LoseAnswer,
        Fault::ErrorBefore,
        Fault::ErrorAfter,
        Fault::Throttle,
    ];
    for (index, fault) in faults.into_iter().enumerate() {
        let reference = format!("pi_{index}");
        let id = paid_with(shop, &format!("{}", index + 1), &reference).await;
        provider.pays(&reference, "USD", 1500, 1500).await;
        cancel(shop, &id).await;
        provider.faults(&[fault]).await;
        let first = work(shop).await;
        assert!(
            matches!(first[..], [Settlement::Postponed(_)]),
            "{fault:?}: {first:?}"
        );
        shop.wait(TimeDelta::minutes(2));
        carried_out(shop, &provider, &format!("{fault:?}")).await;
        assert_eq!(provider.line(&reference).await, PAID_BACK, "{fault:?}");
    }
}

async fn an_answer_that_comes_twice_counts_once<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    // The second answer to one request must not be taken for the answer to the next one.
    for number in ["1", "2", "3"] {
        let reference = format!("pi_{number}");
        let id = paid_with(shop, number, &reference).await;
        provider.pays(&reference, "USD", 1500, 1500).await;
        cancel(shop, &id).await;
        provider.faults(&[Fault::AnswerTwice]).await;
        carried_out(shop, &provider, number).await;
        assert_eq!(provider.line(&reference).await, PAID_BACK, "{number}");
    }
    let settled = refunds(shop, "SETTLED").await;
    let references: HashSet<_> = settled
        .iter()
        .map(|it| it["settlement_reference"].to_string())
        .collect();
    assert_eq!(references.len(), 3, "{references:?}");
}

async fn a_wrong_key_pauses_the_account<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let change = async |input| {
        let shown = "payment_provider { is_paused }";
        let done = shop.owner_does("changePaymentProvider", input, shown).await;
        assert_eq!(done["user_errors"], json!([]));
    };
    change(json!({ "name": "main", "secret": "an-old-key" })).await;
    paid_and_canceled(shop, &provider).await;
    work(shop).await;
    let answer = shop
        .ask("{ paymentProviders { is_paused } }")
        .token(shop.owner())
        .send()
        .await;
    assert_eq!(answer.data("/paymentProviders/0/is_paused"), true);
    assert_eq!(provider.line("pi_1").await, UNTOUCHED);
    change(json!({ "name": "main", "secret": provider.key() })).await;
    carried_out(shop, &provider, "").await;
    assert_eq!(provider.line("pi_1").await, PAID_BACK);
}

async fn another_amount_or_currency_asks_a_person<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let payments = [("1", "USD", 1499), ("2", "EUR", 1500), ("3", "JPY", 1500)];
    for (number, currency, there) in payments {
        let reference = format!("pi_{number}");
        let id = paid_with(shop, number, &reference).await;
        provider.pays(&reference, currency, there, there).await;
        cancel(shop, &id).await;
    }
    let unknown = paid_with(shop, "4", "pi_unknown").await;
    cancel(shop, &unknown).await;
    work(shop).await;
    // Where the payment cannot be read, the provider refuses: at once, or by a message.
    told(shop, &provider).await;
    assert_eq!(attention(shop).await.len(), 4);
    for (number, _, _) in payments {
        assert_eq!(provider.line(&format!("pi_{number}")).await, UNTOUCHED);
    }
}

async fn a_refund_under_way_is_looked_up_until_it_ends<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    for (number, succeeds) in [("1", true), ("2", false)] {
        let reference = format!("pi_{number}");
        let id = paid_with(shop, number, &reference).await;
        provider.pays(&reference, "USD", 1500, 1500).await;
        cancel(shop, &id).await;
        provider.faults(&[Fault::Pending]).await;
        for _ in 0..4 {
            work(shop).await;
            shop.wait(TimeDelta::hours(30));
        }
        let open = refunds(shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "PENDING"]);
        provider.ends(&reference, succeeds).await;
        work(shop).await;
        told(shop, &provider).await;
        let line = provider.line(&reference).await;
        assert_eq!(line.refunds, usize::from(succeeds), "{line:?}");
    }
    let told = attention(shop).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, json!(["REFUND_FAILED"]));
}

async fn two_workers_pay_back_once<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let other = shop.replica().await;
    for number in ["1", "2", "3", "4"] {
        let reference = format!("pi_{number}");
        let id = paid_with(shop, number, &reference).await;
        provider.pays(&reference, "USD", 1500, 1500).await;
        cancel(shop, &id).await;
    }
    tokio::join!(work(shop), work(&other));
    for number in ["1", "2", "3", "4"] {
        assert_eq!(provider.line(&format!("pi_{number}")).await, PAID_BACK);
    }
}
