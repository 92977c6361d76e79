//! A customer's orders: filtered, sorted, page by page.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{Catalog, CustomerId, Order, StoreNumber};
use sea_orm::sea_query::{BinOper, Condition, Expr, ExprTrait, Func, IntoColumnRef, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::catalog::{AskedVersion, CatalogVersion};
use crate::entity::order::{Column, Entity, Model};
use crate::entity::order_item;
use crate::error::StoreError;
use crate::sql::script::{Rows, Script};
use crate::store::Store;
use crate::time::{from_micros, to_micros};

/// What to list; filters hold together, an empty one lets everything through.
#[derive(Debug, Clone)]
pub struct CustomerOrdersQuery {
    /// Whose.
    pub customer: CustomerId,
    /// In which store views.
    pub stores: Vec<StoreNumber>,
    /// Exactly one of these numbers.
    pub numbers: Option<Vec<String>>,
    /// A part of the number.
    pub number_part: Option<String>,
    /// A part of the number, or of the name or SKU of something that was ordered.
    pub text: Option<String>,
    /// Exactly one of these status codes.
    pub statuses: Option<Vec<String>>,
    /// When placed.
    pub placed: OrderRange<DateTime<Utc>>,
    /// Base grand total in minor units of the base currency.
    pub base_grand_total: OrderRange<i64>,
    /// In which order.
    pub sort: OrderSort,
    /// 1 for the first; one past the end shows the last (contract section 9).
    pub page: u64,
    /// How many a page.
    pub page_size: u64,
}

/// From, to, both included; either may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderRange<T> {
    /// Not less than this.
    pub from: Option<T>,
    /// Not more than this.
    pub to: Option<T>,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderSort {
    /// By our id, the order in which they came in.
    Id,
    /// By number.
    Number {
        /// Largest first.
        descending: bool,
    },
    /// By when they were placed.
    PlacedAt {
        /// Newest first.
        descending: bool,
    },
}

/// A page of a customer's orders.
#[derive(Debug, Clone)]
pub struct OrdersPage {
    /// The orders.
    pub orders: Vec<Order>,
    /// The shop they belong to.
    pub catalog: Arc<Catalog>,
    /// How many there are in all.
    pub total: u64,
    /// The page shown.
    pub page: u64,
    /// The first order that the customer ever placed, whatever the filter.
    pub first_placed_at: Option<DateTime<Utc>>,
}

impl Store {
    /// A page of a customer's orders: two round trips, three when the page asked for lies past the end.
    pub async fn customer_orders(&self, query: &CustomerOrdersQuery) -> Result<OrdersPage, StoreError> {
        let (script, asked) = self.customer_orders_script(query, query.page);
        let answers = script.fetch().await?;
        let catalog = asked.version.read_from(&answers)?.catalog(self).await?;
        let total = answers.first(asked.total)?.map_or(0, |(total,)| total);
        let total = u64::try_from(total).unwrap_or(0);
        let first = answers.first(asked.first_placed_at)?.and_then(|(first,)| first);
        let first_placed_at = first.map(from_micros).transpose()?;
        let mut rows = answers.take(asked.rows)?;
        let last_page = Ord::max(total.div_ceil(Ord::max(query.page_size, 1)), 1);
        let page = Ord::min(query.page, last_page);
        if page != query.page {
            let mut script = Script::read(self);
            let asked = script.select(rows_of(query, page));
            rows = script.fetch().await?.take(asked)?;
        }
        Ok(OrdersPage {
            orders: self.with_children(rows).await?,
            catalog,
            total,
            page,
            first_placed_at,
        })
    }

    pub(crate) fn customer_orders_script(
        &self,
        query: &CustomerOrdersQuery,
        page: u64,
    ) -> (Script<'_>, AskedPage) {
        let mut script = Script::read(self);
        let version = CatalogVersion::add_to(&mut script);
        let mut count = Query::select();
        count
            .expr(Expr::col(Column::Id).count())
            .from(Entity)
            .cond_where(condition(query));
        let asked = AskedPage {
            version,
            total: script.rows(&count),
            first_placed_at: script.rows(&first_placed(query.customer)),
            rows: script.select(rows_of(query, page)),
        };
        (script, asked)
    }
}

/// Where the answers hold the parts of a page.
pub(crate) struct AskedPage {
    version: AskedVersion,
    total: Rows<(i64,)>,
    first_placed_at: Rows<(Option<i64>,)>,
    rows: Rows<Model>,
}

fn rows_of(query: &CustomerOrdersQuery, page: u64) -> Select<Entity> {
    let select = Entity::find().filter(condition(query));
    let direction = |descending| {
        if descending {
            sea_orm::Order::Desc
        } else {
            sea_orm::Order::Asc
        }
    };
    let sorted = match query.sort {
        OrderSort::Id => select.order_by_asc(Column::Id),
        OrderSort::Number { descending } => select
            .order_by(Column::Number, direction(descending))
            .order_by(Column::Id, direction(descending)),
        OrderSort::PlacedAt { descending } => select
            .order_by(Column::PlacedAt, direction(descending))
            .order_by(Column::Id, direction(descending)),
    };
    let passed_over = page.saturating_sub(1).saturating_mul(query.page_size);
    // No database counts further.
    let passed_over = Ord::min(passed_over, i64::MAX.unsigned_abs());
    sorted.limit(query.page_size).offset(passed_over)
}

fn first_placed(customer: CustomerId) -> SelectStatement {
    let mut first = Query::select();
    first
        .expr(Expr::col(Column::PlacedAt).min())
        .from(Entity)
        .and_where(Column::CustomerId.eq(customer.number()));
    first
}

fn condition(query: &CustomerOrdersQuery) -> Condition {
    let mut all = Condition::all()
        .add(Column::CustomerId.eq(query.customer.number()))
        .add(Column::StoreNumber.is_in(query.stores.iter().map(|store| store.0)));
    if let Some(numbers) = &query.numbers {
        all = all.add(Column::Number.is_in(numbers));
    }
    if let Some(part) = &query.number_part {
        all = all.add(contains(Column::Number, part));
    }
    if let Some(text) = &query.text {
        let ordered = Expr::exists(rows_with(text));
        all = all.add(contains(Column::Number, text).or(ordered));
    }
    if let Some(statuses) = &query.statuses {
        all = all.add(Column::Status.is_in(statuses));
    }
    if let Some(from) = query.placed.from {
        all = all.add(Column::PlacedAt.gte(to_micros(from)));
    }
    if let Some(to) = query.placed.to {
        all = all.add(Column::PlacedAt.lte(to_micros(to)));
    }
    if let Some(from) = query.base_grand_total.from {
        all = all.add(Column::BaseGrandTotal.gte(from));
    }
    if let Some(to) = query.base_grand_total.to {
        all = all.add(Column::BaseGrandTotal.lte(to));
    }
    all
}

/// The rows of an order that are called something with `text`.
fn rows_with(text: &str) -> SelectStatement {
    use order_item::{Column as Row, Entity as Rows};
    let mut rows = Query::select();
    rows.expr(Expr::val(1))
        .from(Rows)
        .and_where(Expr::col((Rows, Row::OrderId)).equals((Entity, Column::Id)))
        .and_where(contains((Rows, Row::Name), text).or(contains((Rows, Row::Sku), text)));
    rows
}

/// In any case of letters: the contract's database does not tell them apart, and of ours SQLite does not.
fn contains(column: impl IntoColumnRef, part: &str) -> Expr {
    let escaped: String = part.chars().flat_map(escape_like).collect();
    let part = Func::lower(Expr::val(format!("%{escaped}%")));
    let pattern = Expr::from(part).binary(BinOper::Escape, Expr::val("!"));
    Expr::from(Func::lower(Expr::col(column))).binary(BinOper::Like, pattern)
}

fn escape_like(character: char) -> Vec<char> {
    if matches!(character, '%' | '_' | '!') {
        vec!['!', character]
    } else {
        vec![character]
    }
}
