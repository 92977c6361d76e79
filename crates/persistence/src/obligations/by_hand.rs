//! Settles an obligation that a person has met.
//!
//! The obligation is held for a moment first, as a worker holds it, so that no worker begins to meet it at the same
//! time. Then it is settled in the transaction of the order's change, which a second settlement cannot repeat.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, UpdateStatement};

use super::claim::new_fence;
use super::{MET, NEEDS_ATTENTION, PENDING};
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::obligation::{Column, Entity};
use crate::rows::time::{micros, to_micros};
use crate::sql::script::Script;

/// An obligation that no worker may begin to meet, until it is settled or released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldObligation {
    id: String,
    fence: i64,
}

/// The settlement of an obligation, to be written with a change of its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledObligation {
    /// The id of the obligation.
    pub id: String,
    /// The reference of the bank or the provider; empty where there is none.
    pub receipt: String,
    /// When staff settled the obligation.
    pub at: DateTime<Utc>,
}

impl Database {
    /// Holds the obligation with `id` for the length of `lease`; none if it is met, or if a worker holds it.
    pub async fn hold_obligation(
        &self,
        id: &str,
        lease: Duration,
    ) -> Result<Option<HeldObligation>, DatabaseError> {
        let fence = new_fence();
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::Fence, fence)
            .value(Column::LeaseUntil, self.database_now().add(micros(lease)))
            .and_where(Expr::col(Column::Id).eq(id))
            .and_where(is_open())
            .and_where(Expr::col(Column::LeaseUntil).lte(self.database_now()));
        let mut script = Script::write(self);
        let held = script.add_counted(&update);
        let is_held = script.commit().await?.touched(held)? > 0;
        Ok(is_held.then(|| HeldObligation { id: id.into(), fence }))
    }

    /// Releases an obligation that was not settled, so that it can be met or settled at once.
    pub async fn release_obligation(&self, held: &HeldObligation) -> Result<(), DatabaseError> {
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::LeaseUntil, 0_i64)
            .and_where(Expr::col(Column::Id).eq(held.id.as_str()))
            .and_where(Expr::col(Column::Fence).eq(held.fence));
        let mut script = Script::write(self);
        script.add(&update);
        script.commit().await.map(|_| ())
    }
}

impl SettledObligation {
    /// The statement that settles the obligation. The new fence ends the claim of a worker whose lease is over.
    pub(crate) fn update(&self) -> UpdateStatement {
        self.update_where(Expr::col(Column::Id).eq(self.id.as_str()))
    }

    fn update_where(&self, which: Expr) -> UpdateStatement {
        let at = to_micros(self.at);
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::State, MET)
            .value(Column::Receipt, self.receipt.as_str())
            .value(Column::LastError, "")
            .value(Column::DueAt, at)
            .value(Column::MetAt, at)
            .value(Column::LeaseUntil, 0_i64)
            .value(Column::Fence, new_fence())
            .and_where(which)
            .and_where(is_open());
        update
    }
}

/// The statement that settles the obligation with this unique key, if there is one and it is open.
pub(crate) fn met_by_key(unique_key: &str, receipt: &str, at: DateTime<Utc>) -> UpdateStatement {
    let settled = SettledObligation {
        id: String::new(),
        receipt: receipt.to_owned(),
        at,
    };
    settled.update_where(Expr::col(Column::UniqueKey).eq(unique_key))
}

fn is_open() -> Expr {
    Expr::col(Column::State).is_in([PENDING, NEEDS_ATTENTION])
}
