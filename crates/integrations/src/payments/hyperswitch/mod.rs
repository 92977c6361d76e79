//! Hyperswitch: one API for many payment processors, hosted or run by the merchant.
//!
//! The id of a refund is made from our key, so a repeated request is refused as a duplicate and then read. Ids never
//! end, and a refund that is not found was never accepted. A void has no key: the payment tells whether it was released.

mod amount;
mod problem;
mod signed_message;
mod wire;

use async_trait::async_trait;
use countermand_app::ports::{
    IncomingMessage, MessageRefusal, PaymentProvider, ProviderAnswer, ProviderError, ProviderMessage,
    ProviderPayment, ProviderRefund, ReversalRequest,
};
use countermand_domain::{LookUp, ProviderCapabilities, ReversalOperation, ReversalRefusal, ReversalState};
use reqwest::RequestBuilder;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};

use self::amount::{from_hyperswitch, to_hyperswitch};
use self::problem::{is_duplicate, problem_of};
use self::wire::{WirePayment, WireRefund};
use super::connection::{Connection, cut, with_json};
use super::problem::{Problem, refused};
use super::scale::money;

/// The base address of the hosted service, unless the account names another one.
pub(super) const ADDRESS: &str = "https://api.hyperswitch.io";
/// The header that carries the key.
pub(super) const KEY_HEADER: &str = "api-key";
/// The reason of voids and refunds. Processors that know only some reasons know this one.
const REASON: &str = "requested_by_customer";
/// The metadata of a refund that holds our key.
const KEY: &str = "countermand_key";
/// How many hexadecimal digits of a digest are in the id of a refund, which has 30 characters.
const DIGITS: usize = 26;

/// An account at Hyperswitch.
pub(super) struct HyperswitchProvider(Connection);

impl HyperswitchProvider {
    pub(super) fn new(connection: Connection) -> Self {
        Self(connection)
    }

    /// Sends the request and reads the answer.
    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Problem> {
        let answer = self.0.send(request).await.map_err(Problem::Failed)?;
        if !answer.status.is_success() {
            return Err(problem_of(&answer, &self.0));
        }
        let unreadable = |why| Problem::Failed(ProviderError::Unknown(why));
        answer.json().map_err(unreadable)
    }

    async fn get<T: DeserializeOwned>(&self, parts: &[&str]) -> Result<T, Problem> {
        let address = self.0.address_at(parts).map_err(Problem::Failed)?;
        self.send(self.0.client.get(address)).await
    }

    async fn post<T: DeserializeOwned>(&self, parts: &[&str], body: &str) -> Result<T, Problem> {
        let address = self.0.address_at(parts).map_err(Problem::Failed)?;
        self.send(with_json(self.0.client.post(address), body)).await
    }

    async fn read_payment(&self, id: &str) -> Result<WirePayment, Problem> {
        self.get(&["payments", id]).await
    }

    /// Releases a payment that is not captured.
    async fn void(&self, request: &ReversalRequest, body: &str) -> Result<ProviderAnswer, ProviderError> {
        let id = request.payment.as_str();
        match self.post::<WirePayment>(&["payments", id, "cancel"], body).await {
            Ok(payment) => Ok(payment.void_answer(request).unwrap_or(ProviderAnswer::Accepted {
                state: ReversalState::Pending,
                reference: Some(cut(id)),
                detail: cut(&payment.status),
            })),
            // The refusal names the state that was met, not what became of the payment, so the payment is read.
            Err(Problem::Refused(no)) if no.refusal == ReversalRefusal::Other => {
                let known = self.read_payment(id).await.map_err(ProviderError::from)?;
                Ok(known.void_answer(request).unwrap_or_else(|| no.answer()))
            }
            Err(problem) => refused(problem),
        }
    }

    /// Pays captured money back.
    async fn refund(&self, request: &ReversalRequest, body: &str) -> Result<ProviderAnswer, ProviderError> {
        match self.post::<WireRefund>(&["refunds"], body).await {
            // A broken proxy can give the answer to another request.
            Ok(refund) if refund.refund_id != refund_id(&request.key) => Err(ProviderError::Unknown(
                "Hyperswitch answers about another refund".to_owned(),
            )),
            Ok(refund) => Ok(refund.answer()),
            // An earlier request with this id arrived: its outcome is ours.
            Err(Problem::Refused(no)) if is_duplicate(&no) => {
                let found = self.find_refund(&request.key).await?;
                found.map(|refund| refund.answer()).ok_or_else(|| {
                    ProviderError::Unknown("the refund is a duplicate, and is not found".to_owned())
                })
            }
            Err(problem) => refused(problem),
        }
    }

    /// The refund of our `key`; none when Hyperswitch never accepted it.
    async fn find_refund(&self, key: &str) -> Result<Option<WireRefund>, ProviderError> {
        let id = refund_id(key);
        match self.get::<WireRefund>(&["refunds", &id]).await {
            Ok(refund) if refund.refund_id == id => Ok(Some(refund)),
            Ok(refund) => {
                let why = format!("Hyperswitch answers about {}", cut(&refund.refund_id));
                Err(ProviderError::Unknown(why))
            }
            Err(Problem::Refused(no)) if no.refusal == ReversalRefusal::UnknownPayment => Ok(None),
            Err(problem) => Err(problem.into()),
        }
    }
}

#[async_trait]
impl PaymentProvider for HyperswitchProvider {
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
        match self.read_payment(reference).await {
            Ok(payment) => payment.payment().map(Some),
            Err(Problem::Refused(no)) if no.refusal == ReversalRefusal::UnknownPayment => Ok(None),
            Err(problem) => Err(problem.into()),
        }
    }

    async fn refunds(&self, reference: &str) -> Result<Option<Vec<ProviderRefund>>, ProviderError> {
        let payment = self.read_payment(reference).await.map_err(ProviderError::from)?;
        payment.listed_refunds().map(Some)
    }

    fn body(&self, request: &ReversalRequest) -> Result<String, String> {
        let body = match request.operation {
            ReversalOperation::Void | ReversalOperation::Either => json!({ "cancellation_reason": REASON }),
            ReversalOperation::Refund => {
                let amount = to_hyperswitch(request.amount);
                let amount = amount
                    .ok_or_else(|| format!("Hyperswitch cannot pay back exactly {}", request.amount))?;
                json!({
                    "payment_id": request.payment,
                    "refund_id": refund_id(&request.key),
                    "amount": amount,
                    "reason": REASON,
                    "refund_type": "instant",
                    "metadata": { KEY: request.key, "order_number": request.order.as_str() },
                })
            }
        };
        Ok(body.to_string())
    }

    async fn reverse(&self, request: &ReversalRequest, body: &str) -> Result<ProviderAnswer, ProviderError> {
        match request.operation {
            ReversalOperation::Void | ReversalOperation::Either => self.void(request, body).await,
            ReversalOperation::Refund => self.refund(request, body).await,
        }
    }

    fn messages(
        &self,
        incoming: IncomingMessage<'_>,
        secrets: &[String],
    ) -> Result<Vec<ProviderMessage>, MessageRefusal> {
        signed_message::read(incoming, secrets).map(|message| vec![message])
    }

    async fn look_up(&self, request: &ReversalRequest) -> Result<Option<ProviderAnswer>, ProviderError> {
        match request.operation {
            ReversalOperation::Void | ReversalOperation::Either => {
                let payment = self.read_payment(&request.payment).await;
                let payment = payment.map_err(ProviderError::from)?;
                Ok(payment.void_answer(request))
            }
            ReversalOperation::Refund => {
                let found = self.find_refund(&request.key).await?;
                Ok(found.map(|refund| refund.answer()))
            }
        }
    }
}

impl WirePayment {
    fn payment(&self) -> Result<ProviderPayment, ProviderError> {
        let money = |amount| money(amount, &self.currency, from_hyperswitch);
        Ok(ProviderPayment {
            authorized: money(self.amount)?,
            captured: money(self.captured())?,
            capturable: self.capturable().map(money).transpose()?,
            refunded: money(self.refunded())?,
            is_refundable: self.has_ended_capture(),
            is_voided: self.is_released(),
            is_disputed: self.is_disputed(),
        })
    }

    /// The refunds of the payment, newest first.
    fn listed_refunds(&self) -> Result<Vec<ProviderRefund>, ProviderError> {
        let mut refunds: Vec<_> = self.refunds.iter().flatten().rev().collect();
        refunds.sort_by(|one, other| other.created_at.cmp(&one.created_at));
        let listed = refunds.into_iter().map(|refund| refund.listed(&self.currency));
        listed.collect()
    }

    /// What the state of the payment says about a void; none when the money is still reserved. A payment of which a part
    /// was captured is `partially_captured` after the void of the rest.
    fn void_answer(&self, request: &ReversalRequest) -> Option<ProviderAnswer> {
        let accepted = |state, detail: &str| ProviderAnswer::Accepted {
            state,
            reference: Some(cut(&request.payment)),
            detail: cut(detail),
        };
        let is_rest_released = to_hyperswitch(request.amount).is_some_and(|rest| self.has_released(rest));
        if self.is_released() || is_rest_released {
            let reason = self.cancellation_reason.as_deref().unwrap_or_default();
            return Some(accepted(ReversalState::Succeeded, reason));
        }
        if self.is_processing() {
            return Some(accepted(ReversalState::Pending, &self.status));
        }
        self.has_ended_capture().then(|| ProviderAnswer::Refused {
            refusal: ReversalRefusal::AlreadyCaptured,
            detail: "the payment was captured".to_owned(),
        })
    }
}

impl WireRefund {
    /// The refund as one of a payment in `currency`.
    fn listed(&self, currency: &str) -> Result<ProviderRefund, ProviderError> {
        Ok(ProviderRefund {
            reference: cut(&self.refund_id),
            key: self.key().to_owned(),
            amount: money(self.amount, currency, from_hyperswitch)?,
            state: self.state(),
            detail: cut(&self.words()),
        })
    }
}

/// The id of the refund with our key: the same each time, and of the length that Hyperswitch asks for.
fn refund_id(key: &str) -> String {
    let digest = hex::encode(Sha256::digest(key.as_bytes()));
    format!("ref_{}", digest.get(..DIGITS).unwrap_or(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_one_refund_id_of_thirty_characters() {
        let id = refund_id("0198c0de-0000-7000-8000-000000000001:refund:1");
        assert_eq!(id.len(), 30, "{id}");
        assert_eq!(id, refund_id("0198c0de-0000-7000-8000-000000000001:refund:1"));
        assert_ne!(id, refund_id("0198c0de-0000-7000-8000-000000000001:refund:2"));
    }

    #[test]
    fn refunds_are_listed_newest_first_and_ours_have_their_key() {
        let text = r#"{"payment_id":"pay_1","amount":1500,"currency":"USD","status":"succeeded","refunds":[
            {"refund_id":"ref_2","amount":200,"status":"failed","created_at":"2026-11-28T10:00:01.000Z",
                "error_message":"declined","metadata":"by hand"},
            {"refund_id":"ref_3","amount":100,"created_at":"2026-11-28T10:00:02.000Z"},
            {"refund_id":"ref_1","amount":300,"status":"succeeded","created_at":"2026-11-28T10:00:00.000Z",
                "metadata":{"countermand_key":"o-1:refund:1"}}]}"#;
        let payment: WirePayment = serde_json::from_str(text).expect("a payment");
        let listed = payment.listed_refunds().expect("refunds");
        let listed: Vec<_> = listed
            .iter()
            .map(|it| {
                (
                    it.reference.as_str(),
                    it.key.as_str(),
                    it.amount.minor(),
                    it.state,
                )
            })
            .collect();
        assert_eq!(
            listed,
            [
                ("ref_3", "", 100, ReversalState::Pending),
                ("ref_2", "", 200, ReversalState::Failed),
                ("ref_1", "o-1:refund:1", 300, ReversalState::Succeeded),
            ]
        );
    }
}
