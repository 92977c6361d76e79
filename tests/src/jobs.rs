//! Runs the jobs of a shop step by step.

use countermand_app::job::JobOutcome;
use countermand_app::ports::Mailer;
use countermand_integrations::mail::{FileMailer, MailTemplates};
use serde_json::{Value, json};

use crate::shop::TestShop;

impl TestShop {
    /// Runs jobs until none is due, and gives the outcome of each. Mails are written to the shop's folder.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn run_jobs(&self) -> Vec<JobOutcome> {
        let templates = MailTemplates::built_in();
        let mailer = FileMailer::new(self.mail().path(), "Shop <shop@example.com>", templates);
        self.run_jobs_with(&mailer.expect("a mailer")).await
    }

    /// Runs jobs until none is due, and gives the outcome of each. Mails are sent with `mailer`.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn run_jobs_with(&self, mailer: &dyn Mailer) -> Vec<JobOutcome> {
        let mut outcomes = Vec::new();
        loop {
            match self.app().run_next_job(mailer).await.expect("a job was run") {
                JobOutcome::Idle => return outcomes,
                outcome => outcomes.push(outcome),
            }
        }
    }

    /// The jobs in `state` (`WAITING` or `FAILED`), as an owner sees them.
    pub async fn jobs(&self, state: &str) -> Vec<Value> {
        let query = "query($state: JobState!) { jobs(state: $state) { items {
          id kind state order_id order_number attempts last_error created_at next_try_at
        } } }";
        let asked = self.ask(query).variables(json!({ "state": state }));
        let answer = asked.token(self.owner()).send().await;
        answer.data("/jobs/items").as_array().cloned().unwrap_or_default()
    }
}
