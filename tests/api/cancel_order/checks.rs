//! The checks before a cancellation, and their order.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_tests::refusal::Refusal;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{BUYER, order, sell};

const MISSING_ID: &str = r#"Required parameter "order_id" is missing or incorrect."#;
const MISSING_REASON: &str = r#"Required parameter "reason" is missing or incorrect."#;
const INPUT: &str = "graphql-input";

/// Orders that each have one fault less than the one before.
struct Orders {
    of_another_buyer: String,
    switched_off: String,
    complete: String,
    shipped: String,
    with_an_open_invoice: String,
    right: String,
}

async fn sell_wrong_orders(shop: &TestShop) -> Orders {
    shop.create_store("other", "base", "other").await;
    shop.switch("default", true).await;
    let shipped = |number: &str| order(number).line("a", 1000, 3, 3, 1);
    let orders = [
        shipped("1")
            .by("berta@example.com")
            .in_store(2)
            .in_state("complete", "complete"),
        shipped("2").in_store(2).in_state("complete", "complete"),
        shipped("3").in_state("complete", "complete"),
        shipped("4"),
        order("5").line("a", 1000, 3, 0, 0),
        order("6").line("a", 1000, 3, 0, 0),
    ];
    let ids = shop.import(&orders.map(|it| it.json())).await;
    let [
        of_another_buyer,
        switched_off,
        complete,
        shipped,
        with_an_open_invoice,
        right,
    ] = ids.try_into().expect("six orders");
    shop.worked(
        "createInvoice",
        json!({ "order_id": with_an_open_invoice, "unpaid": true }),
    )
    .await;
    Orders {
        of_another_buyer,
        switched_off,
        complete,
        shipped,
        with_an_open_invoice,
        right,
    }
}

on_every_database!(the_first_fault_decides_the_answer, |shop| async move {
    let orders = sell_wrong_orders(&shop).await;
    let customer = shop.customer(BUYER).await;
    let ask = |id: &str, reason: &str| shop.cancel_order(id, reason).token(&customer).send();

    let anonymous = shop.cancel_order("", "").send().await;
    anonymous.fails("graphql-authorization", "The current customer isn't authorized.");
    for id in ["", "0"] {
        ask(id, "").await.fails(INPUT, MISSING_ID);
    }
    for reason in ["", "0"] {
        ask("%%", reason).await.fails(INPUT, MISSING_REASON);
    }
    let malformed = Refusal {
        code: "UNDEFINED",
        message: r#"Value of uid "%%" is incorrect."#,
    };
    let steps = [
        ("%%", malformed, Value::Null),
        ("MA==", Refusal::NO_ID, Value::Null),
        ("MTAwMDA=", Refusal::NOT_FOUND, Value::Null),
        (&orders.of_another_buyer, Refusal::UNAUTHORISED, Value::Null),
        (&orders.switched_off, Refusal::DISABLED, Value::Null),
        (&orders.complete, Refusal::STATUS, json!("Complete")),
        (&orders.shipped, Refusal::SHIPPED, json!("Processing")),
        (&orders.with_an_open_invoice, Refusal::STATUS, json!("Processing")),
        (&orders.right, Refusal::REASON, Value::Null),
    ];
    for (id, refusal, status) in steps {
        let answer = ask(id, "Just because").await;
        assert_eq!(answer.refused(refusal)["status"], status, "{refusal:?}");
    }
    let done = ask(&orders.right, "Other").await;
    assert_eq!(done.order()["status"], "Canceled");
    shop.run_jobs().await;
});

on_every_database!(an_order_id_is_base64_or_the_bare_number, |shop| async move {
    let (customer, first) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
    let second = shop
        .import(&[order("2").line("a", 1000, 1, 0, 0).json()])
        .await
        .remove(0);
    let number = String::from_utf8(STANDARD.decode(&second).expect("base64")).expect("a number");
    assert!(
        first.len() <= 20,
        "storefronts take longer ids for guests' tokens"
    );

    let by_base64 = shop.cancel_order(&first, "Other").token(&customer).send().await;
    assert_eq!(by_base64.order()["id"], json!(first));
    let document = format!(
        r#"mutation {{
              cancelOrder(input: {{ order_id: {number}, reason: "Other" }}) {{
                error errorV2 {{ code }} order {{ id }}
              }}
            }}"#
    );
    let by_number = shop.ask(&document).token(&customer).send().await;
    assert_eq!(by_number.order()["id"], json!(second));
    shop.run_jobs().await;
});

on_every_database!(a_malformed_order_id_is_invalid, |shop| async move {
    let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
    let unpadded = id.trim_end_matches('=');
    let malformed = ["not base64!", "MTAw\nMDA=", "💥", unpadded];
    for id in malformed.into_iter().filter(|it| *it != id) {
        let answer = shop.cancel_order(id, "Other").token(&customer).send().await;
        let error = answer.data("/cancelOrder/errorV2");
        assert_eq!(error["code"], "UNDEFINED");
        assert_eq!(
            error["message"],
            json!(format!("Value of uid \"{id}\" is incorrect."))
        );
    }
    for id in ["00", "MA==", "MDAw"] {
        let answer = shop.cancel_order(id, "Other").token(&customer).send().await;
        assert_eq!(answer.refused(Refusal::NO_ID), &Value::Null);
    }
    let longest = "9".repeat(60);
    for id in ["YWJj", "/w==", "LTE=", "999999999999999", longest.as_str()] {
        let answer = shop.cancel_order(id, "Other").token(&customer).send().await;
        assert_eq!(answer.refused(Refusal::NOT_FOUND), &Value::Null, "{id}");
    }
});

on_every_database!(
    a_reason_is_matched_by_its_description_or_its_code,
    |shop| async move {
        shop.create_store("nl", "base", "nl").await;
        let translation = json!([{ "store_code": "nl", "description": "Te laat" }]);
        let reasons = json!([
            { "code": "too_late", "description": "Too Late", "translations": translation },
            { "code": "other", "description": "Other things" }
        ]);
        shop.configure(json!({ "reasons": reasons })).await;
        let in_english = |number: &str| order(number).line("a", 1000, 1, 0, 0);
        let in_dutch = |number: &str| in_english(number).in_store(2);
        let (customer, _) = sell(&shop, in_english("0").json()).await;

        // A code matches exactly. The description of another store view does not match.
        let wrong = ["Other", "Too_Late", "toolate", "Too Late.", "Te laat", "OTHER"];
        let right = ["Too Late", " too LATE\t", "too_late", "other", "OTHER THINGS"];
        let id = shop.order_id("0", 1).await;
        for reason in wrong {
            let answer = shop.cancel_order(&id, reason).token(&customer).send().await;
            assert_eq!(answer.refused(Refusal::REASON), &Value::Null, "{reason}");
        }
        for (number, reason) in (1..).zip(right) {
            let id = shop
                .import(&[in_english(&format!("1{number}")).json()])
                .await
                .remove(0);
            let answer = shop.cancel_order(&id, reason).token(&customer).send().await;
            assert_eq!(answer.order()["status"], "Canceled", "{reason}");
        }
        for (number, reason) in (1..).zip(["Te laat", "te LAAT", "Too Late", "too_late"]) {
            let id = shop
                .import(&[in_dutch(&format!("2{number}")).json()])
                .await
                .remove(0);
            let answer = shop.cancel_order(&id, reason).token(&customer).send().await;
            assert_eq!(answer.order()["status"], "Canceled", "{reason}");
        }
        shop.run_jobs().await;
    }
);

on_every_database!(
    missing_fields_are_named_in_variables_and_in_the_document,
    |shop| async move {
        let (customer, id) = sell(&shop, order("1").line("a", 1000, 1, 0, 0).json()).await;
        let no_reason = "Field CancelOrderInput.reason of required type String! was not provided.";
        let no_order = "Field CancelOrderInput.order_id of required type ID! was not provided.";
        let document = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { error } }";
        let by_variable = |input: Value| {
            shop.ask(document)
                .variables(json!({ "input": input }))
                .token(&customer)
                .send()
        };
        by_variable(json!({ "order_id": id }))
            .await
            .fails(INPUT, no_reason);
        by_variable(json!({ "reason": "Other" }))
            .await
            .fails(INPUT, no_order);
        let in_document = |input: &str| {
            let document = format!("mutation {{ cancelOrder(input: {{ {input} }}) {{ error }} }}");
            shop.ask(&document).token(&customer).send()
        };
        in_document("order_id: 1").await.fails(INPUT, no_reason);
        in_document(r#"reason: "Other""#).await.fails(INPUT, no_order);
        for broken in [
            "order_id: 1, reason: null",
            r#"order_id: 1, reason: "Other", what: 1"#,
        ] {
            let answer = in_document(broken).await;
            assert_eq!(answer.category(), INPUT, "{broken}");
        }
        assert_eq!(shop.my_order(&customer, "1").await["status"], "Pending");
    }
);
