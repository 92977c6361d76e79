//! The event of a cancellation tells the systems that keep stock, coupons and points what to give back, once.

use countermand_tests::webhook_receiver::WebhookReceiver;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

/// Two units of `tea` and one of `cup` at 10.00 each, bought with a coupon that has expired, and with 100 points.
fn order(number: &str) -> Value {
    let order = OrderJson::new(number)
        .line("tea", 1000, 2, 0, 0)
        .line("cup", 1000, 1, 0, 0);
    let mut order = order.with("coupon_code", json!("SPRING")).json();
    let extension = &mut order["extension_attributes"];
    extension["coupon_expires_at"] = json!("2026-03-06 00:00:00");
    extension["reward_points_balance"] = json!(100);
    extension["reward_points_expire_at"] = json!("2026-04-01 00:00:00");
    order
}

/// Sets the rules for stock, coupons and points.
async fn set(shop: &TestShop, stock: &str, coupons: &str, points: &str) {
    let values = json!([
        { "key": "sales/cancellation/restore_stock", "value": stock },
        { "key": "sales/cancellation/restore_coupons", "value": coupons },
        { "key": "sales/cancellation/restore_points", "value": points },
    ]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let done = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
}

/// Cancels these units of the items, or all that is left where there are none; gives the lines of the history.
async fn cancel(shop: &TestShop, id: &str, reason: &str, units: &[i64]) -> Vec<String> {
    let mut input = json!({ "order_id": id, "reason": reason });
    if !units.is_empty() {
        input["items"] = shop.item_lines(id, units).await;
    }
    let canceled = shop.worked("cancelOrderAsAdmin", input).await;
    shop.run_jobs().await;
    let lines = canceled["comments"].as_array().expect("comments").iter();
    let texts = lines.map(|line| line["message"].as_str().unwrap_or_default().to_owned());
    texts.collect()
}

on_every_database!(
    stock_coupon_and_points_are_told_once_by_the_rules_of_the_shop,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = WebhookReceiver::start().await;
        let input = json!({ "address": receiver.address, "event_kinds": ["order.canceled"] });
        let made = shop.owner_does("createWebhookEndpoint", input, "secret").await;
        assert_eq!(made["user_errors"], json!([]), "{made}");
        let ids = shop.import(&["1", "2", "3", "4"].map(order)).await;
        cancel(&shop, &ids[0], "Other", &[1, 0]).await;
        let lines = cancel(&shop, &ids[0], "Other", &[]).await;
        let both = "Coupon to be given back: SPRING. Points to be given back: 67.";
        assert!(lines.contains(&both.to_owned()), "{lines:?}");

        set(&shop, "ALWAYS", "UNEXPIRED", "UNEXPIRED").await;
        cancel(&shop, &ids[1], "Other", &[]).await;

        set(&shop, "NEVER", "SELLER_AT_FAULT", "SELLER_AT_FAULT").await;
        let lines = cancel(&shop, &ids[2], "Other", &[]).await;
        assert!(
            lines.contains(&"No unit goes back into stock.".to_owned()),
            "{lines:?}"
        );
        cancel(&shop, &ids[3], "out_of_stock", &[]).await;

        let line = |item: i32, sku: &str, units: &str| json!({ "item": item, "sku": sku, "quantity": units });
        let all = [line(1, "tea", "2"), line(2, "cup", "1")];
        let told = receiver.received();
        let told: Vec<_> = told
            .iter()
            .map(|it| it.json()["data"]["restores"].clone())
            .collect();
        assert_eq!(
            told,
            [
                json!({ "stock": [line(1, "tea", "1")], "coupons": [], "points": 33 }),
                json!({ "stock": [line(1, "tea", "1"), line(2, "cup", "1")], "coupons": ["SPRING"], "points": 67 }),
                json!({ "stock": all, "coupons": [], "points": 100 }),
                json!({ "stock": [], "coupons": [], "points": 0 }),
                json!({ "stock": [], "coupons": ["SPRING"], "points": 100 }),
            ]
        );
        // Staff reads the same of each change.
        let query = "query($id: ID!) { order(id: $id) { events { kind restores { stock { sku quantity } coupons points } } } }";
        let asked = shop.ask(query).variables(json!({ "id": ids[0] }));
        let answer = asked.token(shop.owner()).send().await;
        let events = answer.data("/order/events").as_array().expect("events").clone();
        let restores: Vec<_> = events.iter().map(|it| (&it["kind"], &it["restores"])).collect();
        let stock = json!([{ "sku": "tea", "quantity": 1.0 }, { "sku": "cup", "quantity": 1.0 }]);
        let last = json!({ "stock": stock, "coupons": ["SPRING"], "points": 67.0 });
        assert_eq!(restores.first(), Some(&(&json!("order.imported"), &Value::Null)));
        assert_eq!(restores.last(), Some(&(&json!("order.canceled"), &last)));
        // Nothing is left to tell.
        shop.run_jobs().await;
        assert_eq!(receiver.received().len(), told.len());
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);
