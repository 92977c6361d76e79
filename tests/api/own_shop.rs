//! A merchant makes the first store view its own, corrects mistakes, disables store views, and names statuses.

use countermand_domain::StaffRole;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const STORE: &str = "store {
  code name is_active website_code group_code group_name locale timezone currency sort_order storefront_url
}";

async fn update(shop: &TestShop, input: Value) -> Value {
    let payload = shop.owner_does("updateStore", input, STORE).await;
    assert_eq!(payload["user_errors"], json!([]));
    payload["store"].clone()
}

async fn websites(shop: &TestShop, token: &str) -> Value {
    let query = "{ websites { code name stores { code is_active } } }";
    let answer = shop.ask(query).token(token).send().await;
    answer.data("/websites").clone()
}

on_every_database!(
    a_merchant_makes_the_first_store_view_its_own_and_corrects_a_mistake,
    |shop| async move {
        let store = update(
            &shop,
            json!({
                "code": "default", "name": " Bakkerij Jansen ", "group_name": "Bakkerij", "locale": "nl_BE",
                "timezone": "Europe/Amsterdam", "currency": "EUR", "storefront_url": "https://bakkerij.example/"
            }),
        )
        .await;
        let own = json!({
            "code": "default", "name": "Bakkerij Jansen", "is_active": true, "website_code": "base",
            "group_code": "main_website_store", "group_name": "Bakkerij", "locale": "nl_BE",
            "timezone": "Europe/Amsterdam", "currency": "EUR", "sort_order": 0,
            "storefront_url": "https://bakkerij.example/"
        });
        assert_eq!(store, own);
        let corrected = update(&shop, json!({ "code": "default", "locale": "nl_NL" })).await;
        assert_eq!(
            [&corrected["locale"], &corrected["name"]],
            ["nl_NL", "Bakkerij Jansen"]
        );
        let entry = shop.audit_log(1).await.remove(0);
        assert_eq!(
            [&entry["action"], &entry["target"], &entry["details"]],
            ["updateStore", "default", "locale: nl_BE, now nl_NL"]
        );
        let before = shop.audit_log(1).await;
        update(&shop, json!({ "code": "default", "locale": "nl_NL" })).await;
        assert_eq!(shop.audit_log(1).await, before, "nothing was changed");

        let website = json!({ "code": "base", "name": "Jansen" });
        let renamed = shop
            .owner_does("updateWebsite", website, "website { code name stores { code } }")
            .await;
        let expected = json!({ "code": "base", "name": "Jansen", "stores": [{ "code": "default" }] });
        assert_eq!(renamed, json!({ "website": expected, "user_errors": [] }));
        let config = shop
            .ask("{ storeConfig { store_name website_name locale timezone base_currency_code base_url } }")
            .send()
            .await;
        assert_eq!(
            config.data("/storeConfig"),
            &json!({
                "store_name": "Bakkerij Jansen", "website_name": "Jansen", "locale": "nl_NL",
                "timezone": "Europe/Amsterdam", "base_currency_code": "EUR", "base_url": "https://bakkerij.example/"
            })
        );
    }
);

on_every_database!(
    values_that_do_not_exist_are_refused_and_nothing_changes,
    |shop| async move {
        for (field, value) in [
            ("name", ""),
            ("group_name", "a\nb"),
            ("locale", "en"),
            ("locale", "en-US"),
            ("locale", "xx_US"),
            ("timezone", "Amsterdam"),
            ("timezone", "Mars/Olympus_Mons"),
            ("storefront_url", "ftp://shop.example"),
        ] {
            let mut input = json!({ "code": "default", "sort_order": 7 });
            input[field] = json!(value);
            let refused = shop.refused("updateStore", input).await;
            assert_eq!(refused, ("INVALID".into(), field.into()), "`{value}`");
        }
        let refused = shop
            .refused("updateStore", json!({ "code": "nl", "name": "A" }))
            .await;
        assert_eq!(refused, ("NOT_FOUND".into(), "code".into()));
        let refused = shop
            .refused("updateWebsite", json!({ "code": "nl", "name": "A" }))
            .await;
        assert_eq!(refused, ("NOT_FOUND".into(), "code".into()));
        let refused = shop
            .refused("updateWebsite", json!({ "code": "base", "name": " " }))
            .await;
        assert_eq!(refused, ("INVALID".into(), "name".into()));
        for (field, value) in [("locale", "nl_XX"), ("timezone", "CET/Nowhere")] {
            let mut input = json!({ "code": "nl", "name": "A", "website_code": "base", "currency": "EUR" });
            input[field] = json!(value);
            let refused = shop.refused("createStore", input).await;
            assert_eq!(refused, ("INVALID".into(), field.into()), "`{value}`");
        }
        let store = update(&shop, json!({ "code": "default" })).await;
        assert_eq!([&store["locale"], &store["timezone"]], ["en_US", "UTC"]);
        assert_eq!(store["sort_order"], 0);
    }
);

on_every_database!(
    a_disabled_store_view_is_unknown_to_storefronts_and_its_orders_stay_with_staff,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.create_store("nl", "base", "main_website_store").await;
        let order = OrderJson::new("1").line("A", 1000, 1, 0, 0);
        let id = shop.import(&[order.in_store(2).json()]).await.remove(0);
        let disabled = shop
            .owner_does("disableStore", json!({ "code": "nl" }), STORE)
            .await;
        assert_eq!(disabled["store"]["is_active"], false);
        let entry = shop.audit_log(1).await.remove(0);
        assert_eq!([&entry["action"], &entry["target"]], ["disableStore", "nl"]);

        let asked = |store: &str| shop.ask("{ storeConfig { store_code } }").store(store).send();
        for store in ["nl", "no_such_store"] {
            let answer = asked(store).await;
            assert_eq!(answer.error(), "Requested store is not found", "{store}");
            assert_eq!(answer.category(), "graphql-input");
        }
        let stores = shop.ask("{ availableStores { store_code } }").send().await;
        assert_eq!(
            stores.data("/availableStores"),
            &json!([{ "store_code": "default" }])
        );
        let listed = json!([{
            "code": "base", "name": "Main Website",
            "stores": [{ "code": "default", "is_active": true }, { "code": "nl", "is_active": false }]
        }]);
        assert_eq!(websites(&shop, shop.owner()).await, listed);

        let canceled = shop
            .worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
            .await;
        assert_eq!(canceled["state"], "canceled");
        let again = shop
            .owner_does("enableStore", json!({ "code": "nl" }), STORE)
            .await;
        assert_eq!(again["store"]["is_active"], true);
        assert_eq!(asked("nl").await.data("/storeConfig/store_code"), "nl");
        shop.leave_jobs();
    }
);

on_every_database!(
    a_disabled_store_view_called_default_is_answered_by_no_other_one,
    |shop| async move {
        shop.create_store("nl", "base", "main_website_store").await;
        let asked = |store: &str| shop.ask("{ storeConfig { store_code } }").store(store).send();
        let spellings = ["default", "Default", "DEFAULT"];
        for store in spellings {
            assert_eq!(
                asked(store).await.data("/storeConfig/store_code"),
                "default",
                "{store}"
            );
        }
        shop.owner_does("disableStore", json!({ "code": "default" }), STORE)
            .await;
        for store in spellings {
            let answer = asked(store).await;
            assert_eq!(answer.error(), "Requested store is not found", "{store}");
        }
        assert_eq!(asked("nl").await.data("/storeConfig/store_code"), "nl");
        // A request that names no store view gets the first active one.
        let unnamed = shop.ask("{ storeConfig { store_code } }").send().await;
        assert_eq!(unnamed.data("/storeConfig/store_code"), "nl");
        shop.owner_does("enableStore", json!({ "code": "default" }), STORE)
            .await;
        assert_eq!(asked("DEFAULT").await.data("/storeConfig/store_code"), "default");
    }
);

on_every_database!(the_last_active_store_view_stays_active, |shop| async move {
    let refused = shop.refused("disableStore", json!({ "code": "default" })).await;
    assert_eq!(refused, ("INVALID".into(), "code".into()));
    shop.create_store("nl", "base", "main_website_store").await;
    let replica = shop.replica().await;
    let (left, right) = tokio::join!(
        shop.owner_does("disableStore", json!({ "code": "default" }), STORE),
        replica.owner_does("disableStore", json!({ "code": "nl" }), STORE)
    );
    let done = [&left, &right].iter().filter(|it| !it["store"].is_null()).count();
    assert_eq!(done, 1, "{left:#} {right:#}");
    let answer = shop.ask("{ storeConfig { store_code } }").send().await;
    assert!(answer.data("/storeConfig/store_code").is_string());
    let refused = shop.refused("enableStore", json!({ "code": "sv" })).await;
    assert_eq!(refused, ("NOT_FOUND".into(), "code".into()));
});

on_every_database!(
    a_token_for_one_store_view_changes_and_sees_that_store_view_only,
    |shop| async move {
        shop.create_website("europe").await;
        shop.create_store("nl", "europe", "europe").await;
        let dutch = shop.staff(StaffRole::Owner, Some(2)).await;
        let mine = json!({ "code": "nl", "timezone": "Europe/Amsterdam" });
        let done = shop
            .staff_asks("updateStore", &mine, STORE)
            .token(&dutch)
            .send()
            .await;
        assert_eq!(done.data("/updateStore/store/timezone"), "Europe/Amsterdam");
        let other = json!({ "code": "default", "timezone": "Europe/Amsterdam" });
        let refused = shop
            .staff_asks("updateStore", &other, STORE)
            .token(&dutch)
            .send()
            .await;
        assert_eq!(refused.category(), "graphql-authorization");
        let seen = websites(&shop, &dutch).await;
        let own =
            json!([{ "code": "europe", "name": "europe", "stores": [{ "code": "nl", "is_active": true }] }]);
        assert_eq!(seen, own);
    }
);

on_every_database!(
    changes_of_one_store_view_at_the_same_time_are_all_kept,
    |shop| async move {
        let replica = shop.replica().await;
        for round in 0..5 {
            let name = format!("Name {round}");
            let left = json!({ "code": "default", "name": name });
            let right = json!({ "code": "default", "sort_order": round + 1 });
            let (left, right) = tokio::join!(
                shop.owner_does("updateStore", left, STORE),
                replica.owner_does("updateStore", right, STORE)
            );
            assert_eq!([&left["user_errors"], &right["user_errors"]], [&json!([]); 2]);
            let store = update(&shop, json!({ "code": "default" })).await;
            assert_eq!(
                [&store["name"], &store["sort_order"]],
                [&json!(name), &json!(round + 1)]
            );
        }
    }
);

on_every_database!(
    a_status_has_the_label_of_its_store_view_or_of_all_store_views,
    |shop| async move {
        shop.create_store("nl", "base", "main_website_store").await;
        let order = |number: &str| {
            OrderJson::new(number)
                .line("A", 1000, 1, 0, 0)
                .in_state("new", "packing_now")
        };
        let orders = [order("1").json(), order("2").in_store(2).json()];
        let ids = shop.import(&orders).await;
        let status = async |id: &str| shop.order(id).await["order"]["status"].clone();
        assert_eq!(status(&ids[0]).await, "packing_now", "no label is set");
        let set = async |input: Value| {
            let selection = "status_label { status store_code label }";
            shop.owner_does("setStatusLabel", input, selection).await
        };
        let everywhere = json!({ "status": "packing_now", "store_code": null, "label": "Packing now" });
        assert_eq!(set(everywhere.clone()).await["status_label"], everywhere);
        let dutch = json!({ "status": "packing_now", "store_code": "nl", "label": "Wordt ingepakt" });
        assert_eq!(set(dutch.clone()).await["status_label"], dutch);
        assert_eq!(status(&ids[0]).await, "Packing now");
        assert_eq!(status(&ids[1]).await, "Wordt ingepakt");
        let entry = shop.audit_log(1).await.remove(0);
        assert_eq!(
            [&entry["action"], &entry["target"], &entry["details"]],
            [
                "setStatusLabel",
                "packing_now",
                "store nl: none, now Wordt ingepakt"
            ]
        );
        let labels = shop
            .ask("{ statusLabels { status store_code label } }")
            .token(shop.owner())
            .send()
            .await;
        assert_eq!(labels.data("/statusLabels"), &json!([everywhere, dutch]));
        let back = set(json!({ "status": "packing_now", "store_code": "nl", "label": null })).await;
        assert_eq!(back, json!({ "status_label": null, "user_errors": [] }));
        assert_eq!(status(&ids[1]).await, "Packing now");

        let long = "x".repeat(129);
        for (input, refusal) in [
            (json!({ "status": "", "label": "A" }), ("INVALID", "status")),
            (
                json!({ "status": "x".repeat(33), "label": "A" }),
                ("INVALID", "status"),
            ),
            (json!({ "status": "a", "label": "" }), ("INVALID", "label")),
            (json!({ "status": "a", "label": "a\nb" }), ("INVALID", "label")),
            (json!({ "status": "a", "label": long }), ("INVALID", "label")),
            (
                json!({ "status": "a", "store_code": "sv", "label": "A" }),
                ("NOT_FOUND", "store_code"),
            ),
        ] {
            let refused = shop.refused("setStatusLabel", input.clone()).await;
            assert_eq!(refused, (refusal.0.into(), refusal.1.into()), "{input}");
        }
    }
);

on_every_database!(
    an_import_keeps_the_label_of_a_status_unless_the_shop_has_one,
    |shop| async move {
        let order = |number: &str, status: &str, label: Value| {
            OrderJson::new(number)
                .line("A", 1000, 1, 0, 0)
                .in_state("new", status)
                .with("status_label", label)
                .json()
        };
        let own = json!({ "status": "own", "store_code": "default", "label": "Our own" });
        shop.owner_does("setStatusLabel", own, "").await;
        let ids = shop
            .import(&[
                order("1", "packing_now", json!("Packing now")),
                order("2", "own", json!("Theirs")),
                order("3", "pending", json!("Pending")),
                order("4", "odd", json!({ "no": "label" })),
                order("5", "long", json!("x".repeat(129))),
            ])
            .await;
        let mut shown = Vec::new();
        for id in &ids {
            shown.push(shop.order(id).await["order"]["status"].clone());
        }
        assert_eq!(shown, ["Packing now", "Our own", "Pending", "odd", "long"]);
        let log = shop.audit_log(3).await;
        let details: Vec<_> = log.iter().map(|entry| &entry["details"]).collect();
        assert_eq!(details[1], "status packing_now is called Packing now");
        assert_eq!(
            [&log[1]["action"], &log[1]["target"]],
            ["importOrders", "default"]
        );
    }
);

on_every_database!(
    an_order_in_a_currency_that_its_store_view_does_not_sell_in_gets_a_note,
    |shop| async move {
        let order = OrderJson::new("1")
            .line("A", 1000, 1, 0, 0)
            .with("order_currency_code", json!("EUR"))
            .with("base_currency_code", json!("EUR"));
        let input = json!({ "orders": order.json().to_string() });
        let summary = shop
            .owner_does("importOrders", input.clone(), "imported notes")
            .await;
        assert_eq!(summary["imported"], 1);
        assert_eq!(
            summary["notes"],
            json!([
                "order 1: order_currency_code EUR is not USD, in which the store view default sells; \
                 the order keeps its currency"
            ])
        );
        update(&shop, json!({ "code": "default", "currency": "EUR" })).await;
        let other = input["orders"]
            .as_str()
            .expect("a text")
            .replace("\"1\"", "\"2\"");
        let summary = shop
            .owner_does("importOrders", json!({ "orders": other }), "imported notes")
            .await;
        assert_eq!(summary, json!({ "imported": 1, "notes": [], "user_errors": [] }));
    }
);
