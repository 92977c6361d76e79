//! The codes of refusals: why an order cannot be canceled, as a code for programs.

use async_graphql::Enum;
use countermand_domain::CancellationRefusal;

use super::refusal_text;
use crate::kit::Language;

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
