//! Any setting is read and changed by its key, with the same checks as the typed operations.

use countermand_domain::{Setting, StaffRole};
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const FIELDS: &str =
    "key description kind accepts value default_value scopes changed_by source { scope code built_in }";

/// The settings at a scope, as the owner reads them.
async fn settings(shop: &TestShop, scope: &str, code: Option<&str>) -> Vec<Value> {
    let query = format!(
        "query($scope: ConfigScope!, $code: String) {{ settings(scope: $scope, code: $code) {{ {FIELDS} }} }}"
    );
    let asked = shop
        .ask(&query)
        .variables(json!({ "scope": scope, "code": code }))
        .token(shop.owner());
    let answer = asked.send().await;
    answer.data("/settings").as_array().cloned().expect("settings")
}

/// One setting of the default store view.
async fn setting(shop: &TestShop, key: &str) -> Value {
    let all = settings(shop, "STORE", Some("default")).await;
    all.into_iter().find(|it| it["key"] == key).expect("a setting")
}

/// Changes settings of the default store view; gives the payload.
async fn change(shop: &TestShop, values: Value) -> Value {
    let input = json!({ "scope": "STORE", "code": "default", "values": values });
    shop.owner_does("updateSettings", input, "settings { key value }")
        .await
}

on_every_database!(every_declared_setting_can_be_read, |shop| async move {
    let read = settings(&shop, "DEFAULT", None).await;
    let keys: Vec<_> = read.iter().filter_map(|it| it["key"].as_str()).collect();
    let declared: Vec<_> = Setting::ALL.iter().map(|it| it.key).collect();
    assert_eq!(keys, declared);
    let lifetime = setting(&shop, "sales/cancellation/guest_key_lifetime").await;
    let expected = json!({
        "key": "sales/cancellation/guest_key_lifetime",
        "description": "How many hours the key in a guest's confirmation mail can be used.",
        "kind": "HOURS",
        "accepts": "1 hour to 8760 hours",
        "value": "24",
        "default_value": "24",
        "scopes": ["DEFAULT", "WEBSITE", "STORE"],
        "changed_by": "manager",
        "source": { "scope": null, "code": null, "built_in": true },
    });
    assert_eq!(lifetime, expected);
});

on_every_database!(
    every_declared_setting_can_be_set_and_taken_back,
    |shop| async move {
        let change = async |values: Value| {
            let input = json!({ "scope": "DEFAULT", "values": values });
            shop.owner_does("updateSettings", input, "settings { key }").await
        };
        let before = settings(&shop, "DEFAULT", None).await;
        let defaults = |it: &Value| json!({ "key": it["key"], "value": it["default_value"] });
        let set = change(before.iter().map(defaults).collect()).await;
        assert_eq!(set["user_errors"], json!([]));
        let here = json!({ "scope": "DEFAULT", "code": null, "built_in": false });
        for it in settings(&shop, "DEFAULT", None).await {
            assert_eq!(it["value"], it["default_value"], "{}", it["key"]);
            assert_eq!(it["source"], here, "{}", it["key"]);
        }
        let cleared = |it: &Value| json!({ "key": it["key"], "value": null });
        let back = change(before.iter().map(cleared).collect()).await;
        assert_eq!(back["user_errors"], json!([]));
        assert_eq!(settings(&shop, "DEFAULT", None).await, before);
    }
);

on_every_database!(both_ways_of_changing_a_setting_agree, |shop| async move {
    shop.create_store("nl", "base", "main").await;
    let reasons = r#"[{"code":"late","description":"Too late","translations":[{"description":"Te laat","store_code":"nl"}]}]"#;
    let changed = change(
        &shop,
        json!([
            { "key": "sales/cancellation/enabled", "value": "true" },
            { "key": "sales/cancellation/guest_key_lifetime", "value": "48" },
            { "key": "sales/cancellation/reasons", "value": reasons },
        ]),
    )
    .await;
    assert_eq!(changed["user_errors"], json!([]));
    let query = r#"{ cancellationConfig(scope: STORE, code: "default") {
      enabled { value } guest_key_lifetime_hours { value }
      reasons { value { code description translations { store_code description } } }
    } }"#;
    let typed = shop.ask(query).token(shop.owner()).send().await;
    let expected = json!({
        "enabled": { "value": true },
        "guest_key_lifetime_hours": { "value": 48 },
        "reasons": { "value": [{
            "code": "late",
            "description": "Too late",
            "translations": [{ "store_code": "nl", "description": "Te laat" }],
        }] },
    });
    assert_eq!(typed.data("/cancellationConfig"), &expected);
    assert_eq!(
        setting(&shop, "sales/cancellation/reasons").await["value"],
        reasons
    );
    let entry = shop.audit_log(1).await.remove(0);
    assert_eq!(entry["action"], "updateSettings");
    assert_eq!(entry["target"], "store default");
    let details = entry["details"].as_str().expect("a text");
    let begin = "enabled = true; reasons = late \"Too late\" (nl \"Te laat\") (before: no_longer_needed \"The item(s) are no \
         longer needed\", placed_by_mistake \"The order was placed by mistake\", too_slow \"Item(s) not arriving within \
         the expected timeframe\" seller's fault, better_price \"Found a better price elsewhere\", ordered_twice ";
    assert!(details.starts_with(begin), "{details}");
    let end = ", other \"Other\"); guest key lifetime = 48 h";
    assert!(details.ends_with(end), "{details}");
});

on_every_database!(
    staff_name_the_payment_methods_of_orders_that_do_not_name_theirs,
    |shop| async move {
        let order = |number: &str, title: &str| {
            let mut order = OrderJson::new(number)
                .line("A", 1000, 1, 0, 0)
                .paid_with("stripe")
                .json();
            order["payment"]["additional_information"] = json!({ "method_title": title });
            order
        };
        let ids = shop.import(&[order("1", ""), order("2", "Credit Card")]).await;
        let name = async |id: &str| {
            let query = "query($token: String!) { guestOrderByToken(input: { token: $token }) {
                payment_methods { name type } } }";
            let token = shop.order_token(id).await;
            let answer = shop.ask(query).variables(json!({ "token": token })).send().await;
            let methods = answer.data("/guestOrderByToken/payment_methods").clone();
            assert_eq!(methods[0]["type"], "stripe");
            methods[0]["name"].clone()
        };
        assert_eq!(name(&ids[0]).await, "stripe");
        let names = json!([{ "key": "payment/method_names", "value": "mollie = iDEAL; stripe = Card" }]);
        assert_eq!(change(&shop, names).await["user_errors"], json!([]));
        assert_eq!(name(&ids[0]).await, "Card");
        assert_eq!(name(&ids[1]).await, "Credit Card");
        let broken = change(&shop, json!([{ "key": "payment/method_names", "value": "Card" }])).await;
        assert_eq!(broken["user_errors"][0]["code"], "INVALID");
    }
);

on_every_database!(
    a_refused_value_leaves_all_settings_as_they_were,
    |shop| async move {
        let before = (
            settings(&shop, "STORE", Some("default")).await,
            shop.audit_log(1).await,
        );
        let on = json!({ "key": "sales/cancellation/enabled", "value": "true" });
        for (key, value, code, field) in [
            (
                "sales/cancellation/guest_key_lifetime",
                "8761",
                "INVALID",
                "sales/cancellation/guest_key_lifetime",
            ),
            (
                "sales/cancellation/guest_key_lifetime",
                "a day",
                "INVALID",
                "sales/cancellation/guest_key_lifetime",
            ),
            ("sales/reorder/allow", "1", "INVALID", "sales/reorder/allow"),
            (
                "sales/cancellation/reasons",
                "[]",
                "INVALID",
                "sales/cancellation/reasons",
            ),
            (
                "web/secure/base_link_url",
                "ftp://shop.example",
                "INVALID",
                "web/secure/base_link_url",
            ),
            ("sales/cancellation/later", "true", "NOT_FOUND", "values"),
            (
                "sales/cancellation/enabled",
                "false",
                "INVALID",
                "sales/cancellation/enabled",
            ),
        ] {
            let payload = change(&shop, json!([on, { "key": key, "value": value }])).await;
            assert!(payload["settings"].is_null(), "{key} = {value}");
            let refusal = &payload["user_errors"][0];
            assert_eq!(
                [&refusal["code"], &refusal["field"]],
                [code, field],
                "{key} = {value}"
            );
        }
        let after = (
            settings(&shop, "STORE", Some("default")).await,
            shop.audit_log(1).await,
        );
        assert_eq!(after, before);
    }
);

on_every_database!(settings_are_changed_by_managers_only, |shop| async move {
    let support = shop.staff(StaffRole::Support, None).await;
    let input = json!({ "scope": "DEFAULT", "values": [] });
    let answer = shop
        .staff_asks("updateSettings", &input, "")
        .token(&support)
        .send()
        .await;
    assert_eq!(answer.category(), "graphql-authorization");
});
