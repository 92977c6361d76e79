//! The buyers, their orders, and their knowledge.

use std::collections::BTreeSet;
use std::sync::Arc;

use countermand_tests::payment_server::PaymentServer;
use countermand_tests::{Answer, Ask, OrderJson, TestShop};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::super::{BUYER, cancel};

const BUYERS: usize = 8;

/// An order that is paid at the provider.
pub(super) struct SoldOrder {
    pub(super) number: String,
    pub(super) id: String,
}

/// What the buyers know.
#[derive(Default)]
pub(super) struct Knowledge {
    /// The number of orders that were sold.
    sold: i64,
    /// How many orders may still be canceled in the life of this server.
    pub(super) allowed: usize,
    /// The orders that were not answered as canceled.
    pub(super) waiting: Vec<SoldOrder>,
    /// The numbers of the orders that were answered as canceled.
    pub(super) answered: BTreeSet<String>,
    /// The numbers of the orders with a request that was sent and got no answer.
    pub(super) interrupted: BTreeSet<String>,
}

impl Knowledge {
    /// The next order to cancel; the last one that was interrupted comes first.
    fn pop(&mut self) -> Option<SoldOrder> {
        self.allowed = self.allowed.checked_sub(1)?;
        self.waiting.pop()
    }

    /// Takes down that the order was answered as canceled.
    pub(super) fn take(&mut self, order: SoldOrder, answer: &Answer) {
        let refusal = answer.data("/cancelOrder/errorV2");
        let is_canceled_before =
            refusal["code"] == "INVALID_ORDER_STATUS" && self.interrupted.contains(&order.number);
        assert!(refusal.is_null() || is_canceled_before, "{:#}", answer.body);
        self.answered.insert(order.number);
    }
}

/// What the order costs, in cents; each order costs something else.
pub(super) fn total(number: &str) -> i64 {
    1500 + number.parse::<i64>().expect("a number")
}

/// The provider's reference of the payment of the order.
pub(super) fn reference(number: &str) -> String {
    format!("tx-{number}")
}

/// Sells orders until `waiting` of them wait.
pub(super) async fn sell(
    shop: &TestShop,
    provider: &PaymentServer,
    knowledge: &Arc<Mutex<Knowledge>>,
    waiting: usize,
) {
    let mut knowledge = knowledge.lock().await;
    let mut numbers = Vec::new();
    for _ in knowledge.waiting.len()..waiting {
        knowledge.sold += 1;
        numbers.push(format!("{:09}", knowledge.sold));
    }
    if numbers.is_empty() {
        return;
    }
    let orders: Vec<Value> = numbers.iter().map(|number| order(number)).collect();
    let ids = shop.import(&orders).await;
    for (number, id) in numbers.into_iter().zip(ids) {
        provider.paid(&reference(&number), total(&number)).await;
        // An interrupted order stays at the end, so that it is canceled first.
        knowledge.waiting.insert(0, SoldOrder { number, id });
    }
}

/// An order that is paid online. Shipping is 5.00.
fn order(number: &str) -> Value {
    let order = OrderJson::new(number).by(BUYER).paid_with("stripe_payments");
    let mut order = order.line("A", total(number) - 500, 1, 1, 0).json();
    order["payment"]["last_trans_id"] = json!(reference(number));
    order
}

/// Buyers who cancel with `ask` until the server does not answer, and a channel that tells each answer.
pub(super) fn buyers(
    ask: &Ask,
    token: &Arc<str>,
    knowledge: &Arc<Mutex<Knowledge>>,
) -> (JoinSet<()>, UnboundedReceiver<()>) {
    let (told, answered) = unbounded_channel();
    let mut buyers = JoinSet::new();
    for _ in 0..BUYERS {
        buyers.spawn(buy_and_cancel(
            ask.clone(),
            token.clone(),
            knowledge.clone(),
            told.clone(),
        ));
    }
    (buyers, answered)
}

async fn buy_and_cancel(
    ask: Ask,
    token: Arc<str>,
    knowledge: Arc<Mutex<Knowledge>>,
    told: UnboundedSender<()>,
) {
    loop {
        let Some(order) = knowledge.lock().await.pop() else {
            return;
        };
        let answer = cancel(ask.clone(), &token, &order.id).try_send().await;
        let mut knowledge = knowledge.lock().await;
        match answer {
            Ok(answer) => knowledge.take(order, &answer),
            Err(problem) => {
                // Without a connection, no request was sent.
                if !problem.is_connect() {
                    knowledge.interrupted.insert(order.number.clone());
                }
                knowledge.waiting.push(order);
                return;
            }
        }
        // Answers after the last one that is waited for are not counted.
        let _ = told.send(());
    }
}
