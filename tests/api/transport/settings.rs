//! The settings of an installation: introspection, GraphiQL, the time of a request, connections.

use std::time::{Duration, Instant};

use countermand_graphql::ApiSettings;
use countermand_server::http::HttpSettings;
use countermand_tests::time_limit::{LONGEST_WAIT, soon, until};
use countermand_tests::{ServerSettings, TestShop, on_every_database};
use sea_orm::{ConnectionTrait, Database, TransactionTrait};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::QUERY;

/// The time that a request may take at a server that is in a hurry.
const HURRY: Duration = Duration::from_millis(1_500);

async fn with_api(shop: &TestShop, api: ApiSettings) -> TestShop {
    let settings = ServerSettings {
        api,
        ..ServerSettings::default()
    };
    shop.replica_with(settings).await
}

async fn connect(shop: &TestShop) -> TcpStream {
    let address = shop.address().trim_start_matches("http://").to_owned();
    TcpStream::connect(address).await.expect("a connection")
}

on_every_database!(introspection_can_be_switched_off, |shop| async move {
    let silent = ApiSettings {
        introspection: false,
        ..ApiSettings::default()
    };
    let silent = with_api(&shop, silent).await;
    let schema = "{ __schema { types { name } } }";
    let answer = silent.ask(schema).send().await;
    assert!(answer.body["data"]["__schema"].is_null(), "{:#}", answer.body);
    assert!(shop.ask(schema).send().await.data("/__schema/types").is_array());
    let misspelt = "{ storeConfig { store_cod } }";
    assert!(shop.ask(misspelt).send().await.error().contains("Did you mean"));
    let hint = silent.ask(misspelt).send().await;
    assert!(!hint.error().contains("store_code"), "{}", hint.error());
    assert_eq!(
        silent.ask("{ __typename }").send().await.data("/__typename"),
        "Query"
    );
});

on_every_database!(graphiql_can_be_switched_off, |shop| async move {
    let http = HttpSettings {
        graphiql: false,
        ..HttpSettings::default()
    };
    let settings = ServerSettings {
        http,
        ..ServerSettings::default()
    };
    let bare = shop.replica_with(settings).await;
    for (server, status) in [(&shop, 200), (&bare, 404)] {
        let url = format!("{}/graphiql", server.address());
        let response = server.client().get(url).send().await.expect("an answer");
        assert_eq!(response.status(), status);
    }
});

/// The time until a server in a hurry refuses a body whose end does not arrive.
async fn refused_body(hurried: &TestShop) -> Duration {
    let began = Instant::now();
    let mut connection = connect(hurried).await;
    let head = "POST /graphql HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    connection.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    let read = tokio::time::timeout(LONGEST_WAIT, connection.read_to_string(&mut answer));
    read.await.expect("in time").expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("The body took too long to arrive."), "{answer}");
    let took = began.elapsed();
    assert!(took >= HURRY, "{took:?}");
    took
}

// The time of a request begins with its first byte, not with its last.
on_every_database!(a_body_that_takes_too_long_is_refused, |shop| async move {
    let hurried = ApiSettings {
        deadline: HURRY,
        ..ApiSettings::default()
    };
    let hurried = with_api(&shop, hurried).await;
    let limit = Duration::from_secs(5);
    soon("the refusal of a slow body", limit, async || {
        refused_body(&hurried).await
    })
    .await;
    until("others are answered", async || {
        let answer = hurried.ask(QUERY).send().await;
        answer.body.pointer("/data/storeConfig/store_code") == Some(&json!("default"))
    })
    .await;
});

// Another transaction holds the tokens locked, so signing out has to wait.
on_every_database!(
    a_request_that_takes_too_long_is_answered_with_an_error,
    |shop| async move {
        let hurried = ApiSettings {
            deadline: Duration::from_millis(500),
            ..ApiSettings::default()
        };
        let hurried = with_api(&shop, hurried).await;
        let customer = shop.customer("anna@example.com").await;
        let database = Database::connect(shop.database_url()).await.expect("connected");
        let lock = database.begin().await.expect("a transaction");
        let touched = lock.execute_unprepared("UPDATE access_tokens SET expires_at = expires_at + 0");
        touched.await.expect("locked");
        for (accept, status) in [
            ("application/json", 200),
            ("application/graphql-response+json", 503),
        ] {
            let asked = hurried.ask("mutation { revokeCustomerToken { result } }");
            let asked = asked.token(&customer).header("accept", accept);
            let answer = asked.send().await;
            assert_eq!((answer.status, answer.category()), (status, "internal"));
            assert_eq!(
                answer.body["errors"][0]["extensions"]["code"],
                "REQUEST_TIMED_OUT"
            );
            assert!(answer.body.get("data").is_none());
        }
        lock.rollback().await.expect("unlocked");
        database.close().await.expect("closed");
    }
);

on_every_database!(connections_are_limited_per_address, |shop| async move {
    let settings = ServerSettings {
        connections_per_address: 2,
        ..ServerSettings::default()
    };
    let small = shop.replica_with(settings).await;
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", "shop");
    let ask = async |connection: &mut TcpStream| {
        let mut answer: Vec<u8> = Vec::new();
        let mut goes_on = connection.write_all(request.as_bytes()).await.is_ok();
        while goes_on && !answer.ends_with(b"ok\n") {
            goes_on = connection
                .read_buf(&mut answer)
                .await
                .is_ok_and(|count| count > 0);
        }
        answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(b"ok\n")
    };
    let (mut first, mut second) = (connect(&small).await, connect(&small).await);
    assert!(ask(&mut first).await && ask(&mut second).await);
    assert!(!ask(&mut connect(&small).await).await, "one too many");
    drop(first);
    until("there is a place again", async || {
        // The server closes connections that are idle, so the other one stays in use.
        assert!(ask(&mut second).await);
        ask(&mut connect(&small).await).await
    })
    .await;
});
