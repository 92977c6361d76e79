//! The adapter of Stripe with a second ledger, which others wrote: localstripe carries out each request that it gets.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::local_stripe::{KEY, LocalStripe};
use countermand_tests::{TestShop, on_sqlite};
use serde_json::{Value, json};

use super::{attention, authorized_with, cancel, paid_with, refunds, serve, work};

/// A canceled order that was paid there. Gives the payment.
async fn canceled(shop: &TestShop, stripe: &LocalStripe, number: &str) -> String {
    let payment = stripe.pays(true).await;
    let id = paid_with(shop, number, &payment).await;
    cancel(shop, &id).await;
    payment
}

on_sqlite!(
    in_a_ledger_that_recognizes_no_repetition_money_goes_back_once,
    |shop| async move {
        let Some(stripe) = LocalStripe::start().await else {
            return;
        };
        serve(&shop, "STRIPE", &stripe.address, KEY).await;
        let first = canceled(&shop, &stripe, "1").await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        // The answer gets lost: the same key is sent again, or the refund is looked up once the key has ended.
        let mut payments = vec![first];
        for (number, hours) in [("2", 1), ("3", 25)] {
            let payment = canceled(&shop, &stripe, number).await;
            stripe.loses_answer().await;
            let lost = work(&shop).await;
            assert!(
                matches!(lost[..], [Settlement::Postponed(_)]),
                "{number}: {lost:?}"
            );
            shop.wait(TimeDelta::hours(hours));
            if hours > 24 {
                stripe.forgets_keys().await;
            }
            assert_eq!(work(&shop).await, [Settlement::Met], "{number}");
            payments.push(payment);
        }
        for (payment, order) in payments.iter().zip(["1", "2", "3"]) {
            let refunds = stripe.refunds(payment).await;
            assert_eq!(refunds.len(), 1, "{order}: {refunds:#?}");
            assert_eq!(refunds[0]["amount"], 1500, "{order}");
            assert_eq!(refunds[0]["metadata"]["order_number"], order);
        }
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 3);

        let held = stripe.pays(false).await;
        let id = authorized_with(&shop, "4", &held).await;
        cancel(&shop, &id).await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        let intent = stripe.knows(&format!("payment_intents/{held}")).await;
        assert_eq!(intent["status"], "canceled");
        assert_eq!(stripe.refunds(&held).await, Vec::<Value>::new());
        assert_eq!(attention(&shop).await, []);
        // The ledger itself would have paid twice.
        let again = format!("payment_intent={}&amount=1500", payments[0]);
        stripe.posts("refunds", &again).await;
        assert_eq!(stripe.refunds(&payments[0]).await.len(), 2);
        let charge = stripe.knows(&format!("payment_intents/{}", payments[0])).await;
        assert_eq!(charge["latest_charge"]["amount_refunded"], json!(3000));
    }
);
