//! Keeps published keys for a while. They are read again when they are old, and when a token names an unknown key.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::ports::IdentityError;
use tokio::sync::{Mutex, RwLock};
use tokio::time::Instant;

use super::key::TokenKey;
use super::key_source::KeySource;

/// The age after which the keys are read again.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// The shortest time between two attempts to read the keys because they are old.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// The shortest time between two attempts to read the keys because a token names an unknown key. It protects the
/// identity service from a flood of such tokens. A token waits for the next attempt, so that a new key is accepted even
/// while others send tokens with keys that do not exist.
const LOOK_PAUSE: Duration = Duration::from_secs(2);

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
    /// When the last attempt began, for pauses of seconds.
    began: Option<Instant>,
    /// Whether the last attempt failed.
    has_failed: bool,
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
        let arrived = Instant::now();
        if self.known.read().await.is_old(now) {
            let _reading = self.reading.lock().await;
            // Of several callers only one reads the keys; the others wait for its result.
            if self.known.read().await.is_old(now) {
                self.read(now).await;
            }
        }
        {
            let known = self.known.read().await;
            let keys = known.called(id);
            if known.answered_at.is_none() {
                return Err(IdentityError::Unavailable);
            }
            if !keys.is_empty() {
                return Ok(keys);
            }
        }
        self.look_for(id, arrived, now).await
    }

    /// Reads the keys because none is called `id`, unless an attempt began after the token arrived.
    async fn look_for(
        &self,
        id: Option<&str>,
        arrived: Instant,
        now: DateTime<Utc>,
    ) -> Result<Vec<TokenKey>, IdentityError> {
        let _reading = self.reading.lock().await;
        let began = self.known.read().await.began;
        if began.is_none_or(|began| began < arrived) {
            if let Some(began) = began {
                tokio::time::sleep_until(began + LOOK_PAUSE).await;
            }
            self.read(now).await;
        }
        let known = self.known.read().await;
        match known.called(id) {
            // The key may be new, so the customer stays signed in until the keys can be read.
            keys if keys.is_empty() && known.has_failed => Err(IdentityError::Unavailable),
            keys => Ok(keys),
        }
    }

    /// Reads the keys. The caller holds the lock `reading`.
    async fn read(&self, now: DateTime<Utc>) {
        let began = Instant::now();
        let outcome = self.source.read().await;
        let mut known = self.known.write().await;
        known.began = Some(began);
        known.asked_at = Some(now);
        known.has_failed = outcome.is_err();
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
    fn is_old(&self, now: DateTime<Utc>) -> bool {
        is_over(self.asked_at, PAUSE, now) && is_over(self.answered_at, LIFETIME, now)
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
