//! A payment provider that speaks our own protocol over HTTP (`docs/payment-protocol.md`).
//!
//! The key of a void or a refund stands in its address, so a repeated request is the same request, and a look-up that
//! finds nothing says that the request certainly did not arrive.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::Clock;
use countermand_app::ports::{
    PaymentProvider, ProviderAnswer, ProviderError, ProviderPayment, ReversalRequest,
};
use countermand_domain::{
    Currency, LookUp, Money, ProviderCapabilities, ReversalOperation, ReversalRefusal, ReversalState,
};
use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde_json::json;

/// The largest answer in bytes.
const LARGEST_ANSWER: usize = 64 * 1024;
/// The largest number of characters that are kept of the provider's words.
const LONGEST_WORDS: usize = 250;
/// The pause when a provider asks for patience and does not say how much.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// The longest pause that a provider can ask for.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);

/// A provider that speaks our protocol.
pub(super) struct HttpProvider {
    client: Client,
    clock: Arc<dyn Clock>,
    base: Url,
    authorization: HeaderValue,
}

struct Answer {
    status: StatusCode,
    retry_after: Option<String>,
    body: Vec<u8>,
}

#[derive(Deserialize)]
struct WirePayment {
    currency: String,
    authorized: i64,
    captured: i64,
    refunded: i64,
    voided: bool,
}

#[derive(Deserialize)]
struct WireReversal {
    key: String,
    state: String,
    #[serde(default)]
    reference: Option<String>,
    #[serde(default)]
    detail: Option<String>,
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

impl HttpProvider {
    pub(super) fn new(
        client: Client,
        clock: Arc<dyn Clock>,
        base: Url,
        secret: &str,
    ) -> Result<Self, String> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {secret}"))
            .map_err(|_| "the key cannot be sent in a header".to_owned())?;
        authorization.set_sensitive(true);
        Ok(Self {
            client,
            clock,
            base,
            authorization,
        })
    }

    /// The address of `/v1/KIND/NAME`; an error when the name would lead to another place.
    fn address(&self, kind: &str, name: &str) -> Result<Url, ProviderError> {
        let refused = || ProviderError::Unavailable(format!("`{}` is no name for an address", cut(name)));
        if matches!(name, "" | "." | "..") {
            return Err(refused());
        }
        let mut address = self.base.clone();
        address
            .path_segments_mut()
            .map_err(|()| refused())?
            .pop_if_empty()
            .extend(["v1", kind, name]);
        Ok(address)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, ProviderError> {
        let sent = request.header(AUTHORIZATION, self.authorization.clone()).send();
        let mut response = sent.await.map_err(no_answer)?;
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|it| it.to_str().ok()).map(str::to_owned);
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                let why = format!("the answer has more than {LARGEST_ANSWER} bytes");
                return Err(ProviderError::Unknown(why));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            retry_after,
            body,
        })
    }

    /// The answer about the void or the refund with `key`; none when the provider does not know the key.
    fn reversal(&self, answer: &Answer, key: &str) -> Result<Option<ProviderAnswer>, ProviderError> {
        match answer.status {
            status if status.is_success() => {
                let wire: WireReversal = answer.json()?;
                if wire.key != key {
                    let why = format!("the provider answers about {}", cut(&wire.key));
                    return Err(ProviderError::Unknown(why));
                }
                Ok(Some(ProviderAnswer::Accepted {
                    state: state_of(&wire.state),
                    reference: wire.reference.as_deref().map(cut),
                    detail: cut(&wire.detail.unwrap_or_default()),
                }))
            }
            StatusCode::NOT_FOUND if answer.code().as_deref() == Some("UNKNOWN_REVERSAL") => Ok(None),
            StatusCode::UNPROCESSABLE_ENTITY => {
                let WireError { error } = answer.json()?;
                Ok(Some(ProviderAnswer::Refused {
                    refusal: refusal_of(&error.code),
                    detail: format!("{}: {}", cut(&error.code), cut(&error.message)),
                }))
            }
            _ => Err(self.failure(answer)),
        }
    }

    /// What an answer means that is about neither a payment nor a reversal.
    fn failure(&self, answer: &Answer) -> ProviderError {
        let words = answer.words();
        match answer.status {
            StatusCode::UNAUTHORIZED => ProviderError::Unauthorized(words),
            StatusCode::TOO_MANY_REQUESTS => ProviderError::Throttled {
                until: pause_end(answer.retry_after.as_deref(), self.clock.now()),
            },
            _ => ProviderError::Unknown(words),
        }
    }
}

#[async_trait]
impl PaymentProvider for HttpProvider {
    fn capabilities(&self) -> ProviderCapabilities {
        ProviderCapabilities {
            key_retention: None,
            look_up: LookUp::Certain,
        }
    }

    async fn payment(&self, reference: &str) -> Result<Option<ProviderPayment>, ProviderError> {
        let answer = self
            .send(self.client.get(self.address("payments", reference)?))
            .await?;
        if answer.status == StatusCode::NOT_FOUND && answer.code().as_deref() == Some("UNKNOWN_PAYMENT") {
            return Ok(None);
        }
        if answer.status != StatusCode::OK {
            return Err(self.failure(&answer));
        }
        let wire: WirePayment = answer.json()?;
        let currency: Currency = wire
            .currency
            .parse()
            .map_err(|_| ProviderError::Unknown(format!("`{}` is no currency", cut(&wire.currency))))?;
        Ok(Some(ProviderPayment {
            authorized: Money::new(wire.authorized, currency),
            captured: Money::new(wire.captured, currency),
            refunded: Money::new(wire.refunded, currency),
            is_voided: wire.voided,
        }))
    }

    async fn reverse(&self, request: &ReversalRequest) -> Result<ProviderAnswer, ProviderError> {
        let address = self.address("reversals", &request.key)?;
        let body = json!({
            "operation": match request.operation {
                ReversalOperation::Void => "VOID",
                ReversalOperation::Refund => "REFUND",
            },
            "payment": request.payment,
            "amount": request.amount.minor(),
            "currency": request.amount.currency().code(),
            "order": request.order.as_str(),
        });
        let answer = self.send(self.client.put(address).json(&body)).await?;
        let taken = self.reversal(&answer, &request.key)?;
        taken.ok_or_else(|| ProviderError::Unknown("the provider does not know what it was sent".to_owned()))
    }

    async fn look_up(&self, request: &ReversalRequest) -> Result<Option<ProviderAnswer>, ProviderError> {
        let address = self.address("reversals", &request.key)?;
        let answer = self.send(self.client.get(address)).await?;
        self.reversal(&answer, &request.key)
    }
}

impl Answer {
    fn json<T: for<'de> Deserialize<'de>>(&self) -> Result<T, ProviderError> {
        let unreadable = |problem: serde_json::Error| ProviderError::Unknown(cut(&problem.to_string()));
        serde_json::from_slice(&self.body).map_err(unreadable)
    }

    /// The code of a refusal in the protocol's form.
    fn code(&self) -> Option<String> {
        self.json::<WireError>().ok().map(|wire| wire.error.code)
    }

    /// The provider's words, or the status where it has none.
    fn words(&self) -> String {
        match self.json::<WireError>() {
            Ok(WireError { error }) => format!("{}: {}", cut(&error.code), cut(&error.message)),
            Err(_) => format!("the answer has the status {}", self.status),
        }
    }
}

/// The state with this name. A name of a newer protocol means that the provider works on it.
fn state_of(name: &str) -> ReversalState {
    match name {
        "REQUIRES_ACTION" => ReversalState::RequiresAction,
        "SUCCEEDED" => ReversalState::Succeeded,
        "FAILED" => ReversalState::Failed,
        "CANCELED" => ReversalState::Canceled,
        _ => ReversalState::Pending,
    }
}

fn refusal_of(code: &str) -> ReversalRefusal {
    match code {
        "ALREADY_CAPTURED" => ReversalRefusal::AlreadyCaptured,
        "NOTHING_LEFT" => ReversalRefusal::NothingLeft,
        "UNKNOWN_PAYMENT" => ReversalRefusal::UnknownPayment,
        "DISPUTED" => ReversalRefusal::Disputed,
        _ => ReversalRefusal::Other,
    }
}

fn no_answer(problem: reqwest::Error) -> ProviderError {
    let was_sent = !problem.is_connect() && !problem.is_builder();
    let text = if problem.is_timeout() {
        "no answer in time".to_owned()
    } else {
        problem.without_url().to_string()
    };
    if was_sent {
        ProviderError::Unknown(text)
    } else {
        ProviderError::Unavailable(text)
    }
}

/// When the pause ends that `Retry-After` asks for, in seconds.
fn pause_end(retry_after: Option<&str>, now: DateTime<Utc>) -> DateTime<Utc> {
    let asked = retry_after.and_then(|text| text.trim().parse::<u32>().ok());
    let asked = asked.map_or(PAUSE, |seconds| TimeDelta::seconds(i64::from(seconds)));
    now + asked.clamp(TimeDelta::seconds(1), LONGEST_PAUSE)
}

/// The first characters of the provider's words, without control characters.
fn cut(text: &str) -> String {
    let plain = text.chars().filter(|it| !it.is_control());
    plain.take(LONGEST_WORDS).collect()
}
