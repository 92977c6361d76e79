//! Settings: inherited from default to website to store view, saved, reset, and in force at once.

mod policy;
mod refused_values;

use countermand_domain::StaffRole;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const CONFIG: &str = "config {
  scope code
  enabled { value source { scope code built_in } }
  reasons { value { code description translations { store_code description } } source { scope code built_in } }
  guest_key_lifetime_hours { value source { scope code built_in } }
  reorder_allowed { value source { scope code built_in } }
  cancellation_mail_enabled { value source { scope code built_in } }
  storefront_url { value source { scope code built_in } }
  guest_order_path { value source { scope code built_in } }
  merchant_notice_email { value source { scope code built_in } }
}";

/// Saves settings, and gives the settings of the scope afterwards.
async fn set(shop: &TestShop, input: Value) -> Value {
    let payload = shop.owner_does("updateCancellationConfig", input, CONFIG).await;
    assert_eq!(payload["user_errors"], json!([]));
    payload["config"].clone()
}

async fn reset(shop: &TestShop, input: Value) -> Value {
    let payload = shop.owner_does("resetCancellationConfig", input, CONFIG).await;
    assert_eq!(payload["user_errors"], json!([]));
    payload["config"].clone()
}

/// The settings of a scope.
async fn config(shop: &TestShop, scope: &str, code: Option<&str>) -> Value {
    let query = format!(
        "query($scope: ConfigScope!, $code: String) {{ cancellationConfig(scope: $scope, code: $code) {}",
        &CONFIG["config ".len()..]
    );
    let variables = json!({ "scope": scope, "code": code });
    let answer = shop
        .ask(&format!("{query} }}"))
        .variables(variables)
        .token(shop.owner())
        .send()
        .await;
    answer.data("/cancellationConfig").clone()
}

fn built_in() -> Value {
    json!({ "scope": null, "code": null, "built_in": true })
}

fn from(scope: &str, code: Option<&str>) -> Value {
    json!({ "scope": scope, "code": code, "built_in": false })
}

on_every_database!(a_new_shop_has_the_built_in_settings, |shop| async move {
    let config = config(&shop, "STORE", Some("default")).await;
    let value = |field: &str| config[field]["value"].clone();
    assert_eq!(
        [
            value("enabled"),
            value("reorder_allowed"),
            value("cancellation_mail_enabled")
        ],
        [false, true, true]
    );
    assert_eq!(value("guest_key_lifetime_hours"), 24);
    let descriptions: Vec<_> = config["reasons"]["value"]
        .as_array()
        .expect("reasons")
        .iter()
        .map(|it| &it["description"])
        .collect();
    let five = [
        "The item(s) are no longer needed",
        "The order was placed by mistake",
        "Item(s) not arriving within the expected timeframe",
        "Found a better price elsewhere",
        "Other",
    ];
    assert_eq!(descriptions[..4], five[..4]);
    assert_eq!(descriptions.last(), Some(&&json!(five[4])));
    assert_eq!(descriptions.len(), 17, "twelve more are for staff and channels");
    for field in [
        "enabled",
        "reasons",
        "guest_key_lifetime_hours",
        "reorder_allowed",
        "cancellation_mail_enabled",
        "storefront_url",
        "guest_order_path",
        "merchant_notice_email",
    ] {
        assert_eq!(config[field]["source"], built_in(), "{field}");
    }
});

on_every_database!(
    the_page_for_guests_and_the_address_for_notices_can_be_set,
    |shop| async move {
        let here = async || config(&shop, "STORE", Some("default")).await;
        let value = |config: &Value| {
            [
                config["guest_order_path"]["value"].clone(),
                config["merchant_notice_email"]["value"].clone(),
            ]
        };
        assert_eq!(value(&here().await), [json!("sales/guest/view"), Value::Null]);
        let wide = json!({ "scope": "DEFAULT", "guest_order_path": "orders?as=guest", "merchant_notice_email": "a@b.example" });
        assert_eq!(
            value(&set(&shop, wide).await),
            [json!("orders?as=guest"), json!("a@b.example")]
        );
        let none = json!({ "scope": "STORE", "code": "default", "merchant_notice_email": "" });
        assert_eq!(
            value(&set(&shop, none).await),
            [json!("orders?as=guest"), Value::Null]
        );
        let back = json!({ "scope": "STORE", "code": "default", "settings": ["MERCHANT_NOTICE_EMAIL", "GUEST_ORDER_PATH"] });
        assert_eq!(
            value(&reset(&shop, back).await),
            [json!("orders?as=guest"), json!("a@b.example")]
        );
        assert_eq!(
            here().await["merchant_notice_email"]["source"],
            from("DEFAULT", None)
        );
    }
);

on_every_database!(the_setting_of_the_nearest_scope_holds, |shop| async move {
    shop.create_store("nl", "base", "main").await;
    shop.create_website("other").await;
    shop.create_store("elsewhere", "other", "elsewhere").await;
    let everywhere = set(
        &shop,
        json!({ "scope": "DEFAULT", "enabled": true, "guest_key_lifetime_hours": 12 }),
    )
    .await;
    assert_eq!(
        [&everywhere["scope"], &everywhere["code"]],
        [&json!("DEFAULT"), &Value::Null]
    );
    set(
        &shop,
        json!({ "scope": "WEBSITE", "code": "base", "guest_key_lifetime_hours": 6 }),
    )
    .await;
    let nl = set(&shop, json!({ "scope": "STORE", "code": "nl", "enabled": false })).await;
    assert_eq!(
        nl["enabled"],
        json!({ "value": false, "source": from("STORE", Some("nl")) })
    );
    assert_eq!(
        nl["guest_key_lifetime_hours"],
        json!({ "value": 6, "source": from("WEBSITE", Some("base")) })
    );
    assert_eq!(
        nl["reorder_allowed"],
        json!({ "value": true, "source": built_in() })
    );

    let default = config(&shop, "STORE", Some("default")).await;
    assert_eq!(
        default["enabled"],
        json!({ "value": true, "source": from("DEFAULT", None) })
    );
    let elsewhere = config(&shop, "STORE", Some("elsewhere")).await;
    assert_eq!(
        elsewhere["guest_key_lifetime_hours"],
        json!({ "value": 12, "source": from("DEFAULT", None) })
    );

    let nl = reset(
        &shop,
        json!({ "scope": "STORE", "code": "nl", "settings": ["ENABLED"] }),
    )
    .await;
    assert_eq!(
        nl["enabled"],
        json!({ "value": true, "source": from("DEFAULT", None) })
    );
    let base = reset(&shop, json!({ "scope": "WEBSITE", "code": "base" })).await;
    assert_eq!(base["guest_key_lifetime_hours"]["value"], 12);
    let everywhere = reset(&shop, json!({ "scope": "DEFAULT" })).await;
    assert_eq!(
        everywhere["enabled"],
        json!({ "value": false, "source": built_in() })
    );
});

on_every_database!(a_list_of_reasons_replaces_the_inherited_list, |shop| async move {
    shop.create_store("nl", "base", "main").await;
    let reasons = json!([
        { "code": "late", "description": "Too late", "translations": [{ "store_code": "nl", "description": "Te laat" }] },
        { "code": "other", "description": "Something else" }
    ]);
    let base = set(
        &shop,
        json!({ "scope": "WEBSITE", "code": "base", "reasons": reasons }),
    )
    .await;
    let expected = json!([
        { "code": "late", "description": "Too late", "translations": [{ "store_code": "nl", "description": "Te laat" }] },
        { "code": "other", "description": "Something else", "translations": [] }
    ]);
    assert_eq!(
        base["reasons"],
        json!({ "value": expected, "source": from("WEBSITE", Some("base")) })
    );
    let shown = async |store: &str| {
        let answer = shop
            .ask("{ cancellationReasons { description } }")
            .store(store)
            .send()
            .await;
        answer.data("/cancellationReasons").clone()
    };
    let texts = |texts: [&str; 2]| json!([{ "description": texts[0] }, { "description": texts[1] }]);
    assert_eq!(shown("default").await, texts(["Too late", "Something else"]));
    assert_eq!(shown("nl").await, texts(["Te laat", "Something else"]));
    assert_eq!(
        config(&shop, "DEFAULT", None).await["reasons"]["value"]
            .as_array()
            .map(Vec::len),
        Some(17),
        "the whole shop keeps the built-in reasons"
    );
});

on_every_database!(
    a_saved_setting_holds_at_once_on_every_replica,
    |shop| async move {
        let replica = shop.replica().await;
        let anna = shop.customer("anna@example.com").await;
        let order = |number: u32| {
            OrderJson::new(&number.to_string())
                .by("anna@example.com")
                .line("A", 1000, 1, 0, 0)
                .json()
        };
        let orders: Vec<Value> = (1..=5).map(order).collect();
        let ids = shop.import(&orders).await;
        for (round, id) in ids.iter().enumerate() {
            let (here, there) = if round % 2 == 0 {
                (&shop, &replica)
            } else {
                (&replica, &shop)
            };
            here.switch("default", true).await;
            here.switch("default", false).await;
            let refused = there.asks_to_cancel(&anna, id).send().await;
            assert_eq!(
                refused.data("/cancelOrder/errorV2/code"),
                "ORDER_CANCELLATION_DISABLED",
                "round {round}"
            );
            here.switch("default", true).await;
            let done = there.asks_to_cancel(&anna, id).send().await;
            assert!(
                done.data("/cancelOrder/errorV2").is_null(),
                "round {round}: {:#}",
                done.body
            );
        }
        shop.leave_jobs();
    }
);

on_every_database!(a_change_of_settings_is_in_the_audit_log, |shop| async move {
    let manager = shop.staff(StaffRole::Manager, None).await;
    let input = json!({ "scope": "STORE", "code": "default", "enabled": true, "guest_key_lifetime_hours": 48,
        "reasons": [{ "code": "a", "description": "A" }, { "code": "b", "description": "B" }] });
    shop.staff_asks("updateCancellationConfig", &input, "")
        .token(&manager)
        .send()
        .await;
    let entry = shop.audit_log(1).await.remove(0);
    assert_eq!(entry["actor"], "staff:manager");
    assert_eq!(entry["action"], "updateCancellationConfig");
    assert_eq!(entry["target"], "store default");
    assert_eq!(entry["origin"], "127.0.0.1");
    let details = entry["details"].as_str().expect("a text");
    let begin = "enabled = true; reasons = a \"A\", b \"B\" (before: no_longer_needed \"The item(s) are no longer needed\", \
         placed_by_mistake \"The order was placed by mistake\", \
         too_slow \"Item(s) not arriving within the expected timeframe\" seller's fault, \
         better_price \"Found a better price elsewhere\", ordered_twice ";
    assert!(details.starts_with(begin), "{details}");
    let end = ", other \"Other\"); guest key lifetime = 48 h";
    assert!(details.ends_with(end), "{details}");
    reset(
        &shop,
        json!({ "scope": "STORE", "code": "default", "settings": ["ENABLED", "REASONS"] }),
    )
    .await;
    let entry = shop.audit_log(1).await.remove(0);
    assert_eq!(
        [&entry["action"], &entry["target"]],
        ["resetCancellationConfig", "store default"]
    );
    assert_eq!(
        entry["details"],
        "reset enabled, reasons (before: a \"A\", b \"B\")"
    );
    assert_eq!(entry["actor"], "staff:owner");
});
