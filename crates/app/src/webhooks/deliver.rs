//! Sends one message to one endpoint, writes the log, and says what is to follow.

use std::time::{Duration, Instant};

use countermand_persistence::WebhookAttempt;

use super::endpoint::WebhookState;
use super::signature::signatures;
use crate::App;
use crate::error::AppError;
use crate::events::{CONTENT_TYPE, TEST, cloud_event, test_event};
use crate::obligations::{Attempt, Outcome, Receipt, WebhookDelivery};
use crate::ports::{WebhookAnswer, WebhookMessage};

/// How long a message waits for its turn when as many as may be are under way to its endpoint.
const TURN: Duration = Duration::from_secs(2);
/// How long a message waits before its endpoint is looked at again that is paused or switched off. When staff lets the
/// endpoint go on, its messages are due at once.
pub(super) const PAUSE: Duration = Duration::from_secs(60 * 60);
/// How long a message waits whose event has a kind that only a newer version of the program knows.
const NEWER_KIND: Duration = Duration::from_secs(60);

/// A message before it is signed.
struct Letter {
    /// The id of the event.
    id: String,
    /// The code of the kind of the event.
    kind: String,
    body: Vec<u8>,
}

impl App {
    /// Sends what `owed` names.
    pub(crate) async fn deliver_webhook(&self, owed: &WebhookDelivery, attempt: &Attempt) -> Outcome {
        match self.try_to_deliver(owed, attempt).await {
            Ok(outcome) => outcome,
            Err(problem) => Outcome::Later {
                why: problem.to_string(),
            },
        }
    }

    async fn try_to_deliver(&self, owed: &WebhookDelivery, attempt: &Attempt) -> Result<Outcome, AppError> {
        // The endpoint is read for each attempt: a change of staff holds at once on every server.
        let Some(endpoint) = self.database().webhook_endpoint(&owed.endpoint).await? else {
            return Ok(Outcome::Met(Receipt("the endpoint was deleted".to_owned())));
        };
        if endpoint.state != WebhookState::Active {
            let why = match endpoint.state {
                WebhookState::SwitchedOff => "the endpoint is switched off",
                WebhookState::Paused | WebhookState::Active => "the endpoint is paused",
            };
            return Ok(put_off(PAUSE, why));
        }
        let Some(place) = self.messages_per_endpoint().place(&endpoint.id) else {
            return Ok(put_off(TURN, "other messages to the endpoint are under way"));
        };
        let letter = match self.letter(owed, attempt).await? {
            Ok(letter) => letter,
            Err(outcome) => return Ok(outcome),
        };
        let secrets = match self.endpoint_secrets(&endpoint) {
            Ok(secrets) => secrets,
            Err(why) => return Ok(Outcome::NeedsAttention { why }),
        };
        let timestamp = self.now().timestamp();
        let message = WebhookMessage {
            address: endpoint.address.clone(),
            headers: vec![
                ("content-type", CONTENT_TYPE.to_owned()),
                ("webhook-id", letter.id.clone()),
                ("webhook-timestamp", timestamp.to_string()),
                (
                    "webhook-signature",
                    signatures(&secrets, &letter.id, timestamp, &letter.body),
                ),
            ],
            body: letter.body.clone(),
        };
        let begun = Instant::now();
        let answer = self.webhook_sender().send(message).await;
        let entry = self.entry(owed, attempt, &letter, &answer, begun.elapsed());
        place.ends(entry.is_delivered);
        self.database().insert_webhook_attempt(&entry).await?;
        if entry.is_delivered {
            let status = entry.status.unwrap_or_default();
            return Ok(Outcome::Met(Receipt(format!("answered with {status}"))));
        }
        self.after_failure(&endpoint, attempt, &answer, entry.problem)
            .await
    }

    /// The message that is owed; what is to follow when it cannot be made.
    async fn letter(
        &self,
        owed: &WebhookDelivery,
        attempt: &Attempt,
    ) -> Result<Result<Letter, Outcome>, AppError> {
        let Some((order, version)) = attempt.order.zip(owed.version) else {
            return Ok(Ok(Letter {
                id: attempt.id.clone(),
                kind: TEST.to_owned(),
                body: test_event(&attempt.id, attempt.caused_at),
            }));
        };
        let found = self.database().published_events(order, version - 1, 1).await?;
        if let Some(event) = found.first().filter(|event| event.version == version) {
            return Ok(Ok(Letter {
                id: event.id.clone(),
                kind: event.kind.code().to_owned(),
                body: cloud_event(event),
            }));
        }
        let kept = self.database().event_versions(order, version - 1, 1).await?;
        if kept.contains(&version) {
            let why = "the kind of the event is one of a newer version of the program";
            return Ok(Err(put_off(NEWER_KIND, why)));
        }
        let why = format!("order {} has no event {version}", order.number());
        Ok(Err(Outcome::NeedsAttention { why }))
    }

    /// The line of the log.
    fn entry(
        &self,
        owed: &WebhookDelivery,
        attempt: &Attempt,
        letter: &Letter,
        answer: &Result<WebhookAnswer, String>,
        duration: Duration,
    ) -> WebhookAttempt {
        let answered = answer.as_ref().ok();
        let is_delivered = answered.is_some_and(|it| (200..300).contains(&it.status));
        WebhookAttempt {
            id: self.env().next_id().to_string(),
            endpoint: owed.endpoint.clone(),
            event: letter.id.clone(),
            kind: letter.kind.clone(),
            order: attempt.order.zip(owed.version),
            attempt: attempt.number,
            is_delivered,
            status: answered.map(|it| it.status),
            answer: answered.map(|it| it.body.clone()).unwrap_or_default(),
            problem: match answer {
                Ok(_) if is_delivered => String::new(),
                Ok(answer) => format!("the endpoint answers with {}", answer.status),
                Err(problem) => problem.clone(),
            },
            duration,
            at: self.now(),
        }
    }
}

pub(super) fn put_off(wait: Duration, why: &str) -> Outcome {
    Outcome::Again {
        why: why.to_owned(),
        wait,
        is_counted: false,
    }
}
