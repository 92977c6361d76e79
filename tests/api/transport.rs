//! GraphQL over HTTP: what every storefront needs, and what no caller may do to the server.

mod abuse;
mod budgets;
mod cache_id;
mod cors;
mod early_answers;
mod guard;
mod malformed;
mod media_types;
mod pages;
mod settings;

use countermand_tests::{OrderJson, TestShop, on_every_database};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

const QUERY: &str = "{ storeConfig { store_code } }";

fn post(shop: &TestShop, body: impl Into<reqwest::Body>) -> RequestBuilder {
    let url = format!("{}/graphql", shop.address());
    shop.client()
        .post(url)
        .header("content-type", "application/json")
        .body(body)
}

async fn json_of(response: Response) -> Value {
    let body = response.text().await.expect("a body");
    serde_json::from_str(&body).unwrap_or_else(|_| panic!("no JSON: {body}"))
}

/// Checks an answer that was refused before any GraphQL: an error status, and JSON because storefronts read it.
async fn is_refused(response: Response, status: u16, message: &str) {
    assert_eq!(response.status(), status);
    let kind = response
        .headers()
        .get("content-type")
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    assert!(kind.starts_with("application/json"), "{kind}");
    let body = json_of(response).await;
    assert_eq!(body["errors"][0]["message"], message);
    assert_eq!(body["errors"][0]["extensions"]["category"], "graphql-input");
    assert!(body.get("data").is_none());
}

on_every_database!(queries_come_by_post_or_by_get, |shop| async move {
    let by_post = shop.ask(QUERY).send().await;
    let by_get = shop.ask(QUERY).by_get().send().await;
    for answer in [&by_post, &by_get] {
        assert_eq!(answer.status, 200);
        // An empty list of errors is missing too: storefronts would take it for a failure.
        assert_eq!(
            answer.body,
            json!({ "data": { "storeConfig": { "store_code": "default" } } })
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(
            answer.header("content-type"),
            Some("application/json; charset=utf-8")
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
});

on_every_database!(a_graphql_error_is_answered_with_status_200, |shop| async move {
    let answer = shop.ask("{ customer { email } }").send().await;
    assert_eq!(answer.status, 200, "clients drop the message of anything else");
    assert_eq!(answer.category(), "graphql-authorization");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.body["errors"][0]["path"], json!(["customer"]));
});

on_every_database!(a_mutation_by_get_is_refused, |shop| async move {
    let order = OrderJson::new("1")
        .by("anna@example.com")
        .line("a", 1000, 1, 0, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    shop.enable_cancellation().await;
    let customer = shop.customer("anna@example.com").await;
    let refused = "Mutation requests allowed only for POST requests";
    let answer = shop
        .cancel_order(&id, "Other")
        .token(&customer)
        .by_get()
        .send()
        .await;
    answer.fails("graphql-input", refused);
    let hidden = [
        "query Harmless { storeConfig { store_code } } mutation Harm { revokeCustomerToken { result } }",
        "mutation Harm { revokeCustomerToken { result } } query Harmless { storeConfig { store_code } }",
    ];
    let url = format!("{}/graphql", shop.address());
    for document in hidden {
        let request = shop
            .client()
            .get(&url)
            .query(&[("query", document), ("operationName", "Harm")]);
        let body = json_of(request.bearer_auth(&customer).send().await.expect("an answer")).await;
        assert_eq!(body["errors"][0]["message"], refused);
        let request = shop
            .client()
            .get(&url)
            .query(&[("query", document), ("operationName", "Harmless")]);
        let body = json_of(request.bearer_auth(&customer).send().await.expect("an answer")).await;
        assert_eq!(body["data"]["storeConfig"]["store_code"], "default");
    }
    assert_eq!(
        shop.my_order(&customer, "1").await["status"],
        "Pending",
        "still there, still signed in"
    );
});

on_every_database!(a_document_may_hold_several_operations, |shop| async move {
    let query = "query First { storeConfig { store_code } } query Second { cancellationReasons { code } }";
    let second = json!({ "query": query, "operationName": "Second", "variables": null });
    let body = json_of(post(&shop, second.to_string()).send().await.expect("an answer")).await;
    assert_eq!(body["data"]["cancellationReasons"][4]["code"], "other");
    for name in [Value::Null, json!(""), json!("Third")] {
        let unnamed = json!({ "query": query, "operationName": name });
        let body = json_of(post(&shop, unnamed.to_string()).send().await.expect("an answer")).await;
        assert_eq!(
            body["errors"][0]["extensions"]["category"], "graphql-input",
            "{name}"
        );
    }
});

// Storefronts send variables that their document does not declare.
on_every_database!(undeclared_variables_are_ignored, |shop| async move {
    let extra = json!({ "formCode": "customer_register_address", "unused": [1, { "a": null }] });
    for by_get in [false, true] {
        let asked = shop.ask(QUERY).variables(extra.clone());
        let asked = if by_get { asked.by_get() } else { asked };
        assert_eq!(asked.send().await.data("/storeConfig/store_code"), "default");
    }
});

on_every_database!(
    fields_are_answered_in_the_order_of_the_request,
    |shop| async move {
        // The first field asks the database, and the others do not.
        let query = r#"{ order(id: "MQ==") { version } ...Rest one: cancellationReasons { code } }
                   fragment Rest on Query { storeConfig { store_code } }"#;
        let body = json!({ "query": query }).to_string();
        let answer = post(&shop, body).bearer_auth(shop.owner()).send().await;
        let text = answer.expect("an answer").text().await.expect("a body");
        let place = |key: &str| text.find(&format!("\"{key}\":")).expect(key);
        assert!(
            place("order") < place("storeConfig") && place("storeConfig") < place("one"),
            "{text}"
        );
    }
);

on_every_database!(
    fields_below_the_root_are_answered_in_the_order_of_the_request,
    |shop| async move {
        let anna = shop.customer("anna@example.com").await;
        // The first field asks the database, and the second one does not.
        let query = "{ customer { orders { total_count } firstname } }";
        let body = json!({ "query": query }).to_string();
        let answer = post(&shop, body).bearer_auth(&anna).send().await;
        let text = answer.expect("an answer").text().await.expect("a body");
        assert!(text.contains(r#""customer":{"orders":{"#), "{text}");
    }
);

on_every_database!(type_names_can_be_selected, |shop| async move {
    let answer = shop.ask("{ __typename storeConfig { __typename } }").send().await;
    assert_eq!(
        answer.data(""),
        &json!({ "__typename": "Query", "storeConfig": { "__typename": "StoreConfig" } })
    );
});
