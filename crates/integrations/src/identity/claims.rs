//! The claims of a token: its validity, and the customer that it names.

use chrono::{DateTime, Utc};
use countermand_app::ports::{Email, Identity};
use serde::Deserialize;
use serde_json::{Number, Value};

use super::verifier::CustomerClaim;

/// The largest difference between the clocks of the identity service and of this server, in seconds.
const LEEWAY: i64 = 60;

/// The claims that this module checks. The library has checked `aud` before.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    /// One issuer. The library also accepts a list of issuers.
    iss: String,
    exp: Number,
    nbf: Option<Number>,
    email: Option<String>,
    email_verified: Option<Value>,
    customer_id: Option<Value>,
}

impl Claims {
    /// Whether the token says that `issuer` made it.
    pub(super) fn is_by(&self, issuer: &str) -> bool {
        self.iss == issuer
    }

    /// Whether the token is valid at `now`.
    pub(super) fn hold_at(&self, now: DateTime<Utc>) -> bool {
        let now = now.timestamp();
        let ends = seconds(&self.exp).is_some_and(|end| now < end.saturating_add(LEEWAY));
        let begins = self
            .nbf
            .as_ref()
            .is_none_or(|begin| seconds(begin).is_some_and(|begin| begin <= now.saturating_add(LEEWAY)));
        ends && begins
    }

    /// The customer that `claim` names; none if the claim is absent or not usable.
    pub(super) fn identity(&self, claim: CustomerClaim) -> Option<Identity> {
        match claim {
            CustomerClaim::Email if self.denies_email() => None,
            CustomerClaim::VerifiedEmail if !self.confirms_email() => None,
            CustomerClaim::Email | CustomerClaim::VerifiedEmail => {
                let email = Email::new(self.email.as_deref()?);
                (!email.as_str().is_empty()).then_some(Identity::Email(email))
            }
            CustomerClaim::CustomerId => match self.customer_id.as_ref()? {
                Value::Number(number) => number.as_i64(),
                Value::String(text) => text.parse().ok(),
                _ => None,
            }
            .map(Identity::CustomerId),
        }
    }

    /// Whether the identity service says that it has verified the e-mail address.
    fn confirms_email(&self) -> bool {
        self.email_verified.is_some() && !self.denies_email() && self.email_verified != Some(Value::Null)
    }

    /// Whether the identity service says that it has not verified the e-mail address, which could then belong to
    /// another person. Some services write the claim as text.
    fn denies_email(&self) -> bool {
        match &self.email_verified {
            None | Some(Value::Null | Value::Bool(true)) => false,
            Some(Value::String(text)) => !text.eq_ignore_ascii_case("true"),
            Some(_) => true,
        }
    }
}

/// The whole seconds since 1970 of `number`. Some services write fractions.
fn seconds(number: &Number) -> Option<i64> {
    let text = number.to_string();
    text.split('.').next().and_then(|whole| whole.parse().ok())
}
