//! How a use case fails: the shop's rules refuse it, or it cannot be carried out at all.

use countermand_persistence::DatabaseError;

use crate::error::{AppError, UserError};

/// Why a use case changed no data. `?` carries both kinds; [`split`] takes them apart for the answer.
#[derive(Debug)]
pub enum Failure<R> {
    /// The rules refuse the request. The client is told the reason as data.
    Refused(R),
    /// The use case could not be carried out.
    App(AppError),
}

/// A reason that a client is told as data.
pub trait Refusal {
    /// The code of the reason for logs and metrics, such as `OPEN_INVOICE`. There are few codes, and none holds data.
    fn code(&self) -> &'static str;
}

impl Refusal for UserError {
    fn code(&self) -> &'static str {
        self.code.into()
    }
}

impl<R: Refusal> From<R> for Failure<R> {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal)
    }
}

impl<R> From<AppError> for Failure<R> {
    fn from(problem: AppError) -> Self {
        Self::App(problem)
    }
}

impl<R> From<DatabaseError> for Failure<R> {
    fn from(problem: DatabaseError) -> Self {
        Self::App(problem.into())
    }
}

impl<R> Failure<R> {
    /// Replaces the refusal with what `words` makes of it, and keeps a failure of the program.
    pub(crate) fn map_refusal<S>(self, words: impl FnOnce(R) -> S) -> Failure<S> {
        match self {
            Self::Refused(refusal) => Failure::Refused(words(refusal)),
            Self::App(problem) => Failure::App(problem),
        }
    }
}

/// Takes the two kinds of failure apart: the outer error is the program's, the inner one an answer.
pub fn split<T, R>(outcome: Result<T, Failure<R>>) -> Result<Result<T, R>, AppError> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(Failure::Refused(refusal)) => Ok(Err(refusal)),
        Err(Failure::App(problem)) => Err(problem),
    }
}
