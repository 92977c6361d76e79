//! Requests that could take a server down or keep it from other callers: each is refused, and the next one is answered.

use std::time::{Duration, Instant};

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{QUERY, is_refused, json_of, post};

/// The time in which others are answered, with room for a busy machine. What a hostile request asks for would take minutes.
const OTHERS_WAIT: Duration = Duration::from_secs(20);

async fn still_answers(shop: &TestShop) {
    let began = Instant::now();
    assert_eq!(
        shop.ask(QUERY).send().await.data("/storeConfig/store_code"),
        "default"
    );
    assert!(began.elapsed() < OTHERS_WAIT, "others wait");
}

/// Checks that the document is refused as bad input.
async fn is_bad_input(shop: &TestShop, document: &str) -> Value {
    let body = json!({ "query": document }).to_string();
    let body = json_of(post(shop, body).send().await.expect("an answer")).await;
    assert_eq!(
        body["errors"][0]["extensions"]["category"], "graphql-input",
        "{body}"
    );
    assert!(body.get("data").is_none(), "{body}");
    body
}

on_every_database!(a_document_that_nests_deeply_is_refused, |shop| async move {
    let deep = |open: &str, times: usize| open.repeat(times);
    let documents = [
        format!("{{ __typename(a: {}", deep("[", 5_000)),
        format!("{{ __typename(a: {}", deep("{a:", 5_000)),
        format!(
            "query($a: {}Int = {}) {{ __typename }}",
            deep("[", 3_000),
            deep("[", 3_000)
        ),
        format!("{}{}", deep("{ a ", 5_000), deep("}", 5_000)),
        format!(
            "{{ customer {{ orders {{ items {{ {} }} }} }} }}",
            deep("items { order_item ", 100)
        ),
        deep("(", 10_000),
    ];
    for document in documents {
        is_bad_input(&shop, &document).await;
        still_answers(&shop).await;
    }
    // Variables are JSON and may come nested to any depth.
    let nested = format!("{}{}", deep("[", 50_000), deep("]", 50_000));
    let body = format!(r#"{{"query": "{QUERY}", "variables": {{"a": {nested}}}}}"#);
    let response = post(&shop, body).send().await.expect("an answer");
    assert_eq!(response.status(), 400);
    still_answers(&shop).await;
});

on_every_database!(a_selection_that_is_too_deep_is_refused, |shop| async move {
    // An item of a document shows the order's item, which shows its documents again: a circle in the schema.
    let circle = "items { order_item { product_sku } }";
    let fine = format!("{{ customer {{ orders {{ items {{ invoices {{ {circle} }} }} }} }} }}");
    let customer = shop.customer("anna@example.com").await;
    let answer = shop.ask(&fine).token(&customer).send().await;
    assert_eq!(answer.data("/customer/orders/items"), &json!([]));
    let deep = "{ __schema { types { ".to_owned() + &"ofType { ".repeat(30) + "name" + &" }".repeat(33);
    is_bad_input(&shop, &deep).await;
});

on_every_database!(a_document_with_too_many_fields_is_refused, |shop| async move {
    let aliases: Vec<_> = (0..4_000).map(|n| format!("a{n}: __typename")).collect();
    is_bad_input(&shop, &format!("{{ {} }}", aliases.join(" "))).await;
    let lists: Vec<_> = (0..1_600)
        .map(|n| format!("a{n}: cancellationReasons {{ code }}"))
        .collect();
    is_bad_input(&shop, &format!("{{ {} }}", lists.join(" "))).await;
    still_answers(&shop).await;
});

on_every_database!(fragments_in_a_circle_are_refused, |shop| async move {
    let circle =
        "{ storeConfig { ...A } } fragment A on StoreConfig { ...B } fragment B on StoreConfig { ...A }";
    is_bad_input(&shop, circle).await;
    let alone = "{ storeConfig { ...A } } fragment A on StoreConfig { store_code ...A }";
    is_bad_input(&shop, alone).await;
    still_answers(&shop).await;
});

on_every_database!(a_huge_body_is_refused, |shop| async move {
    let huge = "x".repeat(5 * 1024 * 1024);
    let response = post(&shop, huge).send().await.expect("an answer");
    is_refused(response, 413, "The body is too large or broken off.").await;
    let large = json!({ "query": format!("# {}\n{QUERY}", "x".repeat(100_000)) }).to_string();
    let body = json_of(post(&shop, large).send().await.expect("an answer")).await;
    assert_eq!(body["errors"][0]["extensions"]["category"], "graphql-input");
    still_answers(&shop).await;
});

// Storefronts put whole documents of five kilobytes and more into the URL.
on_every_database!(a_long_url_is_read, |shop| async move {
    let long = format!("# {}\n{QUERY}", "x".repeat(24 * 1024));
    let answer = shop.ask(&long).by_get().send().await;
    assert_eq!(answer.data("/storeConfig/store_code"), "default");
});

on_every_database!(a_hundred_simultaneous_requests_are_answered, |shop| async move {
    let asking = (0..100).map(|_| tokio::spawn(shop.ask(QUERY).send()));
    for answer in asking.collect::<Vec<_>>() {
        assert_eq!(
            answer.await.expect("an answer").data("/storeConfig/store_code"),
            "default"
        );
    }
});
