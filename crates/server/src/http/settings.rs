//! The settings of the HTTP server, which hold for the whole installation. Other limits stand elsewhere: of a body in
//! `body.rs`, of a connection in `listener.rs`, the deadline of a request in `graphql/src/request/settings.rs`, and how
//! many requests a caller may send in `server/src/cli/limits.rs` and `app/src/accounts/request_limit.rs`.

use crate::http::body_room::BodyRoom;
use crate::http::cors::CorsOrigins;
use crate::http::hosts::LocalHosts;
use crate::http::live::LiveLimits;
use crate::http::trusted_proxies::TrustedProxies;

/// The settings of the routes.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The other origins whose pages may send requests.
    pub cors_origins: CorsOrigins,
    /// Whether the page `/graphiql` exists.
    pub graphiql: bool,
    /// Whether health checks and metrics have an address of their own, so that they are not at the address of the shop.
    pub has_admin_address: bool,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: TrustedProxies,
    /// The memory that the bodies of all requests share.
    pub bodies: BodyRoom,
    /// The hosts that requests may name; none if they may name any.
    pub hosts: Option<LocalHosts>,
    /// The limits of connections that stay open.
    pub live: LiveLimits,
}

impl Default for HttpSettings {
    /// No other origins, the page `/graphiql`, one address for all pages, no trusted proxies, and any host.
    fn default() -> Self {
        Self {
            cors_origins: CorsOrigins::default(),
            graphiql: true,
            has_admin_address: false,
            trusted_proxies: TrustedProxies::default(),
            bodies: BodyRoom::default(),
            hosts: None,
            live: LiveLimits::default(),
        }
    }
}
