//! The settings of the HTTP server, which hold for the whole installation.

use crate::http::caller::TrustedProxies;
use crate::http::cors::CorsOrigins;

/// The largest number of open connections from one network address, in an installation that sets none.
pub const CONNECTIONS_PER_ADDRESS: u32 = 256;

/// The settings of the routes.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The other origins whose pages may send requests.
    pub cors_origins: CorsOrigins,
    /// Whether the page `/graphiql` exists.
    pub graphiql: bool,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: TrustedProxies,
}

impl Default for HttpSettings {
    /// No other origins, the page `/graphiql`, and no trusted proxies.
    fn default() -> Self {
        Self {
            cors_origins: CorsOrigins::default(),
            graphiql: true,
            trusted_proxies: TrustedProxies::default(),
        }
    }
}
