//! The failures of a use case that are not decisions of the shop's rules, and the errors that staff is told.

use chrono::TimeDelta;
use countermand_persistence::DatabaseError;
use strum::IntoStaticStr;
use thiserror::Error;

/// A use case could not be carried out. A refusal by the shop's
/// rules is data for the answer, not an error of this type.
#[derive(Debug, Error)]
pub enum AppError {
    /// The caller may not do this.
    #[error("not allowed")]
    Forbidden,
    /// The caller's role may cancel and pay nothing back only with a permission, which the token lacks.
    #[error("the token has no permission to withhold refunds")]
    MayNotWithholdRefunds,
    /// Other changes of the order came first in every attempt.
    #[error("the order is changing too fast, try again")]
    OrderContended,
    /// Other changes of the shop's structure or settings came first in every attempt.
    #[error("the shop is changing too fast, try again")]
    ShopContended,
    /// The caller tried too often.
    #[error("tried too often, wait {retry_after}")]
    RateLimited {
        /// How long the caller must wait.
        retry_after: TimeDelta,
    },
    /// An earlier attempt of the request has made its change under the idempotency key, but its answer was lost and
    /// cannot be made again. The text says what the client can do.
    #[error("the answer was lost: {0}")]
    AnswerLost(&'static str),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A state that must never occur. The server logs the text when it answers.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Why a request of staff was not carried out: data for the answer, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// The kind of refusal, for programs.
    pub code: UserErrorCode,
    /// The explanation, for people.
    pub message: String,
    /// The input field that the error is about.
    pub field: Option<String>,
}

/// Kinds of refusals of staff's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum UserErrorCode {
    /// There is no such order, store, website or customer.
    NotFound,
    /// The value is malformed or out of range.
    Invalid,
    /// The code or the e-mail address is taken already.
    Taken,
    /// The order's state does not allow it.
    InvalidOrderStatus,
    /// An item of the order has been shipped.
    PartialOrderItemShipped,
    /// The warehouse packs units of the order.
    InFulfilment,
    /// A digital item of the order was delivered.
    DigitalDelivered,
    /// A gift card of the order was used.
    GiftCardUsed,
    /// An item of the order is a subscription, which is ended and not canceled.
    Subscription,
    /// Buyers of the store view do not end subscriptions.
    SubscriptionsDisabled,
    /// The subscription has ended, or its item was canceled or refunded.
    SubscriptionEnded,
    /// The subscription ends with the paid period already.
    SubscriptionEnding,
    /// No end of the subscription was asked for, so it cannot be resumed.
    SubscriptionNotEnding,
    /// Buyers of the store view end subscriptions at another time.
    EndNotOffered,
    /// The store view's switch is off.
    OrderCancellationDisabled,
    /// The store view does not offer the reason.
    InvalidReason,
    /// The reason needs a comment.
    CommentRequired,
    /// The quote is stale, or what would be done is not what was quoted.
    QuoteStale,
    /// The request asks for more units than are left.
    QuantityExceeded,
    /// The request asks for more money than is left.
    AmountExceeded,
    /// The obligation was settled before.
    AlreadySettled,
    /// A worker or another request holds the obligation at the moment.
    InProgress,
    /// A cancellation of the order was requested and is not decided yet.
    RequestOpen,
    /// A cancellation was requested, so the order is not shipped.
    CancellationRequested,
    /// No request of the order waits for a decision.
    NoOpenRequest,
    /// The request was confirmed by a mail, so the key of the mail is needed; or the reason states a fact that the
    /// sales channel did not show, so a person must confirm it.
    ConfirmationNeeded,
    /// Nothing of the request can be canceled any more.
    TooLate,
    /// The order is managed at its sales channel.
    ChannelManaged,
    /// The sales channel has no code for the reason.
    ReasonNotForChannel,
    /// The order has no items left for this request, and no shipping that the request would refund.
    NothingLeft,
}

impl UserError {
    /// Makes an error about one input field.
    #[must_use]
    pub fn about(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: Some(field.into()),
        }
    }
}
