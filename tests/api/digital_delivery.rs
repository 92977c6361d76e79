//! Digital items that were delivered and gift cards that were used: they cannot be canceled, the rest can, by item.

use countermand_tests::refusal::Refusal;
use countermand_tests::storefront::paid_back;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

const DIGITAL_DELIVERED: Refusal = Refusal {
    code: "UNDEFINED",
    message: "DIGITAL_DELIVERED: A digital item of the order was delivered; the other items can be canceled by item.",
};

const GIFT_CARD_USED: Refusal = Refusal {
    code: "UNDEFINED",
    message: "GIFT_CARD_USED: A gift card of the order was used; the other items can be canceled by item.",
};

/// Anna's token, and the id of her paid order of two cups and of three units of a product of the type `product_type`.
async fn sell(shop: &TestShop, product_type: &str) -> (String, String) {
    shop.enable_cancellation().await;
    let customer = shop.customer(BUYER).await;
    let order = OrderJson::new("1")
        .by(BUYER)
        .line("cup", 1000, 2, 2, 0)
        .line("digital", 500, 3, 3, 0)
        .of_type(product_type);
    (customer, shop.import(&[order.json()]).await.remove(0))
}

/// What a member of staff or the fulfilment tells about `quantity` units of the second item.
async fn told(shop: &TestShop, id: &str, quantity: i64, more: &Value) -> Value {
    let order = shop.order(id).await;
    let item = order["order"]["items"][1]["id"].clone();
    let mut input = json!({ "order_id": id, "items": [{ "item_id": item, "quantity": quantity }] });
    for (field, value) in more.as_object().expect("fields") {
        input[field] = value.clone();
    }
    input
}

async fn shown(shop: &TestShop, customer: &str) -> Value {
    let query = "{ customer { orders { items { available_actions
      deliveries { product_sku quantity kind delivered_at }
      cancellation_terms { action refusals { code hint } items { product_sku action quantity_open refusals deadline hint } }
    } } } }";
    let answer = shop.ask(query).token(customer).send().await;
    answer.data("/customer/orders/items/0").clone()
}

on_every_database!(
    a_downloaded_item_stays_and_the_rest_is_canceled_by_item,
    |shop| async move {
        let (anna, id) = sell(&shop, "downloadable").await;
        let before = shown(&shop, &anna).await;
        assert_eq!(before["cancellation_terms"]["action"], "CANCEL", "{before:#}");
        assert_eq!(before["deliveries"], json!([]));

        let downloaded = json!({ "kind": "DOWNLOADED", "delivered_at": "2025-12-31T10:00:00Z" });
        let one = told(&shop, &id, 1, &downloaded).await;
        shop.worked("recordDelivery", one).await;
        let after = shown(&shop, &anna).await;
        let expected = json!([{ "product_sku": "digital", "quantity": 1.0, "kind": "DOWNLOADED",
          "delivered_at": "2025-12-31 10:00:00" }]);
        assert_eq!(after["deliveries"], expected);
        let terms = &after["cancellation_terms"];
        assert_eq!(terms["action"], "NONE");
        assert_eq!(terms["refusals"][0]["code"], "DIGITAL_DELIVERED");
        let items = json!([
            { "product_sku": "cup", "action": "CANCEL", "quantity_open": 2.0, "refusals": [],
              "deadline": null, "hint": null },
            { "product_sku": "digital", "action": "CANCEL", "quantity_open": 2.0, "refusals": [],
              "deadline": null, "hint": null },
        ]);
        assert_eq!(terms["items"], items);
        assert!(
            !after["available_actions"].to_string().contains("CANCEL"),
            "{after:#}"
        );

        // The whole order and the downloaded unit are refused; the other units are canceled.
        let whole = shop.cancel_order(&id, "Other").token(&anna).send().await;
        assert_eq!(whole.refused(DIGITAL_DELIVERED)["state"], "processing");
        let too_many = shop.item_lines(&id, &[0, 3]).await;
        let answer = shop.cancel_items(&id, &too_many, "").token(&anna).send().await;
        answer.is_refused(DIGITAL_DELIVERED);
        let staff = json!({ "order_id": id, "reason": "Other" });
        let refused = shop.refused("cancelOrderAsAdmin", staff).await;
        assert_eq!(refused, ("DIGITAL_DELIVERED".into(), "order_id".into()));
        let rest = shop.item_lines(&id, &[1, 2]).await;
        let answer = shop.cancel_items(&id, &rest, "").token(&anna).send().await;
        assert_eq!(paid_back(answer.order()), [20.0]);

        shop.worked("recordDelivery", told(&shop, &id, 1, &downloaded).await)
            .await;
        let items = shown(&shop, &anna).await["cancellation_terms"]["items"].clone();
        assert_eq!(
            items[1],
            json!({ "product_sku": "digital", "action": "NONE", "quantity_open": 0.0,
              "refusals": ["DIGITAL_DELIVERED"], "deadline": null,
              "hint": "Cancel the other items one by one, or ask the shop about this item." })
        );
        let last = shop.item_lines(&id, &[1, 0]).await;
        let answer = shop.cancel_items(&id, &last, "").token(&anna).send().await;
        assert_eq!(answer.order()["state"], "complete");
        let report = shop.app().doctor(|_| {}).await.expect("a report");
        assert!(report.is_healthy(), "{report:#?}");
        shop.leave_jobs();
    }
);

on_every_database!(the_same_delivery_told_again_changes_nothing, |shop| async move {
    let (_, id) = sell(&shop, "virtual").await;
    let delivered = json!({ "kind": "DELIVERED" });
    let two = told(&shop, &id, 2, &delivered).await;
    let first = shop.worked("recordDelivery", two.clone()).await;
    let kinds = first["events"].to_string();
    assert!(kinds.contains("order.delivery_recorded"), "{kinds}");
    let entry = shop.audit_log(1).await.remove(0);
    assert_eq!(entry["details"], "delivered: 2 of item 2");
    for quantity in [2, 1] {
        let again = told(&shop, &id, quantity, &delivered).await;
        let payload = shop.owner_does("recordDelivery", again, "").await;
        assert_eq!(payload["user_errors"], json!([]));
    }
    assert_eq!(shop.order(&id).await["events"], first["events"]);
    assert_eq!(shop.audit_log(1).await.remove(0), entry);
    let all = shop
        .worked("recordDelivery", told(&shop, &id, 3, &delivered).await)
        .await;
    assert_ne!(all["events"], first["events"]);
});

on_every_database!(a_used_gift_card_is_not_canceled, |shop| async move {
    let (anna, id) = sell(&shop, "giftcard").await;
    let unused = shown(&shop, &anna).await;
    assert_eq!(unused["cancellation_terms"]["action"], "CANCEL");
    let used = told(&shop, &id, 3, &json!({})).await;
    shop.worked("recordGiftCardUse", used).await;
    let terms = shown(&shop, &anna).await["cancellation_terms"].clone();
    assert_eq!(terms["refusals"][0]["code"], "GIFT_CARD_USED");
    assert_eq!(terms["items"][0]["action"], "CANCEL");
    assert_eq!(terms["items"][1]["refusals"], json!(["GIFT_CARD_USED"]));
    let whole = shop.cancel_order(&id, "Other").token(&anna).send().await;
    whole.is_refused(GIFT_CARD_USED);
    let rest = shop.item_lines(&id, &[2, 0]).await;
    let answer = shop.cancel_items(&id, &rest, "").token(&anna).send().await;
    assert_eq!(paid_back(answer.order()), [20.0]);
    shop.leave_jobs();
});

on_every_database!(
    only_digital_items_are_delivered_and_only_gift_cards_are_used,
    |shop| async move {
        let (_, id) = sell(&shop, "giftcard").await;
        let delivered = told(&shop, &id, 1, &json!({ "kind": "DELIVERED" })).await;
        let invalid = ("INVALID".into(), "items".into());
        assert_eq!(shop.refused("recordDelivery", delivered).await, invalid);
        let cup = shop.order(&id).await["order"]["items"][0]["id"].clone();
        let lines = json!([{ "item_id": cup, "quantity": 1 }]);
        let cup = json!({ "order_id": id, "kind": "DELIVERED", "items": lines });
        assert_eq!(shop.refused("recordDelivery", cup).await, invalid);
        let cup = json!({ "order_id": id, "items": lines });
        assert_eq!(shop.refused("recordGiftCardUse", cup).await, invalid);
        let four = told(&shop, &id, 4, &json!({})).await;
        let too_many = ("QUANTITY_EXCEEDED".into(), "items".into());
        assert_eq!(shop.refused("recordGiftCardUse", four).await, too_many);
        let later = told(&shop, &id, 1, &json!({ "used_at": "2999-01-01T00:00:00Z" })).await;
        let in_future = shop.refused("recordGiftCardUse", later).await;
        assert_eq!(in_future, ("INVALID".into(), "used_at".into()));
        let nonsense = told(&shop, &id, 1, &json!({ "used_at": "yesterday" })).await;
        let refused = shop.refused("recordGiftCardUse", nonsense).await;
        assert_eq!(refused, ("INVALID".into(), "used_at".into()));
    }
);

on_every_database!(
    of_a_cancellation_and_a_delivery_at_the_same_time_one_wins,
    |shop| async move {
        let (anna, _) = sell(&shop, "simple").await;
        let replica = shop.replica().await;
        for round in 0..8 {
            let order = OrderJson::new(&format!("r{round}"))
                .by(BUYER)
                .line("cup", 1000, 1, 1, 0)
                .line("file", 500, 1, 1, 0)
                .of_type("downloadable");
            let id = shop.import(&[order.json()]).await.remove(0);
            let input = told(&shop, &id, 1, &json!({ "kind": "DOWNLOADED" })).await;
            let telling = replica.owner_does("recordDelivery", input, "");
            let canceling = shop.cancel_order(&id, "Other").token(&anna).send();
            let (told, canceled) = tokio::join!(telling, canceling);
            let is_told = told["user_errors"] == json!([]);
            let refusal = canceled.data("/cancelOrder/errorV2").clone();
            assert_eq!(is_told, !refusal.is_null(), "{told:#} {:#}", canceled.body);
        }
        shop.leave_jobs();
    }
);
