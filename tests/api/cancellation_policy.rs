//! A store view decides how buyers cancel: at once or on request, for how long, at what price, and with what words.

use chrono::TimeDelta;
use countermand_tests::storefront::paid_back;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";
const TERMS: &str = "cancellation_terms { action deadline refusals { code message hint } refund_total { value } \
    credits { value } fee { value } shipping_refund { value } \
    items { quantity_open action refusals deadline hint refund { value } } }";

/// Ten dollars a unit of `tea`, seven a unit of `cup`, and five dollars of shipping for each unit.
fn order(number: &str) -> OrderJson {
    OrderJson::new(number)
        .by(BUYER)
        .line("tea", 1000, 3, 3, 0)
        .line("cup", 700, 2, 2, 0)
}

/// Sets settings of cancellations for the whole shop, each named by the end of its key.
async fn set(shop: &TestShop, values: &[(&str, &str)]) {
    if values.is_empty() {
        return;
    }
    let change =
        |(key, value): &(&str, &str)| json!({ "key": format!("sales/cancellation/{key}"), "value": value });
    let values: Vec<_> = values.iter().map(change).collect();
    let input = json!({ "scope": "DEFAULT", "values": values });
    let payload = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(payload["user_errors"], json!([]));
}

/// A shop that lets buyers cancel by `rules`, with these orders. Gives Anna's token and the ids.
async fn sell(shop: &TestShop, rules: &[(&str, &str)], orders: &[OrderJson]) -> (String, Vec<String>) {
    shop.enable_cancellation().await;
    set(shop, rules).await;
    let customer = shop.customer(BUYER).await;
    let orders: Vec<_> = orders.iter().map(OrderJson::json).collect();
    (customer, shop.import(&orders).await)
}

/// What Anna is told about the order with this number.
async fn terms(shop: &TestShop, anna: &str, number: &str) -> Value {
    let query = format!(
        "query($number: String!) {{ customer {{ orders(filter: {{ number: {{ eq: $number }} }}) {{ items {{ \
         available_actions {TERMS} }} }} }} }}"
    );
    let asked = shop
        .ask(&query)
        .variables(json!({ "number": number }))
        .token(anna);
    asked.send().await.data("/customer/orders/items/0").clone()
}

on_every_database!(
    after_the_window_a_buyer_can_only_ask_and_staff_still_cancels,
    |shop| async move {
        let now = shop.now().format("%Y-%m-%d %H:%M:%S").to_string();
        let rules = [("window", "30"), ("after_window", "REQUEST")];
        let (anna, ids) = sell(&shop, &rules, &[order("1").placed_at(&now)]).await;
        let before = terms(&shop, &anna, "1").await;
        let end = (shop.now() + TimeDelta::minutes(30))
            .format("%Y-%m-%d %H:%M:%S")
            .to_string();
        assert_eq!(before["cancellation_terms"]["action"], "CANCEL");
        assert_eq!(before["cancellation_terms"]["deadline"], json!(end));
        let item = &before["cancellation_terms"]["items"][1];
        assert_eq!((&item["deadline"], &item["hint"]), (&json!(end), &Value::Null));
        shop.wait(TimeDelta::minutes(30));
        let late = terms(&shop, &anna, "1").await;
        assert_eq!(late["cancellation_terms"]["action"], "REQUEST");
        assert_eq!(late["cancellation_terms"]["deadline"], Value::Null);
        assert_eq!(late["cancellation_terms"]["refusals"][0]["code"], "WINDOW_CLOSED");
        let item = &late["cancellation_terms"]["items"][1];
        let hint = json!("Request the cancellation; the shop answers you.");
        assert_eq!((&item["deadline"], &item["hint"]), (&Value::Null, &hint));
        assert_eq!(late["cancellation_terms"]["refund_total"]["value"], 69.0);
        assert_eq!(late["available_actions"], json!(["REORDER", "CANCEL"]));

        set(&shop, &[("after_window", "NONE")]).await;
        let refused = terms(&shop, &anna, "1").await;
        assert_eq!(refused["cancellation_terms"]["action"], "NONE");
        assert_eq!(refused["available_actions"], json!(["REORDER"]));
        let answer = shop.cancel_order(&ids[0], "Other").token(&anna).send().await;
        assert_eq!(answer.data("/cancelOrder/errorV2/code"), "UNDEFINED");
        let input = json!({ "order_id": ids[0], "reason": "Other" });
        let by_staff = shop.work("cancelOrderAsAdmin", input).await;
        assert_eq!(by_staff["user_errors"], json!([]));
        shop.leave_jobs();
    }
);

on_every_database!(
    a_rule_about_the_order_chooses_the_mode_and_the_first_one_wins,
    |shop| async move {
        let rules = [(
            "mode_rules",
            "when total >= 50 then REQUEST; when payment is paid then OFF",
        )];
        let small = OrderJson::new("2").by(BUYER).line("tea", 1000, 1, 1, 0);
        let unpaid = OrderJson::new("3").by(BUYER).line("tea", 1000, 1, 0, 0);
        let (anna, _) = sell(&shop, &rules, &[order("1"), small, unpaid]).await;
        for (number, action) in [("1", "REQUEST"), ("2", "NONE"), ("3", "CANCEL")] {
            let told = terms(&shop, &anna, number).await;
            assert_eq!(told["cancellation_terms"]["action"], action, "{number}");
        }
        let input = json!({ "scope": "DEFAULT", "values": [
            { "key": "sales/cancellation/mode_rules", "value": "when weather is bad then OFF" },
        ] });
        let refused = shop.owner_does("updateSettings", input, "").await;
        let message = refused["user_errors"][0]["message"].as_str().expect("a message");
        assert!(
            message.contains("rule 1: `weather is bad` is not a condition"),
            "{message}"
        );
        shop.leave_jobs();
    }
);

on_every_database!(
    storefronts_offer_no_form_in_the_mode_off_unless_a_rule_opens_it_for_some_orders,
    |shop| async move {
        sell(&shop, &[], &[order("1")]).await;
        for (mode, rules, is_offered) in [
            ("AUTOMATIC", "", true),
            ("REQUEST", "", true),
            ("OFF", "", false),
            ("OFF", "when actor is staff then AUTOMATIC", false),
            ("OFF", "when total >= 500 then OFF", false),
            ("OFF", "when minutes < 30 then AUTOMATIC", true),
        ] {
            set(&shop, &[("mode", mode), ("mode_rules", rules)]).await;
            let config = shop
                .ask("{ storeConfig { order_cancellation_enabled } }")
                .send()
                .await;
            let told = config.data("/storeConfig/order_cancellation_enabled");
            assert_eq!(told, &json!(is_offered), "{mode}, {rules}");
        }
        shop.leave_jobs();
    }
);

on_every_database!(
    retailers_ask_where_other_buyers_cancel_because_a_rule_names_their_customer_group,
    |shop| async move {
        let text = "when group is 3 then REQUEST; when group is guest then OFF";
        let of_group = |number: &str, group: Value| order(number).with("customer_group_id", group).json();
        let (anna, _) = sell(&shop, &[("mode_rules", text)], &[]).await;
        let orders = [
            of_group("1", json!(3)),
            of_group("2", json!(1)),
            of_group("3", json!(0)),
            order("4").json(),
        ];
        let ids = shop.import(&orders).await;
        for (id, (number, group, action)) in ids.iter().zip([
            ("1", json!(3), "REQUEST"),
            ("2", json!(1), "CANCEL"),
            ("3", json!(0), "NONE"),
            ("4", Value::Null, "CANCEL"),
        ]) {
            let told = terms(&shop, &anna, number).await;
            assert_eq!(told["cancellation_terms"]["action"], action, "{number}");
            assert_eq!(shop.order(id).await["customer_group"], group, "{number}");
        }
        shop.cancel_order(&ids[1], "Other")
            .token(&anna)
            .send()
            .await
            .works();
        assert_eq!(
            shop.order(&ids[1]).await["customer_group"],
            1,
            "a change keeps the group"
        );
        // The shop that the orders come from tells the group of an order that was imported without it.
        let now_known = order("4")
            .with("customer_group_id", json!("3"))
            .with("updated_at", json!("2026-03-01 10:01:00"));
        shop.import(&[now_known.json()]).await;
        let told = terms(&shop, &anna, "4").await;
        assert_eq!(told["cancellation_terms"]["action"], "REQUEST");
        shop.leave_jobs();
    }
);

on_every_database!(
    a_rule_names_the_sales_channel_of_an_order_or_none,
    |shop| async move {
        let text = "when channel is our-market then OFF; when channel is none then REQUEST";
        let from = |number: &str, channel: &str| {
            let channel = json!({ "sales_channel": { "name": channel, "order_number": number } });
            order(number).with("extension_attributes", channel)
        };
        let orders = [from("1", "our-market"), from("2", "their-market"), order("3")];
        let (anna, _) = sell(&shop, &[("mode_rules", text)], &orders).await;
        for (number, action, codes) in [
            ("1", "NONE", json!(["DISABLED", "CHANNEL_MANAGED"])),
            ("2", "NONE", json!(["CHANNEL_MANAGED"])),
            ("3", "REQUEST", json!(["REQUEST_ONLY"])),
        ] {
            let told = terms(&shop, &anna, number).await["cancellation_terms"].take();
            let refusals = told["refusals"].as_array().expect("refusals").iter();
            let told_codes: Vec<_> = refusals.map(|it| it["code"].clone()).collect();
            assert_eq!(
                (&told["action"], json!(told_codes)),
                (&json!(action), codes),
                "{number}"
            );
        }
    }
);

on_every_database!(
    a_fee_is_kept_once_for_each_order_and_never_where_the_seller_is_at_fault,
    |shop| async move {
        let (anna, ids) = sell(&shop, &[("fee", "12.00")], &[order("1"), order("2"), order("3")]).await;
        let told = terms(&shop, &anna, "1").await;
        assert_eq!(told["cancellation_terms"]["fee"]["value"], 12.0);
        assert_eq!(told["cancellation_terms"]["refund_total"]["value"], 57.0);
        // The first unit brings ten dollars, all of which are kept; the second one brings eight.
        for (quantities, back) in [
            ([1, 0], vec![0.0]),
            ([1, 0], vec![0.0, 8.0]),
            ([1, 2], vec![0.0, 8.0, 49.0]),
        ] {
            let part = shop.item_lines(&ids[0], &quantities).await;
            let answer = shop.cancel_items(&ids[0], &part, "").token(&anna).send().await;
            assert_eq!(paid_back(answer.order()), back);
        }
        let late = "Item(s) not arriving within the expected timeframe";
        let answer = shop.cancel_order(&ids[1], late).token(&anna).send().await;
        assert_eq!(paid_back(answer.order()), [69.0]);
        let input = json!({ "order_id": ids[2], "reason": "Other" });
        shop.work("cancelOrderAsAdmin", input).await;
        assert_eq!(paid_back(&shop.order(&ids[2]).await["order"]), [69.0]);
        shop.leave_jobs();
    }
);

on_every_database!(
    the_shipping_comes_back_as_the_store_view_says,
    |shop| async move {
        // Two of three units of tea are 20 of 44 dollars; the shipping is 25 dollars.
        let cases = [
            ("ALL", 45.0, 24.0),
            ("NONE", 20.0, 24.0),
            ("IN_PROPORTION", 31.36, 37.64),
            ("ONLY_WHEN_EVERYTHING", 20.0, 49.0),
        ];
        let (anna, ids) = sell(&shop, &[], &["1", "2", "3", "4"].map(order)).await;
        for ((rule, first, rest), id) in cases.into_iter().zip(&ids) {
            set(&shop, &[("shipping_refund", rule)]).await;
            let part = shop.item_lines(id, &[2, 0]).await;
            shop.cancel_items(id, &part, "").token(&anna).send().await.works();
            let answer = shop.cancel_order(id, "Other").token(&anna).send().await;
            assert_eq!(paid_back(answer.order()), [first, rest], "{rule}");
            assert_eq!(answer.order()["status"], "Closed", "{rule}");
        }
        shop.leave_jobs();
    }
);

on_every_database!(
    the_rest_of_a_partly_shipped_order_is_canceled_where_the_store_view_allows_it,
    |shop| async move {
        let partly = OrderJson::new("1")
            .by(BUYER)
            .line("tea", 1000, 3, 3, 1)
            .line("cup", 700, 2, 2, 2);
        let (anna, ids) = sell(&shop, &[], &[partly]).await;
        let told = terms(&shop, &anna, "1").await;
        assert_eq!(
            told["cancellation_terms"]["refusals"][0]["code"],
            "PARTLY_SHIPPED"
        );
        let answer = shop.cancel_order(&ids[0], "Other").token(&anna).send().await;
        assert_eq!(
            answer.data("/cancelOrder/errorV2/code"),
            "PARTIAL_ORDER_ITEM_SHIPPED"
        );

        set(&shop, &[("unshipped_rest", "true")]).await;
        let told = terms(&shop, &anna, "1").await;
        assert_eq!(told["cancellation_terms"]["action"], "CANCEL");
        assert_eq!(told["cancellation_terms"]["refund_total"]["value"], 20.0);
        let tea = json!({ "quantity_open": 2.0, "action": "CANCEL", "refusals": [], "deadline": null, "hint": null,
            "refund": { "value": 20.0 } });
        let hint = "Ask the shop whether you may return the item after it arrives.";
        let cup = json!({ "quantity_open": 0.0, "action": "NONE", "refusals": ["SHIPPED"], "deadline": null,
            "hint": hint, "refund": { "value": 0.0 } });
        assert_eq!(told["cancellation_terms"]["items"], json!([tea, cup]));
        let too_many = shop.item_lines(&ids[0], &[3, 0]).await;
        let answer = shop
            .cancel_items(&ids[0], &too_many, "")
            .token(&anna)
            .send()
            .await;
        assert_eq!(answer.data("/cancelOrder/errorV2/code"), "UNDEFINED");

        let answer = shop.cancel_order(&ids[0], "Other").token(&anna).send().await;
        assert_eq!(paid_back(answer.order()), [20.0]);
        assert_eq!(
            answer.order()["state"],
            "complete",
            "the order goes on with what is shipped"
        );
        shop.leave_jobs();
    }
);

on_every_database!(
    who_must_give_a_reason_and_a_comment_is_a_setting,
    |shop| async move {
        let rules = [("reason_required", "staff"), ("comment_required", "customer")];
        let (anna, ids) = sell(&shop, &rules, &[order("1")]).await;
        let silent = shop.cancel_order(&ids[0], "").token(&anna).send().await;
        let message = silent.data("/cancelOrder/errorV2/message");
        assert_eq!(message, "A comment is needed to cancel the order.");
        let input = json!({ "order_id": ids[0], "reason": "" });
        let by_staff = shop.work("cancelOrderAsAdmin", input).await;
        assert_eq!(by_staff["user_errors"][0]["code"], "INVALID_REASON");
        let all = shop.item_lines(&ids[0], &[3, 2]).await;
        let asked = json!({ "order_id": ids[0], "reason": "", "items": all, "comment": "I moved." });
        let answer = shop
            .cancellation("cancelOrder", "CancelOrderInput", &asked)
            .token(&anna)
            .send()
            .await;
        let texts = answer.order()["comments"].as_array().expect("comments").iter();
        let texts: Vec<_> = texts.map(|line| line["message"].clone()).collect();
        assert_eq!(texts[0], "I moved.");
        assert!(!texts.contains(&json!("")), "{texts:?}");
        shop.leave_jobs();
    }
);
