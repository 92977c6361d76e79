//! Websites and store views are created.

use countermand_tests::{OrderJson, on_every_database};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const STORE: &str = "store {
  store_code store_name website_code website_name store_group_code store_group_name locale timezone
  base_currency_code store_sort_order order_cancellation_enabled
}";

fn store(code: &str) -> Value {
    json!({ "code": code, "name": "A store", "website_code": "base", "currency": "EUR" })
}

on_every_database!(a_new_store_view_can_be_used_at_once, |shop| async move {
    let website = json!({ "code": "europe", "name": "Europe" });
    let made = shop.owner_does("createWebsite", website, "website_code").await;
    assert_eq!(made, json!({ "website_code": "europe", "user_errors": [] }));
    assert_eq!(shop.audit_log(1).await[0]["target"], "europe");
    let nl = json!({
        "code": "nl", "name": "Nederland", "website_code": "europe", "group_code": "eu", "group_name": "Euroland",
        "locale": "nl_NL", "timezone": "Europe/Amsterdam", "currency": "EUR", "sort_order": 5
    });
    let made = shop.owner_does("createStore", nl, STORE).await;
    let expected = json!({
        "store_code": "nl", "store_name": "Nederland", "website_code": "europe", "website_name": "Europe",
        "store_group_code": "eu", "store_group_name": "Euroland", "locale": "nl_NL", "timezone": "Europe/Amsterdam",
        "base_currency_code": "EUR", "store_sort_order": 5, "order_cancellation_enabled": false
    });
    assert_eq!(made, json!({ "store": expected, "user_errors": [] }));
    let entry = shop.audit_log(1).await.remove(0);
    assert_eq!([&entry["action"], &entry["target"]], ["createStore", "nl"]);
    let config = shop
        .ask("{ storeConfig { store_code locale } }")
        .store("nl")
        .send()
        .await;
    assert_eq!(
        config.data("/storeConfig"),
        &json!({ "store_code": "nl", "locale": "nl_NL" })
    );

    let here = OrderJson::new("1").line("A", 1000, 1, 0, 0);
    let ids = shop.import(&[here.clone().in_store(2).json(), here.json()]).await;
    let order = shop
        .ask("query($id: ID!) { order(id: $id) { store_code } }")
        .token(shop.owner());
    let there = order.clone().variables(json!({ "id": ids[0] })).send().await;
    assert_eq!(there.data("/order/store_code"), "nl");
    let here = order.variables(json!({ "id": ids[1] })).send().await;
    assert_eq!(
        here.data("/order/store_code"),
        "default",
        "the same number in another store view is another order"
    );
});

on_every_database!(a_store_view_has_defaults_for_most_values, |shop| async move {
    let made = shop.owner_does("createStore", store("second"), STORE).await;
    let expected = json!({
        "store_code": "second", "store_name": "A store", "website_code": "base", "website_name": "Main Website",
        "store_group_code": "main_website_store", "store_group_name": "Main Website Store", "locale": "en_US",
        "timezone": "UTC", "base_currency_code": "EUR", "store_sort_order": 0, "order_cancellation_enabled": false
    });
    assert_eq!(made["store"], expected);
});

on_every_database!(a_website_needs_a_valid_and_unused_code, |shop| async move {
    let long = "a".repeat(33);
    let cases = [
        ("base", "Again", "TAKEN", "code"),
        ("1st", "First", "INVALID", "code"),
        ("a-b", "Dash", "INVALID", "code"),
        ("", "None", "INVALID", "code"),
        (&long, "Long", "INVALID", "code"),
        ("blank", " ", "INVALID", "name"),
        ("lines", "a\nb", "INVALID", "name"),
    ];
    for (code, name, refusal, field) in cases {
        let refused = shop
            .refused("createWebsite", json!({ "code": code, "name": name }))
            .await;
        assert_eq!(
            (refused.0.as_str(), refused.1.as_str()),
            (refusal, field),
            "`{code}`"
        );
    }
});

on_every_database!(a_store_view_needs_valid_values, |shop| async move {
    shop.create_website("europe").await;
    let cases = [
        ("code", "default", "TAKEN"),
        ("code", "a b", "INVALID"),
        ("name", "", "INVALID"),
        ("website_code", "nowhere", "NOT_FOUND"),
        ("locale", "English, please", "INVALID"),
        ("timezone", "", "INVALID"),
        ("group_code", "1", "INVALID"),
    ];
    for (field, value, refusal) in cases {
        let mut input = store("x");
        input[field] = json!(value);
        let refused = shop.refused("createStore", input).await;
        assert_eq!(
            (refused.0.as_str(), refused.1.as_str()),
            (refusal, field),
            "`{value}`"
        );
    }
    let mut foreign = store("x");
    foreign["website_code"] = json!("europe");
    foreign["group_code"] = json!("main_website_store");
    let refused = shop.refused("createStore", foreign).await;
    assert_eq!(
        refused,
        ("TAKEN".into(), "group_code".into()),
        "a group belongs to one website"
    );
});

on_every_database!(
    one_of_two_simultaneous_store_views_with_one_code_is_created,
    |shop| async move {
        let replica = shop.replica().await;
        for round in 0..5 {
            let code = format!("s{round}");
            let (left, right) = tokio::join!(
                shop.owner_does("createStore", store(&code), STORE),
                replica.owner_does("createStore", store(&code), STORE)
            );
            let made = [&left, &right].iter().filter(|it| !it["store"].is_null()).count();
            assert_eq!(made, 1, "{left:#} {right:#}");
            let refused = if left["store"].is_null() { left } else { right };
            assert_eq!(refused["user_errors"][0]["code"], "TAKEN");
        }
        let answer = shop.ask("{ availableStores { store_code } }").send().await;
        assert_eq!(answer.data("/availableStores").as_array().map(Vec::len), Some(6));
    }
);

on_every_database!(
    simultaneous_store_views_and_websites_with_different_codes_are_all_created,
    |shop| async move {
        let replica = shop.replica().await;
        for round in 0..5 {
            let (left, right) = (store(&format!("l{round}")), store(&format!("r{round}")));
            let (left, right) = tokio::join!(
                shop.owner_does("createStore", left, ""),
                replica.owner_does("createStore", right, "")
            );
            assert_eq!(
                [&left["user_errors"], &right["user_errors"]],
                [&json!([]); 2],
                "round {round}"
            );
            let site = |side: &str| json!({ "code": format!("{side}{round}"), "name": "A website" });
            let (left, right) = tokio::join!(
                shop.owner_does("createWebsite", site("l"), ""),
                replica.owner_does("createWebsite", site("r"), "")
            );
            assert_eq!(
                [&left["user_errors"], &right["user_errors"]],
                [&json!([]); 2],
                "round {round}"
            );
        }
    }
);

on_every_database!(
    a_change_of_the_shop_that_always_comes_too_late_says_so,
    |shop| async move {
        for round in 0..20 {
            let mut changes = JoinSet::new();
            for number in 0..40 {
                let input = json!({ "code": "default", "name": format!("Store {round}-{number}") });
                let asked = shop.staff_asks("updateStore", &input, "").token(shop.owner());
                changes.spawn(asked.send());
            }
            let answers = changes.join_all().await;
            let late = answers.iter().filter(|it| it.body.get("errors").is_some());
            let late: Vec<_> = late
                .map(|it| (it.error(), it.body.pointer("/errors/0/extensions/code")))
                .collect();
            let expected = (
                "The shop is changing too fast, try again.",
                Some(&json!("TRY_AGAIN")),
            );
            assert!(late.iter().all(|it| *it == expected), "{late:?}");
            if !late.is_empty() {
                return;
            }
        }
        panic!("no change came too late three times");
    }
);
