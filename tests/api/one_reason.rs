//! One reason is added, changed, moved or removed, and all others stay.

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

const REASONS: &str = "config { reasons { value { code description translations { store_code description } } source { scope code } } }";

/// Edits a reason of store view `default`, and gives the reasons afterwards.
async fn edit(shop: &TestShop, mutation: &str, mut input: Value) -> Value {
    input["scope"] = json!("STORE");
    input["code"] = json!("default");
    let payload = shop.owner_does(mutation, input, REASONS).await;
    assert_eq!(payload["user_errors"], json!([]), "{mutation}");
    payload["config"]["reasons"].clone()
}

fn codes(reasons: &Value) -> Vec<&str> {
    let list = reasons["value"].as_array().expect("reasons");
    list.iter()
        .map(|it| it["code"].as_str().expect("a code"))
        .collect()
}

/// The reason with the code `code`.
fn reason<'a>(reasons: &'a Value, code: &str) -> &'a Value {
    let mut list = reasons["value"].as_array().expect("reasons").iter();
    list.find(|it| it["code"] == code).expect("the reason")
}

async fn newest(shop: &TestShop) -> [Value; 3] {
    let entry = shop.audit_log(1).await.remove(0);
    ["action", "target", "details"].map(|field| entry[field].clone())
}

on_every_database!(
    a_reason_is_added_changed_moved_and_removed_without_the_others,
    |shop| async move {
        shop.create_store("nl", "base", "main_website_store").await;
        let late = json!({ "code": "late", "description": "Too late" });
        let added = edit(
            &shop,
            "addCancellationReason",
            json!({ "reason": late, "before": "other" }),
        )
        .await;
        let before = codes(&added);
        assert_eq!(before.len(), 18);
        assert_eq!(before[..2], ["no_longer_needed", "placed_by_mistake"]);
        assert_eq!(before[15..], ["staff_error", "late", "other"]);
        assert_eq!(added["source"], json!({ "scope": "STORE", "code": "default" }));
        let added = "added late \"Too late\", before other; the other reasons are the built-in ones";
        assert_eq!(
            newest(&shop).await,
            ["addCancellationReason", "store default", added]
        );

        let dutch = json!([{ "store_code": "nl", "description": "Te laat" }]);
        let input = json!({ "reason_code": "late", "translations": dutch });
        let changed = edit(&shop, "updateCancellationReason", input).await;
        let expected = json!({ "code": "late", "description": "Too late", "translations": dutch });
        assert_eq!(reason(&changed, "late"), &expected);
        let input = json!({ "reason_code": "late", "description": "Much too late" });
        let changed = edit(&shop, "updateCancellationReason", input).await;
        let expected = json!({ "code": "late", "description": "Much too late", "translations": dutch });
        assert_eq!(reason(&changed, "late"), &expected);
        let details = "late \"Too late\" (nl \"Te laat\"), now late \"Much too late\" (nl \"Te laat\")";
        assert_eq!(
            newest(&shop).await,
            ["updateCancellationReason", "store default", details]
        );

        let input = json!({ "reason_code": "late", "before": "no_longer_needed" });
        let moved = edit(&shop, "moveCancellationReason", input.clone()).await;
        assert_eq!(codes(&moved)[..2], ["late", "no_longer_needed"]);
        let details = "late \"Much too late\" (nl \"Te laat\") was before other, now before no_longer_needed";
        assert_eq!(
            newest(&shop).await,
            ["moveCancellationReason", "store default", details]
        );
        let logged = shop.audit_log(1).await;
        edit(&shop, "moveCancellationReason", input).await;
        assert_eq!(shop.audit_log(1).await, logged, "nothing was changed");

        let removed = edit(
            &shop,
            "removeCancellationReason",
            json!({ "reason_code": "late" }),
        )
        .await;
        let others: Vec<_> = before.iter().filter(|it| **it != "late").copied().collect();
        assert_eq!(codes(&removed), others);
        let details = "removed late \"Much too late\" (nl \"Te laat\")";
        assert_eq!(
            newest(&shop).await,
            ["removeCancellationReason", "store default", details]
        );
        let elsewhere = shop
            .ask("{ storeConfig { order_cancellation_reasons { code } } }")
            .store("nl")
            .send()
            .await;
        let list = elsewhere
            .data("/storeConfig/order_cancellation_reasons")
            .as_array();
        assert_eq!(list.map(Vec::len), Some(5), "another store view keeps its list");
    }
);

on_every_database!(an_edit_that_cannot_be_is_refused, |shop| async move {
    let reason = |code: &str, description: &str| json!({ "code": code, "description": description });
    let cases = [
        (
            "add",
            json!({ "reason": reason("other", "New") }),
            "TAKEN",
            "reason",
        ),
        (
            "add",
            json!({ "reason": reason("new", "oTHER") }),
            "TAKEN",
            "reason",
        ),
        (
            "add",
            json!({ "reason": reason("A b", "New") }),
            "INVALID",
            "reason",
        ),
        (
            "add",
            json!({ "reason": reason("new", " New") }),
            "INVALID",
            "reason",
        ),
        (
            "add",
            json!({ "reason": reason("new", "New"), "before": "no" }),
            "NOT_FOUND",
            "before",
        ),
        (
            "update",
            json!({ "reason_code": "no", "description": "New" }),
            "NOT_FOUND",
            "reason_code",
        ),
        (
            "update",
            json!({ "reason_code": "other", "description": "" }),
            "INVALID",
            "description",
        ),
        (
            "update",
            json!({ "reason_code": "other", "description": "Found a better price elsewhere" }),
            "TAKEN",
            "description",
        ),
        (
            "update",
            json!({ "reason_code": "other", "translations": [{ "store_code": "no", "description": "X" }] }),
            "NOT_FOUND",
            "translations",
        ),
        ("move", json!({ "reason_code": "no" }), "NOT_FOUND", "reason_code"),
        (
            "move",
            json!({ "reason_code": "other", "before": "other" }),
            "NOT_FOUND",
            "before",
        ),
        (
            "remove",
            json!({ "reason_code": "no" }),
            "NOT_FOUND",
            "reason_code",
        ),
    ];
    for (verb, mut input, code, field) in cases {
        input["scope"] = json!("DEFAULT");
        let refused = shop
            .refused(&format!("{verb}CancellationReason"), input.clone())
            .await;
        assert_eq!(refused, (code.into(), field.into()), "{verb} {input}");
    }
    let one = json!({ "scope": "DEFAULT", "reasons": [reason("a", "A")] });
    shop.owner_does("updateCancellationConfig", one, "").await;
    let last = json!({ "scope": "DEFAULT", "reason_code": "a" });
    let refused = shop.refused("removeCancellationReason", last).await;
    assert_eq!(refused, ("INVALID".into(), "reason_code".into()));
});

on_every_database!(
    edits_of_two_members_of_staff_at_the_same_time_are_both_kept,
    |shop| async move {
        let replica = shop.replica().await;
        for round in 0..5 {
            let add = |side: &str| {
                let code = format!("{side}{round}");
                json!({ "reason": { "code": code, "description": code } })
            };
            tokio::join!(
                edit(&shop, "addCancellationReason", add("left")),
                edit(&replica, "addCancellationReason", add("right"))
            );
        }
        let input = json!({ "reason_code": "other", "before": null });
        let all = edit(&shop, "moveCancellationReason", input).await;
        for round in 0..5 {
            for side in ["left", "right"] {
                let code = format!("{side}{round}");
                assert!(codes(&all).contains(&code.as_str()), "{code} is lost: {all:#}");
            }
        }
        assert_eq!(codes(&all).len(), 27, "ten more than the built-in ones");
    }
);
