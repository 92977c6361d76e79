//! The codes of sales channels for reasons.

use countermand_tests::{Answer, TestShop, on_every_database};
use serde_json::{Value, json};

fn place(market: &str) -> Value {
    json!({ "channel": "amazon", "market": market, "way": "feed" })
}

async fn code_of(shop: &TestShop, reason: &str, place: &Value) -> Answer {
    let query = "query($reason: String!, $place: ChannelWayInput!) {
      channelReasonCode(reason_code: $reason, place: $place) { channel_code needs }
    }";
    let asked = shop
        .ask(query)
        .variables(json!({ "reason": reason, "place": place }));
    asked.token(shop.owner()).send().await
}

async fn reason_of(shop: &TestShop, code: &str, place: &Value) -> Value {
    let query = "query($code: String!, $place: ChannelWayInput!) {
      reasonOfChannelCode(channel_code: $code, place: $place)
    }";
    let asked = shop.ask(query).variables(json!({ "code": code, "place": place }));
    asked
        .token(shop.owner())
        .send()
        .await
        .data("/reasonOfChannelCode")
        .clone()
}

on_every_database!(
    a_reason_has_a_code_at_each_channel_that_knows_it,
    |shop| async move {
        let answer = code_of(&shop, "no_longer_needed", &place("DE")).await;
        let expected = json!({ "channel_code": "BuyerCanceled", "needs": "BUYERS_REQUEST" });
        assert_eq!(answer.data("/channelReasonCode"), &expected);
        let answer = code_of(&shop, "unpaid", &place("DE")).await;
        assert_eq!(
            answer.body["errors"][0]["extensions"]["code"],
            "REASON_NOT_FOR_CHANNEL"
        );
        assert_eq!(
            reason_of(&shop, "NoInventory", &place("DE")).await,
            "out_of_stock"
        );
        assert_eq!(reason_of(&shop, "SomethingNew", &place("DE")).await, Value::Null);
    }
);

on_every_database!(a_manager_sets_a_code_and_takes_it_back, |shop| async move {
    let fields = "mappings { market way channel_code needs built_in }";
    let input = json!({ "reason_code": "unpaid", "place": place("DE"), "channel_code": "BuyerCanceled" });
    let payload = shop
        .owner_does("setCancellationReasonMapping", input, fields)
        .await;
    let own = json!({
        "market": "DE", "way": "feed", "channel_code": "BuyerCanceled", "needs": "BUYERS_REQUEST", "built_in": false
    });
    assert!(
        payload["mappings"].as_array().is_some_and(|it| it.contains(&own)),
        "{payload:#}"
    );
    let entry = shop.audit_log(1).await.remove(0);
    let details = "unpaid at amazon (market DE, way feed): no code, now BuyerCanceled";
    assert_eq!(
        [&entry["action"], &entry["details"]],
        ["setCancellationReasonMapping", details]
    );
    assert_eq!(
        code_of(&shop, "unpaid", &place("DE"))
            .await
            .data("/channelReasonCode/channel_code"),
        "BuyerCanceled"
    );
    let answer = code_of(&shop, "unpaid", &place("NL")).await;
    assert_eq!(
        answer.body["errors"][0]["extensions"]["code"],
        "REASON_NOT_FOR_CHANNEL"
    );

    let none = json!({ "reason_code": "other", "place": place("DE"), "channel_code": null });
    shop.owner_does("setCancellationReasonMapping", none.clone(), fields)
        .await;
    let answer = code_of(&shop, "other", &place("DE")).await;
    assert_eq!(
        answer.body["errors"][0]["extensions"]["code"],
        "REASON_NOT_FOR_CHANNEL"
    );
    let back = json!({ "reason_code": "other", "place": place("DE") });
    shop.owner_does("resetCancellationReasonMapping", back, fields)
        .await;
    let answer = code_of(&shop, "other", &place("DE")).await;
    assert_eq!(
        answer.data("/channelReasonCode/channel_code"),
        "GeneralAdjustment"
    );

    let query = "{ cancellationReasonMappings(reason_code: \"unpaid\") { channel channel_code } }";
    let listed = shop.ask(query).token(shop.owner()).send().await;
    let listed = listed
        .data("/cancellationReasonMappings")
        .as_array()
        .cloned()
        .unwrap_or_default();
    assert_eq!(listed.len(), 5, "{listed:?}");
    for code in ["No Inventory", "", "-", "a;b"] {
        let input = json!({ "reason_code": "late", "place": place("*"), "channel_code": code });
        let refused = shop.refused("setCancellationReasonMapping", input).await;
        assert_eq!(refused, ("INVALID".into(), "channel_code".into()), "{code}");
    }
});
