//! Sends requests to a channel and reads answers, within limits of time and size.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::Clock;
use countermand_app::ports::ChannelError;
use reqwest::header::{AUTHORIZATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::order::cut;
use super::settings::{HttpChannelSettings, HttpChannelSetupError, SellerToken};

/// The longest time until a connection stands. It is shorter than the time for an answer: when it passes, it is known
/// that the request was not sent.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest answer in bytes.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;
/// The largest number of characters that are kept of a channel's code and message.
const LONGEST_MESSAGE: usize = 250;
/// The pause when a channel asks for patience and does not say how much.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
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
pub(super) struct Answer {
    pub(super) status: StatusCode,
    retry_after: Option<String>,
    body: Vec<u8>,
}

/// Why there is no answer.
pub(super) enum NoAnswer {
    /// No connection stood, so the request was not sent.
    NotSent(String),
    /// The request may have arrived.
    Lost(String),
    /// The request arrived, and its answer is too large.
    Unreadable(String),
}

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
        let client = Client::builder()
            .timeout(settings.timeout)
            .connect_timeout(CONNECT_TIMEOUT.min(settings.timeout / 2))
            // The token must not follow a redirect to another site.
            .redirect(Policy::none())
            .build()
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
        if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return None;
        }
        let mut address = self.base.clone();
        address
            .path_segments_mut()
            .ok()?
            .pop_if_empty()
            .push("v1")
            .extend(parts);
        Some(address)
    }

    /// Reads what is at `address`; none when the channel says with the code `absent` that it is not there.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        address: Url,
        absent: &str,
    ) -> Result<Option<T>, ChannelError> {
        let answer = self.send(self.client.get(address)).await?;
        if answer.status == StatusCode::OK {
            return answer.json().map(Some).map_err(ChannelError::Unreadable);
        }
        match answer.refusal() {
            Some(refusal) if answer.status == StatusCode::NOT_FOUND && refusal.code == absent => Ok(None),
            _ => Err(self.error(&answer)),
        }
    }

    pub(super) async fn put(&self, address: Url, body: &Value) -> Result<Answer, NoAnswer> {
        self.send(self.client.put(address).json(body)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, NoAnswer> {
        let sent = request.header(AUTHORIZATION, self.token.header()).send().await;
        let mut response = sent.map_err(no_answer)?;
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|it| it.to_str().ok()).map(str::to_owned);
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                let why = format!("the answer has more than {LARGEST_ANSWER} bytes");
                return Err(NoAnswer::Unreadable(why));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            retry_after,
            body,
        })
    }

    /// What an answer that is no success means for a request that is repeated later.
    pub(super) fn error(&self, answer: &Answer) -> ChannelError {
        let refusal = answer.refusal().map_or_else(
            || format!("the answer has the status {}", answer.status),
            |refusal| format!("{}: {}", refusal.code, refusal.message),
        );
        match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ChannelError::Unauthorized(refusal),
            StatusCode::TOO_MANY_REQUESTS => ChannelError::Throttled {
                until: pause_end(answer.retry_after.as_deref(), self.clock.now()),
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
    /// Whether the status is about credentials or about too many requests, and not about the request itself.
    pub(super) fn is_about_access(&self) -> bool {
        matches!(
            self.status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS
        )
    }

    /// The answer as a value.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|problem| cut(&problem.to_string(), LONGEST_MESSAGE))
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

fn no_answer(problem: reqwest::Error) -> NoAnswer {
    let was_sent = !problem.is_connect() && !problem.is_builder();
    let text = if problem.is_timeout() {
        "no answer in time".to_owned()
    } else {
        problem.without_url().to_string()
    };
    if was_sent {
        NoAnswer::Lost(text)
    } else {
        NoAnswer::NotSent(text)
    }
}

/// When the pause ends that `Retry-After` asks for, in seconds or as a date.
fn pause_end(retry_after: Option<&str>, now: DateTime<Utc>) -> DateTime<Utc> {
    let asked = retry_after.and_then(|text| {
        if let Ok(seconds) = text.trim().parse::<u32>() {
            return Some(TimeDelta::seconds(i64::from(seconds)));
        }
        let date = DateTime::parse_from_rfc2822(text.trim()).ok()?;
        Some(date.with_timezone(&Utc) - now)
    });
    now + asked.unwrap_or(PAUSE).clamp(TimeDelta::seconds(1), LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_what_the_channel_asks_for_within_limits() {
        let now = DateTime::parse_from_rfc3339("2026-11-27T06:00:00Z")
            .expect("an answer")
            .with_timezone(&Utc);
        for (asked, seconds) in [
            (None, 60),
            (Some("30"), 30),
            (Some("0"), 1),
            (Some("99999999"), 86_400),
            (Some("99999999999999999999"), 60),
            (Some("Fri, 27 Nov 2026 06:02:00 GMT"), 120),
            (Some("Fri, 27 Nov 2020 06:02:00 GMT"), 1),
            (Some("soon"), 60),
        ] {
            assert_eq!(
                pause_end(asked, now),
                now + TimeDelta::seconds(seconds),
                "{asked:?}"
            );
        }
    }
}
