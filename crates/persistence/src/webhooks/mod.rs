//! Webhooks: the endpoints, the log of what was sent to them, and the events that can be sent again.

mod attempt;
mod endpoint;
mod events_of_time;

#[cfg(test)]
pub(crate) use attempt::without_attempts;
pub use attempt::{AttemptFilter, AttemptPage, WebhookAttempt};
pub(crate) use endpoint::subscribers_of;
pub use endpoint::{WebhookEndpoint, WebhookState};
pub use events_of_time::{EventOfTime, EventPlace, EventsOfTime};
