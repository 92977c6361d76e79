//! The interfaces to the outside that the use cases need; adapters live in `integrations`.

mod event_stream;
mod mail_message;
mod payment_provider;
mod provider_message;
mod sales_channel;
mod webhook_sender;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
pub use countermand_domain::{Email, OrderNumber};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use event_stream::{EventStream, StreamMessage, StreamPlace};
pub use mail_message::{CanceledBy, CanceledLine, MailMessage, OrderLine, OrderSummary, SubscriptionChange};
pub use payment_provider::{
    AccountAccess, MerchantAccountUse, NoPaymentProviders, PaymentProvider, PaymentProviders, ProviderAnswer,
    ProviderError, ProviderPayment, ProviderRefund, ReversalRequest,
};
pub use provider_message::{IncomingMessage, MessageRefusal, ProviderMessage};
pub use sales_channel::{ChannelError, ChannelPage, SalesChannel};
pub use webhook_sender::{NoWebhookSender, WebhookAnswer, WebhookMessage, WebhookSender};

/// A mail to be sent: the payload of an obligation, so everything in it is fixed when it is caused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The mail's id and `Message-ID`, by which a mail that was sent twice can be recognized.
    pub id: String,
    /// The receiver's address.
    pub to: String,
    /// The receiver's name.
    pub to_name: String,
    /// Locale of the store view, `nl_NL`.
    pub locale: String,
    /// Name of the store view.
    pub store_name: String,
    /// The address that answers the receiver's questions; none when the shop has set none. Mails of older versions
    /// have none.
    #[serde(default)]
    pub contact: Option<String>,
    /// The message of the mail.
    pub message: MailMessage,
    /// When the mail was caused, even if it is sent later. The payload
    /// does not hold this date, because the obligation does.
    #[serde(skip)]
    pub caused_at: DateTime<Utc>,
}

/// Why a mail was not sent.
#[derive(Debug, Error)]
pub enum MailError {
    /// The mail server takes no mails at all now: it does not answer, hangs up, or refuses the connection or the login.
    #[error("no server: {0}")]
    Unavailable(String),
    /// A later attempt may succeed.
    #[error("not now: {0}")]
    Temporary(String),
    /// No later attempt can succeed.
    #[error("never: {0}")]
    Permanent(String),
}

/// Sends mails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends `mail`, or says whether it is worth trying again.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Several workers share one mailer.
#[async_trait]
impl Mailer for Arc<dyn Mailer> {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.as_ref().send(mail).await
    }
}

/// The customer whose token of the shop's own identity service was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The customer with this address.
    Email(Email),
    /// The customer with this number.
    CustomerId(i64),
}

/// Why a token of the identity service is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// The token is forged, expired, or made for another service.
    #[error("the token is refused")]
    Refused,
    /// The keys for checking the token are not known yet.
    #[error("the identity service's keys cannot be read")]
    Unavailable,
}

/// Checks tokens of the shop's own identity service.
#[async_trait]
pub trait IdentityVerifier: Send + Sync {
    /// The customer whose `token` it is, if the token is valid at `now`.
    async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Identity, IdentityError>;
}
