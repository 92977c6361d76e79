//! What the app needs from outside; adapters live in `integrations`.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A mail to be sent: the job's payload, so everything in it is fixed when it is caused.
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
}

/// The mails there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "snake_case")]
pub enum MailMessage {
    /// A guest confirms a cancellation by opening a link (contract section 5.3).
    ConfirmCancellation {
        /// The order's number.
        order_number: String,
        /// The link with the key.
        link: String,
    },
    /// An order was canceled (contract section 5.3).
    OrderCanceled {
        /// The order's number.
        order_number: String,
        /// What flows back, as text; none when nothing was paid.
        refund: Option<String>,
    },
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
