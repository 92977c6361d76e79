//! The states in which a buyer may cancel. No other order is ever reported as canceled.

use countermand_tests::refusal::Refusal;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{BUYER, order, sell};

on_every_database!(a_buyer_may_cancel_in_three_of_eight_states, |shop| async move {
    let states = [
        ("new", "pending", "Pending", true),
        ("pending_payment", "pending_payment", "Pending Payment", true),
        ("processing", "processing", "Processing", true),
        ("processing", "fraud", "Suspected Fraud", true),
        ("processing", "waiting_for_parts", "waiting_for_parts", true),
        ("payment_review", "payment_review", "Payment Review", false),
        ("holded", "holded", "On Hold", false),
        ("complete", "complete", "Complete", false),
        ("closed", "closed", "Closed", false),
        ("canceled", "canceled", "Canceled", false),
    ];
    shop.enable_cancellation().await;
    let mut ids = Vec::new();
    for (number, (state, status, ..)) in (1..).zip(states) {
        let order = order(&number.to_string())
            .line("a", 1000, 2, 0, 0)
            .in_state(state, status);
        ids.extend(shop.import(&[order.json()]).await);
    }
    let customer = shop.customer(BUYER).await;
    for ((number, id), (state, _, label, allowed)) in (1..).zip(&ids).zip(states) {
        let shown = shop.my_order(&customer, &number.to_string()).await;
        assert_eq!(shown["status"], label);
        let offers = json!(if allowed {
            vec!["REORDER", "CANCEL"]
        } else {
            vec!["REORDER"]
        });
        assert_eq!(shown["available_actions"], offers, "{label}");
        let answer = shop.cancel_order(id, "Other").token(&customer).send().await;
        if allowed {
            assert_eq!(answer.order()["state"], "canceled", "{label}");
            continue;
        }
        let terms = &shown["cancellation_terms"];
        assert_eq!(terms["refusal"]["code"], "STATE");
        assert_eq!(terms["refusal"]["message"], Refusal::STATUS.message);
        assert_eq!(answer.refused(Refusal::STATUS), &shown, "{state}: shown as it is");
    }
    shop.run_jobs().await;
});

/// Checks that the cancellation is refused with this code, and that the order is shown and stays unchanged.
async fn is_refused(shop: &TestShop, customer: &str, id: &str, refusal: Refusal, code: &str) -> Value {
    let before = shop.order(id).await;
    let answer = shop.cancel_order(id, "Other").token(customer).send().await;
    let shown = answer.refused(refusal).clone();
    let terms = &shown["cancellation_terms"];
    assert_eq!(terms["action"], "NONE");
    assert_eq!(
        terms["refusal"],
        json!({ "code": code, "message": refusal.message })
    );
    assert_eq!(terms["refund_total"]["value"], 0.0);
    assert_eq!(shown["available_actions"], json!(["REORDER"]));
    assert_eq!(shop.order(id).await, before);
    assert_eq!(shop.run_jobs().await, [], "no mail");
    shown
}

on_every_database!(the_terms_name_every_reason_why_not, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 3, 0, 1).json()).await;
    shop.worked("createInvoice", json!({ "order_id": id, "unpaid": true }))
        .await;
    shop.worked("holdOrder", json!({ "order_id": id })).await;
    let shown = is_refused(&shop, &customer, &id, Refusal::STATUS, "STATE").await;
    let expected = json!([
        {
            "code": "STATE",
            "message": "The order is on hold.",
            "hint": "Ask the shop to release the order."
        },
        {
            "code": "PARTLY_SHIPPED",
            "message": "At least one item of the order has been shipped.",
            "hint": "Ask the shop whether you may return the item after it arrives."
        },
        {
            "code": "OPEN_INVOICE",
            "message": "An invoice of the order is not paid.",
            "hint": "Pay the invoice, or ask the shop to withdraw it."
        }
    ]);
    assert_eq!(shown["cancellation_terms"]["refusals"], expected);
});

on_every_database!(
    a_suspected_fraud_is_not_called_closed_or_on_hold,
    |shop| async move {
        let suspected = order("1")
            .line("a", 1000, 2, 2, 0)
            .in_state("payment_review", "fraud");
        let (customer, id) = sell(&shop, suspected.json()).await;
        let shown = is_refused(&shop, &customer, &id, Refusal::STATUS, "STATE").await;
        let refusals = &shown["cancellation_terms"]["refusals"];
        assert_eq!(refusals.as_array().map(Vec::len), Some(1));
        assert_eq!(
            refusals[0]["message"],
            "The payment of the order is under review."
        );
        assert_eq!(
            refusals[0]["hint"],
            "Wait until the payment is reviewed, or ask the shop."
        );
    }
);

// Adobe answers with success, sends a mail to the buyer and leaves the order as it is.
on_every_database!(an_order_with_an_unpaid_invoice_is_refused, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 2, 0, 0).json()).await;
    shop.worked("createInvoice", json!({ "order_id": id, "unpaid": true }))
        .await;
    let shown = is_refused(&shop, &customer, &id, Refusal::STATUS, "OPEN_INVOICE").await;
    assert_eq!(shown["status"], "Processing");
});

on_every_database!(an_order_under_payment_review_is_refused, |shop| async move {
    let paid = order("1")
        .line("a", 1000, 2, 2, 0)
        .in_state("payment_review", "payment_review");
    let (customer, id) = sell(&shop, paid.json()).await;
    let shown = is_refused(&shop, &customer, &id, Refusal::STATUS, "STATE").await;
    assert_eq!(shown["status"], "Payment Review");
});

on_every_database!(
    an_order_without_anything_left_to_cancel_is_refused,
    |shop| async move {
        let mut canceled = order("1")
            .line("a", 1000, 1, 0, 0)
            .in_state("processing", "processing")
            .json();
        canceled["items"][0]["qty_canceled"] = json!(1);
        canceled["total_canceled"] = json!(15);
        let (customer, id) = sell(&shop, canceled).await;
        let shown = is_refused(&shop, &customer, &id, Refusal::STATUS, "NOTHING_OPEN").await;
        assert_eq!(shown["status"], "Processing");
    }
);

on_every_database!(an_order_with_a_shipped_unit_is_refused, |shop| async move {
    shop.enable_cancellation().await;
    let orders = [
        order("1").line("a", 1000, 3, 0, 1),
        order("2").line("a", 1000, 3, 3, 3).line("b", 1000, 1, 0, 0),
        order("3").line("a", 1000, 2, 0, 0),
    ];
    let ids = shop.import(&orders.map(|it| it.json())).await;
    let item = shop.order(&ids[2]).await["order"]["items"][0]["id"].clone();
    let line = json!([{ "item_id": item, "quantity": 1 }]);
    shop.worked("createShipment", json!({ "order_id": ids[2], "items": line }))
        .await;
    let customer = shop.customer(BUYER).await;
    for id in &ids {
        is_refused(&shop, &customer, id, Refusal::SHIPPED, "PARTLY_SHIPPED").await;
    }
});

on_every_database!(a_canceled_order_cannot_be_canceled_again, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 2, 2, 0).json()).await;
    shop.cancel_order(&id, "Other")
        .token(&customer)
        .send()
        .await
        .works();
    shop.run_jobs().await;
    let shown = is_refused(&shop, &customer, &id, Refusal::STATUS, "STATE").await;
    assert_eq!(shown["status"], "Closed");
    assert_eq!(shown["credit_memos"].as_array().map(Vec::len), Some(1));
});

on_every_database!(an_order_can_be_canceled_after_its_hold, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
    shop.worked("holdOrder", json!({ "order_id": id })).await;
    let shown = is_refused(&shop, &customer, &id, Refusal::STATUS, "STATE").await;
    assert_eq!(shown["status"], "On Hold");
    shop.worked("unholdOrder", json!({ "order_id": id })).await;
    let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
    assert_eq!(answer.order()["status"], "Canceled");
    shop.run_jobs().await;
});
