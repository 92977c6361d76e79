//! The settings of the policy can be set with the typed operation too.

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

const POLICY: &str = "config {
  mode { value source { built_in } } mode_rules { value } window_minutes { value } after_window { value }
  unshipped_rest { value } shipping_refund { value } fee { value } reason_required { value }
  comment_required { value } request_rules { value } request_deadline_hours { value } request_after_deadline { value }
}";

async fn values(shop: &TestShop, mutation: &str, input: Value) -> Value {
    let payload = shop.owner_does(mutation, input, POLICY).await;
    assert_eq!(payload["user_errors"], json!([]));
    let fields = payload["config"].as_object().expect("settings");
    let values = fields
        .iter()
        .map(|(name, it)| (name.clone(), it["value"].clone()));
    Value::Object(values.collect())
}

on_every_database!(
    each_setting_of_the_policy_is_set_and_taken_back_with_the_typed_operations,
    |shop| async move {
        let policy = json!({
            "mode": "REQUEST",
            "mode_rules": "when total >= 500 then OFF",
            "window_minutes": 30,
            "after_window": "NONE",
            "unshipped_rest": true,
            "shipping_refund": "IN_PROPORTION",
            "fee": "10%",
            "reason_required": "staff",
            "comment_required": "customer, guest",
            "request_rules": "when total <= 20 then APPROVE",
            "request_deadline_hours": 48,
            "request_after_deadline": "DECLINE",
        });
        let mut input = policy.clone();
        input["scope"] = json!("DEFAULT");
        assert_eq!(values(&shop, "updateCancellationConfig", input).await, policy);
        let query = "{ settings(scope: DEFAULT) { key value } }";
        let answer = shop.ask(query).token(shop.owner()).send().await;
        let all = answer.data("/settings").as_array().expect("settings");
        let window = all.iter().find(|it| it["key"] == "sales/cancellation/window");
        assert_eq!(window.map(|it| &it["value"]), Some(&json!("30")));
        let settings = json!([
            "MODE",
            "MODE_RULES",
            "WINDOW",
            "AFTER_WINDOW",
            "UNSHIPPED_REST",
            "SHIPPING_REFUND",
            "FEE",
            "REASON_REQUIRED",
            "COMMENT_REQUIRED",
            "REQUEST_RULES",
            "REQUEST_DEADLINE",
            "REQUEST_AFTER_DEADLINE",
        ]);
        let input = json!({ "scope": "DEFAULT", "settings": settings });
        let built_in = json!({
            "mode": "AUTOMATIC",
            "mode_rules": "",
            "window_minutes": 0,
            "after_window": "REQUEST",
            "unshipped_rest": false,
            "shipping_refund": "ONLY_WHEN_EVERYTHING",
            "fee": "",
            "reason_required": "customer, guest, staff",
            "comment_required": "",
            "request_rules": "",
            "request_deadline_hours": 0,
            "request_after_deadline": "ESCALATE",
        });
        assert_eq!(values(&shop, "resetCancellationConfig", input).await, built_in);
    }
);

on_every_database!(
    the_typed_operation_refuses_what_update_settings_refuses,
    |shop| async move {
        for (field, value) in [
            ("mode", json!("SOMETIMES")),
            ("mode_rules", json!("when total >= 500")),
            ("window_minutes", json!(-1)),
            ("after_window", json!("CANCEL")),
            ("shipping_refund", json!("HALF")),
            ("fee", json!("-1")),
            ("reason_required", json!("robots")),
            ("comment_required", json!("robots")),
            ("request_rules", json!("when total <= 20 then MAYBE")),
            ("request_deadline_hours", json!(-1)),
            ("request_after_deadline", json!("FORGET")),
        ] {
            let mut input = json!({ "scope": "DEFAULT" });
            input[field] = value;
            let refused = shop.refused("updateCancellationConfig", input).await;
            assert_eq!(refused, ("INVALID".into(), field.into()));
        }
    }
);
