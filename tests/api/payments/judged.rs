//! The OpenAPI that Stripe and Adyen publish judges what the adapters send, and what the servers of `examples` answer.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use countermand_tests::adyen_server::{AdyenServer, MERCHANT_ACCOUNT};
use countermand_tests::ask::client;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::payment_judge::{JudgedCall, PaymentJudge};
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{TestShop, on_sqlite};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::adyen::partly_captured;
use super::{authorized_with, cancel, paid_with, serve_as, work};

/// What the servers answer although Adyen's OpenAPI does not describe it, and why.
const DEVIATIONS_OF_ADYEN: [(&str, &str); 1] = [(
    "answer: Unable to match the returned status code with those defined in the document: 201,400,401,403,422,500",
    "a busy front answers 429 before the API is asked, and the OpenAPI describes the API alone",
)];

/// A provider that the shop reaches through a judge; none without Python or Node.js.
async fn begin<P: ContractProvider>(shop: &TestShop) -> Option<(P, PaymentJudge)> {
    let provider = P::begin().await?;
    let judge = PaymentJudge::before(&provider.address, &P::ADAPTER.to_lowercase()).await?;
    let input = json!({ "name": "main", "adapter": P::ADAPTER, "address": judge.address,
        "secret": provider.key(), "webhook_secret": P::WEBHOOK_SECRET, "merchant_account": P::MERCHANT_ACCOUNT });
    serve_as(shop, input).await;
    Some((provider, judge))
}

/// Refunds and releases, with all that can go wrong on the way.
async fn conversation<P: ContractProvider>(shop: &TestShop, provider: &P) {
    let faults = [
        None,
        Some(Fault::LoseRequest),
        Some(Fault::LoseAnswer),
        Some(Fault::AnswerTwice),
        Some(Fault::ErrorBefore),
        Some(Fault::ErrorAfter),
        Some(Fault::Throttle),
        Some(Fault::Pending),
        Some(Fault::Fail),
    ];
    for (index, fault) in faults.into_iter().enumerate() {
        let [paid, held] = [2 * index + 1, 2 * index + 2].map(|number| number.to_string());
        let id = paid_with(shop, &paid, &format!("pi_{paid}")).await;
        provider.pays(&format!("pi_{paid}"), "USD", 1500, 1500).await;
        settled(shop, provider, &id, fault).await;
        let id = authorized_with(shop, &held, &format!("pi_{held}")).await;
        provider.pays(&format!("pi_{held}"), "USD", 1500, 0).await;
        settled(shop, provider, &id, fault).await;
    }
    // Others captured the money meanwhile.
    let id = authorized_with(shop, "101", "pi_101").await;
    provider.pays("pi_101", "USD", 1500, 1500).await;
    settled(shop, provider, &id, None).await;
    // A part was captured, and the rest released.
    let id = paid_with(shop, "102", "pi_102").await;
    provider.pays("pi_102", "USD", 2000, 1500).await;
    settled(shop, provider, &id, None).await;
    let unknown = paid_with(shop, "103", "pi_unknown").await;
    settled(shop, provider, &unknown, None).await;
}

/// Cancels the order and lets the workers pay it back, the first time with the fault.
async fn settled<P: ContractProvider>(shop: &TestShop, provider: &P, order: &str, fault: Option<Fault>) {
    cancel(shop, order).await;
    provider.faults(fault.as_slice()).await;
    work(shop).await;
    shop.wait(TimeDelta::hours(2));
    work(shop).await;
}

/// The last words of a conversation: the provider refuses the key.
async fn key_is_refused(shop: &TestShop, order: &str) {
    let input = json!({ "name": "main", "secret": "an-old-key" });
    let shown = "payment_provider { is_paused }";
    let done = shop.owner_does("changePaymentProvider", input, shown).await;
    assert_eq!(done["user_errors"], json!([]));
    cancel(shop, order).await;
    work(shop).await;
}

/// Asserts that the judge finds no fault but the `known` ones, each of them, and that it saw answers of all `statuses`.
fn assert_faultless(calls: &[JudgedCall], known: &[(&str, &str)], statuses: &[Option<u64>]) {
    let known: BTreeSet<_> = known.iter().map(|(problem, _)| *problem).collect();
    let problems = |call: &JudgedCall| call.problems.clone().into_iter();
    let found: BTreeSet<_> = calls.iter().flat_map(problems).collect();
    let found: BTreeSet<_> = found.iter().map(String::as_str).collect();
    assert_eq!(found, known, "{calls:#?}");
    let seen: BTreeSet<_> = calls.iter().map(|call| call.status).collect();
    let statuses: BTreeSet<_> = statuses.iter().copied().collect();
    assert_eq!(seen, statuses);
}

/// The problems of the next call, by which the judge shows that it judges.
async fn problems_of(judge: &PaymentJudge, request: RequestBuilder) -> Vec<String> {
    request.send().await.expect("an answer");
    let mut calls = judge.calls().await;
    calls.pop().expect("a call").problems
}

on_sqlite!(
    stripe_s_own_openapi_finds_no_fault_with_the_adapter_and_the_example,
    |shop| async move {
        let Some((stripe, judge)) = begin::<StripeServer>(&shop).await else {
            return;
        };
        conversation(&shop, &stripe).await;
        // A payment that the books know by its charge, and one whose refund is looked up among all.
        let charged = paid_with(&shop, "201", "ch_201").await;
        stripe.pays("pi_201", "USD", 1500, 1500).await;
        settled(&shop, &stripe, &charged, None).await;
        let kept = paid_with(&shop, "202", "pi_202").await;
        stripe.pays("pi_202", "USD", 1500, 1500).await;
        settled(&shop, &stripe, &kept, Some(Fault::StoredErrorAfter)).await;
        let last = paid_with(&shop, "203", "pi_203").await;
        stripe.pays("pi_203", "USD", 1500, 1500).await;
        key_is_refused(&shop, &last).await;

        let calls = judge.calls().await;
        let statuses = [
            None,
            Some(200),
            Some(400),
            Some(401),
            Some(404),
            Some(429),
            Some(500),
        ];
        assert_faultless(&calls, &[], &statuses);
        let requests: BTreeSet<_> = calls.iter().map(|call| call.request.as_str()).collect();
        for request in [
            "GET /v1/charges/ch_201",
            "GET /v1/payment_intents/pi_1",
            "GET /v1/refunds",
            "POST /v1/payment_intents/pi_2/cancel",
            "POST /v1/refunds",
        ] {
            assert!(requests.contains(request), "{request}: {requests:?}");
        }

        let refund = |form: &str| {
            let request = client().post(format!("{}/v1/refunds", judge.address));
            let request = request.header("Content-Type", "application/x-www-form-urlencoded");
            request.bearer_auth(stripe.key()).body(form.to_owned())
        };
        let wrong = refund("payment_intent=pi_203&amount=1.50&reason=no_longer_needed&order=203");
        let problems = problems_of(&judge, wrong).await.join("\n");
        for part in [
            "request: body.amount",
            "request: body.reason",
            "request: order is not known",
        ] {
            assert!(problems.contains(part), "{part}: {problems}");
        }
        stripe.play("faults", &json!({ "next": ["broken_json"] })).await;
        let problems = problems_of(&judge, refund("payment_intent=pi_203&amount=1")).await;
        let of_answer = |problem: &String| problem.starts_with("answer: body");
        assert!(
            !problems.is_empty() && problems.iter().all(of_answer),
            "{problems:?}"
        );
    }
);

on_sqlite!(
    adyen_s_own_openapi_finds_no_fault_with_the_adapter_and_the_example,
    |shop| async move {
        let Some((adyen, judge)) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        conversation(&shop, &adyen).await;
        // A part was captured, and the rest is still reserved.
        let partly = partly_captured(&shop, &adyen, "201").await;
        settled(&shop, &adyen, &partly, None).await;
        let last = paid_with(&shop, "203", "pi_203").await;
        adyen.pays("pi_203", "USD", 1500, 1500).await;
        key_is_refused(&shop, &last).await;

        let calls = judge.calls().await;
        let statuses = [None, Some(201), Some(401), Some(422), Some(429), Some(500)];
        assert_faultless(&calls, &DEVIATIONS_OF_ADYEN, &statuses);
        let requests: BTreeSet<_> = calls.iter().map(|call| call.request.as_str()).collect();
        for request in [
            "POST /v71/payments/pi_1/refunds",
            "POST /v71/payments/pi_2/reversals",
            "POST /v71/payments/pi_201/cancels",
        ] {
            assert!(requests.contains(request), "{request}: {requests:?}");
        }

        let refund = |amount: Value| {
            let request = client().post(format!("{}/v71/payments/pi_203/refunds", judge.address));
            let body =
                json!({ "merchantAccount": MERCHANT_ACCOUNT, "reference": "by-hand", "amount": amount });
            request.header("X-API-Key", adyen.key()).json(&body)
        };
        let problems = problems_of(&judge, refund(json!({ "currency": "USD" })))
            .await
            .join("\n");
        assert!(problems.starts_with("request: body.amount"), "{problems}");
        adyen.play("faults", &json!({ "next": ["broken_json"] })).await;
        let problems = problems_of(&judge, refund(json!({ "currency": "USD", "value": 1 }))).await;
        let of_answer = |problem: &String| problem.starts_with("answer: body");
        assert!(
            !problems.is_empty() && problems.iter().all(of_answer),
            "{problems:?}"
        );
    }
);
