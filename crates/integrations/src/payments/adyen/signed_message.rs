//! Adyen's standard webhooks. Each item has a signature of its own, without a time, so what an item tells is kept once.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_app::ports::{IncomingMessage, MessageRefusal, ProviderMessage};
use serde::Deserialize;

use super::item::WireItem;
use crate::payments::hidden_key::HiddenKey;
use crate::payments::shared_signature::{is_signed, signatures};

/// The fewest bytes of a key: Adyen makes keys of this length.
const SHORTEST_KEY: usize = 32;

#[derive(Deserialize)]
struct WireWebhook {
    #[serde(rename = "notificationItems")]
    items: Vec<WireEnvelope>,
}

#[derive(Deserialize)]
struct WireEnvelope {
    #[serde(rename = "NotificationRequestItem")]
    item: WireItem,
}

/// The key in a secret: hexadecimal digits of at least 32 bytes.
pub(in crate::payments) fn key_of(secret: &str) -> Option<Vec<u8>> {
    let key = hex::decode(secret).ok()?;
    (key.len() >= SHORTEST_KEY).then_some(key)
}

/// Reads a webhook. Items of other merchant accounts are left out, and the `hidden` key in their texts.
pub(super) fn read(
    incoming: IncomingMessage<'_>,
    secrets: &[String],
    merchant_account: &str,
    hidden: &HiddenKey,
) -> Result<Vec<ProviderMessage>, MessageRefusal> {
    let webhook: WireWebhook =
        serde_json::from_slice(incoming.body).map_err(|_| MessageRefusal::Unreadable)?;
    if webhook.items.is_empty() {
        return Err(MessageRefusal::Unreadable);
    }
    let keys: Vec<_> = secrets.iter().filter_map(|secret| key_of(secret)).collect();
    let mut messages = Vec::new();
    for WireEnvelope { item } in &webhook.items {
        let signature = item.signature().and_then(|text| STANDARD.decode(text).ok());
        let signatures = signatures(signature.into_iter());
        if !is_signed(item.signed_text().as_bytes(), &keys, &signatures) {
            return Err(MessageRefusal::WrongSignature);
        }
        if item.merchant_account_code == merchant_account {
            messages.extend(item.message(incoming.at, hidden)?);
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use countermand_domain::{ReportMatter, ReversalState};
    use serde_json::{Value, json};

    use super::*;

    /// The key and the signature of the official library's own test.
    const KEY: &str = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
    const RIGHT: &str = "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=";

    fn item(change: &[(&str, Value)]) -> Value {
        let mut item = json!({
            "pspReference": "7914073381342284", "merchantAccountCode": "TestMerchant",
            "merchantReference": "TestPayment-1407325143704", "amount": { "value": 1130, "currency": "EUR" },
            "eventCode": "AUTHORISATION", "success": "true", "eventDate": "2014-08-06T17:15:34.121+02:00",
            "additionalData": { "hmacSignature": RIGHT },
        });
        for (field, value) in change {
            item[*field] = value.clone();
        }
        item
    }

    fn taken(items: &[Value]) -> Result<Vec<ProviderMessage>, MessageRefusal> {
        crate::tls::install();
        let items: Vec<_> = items
            .iter()
            .map(|item| json!({ "NotificationRequestItem": item }))
            .collect();
        let body = json!({ "live": "false", "notificationItems": items }).to_string();
        let incoming = IncomingMessage {
            headers: &[],
            body: body.as_bytes(),
            at: DateTime::UNIX_EPOCH,
        };
        let keys = ["00".to_owned(), KEY.to_owned()];
        read(incoming, &keys, "TestMerchant", &HiddenKey::of(""))
    }

    #[test]
    fn the_signature_of_the_official_library_is_right_and_every_other_one_wrong() {
        // An authorization moves no money back, so the message tells nothing.
        assert_eq!(taken(&[item(&[])]), Ok(Vec::new()));
        for change in [
            ("success", json!("false")),
            ("merchantReference", json!("TestPayment-1")),
            ("amount", json!({ "value": 1131, "currency": "EUR" })),
            ("additionalData", json!({ "hmacSignature": "AAAA" })),
            ("additionalData", json!({})),
        ] {
            let changed = item(std::slice::from_ref(&change));
            assert_eq!(
                taken(std::slice::from_ref(&changed)),
                Err(MessageRefusal::WrongSignature),
                "{change:?}"
            );
            // One wrong item spoils the whole webhook.
            let both = taken(&[item(&[]), changed]);
            assert_eq!(both, Err(MessageRefusal::WrongSignature), "{change:?}");
        }
        assert_eq!(taken(&[]), Err(MessageRefusal::Unreadable));
    }

    #[test]
    fn a_secret_has_at_least_32_bytes_in_hexadecimal_digits() {
        assert!(key_of(KEY).is_some());
        assert_eq!(key_of("44782DEF"), None);
        assert_eq!(key_of("whsec_Y291bnRlcm1hbmQtdGVzdC1zZWNyZXQtMzJieXRlcyE="), None);
    }

    #[test]
    fn each_event_tells_what_happened_to_the_payment() {
        use ReportMatter::{Capture, Dispute, Refund, Release};
        use ReversalState::{Failed, Succeeded};
        for (event, success, action, expected) in [
            ("CANCELLATION", "true", "", Some((Release, Succeeded))),
            ("CANCELLATION", "false", "", Some((Release, Failed))),
            ("CANCEL_OR_REFUND", "true", "cancel", Some((Release, Succeeded))),
            ("CANCEL_OR_REFUND", "true", "refund", Some((Refund, Succeeded))),
            ("CANCEL_OR_REFUND", "false", "", Some((Release, Failed))),
            ("REFUND", "true", "", Some((Refund, Succeeded))),
            ("REFUND", "false", "", Some((Refund, Failed))),
            ("REFUND_FAILED", "true", "", Some((Refund, Failed))),
            ("REFUNDED_REVERSED", "true", "", Some((Refund, Failed))),
            ("CAPTURE", "true", "", Some((Capture, Succeeded))),
            ("CAPTURE_FAILED", "true", "", Some((Capture, Failed))),
            ("CHARGEBACK", "true", "", Some((Dispute, Succeeded))),
            ("REPORT_AVAILABLE", "true", "", None),
        ] {
            let told = item(&[
                ("eventCode", json!(event)),
                ("success", json!(success)),
                ("originalReference", json!("PAYMENT1")),
                ("additionalData", json!({ "modification.action": action })),
            ]);
            let told: WireItem = serde_json::from_value(told).expect("an item");
            let message = told.message(DateTime::UNIX_EPOCH, &HiddenKey::of(""));
            let message = message.expect("a message");
            let told = message.as_ref().and_then(|message| message.report.as_ref());
            assert_eq!(
                told.map(|report| (report.matter, report.state)),
                expected,
                "{event}"
            );
            if let Some(message) = message {
                assert_eq!(message.payments, ["PAYMENT1"]);
                assert_eq!(message.id, format!("{event}:7914073381342284:{success}"));
            }
        }
    }
}
