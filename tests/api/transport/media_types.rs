//! The accepted media type decides the status of an answer. The body is the same.

use countermand_tests::{Answer, TestShop, on_every_database};
use serde_json::json;

use super::QUERY;

const JSON: &str = "application/json";
const RESPONSE: &str = "application/graphql-response+json";

async fn ask(shop: &TestShop, document: &str, accept: &str) -> Answer {
    let answer = shop.ask(document).header("accept", accept).send().await;
    let kind = answer.header("content-type").unwrap_or_default();
    let expected = if accept == RESPONSE { RESPONSE } else { JSON };
    assert_eq!(kind, format!("{expected}; charset=utf-8"));
    answer
}

on_every_database!(a_document_that_cannot_run_has_no_data, |shop| async move {
    let documents = [
        "{",
        "{ nothing }",
        "query($id: ID!) { __typename }",
        "query($id: ID!) { order(id: $id) { id } }",
        "{ order { id } }",
        "query A { __typename } query B { __typename }",
        "mutation { a: createEmptyCart a: createEmptyCart }",
    ];
    for document in documents {
        for (accept, status) in [(JSON, 200), ("*/*", 200), ("", 200), (RESPONSE, 400)] {
            let answer = ask(&shop, document, accept).await;
            assert_eq!(answer.status, status, "{accept}: {document}");
            assert_eq!(answer.category(), "graphql-input", "{document}");
            assert!(answer.body.get("data").is_none(), "{document}: {:#}", answer.body);
        }
    }
});

on_every_database!(
    a_document_that_ran_has_status_200_with_any_error,
    |shop| async move {
        for accept in [JSON, RESPONSE] {
            let fine = ask(&shop, QUERY, accept).await;
            assert_eq!(fine.status, 200);
            assert!(fine.body.get("errors").is_none());
            let failed = ask(&shop, "{ customer { email } }", accept).await;
            assert_eq!(failed.status, 200);
            assert_eq!(failed.body["data"], json!({ "customer": null }));
            // An error in a field that may not be null makes all data null. The document ran all the same.
            let guest = r#"{ guestOrderByToken(input: { token: "x" }) { number } }"#;
            let lost = ask(&shop, guest, accept).await;
            assert_eq!(lost.status, 200);
            assert_eq!(lost.body.get("data"), Some(&json!(null)));
        }
    }
);

on_every_database!(a_mutation_by_get_is_not_allowed, |shop| async move {
    let document = "mutation { revokeCustomerToken { result } }";
    for (accept, status, allow) in [(JSON, 200, None), (RESPONSE, 405, Some("POST"))] {
        let asked = shop.ask(document).header("accept", accept).by_get();
        let answer = asked.send().await;
        assert_eq!((answer.status, answer.header("allow")), (status, allow));
        assert_eq!(answer.error(), "Mutation requests allowed only for POST requests");
        assert!(answer.body.get("data").is_none());
    }
});

on_every_database!(
    an_invalid_token_has_a_status_for_clients_that_ask_for_it,
    |shop| async move {
        let ask = async |accept: &str| {
            shop.ask(QUERY)
                .token("forged")
                .header("accept", accept)
                .send()
                .await
        };
        let plain = ask(JSON).await;
        assert_eq!((plain.status, plain.category()), (200, "graphql-authentication"));
        let response = ask(RESPONSE).await;
        assert_eq!(
            (response.status, response.category()),
            (401, "graphql-authentication")
        );
        assert_eq!(response.header("www-authenticate"), Some("Bearer"));
        let unknown = shop
            .ask(QUERY)
            .store("nowhere")
            .header("accept", RESPONSE)
            .send()
            .await;
        assert_eq!(unknown.status, 400);
    }
);

on_every_database!(
    a_client_that_accepts_neither_media_type_is_refused,
    |shop| async move {
        for accept in [
            "text/html",
            "application/xml;q=0.9, text/*",
            "application/json;q=0",
        ] {
            let answer = shop.ask(QUERY).header("accept", accept).send().await;
            assert_eq!(answer.status, 406, "{accept}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/json; charset=utf-8")
            );
            assert_eq!(answer.category(), "graphql-input");
        }
    }
);
