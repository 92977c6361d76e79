//! Stores a new job with its orders, stops it and lets it go on.

use chrono::{DateTime, Utc};
use countermand_domain::{BulkOrderState, BulkState, OrderId, StoreNumber};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::bulk_cancellation::{Column, Entity, Model};
use crate::rows::entity::bulk_cancellation_order;
use crate::rows::time::to_micros;
use crate::sql::rows::insert;
use crate::sql::script::Script;

/// A job to be stored.
#[derive(Debug, Clone)]
pub struct NewBulkCancellation {
    /// The id of the job.
    pub id: Uuid,
    /// The key with which the client may repeat the request; at most 128 characters.
    pub idempotency_key: String,
    /// The hash of what the client asked for, at most 64 characters.
    pub input_hash: String,
    /// The name of the member of staff.
    pub actor: String,
    /// The only store view whose orders the job reaches; none for all.
    pub store: Option<StoreNumber>,
    /// The network address of the request; empty for the command line.
    pub origin: String,
    /// The reason as the client sent it.
    pub reason: String,
    /// The comment on each cancellation; none without one.
    pub comment: Option<String>,
    /// Whether buyers are told by mail; none where the setting of the store view decides.
    pub notifies_customer: Option<bool>,
    /// The most orders that are canceled in a second.
    pub per_second: i32,
    /// When the job was asked for.
    pub created_at: DateTime<Utc>,
    /// The orders, in the sequence in which they are canceled.
    pub orders: Vec<OrderId>,
}

/// The job under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedBulk {
    /// The id of the job.
    pub id: String,
    /// The hash of the input with which it was begun.
    pub input_hash: String,
}

impl Database {
    /// Stores a job with all its orders and an entry in the audit log. False if its idempotency key is taken.
    pub async fn insert_bulk_cancellation(
        &self,
        new: &NewBulkCancellation,
        audit: &AuditEntry,
    ) -> Result<bool, DatabaseError> {
        let mut script = Script::write(self);
        insert(&mut script, [new.row()]);
        insert(&mut script, new.order_rows());
        audit.add_to(&mut script);
        match script.commit().await {
            // Either the job was stored before and the answer was lost, or the key belongs to another job.
            Err(DatabaseError::Duplicate) => {
                let known = self.bulk_cancellation_of_key(&new.idempotency_key).await?;
                Ok(known.is_some_and(|known| known.id == new.id.to_string()))
            }
            outcome => outcome.map(|_| true),
        }
    }

    /// The job that was begun with this idempotency key.
    pub async fn bulk_cancellation_of_key(&self, key: &str) -> Result<Option<StartedBulk>, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(Entity::find().filter(Column::IdempotencyKey.eq(key)));
        let found = script.fetch().await?.first(found)?;
        Ok(found.map(|row| StartedBulk {
            id: row.id,
            input_hash: row.input_hash,
        }))
    }

    /// Moves the job from one of the states `from` to `to`, with an entry in the audit log. A job in another state
    /// stays as it is, and then the log has no entry.
    pub async fn move_bulk_cancellation(
        &self,
        id: &str,
        from: &[BulkState],
        to: BulkState,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let is_in_state = || {
            let codes: Vec<&'static str> = from.iter().map(|state| (*state).into()).collect();
            Expr::col(Column::Id)
                .eq(id)
                .and(Expr::col(Column::State).is_in(codes))
        };
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::State, <&'static str>::from(to))
            .and_where(is_in_state());
        // The entry looks at the state before the update.
        let mut script = Script::write_in_sequence(self);
        audit.add_where(&mut script, Entity, sea_orm::Condition::all().add(is_in_state()))?;
        script.add(&update);
        script.commit().await.map(|_| ())
    }
}

impl NewBulkCancellation {
    fn row(&self) -> Model {
        Model {
            id: self.id.to_string(),
            idempotency_key: self.idempotency_key.clone(),
            input_hash: self.input_hash.clone(),
            actor: self.actor.clone(),
            store_number: self.store.map(|store| store.0),
            origin: self.origin.chars().take(64).collect(),
            reason: self.reason.clone(),
            comment: self.comment.clone(),
            notifies_customer: self.notifies_customer,
            per_second: self.per_second,
            state: <&'static str>::from(BulkState::Queued).into(),
            paced_at: 0,
            lease_until: 0,
            fence: 0,
            failures: 0,
            created_at: to_micros(self.created_at),
            started_at: None,
            finished_at: None,
        }
    }

    fn order_rows(&self) -> impl Iterator<Item = bulk_cancellation_order::Model> {
        let id = self.id.to_string();
        (0..)
            .zip(&self.orders)
            .map(move |(position, order)| bulk_cancellation_order::Model {
                bulk_id: id.clone(),
                position,
                order_id: order.number(),
                state: <&'static str>::from(BulkOrderState::Waiting).into(),
                code: String::new(),
                message: String::new(),
                refund: 0,
                currency: String::new(),
                done_at: None,
            })
    }
}
