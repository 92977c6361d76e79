//! What a token says: until when, and of whom.

use chrono::{DateTime, Utc};
use countermand_app::ports::Identity;
use serde::Deserialize;
use serde_json::{Number, Value};

use super::verifier::CustomerClaim;

/// How far the identity service's clock may be from ours, in seconds.
const LEEWAY: i64 = 60;

/// The claims that count here; the library has looked at `iss` and `aud`.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    exp: Number,
    nbf: Option<Number>,
    email: Option<String>,
    email_verified: Option<Value>,
    customer_id: Option<Value>,
}

impl Claims {
    /// Whether they hold at `now`.
    pub(super) fn hold_at(&self, now: DateTime<Utc>) -> bool {
        let now = now.timestamp();
        let ends = seconds(&self.exp).is_some_and(|end| now < end.saturating_add(LEEWAY));
        let begins = self
            .nbf
            .as_ref()
            .is_none_or(|begin| seconds(begin).is_some_and(|begin| begin <= now.saturating_add(LEEWAY)));
        ends && begins
    }

    /// Whose they are, by `claim`.
    pub(super) fn identity(&self, claim: CustomerClaim) -> Option<Identity> {
        match claim {
            CustomerClaim::Email if self.denies_email() => None,
            CustomerClaim::Email => {
                let email = self.email.as_deref()?.trim().to_lowercase();
                (!email.is_empty()).then_some(Identity::Email(email))
            }
            CustomerClaim::CustomerId => match self.customer_id.as_ref()? {
                Value::Number(number) => number.as_i64(),
                Value::String(text) => text.parse().ok(),
                _ => None,
            }
            .map(Identity::CustomerId),
        }
    }

    /// An address that nobody checked may be anybody's. Some services write the answer as text.
    fn denies_email(&self) -> bool {
        match &self.email_verified {
            None | Some(Value::Null | Value::Bool(true)) => false,
            Some(Value::String(text)) => !text.eq_ignore_ascii_case("true"),
            Some(_) => true,
        }
    }
}

/// Whole seconds since 1970; some services write fractions.
fn seconds(number: &Number) -> Option<i64> {
    let text = number.to_string();
    text.split('.').next().and_then(|whole| whole.parse().ok())
}
