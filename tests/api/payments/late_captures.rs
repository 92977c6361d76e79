//! Money that is captured for an order that was canceled unpaid: it goes back by itself, or staff is told.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::contract::{PAID_BACK, UNTOUCHED, begin, delivered, outcomes, told};
use super::early::found_orders;
use super::{attention, buyer_sees, cancel, paid_with, refunds, work};

contract!(
    a_capture_after_an_unpaid_order_is_canceled_goes_back_once,
    a_capture_before_an_unpaid_order_is_canceled_goes_back_once,
    a_capture_before_an_order_is_imported_that_was_canceled_unpaid_goes_back_once,
);

/// An order for 15.00 of which nothing is paid, and that names its payment.
fn unpaid(number: &str, reference: &str) -> OrderJson {
    let payment = json!({ "method": "stripe_payments", "last_trans_id": reference,
        "additional_information": { "method_title": "A card" } });
    OrderJson::new(number)
        .paid_with("stripe_payments")
        .line("A", 1000, 1, 0, 0)
        .with("payment", payment)
}

/// Imports the order. Gives its id.
async fn imported(shop: &TestShop, order: &OrderJson) -> String {
    shop.import(&[order.json()]).await.remove(0)
}

/// Judges that the captured money of `pi_1` went back once, and that the canceled order says so.
async fn went_back<P: ContractProvider>(shop: &TestShop, provider: &P, id: &str) {
    // The same messages again book nothing again.
    delivered(shop, provider).await;
    assert_eq!(provider.line("pi_1").await, PAID_BACK);
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(settled.len(), 1, "{settled:?}");
    assert_eq!(outcomes(provider, &settled[0]), ["REQUESTED", "SUCCEEDED"]);
    assert_eq!(attention(shop).await, []);
    assert_eq!(
        buyer_sees(shop, id).await,
        json!([{ "amount": { "value": 15.0 }, "state": "REFUNDED" }])
    );
    let order = shop.order(id).await;
    assert_eq!(order["state"], "canceled");
    let memos = order["order"]["credit_memos"].as_array().map(Vec::len);
    assert_eq!(memos, Some(1), "{order:#}");
    let history = order["comments"].to_string();
    let line = "payment pi_1 at main: $15.00 were captured after the order was canceled";
    assert_eq!(history.matches(line).count(), 1, "{history}");
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

async fn a_capture_after_an_unpaid_order_is_canceled_goes_back_once<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = imported(shop, &unpaid("1", "pi_1")).await;
    provider.pays("pi_1", "USD", 1500, 0).await;
    cancel(shop, &id).await;
    assert_eq!(work(shop).await, []);
    provider.captures("pi_1").await;
    delivered(shop, &provider).await;
    told(shop, &provider).await;
    went_back(shop, &provider, &id).await;
}

async fn a_capture_before_an_unpaid_order_is_canceled_goes_back_once<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = imported(shop, &unpaid("1", "pi_1")).await;
    provider.pays("pi_1", "USD", 1500, 0).await;
    provider.captures("pi_1").await;
    delivered(shop, &provider).await;
    // The next import may say that the order was paid.
    assert_eq!(found_orders(shop).await, 0);
    assert_eq!(provider.line("pi_1").await, UNTOUCHED);
    cancel(shop, &id).await;
    assert_eq!(found_orders(shop).await, 1);
    told(shop, &provider).await;
    went_back(shop, &provider, &id).await;
}

async fn a_capture_before_an_order_is_imported_that_was_canceled_unpaid_goes_back_once<
    P: ContractProvider,
>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    provider.pays("pi_1", "USD", 1500, 0).await;
    provider.captures("pi_1").await;
    delivered(shop, &provider).await;
    let order = unpaid("1", "pi_1").in_state("canceled", "canceled");
    let id = imported(shop, &order).await;
    assert_eq!(found_orders(shop).await, 1);
    told(shop, &provider).await;
    went_back(shop, &provider, &id).await;
}

on_every_database!(two_workers_pay_a_late_capture_back_once, |shop| async move {
    let Some(stripe) = begin::<StripeServer>(&shop).await else {
        return;
    };
    let other = shop.replica().await;
    let payments = ["pi_1", "pi_2", "pi_3", "pi_4"];
    for (number, payment) in ["1", "2", "3", "4"].into_iter().zip(payments) {
        let id = imported(&shop, &unpaid(number, payment)).await;
        stripe.pays(payment, "USD", 1500, 0).await;
        cancel(&shop, &id).await;
        // Two messages tell of the capture.
        stripe.captures(payment).await;
        stripe.captures(payment).await;
    }
    let statuses = stripe.delivers(shop.now().timestamp()).await;
    assert_eq!(statuses, [204; 8]);
    tokio::join!(work(&shop), work(&other));
    shop.wait(TimeDelta::minutes(1));
    tokio::join!(work(&shop), work(&other));
    for payment in payments {
        assert_eq!(stripe.line(payment).await, PAID_BACK, "{payment}");
    }
    assert_eq!(refunds(&shop, "SETTLED").await.len(), payments.len());
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
});

on_every_database!(
    a_late_capture_of_more_than_the_order_costs_is_told_to_staff,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = imported(&shop, &unpaid("1", "pi_1")).await;
        stripe.pays("pi_1", "USD", 1501, 0).await;
        cancel(&shop, &id).await;
        stripe.captures("pi_1").await;
        delivered(&shop, &stripe).await;
        delivered(&shop, &stripe).await;
        let why =
            "payment pi_1 at main: $15.01 were captured after the order was canceled: pay them back there";
        let captured = (json!(["PAYMENT_CAPTURED"]), why.to_owned());
        assert_eq!(attention(&shop).await, [captured]);
        assert_eq!(stripe.line("pi_1").await, UNTOUCHED);
        // Staff pays it back in the dashboard, and says so.
        let query = "{ needsAttention { items { id } } }";
        let answer = shop.ask(query).token(shop.owner()).send().await;
        let done = json!({ "id": answer.data("/needsAttention/items/0/id"), "note": "We paid it back." });
        let done = shop.owner_does("settleObligation", done, "").await;
        assert_eq!(done["user_errors"], json!([]));
        assert_eq!(attention(&shop).await, []);
    }
);

on_every_database!(
    a_capture_for_an_order_that_was_placed_anew_is_not_one_of_the_canceled_order,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = imported(&shop, &unpaid("1", "pi_1")).await;
        stripe.pays("pi_1", "USD", 1500, 0).await;
        cancel(&shop, &id).await;
        paid_with(&shop, "2", "pi_1").await;
        stripe.captures("pi_1").await;
        delivered(&shop, &stripe).await;
        assert_eq!(attention(&shop).await, []);
        assert_eq!(refunds(&shop, "SETTLED").await, Vec::<Value>::new());
        assert_eq!(stripe.line("pi_1").await, UNTOUCHED);
        assert_eq!(buyer_sees(&shop, &id).await, json!([]));
    }
);

on_every_database!(
    a_late_capture_that_the_buyer_disputes_is_told_to_staff,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = imported(&shop, &unpaid("1", "pi_1")).await;
        stripe.pays("pi_1", "USD", 1500, 0).await;
        cancel(&shop, &id).await;
        stripe.captures("pi_1").await;
        stripe.disputes("pi_1").await;
        delivered(&shop, &stripe).await;
        let mut reasons: Vec<_> = attention(&shop)
            .await
            .into_iter()
            .map(|(reasons, _)| reasons.to_string())
            .collect();
        reasons.sort_unstable();
        assert_eq!(reasons, [r#"["PAYMENT_CAPTURED"]"#, r#"["PAYMENT_DISPUTED"]"#]);
        assert_eq!(stripe.line("pi_1").await, UNTOUCHED);
    }
);

on_every_database!(
    a_refund_of_a_late_capture_that_fails_is_left_to_staff,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = imported(&shop, &unpaid("1", "pi_1")).await;
        stripe.pays("pi_1", "USD", 1500, 0).await;
        cancel(&shop, &id).await;
        stripe.captures("pi_1").await;
        stripe.play("faults", &json!({ "next": ["fail"] })).await;
        delivered(&shop, &stripe).await;
        assert_eq!(attention(&shop).await[0].0, json!(["REFUND_FAILED"]));
        let input = json!({ "id": refunds(&shop, "OPEN").await[0]["id"] });
        let done = shop.owner_does("retryObligation", input, "").await;
        assert_eq!(done["user_errors"], json!([]));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(stripe.line("pi_1").await, PAID_BACK);
        assert_eq!(attention(&shop).await, []);
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(
    what_happens_to_the_payment_of_an_unpaid_order_waits_until_an_import_says_that_it_is_paid,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let id = imported(&shop, &unpaid("1", "pi_1")).await;
        stripe.pays("pi_1", "USD", 1500, 1500).await;
        stripe.refunds_outside("pi_1", 200).await;
        delivered(&shop, &stripe).await;
        assert_eq!(found_orders(&shop).await, 0);
        assert_eq!(attention(&shop).await, []);
        let paid = OrderJson::new("1")
            .paid_with("stripe_payments")
            .line("A", 1000, 1, 1, 0)
            .with("updated_at", json!("2026-03-01 11:00:00"));
        let mut paid = paid.json();
        paid["payment"]["last_trans_id"] = json!("pi_1");
        let input = json!({ "orders": Value::from(vec![paid]).to_string() });
        let report = shop.owner_does("importOrders", input, "updated").await;
        assert_eq!(
            (&report["updated"], &report["user_errors"]),
            (&json!(1), &json!([]))
        );
        assert_eq!(found_orders(&shop).await, 1);
        let booked =
            "payment pi_1 at main: $2.00 were paid back there by others, booked as 1-1, reference re_1";
        let told = (json!(["PAYMENT_REFUNDED_OUTSIDE"]), booked.to_owned());
        assert_eq!(attention(&shop).await, [told]);
        assert_eq!(
            buyer_sees(&shop, &id).await,
            json!([{ "amount": { "value": 2.0 }, "state": "REFUNDED" }])
        );
    }
);
