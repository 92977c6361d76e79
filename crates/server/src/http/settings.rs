//! What an installation decides about its HTTP.

use crate::http::caller::TrustedProxies;
use crate::http::cors::CorsOrigins;

/// Settings of the routes.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The pages of other origins that may ask.
    pub cors_origins: CorsOrigins,
    /// Whether there is a page to try queries on.
    pub graphiql: bool,
    /// Whose word is taken for where a request came from.
    pub trusted_proxies: TrustedProxies,
}

impl Default for HttpSettings {
    /// No other origin, the page, and no proxy.
    fn default() -> Self {
        Self {
            cors_origins: CorsOrigins::default(),
            graphiql: true,
            trusted_proxies: TrustedProxies::default(),
        }
    }
}
