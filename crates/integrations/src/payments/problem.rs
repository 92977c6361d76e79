//! Why a provider did not do what was asked: a definite no, or no answer about the request.

use countermand_app::ports::{ProviderAnswer, ProviderError};
use countermand_domain::ReversalRefusal;

/// Why a provider did not do what was asked.
pub(super) enum Problem {
    /// A definite no: no money moves.
    Refused(Refused),
    /// No answer about the request.
    Failed(ProviderError),
}

/// A definite no.
pub(super) struct Refused {
    pub(super) refusal: ReversalRefusal,
    /// The provider's code; empty where it gave none.
    pub(super) code: String,
    /// The provider's words.
    pub(super) detail: String,
}

impl Refused {
    pub(super) fn answer(self) -> ProviderAnswer {
        ProviderAnswer::Refused {
            refusal: self.refusal,
            detail: self.detail,
        }
    }
}

/// A definite no as an answer.
pub(super) fn refused(problem: Problem) -> Result<ProviderAnswer, ProviderError> {
    match problem {
        Problem::Refused(no) => Ok(no.answer()),
        Problem::Failed(failed) => Err(failed),
    }
}

impl From<Problem> for ProviderError {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Refused(no) => Self::Unknown(no.detail),
            Problem::Failed(failed) => failed,
        }
    }
}
