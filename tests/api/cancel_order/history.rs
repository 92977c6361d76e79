//! The effects of a cancellation: history, events, mails, and the order in the answer.

use countermand_tests::refusal::Refusal;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::{BUYER, order, sell};

const MAIL: &str = "Order cancellation notification email was sent.";

fn comments(order: &Value) -> Vec<(&str, &str, bool)> {
    let comments = order["comments"].as_array().expect("comments").iter();
    comments
        .map(|it| {
            let text = |field: &str| it[field].as_str().expect("a text");
            (
                text("message"),
                text("status"),
                it["visible_on_front"].as_bool().expect("a flag"),
            )
        })
        .collect()
}

on_every_database!(
    the_answer_shows_the_order_after_the_cancellation,
    |shop| async move {
        let paid = order("1").line("a", 1000, 2, 2, 0).line("b", 250, 1, 1, 0);
        let (customer, id) = sell(&shop, paid.json()).await;
        let before = shop.my_order(&customer, "1").await;
        assert_eq!(before["available_actions"], json!(["REORDER", "CANCEL"]));
        assert_eq!(before["cancellation_terms"]["action"], "CANCEL");
        assert_eq!(before["cancellation_terms"]["refund_total"]["value"], 37.5);
        assert_eq!(before["comments"], json!([]));

        let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
        let after = answer.order();
        assert_eq!(
            after,
            &shop.my_order(&customer, "1").await,
            "the same as when it is read again"
        );
        assert_eq!(after["status"], "Closed");
        assert_eq!(after["available_actions"], json!(["REORDER"]));
        assert_eq!(after["cancellation_terms"]["refusal"]["code"], "STATE");
        // The newest entry comes first, and only entries that buyers may see are listed.
        let seen: Vec<_> = after["comments"]
            .as_array()
            .expect("comments")
            .iter()
            .map(|it| &it["message"])
            .collect();
        assert_eq!(seen, ["Other", MAIL]);
        assert_eq!(after["comments"][0]["timestamp"], "2026-03-07 12:00:00");
        assert_eq!(after["items"][0]["quantity_refunded"], 2.0);
        assert_eq!(after["items"][0]["status"], "Refunded");
        assert_eq!(after["total"], before["total"], "what was bought does not change");
        shop.run_jobs().await;
    }
);

on_every_database!(the_history_holds_refund_mail_and_reason, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 1, 0).json()).await;
    shop.cancel_order(&id, "other")
        .token(&customer)
        .send()
        .await
        .works();
    let seen = shop.order(&id).await;
    let expected = [
        ("We will refund $15.00.", "closed", false),
        (MAIL, "closed", true),
        ("other", "closed", true),
    ];
    assert_eq!(comments(&seen), expected);
    let event = seen["events"]
        .as_array()
        .and_then(|events| events.last())
        .expect("an event");
    assert_eq!(event["kind"], "order.canceled");
    assert!(
        event["actor"]
            .as_str()
            .is_some_and(|it| it.starts_with("customer:"))
    );
    assert_eq!(event["origin"], "127.0.0.1");
    assert_eq!(event["note"], "other, $15.00 refunded");
    assert_eq!(event["version"], seen["version"]);
    shop.run_jobs().await;
});

on_every_database!(a_reason_is_escaped_for_html_in_the_history, |shop| async move {
    let reason = r#"Found a "deal" & <more>, it's 'new'"#;
    shop.configure(json!({ "reasons": [{ "code": "deal", "description": reason }] }))
        .await;
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
    let answer = shop.cancel_order(&id, reason).token(&customer).send().await;
    let escaped = "Found a &quot;deal&quot; &amp; &lt;more&gt;, it&#039;s &#039;new&#039;";
    assert_eq!(answer.order()["comments"][0]["message"], escaped);
    assert_eq!(comments(&shop.order(&id).await)[1].0, escaped);
    shop.run_jobs().await;
});

on_every_database!(a_script_as_a_reason_is_refused, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 1, 0).json()).await;
    for reason in [
        "<script>while(true){alert(666);}</script>",
        "Other<br>",
        "Other'; DROP TABLE orders; --",
        "Oth\u{0}er",
    ] {
        shop.cancel_order(&id, reason)
            .token(&customer)
            .send()
            .await
            .is_refused(Refusal::REASON);
    }
    assert_eq!(comments(&shop.order(&id).await), []);
});

on_every_database!(the_buyer_is_told_by_mail, |shop| async move {
    let paid = order("000000077").line("a", 1000, 1, 1, 0);
    let (customer, id) = sell(&shop, paid.json()).await;
    shop.cancel_order(&id, "Other")
        .token(&customer)
        .send()
        .await
        .works();
    assert_eq!(shop.mail().mails().len(), 0, "not before a worker runs");
    assert_eq!(shop.run_jobs().await.len(), 1);
    let mails = shop.mail().mails();
    let [mail] = mails.as_slice() else {
        panic!("{} mails", mails.len())
    };
    assert!(
        mail.contains("Subject: Your Default Store View Order 000000077 Was Canceled\r\n"),
        "{mail}"
    );
    assert!(mail.contains("anna@example.com"), "{mail}");
    assert!(mail.contains("Order 000000077 was canceled."), "{mail}");
    assert!(mail.contains("You will be refunded $15.00."), "{mail}");
    assert_eq!(shop.run_jobs().await, [], "once");
});

on_every_database!(
    the_mail_about_an_unpaid_order_names_no_refund,
    |shop| async move {
        let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
        shop.cancel_order(&id, "Other")
            .token(&customer)
            .send()
            .await
            .works();
        shop.run_jobs().await;
        let mails = shop.mail().mails();
        assert!(
            mails[0].contains("Order 1 was canceled.") && !mails[0].contains("refund"),
            "{}",
            mails[0]
        );
    }
);

async fn cancel_in_dutch(shop: &TestShop) -> String {
    let input = json!({
        "code": "nl", "name": "Winkel", "website_code": "base", "group_code": "nl", "group_name": "Nederland",
        "locale": "nl_NL", "currency": "EUR"
    });
    assert_eq!(
        shop.owner_does("createStore", input, "").await["user_errors"],
        json!([])
    );
    let order = order("1").in_store(2).line("a", 1000, 1, 1, 0);
    let order = order
        .with("order_currency_code", json!("EUR"))
        .with("base_currency_code", json!("EUR"));
    let (customer, id) = sell(shop, order.json()).await;
    shop.cancel_order(&id, "Other")
        .token(&customer)
        .send()
        .await
        .works();
    shop.run_jobs().await;
    shop.mail().mails().remove(0)
}

on_every_database!(a_mail_is_in_the_language_of_the_store_view, |shop| async move {
    let mail = cancel_in_dutch(&shop).await;
    assert!(
        mail.contains("Winkel") && !mail.contains("was canceled"),
        "{mail}"
    );
    assert!(mail.contains("€\u{a0}15,00"), "{mail}");
});

on_every_database!(
    an_order_is_canceled_where_mails_are_switched_off,
    |shop| async move {
        shop.configure(json!({ "cancellation_mail_enabled": false }))
            .await;
        let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
        let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
        assert_eq!(answer.order()["status"], "Canceled");
        let seen = shop.order(&id).await;
        assert_eq!(
            comments(&seen),
            [
                ("Email notification failed.", "canceled", true),
                ("Other", "canceled", true)
            ]
        );
        assert_eq!(shop.run_jobs().await, []);
    }
);

on_every_database!(
    a_reason_sent_by_its_code_is_shown_as_its_description,
    |shop| async move {
        shop.enable_cancellation().await;
        let sent = [
            ("too_slow", "Item(s) not arriving within the expected timeframe"),
            (
                " fOUND a better price elsewhere",
                " fOUND a better price elsewhere",
            ),
            ("other", "other"),
        ];
        let placed = |number: &str| order(number).line("a", 1000, 1, 0, 0).json();
        let ids = shop.import(&["1", "2", "3"].map(placed)).await;
        let customer = shop.customer(BUYER).await;
        for (id, (reason, shown)) in ids.iter().zip(sent) {
            let answer = shop.cancel_order(id, reason).token(&customer).send().await;
            assert_eq!(answer.order()["comments"][0]["message"], shown, "{reason}");
        }
        shop.leave_jobs();
    }
);

on_every_database!(the_imported_history_of_an_order_is_kept, |shop| async move {
    let earlier = json!([
        { "comment": "Call before noon", "created_at": "2026-03-02 08:00:00", "is_visible_on_front": 1 },
        { "comment": "VIP", "created_at": "2026-03-02 09:00:00", "is_visible_on_front": 0 }
    ]);
    let placed = OrderJson::new("1")
        .by(BUYER)
        .line("a", 1000, 1, 0, 0)
        .with("status_histories", earlier);
    let (customer, id) = sell(&shop, placed.json()).await;
    let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
    let seen: Vec<_> = answer.order()["comments"]
        .as_array()
        .expect("comments")
        .iter()
        .map(|it| &it["message"])
        .collect();
    assert_eq!(seen, ["Other", MAIL, "Call before noon"]);
    assert_eq!(comments(&shop.order(&id).await).len(), 4);
    shop.run_jobs().await;
});
