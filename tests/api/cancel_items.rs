//! A buyer or staff cancels single items of an order, as often as units are left.

use countermand_tests::refusal::Refusal;
use countermand_tests::storefront::paid_back;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

/// Ten dollars a unit of `tea`, seven a unit of `cup`, and five dollars of shipping for each unit.
fn order(number: &str, paid: bool) -> OrderJson {
    let invoiced = |units: i64| if paid { units } else { 0 };
    OrderJson::new(number)
        .by(BUYER)
        .line("tea", 1000, 3, invoiced(3), 0)
        .line("cup", 700, 2, invoiced(2), 0)
}

/// A shop that lets buyers cancel, with these orders. Gives Anna's token and the ids.
async fn sell(shop: &TestShop, orders: &[OrderJson]) -> (String, Vec<String>) {
    shop.enable_cancellation().await;
    let customer = shop.customer(BUYER).await;
    let orders: Vec<_> = orders.iter().map(OrderJson::json).collect();
    (customer, shop.import(&orders).await)
}

fn open(order: &Value) -> Vec<f64> {
    let items = order["cancellation_terms"]["items"].as_array().expect("items");
    let quantity = |item: &Value| item["quantity_open"].as_f64().expect("a quantity");
    items.iter().map(quantity).collect()
}

fn texts(order: &Value) -> Vec<&str> {
    let lines = order["comments"].as_array().expect("comments").iter();
    lines
        .map(|line| line["message"].as_str().expect("a text"))
        .collect()
}

on_every_database!(
    a_customer_cancels_units_of_a_paid_order_until_none_is_left,
    |shop| async move {
        let (anna, ids) = sell(&shop, &[order("1", true), order("2", true)]).await;
        let id = &ids[0];
        let first = shop.item_lines(id, &[1, 0]).await;
        let answer = shop
            .cancel_items(id, &first, " I have <one> already. ")
            .token(&anna)
            .send()
            .await;
        let after = answer.order();
        assert_eq!(after["state"], "processing");
        assert_eq!(after["available_actions"], json!(["REORDER", "CANCEL"]));
        assert_eq!(paid_back(after), [10.0]);
        assert_eq!(open(after), [2.0, 2.0]);
        let told = [
            "I have &lt;one&gt; already.",
            "Canceled items: 1 x Product tea.",
            "Other",
            "Order cancellation notification email was sent.",
        ];
        assert_eq!(texts(after), told);
        shop.run_jobs().await;
        let mail = shop.mail().mails().pop().expect("a mail");
        assert!(
            mail.contains("- 1 x Product tea (tea)") && mail.contains("You will be refunded $10.00."),
            "{mail}"
        );
        assert!(
            mail.contains("The other items of the order stay ordered."),
            "{mail}"
        );

        let second = shop.item_lines(id, &[2, 1]).await;
        let answer = shop.cancel_items(id, &second, "").token(&anna).send().await;
        assert_eq!(answer.order()["state"], "processing");
        let last = shop.item_lines(id, &[0, 1]).await;
        let answer = shop.cancel_items(id, &last, "").token(&anna).send().await;
        let closed = answer.order();
        assert_eq!(closed["status"], "Closed");
        // The last part brings the shipping back. Together, the parts are what was paid: 30.00, 14.00 and 25.00.
        assert_eq!(paid_back(closed), [10.0, 27.0, 32.0]);
        let again = shop.cancel_items(id, &last, "").token(&anna).send().await;
        again.is_refused(Refusal::STATUS);

        let at_once = shop.cancel_order(&ids[1], "Other").token(&anna).send().await;
        assert_eq!(paid_back(at_once.order()), [69.0]);
        shop.leave_jobs();
    }
);

on_every_database!(
    a_customer_who_ticks_all_items_cancels_the_whole_order,
    |shop| async move {
        let (anna, ids) = sell(
            &shop,
            &[
                order("1", false),
                order("2", false),
                order("3", true),
                order("4", true),
            ],
        )
        .await;
        for pair in ids.chunks(2) {
            let all = shop.item_lines(&pair[0], &[3, 2]).await;
            let ticked = shop.cancel_items(&pair[0], &all, "").token(&anna).send().await;
            let whole = shop.cancel_order(&pair[1], "Other").token(&anna).send().await;
            for field in [
                "status",
                "state",
                "available_actions",
                "items",
                "total",
                "cancellation_terms",
                "comments",
            ] {
                assert_eq!(ticked.order()[field], whole.order()[field], "{field}");
            }
            assert_eq!(paid_back(ticked.order()), paid_back(whole.order()));
        }
        shop.leave_jobs();
    }
);

on_every_database!(
    units_without_an_invoice_are_canceled_and_refund_no_money,
    |shop| async move {
        let (anna, ids) = sell(&shop, &[order("1", false)]).await;
        let part = shop.item_lines(&ids[0], &[2, 2]).await;
        let answer = shop.cancel_items(&ids[0], &part, "").token(&anna).send().await;
        let after = answer.order();
        assert_eq!(
            (&after["state"], &after["status"]),
            (&json!("new"), &json!("Pending"))
        );
        assert_eq!(after["items"][0]["quantity_canceled"], 2.0);
        assert_eq!(after["items"][1]["status"], "Canceled");
        assert_eq!(paid_back(after), [0.0; 0]);
        assert_eq!(open(after), [1.0, 0.0]);
        shop.leave_jobs();
    }
);

on_every_database!(
    items_and_comments_that_do_not_fit_change_nothing,
    |shop| async move {
        let (anna, ids) = sell(&shop, &[order("1", true), order("2", true)]).await;
        let before = shop.order(&ids[0]).await;
        let known = before["order"]["items"][0]["id"].clone();
        let other = shop.item_lines(&ids[1], &[1, 0]).await;
        let line = |quantity: f64| json!([{ "item_id": known, "quantity": quantity }]);
        let twice = json!([{ "item_id": known, "quantity": 2 }, { "item_id": known, "quantity": 2 }]);
        let selections = [
            (
                json!([]),
                "name an item, or leave the field out for all that is left",
            ),
            (other, "is no item of this order"),
            (
                json!([{ "item_id": "tea", "quantity": 1 }]),
                "`tea` is no item of this order",
            ),
            (line(0.0), "a quantity must be more than zero"),
            (line(-1.0), "a quantity must be more than zero"),
            (line(0.000_01), "quantity 0.00001"),
            (line(1.5), "the quantity of item `1` must be a whole number"),
            (line(4.0), "item `1` has 3 left, 4 asked for"),
            (twice, "item `1` has 3 left, 4 asked for"),
        ];
        for (selection, problem) in &selections {
            let answer = shop
                .cancel_items(&ids[0], selection, "")
                .token(&anna)
                .send()
                .await;
            let outcome = answer.data("/cancelOrder");
            assert_eq!(outcome["errorV2"]["code"], "UNDEFINED");
            let message = outcome["error"].as_str().expect("a message");
            assert!(
                message.starts_with("The selected items cannot be canceled: "),
                "{message}"
            );
            assert!(message.contains(problem), "{message}");
            assert_eq!(outcome["order"], Value::Null);
        }
        for comment in ["x".repeat(2_001), "a\u{7}b".into()] {
            let answer = shop
                .cancel_items(&ids[0], &line(1.0), &comment)
                .token(&anna)
                .send()
                .await;
            answer.is_refused(Refusal {
                code: "UNDEFINED",
                message: "The comment is too long or has control characters.",
            });
        }
        assert_eq!(shop.order(&ids[0]).await, before);
    }
);

on_every_database!(
    a_guest_confirms_with_the_key_the_items_of_the_request_and_no_others,
    |shop| async move {
        shop.enable_cancellation().await;
        let sold = order("1", true).by_guest("guest@example.com");
        let id = shop.import(&[sold.json()]).await.remove(0);
        let token = shop.order_token(&id).await;
        let too_many = shop.item_lines(&id, &[4, 0]).await;
        let refused = shop.request_guest_cancel_of(&token, &too_many, "").send().await;
        assert_eq!(refused.data("/requestGuestOrderCancel/errorV2/code"), "UNDEFINED");
        let part = shop.item_lines(&id, &[1, 2]).await;
        shop.request_guest_cancel_of(&token, &part, "Two is enough")
            .send()
            .await
            .works();
        shop.run_jobs().await;
        let mail = shop.mail().mails().pop().expect("a mail");
        assert!(
            mail.contains("You asked to cancel these items of order 1"),
            "{mail}"
        );
        assert!(
            mail.contains("- 1 x Product tea (tea)") && mail.contains("- 2 x Product cup (cup)"),
            "{mail}"
        );
        let key = shop.mail().newest_key().expect("a key");
        let answer = shop.confirm_cancel(&id, &key).send().await;
        let after = answer.order();
        assert_eq!(paid_back(after), [24.0]);
        assert_eq!(open(after), [2.0, 0.0]);
        assert_eq!(texts(after)[0], "Two is enough");
        shop.leave_jobs();
    }
);

on_every_database!(
    staff_cancels_items_and_the_report_counts_the_order_once,
    |shop| async move {
        let (_, ids) = sell(&shop, &[order("1", true)]).await;
        for quantities in [[1, 0], [0, 1]] {
            let input = json!({
                "order_id": ids[0], "reason": "Other", "comment": "The buyer called.",
                "items": shop.item_lines(&ids[0], &quantities).await,
            });
            shop.worked("cancelOrderAsAdmin", input).await;
        }
        let audit = shop.audit_log(1).await;
        assert_eq!(audit[0]["details"], "other, $7.00 refunded, a part of the order");
        let too_many = json!({ "order_id": ids[0], "reason": "Other", "items": shop.item_lines(&ids[0], &[3, 0]).await });
        let refusal = shop.refused("cancelOrderAsAdmin", too_many).await;
        assert_eq!(refusal, ("QUANTITY_EXCEEDED".into(), "items".into()));
        let day = shop.now().format("%Y-%m-%d").to_string();
        let report = shop
            .ask("query($day: String!) { cancellationReport(from: $day, to: $day) { canceled_orders rows { refunded_total { value } canceled_orders } } }")
            .variables(json!({ "day": day }))
            .token(shop.owner())
            .send()
            .await;
        let expected = json!({
            "canceled_orders": 1, "rows": [{ "refunded_total": { "value": 17.0 }, "canceled_orders": 1 }],
        });
        assert_eq!(report.data("/cancellationReport"), &expected);
        shop.leave_jobs();
    }
);
