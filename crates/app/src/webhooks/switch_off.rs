//! When an endpoint is switched off: it answers that it wants no more messages, or it took none for three days.

use countermand_persistence::{AttemptFilter, DatabaseError};

use super::deliver::{PAUSE, put_off};
use super::endpoint::{WebhookEndpoint, WebhookState};
use super::schedule::next_wait;
use crate::App;
use crate::error::AppError;
use crate::obligations::{Attempt, Outcome};
use crate::ports::WebhookAnswer;

/// The status with which an endpoint asks to be left alone.
const GONE: u16 = 410;

impl App {
    /// What follows after an attempt that did not deliver the message.
    pub(super) async fn after_failure(
        &self,
        endpoint: &WebhookEndpoint,
        attempt: &Attempt,
        answer: &Result<WebhookAnswer, String>,
        why: String,
    ) -> Result<Outcome, AppError> {
        let answered = answer.as_ref().ok();
        if answered.is_some_and(|it| it.status == GONE) {
            let problem = "the endpoint answered with 410 Gone: it wants no more messages";
            self.switch_endpoint_off(endpoint, problem).await?;
            return Ok(put_off(PAUSE, problem));
        }
        let asked = answered.and_then(|it| it.retry_after);
        if let Some(wait) = next_wait(attempt.number, asked, self.env()) {
            return Ok(Outcome::Again {
                why,
                wait,
                is_counted: true,
            });
        }
        // An endpoint that takes other messages stays on: something is wrong with this message alone.
        let taken = AttemptFilter {
            from: Some(attempt.caused_at),
            is_delivered: Some(true),
            ..AttemptFilter::default()
        };
        let taken = self
            .database()
            .webhook_attempts(&endpoint.id, &taken, None, 1)
            .await?;
        if taken.attempts.is_empty() {
            let problem = format!("the endpoint took no message for three days: {why}");
            self.switch_endpoint_off(endpoint, &problem).await?;
        }
        Ok(Outcome::NeedsAttention { why })
    }

    /// Switches an endpoint off, so that it is owed nothing more until staff switches it on.
    async fn switch_endpoint_off(&self, endpoint: &WebhookEndpoint, problem: &str) -> Result<(), AppError> {
        let after = WebhookEndpoint {
            state: WebhookState::SwitchedOff,
            problem: problem.to_owned(),
            version: endpoint.version + 1,
            ..endpoint.clone()
        };
        let system = countermand_domain::Actor::System;
        let audit = self.trail(&system, "", "switchWebhookEndpointOff", &endpoint.id, problem);
        tracing::error!(
            endpoint = endpoint.id,
            problem,
            "an endpoint of webhooks is switched off"
        );
        match self.database().update_webhook_endpoint(&after, &audit).await {
            // Staff changed the endpoint meanwhile, and the next attempt sees the change.
            Ok(()) | Err(DatabaseError::Conflict) => Ok(()),
            Err(failed) => Err(failed.into()),
        }
    }
}
