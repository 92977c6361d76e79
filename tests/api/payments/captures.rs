//! Money that was booked as captured here, by `createInvoice`, goes back by itself: each capture has the reference of the
//! authorization, and all captures of one payment are one amount at the provider.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::stripe_server::{KEY, StripeServer};
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use serde_json::json;

use super::contract::{begin, delivered};
use super::{attention, cancel, refunds, serve, work};

async fn connected(shop: &TestShop) -> Option<StripeServer> {
    let stripe = StripeServer::start().await?;
    serve(shop, "STRIPE", &stripe.address, KEY).await;
    Some(stripe)
}

/// An order for 30.00 whose payment `pi_1` is authorized. `invoiced` of its two units are invoiced in the shop that it
/// comes from.
pub(super) async fn authorized(shop: &TestShop, invoiced: i64) -> String {
    let order = OrderJson::new("1").paid_with("stripe_payments");
    let order = order.line("A", 1000, 2, invoiced, 0).authorized();
    let mut order = order.json();
    order["payment"]["last_trans_id"] = json!("pi_1");
    shop.import(&[order]).await.remove(0)
}

/// Invoices one unit of the order: 20.00 with all of the shipping, then 10.00.
pub(super) async fn invoice_one(shop: &TestShop, id: &str) {
    let input = json!({ "order_id": id, "items": shop.item_lines(id, &[1]).await });
    shop.worked("createInvoice", input).await;
    shop.leave_jobs();
}

/// An order for 30.00 whose payment `pi_1` was captured by two invoices.
async fn captured_by_two(shop: &TestShop, stripe: &StripeServer) -> String {
    let id = authorized(shop, 0).await;
    invoice_one(shop, &id).await;
    invoice_one(shop, &id).await;
    stripe.pays("pi_1", "USD", 3000, 3000).await;
    id
}

/// The amounts that went back of the payment, and the keys of the program, which are all different.
async fn paid_back(stripe: &StripeServer) -> Vec<i64> {
    let refunds = stripe.refunds("pi_1").await;
    let mut keys: Vec<_> = refunds
        .iter()
        .filter_map(|it| it["metadata"]["countermand_key"].as_str())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), refunds.len(), "{refunds:?}");
    let mut amounts: Vec<_> = refunds.iter().filter_map(|it| it["amount"].as_i64()).collect();
    amounts.sort_unstable();
    amounts
}

on_every_database!(
    what_two_invoices_captured_goes_back_at_the_provider,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        let id = captured_by_two(&shop, &stripe).await;
        cancel(&shop, &id).await;
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        assert_eq!(paid_back(&stripe).await, [1000, 2000]);
        assert_eq!(attention(&shop).await, []);
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 2);
        assert_eq!(work(&shop).await, []);
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_sqlite!(
    a_lost_answer_to_one_of_two_refunds_of_a_payment_holds_up_no_other_one,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        let id = captured_by_two(&shop, &stripe).await;
        cancel(&shop, &id).await;
        stripe.play("faults", &json!({ "next": ["lose_answer"] })).await;
        let first = work(&shop).await;
        assert!(first.contains(&Settlement::Met), "{first:?}");
        assert_eq!(refunds(&shop, "OPEN").await.len(), 1);
        shop.wait(TimeDelta::minutes(2));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(paid_back(&stripe).await, [1000, 2000]);
        assert_eq!(attention(&shop).await, []);
    }
);

on_sqlite!(
    another_sum_of_captures_at_the_provider_is_left_to_staff,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        let id = authorized(&shop, 0).await;
        invoice_one(&shop, &id).await;
        invoice_one(&shop, &id).await;
        stripe.pays("pi_1", "USD", 3000, 2000).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let why = "the payment is $20.00 at the payment provider, and $30.00 in the books";
        let told: Vec<_> = attention(&shop).await.into_iter().map(|(_, why)| why).collect();
        assert_eq!(told, [why, why]);
        assert_eq!(paid_back(&stripe).await, Vec::<i64>::new());
    }
);

on_sqlite!(
    money_that_others_paid_back_stops_every_refund_of_the_payment,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        let id = captured_by_two(&shop, &stripe).await;
        cancel(&shop, &id).await;
        stripe.refunds_outside("pi_1", 500).await;
        work(&shop).await;
        let why = "the payment provider paid back $5.00 already";
        let told: Vec<_> = attention(&shop).await.into_iter().map(|(_, why)| why).collect();
        assert_eq!(told, [why, why]);
        assert_eq!(stripe.line("pi_1").await.refunded, 500);
    }
);

on_sqlite!(
    a_refund_in_the_dashboard_of_money_that_was_captured_here_is_booked,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = captured_by_two(&shop, &stripe).await;
        stripe.refunds_outside("pi_1", 500).await;
        delivered(&shop, &stripe).await;
        let booked =
            "payment pi_1 at main: $5.00 were paid back there by others, booked as 1-1, reference re_1";
        let reason = json!(["PAYMENT_REFUNDED_OUTSIDE"]);
        assert_eq!(attention(&shop).await, [(reason, booked.to_owned())]);
        // Our own refunds take what is left of each capture.
        cancel(&shop, &id).await;
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        let line = stripe.line("pi_1").await;
        assert_eq!((line.refunded, line.refunds), (3000, 3));
        assert_eq!(attention(&shop).await.len(), 1);
    }
);

on_sqlite!(
    an_order_that_came_with_a_part_captured_goes_back_as_a_whole,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        let id = authorized(&shop, 1).await;
        invoice_one(&shop, &id).await;
        stripe.pays("pi_1", "USD", 3000, 3000).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        assert_eq!(paid_back(&stripe).await, [1000, 2000]);
        assert_eq!(attention(&shop).await, []);
    }
);

on_sqlite!(
    a_payment_without_a_reference_is_paid_back_by_hand,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        let order = OrderJson::new("1").paid_with("stripe_payments");
        let order = order.line("A", 1000, 1, 0, 0).json();
        let id = shop.import(&[order]).await.remove(0);
        invoice_one(&shop, &id).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let why = "the payment has no reference of the payment provider";
        assert_eq!(
            attention(&shop).await,
            [(json!(["REFUND_BY_HAND"]), why.to_owned())]
        );
        assert_eq!(stripe.requests().await, Vec::<serde_json::Value>::new());
    }
);

on_every_database!(
    what_staff_invoices_by_hand_with_the_reference_of_a_payment_goes_back_there,
    |shop| async move {
        let Some(stripe) = connected(&shop).await else {
            return;
        };
        let order = OrderJson::new("1").paid_with("stripe_payments");
        let order = order.line("A", 1000, 1, 0, 0).json();
        let id = shop.import(&[order]).await.remove(0);
        for (reference, unpaid) in [
            ("pi_1".to_owned(), true),
            ("p".repeat(256), false),
            ("pi\t1".into(), false),
        ] {
            let input = json!({ "order_id": id, "unpaid": unpaid, "reference": reference });
            let refused = shop.refused("createInvoice", input).await;
            assert_eq!(refused, ("INVALID".into(), "reference".into()), "{reference}");
        }
        let input = json!({ "order_id": id, "reference": " pi_1 " });
        shop.worked("createInvoice", input).await;
        shop.leave_jobs();
        let audit = shop.audit_log(1).await[0]["details"].to_string();
        assert!(audit.contains("$15.00, reference pi_1"), "{audit}");
        stripe.pays("pi_1", "USD", 1500, 1500).await;
        cancel(&shop, &id).await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(paid_back(&stripe).await, [1500]);
        assert_eq!(attention(&shop).await, []);
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);
