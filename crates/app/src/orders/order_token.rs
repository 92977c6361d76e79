//! Order tokens. A token is the sealed id of an order, so a caller can neither make a token nor guess the next one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countermand_domain::OrderId;

use crate::env::Env;
use crate::error::AppError;
use crate::seal::Seal;

/// The context of order tokens, which are the only values that are sealed without a context.
const NO_CONTEXT: &[u8] = &[];

/// Seals and opens order tokens with the installation's secret.
#[derive(Clone)]
pub struct OrderTokens(Seal);

impl OrderTokens {
    /// Makes the seal from a secret of 32 bytes.
    pub fn new(secret: &[u8], env: &Env) -> Result<Self, AppError> {
        Seal::new(secret, env).map(Self)
    }

    /// Makes a token for `order`: base64url, 64 characters, different each time (`docs/contract.md` section 7).
    #[must_use]
    pub fn seal(&self, order: OrderId) -> String {
        URL_SAFE_NO_PAD.encode(self.0.seal(&order.number().to_be_bytes(), NO_CONTEXT))
    }

    /// The order that `token` is for; none for a token that this installation did not make.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<OrderId> {
        let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
        let plain = self.0.open(&sealed, NO_CONTEXT)?;
        OrderId::from_number(i64::from_be_bytes(plain.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::tests::counting_env;

    #[test]
    fn a_token_opens_with_its_secret_only() {
        let env = counting_env();
        let tokens = OrderTokens::new(&[7; 32], &env).expect("a secret");
        let order = OrderId::from_number(10_000_000_001).expect("an id");
        let token = tokens.seal(order);
        assert_eq!(token.len(), 64);
        assert_eq!(tokens.open(&token), Some(order));
        assert_ne!(tokens.seal(order), token);
        let others = OrderTokens::new(&[8; 32], &env).expect("a secret");
        assert_eq!(others.open(&token), None);
        for wrong in ["", "TestToken", "incorrect", &token[1..], "💥"] {
            assert_eq!(tokens.open(wrong), None);
        }
    }
}
