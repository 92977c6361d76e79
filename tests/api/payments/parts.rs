//! The outcome of a refund of a part of a payment is not known. Another refund of the same part would be carried out as
//! well, so no other key is used as long as the provider may know the first one.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_domain::LookUp;
use countermand_tests::payment_contract::{ContractProvider, Fault, LedgerLine};
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::contract::{UNTOUCHED, begin, carried_out, delivered, outcomes};
use super::{attention, refunds, states, work};

/// The ledger of a payment of $30.00 after $10.00 of it went back.
const PART: LedgerLine = LedgerLine {
    refunded: 1000,
    refunds: 1,
    voided: false,
};
/// The provider has acted, or has not, and no answer comes.
const NO_ANSWER: [Fault; 2] = [Fault::LoseAnswer, Fault::LoseRequest];

contract!(
    a_part_whose_outcome_is_unknown_keeps_its_key_and_goes_back_once,
    a_part_whose_outcome_stays_unknown_goes_back_once_or_a_person_is_asked,
);

/// One of the two units of an order for $30.00 is canceled. The order was paid with `reference`, and the refund of the
/// unit, which is due, meets `fault`.
async fn part_without_answer<P: ContractProvider>(
    shop: &TestShop,
    provider: &P,
    number: &str,
    reference: &str,
    fault: Fault,
) {
    let order = OrderJson::new(number).paid_with("stripe_payments");
    let mut order = order.line("A", 1000, 2, 2, 0).json();
    order["payment"]["last_trans_id"] = json!(reference);
    let id = shop.import(&[order]).await.remove(0);
    provider.pays(reference, "USD", 3000, 3000).await;
    let items = shop.item_lines(&id, &[1]).await;
    let input = json!({ "order_id": id, "reason": "Other", "items": items });
    shop.worked("cancelOrderAsAdmin", input).await;
    shop.leave_jobs();
    provider.faults(&[fault]).await;
    stays_unknown(shop, fault).await;
}

/// Lets the worker try the only open refund, whose outcome is not known afterwards, and whose key stays.
async fn stays_unknown(shop: &TestShop, fault: Fault) {
    let tried = work(shop).await;
    assert!(
        matches!(tried[..], [Settlement::Postponed(_)]),
        "{fault:?}: {tried:?}"
    );
    let open = refunds(shop, "OPEN").await;
    assert_eq!(states(&open[0]), ["REQUESTED"], "{fault:?}");
}

/// Time passes, at the provider as well where it forgets keys.
pub(super) async fn passes<P: ContractProvider>(shop: &TestShop, provider: &P, time: TimeDelta) {
    shop.wait(time);
    if provider.capabilities().key_retention.is_some() {
        let seconds = json!({ "seconds": time.num_seconds() });
        provider.play("time", &seconds).await;
    }
}

/// How often a request was begun.
fn begun(refund: &Value) -> usize {
    let states = states(refund);
    states.iter().filter(|state| **state == "REQUESTED").count()
}

async fn a_part_whose_outcome_is_unknown_keeps_its_key_and_goes_back_once<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    for (number, fault) in ["1", "2"].into_iter().zip(NO_ANSWER) {
        let reference = format!("pi_{number}");
        part_without_answer(shop, &provider, number, &reference, fault).await;
        // Calls go wrong in the same way for 18 hours. Each provider knows the key for longer than that.
        provider.fails_at_random(100, 1, &[fault]).await;
        for _ in 0..6 {
            passes(shop, &provider, TimeDelta::hours(3)).await;
            stays_unknown(shop, fault).await;
        }
        assert!(provider.stops_failing().await >= 6, "{fault:?}");
        passes(shop, &provider, TimeDelta::hours(3)).await;
        carried_out(shop, &provider, &format!("{fault:?}")).await;
        assert_eq!(provider.line(&reference).await, PART, "{fault:?}");
    }
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(settled.len(), 2);
    for refund in &settled {
        assert_eq!(outcomes(&provider, refund), ["REQUESTED", "SUCCEEDED"]);
    }
}

async fn a_part_whose_outcome_stays_unknown_goes_back_once_or_a_person_is_asked<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let capabilities = provider.capabilities();
    // No worker runs until the provider has forgotten the key, or for long where it never forgets one.
    let away = capabilities.key_retention.unwrap_or(TimeDelta::days(30)) + TimeDelta::hours(1);
    for (number, fault) in ["1", "2"].into_iter().zip(NO_ANSWER) {
        let reference = format!("pi_{number}");
        part_without_answer(shop, &provider, number, &reference, fault).await;
        passes(shop, &provider, away).await;
        let has_acted = fault == Fault::LoseAnswer;
        match capabilities.look_up {
            // The same request under the same key does no harm, however late it is.
            LookUp::Certain => carried_out(shop, &provider, &reference).await,
            // What is found is booked. While the request may be on its way, what is not found is not sent again.
            LookUp::Likely => {
                if !has_acted {
                    stays_unknown(shop, fault).await;
                    passes(shop, &provider, away).await;
                }
                carried_out(shop, &provider, &reference).await;
            }
            // A person is asked, and a message that comes late is booked all the same.
            LookUp::None => {
                let asked = work(shop).await;
                assert!(matches!(asked[..], [Settlement::NeedsAttention(_)]), "{asked:?}");
                let told: Vec<_> = attention(shop).await.into_iter().map(|(why, _)| why).collect();
                assert_eq!(told, [json!(["REFUND_FAILED"])]);
                if has_acted {
                    delivered(shop, &provider).await;
                }
            }
        }
        let is_sent_again = has_acted || capabilities.look_up != LookUp::None;
        let expected = if is_sent_again { PART } else { UNTOUCHED };
        assert_eq!(provider.line(&reference).await, expected, "{fault:?}");
        let listed = if is_sent_again { "SETTLED" } else { "OPEN" };
        let refund = refunds(shop, listed).await.pop().expect("a refund");
        let another_key = capabilities.look_up == LookUp::Likely && !has_acted;
        assert_eq!(begun(&refund), 1 + usize::from(another_key), "{fault:?}");
    }
}

on_every_database!(
    a_part_keeps_the_key_under_which_stripe_keeps_a_failure_until_stripe_has_forgotten_it,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let fault = Fault::StoredErrorBefore;
        part_without_answer(&shop, &stripe, "1", "pi_1", fault).await;
        // Stripe repeats its failure, and the look-up finds nothing. A part could go back twice under another key; all that
        // is left could not.
        for _ in 0..7 {
            passes(&shop, &stripe, TimeDelta::hours(6)).await;
            stays_unknown(&shop, fault).await;
            assert_eq!(stripe.line("pi_1").await, UNTOUCHED);
        }
        passes(&shop, &stripe, TimeDelta::hours(6)).await;
        carried_out(&shop, &stripe, "after two days").await;
        assert_eq!(stripe.line("pi_1").await, PART);
        let settled = refunds(&shop, "SETTLED").await;
        assert_eq!(begun(&settled[0]), 2);
    }
);
