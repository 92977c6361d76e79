//! Calls operations of the API: with the token, and with bounded answers.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::Clock;
use countermand_app::ports::ChannelError;
use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::graphql::{ApiError, ErrorKind, VERSION, first_error};
use super::settings::{BuyWithPrimeSettings, BuyWithPrimeSetupError};
use crate::channels::body;
use crate::channels::secret::Secret;
use crate::channels::token::{AccessToken, TokenRequest};
use crate::tls::client_builder;

/// The name of the program.
const USER_AGENT: &str = concat!("Countermand/", env!("CARGO_PKG_VERSION"));
/// The largest answer that is read, in bytes: one order with many items.
const LARGEST: usize = 4 * 1024 * 1024;
/// How many seconds an access token is valid when the answer does not say it.
const TOKEN_LIFETIME: i64 = 15 * 60;
/// The pause when the API asks for patience and does not say how much.
const PAUSE: TimeDelta = TimeDelta::seconds(30);
/// The longest pause that the API can ask for.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);

/// The connection to a merchant's account.
pub(super) struct Connection {
    settings: BuyWithPrimeSettings,
    client: Client,
    clock: Arc<dyn Clock>,
    token: AccessToken,
}

/// What the API answered, apart from a refused token and a request for patience.
pub(super) enum Answer {
    /// It did what it was told: the data.
    Done(Value),
    /// It refused.
    Refused(ApiError),
    /// It is not known whether it acted.
    Lost(ChannelError),
}

impl Connection {
    pub(super) fn new(
        settings: BuyWithPrimeSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BuyWithPrimeSetupError> {
        settings.check()?;
        let client = client_builder()
            .user_agent(USER_AGENT)
            .timeout(settings.patience)
            // The token must not follow a redirect to another site.
            .redirect(Policy::none())
            .build()
            .map_err(|problem| BuyWithPrimeSetupError::Client(problem.to_string()))?;
        Ok(Self {
            settings,
            client,
            clock,
            token: AccessToken::default(),
        })
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Calls an operation. An `Err` means that it did not act.
    pub(super) async fn call(&self, operation: &str, variables: &Value) -> Result<Answer, ChannelError> {
        let mut refused: Option<Secret> = None;
        loop {
            let token = self
                .token
                .get(&self.client, &self.token_request(), refused.as_ref(), self.now())
                .await?;
            let response = match self.request(operation, variables, &token)?.send().await {
                Ok(response) => response,
                // Without a connection the request cannot have arrived.
                Err(problem) if problem.is_connect() => {
                    return Err(ChannelError::Unavailable(body::shown(problem)));
                }
                Err(problem) => {
                    return Ok(Answer::Lost(ChannelError::Unavailable(body::shown(problem))));
                }
            };
            let status = response.status();
            let seconds = response.headers().get(RETRY_AFTER);
            let seconds = seconds.and_then(|it| it.to_str().ok()?.trim().parse().ok());
            let text = match body::read(response, LARGEST).await {
                Ok(text) => text,
                Err(why) => return Ok(Answer::Lost(ChannelError::Unreadable(why))),
            };
            let answer: Value = serde_json::from_slice(&text).unwrap_or_default();
            let error = first_error(&answer);
            let kind = error.as_ref().map(|error| error.kind);
            if status == StatusCode::TOO_MANY_REQUESTS || kind == Some(ErrorKind::Throttling) {
                let until = self.now() + pause(seconds);
                return Err(ChannelError::Throttled { until });
            }
            let is_denied = matches!(status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
            if is_denied || kind == Some(ErrorKind::AccessDenied) {
                if refused.is_some() {
                    let why = error.map_or_else(String::new, |it| format!(": {}: {}", it.code, it.text));
                    return Err(ChannelError::Unauthorized(format!("{status}{why}")));
                }
                refused = Some(token);
                continue;
            }
            return Ok(read(status, &answer, error));
        }
    }

    fn token_request(&self) -> TokenRequest<'_> {
        let merchant = &self.settings.credentials;
        TokenRequest {
            address: &self.settings.token,
            grant_type: "client_credentials",
            client_id: &merchant.client_id,
            client_secret: &merchant.client_secret,
            refresh_token: None,
            usual_lifetime: TOKEN_LIFETIME,
        }
    }

    fn request(
        &self,
        operation: &str,
        variables: &Value,
        token: &Secret,
    ) -> Result<RequestBuilder, ChannelError> {
        let unreadable = |_| ChannelError::Unreadable("the token is no text for a header".into());
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.reveal())).map_err(unreadable)?;
        bearer.set_sensitive(true);
        Ok(self
            .client
            .post(self.settings.api.clone())
            .header(AUTHORIZATION, bearer)
            .header("x-api-target-id", &self.settings.credentials.target_id)
            .header("x-api-version", VERSION)
            .json(&json!({ "query": operation, "variables": variables })))
    }
}

/// What an answer means that is neither about the token nor about patience.
fn read(status: StatusCode, answer: &Value, error: Option<ApiError>) -> Answer {
    let unavailable = |why: String| Answer::Lost(ChannelError::Unavailable(why));
    match error {
        Some(error) if error.kind == ErrorKind::InternalServer => {
            unavailable(format!("{status}: {}: {}", error.code, error.text))
        }
        // An answer with a result and an error may be one of an operation that acted.
        Some(error) if has_result(answer) => Answer::Lost(ChannelError::Unreadable(format!(
            "the answer has a result and an error: {}: {}",
            error.code, error.text
        ))),
        Some(error) => Answer::Refused(error),
        None if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            unavailable(format!("the answer has the status {status}"))
        }
        None if status.is_success() && answer["data"].is_object() => Answer::Done(answer["data"].clone()),
        None => Answer::Lost(ChannelError::Unreadable(format!(
            "the answer with the status {status} is no answer of GraphQL"
        ))),
    }
}

/// Whether a field of the data has a value.
fn has_result(answer: &Value) -> bool {
    let data = answer["data"].as_object();
    data.is_some_and(|data| data.values().any(|value| !value.is_null()))
}

fn pause(seconds: Option<u32>) -> TimeDelta {
    let asked = seconds.map(|seconds| TimeDelta::seconds(seconds.into()));
    asked.unwrap_or(PAUSE).clamp(TimeDelta::seconds(1), LONGEST_PAUSE)
}
