//! The number of requests that a server takes from a caller, and the answer to the requests beyond it.

use countermand_app::{AppSettings, RequestLimits};
use countermand_tests::refusal::Refusal;
use countermand_tests::{Answer, DatabaseKind, OrderJson, TestShop};
use serde_json::json;

async fn shop(per_address: u32, mutations_per_viewer: u32) -> TestShop {
    let settings = AppSettings {
        request_limits: RequestLimits {
            per_address,
            mutations_per_viewer,
        },
        ..AppSettings::default()
    };
    let shop = TestShop::open_with(DatabaseKind::Sqlite, settings).await;
    shop.expect("a shop on the embedded database")
}

/// Checks that the request was refused for its rate, and that storefronts can tell.
fn is_rate_limited(answer: &Answer) {
    let extensions = &answer.body["errors"][0]["extensions"];
    let wait = extensions["retry_after"].as_i64().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait} seconds");
    answer.fails(
        "graphql-rate-limit",
        &format!("Too many requests. Try again in {wait} seconds."),
    );
    assert_eq!(extensions["code"], "RATE_LIMITED");
    assert_eq!(answer.header("retry-after"), Some(wait.to_string().as_str()));
}

const QUERY: &str = "{ storeConfig { store_code } }";

#[tokio::test(flavor = "multi_thread")]
async fn requests_per_minute_are_limited_per_address() {
    let shop = shop(5, 0).await;
    let from = |address: &str| shop.ask(QUERY).header("X-Forwarded-For", address).send();
    for _ in 0..5 {
        assert_eq!(
            from("198.51.100.7").await.data("/storeConfig/store_code"),
            "default"
        );
    }
    let trips = shop.database().round_trips();
    is_rate_limited(&from("198.51.100.7").await);
    // A caller cannot avoid the limit by claiming to be a proxy or another address.
    is_rate_limited(&from("127.0.0.1, 198.51.100.9, 198.51.100.7").await);
    let nonsense = shop
        .ask("{")
        .header("X-Forwarded-For", "198.51.100.7")
        .send()
        .await;
    is_rate_limited(&nonsense);
    assert_eq!(shop.database().round_trips(), trips, "the database was not asked");
    assert_eq!(
        from("198.51.100.8").await.data("/storeConfig/store_code"),
        "default"
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mutations_per_minute_are_limited_per_viewer() {
    // The owner creates the accounts and imports the orders.
    let shop = shop(0, 6).await;
    let anna = shop.customer("anna@example.com").await;
    let berta = shop.customer("berta@example.com").await;
    let order = OrderJson::new("1")
        .by("anna@example.com")
        .line("A", 1000, 1, 0, 0);
    let ids = shop.import(&[order.json()]).await;
    for _ in 0..4 {
        shop.cancel_order(&ids[0], "Other")
            .token(&anna)
            .header("X-Forwarded-For", "198.51.100.7")
            .send()
            .await
            .is_refused(Refusal::DISABLED);
    }
    // Three mutations in one document count three times.
    let many = "mutation($input: CancelOrderInput!) { a: cancelOrder(input: $input) { error } ...B }
                fragment B on Mutation { b: cancelOrder(input: $input) { error } c: cancelOrder(input: $input) { error } }";
    let input = json!({ "input": { "order_id": ids[0], "reason": "Other" } });
    let many = shop.ask(many).variables(input).token(&anna);
    is_rate_limited(&many.header("X-Forwarded-For", "198.51.100.8").send().await);
    // Queries are still answered, and so are the mutations of other viewers.
    let read = shop.ask("{ customer { email } }").token(&anna).send().await;
    assert_eq!(read.data("/customer/email"), "anna@example.com");
    shop.cancel_order(&ids[0], "Other")
        .token(&berta)
        .header("X-Forwarded-For", "198.51.100.9")
        .send()
        .await
        .is_refused(Refusal::UNAUTHORISED);
    shop.close().await;
}

// The answers of `cancelOrder` tell which orders exist: many accounts must not help to find them all.
#[tokio::test(flavor = "multi_thread")]
async fn cancellations_per_minute_are_limited_per_address_for_all_accounts() {
    let shop = shop(0, 4).await;
    let anna = shop.customer("anna@example.com").await;
    let berta = shop.customer("berta@example.com").await;
    let probe = |token: &str, number: u32, address: &'static str| {
        let ask = shop.cancel_order(&(10_000_000_000_u64 + u64::from(number)).to_string(), "Other");
        ask.token(token).header("X-Forwarded-For", address).send()
    };
    for number in 0..4 {
        let token = if number % 2 == 0 { &anna } else { &berta };
        probe(token, number, "198.51.100.7")
            .await
            .is_refused(Refusal::NOT_FOUND);
    }
    is_rate_limited(&probe(&anna, 5, "198.51.100.7").await);
    is_rate_limited(&probe(&berta, 5, "198.51.100.7").await);
    probe(&anna, 5, "198.51.100.8")
        .await
        .is_refused(Refusal::NOT_FOUND);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_zero_allows_any_number() {
    let shop = shop(0, 0).await;
    for _ in 0..50 {
        assert_eq!(
            shop.ask(QUERY).send().await.data("/storeConfig/store_code"),
            "default"
        );
    }
    shop.close().await;
}
