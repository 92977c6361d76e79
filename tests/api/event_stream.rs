//! Each event is published to NATS JetStream once, also when NATS or a server dies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};

use countermand_tests::nats_server::{NatsServer, StreamedMessage};
use countermand_tests::node::node;
use countermand_tests::process::{self, ServerProcess};
use countermand_tests::proxy::Proxy;
use countermand_tests::time_limit::until_or;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::program::PROGRAM;

/// The name of the stream that the program makes, and the first word of its subjects.
pub(crate) const STREAM: &str = "countermand";
/// What waits to be published.
const WAITING: &str =
    "SELECT COUNT(*) FROM obligations WHERE kind = 'event_publication' AND state = 'pending'";

/// A server of the shop that publishes to the NATS server at `url`.
async fn publisher(shop: &TestShop, url: &str) -> ServerProcess {
    ServerProcess::start(PROGRAM, shop.database_url(), &["--nats-url", url]).await
}

/// A connection to the shop's database.
pub(crate) async fn raw(shop: &TestShop) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(shop.database_url());
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.expect("connected")
}

/// The number that `query` answers.
pub(crate) async fn number(database: &DatabaseConnection, query: &str) -> i64 {
    let query = Statement::from_string(database.get_database_backend(), query);
    let row = database
        .query_one_raw(query)
        .await
        .expect("an answer")
        .expect("a row");
    row.try_get_by_index(0).expect("a number")
}

/// The texts that `query` answers, one for each row.
pub(crate) async fn texts(database: &DatabaseConnection, query: &str) -> Vec<String> {
    let query = Statement::from_string(database.get_database_backend(), query);
    let rows = database.query_all_raw(query).await.expect("rows");
    rows.iter()
        .map(|row| row.try_get_by_index(0).expect("a text"))
        .collect()
}

/// Waits until `query` answers `wanted`.
async fn until(database: &DatabaseConnection, query: &str, wanted: i64) {
    let last = AtomicI64::new(0);
    let looks = async || {
        let found = number(database, query).await;
        last.store(found, Ordering::Relaxed);
        found == wanted
    };
    let found = || format!("it is {}", last.load(Ordering::Relaxed));
    until_or(&format!("{query} is {wanted}"), looks, found).await;
}

fn orders(count: usize) -> Vec<Value> {
    let order = |number: usize| {
        OrderJson::new(&number.to_string())
            .line("A", 1000, 2, 0, 0)
            .json()
    };
    (1..=count).map(order).collect()
}

async fn cancel(shop: &TestShop, id: &str) {
    shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
        .await;
}

/// The ids of the messages. Each must stand there once, and the events of an order by version.
fn ids_of(messages: &[StreamedMessage]) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for message in messages {
        let text = |field: &str| message.body[field].as_str().expect("a text").to_owned();
        let id = text("id");
        assert_eq!(message.header("Nats-Msg-Id"), id);
        assert!(ids.insert(id), "{messages:#?}");
        let (order, version) = (text("partitionkey"), text("sequence"));
        if let Some(before) = last.insert(order, version.clone()) {
            assert!(before < version, "{before} came before {version}");
        }
    }
    ids
}

on_every_database!(each_event_arrives_once_after_nats_was_dead, |shop| async move {
    let Some(mut nats) = NatsServer::start().await else {
        return;
    };
    shop.enable_cancellation().await;
    shop.leave_jobs();
    let server = publisher(&shop, &nats.url()).await;
    // The shop's own server has no address of NATS, and owes the publication all the same.
    let ids = shop.import(&orders(12)).await;
    let imported = nats.messages_once(STREAM, ids.len()).await;
    assert_eq!(imported[0].subject, "countermand.1.order.imported");
    assert_eq!(
        imported[0].header("Content-Type"),
        "application/cloudevents+json; charset=utf-8"
    );

    nats.kill().await;
    for id in &ids[..6] {
        cancel(&shop, id).await;
    }
    // The server that publishes cancels as well: it does not wait for NATS.
    let cancel_there = "mutation($id: ID!) { cancelOrderAsAdmin(input: { order_id: $id, reason: \"Other\" }) { \
            user_errors { code } } }";
    for id in &ids[6..] {
        let asked = server.ask(cancel_there).variables(json!({ "id": id }));
        let answer = asked.token(shop.owner()).send().await;
        assert_eq!(answer.data("/cancelOrderAsAdmin/user_errors"), &json!([]));
    }
    shop.worked("addOrderNote", json!({ "order_id": ids[0], "text": "called" }))
        .await;
    let database = raw(&shop).await;
    until(&database, WAITING, 13).await;

    nats.restart().await;
    let all = nats.messages_once(STREAM, 25).await;
    until(&database, WAITING, 0).await;
    let events = texts(&database, "SELECT id FROM order_events").await;
    assert_eq!(ids_of(&all), events.into_iter().collect::<BTreeSet<_>>());
    assert_eq!(ids_of(&nats.messages_once(STREAM, 25).await).len(), 25);
    node("nats.mjs", &[&nats.url(), STREAM, "order.canceled", "12"]).await;
    database.close().await.expect("closed");
    server.kill().await;
});

on_every_database!(
    an_event_that_was_stored_before_its_server_died_is_stored_once,
    |shop| async move {
        let Some(nats) = NatsServer::start().await else {
            return;
        };
        shop.enable_cancellation().await;
        shop.leave_jobs();
        let mut between = Proxy::to(&nats.address()).await;
        let server = publisher(&shop, &format!("nats://{}", between.address())).await;
        let id = shop.import(&orders(1)).await.remove(0);
        let database = raw(&shop).await;
        nats.messages_once(STREAM, 1).await;
        until(&database, WAITING, 0).await;

        // The stream stores the event, and the acknowledgement gets lost.
        between.swallow_answers();
        cancel(&shop, &id).await;
        nats.messages_once(STREAM, 2).await;
        server.kill().await;
        assert_eq!(number(&database, WAITING).await, 1);

        // The lease of the dead server ends.
        let ended = "UPDATE obligations SET lease_until = 0, due_at = 0 WHERE kind = 'event_publication' \
            AND state = 'pending'";
        database.execute_unprepared(ended).await.expect("changed");
        let second = publisher(&shop, &nats.url()).await;
        until(&database, WAITING, 0).await;
        assert_eq!(ids_of(&nats.messages(STREAM).await).len(), 2);
        let receipts =
            "SELECT receipt FROM obligations WHERE kind = 'event_publication' ORDER BY order_version";
        assert_eq!(
            texts(&database, receipts).await,
            [
                "message 1 of the stream countermand",
                "message 2 of the stream countermand, which was there before"
            ]
        );
        database.close().await.expect("closed");
        second.kill().await;
    }
);

on_every_database!(without_jetstream_events_wait_and_say_why, |shop| async move {
    let Some(nats) = NatsServer::start_without_jetstream().await else {
        return;
    };
    shop.leave_jobs();
    let server = publisher(&shop, &nats.url()).await;
    shop.import(&orders(1)).await;
    let database = raw(&shop).await;
    let said = format!("{WAITING} AND last_error LIKE '%JetStream does not answer (503)%'");
    until(&database, &said, 1).await;
    let (_, metrics) = server.page("/metrics").await;
    assert!(metrics.contains("countermand_nats_connected 1"), "{metrics}");
    database.close().await.expect("closed");
    server.kill().await;
});

on_every_database!(
    a_shop_that_never_had_nats_or_stopped_it_owes_nothing,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.leave_jobs();
        let all = "SELECT COUNT(*) FROM obligations WHERE kind = 'event_publication'";
        let database = raw(&shop).await;
        let ids = shop.import(&orders(3)).await;
        assert_eq!(number(&database, all).await, 0);

        // No NATS server is there; a server that only knows its address makes the changes of all servers owe.
        let url = "nats://anna:s3cr3t@127.0.0.1:1";
        let server = publisher(&shop, url).await;
        cancel(&shop, &ids[0]).await;
        assert_eq!(number(&database, all).await, 1);
        assert!(!server.log().contains("s3cr3t"), "{}", server.log());
        server.kill().await;

        let stopped = process::run(PROGRAM, &["nats", "stop", "--database-url", shop.database_url()]);
        assert_eq!(stopped.code, 0, "{stopped:?}");
        assert!(stopped.out.contains("1 that waited"), "{stopped:?}");
        cancel(&shop, &ids[1]).await;
        assert_eq!(number(&database, all).await, 0);
        let actions = texts(&database, "SELECT action FROM audit_entries ORDER BY id").await;
        let of_stream: Vec<_> = actions.iter().filter(|it| it.ends_with("EventStream")).collect();
        assert_eq!(of_stream, ["startEventStream", "stopEventStream"]);
        database.close().await.expect("closed");
    }
);

#[test]
fn the_address_of_nats_is_never_shown() {
    let url = "nats://anna:s3cr3t@127.0.0.1:1,tls://s3cr3t@b";
    let config = process::run(PROGRAM, &["config", "--nats-url", url]);
    assert!(
        config.out.contains("(hidden)") && !config.out.contains("s3cr3t"),
        "{config:?}"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let wrong = "http://anna:s3cr3t@b";
    let refused = process::run(
        PROGRAM,
        &["serve", "--database-url", &database, "--nats-url", wrong],
    );
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.err.contains("NATS_URL") && !refused.err.contains("s3cr3t"),
        "{refused:?}"
    );
}
