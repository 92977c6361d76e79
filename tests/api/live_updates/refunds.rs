//! What a subscription tells of the money that goes back: buyers see honest words, staff sees the provider's states.

use chrono::TimeDelta;
use countermand_integrations::mail::{FileMailer, MailTemplates};
use countermand_tests::event_stream::EventStream;
use countermand_tests::payment_server::{KEY, PaymentServer};
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::ANNA;

pub(super) const REFUND_UPDATED: &str = "subscription($id: ID, $after: ID) {
  refundUpdated(order_id: $id, after: $after) {
    cursor refund { id kind state provider_state amount { value currency } } order { number refunds { state } }
  }
}";

/// A payment provider that serves every payment method of the shop, which may cancel orders; none without Python.
async fn connected(shop: &TestShop) -> Option<PaymentServer> {
    let provider = PaymentServer::start().await?;
    shop.enable_cancellation().await;
    let input = json!({ "name": "main", "adapter": "HTTP", "address": provider.address, "secret": KEY });
    let done = shop.owner_does("connectPaymentProvider", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
    let values = json!([{ "key": "payment/providers", "value": "* = main" }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let done = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
    provider.paid("tx-1", 1500).await;
    shop.leave_jobs();
    Some(provider)
}

/// An order of Anna for 15.00 that was paid with `tx-1`. Gives its id and Anna's token.
async fn paid(shop: &TestShop) -> (String, String) {
    let anna = shop.customer(ANNA).await;
    let order = OrderJson::new("000000001").by(ANNA).paid_with("stripe_payments");
    let mut order = order.line("A", 1000, 1, 1, 0).json();
    order["payment"]["last_trans_id"] = json!("tx-1");
    (shop.import(&[order]).await.remove(0), anna)
}

async fn cancel(shop: &TestShop, id: &str) {
    shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
        .await;
}

/// Staff has paid the only open refund by hand.
async fn pay_by_hand(shop: &TestShop) {
    let input = json!({ "id": open_refund(shop).await, "note": "Paid by transfer." });
    let done = shop.owner_does("settleObligation", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
}

/// Lets the worker do what is due.
async fn work(shop: &TestShop) {
    let templates = MailTemplates::built_in();
    let mailer = FileMailer::new(shop.mail().path(), "Shop <shop@example.com>", templates).expect("a mailer");
    shop.meet_obligations(&mailer).await;
}

/// The id of the one void or refund that is open.
async fn open_refund(shop: &TestShop) -> Value {
    let listed = "{ obligations(filter: { state: OPEN }) { items { id } } }";
    let answer = shop.ask(listed).token(shop.owner()).send().await;
    answer.data("/obligations/items/0/id").clone()
}

/// Staff lets the provider try the open refund again.
async fn try_again(shop: &TestShop) {
    let input = json!({ "id": open_refund(shop).await });
    let done = shop.owner_does("retryObligation", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
}

/// The words for the refunds of the order `id`, which all pages that show the order say: the buyer's own page twice,
/// because the second one finds the order kept, and the three of staff.
async fn words_of_order(shop: &TestShop, id: &str, buyer: &str) -> Vec<String> {
    let own = "{ customer { orders { items { refunds { state } } } } }";
    let one = "query($id: ID!) {
      order(id: $id) { order { refunds { state } } }
      orders { items { order { refunds { state } } } }
    }";
    let first = shop.ask(own).token(buyer).send().await;
    let again = shop.ask(own).token(buyer).send().await;
    let staff = shop.ask(one).variables(json!({ "id": id })).token(shop.owner());
    let staff = staff.send().await;
    let words = first.data("/customer/orders/items/0/refunds");
    for said in [
        again.data("/customer/orders/items/0/refunds"),
        staff.data("/order/order/refunds"),
        staff.data("/orders/items/0/order/refunds"),
    ] {
        assert_eq!(said, words);
    }
    let words = words.as_array().expect("refunds").iter();
    words
        .map(|it| it["state"].as_str().expect("a word").to_owned())
        .collect()
}

/// The states of the next updates: the word, and the provider's state for staff.
async fn states(events: &mut EventStream, count: usize) -> Vec<(String, Value)> {
    let mut states = Vec::new();
    for _ in 0..count {
        let update = events.update().await;
        let refund = &update.data["data"]["refundUpdated"]["refund"];
        let word = refund["state"].as_str().unwrap_or_else(|| panic!("{update:?}"));
        states.push((word.to_owned(), refund["provider_state"].clone()));
    }
    states
}

fn state(word: &str, provider: Option<&str>) -> (String, Value) {
    (word.to_owned(), json!(provider))
}

on_every_database!(
    a_refund_is_followed_from_the_cancellation_until_it_is_paid,
    |shop| async move {
        let Some(_provider) = connected(&shop).await else {
            return;
        };
        let (id, anna) = paid(&shop).await;
        let mut buyer = shop
            .events(REFUND_UPDATED, json!({ "id": id }), Some(&anna))
            .await;
        let mut staff = shop
            .events(REFUND_UPDATED, json!({ "id": id }), Some(shop.owner()))
            .await;
        cancel(&shop, &id).await;
        let first = buyer.update().await;
        let update = &first.data["data"]["refundUpdated"];
        assert_eq!(first.id.as_deref(), update["cursor"].as_str());
        assert_eq!(
            (&update["refund"]["kind"], &update["refund"]["state"]),
            (&json!("REFUND"), &json!("ON_ITS_WAY"))
        );
        assert_eq!(
            update["refund"]["amount"],
            json!({ "value": 15.0, "currency": "USD" })
        );
        assert_eq!(update["order"]["refunds"], json!([{ "state": "ON_ITS_WAY" }]));
        let replica = shop.replica().await;
        work(&replica).await;
        assert_eq!(
            states(&mut staff, 4).await,
            [
                state("ON_ITS_WAY", None),
                state("ON_ITS_WAY", Some("requested")),
                state("ON_ITS_WAY", Some("succeeded")),
                state("REFUNDED", None),
            ]
        );
        let paid_back = buyer.update().await;
        let paid_back = &paid_back.data["data"]["refundUpdated"];
        assert_eq!(paid_back["refund"]["state"], "REFUNDED");
        assert_eq!(paid_back["refund"]["id"], update["refund"]["id"]);
        assert_eq!(paid_back["order"]["refunds"], json!([{ "state": "REFUNDED" }]));
        // After the first cursor, the rest comes again; after the last one, nothing that was sent before.
        let after = json!({ "id": id, "after": update["cursor"] });
        let mut again = shop.events(REFUND_UPDATED, after, Some(&anna)).await;
        assert_eq!(states(&mut again, 1).await, [state("REFUNDED", None)]);
        let mut anew = shop
            .events(REFUND_UPDATED, json!({ "id": id }), Some(&anna))
            .await;
        assert_eq!(
            states(&mut anew, 1).await,
            [state("REFUNDED", None)],
            "the newest state"
        );
    }
);

on_every_database!(
    a_refund_that_the_provider_refuses_is_looked_into_until_staff_ends_it,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let (id, anna) = paid(&shop).await;
        cancel(&shop, &id).await;
        let mut buyer = shop
            .events(REFUND_UPDATED, json!({ "id": id }), Some(&anna))
            .await;
        assert_eq!(states(&mut buyer, 1).await, [state("ON_ITS_WAY", None)]);
        provider.goes_wrong(&["fail"]).await;
        work(&shop).await;
        assert_eq!(states(&mut buyer, 1).await, [state("LOOKED_INTO", None)]);
        let input = json!({ "id": open_refund(&shop).await, "note": "The account is closed." });
        let done = shop.owner_does("abandonObligation", input, "").await;
        assert_eq!(done["user_errors"], json!([]));
        assert_eq!(states(&mut buyer, 1).await, [state("NOT_REFUNDED", None)]);
        assert_eq!(words_of_order(&shop, &id, &anna).await, ["NOT_REFUNDED"]);
    }
);

on_every_database!(
    the_order_and_its_updates_say_the_same_words_from_a_failure_to_the_refund,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let (id, anna) = paid(&shop).await;
        cancel(&shop, &id).await;
        let mut of_order = shop
            .events(REFUND_UPDATED, json!({ "id": id }), Some(&anna))
            .await;
        let mut of_all = shop.events(REFUND_UPDATED, json!({}), Some(&anna)).await;
        for buyer in [&mut of_order, &mut of_all] {
            assert_eq!(states(buyer, 1).await, [state("ON_ITS_WAY", None)]);
        }
        assert_eq!(words_of_order(&shop, &id, &anna).await, ["ON_ITS_WAY"]);
        provider.goes_wrong(&["fail"]).await;
        work(&shop).await;
        for buyer in [&mut of_order, &mut of_all] {
            let update = buyer.update().await;
            let update = &update.data["data"]["refundUpdated"];
            assert_eq!(update["refund"]["state"], "LOOKED_INTO");
            assert_eq!(update["order"]["refunds"], json!([{ "state": "LOOKED_INTO" }]));
        }
        assert_eq!(words_of_order(&shop, &id, &anna).await, ["LOOKED_INTO"]);
        try_again(&shop).await;
        // The buyer is told before a worker has sent anything.
        for buyer in [&mut of_order, &mut of_all] {
            assert_eq!(states(buyer, 1).await, [state("ON_ITS_WAY", None)]);
        }
        assert_eq!(words_of_order(&shop, &id, &anna).await, ["ON_ITS_WAY"]);
        let mut anew = shop
            .events(REFUND_UPDATED, json!({ "id": id }), Some(&anna))
            .await;
        assert_eq!(states(&mut anew, 1).await, [state("ON_ITS_WAY", None)]);
        let mut staff = shop
            .events(REFUND_UPDATED, json!({ "id": id }), Some(shop.owner()))
            .await;
        let due = [state("ON_ITS_WAY", Some("requested"))];
        assert_eq!(states(&mut staff, 1).await, due);
        work(&shop).await;
        for buyer in [&mut of_order, &mut of_all] {
            assert_eq!(states(buyer, 1).await, [state("REFUNDED", None)]);
        }
        assert_eq!(words_of_order(&shop, &id, &anna).await, ["REFUNDED"]);
    }
);

on_every_database!(
    a_refund_that_was_never_sent_is_looked_into_until_staff_lets_the_provider_try_it,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let (id, anna) = paid(&shop).await;
        // The provider has another amount than the books, so the refund is left to staff before anything is sent.
        provider.paid("tx-1", 1200).await;
        cancel(&shop, &id).await;
        let mut of_order = shop
            .events(REFUND_UPDATED, json!({ "id": id }), Some(&anna))
            .await;
        let mut of_all = shop.events(REFUND_UPDATED, json!({}), Some(&anna)).await;
        for buyer in [&mut of_order, &mut of_all] {
            assert_eq!(states(buyer, 1).await, [state("ON_ITS_WAY", None)]);
        }
        work(&shop).await;
        for buyer in [&mut of_order, &mut of_all] {
            assert_eq!(states(buyer, 1).await, [state("LOOKED_INTO", None)]);
        }
        assert_eq!(words_of_order(&shop, &id, &anna).await, ["LOOKED_INTO"]);
        provider.paid("tx-1", 1500).await;
        try_again(&shop).await;
        assert_eq!(words_of_order(&shop, &id, &anna).await, ["ON_ITS_WAY"]);
        work(&shop).await;
        for buyer in [&mut of_order, &mut of_all] {
            let told = [state("ON_ITS_WAY", None), state("REFUNDED", None)];
            assert_eq!(states(buyer, 2).await, told);
        }
        assert_eq!(words_of_order(&shop, &id, &anna).await, ["REFUNDED"]);
    }
);

on_every_database!(
    the_refunds_of_all_orders_are_followed_without_naming_one,
    |shop| async move {
        let Some(_provider) = connected(&shop).await else {
            return;
        };
        let (id, anna) = paid(&shop).await;
        let mut buyer = shop.events(REFUND_UPDATED, json!({}), Some(&anna)).await;
        let mut staff = shop.events(REFUND_UPDATED, json!({}), Some(shop.owner())).await;
        cancel(&shop, &id).await;
        let first = buyer.update().await;
        let update = &first.data["data"]["refundUpdated"];
        assert_eq!(update["refund"]["state"], "ON_ITS_WAY");
        assert_eq!(update["order"]["number"], "000000001");
        work(&shop).await;
        assert_eq!(states(&mut buyer, 1).await, [state("REFUNDED", None)]);
        let all = [
            state("ON_ITS_WAY", None),
            state("ON_ITS_WAY", Some("requested")),
            state("ON_ITS_WAY", Some("succeeded")),
            state("REFUNDED", None),
        ];
        assert_eq!(states(&mut staff, 4).await, all);
        let after = json!({ "after": update["cursor"] });
        let mut again = shop.events(REFUND_UPDATED, after, Some(shop.owner())).await;
        assert_eq!(states(&mut again, 4).await, all);
    }
);

on_sqlite!(
    a_refund_by_hand_is_told_when_staff_has_paid_it,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.leave_jobs();
        let (id, anna) = paid(&shop).await;
        let mut buyer = shop
            .events(REFUND_UPDATED, json!({ "id": id }), Some(&anna))
            .await;
        cancel(&shop, &id).await;
        assert_eq!(states(&mut buyer, 1).await, [state("ON_ITS_WAY", None)]);
        // It waits for staff, and nothing is in the way.
        assert_eq!(words_of_order(&shop, &id, &anna).await, ["ON_ITS_WAY"]);
        pay_by_hand(&shop).await;
        assert_eq!(states(&mut buyer, 1).await, [state("REFUNDED", None)]);
    }
);

on_every_database!(
    a_buyer_who_is_cut_off_before_the_first_refund_is_told_each_state,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.leave_jobs();
        let (id, anna) = paid(&shop).await;
        let of_one = json!({ "id": id });
        let mut opened = Vec::new();
        for variables in [of_one, json!({})] {
            let mut buyer = shop.events(REFUND_UPDATED, variables.clone(), Some(&anna)).await;
            opened.push((variables, buyer.id_alone().await));
        }
        cancel(&shop, &id).await;
        shop.wait(TimeDelta::minutes(5));
        pay_by_hand(&shop).await;
        shop.wait(TimeDelta::minutes(5));
        for (variables, id) in opened {
            let header = [("last-event-id", id.as_str())];
            let response = shop.subscribe(REFUND_UPDATED, variables.clone(), Some(&anna), &header);
            let mut again = EventStream::of(response.await);
            assert_eq!(
                states(&mut again, 2).await,
                [state("ON_ITS_WAY", None), state("REFUNDED", None)],
                "{variables}"
            );
        }
    }
);

on_sqlite!(
    a_cursor_of_refunds_that_does_not_fit_is_refused,
    |shop| async move {
        let (id, anna) = paid(&shop).await;
        for cursor in [
            "nonsense",
            "10000000001:5",
            "10000000002:",
            "019cc83b-5c00-7000-8000-000000000012",
        ] {
            let variables = json!({ "id": id, "after": cursor });
            let mut events = shop.events(REFUND_UPDATED, variables, Some(&anna)).await;
            assert_eq!(events.ends_with().await, "CURSOR_UNKNOWN", "{cursor}");
        }
    }
);
