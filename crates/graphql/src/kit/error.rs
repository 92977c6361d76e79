//! Top-level errors: a category, a code and a message, without internal details.

use async_graphql::{Error, ErrorExtensions, Pos, ServerError};
use chrono::TimeDelta;
use countermand_app::failure::{self, Refusal};
use countermand_app::{AppError, Failure};
use uuid::Uuid;

use super::repeat::note_refusal;

/// The category of an error (`extensions.category`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    /// The input is malformed or not acceptable.
    Input,
    /// The bearer token or the password is not valid.
    Authentication,
    /// The caller lacks the right to make the request.
    Authorization,
    /// The requested order, store view or other object does not exist.
    NoSuchEntity,
    /// The caller has sent too many requests. The contract has no such category, so storefronts cannot mistake it for
    /// one of the contract's.
    RateLimit,
    /// The server failed.
    Internal,
}

impl Category {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Input => "graphql-input",
            Self::Authentication => "graphql-authentication",
            Self::Authorization => "graphql-authorization",
            Self::NoSuchEntity => "graphql-no-such-entity",
            Self::RateLimit => "graphql-rate-limit",
            Self::Internal => "internal",
        }
    }
}

/// A refusal as a top-level error.
pub(crate) fn refused(category: Category, code: &'static str, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("category", category.code());
        extensions.set("code", code);
    })
}

/// The error for a change that other changes kept from being written; the caller may ask again at once.
fn try_again(message: &str) -> Error {
    refused(Category::Internal, "TRY_AGAIN", message)
}

/// The error for too many requests; it states after how many whole seconds the caller may try again.
fn rate_limited(retry_after: TimeDelta) -> Error {
    let seconds = retry_after.num_milliseconds().saturating_add(999) / 1000;
    let seconds = seconds.max(1);
    let message = format!("Too many requests. Try again in {seconds} seconds.");
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("category", Category::RateLimit.code());
        extensions.set("code", "RATE_LIMITED");
        extensions.set("retry_after", seconds);
    })
}

/// `error` as an error of the whole request, without a position in the document.
pub(crate) fn about_request(error: Error) -> ServerError {
    ServerError {
        locations: Vec::new(),
        ..error.into_server_error(Pos::default())
    }
}

/// The contract's error for a caller who is not a signed-in customer (`docs/contract.md` section 3.1, row 1).
pub(crate) fn not_a_customer() -> Error {
    refused(
        Category::Authorization,
        "FORBIDDEN",
        "The current customer isn't authorized.",
    )
}

/// The result or the refusal of a use case. An internal failure is a top-level error.
///
/// A refusal is counted by its code.
pub(crate) fn answered<T, R: Refusal>(outcome: Result<T, Failure<R>>) -> async_graphql::Result<Result<T, R>> {
    let outcome = failure::split(outcome).map_err(internal)?;
    Ok(outcome.inspect_err(|refusal| {
        note_refusal();
        metrics::counter!("countermand_refusals_total", "code" => refusal.code()).increment(1);
    }))
}

/// The error for `problem`. An internal failure is logged once with an id, and the caller gets this id only.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
#[expect(
    clippy::disallowed_methods,
    reason = "the id leads from an answer to a line of the log"
)]
pub(crate) fn internal(problem: AppError) -> Error {
    match problem {
        AppError::Forbidden => refused(
            Category::Authorization,
            "FORBIDDEN",
            "The current user isn't authorized.",
        ),
        AppError::MayNotWithholdRefunds => refused(
            Category::Authorization,
            "FORBIDDEN",
            "The current user isn't authorized. The token has no permission to withhold refunds.",
        ),
        AppError::OrderContended => try_again("The order is changing too fast, try again."),
        AppError::ShopContended => try_again("The shop is changing too fast, try again."),
        AppError::RateLimited { retry_after } => rate_limited(retry_after),
        AppError::AnswerLost(advice) => {
            let message = format!("The change was made, but its answer was lost. {advice}");
            refused(Category::Input, "IDEMPOTENCY_KEY_ANSWER_LOST", message)
        }
        AppError::Database(_) | AppError::Internal(_) => {
            let id = Uuid::now_v7();
            tracing::error!(%id, error = %problem, "a request failed");
            Error::new("Internal server error").extend_with(|_, extensions| {
                extensions.set("category", Category::Internal.code());
                extensions.set("code", "INTERNAL_ERROR");
                extensions.set("id", id.to_string());
            })
        }
    }
}
