//! Reasons for some people, for some time, and with a comment.

use chrono::TimeDelta;
use countermand_tests::refusal::Refusal;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

/// A shop that offers `Other`, and the reason `late` with `rules`. Gives Anna's token and the id of her order.
async fn sell(shop: &TestShop, rules: Value) -> (String, String) {
    shop.enable_cancellation().await;
    let mut late = json!({ "code": "late", "description": "Too late" });
    late.as_object_mut()
        .expect("an object")
        .extend(rules.as_object().cloned().unwrap_or_default());
    let other = json!({ "code": "other", "description": "Other" });
    shop.configure(json!({ "reasons": [late, other] })).await;
    let customer = shop.customer(BUYER).await;
    let order = OrderJson::new("1").by(BUYER).line("a", 1000, 1, 0, 0);
    (customer, shop.import(&[order.json()]).await.remove(0))
}

/// The codes that storefronts show, which both queries agree about.
async fn shown(shop: &TestShop) -> Vec<String> {
    let query = "{ storeConfig { order_cancellation_reasons { code } } cancellationReasons { code } }";
    let answer = shop.ask(query).send().await;
    let codes = |pointer| {
        let reasons = answer.data(pointer).as_array().cloned().unwrap_or_default();
        let codes = reasons
            .iter()
            .map(|it| it["code"].as_str().unwrap_or_default().to_owned());
        codes.collect::<Vec<_>>()
    };
    let of_config = codes("/storeConfig/order_cancellation_reasons");
    assert_eq!(of_config, codes("/cancellationReasons"));
    of_config
}

on_every_database!(
    a_reason_of_staff_is_shown_to_and_accepted_from_staff_only,
    |shop| async move {
        let (customer, id) = sell(&shop, json!({ "audience": ["MERCHANT"] })).await;
        assert_eq!(shown(&shop).await, ["other"]);
        for reason in ["Too late", "late"] {
            let answer = shop.cancel_order(&id, reason).token(&customer).send().await;
            answer.is_refused(Refusal::REASON);
        }
        let canceled = shop
            .worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "late" }))
            .await;
        assert_eq!(canceled["state"], "canceled");
        let comments = canceled["comments"].as_array().expect("a history");
        assert!(
            comments.iter().any(|line| line["message"] == "Too late"),
            "{comments:?}"
        );
        shop.leave_jobs();
    }
);

on_every_database!(a_guest_may_choose_what_is_for_guests, |shop| async move {
    sell(&shop, json!({ "audience": ["GUEST"] })).await;
    let guests = OrderJson::new("2")
        .by_guest("guest@example.com")
        .line("a", 1000, 1, 0, 0);
    let id = shop.import(&[guests.json()]).await.remove(0);
    let key = shop.mailed_key(&id, "late").await;
    shop.confirm_cancel(&id, &key).send().await.works();
    shop.leave_jobs();
});

on_every_database!(a_reason_is_offered_between_its_dates, |shop| async move {
    let from = shop.now() + TimeDelta::minutes(10);
    let until = shop.now() + TimeDelta::minutes(20);
    let rules = json!({ "valid_from": from.to_rfc3339(), "valid_until": until.to_rfc3339() });
    let (customer, id) = sell(&shop, rules).await;
    assert_eq!(shown(&shop).await, ["other"]);
    let answer = shop.cancel_order(&id, "late").token(&customer).send().await;
    answer.is_refused(Refusal::REASON);
    shop.wait(TimeDelta::minutes(10));
    assert_eq!(shown(&shop).await, ["late", "other"]);
    shop.wait(TimeDelta::minutes(10));
    assert_eq!(shown(&shop).await, ["other"]);
    let answer = shop.cancel_order(&id, "late").token(&customer).send().await;
    answer.is_refused(Refusal::REASON);
});

on_every_database!(a_reason_may_need_a_comment, |shop| async move {
    let (customer, id) = sell(&shop, json!({ "needs_comment": true, "sellers_fault": true })).await;
    let answer = shop.cancel_order(&id, "late").token(&customer).send().await;
    answer.is_refused(Refusal::COMMENT);
    let query = "{ cancellationReasons { code needs_comment } }";
    let answer = shop.ask(query).send().await;
    assert_eq!(answer.data("/cancellationReasons/0/needs_comment"), true);
    let input = json!({ "order_id": id, "reason": "late", "comment": " \n" });
    let refused = shop.refused("cancelOrderAsAdmin", input).await;
    assert_eq!(refused, ("COMMENT_REQUIRED".into(), "comment".into()));
    let mutation = "mutation($id: ID!) {
      cancelOrder(input: { order_id: $id, reason: \"late\", comment: \"The cake was for Monday\" }) {
        errorV2 { code } order { status }
      }
    }";
    let asked = shop.ask(mutation).variables(json!({ "id": id })).token(&customer);
    let answer = asked.send().await;
    assert_eq!(answer.data("/cancelOrder/order/status"), "Canceled");
    shop.leave_jobs();
});

on_every_database!(one_reason_gets_new_rules_and_loses_them, |shop| async move {
    sell(&shop, json!({})).await;
    let fields =
        "config { reasons { value { code audience valid_from valid_until needs_comment sellers_fault } } }";
    let update = |rules: Value| {
        let input = json!({ "scope": "DEFAULT", "reason_code": "late", "rules": rules });
        shop.owner_does("updateCancellationReason", input, fields)
    };
    let rules = json!({
        "audience": ["GUEST", "MERCHANT"], "valid_from": "2026-01-01", "valid_until": "2026-01-31", "sellers_fault": true
    });
    let changed = update(rules).await["config"]["reasons"]["value"][0].clone();
    let expected = json!({
        "code": "late", "audience": ["GUEST", "MERCHANT"], "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": "2026-02-01T00:00:00Z", "needs_comment": false, "sellers_fault": true
    });
    assert_eq!(changed, expected);
    let entry = shop.audit_log(1).await.remove(0);
    let details = "late \"Too late\", now late \"Too late\" for guest, merchant; from 2026-01-01T00:00:00Z; \
                   until 2026-02-01T00:00:00Z; seller's fault";
    assert_eq!(entry["details"], details);
    let changed = update(json!({ "valid_from": null, "needs_comment": true })).await;
    let changed = &changed["config"]["reasons"]["value"][0];
    assert_eq!(
        [&changed["valid_from"], &changed["needs_comment"]],
        [&Value::Null, &json!(true)]
    );
    assert_eq!(changed["valid_until"], "2026-02-01T00:00:00Z");
});

on_every_database!(customers_always_have_a_reason, |shop| async move {
    sell(&shop, json!({ "audience": ["MERCHANT", "CHANNEL"] })).await;
    let input = json!({ "scope": "DEFAULT", "reason_code": "other" });
    let refused = shop.refused("removeCancellationReason", input).await;
    assert_eq!(refused, ("INVALID".into(), "reason_code".into()));
    for (rules, field) in [
        (json!({ "audience": ["MERCHANT"] }), "audience"),
        (json!({ "audience": [] }), "audience"),
        (json!({ "valid_until": "2026-01-31" }), "audience"),
        (
            json!({ "valid_from": "2026-02-01", "valid_until": "2026-01-01" }),
            "valid_until",
        ),
        (json!({ "valid_from": "soon" }), "valid_from"),
    ] {
        let input = json!({ "scope": "DEFAULT", "reason_code": "other", "rules": rules });
        let refused = shop.refused("updateCancellationReason", input.clone()).await;
        assert_eq!(refused, ("INVALID".into(), field.into()), "{input}");
    }
});

on_every_database!(
    no_fee_is_kept_for_a_fault_of_the_seller_that_held_when_the_buyer_asked,
    |shop| async move {
        let (customer, _) = sell(&shop, json!({ "sellers_fault": true })).await;
        let input =
            json!({ "scope": "DEFAULT", "values": [{ "key": "sales/cancellation/fee", "value": "10%" }] });
        shop.owner_does("updateSettings", input, "").await;
        let orders =
            ["2", "3"].map(|number| OrderJson::new(number).by(BUYER).line("a", 1000, 1, 1, 0).json());
        let ids = shop.import(&orders).await;
        for (id, reason) in [(&ids[0], "late"), (&ids[1], "Other")] {
            let input = json!({ "order_id": id, "reason": reason });
            let asked = shop.staff_asks("requestOrderCancellation", &input, "order { id }");
            let answer = asked.token(&customer).send().await;
            assert_eq!(answer.data("/requestOrderCancellation/user_errors"), &json!([]));
        }
        let gone = json!({ "scope": "DEFAULT", "reason_code": "late" });
        shop.owner_does("removeCancellationReason", gone, "").await;
        let turned =
            json!({ "scope": "DEFAULT", "reason_code": "other", "rules": { "sellers_fault": true } });
        shop.owner_does("updateCancellationReason", turned, "").await;
        for (id, refund) in [(&ids[0], 15.0), (&ids[1], 13.5)] {
            let approved = shop
                .worked("approveCancellationRequest", json!({ "order_id": id }))
                .await;
            let memo = &approved["order"]["credit_memos"][0]["total"]["grand_total"]["value"];
            assert_eq!(memo, &json!(refund), "{approved}");
        }
        shop.leave_jobs();
    }
);
