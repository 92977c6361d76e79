//! The validity of the secrets that an account or a member of staff is given: bearer tokens, and tokens for a new
//! password.

use chrono::{DateTime, Utc};

/// How long a bearer token is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenLifetime {
    /// The time from which the token is refused.
    pub expires_at: DateTime<Utc>,
    /// The time when the token was revoked; none while it is not revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl TokenLifetime {
    /// Whether the token is accepted at `now`. A revoked token is refused at every time.
    #[must_use]
    pub fn is_valid_at(self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// How long a token for a new password is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordResetLifetime {
    /// The time from which the token is refused.
    pub expires_at: DateTime<Utc>,
    /// Whether the token has set a password. A token works once.
    pub is_used: bool,
}

impl PasswordResetLifetime {
    /// Whether the token is accepted at `now`.
    #[must_use]
    pub fn is_valid_at(self, now: DateTime<Utc>) -> bool {
        !self.is_used && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_token_is_valid_until_it_expires_or_is_revoked() {
        let expires_at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(1);
        let just_before = expires_at - TimeDelta::microseconds(1);
        let token = TokenLifetime {
            expires_at,
            revoked_at: None,
        };
        assert!(token.is_valid_at(just_before) && !token.is_valid_at(expires_at));
        let revoked = TokenLifetime {
            revoked_at: Some(expires_at),
            ..token
        };
        assert!(!revoked.is_valid_at(just_before));
    }

    #[test]
    fn a_token_for_a_new_password_works_once_and_until_it_expires() {
        let expires_at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(2);
        let just_before = expires_at - TimeDelta::microseconds(1);
        let token = PasswordResetLifetime {
            expires_at,
            is_used: false,
        };
        assert!(token.is_valid_at(just_before) && !token.is_valid_at(expires_at));
        let used = PasswordResetLifetime {
            is_used: true,
            ..token
        };
        assert!(!used.is_valid_at(just_before));
    }
}
