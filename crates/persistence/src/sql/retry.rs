//! The one loop that sends a script again while the database asks for it.

use std::time::Duration;

use uuid::Uuid;

use crate::error::StoreError;

/// How often a script is sent before its error is reported.
const ATTEMPTS: u32 = 6;

/// Runs `attempt` until its outcome is anything but [`StoreError::Retry`], six times at most.
pub(crate) async fn retrying<T, F>(attempt: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut made = 1;
    loop {
        match attempt().await {
            Err(StoreError::Retry(_)) if made < ATTEMPTS => pause(made).await,
            outcome => return outcome,
        }
        made += 1;
    }
}

/// Runs `work` in a task of its own: it goes on when the caller goes away.
pub(crate) async fn spawned<T: Send + 'static>(
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    let outcome = tokio::spawn(work).await;
    outcome.map_err(|problem| StoreError::Database(problem.to_string()))?
}

/// Waits a little longer after each attempt, and not quite regularly.
async fn pause(made: u32) {
    let jitter = u64::try_from(Uuid::now_v7().as_u128() % 7).unwrap_or(0);
    tokio::time::sleep(Duration::from_millis(5 * 2_u64.pow(made) + jitter)).await;
}
