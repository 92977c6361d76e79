//! Runs the jobs of a shop step by step.

use countermand_app::obligations::{Attempted, Ports, Settlement};
use countermand_app::ports::Mailer;
use countermand_integrations::mail::{FileMailer, MailTemplates};
use serde_json::{Value, json};

use crate::shop::TestShop;

impl TestShop {
    /// Runs jobs until none is due, and gives the outcome of each. Mails are written to the shop's folder.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn run_jobs(&self) -> Vec<Settlement> {
        let templates = MailTemplates::built_in();
        let mailer = FileMailer::new(self.mail().path(), "Shop <shop@example.com>", templates);
        self.run_jobs_with(&mailer.expect("a mailer")).await
    }

    /// Runs jobs until none is due, and gives the outcome of each. Mails are sent with `mailer`.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn run_jobs_with(&self, mailer: &dyn Mailer) -> Vec<Settlement> {
        let met = self.meet_obligations(mailer).await;
        let jobs = met.into_iter().filter(|it| it.kind.is_job());
        jobs.map(|it| it.settlement).collect()
    }

    /// Meets obligations of every kind until none is due, mails leaving by `mailer`; says what became of each.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn meet_obligations(&self, mailer: &dyn Mailer) -> Vec<Attempted> {
        let ports = Ports { mailer };
        let mut attempted = Vec::new();
        loop {
            let batch = self.app().meet_due_obligations(&ports, &|| false).await;
            let batch = batch.expect("obligations were met");
            if batch.is_empty() {
                return attempted;
            }
            attempted.extend(batch);
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
