//! Why an order is not canceled: what the rules can answer.

use strum::IntoStaticStr;
use thiserror::Error;

use crate::money::MoneyError;
use crate::order::{LineRefusal, OrderState};

/// Why an order is not canceled. As a text, a refusal is its code: `OPEN_INVOICE`.
#[derive(Debug, Clone, PartialEq, Eq, Error, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum CancellationRefusal {
    /// The order belongs to another buyer.
    #[error("not the buyer of this order")]
    Unauthorized,
    /// The store view's switch is off.
    #[error("cancellation is switched off for the order's store")]
    Disabled,
    /// The state of the order does not allow it.
    #[error("an order in state `{0}` cannot be canceled")]
    State(OrderState),
    /// An item has been shipped.
    #[error("something of the order is shipped")]
    Shipped,
    /// An invoice is not paid; it must be settled first.
    #[error("an invoice of the order is not paid")]
    OpenInvoice,
    /// Canceling would change nothing.
    #[error("nothing is left to cancel")]
    NothingOpen,
    /// The order does not have the items or quantities that were selected.
    #[error(transparent)]
    Selection(#[from] LineRefusal),
    /// The store view does not offer the reason.
    #[error("not a reason of the order's store")]
    InvalidReason,
    /// The order's amounts do not add up; the order stays as it is.
    #[error("the order's amounts do not add up: {0}")]
    Unbalanced(#[from] MoneyError),
}
