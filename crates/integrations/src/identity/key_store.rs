//! Published keys, kept for a while: they are read again when they are old, and when a token names one that is new.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::ports::IdentityError;
use tokio::sync::{Mutex, RwLock};

use super::key::TokenKey;
use super::key_source::KeySource;

/// How long keys are used before they are read again.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// How long nobody asks again, whatever tokens name: the identity service is not to be flooded through us.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// The keys of an identity service. Those that are known stay in use while it cannot be asked.
pub(super) struct KeyStore {
    source: KeySource,
    known: RwLock<Known>,
    reading: Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: Vec<TokenKey>,
    /// When it was asked last.
    asked_at: Option<DateTime<Utc>>,
    /// When it answered last.
    answered_at: Option<DateTime<Utc>>,
}

impl KeyStore {
    pub(super) fn new(source: KeySource) -> Self {
        Self {
            source,
            known: RwLock::default(),
            reading: Mutex::default(),
        }
    }

    /// The keys called `id`, or all where a token names none.
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

    /// One caller reads, the others wait for what it brings.
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

/// Whether `time` has passed since `at`. A clock that was set back starts anew.
fn is_over(at: Option<DateTime<Utc>>, time: TimeDelta, now: DateTime<Utc>) -> bool {
    at.is_none_or(|at| now < at || now - at >= time)
}
