//! Staff writes notes on orders, and chooses whether a buyer is mailed about a cancellation.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

/// The comments that the buyer of an order sees, newest first.
async fn seen_by_buyer(shop: &TestShop, token: &str) -> Vec<String> {
    let query = "{ customer { orders { items { comments { message } } } } }";
    let answer = shop.ask(query).token(token).send().await;
    let comments = answer
        .data("/customer/orders/items/0/comments")
        .as_array()
        .expect("comments")
        .clone();
    let message = |it: &Value| it["message"].as_str().expect("a message").to_owned();
    comments.iter().map(message).collect()
}

on_every_database!(a_note_is_for_staff_or_for_the_buyer_too, |shop| async move {
    let token = shop.customer("anna@example.com").await;
    let order = OrderJson::new("1")
        .line("A", 1000, 1, 0, 0)
        .by("anna@example.com");
    let id = shop.import(&[order.json()]).await.remove(0);
    let before = seen_by_buyer(&shop, &token).await.len();

    let internal = json!({ "order_id": id, "text": " The buyer called.\nCall back. " });
    let order = shop.worked("addOrderNote", internal).await;
    let newest = order["comments"]
        .as_array()
        .and_then(|it| it.last())
        .cloned()
        .expect("a comment");
    assert_eq!(
        newest,
        json!({ "message": "The buyer called.\nCall back.", "status": "pending", "visible_on_front": false })
    );
    assert_eq!((&order["version"], &order["state"]), (&json!(2), &json!("new")));

    let public = json!({ "order_id": id, "text": "Your parcel <b>waits</b>", "visible_on_front": true });
    shop.worked("addOrderNote", public).await;
    let seen = seen_by_buyer(&shop, &token).await;
    assert_eq!(seen.len(), before + 1, "{seen:?}");
    assert_eq!(seen[0], "Your parcel &lt;b&gt;waits&lt;/b&gt;");

    let events = shop.order(&id).await["events"]
        .as_array()
        .cloned()
        .expect("events");
    let kinds: Vec<_> = events
        .iter()
        .skip(1)
        .map(|it| (&it["kind"], &it["note"], &it["actor"]))
        .collect();
    let (kind, owner) = (json!("order.note_added"), json!("staff:owner"));
    assert_eq!(
        kinds,
        [
            (&kind, &json!("a note for staff"), &owner),
            (&kind, &json!("a note that the buyer sees"), &owner)
        ]
    );
    let entry = shop.audit_log(1).await.remove(0);
    assert_eq!(
        (&entry["action"], &entry["target"]),
        (&json!("addOrderNote"), &json!("1"))
    );
});

on_every_database!(a_note_that_cannot_be_shown_is_refused, |shop| async move {
    let order = OrderJson::new("1").line("A", 1000, 1, 0, 0).json();
    let id = shop.import(&[order]).await.remove(0);
    let refused = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    for text in [
        "",
        " \n ",
        "a\u{0}b",
        "a\u{1b}[31m",
        "\u{202e}abc",
        &"x".repeat(2_001),
    ] {
        let input = json!({ "order_id": id, "text": text });
        assert_eq!(
            shop.refused("addOrderNote", input).await,
            refused("INVALID", "text"),
            "{text:?}"
        );
    }
    let longest = json!({ "order_id": id, "text": "å".repeat(2_000) });
    shop.worked("addOrderNote", longest).await;
    let unknown = json!({ "order_id": "19999999999", "text": "a" });
    assert_eq!(
        shop.refused("addOrderNote", unknown).await,
        refused("NOT_FOUND", "order_id")
    );
});

on_every_database!(
    staff_chooses_whether_the_buyer_is_mailed_about_a_cancellation,
    |shop| async move {
        shop.enable_cancellation().await;
        let order = |number: &str| OrderJson::new(number).line("A", 1000, 1, 0, 0).json();
        let ids = shop.import(&[order("1"), order("2"), order("3")]).await;
        let cancel = |id: &str, notify: Value| {
            let input = json!({ "order_id": id, "reason": "Other", "notify_customer": notify });
            shop.worked("cancelOrderAsAdmin", input)
        };
        let sent = "Order cancellation notification email was sent.";
        for (id, notify, mails, line) in [
            (&ids[0], Value::Null, 1, Some(sent)),
            (&ids[1], json!(false), 1, None),
            (&ids[2], json!(true), 2, Some(sent)),
        ] {
            let order = cancel(id, notify.clone()).await;
            shop.run_jobs().await;
            assert_eq!(shop.mail().mails().len(), mails, "{notify}");
            let comments = order["comments"].as_array().expect("comments").clone();
            let about_mail = comments
                .iter()
                .filter_map(|it| it["message"].as_str())
                .find(|it| it.contains("mail"));
            assert_eq!(about_mail, line, "{notify}");
        }
        let details: Vec<_> = shop
            .audit_log(3)
            .await
            .iter()
            .map(|it| it["details"].clone())
            .collect();
        assert_eq!(
            details[1],
            json!("other, $0.00 refunded, without a mail to the buyer")
        );
    }
);
