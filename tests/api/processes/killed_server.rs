//! A server is killed during cancellations, several times: acknowledged cancellations are kept, and each is whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_tests::process::ServerProcess;
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::{BUYER, assert_doctor_finds_nothing, cancel, prepare, sign_in};
use crate::program::PROGRAM;

const ORDERS: usize = 300;
/// The number of cancellations that a server acknowledges before it is killed.
const ACKNOWLEDGED_PER_LIFE: usize = 50;
const LIVES: usize = 3;
const CLIENTS: usize = 8;

/// The knowledge of the clients: the orders that are not canceled yet, the acknowledged cancellations, and the
/// cancellations without an answer when a server was killed.
#[derive(Default)]
struct Ledger {
    waiting: Vec<String>,
    acknowledged: BTreeSet<String>,
    unknown: BTreeSet<String>,
}

on_every_database!(a_killed_server_leaves_every_order_whole, |shop| async move {
    prepare(&shop).await;
    let orders: Vec<Value> = (0..ORDERS).map(order).collect();
    let ids = shop.import(&orders).await;
    let ledger = Arc::new(Mutex::new(Ledger {
        waiting: ids.clone(),
        ..Ledger::default()
    }));
    for life in 1..=LIVES {
        let server = ServerProcess::start(PROGRAM, shop.database_url(), &[]).await;
        live_and_die(server, &ledger, life * ACKNOWLEDGED_PER_LIFE).await;
        assert_doctor_finds_nothing(&shop);
    }
    let ledger = ledger.lock().await;
    assert!(
        !ledger.unknown.is_empty(),
        "nothing was under way when the server was killed"
    );
    assert!(ledger.waiting.len() + ledger.unknown.len() >= ORDERS / 4);
    for id in &ids {
        let order = shop.order(id).await;
        let is_canceled = order["version"] == 2;
        assert_whole(&order, is_canceled);
        assert!(
            is_canceled || !ledger.acknowledged.contains(id),
            "an acknowledged cancellation is lost: {order:#}"
        );
        assert!(
            !is_canceled || !ledger.waiting.contains(id),
            "no client canceled this: {order:#}"
        );
    }
    goes_on_after(&shop, &ledger).await;
});

/// An order: one third of them is unpaid, one third is paid online, and one third is half invoiced.
fn order(number: usize) -> Value {
    let order = OrderJson::new(&format!("{number:09}")).by(BUYER);
    match number % 3 {
        0 => order.line("A", 1000, 2, 0, 0),
        1 => order
            .paid_with("stripe_payments")
            .line("A", 1000, 2, 2, 0)
            .line("B", 999, 1, 1, 0),
        _ => order.line("A", 1000, 2, 2, 0).line("B", 999, 1, 0, 0),
    }
    .json()
}

/// Clients cancel until `acknowledged` cancellations are acknowledged in all. Then the server is killed.
async fn live_and_die(server: ServerProcess, ledger: &Arc<Mutex<Ledger>>, acknowledged: usize) {
    let token = Arc::new(sign_in(&server).await);
    let mut clients = JoinSet::new();
    let (enough, mut reached) = tokio::sync::mpsc::channel(CLIENTS);
    for _ in 0..CLIENTS {
        let (ask, token, ledger, enough) = (
            server.ask(CANCEL_ORDER),
            token.clone(),
            ledger.clone(),
            enough.clone(),
        );
        clients.spawn(async move {
            loop {
                let Some(id) = ledger.lock().await.waiting.pop() else {
                    return;
                };
                let answer = cancel(ask.clone(), &token, &id).try_send().await;
                let mut ledger = ledger.lock().await;
                let Ok(answer) = answer else {
                    ledger.unknown.insert(id);
                    return;
                };
                assert!(answer.data("/cancelOrder/errorV2").is_null(), "{:#}", answer.body);
                ledger.acknowledged.insert(id);
                if ledger.acknowledged.len() == acknowledged {
                    enough.send(()).await.expect("the receiver waits");
                }
            }
        });
    }
    // The clients hold the others, so the channel ends with the last client.
    drop(enough);
    reached.recv().await.expect("enough was done");
    server.kill().await;
    while let Some(client) = clients.join_next().await {
        client.expect("a client that ends in order");
    }
}

/// Checks that the cancellation is there with all its parts, or with none.
fn assert_whole(order: &Value, is_canceled: bool) {
    let inner = &order["order"];
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    let sum = |field: &str| -> f64 {
        let items = inner["items"].as_array().expect("items").iter();
        items.map(|it| it[field].as_f64().expect("a quantity")).sum()
    };
    let (canceled, refunded, invoiced) = (
        sum("quantity_canceled"),
        sum("quantity_refunded"),
        sum("quantity_invoiced"),
    );
    // All quantities are whole units.
    let is = |left: f64, right: f64| (left - right).abs() < 0.5;
    let memos = count(&inner["credit_memos"]);
    if !is_canceled {
        assert_eq!(
            (order["version"].as_i64(), count(&order["comments"]), memos),
            (Some(1), 0, 0),
            "{order:#}"
        );
        assert!(
            is(canceled + refunded, 0.0) && (order["state"] == "new" || order["state"] == "processing"),
            "{order:#}"
        );
        return;
    }
    let paid = !is(invoiced, 0.0);
    assert_eq!(memos, usize::from(paid), "{order:#}");
    assert_eq!(count(&order["reversals"]), memos, "{order:#}");
    assert_eq!(count(&order["comments"]), 2 + memos, "{order:#}");
    assert_eq!(count(&order["events"]), 2, "{order:#}");
    assert!(
        is(refunded, invoiced) && !is(canceled + refunded, 0.0),
        "{order:#}"
    );
    let state = if is(canceled, 0.0) { "closed" } else { "canceled" };
    assert_eq!(order["state"], state, "{order:#}");
}

/// Starts another server, which cancels the orders without an answer. Canceled orders stay canceled.
async fn goes_on_after(shop: &TestShop, ledger: &Ledger) {
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &[]).await;
    let token = sign_in(&server).await;
    for id in &ledger.unknown {
        let answer = cancel(server.ask(CANCEL_ORDER), &token, id).send().await;
        let refusal = answer.data("/cancelOrder/errorV2");
        assert!(
            refusal.is_null() || refusal["code"] == "INVALID_ORDER_STATUS",
            "{:#}",
            answer.body
        );
        assert_whole(&shop.order(id).await, true);
    }
    assert_doctor_finds_nothing(shop);
    server.kill().await;
}
