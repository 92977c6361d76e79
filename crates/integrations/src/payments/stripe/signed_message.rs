//! Stripe's events, signed with the secret of the endpoint.

use countermand_app::ports::{IncomingMessage, MessageRefusal, ProviderMessage};
use serde::Deserialize;

use crate::payments::shared_signature::{check_time, is_signed, signatures};

/// The longest id of an event, in characters.
const LONGEST_ID: usize = 80;

#[derive(Deserialize)]
struct WireEvent {
    id: String,
    /// The connected account in which it happened; none for the account of the endpoint itself.
    account: Option<String>,
    data: WireData,
}

#[derive(Deserialize)]
struct WireData {
    object: WireObject,
}

/// A refund, a charge, a payment intent or a dispute.
#[derive(Deserialize)]
struct WireObject {
    id: Option<String>,
    object: Option<String>,
    payment_intent: Option<String>,
    charge: Option<String>,
}

/// Reads an event; none when it happened in another account. The key of the signature is the text of the secret,
/// `whsec_` included.
pub(super) fn read(
    incoming: IncomingMessage<'_>,
    secrets: &[String],
    account: Option<&str>,
) -> Result<Option<ProviderMessage>, MessageRefusal> {
    let header = incoming
        .header("stripe-signature")
        .ok_or(MessageRefusal::WrongSignature)?;
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts().find(|(name, _)| *name == "t");
    let (_, time) = time.ok_or(MessageRefusal::WrongSignature)?;
    check_time(time, incoming.at)?;
    let kept = parts().filter(|(name, _)| *name == "v1");
    let signatures = signatures(kept.filter_map(|(_, text)| hex::decode(text).ok()));
    let signed = [time.as_bytes(), b".", incoming.body].concat();
    let keys: Vec<_> = secrets.iter().map(|secret| secret.clone().into_bytes()).collect();
    if !is_signed(&signed, &keys, &signatures) {
        return Err(MessageRefusal::WrongSignature);
    }
    let event: WireEvent = serde_json::from_slice(incoming.body).map_err(|_| MessageRefusal::Unreadable)?;
    if !(1..=LONGEST_ID).contains(&event.id.chars().count()) {
        return Err(MessageRefusal::Unreadable);
    }
    if event.account.as_deref() != account {
        return Ok(None);
    }
    let object = event.data.object;
    let own = object
        .id
        .filter(|_| matches!(object.object.as_deref(), Some("charge" | "payment_intent")));
    Ok(Some(ProviderMessage {
        id: event.id,
        payments: [own, object.payment_intent, object.charge]
            .into_iter()
            .flatten()
            .collect(),
        report: None,
    }))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const SECRET: &str = "whsec_s3cr3t";

    fn taken(header: &str, body: &[u8], seconds: i64) -> Result<Option<ProviderMessage>, MessageRefusal> {
        crate::tls::install();
        let incoming = IncomingMessage {
            headers: &[("stripe-signature", header)],
            body,
            at: DateTime::from_timestamp(seconds, 0).expect("a time"),
        };
        read(incoming, &["whsec_another".to_owned(), SECRET.to_owned()], None)
    }

    #[test]
    fn a_signature_of_the_official_client_is_right_and_every_other_one_wrong() {
        // The official client made this signature of the body `{"a":1}`.
        let signed = "v1=ae1df0d794dcd31a59cf26b1aeee18ddbd6af3c8d84cc716811643c18c9d9d7d";
        let header = format!("t=1700000000,{signed}");
        let at = 1_700_000_000;
        // The signature is right, and the body is no event.
        let body = br#"{"a":1}"#;
        assert_eq!(taken(&header, body, at), Err(MessageRefusal::Unreadable));
        let rotated = format!("t=1700000000,v1=00,v0=11,{signed}");
        assert_eq!(taken(&rotated, body, at), Err(MessageRefusal::Unreadable));
        assert_eq!(taken(&header, body, at + 301), Err(MessageRefusal::WrongTime));
        assert_eq!(taken(&header, body, at - 301), Err(MessageRefusal::WrongTime));
        for (header, body) in [
            (header.as_str(), br#"{"a":2}"#.as_slice()),
            (&format!("t=1700000001,{signed}"), body),
            (signed, body),
            ("t=1700000000", body),
            ("t=1700000000,v1=zz", body),
            ("", body),
        ] {
            assert_eq!(
                taken(header, body, at),
                Err(MessageRefusal::WrongSignature),
                "{header}"
            );
        }
    }
}
