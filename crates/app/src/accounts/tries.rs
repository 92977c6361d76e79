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
use crate::journal;

const HOUR: TimeDelta = TimeDelta::hours(1);

impl App {
    /// Counts a try before it is made; fails with [`AppError::RateLimited`]
    /// when the limit is passed. A limit of 0 means any number.
    ///
    /// The caller's own limit comes first. Once it is reached, the other limits
    /// are not counted, so a caller cannot use up the tries of another person.
    pub(crate) async fn count_try(&self, limits: &[RateLimit]) -> Result<(), AppError> {
        for limit in limits {
            self.count_together(std::slice::from_ref(limit)).await?;
        }
        Ok(())
    }

    /// Counts a try as [`App::count_try`] does, for all `limits` in one round trip. The try counts for each of them,
    /// even if one of them is reached.
    pub(crate) async fn count_together(&self, limits: &[RateLimit]) -> Result<(), AppError> {
        let now = self.now();
        let limits: Vec<_> = limits.iter().filter(|limit| limit.most > 0).cloned().collect();
        let Some(until) = self.database().count_try(&limits, now).await? else {
            return Ok(());
        };
        // The part before the colon is the kind of limit; the rest names the caller.
        let kind = limits.first().and_then(|limit| limit.name.split(':').next());
        let kind = kind.unwrap_or_default();
        journal::count_limit_hit(kind);
        tracing::debug!(limit = kind, "a limit was hit");
        Err(AppError::RateLimited {
            retry_after: until - now,
        })
    }
}

/// A name of limited length for an account, which does not reveal the e-mail address.
pub(crate) fn account_name(website: WebsiteNumber, email: &str) -> String {
    hashed_name(website.0, email)
}

/// A name of limited length for `text` in a scope with a number, which does not reveal the text.
pub(crate) fn hashed_name(scope: i32, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash_token(&format!("{scope}:{text}")))
}

/// A limit of `most` tries in an hour.
pub(crate) fn hourly(name: String, most: i64) -> RateLimit {
    RateLimit {
        name,
        most,
        window: HOUR,
    }
}
