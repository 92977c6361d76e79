//! How jobs are run, and how long they are kept.

use std::sync::Arc;

use chrono::TimeDelta;
use clap::Args;
use countermand_app::MET_JOBS_KEPT_DAYS;
use countermand_app::ports::Mailer;

#[derive(Debug, Args)]
pub(crate) struct JobArgs {
    /// Jobs that are run at the same time; each keeps a connection to the mail server.
    #[arg(long, env = "WORKERS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    workers: u32,
    /// Days that a job is kept after it is done, without its payload; 0 deletes the job at the next tidying.
    #[arg(long, env = "DONE_JOBS_KEPT_DAYS", default_value_t = MET_JOBS_KEPT_DAYS, value_parser = clap::value_parser!(u32).range(0..=3650))]
    done_jobs_kept_days: u32,
}

impl JobArgs {
    pub(crate) fn met_jobs_kept(&self) -> TimeDelta {
        TimeDelta::days(self.done_jobs_kept_days.into())
    }

    /// What each worker mails with: the same mailer.
    pub(crate) fn share(&self, mailer: Box<dyn Mailer>) -> Vec<Box<dyn Mailer>> {
        let mailer: Arc<dyn Mailer> = mailer.into();
        (0..self.workers)
            .map(|_| Box::new(mailer.clone()) as Box<dyn Mailer>)
            .collect()
    }
}
