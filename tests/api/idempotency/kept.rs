//! How long keys are kept, and in which form.

use chrono::TimeDelta;
use countermand_tests::{OrderJson, on_every_database};
use serde_json::json;

use super::{KEY, code, note, on_database, rows, sell, version};

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

on_every_database!(a_guests_key_is_kept_for_a_day, |shop| async move {
    let (_, other) = sell(&shop).await;
    let order = OrderJson::new("2").by_guest("guest@example.com");
    let order = order.line("A", 1000, 1, 1, 0).json();
    let id = shop.import(&[order]).await.remove(0);
    let token = shop.order_token(&id).await;
    let ask = || shop.request_guest_cancel(&token, "Other").header(KEY, "k").send();
    let first = ask().await;
    first.works();
    note(&shop, &other, "a").header(KEY, "k").send().await;
    shop.wait(TimeDelta::hours(23));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(ask().await.text, first.text);
    let once = version(&shop, &id).await;
    shop.wait(TimeDelta::hours(2));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(rows(&shop).await, 1, "the key of staff");
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

on_every_database!(a_secret_is_sent_once_and_not_kept, |shop| async move {
    let made = json!({ "address": "https://hooks.example/a" });
    let shown = "secret webhook_endpoint { id }";
    let ask = |mutation: &'static str, input: &serde_json::Value| {
        let asked = shop.staff_asks(mutation, input, shown).token(shop.owner());
        asked.header(KEY, "k").send()
    };
    let secret = |answer: &countermand_tests::Answer, mutation: &str| {
        let secret = answer.data(&format!("/{mutation}/secret")).as_str();
        secret.expect("a secret").to_owned()
    };
    let first = ask("createWebhookEndpoint", &made).await;
    let id = first.data("/createWebhookEndpoint/webhook_endpoint/id").clone();
    let mut secrets = vec![secret(&first, "createWebhookEndpoint")];
    let rotated = json!({ "id": id });
    let second = ask("rotateWebhookSecret", &rotated).await;
    secrets.push(secret(&second, "rotateWebhookSecret"));
    assert_ne!(secrets[0], secrets[1]);
    for (mutation, input) in [
        ("createWebhookEndpoint", &made),
        ("rotateWebhookSecret", &rotated),
        ("createWebhookEndpoint", &made),
    ] {
        let again = ask(mutation, input).await;
        assert_eq!(code(&again), "IDEMPOTENCY_KEY_ANSWER_LOST", "{mutation}");
        assert!(again.text.contains("shown once"), "{}", again.text);
        assert!(
            !secrets.iter().any(|it| again.text.contains(it)),
            "{}",
            again.text
        );
    }
    let endpoints = shop.database().webhook_endpoints().await.expect("endpoints");
    let versions: Vec<_> = endpoints.iter().map(|it| it.version).collect();
    assert_eq!(versions, [2], "one endpoint, with one new secret");
});
