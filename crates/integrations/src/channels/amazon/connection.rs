//! Calls operations of the Selling Partner API: with the token, within the limits, and with bounded answers.

use chrono::{DateTime, Utc};
use countermand_app::Env;
use countermand_app::ports::ChannelError;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use serde_json::Value;

use crate::channels::body;
use crate::channels::secret::Secret;
use crate::channels::token::{AccessToken, TokenRequest};
use crate::tls::client_builder;

use super::limits::{Limits, Operation};
use super::settings::AmazonSettings;
use super::setup_error::AmazonSetupError;

/// The name of the program, which Amazon wants to know.
const USER_AGENT: &str = concat!("Countermand/", env!("CARGO_PKG_VERSION"), " (Language=Rust)");
/// The largest answer that is read, in bytes: a hundred orders with many items each.
const LARGEST: usize = 16 * 1024 * 1024;
/// How many seconds an access token is valid when the answer does not say it.
const TOKEN_LIFETIME: i64 = 3600;

/// The connection to a seller's account.
pub(super) struct Connection {
    pub(super) settings: AmazonSettings,
    client: Client,
    env: Env,
    token: AccessToken,
    limits: Limits,
}

/// A call of an operation.
pub(super) struct Call<'a> {
    pub(super) operation: Operation,
    pub(super) method: Method,
    /// The path in its parts, such as `feeds`, `2021-06-30`, `documents`.
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(&'a str, String)],
    pub(super) json: Option<Value>,
}

/// What the API answered to a call, apart from a refused token and a request for patience.
pub(super) enum Answer {
    /// It did what it was told.
    Done(Value),
    /// It refused: status, code and text.
    Refused {
        status: StatusCode,
        code: String,
        text: String,
    },
    /// It is not known whether it acted.
    Unknown(String),
}

impl Connection {
    pub(super) fn new(settings: AmazonSettings, env: Env) -> Result<Self, AmazonSetupError> {
        for url in [&settings.api, &settings.token] {
            if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
                return Err(AmazonSetupError::Address(url.to_string()));
            }
        }
        if settings.marketplaces.is_empty() || settings.marketplaces.len() > 25 {
            return Err(AmazonSetupError::Marketplaces(settings.marketplaces.len()));
        }
        let client = client_builder()
            .user_agent(USER_AGENT)
            .timeout(settings.patience)
            .redirect(Policy::none())
            .build()
            .map_err(|problem| AmazonSetupError::Client(problem.to_string()))?;
        Ok(Self {
            settings,
            client,
            env,
            token: AccessToken::default(),
            limits: Limits::default(),
        })
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.env.now()
    }

    /// Whether `operation` may be called now, or when; nothing is taken.
    pub(super) fn is_open(&self, operation: Operation) -> Result<(), ChannelError> {
        match self.limits.opens_at(operation, self.now()) {
            None => Ok(()),
            Some(until) => Err(ChannelError::Throttled { until }),
        }
    }

    /// Calls an operation that only reads, or that changes nothing at the order.
    pub(super) async fn read(&self, call: Call<'_>) -> Result<Answer, ChannelError> {
        match self.call(call).await? {
            Answer::Unknown(why) => Err(ChannelError::Unavailable(why)),
            answer => Ok(answer),
        }
    }

    /// Calls an operation. An `Err` means that it did not act.
    pub(super) async fn call(&self, call: Call<'_>) -> Result<Answer, ChannelError> {
        self.limits
            .take(call.operation, self.now())
            .map_err(|until| ChannelError::Throttled { until })?;
        let mut refused: Option<Secret> = None;
        loop {
            let token = self
                .token
                .get(&self.client, &self.token_request(), refused.as_ref(), self.now())
                .await?;
            let response = match self.request(&call, &token)?.send().await {
                Ok(response) => response,
                // Without a connection the request cannot have arrived.
                Err(problem) if problem.is_connect() => {
                    return Err(ChannelError::Unavailable(body::shown(problem)));
                }
                Err(problem) => return Ok(Answer::Unknown(body::shown(problem))),
            };
            let status = response.status();
            let rate = response.headers().get("x-amzn-ratelimit-limit");
            if let Some(rate) = rate.and_then(|rate| rate.to_str().ok()) {
                self.limits.learn(call.operation, rate);
            }
            if status == StatusCode::TOO_MANY_REQUESTS {
                let until = self.limits.empty(call.operation, self.now());
                return Err(ChannelError::Throttled { until });
            }
            let text = match body::read(response, LARGEST).await {
                Ok(text) => text,
                Err(why) => return Ok(Answer::Unknown(why)),
            };
            if matches!(status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) {
                if refused.is_some() {
                    let (code, text) = first_error(&text);
                    return Err(ChannelError::Unauthorized(format!("{status}: {code}: {text}")));
                }
                refused = Some(token);
                continue;
            }
            return Ok(answer(status, &text));
        }
    }

    fn token_request(&self) -> TokenRequest<'_> {
        let seller = &self.settings.credentials;
        TokenRequest {
            address: &self.settings.token,
            grant_type: "refresh_token",
            client_id: &seller.client_id,
            client_secret: &seller.client_secret,
            refresh_token: Some(&seller.refresh_token),
            usual_lifetime: TOKEN_LIFETIME,
        }
    }

    fn request(&self, call: &Call<'_>, token: &Secret) -> Result<RequestBuilder, ChannelError> {
        let mut url = self.settings.api.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let unreadable = |_| ChannelError::Unreadable("the token is no text for a header".into());
        let mut header = HeaderValue::from_str(token.reveal()).map_err(unreadable)?;
        header.set_sensitive(true);
        let request = self
            .client
            .request(call.method.clone(), url)
            .header("x-amz-access-token", header);
        Ok(match &call.json {
            None => request,
            Some(json) => request.json(json),
        })
    }

    /// Sends a document to the address that the API gave for it. The answer is the status.
    pub(super) async fn upload(
        &self,
        url: &str,
        kind: &str,
        document: String,
    ) -> Result<StatusCode, ChannelError> {
        let sent = self
            .client
            .put(self.document_address(url)?)
            .header("content-type", kind)
            .body(document)
            .send();
        match sent.await {
            Ok(response) => Ok(response.status()),
            Err(problem) => Err(ChannelError::Unavailable(body::shown(problem))),
        }
    }

    /// Reads a document of at most `largest` bytes from the address that the API gave for it.
    pub(super) async fn download(&self, url: &str, largest: usize) -> Result<Vec<u8>, ChannelError> {
        let response = self.client.get(self.document_address(url)?).send().await;
        let response = response.map_err(|problem| ChannelError::Unavailable(body::shown(problem)))?;
        if response.status() != StatusCode::OK {
            return Err(ChannelError::Unavailable(format!(
                "the document answers {}",
                response.status()
            )));
        }
        body::read(response, largest)
            .await
            .map_err(ChannelError::Unavailable)
    }

    /// A document is read and written over TLS where the API is.
    fn document_address(&self, url: &str) -> Result<Url, ChannelError> {
        let url = Url::parse(url).ok();
        let is_safe = |url: &Url| url.scheme() == "https" || url.scheme() == self.settings.api.scheme();
        url.filter(is_safe)
            .ok_or_else(|| ChannelError::Unreadable("the address of a document is not usable".into()))
    }
}

fn answer(status: StatusCode, text: &[u8]) -> Answer {
    if status.is_success() {
        return Answer::Done(serde_json::from_slice(text).unwrap_or_default());
    }
    let (code, text) = first_error(text);
    if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT {
        return Answer::Refused { status, code, text };
    }
    Answer::Unknown(format!("{status}: {code}: {text}"))
}

/// Code and text of the first error of an answer.
fn first_error(text: &[u8]) -> (String, String) {
    let answer: Value = serde_json::from_slice(text).unwrap_or_default();
    let error = &answer["errors"][0];
    let part = |name: &str| body::cut(error[name].as_str().unwrap_or_default());
    (part("code"), part("message"))
}
