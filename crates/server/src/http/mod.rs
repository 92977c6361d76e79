//! The HTTP server: its routes, headers and limits.

mod body;
mod body_room;
mod cache_id;
mod connections_per_address;
mod cors;
mod front_page;
mod graphql;
mod health;
mod hosts;
mod listener;
mod live;
mod media_type;
mod pages;
mod rest_of_body;
mod settings;
mod trusted_proxies;
mod webhooks;

pub use body_room::BodyRoom;
pub use connections_per_address::CONNECTIONS_PER_ADDRESS;
pub use cors::CorsOrigins;
pub use hosts::LocalHosts;
pub use listener::serve;
pub use live::LiveLimits;
pub use settings::HttpSettings;
pub use trusted_proxies::TrustedProxies;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware;
use axum::routing::{get, post};
use countermand_app::App;
use countermand_graphql::Api;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::graphiql::ExampleTab;
use crate::metrics::Metrics;

/// The state that the routes share.
#[derive(Debug)]
pub struct Site {
    /// Answers GraphQL requests.
    pub api: Api,
    /// The use cases, which also tell whether the database can be read.
    pub app: App,
    /// Renders `/metrics`; without a handle the page does not exist.
    pub metrics: Option<Metrics>,
    /// The example tabs with which GraphiQL opens.
    pub tabs: Vec<ExampleTab>,
    /// The settings of the installation.
    pub settings: HttpSettings,
}

impl Site {
    /// The state of the operator's pages.
    pub(crate) fn operator_pages(&self) -> OperatorPages {
        OperatorPages {
            app: self.app.clone(),
            metrics: self.metrics.clone(),
        }
    }
}

/// The state of the operator's pages: health checks and metrics. A process without a shop's pages serves them too.
#[derive(Debug, Clone)]
pub struct OperatorPages {
    /// The use cases, which tell whether the database can be read and what waits in it.
    pub app: App,
    /// Renders `/metrics`; without a handle the page does not exist.
    pub metrics: Option<Metrics>,
}

/// All routes. No answer may be cached, because a cache could show a canceled order as open.
pub fn router(site: Site) -> Router {
    let graphql = get(graphql::by_get)
        .post(graphql::by_post)
        .fallback(graphql::by_other_methods)
        .layer(cors::layer(&site.settings.cors_origins));
    let page = if site.settings.graphiql {
        Router::new()
            .route("/graphiql", get(pages::graphiql))
            .route("/graphiql/{asset}", get(pages::graphiql_asset))
    } else {
        Router::new()
    };
    let health: Router<Arc<Site>> = if site.settings.has_admin_address {
        Router::new()
    } else {
        health_pages(site.operator_pages())
    };
    let hosts = site.settings.hosts.clone();
    let routes = Router::new()
        .route("/", get(front_page::front_page))
        .route("/graphql", graphql)
        .route("/webhooks/{adapter}/{account}", post(webhooks::take))
        .merge(page)
        .merge(health)
        .with_state(Arc::new(site));
    with_headers(match hosts {
        Some(hosts) => routes.layer(middleware::from_fn_with_state(hosts, hosts::check)),
        None => routes,
    })
}

/// The routes of the address that is set apart for the operator: health checks and metrics.
pub fn admin_router(state: OperatorPages) -> Router {
    with_headers(health_pages(state))
}

fn health_pages<S>(state: OperatorPages) -> Router<S> {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(pages::metrics))
        .with_state(state)
}

/// `routes` with what holds for every answer.
fn with_headers(routes: Router) -> Router {
    let no_store =
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let no_sniff = HeaderName::from_static("x-content-type-options");
    let no_sniff = SetResponseHeaderLayer::overriding(no_sniff, HeaderValue::from_static("nosniff"));
    routes
        .layer(CatchPanicLayer::custom(graphql::after_panic))
        .layer(no_store)
        .layer(no_sniff)
        .layer(middleware::from_fn(rest_of_body::read_rest))
}
