//! Publishes one event to the stream, and says what is to follow.

use std::time::Duration;

use countermand_persistence::{EventToPublish, PublishedEvent};

use super::{CONTENT_TYPE, cloud_event};
use crate::App;
use crate::error::AppError;
use crate::obligations::{Attempt, Outcome, Receipt, publication_key};
use crate::ports::{StreamMessage, StreamPlace};

/// How long an event waits for its turn while the event of its order before it is not published yet.
const TURN: Duration = Duration::from_millis(250);
/// How long an event waits that this program cannot publish, and another server can.
const PAUSE: Duration = Duration::from_secs(60);
/// The longest wait between two attempts in seconds. An event is tried until it is published, however long it takes.
const LONGEST_WAIT: u32 = 30;

impl App {
    /// Publishes the event that made `version` of the order of `attempt`, unless the event before it is owed still: the
    /// stream has the events of an order in the sequence of its versions.
    pub(crate) async fn publish_event(&self, version: i64, attempt: &Attempt) -> Outcome {
        match self.try_to_publish(version, attempt).await {
            Ok(outcome) => outcome,
            Err(problem) => self.again(attempt, problem.to_string()),
        }
    }

    async fn try_to_publish(&self, version: i64, attempt: &Attempt) -> Result<Outcome, AppError> {
        let Some(order) = attempt.order else {
            let why = "a publication without an order".to_owned();
            return Ok(Outcome::NeedsAttention { why });
        };
        let Some(stream) = self.event_stream() else {
            return Ok(put_off(PAUSE, "this program has no address of NATS"));
        };
        let before = publication_key(order, version - 1);
        let event = match self.database().event_to_publish(order, version, &before).await? {
            EventToPublish::Event(event) => event,
            EventToPublish::AfterAnother => {
                return Ok(put_off(TURN, "the event before it is not published yet"));
            }
            EventToPublish::OfNewerVersion => {
                let why = "the kind of the event is one of a newer version of the program";
                return Ok(put_off(PAUSE, why));
            }
            EventToPublish::Missing => {
                let why = format!("order {} has no event {version}", order.number());
                return Ok(Outcome::NeedsAttention { why });
            }
        };
        Ok(match stream.publish(message_of(&event)).await {
            Ok(place) => Outcome::Met(Receipt(words(&place))),
            Err(why) => self.again(attempt, why),
        })
    }

    /// Another attempt after 1, 2, 4 seconds and so on, longer by up to a quarter at random.
    fn again(&self, attempt: &Attempt, why: String) -> Outcome {
        let doublings = u32::try_from(attempt.number - 1).unwrap_or(0).min(5);
        let wait = (1_u32 << doublings).min(LONGEST_WAIT) * 1000;
        Outcome::Again {
            why,
            wait: Duration::from_millis(u64::from(wait + self.env().at_most(wait / 4))),
            is_counted: true,
        }
    }
}

/// The message of an event: the same bytes as in webhooks.
fn message_of(event: &PublishedEvent) -> StreamMessage {
    StreamMessage {
        id: event.id.clone(),
        store: event.order.store().0,
        kind: event.kind.code(),
        content_type: CONTENT_TYPE,
        body: cloud_event(event),
    }
}

fn words(place: &StreamPlace) -> String {
    let known = if place.is_duplicate {
        ", which was there before"
    } else {
        ""
    };
    format!("message {} of the stream {}{known}", place.sequence, place.stream)
}

fn put_off(wait: Duration, why: &str) -> Outcome {
    Outcome::Again {
        why: why.to_owned(),
        wait,
        is_counted: false,
    }
}
