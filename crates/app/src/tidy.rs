//! Deletes what no longer counts, and says how long it is kept; the worker does this from time to time.
//!
//! Orders with their history, entries of the audit log, and obligations that are no jobs, such as voids and refunds, are
//! never deleted here.

use std::time::Duration;

use chrono::TimeDelta;
use countermand_domain::ConfigScope;
use countermand_persistence::{ABANDONED, DatabaseError, MET};

use crate::App;
use crate::error::AppError;
use crate::idempotency::ANONYMOUS;
use crate::journal;
use crate::obligations::ObligationKind;

/// For how many days finished jobs are kept in an installation that sets no number.
pub const MET_JOBS_KEPT_DAYS: u32 = 30;
/// How long a stale quote is kept.
const STALE_QUOTES_KEPT: TimeDelta = TimeDelta::days(1);
/// How long an expired token of a customer is kept by the clock of the database: clocks of replicas may differ.
const EXPIRED_TOKENS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long an expired or revoked token of staff is kept, so that the list of tokens shows what happened to it.
const STAFF_TOKENS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long the mark of a version of a channel's order is kept.
const VERSIONS_KEPT: TimeDelta = TimeDelta::days(1);
/// How long the log of webhooks is kept.
const WEBHOOK_LOG_KEPT: TimeDelta = TimeDelta::days(30);
/// How long a payment is kept of which its provider sent a message, and that no order of its account has.
const EARLY_PAYMENTS_KEPT: TimeDelta = TimeDelta::days(30);
/// How many such payments are kept of each account at a provider: the newest ones.
const MOST_EARLY_PAYMENTS: u64 = 50_000;
/// How many idempotency keys of anonymous callers are kept beside those of the last day: the newest ones. Anyone can
/// make many of them.
const MOST_ANONYMOUS_KEYS: u64 = 100_000;
/// How many rows one statement deletes at most, so that it holds few locks.
const AT_ONCE: u64 = 500;
/// The length of a day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many rows of one kind are deleted in one round at most; a job that canceled many orders is deleted whole.
pub const ROWS_IN_A_ROUND: u64 = 20_000;

impl App {
    /// Deletes tries that no longer count, stale quotes, expired tokens for a new password, tokens of customers that
    /// expired more than a day ago, tokens of staff that expired or were revoked more than 30 days ago, jobs that
    /// were met longer ago than jobs are kept, bulk cancellations that ended longer ago than the setting says, marks
    /// of versions of channels' orders that are older than a day, idempotency keys that are older than the setting
    /// says, those of anonymous callers that are older than a day and beyond the newest 100,000, entries of the log of
    /// webhooks that are older than 30 days, and payments that no order of their account has and of which their
    /// providers sent no message for 30 days. Returns how many rows it deleted.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let tries = self.database().forget_old_tries().await?;
        let resets = self.database().forget_old_password_resets().await?;
        self.forget_stale_quotes().await?;
        let jobs = self.forget_met_obligations().await?;
        let tokens = self.forget_expired_tokens().await? + self.forget_staff_tokens().await?;
        let bulk = self.forget_bulk_cancellations().await?;
        let versions = self.forget_channel_versions().await?;
        let keys = self.forget_idempotency_keys().await?;
        let webhooks = self.forget_webhook_attempts().await?;
        let payments = self.forget_early_payments().await?;
        Ok(tries + resets + tokens + jobs + bulk + versions + keys + webhooks + payments)
    }

    /// Deletes payments that no order of their account has: those of which their provider sent no message for 30 days,
    /// and those beyond the newest 50,000 of each account. Each is logged first. Returns their number.
    async fn forget_early_payments(&self) -> Result<u64, AppError> {
        // What an order has by now is checked. It is not deleted, even if this look does not owe its check yet.
        self.owe_early_checks().await?;
        let (database, until) = (self.database(), self.now() - EARLY_PAYMENTS_KEPT);
        let shop = database.shop().await?.version;
        let mut deleted = 0;
        for account in database.payment_accounts().await? {
            let name = account.name.as_str();
            let delete = |most| async move {
                let stale = database
                    .stale_early_payments(name, until, MOST_EARLY_PAYMENTS, most)
                    .await?;
                journal::payments_are_forgotten(name, &stale);
                database.forget_early_payments(name, &stale, shop).await
            };
            deleted += in_batches(delete).await?;
        }
        Ok(deleted)
    }

    /// Deletes entries of the log of webhooks that are older than 30 days, and returns their number.
    async fn forget_webhook_attempts(&self) -> Result<u64, AppError> {
        let (database, now) = (self.database(), self.now());
        in_batches(|most| database.forget_webhook_attempts(WEBHOOK_LOG_KEPT, now, most)).await
    }

    /// Deletes the marks of versions of channels' orders that are older than a day, and returns their number.
    async fn forget_channel_versions(&self) -> Result<u64, AppError> {
        let (database, now) = (self.database(), self.now());
        in_batches(|most| database.forget_channel_versions(VERSIONS_KEPT, now, most)).await
    }

    /// Deletes quotes that have been stale for a day.
    async fn forget_stale_quotes(&self) -> Result<(), AppError> {
        Ok(self
            .database()
            .forget_quotes(self.now() - STALE_QUOTES_KEPT)
            .await?)
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
        while days > 0 && deleted < ROWS_IN_A_ROUND {
            let rows = self.database().forget_bulk_cancellation(DAY * days).await?;
            if rows == 0 {
                break;
            }
            deleted += rows;
        }
        Ok(deleted)
    }

    /// Deletes the idempotency keys that are older than the setting says, and of those of anonymous callers that are
    /// older than a day all but the newest 100,000, with their answers and marks, and returns the number of rows.
    async fn forget_idempotency_keys(&self) -> Result<u64, AppError> {
        let database = self.database();
        let shop = database.shop().await?;
        let days = shop.settings_at(ConfigScope::Default).idempotency_keys_kept.value;
        let kept = DAY * u32::try_from(days).unwrap_or(u32::MAX);
        let old = in_batches(|most| database.forget_idempotency_keys(kept, most)).await?;
        let oldest = database
            .oldest_idempotency_key_to_keep(ANONYMOUS, MOST_ANONYMOUS_KEYS, DAY)
            .await?;
        let Some(oldest) = oldest else { return Ok(old) };
        let forget = |most| database.forget_idempotency_keys_of(ANONYMOUS, oldest, most);
        Ok(old + in_batches(forget).await?)
    }

    /// Deletes the jobs that were met or abandoned longer ago than the installation keeps them, and returns their
    /// number.
    async fn forget_met_obligations(&self) -> Result<u64, AppError> {
        let kept = self.settings().met_jobs_kept.to_std().unwrap_or_default();
        let mut forgotten = 0;
        for kind in ObligationKind::ALL.iter().filter(|kind| kind.is_job()) {
            for state in [MET, ABANDONED] {
                let database = self.database();
                let delete = |most| database.forget_ended_obligations(kind.code(), state, kept, most);
                forgotten += in_batches(delete).await?;
            }
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
    while deleted < ROWS_IN_A_ROUND {
        let batch = delete(AT_ONCE).await?;
        deleted += batch;
        if batch < AT_ONCE {
            break;
        }
    }
    Ok(deleted)
}
