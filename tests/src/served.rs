//! A server within the test's process, on a free port.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use countermand_app::App;
use countermand_app::ports::IdentityVerifier;
use countermand_graphql::{Api, ApiSettings};
use countermand_server::http::{self, CONNECTIONS_PER_ADDRESS, HttpSettings, LiveLimits, Site};
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::shop::TestShop;

/// The time that a request may take, unless a test sets it: with the eight seconds of an installation, a busy machine would
/// answer some requests with an error.
const DEADLINE: Duration = Duration::from_secs(25);

/// How long a WebSocket may take to send its first message, unless a test sets it: more than the three seconds of an
/// installation, for the same reason.
const INIT: Duration = Duration::from_secs(10);

/// The settings that an installation gives its server.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// The settings of the GraphQL API.
    pub api: ApiSettings,
    /// The settings of HTTP.
    pub http: HttpSettings,
    /// The number of connections that one address may hold at a time.
    pub connections_per_address: u32,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            api: ApiSettings {
                deadline: DEADLINE,
                ..ApiSettings::default()
            },
            // A test may name the address that its requests come from.
            http: HttpSettings {
                trusted_proxies: vec![IpNet::from(IpAddr::V4(Ipv4Addr::LOCALHOST))].into(),
                live: LiveLimits {
                    init: INIT,
                    ..LiveLimits::default()
                },
                ..HttpSettings::default()
            },
            connections_per_address: CONNECTIONS_PER_ADDRESS,
        }
    }
}

impl TestShop {
    /// Starts one more server, which also accepts the tokens that `verifier` knows. The address is given back.
    pub async fn serve_identities(&self, verifier: impl IdentityVerifier + 'static) -> String {
        let app = self.app().clone().with_identities(Arc::new(verifier));
        // The server ends with the test.
        serve(&app, ServerSettings::default(), &CancellationToken::new()).await
    }
}

/// Serves `app` until `stop`, and gives the address, for example `http://127.0.0.1:8080`.
pub(crate) async fn serve(app: &App, settings: ServerSettings, stop: &CancellationToken) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let site = Site {
        api: Api::new(app.clone(), settings.api),
        app: app.clone(),
        metrics: None,
        tabs: Vec::new(),
        settings: settings.http,
    };
    let router = http::router(site);
    let connections = settings.connections_per_address;
    tokio::spawn(http::serve(listener, router, connections, stop.clone()));
    address
}
