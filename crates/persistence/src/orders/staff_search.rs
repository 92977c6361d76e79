//! Searches orders for staff: newest first, with a cursor from page to page, and counts them.
//!
//! A search by what no index finds looks at a limited number of orders, and says where it stopped; the next page goes
//! on from there.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{Order, Shop};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Order as Direction, Query, SelectStatement};
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::orders::search_condition::{OrderSearch, SearchedFacts};
use crate::payments::ReversalsOfOrders;
use crate::rows::entity::order::{Column, Entity, Model};
use crate::rows::entity::order_status::{Column as StatusColumn, Entity as Status};
use crate::rows::time::from_micros;
use crate::shop::structure::{AskedVersion, ShopVersion};
use crate::sql::script::{Rows, Script};

/// The most canceled orders that a search by the time of the cancellation takes into account.
pub const MOST_CANCELED: usize = 10_000;

/// The name of the orders that are looked at, in a statement.
const LOOKED_AT: &str = "looked_at";

/// The answer to a search.
#[derive(Debug, Clone)]
pub enum Searched<T> {
    /// What was found.
    Found(T),
    /// More than [`MOST_CANCELED`] orders were canceled in the asked time.
    TooManyCanceled,
}

/// A page of a staff search.
#[derive(Debug, Clone)]
pub struct OrderSearchPage {
    /// The orders, newest first.
    pub orders: Vec<Order>,
    /// The voids and refunds of the orders; none where they were not read.
    pub reversals: Option<ReversalsOfOrders>,
    /// The shop to which the orders belong.
    pub shop: Arc<Shop>,
    /// Whether more orders follow, or may follow where the search has not looked yet.
    pub has_more: bool,
    /// The place at which the search stopped before the page was full, because it had looked at
    /// as many orders as it may: the time and the id of the last one. The next page begins there.
    pub stopped_at: Option<(DateTime<Utc>, i64)>,
}

/// The number of orders that a staff search finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderSearchCount {
    /// The number of orders that were found.
    pub count: u64,
    /// Whether there are no others. If not, the search had looked at as many orders as it may.
    pub is_exact: bool,
}

impl Database {
    /// Searches orders. The search takes two round trips, regardless of the number of orders, and one more for the time
    /// of a cancellation.
    pub async fn search_orders(
        &self,
        search: &OrderSearch,
    ) -> Result<Searched<OrderSearchPage>, DatabaseError> {
        let Searched::Found(canceled) = self.canceled_orders(search).await? else {
            return Ok(Searched::TooManyCanceled);
        };
        let (script, asked) = self.search_script(search, canceled.as_deref());
        let answers = script.fetch().await?;
        let shop = asked.version.read_from(&answers)?.shop(self).await?;
        let mut rows = answers.take(asked.rows)?;
        let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
        let is_full = rows.len() > limit;
        rows.truncate(limit);
        let mut last_looked_at = asked
            .last_looked_at
            .map(|rows| answers.take(rows))
            .transpose()?
            .unwrap_or_default()
            .into_iter();
        // The second row is an order that was not looked at.
        let (last, next) = (last_looked_at.next(), last_looked_at.next());
        let stopped_at = match last {
            Some((placed_at, id)) if !is_full && next.is_some() => Some((from_micros(placed_at)?, id)),
            _ => None,
        };
        let (orders, reversals) = self.with_children(rows).await?;
        Ok(Searched::Found(OrderSearchPage {
            orders,
            reversals,
            shop,
            has_more: is_full || stopped_at.is_some(),
            stopped_at,
        }))
    }

    /// Counts the orders that a search finds, on all pages together.
    pub async fn count_orders(
        &self,
        search: &OrderSearch,
    ) -> Result<Searched<OrderSearchCount>, DatabaseError> {
        let Searched::Found(canceled) = self.canceled_orders(search).await? else {
            return Ok(Searched::TooManyCanceled);
        };
        let (script, found, looked_at) = self.count_script(search, canceled.as_deref());
        let answers = script.fetch().await?;
        let number = |rows: Rows<(i64,)>| {
            let count = answers.first(rows)?.map_or(0, |(count,)| count);
            Ok::<_, DatabaseError>(u64::try_from(count).unwrap_or(0))
        };
        Ok(Searched::Found(OrderSearchCount {
            count: number(found)?,
            is_exact: number(looked_at)? <= search.most_looked_at,
        }))
    }

    /// Whether an order has the status `status`.
    pub async fn has_orders_with_status(&self, status: &str) -> Result<bool, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(Status::find().filter(StatusColumn::Status.eq(status)).limit(1));
        Ok(script.fetch().await?.first(found)?.is_some())
    }

    /// The ids of the orders that were canceled in the time that the search asks for; none if it asks for no time.
    pub(crate) async fn canceled_orders(
        &self,
        search: &OrderSearch,
    ) -> Result<Searched<Option<Vec<i64>>>, DatabaseError> {
        let Some((script, rows)) = self.canceled_script(search) else {
            return Ok(Searched::Found(None));
        };
        let rows = script.fetch().await?.take(rows)?;
        if rows.len() > MOST_CANCELED {
            return Ok(Searched::TooManyCanceled);
        }
        Ok(Searched::Found(Some(rows.into_iter().map(|(id,)| id).collect())))
    }

    pub(crate) fn canceled_script(&self, search: &OrderSearch) -> Option<(Script<'_>, Rows<(i64,)>)> {
        let most = u64::try_from(MOST_CANCELED).unwrap_or(u64::MAX);
        let canceled = search.canceled_orders(most.saturating_add(1))?;
        let mut script = Script::read(self);
        let rows = script.rows(&canceled);
        Some((script, rows))
    }

    /// The script of a page. `canceled` are the orders that were canceled in the asked time, if it matters.
    pub(crate) fn search_script(
        &self,
        search: &OrderSearch,
        canceled: Option<&[i64]>,
    ) -> (Script<'_>, AskedSearch) {
        let mut script = Script::read(self);
        let version = ShopVersion::add_to(&mut script);
        let limit = search.limit.saturating_add(1);
        if search.facts == SearchedFacts::default() {
            let mut found = Entity::find().filter(search.indexed(canceled, self.backend()));
            join_status(QuerySelect::query(&mut found), search);
            let (placed_at, id) = search.sorting();
            let found = found.order_by_desc(placed_at).order_by_desc(id);
            let rows = script.select(found.limit(limit));
            let asked = AskedSearch {
                version,
                rows,
                last_looked_at: None,
            };
            return (script, asked);
        }
        let mut found = Entity::find().filter(search.facts.condition(self.backend()));
        let looked_at = self.looked_at(search, canceled, search.most_looked_at);
        let query = QuerySelect::query(&mut found);
        join_looked_at(query, looked_at);
        let column = |column: Column| Expr::col((Alias::new(LOOKED_AT), column));
        query
            .order_by_expr(column(Column::PlacedAt), Direction::Desc)
            .order_by_expr(column(Column::Id), Direction::Desc)
            .limit(limit);
        let rows = script.select(found);
        let mut last = self.looked_at(search, canceled, 2);
        let last = script.rows(last.offset(search.most_looked_at.saturating_sub(1)));
        let asked = AskedSearch {
            version,
            rows,
            last_looked_at: Some(last),
        };
        (script, asked)
    }

    pub(crate) fn count_script(
        &self,
        search: &OrderSearch,
        canceled: Option<&[i64]>,
    ) -> (Script<'_>, Rows<(i64,)>, Rows<(i64,)>) {
        let whole = OrderSearch {
            after: None,
            ..search.clone()
        };
        let mut found = Query::select();
        found.expr(Expr::col(Asterisk).count());
        let looked_at = self.looked_at(&whole, canceled, search.most_looked_at);
        if search.facts == SearchedFacts::default() {
            found.from_subquery(looked_at, Alias::new(LOOKED_AT));
        } else {
            found
                .from(Entity)
                .cond_where(search.facts.condition(self.backend()));
            join_looked_at(&mut found, looked_at);
        }
        let mut all = Query::select();
        all.expr(Expr::col(Asterisk).count()).from_subquery(
            self.looked_at(&whole, canceled, search.most_looked_at.saturating_add(1)),
            Alias::new(LOOKED_AT),
        );
        let mut script = Script::read(self);
        let found = script.rows(&found);
        let looked_at = script.rows(&all);
        (script, found, looked_at)
    }

    /// The statement for the time and the id of the orders that a search finds, newest first.
    pub(crate) fn order_ids(&self, search: &OrderSearch, canceled: Option<&[i64]>) -> SelectStatement {
        if search.facts == SearchedFacts::default() {
            return self.looked_at(search, canceled, search.limit);
        }
        let mut found = Query::select();
        found
            .expr(Expr::col((Entity, Column::PlacedAt)))
            .expr(Expr::col((Entity, Column::Id)))
            .from(Entity)
            .cond_where(search.facts.condition(self.backend()));
        let looked_at = self.looked_at(search, canceled, search.most_looked_at);
        join_looked_at(&mut found, looked_at);
        found
            .order_by_expr(Expr::col((Entity, Column::PlacedAt)), Direction::Desc)
            .order_by_expr(Expr::col((Entity, Column::Id)), Direction::Desc)
            .limit(search.limit);
        found
    }

    /// The time and the id of at most `limit` orders that indexes find, newest first.
    fn looked_at(&self, search: &OrderSearch, canceled: Option<&[i64]>, limit: u64) -> SelectStatement {
        let (placed_at, id) = search.sorting();
        let mut looked_at = Query::select();
        looked_at
            .expr_as(placed_at.clone(), Column::PlacedAt)
            .expr_as(id.clone(), Column::Id)
            .from(Entity)
            .cond_where(search.indexed(canceled, self.backend()));
        join_status(&mut looked_at, search);
        // MariaDB would sort the whole table if it takes the table for not much larger than the limit.
        if let Some(index) = search.index_of_sequence()
            && self.backend() == DatabaseBackend::MySql
        {
            looked_at.force_index(index, IndexHintScope::All);
        }
        looked_at
            .order_by_expr(placed_at, Direction::Desc)
            .order_by_expr(id, Direction::Desc)
            .limit(limit);
        looked_at
    }
}

/// The positions of a search's parts in the answers.
pub(crate) struct AskedSearch {
    version: AskedVersion,
    rows: Rows<Model>,
    /// The last order that is looked at, and the one after it.
    last_looked_at: Option<Rows<(i64, i64)>>,
}

/// Joins the statuses if the search is for one.
fn join_status(query: &mut SelectStatement, search: &OrderSearch) {
    if search.status.is_some() {
        let same_order = Expr::col((Status, StatusColumn::OrderId)).equals((Entity, Column::Id));
        query.inner_join(Status, same_order);
    }
}

/// Restricts orders to those that are looked at.
fn join_looked_at(query: &mut SelectStatement, looked_at: SelectStatement) {
    let name = Alias::new(LOOKED_AT);
    let same_order = Expr::col((name.clone(), Column::Id)).equals((Entity, Column::Id));
    query.join_subquery(JoinType::InnerJoin, looked_at, name, same_order);
}
