//! The money that providers hold: a cancellation records it as owed, and staff sees it.

use countermand_tests::on_every_database;
use serde_json::{Value, json};

use super::{keeps_every_promise, order, sell};

fn owed(order: &Value) -> Vec<(&str, f64)> {
    let reversals = order["reversals"].as_array().expect("reversals").iter();
    reversals
        .map(|it| {
            assert_eq!(it["state"], "requested");
            (
                it["kind"].as_str().expect("a kind"),
                it["amount"]["value"].as_f64().expect("an amount"),
            )
        })
        .collect()
}

on_every_database!(
    an_authorization_without_a_capture_is_to_be_voided,
    |shop| async move {
        let authorized = order("1")
            .paid_with("adyen_cc")
            .line("a", 1000, 2, 0, 0)
            .authorized();
        let (customer, id) = sell(&shop, authorized.json()).await;
        let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
        assert_eq!(answer.order()["status"], "Canceled");
        assert_eq!(answer.order()["credit_memos"], json!([]));
        assert_eq!(owed(&shop.order(&id).await), [("VOID", 30.0)]);
        shop.run_jobs().await;
        keeps_every_promise(&shop).await;
    }
);

on_every_database!(a_captured_amount_is_to_be_refunded, |shop| async move {
    let captured = order("1").paid_with("adyen_cc").line("a", 1000, 2, 2, 0);
    let (customer, id) = sell(&shop, captured.json()).await;
    let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
    assert_eq!(answer.order()["status"], "Closed");
    assert_eq!(
        answer.order()["credit_memos"][0]["total"]["grand_total"]["value"],
        30.0
    );
    assert_eq!(owed(&shop.order(&id).await), [("REFUND", 30.0)]);
    shop.run_jobs().await;
});

on_every_database!(
    the_rest_of_a_partly_captured_authorization_is_to_be_voided,
    |shop| async move {
        let partly = order("1")
            .paid_with("adyen_cc")
            .line("a", 1000, 1, 1, 0)
            .line("b", 1000, 1, 0, 0)
            .authorized();
        let (customer, id) = sell(&shop, partly.json()).await;
        let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
        assert_eq!(answer.order()["status"], "Canceled");
        let seen = shop.order(&id).await;
        let mut owed = owed(&seen);
        owed.sort_by_key(|(kind, _)| *kind);
        assert_eq!(owed, [("REFUND", 20.0), ("VOID", 10.0)]);
        shop.run_jobs().await;
        keeps_every_promise(&shop).await;
    }
);

on_every_database!(
    several_captures_are_refunded_each_up_to_its_amount,
    |shop| async move {
        let authorized = order("1")
            .paid_with("adyen_cc")
            .line("a", 1000, 3, 0, 0)
            .authorized();
        let (customer, id) = sell(&shop, authorized.json()).await;
        let item = shop.order(&id).await["order"]["items"][0]["id"].clone();
        let one = json!([{ "item_id": item, "quantity": 1 }]);
        for _ in 0..2 {
            shop.worked("createInvoice", json!({ "order_id": id, "items": one }))
                .await;
        }
        let input = json!({ "order_id": id, "items": one, "refund_shipping": false });
        let credited = shop.worked("createCreditMemo", input).await;
        assert_eq!(owed(&credited), [("REFUND", 10.0)]);
        shop.cancel_order(&id, "Other")
            .token(&customer)
            .send()
            .await
            .works();
        let seen = shop.order(&id).await;
        let owed = owed(&seen);
        let sum = |of: &str| {
            owed.iter()
                .filter(|(kind, _)| *kind == of)
                .map(|(_, amount)| amount)
                .sum::<f64>()
        };
        assert_eq!((sum("REFUND"), sum("VOID")), (35.0, 10.0), "{owed:?}");
        shop.run_jobs().await;
        keeps_every_promise(&shop).await;
    }
);

on_every_database!(
    the_cancellation_of_an_unpaid_order_owes_no_refund,
    |shop| async move {
        let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
        shop.cancel_order(&id, "Other")
            .token(&customer)
            .send()
            .await
            .works();
        assert_eq!(owed(&shop.order(&id).await), []);
        shop.run_jobs().await;
    }
);
