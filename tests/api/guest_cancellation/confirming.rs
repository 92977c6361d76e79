//! `confirmCancelOrder`: the checks and the effects.

use countermand_tests::refusal::Refusal;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{GUEST, order, sell};

const INPUT: &str = "graphql-input";
const SOME_KEY: &str = "0123456789abcdefghijABCDEFGHIJkl";

on_every_database!(
    the_key_cancels_with_the_reason_of_the_request,
    |shop| async move {
        let id = sell(&shop, order("1").line("a", 1000, 2, 2, 0)).await;
        let key = shop.mailed_key(&id, "Found a better price elsewhere").await;
        let done = shop.confirm_cancel(&id, &key).send().await;
        let canceled = done.order();
        assert_eq!(canceled["status"], "Closed");
        assert_eq!(canceled["available_actions"], json!(["REORDER"]));
        assert_eq!(canceled["credit_memos"][0]["total"]["grand_total"]["value"], 30.0);
        let seen = shop.order(&id).await;
        let texts: Vec<_> = seen["comments"]
            .as_array()
            .expect("comments")
            .iter()
            .map(|it| &it["message"])
            .collect();
        let expected = [
            "Order cancellation confirmation key was sent via email.",
            "We will refund $30.00.",
            "Order cancellation notification email was sent.",
            "Found a better price elsewhere",
        ];
        assert_eq!(texts, expected);
        let event = seen["events"]
            .as_array()
            .and_then(|events| events.last())
            .expect("an event");
        assert_eq!(
            (&event["kind"], &event["actor"]),
            (&json!("order.canceled"), &json!("guest"))
        );

        assert_eq!(shop.run_jobs().await.len(), 1);
        let mails = shop.mail().mails();
        let mail = mails.last().expect("a mail");
        assert!(
            mail.contains(GUEST) && mail.contains("Order 1 was canceled."),
            "{mail}"
        );
    }
);

// Each order fails one check of `docs/contract.md` section 3.3 and all later checks.
on_every_database!(the_first_fault_decides_the_answer, |shop| async move {
    shop.create_store("other", "base", "other").await;
    shop.switch("default", true).await;
    let shipped = |number: &str| order(number).line("a", 1000, 3, 3, 1);
    let orders = [
        shipped("1")
            .by("anna@example.com")
            .in_store(2)
            .in_state("complete", "complete"),
        shipped("2").in_store(2).in_state("complete", "complete"),
        shipped("3").in_state("complete", "complete"),
        shipped("4"),
        order("5").line("a", 1000, 1, 0, 0),
    ];
    let ids = shop.import(&orders.map(|it| it.json())).await;
    let ask = |id: &str, key: &str| shop.confirm_cancel(id, key).send();
    let missing = |name: &str| format!("Required parameter \"{name}\" is missing or incorrect.");
    for nothing in ["", "0"] {
        ask(nothing, "").await.fails(INPUT, &missing("order_id"));
    }
    for key in [
        "",
        "0",
        &SOME_KEY[1..],
        &format!("{SOME_KEY}x"),
        &"x".repeat(5000),
    ] {
        ask("%%", key).await.fails(INPUT, &missing("confirmation_key"));
    }
    let malformed = Refusal {
        code: "UNDEFINED",
        message: r#"Value of uid "%%" is incorrect."#,
    };
    let steps = [
        ("%%", malformed, Value::Null),
        ("MA==", Refusal::NO_ID, Value::Null),
        ("MTAwMDA=", Refusal::NOT_FOUND, Value::Null),
        (&ids[0], Refusal::UNAUTHORISED, Value::Null),
        (&ids[1], Refusal::DISABLED, Value::Null),
        (&ids[2], Refusal::STATUS, json!("Complete")),
        (&ids[3], Refusal::SHIPPED, json!("Processing")),
        (&ids[4], Refusal::NOT_CONFIRMED, Value::Null),
    ];
    for (id, refusal, status) in steps {
        assert_eq!(
            ask(id, SOME_KEY).await.refused(refusal)["status"],
            status,
            "{refusal:?}"
        );
    }
});

on_every_database!(an_order_of_any_store_view_can_be_confirmed, |shop| async move {
    shop.create_store("second", "base", "second").await;
    let id = sell(&shop, order("1").in_store(2).line("a", 1000, 1, 0, 0)).await;
    let token = shop.order_token(&id).await;
    shop.request_guest_cancel(&token, "Other")
        .store("second")
        .send()
        .await
        .works();
    shop.run_jobs().await;
    let key = shop.mail().newest_key().expect("a key");
    let done = shop.confirm_cancel(&id, &key).store("default").send().await;
    assert_eq!(done.order()["status"], "Canceled");
    shop.run_jobs().await;
});

// `docs/contract.md` section 3.3, rows 7 and 8: the order is shown for every key. Its buyer is hidden, because ids can
// be guessed.
on_every_database!(a_refusal_after_a_wrong_key_hides_the_buyer, |shop| async move {
    let mut order = order("1").line("a", 1000, 1, 0, 0).json();
    order["items"][0]["product_type"] = json!("bundle");
    order["items"][0]["product_options"] = json!({ "bundle_options": {
        "1": { "option_id": 1, "label": "Engraving", "value": [{ "title": "For ever Berta", "qty": 1, "price": 0 }] }
    } });
    order["payment"]["additional_information"] = json!({ "method_title": "PayPal (berta@example.com)" });
    let id = shop.import(&[order]).await.remove(0);
    shop.enable_cancellation().await;
    let key = shop.mailed_key(&id, "Other").await;
    shop.confirm_cancel(&id, &key).send().await.works();
    shop.run_jobs().await;
    let query = "mutation($input: ConfirmCancelOrderInput!) { confirmCancelOrder(input: $input) { errorV2 { code }
        order { status email token billing_address { lastname city street } shipping_address { city } comments { message }
          payment_methods { name } items { ... on BundleOrderItem { bundle_options { label } } } } } }";
    let seen = async |key: &str| {
        let input = json!({ "order_id": id, "confirmation_key": key });
        let asked = shop.ask(query).variables(json!({ "input": input }));
        let answer = asked.send().await;
        assert_eq!(
            answer.data("/confirmCancelOrder/errorV2/code"),
            "INVALID_ORDER_STATUS"
        );
        answer.data("/confirmCancelOrder/order").clone()
    };
    let payment = json!([{ "name": "PayPal (berta@example.com)" }]);
    let shown = seen(SOME_KEY).await;
    assert_eq!(shown["status"], "Canceled");
    assert_eq!(shown["shipping_address"], Value::Null);
    assert_eq!(shown["comments"], json!([]));
    assert_eq!(shown["items"], json!([{ "bundle_options": [] }]));
    assert_ne!(shown["payment_methods"], payment);
    assert_eq!((&shown["email"], &shown["token"]), (&json!(""), &json!("")));
    assert_eq!(
        shown["billing_address"],
        json!({ "lastname": "", "city": "", "street": [] })
    );
    let shown = seen(&key).await;
    assert_eq!(
        shown["email"], GUEST,
        "the key from the mail shows the whole order"
    );
    assert_ne!(shown["token"], "");
    assert_eq!(shown["payment_methods"], payment);
    assert_eq!(shown["items"][0]["bundle_options"][0]["label"], "Engraving");
});

/// An order with a mailed key, which a test then changes. A refusal must not use up the key.
async fn changed(shop: &TestShop) -> (String, String) {
    let id = sell(shop, order("1").line("a", 1000, 2, 0, 0)).await;
    let key = shop.mailed_key(&id, "Other").await;
    (id, key)
}

on_every_database!(
    switching_off_before_the_confirmation_refuses_it,
    |shop| async move {
        let (id, key) = changed(&shop).await;
        shop.switch("default", false).await;
        assert_eq!(
            shop.confirm_cancel(&id, &key)
                .send()
                .await
                .refused(Refusal::DISABLED),
            &Value::Null
        );
        assert_eq!(shop.order(&id).await["state"], "new");
        shop.switch("default", true).await;
        assert_eq!(
            shop.confirm_cancel(&id, &key).send().await.order()["status"],
            "Canceled"
        );
        shop.run_jobs().await;
    }
);

on_every_database!(
    a_reason_that_is_no_longer_offered_cannot_be_confirmed,
    |shop| async move {
        let (id, key) = changed(&shop).await;
        shop.configure(json!({ "reasons": [{ "code": "new", "description": "A new reason" }] }))
            .await;
        assert_eq!(
            shop.confirm_cancel(&id, &key)
                .send()
                .await
                .refused(Refusal::REASON),
            &Value::Null
        );
        assert_eq!(shop.order(&id).await["state"], "new");
    }
);

on_every_database!(a_shipment_before_the_confirmation_refuses_it, |shop| async move {
    let (id, key) = changed(&shop).await;
    shop.worked("createShipment", json!({ "order_id": id })).await;
    let answer = shop.confirm_cancel(&id, &key).send().await;
    assert_eq!(answer.refused(Refusal::SHIPPED)["status"], "Processing");
});

on_every_database!(
    an_invoice_before_the_confirmation_is_refunded,
    |shop| async move {
        let (id, key) = changed(&shop).await;
        shop.worked("createInvoice", json!({ "order_id": id })).await;
        let done = shop.confirm_cancel(&id, &key).send().await;
        assert_eq!(done.order()["status"], "Closed");
        assert_eq!(
            done.order()["credit_memos"][0]["total"]["grand_total"]["value"],
            30.0
        );
        shop.run_jobs().await;
    }
);

on_every_database!(missing_fields_are_named, |shop| async move {
    let document =
        "mutation($input: ConfirmCancelOrderInput!) { confirmCancelOrder(input: $input) { error } }";
    let ask = |input: Value| shop.ask(document).variables(json!({ "input": input })).send();
    let missing = |field: &str| format!("Field ConfirmCancelOrderInput.{field} was not provided.");
    let no_key = missing("confirmation_key of required type String!");
    ask(json!({ "order_id": "1" })).await.fails(INPUT, &no_key);
    let no_order = missing("order_id of required type ID!");
    ask(json!({ "confirmation_key": SOME_KEY }))
        .await
        .fails(INPUT, &no_order);
});

on_every_database!(
    a_refusal_after_a_wrong_key_shows_nothing_that_the_buyer_typed,
    |shop| async move {
        shop.enable_cancellation().await;
        let mut ring = order("1").line("ring", 1000, 1, 0, 0).json();
        ring["items"][0]["product_options"] = json!({
            "options": [{ "label": "Engraving", "value": "For ever, Berta" }],
            "attributes_info": [{ "label": "Size", "value": "52" }],
            "giftcard_message": "Happy birthday, Berta"
        });
        ring["coupon_code"] = json!("BERTA10");
        ring["discount_description"] = json!("For Berta's birthday");
        ring["discount_amount"] = json!(-1);
        ring["base_discount_amount"] = json!(-1);
        for field in ["grand_total", "base_grand_total"] {
            ring[field] = json!(ring[field].as_f64().expect("an amount") - 1.0);
        }
        ring["items"][0]["discount_amount"] = json!(1);
        ring["items"][0]["base_discount_amount"] = json!(1);
        let id = shop.import(&[ring]).await.remove(0);
        let key = shop.mailed_key(&id, "Other").await;
        shop.confirm_cancel(&id, &key).send().await.works();
        shop.run_jobs().await;
        let query = "mutation($input: ConfirmCancelOrderInput!) { confirmCancelOrder(input: $input) { errorV2 { code }
            order {
              status shipping_method applied_coupons { code } total { discounts { label coupon { code } } taxes { title } }
              items { product_sku selected_options { label value } entered_options { label value } discounts { label coupon { code } } }
            } } }";
        let seen = async |key: &str| {
            let input = json!({ "order_id": id, "confirmation_key": key });
            let asked = shop.ask(query).variables(json!({ "input": input }));
            let answer = asked.send().await;
            let code = answer.data("/confirmCancelOrder/errorV2/code");
            assert_eq!(code, "INVALID_ORDER_STATUS");
            answer.data("/confirmCancelOrder/order").clone()
        };
        let shown = seen(SOME_KEY).await;
        assert_eq!(shown["status"], "Canceled");
        assert_eq!(shown["items"][0]["product_sku"], "ring");
        let text = shown.to_string().to_lowercase();
        for typed in ["berta", "engraving", "52"] {
            assert!(!text.contains(typed), "{typed}: {shown:#}");
        }
        let whole = seen(&key).await.to_string();
        for typed in ["BERTA10", "For ever, Berta", "Engraving", "52"] {
            assert!(whole.contains(typed), "{typed}: {whole}");
        }
    }
);
