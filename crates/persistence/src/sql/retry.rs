//! The only loop that sends a script again if the database asks for it.

use std::time::Duration;

use uuid::Uuid;

use crate::error::DatabaseError;

/// The number of attempts after which the error of a script is reported.
const ATTEMPTS: u32 = 6;

/// Runs `attempt` until its outcome is not [`DatabaseError::Retry`], at most six times.
pub(crate) async fn retrying<T, F>(attempt: impl Fn() -> F) -> Result<T, DatabaseError>
where
    F: Future<Output = Result<T, DatabaseError>>,
{
    let mut made = 1;
    loop {
        match attempt().await {
            Err(DatabaseError::Retry(_)) if made < ATTEMPTS => pause(made).await,
            outcome => return outcome,
        }
        made += 1;
    }
}

/// Runs `work` in a separate task, which continues if the caller's future is dropped.
pub(crate) async fn spawned<T: Send + 'static>(
    work: impl Future<Output = Result<T, DatabaseError>> + Send + 'static,
) -> Result<T, DatabaseError> {
    let outcome = tokio::spawn(work).await;
    outcome.map_err(|problem| DatabaseError::Failed(problem.to_string()))?
}

/// Waits after a failed attempt: longer after each attempt, and for a slightly random time.
#[expect(
    clippy::disallowed_methods,
    reason = "the length of a pause reaches no row and no answer"
)]
async fn pause(made: u32) {
    let jitter = u64::try_from(Uuid::now_v7().as_u128() % 7).unwrap_or(0);
    tokio::time::sleep(Duration::from_millis(5 * 2_u64.pow(made) + jitter)).await;
}
