//! Limits how often callers may try. Tries are counted in the database,
//! so replicas and GraphQL aliases do not raise the limits.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use countermand_domain::WebsiteNumber;
use countermand_persistence::RateLimit;

use crate::App;
use crate::accounts::access_token::hash_token;
use crate::error::AppError;

const HOUR: TimeDelta = TimeDelta::hours(1);

impl App {
    /// Counts a try before it is made; fails with [`AppError::RateLimited`]
    /// when the limit is passed. A limit of 0 means any number.
    ///
    /// The caller's own limit comes first. Once it is reached, the other limits
    /// are not counted, so a caller cannot use up the tries of another person.
    pub(crate) async fn count_try(&self, limits: &[RateLimit]) -> Result<(), AppError> {
        let now = self.now();
        for limit in limits.iter().filter(|limit| limit.most > 0) {
            if let Some(until) = self
                .database()
                .count_try(std::slice::from_ref(limit), now)
                .await?
            {
                return Err(AppError::RateLimited {
                    retry_after: until - now,
                });
            }
        }
        Ok(())
    }
}

/// A name of limited length for an account, which does not reveal the e-mail address.
pub(crate) fn account_name(website: WebsiteNumber, email: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash_token(&format!("{}:{email}", website.0)))
}

/// A limit of `most` tries in an hour.
pub(crate) fn hourly(name: String, most: i64) -> RateLimit {
    RateLimit {
        name,
        most,
        window: HOUR,
    }
}
