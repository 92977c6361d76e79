//! What buyers ask for at the simulated Amazon: staff is told once, and each request ends when it is decided or gone.

use countermand_tests::on_every_database;
use serde_json::{Value, json};

use super::amazon_seller::LAMP;
use super::staff::{Account, ORDER, refusal, shop_asks};

/// Declines the requests for `items`, null for all.
async fn decline(account: &Account, items: Value) -> Value {
    let input = json!({
        "channel": "amazon", "number": LAMP, "item_ids": items, "reason": "It is packed already.",
    });
    let selection = format!("order {{ {ORDER} }} user_errors {{ field }}");
    let shop = &account.shop;
    shop.owner_does("declineChannelRequest", input, &selection).await
}

on_every_database!(
    a_buyers_request_is_told_once_by_the_list_and_by_a_mail_until_it_is_declined_or_gone,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        shop.configure(json!({ "merchant_notice_email": "shop@example.com" }))
            .await;
        account.amazon.ask_to_cancel(LAMP, 0, "Found cheaper.");
        account.wait(301).await;
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_REQUEST"]), "{owed:#}");
        shop.run_jobs().await;
        let mails = shop.mail().mails();
        assert_eq!(mails.len(), 1);
        for text in ["shop@example.com", LAMP, "Found cheaper."] {
            assert!(mails[0].contains(text), "{text}: {}", mails[0]);
        }
        assert!(!mails[0].contains("Buyer"), "Amazon does not name the buyer");
        account.amazon.set_status(LAMP, "UNSHIPPED");
        account.wait(301).await;
        shop.run_jobs().await;
        let owed = account.needs_attention().await;
        assert_eq!(owed.as_array().map(Vec::len), Some(1), "told once");
        assert_eq!(shop.mail().mails().len(), 1);
        decline(&account, Value::Null).await;
        assert_eq!(account.needs_attention().await, json!([]));

        account.amazon.ask_to_cancel(LAMP, 1, "Wrong color.");
        account.wait(301).await;
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_REQUEST"]), "another request");
        shop.run_jobs().await;
        assert_eq!(shop.mail().mails().len(), 2);
        account.amazon.set_status(LAMP, "CANCELLED");
        account.wait(301).await;
        assert_eq!(account.needs_attention().await, json!([]));
    }
);

on_every_database!(a_granted_request_is_not_listed_any_more, |shop| async move {
    let account = Account::open(&shop).await;
    for item in [0, 1] {
        account.amazon.ask_to_cancel(LAMP, item, "Found cheaper.");
    }
    account.wait(301).await;
    let list = r#"{ channelOrders(channel: "amazon", filter: { has_request: true }) { items { number } } }"#;
    assert_eq!(
        shop_asks(&account, list).await["items"],
        json!([{ "number": LAMP }])
    );
    let granted = account.cancel(LAMP, "better_price", false).await;
    assert_eq!(granted["user_errors"], json!([]));
    account.work().await;
    account.wait(91).await;
    let done = account.order(LAMP).await;
    assert_eq!(done["status"], "CANCELED");
    assert_eq!(
        done["has_request"],
        json!(false),
        "Amazon shows the request for ever"
    );
    assert_eq!(shop_asks(&account, list).await["items"], json!([]));
    assert_eq!(
        refusal(&decline(&account, Value::Null).await).0,
        "INVALID_ORDER_STATUS"
    );
    assert_eq!(account.needs_attention().await, json!([]));
});

on_every_database!(
    the_request_for_one_item_is_declined_and_the_other_stays_open,
    |shop| async move {
        let account = Account::open(&shop).await;
        for item in [0, 1] {
            account.amazon.ask_to_cancel(LAMP, item, "Found cheaper.");
        }
        account.wait(301).await;
        let first = account.order(LAMP).await["items"][0]["id"].clone();
        let declined = decline(&account, json!([first])).await;
        let items = &declined["order"]["items"];
        assert_eq!(
            [&items[0]["is_requested"], &items[1]["is_requested"]],
            [false, true],
            "{declined:#}"
        );
        assert_eq!(declined["order"]["declined_requests"][0]["item_id"], first);
        let again = decline(&account, json!([first])).await;
        assert_eq!(refusal(&again).0, "NO_OPEN_REQUEST");
        assert_eq!(again["user_errors"][0]["field"], "item_ids");
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_REQUEST"]));
    }
);
