//! Adyen: a payment is given back whole in one call, whether it is captured or not, and refunds have explicit amounts.
//!
//! An answer says only that the request was received. The outcome comes by webhook alone: Adyen has no look-up, and a
//! payment cannot be read. A repeated request is recognized by its `Idempotency-Key` for at least a week.

mod amount;
mod item;
mod problem;
mod signed_message;

use async_trait::async_trait;
use chrono::TimeDelta;
use countermand_app::ports::{
    IncomingMessage, MessageRefusal, PaymentProvider, ProviderAnswer, ProviderError, ProviderMessage,
    ProviderPayment, ReversalRequest,
};
use countermand_domain::{LookUp, ProviderCapabilities, ReversalOperation, ReversalState};
use serde::Deserialize;
use serde_json::json;

use self::amount::to_adyen;
pub(super) use self::signed_message::key_of;
use super::ADYEN;
use super::connection::{Connection, cut, with_json};
use super::state_word::known_or_pending;

/// The header that carries the key.
pub(super) const KEY_HEADER: &str = "x-api-key";
/// The version of the API.
const VERSION: &str = "v71";
/// What Adyen wants as the answer to a webhook.
const RECEIPT: &str = "[accepted]";

/// A merchant account at Adyen.
pub(super) struct AdyenProvider {
    connection: Connection,
    merchant_account: String,
}

/// The answer to a request: it was received, and no more.
#[derive(Deserialize)]
struct WireReceived {
    #[serde(rename = "pspReference")]
    psp_reference: String,
    reference: Option<String>,
    status: Option<String>,
}

impl AdyenProvider {
    pub(super) fn new(connection: Connection, merchant_account: &str) -> Self {
        Self {
            connection,
            merchant_account: merchant_account.to_owned(),
        }
    }

    /// Sends a modification of a payment: `reversals`, `cancels` or `refunds`.
    async fn modify(
        &self,
        request: &ReversalRequest,
        action: &str,
        body: &str,
    ) -> Result<ProviderAnswer, ProviderError> {
        let parts = [VERSION, "payments", request.payment.as_str(), action];
        let address = self.connection.address_at(&parts)?;
        let post = with_json(self.connection.client.post(address), body);
        let post = post.header("Idempotency-Key", &request.key);
        let answer = self.connection.send(post).await?;
        if !answer.status.is_success() {
            return problem::answer_of(&answer, &self.connection);
        }
        let received: WireReceived = answer.json().map_err(ProviderError::Unknown)?;
        if received
            .reference
            .is_some_and(|reference| reference != request.key)
        {
            let why = "the provider answers about another request".to_owned();
            return Err(ProviderError::Unknown(why));
        }
        let status = received.status.unwrap_or_default();
        let known = matches!(status.as_str(), "" | "received").then_some(ReversalState::Pending);
        Ok(ProviderAnswer::Accepted {
            state: known_or_pending(ADYEN, &status, known),
            reference: Some(cut(&received.psp_reference)),
            detail: cut(&status),
        })
    }

    fn cannot(what: &str) -> ProviderError {
        ProviderError::Unavailable(format!("{what} at Adyen: only its webhooks tell"))
    }
}

#[async_trait]
impl PaymentProvider for AdyenProvider {
    fn capabilities(&self) -> ProviderCapabilities {
        ProviderCapabilities {
            key_retention: Some(TimeDelta::days(7)),
            look_up: LookUp::None,
            answers_at_once: false,
            reads_payments: false,
            reverses_either: true,
        }
    }

    async fn payment(&self, _: &str) -> Result<Option<ProviderPayment>, ProviderError> {
        Err(Self::cannot("a payment cannot be read"))
    }

    fn body(&self, request: &ReversalRequest) -> Result<String, String> {
        let mut body = json!({ "merchantAccount": self.merchant_account, "reference": request.key });
        if request.operation.is_refund() {
            let value = to_adyen(request.amount);
            let value = value.ok_or_else(|| format!("Adyen cannot pay back exactly {}", request.amount))?;
            let currency = request.amount.currency();
            body["amount"] = json!({ "currency": currency.code(), "value": value });
        }
        Ok(body.to_string())
    }

    async fn reverse(&self, request: &ReversalRequest, body: &str) -> Result<ProviderAnswer, ProviderError> {
        let action = match request.operation {
            ReversalOperation::Either => "reversals",
            ReversalOperation::Void => "cancels",
            ReversalOperation::Refund => "refunds",
        };
        self.modify(request, action, body).await
    }

    fn messages(
        &self,
        incoming: IncomingMessage<'_>,
        secrets: &[String],
    ) -> Result<Vec<ProviderMessage>, MessageRefusal> {
        let hidden = &self.connection.hidden;
        signed_message::read(incoming, secrets, &self.merchant_account, hidden)
    }

    fn receipt(&self) -> Option<&'static str> {
        Some(RECEIPT)
    }

    async fn look_up(&self, _: &ReversalRequest) -> Result<Option<ProviderAnswer>, ProviderError> {
        Err(Self::cannot("a void or a refund cannot be looked up"))
    }
}
