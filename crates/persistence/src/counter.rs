//! Reserves blocks of ids. The program counts with one conditional update, so no database needs sequences.

use sea_orm::EntityTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::counter;
use crate::sql::rows::insert;
use crate::sql::script::Script;

impl Database {
    /// Reserves `count` numbers of the counter called `name` and returns the first one. Counters begin at 1.
    pub(crate) async fn reserve(&self, name: &str, count: i64) -> Result<i64, DatabaseError> {
        loop {
            let mut script = Script::read(self);
            let current = script.select(counter::Entity::find_by_id(name));
            let current = script.fetch().await?.first(current)?;
            let taken = match &current {
                Some(row) => self.move_counter(name, row.next, count).await?,
                None => self.start_counter(name, count).await?,
            };
            if taken {
                return Ok(current.map_or(1, |row| row.next));
            }
        }
    }

    async fn move_counter(&self, name: &str, from: i64, count: i64) -> Result<bool, DatabaseError> {
        let mut update = Query::update();
        update
            .table(counter::Entity)
            .value(counter::Column::Next, from.saturating_add(count))
            .and_where(Expr::col(counter::Column::Name).eq(name))
            .and_where(Expr::col(counter::Column::Next).eq(from));
        let mut script = Script::write(self);
        let moved = script.add_counted(&update);
        Ok(script.commit().await?.touched(moved)? == 1)
    }

    async fn start_counter(&self, name: &str, count: i64) -> Result<bool, DatabaseError> {
        let mut script = Script::write(self);
        insert(
            &mut script,
            [counter::Model {
                name: name.into(),
                next: count.saturating_add(1),
            }],
        );
        match script.commit().await {
            Ok(_) => Ok(true),
            Err(DatabaseError::Duplicate) => Ok(false),
            Err(problem) => Err(problem),
        }
    }
}
