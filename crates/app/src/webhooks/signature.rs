//! Signs messages as Standard Webhooks 1.0.0 says: HMAC-SHA256 over `id.timestamp.body`.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::env::Env;

/// What a secret begins with when it is shown.
const PREFIX: &str = "whsec_";
/// The length of a secret in bytes.
const LENGTH: usize = 32;

/// The secret of an endpoint.
pub(super) struct Secret(Vec<u8>);

impl Secret {
    /// A new secret.
    pub(super) fn new(env: &Env) -> Self {
        Self(env.bytes::<LENGTH>().to_vec())
    }

    /// The secret with these bytes.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as it is shown to staff, once.
    pub(super) fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The signature of a message: `v1,` and base64.
    fn sign(&self, signed: &[u8]) -> String {
        let tag = sign(&Key::new(HMAC_SHA256, &self.0), signed);
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    }
}

/// The value of `webhook-signature`: one signature for each secret, in their sequence.
pub(super) fn signatures(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut signed = format!("{id}.{timestamp}.").into_bytes();
    signed.extend_from_slice(body);
    let all: Vec<_> = secrets.iter().map(|secret| secret.sign(&signed)).collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        let key = STANDARD
            .decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .expect("base64");
        let secrets = [Secret::from_bytes(key)];
        let signed = signatures(
            &secrets,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secrets[0].text(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
}
