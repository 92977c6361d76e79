//! Others pay back all that was captured while the refund of a canceled order is owed: their refund settles it, once.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::stripe_server::{KEY, StripeServer};
use countermand_tests::{TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::captures::{authorized, invoice_one};
use super::contract::{begin, carried_out, delivered, paid_and_canceled};
use super::{attention, buyer_sees, cancel, refunds, serve, states, work};

contract!(
    a_refund_of_which_others_paid_all_back_is_settled_once,
    a_refund_that_others_paid_back_is_owed_again_when_theirs_fails,
);

/// What staff is told of `amount` of `pi_1` that others paid back.
fn told(amount: &str) -> (Value, String) {
    let place = "payment pi_1 at main";
    let problem = format!("{place}: {amount} were paid back there by others, which settles the refund");
    (json!(["PAYMENT_REFUNDED_OUTSIDE"]), problem)
}

async fn is_healthy(shop: &TestShop) -> bool {
    shop.app().doctor(|_| {}).await.expect("a report").is_healthy()
}

async fn a_refund_of_which_others_paid_all_back_is_settled_once<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_and_canceled(shop, &provider).await;
    provider.refunds_outside("pi_1", 1500).await;
    for _ in 0..3 {
        delivered(shop, &provider).await;
        shop.wait(TimeDelta::minutes(1));
    }
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(settled.len(), 1, "{settled:?}");
    assert_eq!(settled[0]["settlement_reference"], "pi_1");
    assert_eq!(states(&settled[0]), Vec::<&str>::new());
    assert_eq!(attention(shop).await, [told("$15.00")]);
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "REFUNDED" }])
    );
    let order = shop.order(&id).await;
    let history = order["comments"].to_string();
    assert_eq!(
        history.matches("were paid back there by others").count(),
        1,
        "{history}"
    );
    assert_eq!(
        order["order"]["credit_memos"].as_array().map(Vec::len),
        Some(1),
        "the credit memo of the cancellation is enough"
    );
    // Neither time nor staff lets the program pay it back, too.
    let again = json!({ "id": settled[0]["id"] });
    assert_eq!(shop.refused("retryObligation", again).await.0, "ALREADY_SETTLED");
    shop.wait(TimeDelta::days(1));
    work(shop).await;
    assert_eq!(provider.line("pi_1").await.refunded, 1500);
    assert!(is_healthy(shop).await);
}

async fn a_refund_that_others_paid_back_is_owed_again_when_theirs_fails<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid_and_canceled(shop, &provider).await;
    provider.refunds_outside("pi_1", 1500).await;
    for _ in 0..3 {
        delivered(shop, &provider).await;
        shop.wait(TimeDelta::minutes(1));
    }
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(settled.len(), 1, "{settled:?}");
    let theirs = provider.refunds_of_others("pi_1").await;
    provider.fails_of_others(&theirs[0]).await;
    for _ in 0..2 {
        delivered(shop, &provider).await;
    }
    let open = refunds(shop, "OPEN").await;
    let owed = open.iter().find(|it| it["id"] == settled[0]["id"]);
    let owed = owed.expect("the refund is owed again");
    assert_eq!(states(owed), ["FAILED"]);
    let why = json!("the refund of others that settled it failed");
    assert_eq!(owed["provider_states"][0]["detail"], why);
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "LOOKED_INTO" }])
    );
    let trail = shop.order(&id).await["events"].to_string();
    assert_eq!(trail.matches("order.refund_failed").count(), 1, "{trail}");
    assert!(is_healthy(shop).await);
    // Without staff nothing is sent.
    assert_eq!(provider.line("pi_1").await.refunds, 0);
    let input = json!({ "id": owed["id"] });
    let done = shop
        .owner_does("retryObligation", input, "obligation { id }")
        .await;
    assert_eq!(done["user_errors"], json!([]));
    carried_out(shop, &provider, "in place of theirs").await;
    delivered(shop, &provider).await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (1500, 1));
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "REFUNDED" }])
    );
    assert!(is_healthy(shop).await);
}

/// An account at Stripe without webhooks, and a canceled order whose refund of `pi_1` is owed.
async fn without_webhooks(shop: &TestShop) -> Option<StripeServer> {
    let stripe = StripeServer::start().await?;
    serve(shop, "STRIPE", &stripe.address, KEY).await;
    paid_and_canceled(shop, &stripe).await;
    Some(stripe)
}

on_sqlite!(
    a_refund_is_settled_without_a_message_when_the_payment_is_read,
    |shop| async move {
        let Some(stripe) = without_webhooks(&shop).await else {
            return;
        };
        stripe.refunds_outside("pi_1", 1500).await;
        work(&shop).await;
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 1);
        assert_eq!(attention(&shop).await, [told("$15.00")]);
        assert_eq!(stripe.requests().await, Vec::<Value>::new());
    }
);

on_sqlite!(
    a_refund_that_stripe_refuses_because_nothing_is_left_is_settled,
    |shop| async move {
        let Some(stripe) = without_webhooks(&shop).await else {
            return;
        };
        // The payment was read, and the request got lost. Then others pay the money back.
        stripe.play("faults", &json!({ "next": ["lose_request"] })).await;
        let lost = work(&shop).await;
        assert!(matches!(lost[..], [Settlement::Postponed(_)]), "{lost:?}");
        stripe.refunds_outside("pi_1", 1500).await;
        shop.wait(TimeDelta::minutes(2));
        work(&shop).await;
        let settled = refunds(&shop, "SETTLED").await;
        assert_eq!(states(&settled[0]), ["REQUESTED", "FAILED"]);
        let detail = settled[0]["provider_states"][1]["detail"].as_str();
        assert!(
            detail.is_some_and(|detail| detail.contains("charge_already_refunded")),
            "{detail:?}"
        );
        assert_eq!(settled[0]["settlement_reference"], "pi_1");
        assert_eq!(attention(&shop).await, [told("$15.00")]);
        assert_eq!(stripe.refunds("pi_1").await.len(), 1);
        assert!(is_healthy(&shop).await);
    }
);

on_sqlite!(
    each_refund_of_a_payment_that_others_paid_back_is_settled,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = authorized(&shop, 0).await;
        invoice_one(&shop, &id).await;
        invoice_one(&shop, &id).await;
        stripe.pays("pi_1", "USD", 3000, 3000).await;
        cancel(&shop, &id).await;
        stripe.refunds_outside("pi_1", 3000).await;
        for _ in 0..2 {
            delivered(&shop, &stripe).await;
            shop.wait(TimeDelta::minutes(1));
        }
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 2);
        let mut seen = attention(&shop).await;
        seen.sort_by(|one, other| one.1.cmp(&other.1));
        assert_eq!(seen, [told("$10.00"), told("$20.00")]);
        assert_eq!(stripe.line("pi_1").await.refunded, 3000);
        assert!(is_healthy(&shop).await);
    }
);

on_sqlite!(
    a_refund_of_which_others_paid_a_part_back_stays_with_staff,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        paid_and_canceled(&shop, &stripe).await;
        stripe.refunds_outside("pi_1", 1499).await;
        delivered(&shop, &stripe).await;
        assert_eq!(refunds(&shop, "SETTLED").await, Vec::<Value>::new());
        let seen: Vec<_> = attention(&shop).await.into_iter().map(|(_, why)| why).collect();
        assert_eq!(
            seen,
            [
                "the payment provider paid back $14.99 already",
                "payment pi_1 at main: $14.99 were paid back there that the books do not have",
            ]
        );
    }
);
