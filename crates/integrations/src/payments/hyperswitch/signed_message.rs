//! Hyperswitch's messages, signed with the hash key of the business profile. The signature has no time, so a message is
//! kept once for its id, and what it is about is read.

use countermand_app::ports::{IncomingMessage, MessageRefusal, ProviderMessage};
use serde::Deserialize;

use crate::payments::shared_signature::is_signed_with_sha512;

/// The header with the signature of the body, in hexadecimal digits.
const SIGNATURE: &str = "x-webhook-signature-512";
/// The longest id of a message, in characters.
const LONGEST_ID: usize = 80;

#[derive(Deserialize)]
struct WireMessage {
    event_id: String,
    content: WireContent,
}

#[derive(Deserialize)]
struct WireContent {
    object: WireObject,
}

/// A payment, a refund or a dispute.
#[derive(Deserialize)]
struct WireObject {
    payment_id: Option<String>,
}

/// Reads a message.
pub(super) fn read(
    incoming: IncomingMessage<'_>,
    secrets: &[String],
) -> Result<ProviderMessage, MessageRefusal> {
    let signature = incoming.header(SIGNATURE).and_then(|text| hex::decode(text).ok());
    let signature = signature.ok_or(MessageRefusal::WrongSignature)?;
    let keys: Vec<_> = secrets.iter().map(|secret| secret.clone().into_bytes()).collect();
    if !is_signed_with_sha512(incoming.body, &keys, &signature) {
        return Err(MessageRefusal::WrongSignature);
    }
    let message: WireMessage =
        serde_json::from_slice(incoming.body).map_err(|_| MessageRefusal::Unreadable)?;
    if !(1..=LONGEST_ID).contains(&message.event_id.chars().count()) {
        return Err(MessageRefusal::Unreadable);
    }
    Ok(ProviderMessage {
        id: message.event_id,
        payments: message.content.object.payment_id.into_iter().collect(),
        report: None,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    /// HMAC-SHA512 of `{"a":1}` with the key `hash_key`.
    const RIGHT: &str = "d1825e55cd2d76693905dd0cd34b5d83a37c3f5ba56c36f011e50c8083a6d82c\
        2c04b6f764db4fb70bed7d7840a5cd4ebb296dac047a12b31eacd89d37af9ee3";

    fn taken(signature: &str, body: &[u8]) -> Result<ProviderMessage, MessageRefusal> {
        crate::tls::install();
        let incoming = IncomingMessage {
            headers: &[(SIGNATURE, signature)],
            body,
            at: DateTime::UNIX_EPOCH,
        };
        read(incoming, &["another_key".to_owned(), "hash_key".to_owned()])
    }

    #[test]
    fn the_signature_of_the_scheme_is_right_and_every_other_one_wrong() {
        // The signature is right, and the body is no message of Hyperswitch.
        assert_eq!(taken(RIGHT, br#"{"a":1}"#), Err(MessageRefusal::Unreadable));
        for (signature, body) in [
            (RIGHT, br#"{"a":2}"#.as_slice()),
            (&RIGHT[..64], br#"{"a":1}"#.as_slice()),
            ("zz", br#"{"a":1}"#.as_slice()),
            ("", br#"{"a":1}"#.as_slice()),
        ] {
            assert_eq!(
                taken(signature, body),
                Err(MessageRefusal::WrongSignature),
                "{signature}"
            );
        }
    }
}
