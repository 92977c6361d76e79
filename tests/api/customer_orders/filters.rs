//! The orders that a filter finds.

use countermand_tests::{TestShop, on_every_database};
use serde_json::json;

use super::{BUYER, import, list, numbers, order};

const INPUT: &str = "graphql-input";

/// Five orders by ascending number, placed on consecutive days at 10:00, each ten dollars more than the one before.
async fn five(shop: &TestShop) -> String {
    let placed = |day: i64| {
        let order = order(&format!("10000000{day}")).placed_at(&format!("2026-02-0{day} 10:00:00"));
        order.line("b", 1000 * day, 1, 0, 0)
    };
    let orders = [
        placed(1),
        placed(2).in_state("processing", "processing"),
        placed(3).in_state("complete", "complete"),
        placed(4).in_state("processing", "fraud"),
        placed(5).in_state("canceled", "canceled"),
    ];
    import(shop, orders).await
}

on_every_database!(a_filter_by_number_finds_exactly_that_number, |shop| async move {
    let customer = five(&shop).await;
    let found = async |filter: &str| {
        let arguments = format!("filter: {{ number: {{ {filter} }} }}");
        numbers(&list(&shop, &customer, &arguments).await)
    };
    assert_eq!(found(r#"eq: "100000002""#).await, ["100000002"]);
    assert_eq!(found(r#"eq: "10000000""#).await, [""; 0]);
    assert_eq!(found(r#"eq: """#).await, [""; 0]);
    assert_eq!(
        found(r#"in: ["100000003", "nothing", "100000001"]"#).await,
        ["100000001", "100000003"]
    );
    assert_eq!(found("in: []").await, [""; 0]);
    assert_eq!(found(r#"in: ["100000003"], eq: "100000001""#).await, [""; 0]);
    assert_eq!(found(r#"match: "0004""#).await, ["100000004"]);
    assert_eq!(found(r#"match: "%0004%""#).await, ["100000004"]);
    for everything in [r#"match: """#, r#"match: "%""#, r#"match: "0000""#, ""] {
        assert_eq!(found(everything).await.len(), 5, "{everything}");
    }
    for nothing in [
        r#"match: "_""#,
        r#"match: "1_0""#,
        r#"match: "'""#,
        r#"match: "!""#,
        r#"match: "\\""#,
    ] {
        assert_eq!(found(nothing).await, [""; 0], "{nothing}");
    }
});

on_every_database!(an_unusable_match_is_refused, |shop| async move {
    let customer = five(&shop).await;
    let long = "1".repeat(101);
    for part in [r"a\u0000b", r"a\nb", &long] {
        let arguments = format!("filter: {{ number: {{ match: \"{part}\" }} }}");
        list(&shop, &customer, &arguments)
            .await
            .fails(INPUT, "Invalid match filter");
    }
});

on_every_database!(a_filter_by_status_takes_the_code, |shop| async move {
    let customer = five(&shop).await;
    let found = async |filter: &str| {
        let arguments = format!("filter: {{ status: {{ {filter} }} }}");
        numbers(&list(&shop, &customer, &arguments).await)
    };
    assert_eq!(found(r#"eq: "pending""#).await, ["100000001"]);
    assert_eq!(
        found(r#"eq: "processing""#).await,
        ["100000002"],
        "not all of that state"
    );
    assert_eq!(found(r#"eq: "fraud""#).await, ["100000004"]);
    assert_eq!(
        found(r#"eq: "Pending""#).await.len() + found(r#"eq: "Suspected Fraud""#).await.len(),
        0
    );
    assert_eq!(
        found(r#"in: ["canceled", "complete"]"#).await,
        ["100000003", "100000005"]
    );
});

on_every_database!(a_filter_by_date_includes_both_ends, |shop| async move {
    let customer = five(&shop).await;
    let found = async |filter: &str| {
        let arguments = format!("filter: {{ order_date: {{ {filter} }} }}");
        numbers(&list(&shop, &customer, &arguments).await)
    };
    assert_eq!(found(r#"from: "2026-02-04""#).await, ["100000004", "100000005"]);
    assert_eq!(
        found(r#"to: "2026-02-02""#).await,
        ["100000001"],
        "a day means its first moment"
    );
    assert_eq!(
        found(r#"to: "2026-02-02 23:59:59""#).await,
        ["100000001", "100000002"]
    );
    let both = r#"from: "2026-02-02 10:00:00", to: "2026-02-03 10:00:00""#;
    assert_eq!(found(both).await, ["100000002", "100000003"]);
    assert_eq!(
        found(r#"from: "2026-02-02 10:00:01", to: "2026-02-03 09:59:59""#).await,
        [""; 0]
    );
    assert_eq!(found("").await.len(), 5);
});

on_every_database!(a_filter_by_total_compares_the_base_currency, |shop| async move {
    let dear = order("1")
        .with("base_grand_total", json!(100.00))
        .with("order_currency_code", json!("EUR"));
    let customer = import(&shop, [dear, order("2")]).await;
    let found = async |filter: &str| {
        let arguments = format!("filter: {{ grand_total: {{ {filter} }} }}");
        numbers(&list(&shop, &customer, &arguments).await)
    };
    assert_eq!(found(r#"from: "50""#).await, ["1"]);
    assert_eq!(found(r#"to: "50""#).await, ["2"]);
    assert_eq!(found(r#"from: "15.00", to: "15.00""#).await, ["2"]);
    assert_eq!(found(r#"from: "15.01", to: "99.99""#).await, [""; 0]);
});

on_every_database!(a_malformed_date_or_amount_is_refused, |shop| async move {
    let customer = five(&shop).await;
    for text in [
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "2026-02-01T10:00:00Z",
        "0",
        "2026-02-01' --",
    ] {
        let arguments = format!("filter: {{ order_date: {{ from: \"{text}\" }} }}");
        let answer = list(&shop, &customer, &arguments).await;
        assert_eq!(answer.category(), INPUT, "{text}");
        assert!(answer.error().contains("order_date"), "{}", answer.error());
    }
    for text in ["ten", "10,00", "10.001", "99999999999999999999"] {
        let arguments = format!("filter: {{ grand_total: {{ to: \"{text}\" }} }}");
        let answer = list(&shop, &customer, &arguments).await;
        assert_eq!(answer.category(), INPUT, "{text}");
        assert!(answer.error().contains("grand_total"), "{}", answer.error());
    }
});

on_every_database!(all_filters_apply_together, |shop| async move {
    let customer = five(&shop).await;
    let both = r#"filter: { number: { match: "10000" }, status: { in: ["pending", "fraud"] },
                   order_date: { from: "2026-02-02" }, grand_total: { from: "1" } }"#;
    assert_eq!(numbers(&list(&shop, &customer, both).await), ["100000004"]);
    for everything in ["", "filter: {}", "filter: null", r#"filter: { search: "10000" }"#] {
        assert_eq!(
            numbers(&list(&shop, &customer, everything).await).len(),
            5,
            "{everything}"
        );
    }
});

on_every_database!(a_search_finds_an_order_by_number_name_or_sku, |shop| async move {
    let bought = |number: &str, sku: &str, name: &str| {
        let mut order = order(number).line(sku, 1000, 1, 0, 0).json();
        order["items"][1]["name"] = json!(name);
        order
    };
    let orders = [
        bought("100000001", "WB-04", "Water bottle"),
        bought("100000002", "MUG-7", "Mug, 100% clay"),
        bought("100000003", "water-1", "Carafe"),
    ];
    shop.import(&orders).await;
    let customer = shop.customer(BUYER).await;
    let found =
        async |filter: &str| numbers(&list(&shop, &customer, &format!("filter: {{ {filter} }}")).await);
    assert_eq!(found(r#"search: "0003""#).await, ["100000003"]);
    assert_eq!(found(r#"search: "water""#).await, ["100000001", "100000003"]);
    assert_eq!(found(r#"search: " mug-7 ""#).await, ["100000002"]);
    assert_eq!(found(r#"search: "100%""#).await, ["100000002"]);
    assert_eq!(found(r#"search: "w_ter""#).await, [""; 0]);
    assert_eq!(
        found(r#"search: "water", number: { match: "0003" }"#).await,
        ["100000003"]
    );
    assert_eq!(
        found(r#"search: "mug", number: { match: "0003" }"#).await,
        [""; 0]
    );
    for everything in [
        r#"search: """#,
        r#"search: "   ""#,
        r#"search: "1000", number: { match: "" }"#,
    ] {
        assert_eq!(found(everything).await.len(), 3, "{everything}");
    }
    let long = format!("filter: {{ search: \"{}\" }}", "å".repeat(101));
    let answer = list(&shop, &customer, &long).await;
    assert_eq!(
        [answer.error(), answer.category()],
        ["Invalid search filter", INPUT]
    );
});

// Databases compare letters differently. Here a number matches exactly, and a part of a number in any case.
on_every_database!(
    order_numbers_match_exactly_and_parts_of_them_in_any_case,
    |shop| async move {
        let numbers_there = ["B-1", "a-1", "A-1", "10", "9", "b_1"];
        let customer = import(&shop, numbers_there.map(order)).await;
        let found = async |arguments: &str| numbers(&list(&shop, &customer, arguments).await);
        assert_eq!(found(r#"filter: { number: { eq: "a-1" } }"#).await, ["a-1"]);
        assert_eq!(
            found(r#"filter: { number: { in: ["A-1", "b-1"] } }"#).await,
            ["A-1"]
        );
        for near in [" 9", "09", "9.0", "９"] {
            assert_eq!(
                found(&format!("filter: {{ number: {{ eq: \"{near}\" }} }}")).await,
                [""; 0],
                "{near:?}"
            );
        }
        let sorted = "sort: { sort_field: NUMBER, sort_direction: ASC }";
        assert_eq!(found(sorted).await, ["10", "9", "A-1", "B-1", "a-1", "b_1"]);
        for part in ["B", "b"] {
            assert_eq!(
                found(&format!("filter: {{ number: {{ match: \"{part}\" }} }}")).await,
                ["B-1", "b_1"]
            );
        }
    }
);
