//! A payment provider keeps its failure under the key of a request, so a repetition fails as well: money still goes back
//! once, or a person is asked.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::{ContractProvider, Fault, KeptFailure};
use countermand_tests::{TestShop, on_every_database};
use serde_json::json;

use super::contract::{PAID_BACK, UNTOUCHED, begin, carried_out, outcomes, paid_and_canceled};
use super::{attention, refunds, states, work};

contract!(
    a_kept_failure_after_the_money_moved_is_booked_once,
    a_kept_failure_before_the_money_moved_ends_by_a_look_up_a_message_or_a_person,
    a_kept_refusal_comes_again_under_its_key_and_staff_decides,
);

/// A canceled order whose refund meets `fault` at first; none without Python.
async fn failed<P: ContractProvider>(shop: &TestShop, fault: Fault) -> Option<P> {
    let provider = begin::<P>(shop).await?;
    paid_and_canceled(shop, &provider).await;
    provider.faults(&[fault]).await;
    is_postponed(shop).await;
    shop.wait(TimeDelta::minutes(2));
    Some(provider)
}

/// Lets the worker try the one refund, which does not end by that.
async fn is_postponed(shop: &TestShop) {
    let tried = work(shop).await;
    assert!(matches!(tried[..], [Settlement::Postponed(_)]), "{tried:?}");
}

async fn a_kept_failure_after_the_money_moved_is_booked_once<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = failed::<P>(shop, Fault::StoredErrorAfter).await else {
        return;
    };
    carried_out(shop, &provider, "").await;
    assert_eq!(provider.line("pi_1").await, PAID_BACK);
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(outcomes(&provider, &settled[0]), ["REQUESTED", "SUCCEEDED"]);
}

async fn a_kept_failure_before_the_money_moved_ends_by_a_look_up_a_message_or_a_person<
    P: ContractProvider,
>(
    shop: &TestShop,
) {
    let Some(provider) = failed::<P>(shop, Fault::StoredErrorBefore).await else {
        return;
    };
    match P::KEPT_FAILURE {
        // The look-up finds nothing. All that is left cannot go back twice, so another key is used.
        KeptFailure::Marked => {
            assert_eq!(work(shop).await, [Settlement::Met]);
            let settled = refunds(shop, "SETTLED").await;
            assert_eq!(states(&settled[0]), ["REQUESTED", "REQUESTED", "SUCCEEDED"]);
        }
        // Neither the failure nor a look-up says what became of the request. So the same key is sent as long as the
        // provider knows it.
        KeptFailure::ToldByMessage => {
            for _ in 0..3 {
                is_postponed(shop).await;
                shop.wait(TimeDelta::days(1));
            }
            shop.wait(TimeDelta::days(7));
            work(shop).await;
            let told: Vec<_> = attention(shop).await.into_iter().map(|(why, _)| why).collect();
            assert_eq!(told, [json!(["REFUND_FAILED"])]);
            let requests = provider.requests().await;
            assert!(requests.len() > 1, "{requests:?}");
            assert!(
                requests.iter().all(|it| it["key"] == requests[0]["key"]),
                "{requests:?}"
            );
            assert_eq!(provider.line("pi_1").await, UNTOUCHED);
            return;
        }
        // The repetition finds the request, or the look-up does after it. The provider still works on it.
        KeptFailure::ToldByLookUp | KeptFailure::RequestAlone => {
            is_postponed(shop).await;
            let open = refunds(shop, "OPEN").await;
            assert_eq!(states(&open[0]), ["REQUESTED", "PENDING"]);
            provider.ends("pi_1", true).await;
            shop.wait(TimeDelta::hours(2));
            assert_eq!(work(shop).await, [Settlement::Met]);
        }
    }
    assert_eq!(provider.line("pi_1").await, PAID_BACK);
}

async fn a_kept_refusal_comes_again_under_its_key_and_staff_decides<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = failed::<P>(shop, Fault::StoredRefusal).await else {
        return;
    };
    let again = work(shop).await;
    assert!(matches!(again[..], [Settlement::NeedsAttention(_)]), "{again:?}");
    let told: Vec<_> = attention(shop).await.into_iter().map(|(why, _)| why).collect();
    assert_eq!(told, [json!(["REFUND_FAILED"])]);
    assert_eq!(provider.line("pi_1").await, UNTOUCHED);
    // Without staff nothing is sent again, and with staff it is sent under a key of its own.
    shop.wait(TimeDelta::days(1));
    assert_eq!(work(shop).await, []);
    let open = refunds(shop, "OPEN").await;
    let input = json!({ "id": open[0]["id"] });
    let done = shop.owner_does("retryObligation", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
    carried_out(shop, &provider, "").await;
    assert_eq!(provider.line("pi_1").await, PAID_BACK);
    let settled = refunds(shop, "SETTLED").await;
    let told = outcomes(&provider, &settled[0]);
    assert_eq!(
        told,
        ["REQUESTED", "FAILED", "REQUESTED", "REQUESTED", "SUCCEEDED"]
    );
    let keys: Vec<_> = settled[0]["provider_states"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let ends = |at: usize, end: &str| keys[at]["key"].as_str().is_some_and(|key| key.ends_with(end));
    assert!(
        ends(0, ":refund:1") && ends(1, ":refund:1") && ends(3, ":refund:2"),
        "{keys:?}"
    );
}
