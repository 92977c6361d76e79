//! Sends requests to a channel and reads answers, within limits of time and size.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use countermand_app::Clock;
use countermand_app::ports::ChannelError;
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::settings::{HttpChannelSettings, HttpChannelSetupError, SellerToken};
pub(super) use crate::http::NoAnswer;
use crate::http::{self, cut};

/// The longest time until a connection stands. It is shorter than the time for an answer: when it passes, it is known
/// that the request was not sent.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest answer in bytes.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;
/// The largest number of characters that are kept of a channel's code and message.
const LONGEST_MESSAGE: usize = 250;
/// The longest pause that a channel can ask for.
const LONGEST_PAUSE: TimeDelta = TimeDelta::days(1);

/// The way to a channel.
pub(super) struct Connection {
    client: Client,
    base: Url,
    token: SellerToken,
    clock: Arc<dyn Clock>,
}

/// An answer of the channel.
pub(super) struct Answer(http::Answer);

/// The reason in an answer that refuses.
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
}

#[derive(Deserialize)]
struct WireError {
    error: WireRefusal,
}

#[derive(Deserialize)]
struct WireRefusal {
    code: String,
    #[serde(default)]
    message: String,
}

impl Connection {
    pub(super) fn new(
        settings: HttpChannelSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, HttpChannelSetupError> {
        let client = http::client(settings.timeout, CONNECT_TIMEOUT.min(settings.timeout / 2))
            .map_err(|problem| HttpChannelSetupError::Client(problem.to_string()))?;
        Ok(Self {
            client,
            base: settings.base,
            token: settings.token,
            clock,
        })
    }

    /// The address of `/v1/PARTS`; none when a part would lead to another place.
    pub(super) fn address(&self, parts: &[&str]) -> Option<Url> {
        http::address_below(&self.base, parts)
    }

    /// Reads what is at `address`; none when the channel says with the code `absent` that it is not there.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        address: Url,
        absent: &str,
    ) -> Result<Option<T>, ChannelError> {
        let answer = self.send(self.client.get(address)).await?;
        if answer.status() == StatusCode::OK {
            return answer.json().map(Some).map_err(ChannelError::Unreadable);
        }
        match answer.refusal() {
            Some(refusal) if answer.status() == StatusCode::NOT_FOUND && refusal.code == absent => Ok(None),
            _ => Err(self.error(&answer)),
        }
    }

    pub(super) async fn put(&self, address: Url, body: &Value) -> Result<Answer, NoAnswer> {
        self.send(self.client.put(address).json(body)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, NoAnswer> {
        let request = request.header(AUTHORIZATION, self.token.header());
        http::send(request, LARGEST_ANSWER).await.map(Answer)
    }

    /// What an answer that is no success means for a request that is repeated later.
    pub(super) fn error(&self, answer: &Answer) -> ChannelError {
        let refusal = answer.refusal().map_or_else(
            || format!("the answer has the status {}", answer.status()),
            |refusal| format!("{}: {}", refusal.code, refusal.message),
        );
        match answer.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ChannelError::Unauthorized(refusal),
            StatusCode::TOO_MANY_REQUESTS => ChannelError::Throttled {
                until: http::pause_end(answer.0.retry_after(), self.clock.now(), LONGEST_PAUSE),
            },
            StatusCode::REQUEST_TIMEOUT => ChannelError::Unavailable(refusal),
            status if status.is_server_error() => ChannelError::Unavailable(refusal),
            StatusCode::NOT_FOUND => {
                ChannelError::Unreadable(format!("{refusal}; check the channel's address"))
            }
            _ => ChannelError::Unreadable(refusal),
        }
    }
}

impl Answer {
    /// The status of the answer.
    pub(super) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Whether the status is about credentials or about too many requests, and not about the request itself.
    pub(super) fn is_about_access(&self) -> bool {
        matches!(
            self.status(),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS
        )
    }

    /// The answer as a value.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        self.0.json()
    }

    /// The reason of a refusal; none when the answer has none in the protocol's form.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        let WireError { error } = self.json().ok()?;
        Some(Refusal {
            code: cut(&error.code, 64),
            message: cut(&error.message, LONGEST_MESSAGE),
        })
    }
}

impl From<NoAnswer> for ChannelError {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NotSent(why) | NoAnswer::Lost(why) => Self::Unavailable(why),
            NoAnswer::Unreadable(why) => Self::Unreadable(why),
        }
    }
}
