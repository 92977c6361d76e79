//! Deletes idempotency keys that are old, with their answers and the marks of their changes. For how many days keys are
//! kept stands in `domain/src/idempotency_key.rs`; how many keys of anonymous callers are kept stands in
//! `app/src/tidy.rs`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{DeleteStatement, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{EntityTrait, Iden};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::{idempotency_key, idempotent_change};
use crate::rows::time::{from_micros, micros, to_micros};
use crate::sql::script::{Rows, Script};

impl Database {
    /// Deletes keys, and marks of changes, that are at least as old as `kept`, the oldest first, about `most` of each.
    /// Returns the number of deleted rows.
    pub async fn forget_idempotency_keys(&self, kept: Duration, most: u64) -> Result<u64, DatabaseError> {
        let (script, keys, changes) = self.oldest_idempotency_keys_script(kept, most);
        let answers = script.fetch().await?;
        let (keys, changes) = (answers.take(keys)?.pop(), answers.take(changes)?.pop());
        let mut script = Script::write(self);
        let mut counted = Vec::new();
        if let Some((last,)) = keys {
            let delete = until(idempotency_key::Entity, idempotency_key::Column::CreatedAt, last);
            counted.push(script.add_counted(&delete));
        }
        if let Some((last,)) = changes {
            let delete = until(
                idempotent_change::Entity,
                idempotent_change::Column::CreatedAt,
                last,
            );
            counted.push(script.add_counted(&delete));
        }
        if counted.is_empty() {
            return Ok(0);
        }
        let answers = script.commit().await?;
        let mut deleted = 0;
        for touched in counted {
            deleted += answers.touched(touched)?;
        }
        Ok(deleted)
    }

    /// A cleanup keeps the `newest` newest keys of `owner`, at least one, of those that are at least as old as `kept`.
    /// The result is when the oldest one of these was written; none if the owner has fewer such keys.
    ///
    /// The statement passes over `newest` entries of an index, so a cleanup asks once, and then deletes what is older.
    pub async fn oldest_idempotency_key_to_keep(
        &self,
        owner: &str,
        newest: u64,
        kept: Duration,
    ) -> Result<Option<DateTime<Utc>>, DatabaseError> {
        let (script, oldest) = self.oldest_idempotency_key_to_keep_script(owner, newest, kept);
        let oldest = script.fetch().await?.first(oldest)?;
        oldest.map(|(at,)| from_micros(at)).transpose()
    }

    pub(crate) fn oldest_idempotency_key_to_keep_script(
        &self,
        owner: &str,
        newest: u64,
        kept: Duration,
    ) -> (Script<'_>, Rows<(i64,)>) {
        let at = idempotency_key::Column::CreatedAt;
        let mut oldest = Query::select();
        oldest
            .column(at)
            .from(idempotency_key::Entity)
            .and_where(Expr::col(idempotency_key::Column::Owner).eq(owner))
            .and_where(Expr::col(at).lte(self.database_now().sub(micros(kept))))
            .order_by(at, Order::Desc)
            .offset(newest.saturating_sub(1))
            .limit(1);
        let mut script = Script::read(self);
        let oldest = script.rows(&oldest);
        (script, oldest)
    }

    /// Deletes the keys of `owner` that were written before the instant `before`, the oldest first, with the marks of
    /// their changes: at most `most` keys. Returns the number of deleted rows.
    pub async fn forget_idempotency_keys_of(
        &self,
        owner: &str,
        before: DateTime<Utc>,
        most: u64,
    ) -> Result<u64, DatabaseError> {
        let (script, ids) = self.idempotency_keys_before_script(owner, before, most);
        let ids = script.fetch().await?.take(ids)?;
        let ids: Vec<String> = ids.into_iter().map(|(id,)| id).collect();
        if ids.is_empty() {
            return Ok(0);
        }
        let mut keys = Query::delete();
        keys.from_table(idempotency_key::Entity)
            .and_where(Expr::col(idempotency_key::Column::Id).is_in(&ids));
        let mut changes = Query::delete();
        changes
            .from_table(idempotent_change::Entity)
            .and_where(Expr::col(idempotent_change::Column::KeyId).is_in(&ids));
        let mut script = Script::write(self);
        let (keys, changes) = (script.add_counted(&keys), script.add_counted(&changes));
        let answers = script.commit().await?;
        Ok(answers.touched(keys)? + answers.touched(changes)?)
    }

    /// The ids of the oldest `most` keys of `owner` that were written before the instant `before`.
    pub(crate) fn idempotency_keys_before_script(
        &self,
        owner: &str,
        before: DateTime<Utc>,
        most: u64,
    ) -> (Script<'_>, Rows<(String,)>) {
        let at = idempotency_key::Column::CreatedAt;
        let mut oldest = Query::select();
        oldest
            .column(idempotency_key::Column::Id)
            .from(idempotency_key::Entity)
            .and_where(Expr::col(idempotency_key::Column::Owner).eq(owner))
            .and_where(Expr::col(at).lt(to_micros(before)))
            .order_by(at, Order::Asc)
            .limit(most);
        let mut script = Script::read(self);
        let ids = script.rows(&oldest);
        (script, ids)
    }

    /// When each of the oldest `most` keys and marks was written, of those that are at least as old as `kept`.
    pub(crate) fn oldest_idempotency_keys_script(
        &self,
        kept: Duration,
        most: u64,
    ) -> (Script<'_>, Rows<(i64,)>, Rows<(i64,)>) {
        let before = self.database_now().sub(micros(kept));
        let keys = oldest(
            idempotency_key::Entity,
            idempotency_key::Column::CreatedAt,
            &before,
            most,
        );
        let changes = oldest(
            idempotent_change::Entity,
            idempotent_change::Column::CreatedAt,
            &before,
            most,
        );
        let mut script = Script::read(self);
        let (keys, changes) = (script.rows(&keys), script.rows(&changes));
        (script, keys, changes)
    }
}

fn oldest<E: EntityTrait>(table: E, at: impl Iden + Copy, before: &Expr, most: u64) -> SelectStatement {
    let mut oldest = Query::select();
    oldest
        .column(at)
        .from(table)
        .and_where(Expr::col(at).lte(before.clone()))
        .order_by(at, Order::Asc)
        .limit(most);
    oldest
}

fn until<E: EntityTrait>(table: E, at: impl Iden, last: i64) -> DeleteStatement {
    let mut delete = Query::delete();
    delete.from_table(table).and_where(Expr::col(at).lte(last));
    delete
}
