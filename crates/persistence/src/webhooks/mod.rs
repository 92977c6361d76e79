//! Webhooks: the endpoints, and the log of what was sent to them.

mod attempt;
mod endpoint;

#[cfg(test)]
pub(crate) use attempt::without_attempts;
pub use attempt::{AttemptFilter, AttemptPage, WebhookAttempt};
pub(crate) use endpoint::subscribers_of;
pub use endpoint::{WebhookEndpoint, WebhookState};
