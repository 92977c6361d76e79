//! How long keys are kept, and in which form.

use chrono::TimeDelta;
use countermand_tests::{OrderJson, on_every_database};
use serde_json::{Value, json};

use super::{KEY, code, count, note, on_database, rows, sell, version};

on_every_database!(a_key_is_kept_for_as_long_as_the_setting_says, |shop| async move {
    let (_, id) = sell(&shop).await;
    let ask = || note(&shop, &id, "a").header(KEY, "k").send();
    let first = ask().await;
    shop.wait(TimeDelta::days(29));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(ask().await.text, first.text, "30 days are the default");
    shop.wait(TimeDelta::days(2));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(rows(&shop).await, 0);
    assert_eq!(ask().await.data("/addOrderNote/order/version"), 3);

    let days = json!([{ "key": "web/api/idempotency_keys_kept", "value": "1" }]);
    let set = shop
        .owner_does(
            "updateSettings",
            json!({ "scope": "DEFAULT", "values": days }),
            "",
        )
        .await;
    assert_eq!(set["user_errors"], json!([]));
    shop.wait(TimeDelta::days(2));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(rows(&shop).await, 0);
    assert_eq!(version(&shop, &id).await, 3);
});

on_every_database!(a_guests_key_is_kept_for_as_long, |shop| async move {
    let (_, other) = sell(&shop).await;
    let order = OrderJson::new("2").by_guest("guest@example.com");
    let order = order.line("A", 1000, 1, 1, 0).json();
    let id = shop.import(&[order]).await.remove(0);
    let token = shop.order_token(&id).await;
    let ask = || shop.request_guest_cancel(&token, "Other").header(KEY, "k").send();
    let first = ask().await;
    first.works();
    note(&shop, &other, "a").header(KEY, "k").send().await;
    shop.wait(TimeDelta::days(29));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(ask().await.text, first.text);
    assert_eq!(rows(&shop).await, 2, "the other one is the key of staff");
    let once = version(&shop, &id).await;
    shop.wait(TimeDelta::days(2));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(rows(&shop).await, 0);
    // The mark of the change is gone with the key, so the request runs as a new one.
    ask().await.works();
    assert!(version(&shop, &id).await > once);
});

on_every_database!(a_kept_answer_is_sealed, |shop| async move {
    let (_, id) = sell(&shop).await;
    let ask = || note(&shop, &id, "a").header(KEY, "k").send();
    assert_eq!(ask().await.data("/addOrderNote/order/version"), 2);
    // The answer of one key opens under no other one.
    on_database(
        &shop,
        &["UPDATE idempotency_keys SET answer = 'eyJkYXRhIjp7fX0='"],
    )
    .await;
    let answer = ask().await;
    assert_eq!(answer.category(), "internal");
    assert_eq!(version(&shop, &id).await, 2);
});

on_every_database!(a_secret_is_sent_again_while_it_signs, |shop| async move {
    let shown = "secret webhook_endpoint { id state old_secret_until }";
    let ask = |mutation: &'static str, input: &Value, key: &'static str| {
        let asked = shop.staff_asks(mutation, input, shown).token(shop.owner());
        asked.header(KEY, key).send()
    };
    let made = json!({ "address": "https://hooks.example/a" });
    let created = ask("createWebhookEndpoint", &made, "k").await;
    let id = created.data("/createWebhookEndpoint/webhook_endpoint/id").clone();
    let overlap = json!({ "id": id });
    let rotated = ask("rotateWebhookSecret", &overlap, "k").await;
    assert_ne!(
        created.data("/createWebhookEndpoint/secret"),
        rotated.data("/rotateWebhookSecret/secret")
    );
    // What is changed later is in no repetition.
    let pause = json!({ "id": id, "is_paused": true });
    let paused = shop.owner_does("changeWebhookEndpoint", pause, "").await;
    assert_eq!(paused["user_errors"], json!([]));
    let first = [
        ("createWebhookEndpoint", &made, &created),
        ("rotateWebhookSecret", &overlap, &rotated),
    ];
    for (mutation, input, answer) in first.into_iter().chain(first) {
        assert_eq!(ask(mutation, input, "k").await.text, answer.text, "{mutation}");
    }
    let kept = "SELECT COUNT(*) AS kept FROM idempotency_keys WHERE answer IS NOT NULL";
    assert_eq!(count(&shop, kept).await, 0, "no answer with a secret");

    let ended = json!({ "id": id, "overlap_hours": 0 });
    let last = ask("rotateWebhookSecret", &ended, "k 2").await;
    for (mutation, input, _) in first {
        let again = ask(mutation, input, "k").await;
        assert_eq!(code(&again), "IDEMPOTENCY_KEY_ANSWER_LOST", "{mutation}");
        assert!(!again.text.contains("whsec_"), "{}", again.text);
    }
    assert_eq!(ask("rotateWebhookSecret", &ended, "k 2").await.text, last.text);
    let endpoints = shop.database().webhook_endpoints().await.expect("endpoints");
    let versions: Vec<_> = endpoints.iter().map(|it| it.version).collect();
    assert_eq!(versions, [4], "one endpoint, which was changed three times");
});
