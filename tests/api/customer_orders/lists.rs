//! The order of a list, its pages, and its store views.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::json;

use super::{BUYER, import, list, numbers, order, page};

const INPUT: &str = "graphql-input";

/// Seven orders whose times are in another order than their numbers. Two orders have the same time.
async fn seven(shop: &TestShop) -> String {
    let days = [5, 3, 7, 1, 3, 6, 2];
    let placed = |(number, day): (i32, &i32)| {
        order(&number.to_string()).placed_at(&format!("2026-02-0{day} 10:00:00"))
    };
    import(shop, (1..).zip(&days).map(placed)).await
}

on_every_database!(a_list_is_sorted_as_asked, |shop| async move {
    let customer = seven(&shop).await;
    let sorted = async |field: &str, direction: &str| {
        let arguments = format!("sort: {{ sort_field: {field}, sort_direction: {direction} }}");
        numbers(&list(&shop, &customer, &arguments).await).concat()
    };
    assert_eq!(sorted("NUMBER", "ASC").await, "1234567");
    assert_eq!(sorted("NUMBER", "DESC").await, "7654321");
    assert_eq!(sorted("CREATED_AT", "ASC").await, "4725163");
    assert_eq!(
        sorted("CREATED_AT", "DESC").await,
        "3615274",
        "the other way round, to the last"
    );
    assert_eq!(
        numbers(&list(&shop, &customer, "").await).concat(),
        "1234567",
        "as they came in"
    );
});

on_every_database!(each_order_is_on_one_page, |shop| async move {
    let customer = seven(&shop).await;
    let sort = "sort: { sort_field: CREATED_AT, sort_direction: DESC }, pageSize: 3";
    let mut seen = Vec::new();
    for current in 1..=3 {
        let answer = list(&shop, &customer, &format!("{sort}, currentPage: {current}")).await;
        assert_eq!(answer.data("/customer/orders/total_count"), &json!(7));
        assert_eq!(page(&answer), json!([current, 3, 3]));
        seen.extend(numbers(&answer));
    }
    assert_eq!(seen.concat(), "3615274");
    // A page past the end shows the last page and its number.
    for current in [4, 1_000_000, i32::MAX] {
        let answer = list(&shop, &customer, &format!("{sort}, currentPage: {current}")).await;
        assert_eq!(numbers(&answer), ["4"]);
        assert_eq!(page(&answer), json!([3, 3, 3]));
    }
    assert_eq!(
        page(&list(&shop, &customer, "").await),
        json!([1, 20, 1]),
        "twenty a page"
    );
});

on_every_database!(a_customer_without_orders_gets_an_empty_page, |shop| async move {
    let customer = shop.customer(BUYER).await;
    for current in [1, 5] {
        let answer = list(&shop, &customer, &format!("currentPage: {current}")).await;
        assert_eq!(answer.data("/customer/orders/items"), &json!([]));
        assert_eq!(answer.data("/customer/orders/total_count"), &json!(0));
        assert_eq!(answer.data("/customer/orders/date_of_first_order"), &json!(null));
        assert_eq!(page(&answer)[0], 1);
    }
});

on_every_database!(a_page_or_page_size_out_of_range_is_refused, |shop| async move {
    let customer = seven(&shop).await;
    for wrong in [0, -1, i32::MIN] {
        let answer = list(&shop, &customer, &format!("currentPage: {wrong}")).await;
        answer.fails(INPUT, "currentPage value must be greater than 0.");
        let answer = list(&shop, &customer, &format!("pageSize: {wrong}")).await;
        answer.fails(INPUT, "pageSize value must be greater than 0.");
    }
    assert_eq!(list(&shop, &customer, "pageSize: 301").await.category(), INPUT);
    assert_eq!(numbers(&list(&shop, &customer, "pageSize: 300").await).len(), 7);
});

/// Creates two websites. The first has a group of two store views and a group of one.
async fn stores(shop: &TestShop) -> String {
    shop.create_store("sister", "base", "main_website_store").await;
    shop.create_store("alone", "base", "alone").await;
    shop.create_website("second").await;
    shop.create_store("there", "second", "there").await;
    let placed = |(store, number): (i32, &str)| {
        order(number)
            .in_store(store)
            .placed_at(&format!("2026-02-0{} 10:00:00", 5 - store))
    };
    import(shop, (1..).zip(["1", "2", "3", "4"]).map(placed)).await
}

on_every_database!(a_scope_selects_store_views, |shop| async move {
    let customer = stores(&shop).await;
    let seen = async |store: &str, scope: &str| {
        let query = format!("{{ customer {{ orders({scope}) {{ items {{ number }} total_count }} }} }}");
        let answer = shop.ask(&query).token(&customer).store(store).send().await;
        let numbers = numbers(&answer);
        assert_eq!(answer.data("/customer/orders/total_count"), &json!(numbers.len()));
        numbers.concat()
    };
    for (store, own, group) in [("default", "1", "12"), ("sister", "2", "12"), ("alone", "3", "3")] {
        assert_eq!(seen(store, "pageSize: 20").await, own);
        assert_eq!(seen(store, "scope: STORE").await, group);
        assert_eq!(seen(store, "scope: WEBSITE").await, "123");
        // The same e-mail address on another website is another account.
        assert_eq!(seen(store, "scope: GLOBAL").await, "123");
    }
    let there = shop.customer_on("second", "there", BUYER).await;
    let query = "{ customer { orders(scope: GLOBAL) { items { number } } } }";
    assert_eq!(
        numbers(&shop.ask(query).token(&there).store("there").send().await),
        ["4"]
    );
});

on_every_database!(
    the_date_of_the_first_order_does_not_depend_on_filter_and_page,
    |shop| async move {
        let customer = stores(&shop).await;
        for arguments in [
            "",
            "scope: STORE",
            r#"filter: { number: { eq: "nothing" } }"#,
            "currentPage: 9, pageSize: 1",
        ] {
            let answer = list(&shop, &customer, arguments).await;
            let first = answer.data("/customer/orders/date_of_first_order");
            assert_eq!(
                first, "2026-02-02 10:00:00",
                "{arguments}: the one of store view 3, an account sees no other"
            );
        }
    }
);

on_every_database!(a_customer_sees_no_orders_of_others, |shop| async move {
    let mine = order("1");
    let others = OrderJson::new("2")
        .by("berta@example.com")
        .line("a", 1000, 1, 0, 0);
    let guests = OrderJson::new("3").by_guest(BUYER).line("a", 1000, 1, 0, 0);
    let customer = import(&shop, [mine, others, guests]).await;
    assert_eq!(numbers(&list(&shop, &customer, "scope: GLOBAL").await), ["1"]);
    for number in ["2", "3"] {
        let arguments = format!("filter: {{ number: {{ eq: \"{number}\" }} }}, scope: GLOBAL");
        assert_eq!(numbers(&list(&shop, &customer, &arguments).await), [""; 0]);
    }
});
