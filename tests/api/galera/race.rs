//! Customers and staff want different things of the same order at the same moment, at different nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::{Answer, Ask, OrderJson};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::cluster::{BUYER, Cluster};
use super::judge;

/// Orders that are raced for at the same time.
const AT_ONCE: usize = 12;
const SHIP: &str =
    "mutation($input: CreateShipmentInput!) { createShipment(input: $input) { user_errors { code } } }";
const HOLD: &str = "mutation($input: HoldOrderInput!) { holdOrder(input: $input) { user_errors { code } } }";

/// What a racer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Cancel,
    Ship,
    Hold,
}

/// What a racer was told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Done,
    Refused,
    /// Neither, with the answer.
    Unclear(String),
}

/// A racer's wish for an order, and the answer to it.
#[derive(Debug)]
pub(super) struct Outcome {
    number: String,
    wish: Wish,
    told: Told,
}

impl Wish {
    const ALL: [Self; 3] = [Self::Cancel, Self::Ship, Self::Hold];

    /// The kind of the event when it comes true.
    fn event(self) -> &'static str {
        match self {
            Self::Cancel => "order.canceled",
            Self::Ship => "order.shipped",
            Self::Hold => "order.held",
        }
    }
}

/// Races for `orders` paid orders, three to six racers each; gives what each racer was told.
pub(super) async fn run(cluster: &Cluster, orders: usize) -> Vec<Outcome> {
    let numbers: Vec<String> = (1..=orders).map(|number| format!("{number:09}")).collect();
    let paid = |number: &String| {
        let order = OrderJson::new(number).by(BUYER).paid_with("stripe_payments");
        order.line("A", 1000, 3, 3, 0).json()
    };
    let ids = cluster
        .shop
        .import(&numbers.iter().map(paid).collect::<Vec<_>>())
        .await;
    let mut grid = Vec::new();
    for (at, (id, number)) in ids.iter().zip(&numbers).enumerate() {
        let item = cluster.shop.order(id).await["order"]["items"][0]["id"].clone();
        let racers = 3 + at % 4;
        grid.push((number.clone(), racers_for(cluster, id, &item, at, racers)));
    }
    cluster.wait_for_each_other().await;

    let mut outcomes = Vec::new();
    for orders in grid.chunks(AT_ONCE) {
        let mut racers = JoinSet::new();
        let start = Arc::new(Barrier::new(orders.iter().map(|(_, asks)| asks.len()).sum()));
        for (number, asks) in orders {
            for (wish, ask) in asks.clone() {
                let (number, start) = (number.clone(), start.clone());
                racers.spawn(async move {
                    start.wait().await;
                    let told = told(wish, &ask.send().await);
                    Outcome { number, wish, told }
                });
            }
        }
        outcomes.extend(racers.join_all().await);
    }
    outcomes
}

/// Each wish once at least; who wants the same asks at another node.
fn racers_for(cluster: &Cluster, id: &str, item: &Value, at: usize, racers: usize) -> Vec<(Wish, Ask)> {
    let ask = |racer: usize| {
        let wish = Wish::ALL[racer % 3];
        let server = &cluster.servers[(at + racer + racer / 3) % 3];
        let owner = cluster.shop.owner();
        let ask = match wish {
            Wish::Cancel => server
                .ask(CANCEL_ORDER)
                .variables(json!({ "id": id, "reason": "Other" }))
                .token(&cluster.customer),
            Wish::Ship => {
                let input = json!({ "order_id": id, "items": [{ "item_id": item, "quantity": 1 }] });
                server.ask(SHIP).variables(json!({ "input": input })).token(owner)
            }
            Wish::Hold => {
                let input = json!({ "order_id": id });
                server.ask(HOLD).variables(json!({ "input": input })).token(owner)
            }
        };
        (wish, ask)
    };
    (0..racers).map(ask).collect()
}

fn told(wish: Wish, answer: &Answer) -> Told {
    // Too many were faster: nothing was done, and the client may ask again.
    if answer.body.pointer("/errors/0/extensions/code") == Some(&json!("TRY_AGAIN")) {
        return Told::Refused;
    }
    let refusal = match wish {
        Wish::Cancel => answer.body.pointer("/data/cancelOrder/errorV2"),
        Wish::Ship => answer.body.pointer("/data/createShipment/user_errors"),
        Wish::Hold => answer.body.pointer("/data/holdOrder/user_errors"),
    };
    match refusal {
        _ if answer.body.get("errors").is_some() => Told::Unclear(answer.body.to_string()),
        Some(Value::Null) => Told::Done,
        Some(Value::Array(refusals)) if refusals.is_empty() => Told::Done,
        Some(Value::Object(_) | Value::Array(_)) => Told::Refused,
        _ => Told::Unclear(answer.body.to_string()),
    }
}

/// A line for each order and wish that the tables do not tell as the racers were told.
pub(super) async fn untrue_answers(cluster: &Cluster, outcomes: &[Outcome]) -> Vec<String> {
    let mut told: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut untrue = Vec::new();
    for outcome in outcomes {
        let done = told.entry((&outcome.number, outcome.wish.event())).or_default();
        match &outcome.told {
            Told::Done => *done += 1,
            Told::Refused => {}
            Told::Unclear(answer) => untrue.push(format!("an unclear answer: {answer}")),
        }
    }
    let changes = judge::changes(cluster.url(0)).await;
    let mut happened: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (number, kind) in &changes {
        *happened.entry((number, kind)).or_default() += 1;
    }
    for (key, done) in &told {
        let there = happened.remove(key).unwrap_or(0);
        if there != *done {
            let (number, kind) = key;
            untrue.push(format!(
                "order {number}: {kind} was told {done} times, and is there {there} times"
            ));
        }
    }
    untrue.extend(happened.keys().map(|key| format!("{key:?} was never asked for")));
    for wish in Wish::ALL {
        let won = changes.iter().filter(|(_, kind)| kind == wish.event()).count();
        if won == 0 {
            untrue.push(format!("{wish:?} never won, so the race proves nothing"));
        }
    }
    untrue
}
