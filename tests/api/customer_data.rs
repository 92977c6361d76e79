//! A person is exported and erased; the orders keep what the law wants kept.

use countermand_tests::{OrderJson, TestShop, on_every_database, process};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};

use crate::program::PROGRAM;

/// What names the person in the orders of these tests.
const PERSONAL: [&str; 6] = [
    "anna@example.com",
    "Annabel",
    "Larsenius",
    "Secretstreet",
    "0612345678",
    "Engraved",
];

/// An order with personal data in every part.
fn order(number: &str, email: &str, customer: Option<i64>) -> Value {
    let order = OrderJson::new(number).line("A", 1000, 2, 1, 0);
    let order = match customer {
        Some(_) => order.by(email),
        None => order.by_guest(email),
    };
    let mut order = order.json();
    order["customer_firstname"] = json!("Annabel");
    order["customer_lastname"] = json!("Larsenius");
    order["customer_group_id"] = json!(4);
    order["billing_address"] = json!({
        "firstname": "Annabel", "lastname": "Larsenius", "street": ["Secretstreet 1"], "city": "Utrecht",
        "postcode": "1234AB", "country_id": "NL", "telephone": "0612345678"
    });
    // Adobe does not say that this option was typed.
    order["items"][0]["product_options"] =
        json!({ "options": [{ "label": "Note", "value": "Engraved: Annabel" }] });
    order["payment"]["additional_information"] = json!({ "method_title": format!("PayPal ({email})") });
    order["status_histories"] = json!([
        { "comment": "Engraved: for Annabel", "is_visible_on_front": 1, "created_at": "2026-03-01 10:00:00", "status": "processing" }
    ]);
    order
}

async fn erase(shop: &TestShop, guest_orders: bool) -> Value {
    let input =
        json!({ "website_code": "base", "email": "Anna@Example.com", "include_guest_orders": guest_orders });
    shop.owner_does("eraseCustomer", input, "erased_orders is_complete")
        .await
}

/// Every text of the database, in lower case, so that a test finds what was left anywhere.
async fn all_texts(shop: &TestShop) -> String {
    let database = Database::connect(shop.database_url())
        .await
        .expect("the database");
    let mut all = String::new();
    for (table, columns) in [
        ("orders", "email, placed"),
        ("order_items", "options"),
        ("order_comments", "text"),
        ("order_events", "actor, origin, note, data"),
        ("cancellations", "actor, reason"),
        ("shipments", "tracking"),
        ("customers", "email, firstname, lastname"),
        ("audit_entries", "target, details"),
        ("obligations", "payload, last_error, receipt"),
    ] {
        for column in columns.split(", ") {
            let query = format!("SELECT {column} AS text FROM {table}");
            let asked = Statement::from_string(database.get_database_backend(), query);
            let rows = database.query_all_raw(asked).await.expect("rows");
            for row in rows {
                all.push_str(
                    &row.try_get::<String>("", "text")
                        .unwrap_or_default()
                        .to_lowercase(),
                );
                all.push('\n');
            }
        }
    }
    database.close().await.expect("closed");
    all
}

fn assert_is_healthy(shop: &TestShop) {
    let doctor = process::run(PROGRAM, &["doctor", "--database-url", shop.database_url()]);
    assert_eq!(doctor.code, 0, "{doctor:?}");
}

on_every_database!(
    an_erased_person_is_in_no_table_and_the_orders_add_up,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.leave_jobs();
        let token = shop.customer("anna@example.com").await;
        let ids = shop
            .import(&[
                order("1", "anna@example.com", Some(7)),
                order("2", "anna@example.com", Some(7)),
                order("3", "Anna@Example.com", None),
            ])
            .await;
        let other = OrderJson::new("4")
            .line("A", 1000, 1, 0, 0)
            .by("bob@example.com")
            .json();
        let other = shop.import(&[other]).await.remove(0);
        let canceled = shop.asks_to_cancel(&token, &ids[0]).send().await;
        assert!(
            canceled.data("/cancelOrder/errorV2").is_null(),
            "{:#}",
            canceled.body
        );
        let ask = r#"mutation { requestPasswordResetEmail(email: "anna@example.com") }"#;
        shop.ask(ask).send().await;
        let before = shop.order(&ids[0]).await;
        let untouched = shop.order(&other).await;

        let done = json!({ "erased_orders": 3, "is_complete": true, "user_errors": [] });
        assert_eq!(erase(&shop, true).await, done);

        let texts = all_texts(&shop).await;
        for personal in PERSONAL {
            assert!(!texts.contains(&personal.to_lowercase()), "{personal}: {texts}");
        }
        let after = shop.order(&ids[0]).await;
        for kept in ["state", "status_code", "reversals"] {
            assert_eq!(after[kept], before[kept], "{kept}");
        }
        for kept in ["items", "invoices", "credit_memos"] {
            assert_eq!(after["order"][kept], before["order"][kept], "{kept}");
        }
        assert_eq!(after["customer_group"], Value::Null);
        assert_eq!(shop.order(&other).await, untouched);
        assert_is_healthy(&shop);

        let answer = shop.ask("{ customer { email } }").token(&token).send().await;
        assert!(answer.body.get("errors").is_some(), "{:#}", answer.body);
        // The address can be used for a new account, which has no orders.
        let token = shop.customer("anna@example.com").await;
        let answer = shop
            .ask("{ customer { orders { total_count } } }")
            .token(&token)
            .send()
            .await;
        assert_eq!(answer.data("/customer/orders/total_count"), &json!(0));
        let again = erase(&shop, true).await;
        assert_eq!(again["erased_orders"], json!(0), "{again}");
        assert_is_healthy(&shop);
    }
);

on_every_database!(
    orders_of_a_guest_are_erased_only_if_asked_for,
    |shop| async move {
        shop.customer("anna@example.com").await;
        let ids = shop
            .import(&[
                order("1", "anna@example.com", Some(7)),
                order("2", "ANNA@example.com", None),
            ])
            .await;
        assert_eq!(erase(&shop, false).await["erased_orders"], json!(1));
        let email = async |id: &str| {
            let query = "query($id: ID!) { order(id: $id) { order { email customer_info { firstname } } } }";
            let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
            asked.send().await.data("/order/order/email").clone()
        };
        assert_ne!(email(&ids[0]).await, json!("anna@example.com"));
        assert_eq!(email(&ids[1]).await, json!("ANNA@example.com"));
        assert_eq!(erase(&shop, true).await["erased_orders"], json!(1));
        assert_ne!(email(&ids[1]).await, json!("ANNA@example.com"));
        let refused = erase(&shop, true).await;
        assert_eq!(refused["user_errors"][0]["code"], json!("NOT_FOUND"));
        assert_is_healthy(&shop);
    }
);

on_every_database!(
    an_erasure_and_a_cancellation_at_the_same_time_both_happen,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.leave_jobs();
        let numbers: Vec<String> = (1..=12).map(|number| number.to_string()).collect();
        let orders: Vec<_> = numbers
            .iter()
            .map(|number| order(number, "anna@example.com", None))
            .collect();
        let ids = shop.import(&orders).await;
        let cancel_all = async {
            let mut payloads = Vec::new();
            for id in ids.iter().rev() {
                let input = json!({ "order_id": id, "reason": "Other" });
                payloads.push(
                    shop.owner_does("cancelOrderAsAdmin", input, "order { version }")
                        .await,
                );
            }
            payloads
        };
        let (erased, canceled) = tokio::join!(erase(&shop, true), cancel_all);
        assert_eq!(erased["user_errors"], json!([]), "{erased}");
        for payload in canceled {
            assert_eq!(payload["user_errors"], json!([]), "{payload}");
        }
        for id in &ids {
            let order = shop.order(id).await;
            assert!(
                ["canceled", "closed"].contains(&order["state"].as_str().unwrap_or_default()),
                "{order}"
            );
        }
        let orders = all_texts(&shop).await;
        assert!(!orders.contains("larsenius"), "{orders}");
        assert_is_healthy(&shop);
    }
);

on_every_database!(a_person_is_exported_as_one_document, |shop| async move {
    shop.customer("anna@example.com").await;
    shop.import(&[
        order("1", "anna@example.com", Some(7)),
        order("2", "anna@example.com", None),
    ])
    .await;
    let input = |guest: bool| json!({ "website_code": "base", "email": "anna@example.com", "include_guest_orders": guest });
    let payload = shop.owner_does("exportCustomer", input(true), "document").await;
    let document: Value =
        serde_json::from_str(payload["document"].as_str().expect("a document")).expect("JSON");
    assert_eq!(document["account"]["email"], json!("anna@example.com"));
    let orders = document["orders"].as_array().expect("orders");
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[0]["billing_address"]["street"], json!(["Secretstreet 1"]));
    assert_eq!(orders[0]["history"][0]["text"], json!("Engraved: for Annabel"));
    assert_eq!(orders[0]["buyer"]["customer_group"], json!(4));
    let payload = shop.owner_does("exportCustomer", input(false), "document").await;
    let document: Value =
        serde_json::from_str(payload["document"].as_str().expect("a document")).expect("JSON");
    assert_eq!(document["orders"].as_array().map(Vec::len), Some(1));
    let entry = shop.audit_log(1).await.remove(0);
    assert_eq!(entry["action"], json!("exportCustomer"));

    let printed = process::run(
        PROGRAM,
        &[
            "customer",
            "export",
            "anna@example.com",
            "--guest-orders",
            "--database-url",
            shop.database_url(),
        ],
    );
    let printed_document: Value = serde_json::from_str(&printed.out).expect("JSON");
    assert_eq!(printed_document["orders"].as_array().map(Vec::len), Some(2));
    let erased = process::run(
        PROGRAM,
        &[
            "customer",
            "erase",
            "anna@example.com",
            "--database-url",
            shop.database_url(),
        ],
    );
    assert_eq!(erased.code, 1, "{erased:?}");
    assert!(erased.err.contains("--yes"), "{erased:?}");
    let erased = process::run(
        PROGRAM,
        &[
            "customer",
            "erase",
            "anna@example.com",
            "--guest-orders",
            "--yes",
            "--database-url",
            shop.database_url(),
        ],
    );
    assert_eq!(
        (erased.code, erased.out.as_str()),
        (0, "erased the person in 2 orders\n"),
        "{erased:?}"
    );
    assert_is_healthy(&shop);
});

on_every_database!(
    an_erased_order_is_found_by_no_guest_and_keeps_no_note_of_staff,
    |shop| async move {
        shop.enable_cancellation().await;
        let mut with_coupon = order("1", "anna@example.com", None);
        with_coupon["coupon_code"] = json!("ANNABEL10");
        let id = shop.import(&[with_coupon]).await.remove(0);
        let link = shop.order_token(&id).await;
        shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
            .await;
        let owed = "{ obligations(first: 1) { items { id } } }";
        let owed = shop.ask(owed).token(shop.owner()).send().await;
        let settled = json!({
            "id": owed.data("/obligations/items/0/id"),
            "note": "paid to Annabel", "reference": "Larsenius 7",
        });
        let settled = shop
            .owner_does("settleObligation", settled, "obligation { state }")
            .await;
        assert_eq!(settled["user_errors"], json!([]));
        let erased = erase(&shop, true).await;
        assert_eq!(erased["erased_orders"], 1, "{erased}");
        let left = all_texts(&shop).await;
        for personal in PERSONAL {
            assert!(!left.contains(&personal.to_lowercase()), "{personal} is left");
        }
        let number: i64 = 10_000_000_001;
        let guess = format!(
            r#"{{ guestOrder(input: {{ number: "1", email: "erased-{number}@erased.invalid", lastname: "Erased" }}) {{
              number }} }}"#
        );
        let message = "We couldn't locate an order with the information provided.";
        let guessed = shop.ask(&guess).send().await;
        guessed.fails("graphql-no-such-entity", message);
        let old = "query($token: String!) { guestOrderByToken(input: { token: $token }) { number } }";
        let old = shop.ask(old).variables(json!({ "token": link })).send().await;
        old.fails("graphql-no-such-entity", message);
        let refused = shop
            .refused("sendOrderConfirmation", json!({ "order_id": id }))
            .await;
        assert_eq!(refused, ("INVALID".into(), "order_id".into()));
    }
);

on_every_database!(
    an_erasure_reaches_no_person_whose_address_is_longer,
    |shop| async move {
        shop.import(&[
            order("1", "anna@example.com", Some(7)),
            order("2", "joanna@example.com", Some(8)),
        ])
        .await;
        let joanna = shop.order_id("2", 1).await;
        shop.worked("sendOrderConfirmation", json!({ "order_id": joanna }))
            .await;
        let erased = erase(&shop, false).await;
        assert_eq!(erased["erased_orders"], 1, "{erased}");
        let log = shop.audit_log(10).await;
        assert!(
            log.iter()
                .any(|entry| entry["details"] == "to joanna@example.com"),
            "{log:?}"
        );
        shop.leave_jobs();
    }
);

on_every_database!(
    an_erased_account_is_not_made_again_by_an_import_of_its_old_orders,
    |shop| async move {
        let orders = [
            order("1", "anna@example.com", Some(7)),
            order("2", "joanna@example.com", Some(8)),
        ];
        shop.import(&orders).await;
        let erased = process::run(
            PROGRAM,
            &[
                "customer",
                "erase",
                "anna@example.com",
                "--yes",
                "--database-url",
                shop.database_url(),
            ],
        );
        assert_eq!(
            (erased.code, erased.out.as_str()),
            (0, "erased the person in 1 orders\n"),
            "{erased:?}"
        );
        for night in 2..4 {
            let mut nightly = orders.clone();
            for order in &mut nightly {
                order["updated_at"] = json!(format!("2026-03-{night:02} 03:00:00"));
            }
            let input = json!({ "orders": json!(nightly).to_string() });
            let report = shop
                .owner_does("importOrders", input, "imported updated skipped notes")
                .await;
            let expected =
                json!({ "imported": 0, "updated": 1, "skipped": 1, "notes": [], "user_errors": [] });
            assert_eq!(report, expected);
            let left = all_texts(&shop).await;
            // The address of the other person ends like the erased one.
            let left = left.replace("joanna@example.com", "");
            assert!(!left.contains("anna@example.com"), "the erased account is back");
        }
        assert_is_healthy(&shop);
    }
);
