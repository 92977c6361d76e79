//! What can go wrong that is nobody's decision, and what a member of staff is told.

use chrono::TimeDelta;
use countermand_persistence::StoreError;
use thiserror::Error;

/// A use case could not be carried out at all. What the shop's rules refuse is data, not one of these.
#[derive(Debug, Error)]
pub enum AppError {
    /// The caller may not do this.
    #[error("not allowed")]
    Forbidden,
    /// Others changed the order at the same time, again and again.
    #[error("the order is changing too fast, try again")]
    Contended,
    /// It was tried too often.
    #[error("tried too often, wait {retry_after}")]
    RateLimited {
        /// How long to wait.
        retry_after: TimeDelta,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that cannot be, logged where it is answered.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Why a request of staff was not carried out: data for the answer, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// For programs.
    pub code: UserErrorCode,
    /// For people.
    pub message: String,
    /// The input field it is about.
    pub field: Option<String>,
}

/// Kinds of refusals of staff's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserErrorCode {
    /// No such order, store, website or customer.
    NotFound,
    /// Malformed or out of range.
    Invalid,
    /// Something with this code or e-mail exists.
    Taken,
    /// The order's state does not allow it.
    InvalidOrderStatus,
    /// Something of the order is shipped.
    PartialOrderItemShipped,
    /// The store's switch is off.
    OrderCancellationDisabled,
    /// The store does not offer the reason.
    InvalidReason,
    /// More than is left was asked for.
    QuantityExceeded,
    /// More money than is left was asked for.
    AmountExceeded,
    /// Nothing is left to do.
    NothingLeft,
}

impl UserError {
    /// About one input field.
    #[must_use]
    pub fn about(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: Some(field.into()),
        }
    }
}

/// The outcome of a request of staff: done, or refused with reasons; or it could not be carried out.
pub type Asked<T> = Result<Result<T, UserError>, AppError>;
