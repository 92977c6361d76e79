//! Staff asks for changes that an order does not allow: each is refused with a reason and changes no order.

use countermand_domain::StaffRole;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

/// Sends a change that must be refused. The order and the audit log must stay as they are.
async fn refused(shop: &TestShop, mutation: &str, id: &str, mut input: Value) -> (String, String) {
    let before = (shop.order(id).await, shop.audit_log(1).await);
    if input.get("order_id").is_none() {
        input["order_id"] = json!(id);
    }
    let payload = shop.work(mutation, input.clone()).await;
    assert!(payload["order"].is_null(), "{mutation} {input}");
    assert_eq!(
        (shop.order(id).await, shop.audit_log(1).await),
        before,
        "{mutation} {input}"
    );
    let refusals = payload["user_errors"].as_array().expect("a list");
    let [refusal] = refusals.as_slice() else {
        panic!("{mutation} {input}: {refusals:?}")
    };
    assert!(
        refusal["message"].as_str().is_some_and(|it| !it.is_empty()),
        "{mutation} {input}"
    );
    let text = |field: &str| refusal[field].as_str().unwrap_or_default().to_owned();
    (text("code"), text("field"))
}

async fn item_of(shop: &TestShop, id: &str) -> Value {
    shop.order(id).await["order"]["items"][0]["id"].clone()
}

fn lines(item: &Value, quantity: &Value) -> Value {
    json!({ "items": [{ "item_id": item, "quantity": quantity }] })
}

fn pair(code: &str, field: &str) -> (String, String) {
    (code.into(), field.into())
}

on_every_database!(
    an_order_must_exist_and_its_id_must_be_well_formed,
    |shop| async move {
        let id = shop
            .import(&[OrderJson::new("1").line("A", 1000, 1, 0, 0).json()])
            .await
            .remove(0);
        let mutations = [
            "createInvoice",
            "createShipment",
            "createCreditMemo",
            "holdOrder",
            "unholdOrder",
            "cancelOrderAsAdmin",
        ];
        for mutation in mutations {
            let named = |order: &str| match mutation {
                "cancelOrderAsAdmin" => json!({ "order_id": order, "reason": "Other" }),
                _ => json!({ "order_id": order }),
            };
            let unknown = refused(&shop, mutation, &id, named("19999999999")).await;
            assert_eq!(unknown, pair("NOT_FOUND", "order_id"), "{mutation}");
            for malformed in ["", "0", "x!", "-1", "1.5"] {
                let malformed = refused(&shop, mutation, &id, named(malformed)).await;
                assert_eq!(malformed, pair("INVALID", "order_id"), "{mutation}");
            }
        }
    }
);

on_every_database!(
    a_document_takes_items_of_its_order_and_no_more_than_is_left,
    |shop| async move {
        let orders = [
            OrderJson::new("1").line("A", 1000, 2, 1, 0).json(),
            OrderJson::new("2").line("A", 1000, 2, 0, 0).json(),
        ];
        let ids = shop.import(&orders).await;
        let (item, stranger) = (item_of(&shop, &ids[0]).await, item_of(&shop, &ids[1]).await);
        for mutation in ["createInvoice", "createShipment", "createCreditMemo"] {
            let ask = async |input: Value| refused(&shop, mutation, &ids[0], input).await;
            let invalid = pair("INVALID", "items");
            assert_eq!(
                ask(lines(&stranger, &json!(1))).await,
                invalid,
                "{mutation}: another order's item"
            );
            assert_eq!(
                ask(lines(&json!("x"), &json!(1))).await,
                invalid,
                "{mutation}: no id at all"
            );
            // A credit memo takes both: it refunds the shipping or an amount alone.
            let without_items = json!({ "items": [], "refund_shipping": false });
            let of_none = json!({ "items": [{ "item_id": item, "quantity": 0 }], "refund_shipping": false });
            for mut nothing in [without_items, of_none] {
                if mutation != "createCreditMemo" {
                    nothing.as_object_mut().expect("fields").remove("refund_shipping");
                }
                assert_eq!(ask(nothing.clone()).await, invalid, "{mutation}: {nothing}");
            }
            for quantity in [json!(-1), json!(0.000_01), json!(1e300)] {
                assert_eq!(
                    ask(lines(&item, &quantity)).await,
                    invalid,
                    "{mutation}: {quantity}"
                );
            }
            let too_many = ask(lines(&item, &json!(2.5))).await;
            assert_eq!(too_many, pair("QUANTITY_EXCEEDED", "items"), "{mutation}");
            let twice = json!({ "items": [
            { "item_id": item, "quantity": 1.5 }, { "item_id": item, "quantity": 1 }
        ] });
            assert_eq!(
                ask(twice).await,
                pair("QUANTITY_EXCEEDED", "items"),
                "{mutation}: the same item twice"
            );
        }
    }
);

on_every_database!(
    a_document_needs_a_fitting_state_and_a_quantity_that_is_left,
    |shop| async move {
        let line = |number: &str| OrderJson::new(number).line("A", 1000, 1, 0, 0);
        let paid = |number: &str| OrderJson::new(number).line("A", 1000, 1, 1, 0);
        let virtual_item = OrderJson::new("V").line("A", 1000, 1, 0, 0).of_type("virtual");
        let state = pair("INVALID_ORDER_STATUS", "order_id");
        let nothing = pair("NOTHING_LEFT", "items");
        let cases = [
            ("createInvoice", line("1").in_state("holded", "holded"), &state),
            (
                "createInvoice",
                line("2").in_state("canceled", "canceled"),
                &state,
            ),
            (
                "createInvoice",
                line("3").in_state("payment_review", "payment_review"),
                &state,
            ),
            ("createInvoice", paid("4"), &nothing),
            (
                "createShipment",
                line("5").in_state("pending_payment", "pending_payment"),
                &state,
            ),
            ("createShipment", line("6").in_state("closed", "closed"), &state),
            ("createShipment", line("7").in_state("holded", "holded"), &state),
            ("createShipment", virtual_item, &nothing),
            ("createCreditMemo", line("8"), &state),
            ("createCreditMemo", paid("9").in_state("holded", "holded"), &state),
            ("holdOrder", paid("10").in_state("complete", "complete"), &state),
            ("holdOrder", line("11").in_state("holded", "holded"), &state),
            (
                "holdOrder",
                line("12").in_state("payment_review", "payment_review"),
                &state,
            ),
            ("unholdOrder", line("13"), &state),
        ];
        for (mutation, order, expected) in cases {
            let id = shop.import(&[order.json()]).await.remove(0);
            assert_eq!(
                &refused(&shop, mutation, &id, json!({})).await,
                expected,
                "{mutation} {order:?}"
            );
        }
    }
);

on_every_database!(no_more_is_refunded_than_was_paid, |shop| async move {
    let orders = [
        OrderJson::new("1").line("A", 1000, 2, 2, 0).json(),
        OrderJson::new("2")
            .line("A", 1000, 1, 0, 0)
            .line("B", 500, 1, 0, 0)
            .json(),
        OrderJson::new("3").line("A", 1000, 1, 0, 0).json(),
    ];
    let ids = shop.import(&orders).await;
    let memo = async |adjustment: f64| {
        refused(
            &shop,
            "createCreditMemo",
            &ids[0],
            json!({ "adjustment": adjustment }),
        )
        .await
    };
    assert_eq!(memo(0.01).await, pair("AMOUNT_EXCEEDED", "adjustment"));
    assert_eq!(
        memo(-30.01).await,
        pair("INVALID", "adjustment"),
        "less than nothing"
    );
    assert_eq!(
        memo(-0.001).await,
        pair("INVALID", "adjustment"),
        "a tenth of a cent"
    );
    assert_eq!(memo(1e300).await, pair("INVALID", "adjustment"));

    let first = lines(&item_of(&shop, &ids[1]).await, &json!(1));
    let mut invoice = first.clone();
    invoice["order_id"] = json!(ids[1]);
    shop.worked("createInvoice", invoice).await;
    shop.worked("createCreditMemo", json!({ "order_id": ids[1] }))
        .await;
    let again = refused(&shop, "createCreditMemo", &ids[1], json!({})).await;
    assert_eq!(again, pair("NOTHING_LEFT", "items"));

    shop.worked("createInvoice", json!({ "order_id": ids[2], "unpaid": true }))
        .await;
    let unpaid = refused(&shop, "createCreditMemo", &ids[2], json!({})).await;
    assert_eq!(unpaid, pair("INVALID_ORDER_STATUS", "order_id"));
});

on_every_database!(staff_learns_why_an_order_cannot_be_canceled, |shop| async move {
    let line = |number: &str| OrderJson::new(number).line("A", 1000, 2, 0, 0);
    let orders = [
        line("1").json(),
        OrderJson::new("2").line("A", 1000, 2, 0, 1).json(),
        line("3").in_state("closed", "closed").json(),
        line("4").in_state("payment_review", "payment_review").json(),
        line("5").json(),
    ];
    let ids = shop.import(&orders).await;
    shop.worked("createInvoice", json!({ "order_id": ids[4], "unpaid": true }))
        .await;
    let cancel = async |order: usize, reason: &str| {
        refused(
            &shop,
            "cancelOrderAsAdmin",
            &ids[order],
            json!({ "reason": reason }),
        )
        .await
    };
    assert_eq!(
        cancel(0, "Other").await,
        pair("ORDER_CANCELLATION_DISABLED", "order_id")
    );
    shop.enable_cancellation().await;
    assert_eq!(cancel(0, "Because").await, pair("INVALID_REASON", "reason"));
    assert_eq!(
        cancel(1, "Other").await,
        pair("PARTIAL_ORDER_ITEM_SHIPPED", "order_id")
    );
    for order in [2, 3, 4] {
        assert_eq!(
            cancel(order, "Other").await,
            pair("INVALID_ORDER_STATUS", "order_id"),
            "order {order}"
        );
    }
    let support = shop.staff(StaffRole::Support, None).await;
    let input = json!({ "order_id": ids[0], "reason": "Other", "override_switch": true });
    let answer = shop
        .staff_asks("cancelOrderAsAdmin", &input, "")
        .token(&support)
        .send()
        .await;
    assert_eq!(answer.category(), "graphql-authorization");
    assert_eq!(shop.order(&ids[0]).await["state"], "new");
});
