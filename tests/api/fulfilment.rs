//! The picking step: units that the warehouse packs cannot be canceled.

use countermand_tests::refusal::Refusal;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

/// Anna's token, and the id of her order of three units of `a` and two of `b`.
async fn sell(shop: &TestShop) -> (String, String) {
    shop.enable_cancellation().await;
    let customer = shop.customer(BUYER).await;
    let order = OrderJson::new("1")
        .by(BUYER)
        .line("a", 1000, 3, 3, 0)
        .line("b", 500, 2, 2, 0);
    (customer, shop.import(&[order.json()]).await.remove(0))
}

/// The ids of the items `a` and `b`.
async fn items(shop: &TestShop, id: &str) -> [Value; 2] {
    let order = shop.order(id).await;
    [0, 1].map(|index| order["order"]["items"][index]["id"].clone())
}

/// The status of the newest request of an order; null without one.
async fn request_status(shop: &TestShop, id: &str) -> Value {
    let query = "query($id: ID!) { order(id: $id) { order { cancellation_request { status } } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    let order = asked.send().await.data("/order/order").clone();
    order["cancellation_request"]["status"].clone()
}

async fn terms(shop: &TestShop, customer: &str) -> Value {
    let query = "{ customer { orders { items { available_actions cancellation_terms {
      action refusals { code } items { product_sku quantity_open quantity_in_fulfilment }
    } } } } }";
    let answer = shop.ask(query).token(customer).send().await;
    answer.data("/customer/orders/items/0").clone()
}

on_every_database!(
    an_order_in_fulfilment_is_canceled_after_its_release,
    |shop| async move {
        let (customer, id) = sell(&shop).await;
        let picked = shop.worked("startFulfilment", json!({ "order_id": id })).await;
        assert_eq!(picked["state"], "processing");
        let entry = shop.audit_log(1).await.remove(0);
        let details = "in fulfilment: 3 of item 1, 2 of item 2";
        assert_eq!(
            [&entry["action"], &entry["details"]],
            ["startFulfilment", details]
        );
        let shown = terms(&shop, &customer).await;
        assert_eq!(shown["cancellation_terms"]["action"], "REQUEST");
        assert_eq!(
            shown["cancellation_terms"]["refusals"],
            json!([{ "code": "IN_FULFILMENT" }])
        );
        assert!(
            shown["available_actions"].to_string().contains("CANCEL"),
            "{shown:#}"
        );
        let again = shop.refused("startFulfilment", json!({ "order_id": id })).await;
        assert_eq!(again, ("NOTHING_LEFT".into(), "items".into()));
        let by_staff = json!({ "order_id": id, "reason": "Other" });
        assert_eq!(
            shop.refused("cancelOrderAsAdmin", by_staff).await,
            ("IN_FULFILMENT".into(), "order_id".into())
        );

        let released = shop.worked("releaseFulfilment", json!({ "order_id": id })).await;
        let kinds = released["events"].as_array().expect("events");
        let kinds: Vec<_> = kinds
            .iter()
            .map(|it| it["kind"].as_str().unwrap_or_default())
            .collect();
        assert!(
            kinds.contains(&"order.fulfilment_started") && kinds.contains(&"order.fulfilment_released"),
            "{kinds:?}"
        );
        shop.cancel_order(&id, "Other")
            .token(&customer)
            .send()
            .await
            .works();
        shop.leave_jobs();
    }
);

on_every_database!(
    a_buyer_who_cancels_an_order_in_fulfilment_asks_for_it_and_an_approval_ends_the_fulfilment,
    |shop| async move {
        let (customer, id) = sell(&shop).await;
        shop.worked("startFulfilment", json!({ "order_id": id })).await;
        let answer = shop.cancel_order(&id, "Other").token(&customer).send().await;
        assert_eq!(answer.order()["status"], "Processing");
        assert_eq!(answer.order()["available_actions"], json!(["REORDER"]));
        let again = shop.cancel_order(&id, "Other").token(&customer).send().await;
        again.is_refused(Refusal::REQUESTED);
        let held = shop.refused("createShipment", json!({ "order_id": id })).await;
        assert_eq!(held.0, "CANCELLATION_REQUESTED");
        let input = json!({ "order_id": id });
        let approved = shop.worked("approveCancellationRequest", input).await;
        assert_eq!(approved["state"], "closed");
        let comments = approved["order"]["comments"].to_string();
        assert!(
            !comments.contains("fulfilment"),
            "the buyer does not see it: {comments}"
        );
        let report = shop.app().doctor(|_| {}).await.expect("a report");
        assert!(report.is_healthy(), "{report:#?}");
        shop.leave_jobs();
    }
);

on_every_database!(
    units_beside_those_in_fulfilment_are_canceled_by_item,
    |shop| async move {
        let (customer, id) = sell(&shop).await;
        let [a, b] = items(&shop, &id).await;
        let two = json!({ "order_id": id, "items": [{ "item_id": a, "quantity": 2 }] });
        shop.worked("startFulfilment", two).await;
        let shown = terms(&shop, &customer).await["cancellation_terms"].clone();
        let expected = json!([
            { "product_sku": "a", "quantity_open": 1.0, "quantity_in_fulfilment": 2.0 },
            { "product_sku": "b", "quantity_open": 2.0, "quantity_in_fulfilment": 0.0 },
        ]);
        assert_eq!(shown["items"], expected);
        let cancel = |lines: Value| json!({ "order_id": id, "reason": "Other", "items": lines });
        let too_many = cancel(json!([{ "item_id": a, "quantity": 2 }]));
        assert_eq!(
            shop.refused("cancelOrderAsAdmin", too_many).await.0,
            "IN_FULFILMENT"
        );
        let beside = cancel(json!([{ "item_id": a, "quantity": 1 }, { "item_id": b, "quantity": 2 }]));
        let rest = shop.worked("cancelOrderAsAdmin", beside).await;
        assert_eq!(rest["state"], "processing");
        let shipped = shop.worked("createShipment", json!({ "order_id": id })).await;
        assert_eq!(shipped["state"], "complete");
        let report = shop.app().doctor(|_| {}).await.expect("a report");
        assert!(report.is_healthy(), "{report:#?}");
        shop.leave_jobs();
    }
);

on_every_database!(
    a_shipment_takes_the_units_in_fulfilment_first,
    |shop| async move {
        let (customer, id) = sell(&shop).await;
        let [a, _] = items(&shop, &id).await;
        let of_a =
            |quantity: i32| json!({ "order_id": id, "items": [{ "item_id": a, "quantity": quantity }] });
        shop.worked("startFulfilment", of_a(2)).await;
        shop.worked("createShipment", of_a(1)).await;
        let shown = terms(&shop, &customer).await["cancellation_terms"]["items"].clone();
        assert_eq!(shown[0]["quantity_in_fulfilment"], 1.0);
        shop.worked("createShipment", of_a(2)).await;
        let shown = terms(&shop, &customer).await["cancellation_terms"]["items"].clone();
        assert_eq!(shown[0]["quantity_in_fulfilment"], 0.0);
        let nothing = shop.refused("releaseFulfilment", json!({ "order_id": id })).await;
        assert_eq!(nothing, ("NOTHING_LEFT".into(), "items".into()));
    }
);

on_every_database!(
    of_a_cancellation_and_the_picking_step_at_the_same_time_one_wins,
    |shop| async move {
        let (customer, _) = sell(&shop).await;
        let replica = shop.replica().await;
        for round in 0..8 {
            let order = OrderJson::new(&format!("r{round}"))
                .by(BUYER)
                .line("a", 1000, 1, 1, 0);
            let id = shop.import(&[order.json()]).await.remove(0);
            let input = json!({ "order_id": id });
            let picking = replica.owner_does("startFulfilment", input, "");
            let canceling = shop.cancel_order(&id, "Other").token(&customer).send();
            let (picked, canceled) = tokio::join!(picking, canceling);
            let is_picked = picked["user_errors"] == json!([]);
            canceled.works();
            let state = shop.order(&id).await["state"].clone();
            assert_eq!(state, if is_picked { "processing" } else { "closed" });
            let request = request_status(&shop, &id).await;
            assert_eq!(request, if is_picked { json!("OPEN") } else { Value::Null });
        }
        shop.leave_jobs();
    }
);
