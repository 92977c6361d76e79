//! What holds at Adyen alone: one call gives a whole payment back, and only its webhooks tell what became of a request.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::adyen_server::{AdyenServer, HMAC_KEY, KEY, MERCHANT_ACCOUNT};
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::{OrderJson, TestShop, on_sqlite};
use serde_json::{Value, json};

use super::contract::{begin, carried_out, delivered};
use super::{attention, authorized_with, cancel, paid_with, refunds, states, work};
use crate::event_stream::{raw, texts};

/// A canceled order whose captured payment `pi_<number>` is to go back.
async fn canceled(shop: &TestShop, adyen: &AdyenServer, number: &str) {
    let reference = format!("pi_{number}");
    let id = paid_with(shop, number, &reference).await;
    adyen.pays(&reference, "USD", 1500, 1500).await;
    cancel(shop, &id).await;
}

/// An order of which one of two units is invoiced: of its payment `pi_<number>` a part is captured, and the rest is
/// still reserved. Gives its id.
pub(super) async fn partly_captured(shop: &TestShop, adyen: &AdyenServer, number: &str) -> String {
    let reference = format!("pi_{number}");
    let order = OrderJson::new(number)
        .paid_with("adyen_cc")
        .line("A", 1000, 2, 0, 0)
        .authorized();
    let mut order = order.json();
    order["payment"]["last_trans_id"] = json!(reference);
    let id = shop.import(&[order]).await.remove(0);
    adyen.pays(&reference, "USD", 3000, 2000).await;
    let input = json!({ "order_id": id, "items": shop.item_lines(&id, &[1]).await });
    shop.worked("createInvoice", input).await;
    shop.leave_jobs();
    id
}

on_sqlite!(adyen_is_asked_as_it_wants_to_be_asked, |shop| async move {
    let Some(adyen) = begin::<AdyenServer>(&shop).await else {
        return;
    };
    canceled(&shop, &adyen, "1").await;
    carried_out(&shop, &adyen, "a refund").await;
    let id = authorized_with(&shop, "2", "pi_2").await;
    adyen.pays("pi_2", "USD", 1500, 0).await;
    cancel(&shop, &id).await;
    carried_out(&shop, &adyen, "a release").await;
    let requests = adyen.requests().await;
    let keys: Vec<_> = requests.iter().map(|it| it["key"].clone()).collect();
    let ends = |at: usize, end: &str| keys[at].as_str().is_some_and(|key| key.ends_with(end));
    assert!(ends(0, ":refund:1") && ends(1, ":either:1"), "{keys:?}");
    let expected = json!([
        { "path": "/v71/payments/pi_1/refunds", "key": keys[0], "body": { "merchantAccount": MERCHANT_ACCOUNT,
            "reference": keys[0], "amount": { "currency": "USD", "value": 1500 } } },
        { "path": "/v71/payments/pi_2/reversals", "key": keys[1],
            "body": { "merchantAccount": MERCHANT_ACCOUNT, "reference": keys[1] } },
    ]);
    assert_eq!(json!(requests), expected);
});

on_sqlite!(
    the_rest_of_an_authorization_is_canceled_and_not_reversed,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        let id = partly_captured(&shop, &adyen, "1").await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let requests = adyen.requests().await;
        let paths: Vec<_> = requests.iter().filter_map(|it| it["path"].as_str()).collect();
        assert!(paths.contains(&"/v71/payments/pi_1/cancels"), "{paths:?}");
        assert!(
            !paths.iter().any(|path| path.ends_with("/reversals")),
            "{paths:?}"
        );
        let refund = requests
            .iter()
            .find(|it| it["path"] == "/v71/payments/pi_1/refunds");
        let amount = refund.map(|it| it["body"]["amount"].clone());
        assert_eq!(amount, Some(json!({ "currency": "USD", "value": 2000 })));
        // What the invoice captured goes back. Adyen released the rest by itself, so it refuses to cancel it.
        delivered(&shop, &adyen).await;
        let line = adyen.line("pi_1").await;
        assert_eq!((line.refunded, line.refunds), (2000, 1));
        let told: Vec<_> = attention(&shop).await.into_iter().map(|(why, _)| why).collect();
        assert_eq!(told, [json!(["VOID_FAILED"])]);
    }
);

on_sqlite!(
    an_account_without_webhooks_or_merchant_account_is_refused,
    |shop| async move {
        let whole = json!({ "name": "main", "adapter": "ADYEN", "address": "https://checkout.example",
            "secret": KEY, "webhook_secret": HMAC_KEY, "merchant_account": MERCHANT_ACCOUNT });
        for (field, value) in [
            ("webhook_secret", Value::Null),
            ("webhook_secret", json!("whsec_Y291bnRlcm1hbmQ=")),
            ("merchant_account", Value::Null),
            ("address", Value::Null),
        ] {
            let mut input = whole.clone();
            input[field] = value;
            let refused = shop.refused("connectPaymentProvider", input).await;
            assert_eq!(refused, ("INVALID".to_owned(), field.to_owned()), "{field}");
        }
        let mut other = whole.clone();
        other["adapter"] = json!("HTTP");
        other["webhook_secret"] = Value::Null;
        let refused = shop.refused("connectPaymentProvider", other).await;
        assert_eq!(refused, ("INVALID".to_owned(), "merchant_account".to_owned()));
        shop.owner_does("connectPaymentProvider", whole, "payment_provider { name }")
            .await;
        let query = "{ paymentProviders { adapter merchant_account takes_webhooks } }";
        let answer = shop.ask(query).token(shop.owner()).send().await;
        let expected =
            json!([{ "adapter": "adyen", "merchant_account": MERCHANT_ACCOUNT, "takes_webhooks": true }]);
        assert_eq!(answer.data("/paymentProviders"), &expected);
    }
);

on_sqlite!(
    without_a_message_for_a_week_a_person_is_asked_and_a_late_message_is_booked,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        canceled(&shop, &adyen, "1").await;
        work(&shop).await;
        let reasons = async || {
            let told = attention(&shop).await.into_iter();
            told.map(|(reasons, _)| reasons).collect::<Vec<_>>()
        };
        for day in 1..=6 {
            shop.wait(TimeDelta::days(1));
            work(&shop).await;
            let delayed = if day < 3 {
                vec![]
            } else {
                vec![json!(["REFUND_DELAYED"])]
            };
            assert_eq!(reasons().await, delayed, "after {day} days");
        }
        shop.wait(TimeDelta::days(2));
        work(&shop).await;
        assert_eq!(reasons().await, [json!(["REFUND_FAILED"])]);
        delivered(&shop, &adyen).await;
        assert_eq!(attention(&shop).await, []);
        let settled = refunds(&shop, "SETTLED").await;
        assert_eq!(states(&settled[0]), ["REQUESTED", "PENDING", "SUCCEEDED"]);
        assert_eq!(adyen.requests().await.len(), 1);
    }
);

on_sqlite!(
    after_its_week_a_key_is_not_sent_again_and_no_new_key_is_used,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        canceled(&shop, &adyen, "1").await;
        adyen.faults(&[Fault::LoseAnswer]).await;
        work(&shop).await;
        shop.wait(TimeDelta::days(7));
        adyen.play("time", &json!({ "seconds": 7 * 24 * 3600 })).await;
        work(&shop).await;
        assert_eq!(attention(&shop).await.len(), 1);
        assert_eq!(adyen.requests().await.len(), 1);
        delivered(&shop, &adyen).await;
        assert_eq!(attention(&shop).await, []);
        assert_eq!(adyen.line("pi_1").await.refunded, 1500);
    }
);

on_sqlite!(
    a_busy_key_is_sent_again_and_a_definite_no_is_told_with_the_words,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        canceled(&shop, &adyen, "1").await;
        adyen.play("faults", &json!({ "next": ["in_use"] })).await;
        work(&shop).await;
        shop.wait(TimeDelta::minutes(2));
        carried_out(&shop, &adyen, "a busy key").await;
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 1);
        canceled(&shop, &adyen, "2").await;
        adyen.faults(&[Fault::Fail]).await;
        work(&shop).await;
        delivered(&shop, &adyen).await;
        let told = attention(&shop).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].1.contains("Refused by the bank"), "{told:?}");
        // Without staff nothing is sent again.
        for _ in 0..3 {
            shop.wait(TimeDelta::days(1));
            assert_eq!(work(&shop).await, []);
        }
        assert_eq!(adyen.modifications("pi_2").await.len(), 1);
    }
);

on_sqlite!(
    a_payment_that_one_call_does_not_give_back_is_told_as_a_void_that_failed,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        let id = authorized_with(&shop, "1", "pi_1").await;
        adyen.pays("pi_1", "USD", 1500, 0).await;
        cancel(&shop, &id).await;
        adyen.faults(&[Fault::Fail]).await;
        work(&shop).await;
        // The same message may come again.
        for _ in 0..2 {
            delivered(&shop, &adyen).await;
        }
        assert_eq!(attention(&shop).await[0].0, json!(["VOID_FAILED"]));
        let trail = shop.order(&id).await["events"].to_string();
        assert_eq!(trail.matches("order.void_failed").count(), 1, "{trail}");
        assert!(!trail.contains("order.refund_failed"), "{trail}");
    }
);

on_sqlite!(
    a_key_that_a_message_repeats_is_neither_kept_nor_shown,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        canceled(&shop, &adyen, "1").await;
        adyen.faults(&[Fault::Pending]).await;
        work(&shop).await;
        // The words are so long that only a part of the second key is kept of them.
        let reason = format!("Wrong key {KEY} {} {KEY}", ".".repeat(205));
        let made = adyen.modifications("pi_1").await.remove(0);
        let id = made["pspReference"].as_str().expect("an id");
        adyen
            .play(&format!("modifications/{id}/fail"), &json!({ "reason": reason }))
            .await;
        delivered(&shop, &adyen).await;
        let query = "{
          needsAttention { items { problem } }
          obligations { items { problem provider_states { detail } } }
          auditLog { items { details } }
        }";
        let shown = shop.ask(query).token(shop.owner()).send().await.body.to_string();
        assert!(shown.contains("Wrong key [secret]"), "{shown}");
        let database = raw(&shop).await;
        let kept = texts(&database, "SELECT detail FROM provider_reports")
            .await
            .join("\n");
        database.close().await.expect("closed");
        assert!(kept.contains("Wrong key [secret]"), "{kept}");
        for text in [shown, kept] {
            assert!(!text.contains(&KEY[..8]), "{text}");
        }
    }
);

on_sqlite!(
    a_message_that_comes_before_the_answer_or_with_others_settles_once,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        let url = format!("{}/webhooks/adyen/main", shop.address());
        let hooks = json!({ "url": url, "secret": HMAC_KEY, "hold": false });
        adyen.play("hooks", &hooks).await;
        canceled(&shop, &adyen, "1").await;
        adyen.play("faults", &json!({ "next": ["early"] })).await;
        // The message is taken while the answer is waited for.
        work(&shop).await;
        shop.wait(TimeDelta::minutes(1));
        work(&shop).await;
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 1);
        adyen.holds_messages(&url).await;
        for number in ["2", "3"] {
            canceled(&shop, &adyen, number).await;
        }
        assert_eq!(work(&shop).await.len(), 2);
        let together = json!({ "together": true, "items": [2, 1, 0, 2] });
        let answer = adyen.play("deliver", &together).await;
        assert_eq!(answer["statuses"], json!([200]));
        work(&shop).await;
        work(&shop).await;
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 3);
        assert_eq!(attention(&shop).await, []);
        for number in ["1", "2", "3"] {
            let line = adyen.line(&format!("pi_{number}")).await;
            assert_eq!((line.refunded, line.refunds), (1500, 1), "{number}");
        }
    }
);

on_sqlite!(
    an_amount_that_adyen_cannot_express_is_left_to_staff_and_nothing_is_sent,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        let order = OrderJson::new("1")
            .paid_with("adyen_cc")
            .line("A", 1000, 1, 1, 0)
            .with("order_currency_code", json!("MGA"))
            .with("base_currency_code", json!("MGA"));
        let mut order = order.json();
        order["payment"]["last_trans_id"] = json!("pi_1");
        let id = shop.import(&[order]).await.remove(0);
        adyen.pays("pi_1", "MGA", 1500, 1500).await;
        cancel(&shop, &id).await;
        work(&shop).await;
        let told = attention(&shop).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].1.contains("Adyen cannot pay back exactly"), "{told:?}");
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "FAILED"]);
        assert_eq!(adyen.requests().await, Vec::<Value>::new());
    }
);

on_sqlite!(
    captured_money_that_one_call_paid_back_is_not_paid_back_again,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        let id = authorized_with(&shop, "1", "pi_1").await;
        adyen.pays("pi_1", "USD", 1500, 0).await;
        adyen.captures("pi_1").await;
        cancel(&shop, &id).await;
        assert!(matches!(work(&shop).await[..], [Settlement::Postponed(_)]));
        // The capture came first, and its message comes last.
        let answer = adyen.play("deliver", &json!({ "items": [1] })).await;
        assert_eq!(answer["statuses"], json!([200]));
        work(&shop).await;
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 1);
        delivered(&shop, &adyen).await;
        let line = adyen.line("pi_1").await;
        assert_eq!((line.refunded, line.refunds), (1500, 1));
        assert_eq!(adyen.requests().await.len(), 1);
        assert_eq!(attention(&shop).await, []);
        let history = shop.order(&id).await["comments"].to_string();
        let told = "released the authorization, or paid the money back if it was captured";
        assert!(history.contains(told), "{history}");
    }
);

on_sqlite!(
    a_late_failure_that_comes_before_the_success_counts,
    |shop| async move {
        let Some(adyen) = begin::<AdyenServer>(&shop).await else {
            return;
        };
        canceled(&shop, &adyen, "1").await;
        work(&shop).await;
        adyen.fails_late("pi_1").await;
        // The failure arrives first, and the success that it ended afterwards.
        for item in [1, 0] {
            let answer = adyen.play("deliver", &json!({ "items": [item] })).await;
            assert_eq!(answer["statuses"], json!([200]));
            work(&shop).await;
            work(&shop).await;
        }
        let told = attention(&shop).await;
        assert_eq!(told.len(), 1, "{told:?}");
        let open = refunds(&shop, "OPEN").await;
        assert_eq!(states(&open[0]), ["REQUESTED", "PENDING", "FAILED"]);
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 0);
    }
);
