//! Mails beside the guest's: a link to the order for its buyer, and a notice for the shop.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::{GUEST, parameter};

/// Runs the waiting jobs and gives the mails that they wrote, oldest first.
async fn new_mails(shop: &TestShop) -> Vec<String> {
    let before = shop.mail().mails().len();
    shop.run_jobs().await;
    shop.mail().mails().split_off(before)
}

async fn find(shop: &TestShop, token: &str) -> countermand_tests::Answer {
    let query = "query($token: String!) { guestOrderByToken(input: { token: $token }) { number } }";
    shop.ask(query).variables(json!({ "token": token })).send().await
}

on_every_database!(staff_sends_the_buyer_a_link_to_the_order, |shop| async move {
    shop.customer("anna@example.com").await;
    let guests = OrderJson::new("1").by_guest(GUEST).line("a", 1000, 1, 0, 0);
    let annas = OrderJson::new("2")
        .by("anna@example.com")
        .line("a", 1000, 1, 0, 0);
    let ids = shop.import(&[guests.json(), annas.json()]).await;
    let before = shop.order(&ids[0]).await;
    for (id, receiver) in ids.iter().zip([GUEST, "anna@example.com"]) {
        let input = json!({ "order_id": id });
        let payload = shop
            .owner_does("sendOrderConfirmation", input, "order { version }")
            .await;
        assert_eq!(payload["user_errors"], json!([]));
        let mails = new_mails(&shop).await;
        let [mail] = mails.as_slice() else {
            panic!("{} mails", mails.len())
        };
        assert!(
            mail.contains(&format!("<{receiver}>")) || mail.contains(receiver),
            "{mail}"
        );
        assert!(mail.contains("Subject: Your Default Store View Order"), "{mail}");
        let token = parameter(mail, "orderRef").expect("a token");
        let found = find(&shop, &token).await;
        if receiver == GUEST {
            assert_eq!(found.data("/guestOrderByToken/number"), "1");
        } else {
            assert_eq!(found.error(), "Please login to view the order.");
        }
    }
    assert_eq!(shop.order(&ids[0]).await, before, "the order stays as it is");
    let trail = shop.audit_log(1).await.remove(0);
    assert_eq!(
        (&trail["action"], &trail["target"]),
        (&json!("sendOrderConfirmation"), &json!("2"))
    );
    assert_eq!(
        shop.refused("sendOrderConfirmation", json!({ "order_id": "99" }))
            .await
            .0,
        "NOT_FOUND"
    );
});

on_every_database!(
    an_import_mails_buyers_only_when_it_is_asked_to,
    |shop| async move {
        let order = |number: &str| {
            OrderJson::new(number)
                .by_guest(GUEST)
                .line("a", 1000, 1, 0, 0)
                .json()
        };
        let import = async |orders: &[Value], send: Value| {
            let mut input = json!({ "orders": Value::from(orders.to_vec()).to_string() });
            if !send.is_null() {
                input["send_confirmation"] = send;
            }
            let payload = shop
                .owner_does("importOrders", input, "imported refused { message }")
                .await;
            assert_eq!(
                (&payload["refused"], &payload["user_errors"]),
                (&json!([]), &json!([]))
            );
            new_mails(&shop).await
        };
        assert_eq!(import(&[order("1")], Value::Null).await.len(), 0);
        assert_eq!(import(&[order("2")], json!(false)).await.len(), 0);
        let mails = import(&[order("1"), order("3"), order("4")], json!(true)).await;
        assert_eq!(mails.len(), 2, "one was here already");
        let mut numbers = Vec::new();
        for mail in &mails {
            let token = parameter(mail, "orderRef").expect("a token");
            let found = find(&shop, &token).await;
            numbers.push(
                found
                    .data("/guestOrderByToken/number")
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
        numbers.sort();
        assert_eq!(numbers, ["3", "4"]);
    }
);

on_every_database!(
    every_cancellation_is_announced_to_the_address_for_notices,
    |shop| async move {
        shop.enable_cancellation().await;
        let anna = shop.customer("anna@example.com").await;
        let paid = OrderJson::new("1")
            .by("anna@example.com")
            .line("bag", 1000, 2, 2, 0);
        let unpaid = OrderJson::new("2")
            .by("anna@example.com")
            .line("bag", 1000, 1, 0, 0);
        let third = OrderJson::new("3")
            .by("anna@example.com")
            .line("bag", 1000, 1, 0, 0);
        let ids = shop.import(&[paid.json(), unpaid.json(), third.json()]).await;
        shop.configure(json!({ "merchant_notice_email": "orders@shop.example" }))
            .await;

        shop.cancel_order(&ids[0], "oTHER ")
            .token(&anna)
            .send()
            .await
            .works();
        let notice = notice(new_mails(&shop).await);
        assert!(
            notice.contains("To: \"Default Store View\" <orders@shop.example>\r\n"),
            "{notice}"
        );
        assert!(
            notice.contains("Subject: Default Store View: Order 1 Was Canceled\r\n"),
            "{notice}"
        );
        let lines = [
            "Buyer: Anna Larsen",
            "Canceled by: the customer",
            "Reason: Other",
            "To be refunded: $30.00",
        ];
        for line in lines {
            assert!(notice.lines().any(|it| it == line), "{line}: {notice}");
        }
        assert!(
            notice.contains("- 2 x bag (bag)") || notice.contains("- 2 x"),
            "{notice}"
        );

        shop.worked(
            "cancelOrderAsAdmin",
            json!({ "order_id": ids[1], "reason": "other" }),
        )
        .await;
        let by_staff = self::notice(new_mails(&shop).await);
        assert!(by_staff.contains("Canceled by: staff (owner)"), "{by_staff}");
        assert!(by_staff.contains("To be refunded: nothing"), "{by_staff}");

        shop.configure(json!({ "scope": "STORE", "code": "default", "merchant_notice_email": "" }))
            .await;
        shop.cancel_order(&ids[2], "Other")
            .token(&anna)
            .send()
            .await
            .works();
        let mails = new_mails(&shop).await;
        assert_eq!(mails.len(), 1, "this store view wants none");
        assert!(mails[0].contains("anna@example.com"));
    }
);

/// The mail to the shop among two mails.
fn notice(mails: Vec<String>) -> String {
    assert_eq!(mails.len(), 2);
    let mut notices = mails.into_iter().filter(|it| it.contains("orders@shop.example"));
    notices.next().expect("a notice")
}
