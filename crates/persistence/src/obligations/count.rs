//! Counts the obligations of each kind that wait.

use sea_orm::sea_query::{Expr, ExprTrait, Query};

use serde::Deserialize;

use super::{NEEDS_ATTENTION, PENDING};
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::obligation::{Column, Entity};
use crate::sql::script::Script;

/// The obligations of one kind that wait in one state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WaitingObligations {
    /// The code of the kind, such as `mail`.
    pub kind: String,
    /// The state: [`PENDING`](super::PENDING) or [`NEEDS_ATTENTION`](super::NEEDS_ATTENTION).
    pub state: String,
    /// The number of obligations.
    pub count: i64,
    /// The time of the change that caused the oldest one, in microseconds since 1970.
    pub oldest: i64,
}

impl Database {
    /// Counts the obligations that wait for a worker or for staff. Those that are met are not read, because there may
    /// be millions of them.
    pub async fn waiting_obligations(&self) -> Result<Vec<WaitingObligations>, DatabaseError> {
        let mut count = Query::select();
        count
            .columns([Column::Kind, Column::State])
            .expr_as(Expr::col(Column::Id).count(), "count")
            .expr_as(Expr::col(Column::CreatedAt).min(), "oldest")
            .from(Entity)
            .and_where(Expr::col(Column::State).is_in([PENDING, NEEDS_ATTENTION]))
            .group_by_columns([Column::State, Column::Kind]);
        let mut script = Script::read(self);
        let counts = script.rows(&count);
        script.fetch().await?.take(counts)
    }
}
