//! Refusals in the contract's words (section 2): the one place where both are named.

use async_graphql::Enum;
use countermand_domain::CancellationRefusal;

/// The contract's codes of `errorV2`.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancelOrderErrorCode {
    /// The store's switch is off.
    OrderCancellationDisabled,
    /// See the message.
    Undefined,
    /// It is somebody else's.
    Unauthorised,
    /// No such order.
    OrderNotFound,
    /// Something of the order is shipped.
    PartialOrderItemShipped,
    /// The order's state does not allow it, or nothing is left to cancel.
    InvalidOrderStatus,
}

/// Why an order is not canceled.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancellationRefusalCode {
    /// No such order.
    NotFound,
    /// It is somebody else's.
    Unauthorized,
    /// The store's switch is off.
    Disabled,
    /// Its state does not allow it.
    State,
    /// Something left the house.
    Shipped,
    /// Something is invoiced and not paid.
    OpenInvoice,
    /// Nothing is left that canceling would change.
    NothingOpen,
    /// The store does not offer the reason.
    InvalidReason,
    /// A guest's key is wrong, used or too old.
    NotConfirmed,
    /// The order's amounts do not add up.
    Unbalanced,
}

/// The contract's code and message for `refusal`.
///
/// An open invoice and nothing left to cancel are answered as a wrong status: the contract's own implementation
/// reports success there and does nothing (section 15, points 3 and 12).
pub(crate) fn in_contract_words(refusal: &CancellationRefusal) -> (CancelOrderErrorCode, &'static str) {
    use CancelOrderErrorCode as Code;
    match refusal {
        CancellationRefusal::NotFound => (
            Code::OrderNotFound,
            "The entity that was requested doesn't exist. Verify the entity and try again.",
        ),
        CancellationRefusal::Unauthorized => (
            Code::Unauthorised,
            "Current user is not authorized to cancel this order",
        ),
        CancellationRefusal::Disabled => (
            Code::OrderCancellationDisabled,
            "Order cancellation is not enabled for requested store.",
        ),
        CancellationRefusal::State(_)
        | CancellationRefusal::OpenInvoice
        | CancellationRefusal::NothingOpen => (
            Code::InvalidOrderStatus,
            "Order already closed, complete, cancelled or on hold",
        ),
        CancellationRefusal::Shipped => (
            Code::PartialOrderItemShipped,
            "Order with one or more items shipped cannot be cancelled",
        ),
        CancellationRefusal::InvalidReason => (Code::Undefined, "Order cancellation reason is invalid."),
        CancellationRefusal::NotConfirmed => {
            (Code::Undefined, "The order cancellation could not be confirmed.")
        }
        CancellationRefusal::Unbalanced(_) => (
            Code::Undefined,
            "The order cannot be cancelled: its amounts do not add up.",
        ),
    }
}

impl From<&CancellationRefusal> for CancellationRefusalCode {
    fn from(refusal: &CancellationRefusal) -> Self {
        match refusal {
            CancellationRefusal::NotFound => Self::NotFound,
            CancellationRefusal::Unauthorized => Self::Unauthorized,
            CancellationRefusal::Disabled => Self::Disabled,
            CancellationRefusal::State(_) => Self::State,
            CancellationRefusal::Shipped => Self::Shipped,
            CancellationRefusal::OpenInvoice => Self::OpenInvoice,
            CancellationRefusal::NothingOpen => Self::NothingOpen,
            CancellationRefusal::InvalidReason => Self::InvalidReason,
            CancellationRefusal::NotConfirmed => Self::NotConfirmed,
            CancellationRefusal::Unbalanced(_) => Self::Unbalanced,
        }
    }
}
