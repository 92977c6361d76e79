//! Payment providers at which calls go wrong: what is owed still goes back once, within a minute after they are well again.

use chrono::TimeDelta;
use countermand_tests::payment_contract::{ContractProvider, Fault, KeptFailure, LedgerLine};
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::contract::{begin, told};
use super::{attention, cancel, refunds, work};
use crate::event_stream::{number as counted, raw};

/// The number of canceled orders.
const ORDERS: i64 = 30;
const SEED: u64 = 7;
/// The fewest faults that must be drawn: each order needs at least one call, and most need more.
const FEWEST_FAULTS: u64 = 6;
/// The time between two looks of the worker once calls go right again.
const STEP: TimeDelta = TimeDelta::seconds(5);
const FAULTS: [Fault; 6] = [
    Fault::LoseRequest,
    Fault::LoseAnswer,
    Fault::ErrorBefore,
    Fault::ErrorAfter,
    Fault::Throttle,
    Fault::AnswerTwice,
];
const KEPT_FAILURES: [Fault; 2] = [Fault::StoredErrorBefore, Fault::StoredErrorAfter];
const SETTLED: &str = "SELECT COUNT(*) FROM obligations WHERE kind IN ('refund', 'void') AND state = 'met'";

contract!(
    with_three_calls_in_ten_going_wrong_each_order_is_settled_once,
    after_an_outage_of_hours_each_order_is_settled_within_a_minute,
);

/// How calls go wrong, and how soon all is settled after that.
struct Trouble {
    /// The share of calls that go wrong, in percent.
    share: u32,
    kinds: Vec<Fault>,
    /// How often the worker tries meanwhile, and the time between two of these rounds.
    rounds: usize,
    away: TimeDelta,
    settled_within: TimeDelta,
}

async fn with_three_calls_in_ten_going_wrong_each_order_is_settled_once<P: ContractProvider>(
    shop: &TestShop,
) {
    let mut kinds = FAULTS.to_vec();
    if P::KEPT_FAILURE == KeptFailure::Marked {
        kinds.extend(KEPT_FAILURES);
    }
    let trouble = Trouble {
        share: 30,
        kinds,
        rounds: 2,
        away: TimeDelta::seconds(15),
        settled_within: TimeDelta::seconds(60),
    };
    each_order_is_settled_once::<P>(shop, trouble).await;
}

async fn after_an_outage_of_hours_each_order_is_settled_within_a_minute<P: ContractProvider>(
    shop: &TestShop,
) {
    // After a try that failed, the next one comes within 37 seconds. When it succeeds, all others follow in 5 seconds.
    let trouble = Trouble {
        share: 100,
        kinds: vec![Fault::LoseRequest, Fault::ErrorBefore],
        rounds: 8,
        away: TimeDelta::minutes(30),
        settled_within: TimeDelta::seconds(50),
    };
    each_order_is_settled_once::<P>(shop, trouble).await;
}

async fn each_order_is_settled_once<P: ContractProvider>(shop: &TestShop, trouble: Trouble) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let orders: Vec<Value> = (1..=ORDERS).map(order).collect();
    let ids = shop.import(&orders).await;
    for (number, id) in (1..=ORDERS).zip(&ids) {
        let captured = if is_authorized(number) { 0 } else { total(number) };
        provider
            .pays(&reference(number), "USD", total(number), captured)
            .await;
        cancel(shop, id).await;
    }

    provider
        .fails_at_random(trouble.share, SEED, &trouble.kinds)
        .await;
    for round in 0..trouble.rounds {
        if round > 0 {
            shop.wait(trouble.away);
        }
        work(shop).await;
    }
    let drawn = provider.stops_failing().await;
    assert!(drawn >= FEWEST_FAULTS, "only {drawn} calls went wrong");
    assert!(!refunds(shop, "OPEN").await.is_empty(), "nothing waits");
    let healed = shop.now();
    while shop.now() < healed + trouble.settled_within {
        shop.wait(STEP);
        work(shop).await;
    }
    // What only messages tell is known as soon as the provider sends them.
    told(shop, &provider).await;

    let open = refunds(shop, "OPEN").await;
    assert!(open.is_empty(), "{open:#?}");
    assert_eq!(attention(shop).await, []);
    let database = raw(shop).await;
    assert_eq!(counted(&database, SETTLED).await, ORDERS);
    database.close().await.expect("closed");
    for number in 1..=ORDERS {
        let line = provider.line(&reference(number)).await;
        assert_eq!(line, owed(number), "{}", reference(number));
    }
}

/// Whether the money of the order is only reserved: every third order's is.
fn is_authorized(number: i64) -> bool {
    number % 3 == 0
}

/// The total of the order in cents; each order has another one.
fn total(number: i64) -> i64 {
    1500 + number
}

fn reference(number: i64) -> String {
    format!("pi_{number}")
}

/// An order whose money is captured or reserved. Shipping is 5.00.
fn order(number: i64) -> Value {
    let order = OrderJson::new(&format!("{number:09}")).paid_with("stripe_payments");
    let price = total(number) - 500;
    let order = if is_authorized(number) {
        order.line("A", price, 1, 0, 0).authorized()
    } else {
        order.line("A", price, 1, 1, 0)
    };
    let mut order = order.json();
    order["payment"]["last_trans_id"] = json!(reference(number));
    order
}

/// What the ledger must say of the payment after the cancellation.
fn owed(number: i64) -> LedgerLine {
    let is_refund = !is_authorized(number);
    LedgerLine {
        refunded: if is_refund { total(number) } else { 0 },
        refunds: usize::from(is_refund),
        voided: !is_refund,
    }
}
