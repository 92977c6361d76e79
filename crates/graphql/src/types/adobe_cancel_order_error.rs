//! Adobe's `CancelOrderError`: refusals in the words of `docs/contract.md` section 2. This is the one place that gives
//! each refusal Adobe's code and message.

use std::borrow::Cow;
use std::fmt;

use async_graphql::{Enum, SimpleObject};
use countermand_app::cancel::cancel_order::NotCanceled;
use countermand_domain::CancellationRefusal;

/// Why a cancellation request was refused.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct CancelOrderError {
    /// Why the request was refused, as a code for programs.
    pub(super) code: CancelOrderErrorCode,
    /// Why the request was refused, as a message for people, in English.
    pub(super) message: String,
}

/// Why a cancellation request was refused, in Adobe's codes.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancelOrderErrorCode {
    /// Cancellation is switched off for the order's store view.
    OrderCancellationDisabled,
    /// The request was refused for a reason without a code of its own: a malformed order id, a reason
    /// that the store view does not offer, selected items or quantities that the order does not have, a comment that is
    /// missing or too long, a stale quote, a digital item that was delivered, a gift card that was used, a
    /// subscription, a time for canceling that is over, a cancellation that can only be requested, a confirmation key
    /// that is wrong, used or expired, or amounts that do not add up. The message says which.
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

/// The code and the message that `docs/contract.md` section 2 gives to a cancellation that did not happen.
pub(crate) fn not_canceled_in_contract_words(
    not_canceled: &NotCanceled,
) -> (CancelOrderErrorCode, Cow<'static, str>) {
    use CancelOrderErrorCode as Code;
    match not_canceled {
        NotCanceled::NoSuchOrder => (
            Code::OrderNotFound,
            "The entity that was requested doesn't exist. Verify the entity and try again.".into(),
        ),
        NotCanceled::NotConfirmed => (
            Code::Undefined,
            "The order cancellation could not be confirmed.".into(),
        ),
        NotCanceled::Refused { refusal, .. } => in_contract_words(refusal),
    }
}

/// The code and the message that `docs/contract.md` section 2 gives to `refusal`.
///
/// An unpaid invoice and an order with no part left to cancel are answered as a wrong status: Adobe's implementation
/// reports success in both cases and changes nothing (`docs/contract.md` section 15, points 3 and 12).
pub(crate) fn in_contract_words(refusal: &CancellationRefusal) -> (CancelOrderErrorCode, Cow<'static, str>) {
    use CancelOrderErrorCode as Code;
    let (code, message) = match refusal {
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
        CancellationRefusal::RequestOpen => (
            Code::InvalidOrderStatus,
            "The cancellation of the order was requested already.",
        ),
        CancellationRefusal::InFulfilment => (
            Code::PartialOrderItemShipped,
            "Order cannot be canceled: the shipping process has begun",
        ),
        CancellationRefusal::ChannelManaged => (
            Code::Undefined,
            "CHANNEL_MANAGED: The order is managed at the marketplace where it was placed; cancel it there.",
        ),
        CancellationRefusal::DigitalDelivered => (
            Code::Undefined,
            "DIGITAL_DELIVERED: A digital item of the order was delivered; the other items can be canceled by item.",
        ),
        CancellationRefusal::GiftCardUsed => (
            Code::Undefined,
            "GIFT_CARD_USED: A gift card of the order was used; the other items can be canceled by item.",
        ),
        CancellationRefusal::Subscription => (
            Code::Undefined,
            "SUBSCRIPTION: An item of the order is a subscription, which is ended by itself; the other items can be \
             canceled by item.",
        ),
        CancellationRefusal::Shipped | CancellationRefusal::PartlyShipped => (
            Code::PartialOrderItemShipped,
            "Order with one or more items shipped cannot be cancelled",
        ),
        CancellationRefusal::WindowClosed { .. } => {
            (Code::Undefined, "The time for canceling the order is over.")
        }
        CancellationRefusal::RequestOnly => (
            Code::Undefined,
            "The cancellation of this order can only be requested.",
        ),
        CancellationRefusal::QuoteStale => (
            Code::Undefined,
            "QUOTE_STALE: The quote is stale, ask for a new one.",
        ),
        CancellationRefusal::CommentRequired => (Code::Undefined, "A comment is needed to cancel the order."),
        CancellationRefusal::InvalidReason => (Code::Undefined, "Order cancellation reason is invalid."),
        CancellationRefusal::Selection(problem) => return unselectable(problem),
        CancellationRefusal::InvalidComment(_) => (
            Code::Undefined,
            "The comment is too long or has control characters.",
        ),
        CancellationRefusal::Refund(_) => (
            Code::Undefined,
            "The refund of the cancellation cannot be chosen like this.",
        ),
        CancellationRefusal::Unbalanced(_) => (
            Code::Undefined,
            "The order cannot be canceled: its amounts do not add up.",
        ),
    };
    (code, message.into())
}

/// The code and the message for items or quantities that the order does not have. Adobe has none: it cancels whole
/// orders.
pub(crate) fn unselectable(problem: impl fmt::Display) -> (CancelOrderErrorCode, Cow<'static, str>) {
    let message = format!("The selected items cannot be canceled: {problem}.");
    (CancelOrderErrorCode::Undefined, message.into())
}
