//! Cancellation is switched off at one node, and at once the others are asked to cancel.

use countermand_tests::refusal::Refusal;
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::time_limit::until;
use countermand_tests::{Ask, OrderJson};
use serde_json::{Value, json};

use super::cluster::{BUYER, Cluster};

const SWITCH: &str = "mutation($enabled: Boolean!) {
  updateCancellationConfig(input: { scope: DEFAULT, enabled: $enabled }) { user_errors { code } }
}";

/// Switches on and off `times` times; what the others answered to each cancellation that they did not refuse for that.
pub(super) async fn cancellations_after_off(cluster: &Cluster, times: usize) -> Vec<Value> {
    let order = |number: &str| OrderJson::new(number).by(BUYER).line("A", 1000, 1, 1, 0).json();
    let ids = cluster.shop.import(&[order("1"), order("2")]).await;
    cluster.wait_for_each_other().await;
    let [first, second, third] = &cluster.servers[..] else {
        panic!("a cluster of three nodes")
    };
    let cancel = |ask: Ask, id: &str| {
        let ask = ask.variables(json!({ "id": id, "reason": "Other" }));
        ask.token(&cluster.customer)
    };
    let mut passed = Vec::new();
    for _ in 0..times {
        switch(cluster, first.ask(SWITCH), true).await;
        for other in [second, third] {
            sees_it_on(&|| other.ask("{ storeConfig { order_cancellation_enabled } }")).await;
        }
        switch(cluster, first.ask(SWITCH), false).await;
        let (one, other) = tokio::join!(
            cancel(second.ask(CANCEL_ORDER), &ids[0]).send(),
            cancel(third.ask(CANCEL_ORDER), &ids[1]).send()
        );
        for answer in [one, other] {
            let refusal = answer.body.pointer("/data/cancelOrder/errorV2/code");
            if refusal != Some(&json!(Refusal::DISABLED.code)) {
                passed.push(answer.body);
            }
        }
    }
    passed
}

async fn switch(cluster: &Cluster, ask: Ask, enabled: bool) {
    let ask = ask.variables(json!({ "enabled": enabled }));
    let answer = ask.token(cluster.shop.owner()).send().await;
    assert_eq!(answer.data("/updateCancellationConfig/user_errors"), &json!([]));
}

/// A server that never saw it on refuses for the wrong reason.
async fn sees_it_on(ask: &impl Fn() -> Ask) {
    until("each node sees that cancellation is switched on", async || {
        let answer = ask().send().await;
        answer.data("/storeConfig/order_cancellation_enabled") == &json!(true)
    })
    .await;
}
