//! Refusals in the words of `docs/contract.md` section 2: the one place that gives each refusal its code and message.

use async_graphql::Enum;
use countermand_app::cancel::cancel_order::NotCanceled;
use countermand_domain::CancellationRefusal;

/// Why a cancellation request was refused, in Adobe's codes.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancelOrderErrorCode {
    /// Cancellation is switched off for the order's store view.
    OrderCancellationDisabled,
    /// The request was refused for a reason without a code of its own: a malformed order id, a reason
    /// that the store view does not offer, a confirmation key that is wrong, used or expired, or
    /// amounts that do not add up. The message says which.
    Undefined,
    /// The order is not the caller's: the order belongs to another customer or a guest or, in `confirmCancelOrder`,
    /// to a customer with an account.
    Unauthorised,
    /// No order has the given id.
    OrderNotFound,
    /// At least one unit of the order has been shipped.
    PartialOrderItemShipped,
    /// The state of the order does not allow canceling, an invoice of the order is not paid, or no part of the
    /// order is left to cancel.
    InvalidOrderStatus,
}

/// Why an order cannot be canceled.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancellationRefusalCode {
    /// No order has the given id. `cancellation_terms` never has this code, because terms belong to an existing order.
    NotFound,
    /// The order does not belong to the viewer.
    Unauthorized,
    /// Cancellation is switched off for the order's store view.
    Disabled,
    /// The state of the order does not allow canceling; the states `new`, `pending_payment` and `processing` do.
    State,
    /// At least one unit of the order has been shipped.
    Shipped,
    /// An invoice of the order is not paid.
    OpenInvoice,
    /// No part of the order is left to cancel or to refund.
    NothingOpen,
    /// The store view does not offer the given reason. `cancellation_terms` never has this code, because only a
    /// cancellation request has a reason.
    InvalidReason,
    /// The confirmation key of a guest is wrong, used or expired. `cancellation_terms` never has this code, because
    /// only `confirmCancelOrder` takes a key.
    NotConfirmed,
    /// The amounts of the order do not add up.
    Unbalanced,
}

/// The code and the message that `docs/contract.md` section 2 gives to a cancellation that did not happen.
pub(crate) fn not_canceled_in_contract_words(
    not_canceled: &NotCanceled,
) -> (CancelOrderErrorCode, &'static str) {
    use CancelOrderErrorCode as Code;
    match not_canceled {
        NotCanceled::NoSuchOrder => (
            Code::OrderNotFound,
            "The entity that was requested doesn't exist. Verify the entity and try again.",
        ),
        NotCanceled::NotConfirmed => (Code::Undefined, "The order cancellation could not be confirmed."),
        NotCanceled::Refused { refusal, .. } => in_contract_words(refusal),
    }
}

/// The code and the message that `docs/contract.md` section 2 gives to `refusal`.
///
/// An unpaid invoice and an order with no part left to cancel are answered as a wrong status: Adobe's implementation
/// reports success in both cases and changes nothing (`docs/contract.md` section 15, points 3 and 12).
pub(crate) fn in_contract_words(refusal: &CancellationRefusal) -> (CancelOrderErrorCode, &'static str) {
    use CancelOrderErrorCode as Code;
    match refusal {
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
        CancellationRefusal::Selection(_) => (Code::Undefined, "The selected items cannot be canceled."),
        CancellationRefusal::Unbalanced(_) => (
            Code::Undefined,
            "The order cannot be canceled: its amounts do not add up.",
        ),
    }
}

impl From<&CancellationRefusal> for CancellationRefusalCode {
    fn from(refusal: &CancellationRefusal) -> Self {
        match refusal {
            CancellationRefusal::Unauthorized => Self::Unauthorized,
            CancellationRefusal::Disabled => Self::Disabled,
            CancellationRefusal::State(_) => Self::State,
            CancellationRefusal::Shipped => Self::Shipped,
            CancellationRefusal::OpenInvoice => Self::OpenInvoice,
            // No operation selects items yet, so this code is never answered for a selection.
            CancellationRefusal::NothingOpen | CancellationRefusal::Selection(_) => Self::NothingOpen,
            CancellationRefusal::InvalidReason => Self::InvalidReason,
            CancellationRefusal::Unbalanced(_) => Self::Unbalanced,
        }
    }
}
