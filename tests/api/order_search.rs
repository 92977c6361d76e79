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
        for filter in [
            json!({ "number": "%" }),
            json!({ "email": "bob" }),
            json!({ "status": "Pending" }),
        ] {
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
