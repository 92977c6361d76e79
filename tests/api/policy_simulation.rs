//! Staff tries a policy on the cancellations of the past before the policy holds.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

async fn simulate(shop: &TestShop, token: &str, values: &[(&str, &str)]) -> Value {
    let value =
        |(key, value): &(&str, &str)| json!({ "key": format!("sales/cancellation/{key}"), "value": value });
    let draft = json!({
        "scope": "DEFAULT",
        "values": values.iter().map(value).collect::<Vec<_>>(),
        "from": "2000-01-01 00:00:00",
        "until": "2100-01-01 00:00:00",
    });
    let document = "query($draft: CancellationPolicyDraft!) { simulateCancellationPolicy(draft: $draft) { \
        cancellations cut_off automatic requested refused \
        money { refunded_then { value } refunded { value } fee { value } } } }";
    let asked = shop
        .ask(document)
        .variables(json!({ "draft": draft }))
        .token(token);
    let answer = asked.send().await;
    answer.data("/simulateCancellationPolicy").clone()
}

on_every_database!(
    a_draft_is_tried_on_past_cancellations_and_changes_none,
    |shop| async move {
        shop.enable_cancellation().await;
        let anna = shop.customer(BUYER).await;
        let order = |number: &str, units| {
            OrderJson::new(number)
                .by(BUYER)
                .with("customer_group_id", json!(units))
                .line("tea", 1000, units, units, 0)
        };
        let orders = [order("1", 1), order("2", 4), order("3", 1)].map(|it| it.json());
        let ids = shop.import(&orders).await;
        for id in &ids[..2] {
            shop.cancel_order(id, "Other").token(&anna).send().await.works();
        }
        let by_staff = json!({ "order_id": ids[2], "reason": "Other" });
        shop.worked("cancelOrderAsAdmin", by_staff).await;

        let today = simulate(&shop, shop.owner(), &[]).await;
        let counts = |it: &Value| {
            [&it["automatic"], &it["requested"], &it["refused"]].map(|it| it.as_i64().expect("a count"))
        };
        assert_eq!(counts(&today), [3, 0, 0]);
        assert_eq!(today["money"][0]["refunded"]["value"], 90.0);

        let draft = [("mode_rules", "when total >= 50 then REQUEST"), ("fee", "10%")];
        let simulated = simulate(&shop, shop.owner(), &draft).await;
        assert_eq!(counts(&simulated), [2, 1, 0]);
        let money = &simulated["money"][0];
        let sums =
            [&money["refunded_then"], &money["refunded"], &money["fee"]].map(|it| it["value"].as_f64());
        assert_eq!(sums, [90.0, 82.5, 7.5].map(Some), "staff pays no fee");
        let off = simulate(&shop, shop.owner(), &[("mode", "OFF")]).await;
        assert_eq!(counts(&off), [1, 0, 2]);
        assert_eq!(off["cancellations"], 3);
        let by_group = [(
            "mode_rules",
            "when group is 4 and channel is none then REQUEST; when channel is none and actor is staff then OFF; \
             when channel is market then OFF",
        )];
        assert_eq!(counts(&simulate(&shop, shop.owner(), &by_group).await), [1, 1, 1]);
        let after = simulate(&shop, shop.owner(), &[]).await;
        assert_eq!(after, today, "a draft changes no setting");
        shop.leave_jobs();
    }
);
