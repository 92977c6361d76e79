//! Running jobs: one a call, so that a test can drive a worker step by step.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{Catalog, Order, OrderId};
use countermand_persistence::{ClaimedJob, JobCounts, NewJob};
use uuid::Uuid;

use crate::App;
use crate::error::AppError;
use crate::ports::{Mail, MailError, MailMessage, Mailer};

const MAIL: &str = "mail";
/// Looks for the account of somebody who forgot the password.
pub(crate) const PASSWORD_RESET: &str = "password_reset";
const LEASE: Duration = Duration::from_secs(120);
/// About three days of doubling waits, an hour at most each.
const MAX_ATTEMPTS: i32 = 80;

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// Nothing was due.
    Idle,
    /// Done.
    Done,
    /// Failed; tried again later.
    Postponed(String),
    /// Failed for good.
    GivenUp(String),
}

impl App {
    /// Runs the next due job, if there is one.
    pub async fn run_next_job(&self, mailer: &dyn Mailer) -> Result<JobOutcome, AppError> {
        let now = self.now();
        let Some(job) = self.store().claim_job(now, LEASE).await? else {
            return Ok(JobOutcome::Idle);
        };
        match self.run(&job, mailer).await {
            Ok(()) => {
                self.store().finish_job(&job).await?;
                Ok(JobOutcome::Done)
            }
            Err(MailError::Temporary(problem)) if job.attempts + 1 < MAX_ATTEMPTS => {
                self.store()
                    .retry_job(&job, next_try(&job, now), &problem)
                    .await?;
                Ok(JobOutcome::Postponed(problem))
            }
            Err(MailError::Temporary(problem) | MailError::Permanent(problem)) => {
                self.store().give_up_job(&job, &problem).await?;
                Ok(JobOutcome::GivenUp(problem))
            }
        }
    }

    async fn run(&self, job: &ClaimedJob, mailer: &dyn Mailer) -> Result<(), MailError> {
        match job.kind.as_str() {
            MAIL => send(job, mailer).await,
            PASSWORD_RESET => self.mail_password_reset(&job.payload).await,
            kind => Err(MailError::Temporary(format!(
                "this version knows no `{kind}` jobs"
            ))),
        }
    }

    /// How many jobs stand where.
    pub async fn job_counts(&self) -> Result<JobCounts, AppError> {
        Ok(self.store().job_counts().await?)
    }
}

/// A job that sends `mail`, about `order` where there is one.
pub(crate) fn mail_job(order: Option<OrderId>, mail: &Mail) -> Result<NewJob, AppError> {
    let internal = |problem: String| AppError::Internal(problem);
    Ok(NewJob {
        id: mail
            .id
            .parse()
            .map_err(|problem: uuid::Error| internal(problem.to_string()))?,
        kind: MAIL.into(),
        order,
        payload: serde_json::to_string(mail).map_err(|problem| internal(problem.to_string()))?,
        created_at: mail.caused_at,
    })
}

/// A mail to whoever placed `order`, in the language of its store view.
pub(crate) fn mail_to_buyer(
    order: &Order,
    catalog: &Catalog,
    message: MailMessage,
    caused_at: DateTime<Utc>,
) -> Mail {
    let store = catalog.store(order.id.store());
    Mail {
        id: Uuid::now_v7().to_string(),
        to: order.customer.email.clone(),
        to_name: order.customer.full_name(),
        locale: store.map_or_else(|| "en_US".into(), |store| store.locale.clone()),
        store_name: store.map_or_else(String::new, |store| store.name.clone()),
        message,
        caused_at,
    }
}

async fn send(job: &ClaimedJob, mailer: &dyn Mailer) -> Result<(), MailError> {
    let mut mail: Mail =
        serde_json::from_str(&job.payload).map_err(|problem| MailError::Permanent(problem.to_string()))?;
    mail.caused_at = job.created_at;
    mailer.send(&mail).await
}

/// 5 s, 10 s, 20 s, ... up to an hour, spread by up to a quarter so that a crowd does not return as one.
fn next_try(job: &ClaimedJob, now: DateTime<Utc>) -> DateTime<Utc> {
    let doublings = u32::try_from(job.attempts).unwrap_or(0).min(10);
    let wait = (5_i64 << doublings).min(3600);
    let spread = rand::random_range(0..=wait / 4);
    now + TimeDelta::seconds(wait + spread)
}
