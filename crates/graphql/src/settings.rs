//! What an installation decides about its GraphQL.

use std::time::Duration;

/// Settings of the surface as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiSettings {
    /// Whether the schema can be asked for; some storefronts ask when they are built.
    pub introspection: bool,
    /// How long a request may take, from its first byte to its answer.
    pub deadline: Duration,
}

impl Default for ApiSettings {
    /// The schema can be asked for; eight seconds.
    fn default() -> Self {
        Self {
            introspection: true,
            deadline: Duration::from_secs(8),
        }
    }
}
