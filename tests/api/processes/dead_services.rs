//! The mail server, an endpoint of webhooks, the payment provider and NATS are dead: orders are canceled all the same,
//! as fast as ever, and once the services live again, each gets what it is owed, once.
//!
//! In the long form, which a variable asks for, the services are dead for minutes, and time alone brings the rest.

mod services;

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use countermand_tests::payment_server::PaymentServer;
use countermand_tests::process::ServerProcess;
use countermand_tests::time_limit::until;
use countermand_tests::{DatabaseKind, OrderJson, TestShop};
use futures_util::{StreamExt, stream};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::{Value, json};

use self::services::{Death, Services};
use super::assert_doctor_finds_nothing;
use crate::event_stream::{STREAM, number, raw, texts};

/// Says for how many seconds the services are dead in the long form. Without it, the form is short.
const VARIABLE: &str = "OUTAGE_SECONDS";
/// The time between two orders that are sold and canceled during the outage of the long form.
const PACE: Duration = Duration::from_millis(500);
/// How many orders are canceled as fast as it goes, while the services are dead and again while they live.
const ORDERS: usize = 12;
const ORDERS_OF_LONG_FORM: usize = 300;
/// How many of them are canceled at a time.
const AT_ONCE: usize = 8;
/// How many orders are imported at a time.
const BATCH: usize = 100;
/// The longest time in which all is done once the services answer: this is no measurement, the machine may be busy. In
/// the long form, it is longer by twice the outage than two minutes, because the waits between attempts double.
const LONGEST: Duration = Duration::from_secs(300);
const LONGEST_OF_LONG_FORM: Duration = Duration::from_secs(120);
/// The time of a whole test, and by how many times the outage it is longer in the long form.
const LIMIT: Duration = Duration::from_secs(1_200);
const LIMIT_IN_OUTAGES: u32 = 8;

const CANCELED: &str = "SELECT COUNT(*) FROM orders WHERE state IN ('canceled', 'closed')";
const MET: &str = "SELECT COUNT(*) FROM obligations WHERE state = 'met'";
/// What is left to do, and why.
const LEFT: &str = "SELECT kind || ' ' || state || ': ' || last_error FROM obligations WHERE state <> 'met' \
    ORDER BY kind LIMIT 50";
const NOT_MET: &str = "SELECT COUNT(*) FROM obligations WHERE state <> 'met'";
/// The kinds of obligations with an attempt. Without a connection to NATS, no publication is tried.
const TRIED: &str = "SELECT COUNT(DISTINCT kind) FROM obligations WHERE attempts > 0 \
    AND kind IN ('mail', 'refund', 'webhook_delivery')";
/// Ends the waits between attempts. Attempts under way keep their leases, and mails and refunds are tried soon without
/// this.
const WAITS_END: &str = "UPDATE obligations SET due_at = 0 \
    WHERE state = 'pending' AND lease_until = 0 AND kind NOT IN ('mail', 'refund')";

mod what_silent_services_are_owed_reaches_each_once_when_they_answer {
    use super::{DatabaseKind, Death, on_database};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn on_sqlite() {
        on_database(DatabaseKind::Sqlite, Death::Silent).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn on_postgres() {
        on_database(DatabaseKind::Postgres, Death::Silent).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn on_mariadb() {
        on_database(DatabaseKind::MariaDb, Death::Silent).await;
    }
}

// The provider is asked again after half a minute, because five connections in a row were refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_absent_services_are_owed_reaches_each_once_when_they_are_back() {
    on_database(DatabaseKind::Sqlite, Death::Refused).await;
}

async fn on_database(database: DatabaseKind, death: Death) {
    let seconds = std::env::var(VARIABLE).map_or(0, |it| it.parse().expect("OUTAGE_SECONDS is a number"));
    let outage = Duration::from_secs(seconds);
    let limit = LIMIT + outage * LIMIT_IN_OUTAGES;
    let Some(shop) = TestShop::open(database).await else {
        return;
    };
    let ended = tokio::time::timeout(limit, are_dead_and_live(&shop, death, outage)).await;
    assert!(ended.is_ok(), "the test has not ended after {limit:?}");
    shop.close().await;
}

async fn are_dead_and_live(shop: &TestShop, death: Death, outage: Duration) {
    let Some(mut services) = Services::begin().await else {
        return;
    };
    shop.leave_jobs();
    let endpoint = services.connect(shop).await;
    services.die(death);
    let server = services.server(shop).await;
    let database = raw(shop).await;
    let is_long = !outage.is_zero();
    let at_once = if is_long { ORDERS_OF_LONG_FORM } else { ORDERS };

    let ids = sell(shop, &services.provider, 1..=at_once).await;
    let orders = trade_steadily(&server, shop, &services.provider, at_once, outage).await;
    let while_dead = cancel_all(&server, shop, &ids).await;
    let canceled = number(&database, CANCELED).await;
    assert_eq!(usize::try_from(canceled).expect("a number"), orders);
    until("each service is tried", async || {
        number(&database, TRIED).await == 3
    })
    .await;
    assert_eq!(number(&database, MET).await, 0, "{}", server.log());

    services.live().await;
    if is_long {
        // What docs/operations.md tells staff to do: the next attempt at a message may be half an hour away.
        let goes_on = json!({ "id": endpoint, "is_paused": false });
        let done = shop.owner_does("changeWebhookEndpoint", goes_on, "").await;
        assert_eq!(done["user_errors"], json!([]));
    }
    let drained = all_is_done(&database, &server, outage).await;
    judge(&services, &database, orders).await;

    let ids = sell(shop, &services.provider, orders + 1..=orders + at_once).await;
    all_is_done(&database, &server, outage).await;
    let while_alive = cancel_all(&server, shop, &ids).await;
    all_is_done(&database, &server, outage).await;
    judge(&services, &database, orders + at_once).await;
    assert_doctor_finds_nothing(shop);
    eprintln!(
        "{}, {death:?}: while all were dead, {:.0} orders were canceled in a second, and {:.0} while all lived; what \
         was owed for {orders} orders was done after {drained:?}",
        shop.database_kind(),
        a_second(at_once, while_dead),
        a_second(at_once, while_alive)
    );
    assert!(
        !is_long || while_dead < while_alive * 2,
        "{while_dead:?} while all were dead, {while_alive:?} while all lived"
    );
    database.close().await.expect("closed");
    server.kill().await;
}

/// Sells and cancels one order after the other until the end of the outage, after `sold` orders were sold; gives the
/// number of all.
async fn trade_steadily(
    server: &ServerProcess,
    shop: &TestShop,
    provider: &PaymentServer,
    mut sold: usize,
    outage: Duration,
) -> usize {
    let (begun, mut pace) = (Instant::now(), tokio::time::interval(PACE));
    while begun.elapsed() < outage {
        pace.tick().await;
        sold += 1;
        let ids = sell(shop, provider, sold..=sold).await;
        cancel_all(server, shop, &ids).await;
    }
    sold
}

/// Sells the orders with these numbers, which are paid at the provider; gives their ids.
async fn sell(shop: &TestShop, provider: &PaymentServer, numbers: RangeInclusive<usize>) -> Vec<String> {
    let orders: Vec<Value> = numbers.clone().map(order).collect();
    let mut ids = Vec::new();
    for batch in orders.chunks(BATCH) {
        ids.extend(shop.import(batch).await);
    }
    for number in numbers {
        provider.paid(&reference(number), total(number)).await;
    }
    ids
}

/// Cancels the orders, several at a time; gives the time that it took.
async fn cancel_all(server: &ServerProcess, shop: &TestShop, ids: &[String]) -> Duration {
    let begun = Instant::now();
    let canceling = stream::iter(ids).for_each_concurrent(AT_ONCE, |id| cancel_at(server, shop, id));
    canceling.await;
    begun.elapsed()
}

/// Cancels the order at the server, which answers although the services are dead.
async fn cancel_at(server: &ServerProcess, shop: &TestShop, id: &str) {
    let cancel = "mutation($id: ID!) { cancelOrderAsAdmin(input: { order_id: $id, reason: \"Other\" }) { \
        user_errors { code message } } }";
    let asked = server.ask(cancel).variables(json!({ "id": id }));
    let answer = asked.token(shop.owner()).send().await;
    assert_eq!(answer.data("/cancelOrderAsAdmin/user_errors"), &json!([]));
}

/// How many of `count` that took a time were done in a second.
fn a_second(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).expect("a small number")) / took.as_secs_f64()
}

/// Waits until all that is owed is done; gives the time that it took. In the short form, nothing waits for its next
/// attempt.
async fn all_is_done(database: &DatabaseConnection, server: &ServerProcess, outage: Duration) -> Duration {
    let begun = Instant::now();
    let longest = if outage.is_zero() {
        LONGEST
    } else {
        LONGEST_OF_LONG_FORM + outage * 2
    };
    while number(database, NOT_MET).await > 0 {
        if outage.is_zero() {
            // The database may refuse this while the worker writes; the next turn repeats it.
            let _ = database.execute_unprepared(WAITS_END).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let left = texts(database, LEFT).await;
        assert!(begun.elapsed() < longest, "{left:#?}\n{}", server.log());
    }
    begun.elapsed()
}

/// What the order costs, in cents; each order costs something else.
fn total(number: usize) -> i64 {
    1500 + i64::try_from(number).expect("a small number")
}

/// The provider's reference of the payment of the order.
fn reference(number: usize) -> String {
    format!("tx-{number}")
}

fn buyer(number: usize) -> String {
    format!("guest{number}@example.com")
}

/// An order that is paid online. Shipping is 5.00.
fn order(number: usize) -> Value {
    let order = OrderJson::new(&number.to_string())
        .by_guest(&buyer(number))
        .paid_with("stripe_payments");
    let mut order = order.line("A", total(number) - 500, 1, 1, 0).json();
    order["payment"]["last_trans_id"] = json!(reference(number));
    order
}

/// Checks that each service got once what it was owed for this number of canceled orders.
async fn judge(services: &Services, database: &DatabaseConnection, orders: usize) {
    let ledger = services.provider.ledger().await;
    for number in 1..=orders {
        let reference = reference(number);
        let refunded = &ledger["payments"][&reference]["refunded"];
        assert_eq!(refunded, total(number), "{reference}");
    }
    let refunds = ledger["reversals"].as_object().map_or(0, serde_json::Map::len);
    assert_eq!(refunds, orders, "refunds");

    let mails = services.mail.accepted().into_iter();
    let receivers = sorted(mails.flat_map(|mail| mail.to));
    // Each buyer is told of the cancellation, and of the refund.
    let told = sorted((1..=orders).chain(1..=orders).map(buyer));
    assert_eq!(receivers, told, "mails");

    // Each order was imported and canceled, and its refund was settled.
    let events = sorted(texts(database, "SELECT id FROM order_events").await);
    assert_eq!(events.len(), 3 * orders);
    let received = services.endpoint.received();
    let delivered = sorted(received.iter().map(|message| id_of(&message.json())));
    assert_eq!(delivered, events, "webhooks");
    let messages = services.nats.messages_once(STREAM, events.len()).await;
    let published = sorted(messages.iter().map(|message| id_of(&message.body)));
    assert_eq!(published, events, "messages of NATS");
}

fn id_of(event: &Value) -> String {
    event["id"].as_str().expect("an id").to_owned()
}

fn sorted(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut sorted: Vec<_> = texts.into_iter().collect();
    sorted.sort();
    sorted
}
