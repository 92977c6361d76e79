//! Limits that all replicas share. A try is counted before it is made, or before its outcome is told.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query};
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

/// A limit that allows no more tries at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedLimit {
    /// The name of the limit.
    pub name: String,
    /// The end of the wait.
    pub until: DateTime<Utc>,
}

impl UsedLimit {
    fn of(row: Model) -> Result<Self, DatabaseError> {
        Ok(Self {
            until: from_micros(row.ends_at)?,
            name: row.name,
        })
    }
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

    /// The limit with the longest wait of those of `limits` that allow no more tries at `now`; none if each of them
    /// allows one more try. This counts nothing.
    pub async fn limited_until(
        &self,
        limits: &[RateLimit],
        now: DateTime<Utc>,
    ) -> Result<Option<UsedLimit>, DatabaseError> {
        if limits.is_empty() {
            return Ok(None);
        }
        let mut script = Script::read(self);
        let found: Vec<_> = by_name(limits)
            .into_iter()
            .map(|limit| {
                let used_up = Entity::find()
                    .filter(Column::Name.eq(limit.name.as_str()))
                    .filter(Column::Tries.gte(limit.most))
                    .filter(Column::EndsAt.gt(to_micros(now)));
                script.select(used_up)
            })
            .collect();
        let answers = script.fetch().await?;
        let mut longest: Option<Model> = None;
        for row in found {
            let used_up = answers.first(row)?;
            longest = [longest, used_up]
                .into_iter()
                .flatten()
                .max_by_key(|row| row.ends_at);
        }
        longest.map(UsedLimit::of).transpose()
    }

    /// Counts a try that was made and whose outcome is not told yet: a failed one against each of `limits`, and a
    /// successful one against none of them. The caller may tell the outcome only if the result is none.
    ///
    /// If one of `limits` allows no more tries, nothing is counted, and the result is that limit, after a successful
    /// try, too. So of many simultaneous tries, no more outcomes are told than the limits allow. Both kinds of tries
    /// send the same statements, so the time of the answer does not tell them apart.
    pub async fn count_made_try(
        &self,
        limits: &[RateLimit],
        has_failed: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<UsedLimit>, DatabaseError> {
        let Some(first) = limits.first() else {
            return Ok(None);
        };
        let mut script = Script::write(self);
        for limit in by_name(limits) {
            add_made_try(&mut script, limit, has_failed, to_micros(now));
        }
        match script.commit().await {
            Ok(_) => Ok(None),
            Err(DatabaseError::NullRefused(_)) => {
                // The transaction has changed nothing, so the rows still say which limit is used up. A row that was
                // deleted since then says nothing, and the try is refused nevertheless.
                let used_up = self.limited_until(limits, now).await?;
                Ok(Some(used_up.unwrap_or_else(|| UsedLimit {
                    name: first.name.clone(),
                    until: now + first.window,
                })))
            }
            Err(problem) => Err(problem),
        }
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

/// Counts a try, and selects the new row. A new window begins if the last one is over, and the wait begins with the last
/// allowed try.
fn add_try(script: &mut Script<'_>, limit: &RateLimit, now: i64) -> Rows<Model> {
    let backend = script.backend();
    let tries = Expr::case(held(Column::EndsAt).lte(now), 1_i64).finally(held(Column::Tries).add(1_i64));
    let end = now.saturating_add(window_of(limit));
    let mut insert = counting(backend, limit, 1, end, tries.into(), now);
    if backend == DatabaseBackend::MySql {
        // MySQL returns no rows from an insert. The insert has locked the row, so the row is the one that it wrote.
        script.add(&insert);
        return script.select(Entity::find().filter(Column::Name.eq(limit.name.as_str())));
    }
    insert.returning(Query::returning().columns([Column::Name, Column::Tries, Column::EndsAt]));
    script.add_returning(&insert)
}

/// Counts a try that was made, if it has failed. If the limit allows no more tries, `tries` becomes NULL: the column
/// refuses NULL, so the database takes the whole transaction back.
fn add_made_try(script: &mut Script<'_>, limit: &RateLimit, has_failed: bool, now: i64) {
    let added = i64::from(has_failed);
    // The window begins with the first failed try, so a row that counts none is over at once.
    let end = now.saturating_add(if has_failed { window_of(limit) } else { 0 });
    let tries = Expr::case(held(Column::EndsAt).lte(now), added)
        .case(held(Column::Tries).lt(limit.most), held(Column::Tries).add(added));
    let insert = counting(script.backend(), limit, added, end, tries.into(), now);
    script.add(&insert);
}

/// The statement that adds `added` tries to a limit: it inserts the row of the limit, or sets `tries` in the row that is
/// there. The row ends at `end` if its last window is over, or if the try is the last one that the limit allows. The
/// statement locks no other row.
fn counting(
    backend: DatabaseBackend,
    limit: &RateLimit,
    added: i64,
    end: i64,
    tries: Expr,
    now: i64,
) -> InsertStatement {
    let first = Model {
        name: limit.name.clone(),
        tries: added,
        ends_at: end,
    };
    let counted = match backend {
        // MySQL assigns the columns one after the other, so this is the new value of `tries`.
        DatabaseBackend::MySql => held(Column::Tries),
        _ => held(Column::Tries).add(added),
    };
    let begins_anew = held(Column::EndsAt).lte(now).or(counted.eq(limit.most));
    let ends_at = Expr::case(begins_anew, end).finally(held(Column::EndsAt));
    let count = OnConflict::column(Column::Name)
        .value(Column::Tries, tries)
        .value(Column::EndsAt, ends_at)
        .to_owned();
    Entity::insert::<ActiveModel>(first.into_active_model())
        .on_conflict(count)
        .into_query()
}

/// The column of the row that is there, in a statement that would otherwise insert one.
fn held(column: Column) -> Expr {
    Expr::col((Entity, column))
}

/// The time in which tries are counted, in microseconds.
fn window_of(limit: &RateLimit) -> i64 {
    limit.window.num_microseconds().unwrap_or(i64::MAX)
}

/// The limits sorted by name, each of them once. All requests use this sequence, so that two requests with the same
/// limits do not deadlock. No statement may change a row twice.
fn by_name(limits: &[RateLimit]) -> Vec<&RateLimit> {
    let mut limits: Vec<_> = limits.iter().collect();
    limits.sort_by(|one, other| one.name.cmp(&other.name));
    limits.dedup_by(|one, other| one.name == other.name);
    limits
}
