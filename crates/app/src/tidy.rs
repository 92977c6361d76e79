//! Deletes what no longer counts; the worker does this from time to time.

use std::time::Duration;

use chrono::TimeDelta;
use countermand_domain::ConfigScope;
use countermand_persistence::DatabaseError;

use crate::App;
use crate::error::AppError;
use crate::obligations::ObligationKind;

/// How long an expired token of a customer is kept by the clock of the database: clocks of replicas may differ.
const EXPIRED_TOKENS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long an expired or revoked token of staff is kept, so that the list of tokens shows what happened to it.
const STAFF_TOKENS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long the mark of a version of a channel's order is kept.
const VERSIONS_KEPT: TimeDelta = TimeDelta::days(1);
/// How many rows one statement deletes at most, so that it holds few locks.
const AT_ONCE: u64 = 500;
/// The length of a day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many rows of one kind are deleted in one round at most; a job that canceled many orders is deleted whole.
const IN_A_ROUND: u64 = 20_000;

impl App {
    /// Deletes tries that no longer count, stale quotes, expired tokens for a new password, tokens of customers that
    /// expired more than a day ago, tokens of staff that expired or were revoked more than 30 days ago, jobs that were
    /// met longer ago than jobs are kept, bulk cancellations that ended longer ago than the setting says, and marks of
    /// versions of channels' orders that are older than a day. Returns how many rows it deleted.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let tries = self.database().forget_old_tries().await?;
        let resets = self.database().forget_old_password_resets().await?;
        self.forget_stale_quotes().await?;
        let jobs = self.forget_met_obligations().await?;
        let tokens = self.forget_expired_tokens().await? + self.forget_staff_tokens().await?;
        let bulk = self.forget_bulk_cancellations().await?;
        let versions = self.forget_channel_versions().await?;
        Ok(tries + resets + tokens + jobs + bulk + versions)
    }

    /// Deletes the marks of versions of channels' orders that are older than a day, and returns their number.
    async fn forget_channel_versions(&self) -> Result<u64, AppError> {
        let (database, now) = (self.database(), self.now());
        in_batches(|most| database.forget_channel_versions(VERSIONS_KEPT, now, most)).await
    }

    /// Deletes the tokens of customers that expired more than a day ago, and returns their number.
    async fn forget_expired_tokens(&self) -> Result<u64, AppError> {
        in_batches(|most| self.database().forget_expired_tokens(EXPIRED_TOKENS_KEPT, most)).await
    }

    /// Deletes the tokens of staff that expired or were revoked more than 30 days ago, and returns their number.
    async fn forget_staff_tokens(&self) -> Result<u64, AppError> {
        Ok(self.database().forget_staff_tokens(STAFF_TOKENS_KEPT).await?)
    }

    /// Deletes the bulk cancellations that ended longer ago than the setting says, with the results of their orders,
    /// and returns the number of rows.
    async fn forget_bulk_cancellations(&self) -> Result<u64, AppError> {
        let shop = self.database().shop().await?;
        let days = shop.settings_at(ConfigScope::Default).bulk_jobs_kept.value;
        let days = u32::try_from(days).unwrap_or(0);
        let mut deleted = 0;
        while days > 0 && deleted < IN_A_ROUND {
            let rows = self.database().forget_bulk_cancellation(DAY * days).await?;
            if rows == 0 {
                break;
            }
            deleted += rows;
        }
        Ok(deleted)
    }

    /// Deletes the jobs that were met longer ago than the installation keeps them, and returns their number.
    async fn forget_met_obligations(&self) -> Result<u64, AppError> {
        let kept = self.settings().met_jobs_kept.to_std().unwrap_or_default();
        let mut forgotten = 0;
        for kind in ObligationKind::ALL.iter().filter(|kind| kind.is_job()) {
            let delete = |most| self.database().forget_met_obligations(kind.code(), kept, most);
            forgotten += in_batches(delete).await?;
        }
        Ok(forgotten)
    }
}

/// Calls `delete` with the largest number of rows to delete until it finds fewer rows, or until the round is full.
/// Returns the number of deleted rows.
async fn in_batches<F>(delete: impl Fn(u64) -> F) -> Result<u64, AppError>
where
    F: Future<Output = Result<u64, DatabaseError>>,
{
    let mut deleted = 0;
    while deleted < IN_A_ROUND {
        let batch = delete(AT_ONCE).await?;
        deleted += batch;
        if batch < AT_ONCE {
            break;
        }
    }
    Ok(deleted)
}
