//! Workers take turns at a job: a turn is a claim with a lease and a fence, and the time it uses up is taken with it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use countermand_domain::{BulkOrderState, BulkState, Money, OrderId, StoreNumber};
use sea_orm::sea_query::{Expr, ExprTrait, Query, UpdateStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::new_fence;
use crate::rows::entity::bulk_cancellation::{Column, Entity, Model};
use crate::rows::entity::bulk_cancellation_order as row;
use crate::rows::order::order_id;
use crate::rows::time::{from_micros, micros, to_micros};
use crate::sql::script::Script;

/// The most jobs that a worker looks at for its next turn.
const MOST_LOOKED_AT: u64 = 16;
/// The longest message of a result, in characters.
const LONGEST_MESSAGE: usize = 512;

/// A job on which no worker works at the moment.
#[derive(Debug, Clone)]
pub struct DueBulk {
    /// What the job does.
    pub work: ClaimedBulk,
    /// The most orders that are canceled in a second.
    pub per_second: i32,
    /// Until when the orders before used up the time.
    pub paced_at: DateTime<Utc>,
    /// How many turns in a row the database failed.
    pub failures: i32,
    /// The time by the clock of the database.
    pub now: DateTime<Utc>,
}

/// A job on which this worker works until the lease ends.
#[derive(Debug, Clone)]
pub struct ClaimedBulk {
    /// The id of the job.
    pub id: String,
    /// The name of the member of staff who asked for it.
    pub actor: String,
    /// The only store view whose orders the job reaches; none for all.
    pub store: Option<StoreNumber>,
    /// The network address of the request.
    pub origin: String,
    /// The reason as the client sent it.
    pub reason: String,
    /// The comment on each cancellation; none without one.
    pub comment: Option<String>,
    /// Whether buyers are told by mail; none where the setting of the store view decides.
    pub notifies_customer: Option<bool>,
    fence: i64,
}

/// An order of a job that has no result yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingBulkOrder {
    /// The place of the order in its job.
    pub place: BulkPlace,
    /// The order.
    pub order: OrderId,
}

/// The place of an order in its job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkPlace {
    /// The id of the job.
    pub job: String,
    /// The position of the order in the job, from 0.
    pub position: i32,
}

/// The result of an order of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkOutcome {
    /// This job canceled the order, and this money flows back.
    Canceled(Money),
    /// The rules refused, with this code and this message.
    Refused(String, String),
    /// The program could not decide, with this code and this message.
    Failed(String, String),
}

impl Database {
    /// The jobs that have work and no worker, oldest first.
    pub async fn due_bulk_cancellations(&self) -> Result<Vec<DueBulk>, DatabaseError> {
        let mut script = Script::read(self);
        let mut now = Query::select();
        now.expr(self.database_now().cast_as(self.whole_number()));
        let now = script.rows::<(i64,)>(&now);
        let due = Entity::find()
            .filter(Expr::col(Column::State).is_in(active()))
            .filter(Expr::col(Column::LeaseUntil).lte(self.database_now()))
            .order_by_asc(Column::Id)
            .limit(MOST_LOOKED_AT);
        let due = script.select(due);
        let answers = script.fetch().await?;
        let (now,) = answers.first(now)?.unwrap_or_default();
        let due = answers.take(due)?;
        due.into_iter().map(|row| DueBulk::read(row, now)).collect()
    }

    /// Claims a job for the length of `lease`, with the time until `paced_at` used up; none if another worker was
    /// faster or if the job was stopped.
    pub async fn claim_bulk_cancellation(
        &self,
        due: &DueBulk,
        lease: Duration,
        paced_at: DateTime<Utc>,
    ) -> Result<Option<ClaimedBulk>, DatabaseError> {
        let fence = new_fence();
        let mut claim = of(&due.work);
        claim
            .value(Column::Fence, fence)
            .value(Column::LeaseUntil, self.database_now().add(micros(lease)))
            .value(Column::PacedAt, to_micros(paced_at))
            .value(Column::State, <&'static str>::from(BulkState::Running))
            .value(
                Column::StartedAt,
                Expr::col(Column::StartedAt).if_null(self.database_now()),
            )
            .and_where(Expr::col(Column::State).is_in(active()));
        let is_claimed = self.change_bulk(&claim).await?;
        Ok(is_claimed.then(|| ClaimedBulk {
            fence,
            ..due.work.clone()
        }))
    }

    /// Whether the worker may go on with the job: it was not stopped, and no other worker has claimed it.
    pub async fn holds_bulk_cancellation(&self, held: &ClaimedBulk) -> Result<bool, DatabaseError> {
        let mut script = Script::read(self);
        let found = Entity::find()
            .filter(Column::Id.eq(held.id.as_str()))
            .filter(Column::Fence.eq(held.fence))
            .filter(Column::State.eq(<&'static str>::from(BulkState::Running)));
        let found = script.select(found);
        Ok(script.fetch().await?.first(found)?.is_some())
    }

    /// The next orders of a job that have no result.
    pub async fn waiting_bulk_orders(
        &self,
        held: &ClaimedBulk,
        limit: u64,
    ) -> Result<Vec<WaitingBulkOrder>, DatabaseError> {
        let mut script = Script::read(self);
        let waiting = row::Entity::find()
            .filter(row::Column::BulkId.eq(held.id.as_str()))
            .filter(row::Column::State.eq(<&'static str>::from(BulkOrderState::Waiting)))
            .order_by_asc(row::Column::Position)
            .limit(limit);
        let waiting = script.select(waiting);
        let waiting = script.fetch().await?.take(waiting)?;
        let read = |it: row::Model| {
            Ok(WaitingBulkOrder {
                order: order_id(it.order_id)?,
                place: BulkPlace {
                    job: it.bulk_id,
                    position: it.position,
                },
            })
        };
        waiting.into_iter().map(read).collect()
    }

    /// Records the result of an order that has none. The result of a canceled order is written with its cancellation.
    pub async fn record_bulk_outcome(
        &self,
        place: &BulkPlace,
        outcome: &BulkOutcome,
        at: DateTime<Utc>,
    ) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        script.add(&result_of(place, outcome, at));
        script.commit().await.map(|_| ())
    }

    /// Ends the turn of a worker. If `is_done`, each order has its result, and the job is done.
    pub async fn release_bulk_cancellation(
        &self,
        held: &ClaimedBulk,
        is_done: bool,
    ) -> Result<(), DatabaseError> {
        let mut release = of(held);
        release
            .value(Column::LeaseUntil, 0_i64)
            .value(Column::Failures, 0);
        if is_done {
            release
                .value(Column::State, <&'static str>::from(BulkState::Done))
                .value(Column::FinishedAt, self.database_now());
        }
        self.change_bulk(&release).await.map(|_| ())
    }

    /// Ends a turn in which the database failed, the last one of `failures` in a row: no worker takes the next turn for
    /// the length of `rest`.
    pub async fn postpone_bulk_cancellation(
        &self,
        held: &ClaimedBulk,
        failures: i32,
        rest: Duration,
    ) -> Result<(), DatabaseError> {
        let mut postpone = of(held);
        postpone
            .value(Column::LeaseUntil, self.database_now().add(micros(rest)))
            .value(Column::Failures, failures);
        self.change_bulk(&postpone).await.map(|_| ())
    }

    async fn change_bulk(&self, update: &UpdateStatement) -> Result<bool, DatabaseError> {
        let mut script = Script::write(self);
        let changed = script.add_counted(update);
        Ok(script.commit().await?.touched(changed)? > 0)
    }
}

/// The statement that gives an order of a job its result, unless it has one.
pub(crate) fn result_of(place: &BulkPlace, outcome: &BulkOutcome, at: DateTime<Utc>) -> UpdateStatement {
    use row::Column as C;
    let (state, code, message, refund) = match outcome {
        BulkOutcome::Canceled(refund) => (BulkOrderState::Canceled, "", "", Some(*refund)),
        BulkOutcome::Refused(code, message) => {
            (BulkOrderState::Refused, code.as_str(), message.as_str(), None)
        }
        BulkOutcome::Failed(code, message) => (BulkOrderState::Failed, code.as_str(), message.as_str(), None),
    };
    let message = message.replace('\0', "\u{fffd}");
    let mut update = Query::update();
    update
        .table(row::Entity)
        .value(C::State, <&'static str>::from(state))
        .value(C::Code, code)
        .value(
            C::Message,
            message.chars().take(LONGEST_MESSAGE).collect::<String>(),
        )
        .value(C::Refund, refund.map_or(0, Money::minor))
        .value(C::Currency, refund.map_or("", |refund| refund.currency().code()))
        .value(C::DoneAt, to_micros(at))
        .and_where(Expr::col(C::BulkId).eq(place.job.as_str()))
        .and_where(Expr::col(C::Position).eq(place.position))
        .and_where(Expr::col(C::State).eq(<&'static str>::from(BulkOrderState::Waiting)));
    update
}

/// The codes of the states in which workers work on a job.
fn active() -> [&'static str; 2] {
    [BulkState::Queued.into(), BulkState::Running.into()]
}

/// An update of a job as long as no worker has claimed it since it was read.
fn of(work: &ClaimedBulk) -> UpdateStatement {
    let mut update = Query::update();
    update
        .table(Entity)
        .and_where(Expr::col(Column::Id).eq(work.id.as_str()))
        .and_where(Expr::col(Column::Fence).eq(work.fence));
    update
}

impl DueBulk {
    fn read(row: Model, now: i64) -> Result<Self, DatabaseError> {
        Ok(Self {
            per_second: row.per_second,
            paced_at: from_micros(row.paced_at)?,
            failures: row.failures,
            now: from_micros(now)?,
            work: ClaimedBulk {
                id: row.id,
                actor: row.actor,
                store: row.store_number.map(StoreNumber),
                origin: row.origin,
                reason: row.reason,
                comment: row.comment,
                notifies_customer: row.notifies_customer,
                fence: row.fence,
            },
        })
    }
}
