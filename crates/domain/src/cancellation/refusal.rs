//! Why an order is not canceled: what the rules can answer.

use strum::IntoStaticStr;
use thiserror::Error;

use crate::cancellation::RefundRefusal;
use crate::money::MoneyError;
use crate::order::{FreeTextProblem, LineRefusal, OrderState};

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
    /// All that could be canceled has been shipped.
    #[error("something of the order is shipped")]
    Shipped,
    /// A part of the order has been shipped, and the store view cancels no rest.
    #[error("a part of the order is shipped")]
    PartlyShipped,
    /// The quote that was accepted is too old, or was made for another outcome.
    #[error("the quote is stale")]
    QuoteStale,
    /// The store view asks for a comment.
    #[error("a comment is needed")]
    CommentRequired,
    /// The warehouse packs units of the order.
    #[error("the shipping process has begun")]
    InFulfilment,
    /// The order came from a sales channel, which decides about it.
    #[error("the order is managed at its sales channel: cancel it with cancelChannelOrder")]
    ChannelManaged,
    /// A virtual item was delivered or downloaded.
    #[error("a digital item of the order was delivered")]
    DigitalDelivered,
    /// A gift card of the order was used.
    #[error("a gift card of the order was used")]
    GiftCardUsed,
    /// An item of the order is a subscription, which is ended and not canceled.
    #[error("an item of the order is a subscription, which is ended and not canceled")]
    Subscription,
    /// An invoice is not paid; it must be settled first.
    #[error("an invoice of the order is not paid")]
    OpenInvoice,
    /// A cancellation was requested, and is not decided yet.
    #[error("a cancellation of the order was requested, and is not decided yet")]
    RequestOpen,
    /// Canceling would change nothing.
    #[error("nothing is left to cancel")]
    NothingOpen,
    /// The time in which a buyer may cancel is over.
    #[error("the time for canceling is over")]
    WindowClosed {
        /// Whether the buyer can still ask for the cancellation.
        may_ask: bool,
    },
    /// Buyers of the store view ask for a cancellation of such an order, and staff decides.
    #[error("the cancellation of this order has to be asked for")]
    RequestOnly,
    /// The order does not have the items or quantities that were selected.
    #[error(transparent)]
    Selection(#[from] LineRefusal),
    /// The store view does not offer the reason.
    #[error("not a reason of the order's store")]
    InvalidReason,
    /// The comment is too long, or has characters that are not shown.
    #[error("the comment cannot be kept: {0}")]
    InvalidComment(#[from] FreeTextProblem),
    /// What staff decided about the refund is not possible.
    #[error(transparent)]
    Refund(#[from] RefundRefusal),
    /// The order's amounts do not add up; the order stays as it is.
    #[error("the order's amounts do not add up: {0}")]
    Unbalanced(#[from] MoneyError),
}

impl CancellationRefusal {
    /// Whether the refusal is about single items, so that the other items of the order can be canceled by item.
    #[must_use]
    pub fn is_of_items(&self) -> bool {
        matches!(
            self,
            Self::DigitalDelivered | Self::GiftCardUsed | Self::Subscription
        )
    }

    /// Whether the buyer can ask for the cancellation that was refused.
    #[must_use]
    pub fn leaves_a_request(&self) -> bool {
        matches!(
            self,
            Self::InFulfilment | Self::RequestOnly | Self::WindowClosed { may_ask: true }
        )
    }
}
