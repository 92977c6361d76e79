//! The interface to a payment provider: it releases authorizations and pays captured money back.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use countermand_domain::{
    Money, OrderNumber, ProviderCapabilities, ReversalOperation, ReversalRefusal, ReversalState,
};
use thiserror::Error;

use super::provider_message::{IncomingMessage, MessageRefusal, ProviderMessage};

/// A payment as its provider knows it, in the currency of the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderPayment {
    /// The money that was reserved, captured or not.
    pub authorized: Money,
    /// The money that was taken.
    pub captured: Money,
    /// The money that can still be captured; none where the provider does not say it.
    pub capturable: Option<Money>,
    /// The money that went back, or is on its way back.
    pub refunded: Money,
    /// Whether captured money can be paid back now: some providers refuse it while the rest is held.
    pub is_refundable: bool,
    /// Whether the authorization was released, or ended by itself.
    pub is_voided: bool,
    /// Whether the buyer disputes the payment at the bank.
    pub is_disputed: bool,
}

/// A refund of a payment, as its provider lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRefund {
    /// The provider's id of the refund.
    pub reference: String,
    /// The key of the request, where it was one of the program. Others may have sent any text; empty where there is none.
    pub key: String,
    /// The amount, in the currency of the payment.
    pub amount: Money,
    /// The state.
    pub state: ReversalState,
    /// The provider's words; empty where there are none.
    pub detail: String,
}

/// A void or a refund to be sent. The same request is sent again until its outcome is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalRequest {
    /// The key by which the provider recognizes a repeated request.
    pub key: String,
    /// What is asked.
    pub operation: ReversalOperation,
    /// The provider's reference of the authorization or the capture.
    pub payment: String,
    /// The amount, never left to the provider.
    pub amount: Money,
    /// The number of the order, for people who look at the provider's pages.
    pub order: OrderNumber,
    /// The provider's id of the void or the refund, where it named one; only a look-up uses it.
    pub reference: Option<String>,
}

/// What the provider said about a void or a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderAnswer {
    /// The provider accepted the request, which is now in this state; `Failed` is final, too.
    Accepted {
        /// The state.
        state: ReversalState,
        /// The provider's id of the void or the refund.
        reference: Option<String>,
        /// The provider's words; empty where there are none.
        detail: String,
    },
    /// The provider refused the request: no money moves.
    Refused {
        /// Why.
        refusal: ReversalRefusal,
        /// The provider's words.
        detail: String,
    },
}

/// Why there is no answer about a void or a refund.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProviderError {
    /// Nothing was sent, or the provider certainly did nothing; a later attempt may succeed.
    #[error("the provider does not answer: {0}")]
    Unavailable(String),
    /// The provider asks for patience: the same request is sent later.
    #[error("the provider asks to wait until {until}")]
    Throttled {
        /// When to ask again.
        until: DateTime<Utc>,
    },
    /// The provider did not answer several times in a row, so nothing is sent for a while.
    #[error("the provider failed several times in a row: nothing is sent until {until}")]
    Suspended {
        /// When to ask again.
        until: DateTime<Utc>,
    },
    /// The provider repeats a failure of its own that it keeps under the key: the same request helps no more.
    #[error("the provider repeats a failure of its own: {0}")]
    StoredFailure(String),
    /// The provider knows the key from another request, so it does not tell what became of this one.
    #[error("the provider knows the key from another request: {0}")]
    KeyMisused(String),
    /// It is not known whether the provider acts: the answer was lost, or cannot be read.
    #[error("the outcome is not known: {0}")]
    Unknown(String),
    /// The provider refuses the key to the account: a person must act.
    #[error("the provider refuses the key to the account: {0}")]
    Unauthorized(String),
}

/// A payment provider. An adapter never decides: it tells what the provider said.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// The abilities of the provider.
    fn capabilities(&self) -> ProviderCapabilities;

    /// Reads the payment with this reference; none when the provider does not know it. It is asked only where
    /// `reads_payments` says that it can be.
    async fn payment(&self, reference: &str) -> Result<Option<ProviderPayment>, ProviderError>;

    /// All refunds of the payment with this reference, those of the program among them, newest first. None where the
    /// provider does not list refunds. It is asked only where payments can be read.
    async fn refunds(&self, _: &str) -> Result<Option<Vec<ProviderRefund>>, ProviderError> {
        Ok(None)
    }

    /// Forms the body of a request for a void or a refund; nothing is sent. It holds no key to the account, because it is
    /// kept. The error says why the provider cannot be asked for it, so that no money moves. A provider without one call
    /// for either takes [`ReversalOperation::Either`] as a void.
    fn body(&self, request: &ReversalRequest) -> Result<String, String>;

    /// Sends a void or a refund with exactly this `body`, for the first time or again: a repetition has the bytes of the
    /// first attempt, also when a later version would form another body.
    async fn reverse(&self, request: &ReversalRequest, body: &str) -> Result<ProviderAnswer, ProviderError>;

    /// Reads what the provider sent in one request, signed with one of these `secrets`. It is checked byte for byte.
    fn messages(
        &self,
        incoming: IncomingMessage<'_>,
        secrets: &[String],
    ) -> Result<Vec<ProviderMessage>, MessageRefusal>;

    /// The text that the provider wants as the answer to a message that was taken; none for an empty answer.
    #[must_use]
    fn receipt(&self) -> Option<&'static str> {
        None
    }

    /// Asks what became of a void or a refund; none when the provider finds nothing under its key or its id. It is asked
    /// only where `look_up` is not [`LookUp::None`](countermand_domain::LookUp::None).
    async fn look_up(&self, request: &ReversalRequest) -> Result<Option<ProviderAnswer>, ProviderError>;
}

/// How an account at a payment provider is reached.
#[derive(Clone, Copy)]
pub struct AccountAccess<'a> {
    /// The name of the account, by which its requests are counted.
    pub name: &'a str,
    /// The code of the adapter.
    pub adapter: &'a str,
    /// The base address of the provider.
    pub address: &'a str,
    /// The key to the account.
    pub secret: &'a str,
    /// The merchant account at the provider; none where the provider knows it by the key.
    pub merchant_account: Option<&'a str>,
    /// How many requests this process sends to the account in a second at most; at least 1.
    pub requests_per_second: i32,
}

/// Whether requests to a provider name a merchant account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MerchantAccountUse {
    /// The key alone says whose payments are meant.
    Never,
    /// The key may reach several accounts, of which one can be named.
    Optional,
    /// Each request names one.
    Required,
}

/// Makes the adapters of payment providers.
pub trait PaymentProviders: Send + Sync {
    /// The codes of the adapters.
    fn adapters(&self) -> &'static [&'static str];

    /// What is wrong with a secret for webhooks; none when the adapter can use it.
    fn webhook_secret_problem(&self, adapter: &str, secret: &str) -> Option<&'static str>;

    /// The base address of the provider where the account names none; none when each account needs one.
    fn usual_address(&self, adapter: &str) -> Option<&'static str>;

    /// Whether requests to the provider name a merchant account.
    fn merchant_account_use(&self, adapter: &str) -> MerchantAccountUse;

    /// Until when nothing is sent to this account, because the provider did not answer; none while requests pass. Each
    /// process counts for itself.
    fn suspended_until(&self, account: &str) -> Option<DateTime<Utc>>;

    /// Takes down that something waited because calls at this account failed, in this process or in another one.
    /// `answers_again` says that one of them got an answer since, so that the next request need not wait.
    fn note_failures(&self, account: &str, answers_again: bool);

    /// Whether the provider answered after failures, so that what waits because of them can be tried: true once for such
    /// an answer, and at most once in five seconds.
    fn takes_recovery(&self, account: &str) -> bool;

    /// Takes an attempt that repeats another one out of the budget of this account; false where the budget is used up.
    /// Each process counts for itself.
    fn takes_repetition(&self, account: &str) -> bool;

    /// Puts an attempt back into the budget that was not sent, or that the provider answered.
    fn gives_repetition_back(&self, account: &str);

    /// The adapter for this account. The error says what is wrong with the address or the key, and holds no secret.
    fn open(&self, access: AccountAccess<'_>) -> Result<Box<dyn PaymentProvider>, String>;
}

/// No adapter at all: staff moves all money by hand.
#[derive(Debug, Clone, Copy)]
pub struct NoPaymentProviders;

impl PaymentProviders for NoPaymentProviders {
    fn adapters(&self) -> &'static [&'static str] {
        &[]
    }

    fn webhook_secret_problem(&self, _: &str, _: &str) -> Option<&'static str> {
        None
    }

    fn usual_address(&self, _: &str) -> Option<&'static str> {
        None
    }

    fn merchant_account_use(&self, _: &str) -> MerchantAccountUse {
        MerchantAccountUse::Never
    }

    fn suspended_until(&self, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    fn note_failures(&self, _: &str, _: bool) {}

    fn takes_recovery(&self, _: &str) -> bool {
        false
    }

    fn takes_repetition(&self, _: &str) -> bool {
        true
    }

    fn gives_repetition_back(&self, _: &str) {}

    fn open(&self, _: AccountAccess<'_>) -> Result<Box<dyn PaymentProvider>, String> {
        Err("this program was built without adapters for payment providers".to_owned())
    }
}
