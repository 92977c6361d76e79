//! Keeps published keys for a while. They are read again when they are old, or when a token names an unknown key.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::ports::IdentityError;
use tokio::sync::{Mutex, RwLock};

use super::key::TokenKey;
use super::key_source::KeySource;

/// The age after which the keys are read again.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// The shortest time between two attempts to read the keys. It protects the identity service from a flood of tokens
/// with unknown keys.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// The keys of an identity service. Known keys stay in use while the identity service cannot be reached.
pub(super) struct RefreshedKeys {
    source: KeySource,
    known: RwLock<Known>,
    reading: Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: Vec<TokenKey>,
    /// The time of the last attempt to read the keys.
    asked_at: Option<DateTime<Utc>>,
    /// The time of the last successful attempt.
    answered_at: Option<DateTime<Utc>>,
}

impl RefreshedKeys {
    pub(super) fn new(source: KeySource) -> Self {
        Self {
            source,
            known: RwLock::default(),
            reading: Mutex::default(),
        }
    }

    /// The keys with the id `id`, or all keys if a token names none.
    pub(super) async fn keys_for(
        &self,
        id: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Vec<TokenKey>, IdentityError> {
        if self.known.read().await.must_be_read(id, now) {
            self.read(id, now).await;
        }
        let known = self.known.read().await;
        if known.answered_at.is_none() {
            return Err(IdentityError::Unavailable);
        }
        Ok(known.called(id))
    }

    /// Reads the keys. Of several callers only one reads them; the others wait for its result.
    async fn read(&self, id: Option<&str>, now: DateTime<Utc>) {
        let _reading = self.reading.lock().await;
        if !self.known.read().await.must_be_read(id, now) {
            return;
        }
        let outcome = self.source.read().await;
        let mut known = self.known.write().await;
        known.asked_at = Some(now);
        match outcome {
            Ok(keys) => {
                known.keys = keys;
                known.answered_at = Some(now);
            }
            Err(problem) => tracing::warn!(problem, "cannot read the identity service's keys"),
        }
    }
}

impl Known {
    fn must_be_read(&self, id: Option<&str>, now: DateTime<Utc>) -> bool {
        let may_ask = is_over(self.asked_at, PAUSE, now);
        may_ask && (is_over(self.answered_at, LIFETIME, now) || self.called(id).is_empty())
    }

    fn called(&self, id: Option<&str>) -> Vec<TokenKey> {
        let fits = |key: &&TokenKey| id.is_none() || key.id.as_deref() == id;
        self.keys.iter().filter(fits).cloned().collect()
    }
}

/// Whether `time` has passed since `at`. The time also counts as passed if the clock was set back before `at`.
fn is_over(at: Option<DateTime<Utc>>, time: TimeDelta, now: DateTime<Utc>) -> bool {
    at.is_none_or(|at| now < at || now - at >= time)
}
