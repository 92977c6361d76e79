//! Searches orders for staff: newest first, with a cursor from page to page.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{Email, Order, OrderNumber, Shop, StoreNumber};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::orders::customer_orders::OrderRange;
use crate::rows::entity::order::{Column, Entity, Model};
use crate::rows::entity::order_status::{Column as StatusColumn, Entity as Status};
use crate::rows::time::to_micros;
use crate::shop::structure::{AskedVersion, ShopVersion};
use crate::sql::script::{Rows, Script};

/// The filters of a staff search. An order must pass all of them.
#[derive(Debug, Clone)]
pub struct OrderSearch {
    /// The store view of the orders.
    pub store: Option<StoreNumber>,
    /// The status code of the orders.
    pub status: Option<String>,
    /// The order number.
    pub number: Option<OrderNumber>,
    /// The e-mail address of the buyer.
    pub email: Option<String>,
    /// The range of the time when the orders were placed.
    pub placed: OrderRange<DateTime<Utc>>,
    /// The end of the page before: the search finds only orders
    /// placed before this time, or at this time with a smaller id.
    pub after: Option<(DateTime<Utc>, i64)>,
    /// The largest number of orders on the page.
    pub limit: u64,
}

/// A page of a staff search.
#[derive(Debug, Clone)]
pub struct OrderSearchPage {
    /// The orders, newest first.
    pub orders: Vec<Order>,
    /// The shop to which the orders belong.
    pub shop: Arc<Shop>,
    /// Whether more orders follow.
    pub has_more: bool,
}

impl Database {
    /// Searches orders. The search takes two round trips, regardless of the number of orders.
    pub async fn search_orders(&self, search: &OrderSearch) -> Result<OrderSearchPage, DatabaseError> {
        let (script, version, rows) = self.search_script(search);
        let answers = script.fetch().await?;
        let shop = version.read_from(&answers)?.shop(self).await?;
        let mut rows = answers.take(rows)?;
        let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        Ok(OrderSearchPage {
            orders: self.with_children(rows).await?,
            shop,
            has_more,
        })
    }

    pub(crate) fn search_script(&self, search: &OrderSearch) -> (Script<'_>, AskedVersion, Rows<Model>) {
        let mut script = Script::read(self);
        let version = ShopVersion::add_to(&mut script);
        let mut found = Entity::find().filter(condition(search));
        if search.status.is_some() {
            let same_order = Expr::col((Status, StatusColumn::OrderId)).equals((Entity, Column::Id));
            QuerySelect::query(&mut found).inner_join(Status, same_order);
        }
        let (placed_at, id) = sorting(search);
        let found = found.order_by_desc(placed_at).order_by_desc(id);
        let rows = script.select(found.limit(search.limit.saturating_add(1)));
        (script, version, rows)
    }
}

/// The columns by which the orders are sorted. A search for a status uses the columns that are in an index with it.
fn sorting(search: &OrderSearch) -> (Expr, Expr) {
    if search.status.is_some() {
        (
            StatusColumn::PlacedAt.into_expr(),
            StatusColumn::OrderId.into_expr(),
        )
    } else {
        (Column::PlacedAt.into_expr(), Column::Id.into_expr())
    }
}

fn condition(search: &OrderSearch) -> Condition {
    let mut all = Condition::all();
    if let Some(store) = search.store {
        all = all.add(Column::StoreNumber.eq(store.0));
    }
    if let Some(status) = &search.status {
        all = all.add(StatusColumn::Status.eq(status.as_str()));
    }
    if let Some(number) = &search.number {
        all = all.add(Column::Number.eq(number.as_str()));
    }
    if let Some(email) = &search.email {
        all = all.add(Column::Email.is_in([email.clone(), Email::new(email).into()]));
    }
    let (placed_at, id) = sorting(search);
    if let Some(from) = search.placed.from {
        all = all.add(placed_at.clone().gte(to_micros(from)));
    }
    if let Some(to) = search.placed.to {
        all = all.add(placed_at.clone().lte(to_micros(to)));
    }
    if let Some((last_placed_at, last_id)) = search.after {
        let last_placed_at = to_micros(last_placed_at);
        let same_instant = placed_at.clone().eq(last_placed_at).and(id.lt(last_id));
        all = all
            .add(placed_at.clone().lte(last_placed_at))
            .add(placed_at.lt(last_placed_at).or(same_instant));
    }
    all
}
