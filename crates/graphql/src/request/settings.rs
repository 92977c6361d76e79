//! The settings of the GraphQL interface, which hold for the whole installation.

use std::time::Duration;

/// The settings of the GraphQL interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiSettings {
    /// Whether clients may query the schema. Some storefronts query it when they are built.
    pub introspection: bool,
    /// The longest time that a request may take, from its first byte to its answer.
    pub deadline: Duration,
}

/// The deadline of an installation that sets none, in seconds.
pub const DEADLINE_SECONDS: u64 = 8;

impl Default for ApiSettings {
    /// With introspection, and a deadline of [`DEADLINE_SECONDS`].
    fn default() -> Self {
        Self {
            introspection: true,
            deadline: Duration::from_secs(DEADLINE_SECONDS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The servers of other tests give a request more time.
    #[test]
    fn a_request_has_eight_seconds() {
        assert_eq!(DEADLINE_SECONDS, 8);
        assert_eq!(ApiSettings::default().deadline, Duration::from_secs(8));
    }
}
