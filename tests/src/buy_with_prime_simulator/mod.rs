//! A server that behaves as the API of Buy with Prime does, as far as it is published. Its clock is passed in.

mod schema;
mod site;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::TimeDelta;
use countermand_app::Clock;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub use site::{PrimeCancellation, PrimeOrder, PrimePackage, PrimeTroubles};

use schema::{PrimeSchema, schema};
use site::Site;

/// How long a token is valid, in seconds.
const TOKEN_SECONDS: i64 = 15 * 60;
/// The business of the merchant.
pub const TARGET_ID: &str = "bp-01234567-89ab-cdef-0123-456789abcdef";

/// A running simulator with one merchant's orders.
#[derive(Debug)]
pub struct BuyWithPrimeSimulator {
    /// The address of the GraphQL API.
    pub address: String,
    /// The address that gives out access tokens.
    pub token_address: String,
    site: Arc<Mutex<Site>>,
}

#[derive(Clone)]
struct Served {
    site: Arc<Mutex<Site>>,
    schema: PrimeSchema,
}

impl BuyWithPrimeSimulator {
    /// Starts a simulator that lives by `clock`.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let site = Arc::new(Mutex::new(Site::new(clock)));
        let served = Served {
            site: site.clone(),
            schema: schema(site.clone()),
        };
        let routes = Router::new()
            .route("/graphql", post(graphql))
            .route("/token", post(token))
            .with_state(served);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            address: format!("http://{address}/graphql"),
            token_address: format!("http://{address}/token"),
            site,
        }
    }

    /// A shopper places an order.
    pub fn place(&self, mut order: PrimeOrder) {
        let mut site = self.site();
        (order.created_at, order.updated_at) = (site.now(), site.now());
        site.orders.push(order);
    }

    /// Gives a package of an order a state, which may be a word that does not exist.
    ///
    /// # Panics
    /// When there is no such order or package.
    pub fn set_package(&self, id: &str, package: usize, state: &str) {
        let mut site = self.site();
        site.work();
        let now = site.now();
        let order = site.order_mut(id).expect("an order of the simulator");
        order.packages[package].state = state.into();
        order.updated_at = now;
    }

    /// The cancellations of an order that were asked for, as they are now.
    ///
    /// # Panics
    /// When there is no such order.
    #[must_use]
    pub fn cancellations(&self, id: &str) -> Vec<PrimeCancellation> {
        let mut site = self.site();
        site.work();
        let order = site.order_mut(id).expect("an order of the simulator");
        order.cancellations.clone()
    }

    /// Sets the troubles from now on.
    pub fn trouble(&self, set: impl FnOnce(&mut PrimeTroubles)) {
        set(&mut self.site().troubles);
    }

    /// No token that was given out is taken any more.
    pub fn end_tokens(&self) {
        self.site().tokens.clear();
    }

    /// How often `operation` was answered with `answer`: `OK`, or the code of the error.
    #[must_use]
    pub fn answered(&self, operation: &str, answer: &str) -> usize {
        let site = self.site();
        let fits = |entry: &&(String, String)| entry.0 == operation && entry.1 == answer;
        site.ledger.iter().filter(fits).count()
    }

    fn site(&self) -> MutexGuard<'_, Site> {
        self.site.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Served {
    fn site(&self) -> MutexGuard<'_, Site> {
        self.site.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn token(State(served): State<Served>, body: String) -> Response {
    let mut site = served.site();
    let has = |part: &str| body.split('&').any(|it| it == part || it.starts_with(part));
    let is_form = has("grant_type=client_credentials") && has("client_id=") && has("client_secret=");
    if !is_form || site.troubles.credentials_are_deleted {
        let code = if is_form {
            "invalid_client"
        } else {
            "invalid_request"
        };
        site.ledger.push(("token".into(), code.into()));
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": code }))).into_response();
    }
    let token = site.name("token-");
    let ends_at = site.now() + TimeDelta::seconds(TOKEN_SECONDS);
    site.tokens.insert(token.clone(), ends_at);
    site.ledger.push(("token".into(), "OK".into()));
    let answer = json!({ "access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS });
    Json(answer).into_response()
}

async fn graphql(State(served): State<Served>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default()
    };
    let silent = {
        let mut site = served.site();
        let token = header("authorization")
            .strip_prefix("Bearer ")
            .unwrap_or_default();
        let is_valid = site.tokens.get(token).is_some_and(|end| site.now() < *end);
        let is_mine = header("x-api-target-id") == TARGET_ID && header("x-api-version") == "2024-11-01";
        if !is_valid || !is_mine || site.troubles.every_token_is_refused {
            site.ledger.push(("graphql".into(), "AccessDeniedError".into()));
            let text = "You don't have sufficient access to perform this action.";
            let error = json!({ "message": text, "errorType": "AccessDeniedError" });
            return Json(json!({ "data": null, "errors": [error] })).into_response();
        }
        site.troubles.silent
    };
    let request = serde_json::from_value::<async_graphql::Request>(body).expect("a request of GraphQL");
    let is_silent = silent.is_some_and(|operation| request.query.contains(&format!("{operation}(")));
    let response = served.schema.execute(request).await;
    if is_silent {
        tokio::time::sleep(Duration::from_secs(120)).await;
    }
    Json(serde_json::to_value(&response).expect("an answer")).into_response()
}
