//! Stripe: payment intents are canceled, and charges are refunded.
//!
//! A repeated request is recognized by its `Idempotency-Key` for a day. After that, and when Stripe repeats a failure of
//! its own, the refunds of the payment are listed, and ours is known by its metadata, or by its id where Stripe named it.

mod amount;
mod problem;
mod signed_message;
mod wire;

use async_trait::async_trait;
use chrono::TimeDelta;
use countermand_app::ports::{
    IncomingMessage, MessageRefusal, PaymentProvider, ProviderAnswer, ProviderError, ProviderMessage,
    ProviderPayment, ProviderRefund, ReversalRequest,
};
use countermand_domain::{
    Currency, LookUp, Money, ProviderCapabilities, ReversalOperation, ReversalRefusal, ReversalState,
};
use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, Url};
use serde::de::DeserializeOwned;
use url::form_urlencoded::Serializer;

use self::amount::{from_stripe, to_stripe};
use self::problem::problem_of;
use self::wire::{Charge, WireCharge, WireIntent, WirePage, WireRefund};
use super::connection::{Connection, cut};
use super::problem::{Problem, Refused, refused};
use super::scale::money;

/// The base address of Stripe, unless the account names another one.
pub(super) const ADDRESS: &str = "https://api.stripe.com";
/// The version of the API, which does not change with the account's own setting.
const VERSION: &str = "2026-10-28.endive";
/// The reason of voids and refunds, which says nothing against the buyer: Stripe blocks the card for some reasons.
const REASON: &str = "requested_by_customer";
/// The metadata of a refund that holds our key.
const KEY: &str = "countermand_key";
/// The metadata of a refund that holds the number of the order.
const ORDER: &str = "order_number";
/// How many refunds a page has.
const PAGE: &str = "100";
/// The most pages that are read of the refunds of one payment.
const MOST_PAGES: usize = 20;

/// An account at Stripe.
pub(super) struct StripeProvider {
    connection: Connection,
    /// The connected account that the requests are about; none for the account of the key itself.
    account: Option<String>,
}

impl StripeProvider {
    pub(super) fn new(connection: Connection, account: Option<&str>) -> Self {
        Self {
            connection,
            account: account.map(str::to_owned),
        }
    }

    /// Sends the request and reads the answer.
    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Problem> {
        let mut request = request.header("Stripe-Version", VERSION);
        if let Some(account) = &self.account {
            request = request.header("Stripe-Account", account);
        }
        let answer = self.connection.send(request).await.map_err(Problem::Failed)?;
        if !answer.status.is_success() {
            return Err(problem_of(&answer, &self.connection));
        }
        let unreadable = |why| Problem::Failed(ProviderError::Unknown(why));
        answer.json().map_err(unreadable)
    }

    async fn get<T: DeserializeOwned>(&self, address: Url) -> Result<T, Problem> {
        self.send(self.connection.client.get(address)).await
    }

    /// Sends a form under `key`, by which Stripe recognizes a repetition.
    async fn post<T: DeserializeOwned>(&self, parts: &[&str], key: &str, form: &str) -> Result<T, Problem> {
        let address = self.connection.address(parts).map_err(Problem::Failed)?;
        let request = self.connection.client.post(address).body(form.to_owned());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.header("Idempotency-Key", key)).await
    }

    async fn intent(&self, id: &str) -> Result<WireIntent, Problem> {
        let mut address = self
            .connection
            .address(&["payment_intents", id])
            .map_err(Problem::Failed)?;
        address.query_pairs_mut().append_pair("expand[]", "latest_charge");
        self.get(address).await
    }

    async fn charge(&self, id: &str) -> Result<WireCharge, Problem> {
        let address = self.connection.address(&["charges", id]);
        self.get(address.map_err(Problem::Failed)?).await
    }

    /// The id of the payment intent of a reference, which may be that of a charge.
    async fn intent_of(&self, reference: &str) -> Result<String, Problem> {
        if !is_charge(reference) {
            return Ok(reference.to_owned());
        }
        let charge = self.charge(reference).await?;
        charge.payment_intent.ok_or_else(|| {
            Problem::Refused(Refused {
                refusal: ReversalRefusal::Other,
                code: String::new(),
                detail: "a charge without a payment intent cannot be released".to_owned(),
            })
        })
    }

    /// Cancels a payment intent that is not captured.
    async fn void(&self, request: &ReversalRequest, form: &str) -> Result<ProviderAnswer, ProviderError> {
        let intent = match self.intent_of(&request.payment).await {
            Ok(intent) => intent,
            Err(problem) => return refused(problem),
        };
        let parts = ["payment_intents", intent.as_str(), "cancel"];
        match self.post::<WireIntent>(&parts, &request.key, form).await {
            Ok(canceled) if canceled.id.as_ref().is_some_and(|id| *id != intent) => Err(
                ProviderError::Unknown("Stripe answers about another payment".to_owned()),
            ),
            Ok(canceled) => Ok(canceled.void_answer(&intent).unwrap_or(ProviderAnswer::Accepted {
                state: ReversalState::Pending,
                reference: Some(cut(&intent)),
                detail: cut(&canceled.status),
            })),
            // Stripe names the state that it met, not what became of the payment, so the payment is read.
            Err(Problem::Refused(no)) if no.code == "payment_intent_unexpected_state" => {
                let known = self.intent(&intent).await.map_err(ProviderError::from)?;
                Ok(known.void_answer(&intent).unwrap_or_else(|| no.answer()))
            }
            Err(problem) => refused(problem),
        }
    }

    /// Pays captured money back.
    async fn refund(&self, request: &ReversalRequest, form: &str) -> Result<ProviderAnswer, ProviderError> {
        match self.post::<WireRefund>(&["refunds"], &request.key, form).await {
            // A broken proxy can give the answer to another request.
            Ok(refund) if refund.metadata.get(KEY) != Some(&request.key) => Err(ProviderError::Unknown(
                "Stripe answers about another refund".to_owned(),
            )),
            Ok(refund) => Ok(refund.answer()),
            // An earlier request of ours may have arrived after all, under another key.
            Err(Problem::Refused(no)) if no.refusal == ReversalRefusal::NothingLeft => {
                let obligation = obligation_of(&request.key);
                let is_ours = |kept: &WireRefund| kept.is_moved_for(obligation);
                let found = self.find_refund(&request.payment, is_ours).await?;
                Ok(found.map_or_else(|| no.answer(), |found| found.answer()))
            }
            Err(problem) => refused(problem),
        }
    }

    /// The captured money of the payment that went back, or is on its way back, by the list of its refunds.
    async fn paid_back(&self, payment: &str, currency: Currency) -> Result<Money, ProviderError> {
        let mut sum = 0_i64;
        let counted = |refund: &WireRefund| {
            sum = sum.saturating_add(refund.paid_back());
            false
        };
        self.find_refund(payment, counted).await?;
        money(sum, currency.code(), from_stripe)
    }

    /// The newest refund of the payment that `is_wanted`.
    async fn find_refund(
        &self,
        payment: &str,
        mut is_wanted: impl FnMut(&WireRefund) -> bool,
    ) -> Result<Option<WireRefund>, ProviderError> {
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut address = self.connection.address(&["refunds"])?;
            address
                .query_pairs_mut()
                .append_pair(payment_field(payment), payment)
                .append_pair("limit", PAGE)
                .extend_pairs(after.iter().map(|last| ("starting_after", last)));
            let page: WirePage = match self.get(address).await {
                Ok(page) => page,
                Err(Problem::Refused(no)) if no.refusal == ReversalRefusal::UnknownPayment => {
                    return Ok(None);
                }
                Err(problem) => return Err(problem.into()),
            };
            after = page.data.last().map(|last| last.id.clone());
            if let Some(found) = page.data.into_iter().find(|refund| is_wanted(refund)) {
                return Ok(Some(found));
            }
            if !page.has_more || after.is_none() {
                return Ok(None);
            }
        }
        Err(ProviderError::Unknown(
            "the payment has too many refunds to look through".to_owned(),
        ))
    }
}

#[async_trait]
impl PaymentProvider for StripeProvider {
    fn capabilities(&self) -> ProviderCapabilities {
        ProviderCapabilities {
            key_retention: Some(TimeDelta::hours(24)),
            look_up: LookUp::Likely,
            answers_at_once: true,
            reads_payments: true,
            reverses_either: false,
        }
    }

    async fn payment(&self, reference: &str) -> Result<Option<ProviderPayment>, ProviderError> {
        let read = if is_charge(reference) {
            let charge = self.charge(reference).await;
            charge.map(|charge| (charge.payment(), charge.is_captured_in_part()))
        } else {
            let intent = self.intent(reference).await;
            intent.map(|intent| (intent.payment(), intent.is_captured_in_part()))
        };
        let (payment, is_captured_in_part) = match read {
            Ok(read) => read,
            Err(Problem::Refused(no)) if no.refusal == ReversalRefusal::UnknownPayment => return Ok(None),
            Err(problem) => return Err(problem.into()),
        };
        let mut payment = payment?;
        if is_captured_in_part {
            payment.refunded = self.paid_back(reference, payment.captured.currency()).await?;
        }
        Ok(Some(payment))
    }

    async fn refunds(&self, reference: &str) -> Result<Option<Vec<ProviderRefund>>, ProviderError> {
        let mut found = Vec::new();
        let listed = |refund: &WireRefund| {
            if !refund.is_release() {
                found.push(refund.listed());
            }
            false
        };
        self.find_refund(reference, listed).await?;
        found.into_iter().collect::<Result<_, _>>().map(Some)
    }

    fn body(&self, request: &ReversalRequest) -> Result<String, String> {
        let mut form = Serializer::new(String::new());
        match request.operation {
            ReversalOperation::Void | ReversalOperation::Either => {
                form.append_pair("cancellation_reason", REASON);
            }
            ReversalOperation::Refund => {
                let amount = to_stripe(request.amount);
                let amount =
                    amount.ok_or_else(|| format!("Stripe cannot pay back exactly {}", request.amount))?;
                form.append_pair(payment_field(&request.payment), &request.payment)
                    .append_pair("amount", &amount.to_string())
                    .append_pair("reason", REASON)
                    .append_pair(&format!("metadata[{KEY}]"), &request.key)
                    .append_pair(&format!("metadata[{ORDER}]"), request.order.as_str());
            }
        }
        Ok(form.finish())
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
        let message = signed_message::read(incoming, secrets, self.account.as_deref())?;
        Ok(message.into_iter().collect())
    }

    async fn look_up(&self, request: &ReversalRequest) -> Result<Option<ProviderAnswer>, ProviderError> {
        match request.operation {
            ReversalOperation::Void | ReversalOperation::Either => {
                let id = self
                    .intent_of(&request.payment)
                    .await
                    .map_err(ProviderError::from)?;
                let intent = self.intent(&id).await.map_err(ProviderError::from)?;
                Ok(intent.void_answer(&id))
            }
            ReversalOperation::Refund => {
                let obligation = obligation_of(&request.key);
                let id = request.reference.as_deref();
                // An earlier request of ours may have arrived after all, under another key.
                let mut earlier = None;
                let is_ours = |refund: &WireRefund| {
                    let has_key = refund.metadata.get(KEY) == Some(&request.key);
                    let is_it = has_key || id.is_some_and(|id| id == cut(&refund.id));
                    if !is_it && earlier.is_none() && refund.is_moved_for(obligation) {
                        earlier = Some(refund.answer());
                    }
                    is_it
                };
                let found = self.find_refund(&request.payment, is_ours).await?;
                Ok(found.map(|refund| refund.answer()).or(earlier))
            }
        }
    }
}

impl WireIntent {
    fn payment(&self) -> Result<ProviderPayment, ProviderError> {
        let money = |amount| money(amount, &self.currency, from_stripe);
        let charge = match &self.latest_charge {
            Some(Charge::Whole(charge)) => Some(charge),
            Some(Charge::Id(id)) => {
                let why = format!("Stripe did not write out the charge {}", cut(id));
                return Err(ProviderError::Unknown(why));
            }
            None => None,
        };
        Ok(ProviderPayment {
            authorized: money(self.amount)?,
            captured: money(self.amount_received)?,
            capturable: self.capturable().map(money).transpose()?,
            refunded: money(charge.filter(|it| it.captured).map_or(0, |it| it.amount_refunded))?,
            is_refundable: true,
            is_voided: self.status == "canceled",
            is_disputed: charge.is_some_and(|charge| charge.disputed),
        })
    }

    fn is_captured_in_part(&self) -> bool {
        matches!(&self.latest_charge, Some(Charge::Whole(charge)) if charge.is_captured_in_part())
    }

    /// What the state of the payment says about a void; none when the money is still reserved.
    fn void_answer(&self, id: &str) -> Option<ProviderAnswer> {
        match self.status.as_str() {
            "canceled" => Some(ProviderAnswer::Accepted {
                state: ReversalState::Succeeded,
                reference: Some(cut(id)),
                detail: cut(self.cancellation_reason.as_deref().unwrap_or_default()),
            }),
            "succeeded" => Some(ProviderAnswer::Refused {
                refusal: ReversalRefusal::AlreadyCaptured,
                detail: "the payment was captured".to_owned(),
            }),
            _ => None,
        }
    }
}

impl WireCharge {
    fn payment(&self) -> Result<ProviderPayment, ProviderError> {
        let money = |amount| money(amount, &self.currency, from_stripe);
        let (captured, refunded) = if self.captured {
            (self.amount_captured, self.amount_refunded)
        } else {
            (0, 0)
        };
        Ok(ProviderPayment {
            authorized: money(self.amount)?,
            captured: money(captured)?,
            // Stripe calls a charge captured once it can capture no more of it.
            capturable: self.captured.then(|| money(0)).transpose()?,
            refunded: money(refunded)?,
            is_refundable: true,
            is_voided: !self.captured && self.refunded,
            is_disputed: self.disputed,
        })
    }
}

/// What the keys of all refunds of one obligation begin with.
fn obligation_of(key: &str) -> &str {
    key.rsplit_once(':').map_or(key, |(obligation, _)| obligation)
}

/// Whether a reference is that of a charge, or of a payment by a method that Stripe books as such.
fn is_charge(reference: &str) -> bool {
    reference.starts_with("ch_") || reference.starts_with("py_")
}

/// The field of a refund that names its payment.
fn payment_field(reference: &str) -> &'static str {
    if is_charge(reference) {
        "charge"
    } else {
        "payment_intent"
    }
}
