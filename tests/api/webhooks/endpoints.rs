//! Staff makes endpoints, and no secret is shown twice.

use chrono::TimeDelta;
use countermand_tests::webhook_receiver::WebhookReceiver;
use countermand_tests::{on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::{change, endpoint, endpoints, log, text, work};

on_every_database!(a_secret_is_shown_once_and_kept_sealed, |shop| async move {
    let made = endpoint(&shop, "https://hooks.example/a", &["order.canceled"]).await;
    assert!(
        made.secret.starts_with("whsec_") && made.secret.len() == 50,
        "{}",
        made.secret
    );
    let shown = endpoints(&shop).await.to_string();
    let kept = format!(
        "{:?}",
        shop.database().webhook_endpoints().await.expect("endpoints")
    );
    let trail = json!(shop.audit_log(10).await).to_string();
    assert!(
        trail.contains("createWebhookEndpoint") && trail.contains("hooks.example"),
        "{trail}"
    );
    for place in [shown, kept, trail] {
        assert!(
            !place.contains(made.secret.trim_start_matches("whsec_")),
            "{place}"
        );
    }
});

on_every_database!(
    without_keys_from_outside_the_database_no_endpoint_gets_a_secret,
    |shop| async move {
        let made = endpoint(&shop, "https://hooks.example/a", &[]).await;
        let keyless = shop.with_secret_keys("").await;
        for (mutation, input) in [
            (
                "createWebhookEndpoint",
                json!({ "address": "https://hooks.example/b" }),
            ),
            ("rotateWebhookSecret", json!({ "id": made.id })),
        ] {
            let done = keyless
                .owner_does(mutation, input, "secret webhook_endpoint { id }")
                .await;
            let message = text(&done["user_errors"][0]["message"]);
            assert!(message.contains("SECRET_KEYS is not set"), "{done}");
            assert!(
                done["secret"].is_null() && done["webhook_endpoint"].is_null(),
                "{done}"
            );
        }
        assert_eq!(endpoints(&shop).await.as_array().map(Vec::len), Some(1));
    }
);

on_every_database!(
    a_test_event_is_signed_with_both_secrets_during_a_rotation,
    |shop| async move {
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.canceled"]).await;
        let test = || async {
            let done = shop
                .owner_does("sendTestEvent", json!({ "endpoint_id": made.id }), "event_id")
                .await;
            work(&shop).await;
            text(&done["event_id"])
        };
        let id = test().await;
        let received = receiver.received();
        assert_eq!(received[0].header("webhook-id"), id);
        assert_eq!(received[0].json()["type"], "com.countermand.test.v1");
        assert_eq!(log(&shop, &made.id, json!({})).await[0]["event_kind"], "test");
        let rotated = shop
            .owner_does(
                "rotateWebhookSecret",
                json!({ "id": made.id, "overlap_hours": 1 }),
                "secret",
            )
            .await;
        assert_ne!(text(&rotated["secret"]), made.secret);
        test().await;
        shop.wait(TimeDelta::minutes(61));
        test().await;
        let signatures: Vec<_> = receiver
            .received()
            .iter()
            .map(|it| it.header("webhook-signature").split(' ').count())
            .collect();
        assert_eq!(signatures, [1, 2, 1]);
    }
);

on_every_database!(the_audit_log_shows_no_query_of_an_address, |shop| async move {
    let made = endpoint(&shop, "https://hooks.example/a?key=hidden-1", &[]).await;
    let address = json!({ "address": "https://hooks.example/b?key=hidden-2" });
    change(&shop, &made.id, address).await;
    let deleted = shop
        .owner_does("deleteWebhookEndpoint", json!({ "id": made.id }), "")
        .await;
    assert_eq!(deleted["user_errors"], json!([]));
    let trail = json!(shop.audit_log(10).await).to_string();
    assert!(trail.contains("https://hooks.example/a") && trail.contains("https://hooks.example/b"));
    assert!(!trail.contains("hidden") && !trail.contains('?'), "{trail}");
});

on_every_database!(
    a_second_rotation_does_not_end_the_overlap_of_the_first,
    |shop| async move {
        let made = endpoint(&shop, "https://hooks.example", &[]).await;
        let rotate = |hours: i32| {
            let input = json!({ "id": made.id, "overlap_hours": hours });
            shop.owner_does(
                "rotateWebhookSecret",
                input,
                "secret webhook_endpoint { old_secret_until }",
            )
        };
        let first = rotate(2).await;
        assert_eq!(first["user_errors"], json!([]), "{first}");
        let refused = rotate(1).await;
        assert_eq!(refused["secret"], Value::Null);
        let why = &refused["user_errors"][0];
        assert_eq!(
            (&why["code"], &why["field"]),
            (&json!("INVALID"), &json!("overlap_hours"))
        );
        assert!(text(&why["message"]).contains("2026-03-07T14:00:00Z"), "{why}");
        assert_eq!(
            endpoints(&shop).await[0]["old_secret_until"],
            first["webhook_endpoint"]["old_secret_until"]
        );
        // A secret that got out is ended at once, and the one before it too.
        let ended = rotate(0).await;
        assert_eq!(ended["webhook_endpoint"], json!({ "old_secret_until": null }));
        assert_eq!(rotate(1).await["user_errors"], json!([]));
        shop.wait(TimeDelta::minutes(61));
        assert_eq!(rotate(1).await["user_errors"], json!([]));
    }
);

on_sqlite!(
    an_endpoint_that_cannot_work_is_refused_with_the_reason,
    |shop| async move {
        for (input, field) in [
            (json!({ "address": "ftp://hooks.example" }), "address"),
            (json!({ "address": "hooks.example" }), "address"),
            (json!({ "address": "https://user:word@hooks.example" }), "address"),
            (json!({ "address": "https://hooks.example/#part" }), "address"),
            (json!({ "address": "https://10.0.0.1/" }), "address"),
            (
                json!({ "address": "https://hooks.example", "event_kinds": ["order.lost"] }),
                "event_kinds",
            ),
        ] {
            let refused = shop.refused("createWebhookEndpoint", input.clone()).await;
            assert_eq!(refused, ("INVALID".into(), field.into()), "{input}");
        }
        let missing = |mutation: &'static str, input: Value| {
            let shop = shop.clone();
            async move { shop.refused(mutation, input).await.0 }
        };
        assert_eq!(
            missing("changeWebhookEndpoint", json!({ "id": "none" })).await,
            "NOT_FOUND"
        );
        assert_eq!(
            missing("sendTestEvent", json!({ "endpoint_id": "none" })).await,
            "NOT_FOUND"
        );
        let made = endpoint(&shop, "https://hooks.example", &[]).await;
        let long = json!({ "id": made.id, "overlap_hours": 169 });
        assert_eq!(missing("rotateWebhookSecret", long).await, "INVALID");
    }
);
