//! A payment provider that speaks our own protocol over HTTP (`docs/payment-protocol.md`).
//!
//! The key of a void or a refund stands in its address, so a repeated request is the same request, and a look-up that
//! finds nothing says that the request certainly did not arrive.

use async_trait::async_trait;
use countermand_app::ports::{
    IncomingMessage, MessageRefusal, PaymentProvider, ProviderAnswer, ProviderError, ProviderMessage,
    ProviderPayment, ProviderRefund, ReversalRequest,
};
use countermand_domain::{
    Currency, LookUp, Money, ProviderCapabilities, ReversalOperation, ReversalRefusal, ReversalState,
};
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::json;

use super::connection::{Connection, cut, with_json};
use super::state_word::known_or_pending;
use super::{HTTP, standard_webhook};
use crate::http::Answer;

/// A provider that speaks our protocol.
pub(super) struct HttpProvider(Connection);

#[derive(Deserialize)]
struct WirePayment {
    currency: String,
    authorized: i64,
    captured: i64,
    #[serde(default)]
    capturable: Option<i64>,
    refunded: i64,
    voided: bool,
    #[serde(default)]
    disputed: bool,
    #[serde(default)]
    refunds: Option<Vec<WireRefund>>,
}

/// A refund of a payment.
#[derive(Deserialize)]
struct WireRefund {
    reference: String,
    #[serde(default)]
    key: Option<String>,
    amount: i64,
    state: String,
    #[serde(default)]
    detail: Option<String>,
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
    pub(super) fn new(connection: Connection) -> Self {
        Self(connection)
    }

    /// The address of `/v1/KIND/NAME`.
    fn address(&self, kind: &str, name: &str) -> Result<Url, ProviderError> {
        self.0.address(&[kind, name])
    }

    /// Reads the payment with this reference; none when the provider does not know it.
    async fn read_payment(&self, reference: &str) -> Result<Option<WirePayment>, ProviderError> {
        let address = self.address("payments", reference)?;
        let answer = self.0.send(self.0.client.get(address)).await?;
        if answer.status == StatusCode::NOT_FOUND && code_of(&answer).as_deref() == Some("UNKNOWN_PAYMENT") {
            return Ok(None);
        }
        if answer.status != StatusCode::OK {
            return Err(self.failure(&answer));
        }
        read(&answer).map(Some)
    }

    /// The answer about the void or the refund with `key`; none when the provider does not know the key.
    fn reversal(&self, answer: &Answer, key: &str) -> Result<Option<ProviderAnswer>, ProviderError> {
        match answer.status {
            status if status.is_success() => {
                let wire: WireReversal = read(answer)?;
                if wire.key != key {
                    let why = format!("the provider answers about {}", cut(&wire.key));
                    return Err(ProviderError::Unknown(why));
                }
                Ok(Some(ProviderAnswer::Accepted {
                    state: known_or_pending(HTTP, &wire.state, state_of(&wire.state)),
                    reference: wire.reference.as_deref().map(cut),
                    detail: cut(&wire.detail.unwrap_or_default()),
                }))
            }
            StatusCode::NOT_FOUND if code_of(answer).as_deref() == Some("UNKNOWN_REVERSAL") => Ok(None),
            StatusCode::UNPROCESSABLE_ENTITY => {
                let WireError { error } = read(answer)?;
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
        let words = words_of(answer);
        match answer.status {
            StatusCode::UNAUTHORIZED => ProviderError::Unauthorized(words),
            StatusCode::TOO_MANY_REQUESTS => self.0.throttled(answer),
            StatusCode::CONFLICT => ProviderError::KeyMisused(words),
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
            answers_at_once: true,
            reads_payments: true,
            reverses_either: false,
        }
    }

    async fn payment(&self, reference: &str) -> Result<Option<ProviderPayment>, ProviderError> {
        let Some(wire) = self.read_payment(reference).await? else {
            return Ok(None);
        };
        let currency = wire.currency()?;
        Ok(Some(ProviderPayment {
            authorized: Money::new(wire.authorized, currency),
            captured: Money::new(wire.captured, currency),
            capturable: wire.capturable.map(|amount| Money::new(amount, currency)),
            refunded: Money::new(wire.refunded, currency),
            is_refundable: true,
            is_voided: wire.voided,
            is_disputed: wire.disputed,
        }))
    }

    async fn refunds(&self, reference: &str) -> Result<Option<Vec<ProviderRefund>>, ProviderError> {
        let Some(wire) = self.read_payment(reference).await? else {
            return Ok(None);
        };
        let currency = wire.currency()?;
        let listed = |refunds: Vec<WireRefund>| {
            let refunds = refunds.into_iter();
            refunds.map(|refund| refund.listed(currency)).collect::<Vec<_>>()
        };
        Ok(wire.refunds.map(listed))
    }

    fn body(&self, request: &ReversalRequest) -> Result<String, String> {
        let body = json!({
            "operation": match request.operation {
                ReversalOperation::Void | ReversalOperation::Either => "VOID",
                ReversalOperation::Refund => "REFUND",
            },
            "payment": request.payment,
            "amount": request.amount.minor(),
            "currency": request.amount.currency().code(),
            "order": request.order.as_str(),
        });
        Ok(body.to_string())
    }

    async fn reverse(&self, request: &ReversalRequest, body: &str) -> Result<ProviderAnswer, ProviderError> {
        let address = self.address("reversals", &request.key)?;
        let answer = self.0.send(with_json(self.0.client.put(address), body)).await?;
        let taken = self.reversal(&answer, &request.key)?;
        taken.ok_or_else(|| ProviderError::Unknown("the provider does not know what it was sent".to_owned()))
    }

    fn messages(
        &self,
        incoming: IncomingMessage<'_>,
        secrets: &[String],
    ) -> Result<Vec<ProviderMessage>, MessageRefusal> {
        standard_webhook::read(incoming, secrets).map(|message| vec![message])
    }

    async fn look_up(&self, request: &ReversalRequest) -> Result<Option<ProviderAnswer>, ProviderError> {
        let address = self.address("reversals", &request.key)?;
        let answer = self.0.send(self.0.client.get(address)).await?;
        self.reversal(&answer, &request.key)
    }
}

impl WirePayment {
    fn currency(&self) -> Result<Currency, ProviderError> {
        let currency = self.currency.parse::<Currency>();
        currency.map_err(|_| ProviderError::Unknown(format!("`{}` is no currency", cut(&self.currency))))
    }
}

impl WireRefund {
    /// The refund as one of a payment in `currency`.
    fn listed(self, currency: Currency) -> ProviderRefund {
        ProviderRefund {
            reference: cut(&self.reference),
            key: self.key.unwrap_or_default(),
            amount: Money::new(self.amount, currency),
            state: known_or_pending(HTTP, &self.state, state_of(&self.state)),
            detail: cut(&self.detail.unwrap_or_default()),
        }
    }
}

fn read<T: for<'de> Deserialize<'de>>(answer: &Answer) -> Result<T, ProviderError> {
    answer.json().map_err(ProviderError::Unknown)
}

/// The code of a refusal in the protocol's form.
fn code_of(answer: &Answer) -> Option<String> {
    answer.json::<WireError>().ok().map(|wire| wire.error.code)
}

/// The provider's words, or the status where it has none.
fn words_of(answer: &Answer) -> String {
    match answer.json::<WireError>() {
        Ok(WireError { error }) => format!("{}: {}", cut(&error.code), cut(&error.message)),
        Err(_) => format!("the answer has the status {}", answer.status),
    }
}

/// The state with this name; none for a name of a newer protocol.
fn state_of(name: &str) -> Option<ReversalState> {
    Some(match name {
        "PENDING" => ReversalState::Pending,
        "REQUIRES_ACTION" => ReversalState::RequiresAction,
        "SUCCEEDED" => ReversalState::Succeeded,
        "FAILED" => ReversalState::Failed,
        "CANCELED" => ReversalState::Canceled,
        _ => return None,
    })
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
