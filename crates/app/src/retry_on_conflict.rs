//! Runs a use case again when another change came first: a conflict at the version that was read.

use countermand_persistence::DatabaseError;

use crate::App;
use crate::error::AppError;
use crate::failure::Failure;

/// How often a use case loads, decides and applies before it fails, when other changes of the order come first.
const ATTEMPTS: u32 = 3;

impl App {
    /// Runs `run` again when another change of the same order, or of the shop, came first; three times at most. After
    /// that, it fails with `contended`.
    pub(crate) async fn retry_on_conflict<T, R, F>(
        &self,
        contended: AppError,
        run: impl Fn() -> F,
    ) -> Result<T, Failure<R>>
    where
        F: Future<Output = Result<T, Failure<R>>>,
    {
        for _ in 0..ATTEMPTS {
            match run().await {
                Err(Failure::App(AppError::Database(DatabaseError::Conflict))) => {}
                outcome => return outcome,
            }
        }
        Err(contended.into())
    }
}
