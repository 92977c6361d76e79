//! Refunds that others made at the payment provider: each is booked with its own id, and is owed here once it has failed.

use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::contract::{begin, carried_out, delivered, outcomes};
use super::{attention, buyer_sees, cancel, paid_with, refunds, work};

contract!(
    refunds_of_others_that_are_found_in_one_look_are_booked_one_by_one,
    a_refund_of_others_that_fails_is_owed_and_paid_back_when_staff_says_so,
    a_refund_of_others_that_failed_and_is_abandoned_is_not_paid_back,
);

/// A paid order of which others paid $2.00 and $3.00 back before the program looked. Gives its id, and those of the refunds.
async fn refunded_twice<P: ContractProvider>(shop: &TestShop, provider: &P) -> (String, Vec<String>) {
    let id = paid_with(shop, "1", "pi_1").await;
    provider.pays("pi_1", "USD", 1500, 1500).await;
    provider.refunds_outside("pi_1", 200).await;
    provider.refunds_outside("pi_1", 300).await;
    delivered(shop, provider).await;
    delivered(shop, provider).await;
    (id, provider.refunds_of_others("pi_1").await)
}

/// The same order after the refund of $2.00 has failed. Gives its id, and the refund that is owed now.
pub(super) async fn failed<P: ContractProvider>(shop: &TestShop, provider: &P) -> (String, Value) {
    let (id, ids) = refunded_twice(shop, provider).await;
    provider.fails_of_others(&ids[0]).await;
    delivered(shop, provider).await;
    delivered(shop, provider).await;
    let open = refunds(shop, "OPEN").await;
    let mut owed = open.into_iter().filter(|it| it["provider_states"] != json!([]));
    let owed = owed.next().expect("a refund");
    assert_eq!(owed["provider_states"][0]["reference"], ids[0]);
    (id, owed)
}

/// What the books say that went back, in parts: the amounts of the credit memos.
async fn memos(shop: &TestShop, id: &str) -> Vec<Value> {
    let order = shop.order(id).await;
    let memos = order["order"]["credit_memos"].as_array().cloned();
    let memos = memos.unwrap_or_default().into_iter();
    memos
        .map(|memo| memo["total"]["grand_total"]["value"].clone())
        .collect()
}

async fn refunds_of_others_that_are_found_in_one_look_are_booked_one_by_one<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let (id, ids) = refunded_twice(shop, &provider).await;
    let booked = |amount: &str, memo: &str, id: &str| {
        let place = format!("payment pi_1 at main: {amount} were paid back there by others");
        let problem = format!("{place}, booked as {memo}, reference {id}");
        (json!(["PAYMENT_REFUNDED_OUTSIDE"]), problem)
    };
    assert_eq!(
        attention(shop).await,
        [booked("$2.00", "1-1", &ids[0]), booked("$3.00", "1-2", &ids[1])]
    );
    assert_eq!(memos(shop, &id).await, [2.0, 3.0]);
    let order = shop.order(&id).await;
    let history = order["comments"].to_string();
    for (amount, reference) in [("$2.00", &ids[0]), ("$3.00", &ids[1])] {
        let line = format!("refund of {amount} by others booked, reference {reference}: ");
        assert_eq!(history.matches(&line).count(), 1, "{history}");
    }
    // Our own refund takes what is left.
    cancel(shop, &id).await;
    carried_out(shop, &provider, "the rest").await;
    delivered(shop, &provider).await;
    assert_eq!(provider.line("pi_1").await.refunded, 1500);
    assert_eq!(attention(shop).await.len(), 2);
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

async fn a_refund_of_others_that_fails_is_owed_and_paid_back_when_staff_says_so<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let (id, owed) = failed(shop, &provider).await;
    let reference = owed["provider_states"][0]["reference"].as_str().expect("an id");
    let told = attention(shop).await;
    let failures: Vec<_> = told
        .iter()
        .filter(|(reasons, _)| *reasons == json!(["REFUND_FAILED"]))
        .collect();
    assert_eq!((told.len(), failures.len()), (3, 1), "{told:?}");
    let why = format!("refund {reference} of others failed after it was booked");
    assert!(failures[0].1.contains(&why), "{told:?}");
    assert_eq!(outcomes(&provider, &owed), ["FAILED"]);
    assert_eq!(memos(shop, &id).await, [2.0, 3.0], "they say what was decided");
    let order = shop.order(&id).await;
    let history = order["comments"].to_string();
    let line = "The refund of $2.00 by others failed at the payment provider main after it was booked";
    assert_eq!(history.matches(line).count(), 1, "{history}");
    let trail = order["events"].to_string();
    assert_eq!(trail.matches("order.refund_failed").count(), 1, "{trail}");
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([
            { "amount": { "value": 2.0 }, "state": "LOOKED_INTO" },
            { "amount": { "value": 3.0 }, "state": "REFUNDED" },
        ])
    );
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    // Without staff nothing is sent.
    assert_eq!(work(shop).await, []);
    assert_eq!(provider.line("pi_1").await.refunded, 300);
    let input = json!({ "id": owed["id"] });
    let done = shop
        .owner_does("retryObligation", input, "obligation { id }")
        .await;
    assert_eq!(done["user_errors"], json!([]));
    carried_out(shop, &provider, "in place of the other one").await;
    delivered(shop, &provider).await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (500, 2));
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 5.0 }, "state": "REFUNDED" }])
    );
    // A cancellation pays back what is left, and not a cent more.
    cancel(shop, &id).await;
    carried_out(shop, &provider, "the rest").await;
    delivered(shop, &provider).await;
    assert_eq!(provider.line("pi_1").await.refunded, 1500);
    assert_eq!(attention(shop).await.len(), 2, "until staff has looked at them");
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

async fn a_refund_of_others_that_failed_and_is_abandoned_is_not_paid_back<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let (id, owed) = failed(shop, &provider).await;
    let input = json!({ "id": owed["id"], "note": "It was a mistake." });
    let done = shop
        .owner_does("abandonObligation", input, "obligation { state }")
        .await;
    assert_eq!(done["obligation"]["state"], "ABANDONED", "{done}");
    delivered(shop, &provider).await;
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([
            { "amount": { "value": 3.0 }, "state": "REFUNDED" },
            { "amount": { "value": 2.0 }, "state": "NOT_REFUNDED" },
        ])
    );
    // Others pay it back after all.
    provider.refunds_outside("pi_1", 200).await;
    delivered(shop, &provider).await;
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 5.0 }, "state": "REFUNDED" }])
    );
    assert_eq!(memos(shop, &id).await, [2.0, 3.0]);
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

on_sqlite!(
    a_refund_in_the_dashboard_that_is_canceled_there_is_owed,
    |shop| async move {
        let Some(stripe) = begin::<StripeServer>(&shop).await else {
            return;
        };
        let (id, ids) = refunded_twice(&shop, &stripe).await;
        stripe
            .play(&format!("refunds/{}/cancel", ids[1]), &json!({}))
            .await;
        delivered(&shop, &stripe).await;
        let history = shop.order(&id).await["comments"].to_string();
        let line = "The refund of $3.00 by others failed at the payment provider main after it was booked, and is owed \
                    now: the refund was canceled there.";
        assert_eq!(history.matches(line).count(), 1, "{history}");
        let problem = attention(&shop).await.pop().map(|(_, problem)| problem);
        let why = format!("refund {} of others was canceled after it was booked", ids[1]);
        assert!(
            problem.as_ref().is_some_and(|it| it.contains(&why)),
            "{problem:?}"
        );
    }
);

on_every_database!(
    a_service_that_lists_no_refunds_gets_one_credit_memo_for_all_that_went_back,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        let id = paid_with(&shop, "1", "pi_1").await;
        let payment = json!({ "reference": "pi_1", "authorized": 1500, "captured": 1500, "refunds": null });
        provider.play("payments", &payment).await;
        provider.refunds_outside("pi_1", 200).await;
        provider.refunds_outside("pi_1", 300).await;
        delivered(&shop, &provider).await;
        let booked = "payment pi_1 at main: $5.00 were paid back there by others, booked as 1-1";
        let told = [(json!(["PAYMENT_REFUNDED_OUTSIDE"]), booked.to_owned())];
        assert_eq!(attention(&shop).await, told);
        // The service does not say which refund failed, so it stays booked.
        let ids = provider.refunds_of_others("pi_1").await;
        provider.fails_of_others(&ids[0]).await;
        delivered(&shop, &provider).await;
        assert_eq!(attention(&shop).await, told);
        assert_eq!(memos(&shop, &id).await, [5.0]);
    }
);

on_every_database!(
    staff_books_what_others_paid_back_of_a_payment_of_two_orders_on_one_of_them,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        let first = paid_with(&shop, "1", "pi_1").await;
        let second = paid_with(&shop, "2", "pi_1").await;
        provider.pays("pi_1", "USD", 3000, 3000).await;
        provider.refunds_outside("pi_1", 200).await;
        delivered(&shop, &provider).await;
        let unknown = "payment pi_1 at main: $2.00 were paid back there that the books do not have";
        let told = (json!(["PAYMENT_REFUNDED_OUTSIDE"]), unknown.to_owned());
        assert_eq!(attention(&shop).await, [told.clone(), told]);
        // A credit memo of the amount alone decides the refund. Nothing is sent for it, because others paid it back.
        let memo = json!({ "order_id": first, "items": [], "refund_shipping": false, "adjustment": 2.0 });
        shop.worked("createCreditMemo", memo).await;
        shop.leave_jobs();
        work(&shop).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(open.len(), 3, "{open:?}");
        for it in open {
            let input = json!({ "id": it["id"], "note": "Paid back at the provider.", "reference": "rev_1" });
            let done = shop
                .owner_does("settleObligation", input, "obligation { state }")
                .await;
            assert_eq!(done["obligation"]["state"], "SETTLED", "{done}");
        }
        // The next message about the payment, which is captured already, tells nothing new.
        provider.captures("pi_1").await;
        delivered(&shop, &provider).await;
        assert_eq!(attention(&shop).await, []);
        assert_eq!(provider.line("pi_1").await.refunded, 200);
        assert_eq!(
            buyer_sees(&shop, &first).await,
            json!([{ "amount": { "value": 2.0 }, "state": "REFUNDED" }])
        );
        assert_eq!(buyer_sees(&shop, &second).await, json!([]));
        assert_eq!(memos(&shop, &first).await, [2.0]);
    }
);

on_every_database!(
    a_refund_of_others_that_is_told_and_not_booked_is_told_once_more_when_it_fails,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        // The provider does not say of which of the two orders others paid money back, so it is told and not booked.
        let first = paid_with(&shop, "1", "pi_1").await;
        paid_with(&shop, "2", "pi_1").await;
        provider.pays("pi_1", "USD", 3000, 3000).await;
        provider.refunds_outside("pi_1", 200).await;
        delivered(&shop, &provider).await;
        let left = "payment pi_1 at main: $2.00 were paid back there that the books do not have";
        let told = (json!(["PAYMENT_REFUNDED_OUTSIDE"]), left.to_owned());
        assert_eq!(attention(&shop).await, [told.clone(), told]);
        let theirs = provider.refunds_of_others("pi_1").await;
        provider.fails_of_others(&theirs[0]).await;
        let why = format!(
            "payment pi_1 at main: refund {} of $2.00 by others, which was told as paid back, moved no money after all: \
             it failed",
            theirs[0]
        );
        for _ in 0..3 {
            delivered(&shop, &provider).await;
            let seen = attention(&shop).await;
            assert_eq!(seen.len(), 2, "one of each order: {seen:?}");
            for (reasons, problem) in &seen {
                assert_eq!(reasons, &json!(["REFUND_FAILED"]));
                assert!(problem.starts_with(&why), "{problem}");
            }
        }
        let history = shop.order(&first).await["comments"].to_string();
        assert_eq!(
            history.matches("moved no money after all").count(),
            1,
            "{history}"
        );
        assert_eq!(memos(&shop, &first).await, Vec::<Value>::new());
        // Staff has looked at both, and nothing is told again.
        for it in refunds(&shop, "OPEN").await {
            let input = json!({ "id": it["id"], "note": "Nothing left." });
            let done = shop
                .owner_does("settleObligation", input, "obligation { state }")
                .await;
            assert_eq!(done["obligation"]["state"], "SETTLED", "{done}");
        }
        delivered(&shop, &provider).await;
        assert_eq!(attention(&shop).await, []);
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);
