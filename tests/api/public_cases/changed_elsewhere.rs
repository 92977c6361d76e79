//! An order is canceled here and shipped where it came from. The cancellation stays, and staff is told.

use countermand_tests::on_every_database;
use serde_json::{Value, json};

use super::{shown, sold, text_of};

const CASE: &str = "f2-shipped-after-canceled-unnoticed";
const ATTENTION: &str =
    "{ needsAttention { items { id reasons amount { value } order { order { number } } } } }";

on_every_database!(
    an_order_that_is_shipped_elsewhere_after_its_cancellation_is_told,
    |shop| async move {
        shop.enable_cancellation().await;
        let Some(id) = sold(&shop, CASE).await else { return };
        let input = json!({ "order_id": id, "reason": "Other" });
        let before = shop.worked("cancelOrderAsAdmin", input).await;
        shop.run_jobs().await;
        let case: Value = serde_json::from_str(&text_of(CASE).expect("the case")).expect("a case");
        let mut newer = case["import"][0].clone();
        for (field, value) in [("qty_invoiced", 1), ("qty_shipped", 1)] {
            newer["items"][0][field] = json!(value);
        }
        (newer["state"], newer["status"]) = (json!("complete"), json!("complete"));
        (newer["total_invoiced"], newer["total_paid"]) = (json!(10), json!(10));
        // The shop shipped it before the cancellation, and the import comes after it.
        newer["updated_at"] = json!("2025-03-11 09:00:00");
        let told = "order 900002026: canceled here, shipped there (1 unit), paid there (€10.00)";
        for (attention, notes) in [(1, json!([told])), (0, json!([]))] {
            let input = json!({ "orders": newer.to_string() });
            let report = shop
                .owner_does("importOrders", input, "updated skipped needs_attention notes")
                .await;
            let expected = json!({
                "updated": 0, "skipped": 1 - attention, "needs_attention": attention, "notes": notes, "user_errors": []
            });
            assert_eq!(report, expected);
        }
        let order = shop.order(&id).await;
        assert_eq!(
            (&order["state"], &order["order"]),
            (&json!("canceled"), &before["order"])
        );
        let lines = order["comments"].as_array().expect("comments");
        let line = "The order is canceled here, but in the shop that it came from: shipped there (1 unit), paid there (€10.00).";
        assert_eq!(lines.last().expect("a line")["message"], line);
        assert_eq!(lines.last().expect("a line")["visible_on_front"], false);
        assert_eq!(shown(&shop, &id).await["status"], "Canceled");

        let answer = shop.ask(ATTENTION).token(shop.owner()).send().await;
        let item = answer.data("/needsAttention/items/0").clone();
        assert_eq!(item["reasons"], json!(["SHIPPED_UPSTREAM", "PAID_UPSTREAM"]));
        assert_eq!(
            (&item["amount"], &item["order"]["order"]["number"]),
            (&Value::Null, &json!("900002026"))
        );
        let looked = json!({ "id": item["id"], "note": "the parcel comes back" });
        let settled = shop
            .owner_does("settleObligation", looked, "obligation { kind state }")
            .await;
        assert_eq!(
            settled["obligation"],
            json!({ "kind": "UPSTREAM_CHANGE", "state": "SETTLED" })
        );
        let answer = shop.ask(ATTENTION).token(shop.owner()).send().await;
        assert_eq!(answer.data("/needsAttention/items"), &json!([]));
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
        shop.leave_jobs();
    }
);
