//! Staff searches orders, with filters and page by page.

use std::collections::BTreeSet;

use countermand_tests::{Answer, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const SEARCH: &str = "query($filter: OrdersFilterInput, $first: Int, $after: String) {
  orders(filter: $filter, first: $first, after: $after) { items { order { number } } end_cursor has_next_page }
}";

async fn search(shop: &TestShop, variables: Value) -> Answer {
    shop.ask(SEARCH)
        .variables(variables)
        .token(shop.owner())
        .send()
        .await
}

fn numbers(answer: &Answer) -> Vec<String> {
    let items = answer.data("/orders/items").as_array().expect("items");
    let number = |it: &Value| {
        it.pointer("/order/number")
            .and_then(Value::as_str)
            .expect("a number")
            .to_owned()
    };
    items.iter().map(number).collect()
}

/// The numbers of the orders that match `filter`.
async fn found(shop: &TestShop, filter: Value) -> Vec<String> {
    numbers(&search(shop, json!({ "filter": filter })).await)
}

on_every_database!(
    orders_are_found_by_number_status_store_view_address_and_date,
    |shop| async move {
        shop.create_store("nl", "base", "main").await;
        let at = |number: &str, at: &str| OrderJson::new(number).line("A", 1000, 1, 0, 0).placed_at(at);
        shop.import(&[
            at("1", "2026-03-01 23:59:59").by("Anna@Example.com").json(),
            at("2", "2026-03-02 00:00:00").by_guest("bob@example.com").json(),
            at("3", "2026-03-03 12:00:00")
                .by("anna@example.com")
                .in_store(2)
                .json(),
            at("4", "2026-03-04 12:00:00")
                .by("anna@example.com")
                .in_state("holded", "holded")
                .json(),
            at("1", "2026-03-05 12:00:00")
                .by_guest("bob@example.com")
                .in_store(2)
                .json(),
        ])
        .await;
        assert_eq!(found(&shop, Value::Null).await, ["1", "4", "3", "2", "1"]);
        assert_eq!(found(&shop, json!({ "store_code": "nl" })).await, ["1", "3"]);
        assert_eq!(found(&shop, json!({ "status": "holded" })).await, ["4"]);
        assert_eq!(found(&shop, json!({ "number": "1" })).await, ["1", "1"]);
        assert_eq!(
            found(&shop, json!({ "number": "1", "store_code": "default" })).await,
            ["1"]
        );
        assert_eq!(
            found(&shop, json!({ "email": "bob@example.com" })).await,
            ["1", "2"]
        );
        let pending = json!({ "email": "anna@example.com", "status": "pending" });
        assert_eq!(found(&shop, pending).await, ["3"]);
        assert_eq!(
            found(&shop, json!({ "placed_from": "2026-03-04" })).await,
            ["1", "4"]
        );
        assert_eq!(
            found(&shop, json!({ "placed_to": "2026-03-02" })).await,
            ["2", "1"]
        );
        let second =
            json!({ "placed_from": "2026-03-02T00:00:00Z", "placed_to": "2026-03-03T13:00:00+01:00" });
        assert_eq!(found(&shop, second).await, ["3", "2"]);
        for filter in [json!({ "number": "%" }), json!({ "email": "bob" })] {
            assert!(found(&shop, filter.clone()).await.is_empty(), "{filter}");
        }
    }
);

on_every_database!(
    orders_are_found_by_parts_of_what_people_remember,
    |shop| async move {
        let order = |number: &str, sku: &str, cents| {
            let order = OrderJson::new(number).line(sku, cents, 1, 0, 0);
            order.placed_at(&format!("2026-03-0{} 10:00:00", &number[number.len() - 1..]))
        };
        shop.import(&[
            order("000004711", "SHIRT-Red", 1000)
                .by("anna@example.com")
                .json(),
            order("000004712", "MUG", 4990)
                .by_guest("bob@shop.example")
                .json(),
            OrderJson::new("000004723")
                .line("SHIRT-Blue", 2000, 1, 1, 0)
                .placed_at("2026-03-03 10:00:00")
                .by("anna@example.com")
                .json(),
        ])
        .await;
        let cases = [
            (json!({ "number_part": "471" }), vec!["000004712", "000004711"]),
            (json!({ "number_part": "23" }), vec!["000004723"]),
            (json!({ "email_part": "ANNA@" }), vec!["000004723", "000004711"]),
            (json!({ "sku": "shirt" }), vec!["000004723", "000004711"]),
            (json!({ "sku": "shirt-b" }), vec!["000004723"]),
            (json!({ "state": "processing" }), vec!["000004723"]),
            (json!({ "paid": true }), vec!["000004723"]),
            (json!({ "paid": false }), vec!["000004712", "000004711"]),
            (
                json!({ "grand_total_from": 54.9, "grand_total_to": 54.9 }),
                vec!["000004712"],
            ),
            (
                json!({ "grand_total_to": 20, "currency": "USD", "sku": "shirt" }),
                vec!["000004711"],
            ),
            (json!({ "grand_total_to": 20, "currency": "EUR" }), vec![]),
            (
                json!({ "sku": "shirt", "placed_to": "2026-03-01" }),
                vec!["000004711"],
            ),
            (json!({ "sku": "_" }), vec![]),
        ];
        for (filter, expected) in cases {
            let asked = shop
                .ask(
                    "query($filter: OrdersFilterInput) { orders(filter: $filter, first: 1) { has_next_page \
                      searched_back_to total_count { count is_exact } } }",
                )
                .variables(json!({ "filter": filter.clone() }))
                .token(shop.owner());
            let answer = asked.send().await;
            let page = json!({
                "has_next_page": expected.len() > 1,
                "searched_back_to": null,
                "total_count": { "count": expected.len(), "is_exact": true },
            });
            assert_eq!(answer.data("/orders"), &page, "{filter}");
            assert_eq!(found(&shop, filter.clone()).await, expected, "{filter}");
        }
    }
);

on_every_database!(
    orders_are_found_by_the_buyers_name_and_by_their_cancellation,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.leave_jobs();
        let order = |number: &str, first: &str, last: &str| {
            let mut order = OrderJson::new(number)
                .line("A", 1000, 1, 0, 0)
                .by_guest("x@example.com")
                .json();
            order["customer_firstname"] = json!(first);
            order["customer_lastname"] = json!(last);
            order
        };
        shop.import(&[
            order("1", "Anna", "Jansen"),
            order("2", "Hanna", "O'Neil"),
            order("3", "Bob", "Janssen"),
        ])
        .await;
        assert_eq!(found(&shop, json!({ "name": "anna jan" })).await, ["1"]);
        assert_eq!(found(&shop, json!({ "name": "o'n" })).await, ["2"]);
        assert_eq!(found(&shop, json!({ "name": "jans" })).await.len(), 2);
        assert!(found(&shop, json!({ "name": "firstname" })).await.is_empty());

        let id = shop.order_id("1", 1).await;
        shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
            .await;
        let today = shop.now().format("%Y-%m-%d").to_string();
        let filters = [
            json!({ "canceled_from": today, "canceled_to": today }),
            json!({ "canceled_from": today, "reason_code": "other" }),
            json!({ "reason_code": "other" }),
            json!({ "canceled_to": today, "name": "anna", "state": "canceled", "status": "canceled" }),
        ];
        for filter in filters {
            assert_eq!(found(&shop, filter.clone()).await, ["1"], "{filter}");
        }
        let filters = [
            json!({ "canceled_to": "2001-01-01" }),
            json!({ "canceled_from": today, "reason_code": "no_longer_needed" }),
            json!({ "canceled_from": today, "status": "pending" }),
        ];
        for filter in filters {
            assert!(found(&shop, filter.clone()).await.is_empty(), "{filter}");
        }
    }
);

on_every_database!(an_email_address_is_found_in_any_case, |shop| async move {
    let order = |number: &str| OrderJson::new(number).line("A", 1000, 1, 0, 0);
    shop.import(&[
        order("1").by("Anna@Example.com").json(),
        order("2").by("anna@example.com").json(),
    ])
    .await;
    assert_eq!(found(&shop, json!({ "email": "ANNA@EXAMPLE.COM" })).await, ["2"]);
    assert_eq!(
        found(&shop, json!({ "email": "Anna@Example.com" })).await,
        ["2", "1"]
    );
});

on_every_database!(each_order_is_on_one_page, |shop| async move {
    let order = |number: u32| {
        let at = format!("2026-03-01 10:00:0{}", number / 15);
        let order = OrderJson::new(&format!("{number:09}")).line("A", 1000, 1, 0, 0);
        order.placed_at(&at).json()
    };
    let orders: Vec<Value> = (0..45).map(order).collect();
    shop.import(&orders).await;
    for size in [1, 7, 45, 100] {
        let mut seen = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = search(&shop, json!({ "first": size, "after": after })).await;
            let page_numbers = numbers(&page);
            assert!(page_numbers.len() <= size);
            seen.extend(page_numbers);
            after = page.data("/orders/end_cursor").clone();
            if page.data("/orders/has_next_page") == &json!(false) {
                break;
            }
        }
        let once: BTreeSet<_> = seen.iter().cloned().collect();
        assert_eq!((seen.len(), once.len()), (45, 45), "pages of {size}");
        let newest_first = seen.windows(2).all(|pair| pair[0] > pair[1]);
        assert!(newest_first, "pages of {size}: {seen:?}");
    }
    let past_the_end = search(&shop, json!({ "filter": { "number": "none" } })).await;
    let nothing = json!({ "items": [], "end_cursor": null, "has_next_page": false });
    assert_eq!(past_the_end.data("/orders"), &nothing);
});

on_every_database!(a_search_with_invalid_values_is_refused, |shop| async move {
    let unknown = search(&shop, json!({ "filter": { "store_code": "nowhere" } })).await;
    assert_eq!(
        (unknown.category(), unknown.error()),
        ("graphql-no-such-entity", "no such store view")
    );
    let cases = [
        (json!({ "filter": { "placed_from": "yesterday" } }), "placed_from"),
        (json!({ "filter": { "placed_to": "2026-13-01" } }), "placed_to"),
        (
            json!({ "filter": { "status": "Pending" } }),
            "there is no status `Pending`",
        ),
        (json!({ "filter": { "state": "open" } }), "state"),
        (json!({ "filter": { "name": " " } }), "name"),
        (json!({ "filter": { "sku": "a\nb" } }), "sku"),
        (
            json!({ "filter": { "number_part": "1".repeat(255) } }),
            "number_part",
        ),
        (json!({ "filter": { "canceled_to": "soon" } }), "canceled_to"),
        (
            json!({ "filter": { "grand_total_from": 1.001 } }),
            "grand_total_from",
        ),
        (json!({ "filter": { "currency": "euro" } }), "currency"),
        (json!({ "first": 0 }), "first"),
        (json!({ "first": 101 }), "first"),
        (json!({ "first": -5 }), "first"),
        (json!({ "after": "x" }), "after"),
        (json!({ "after": "" }), "after"),
    ];
    for (variables, field) in cases {
        let answer = search(&shop, variables.clone()).await;
        assert_eq!(answer.category(), "graphql-input", "{variables}");
        assert!(
            answer.error().starts_with(field),
            "{variables}: {}",
            answer.error()
        );
    }
    let one = "query($id: ID!) { order(id: $id) { version } }";
    let ask = async |id: &str| {
        shop.ask(one)
            .variables(json!({ "id": id }))
            .token(shop.owner())
            .send()
            .await
    };
    assert!(ask("19999999999").await.data("/order").is_null());
    assert_eq!(ask("no id").await.category(), "graphql-input");
});

on_every_database!(
    the_audit_log_is_read_page_by_page_without_gaps,
    |shop| async move {
        for number in 0..7 {
            shop.create_website(&format!("site{number}")).await;
        }
        let query = "query($after: String) { auditLog(first: 3, after: $after) { items { target } end_cursor has_next_page } }";
        let (mut targets, mut after) = (Vec::new(), Value::Null);
        loop {
            let asked = shop
                .ask(query)
                .variables(json!({ "after": after }))
                .token(shop.owner());
            let page = asked.send().await;
            let items = page.data("/auditLog/items").as_array().expect("items").clone();
            targets.extend(
                items
                    .iter()
                    .map(|it| it["target"].as_str().expect("a target").to_owned()),
            );
            after = page.data("/auditLog/end_cursor").clone();
            if page.data("/auditLog/has_next_page") == &json!(false) {
                break;
            }
        }
        let mut newest_first: Vec<String> = (0..7).rev().map(|number| format!("site{number}")).collect();
        // The oldest entry is about the owner's token.
        newest_first.push("owner".into());
        assert_eq!(targets, newest_first);
    }
);
