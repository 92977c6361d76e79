//! Limits that all replicas share. Each try is counted before it is made.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::rate_limit::{ActiveModel, Column, Entity, Model};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::script::{Rows, Script};

/// A limit of how often an action may be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// The action and the actor to whom the limit applies, at most 128 characters.
    pub name: String,
    /// The largest number of tries.
    pub most: i64,
    /// The time in which tries are counted, from the first try on.
    /// After the last allowed try, no try is allowed for the same time.
    pub window: TimeDelta,
}

impl Database {
    /// Counts one try against each of `limits`. If a limit allows no more tries, the result is the end of the wait.
    ///
    /// This takes one transaction and one round trip, so that no more than `most` of many simultaneous tries are
    /// allowed, even if they reach different replicas.
    pub async fn count_try(
        &self,
        limits: &[RateLimit],
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, DatabaseError> {
        if limits.is_empty() {
            return Ok(None);
        }
        let mut script = Script::write(self);
        let counts: Vec<_> = by_name(limits)
            .into_iter()
            .map(|limit| (limit.most, add_try(&mut script, limit, to_micros(now))))
            .collect();
        let answers = script.commit().await?;
        let mut until = None;
        for (most, counted) in counts {
            if let Some(row) = answers.first(counted)?.filter(|row| row.tries > most) {
                until = Ord::max(until, Some(from_micros(row.ends_at)?));
            }
        }
        Ok(until)
    }

    /// Deletes all tries against the limits named `forgotten`, and takes back one try from each limit named
    /// `taken_back`, because these tries must not count.
    pub async fn settle_tries(
        &self,
        forgotten: &[String],
        taken_back: &[String],
    ) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        for name in forgotten {
            let mut delete = Query::delete();
            delete
                .from_table(Entity)
                .and_where(Expr::col(Column::Name).eq(name.as_str()));
            script.add(&delete);
        }
        for name in taken_back {
            let mut update = Query::update();
            update
                .table(Entity)
                .value(Column::Tries, Expr::col(Column::Tries).sub(1))
                .and_where(Expr::col(Column::Name).eq(name.as_str()))
                .and_where(Expr::col(Column::Tries).gt(0));
            script.add(&update);
        }
        script.commit().await.map(|_| ())
    }

    /// Deletes tries that no longer count by the clock of the database, and returns the number of limits whose tries
    /// were deleted.
    pub async fn forget_old_tries(&self) -> Result<u64, DatabaseError> {
        let mut delete = Query::delete();
        delete
            .from_table(Entity)
            .and_where(Expr::col(Column::EndsAt).lte(self.database_now()));
        let mut script = Script::write(self);
        let forgotten = script.add_counted(&delete);
        script.commit().await?.touched(forgotten)
    }
}

/// Counts a try. A new window begins if the last one is over, and the wait begins with the last allowed try.
fn add_try(script: &mut Script<'_>, limit: &RateLimit, now: i64) -> Rows<Model> {
    let window = limit.window.num_microseconds().unwrap_or(i64::MAX);
    let end = now.saturating_add(window);
    let first = Model {
        name: limit.name.clone(),
        tries: 1,
        ends_at: end,
    };
    match script.backend() {
        DatabaseBackend::MySql => add_try_in_steps(script, limit, first, now),
        _ => add_try_at_once(script, limit, first, now),
    }
}

/// Counts a try in one statement, which returns the new row.
fn add_try_at_once(script: &mut Script<'_>, limit: &RateLimit, first: Model, now: i64) -> Rows<Model> {
    let held = |column| Expr::col((Entity, column));
    let end = first.ends_at;
    let tries = Expr::case(held(Column::EndsAt).lte(now), 1).finally(held(Column::Tries).add(1));
    let is_last = held(Column::Tries).add(1).eq(limit.most);
    let ends_at = Expr::case(held(Column::EndsAt).lte(now).or(is_last), end).finally(held(Column::EndsAt));
    let count = OnConflict::column(Column::Name)
        .value(Column::Tries, tries)
        .value(Column::EndsAt, ends_at)
        .to_owned();
    let mut insert = Entity::insert::<ActiveModel>(first.into_active_model())
        .on_conflict(count)
        .into_query();
    insert.returning(Query::returning().columns([Column::Name, Column::Tries, Column::EndsAt]));
    script.add_returning(&insert)
}

/// Counts a try in several statements, because MySQL returns no rows from
/// an insert and sees columns that the same statement has already changed.
///
/// The first statement creates and locks the row, and the other statements lock no further rows.
fn add_try_in_steps(script: &mut Script<'_>, limit: &RateLimit, first: Model, now: i64) -> Rows<Model> {
    let end = first.ends_at;
    let count = OnConflict::column(Column::Name)
        .value(Column::Tries, Expr::col((Entity, Column::Tries)).add(1))
        .to_owned();
    script.add(
        &Entity::insert::<ActiveModel>(first.into_active_model())
            .on_conflict(count)
            .into_query(),
    );

    let mut begin = Query::update();
    begin
        .table(Entity)
        .value(Column::Tries, 1)
        .value(Column::EndsAt, end)
        .and_where(Expr::col(Column::Name).eq(limit.name.as_str()))
        .and_where(Expr::col(Column::EndsAt).lte(now));
    script.add(&begin);

    let mut wait = Query::update();
    wait.table(Entity)
        .value(Column::EndsAt, end)
        .and_where(Expr::col(Column::Name).eq(limit.name.as_str()))
        .and_where(Expr::col(Column::Tries).eq(limit.most));
    script.add(&wait);

    script.select(Entity::find().filter(Column::Name.eq(limit.name.as_str())))
}

/// The limits sorted by name. All requests use this sequence,
/// so that two requests with the same limits do not deadlock.
fn by_name(limits: &[RateLimit]) -> Vec<&RateLimit> {
    let mut limits: Vec<_> = limits.iter().collect();
    limits.sort_by(|one, other| one.name.cmp(&other.name));
    limits
}
