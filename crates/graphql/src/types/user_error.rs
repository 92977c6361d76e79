//! Refusals of staff's requests: data in the payload of a mutation, a top-level error of a query.

use async_graphql::{Enum, Error, SimpleObject};
use countermand_app::Failure;

use crate::kit::error::{Category, answered, refused};
use crate::kit::repeat::{note_passing_refusal, note_refusal};

/// The reason why a mutation was refused. A refused mutation changes no data.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UserError {
    /// The kind of refusal, for programs.
    code: UserErrorCode,
    /// The reason in English, for people.
    message: String,
    /// The input field that caused the refusal, such as `order_id`; null when no single field caused it.
    field: Option<String>,
}

/// The kind of a refusal, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_app::UserErrorCode")]
pub(crate) enum UserErrorCode {
    /// The input names an order, an open invoice, an obligation, a job, a website or a store view that does not exist.
    /// An order or a job of a store view that the token is not for counts as one that does not exist.
    NotFound,
    /// A value of the input is malformed or out of range, or the amounts of the order do not add up.
    Invalid,
    /// A website, a store view, a store group or an account with this code or e-mail address exists already, or the
    /// idempotency key began a job with another input.
    Taken,
    /// The state of the order does not allow the mutation, an invoice of the order is not paid, no invoice of it is
    /// open, or no item of the order can be canceled any more.
    InvalidOrderStatus,
    /// The order cannot be canceled, because at least one of its items has been shipped.
    PartialOrderItemShipped,
    /// The order cannot be canceled, because the warehouse packs at least one of its units.
    InFulfilment,
    /// The order cannot be canceled as a whole, or not in this quantity, because a digital item of it was delivered or
    /// downloaded. Its other items can be canceled by item.
    DigitalDelivered,
    /// The order cannot be canceled as a whole, or not in this quantity, because a gift card of it was used. Its other
    /// items can be canceled by item.
    GiftCardUsed,
    /// The order cannot be canceled as a whole, or not in this quantity, because an item of it is a subscription:
    /// `endSubscription` ends it. The other items of the order can be canceled by item.
    Subscription,
    /// Buyers of the order's store view do not end or resume subscriptions themselves.
    SubscriptionsDisabled,
    /// The subscription has ended, or its item was canceled or refunded.
    SubscriptionEnded,
    /// The subscription ends with the paid period already.
    SubscriptionEnding,
    /// The subscription goes on, so there is no end that could be taken back.
    SubscriptionNotEnding,
    /// Buyers of the order's store view do not end subscriptions at this time: `end_options` lists the others.
    EndNotOffered,
    /// Cancellation is switched off in the order's store view.
    OrderCancellationDisabled,
    /// The order's store view does not offer this reason for a cancellation.
    InvalidReason,
    /// The reason needs a comment, and the input has none.
    CommentRequired,
    /// The quote of `previewCancellation` is stale, or the cancellation would not do exactly what was quoted.
    QuoteStale,
    /// The input asks for a larger quantity of an item than is left for this kind of document.
    QuantityExceeded,
    /// The input asks for a larger refund than the money that can still be refunded.
    AmountExceeded,
    /// The obligation was settled before.
    AlreadySettled,
    /// Another request or a worker works on the obligation at the moment: try again.
    InProgress,
    /// A cancellation of the order was requested before, and is not decided yet.
    RequestOpen,
    /// A cancellation of the order was requested, so it is not packed, and it is shipped only with
    /// `override_cancellation_request`.
    CancellationRequested,
    /// No request for a cancellation of the order waits for a decision.
    NoOpenRequest,
    /// The request for a cancellation was confirmed, so a guest takes it back only with the key of the mail. At a sales
    /// channel: the reason states a fact that the channel did not show, such as a request of the buyer, or the buyer
    /// asked for some of the items only. Send the cancellation again with `confirm: true` if the fact is true, or if
    /// all items must be canceled.
    ConfirmationNeeded,
    /// The request for a cancellation came too late: nothing of it can be canceled any more.
    TooLate,
    /// The order is managed at its sales channel: the message says where to go.
    ChannelManaged,
    /// The sales channel of the order has no code for the reason, so the cancellation cannot be sent with it.
    ReasonNotForChannel,
    /// The order has no items left for this kind of document. For a credit memo, no shipping charge is left either that
    /// it would refund.
    NothingLeft,
}

/// The two parts of every payload: the result, if the mutation was carried out, and the refusals.
pub(crate) fn done_or_user_errors<T>(
    outcome: Result<T, Failure<countermand_app::UserError>>,
) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    match answered(outcome)? {
        Ok(done) => Ok((Some(done), Vec::new())),
        Err(refusal) => Ok((None, vec![refusal.into()])),
    }
}

/// A refusal as a top-level error, for queries: a query has no payload that could hold it.
pub(crate) fn query_error(refusal: countermand_app::UserError) -> Error {
    match refusal.code {
        countermand_app::UserErrorCode::NotFound => {
            refused(Category::NoSuchEntity, "NOT_FOUND", refusal.message)
        }
        _ => refused(Category::Input, "INVALID", refusal.message),
    }
}

impl From<countermand_app::UserError> for UserError {
    fn from(refusal: countermand_app::UserError) -> Self {
        if refusal.code == countermand_app::UserErrorCode::InProgress {
            note_passing_refusal();
        } else {
            note_refusal();
        }
        Self {
            code: refusal.code.into(),
            message: refusal.message,
            field: refusal.field,
        }
    }
}
