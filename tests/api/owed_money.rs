//! Money that is owed back is listed, paid out by hand once, and shown to the buyer as what it is.

use chrono::TimeDelta;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const OBLIGATION: &str =
    "id kind state amount { value currency } payment_method transaction_reference age_seconds
  created_at settled_at settlement_reference order { order { number } store_code }";

/// An order of `number` for 15.00, paid with the transaction `tx-<number>` and canceled. Gives its id.
async fn canceled(shop: &TestShop, number: &str) -> String {
    let mut order = OrderJson::new(number).line("A", 1000, 1, 1, 0).json();
    order["payment"]["last_trans_id"] = json!(format!("tx-{number}"));
    let id = shop.import(&[order]).await.remove(0);
    shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
        .await;
    shop.leave_jobs();
    id
}

/// A page of obligations.
async fn listed(shop: &TestShop, arguments: &str) -> Value {
    let query =
        format!("{{ obligations{arguments} {{ items {{ {OBLIGATION} }} end_cursor has_next_page }} }}");
    let answer = shop.ask(&query).token(shop.owner()).send().await;
    answer.data("/obligations").clone()
}

/// The refunds of an order as its buyer sees them, and the lines of its history.
async fn buyer_sees(shop: &TestShop, id: &str) -> (Value, Vec<Value>) {
    let query = "query($id: ID!) { order(id: $id) { order { refunds { amount { value } state } comments { message } } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    let order = asked.send().await.data("/order/order").clone();
    let lines = order["comments"].as_array().cloned().unwrap_or_default();
    (
        order["refunds"].clone(),
        lines.iter().map(|it| it["message"].clone()).collect(),
    )
}

on_every_database!(
    owed_refunds_are_listed_oldest_first_and_paid_out_by_hand,
    |shop| async move {
        shop.enable_cancellation().await;
        let first = canceled(&shop, "1").await;
        shop.wait(TimeDelta::hours(1));
        canceled(&shop, "2").await;
        // Before a worker has looked at them as after it.
        let page = listed(&shop, "(first: 1)").await;
        assert_eq!(page["has_next_page"], true);
        let refund = &page["items"][0];
        let expected = json!({
            "id": refund["id"], "kind": "REFUND", "state": "OPEN", "amount": { "value": 15.0, "currency": "USD" },
            "payment_method": "checkmo", "transaction_reference": "tx-1", "age_seconds": 3600,
            "created_at": refund["created_at"], "settled_at": null, "settlement_reference": null,
            "order": { "order": { "number": "1" }, "store_code": "default" }
        });
        assert_eq!(refund, &expected);
        shop.run_jobs().await;
        assert_eq!(listed(&shop, "(first: 1)").await["items"], page["items"]);
        let next = listed(&shop, &format!("(first: 1, after: {})", page["end_cursor"])).await;
        assert_eq!(next["items"][0]["order"]["order"]["number"], "2");
        assert_eq!(next["has_next_page"], false);
        assert_eq!(
            listed(&shop, "(filter: { kind: VOID })").await["items"],
            json!([])
        );

        let on_its_way = json!([{ "amount": { "value": 15.0 }, "state": "ON_ITS_WAY" }]);
        let (refunds, lines) = buyer_sees(&shop, &first).await;
        assert_eq!(refunds, on_its_way);
        assert!(
            lines.iter().all(|line| !line.to_string().contains("refunded")),
            "{lines:?}"
        );

        let settle = json!({ "id": refund["id"], "note": "by <bank> transfer", "reference": "B-77" });
        let done = shop
            .owner_does(
                "settleObligation",
                settle.clone(),
                &format!("obligation {{ {OBLIGATION} }}"),
            )
            .await;
        assert_eq!(done["user_errors"], json!([]));
        assert_eq!(done["obligation"]["state"], "SETTLED");
        assert_eq!(done["obligation"]["settlement_reference"], "B-77");
        let (refunds, lines) = buyer_sees(&shop, &first).await;
        assert_eq!(
            refunds,
            json!([{ "amount": { "value": 15.0 }, "state": "REFUNDED" }])
        );
        assert_eq!(lines[0], "We refunded $15.00.");
        let audit = &shop.audit_log(1).await[0];
        assert_eq!(
            (&audit["action"], &audit["target"]),
            (&json!("settleObligation"), &json!("1"))
        );
        assert_eq!(
            audit["details"],
            "refund of $15.00 settled, reference B-77: by <bank> transfer"
        );
        let order = shop.order(&first).await;
        assert_eq!(order["reversals"][0]["state"], "confirmed");
        assert_eq!(
            order["events"]
                .as_array()
                .and_then(|it| it.last())
                .expect("an event")["kind"],
            "order.settled"
        );
        let again = shop.refused("settleObligation", settle).await;
        assert_eq!(again, ("ALREADY_SETTLED".into(), "id".into()));
        let settled = listed(&shop, "(filter: { state: SETTLED, store_code: \"default\" })").await;
        assert_eq!(settled["items"][0], done["obligation"]);
        assert_eq!(listed(&shop, "").await["items"].as_array().map(Vec::len), Some(1));
        assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
    }
);

on_every_database!(a_refund_is_settled_once_however_many_try, |shop| async move {
    shop.enable_cancellation().await;
    let id = canceled(&shop, "1").await;
    let refund = listed(&shop, "").await["items"][0]["id"].clone();
    let replica = shop.replica().await;
    let mut tries = JoinSet::new();
    for number in 0..10 {
        let shop = if number % 2 == 0 {
            shop.clone()
        } else {
            replica.clone()
        };
        let input = json!({ "id": refund, "note": format!("try {number}") });
        tries.spawn(async move {
            shop.owner_does("settleObligation", input, "obligation { state }")
                .await
        });
    }
    let answers = tries.join_all().await;
    let settled = answers.iter().filter(|it| it["user_errors"] == json!([])).count();
    assert_eq!(settled, 1, "{answers:?}");
    for refused in answers.iter().filter(|it| it["user_errors"] != json!([])) {
        let code = refused["user_errors"][0]["code"].as_str().unwrap_or_default();
        assert!(["ALREADY_SETTLED", "IN_PROGRESS"].contains(&code), "{refused}");
    }
    let order = shop.order(&id).await;
    let told = order["comments"].as_array().expect("comments").iter();
    assert_eq!(
        told.filter(|it| it["message"] == "We refunded $15.00.").count(),
        1
    );
    let audited = shop.audit_log(50).await;
    assert_eq!(
        audited
            .iter()
            .filter(|it| it["action"] == "settleObligation")
            .count(),
        1
    );
});

on_every_database!(mails_and_unreadable_notes_are_not_settled, |shop| async move {
    shop.enable_cancellation().await;
    canceled(&shop, "1").await;
    let refund = listed(&shop, "").await["items"][0]["id"].clone();
    let mail = shop.jobs("WAITING").await.remove(0)["id"].clone();
    let refused = |id: &Value, note: &str, reference: &str| {
        let input = json!({ "id": id, "note": note, "reference": reference });
        let shop = shop.clone();
        async move { shop.refused("settleObligation", input).await }
    };
    assert_eq!(refused(&mail, "sent", "").await, ("INVALID".into(), "id".into()));
    let nowhere = json!("0198c5e5-7b5e-7000-8000-000000000000");
    for id in [&nowhere, &json!("x"), &json!("")] {
        assert_eq!(refused(id, "paid", "").await, ("NOT_FOUND".into(), "id".into()));
    }
    for note in ["", "  ", "a\u{0}b", &"x".repeat(1001)] {
        assert_eq!(
            refused(&refund, note, "").await,
            ("INVALID".into(), "note".into())
        );
    }
    assert_eq!(
        refused(&refund, "paid", &"x".repeat(256)).await,
        ("INVALID".into(), "reference".into())
    );
    assert_eq!(listed(&shop, "").await["items"].as_array().map(Vec::len), Some(1));
});

on_every_database!(a_fee_is_given_back_after_the_cancellation, |shop| async move {
    shop.enable_cancellation().await;
    let order = OrderJson::new("1").line("A", 1000, 2, 2, 0).json();
    let id = shop.import(&[order]).await.remove(0);
    let item = shop.order(&id).await["order"]["items"][0]["id"].clone();
    let one = json!([{ "item_id": item, "quantity": 1 }]);
    let kept = json!({ "order_id": id, "items": one, "refund_shipping": false, "adjustment": -1 });
    shop.worked("createCreditMemo", kept).await;
    let ended = shop
        .worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
        .await;
    assert_eq!(ended["state"], "closed");
    let fee = json!({ "order_id": id, "items": [], "refund_shipping": false, "adjustment": 1 });
    let after = shop.worked("createCreditMemo", fee.clone()).await;
    assert_eq!(after["state"], "closed");
    let more = shop.refused("createCreditMemo", fee).await;
    assert_eq!(more, ("INVALID_ORDER_STATUS".into(), "order_id".into()));
    let (refunds, _) = buyer_sees(&shop, &id).await;
    assert_eq!(refunds[0]["state"], "ON_ITS_WAY");
    shop.leave_jobs();
});
