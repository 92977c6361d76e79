//! Invalid values of settings are refused with a reason, and no setting changes.

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::{CONFIG, config};

/// Sends a change that must be refused, and gives code, field and message. No setting may change.
async fn refusal(shop: &TestShop, mut input: Value) -> [String; 3] {
    if input.get("scope").is_none() {
        input["scope"] = json!("DEFAULT");
    }
    let state = async || (config(shop, "DEFAULT", None).await, shop.audit_log(1).await);
    let before = state().await;
    let payload = shop
        .owner_does("updateCancellationConfig", input.clone(), CONFIG)
        .await;
    assert!(payload["config"].is_null(), "{input}");
    assert_eq!(state().await, before, "{input}");
    ["code", "field", "message"].map(|it| {
        payload["user_errors"][0][it]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    })
}

/// Checks that `input` is refused as `INVALID` in `field`, with `part` in the message.
async fn assert_invalid(shop: &TestShop, input: Value, field: &str, part: &str) {
    let [code, about, message] = refusal(shop, input.clone()).await;
    assert_eq!([code.as_str(), about.as_str()], ["INVALID", field], "{input}");
    assert!(message.contains(part), "{input}: {message}");
}

fn reason(code: &str, description: &str) -> Value {
    json!({ "code": code, "description": description })
}

/// Translations with two texts for one store view, as part of a list of reasons.
fn translated_twice(store: &str) -> Value {
    let text = |text: &str| json!({ "store_code": store, "description": text });
    json!([{ "code": "a", "description": "A", "translations": [text("X"), text("Y")] }])
}

on_every_database!(
    an_empty_or_ambiguous_list_of_reasons_is_refused,
    |shop| async move {
        let many: Vec<_> = (0..101)
            .map(|it| reason(&format!("r{it}"), &format!("R {it}")))
            .collect();
        let long = "x".repeat(256);
        let cases = [
            (json!([]), "At least one reason value is required"),
            (json!(many), "at most 100 reasons"),
            (json!([reason("a", "A"), reason("a", "B")]), "`a` is there twice"),
            (json!([reason("a", "A"), reason("b", "a")]), "`b` is there twice"),
            (json!([reason("A b", "A")]), "`A b` is not a reason code"),
            (json!([reason("", "A")]), "`` is not a reason code"),
            (json!([reason("a", " A")]), "without space around it"),
            (json!([reason("a", "")]), "1 to 255 characters"),
            (json!([reason("a", &long)]), "1 to 255 characters"),
            (translated_twice("default"), "two texts for store view `default`"),
        ];
        for (reasons, part) in cases {
            assert_invalid(&shop, json!({ "reasons": reasons }), "reasons", part).await;
        }
    }
);

on_every_database!(
    lifetimes_and_addresses_out_of_range_are_refused,
    |shop| async move {
        for hours in [i32::MIN, -1, 0, 8761, i32::MAX] {
            let input = json!({ "guest_key_lifetime_hours": hours });
            assert_invalid(&shop, input, "guest_key_lifetime_hours", "1 hour to 8760 hours").await;
        }
        let long = format!("https://{}", "x".repeat(250));
        for url in [
            "",
            "ftp://shop.example",
            "https://",
            "https:///x",
            "https://a/?b",
            "https://a b",
            &long,
        ] {
            let input = json!({ "storefront_url": url });
            assert_invalid(&shop, input, "storefront_url", "http:// or https:// address").await;
        }
        for path in [
            "",
            "/",
            "//evil.example/x",
            "https://evil.example",
            "a/../b",
            "a b",
            "a#b",
            "a\\b",
            &long,
        ] {
            let input = json!({ "guest_order_path": path });
            assert_invalid(&shop, input, "guest_order_path", "below the storefront's address").await;
        }
        for email in [
            "shop",
            "@shop.example",
            "shop@",
            " a@b.example",
            "a@b.example, c@d.example",
            "a@b.example\r\nBcc: x@y",
        ] {
            let input = json!({ "merchant_notice_email": email });
            assert_invalid(&shop, input, "merchant_notice_email", "must be an e-mail address").await;
        }
    }
);

on_every_database!(an_unknown_scope_is_refused, |shop| async move {
    let website = json!({ "scope": "WEBSITE", "enabled": true });
    let default = json!({ "scope": "DEFAULT", "code": "base", "enabled": true });
    assert_invalid(&shop, website, "code", "needs the code").await;
    assert_invalid(&shop, default, "code", "has no code").await;
    let unknown = [
        (
            json!({ "scope": "STORE", "code": "nowhere", "enabled": true }),
            "code",
        ),
        (
            json!({ "scope": "WEBSITE", "code": "default", "enabled": true }),
            "code",
        ),
        (json!({ "reasons": translated_twice("nowhere") }), "reasons"),
    ];
    for (input, field) in unknown {
        let [code, about, _] = refusal(&shop, input.clone()).await;
        assert_eq!([code.as_str(), about.as_str()], ["NOT_FOUND", field], "{input}");
    }
    let query = "{ cancellationConfig(scope: STORE, code: \"nowhere\") { scope } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    assert_eq!(answer.category(), "graphql-no-such-entity");
});
