//! Keeps the answer to a request with an idempotency key, or gives the key back.

use sea_orm::EntityTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::idempotency_key::{Column, Entity};
use crate::rows::entity::idempotent_change;
use crate::sql::script::Script;

impl Database {
    /// Keeps the sealed `answer` under the key `id`, which the claim with the number `fence` holds. The result is the
    /// answer that is kept: another one if another claim was faster, and none if the key is gone or has no answer yet.
    pub async fn keep_idempotent_answer(
        &self,
        id: &str,
        fence: i64,
        answer: &str,
    ) -> Result<Option<String>, DatabaseError> {
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::Answer, answer)
            .and_where(held(id, fence));
        let mut script = Script::write(self);
        let kept = script.add_counted(&update);
        if script.commit().await?.touched(kept)? == 1 {
            return Ok(Some(answer.to_owned()));
        }
        // Either the answer to the commit was lost, or another claim took the key over.
        let mut script = Script::read(self);
        let found = script.select(Entity::find_by_id(id));
        let found = script.fetch().await?.first(found)?;
        Ok(found.and_then(|row| row.answer))
    }

    /// Gives the key `id` back without an answer, so that the request may be sent again at once. What was changed under
    /// it stays known.
    pub async fn release_idempotency_key(&self, id: &str, fence: i64) -> Result<(), DatabaseError> {
        let mut changed = Query::select();
        changed
            .column(idempotent_change::Column::KeyId)
            .from(idempotent_change::Entity)
            .and_where(Expr::col(idempotent_change::Column::KeyId).eq(id));
        let mut delete = Query::delete();
        delete
            .from_table(Entity)
            .and_where(held(id, fence))
            .and_where(Expr::col(Column::Id).in_subquery(changed).not());
        let mut end = Query::update();
        end.table(Entity)
            .value(Column::LeaseUntil, 0_i64)
            .and_where(held(id, fence));
        let mut script = Script::write_in_sequence(self);
        script.add(&delete);
        script.add(&end);
        script.commit().await.map(|_| ())
    }
}

/// Whether the claim with the number `fence` holds the key `id`, which has no answer.
fn held(id: &str, fence: i64) -> Expr {
    Expr::col(Column::Id)
        .eq(id)
        .and(Expr::col(Column::Fence).eq(fence))
        .and(Expr::col(Column::Answer).is_null())
}
