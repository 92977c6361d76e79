//! The buyers of a disabled store view: their orders are reached through the other store views of its website.

use countermand_tests::refusal::Refusal;
use countermand_tests::{Answer, OrderJson, TestShop, on_every_database};
use serde_json::json;

const GUEST: &str = "guest@example.com";

/// A shop whose Dutch store view sold the order of a guest. Its other store views are `default` and `sv` on the same
/// website, and `elsewhere` on another one; each has a storefront of its own. Gives the id of the order.
async fn sell(shop: &TestShop) -> String {
    shop.enable_cancellation().await;
    shop.create_store("nl", "base", "main_website_store").await;
    shop.create_store("sv", "base", "main_website_store").await;
    shop.create_website("other").await;
    shop.create_store("elsewhere", "other", "elsewhere").await;
    for code in ["default", "nl", "sv", "elsewhere"] {
        let url = format!("https://{code}.example/");
        let input = json!({ "code": code, "storefront_url": url });
        shop.owner_does("updateStore", input, "").await;
    }
    let dutch = json!({ "code": "nl", "name": "Winkel", "locale": "nl_NL" });
    shop.owner_does("updateStore", dutch, "").await;
    order_in(shop, 2).await
}

/// Imports the order of a guest in the store view with this number, and gives its id.
async fn order_in(shop: &TestShop, store: i32) -> String {
    let order = OrderJson::new("000000042").by_guest(GUEST).in_store(store);
    let order = order.line("A", 1000, 1, 0, 0);
    shop.import(&[order.json()]).await.remove(0)
}

async fn disable(shop: &TestShop, code: &str) {
    let disabled = shop
        .owner_does("disableStore", json!({ "code": code }), "store { is_active }")
        .await;
    assert_eq!(disabled["store"]["is_active"], false);
}

async fn open(shop: &TestShop, token: &str, store: &str) -> Answer {
    let query = "query($token: String!) { guestOrderByToken(input: { token: $token }) { number } }";
    let asked = shop.ask(query).variables(json!({ "token": token }));
    asked.store(store).send().await
}

async fn newest_mail(shop: &TestShop) -> String {
    shop.run_jobs().await;
    shop.mail().mails().pop().expect("a mail")
}

on_every_database!(
    the_guest_of_a_disabled_store_view_opens_the_order_through_the_same_website_only,
    |shop| async move {
        let id = sell(&shop).await;
        let token = shop.order_token(&id).await;
        let not_located = "We couldn't locate an order with the information provided.";
        assert_eq!(open(&shop, &token, "default").await.error(), not_located);
        disable(&shop, "nl").await;
        assert_eq!(
            open(&shop, &token, "nl").await.error(),
            "Requested store is not found"
        );
        for store in ["default", "sv"] {
            let opened = open(&shop, &token, store).await;
            assert_eq!(opened.data("/guestOrderByToken/number"), "000000042", "{store}");
        }
        assert_eq!(open(&shop, &token, "elsewhere").await.error(), not_located);
    }
);

on_every_database!(
    a_cancellation_that_was_asked_for_is_confirmed_after_the_store_view_was_disabled,
    |shop| async move {
        let id = sell(&shop).await;
        let token = shop.order_token(&id).await;
        let asked = shop.request_guest_cancel(&token, "Other").store("nl");
        asked.send().await.works();
        assert!(
            newest_mail(&shop)
                .await
                .contains("https://nl.example/sales/guest/view?")
        );
        let key = shop.mail().newest_key().expect("a key");
        disable(&shop, "nl").await;
        shop.confirm_cancel(&id, &key).send().await.works();
        let mail = newest_mail(&shop).await;
        assert!(
            mail.contains("https://default.example/sales/guest/view?"),
            "{mail}"
        );
        assert!(!mail.contains("https://nl.example/"), "{mail}");
    }
);

on_every_database!(
    the_links_of_a_disabled_store_view_lead_to_an_open_one_and_the_order_keeps_its_rules,
    |shop| async move {
        let id = sell(&shop).await;
        let token = shop.order_token(&id).await;
        disable(&shop, "nl").await;
        shop.switch("nl", false).await;
        let request = || shop.request_guest_cancel(&token, "Other").store("default").send();
        request().await.is_refused(Refusal::DISABLED);
        shop.switch("nl", true).await;
        request().await.works();
        let mail = newest_mail(&shop).await;
        assert!(mail.contains("Er is nog niets geannuleerd."), "{mail}");
        assert!(mail.contains("Winkel"), "{mail}");
        assert!(
            mail.contains("https://default.example/sales/guest/view?order_id="),
            "{mail}"
        );
        shop.owner_does("sendOrderConfirmation", json!({ "order_id": id }), "")
            .await;
        let mail = newest_mail(&shop).await;
        assert!(
            mail.contains("https://default.example/sales/guest/view?orderRef="),
            "{mail}"
        );
        assert!(!mail.contains("https://nl.example/"), "{mail}");
        // Without `default`, the next one of the website stands for the disabled one.
        disable(&shop, "default").await;
        shop.owner_does("sendOrderConfirmation", json!({ "order_id": id }), "")
            .await;
        let mail = newest_mail(&shop).await;
        assert!(
            mail.contains("https://sv.example/sales/guest/view?orderRef="),
            "{mail}"
        );
    }
);

on_every_database!(
    the_mails_of_a_disabled_website_name_the_contact_and_have_no_link,
    |shop| async move {
        sell(&shop).await;
        let id = order_in(&shop, 4).await;
        let contact = json!({ "key": "trans_email/ident_support/email", "value": "help@shop.example" });
        let input = json!({ "scope": "DEFAULT", "values": [contact] });
        shop.owner_does("updateSettings", input, "").await;
        disable(&shop, "elsewhere").await;
        shop.owner_does("sendOrderConfirmation", json!({ "order_id": id }), "")
            .await;
        let confirmation = newest_mail(&shop).await;
        shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
            .await;
        let canceled = newest_mail(&shop).await;
        for (mail, text) in [
            (confirmation, "Thank you for your order."),
            (canceled, "was canceled."),
        ] {
            assert!(mail.contains(text), "{mail}");
            assert!(mail.contains("Questions? Write to help@shop.example"), "{mail}");
            for link in ["orderRef", "https://", "Anyone who has this link", "View"] {
                assert!(!mail.contains(link), "{link}: {mail}");
            }
        }
    }
);
