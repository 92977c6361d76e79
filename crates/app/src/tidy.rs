//! Deletes what no longer counts; the worker does this from time to time.

use chrono::TimeDelta;

use crate::App;
use crate::error::AppError;

/// How long an expired token of a customer is kept: clocks of replicas may differ.
const EXPIRED_TOKENS_KEPT: TimeDelta = TimeDelta::days(1);
/// How many tokens of customers, or how many jobs, are deleted in one statement at most.
pub(crate) const FORGOTTEN_AT_ONCE: u64 = 500;
/// How many tokens of customers, and how many jobs, are deleted in one round at most.
pub(crate) const FORGOTTEN_IN_A_ROUND: u64 = 20_000;

impl App {
    /// Deletes tries that no longer count, expired tokens for a new password, tokens of customers that expired more than
    /// a day ago, and jobs that were met longer ago than jobs are kept. Returns how many rows it deleted.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let now = self.now();
        let tries = self.database().forget_old_tries(now).await?;
        let resets = self.database().forget_old_password_resets(now).await?;
        let jobs = self.forget_met_obligations().await?;
        Ok(tries + resets + self.forget_expired_tokens().await? + jobs)
    }

    /// Deletes the tokens of customers that expired more than a day ago, and returns their number.
    async fn forget_expired_tokens(&self) -> Result<u64, AppError> {
        let until = self.now() - EXPIRED_TOKENS_KEPT;
        let mut forgotten = 0;
        while forgotten < FORGOTTEN_IN_A_ROUND {
            let batch = self
                .database()
                .forget_expired_tokens(until, FORGOTTEN_AT_ONCE)
                .await?;
            forgotten += batch;
            if batch < FORGOTTEN_AT_ONCE {
                break;
            }
        }
        Ok(forgotten)
    }
}
