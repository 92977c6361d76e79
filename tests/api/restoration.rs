//! The event of a cancellation tells the systems that keep stock, coupons, gift cards, store credit and points what to
//! give back, once.

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

/// The same items with 15.00 of shipping, of which 15.00 are to be paid. Of the credits, a gift card is 12.00, store
/// credit is 8.00, and 50 points are 10.00.
fn order_with_credits(number: &str) -> Value {
    let mut order = order(number);
    for total in ["grand_total", "base_grand_total"] {
        order[total] = json!(15);
    }
    order["gift_cards_amount"] = json!(12);
    order["customer_balance_amount"] = json!(8);
    order["reward_currency_amount"] = json!(10);
    order["extension_attributes"]["reward_points_balance"] = json!(50);
    order
}

/// Sets the rules for stock, coupons and points.
async fn set(shop: &TestShop, stock: &str, coupons: &str, points: &str) {
    set_rules(
        shop,
        &[("stock", stock), ("coupons", coupons), ("points", points)],
    )
    .await;
}

/// Sets these rules, each by what it is about.
async fn set_rules(shop: &TestShop, rules: &[(&str, &str)]) {
    let value = |(thing, rule): &(&str, &str)| {
        let key = format!("sales/cancellation/restore_{thing}");
        json!({ "key": key, "value": rule })
    };
    let values: Vec<_> = rules.iter().map(value).collect();
    let input = json!({ "scope": "DEFAULT", "values": values });
    let done = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
}

/// The quote for a cancellation, as the holder of `token` reads it; without a token, a guest reads it.
async fn quote(shop: &TestShop, token: Option<&str>, input: Value) -> Value {
    let document = "mutation($input: PreviewCancellationInput!) { previewCancellation(input: $input) { \
        quote { id credits { value } restores { stock { item sku quantity } coupons credits { value } points } } \
        user_errors { code } } }";
    let asked = shop.ask(document).variables(json!({ "input": input }));
    let asked = match token {
        Some(token) => asked.token(token),
        None => asked,
    };
    asked.send().await.data("/previewCancellation/quote").clone()
}

/// A system that is told of each cancellation.
async fn receiver(shop: &TestShop) -> WebhookReceiver {
    let receiver = WebhookReceiver::start().await;
    let input = json!({ "address": receiver.address, "event_kinds": ["order.canceled"] });
    let made = shop.owner_does("createWebhookEndpoint", input, "secret").await;
    assert_eq!(made["user_errors"], json!([]), "{made}");
    receiver
}

/// What each cancellation gives back, as the system was told.
fn told(receiver: &WebhookReceiver) -> Vec<Value> {
    let messages = receiver.received();
    let restores = messages.iter().map(|it| it.json()["data"]["restores"].clone());
    restores.collect()
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
        let receiver = receiver(&shop).await;
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
        let told = told(&receiver);
        let none = json!({ "amount": 0, "currency": "USD" });
        assert_eq!(
            told,
            [
                json!({ "stock": [line(1, "tea", "1")], "coupons": [], "credits": none, "points": 33 }),
                json!({ "stock": [line(1, "tea", "1"), line(2, "cup", "1")], "coupons": ["SPRING"], "credits": none,
                    "points": 67 }),
                json!({ "stock": all, "coupons": [], "credits": none, "points": 100 }),
                json!({ "stock": [], "coupons": [], "credits": none, "points": 0 }),
                json!({ "stock": [], "coupons": ["SPRING"], "credits": none, "points": 100 }),
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

on_every_database!(
    gift_cards_and_store_credit_are_told_once_by_the_rule_of_the_shop,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = receiver(&shop).await;
        let mut orders = ["1", "2", "3", "4", "5"].map(order_with_credits);
        orders[4]["extension_attributes"]["gift_cards_expire_at"] = json!("2026-03-06 00:00:00");
        let ids = shop.import(&orders).await;
        // The first two parts are worth 20.00, of which 15.00 would have been paid in money.
        cancel(&shop, &ids[0], "Other", &[1, 0]).await;
        let lines = cancel(&shop, &ids[0], "Other", &[1, 0]).await;
        let line = "$3.33 of gift cards and store credit are to be given back.";
        assert!(lines.contains(&line.to_owned()), "{lines:?}");
        cancel(&shop, &ids[0], "Other", &[]).await;

        set_rules(&shop, &[("credits", "NEVER")]).await;
        let lines = cancel(&shop, &ids[1], "Other", &[]).await;
        assert!(!lines.iter().any(|it| it.contains("gift cards")), "{lines:?}");
        set_rules(&shop, &[("credits", "SELLER_AT_FAULT")]).await;
        cancel(&shop, &ids[2], "Other", &[]).await;
        cancel(&shop, &ids[3], "out_of_stock", &[]).await;
        // The gift card has expired, and store credit does not expire.
        set_rules(&shop, &[("credits", "UNEXPIRED")]).await;
        cancel(&shop, &ids[4], "Other", &[]).await;

        let told = told(&receiver);
        let amounts: Vec<_> = told
            .iter()
            .map(|it| (it["credits"]["amount"].as_i64(), it["points"].as_i64()))
            .collect();
        let expected = [
            (0, 0),
            (333, 8),
            (1667, 42),
            (0, 50),
            (0, 50),
            (2000, 50),
            (800, 50),
        ];
        assert_eq!(
            amounts,
            expected.map(|(credits, points)| (Some(credits), Some(points)))
        );

        let query =
            "query($id: ID!) { order(id: $id) { events { restores { credits { value currency } } } } }";
        let asked = shop.ask(query).variables(json!({ "id": ids[3] }));
        let answer = asked.token(shop.owner()).send().await;
        let events = answer.data("/order/events").as_array().expect("events").clone();
        let credits = events.last().map(|it| it["restores"]["credits"].clone());
        assert_eq!(credits, Some(json!({ "value": 20.0, "currency": "USD" })));
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(
    a_credit_memo_gives_no_credits_back_that_the_rule_withholds,
    |shop| async move {
        shop.enable_cancellation().await;
        let receiver = receiver(&shop).await;
        let with_card = |number: &str| {
            let order = OrderJson::new(number).line("tea", 1000, 2, 2, 0);
            let mut order = order.with("gift_cards_amount", json!(10)).json();
            for total in ["grand_total", "base_grand_total", "total_invoiced", "total_paid"] {
                order[total] = json!(20);
            }
            order
        };
        let ids = shop.import(&["1", "2"].map(with_card)).await;
        for (id, rule, cents) in [(&ids[0], "ALWAYS", 1000), (&ids[1], "NEVER", 0)] {
            set_rules(&shop, &[("credits", rule)]).await;
            let lines = cancel(&shop, id, "Other", &[]).await;
            let line = "$10.00 of gift cards and store credit are to be given back.";
            assert_eq!(lines.contains(&line.to_owned()), cents > 0, "{rule}: {lines:?}");
            assert!(
                lines.contains(&"We will refund $20.00.".to_owned()),
                "{rule}: {lines:?}"
            );
            let told = told(&receiver);
            let credits = told.last().map(|it| it["credits"].clone());
            assert_eq!(
                credits,
                Some(json!({ "amount": cents, "currency": "USD" })),
                "{rule}"
            );
        }
        let mails = shop.mail().mails();
        let told = "You get back $10.00 of gift cards and store credit.";
        assert_eq!(
            mails.iter().filter(|mail| mail.contains(told)).count(),
            1,
            "{mails:?}"
        );
    }
);

on_every_database!(
    staff_previews_what_the_cancellation_that_follows_gives_back,
    |shop| async move {
        shop.enable_cancellation().await;
        let ids = shop.import(&["1", "2"].map(order_with_credits)).await;
        let (id, staff) = (&ids[0], Some(shop.owner()));
        let (tea, cup) = (
            json!({ "item": 1, "sku": "tea", "quantity": 2.0 }),
            json!({ "item": 2, "sku": "cup", "quantity": 1.0 }),
        );
        let part = json!({ "stock": [tea], "coupons": [], "credits": { "value": 3.33 }, "points": 8.0 });
        let rest =
            json!({ "stock": [cup], "coupons": ["SPRING"], "credits": { "value": 16.67 }, "points": 42.0 });
        let query = "query($id: ID!) { order(id: $id) { events { \
            restores { stock { item sku quantity } coupons credits { value } points } } } }";
        let steps: [(&[i64], Value); 2] = [(&[2, 0], part), (&[], rest)];
        for (units, expected) in steps {
            let mut input = json!({ "order_id": id, "reason": "Other" });
            if !units.is_empty() {
                input["items"] = shop.item_lines(id, units).await;
            }
            let quoted = quote(&shop, staff, input.clone()).await;
            assert_eq!(quoted["restores"], expected);
            input["quote_id"] = quoted["id"].clone();
            shop.worked("cancelOrderAsAdmin", input).await;
            let asked = shop.ask(query).variables(json!({ "id": id }));
            let answer = asked.token(shop.owner()).send().await;
            let events = answer.data("/order/events").as_array().expect("events").clone();
            assert_eq!(events.last().map(|it| &it["restores"]), Some(&expected));
        }

        // The rules hold for the quote too, and its reason says whether the seller is at fault.
        let things = ["stock", "coupons", "credits", "points"];
        set_rules(&shop, &things.map(|thing| (thing, "SELLER_AT_FAULT"))).await;
        for (reason, credits, restored) in [("Other", 0.0, 0.0), ("out_of_stock", 30.0, 20.0)] {
            let quoted = quote(&shop, staff, json!({ "order_id": ids[1], "reason": reason })).await;
            assert_eq!(quoted["credits"]["value"], credits, "{reason}");
            assert_eq!(quoted["restores"]["credits"]["value"], restored, "{reason}");
        }
        let token = shop.order_token(&ids[1]).await;
        let quoted = quote(&shop, None, json!({ "token": token, "reason": "too_slow" })).await;
        assert_eq!(quoted["credits"]["value"], 30.0, "the seller is at fault");
        assert_eq!(quoted["restores"], Value::Null, "only staff reads it");
        shop.leave_jobs();
    }
);
