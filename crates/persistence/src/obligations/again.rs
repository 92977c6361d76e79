//! Owes effects again that staff asks for, so that each of them waits once.

use std::collections::HashSet;

use sea_orm::DatabaseBackend;
use sea_orm::sea_query::{DeleteStatement, Expr, ExprTrait, Query, UpdateStatement};

use super::{NewObligation, PENDING};
use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::obligation::{Column, Entity};
use crate::sql::one_of::one_of;
use crate::sql::rows::insert;
use crate::sql::script::{Rows, Script};

/// A row of an effect: its id, its key and its state.
type KnownRow = (String, String, String);

impl Database {
    /// Owes the effects in `wanted` again, whose keys differ, with one entry in the audit log: all in one transaction.
    ///
    /// An effect that waits is not owed twice: it becomes due at once, and its attempts are counted anew. If it was met,
    /// abandoned or left to staff, its new obligation takes the place of the old one.
    ///
    /// Fails with [`DatabaseError::Conflict`] if one of the effects was owed after this function had read them; then
    /// nothing is written.
    pub async fn owe_again(&self, wanted: &[NewObligation], audit: &AuditEntry) -> Result<(), DatabaseError> {
        let keys = wanted.iter().map(|new| new.unique_key.clone()).collect();
        let (script, known) = self.known_effects_script(keys);
        let known = script.fetch().await?.take(known)?;
        let (mut waiting, mut ended, mut waiting_keys) = (Vec::new(), Vec::new(), HashSet::new());
        for (id, key, state) in known {
            if state == PENDING {
                waiting.push(id);
                waiting_keys.insert(key);
            } else {
                ended.push(id);
            }
        }
        let mut script = Script::write_in_sequence(self);
        if !waiting.is_empty() {
            script.add(&self.due_anew(waiting));
        }
        if !ended.is_empty() {
            script.add(&without_ended(ended, self.backend()));
        }
        let new = wanted
            .iter()
            .filter(|new| !waiting_keys.contains(&new.unique_key));
        insert(&mut script, new.map(|it| it.row(None)));
        audit.add_to(&mut script);
        let outcome = script.commit().await;
        match self.unless_audited(audit, outcome).await {
            // Meanwhile another request owed one of them, or staff let one be tried again.
            Err(DatabaseError::Duplicate) => Err(DatabaseError::Conflict),
            outcome => outcome,
        }
    }

    /// The script that reads what is known of the effects with these keys.
    pub(crate) fn known_effects_script(&self, keys: Vec<String>) -> (Script<'_>, Rows<KnownRow>) {
        let mut known = Query::select();
        known
            .columns([Column::Id, Column::UniqueKey, Column::State])
            .from(Entity)
            .and_where(one_of(Column::UniqueKey, keys, self.backend()));
        let mut script = Script::read(self);
        let known = script.rows(&known);
        (script, known)
    }

    /// Makes those of the obligations due at once that wait and that no worker holds, as if they had not been tried.
    pub(crate) fn due_anew(&self, ids: Vec<String>) -> UpdateStatement {
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::DueAt, 0_i64)
            .value(Column::Attempts, 0)
            .and_where(one_of(Column::Id, ids, self.backend()))
            .and_where(Expr::col(Column::State).eq(PENDING))
            .and_where(Expr::col(Column::LeaseUntil).lte(self.database_now()));
        update
    }
}

/// Deletes those of the obligations that do not wait.
pub(crate) fn without_ended(ids: Vec<String>, backend: DatabaseBackend) -> DeleteStatement {
    let mut delete = Query::delete();
    delete
        .from_table(Entity)
        .and_where(one_of(Column::Id, ids, backend))
        .and_where(Expr::col(Column::State).ne(PENDING));
    delete
}
