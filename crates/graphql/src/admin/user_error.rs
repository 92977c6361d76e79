//! Refusals of staff's requests: data in every payload of a mutation, top-level errors of a query.

use async_graphql::{Enum, Error, SimpleObject};
use countermand_app::error::Asked;

use crate::error::{Category, internal, refused};

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UserError {
    /// For programs.
    code: UserErrorCode,
    /// For people.
    message: String,
    /// The input field it is about.
    field: Option<String>,
}

/// Kinds of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_app::UserErrorCode")]
pub(crate) enum UserErrorCode {
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

/// The two halves of every payload: what was done, if anything, and why not.
pub(crate) fn answer<T>(asked: Asked<T>) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    match asked {
        Ok(Ok(done)) => Ok((Some(done), Vec::new())),
        Ok(Err(refusal)) => Ok((None, vec![refusal.into()])),
        Err(problem) => Err(internal(problem)),
    }
}

/// A refusal where there is no payload: the top-level error of a query.
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
