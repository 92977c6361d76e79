//! Keys that providers forget while the outcome of a refund is not known: each refund is in the ledger once.
//!
//! | Provider | When it forgets a key | What follows |
//! |---|---|---|
//! | our own protocol, Hyperswitch | never | the same key is sent, a month later as well |
//! | Stripe | after a day | the list of refunds tells. What is not in it is sent under a new key: all that is left of the payment at once, and a part once no request with the old key can arrive any more |
//! | Adyen | after a week | the message tells. Where none comes, a person is asked, and no key is used again |

use chrono::TimeDelta;
use countermand_domain::LookUp;
use countermand_tests::payment_contract::{ContractProvider, Fault, LedgerLine};
use countermand_tests::{OrderJson, TestShop, on_sqlite};
use serde_json::{Value, json};

use super::super::contract::delivered;
use super::super::parts::passes;
use super::super::{attention, cancel, refunds, work};
use super::{A_MINUTE, SEED, SHARE, STEP, assert_settled, begin_quickly, counted, raw, reference};

/// How many orders are canceled at once, and how often at most.
const WAVE: i64 = 12;
const MOST_WAVES: i64 = 4;
/// What leaves the outcome of a request unknown: the provider has carried it out, or has not.
const UNKNOWN: [Fault; 4] = [
    Fault::LoseRequest,
    Fault::LoseAnswer,
    Fault::ErrorBefore,
    Fault::ErrorAfter,
];
/// Refunds that were requested, and those of which the provider told what became of them.
const REQUESTED: &str =
    "SELECT COUNT(DISTINCT obligation_id) FROM reversal_entries WHERE state = 'requested'";
const TOLD: &str =
    "SELECT COUNT(DISTINCT obligation_id) FROM reversal_entries WHERE state IN ('pending', 'succeeded')";

at_each_provider!(
    whole_payments_go_back_once = keys_are_forgotten(Size::Whole),
    parts_go_back_once = keys_are_forgotten(Size::Part),
);

/// How much of an order with two units is canceled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// All of it.
    Whole,
    /// One of the units, so that another refund of the same amount would be carried out as well.
    Part,
}

impl Size {
    /// What goes back of the order with this number, in cents.
    fn amount(self, number: i64) -> i64 {
        match self {
            Self::Whole => total(number),
            Self::Part => price(number),
        }
    }
}

/// The price of a unit in cents; each order has another one.
fn price(number: i64) -> i64 {
    1000 + number
}

/// The total of the order: two units, and 5.00 of shipping for each.
fn total(number: i64) -> i64 {
    2 * price(number) + 1000
}

/// An order is paid with this number, imported, and canceled.
async fn canceled<P: ContractProvider>(shop: &TestShop, provider: &P, number: i64, size: Size) {
    let order = OrderJson::new(&format!("{number:09}")).paid_with("stripe_payments");
    let mut order = order.line("A", price(number), 2, 2, 0).json();
    order["payment"]["last_trans_id"] = json!(reference(number));
    let id = shop.import(&[order]).await.remove(0);
    provider
        .pays(&reference(number), "USD", total(number), total(number))
        .await;
    if size == Size::Whole {
        cancel(shop, &id).await;
        return;
    }
    let items = shop.item_lines(&id, &[1]).await;
    let input = json!({ "order_id": id, "reason": "Other", "items": items });
    shop.worked("cancelOrderAsAdmin", input).await;
    shop.leave_jobs();
}

/// How many of the orders the provider has paid back.
async fn paid_back<P: ContractProvider>(provider: &P, orders: i64) -> i64 {
    let mut count = 0;
    for number in 1..=orders {
        count += i64::from(provider.line(&reference(number)).await.refunds > 0);
    }
    count
}

/// Cancels orders while calls go wrong, until the provider has carried out a refund whose outcome is not known here, and has
/// not carried out another one. Gives the number of orders, and of requested refunds that the provider has not carried out.
async fn unknown_outcomes<P: ContractProvider>(
    shop: &TestShop,
    provider: &P,
    size: Size,
    about: &str,
) -> (i64, i64) {
    provider.fails_at_random(SHARE, SEED, &UNKNOWN).await;
    for wave in 0..MOST_WAVES {
        let orders = (wave + 1) * WAVE;
        for number in wave * WAVE + 1..=orders {
            canceled(shop, provider, number, size).await;
        }
        work(shop).await;
        let carried_out = paid_back(provider, orders).await;
        let database = raw(shop).await;
        let requested = counted(&database, REQUESTED).await;
        let told = counted(&database, TOLD).await;
        database.close().await.expect("closed");
        if requested > carried_out && carried_out > told {
            provider.stops_failing().await;
            return (orders, requested - carried_out);
        }
    }
    panic!("{about}: the outcome of each refund is known");
}

async fn keys_are_forgotten<P: ContractProvider>(shop: &TestShop, size: Size) {
    let Some(provider) = begin_quickly::<P>(shop).await else {
        return;
    };
    let about = format!(
        "{size:?} at {}, {SHARE} % of the calls go wrong, seed {SEED}",
        P::ADAPTER
    );
    let (orders, lost) = unknown_outcomes(shop, &provider, size, &about).await;
    // No worker runs until the provider has forgotten the keys, or for long where it never forgets one.
    let capabilities = provider.capabilities();
    let away = capabilities.key_retention.unwrap_or(TimeDelta::days(30));
    passes(shop, &provider, away + TimeDelta::hours(1)).await;
    if capabilities.look_up == LookUp::None {
        delivered(shop, &provider).await;
        assert_eq!(paid_back(&provider, orders).await, orders - lost, "{about}");
        staff_pays_back(shop, &provider, size, lost, &about).await;
    } else {
        if capabilities.look_up == LookUp::Likely && size == Size::Part {
            // A request under the old key may still arrive, so what is not found waits.
            work(shop).await;
            let open = refunds(shop, "OPEN").await;
            assert_eq!(i64::try_from(open.len()), Ok(lost), "{about}: {open:#?}");
            assert_eq!(paid_back(&provider, orders).await, orders - lost, "{about}");
            passes(shop, &provider, away).await;
        }
        fails_and_heals(shop, &provider, &about).await;
    }
    let owed = |number| LedgerLine {
        refunded: size.amount(number),
        refunds: 1,
        voided: false,
    };
    let owed: Vec<_> = (1..=orders)
        .map(|number| (reference(number), owed(number)))
        .collect();
    assert_settled(shop, &provider, &owed, &about).await;
}

/// Calls go wrong once more, and then go right for a minute.
async fn fails_and_heals<P: ContractProvider>(shop: &TestShop, provider: &P, about: &str) {
    provider.fails_at_random(SHARE, SEED + 1, &UNKNOWN).await;
    for _ in 0..2 {
        work(shop).await;
        shop.wait(TimeDelta::seconds(15));
    }
    let drawn = provider.stops_failing().await;
    assert!(drawn > 0, "{about}: no call went wrong once more");
    let healed = shop.now();
    while shop.now() < healed + A_MINUTE {
        shop.wait(STEP);
        work(shop).await;
    }
}

/// Staff pays back at the provider what was `lost`, as it is asked to, and says so.
async fn staff_pays_back<P: ContractProvider>(
    shop: &TestShop,
    provider: &P,
    size: Size,
    lost: i64,
    about: &str,
) {
    let asked = attention(shop).await;
    let is_failure = |(why, _): &(Value, String)| *why == json!(["REFUND_FAILED"]);
    assert!(asked.iter().all(is_failure), "{about}: {asked:?}");
    assert_eq!(i64::try_from(asked.len()), Ok(lost), "{about}: {asked:?}");
    let query = "{ obligations(filter: { state: OPEN }) { items { id transaction_reference } } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    let open = answer.data("/obligations/items").as_array().expect("obligations");
    assert_eq!(open.len(), asked.len(), "{about}");
    for refund in open {
        let payment = refund["transaction_reference"].as_str().expect("a reference");
        let number = payment.strip_prefix("pi_").and_then(|it| it.parse().ok());
        let amount = size.amount(number.expect("a number"));
        provider.refunds_outside(payment, amount).await;
        let input = json!({ "id": refund["id"], "note": "Paid back in the Customer Area." });
        let done = shop.owner_does("settleObligation", input, "").await;
        assert_eq!(done["user_errors"], json!([]), "{about}");
    }
    delivered(shop, provider).await;
}
