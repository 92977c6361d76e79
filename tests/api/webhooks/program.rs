//! The program as it is run: the command line, the worker's own loop, and what other libraries think of its messages.

use std::time::{Duration, Instant};

use countermand_tests::node::node;
use countermand_tests::process::{self, ServerProcess};
use countermand_tests::time_limit::{soon, until_or};
use countermand_tests::webhook_receiver::{Reply, WebhookReceiver};
use serde_json::json;

use crate::program::PROGRAM;

/// The time in which a message must arrive, with room for a machine that is busy with other tests. The program gives an
/// endpoint up after fifteen seconds without an answer.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endpoints_are_made_at_the_command_line_and_a_dead_one_slows_no_other() {
    soon("a message beside a dead endpoint", SOON, beside_a_dead_one).await;
}

/// The time until a message arrives at an endpoint beside a dead one.
async fn beside_a_dead_one() -> Duration {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let server = ServerProcess::start(PROGRAM, &database, &["--webhook-networks", "127.0.0.0/8"]).await;
    let (dead, alive) = (WebhookReceiver::start().await, WebhookReceiver::start().await);
    dead.replies((0..200).map(|_| Reply::Silence(Duration::from_secs(60))));
    let webhook = |arguments: &[&str]| {
        let run = process::run(
            PROGRAM,
            &[&["webhook"], arguments, &["--database-url", &database]].concat(),
        );
        assert_eq!(run.code, 0, "{run:?}");
        run.out
    };
    let mut ids = Vec::new();
    let mut secret = String::new();
    for receiver in [&dead, &alive] {
        let out = webhook(&["create", &receiver.address, "--webhook-networks", "127.0.0.0/8"]);
        let mut lines = out.lines();
        ids.push(
            lines
                .next()
                .and_then(|it| it.strip_prefix("endpoint: "))
                .expect("an id")
                .to_owned(),
        );
        lines
            .next()
            .and_then(|it| it.strip_prefix("secret: "))
            .expect("a secret")
            .clone_into(&mut secret);
    }
    for _ in 0..24 {
        webhook(&["test", &ids[0]]);
    }
    let begun = Instant::now();
    webhook(&["test", &ids[1]]);
    let has_come = async || !alive.received().is_empty();
    until_or("the message arrives", has_come, || server.log()).await;
    let took = begun.elapsed();
    assert!(!dead.received().is_empty(), "the dead one was tried too");
    let received = alive.received().remove(0);
    let headers = [
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "content-type",
    ];
    let headers: serde_json::Map<_, _> = headers
        .iter()
        .map(|name| ((*name).to_owned(), json!(received.header(name))))
        .collect();
    let body = String::from_utf8(received.body.to_vec()).expect("text");
    let message = json!({ "secret": secret, "headers": headers, "body": body }).to_string();
    node("webhooks.mjs", &[&message]).await;
    let list = webhook(&["list"]);
    assert!(
        list.contains(&ids[0]) && list.contains("active") && !list.contains(&secret),
        "{list}"
    );
    assert_eq!(webhook(&["pause", &ids[0]]), "state: paused\n");
    assert_eq!(webhook(&["resume", &ids[0]]), "state: active\n");
    assert_ne!(
        webhook(&["rotate", &ids[1]])
            .trim_start_matches("secret: ")
            .trim(),
        secret
    );
    assert!(webhook(&["delete", &ids[0]]).starts_with("deleted: http://127.0.0.1"));
    server.kill().await;
    took
}

/// More endpoints than there are places for messages under way to one that answers, had each of them as many.
const DEAD: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_dead_endpoints_slow_no_other_one() {
    soon("a message beside dead endpoints", SOON, beside_many_dead_ones).await;
}

/// The time until a message arrives at an endpoint beside dead ones, and each of these is tried.
async fn beside_many_dead_ones() -> Duration {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let networks = ["--webhook-networks", "127.0.0.0/8"];
    let webhook = |arguments: &[&str]| {
        let arguments = [&["webhook"], arguments, &["--database-url", &database]].concat();
        let run = process::run(PROGRAM, &arguments);
        assert_eq!(run.code, 0, "{run:?}");
        run.out
    };
    let made = |address: &str| {
        let out = webhook(&[&["create", address], &networks[..]].concat());
        let id = out.lines().find_map(|line| line.strip_prefix("endpoint: "));
        id.expect("an id").to_owned()
    };
    let migrated = process::run(PROGRAM, &["migrate", "--database-url", &database]);
    assert_eq!(migrated.code, 0, "{migrated:?}");
    let (dead, alive) = (WebhookReceiver::start().await, WebhookReceiver::start().await);
    dead.replies((0..400).map(|_| Reply::Silence(Duration::from_secs(60))));
    let dead_ids: Vec<_> = (0..DEAD).map(|_| made(&dead.address)).collect();
    let alive_id = made(&alive.address);
    // All that waits for the dead ones is older.
    for id in &dead_ids {
        for _ in 0..8 {
            webhook(&["test", id]);
        }
    }
    webhook(&["test", &alive_id]);
    let server = ServerProcess::start(PROGRAM, &database, &networks).await;
    let begun = Instant::now();
    let has_come = async || !alive.received().is_empty();
    until_or("the message arrives", has_come, || server.log()).await;
    let are_tried = async || dead.received().len() >= DEAD;
    until_or("each dead endpoint is tried", are_tried, || server.log()).await;
    let took = begun.elapsed();
    server.kill().await;
    took
}
