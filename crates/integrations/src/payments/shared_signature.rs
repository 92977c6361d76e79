//! The checks that the signatures of all providers' messages share: HMAC with one of several secrets, mostly with SHA-256
//! and of a time near to now. What a provider signs stands in its own `signed_message.rs`, or in `standard_webhook.rs`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::ports::MessageRefusal;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use subtle::ConstantTimeEq;

/// How far the time of a signature may be from now, in both directions.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// How many bytes a signature has.
const LENGTH: usize = 32;
/// How many signatures of a message are looked at: one for each secret while secrets are rotated, and some to spare.
const MOST: usize = 8;

/// The signatures that are looked at: the first ones that have the right length.
pub(super) fn signatures(decoded: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    decoded
        .filter(|signature| signature.len() == LENGTH)
        .take(MOST)
        .collect()
}

/// Whether one of `signatures` is that of `signed` with one of `keys`. `signed` is read once for each key, however many
/// signatures there are. The time of comparing tells nothing about them.
pub(super) fn is_signed(signed: &[u8], keys: &[Vec<u8>], signatures: &[Vec<u8>]) -> bool {
    if signatures.is_empty() {
        return false;
    }
    let mut made = keys.iter().filter_map(|key| sign(signed, key, Algorithm::HS256));
    made.any(|made| signatures.iter().any(|signature| is_equal(&made, signature)))
}

/// Whether `signature` is that of `signed` with one of `keys`, by HMAC-SHA512.
pub(super) fn is_signed_with_sha512(signed: &[u8], keys: &[Vec<u8>], signature: &[u8]) -> bool {
    let mut made = keys.iter().filter_map(|key| sign(signed, key, Algorithm::HS512));
    made.any(|made| is_equal(&made, signature))
}

fn sign(signed: &[u8], key: &[u8], algorithm: Algorithm) -> Option<Vec<u8>> {
    let made = crypto::sign(signed, &EncodingKey::from_secret(key), algorithm).ok()?;
    URL_SAFE_NO_PAD.decode(made).ok()
}

fn is_equal(made: &[u8], signature: &[u8]) -> bool {
    made.ct_eq(signature).into()
}

/// Refuses a signature whose time, in seconds since 1970, is too old, or too far ahead.
pub(super) fn check_time(seconds: &str, now: DateTime<Utc>) -> Result<(), MessageRefusal> {
    let at = seconds
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let at: DateTime<Utc> = at.ok_or(MessageRefusal::WrongSignature)?;
    if (now - at).abs() > TOLERANCE {
        return Err(MessageRefusal::WrongTime);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_few_signatures_of_the_right_length_are_looked_at() {
        let wrong = [vec![], vec![0; 31], vec![0; 33]];
        let right = (0..20).map(|number| vec![number; 32]);
        let taken = signatures(wrong.into_iter().chain(right));
        let first: Vec<_> = taken.iter().map(|signature| signature[0]).collect();
        assert_eq!(first, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_time_is_refused_in_both_directions() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).expect("a time");
        for (seconds, expected) in [
            ("1700000000", Ok(())),
            ("1699999700", Ok(())),
            ("1700000300", Ok(())),
            ("1699999699", Err(MessageRefusal::WrongTime)),
            ("1700000301", Err(MessageRefusal::WrongTime)),
            ("now", Err(MessageRefusal::WrongSignature)),
            ("99999999999999999999", Err(MessageRefusal::WrongSignature)),
        ] {
            assert_eq!(check_time(seconds, now), expected, "{seconds}");
        }
    }
}
