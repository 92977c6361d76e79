//! Why a request for a cancellation is not made, not decided or not taken back.

use strum::IntoStaticStr;
use thiserror::Error;

use crate::cancellation::CancellationRefusal;
use crate::order::{FreeTextProblem, LineRefusal};

/// Why a request is not made, not decided or not taken back. As a text, a refusal is its code: `NO_OPEN_REQUEST`.
#[derive(Debug, Clone, PartialEq, Eq, Error, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestRefusal {
    /// The order cannot be canceled, so its cancellation cannot be asked for.
    #[error(transparent)]
    Order(#[from] CancellationRefusal),
    /// Another request of the order waits for a decision.
    #[error("a cancellation of the order was requested before, and is not decided yet")]
    RequestOpen,
    /// No request of the order waits for a decision.
    #[error("no request of the order waits for a decision")]
    NoOpenRequest,
    /// A guest without a key wants to take back a request that was confirmed.
    #[error("the request was confirmed: only the key of a mail or the shop takes it back")]
    ConfirmationNeeded,
    /// Nothing of the request could be canceled any more.
    #[error("the request came too late: nothing of it can be canceled any more")]
    TooLate,
    /// The request does not have the items or quantities that were selected.
    #[error(transparent)]
    Items(#[from] LineRefusal),
    /// Staff gave no reason for declining.
    #[error("the buyer needs a reason")]
    ReasonMissing,
    /// The reason of staff is too long or has control characters.
    #[error("the reason cannot be taken: {0}")]
    BadReason(#[from] FreeTextProblem),
}
