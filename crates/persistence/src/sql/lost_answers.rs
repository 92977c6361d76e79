//! Loses answers of commits, so that a test sees what the program does then. SQLite runs inside the process, so it
//! loses no answer by itself.

use std::fmt;
use std::sync::Arc;

use crate::database::Database;
use crate::error::DatabaseError;

/// What a test loses of the answers of commits; outside of tests, nothing.
#[derive(Clone, Default)]
pub(crate) struct LostAnswers(Option<Arc<dyn Fn() -> Option<DatabaseError> + Send + Sync>>);

impl Database {
    /// The same SQLite database, of which a test loses answers: `lost` is called after each commit, and the caller gets
    /// its error in place of the answer. The transaction stays committed.
    ///
    /// [`DatabaseError::Retry`] stands for a connection that broke, so the transaction is sent again;
    /// [`DatabaseError::Unreachable`] for a server that is gone, so the use case fails.
    #[must_use]
    pub fn with_lost_answers(
        mut self,
        lost: impl Fn() -> Option<DatabaseError> + Send + Sync + 'static,
    ) -> Self {
        self.lost_answers = LostAnswers(Some(Arc::new(lost)));
        self
    }
}

impl LostAnswers {
    /// What the caller gets after a transaction with this outcome.
    pub(crate) fn instead_of<T>(&self, outcome: Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        let lost = self.0.as_ref().filter(|_| outcome.is_ok());
        lost.and_then(|lost| lost()).map_or(outcome, Err)
    }
}

impl fmt::Debug for LostAnswers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_some() {
            "answers are lost"
        } else {
            "no answer is lost"
        })
    }
}
