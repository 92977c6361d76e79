//! Many requests for the same order at the same time: one succeeds, and the others are refused.

use std::time::Duration;

use countermand_tests::{Answer, Ask, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Sends all requests at once.
async fn at_once(asks: Vec<Ask>) -> Vec<Answer> {
    let mut running: JoinSet<Answer> = asks.into_iter().map(Ask::send).collect();
    let mut answers = Vec::new();
    while let Some(answer) = running.join_next().await {
        answers.push(answer.expect("an answer"));
    }
    answers
}

async fn after(wait: Duration, ask: Ask) -> Answer {
    tokio::time::sleep(wait).await;
    ask.send().await
}

/// The code of each refused cancellation; none for a success.
fn codes(answers: &[Answer], mutation: &str) -> Vec<Option<String>> {
    let code = |answer: &Answer| {
        let payload = answer.data(&format!("/{mutation}"));
        let code = payload.pointer("/errorV2/code").and_then(Value::as_str);
        assert_eq!(code.is_none(), payload["errorV2"].is_null(), "{:#}", answer.body);
        code.map(str::to_owned)
    };
    answers.iter().map(code).collect()
}

fn successes(codes: &[Option<String>]) -> usize {
    codes.iter().filter(|code| code.is_none()).count()
}

/// Checks that one cancellation succeeded and all others were refused because the order is canceled already.
fn assert_one_winner(codes: &[Option<String>]) {
    assert_eq!(successes(codes), 1, "{codes:?}");
    for code in codes.iter().flatten() {
        assert_eq!(code, "INVALID_ORDER_STATUS");
    }
}

async fn paid_order_of_anna(shop: &TestShop, number: &str) -> String {
    let order = OrderJson::new(number)
        .by("anna@example.com")
        .paid_with("stripe_payments")
        .line("A", 1000, 3, 3, 0);
    shop.import(&[order.json()]).await.remove(0)
}

async fn assert_canceled_once(shop: &TestShop, id: &str) {
    let order = shop.order(id).await;
    assert_eq!(
        [&order["state"], &order["version"]],
        [&json!("closed"), &json!(2)]
    );
    assert_eq!(order["order"]["credit_memos"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        order["order"]["credit_memos"][0]["total"]["grand_total"]["value"],
        45.0
    );
    assert_eq!(order["order"]["items"][0]["quantity_refunded"], 3.0);
    assert_eq!(
        order["reversals"],
        json!([{ "kind": "REFUND", "amount": { "value": 45.0 }, "state": "requested" }])
    );
    assert_eq!(order["comments"].as_array().map(Vec::len), Some(3));
}

async fn assert_healthy(shop: &TestShop) {
    let report = shop.app().doctor(|_| {}).await.expect("a report");
    assert!(report.is_healthy(), "{report:#?}");
}

on_every_database!(one_of_32_simultaneous_cancellations_succeeds, |shop| async move {
    shop.enable_cancellation().await;
    let anna = shop.customer("anna@example.com").await;
    let id = paid_order_of_anna(&shop, "1").await;
    let answers = at_once((0..32).map(|_| shop.asks_to_cancel(&anna, &id)).collect()).await;
    assert_eq!(answers.len(), 32);
    assert_one_winner(&codes(&answers, "cancelOrder"));
    assert_canceled_once(&shop, &id).await;
    assert_eq!(shop.run_jobs().await.len(), 1, "one mail");
    assert_healthy(&shop).await;
});

on_every_database!(
    one_of_32_cancellations_at_two_replicas_succeeds,
    |shop| async move {
        shop.enable_cancellation().await;
        let replica = shop.replica().await;
        let anna = shop.customer("anna@example.com").await;
        let id = paid_order_of_anna(&shop, "1").await;
        let door = |number: usize| if number.is_multiple_of(2) { &shop } else { &replica };
        let answers = at_once(
            (0..32)
                .map(|number| door(number).asks_to_cancel(&anna, &id))
                .collect(),
        )
        .await;
        assert_one_winner(&codes(&answers, "cancelOrder"));
        assert_canceled_once(&shop, &id).await;
        assert_eq!(shop.run_jobs().await.len(), 1, "one mail");
        assert_healthy(&shop).await;
    }
);

on_every_database!(a_canceled_order_is_never_shipped, |shop| async move {
    shop.enable_cancellation().await;
    let anna = shop.customer("anna@example.com").await;
    let mut canceled = 0;
    for round in 0..20 {
        let id = paid_order_of_anna(&shop, &format!("1{round:03}")).await;
        let cancel = shop.asks_to_cancel(&anna, &id);
        // One unit of three is shipped: a wholly shipped order is complete and would be refused for its state.
        let item = shop.order(&id).await["order"]["items"][0]["id"].clone();
        let shipment = json!({ "order_id": id, "items": [{ "item_id": item, "quantity": 1 }] });
        let ship = shop
            .staff_asks("createShipment", &shipment, "")
            .token(shop.owner());
        let (early, late) = (Duration::ZERO, Duration::from_millis(round % 5));
        let (first, second) = if round % 2 == 0 {
            (early, late)
        } else {
            (late, early)
        };
        let (cancel, ship) = tokio::join!(after(first, cancel), after(second, ship));
        let refusal = ship.data("/createShipment/user_errors");
        let ships = refusal == &json!([]);
        let code = codes(&[cancel], "cancelOrder").remove(0);
        let order = shop.order(&id).await;
        let shipments = order["order"]["shipments"].as_array().map(Vec::len);
        assert_eq!(order["version"], 2, "round {round}");
        if ships {
            assert_eq!(
                code.as_deref(),
                Some("PARTIAL_ORDER_ITEM_SHIPPED"),
                "round {round}"
            );
            assert_eq!(
                (shipments, &order["order"]["credit_memos"]),
                (Some(1), &json!([])),
                "round {round}"
            );
        } else {
            assert_eq!((code, shipments), (None, Some(0)), "round {round}");
            assert_eq!(refusal[0]["code"], "INVALID_ORDER_STATUS", "round {round}");
            canceled += 1;
        }
    }
    assert_eq!(shop.run_jobs().await.len(), canceled);
    assert_healthy(&shop).await;
});

on_every_database!(
    a_guests_key_that_is_sent_many_times_cancels_once,
    |shop| async move {
        shop.enable_cancellation().await;
        let order = OrderJson::new("1")
            .by_guest("guest@example.com")
            .line("A", 1000, 3, 3, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        let find = r#"{ guestOrder(input: { number: "1", email: "guest@example.com", lastname: "Larsen" }) { token } }"#;
        let token = shop.ask(find).send().await.data("/guestOrder/token").clone();
        let request = "mutation($token: String!) {
      requestGuestOrderCancel(input: { token: $token, reason: \"Other\" }) { errorV2 { code } }
    }";
        let asked = shop
            .ask(request)
            .variables(json!({ "token": token }))
            .send()
            .await;
        assert!(asked.data("/requestGuestOrderCancel/errorV2").is_null());
        shop.run_jobs().await;
        let key = shop.mail().newest_key().expect("a key in the mail");
        let confirm = "mutation($id: ID!, $key: String!) {
      confirmCancelOrder(input: { order_id: $id, confirmation_key: $key }) { errorV2 { code } }
    }";
        let asks = (0..8)
            .map(|_| shop.ask(confirm).variables(json!({ "id": id, "key": key })))
            .collect();
        assert_one_winner(&codes(&at_once(asks).await, "confirmCancelOrder"));
        let order = shop.order(&id).await;
        assert_eq!(order["order"]["credit_memos"].as_array().map(Vec::len), Some(1));
        assert_eq!(order["state"], "closed");
        assert_eq!(shop.run_jobs().await.len(), 1, "one mail");
        assert_healthy(&shop).await;
    }
);

on_every_database!(
    many_simultaneous_invoices_invoice_an_order_once,
    |shop| async move {
        let order = |number: &str| OrderJson::new(number).line("A", 1000, 4, 0, 0).json();
        let ids = shop.import(&[order("1"), order("2")]).await;
        let bill = |input: &Value| shop.staff_asks("createInvoice", input, "").token(shop.owner());
        let refusals = |answers: &[Answer]| -> Vec<Value> {
            let refusal = |it: &Answer| {
                it.data("/createInvoice/user_errors")
                    .as_array()
                    .cloned()
                    .unwrap_or_default()
            };
            answers
                .iter()
                .flat_map(refusal)
                .map(|it| it["code"].clone())
                .collect()
        };

        let all = json!({ "order_id": ids[0] });
        let answers = at_once((0..4).map(|_| bill(&all)).collect()).await;
        assert_eq!(refusals(&answers), ["NOTHING_LEFT"; 3]);
        let order = shop.order(&ids[0]).await;
        assert_eq!(order["order"]["invoices"].as_array().map(Vec::len), Some(1));

        let item = shop.order(&ids[1]).await["order"]["items"][0]["id"].clone();
        let three = json!({ "order_id": ids[1], "items": [{ "item_id": item, "quantity": 3 }] });
        let answers = at_once((0..2).map(|_| bill(&three)).collect()).await;
        assert_eq!(
            refusals(&answers),
            ["QUANTITY_EXCEEDED"],
            "three and three are more than four"
        );
        assert_eq!(
            shop.order(&ids[1]).await["order"]["items"][0]["quantity_invoiced"],
            3.0
        );
        assert_healthy(&shop).await;
    }
);

on_every_database!(no_reader_sees_half_a_cancellation, |shop| async move {
    shop.enable_cancellation().await;
    let anna = shop.customer("anna@example.com").await;
    for round in 0..10 {
        let id = paid_order_of_anna(&shop, &format!("1{round:03}")).await;
        let look = async || {
            let order = shop.order(&id).await;
            let inner = &order["order"];
            let memos = inner["credit_memos"].as_array().map_or(0, Vec::len);
            let refunded = inner["items"][0]["quantity_refunded"].clone();
            (
                order["version"].clone(),
                order["state"].clone(),
                refunded,
                memos,
                order["comments"].as_array().map(Vec::len),
            )
        };
        let before = (json!(1), json!("processing"), json!(0.0), 0, Some(0));
        let after = (json!(2), json!("closed"), json!(3.0), 1, Some(3));
        let canceling = tokio::spawn(shop.asks_to_cancel(&anna, &id).send());
        while !canceling.is_finished() {
            let seen = look().await;
            assert!(seen == before || seen == after, "round {round}: {seen:?}");
        }
        let answer = canceling.await.expect("an answer");
        assert!(answer.data("/cancelOrder/errorV2").is_null(), "{:#}", answer.body);
        assert_eq!(look().await, after, "round {round}");
    }
    shop.leave_jobs();
});

on_every_database!(
    the_doctor_reports_no_fault_during_cancellations,
    |shop| async move {
        shop.enable_cancellation().await;
        let anna = shop.customer("anna@example.com").await;
        let mut asks = Vec::new();
        for number in 0..40 {
            let id = paid_order_of_anna(&shop, &number.to_string()).await;
            asks.push(shop.asks_to_cancel(&anna, &id));
        }
        let canceling = tokio::spawn(at_once(asks));
        while !canceling.is_finished() {
            assert_healthy(&shop).await;
        }
        assert_eq!(
            successes(&codes(&canceling.await.expect("answers"), "cancelOrder")),
            40
        );
        assert_healthy(&shop).await;
        shop.leave_jobs();
    }
);
