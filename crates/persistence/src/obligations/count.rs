//! How many obligations there are of each kind in each state.

use sea_orm::sea_query::{Expr, ExprTrait, Query};

use serde::Deserialize;

use crate::entity::obligation::{Column, Entity};
use crate::error::StoreError;
use crate::sql::script::Script;
use crate::store::Store;

/// How many obligations of one kind are in one state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ObligationCount {
    /// Code of the kind, `mail`.
    pub kind: String,
    /// [`PENDING`](super::PENDING), [`MET`](super::MET) or [`NEEDS_ATTENTION`](super::NEEDS_ATTENTION).
    pub state: String,
    /// How many.
    pub count: i64,
}

impl Store {
    /// Counts the obligations; a kind and a state without any are left out.
    pub async fn obligation_counts(&self) -> Result<Vec<ObligationCount>, StoreError> {
        let mut count = Query::select();
        count
            .columns([Column::Kind, Column::State])
            .expr_as(Expr::col(Column::Id).count(), "count")
            .from(Entity)
            .group_by_columns([Column::State, Column::Kind]);
        let mut script = Script::read(self);
        let counts = script.rows(&count);
        script.fetch().await?.take(counts)
    }
}
