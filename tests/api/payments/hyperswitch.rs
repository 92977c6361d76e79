//! What holds at Hyperswitch alone: ids of refunds that are made from our keys, voids without a key, and captured money
//! that goes back only once the rest is released.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::hyperswitch_server::{HyperswitchServer, KEY};
use countermand_tests::payment_contract::{ContractProvider, LedgerLine};
use countermand_tests::{TestShop, on_every_database, on_sqlite};
use serde_json::json;

use super::captures::authorized;
use super::released::{captured_in_part, void_in};
use super::{attention, authorized_with, cancel, paid_with, refunds, serve, states, work};

/// Why captured money does not go back yet.
const REST_IS_HELD: &str =
    "the payment provider pays captured money back only once the rest is captured or released";
/// The ledger after the rest of a payment was released and the $20.00 that were captured went back.
const ALL_BACK: LedgerLine = LedgerLine {
    refunded: 2000,
    refunds: 1,
    voided: true,
};

async fn connected(shop: &TestShop) -> Option<HyperswitchServer> {
    let hyperswitch = HyperswitchServer::start().await?;
    serve(shop, "HYPERSWITCH", &hyperswitch.address, KEY).await;
    Some(hyperswitch)
}

/// A canceled order whose captured payment `pay_<number>` is to go back.
async fn canceled(shop: &TestShop, hyperswitch: &HyperswitchServer, number: &str) {
    let reference = format!("pay_{number}");
    let id = paid_with(shop, number, &reference).await;
    let payment = json!({ "id": reference, "authorized": 1500, "captured": 1500 });
    hyperswitch.play("payments", &payment).await;
    cancel(shop, &id).await;
}

on_sqlite!(hyperswitch_is_asked_as_it_wants_to_be_asked, |shop| async move {
    let Some(hyperswitch) = connected(&shop).await else {
        return;
    };
    canceled(&shop, &hyperswitch, "1").await;
    assert_eq!(work(&shop).await, [Settlement::Met]);
    let authorized = authorized_with(&shop, "2", "pay_2").await;
    let payment = json!({ "id": "pay_2", "authorized": 1500 });
    hyperswitch.play("payments", &payment).await;
    cancel(&shop, &authorized).await;
    assert_eq!(work(&shop).await, [Settlement::Met]);
    let requests = hyperswitch.requests().await;
    let (id, key) = (
        requests[0]["body"]["refund_id"].clone(),
        requests[0]["body"]["metadata"]["countermand_key"].clone(),
    );
    let is_fit = |id: &str| id.starts_with("ref_") && id.len() == 30;
    assert!(id.as_str().is_some_and(is_fit), "{id}");
    assert!(
        key.as_str().is_some_and(|key| key.ends_with(":refund:1")),
        "{key}"
    );
    let expected = json!([
        { "path": "/refunds", "body": { "payment_id": "pay_1", "refund_id": id, "amount": 1500,
            "reason": "requested_by_customer", "refund_type": "instant",
            "metadata": { "countermand_key": key, "order_number": "1" } } },
        { "path": "/payments/pay_2/cancel", "body": { "cancellation_reason": "requested_by_customer" } },
    ]);
    assert_eq!(json!(requests), expected);
});

on_sqlite!(a_repeated_refund_is_a_duplicate_and_is_read, |shop| async move {
    let Some(hyperswitch) = connected(&shop).await else {
        return;
    };
    for (number, fault) in [("1", "lose_answer"), ("2", "busy"), ("3", "error_after")] {
        canceled(&shop, &hyperswitch, number).await;
        hyperswitch.play("faults", &json!({ "next": [fault] })).await;
        let first = work(&shop).await;
        assert!(
            matches!(first[..], [Settlement::Postponed(_)]),
            "{fault}: {first:?}"
        );
        // Ids never end, however long it takes.
        shop.wait(TimeDelta::days(40));
        assert_eq!(work(&shop).await, [Settlement::Met], "{fault}");
        let refunds = hyperswitch.refunds(&format!("pay_{number}")).await;
        assert_eq!(refunds.len(), 1, "{fault}");
    }
    // The same id was sent twice each time.
    let requests = hyperswitch.requests().await;
    let ids: Vec<_> = requests.iter().map(|it| &it["body"]["refund_id"]).collect();
    assert_eq!(ids.len(), 6);
    assert!(ids.chunks(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
});

on_sqlite!(
    a_void_that_the_processor_works_on_is_looked_up,
    |shop| async move {
        let Some(hyperswitch) = connected(&shop).await else {
            return;
        };
        let id = authorized_with(&shop, "1", "pay_1").await;
        let payment = json!({ "id": "pay_1", "authorized": 1500 });
        hyperswitch.play("payments", &payment).await;
        cancel(&shop, &id).await;
        hyperswitch.play("faults", &json!({ "next": ["pending"] })).await;
        work(&shop).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "PENDING"]);
        hyperswitch.play("payments/pay_1/expire", &json!({})).await;
        shop.wait(TimeDelta::hours(2));
        assert_eq!(work(&shop).await, [Settlement::Met]);
    }
);

on_sqlite!(
    a_refund_under_review_waits_and_a_definite_no_is_told_with_the_code,
    |shop| async move {
        let Some(hyperswitch) = connected(&shop).await else {
            return;
        };
        canceled(&shop, &hyperswitch, "1").await;
        hyperswitch.play("faults", &json!({ "next": ["review"] })).await;
        work(&shop).await;
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "PENDING"]);
        assert_eq!(attention(&shop).await, []);
        canceled(&shop, &hyperswitch, "2").await;
        hyperswitch.play("faults", &json!({ "next": ["fail"] })).await;
        work(&shop).await;
        let told: Vec<_> = attention(&shop).await.into_iter().map(|(_, why)| why).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("declined: The bank refused."), "{told:?}");
    }
);

on_every_database!(
    captured_money_waits_until_the_rest_is_released_and_goes_back_then,
    |shop| async move {
        let Some(hyperswitch) = connected(&shop).await else {
            return;
        };
        let id = authorized(&shop, 1).await;
        captured_in_part(&hyperswitch, json!(1000)).await;
        cancel(&shop, &id).await;
        let lost = json!({ "next": ["lose_request", "lose_request"] });
        hyperswitch.play("faults", &lost).await;
        // The time until the next look is as long as the refund has waited.
        for minutes in [2, 5] {
            let tried = work(&shop).await;
            assert!(
                matches!(&tried[..], [Settlement::Postponed(_), Settlement::Postponed(why)] if why == REST_IS_HELD),
                "{tried:?}"
            );
            shop.wait(TimeDelta::minutes(minutes));
        }
        // The look-up after the second loss says that the rest is still held. No refund was sent.
        assert_eq!(states(&void_in(&shop, "OPEN").await), ["REQUESTED"]);
        let requests = hyperswitch.requests().await;
        assert!(
            requests.iter().all(|it| it["path"] == "/payments/pi_1/cancel"),
            "{requests:?}"
        );
        assert_eq!(attention(&shop).await, []);
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        assert_eq!(hyperswitch.line("pi_1").await, ALL_BACK);
        assert_eq!(
            states(&void_in(&shop, "SETTLED").await),
            ["REQUESTED", "SUCCEEDED"]
        );
        assert_eq!(attention(&shop).await, []);
        assert_eq!(work(&shop).await, []);
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_sqlite!(
    a_void_of_the_rest_whose_answer_was_lost_is_known_by_what_is_captured,
    |shop| async move {
        let Some(hyperswitch) = connected(&shop).await else {
            return;
        };
        let id = authorized(&shop, 1).await;
        captured_in_part(&hyperswitch, json!(1000)).await;
        cancel(&shop, &id).await;
        hyperswitch
            .play("faults", &json!({ "next": ["lose_answer"] }))
            .await;
        // The void took effect, so the refund is not held up, although the program does not know of the void.
        let first = work(&shop).await;
        assert!(
            matches!(first[..], [Settlement::Postponed(_), Settlement::Met]),
            "{first:?}"
        );
        shop.wait(TimeDelta::minutes(1));
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(
            states(&void_in(&shop, "SETTLED").await),
            ["REQUESTED", "SUCCEEDED"]
        );
        assert_eq!(hyperswitch.line("pi_1").await, ALL_BACK);
    }
);

on_sqlite!(
    captured_money_waits_while_the_processor_works_on_the_void_and_staff_sees_it,
    |shop| async move {
        let Some(hyperswitch) = connected(&shop).await else {
            return;
        };
        let id = authorized(&shop, 1).await;
        captured_in_part(&hyperswitch, json!(1000)).await;
        cancel(&shop, &id).await;
        hyperswitch.play("faults", &json!({ "next": ["pending"] })).await;
        for _ in 0..2 {
            let tried = work(&shop).await;
            assert!(
                matches!(tried[..], [Settlement::Postponed(_), Settlement::Postponed(_)]),
                "{tried:?}"
            );
            shop.wait(TimeDelta::hours(2));
        }
        let told = (json!(["REFUND_DELAYED"]), REST_IS_HELD.to_owned());
        assert_eq!(attention(&shop).await, [told]);
        hyperswitch.play("payments/pi_1/expire", &json!({})).await;
        assert_eq!(work(&shop).await, [Settlement::Met, Settlement::Met]);
        assert_eq!(
            states(&void_in(&shop, "SETTLED").await),
            ["REQUESTED", "PENDING", "SUCCEEDED"]
        );
        assert_eq!(hyperswitch.line("pi_1").await, ALL_BACK);
        assert_eq!(attention(&shop).await, []);
    }
);

on_sqlite!(
    a_part_that_was_captured_behind_the_books_is_left_to_staff,
    |shop| async move {
        let Some(hyperswitch) = connected(&shop).await else {
            return;
        };
        let id = authorized_with(&shop, "1", "pay_1").await;
        let payment = json!({ "id": "pay_1", "authorized": 1500, "captured": 500, "capturable": 1000 });
        hyperswitch.play("payments", &payment).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let why = "the payment is $5.00 at the payment provider, and $15.00 in the books";
        assert_eq!(attention(&shop).await, [(json!(["VOID_FAILED"]), why.to_owned())]);
        assert_eq!(hyperswitch.line("pay_1").await.refunded, 0);
    }
);
