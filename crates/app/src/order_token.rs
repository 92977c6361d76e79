//! Order tokens: an order's id, sealed, so that only we can make one and nobody can count through them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use countermand_domain::OrderId;
use rand::RngCore;

use crate::error::AppError;

const NONCE: usize = 24;

/// Seals and opens order tokens with the installation's secret.
#[derive(Clone)]
pub struct OrderTokens(XChaCha20Poly1305);

impl OrderTokens {
    /// With a secret of 32 bytes.
    pub fn new(secret: &[u8]) -> Result<Self, AppError> {
        let cipher = XChaCha20Poly1305::new_from_slice(secret);
        cipher
            .map(Self)
            .map_err(|_| AppError::Internal("the installation's secret must have 32 bytes".into()))
    }

    /// A token for `order`: base64url, 64 characters, another one each time (contract section 7).
    #[must_use]
    pub fn seal(&self, order: OrderId) -> String {
        let mut sealed = [0_u8; NONCE].to_vec();
        rand::rng().fill_bytes(&mut sealed);
        let cipher = self.0.encrypt(
            XNonce::from_slice(&sealed),
            order.number().to_be_bytes().as_slice(),
        );
        // Sealing eight bytes cannot fail; an empty token would open nothing.
        sealed.extend(cipher.unwrap_or_default());
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The order that `token` is for; none for anything that we did not make.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<OrderId> {
        let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (nonce, cipher) = sealed.split_at_checked(NONCE)?;
        let plain = self.0.decrypt(XNonce::from_slice(nonce), cipher).ok()?;
        OrderId::from_number(i64::from_be_bytes(plain.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_with_its_secret_only() {
        let tokens = OrderTokens::new(&[7; 32]).expect("a secret");
        let order = OrderId::from_number(10_000_000_001).expect("an id");
        let token = tokens.seal(order);
        assert_eq!(token.len(), 64);
        assert_eq!(tokens.open(&token), Some(order));
        assert_ne!(tokens.seal(order), token);
        assert_eq!(OrderTokens::new(&[8; 32]).expect("a secret").open(&token), None);
        for wrong in ["", "TestToken", "incorrect", &token[1..], "💥"] {
            assert_eq!(tokens.open(wrong), None);
        }
    }
}
