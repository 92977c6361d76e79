//! What the app needs from outside; adapters live in `integrations`.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
pub use countermand_domain::Email;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A mail to be sent: the payload of an obligation, so everything in it is fixed when it is caused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Also the `Message-ID`, so that a mail sent twice can be recognised.
    pub id: String,
    /// Receiver's address.
    pub to: String,
    /// Receiver's name.
    pub to_name: String,
    /// Locale of the store view, `nl_NL`.
    pub locale: String,
    /// Name of the store view.
    pub store_name: String,
    /// What it says.
    pub message: MailMessage,
    /// When it was caused, however late it is sent. Not in the payload: it is the obligation's own date.
    #[serde(skip)]
    pub caused_at: DateTime<Utc>,
}

/// The mails there are. The name of each is the name of its templates, its fields are their variables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "snake_case")]
pub enum MailMessage {
    /// A guest confirms a cancellation by opening a link (`docs/contract.md` section 5.3).
    ConfirmCancellation {
        /// The order's number.
        order_number: String,
        /// The link with the key.
        link: String,
    },
    /// An order was canceled (`docs/contract.md` section 5.3).
    OrderCanceled {
        /// The order's number.
        order_number: String,
        /// What flows back, as text; none when nothing was paid.
        refund: Option<String>,
    },
    /// An order came in: a link to look at it without signing in.
    OrderConfirmation {
        /// The order's number.
        order_number: String,
        /// The link with the order's token.
        link: String,
    },
    /// Somebody who forgot the password opens a link to choose a new one.
    ResetPassword {
        /// The link with the token.
        link: String,
    },
    /// An order was canceled: what the shop itself is told.
    MerchantNotice {
        /// The order's number.
        order_number: String,
        /// The buyer's name.
        buyer: String,
        /// Who canceled it.
        canceled_by: CanceledBy,
        /// The name of a member of staff's token.
        staff_name: Option<String>,
        /// The reason as the store view shows it.
        reason: String,
        /// What flows back, as text; none when nothing was paid.
        refund: Option<String>,
        /// What must not be shipped any more.
        items: Vec<CanceledLine>,
    },
}

/// Who canceled an order, for a template to put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CanceledBy {
    /// The buyer, signed in.
    Customer,
    /// The buyer of a guest order.
    Guest,
    /// A member of staff.
    Staff,
    /// The program itself.
    System,
}

/// A row of an order as a mail lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanceledLine {
    /// Stock keeping unit.
    pub sku: String,
    /// Name when bought.
    pub name: String,
    /// How many units were canceled.
    pub quantity: String,
}

/// Why a mail was not sent.
#[derive(Debug, Error)]
pub enum MailError {
    /// It may work later.
    #[error("not now: {0}")]
    Temporary(String),
    /// It never will.
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

/// Whose a token of the shop's own identity service is: always a customer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The customer with this address.
    Email(Email),
    /// The customer with this number.
    CustomerId(i64),
}

/// Why a token of the identity service says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// It is forged, expired, or for somebody else.
    #[error("the token is refused")]
    Refused,
    /// What it must be checked with is not known yet.
    #[error("the identity service's keys cannot be read")]
    Unavailable,
}

/// Checks tokens of the shop's own identity service.
#[async_trait]
pub trait IdentityVerifier: Send + Sync {
    /// Whose `token` is at `now`.
    async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Identity, IdentityError>;
}
