//! Answers of commits that get lost while the process lives on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countermand_persistence::DatabaseError;

/// How the answer of a commit gets lost. The transaction stays committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// The connection breaks: the program sends the transaction again.
    Broken,
    /// The server is gone: the use case fails.
    Unreachable,
}

/// Which answer gets lost next. A clone is about the same answers.
#[derive(Debug, Clone, Default)]
pub(super) struct LostAnswers(Arc<Mutex<Option<(u64, Loss)>>>);

impl Loss {
    pub(super) const ALL: [Self; 2] = [Self::Broken, Self::Unreachable];
}

impl LostAnswers {
    /// Lets the answer of the commit with this `number` get lost, from 1 on.
    pub(super) fn lose(&self, number: u64, loss: Loss) {
        *self.next() = Some((number, loss));
    }

    /// Lets no more answers get lost.
    pub(super) fn end(&self) {
        *self.next() = None;
    }

    /// The error that the program gets in place of the answer of a commit; none in most cases.
    pub(super) fn in_place_of_answer(&self) -> Option<DatabaseError> {
        let mut next = self.next();
        let (number, loss) = (*next)?;
        *next = (number > 1).then_some((number - 1, loss));
        let problem = "a simulated loss of an answer".to_owned();
        (number == 1).then_some(match loss {
            Loss::Broken => DatabaseError::Retry(problem),
            Loss::Unreachable => DatabaseError::Unreachable(problem),
        })
    }

    fn next(&self) -> MutexGuard<'_, Option<(u64, Loss)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
