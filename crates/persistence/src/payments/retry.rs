//! Lets a void or a refund be tried again at once.

use sea_orm::sea_query::{Expr, ExprTrait, Query};

use super::KeptReversalEntry;
use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{NEEDS_ATTENTION, PENDING};
use crate::rows::entity::obligation::{Column, Entity};
use crate::rows::entity::reversal_entry;
use crate::sql::rows::insert_where;

impl Database {
    /// Makes an open void or refund due at once with all its attempts, and with `problem` in place of what went wrong, with
    /// an entry in the audit log. `known` is the number of its states, and `due` the state that says that it is tried again;
    /// none where the states stay.
    ///
    /// The result is false if it is not open, if a worker holds it, or if another state was added first; then nothing is
    /// written.
    pub async fn retry_reversal(
        &self,
        id: &str,
        problem: &str,
        known: usize,
        due: Option<&KeptReversalEntry>,
        audit: &AuditEntry,
    ) -> Result<bool, DatabaseError> {
        let states = Query::select()
            .expr(Expr::col(reversal_entry::Column::ObligationId).count())
            .from(reversal_entry::Entity)
            .and_where(Expr::col(reversal_entry::Column::ObligationId).eq(id))
            .take();
        let count = i64::try_from(known).map_err(|problem| DatabaseError::Corrupt(problem.to_string()))?;
        let mut update = Query::update();
        update
            .value(Column::State, PENDING)
            .value(Column::DueAt, 0_i64)
            .value(Column::Attempts, 0)
            .value(Column::LastError, problem)
            .and_where(Expr::from(states).eq(count));
        let (mut script, changed) = self.unheld_script(update, id, &[PENDING, NEEDS_ATTENTION]);
        if let Some(entry) = due {
            insert_where(&mut script, &entry.row(known)?, Entity, changed.clone())?;
        }
        let written = audit.add_where(&mut script, Entity, changed)?;
        match script.commit().await {
            Ok(answers) => Ok(answers.touched(written)? > 0),
            // Either the change was written before and its answer was lost, or another state has the place.
            Err(DatabaseError::Duplicate) => self.is_audited(audit).await,
            Err(problem) => Err(problem),
        }
    }
}
