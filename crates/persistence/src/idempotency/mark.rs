//! The mark that a change leaves in its own transaction: it says that the change was made under an idempotency key.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr, InsertStatement, IntoTableRef, Query};

use crate::error::DatabaseError;
use crate::rows::entity::idempotent_change::{Column, Entity, Model};
use crate::rows::time::to_micros;

/// The longest target, in characters.
const LONGEST_TARGET: usize = 160;

/// The mark of one change. A second transaction with the same mark fails, so what a key has changed is not changed
/// under it again, not even by a server that was taken for dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMark {
    /// The id of the idempotency key.
    pub key: String,
    /// What was changed, such as `order 10000000001`, or what a repetition is answered with; at most 160 characters
    /// are kept.
    pub target: String,
}

impl ChangeMark {
    pub(crate) fn row(&self, at: DateTime<Utc>) -> Model {
        Model {
            key_id: self.key.clone(),
            target: self.target.chars().take(LONGEST_TARGET).collect(),
            created_at: to_micros(at),
        }
    }

    /// An insert of this mark that happens only if a row of `table` fulfills `condition`.
    pub(crate) fn insert_where(
        &self,
        at: DateTime<Utc>,
        table: impl IntoTableRef,
        condition: Condition,
    ) -> Result<InsertStatement, DatabaseError> {
        let row = self.row(at);
        let mut mark = Query::select();
        mark.expr(Expr::val(row.key_id))
            .expr(Expr::val(row.target))
            .expr(Expr::val(row.created_at))
            .from(table)
            .cond_where(condition)
            .limit(1);
        let mut insert = Query::insert();
        insert
            .into_table(Entity)
            .columns([Column::KeyId, Column::Target, Column::CreatedAt])
            .select_from(mark)
            .map_err(|problem| DatabaseError::Failed(problem.to_string()))?;
        Ok(insert)
    }
}
