//! The limits for trying and requesting keys. They hold over all servers and for several keys in one document.

use chrono::TimeDelta;
use countermand_tests::refusal::Refusal;
use countermand_tests::{Answer, Ask, TestShop, on_every_database};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{order, sell};

const WRONG_KEY: &str = "4f8d1e2a6c7e5b4f9a2d3e0f1c5a747d";

fn is_not_confirmed(answer: &Answer) {
    assert_eq!(answer.refused(Refusal::NOT_CONFIRMED), &Value::Null);
}

on_every_database!(
    wrong_keys_are_counted_over_all_servers_and_the_right_key_works_nevertheless,
    |shop| async move {
        let id = sell(&shop, order("1").line("a", 1000, 1, 0, 0)).await;
        let key = shop.mailed_key(&id, "Other").await;
        let replica = shop.replica().await;
        let alias = |it| format!("a{it}: confirmCancelOrder(input: $input) {{ errorV2 {{ message }} }}");
        let document = format!(
            "mutation($input: ConfirmCancelOrderInput!) {{ {} {} }}",
            alias(1),
            alias(2)
        );
        let input = json!({ "input": { "order_id": id, "confirmation_key": WRONG_KEY } });
        let asks = (0..5).map(|it| [&shop, &replica][it % 2].ask(&document).variables(input.clone()));
        let mut running: JoinSet<_> = asks.map(Ask::send).collect();
        while let Some(answer) = running.join_next().await {
            let answer = answer.expect("an answer");
            for alias in ["/a1", "/a2"] {
                let refused = &answer.data(alias)["errorV2"]["message"];
                assert_eq!(refused, Refusal::NOT_CONFIRMED.message);
            }
        }
        for server in [&shop, &replica] {
            is_rate_limited(&server.confirm_cancel(&id, WRONG_KEY).send().await);
        }
        let elsewhere = shop.confirm_cancel(&id, WRONG_KEY);
        is_not_confirmed(&elsewhere.header("X-Forwarded-For", "198.51.100.7").send().await);
        shop.confirm_cancel(&id, &key).send().await.works();
        shop.run_jobs().await;
    }
);

on_every_database!(wrong_keys_never_lock_the_buyer_out, |shop| async move {
    let id = sell(&shop, order("1").line("a", 1000, 1, 0, 0)).await;
    let key = shop.mailed_key(&id, "Other").await;
    for network in 0..12 {
        let wrong = shop.confirm_cancel(&id, WRONG_KEY);
        let address = format!("198.51.100.{network}");
        is_not_confirmed(&wrong.header("X-Forwarded-For", &address).send().await);
    }
    shop.confirm_cancel(&id, &key).send().await.works();
    shop.run_jobs().await;
});

fn is_rate_limited(answer: &Answer) {
    answer.fails(
        "graphql-rate-limit",
        "Too many requests. Try again in 3600 seconds.",
    );
}

/// Orders of guests, each with its key.
async fn orders_with_keys(shop: &TestShop, count: usize) -> Vec<(String, String)> {
    shop.enable_cancellation().await;
    let orders: Vec<_> = (1..=count)
        .map(|it| order(&it.to_string()).line("a", 1000, 1, 0, 0).json())
        .collect();
    let mut kept = Vec::new();
    for id in shop.import(&orders).await {
        let key = shop.mailed_key(&id, "Other").await;
        kept.push((id, key));
    }
    kept
}

on_every_database!(
    wrong_keys_are_limited_per_network_address_for_all_orders,
    |shop| async move {
        let orders = orders_with_keys(&shop, 4).await;
        let from = |address: &'static str, id: &str, key: &str| {
            let ask = shop.confirm_cancel(id, key);
            ask.header("X-Forwarded-For", address).send()
        };
        for (id, _) in &orders[..3] {
            for _ in 0..3 {
                is_not_confirmed(&from("2001:db8::7", id, WRONG_KEY).await);
            }
        }
        // Right keys do not count.
        let (id, key) = &orders[0];
        from("2001:db8::8", id, key).await.works();
        let (id, key) = &orders[1];
        is_not_confirmed(&from("2001:db8::9", id, WRONG_KEY).await);
        is_rate_limited(&from("2001:db8::7", id, WRONG_KEY).await);
        is_not_confirmed(&from("2001:db8:0:1::7", id, WRONG_KEY).await);
        from("2001:db8::7", id, key).await.works();
        shop.wait(TimeDelta::hours(1));
        is_not_confirmed(&from("2001:db8::7", &orders[2].0, WRONG_KEY).await);
        shop.run_jobs().await;
    }
);

on_every_database!(three_keys_are_mailed_for_an_order_in_an_hour, |shop| async move {
    let [(first, _), (second, _)] = orders_with_keys(&shop, 2).await.try_into().expect("two orders");
    let (first, second) = (shop.order_token(&first).await, shop.order_token(&second).await);
    for _ in 0..2 {
        shop.request_guest_cancel(&first, "Other").send().await.works();
    }
    for server in [&shop, &shop.replica().await] {
        let refused = server.request_guest_cancel(&first, "Other").send().await;
        is_rate_limited(&refused);
        assert_eq!(refused.body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    }
    shop.request_guest_cancel(&second, "Other").send().await.works();
    assert_eq!(shop.run_jobs().await.len(), 3, "no mail for what was refused");
    shop.wait(TimeDelta::hours(1));
    shop.request_guest_cancel(&first, "Other").send().await.works();
    shop.run_jobs().await;
});
