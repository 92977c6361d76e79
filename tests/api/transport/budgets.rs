//! What all requests share: memory for bodies, and the time of the threads that answer.

use std::time::{Duration, Instant};

use countermand_domain::StaffRole;
use countermand_graphql::ApiSettings;
use countermand_server::http::{BodyRoom, HttpSettings};
use countermand_tests::served::ServerSettings;
use countermand_tests::time_limit::{soon, until};
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{QUERY, json_of, post};

const BUYER: &str = "anna@example.com";
const MIB: usize = 1024 * 1024;

/// A request with a body of about `bytes` bytes.
fn body(bytes: usize) -> String {
    json!({ "query": QUERY, "variables": { "a": "x".repeat(bytes) } }).to_string()
}

on_every_database!(
    a_large_body_needs_a_token_of_staff_that_may_import,
    |shop| async move {
        let customer = shop.customer(BUYER).await;
        let support = shop.staff(StaffRole::Support, None).await;
        let manager = shop.staff(StaffRole::Manager, None).await;
        let revoked = shop.staff(StaffRole::Owner, None).await;
        let revoking = shop.app().revoke_staff_tokens("owner");
        let cases = [
            (&manager, 200),
            (&"cms_that_was_never_given".to_owned(), 413),
            (&customer, 413),
            (&support, 413),
        ];
        for (token, status) in cases {
            let asked = post(&shop, body(MIB)).bearer_auth(token);
            let answer = asked.send().await.expect("an answer");
            assert_eq!(answer.status(), status, "{token}");
        }
        assert!(revoking.await.expect("revoked") >= 1);
        let refused = post(&shop, body(MIB)).bearer_auth(&revoked).send().await;
        assert_eq!(refused.expect("an answer").status(), 413);
        let without = post(&shop, body(MIB)).send().await;
        assert_eq!(without.expect("an answer").status(), 413);
    }
);

#[tokio::test(flavor = "multi_thread")]
async fn bodies_share_their_memory_and_small_ones_are_always_read() {
    let shop = TestShop::open(countermand_tests::DatabaseKind::Sqlite).await;
    let shop = shop.expect("a shop on the embedded database");
    let settings = ServerSettings::default();
    let small = shop
        .replica_with(ServerSettings {
            http: HttpSettings {
                bodies: BodyRoom::of(300 * 1024),
                ..settings.http.clone()
            },
            ..settings
        })
        .await;
    // A body of which the end does not arrive.
    let address = small.address().trim_start_matches("http://");
    let mut stalled = TcpStream::connect(address).await.expect("a connection");
    let head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 260000\r\n\r\n";
    stalled.write_all(head.as_bytes()).await.expect("sent");
    stalled.write_all(&vec![b' '; 250_000]).await.expect("sent");

    let large = async || post(&small, body(200_000)).send().await.expect("an answer");
    let mut refused = large().await;
    until("the memory is full", async || {
        refused = large().await;
        refused.status() != 200
    })
    .await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let refused = json_of(refused).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "TRY_AGAIN");
    let storefront = post(&small, body(10_000)).send().await.expect("an answer");
    assert_eq!(storefront.status(), 200);

    let dropped = Instant::now();
    drop(stalled);
    until("the memory is given back", async || large().await.status() == 200).await;
    // Within 25 seconds the server would refuse the stalled body, and give its memory back, anyway.
    let took = dropped.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    shop.close().await;
}

/// A query for one order whose items have `fields` fields each.
fn items_with(fields: usize) -> String {
    format!(
        "{{ customer {{ orders {{ items {{ number items {{ {} }} }} }} }} }}",
        "product_name ".repeat(fields)
    )
}

/// Imports an order of Anna's with `count` items, and gives her session.
async fn order_with_items(shop: &TestShop, count: usize) -> String {
    let token = shop.customer(BUYER).await;
    let order = OrderJson::new("1").by(BUYER);
    let order = (0..count).fold(order, |order, it| order.line(&format!("s{it}"), 100, 1, 0, 0));
    shop.import(&[order.json()]).await;
    token
}

on_every_database!(an_answer_is_limited_by_what_was_loaded, |shop| async move {
    let token = order_with_items(&shop, 1_000).await;
    let fine = shop.ask(&items_with(2)).token(&token).send().await;
    let items = fine
        .data("/customer/orders/items/0/items")
        .as_array()
        .map(Vec::len);
    assert_eq!(items, Some(1_000));
    let refused = shop.ask(&items_with(600)).token(&token).send().await;
    let error = &refused.body["errors"][0];
    assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error:#}");
    assert_eq!(error["path"], json!(["customer", "orders", "items", 0, "items"]));
});

on_every_database!(the_deadline_ends_an_answer_that_is_computed, |shop| async move {
    let token = order_with_items(&shop, 1_000).await;
    let settings = ServerSettings {
        api: ApiSettings {
            deadline: Duration::from_millis(150),
            ..ApiSettings::default()
        },
        ..ServerSettings::default()
    };
    let hasty = shop.replica_with(settings).await;
    soon("an answer at the deadline", Duration::from_secs(1), async || {
        let began = Instant::now();
        let answer = hasty.ask(&items_with(480)).token(&token).send().await;
        let took = began.elapsed();
        assert_eq!(
            answer.body["errors"][0]["extensions"]["code"],
            "REQUEST_TIMED_OUT"
        );
        took
    })
    .await;
});
