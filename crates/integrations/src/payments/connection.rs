//! The way to an account at a payment provider, for every adapter.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use countermand_app::Clock;
use countermand_app::ports::ProviderError;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, StatusCode, Url};

use super::breaker::{AccountBreaker, End};
use super::hidden_key::HiddenKey;
use crate::http::{self, Answer, NoAnswer};

/// The longest time until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest time for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer in bytes: a page of a hundred refunds, each with its metadata.
const LARGEST_ANSWER: usize = 1024 * 1024;
/// The largest number of characters that are kept of the provider's words.
const LONGEST_WORDS: usize = 250;
/// The pause when a provider asks for patience and does not say how much.
const USUAL_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// The longest pause that a provider can ask for.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);

/// The way to an account: where the provider is, the key, and how many requests may be sent.
pub(super) struct Connection {
    pub(super) client: Client,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) base: Url,
    /// The header that carries the key, and its value.
    pub(super) key: (HeaderName, HeaderValue),
    /// The key as it is hidden in answers, before any of their words is kept.
    pub(super) hidden: HiddenKey,
    pub(super) breaker: Arc<AccountBreaker>,
    /// How long one request takes of the account's time.
    pub(super) interval: Duration,
}

/// The client that all accounts share.
pub(super) fn shared_client() -> Result<Client, reqwest::Error> {
    http::client(TIMEOUT, CONNECT_TIMEOUT)
}

impl Connection {
    /// The address of `/v1/PARTS`; an error when a part would lead to another place.
    pub(super) fn address(&self, parts: &[&str]) -> Result<Url, ProviderError> {
        http::address_below(&self.base, parts).ok_or_else(|| no_address(parts))
    }

    /// The address of `/PARTS`; an error when a part would lead to another place.
    pub(super) fn address_at(&self, parts: &[&str]) -> Result<Url, ProviderError> {
        http::address_at(&self.base, parts).ok_or_else(|| no_address(parts))
    }

    /// Sends the request once the account may send one more. Nothing is sent while the provider does not answer.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Answer, ProviderError> {
        let now = self.clock.now();
        self.breaker
            .enter(self.interval, now)
            .await
            .map_err(|until| ProviderError::Suspended { until })?;
        let (name, value) = &self.key;
        let request = request.header(name, value.clone());
        let answer = http::send(request, LARGEST_ANSWER).await;
        let end = match &answer {
            Ok(answer) => end_of(answer.status),
            Err(_) => End::Failed,
        };
        self.breaker.leave(end, self.clock.now());
        let answer = answer.map(|it| it.with_body(|body| self.hidden.hide_in(body)));
        answer.map_err(ProviderError::from)
    }

    /// That the provider asks for patience, for as long as the answer says.
    pub(super) fn throttled(&self, answer: &Answer) -> ProviderError {
        let now = self.clock.now();
        ProviderError::Throttled {
            until: match answer.retry_after() {
                Some(asked) => http::pause_end(Some(asked), now, LONGEST_PAUSE),
                None => now + USUAL_PAUSE,
            },
        }
    }
}

impl From<NoAnswer> for ProviderError {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NotSent(why) => Self::Unavailable(why),
            NoAnswer::Lost(why) | NoAnswer::Unreadable(why) => Self::Unknown(why),
        }
    }
}

/// How a request ended whose answer has this status.
fn end_of(status: StatusCode) -> End {
    match status {
        status if status.is_server_error() => End::Failed,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => End::Refused,
        _ => End::Answered,
    }
}

fn no_address(parts: &[&str]) -> ProviderError {
    ProviderError::Unavailable(format!("`{}` is no address", cut(&parts.join("/"))))
}

/// The request with this body, which is JSON.
pub(super) fn with_json(request: RequestBuilder, body: &str) -> RequestBuilder {
    request
        .header(CONTENT_TYPE, "application/json")
        .body(body.to_owned())
}

/// The first characters of the provider's words, without control characters.
pub(super) fn cut(text: &str) -> String {
    http::cut(text, LONGEST_WORDS)
}
