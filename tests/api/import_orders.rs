//! Orders are imported through the API: each as a whole, and as often as a manager likes.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const SUMMARY: &str = "imported updated skipped refused { position number field value message } notes";

async fn import(shop: &TestShop, orders: &str) -> Value {
    shop.owner_does("importOrders", json!({ "orders": orders }), SUMMARY)
        .await
}

fn counts(summary: &Value) -> [i64; 4] {
    let count = |field: &str| summary[field].as_i64().expect("a count");
    let refused = summary["refused"].as_array().map_or(0, Vec::len);
    [
        count("imported"),
        count("updated"),
        count("skipped"),
        i64::try_from(refused).expect("few"),
    ]
}

fn order(number: &str) -> OrderJson {
    OrderJson::new(number).line("A", 1000, 2, 0, 0)
}

/// `order` one minute later and with one more item.
fn newer(number: &str) -> Value {
    order(number)
        .line("B", 500, 1, 0, 0)
        .with("updated_at", json!("2026-03-01 10:01:00"))
        .json()
}

async fn skus(shop: &TestShop, number: &str) -> Vec<Value> {
    let id = shop.order_id(number, 1).await;
    let order = shop.order(&id).await;
    let items = order["order"]["items"].as_array().expect("items");
    items.iter().map(|it| it["product_sku"].clone()).collect()
}

on_every_database!(an_order_is_imported_once_and_then_updated, |shop| async move {
    let first = order("1").json().to_string();
    assert_eq!(counts(&import(&shop, &first).await), [1, 0, 0, 0]);
    let id = shop.order_id("1", 1).await;
    assert_eq!(counts(&import(&shop, &first).await), [0, 0, 1, 0]);
    assert_eq!(shop.order(&id).await["version"], 1);
    assert_eq!(
        counts(&import(&shop, &newer("1").to_string()).await),
        [0, 1, 0, 0]
    );
    assert_eq!(skus(&shop, "1").await, ["A", "B"]);
    assert_eq!(
        counts(&import(&shop, &first).await),
        [0, 0, 1, 0],
        "the older version comes too late"
    );
    assert_eq!(skus(&shop, "1").await, ["A", "B"]);
    let order = shop.order(&id).await;
    let kinds: Vec<_> = order["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|it| &it["kind"])
        .collect();
    assert_eq!(kinds, ["order.imported", "order.updated"]);
    assert_eq!(order["version"], 2);
});

on_every_database!(an_order_that_was_changed_here_is_not_updated, |shop| async move {
    shop.enable_cancellation().await;
    let orders = [order("1").json(), order("2").json(), order("3").json()];
    let ids = shop.import(&orders).await;
    shop.worked("holdOrder", json!({ "order_id": ids[0] })).await;
    shop.worked(
        "cancelOrderAsAdmin",
        json!({ "order_id": ids[1], "reason": "Other" }),
    )
    .await;
    let again = json!([newer("1"), newer("2"), newer("3")]).to_string();
    assert_eq!(counts(&import(&shop, &again).await), [0, 1, 2, 0]);
    let states = [
        &shop.order(&ids[0]).await["state"],
        &shop.order(&ids[1]).await["state"],
    ]
    .map(Clone::clone);
    assert_eq!(states, ["holded", "canceled"]);
    assert_eq!(skus(&shop, "2").await, ["A"]);
    assert_eq!(skus(&shop, "3").await, ["A", "B"]);
    shop.leave_jobs();
});

on_every_database!(every_form_of_the_rest_api_is_read, |shop| async move {
    let json = |number: &str| order(number).json();
    let texts = [
        json("1").to_string(),
        json!([json("2"), json("3")]).to_string(),
        json!({ "items": [json("4"), json("5")], "search_criteria": {}, "total_count": 2 }).to_string(),
        format!("{}\n{}\n\n{}\n", json("6"), json("7"), json("8")),
        format!("{:#}", json("9")),
        format!("\u{feff}{}", json("10")),
    ];
    for (text, expected) in texts.iter().zip([1, 2, 2, 3, 1, 1]) {
        assert_eq!(counts(&import(&shop, text).await), [expected, 0, 0, 0], "{text}");
    }
    for nothing in ["", " \n", "[]", r#"{ "items": [], "total_count": 0 }"#] {
        assert_eq!(counts(&import(&shop, nothing).await), [0, 0, 0, 0], "{nothing}");
    }
});

on_every_database!(
    a_refused_order_is_reported_and_the_others_are_imported,
    |shop| async move {
        let mut negative = order("2").json();
        negative["items"][0]["qty_ordered"] = json!(-2);
        let off_by_a_cent = order("3").with("grand_total", json!(30.01)).json();
        let unknown_store = order("4").in_store(9).json();
        let lines = [
            order("1").json().to_string(),
            negative.to_string(),
            "{ not an order".into(),
            off_by_a_cent.to_string(),
            unknown_store.to_string(),
            order("5").json().to_string(),
        ];
        let summary = import(&shop, &lines.join("\n")).await;
        assert_eq!(counts(&summary), [2, 0, 0, 4]);
        let mut refused = summary["refused"].as_array().expect("refusals").clone();
        refused.sort_by_key(|it| it["position"].as_i64());
        let told = |it: &Value| {
            ["number", "field", "value"].map(|field| it[field].as_str().unwrap_or_default().to_owned())
        };
        let positions: Vec<_> = refused
            .iter()
            .map(|it| it["position"].as_i64().expect("a line"))
            .collect();
        assert_eq!(positions, [2, 3, 4, 5]);
        assert_eq!(told(&refused[0]), ["2", "items[0].qty_ordered", "-2"]);
        assert_eq!(refused[0]["message"], "must not be below zero");
        assert_eq!(told(&refused[1]), ["", "", ""]);
        assert_eq!(told(&refused[2]), ["3", "grand_total", "30.01"]);
        assert_eq!(told(&refused[3]), ["4", "store_id", "9"]);
        for number in ["2", "3", "4"] {
            let query = "query($filter: OrdersFilterInput) { orders(filter: $filter) { items { version } } }";
            let asked = shop
                .ask(query)
                .variables(json!({ "filter": { "number": number } }))
                .token(shop.owner());
            assert_eq!(
                asked.send().await.data("/orders/items"),
                &json!([]),
                "order {number}"
            );
        }
        let log = shop.audit_log(2).await;
        for entry in &log {
            assert_eq!(
                [&entry["action"], &entry["target"], &entry["actor"]],
                ["importOrders", "all", "staff:owner"]
            );
        }
        let details: Vec<_> = log.iter().map(|entry| &entry["details"]).collect();
        assert_eq!(details, ["2 imported, 0 updated, 0 skipped, 4 refused", "begins"]);
    }
);

on_every_database!(
    all_orders_can_be_imported_into_one_store_view,
    |shop| async move {
        shop.create_store("nl", "base", "main_website_store").await;
        let text = json!([order("1").json(), order("2").in_store(9).json()]).to_string();
        let input = json!({ "orders": text, "store_code": "nl" });
        assert_eq!(
            counts(&shop.owner_does("importOrders", input, SUMMARY).await),
            [2, 0, 0, 0]
        );
        shop.order_id("1", 2).await;
        shop.order_id("2", 2).await;
        assert_eq!(shop.audit_log(1).await[0]["target"], "nl");
        let nowhere = json!({ "orders": text, "store_code": "nowhere" });
        let refused = shop.owner_does("importOrders", nowhere, SUMMARY).await;
        assert_eq!(refused["user_errors"][0]["field"], "store_code");
        assert_eq!(refused["user_errors"][0]["code"], "NOT_FOUND");
        assert_eq!(counts(&refused), [0, 0, 0, 0]);
    }
);

on_every_database!(fractions_of_a_cent_are_rounded_and_reported, |shop| async move {
    let mut order = OrderJson::new("1").line("A", 1000, 1, 0, 0).json();
    order["items"][0]["row_total"] = json!(10.005);
    order["items"][0]["row_total_incl_tax"] = json!(10.005);
    order["subtotal"] = json!(10.005);
    order["grand_total"] = json!(15.005);
    order["base_grand_total"] = json!(15.005);
    let summary = import(&shop, &order.to_string()).await;
    assert_eq!(counts(&summary), [1, 0, 0, 0]);
    let notes = summary["notes"].as_array().expect("notes");
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0]
            .as_str()
            .is_some_and(|it| it.starts_with("order 1: ") && it.contains("15.01")),
        "{notes:?}"
    );
});

on_every_database!(
    an_order_that_is_replaced_is_noted_and_one_that_is_skipped_is_not,
    |shop| async move {
        let mut newer = newer("1");
        newer["customer_firstname"] = json!("An\u{7}na");
        let first = order("1").json().to_string();
        assert_eq!(import(&shop, &first).await["notes"], json!([]));
        let notes = ["order 1: customer_firstname holds control characters, which became blanks"];
        for (expected, notes) in [([0, 1, 0, 0], json!(notes)), ([0, 0, 1, 0], json!([]))] {
            let summary = import(&shop, &newer.to_string()).await;
            assert_eq!(counts(&summary), expected);
            assert_eq!(summary["notes"], notes);
        }
    }
);

on_every_database!(
    two_simultaneous_imports_import_each_order_once,
    |shop| async move {
        let orders: Vec<Value> = (1..=40).map(|number| order(&number.to_string()).json()).collect();
        let text = Value::from(orders).to_string();
        let replica = shop.replica().await;
        let (left, right) = tokio::join!(import(&shop, &text), import(&replica, &text));
        let (left, right) = (counts(&left), counts(&right));
        assert_eq!(left[0] + right[0], 40, "{left:?} {right:?}");
        assert_eq!(left[2] + right[2], 40, "{left:?} {right:?}");
        assert_eq!(left[3] + right[3], 0, "{left:?} {right:?}");
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

const PAST: &str = "query($id: ID!) { order(id: $id) { order {
    email items { product_sku product_name } total { grand_total { value } }
    payment_methods { type } cancellation_terms { action refusal { code } } } } }";

/// What staff see of the order: some of its parts, and whether and why it cannot be canceled.
async fn seen(shop: &TestShop, number: &str) -> Value {
    let id = shop.order_id(number, 1).await;
    let asked = shop.ask(PAST).variables(json!({ "id": id })).token(shop.owner());
    asked.send().await.data("/order/order").clone()
}

on_every_database!(
    an_order_that_cannot_be_canceled_enters_whatever_it_lacks_and_says_why,
    |shop| async move {
        shop.enable_cancellation().await;
        let past = |number: &str| {
            let order = OrderJson::new(number).line("A", 1000, 1, 1, 1);
            order.in_state("complete", "complete").json()
        };
        let mut empty = past("1");
        for field in ["billing_address", "customer_email", "payment"] {
            empty[field] = json!(null);
        }
        let mut long = past("2");
        long["items"][0]["name"] = json!("n".repeat(300));
        long["items"][0]["sku"] = json!(null);
        long["items"][0]["parent_item_id"] = json!(99);
        let mut impossible = past("3");
        impossible["items"][0]["discount_amount"] = json!(99);
        impossible["items"][0]["qty_canceled"] = json!(-1);
        let mut shipped = OrderJson::new("2030/4").line("A", 1000, 2, 1, 1).json();
        shipped["total_invoiced"] = json!(7);
        shipped["total_paid"] = json!(7);
        let mut open = OrderJson::new("5").line("A", 1000, 2, 1, 0).json();
        open["total_invoiced"] = json!(7);
        open["total_paid"] = json!(7);
        let orders = json!([empty, long, impossible, shipped, open]).to_string();
        let input = json!({ "orders": orders });
        let summary = shop.owner_does("importOrders", input, SUMMARY).await;
        assert_eq!(counts(&summary), [4, 0, 0, 1], "{summary}");
        assert_eq!(summary["refused"][0]["number"], "5");
        let notes = summary["notes"].to_string();
        for note in [
            "order 1: billing_address is missing",
            "order 1: customer_email is missing",
            "order 1: payment is missing",
            "order 2: items[0].name is longer than 255 characters, so the last 45 were cut",
            "order 2: items[0].sku is missing",
            "order 2: items[0].parent_item_id names no item of this order (`99`)",
            "order 3: items[0].discount_amount is more than the row comes to (`99`)",
            "order 3: items[0].qty_canceled -1 is below zero, and counts as 0",
            "order 2030/4: total_invoiced is not what the invoiced items and shipping come to",
        ] {
            assert!(notes.contains(note), "{note}: {notes}");
        }
        for (number, refusal) in [
            ("1", "STATE"),
            ("2", "STATE"),
            ("3", "STATE"),
            ("2030/4", "PARTLY_SHIPPED"),
        ] {
            let order = seen(&shop, number).await;
            let terms = json!({ "action": "NONE", "refusal": { "code": refusal } });
            assert_eq!(order["cancellation_terms"], terms, "{number}");
        }
        let order = seen(&shop, "1").await;
        assert_eq!(
            (&order["email"], &order["payment_methods"][0]["type"]),
            (&json!(""), &json!("unknown"))
        );
        let item = seen(&shop, "2").await["items"][0].clone();
        assert_eq!(
            item,
            json!({ "product_sku": "", "product_name": "n".repeat(255) })
        );
        assert_eq!(seen(&shop, "3").await["total"]["grand_total"]["value"], 15.0);
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(
    an_order_without_an_email_address_is_mailed_to_no_address_and_found_by_no_guest,
    |shop| async move {
        let mut order = OrderJson::new("1")
            .line("A", 1000, 1, 1, 1)
            .in_state("complete", "complete")
            .json();
        order["customer_email"] = json!(null);
        let input = json!({ "orders": order.to_string(), "send_confirmation": true });
        assert_eq!(
            counts(&shop.owner_does("importOrders", input, SUMMARY).await),
            [1, 0, 0, 0]
        );
        let id = shop.order_id("1", 1).await;
        let refused = shop
            .refused("sendOrderConfirmation", json!({ "order_id": id }))
            .await;
        assert_eq!(refused, ("INVALID".to_owned(), "order_id".to_owned()));
        let query = "query($input: GuestOrderInformationInput!) { guestOrder(input: $input) { number } }";
        for email in ["", " "] {
            let input = json!({ "number": "1", "email": email, "lastname": "Larsen" });
            let answer = shop.ask(query).variables(json!({ "input": input })).send().await;
            answer.fails(
                "graphql-no-such-entity",
                "We couldn't locate an order with the information provided.",
            );
        }
    }
);
