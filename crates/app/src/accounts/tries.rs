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
        for limit in limits.iter().filter(|limit| limit.most > 0) {
            let now = self.now();
            let counted = self.database().count_try(std::slice::from_ref(limit), now);
            if let Some(until) = counted.await? {
                return Err(refused(&limit.name, until - now));
            }
        }
        Ok(())
    }

    /// Fails with [`AppError::RateLimited`] while one of `limits` allows no more tries; the error is about the one with
    /// the longest wait. This counts nothing: [`App::count_made_try`] counts the try once its outcome is known.
    pub(crate) async fn refuse_beyond(&self, limits: &[RateLimit]) -> Result<(), AppError> {
        let now = self.now();
        let used_up = self.database().limited_until(limits, now).await?;
        used_up.map_or(Ok(()), |limit| Err(refused(&limit.name, limit.until - now)))
    }

    /// Counts a try that was made, before its outcome is told: a failed one against all `limits`, and a successful one
    /// against none. Fails with [`AppError::RateLimited`] if one of `limits` allows no more tries by now; then the
    /// outcome must not be told, and nothing is counted.
    ///
    /// A caller that goes away before this has learned nothing.
    pub(crate) async fn count_made_try(
        &self,
        limits: &[RateLimit],
        has_failed: bool,
    ) -> Result<(), AppError> {
        let now = self.now();
        let used_up = self.database().count_made_try(limits, has_failed, now).await?;
        used_up.map_or(Ok(()), |limit| Err(refused(&limit.name, limit.until - now)))
    }
}

/// The error for a caller that the limit `name` refuses, which is counted.
fn refused(name: &str, retry_after: TimeDelta) -> AppError {
    // The part before the colon is the kind of limit; the rest names the caller.
    let kind = name.split(':').next().unwrap_or_default();
    journal::count_limit_hit(kind);
    tracing::debug!(limit = kind, "a limit was hit");
    AppError::RateLimited { retry_after }
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
