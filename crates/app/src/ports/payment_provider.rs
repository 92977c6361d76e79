//! The interface to a payment provider: it releases authorizations and pays captured money back.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use countermand_domain::{
    Money, OrderNumber, ProviderCapabilities, ReversalOperation, ReversalRefusal, ReversalState,
};
use thiserror::Error;

/// A payment as its provider knows it, in the currency of the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderPayment {
    /// The money that was reserved, captured or not.
    pub authorized: Money,
    /// The money that was taken.
    pub captured: Money,
    /// The money that went back, or is on its way back.
    pub refunded: Money,
    /// Whether the authorization was released, or ended by itself.
    pub is_voided: bool,
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
    /// The provider asks for patience; nothing happened.
    #[error("the provider asks to wait until {until}")]
    Throttled {
        /// When to ask again.
        until: DateTime<Utc>,
    },
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

    /// Reads the payment with this reference; none when the provider does not know it.
    async fn payment(&self, reference: &str) -> Result<Option<ProviderPayment>, ProviderError>;

    /// Sends a void or a refund, for the first time or again.
    async fn reverse(&self, request: &ReversalRequest) -> Result<ProviderAnswer, ProviderError>;

    /// Asks what became of a void or a refund; none when the provider finds nothing under its key.
    async fn look_up(&self, request: &ReversalRequest) -> Result<Option<ProviderAnswer>, ProviderError>;
}

/// Makes the adapters of payment providers.
pub trait PaymentProviders: Send + Sync {
    /// The codes of the adapters.
    fn adapters(&self) -> &'static [&'static str];

    /// The adapter with this code for the provider at `address`, with the key to the account. The error says what is
    /// wrong with the address or the key, and holds no secret.
    fn open(&self, adapter: &str, address: &str, secret: &str) -> Result<Box<dyn PaymentProvider>, String>;
}

/// No adapter at all: staff moves all money by hand.
#[derive(Debug, Clone, Copy)]
pub struct NoPaymentProviders;

impl PaymentProviders for NoPaymentProviders {
    fn adapters(&self) -> &'static [&'static str] {
        &[]
    }

    fn open(&self, _: &str, _: &str, _: &str) -> Result<Box<dyn PaymentProvider>, String> {
        Err("this program was built without adapters for payment providers".to_owned())
    }
}
