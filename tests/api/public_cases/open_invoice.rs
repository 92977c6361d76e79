//! An invoice that was left open keeps no order from being canceled: it is paid, withdrawn, or paid where it came from.

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{shown, sold, text_of};

const CASE: &str = "f1-open-invoice-is-a-dead-end";

/// The case's order with a paid invoice for the first item and an open one for the second; none when it is not tried.
async fn billed(shop: &TestShop) -> Option<String> {
    shop.enable_cancellation().await;
    let id = sold(shop, CASE).await?;
    let order = shop.order(&id).await;
    for (item, unpaid) in [(0, false), (1, true)] {
        let items = json!([{ "item_id": order["order"]["items"][item]["id"], "quantity": 1 }]);
        let input = json!({ "order_id": id, "items": items, "unpaid": unpaid });
        shop.worked("createInvoice", input).await;
    }
    let refused = shop.refused("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }));
    assert_eq!(refused.await, ("INVALID_ORDER_STATUS".into(), "order_id".into()));
    Some(id)
}

/// What became of the order once it is canceled: its state and the money that goes back.
async fn canceled(shop: &TestShop, id: &str) -> (Value, Value) {
    let input = json!({ "order_id": id, "reason": "Other" });
    let order = shop.worked("cancelOrderAsAdmin", input).await;
    let doctor = shop.app().doctor(|_| {}).await.expect("a report");
    assert!(doctor.is_healthy(), "{doctor:?}");
    shop.leave_jobs();
    let memo = &order["order"]["credit_memos"][0]["total"]["grand_total"]["value"];
    (order["state"].clone(), memo.clone())
}

on_every_database!(an_open_invoice_is_paid, |shop| async move {
    let Some(id) = billed(&shop).await else { return };
    let paid = json!({ "order_id": id, "invoice_number": "900002025-2", "reference": "tx-9" });
    let order = shop.worked("payInvoice", paid.clone()).await;
    assert_eq!(
        order["comments"][0]["message"],
        "We received €20.00 for invoice 900002025-2."
    );
    assert_eq!(order["events"][3]["kind"], "order.invoices_paid");
    let audit = &shop.audit_log(1).await[0];
    assert_eq!(audit["action"], "payInvoice");
    assert_eq!(
        audit["details"],
        "invoice 900002025-2 paid, €20.00, reference tx-9"
    );
    let again = shop.refused("payInvoice", paid).await;
    assert_eq!(again, ("NOT_FOUND".into(), "invoice_number".into()));
    let none = shop.refused("cancelInvoice", json!({ "order_id": id })).await;
    assert_eq!(none, ("INVALID_ORDER_STATUS".into(), "order_id".into()));
    assert_eq!(canceled(&shop, &id).await, (json!("closed"), json!(30.0)));
});

on_every_database!(an_open_invoice_is_withdrawn, |shop| async move {
    let Some(id) = billed(&shop).await else { return };
    let order = shop.worked("cancelInvoice", json!({ "order_id": id })).await;
    assert_eq!(order["state"], "processing");
    assert_eq!(order["order"]["items"][1]["quantity_invoiced"], 0.0);
    assert_eq!(shop.order(&id).await, order, "what was answered is what was kept");
    let query = "query($id: ID!) { order(id: $id) { order { invoices { state } } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    let states = json!([{ "state": "PAID" }, { "state": "CANCELED" }]);
    assert_eq!(asked.send().await.data("/order/order/invoices"), &states);
    assert_eq!(canceled(&shop, &id).await, (json!("canceled"), json!(10.0)));
});

on_every_database!(
    a_newer_import_says_that_an_open_invoice_is_paid,
    |shop| async move {
        let Some(id) = billed(&shop).await else { return };
        let case: Value = serde_json::from_str(&text_of(CASE).expect("the case")).expect("a case");
        let old = case["import"][0].clone();
        let mut newer = old.clone();
        for item in newer["items"].as_array_mut().expect("items") {
            item["qty_invoiced"] = json!(1);
        }
        newer["state"] = json!("processing");
        newer["status"] = json!("processing");
        newer["total_invoiced"] = json!(30);
        newer["total_paid"] = json!(30);
        newer["updated_at"] = json!("2025-03-11 09:00:00");
        newer["payment"]["last_trans_id"] = json!("tx-9");
        for (order, updated, notes) in [
            (&old, 0, json!([])),
            (
                &newer,
                1,
                json!(["order 900002025: was changed here and is not replaced; paid now: 900002025-2"]),
            ),
            (&newer, 0, json!([])),
        ] {
            let input = json!({ "orders": order.to_string() });
            let report = shop
                .owner_does("importOrders", input, "updated skipped notes")
                .await;
            let expected =
                json!({ "updated": updated, "skipped": 1 - updated, "notes": notes, "user_errors": [] });
            assert_eq!(report, expected);
        }
        assert_eq!(shown(&shop, &id).await["status"], "Processing");
        assert_eq!(canceled(&shop, &id).await, (json!("closed"), json!(30.0)));
    }
);
