//! Clears kept answers that may show an erased person. The keys and the marks of their changes stay: a repetition runs
//! again where nothing was changed, and otherwise meets the marks.

use countermand_domain::{CustomerId, OrderId};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, UpdateStatement};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::{idempotency_key, idempotent_change};
use crate::sql::script::{Rows, Script};

/// How many keys one statement names.
const AT_ONCE: usize = 500;

impl Database {
    /// Clears the kept answers to anonymous callers and to staff, which may show anyone, of at most `limit` keys with
    /// ids greater than `after`. Returns the last id; none if no such key is left. The statements read the whole table
    /// in the course of all calls.
    pub async fn clear_answers_about_others(
        &self,
        after: &str,
        limit: u64,
    ) -> Result<Option<String>, DatabaseError> {
        let mut select = Query::select();
        select
            .column(idempotency_key::Column::Id)
            .from(idempotency_key::Entity)
            .and_where(Expr::col(idempotency_key::Column::Id).gt(after))
            .and_where(Expr::col(idempotency_key::Column::Answer).is_not_null())
            .and_where(Expr::col(idempotency_key::Column::Owner).not_like("customer %"))
            .order_by(idempotency_key::Column::Id, Order::Asc)
            .limit(limit);
        let mut script = Script::read(self);
        let rows = script.rows::<(String,)>(&select);
        let ids: Vec<String> = script
            .fetch()
            .await?
            .take(rows)?
            .into_iter()
            .map(|(id,)| id)
            .collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let mut script = Script::write(self);
        script.add(&without_answers_of_keys(&ids));
        script.commit().await?;
        Ok(ids.last().cloned())
    }

    /// Deletes the marks whose targets begin with `prefix`, which has no `%` and no `_`, of all keys that have the mark
    /// of `target`.
    pub async fn forget_marks_beside(&self, target: &str, prefix: &str) -> Result<(), DatabaseError> {
        let (script, keys) = self.keys_with_mark_script(target);
        let keys = script.fetch().await?.take(keys)?;
        let keys: Vec<String> = keys.into_iter().map(|(key,)| key).collect();
        for keys in keys.chunks(AT_ONCE) {
            let mut marks = Query::delete();
            marks
                .from_table(idempotent_change::Entity)
                .and_where(Expr::col(idempotent_change::Column::KeyId).is_in(keys))
                .and_where(Expr::col(idempotent_change::Column::Target).like(format!("{prefix}%")));
            let mut script = Script::write(self);
            script.add(&marks);
            script.commit().await?;
        }
        Ok(())
    }

    /// The ids of the keys under which the order `id` was changed.
    pub(crate) async fn keys_of_order(&self, id: OrderId) -> Result<Vec<String>, DatabaseError> {
        let (script, keys) = self.keys_of_order_script(id);
        let keys = script.fetch().await?.take(keys)?;
        Ok(keys.into_iter().map(|(key,)| key).collect())
    }

    pub(crate) fn keys_of_order_script(&self, id: OrderId) -> (Script<'_>, Rows<(String,)>) {
        self.keys_with_mark_script(&format!("order {}", id.number()))
    }

    fn keys_with_mark_script(&self, target: &str) -> (Script<'_>, Rows<(String,)>) {
        let mut keys = Query::select();
        keys.column(idempotent_change::Column::KeyId)
            .from(idempotent_change::Entity)
            .and_where(Expr::col(idempotent_change::Column::Target).eq(target));
        let mut script = Script::read(self);
        let keys = script.rows(&keys);
        (script, keys)
    }
}

/// Clears the kept answers to a customer.
pub(crate) fn without_answers_to_customer(id: CustomerId) -> UpdateStatement {
    without_answers(Expr::col(idempotency_key::Column::Owner).eq(format!("customer {}", id.number())))
}

/// Clears the kept answers of the keys with these ids.
pub(crate) fn without_answers_of_keys(ids: &[String]) -> UpdateStatement {
    without_answers(Expr::col(idempotency_key::Column::Id).is_in(ids))
}

/// A key whose request still runs has no answer, and stays held.
fn without_answers(which: Expr) -> UpdateStatement {
    let mut update = Query::update();
    update
        .table(idempotency_key::Entity)
        .value(idempotency_key::Column::Answer, Option::<String>::None)
        .value(idempotency_key::Column::LeaseUntil, 0_i64)
        // The write of the answer, if it is repeated late, finds its claim no more.
        .value(idempotency_key::Column::Fence, 0_i64)
        .and_where(which)
        .and_where(Expr::col(idempotency_key::Column::Answer).is_not_null());
    update
}
