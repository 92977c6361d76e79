//! Payment providers at which calls go wrong: what is owed still goes back once, within a minute after they are well again.
//!
//! `alone.rs` plays each fault of a call by itself, `messages.rs` what happens to messages on their way, and `keys.rs` keys
//! that are forgotten while an outcome is not known.

/// Each case at each provider, on SQLite: what goes wrong at a provider does not depend on the database.
macro_rules! at_each_provider {
    ($($case:ident = $run:ident($($argument:expr),+)),+ $(,)?) => {
        mod adyen {
            use super::*;
            $(on_sqlite!($case, |shop| async move {
                $run::<countermand_tests::adyen_server::AdyenServer>(&shop, $($argument),+).await;
            });)+
        }
        mod http {
            use super::*;
            $(on_sqlite!($case, |shop| async move {
                $run::<countermand_tests::payment_server::PaymentServer>(&shop, $($argument),+).await;
            });)+
        }
        mod hyperswitch {
            use super::*;
            $(on_sqlite!($case, |shop| async move {
                $run::<countermand_tests::hyperswitch_server::HyperswitchServer>(&shop, $($argument),+).await;
            });)+
        }
        mod stripe {
            use super::*;
            $(on_sqlite!($case, |shop| async move {
                $run::<countermand_tests::stripe_server::StripeServer>(&shop, $($argument),+).await;
            });)+
        }
    };
}

mod alone;
mod keys;
mod messages;

use chrono::TimeDelta;
use countermand_tests::payment_contract::{ContractProvider, Fault, LedgerLine};
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::contract::{begin, told};
use super::{attention, cancel, refunds, work};
use crate::event_stream::{number as counted, raw};

/// The number of canceled orders.
const ORDERS: i64 = 30;
/// The share of calls, or of messages, that go wrong, in percent.
const SHARE: u32 = 30;
const SEED: u64 = 7;
/// The time between two looks of the worker once calls go right again.
const STEP: TimeDelta = TimeDelta::seconds(5);
/// The time in which all is settled once calls go right again.
const A_MINUTE: TimeDelta = TimeDelta::seconds(60);
const FAULTS: [Fault; 8] = [
    Fault::LoseRequest,
    Fault::LoseAnswer,
    Fault::ErrorBefore,
    Fault::ErrorAfter,
    Fault::StoredErrorBefore,
    Fault::StoredErrorAfter,
    Fault::Throttle,
    Fault::AnswerTwice,
];
/// The faults that are not drawn by chance at a provider, and why.
const LEFT_OUT: [(&str, Fault, &str); 3] = [
    (
        "ADYEN",
        Fault::StoredErrorBefore,
        "Adyen repeats the answer to a request that it has processed. Of a failure before that, neither a message nor a \
         look-up would tell, so only a person ends it: `kept_failures.rs`",
    ),
    (
        "HYPERSWITCH",
        Fault::StoredErrorBefore,
        "Hyperswitch keeps no answers. A repetition finds the refund that waits under its id: `kept_failures.rs`",
    ),
    (
        "HYPERSWITCH",
        Fault::StoredErrorAfter,
        "Hyperswitch keeps no answers. A repetition finds the refund under its id, as after `ErrorAfter`",
    ),
];
const SETTLED: &str = "SELECT COUNT(*) FROM obligations WHERE kind IN ('refund', 'void') AND state = 'met'";

contract!(
    with_three_calls_in_ten_going_wrong_each_order_is_settled_once,
    after_an_outage_of_hours_each_order_is_settled_within_a_minute,
);

/// How calls go wrong, and how soon all is settled after that.
struct Trouble {
    /// The number of canceled orders.
    orders: i64,
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
    let trouble = Trouble {
        orders: ORDERS,
        share: SHARE,
        kinds: faults_of::<P>(),
        rounds: 2,
        away: TimeDelta::seconds(15),
        settled_within: A_MINUTE,
    };
    each_order_is_settled_once::<P>(shop, trouble).await;
}

async fn after_an_outage_of_hours_each_order_is_settled_within_a_minute<P: ContractProvider>(
    shop: &TestShop,
) {
    // After a try that failed, the next one comes within 37 seconds. When it succeeds, all others follow in 5 seconds.
    let trouble = Trouble {
        orders: ORDERS,
        share: 100,
        kinds: vec![Fault::LoseRequest, Fault::ErrorBefore],
        rounds: 8,
        away: TimeDelta::minutes(30),
        settled_within: TimeDelta::seconds(50),
    };
    each_order_is_settled_once::<P>(shop, trouble).await;
}

async fn each_order_is_settled_once<P: ContractProvider>(shop: &TestShop, trouble: Trouble) {
    let Some(provider) = begin_quickly::<P>(shop).await else {
        return;
    };
    let Trouble { share, kinds, .. } = &trouble;
    let about = format!(
        "{share} % of the calls at {} meet {kinds:?}, seed {SEED}",
        P::ADAPTER
    );
    let orders: Vec<Value> = (1..=trouble.orders)
        .map(|number| order(number, is_authorized(number)))
        .collect();
    let ids = shop.import(&orders).await;
    for (number, id) in (1..=trouble.orders).zip(&ids) {
        let captured = if is_authorized(number) { 0 } else { total(number) };
        provider
            .pays(&reference(number), "USD", total(number), captured)
            .await;
        cancel(shop, id).await;
    }

    provider.fails_at_random(*share, SEED, kinds).await;
    for round in 0..trouble.rounds {
        if round > 0 {
            shop.wait(trouble.away);
        }
        work(shop).await;
        // An answer that comes twice delays nothing.
        let waits = !refunds(shop, "OPEN").await.is_empty();
        let is_expected = round == 0 && *kinds != [Fault::AnswerTwice];
        assert!(waits || !is_expected, "{about}: nothing waits");
    }
    let drawn = provider.stops_failing().await;
    // Each order needs at least one call, and most need more.
    let fewest = u64::try_from(trouble.orders / 5).expect("a number");
    assert!(drawn >= fewest, "{about}: only {drawn} calls went wrong");
    let waits = !refunds(shop, "OPEN").await.is_empty();
    assert!(waits || kinds.len() == 1, "{about}: nothing waits at the end");
    provider.works_off().await;
    let healed = shop.now();
    while shop.now() < healed + trouble.settled_within {
        shop.wait(STEP);
        work(shop).await;
    }
    // What only messages tell is known as soon as the provider sends them.
    told(shop, &provider).await;

    let owed: Vec<_> = (1..=trouble.orders)
        .map(|number| (reference(number), owed(number, is_authorized(number))))
        .collect();
    assert_settled(shop, &provider, &owed, &about).await;
}

/// The provider serves the shop as after [`begin`], and may be sent as many requests as an account can take.
async fn begin_quickly<P: ContractProvider>(shop: &TestShop) -> Option<P> {
    let provider = begin::<P>(shop).await?;
    let input = json!({ "name": "main", "requests_per_second": 100 });
    let done = shop.owner_does("changePaymentProvider", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
    Some(provider)
}

/// The faults of calls that are drawn at the provider.
fn faults_of<P: ContractProvider>() -> Vec<Fault> {
    let is_left_out = |fault: Fault| {
        let mut left_out = LEFT_OUT.iter();
        left_out.any(|(adapter, of, _)| *adapter == P::ADAPTER && *of == fault)
    };
    FAULTS.into_iter().filter(|fault| !is_left_out(*fault)).collect()
}

/// Asserts that nothing is open, that nothing needs a person, and that the ledger has moved exactly what is `owed` for each
/// of these payments.
async fn assert_settled<P: ContractProvider>(
    shop: &TestShop,
    provider: &P,
    owed: &[(String, LedgerLine)],
    about: &str,
) {
    let open = refunds(shop, "OPEN").await;
    assert!(open.is_empty(), "{about}: {open:#?}");
    assert_eq!(attention(shop).await, [], "{about}");
    let database = raw(shop).await;
    let settled = counted(&database, SETTLED).await;
    database.close().await.expect("closed");
    assert_eq!(usize::try_from(settled).expect("a number"), owed.len(), "{about}");
    for (reference, line) in owed {
        assert_eq!(provider.line(reference).await, *line, "{about}: {reference}");
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

/// An order whose money is captured or only reserved. Shipping is 5.00.
fn order(number: i64, is_authorized: bool) -> Value {
    let order = OrderJson::new(&format!("{number:09}")).paid_with("stripe_payments");
    let price = total(number) - 500;
    let order = if is_authorized {
        order.line("A", price, 1, 0, 0).authorized()
    } else {
        order.line("A", price, 1, 1, 0)
    };
    let mut order = order.json();
    order["payment"]["last_trans_id"] = json!(reference(number));
    order
}

/// What the ledger must say of the payment after the cancellation: the money was released, or paid back.
fn owed(number: i64, is_released: bool) -> LedgerLine {
    LedgerLine {
        refunded: if is_released { 0 } else { total(number) },
        refunds: usize::from(!is_released),
        voided: is_released,
    }
}
