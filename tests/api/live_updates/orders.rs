//! What a subscription tells of an order, over both transports.

use std::time::{Duration, Instant};

use countermand_tests::socket::Socket;
use countermand_tests::time_limit::until;
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::{ORDER_UPDATED, hold, order_of_anna, told};

/// How often the reads of two seconds are counted, until they are as few as they must be.
const WINDOWS: usize = 10;

on_every_database!(
    a_buyer_is_told_of_a_change_that_another_server_made,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        let variables = json!({ "id": id });
        let mut events = shop.events(ORDER_UPDATED, variables.clone(), Some(&anna)).await;
        let mut socket = Socket::of(shop.address(), Some(&anna)).await;
        socket.subscribe("1", ORDER_UPDATED, variables).await;
        let first = events.update().await;
        assert_eq!(told(&first.data), ("order.imported".into(), 1, "new".into()));
        let first_message = socket.message().await;
        assert_eq!(
            first_message,
            json!({ "id": "1", "type": "next", "payload": first.data })
        );

        let other = shop.replica().await;
        let canceled = other.asks_to_cancel(&anna, &id).send().await;
        assert!(canceled.data("/cancelOrder/errorV2").is_null());
        let update = events.update().await;
        assert_eq!(
            told(&update.data),
            ("order.canceled".into(), 2, "canceled".into())
        );
        let shown = &update.data["data"]["orderUpdated"];
        assert_eq!(shown["order"]["number"], "000000001");
        assert_eq!(shown["event"]["time"], "2026-03-07T12:00:00.000000Z");
        assert_eq!(shown["cursor"], shown["event"]["id"]);
        assert_eq!(update.id.as_deref(), shown["cursor"].as_str());
        let data: Value =
            serde_json::from_str(shown["event"]["data"].as_str().expect("a text")).expect("JSON");
        assert_eq!(data["changed_by"], "customer");
        assert_eq!(
            data["canceled_total"],
            json!({ "amount": 2500, "currency": "USD" })
        );
        assert_eq!(socket.message().await["payload"], update.data);
        shop.leave_jobs();
    }
);

on_every_database!(many_followers_of_an_order_cost_one_read, |shop| async move {
    let (id, anna) = order_of_anna(&shop).await;
    let mut socket = Socket::of(shop.address(), Some(&anna)).await;
    for number in 0..20 {
        socket
            .subscribe(&number.to_string(), ORDER_UPDATED, json!({ "id": id }))
            .await;
        assert_eq!(socket.message().await["type"], "next");
    }
    // The first read after the beginning tells each follower how far the order is, and each looks once.
    let mut others = Vec::new();
    loop {
        let (reads, seconds) = reads_in_two_seconds(&shop).await;
        if (1..=2 * seconds + 2).contains(&reads) {
            break;
        }
        others.push((reads, seconds));
        assert!(
            others.len() < WINDOWS,
            "20 followers cost two reads in a second, and not {others:?}"
        );
    }
    for number in 0..20 {
        socket
            .send(&json!({ "type": "complete", "id": number.to_string() }))
            .await;
    }
    socket.send(&json!({ "type": "ping" })).await;
    assert_eq!(socket.message().await, json!({ "type": "pong" }));
    until("without followers nothing is read", async || {
        reads_in_two_seconds(&shop).await.0 == 0
    })
    .await;
    assert_eq!(reads_in_two_seconds(&shop).await.0, 0, "and it stays so");
});

/// How often the database is asked within two seconds, and how many seconds have passed: more on a busy machine.
async fn reads_in_two_seconds(shop: &TestShop) -> (u64, u64) {
    let (before, begun) = (shop.database().round_trips(), Instant::now());
    tokio::time::sleep(Duration::from_secs(2)).await;
    (shop.database().round_trips() - before, begun.elapsed().as_secs())
}

on_sqlite!(
    a_buyer_is_not_told_what_staff_does_among_themselves,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        let variables = json!({ "id": id });
        let mut buyer = shop.events(ORDER_UPDATED, variables.clone(), Some(&anna)).await;
        let mut staff = shop.events(ORDER_UPDATED, variables, Some(shop.owner())).await;
        for events in [&mut buyer, &mut staff] {
            assert_eq!(told(&events.update().await.data).1, 1);
        }
        let note = json!({ "order_id": id, "text": "Anna calls often." });
        let done = shop.owner_does("addOrderNote", note, "").await;
        assert_eq!(done["user_errors"], json!([]));
        hold(&shop, &id, true).await;
        let of_staff = [staff.update().await.data, staff.update().await.data];
        assert_eq!(of_staff.each_ref().map(|it| told(it).1), [2, 3]);
        let of_buyer = buyer.update().await.data;
        assert_eq!(told(&of_buyer), ("order.held".into(), 3, "holded".into()));
        assert!(!of_staff[0].to_string().contains("calls often"));
    }
);

on_sqlite!(
    queries_and_mutations_have_one_answer_over_both_transports,
    |shop| async move {
        let (_, anna) = order_of_anna(&shop).await;
        let query = "{ storeConfig { store_code } }";
        let expected = json!({ "data": { "storeConfig": { "store_code": "default" } } });
        let mut events = shop.events(query, json!({}), None).await;
        assert_eq!(events.update().await.data, expected);
        assert_eq!(events.next().await.map(|it| it.name), Some("complete".into()));
        assert_eq!(events.next().await, None);
        let mut socket = Socket::of(shop.address(), Some(&anna)).await;
        socket.subscribe("q", query, json!({})).await;
        assert_eq!(
            socket.message().await,
            json!({ "id": "q", "type": "next", "payload": expected })
        );
        assert_eq!(socket.message().await, json!({ "id": "q", "type": "complete" }));
        let sign_out = "mutation { revokeCustomerToken { result } }";
        socket.subscribe("q", sign_out, json!({})).await;
        let answer = socket.message().await;
        assert_eq!(
            answer["payload"]["data"]["revokeCustomerToken"]["result"], true,
            "{answer}"
        );
    }
);

on_sqlite!(
    a_client_that_takes_json_too_gets_events_only_for_a_subscription,
    |shop| async move {
        let (id, anna) = order_of_anna(&shop).await;
        let accept = [("accept", "application/json, text/event-stream")];
        let query = "{ storeConfig { store_code } }";
        let answer = shop.client().post(format!("{}/graphql", shop.address()));
        let answer = answer
            .header(accept[0].0, accept[0].1)
            .json(&json!({ "query": query }));
        let answer = answer.send().await.expect("an answer");
        assert_eq!(
            answer.headers()["content-type"],
            "application/json; charset=utf-8"
        );
        // Without events, a subscription is refused.
        let asked = shop
            .ask(ORDER_UPDATED)
            .variables(json!({ "id": id }))
            .token(&anna);
        let answer = asked.send().await;
        assert!(
            answer.error().contains("not supported on this transport"),
            "{:#}",
            answer.body
        );
    }
);

on_sqlite!(
    a_large_order_is_told_again_and_again_within_the_budget_of_one_answer,
    |shop| async move {
        let lines = (0..400).fold(OrderJson::new("1"), |order, n| {
            order.line(&format!("S{n}"), 100, 1, 0, 0)
        });
        let id = shop.import(&[lines.json()]).await.remove(0);
        let items = "items { a: id b: id c: id d: id e: id f: id g: id h: id i: id j: id }";
        let query = format!(
            "subscription($id: ID, $after: ID) {{ orderUpdated(order_id: $id, after: $after) {{ event {{ order_version }} order {{ {items} }} }} }}"
        );
        let mut first = shop
            .events(ORDER_UPDATED, json!({ "id": id }), Some(shop.owner()))
            .await;
        let after = first.update().await.id;
        // 130 updates with 4,000 values each are more than one answer may have.
        for round in 0..130 {
            hold(&shop, &id, round % 2 == 0).await;
        }
        let variables = json!({ "id": id, "after": after });
        let mut events = shop.events(&query, variables, Some(shop.owner())).await;
        for round in 0..130 {
            let update = events.update().await;
            let items = &update.data["data"]["orderUpdated"]["order"]["items"];
            assert_eq!(items.as_array().map(Vec::len), Some(400), "update {round}");
        }
    }
);
