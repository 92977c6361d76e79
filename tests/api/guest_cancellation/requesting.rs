//! `requestGuestOrderCancel`: the checks and the mail.

use std::collections::HashMap;

use countermand_tests::refusal::Refusal;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::{GUEST, order, sell};

const INPUT: &str = "graphql-input";

on_every_database!(a_request_changes_the_history_only, |shop| async move {
    let id = sell(&shop, order("1").line("a", 1000, 1, 1, 0)).await;
    let before = shop.order(&id).await;
    let token = shop.order_token(&id).await;
    let answer = shop.request_guest_cancel(&token, "Other").send().await;
    let shown = answer.order();
    assert_eq!(shown["status"], "Processing");
    assert_eq!(
        shown["available_actions"],
        json!(["REORDER", "CANCEL"]),
        "it can still be canceled"
    );
    let told = "Order cancellation confirmation key was sent via email.";
    assert_eq!(shown["comments"][0]["message"], told);

    let after = shop.order(&id).await;
    assert_eq!(after["state"], before["state"]);
    assert_eq!(after["order"]["items"], before["order"]["items"]);
    assert_eq!(after["order"]["credit_memos"], json!([]));
    assert_eq!(
        after["comments"],
        json!([{ "message": told, "status": "processing", "visible_on_front": true }])
    );
    let event = after["events"]
        .as_array()
        .and_then(|events| events.last())
        .expect("an event");
    assert_eq!(
        (&event["actor"], &event["note"]),
        (&json!("guest"), &json!("confirmation key requested"))
    );
    assert_eq!(shop.run_jobs().await.len(), 1);
});

/// The address and the parameters of the link in the newest mail.
fn link(shop: &TestShop) -> (String, HashMap<String, String>) {
    let mails = shop.mail().mails();
    let mail = mails.last().expect("a mail");
    let start = mail.find("http").expect("a link");
    let link = mail[start..].split_whitespace().next().expect("a link");
    let (address, query) = link.split_once('?').expect("parameters");
    let pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').expect("a parameter"));
    let value = |value: &str| value.replace("%3D", "=").replace("%2B", "+");
    (
        address.to_owned(),
        pairs.map(|(name, it)| (name.to_owned(), value(it))).collect(),
    )
}

on_every_database!(the_mail_has_a_link_to_confirm, |shop| async move {
    shop.configure(json!({ "storefront_url": "https://shop.example/nl/" }))
        .await;
    let id = sell(&shop, order("000000042").line("a", 1000, 1, 0, 0)).await;
    let token = shop.order_token(&id).await;
    shop.request_guest_cancel(&token, "Other").send().await.works();
    assert_eq!(shop.mail().mails().len(), 0, "not before a worker runs");
    shop.run_jobs().await;

    let mails = shop.mail().mails();
    let [mail] = mails.as_slice() else {
        panic!("{} mails", mails.len())
    };
    assert!(
        mail.contains("Subject: Confirm Your Default Store View Order Cancellation\r\n"),
        "{mail}"
    );
    assert!(
        mail.contains(GUEST) && mail.contains("000000042") && mail.contains("Anna Larsen"),
        "{mail}"
    );
    let (address, parameters) = link(&shop);
    assert_eq!(address, "https://shop.example/nl/sales/guest/view");
    assert_eq!(parameters.len(), 4);
    assert_eq!(parameters["order_id"], id);
    assert_eq!(parameters["action"], "cancel");
    let key = &parameters["confirmation_key"];
    assert!(
        key.len() == 32 && key.bytes().all(|it| it.is_ascii_alphanumeric()),
        "{key}"
    );
    assert_eq!(Some(key), shop.mail().newest_key().as_ref());

    let query = "query($token: String!) { guestOrderByToken(input: { token: $token }) { number } }";
    let found = shop
        .ask(query)
        .variables(json!({ "token": parameters["orderRef"] }))
        .send()
        .await;
    assert_eq!(found.data("/guestOrderByToken/number"), "000000042");
    let done = shop.confirm_cancel(&parameters["order_id"], key).send().await;
    assert_eq!(done.order()["status"], "Canceled");
    shop.run_jobs().await;
});

// Each order fails one check of `docs/contract.md` section 3.2 and all later checks.
on_every_database!(the_first_fault_decides_the_answer, |shop| async move {
    shop.create_store("other", "base", "other").await;
    shop.switch("default", true).await;
    let shipped = |number: &str| order(number).line("a", 1000, 3, 3, 1);
    let orders = [
        shipped("1").in_store(2).in_state("complete", "complete"),
        shipped("2")
            .by("anna@example.com")
            .in_state("complete", "complete"),
        shipped("3").in_state("complete", "complete"),
        shipped("4"),
        order("5").line("a", 1000, 1, 0, 0),
    ];
    let ids = shop.import(&orders.map(|it| it.json())).await;
    let mut tokens = Vec::new();
    for id in &ids {
        tokens.push(shop.order_token(id).await);
    }
    let [elsewhere, of_an_account, complete, shipped, right] = tokens.try_into().expect("five tokens");
    let ask = |token: &str, reason: &str| shop.request_guest_cancel(token, reason).send();

    let missing = |name: &str| format!("Required parameter \"{name}\" is missing or incorrect.");
    for nothing in ["", "0"] {
        ask(nothing, "").await.fails(INPUT, &missing("token"));
        ask("TestToken", nothing).await.fails(INPUT, &missing("reason"));
    }
    for token in ["TestToken", &elsewhere] {
        let message = "We couldn't locate an order with the information provided.";
        ask(token, "Just because")
            .await
            .fails("graphql-no-such-entity", message);
    }
    ask(&of_an_account, "Just because")
        .await
        .fails("graphql-authorization", "Please login to view the order.");
    shop.switch("other", false).await;
    let disabled = shop
        .request_guest_cancel(&elsewhere, "Just because")
        .store("other")
        .send()
        .await;
    assert_eq!(disabled.refused(Refusal::DISABLED), &Value::Null);
    assert_eq!(
        ask(&complete, "Just because").await.refused(Refusal::STATUS)["status"],
        "Complete"
    );
    assert_eq!(
        ask(&shipped, "Just because").await.refused(Refusal::SHIPPED)["status"],
        "Processing"
    );
    // A top-level error, unlike in `cancelOrder` (`docs/contract.md` section 3.2, row 11).
    ask(&right, "Just because")
        .await
        .fails(INPUT, Refusal::REASON.message);
    ask(&right, " oTHER ").await.works();
    assert_eq!(shop.run_jobs().await.len(), 1, "only the last brought a mail");
});

on_every_database!(a_customers_token_makes_no_difference, |shop| async move {
    let id = sell(&shop, order("1").line("a", 1000, 1, 0, 0)).await;
    let customer = shop.customer("anna@example.com").await;
    let token = shop.order_token(&id).await;
    shop.request_guest_cancel(&token, "Other")
        .token(&customer)
        .send()
        .await
        .works();
    shop.run_jobs().await;
    let key = shop.mail().newest_key().expect("a key");
    let done = shop.confirm_cancel(&id, &key).token(&customer).send().await;
    assert_eq!(done.order()["status"], "Canceled");
    shop.run_jobs().await;
});

on_every_database!(
    no_key_is_mailed_where_a_cancellation_would_change_no_order,
    |shop| async move {
        shop.enable_cancellation().await;
        let review = order("1")
            .line("a", 1000, 1, 0, 0)
            .in_state("payment_review", "payment_review");
        let open = OrderJson::new("2").by_guest(GUEST).line("a", 1000, 1, 0, 0);
        let ids = shop.import(&[review.json(), open.json()]).await;
        shop.worked("createInvoice", json!({ "order_id": ids[1], "unpaid": true }))
            .await;
        for (id, status) in ids.iter().zip(["Payment Review", "Processing"]) {
            let token = shop.order_token(id).await;
            let answer = shop.request_guest_cancel(&token, "Other").send().await;
            assert_eq!(answer.refused(Refusal::STATUS)["status"], status);
        }
        assert_eq!(shop.run_jobs().await, []);
    }
);

on_every_database!(missing_fields_are_named, |shop| async move {
    let document =
        "mutation($input: GuestOrderCancelInput!) { requestGuestOrderCancel(input: $input) { error } }";
    let ask = |input: Value| shop.ask(document).variables(json!({ "input": input })).send();
    let missing =
        |name: &str| format!("Field GuestOrderCancelInput.{name} of required type String! was not provided.");
    ask(json!({ "token": "x" }))
        .await
        .fails(INPUT, &missing("reason"));
    ask(json!({ "reason": "Other" }))
        .await
        .fails(INPUT, &missing("token"));
});
