//! Staff works on orders: invoices, shipments, credit memos, holds and cancellations, each with an audit log entry.

use countermand_domain::StaffRole;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

/// An order of two units at 10.00 and one at 20.00, with 15.00 of shipping: 55.00 in all, and no payment.
fn three_units(number: &str) -> Value {
    OrderJson::new(number)
        .line("A", 1000, 2, 0, 0)
        .line("B", 2000, 1, 0, 0)
        .json()
}

async fn imported(shop: &TestShop, order: Value) -> String {
    shop.import(&[order]).await.remove(0)
}

/// The id of the item with `sku`.
fn item(order: &Value, sku: &str) -> Value {
    let items = order["order"]["items"].as_array().expect("items");
    let item = items.iter().find(|item| item["product_sku"] == sku);
    item.expect("an item with this SKU")["id"].clone()
}

/// The value at a JSON pointer in each entry of a list.
fn each(list: &Value, pointer: &str) -> Vec<Value> {
    let entries = list.as_array().expect("a list").iter();
    entries
        .map(|it| it.pointer(pointer).cloned().unwrap_or_default())
        .collect()
}

on_every_database!(the_first_invoice_carries_the_shipping, |shop| async move {
    let id = imported(&shop, three_units("1001")).await;
    let order = shop.order(&id).await;
    let one = json!([{ "item_id": item(&order, "A"), "quantity": 1 }]);
    let order = shop
        .worked("createInvoice", json!({ "order_id": id, "items": one }))
        .await;
    assert_eq!(order["state"], "processing");
    assert_eq!(order["order"]["items"][0]["quantity_invoiced"], 1.0);
    let invoice = &order["order"]["invoices"][0];
    assert_eq!(invoice["number"], "1001-1");
    assert_eq!(
        invoice["total"],
        json!({ "grand_total": { "value": 25.0 }, "total_shipping": { "value": 15.0 } })
    );

    let order = shop.worked("createInvoice", json!({ "order_id": id })).await;
    let invoices = &order["order"]["invoices"];
    assert_eq!(each(invoices, "/total/grand_total/value"), [25.0, 30.0]);
    assert_eq!(each(invoices, "/total/total_shipping/value"), [15.0, 0.0]);
    assert_eq!(each(&invoices[1]["items"], "/quantity_invoiced"), [1.0, 1.0]);
    assert_eq!(order["version"], 3);
    assert_eq!(shop.order(&id).await, order, "what was answered is what was kept");
});

on_every_database!(an_imported_open_invoice_is_paid_or_withdrawn, |shop| async move {
    shop.enable_cancellation().await;
    for (mutation, number, state) in [
        ("payInvoice", "1011", "closed"),
        ("cancelInvoice", "1012", "canceled"),
    ] {
        let unpaid = three_units(number);
        let mut billed = OrderJson::new(number)
            .line("A", 1000, 2, 2, 0)
            .line("B", 2000, 1, 1, 0)
            .json();
        billed["total_paid"] = json!(0);
        let id = imported(&shop, billed).await;
        let reason = json!({ "order_id": id, "reason": "Other" });
        let refused = shop.refused("cancelOrderAsAdmin", reason.clone()).await;
        assert_eq!(refused, ("INVALID_ORDER_STATUS".into(), "order_id".into()));
        shop.worked(mutation, json!({ "order_id": id })).await;
        assert_eq!(
            shop.worked("cancelOrderAsAdmin", reason.clone()).await["state"],
            state
        );

        // The same order, as if it had been so from the start.
        let again = imported(&shop, {
            let mut order = unpaid;
            order["increment_id"] = json!(format!("{number}0"));
            order
        });
        let again = again.await;
        if mutation == "payInvoice" {
            shop.worked("createInvoice", json!({ "order_id": again })).await;
        }
        let reason = json!({ "order_id": again, "reason": "Other" });
        let end = shop.worked("cancelOrderAsAdmin", reason).await;
        assert_eq!(end["state"], state);
        let memos = |order: &Value| each(&order["order"]["credit_memos"], "/total/grand_total/value");
        assert_eq!(memos(&end), memos(&shop.order(&id).await));
    }
    shop.leave_jobs();
});

on_every_database!(
    an_order_that_is_invoiced_and_shipped_is_complete,
    |shop| async move {
        let id = imported(&shop, three_units("1002")).await;
        let order = shop.worked("createInvoice", json!({ "order_id": id })).await;
        let tracking = json!([{ "carrier": "ups", "title": "United Parcel Service", "number": "1Z999" }]);
        let one = json!([{ "item_id": item(&order, "B"), "quantity": 1.0 }]);
        let shipment = json!({ "order_id": id, "items": one, "tracking": tracking });
        let order = shop.worked("createShipment", shipment).await;
        assert_eq!(order["state"], "processing");
        assert_eq!(order["order"]["shipments"][0]["tracking"], tracking);
        assert_eq!(
            order["order"]["shipments"][0]["items"],
            json!([{ "product_sku": "B", "quantity_shipped": 1.0 }])
        );

        let order = shop.worked("createShipment", json!({ "order_id": id })).await;
        assert_eq!(order["state"], "complete");
        assert_eq!(order["order"]["status"], "Complete");
        assert_eq!(
            each(&order["order"]["shipments"], "/number"),
            ["1002-1", "1002-2"]
        );
        assert_eq!(each(&order["order"]["items"], "/quantity_shipped"), [2.0, 1.0]);
        assert_eq!(shop.order(&id).await, order);
    }
);

on_every_database!(a_credit_memo_refunds_its_grand_total, |shop| async move {
    let paid = OrderJson::new("1003")
        .line("A", 1000, 2, 2, 0)
        .line("B", 2000, 1, 1, 0);
    let id = imported(&shop, paid.json()).await;
    let order = shop.order(&id).await;
    let one = json!([{ "item_id": item(&order, "A"), "quantity": 1 }]);
    let memo = json!({ "order_id": id, "items": one, "refund_shipping": false, "adjustment": -2.5 });
    let order = shop.worked("createCreditMemo", memo).await;
    assert_eq!(order["state"], "processing");
    let total = &order["order"]["credit_memos"][0]["total"];
    let expected = json!({
        "grand_total": { "value": 7.5 }, "total_shipping": { "value": 0.0 }, "adjustment": { "value": -2.5 }
    });
    assert_eq!(total, &expected);
    assert_eq!(
        order["reversals"],
        json!([{ "kind": "REFUND", "amount": { "value": 7.5 }, "state": "requested" }])
    );

    let order = shop.worked("createCreditMemo", json!({ "order_id": id })).await;
    assert_eq!(order["state"], "complete", "the kept fee can be given back later");
    assert_eq!(
        each(&order["order"]["credit_memos"], "/total/grand_total/value"),
        [7.5, 45.0]
    );
    assert_eq!(each(&order["order"]["items"], "/quantity_refunded"), [2.0, 1.0]);
    let comments = each(&order["comments"], "/message");
    assert_eq!(comments, ["We will refund $7.50.", "We will refund $45.00."]);
    assert_eq!(each(&order["comments"], "/visible_on_front"), [false, false]);
    assert_eq!(shop.order(&id).await, order);
});

on_every_database!(
    a_credit_memo_refunds_the_shipping_or_an_amount_alone,
    |shop| async move {
        let paid = OrderJson::new("1010").line("A", 1000, 2, 2, 0);
        let id = imported(&shop, paid.json()).await;
        let item = item(&shop.order(&id).await, "A");
        let none = json!([{ "item_id": item, "quantity": 0 }]);
        let goodwill = json!({ "order_id": id, "items": none, "refund_shipping": false, "adjustment": 3 });
        let order = shop.worked("createCreditMemo", goodwill).await;
        let memo = &order["order"]["credit_memos"][0];
        assert_eq!(memo["total"]["grand_total"]["value"], 3.0);
        assert_eq!(memo["total"]["adjustment"]["value"], 3.0);
        assert_eq!(each(&order["order"]["items"], "/quantity_refunded"), [0.0]);

        let shipping = json!({ "order_id": id, "items": [] });
        let order = shop.worked("createCreditMemo", shipping).await;
        assert_eq!(
            each(&order["order"]["credit_memos"], "/total/grand_total/value"),
            [3.0, 10.0]
        );
        assert_eq!(order["state"], "processing");

        let rest = json!({ "order_id": id, "adjustment": -3 });
        let order = shop.worked("createCreditMemo", rest).await;
        assert_eq!(
            each(&order["order"]["credit_memos"], "/total/grand_total/value"),
            [3.0, 10.0, 17.0]
        );
        assert_eq!(order["state"], "closed");
        assert_eq!(shop.order(&id).await, order);
    }
);

on_every_database!(a_fee_that_was_kept_is_given_back_later, |shop| async move {
    let paid = OrderJson::new("1011").line("A", 1000, 1, 1, 0);
    let id = imported(&shop, paid.json()).await;
    let kept = json!({ "order_id": id, "adjustment": -1 });
    let order = shop.worked("createCreditMemo", kept).await;
    assert_eq!(order["state"], "complete");
    let returned = json!({ "order_id": id, "adjustment": 1 });
    let order = shop.worked("createCreditMemo", returned).await;
    assert_eq!(order["state"], "closed");
    assert_eq!(
        each(&order["order"]["credit_memos"], "/total/grand_total/value"),
        [14.0, 1.0]
    );
});

on_every_database!(
    a_released_order_has_the_state_from_before_the_hold,
    |shop| async move {
        let fraud = OrderJson::new("1004")
            .line("A", 1000, 1, 1, 0)
            .in_state("processing", "fraud");
        let id = imported(&shop, fraud.json()).await;
        let held = shop.worked("holdOrder", json!({ "order_id": id })).await;
        assert_eq!([&held["state"], &held["status_code"]], ["holded", "holded"]);
        assert_eq!(held["order"]["status"], "On Hold");
        let released = shop.worked("unholdOrder", json!({ "order_id": id })).await;
        assert_eq!(
            [&released["state"], &released["status_code"]],
            ["processing", "fraud"]
        );
        assert_eq!(shop.order(&id).await, released);
    }
);

on_every_database!(
    money_that_arrives_during_a_hold_is_recorded_and_the_hold_stays,
    |shop| async move {
        shop.enable_cancellation().await;
        let id = imported(&shop, three_units("1013")).await;
        let order = json!({ "order_id": id });
        let unpaid = json!({ "order_id": id, "unpaid": true });
        shop.worked("createInvoice", unpaid.clone()).await;
        let withdrawn = shop.worked("cancelInvoice", order.clone()).await;
        assert_eq!(
            [&withdrawn["state"], &withdrawn["status_code"]],
            ["new", "pending"]
        );
        shop.worked("holdOrder", order.clone()).await;
        shop.worked("unholdOrder", order.clone()).await;
        shop.worked("createInvoice", unpaid).await;
        shop.worked("holdOrder", order.clone()).await;
        let refused = shop.work("cancelInvoice", order.clone()).await;
        assert_eq!(
            refused["user_errors"][0]["message"],
            "no invoice of an order in state `holded` can be withdrawn"
        );
        let paid = shop.worked("payInvoice", order.clone()).await;
        assert_eq!([&paid["state"], &paid["status_code"]], ["holded", "holded"]);
        assert_eq!(shop.order(&id).await, paid);
        let released = shop.worked("unholdOrder", order).await;
        assert_eq!(released["state"], "processing");
        let reason = json!({ "order_id": id, "reason": "Other" });
        assert_eq!(shop.worked("cancelOrderAsAdmin", reason).await["state"], "closed");
        shop.leave_jobs();
    }
);

on_every_database!(staff_cancels_by_the_same_rules_as_buyers, |shop| async move {
    let id = imported(&shop, three_units("1005")).await;
    let input = json!({ "order_id": id, "reason": "Other" });
    let refused = shop.work("cancelOrderAsAdmin", input.clone()).await;
    assert_eq!(refused["user_errors"][0]["code"], "ORDER_CANCELLATION_DISABLED");
    let mut overriding = input.clone();
    overriding["override_switch"] = json!(true);
    let order = shop.worked("cancelOrderAsAdmin", overriding).await;
    assert_eq!(order["state"], "canceled");
    assert_eq!(each(&order["order"]["items"], "/quantity_canceled"), [2.0, 1.0]);
    let entry = &shop.audit_log(1).await[0];
    assert_eq!(
        entry["details"],
        "other, $0.00 refunded, although the switch may be off"
    );

    shop.enable_cancellation().await;
    let paid = OrderJson::new("1006").line("A", 1000, 2, 2, 0);
    let id = imported(&shop, paid.json()).await;
    let order = shop
        .worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "other" }))
        .await;
    assert_eq!(order["state"], "closed");
    assert_eq!(
        each(&order["order"]["credit_memos"], "/total/grand_total/value"),
        [30.0]
    );
    let comments = each(&order["comments"], "/message");
    let sent = "Order cancellation notification email was sent.";
    assert_eq!(comments, ["We will refund $30.00.", sent, "other"]);
    assert_eq!(shop.order(&id).await, order);
    assert_eq!(shop.run_jobs().await.len(), 2, "a mail for each canceled order");
});

on_every_database!(
    every_change_names_who_made_it_when_and_from_where,
    |shop| async move {
        shop.enable_cancellation().await;
        let ids = shop
            .import(&[three_units("1007"), three_units("1008"), three_units("1009")])
            .await;
        let steps = [
            ("holdOrder", 0, json!({}), "order.held", "was new"),
            ("unholdOrder", 0, json!({}), "order.unheld", "is new"),
            (
                "createInvoice",
                0,
                json!({}),
                "order.invoiced",
                "invoice 1007-1, $55.00",
            ),
            (
                "createCreditMemo",
                0,
                json!({}),
                "order.credit_memo_created",
                "credit memo 1007-1, $55.00",
            ),
            ("createShipment", 1, json!({}), "order.shipped", "shipment 1008-1"),
            (
                "cancelOrderAsAdmin",
                2,
                json!({ "reason": "Other" }),
                "order.canceled",
                "other, $0.00 refunded",
            ),
        ];
        let anna = shop.staff(StaffRole::Manager, None).await;
        for (mutation, order, mut input, kind, note) in steps {
            shop.wait(chrono::TimeDelta::minutes(1));
            let now = shop.now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
            input["order_id"] = json!(ids[order]);
            let selection =
                "order { events { kind actor origin note version created_at } version order { number } }";
            let answer = shop
                .staff_asks(mutation, &input, selection)
                .token(&anna)
                .send()
                .await;
            let payload = answer.data(&format!("/{mutation}"));
            let event = payload["order"]["events"]
                .as_array()
                .and_then(|it| it.last())
                .expect("an event");
            let expected = json!({
                "kind": kind, "actor": "staff:manager", "origin": "127.0.0.1", "note": note,
                "version": payload["order"]["version"], "created_at": now
            });
            assert_eq!(event, &expected);
            let mut entry = shop.audit_log(1).await.remove(0);
            entry.as_object_mut().expect("an entry").remove("id");
            let expected = json!({
                "actor": "staff:manager", "action": mutation, "target": payload["order"]["order"]["number"],
                "origin": "127.0.0.1", "details": note, "created_at": now
            });
            assert_eq!(entry, expected);
        }
        shop.leave_jobs();
    }
);
