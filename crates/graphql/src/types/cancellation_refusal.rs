//! Refusals in the words of `docs/contract.md` section 2: the one place that gives each refusal its code and message.

use std::borrow::Cow;
use std::fmt;

use async_graphql::Enum;
use countermand_app::cancel::cancel_order::NotCanceled;
use countermand_domain::CancellationRefusal;

use super::refusal_text;
use crate::kit::Language;

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
    /// All units of the order that could be canceled have been shipped.
    Shipped,
    /// A part of the order has been shipped, and the store view does not let buyers cancel the rest.
    PartlyShipped,
    /// The warehouse packs at least one unit of the order. The units beside those in fulfilment can be canceled by
    /// item.
    InFulfilment,
    /// The order came from a sales channel such as a marketplace, which decides about it. Staff cancels it with
    /// `cancelChannelOrder`.
    ChannelManaged,
    /// A digital item of the order was delivered or downloaded. The other items can be canceled by item.
    DigitalDelivered,
    /// A gift card of the order was used. The other items can be canceled by item.
    GiftCardUsed,
    /// An item of the order is a subscription: `endSubscription` ends it. The other items can be canceled by item.
    Subscription,
    /// An invoice of the order is not paid.
    OpenInvoice,
    /// A cancellation of the order was requested, and is not decided yet; the buyer can take the request back.
    RequestOpen,
    /// No part of the order is left to cancel or to refund.
    NothingOpen,
    /// The time in which a buyer of the store view may cancel an order is over. While `action` is `REQUEST`, the buyer
    /// can still ask for the cancellation.
    WindowClosed,
    /// Buyers of the store view cannot cancel such an order at once: they ask for the cancellation, and staff decides.
    RequestOnly,
    /// The store view does not offer the given reason. `cancellation_terms` never has this code, because only a
    /// cancellation request has a reason.
    InvalidReason,
    /// The order does not have the selected items or quantities. `cancellation_terms` never has this code, because it
    /// selects all that is left.
    Selection,
    /// The comment is too long or has control characters. `cancellation_terms` never has this code, because it has no
    /// comment.
    InvalidComment,
    /// The accepted quote is too old, or the order or the selection is another one than was quoted.
    /// `cancellation_terms` never has this code, because only `cancelOrder` takes a quote.
    QuoteStale,
    /// The store view asks for a comment, and the request has none. `cancellation_terms` never has this code, because
    /// only a cancellation request has a comment.
    CommentRequired,
    /// What staff decided about the refund is not possible. `cancellation_terms` never has this code, because only
    /// staff decides about a refund.
    Refund,
    /// The confirmation key of a guest is wrong, used or expired. `cancellation_terms` never has this code, because
    /// only `confirmCancelOrder` takes a key.
    NotConfirmed,
    /// The amounts of the order do not add up.
    Unbalanced,
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

/// The code of `refusal` and its sentence in the language of `locale`.
pub(crate) fn explained_refusal(
    refusal: &CancellationRefusal,
    locale: &str,
) -> (CancellationRefusalCode, &'static str) {
    let language = Language::of(locale);
    (refusal.into(), refusal_text::message(refusal, &language))
}

impl From<&CancellationRefusal> for CancellationRefusalCode {
    fn from(refusal: &CancellationRefusal) -> Self {
        match refusal {
            CancellationRefusal::Unauthorized => Self::Unauthorized,
            CancellationRefusal::Disabled => Self::Disabled,
            CancellationRefusal::State(_) => Self::State,
            CancellationRefusal::Shipped => Self::Shipped,
            CancellationRefusal::PartlyShipped => Self::PartlyShipped,
            CancellationRefusal::CommentRequired => Self::CommentRequired,
            CancellationRefusal::QuoteStale => Self::QuoteStale,
            CancellationRefusal::InFulfilment => Self::InFulfilment,
            CancellationRefusal::ChannelManaged => Self::ChannelManaged,
            CancellationRefusal::DigitalDelivered => Self::DigitalDelivered,
            CancellationRefusal::GiftCardUsed => Self::GiftCardUsed,
            CancellationRefusal::Subscription => Self::Subscription,
            CancellationRefusal::OpenInvoice => Self::OpenInvoice,
            CancellationRefusal::RequestOpen => Self::RequestOpen,
            CancellationRefusal::NothingOpen => Self::NothingOpen,
            CancellationRefusal::Selection(_) => Self::Selection,
            CancellationRefusal::WindowClosed { .. } => Self::WindowClosed,
            CancellationRefusal::RequestOnly => Self::RequestOnly,
            CancellationRefusal::InvalidReason => Self::InvalidReason,
            CancellationRefusal::InvalidComment(_) => Self::InvalidComment,
            CancellationRefusal::Refund(_) => Self::Refund,
            CancellationRefusal::Unbalanced(_) => Self::Unbalanced,
        }
    }
}
