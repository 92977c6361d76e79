//! Lists a customer's orders with filters, sorting and pages.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{CustomerId, Order, OrderNumber, Shop, StoreNumber};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Order as Direction};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::orders::order_count;
use crate::orders::recent_orders::OrderHead;
use crate::payments::ReversalsOfOrders;
use crate::rows::entity::order::{Column, Entity};
use crate::rows::entity::order_item;
use crate::rows::time::{from_micros, to_micros};
use crate::shop::structure::{AskedVersion, ShopVersion};
use crate::sql::answers::Answers;
use crate::sql::contains::contains;
use crate::sql::script::{Rows, Script};

/// The orders to list. An order must pass all filters; an empty filter passes all orders.
#[derive(Debug, Clone)]
pub struct CustomerOrdersQuery {
    /// The customer who placed the orders.
    pub customer: CustomerId,
    /// The store views of the orders.
    pub stores: Vec<StoreNumber>,
    /// The order numbers, of which one must match exactly.
    pub numbers: Option<Vec<OrderNumber>>,
    /// A part of the order number.
    pub number_part: Option<String>,
    /// A part of the order number, or of the name or SKU of an item.
    pub text: Option<String>,
    /// The status codes, of which one must match exactly.
    pub statuses: Option<Vec<String>>,
    /// The range of the time when the order was placed.
    pub placed: OrderRange<DateTime<Utc>>,
    /// The range of the base grand total, in minor units of the base currency.
    pub base_grand_total: OrderRange<i64>,
    /// The sorting of the orders.
    pub sort: OrderSort,
    /// The page, from 1. A page past the end shows the last page (`docs/contract.md` section 9).
    pub page: u64,
    /// The number of orders on a page.
    pub page_size: u64,
    /// Whether the orders are counted. With a filter, counting takes longer the more orders the customer has.
    pub counts_all: bool,
    /// Whether the time of the customer's first order is read.
    pub finds_first: bool,
}

impl CustomerOrdersQuery {
    /// Whether every order of the customer in these store views passes the filters.
    fn passes_all(&self) -> bool {
        self.numbers.is_none()
            && self.number_part.is_none()
            && self.text.is_none()
            && self.statuses.is_none()
            && self.placed == OrderRange::default()
            && self.base_grand_total == OrderRange::default()
    }
}

/// A range that includes both of its ends. Each end may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderRange<T> {
    /// The least value.
    pub from: Option<T>,
    /// The greatest value.
    pub to: Option<T>,
}

impl<T> Default for OrderRange<T> {
    /// The range that includes every value.
    fn default() -> Self {
        Self { from: None, to: None }
    }
}

/// The sorting of a customer's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderSort {
    /// By id, which is the sequence in which the orders were stored.
    Id,
    /// By order number.
    Number {
        /// Whether the largest number comes first.
        descending: bool,
    },
    /// By the time when the orders were placed.
    PlacedAt {
        /// Whether the newest order comes first.
        descending: bool,
    },
}

/// A page of a customer's orders.
#[derive(Debug, Clone)]
pub struct OrdersPage {
    /// The orders.
    pub orders: Vec<Arc<Order>>,
    /// The voids and refunds of the orders; none where they were not read.
    pub reversals: Option<ReversalsOfOrders>,
    /// The shop to which the orders belong.
    pub shop: Arc<Shop>,
    /// The number of orders that pass the filters; none if it was neither requested nor needed.
    pub total: Option<u64>,
    /// The number of the page that is shown.
    pub page: u64,
    /// The time of the customer's first order, if it was requested. The filters do not affect it.
    pub first_placed_at: Option<DateTime<Utc>>,
}

impl Database {
    /// A page of a customer's orders. It takes at most two round trips, or four if the requested page lies past the
    /// end.
    pub async fn customer_orders(&self, query: &CustomerOrdersQuery) -> Result<OrdersPage, DatabaseError> {
        let (script, asked) = self.customer_orders_script(query, query.page);
        let answers = script.fetch().await?;
        let shop = asked.version.read_from(&answers)?.shop(self).await?;
        let total = asked.total.map(|total| total_of(&answers, total)).transpose()?;
        let first = asked
            .first_placed_at
            .map(|first| answers.first(first))
            .transpose()?;
        let first = first.flatten().and_then(|(first,): (Option<i64>,)| first);
        let mut page = OrdersPage {
            orders: Vec::new(),
            reversals: None,
            shop,
            total,
            page: query.page,
            first_placed_at: first.map(from_micros).transpose()?,
        };
        let mut heads = answers.take(asked.heads)?;
        if heads.is_empty() && query.page > 1 {
            heads = self.last_page(query, &mut page).await?;
        }
        (page.orders, page.reversals) = self.orders_of(&heads).await?;
        Ok(page)
    }

    /// The orders of `heads`. Those that are not kept are read in one round trip, together with the voids and refunds of
    /// all where this handle reads them. An order that was changed since its head was read is given as it is now.
    async fn orders_of(
        &self,
        heads: &[OrderHead],
    ) -> Result<(Vec<Arc<Order>>, Option<ReversalsOfOrders>), DatabaseError> {
        let mut orders = HashMap::with_capacity(heads.len());
        let mut missing = Vec::new();
        for head in heads {
            match self.recent_orders.get(*head)? {
                Some(order) => {
                    orders.insert(head.id, order);
                }
                None => missing.push(head.id),
            }
        }
        let all = heads.iter().map(|head| head.id).collect();
        let (read, reversals) = self.read_page(missing, all).await?;
        for order in read {
            let order = Arc::new(order);
            self.recent_orders.keep(order.clone());
            orders.insert(order.id.number(), order);
        }
        let orders = heads.iter().filter_map(|head| orders.remove(&head.id));
        Ok((orders.collect(), reversals))
    }

    /// The heads of the last page, if the requested page lies past the end (`docs/contract.md` section 9).
    async fn last_page(
        &self,
        query: &CustomerOrdersQuery,
        page: &mut OrdersPage,
    ) -> Result<Vec<OrderHead>, DatabaseError> {
        let total = if let Some(total) = page.total {
            total
        } else {
            let mut script = Script::read(self);
            let total = script.rows(&count(query));
            total_of(&script.fetch().await?, total)?
        };
        let last_page = Ord::max(total.div_ceil(Ord::max(query.page_size, 1)), 1);
        page.total = Some(total);
        page.page = Ord::min(query.page, last_page);
        let mut script = Script::read(self);
        let heads = script.rows(&heads_of(query, page.page));
        script.fetch().await?.take(heads)
    }

    pub(crate) fn customer_orders_script(
        &self,
        query: &CustomerOrdersQuery,
        page: u64,
    ) -> (Script<'_>, AskedPage) {
        let mut script = Script::read(self);
        let version = ShopVersion::add_to(&mut script);
        let total = query.counts_all.then(|| script.rows(&count(query)));
        let first = query
            .finds_first
            .then(|| script.rows(&first_placed(query.customer)));
        let asked = AskedPage {
            version,
            total,
            first_placed_at: first,
            heads: script.rows(&heads_of(query, page)),
        };
        (script, asked)
    }
}

/// The positions of a page's parts in the answers.
pub(crate) struct AskedPage {
    version: AskedVersion,
    total: Option<Rows<(i64,)>>,
    first_placed_at: Option<Rows<(Option<i64>,)>>,
    heads: Rows<OrderHead>,
}

/// The sum of the counts in the answer of [`count`].
fn total_of(answers: &Answers, asked: Rows<(i64,)>) -> Result<u64, DatabaseError> {
    let counts = answers.take(asked)?.into_iter();
    let total: i64 = counts.map(|(count,)| count).sum();
    Ok(u64::try_from(total).unwrap_or(0))
}

/// Counts the orders: without a filter, the counts that imports keep; otherwise, the orders that pass the filters.
fn count(query: &CustomerOrdersQuery) -> SelectStatement {
    if query.passes_all() {
        return order_count::counts_of(query.customer, &query.stores);
    }
    let mut count = Query::select();
    count
        .expr(Expr::col(Column::Id).count())
        .from(Entity)
        .cond_where(condition(query));
    count
}

/// The heads of a page. The statement finds the page's ids in an index, and then reads only the rows with these ids.
///
/// Otherwise a database would read every row of the customer up to the page.
fn heads_of(query: &CustomerOrdersQuery, page: u64) -> SelectStatement {
    let passed_over = page.saturating_sub(1).saturating_mul(query.page_size);
    // No database accepts a larger offset.
    let passed_over = Ord::min(passed_over, i64::MAX.unsigned_abs());
    let mut ids = Query::select();
    ids.column(Column::Id)
        .from(Entity)
        .cond_where(condition(query))
        .limit(query.page_size)
        .offset(passed_over);
    for (column, direction) in sorting(query.sort) {
        ids.order_by(column, direction);
    }
    // The ids are in a derived table, because MySQL does not allow `LIMIT` directly in a condition.
    let mut page = Query::select();
    page.column(Column::Id).from_subquery(ids, "page");
    let mut heads = Query::select();
    heads
        .columns([Column::Id, Column::Version, Column::UpdatedAt])
        .from(Entity)
        .and_where(Column::Id.in_subquery(page));
    for (column, direction) in sorting(query.sort) {
        heads.order_by(column, direction);
    }
    heads
}

fn sorting(sort: OrderSort) -> Vec<(Column, Direction)> {
    let direction = |descending| {
        if descending {
            Direction::Desc
        } else {
            Direction::Asc
        }
    };
    match sort {
        OrderSort::Id => vec![(Column::Id, Direction::Asc)],
        OrderSort::Number { descending } => vec![
            (Column::Number, direction(descending)),
            (Column::Id, direction(descending)),
        ],
        OrderSort::PlacedAt { descending } => vec![
            (Column::PlacedAt, direction(descending)),
            (Column::Id, direction(descending)),
        ],
    }
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
        all = all.add(Column::Number.is_in(numbers.iter().map(OrderNumber::as_str)));
    }
    if let Some(part) = &query.number_part {
        all = all.add(contains(Expr::col(Column::Number), part));
    }
    if let Some(text) = &query.text {
        let ordered = Expr::exists(rows_with(text));
        all = all.add(contains(Expr::col(Column::Number), text).or(ordered));
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

/// The items of an order whose name or SKU contains `text`.
fn rows_with(text: &str) -> SelectStatement {
    use order_item::{Column as Row, Entity as Rows};
    let mut rows = Query::select();
    rows.expr(Expr::val(1))
        .from(Rows)
        .and_where(Expr::col((Rows, Row::OrderId)).equals((Entity, Column::Id)))
        .and_where(
            contains(Expr::col((Rows, Row::Name)), text).or(contains(Expr::col((Rows, Row::Sku)), text)),
        );
    rows
}
