//! An import of orders that were changed here: it undoes no work, pays open invoices, and tells once what else happened
//! where the orders came from.

use chrono::TimeDelta;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const REPORT: &str = "updated skipped needs_attention notes";
const KEPT: &str = "order 1: was changed here and is not replaced";

/// Order 1 with two items: an invoice for the first one is $20.00 with all the shipping, the second one is $10.00.
fn two_items() -> OrderJson {
    OrderJson::new("1")
        .line("A", 1000, 1, 0, 0)
        .line("B", 1000, 1, 0, 0)
}

/// Order 1, of which `dollars` were paid where it came from.
fn paid_there(dollars: i64) -> Value {
    two_items().with("total_paid", json!(dollars)).json()
}

/// Imports `order` on a night, `night` days after it was placed. Gives the counts of updated orders, skipped orders and
/// orders that need attention, and the notes.
async fn night(shop: &TestShop, night: u32, order: &Value) -> ([u64; 3], Vec<String>) {
    let mut order = order.clone();
    order["updated_at"] = json!(format!("2026-03-{:02} 03:00:00", 1 + night));
    let input = json!({ "orders": order.to_string() });
    let report = shop.owner_does("importOrders", input, REPORT).await;
    let counts = ["updated", "skipped", "needs_attention"].map(|it| report[it].as_u64().expect("a count"));
    let notes = report["notes"].as_array().expect("notes").iter();
    let notes = notes.map(|it| it.as_str().expect("a note").to_owned());
    (counts, notes.collect())
}

const UPDATED: [u64; 3] = [1, 0, 0];
const SKIPPED: [u64; 3] = [0, 1, 0];
const TOLD: [u64; 3] = [0, 0, 1];

/// Imports order 1 and leaves an invoice open for each item.
async fn billed(shop: &TestShop) -> String {
    shop.enable_cancellation().await;
    let id = shop.import(&[two_items().json()]).await.remove(0);
    let items = shop.order(&id).await["order"]["items"].clone();
    for item in items.as_array().expect("items") {
        let lines = json!([{ "item_id": item["id"], "quantity": 1 }]);
        let input = json!({ "order_id": id, "items": lines, "unpaid": true });
        shop.worked("createInvoice", input).await;
    }
    id
}

async fn invoice_states(shop: &TestShop, id: &str) -> Vec<Value> {
    let query = "query($id: ID!) { order(id: $id) { order { invoices { state } } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    let answer = asked.send().await;
    let invoices = answer.data("/order/order/invoices").as_array().expect("invoices");
    invoices.iter().map(|it| it["state"].clone()).collect()
}

/// The reasons of what needs attention, oldest first.
async fn attention(shop: &TestShop) -> Vec<Value> {
    let query = "{ needsAttention { items { reasons order { order { number } } } } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    let items = answer
        .data("/needsAttention/items")
        .as_array()
        .expect("items")
        .clone();
    assert!(
        items.iter().all(|it| it["order"]["order"]["number"] == "1"),
        "{items:?}"
    );
    items.iter().map(|it| it["reasons"].clone()).collect()
}

async fn last_line(shop: &TestShop, id: &str) -> Value {
    let order = shop.order(id).await;
    let lines = order["comments"].as_array().expect("comments");
    lines.last().expect("a line")["message"].clone()
}

async fn is_healthy(shop: &TestShop) {
    let report = shop.app().doctor(|_| {}).await.expect("a report");
    assert!(report.is_healthy(), "{report:?}");
}

on_every_database!(
    an_import_pays_the_open_invoices_that_its_paid_amount_covers,
    |shop| async move {
        let id = billed(&shop).await;
        let paid = |number: &str| vec![format!("{KEPT}; paid now: {number}")];
        assert_eq!(night(&shop, 1, &paid_there(20)).await, (UPDATED, paid("1-1")));
        assert_eq!(invoice_states(&shop, &id).await, ["PAID", "OPEN"]);
        let order = shop.order(&id).await;
        assert_eq!(
            order["comments"][0]["message"],
            "We received $20.00 for invoice 1-1."
        );
        assert_eq!(night(&shop, 2, &paid_there(20)).await, (SKIPPED, vec![]));
        assert_eq!(night(&shop, 3, &paid_there(30)).await, (UPDATED, paid("1-2")));
        assert_eq!(night(&shop, 4, &paid_there(30)).await, (SKIPPED, vec![]));
        assert_eq!(attention(&shop).await, Vec::<Value>::new());
        let input = json!({ "order_id": id, "reason": "Other" });
        let canceled = shop.worked("cancelOrderAsAdmin", input).await;
        assert_eq!(canceled["state"], "closed");
        assert_eq!(
            canceled["order"]["credit_memos"][0]["total"]["grand_total"]["value"],
            30.0
        );
        is_healthy(&shop).await;
        shop.leave_jobs();
    }
);

on_every_database!(
    an_import_pays_open_invoices_of_an_order_on_hold,
    |shop| async move {
        let id = billed(&shop).await;
        shop.worked("holdOrder", json!({ "order_id": id })).await;
        let notes = vec![format!("{KEPT}; paid now: 1-1, 1-2")];
        assert_eq!(night(&shop, 1, &paid_there(30)).await, (UPDATED, notes));
        let order = shop.order(&id).await;
        assert_eq!([&order["state"], &order["status_code"]], ["holded", "holded"]);
        assert_eq!(invoice_states(&shop, &id).await, ["PAID", "PAID"]);
        let order = shop.worked("unholdOrder", json!({ "order_id": id })).await;
        assert_eq!(
            [&order["state"], &order["status_code"]],
            ["processing", "processing"]
        );
        is_healthy(&shop).await;
    }
);

on_every_database!(
    a_paid_amount_that_no_invoice_explains_is_told_once_for_each_amount,
    |shop| async move {
        let id = billed(&shop).await;
        let told = |amount: &str| format!("{KEPT}; paid there ({amount})");
        assert_eq!(night(&shop, 1, &paid_there(5)).await, (TOLD, vec![told("$5.00")]));
        let line = "The order was changed here, but in the shop that it came from: paid there ($5.00).";
        assert_eq!(last_line(&shop, &id).await, line);
        assert_eq!(invoice_states(&shop, &id).await, ["OPEN", "OPEN"]);
        assert_eq!(night(&shop, 2, &paid_there(5)).await, (SKIPPED, vec![]));
        // The first invoice is covered, and $5.00 are left of another amount.
        let both = vec![format!("{KEPT}; paid now: 1-1"), told("$5.00")];
        assert_eq!(night(&shop, 3, &paid_there(25)).await, (TOLD, both));
        assert_eq!(invoice_states(&shop, &id).await, ["PAID", "OPEN"]);
        assert_eq!(night(&shop, 4, &paid_there(25)).await, (SKIPPED, vec![]));
        assert_eq!(
            night(&shop, 5, &paid_there(26)).await,
            (TOLD, vec![told("$6.00")])
        );
        assert_eq!(night(&shop, 6, &paid_there(26)).await, (SKIPPED, vec![]));
        assert_eq!(attention(&shop).await, vec![json!(["PAID_UPSTREAM"]); 3]);
        is_healthy(&shop).await;
    }
);

on_every_database!(
    a_shipment_elsewhere_of_an_order_on_hold_is_told_once,
    |shop| async move {
        let id = shop.import(&[two_items().json()]).await.remove(0);
        shop.worked("holdOrder", json!({ "order_id": id })).await;
        let shipped = |units: i64| {
            let lines = OrderJson::new("1").line("A", 1000, 1, 0, 1);
            lines.line("B", 1000, 1, 0, units).json()
        };
        let told = |what: &str| vec![format!("{KEPT}; shipped there ({what})")];
        // The order was shipped there before it was put on hold here, and the import comes after both.
        assert_eq!(night(&shop, 0, &shipped(0)).await, (TOLD, told("1 unit")));
        for later in [0, 1] {
            assert_eq!(night(&shop, later, &shipped(0)).await, (SKIPPED, vec![]));
        }
        assert_eq!(shop.order(&id).await["state"], "holded");
        let line = "The order was changed here, but in the shop that it came from: shipped there (1 unit).";
        assert_eq!(last_line(&shop, &id).await, line);
        assert_eq!(night(&shop, 2, &shipped(1)).await, (TOLD, told("2 units")));
        assert_eq!(night(&shop, 3, &shipped(1)).await, (SKIPPED, vec![]));
        assert_eq!(attention(&shop).await, vec![json!(["SHIPPED_UPSTREAM"]); 2]);
        is_healthy(&shop).await;
    }
);

on_every_database!(
    a_cancellation_elsewhere_of_an_order_on_hold_is_told_once,
    |shop| async move {
        let order = OrderJson::new("1").line("A", 1000, 1, 0, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        shop.worked("holdOrder", json!({ "order_id": id })).await;
        let mut canceled = order
            .in_state("canceled", "canceled")
            .with("total_canceled", json!(15))
            .json();
        canceled["items"][0]["qty_canceled"] = json!(1);
        let told = vec![format!("{KEPT}; canceled there (1 unit)")];
        assert_eq!(night(&shop, 1, &canceled).await, (TOLD, told));
        assert_eq!(night(&shop, 2, &canceled).await, (SKIPPED, vec![]));
        assert_eq!(attention(&shop).await, [json!(["CANCELED_UPSTREAM"])]);
        is_healthy(&shop).await;
    }
);

on_every_database!(
    a_guests_request_keeps_no_import_from_updating_the_order,
    |shop| async move {
        shop.enable_cancellation().await;
        let order = OrderJson::new("1").line("A", 1000, 1, 0, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        // The order was shipped there before the request, and the import comes after both.
        shop.wait(TimeDelta::days(3));
        let key = shop.mailed_key(&id, "Other").await;
        let shipped = OrderJson::new("1").line("A", 1000, 1, 1, 1).json();
        assert_eq!(night(&shop, 1, &shipped).await, (UPDATED, vec![]));
        let line = "Order cancellation confirmation key was sent via email.";
        assert_eq!(last_line(&shop, &id).await, line);
        let refused = shop.confirm_cancel(&id, &key).send().await;
        let code = refused.data("/confirmCancelOrder/errorV2/code");
        assert_eq!(code, "PARTIAL_ORDER_ITEM_SHIPPED");
        is_healthy(&shop).await;
    }
);

on_every_database!(
    a_refund_elsewhere_of_an_order_that_is_refunded_here_is_told_once,
    |shop| async move {
        let paid = OrderJson::new("1").line("A", 1000, 1, 1, 0);
        let id = shop.import(&[paid.json()]).await.remove(0);
        let order = shop.worked("createCreditMemo", json!({ "order_id": id })).await;
        let memo = &order["order"]["credit_memos"][0]["total"]["grand_total"]["value"];
        assert_eq!((&order["state"], memo), (&json!("closed"), &json!(15.0)));
        assert_eq!(night(&shop, 1, &paid.json()).await, (SKIPPED, vec![]));
        let mut refunded = paid
            .in_state("closed", "closed")
            .with("total_refunded", json!(15))
            .json();
        refunded["shipping_refunded"] = json!(5);
        refunded["items"][0]["qty_refunded"] = json!(1);
        refunded["items"][0]["amount_refunded"] = json!(10);
        let told = vec![format!("{KEPT}; refunded there ($15.00)")];
        assert_eq!(night(&shop, 2, &refunded).await, (TOLD, told));
        let line = "The order is closed here, but in the shop that it came from: refunded there ($15.00).";
        assert_eq!(last_line(&shop, &id).await, line);
        for later in [3, 4] {
            assert_eq!(night(&shop, later, &refunded).await, (SKIPPED, vec![]));
        }
        let reasons = attention(&shop).await;
        assert_eq!(reasons, [json!(["REFUND_BY_HAND"]), json!(["REFUNDED_UPSTREAM"])]);
        is_healthy(&shop).await;
        shop.leave_jobs();
    }
);

on_every_database!(
    a_newer_import_replaces_an_order_with_notes_and_keeps_the_notes,
    |shop| async move {
        let line =
            |text: &str, at: &str| json!({ "comment": text, "created_at": at, "is_visible_on_front": 1 });
        let history = |texts: &[Value]| two_items().with("status_histories", json!(texts)).json();
        let placed = line("placed", "2026-03-01 10:00:00");
        let id = shop
            .import(&[history(std::slice::from_ref(&placed))])
            .await
            .remove(0);
        let note = |text: &str, seen: bool| json!({ "order_id": id, "text": text, "visible_on_front": seen });
        shop.worked("addOrderNote", note("Call back.", false)).await;
        shop.worked("addOrderNote", note("We call you.", true)).await;
        let packed = line("packed", "2036-03-01 10:00:00");
        for (later, sku) in [(1, "C"), (2, "D")] {
            let mut newer = history(&[placed.clone(), packed.clone()]);
            newer["items"][0]["sku"] = json!(sku);
            assert_eq!(night(&shop, later, &newer).await, (UPDATED, vec![]));
            assert_eq!(night(&shop, later, &newer).await, (SKIPPED, vec![]));
            let order = shop.order(&id).await;
            assert_eq!(order["order"]["items"][0]["product_sku"], sku);
            let lines = order["comments"].as_array().expect("comments").iter();
            let lines = lines.map(|it| (it["message"].as_str(), it["visible_on_front"].as_bool()));
            let expected = [
                ("placed", true),
                ("Call back.", false),
                ("We call you.", true),
                ("packed", true),
            ];
            let expected = expected.map(|(text, seen)| (Some(text), Some(seen)));
            assert_eq!(lines.collect::<Vec<_>>(), expected);
        }
        let order = shop.order(&id).await;
        let kinds = order["events"].as_array().expect("events").iter();
        let kinds: Vec<_> = kinds.map(|it| it["kind"].as_str().unwrap_or_default()).collect();
        let (note_added, updated) = ("order.note_added", "order.updated");
        assert_eq!(
            kinds,
            ["order.imported", note_added, note_added, updated, updated]
        );
        // A note beside other work does not make the order replaceable.
        shop.worked("holdOrder", json!({ "order_id": id })).await;
        shop.worked("addOrderNote", note("On hold.", false)).await;
        assert_eq!(night(&shop, 3, &two_items().json()).await, (SKIPPED, vec![]));
        assert_eq!(last_line(&shop, &id).await, "On hold.");
        is_healthy(&shop).await;
    }
);

on_every_database!(
    an_open_invoice_that_is_covered_once_the_first_one_is_withdrawn_is_paid,
    |shop| async move {
        shop.enable_cancellation().await;
        let mut imported = OrderJson::new("1")
            .line("A", 1000, 1, 1, 0)
            .line("B", 1000, 1, 0, 0)
            .json();
        imported["total_paid"] = json!(15);
        let id = shop.import(&[imported]).await.remove(0);
        let unpaid = json!({ "order_id": id, "unpaid": true });
        shop.worked("createInvoice", unpaid).await;
        assert_eq!(invoice_states(&shop, &id).await, ["OPEN", "OPEN"]);
        let first = json!({ "order_id": id, "invoice_number": "1-1" });
        let order = shop.worked("cancelInvoice", first).await;
        assert_eq!(order["state"], "processing");
        assert_eq!(invoice_states(&shop, &id).await, ["CANCELED", "PAID"]);
        let second = json!({ "order_id": id, "invoice_number": "1-2" });
        let refused = shop.refused("payInvoice", second).await;
        assert_eq!(refused, ("NOT_FOUND".into(), "invoice_number".into()));
        let input = json!({ "order_id": id, "reason": "Other" });
        let canceled = shop.worked("cancelOrderAsAdmin", input).await;
        let memo = &canceled["order"]["credit_memos"][0]["total"]["grand_total"]["value"];
        assert_eq!((&canceled["state"], memo), (&json!("canceled"), &json!(15.0)));
        is_healthy(&shop).await;
        shop.leave_jobs();
    }
);
