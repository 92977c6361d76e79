//! Sends a table of hostile requests to the running program. Each request is answered or refused, other callers notice
//! no change, and afterwards the process is the same and its orders are the same.

mod canary;
mod documents;
mod framing;
mod guessing;
mod injection;
mod parsing;
mod requests;
mod row;
mod stalled;
mod verdict;
mod wire;

use std::sync::Arc;

use countermand_tests::process::ServerProcess;
use countermand_tests::{DatabaseKind, OrderJson, TestShop};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::program::PROGRAM;
use row::Row;
use stalled::Stalled;
use verdict::Fault;

/// The least number of rows: fewer rows would prove too little.
const ROWS: usize = 300;
/// How often a row is sent whose answer is late and right. Other programs use the machine too: what is slow by itself is
/// slow each time.
const TRIES: usize = 10;
/// The memory that the process may grow by, in KiB.
const GROWTH: u64 = 64 * 1024;
const BUYER: &str = "anna@example.com";

/// The shop that the rows attack.
#[derive(Debug)]
struct Target {
    /// A customer's token.
    customer: String,
    /// An owner's token.
    owner: String,
    /// The id of the customer's order. The order can be canceled, and no row may cancel it.
    order: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shop_withstands_hostile_requests() {
    let shop = TestShop::open(DatabaseKind::Sqlite)
        .await
        .expect("a shop on SQLite");
    // The default of an installation, which ends connections that stop in a body.
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &["--request-timeout", "8"]).await;
    let target = target(&shop, &server).await;
    let rows = rows(&target);
    assert!(rows.len() >= ROWS, "only {} rows", rows.len());
    let before = shop.order(&target.order).await;
    let peer = server.address.trim_start_matches("http://").to_owned();
    warm_up(&server).await;
    let memory = server.resident_kib().expect("a running process");

    let stalled = Stalled::open(&peer);
    let (mut failures, mut growth) = (Vec::new(), Vec::new());
    for row in rows {
        let row = Arc::new(row);
        let before = server.resident_kib();
        let mut faults = walk(&server, &peer, &row).await;
        for _ in 1..TRIES {
            if faults.is_empty() || faults.iter().any(|fault| matches!(fault, Fault::Wrong(_))) {
                break;
            }
            faults = walk(&server, &peer, &row).await;
        }
        if !faults.is_empty() {
            failures.push(format!("{}: {faults:?}", row.name));
        }
        let Some(now) = server.resident_kib() else {
            failures.push(format!("{}: the process is gone", row.name));
            break;
        };
        growth.push((now.saturating_sub(before.unwrap_or(now)), row.name.clone()));
    }
    failures.extend(stalled.left().await);
    let grown = server.resident_kib().map(|now| now.saturating_sub(memory));
    if grown.is_none_or(|grown| grown > GROWTH) {
        growth.sort_by(|one, other| other.cmp(one));
        growth.truncate(5);
        failures.push(format!("the process grew by {grown:?} KiB, most with {growth:?}"));
    }
    if shop.order(&target.order).await != before {
        failures.push("the order is another one now".into());
    }
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
    server.kill().await;
    shop.close().await;
}

fn rows(target: &Target) -> Vec<Row> {
    [
        framing::rows(),
        requests::rows(target),
        parsing::rows(),
        documents::rows(target),
        injection::rows(target),
        guessing::rows(target),
    ]
    .concat()
}

/// Sends a row while a storefront sends its own requests, and gives every fault of the answers.
async fn walk(server: &ServerProcess, peer: &str, row: &Arc<Row>) -> Vec<Fault> {
    let (running, done) = oneshot::channel();
    let canary = tokio::spawn(canary::watch(server.ask(canary::QUERY), done));
    let mut connections = JoinSet::new();
    for _ in 0..row.times {
        let (row, peer) = (row.clone(), peer.to_owned());
        connections.spawn(async move {
            let reply = wire::converse(&peer, &row.sent).await;
            verdict::faults(&row, &reply)
        });
    }
    let mut faults: Vec<Fault> = connections.join_all().await.concat();
    drop(running);
    match canary.await {
        Ok(noticed) => faults.extend(noticed),
        Err(problem) => faults.push(Fault::Wrong(format!("others: {problem}"))),
    }
    faults
}

async fn target(shop: &TestShop, server: &ServerProcess) -> Target {
    shop.enable_cancellation().await;
    shop.customer(BUYER).await;
    let order = OrderJson::new("1").by(BUYER).line("A", 1000, 2, 1, 0);
    let order = shop.import(&[order.json()]).await.remove(0);
    let query = "mutation($email: String!) { generateCustomerToken(email: $email, password: \"Secret-123\") { token } }";
    let signed_in = server
        .ask(query)
        .variables(json!({ "email": BUYER }))
        .send()
        .await;
    let customer = signed_in
        .data("/generateCustomerToken/token")
        .as_str()
        .map(str::to_owned);
    Target {
        customer: customer.expect("a token"),
        owner: shop.owner().to_owned(),
        order,
    }
}

/// Sends ordinary requests first, so that the memory they need is not counted as growth.
async fn warm_up(server: &ServerProcess) {
    let mut asking = JoinSet::new();
    for _ in 0..50 {
        asking.spawn(server.ask(canary::QUERY).send());
    }
    for answer in asking.join_all().await {
        assert_eq!(answer.data("/storeConfig/store_code"), &Value::from("default"));
    }
}
