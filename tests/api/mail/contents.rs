//! What a mail says about an order: its items and amounts, the link to it, and whom to ask.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::json;

use super::{GUEST, parameter};

/// The newest mail, after the waiting jobs ran.
async fn newest_mail(shop: &TestShop) -> String {
    shop.run_jobs().await;
    shop.mail().mails().pop().expect("a mail")
}

fn says(mail: &str, line: &str) -> bool {
    mail.lines().any(|it| it == line)
}

on_every_database!(
    a_canceled_order_is_told_with_items_amounts_link_and_contact,
    |shop| async move {
        shop.enable_cancellation().await;
        let values = json!([{ "key": "trans_email/ident_support/email", "value": "help@shop.example" }]);
        let input = json!({ "scope": "DEFAULT", "values": values });
        let set = shop.owner_does("updateSettings", input, "").await;
        assert_eq!(set["user_errors"], json!([]));
        let anna = shop.customer("anna@example.com").await;
        let paid = OrderJson::new("7")
            .by("anna@example.com")
            .line("bag", 1000, 2, 2, 0)
            .line("strap", 599, 1, 1, 0);
        let id = shop.import(&[paid.json()]).await.remove(0);
        shop.cancel_order(&id, "Other").token(&anna).send().await.works();

        let mail = newest_mail(&shop).await;
        for line in [
            "Order 7 was canceled.",
            "You will be refunded $40.99.",
            "- 2 x Product bag (bag): $20.00",
            "- 1 x Product strap (strap): $5.99",
            "Subtotal: $25.99",
            "Shipping: $15.00",
            "Total: $40.99",
            "Questions? Write to help@shop.example",
        ] {
            assert!(says(&mail, line), "{line}: {mail}");
        }
        assert!(mail.contains("Reply-To: help@shop.example\r\n"), "{mail}");
        assert!(parameter(&mail, "orderRef").is_some(), "{mail}");
    }
);

on_every_database!(
    amounts_are_written_in_the_language_of_the_store_view,
    |shop| async move {
        shop.enable_cancellation().await;
        let view = json!({
            "code": "nl", "name": "Winkel", "website_code": "base", "currency": "EUR", "locale": "nl_NL",
        });
        let payload = shop.owner_does("createStore", view, "").await;
        assert_eq!(payload["user_errors"], json!([]));
        let order = OrderJson::new("8")
            .by_guest(GUEST)
            .in_store(2)
            .line("tas", 123_450, 1, 1, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "other" }))
            .await;
        let mail = newest_mail(&shop).await;
        let refund = mail.lines().find(|line| line.starts_with("Je krijgt"));
        assert!(refund.is_some_and(|it| it.contains("1.239,50")), "{mail}");
        assert!(says(&mail, "Bestelling 8") && mail.contains("Totaal: "), "{mail}");
    }
);

on_every_database!(a_long_order_is_listed_in_part, |shop| async move {
    let mut order = OrderJson::new("9").by_guest(GUEST);
    for number in 1..=60 {
        order = order.line(&format!("item-{number}"), 100, 1, 0, 0);
    }
    let id = shop.import(&[order.json()]).await.remove(0);
    let sent = shop
        .owner_does("sendOrderConfirmation", json!({ "order_id": id }), "")
        .await;
    assert_eq!(sent["user_errors"], json!([]));
    let mail = newest_mail(&shop).await;
    assert!(says(&mail, "- Items that are not listed here: 10"), "{mail}");
    assert!(
        mail.contains("(item-50)") && !mail.contains("(item-51)"),
        "{mail}"
    );
    assert!(says(&mail, "Subtotal: $60.00"), "{mail}");
});
