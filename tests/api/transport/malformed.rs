//! Requests that cannot be read, and documents that cannot run.

use countermand_tests::on_every_database;
use serde_json::json;

use super::{QUERY, is_refused, json_of, post};

on_every_database!(
    a_document_that_does_not_fit_the_schema_is_invalid,
    |shop| async move {
        for document in [
            "{ nothing }",
            "{ storeConfig { nothing } }",
            "{ storeConfig",
            "",
            "{ }",
            "nonsense",
        ] {
            let body = json!({ "query": document }).to_string();
            let body = json_of(post(&shop, body).send().await.expect("an answer")).await;
            assert_eq!(
                body["errors"][0]["extensions"]["category"], "graphql-input",
                "{document}: {body}"
            );
            assert!(body.get("data").is_none(), "{document}: {body}");
        }
    }
);

on_every_database!(a_malformed_request_is_refused, |shop| async move {
    let unparsable = "Unable to parse the request.";
    for body in [
        "",
        "{",
        "[]",
        r#"["{ __typename }", null, null]"#,
        r#"[{"query": "{ __typename }"}]"#,
        "null",
        "nonsense",
        r#"{"query": 1}"#,
        r#"{"query": "{ __typename }", "query": "{ __typename }"}"#,
        r#"{"query": "{ __typename }", "operationName": 1}"#,
        r#"{"query": "{ __typename }", "variables": "{}"}"#,
        r#"{"query": "{ __typename }", "extensions": []}"#,
        r#"{"query": "{ a"#,
        "\u{0}",
    ] {
        let response = post(&shop, body).send().await.expect("an answer");
        assert_eq!(response.status(), 400, "{body}");
        let body = json_of(response).await;
        assert_eq!(body["errors"][0]["extensions"]["category"], "graphql-input");
    }
    is_refused(post(&shop, "{").send().await.expect("an answer"), 400, unparsable).await;
    is_refused(
        post(&shop, b"\xff\xfe".to_vec()).send().await.expect("an answer"),
        400,
        unparsable,
    )
    .await;
    is_refused(
        post(&shop, "{}").send().await.expect("an answer"),
        400,
        "The request has no `query`.",
    )
    .await;
    let list = json!({ "query": QUERY, "variables": [1] }).to_string();
    let message = "`variables` must be a JSON object.";
    is_refused(post(&shop, list).send().await.expect("an answer"), 400, message).await;
    let url = format!(
        "{}/graphql?query={}&variables=nonsense",
        shop.address(),
        "%7B%20storeConfig%20%7D"
    );
    is_refused(
        shop.client().get(url).send().await.expect("an answer"),
        400,
        message,
    )
    .await;
    let url = format!("{}/graphql", shop.address());
    is_refused(
        shop.client().get(url).send().await.expect("an answer"),
        400,
        "The request has no `query`.",
    )
    .await;
    for wrong in [
        "extensions=[]",
        "query=%7Ba%7D",
        "variables=[]",
        "variables=%22a%22",
    ] {
        let url = format!("{}/graphql?query=%7B__typename%7D&{wrong}", shop.address());
        let response = shop.client().get(url).send().await.expect("an answer");
        assert_eq!(response.status(), 400, "{wrong}");
        let body = json_of(response).await;
        assert_eq!(
            body["errors"][0]["extensions"]["category"], "graphql-input",
            "{wrong}"
        );
    }
});

// A page of any site can send a form or plain text without a preflight, so no operation may run that way.
on_every_database!(only_json_is_read, |shop| async move {
    let body = json!({ "query": QUERY }).to_string();
    let url = format!("{}/graphql", shop.address());
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "application/json; charset=iso-8859-1",
        "application/graphql",
        "",
    ] {
        let request = shop
            .client()
            .post(&url)
            .header("content-type", kind)
            .body(body.clone());
        let message = "The content type must be application/json.";
        is_refused(request.send().await.expect("an answer"), 415, message).await;
    }
    for kind in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/json;charset=UTF-8",
    ] {
        let request = shop
            .client()
            .post(&url)
            .header("content-type", kind)
            .body(body.clone());
        assert_eq!(request.send().await.expect("an answer").status(), 200, "{kind}");
    }
});
