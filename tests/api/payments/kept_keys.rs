//! No key to an account is kept under a key that lies beside it in the database.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_app::obligations::Settlement;
use countermand_tests::on_every_database;
use countermand_tests::payment_server::KEY;
use serde_json::{Value, json};

use super::{cancel, connected, paid, work};

/// The secret of a provider's webhooks in the form of Standard Webhooks.
const WEBHOOK_SECRET: &str = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

on_every_database!(
    without_keys_from_outside_the_database_no_key_to_an_account_is_kept,
    |shop| async move {
        let keyless = shop.with_secret_keys("").await;
        let refused = async |mutation: &str, input: Value| {
            let done = keyless.owner_does(mutation, input, "").await;
            let refusal = &done["user_errors"][0];
            let message = refusal["message"].as_str().unwrap_or_default();
            assert!(message.contains("set SECRET_KEYS for all servers"), "{done}");
            (refusal["code"].clone(), refusal["field"].clone())
        };
        let of_field = |name: &str| (json!("INVALID"), json!(name));
        let account =
            json!({ "name": "main", "adapter": "HTTP", "address": "https://pay.example", "secret": KEY });
        let connect = refused("connectPaymentProvider", account).await;
        assert_eq!(connect, of_field("secret"));
        let accounts = shop.database().payment_accounts().await.expect("accounts");
        assert!(accounts.is_empty(), "{accounts:?}");

        // Earlier versions kept a key under the installation's secret. Such an account goes on as it is.
        let secret = shop.database().installation_secret(&[9; 32]).await;
        let earlier = shop
            .with_secret_keys(&STANDARD.encode(secret.expect("a secret")))
            .await;
        let Some(provider) = connected(&earlier).await else {
            return;
        };
        for (field, value) in [("secret", KEY), ("webhook_secret", WEBHOOK_SECRET)] {
            let mut change = json!({ "name": "main" });
            change[field] = json!(value);
            let change = refused("changePaymentProvider", change).await;
            assert_eq!(change, of_field(field));
        }
        for is_paused in [true, false] {
            let change = json!({ "name": "main", "is_paused": is_paused });
            let done = keyless.owner_does("changePaymentProvider", change, "").await;
            assert_eq!(done["user_errors"], json!([]));
        }
        let id = paid(&shop, "1").await;
        provider.paid("tx-1", 1500).await;
        cancel(&shop, &id).await;
        assert_eq!(work(&keyless).await, [Settlement::Met]);
        assert_eq!(provider.paid_back("tx-1").await, 1500);

        // With a key, the account takes a new one.
        let change = json!({ "name": "main", "secret": KEY, "webhook_secret": WEBHOOK_SECRET });
        let done = shop.owner_does("changePaymentProvider", change, "").await;
        assert_eq!(done["user_errors"], json!([]));
    }
);
