//! Claims an idempotency key for one request, or tells what became of the request that has it.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::new_fence;
use crate::rows::entity::idempotency_key::{Column, Entity, Model};
use crate::rows::entity::idempotent_change;
use crate::rows::time::micros;
use crate::sql::script::Script;

/// A key that a request brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIdempotencyKey {
    /// The id: a hash of the key and of who may use it, at most 64 characters.
    pub id: String,
    /// The hash of what the request asks for, at most 64 characters.
    pub input_hash: String,
    /// The caller; at most 64 characters.
    pub owner: String,
}

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyClaim {
    /// The request may run, until the lease ends.
    Claimed {
        /// The number that later writes of this request must name.
        fence: i64,
        /// What an earlier attempt, whose server died, has changed under the key.
        changed: Vec<String>,
        /// Whether another claim held the key before, until its lease was over.
        is_taken_over: bool,
    },
    /// The request has this answer, sealed.
    Answered(String),
    /// The key belongs to a request that asks for something else.
    Reused,
    /// The request runs at this moment.
    InUse,
}

impl Database {
    /// Claims a key for the length of `lease`: one round trip for a new key, and two to four for a known one. A claim
    /// whose lease is over is taken over.
    pub async fn claim_idempotency_key(
        &self,
        new: &NewIdempotencyKey,
        lease: Duration,
    ) -> Result<KeyClaim, DatabaseError> {
        let fence = new_fence();
        match self.insert_idempotency_key(new, lease, fence).await {
            Ok(()) => Ok(KeyClaim::Claimed {
                fence,
                changed: Vec::new(),
                is_taken_over: false,
            }),
            Err(DatabaseError::Duplicate) => self.known_idempotency_key(new, lease, fence).await,
            Err(problem) => Err(problem),
        }
    }

    async fn insert_idempotency_key(
        &self,
        new: &NewIdempotencyKey,
        lease: Duration,
        fence: i64,
    ) -> Result<(), DatabaseError> {
        let mut insert = Query::insert();
        insert
            .into_table(Entity)
            .columns([
                Column::Id,
                Column::InputHash,
                Column::Owner,
                Column::Fence,
                Column::LeaseUntil,
                Column::CreatedAt,
            ])
            .values([
                Expr::val(new.id.as_str()),
                Expr::val(new.input_hash.as_str()),
                Expr::val(new.owner.as_str()),
                Expr::val(fence),
                self.database_now().add(micros(lease)),
                self.database_now(),
            ])
            .map_err(|problem| DatabaseError::Failed(problem.to_string()))?;
        let mut script = Script::write(self);
        script.add(&insert);
        script.commit().await.map(|_| ())
    }

    async fn known_idempotency_key(
        &self,
        new: &NewIdempotencyKey,
        lease: Duration,
        fence: i64,
    ) -> Result<KeyClaim, DatabaseError> {
        let mut script = Script::read(self);
        let key = script.select(Entity::find_by_id(new.id.as_str()));
        let row: Model = match script.fetch().await?.first(key)? {
            // It was given up between the two trips.
            None => return Ok(KeyClaim::InUse),
            Some(row) => row,
        };
        if row.input_hash != new.input_hash {
            return Ok(KeyClaim::Reused);
        }
        if let Some(answer) = row.answer {
            return Ok(KeyClaim::Answered(answer));
        }
        // The row is this claim's own if the answer to the insert was lost.
        let is_own = row.fence == fence;
        if !is_own && !self.take_over_idempotency_key(&new.id, lease, fence).await? {
            return Ok(KeyClaim::InUse);
        }
        Ok(KeyClaim::Claimed {
            fence,
            // They are read last: the attempt before may have made its change and given the key back meanwhile.
            changed: self.changes_under_key(&new.id).await?,
            is_taken_over: !is_own,
        })
    }

    /// What was changed under the key `id` until now.
    pub async fn changes_under_key(&self, id: &str) -> Result<Vec<String>, DatabaseError> {
        let changes = idempotent_change::Entity::find();
        let mut script = Script::read(self);
        let changes = script.select(changes.filter(idempotent_change::Column::KeyId.eq(id)));
        let changes = script.fetch().await?.take(changes)?;
        Ok(changes.into_iter().map(|it| it.target).collect())
    }

    /// Claims a key whose lease is over. The result is false if the lease still runs.
    async fn take_over_idempotency_key(
        &self,
        id: &str,
        lease: Duration,
        fence: i64,
    ) -> Result<bool, DatabaseError> {
        let is_over = Expr::col(Column::LeaseUntil).lte(self.database_now());
        // The lease is that of this claim where the answer was lost and the statement is sent again.
        let is_own = Expr::col(Column::Fence).eq(fence);
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::Fence, fence)
            .value(Column::LeaseUntil, self.database_now().add(micros(lease)))
            .and_where(Expr::col(Column::Id).eq(id))
            .and_where(Expr::col(Column::Answer).is_null())
            .and_where(is_over.or(is_own));
        let mut script = Script::write(self);
        let taken = script.add_counted(&update);
        Ok(script.commit().await?.touched(taken)? == 1)
    }
}
