//! Refusals of staff's requests: data in the payload of a mutation, a top-level error of a query.

use async_graphql::{Enum, Error, SimpleObject};
use countermand_app::Failure;

use crate::kit::error::{Category, answered, refused};

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
    /// The input names an order, an open invoice, an obligation, a job, a website or a store view that does not exist. An order or a job of a store
    /// view that the token is not for counts as one that does not exist.
    NotFound,
    /// A value of the input is malformed or out of range, or the amounts of the order do not add up.
    Invalid,
    /// A website, a store view, a store group or an account with this code or e-mail address exists already.
    Taken,
    /// The state of the order does not allow the mutation, an invoice of the order is not paid, no invoice of it is open,
    /// or no item of the order can be canceled any more.
    InvalidOrderStatus,
    /// The order cannot be canceled, because at least one of its items has been shipped.
    PartialOrderItemShipped,
    /// Cancellation is switched off in the order's store view.
    OrderCancellationDisabled,
    /// The order's store view does not offer this reason for a cancellation.
    InvalidReason,
    /// The input asks for a larger quantity of an item than is left for this kind of document.
    QuantityExceeded,
    /// The input asks for a larger refund than the money that can still be refunded.
    AmountExceeded,
    /// The obligation was settled before.
    AlreadySettled,
    /// Another request or a worker works on the obligation at the moment: try again.
    InProgress,
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
        Self {
            code: refusal.code.into(),
            message: refusal.message,
            field: refusal.field,
        }
    }
}
