//! Each entry of what needs a person names what the caller may do, and the mutations decide by the same rules.

use chrono::TimeDelta;
use countermand_app::Staff;
use countermand_domain::StaffRole;
use countermand_tests::payment_server::KEY;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::{attention, cancel, connected, paid, work};

/// The actions that are mutations of an obligation, with their mutations.
const MUTATIONS: [(&str, &str); 4] = [
    ("RETRY", "retryObligation"),
    ("RETRY_JOB", "retryJob"),
    ("SETTLE", "settleObligation"),
    ("ABANDON", "abandonObligation"),
];

/// The list of what needs a person, as the bearer of `token` sees it.
async fn listed(shop: &TestShop, token: &str) -> Vec<Value> {
    let query = "{ needsAttention { items {
      id kind reasons actions payment_provider tender { kind } provider_states { state }
    } } }";
    let answer = shop.ask(query).token(token).send().await;
    let items = answer.data("/needsAttention/items").as_array().cloned();
    items.unwrap_or_default()
}

fn each(items: &[Value], field: &str) -> Vec<Value> {
    items.iter().map(|item| item[field].clone()).collect()
}

fn offers(item: &Value, action: &str) -> bool {
    let actions = item["actions"].as_array().expect("actions");
    actions.contains(&json!(action))
}

/// The input of a mutation of `item`.
fn input(item: &Value, mutation: &str) -> Value {
    if mutation.starts_with("retry") {
        json!({ "id": item["id"] })
    } else {
        json!({ "id": item["id"], "note": "It is done." })
    }
}

/// A refund that the provider works on, one that failed, one that staff pays out, and an account whose key is refused.
async fn four_entries(shop: &TestShop) -> bool {
    let Some(provider) = connected(shop).await else {
        return false;
    };
    for (number, fault) in [("1", "pending"), ("2", "fail")] {
        let id = paid(shop, number).await;
        provider.paid(&format!("tx-{number}"), 1500).await;
        cancel(shop, &id).await;
        provider.goes_wrong(&[fault]).await;
        work(shop).await;
    }
    let by_hand = OrderJson::new("3").line("A", 1000, 1, 1, 0);
    let id = shop.import(&[by_hand.json()]).await.remove(0);
    cancel(shop, &id).await;
    shop.wait(TimeDelta::days(3));
    let wrong_key = json!({ "name": "main", "secret": "an-old-key" });
    shop.owner_does("changePaymentProvider", wrong_key, "").await;
    let id = paid(shop, "4").await;
    provider.paid("tx-4", 1500).await;
    cancel(shop, &id).await;
    work(shop).await;
    true
}

on_every_database!(
    each_entry_offers_what_the_mutations_accept_from_the_role,
    |shop| async move {
        if !four_entries(&shop).await {
            return;
        }
        let items = listed(&shop, shop.owner()).await;
        let expected = [
            json!(["REFUND_DELAYED"]),
            json!(["REFUND_FAILED"]),
            json!(["REFUND_BY_HAND"]),
            json!(["PAYMENT_ACCOUNT_REFUSED"]),
        ];
        assert_eq!(each(&items, "reasons"), expected);
        let kinds = ["REFUND", "REFUND", "REFUND", "PAYMENT_PROBLEM"].map(|kind| json!(kind));
        assert_eq!(each(&items, "kind"), kinds);
        let accounts = [json!("main"), json!("main"), Value::Null, json!("main")];
        assert_eq!(each(&items, "payment_provider"), accounts);
        let states = json!([{ "state": "REQUESTED" }, { "state": "FAILED" }]);
        assert_eq!(items[1]["provider_states"], states);
        assert!(items[2]["tender"]["kind"].is_string() && items[3]["tender"].is_null());

        let of_money = json!(["RETRY", "SETTLE", "ABANDON"]);
        let expected = [
            json!(["RETRY"]),
            of_money.clone(),
            of_money.clone(),
            json!(["SETTLE", "RESUME_ACCOUNT"]),
        ];
        assert_eq!(each(&items, "actions"), expected);
        let (retry, settle, none) = (json!(["RETRY"]), json!(["SETTLE"]), json!([]));
        // To abandon a refund, a manager needs the permission to withhold refunds.
        let kept = json!(["RETRY", "SETTLE"]);
        for (role, may_withhold_refunds, expected) in [
            (StaffRole::Manager, true, [&retry, &of_money, &of_money, &settle]),
            (StaffRole::Manager, false, [&retry, &kept, &kept, &settle]),
            (StaffRole::Support, true, [&retry, &retry, &retry, &none]),
            (StaffRole::Viewer, false, [&none, &none, &none, &none]),
        ] {
            let token = shop.token_of(Staff {
                may_withhold_refunds,
                ..Staff::new(role.code(), role)
            });
            let token = token.await;
            let seen = each(&listed(&shop, &token).await, "actions");
            assert_eq!(seen.iter().collect::<Vec<_>>(), expected, "{role:?}");
        }

        // What is not offered is refused.
        for item in &items {
            let refused = MUTATIONS.iter().filter(|(action, _)| !offers(item, action));
            for (_, mutation) in refused {
                let (code, field) = shop.refused(mutation, input(item, mutation)).await;
                assert_eq!(field, "id", "{mutation} {item}: {code}");
            }
        }
        // What is offered is carried out, until the entry has ended.
        let ends = [None, Some("ABANDON"), Some("SETTLE"), None];
        for (item, end) in items.iter().zip(ends) {
            let accepted = MUTATIONS.iter().filter(|(action, _)| {
                let is_tried = *action == "RETRY" || end == Some(*action);
                is_tried && offers(item, action)
            });
            for (_, mutation) in accepted {
                let done = shop.owner_does(mutation, input(item, mutation), "").await;
                assert_eq!(done["user_errors"], json!([]), "{mutation} {item}");
                assert_eq!(&shop.audit_log(1).await[0]["action"], mutation);
            }
        }
        let resumed = json!({ "name": items[3]["payment_provider"], "secret": KEY, "is_paused": false });
        let done = shop.owner_does("changePaymentProvider", resumed, "").await;
        assert_eq!(done["user_errors"], json!([]));
        let left = attention(&shop).await;
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(left[0].0, json!(["REFUND_DELAYED"]));
    }
);
