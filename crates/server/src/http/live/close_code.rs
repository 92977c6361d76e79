//! The codes with which the server closes a WebSocket: those of the protocol itself, and those of the sub-protocol
//! `graphql-transport-ws`.

use std::borrow::Cow;

use axum::extract::ws::{CloseFrame, Message};

/// Why the server closes a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing {
    code: u16,
    reason: Cow<'static, str>,
}

impl Closing {
    pub(super) const GOING_AWAY: Self = Self::of(1001, "The server stops");
    pub(super) const TOO_LARGE: Self = Self::of(1009, "The message is too large");
    pub(super) const INTERNAL: Self = Self::of(1011, "Internal server error");
    pub(super) const INVALID: Self = Self::of(4400, "Invalid message received");
    pub(super) const UNAUTHORIZED: Self = Self::of(4401, "Unauthorized");
    pub(super) const FORBIDDEN: Self = Self::of(4403, "Forbidden");
    pub(super) const NO_INIT: Self = Self::of(4408, "Connection initialisation timeout");
    pub(super) const SECOND_INIT: Self = Self::of(4429, "Too many initialisation requests");

    const fn of(code: u16, reason: &'static str) -> Self {
        Self {
            code,
            reason: Cow::Borrowed(reason),
        }
    }

    /// The client began a second operation with the id of one that runs. A reason has at most 123 bytes.
    pub(super) fn id_in_use(id: &str) -> Self {
        let id: String = id.chars().take(20).collect();
        Self {
            code: 4409,
            reason: format!("Subscriber for {id} already exists").into(),
        }
    }

    pub(super) fn message(self) -> Message {
        Message::Close(Some(CloseFrame {
            code: self.code,
            reason: self.reason.into_owned().into(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_for_closing_is_short_for_a_long_id_too() {
        let closing = Closing::id_in_use(&"ä".repeat(60));
        assert!(closing.reason.len() <= 123, "{closing:?}");
    }
}
