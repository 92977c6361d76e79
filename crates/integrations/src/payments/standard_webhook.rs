//! Messages of our own protocol, signed as Standard Webhooks says (`docs/payment-protocol.md`). The signature and its
//! time are checked by `shared_signature.rs`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_app::ports::{IncomingMessage, MessageRefusal, ProviderMessage};
use serde::Deserialize;

use super::PREFIX;
use super::shared_signature::{check_time, is_signed, signatures};

/// The longest id of a message, in bytes.
const LONGEST_ID: usize = 80;

#[derive(Deserialize)]
struct WireMessage {
    data: WireData,
}

#[derive(Deserialize)]
struct WireData {
    payment: String,
}

/// The key in a secret: base64 after the prefix, of at least 24 bytes.
pub(super) fn key_of(secret: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    (key.len() >= 24).then_some(key)
}

/// Reads a message.
pub(super) fn read(
    incoming: IncomingMessage<'_>,
    secrets: &[String],
) -> Result<ProviderMessage, MessageRefusal> {
    let header = |name| incoming.header(name).ok_or(MessageRefusal::WrongSignature);
    let (id, time) = (header("webhook-id")?, header("webhook-timestamp")?);
    let kept = header("webhook-signature")?.split_ascii_whitespace();
    check_time(time, incoming.at)?;
    let signatures = signatures(kept.filter_map(|part| STANDARD.decode(part.strip_prefix("v1,")?).ok()));
    let keys: Vec<_> = secrets.iter().filter_map(|secret| key_of(secret)).collect();
    let signed = [id.as_bytes(), b".", time.as_bytes(), b".", incoming.body].concat();
    if !is_signed(&signed, &keys, &signatures) {
        return Err(MessageRefusal::WrongSignature);
    }
    if !(1..=LONGEST_ID).contains(&id.len()) {
        return Err(MessageRefusal::Unreadable);
    }
    let message: WireMessage =
        serde_json::from_slice(incoming.body).map_err(|_| MessageRefusal::Unreadable)?;
    Ok(ProviderMessage {
        id: id.to_owned(),
        payments: vec![message.data.payment],
        report: None,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const SECRET: &str = "whsec_Y291bnRlcm1hbmQtdGVzdC1zZWNyZXQtMzJieXRlcyE=";

    fn taken(id: &str, signature: &str, seconds: i64) -> Result<ProviderMessage, MessageRefusal> {
        crate::tls::install();
        let incoming = IncomingMessage {
            headers: &[
                ("webhook-id", id),
                ("webhook-timestamp", "1700000000"),
                ("webhook-signature", signature),
            ],
            body: br#"{"a":1}"#,
            at: DateTime::from_timestamp(seconds, 0).expect("a time"),
        };
        read(incoming, &[SECRET.to_owned()])
    }

    #[test]
    fn a_signature_of_the_official_library_is_right_and_every_other_one_wrong() {
        // The official library made this signature. The body is no message of the protocol.
        let right = "v1,mB/JBBZGQ45C82NxlDUwbwO1eKkMmAUX0yV5xlIhdJQ=";
        let at = 1_700_000_000;
        assert_eq!(taken("evt_1", right, at), Err(MessageRefusal::Unreadable));
        let two = format!("v1,AAAA v1a,BBBB {right}");
        assert_eq!(taken("evt_1", &two, at), Err(MessageRefusal::Unreadable));
        assert_eq!(taken("evt_1", right, at + 301), Err(MessageRefusal::WrongTime));
        assert_eq!(taken("evt_1", right, at - 301), Err(MessageRefusal::WrongTime));
        assert_eq!(taken("evt_2", right, at), Err(MessageRefusal::WrongSignature));
        assert_eq!(taken("evt_1", "v1,AAAA", at), Err(MessageRefusal::WrongSignature));
    }

    #[test]
    fn a_secret_has_at_least_24_bytes() {
        assert!(key_of(SECRET).is_some());
        assert_eq!(key_of("whsec_AAAA"), None);
        assert_eq!(key_of("Y291bnRlcm1hbmQtdGVzdC1zZWNyZXQtMzJieXRlcyE="), None);
    }
}
