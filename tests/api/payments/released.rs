//! A void of money that is not reserved any more: the hold ended by itself, or a part was captured and the provider
//! released the rest.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::hyperswitch_server::HyperswitchServer;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::captures::{authorized, invoice_one};
use super::contract::{begin, told};
use super::{attention, authorized_with, cancel, refunds, states, work};

const VOID: &str = "items { id provider_states { state detail } }";

contract!(
    the_rest_that_the_provider_released_needs_no_void,
    a_hold_that_ended_needs_no_void,
);

/// A buyer pays 30.00 as `pi_1`, of which 20.00 are captured. `capturable` is what the provider says of the rest; null
/// where it says nothing.
pub(super) async fn captured_in_part<P: ContractProvider>(provider: &P, capturable: Value) {
    let paid = json!({ "id": "pi_1", "reference": "pi_1", "authorized": 3000, "captured": 2000,
        "capturable": capturable });
    provider.play("payments", &paid).await;
}

/// The void in `state` as staff sees it.
pub(super) async fn void_in(shop: &TestShop, state: &str) -> Value {
    let query = format!("{{ obligations(filter: {{ kind: VOID, state: {state} }}) {{ {VOID} }} }}");
    let answer = shop.ask(&query).token(shop.owner()).send().await;
    answer.data("/obligations/items/0").clone()
}

/// The lines in the history of the order.
async fn history(shop: &TestShop, id: &str) -> String {
    shop.order(id).await["comments"].to_string()
}

async fn the_rest_that_the_provider_released_needs_no_void<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized(shop, 0).await;
    invoice_one(shop, &id).await;
    provider.pays("pi_1", "USD", 3000, 2000).await;
    cancel(shop, &id).await;
    work(shop).await;
    told(shop, &provider).await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds, line.voided), (2000, 1, false));
    if !provider.capabilities().reads_payments {
        // The provider does not say what can still be captured: it gets the void, and refuses it.
        let reasons: Vec<_> = attention(shop).await.into_iter().map(|(why, _)| why).collect();
        assert_eq!(reasons, [json!(["VOID_FAILED"])]);
        return;
    }
    assert_eq!(attention(shop).await, []);
    // A request is written down before it is sent, so none was sent.
    let void = void_in(shop, "SETTLED").await;
    assert_eq!(states(&void), ["SUCCEEDED"]);
    let why = "a part of the authorization was captured, and the provider has released the rest";
    assert_eq!(void["provider_states"][0]["detail"], why);
    let lines = history(shop, &id).await;
    assert!(
        lines.contains(&format!("Payment provider main: {why}.")),
        "{lines}"
    );
    assert_eq!(work(shop).await, []);
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

async fn a_hold_that_ended_needs_no_void<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    if !provider.capabilities().reads_payments {
        return;
    }
    let mut ids = Vec::new();
    for (number, is_under_way) in [("1", false), ("2", true)] {
        let reference = format!("pi_{number}");
        let id = authorized_with(shop, number, &reference).await;
        provider.pays(&reference, "USD", 1500, 0).await;
        cancel(shop, &id).await;
        if is_under_way {
            provider.faults(&[Fault::LoseRequest]).await;
            work(shop).await;
        }
        provider.expires(&reference).await;
        shop.wait(TimeDelta::minutes(2));
        assert_eq!(work(shop).await, [Settlement::Met], "{number}");
        ids.push(id);
    }
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(states(&settled[0]), ["SUCCEEDED"]);
    assert_eq!(states(&settled[1]), ["REQUESTED", "SUCCEEDED"]);
    let lines = history(shop, &ids[0]).await;
    assert!(
        lines.contains("Payment provider main: the authorization had ended already."),
        "{lines}"
    );
    assert_eq!(attention(shop).await, []);
}

async fn a_rest_that_can_still_be_captured_is_voided<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized(shop, 1).await;
    captured_in_part(&provider, json!(1000)).await;
    cancel(shop, &id).await;
    assert_eq!(work(shop).await, [Settlement::Met, Settlement::Met]);
    let void = void_in(shop, "SETTLED").await;
    assert_eq!(states(&void), ["REQUESTED", "SUCCEEDED"]);
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds, line.voided), (2000, 1, true));
    assert_eq!(attention(shop).await, []);
}

on_sqlite!(
    a_rest_that_stripe_can_still_capture_is_voided,
    |shop| async move { a_rest_that_can_still_be_captured_is_voided::<StripeServer>(&shop).await }
);

on_sqlite!(
    a_rest_that_hyperswitch_can_still_capture_is_voided,
    |shop| async move { a_rest_that_can_still_be_captured_is_voided::<HyperswitchServer>(&shop).await }
);

on_sqlite!(
    a_rest_that_a_service_can_still_capture_is_voided,
    |shop| async move { a_rest_that_can_still_be_captured_is_voided::<PaymentServer>(&shop).await }
);

async fn a_rest_whose_hold_ends_under_way_is_released<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized(shop, 1).await;
    captured_in_part(&provider, json!(1000)).await;
    cancel(shop, &id).await;
    provider.faults(&[Fault::LoseRequest, Fault::LoseRequest]).await;
    work(shop).await;
    provider.expires("pi_1").await;
    shop.wait(TimeDelta::minutes(2));
    assert_eq!(work(shop).await, [Settlement::Met, Settlement::Met]);
    // The void is refused, because nothing is left to release.
    let void = void_in(shop, "SETTLED").await;
    assert_eq!(states(&void), ["REQUESTED", "FAILED", "SUCCEEDED"]);
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (2000, 1));
    assert_eq!(attention(shop).await, []);
}

on_sqlite!(
    a_rest_whose_hold_at_stripe_ends_during_the_void_is_released,
    |shop| async move { a_rest_whose_hold_ends_under_way_is_released::<StripeServer>(&shop).await }
);

on_sqlite!(
    a_rest_whose_hold_at_a_service_ends_during_the_void_is_released,
    |shop| async move { a_rest_whose_hold_ends_under_way_is_released::<PaymentServer>(&shop).await }
);

on_sqlite!(
    another_captured_part_than_in_the_books_is_left_to_staff,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = authorized(&shop, 1).await;
        stripe.pays("pi_1", "USD", 3000, 1500).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let mut reasons: Vec<_> = attention(&shop)
            .await
            .into_iter()
            .map(|(why, _)| why.to_string())
            .collect();
        reasons.sort_unstable();
        assert_eq!(reasons, [r#"["REFUND_FAILED"]"#, r#"["VOID_FAILED"]"#]);
        let line = stripe.line("pi_1").await;
        assert_eq!((line.refunded, line.refunds, line.voided), (0, 0, false));
    }
);

on_sqlite!(
    a_void_that_was_left_to_staff_is_met_once_the_service_says_that_the_rest_is_released,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        let id = authorized(&shop, 1).await;
        captured_in_part(&provider, Value::Null).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let why = "a part of the authorization was captured, so the provider releases the rest by itself";
        assert_eq!(attention(&shop).await, [(json!(["VOID_FAILED"]), why.to_owned())]);
        let paid = json!({ "reference": "pi_1", "authorized": 3000, "captured": 2000, "refunded": 2000,
            "capturable": 0 });
        provider.play("payments", &paid).await;
        let input = json!({ "id": void_in(&shop, "OPEN").await["id"] });
        let done = shop
            .owner_does("retryObligation", input, "obligation { id }")
            .await;
        assert_eq!(done["user_errors"], json!([]));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        let void = void_in(&shop, "SETTLED").await;
        assert_eq!(states(&void), ["REQUESTED", "FAILED", "SUCCEEDED"]);
        assert_eq!(attention(&shop).await, []);
    }
);
