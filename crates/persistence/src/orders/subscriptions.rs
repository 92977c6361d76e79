//! Finds the newest order of a subscription, and the subscriptions of a customer.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{CustomerId, Order, OrderId, Shop, StoreNumber};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, WindowStatement};
use sea_orm::{ColumnTrait, Order as Direction};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::orders::import::KnownOrder;
use crate::rows::entity::order_subscription::{Column, Entity, Model};
use crate::rows::order::order_id;
use crate::rows::subscriptions_column::subscription_rows;
use crate::rows::time::to_micros;
use crate::shop::structure::{AskedVersion, ShopVersion};
use crate::sql::rows::insert;
use crate::sql::script::{Rows, Script};

/// The column for the place of a period among those of its subscription.
const PLACE: &str = "place";

/// A page of a customer's subscriptions, the one with the newest paid period first.
#[derive(Debug, Clone)]
pub struct SubscriptionsPage {
    /// The id of each subscription, with the order that pays its newest period.
    pub subscriptions: Vec<(String, Arc<Order>)>,
    /// The number of the customer's subscriptions.
    pub total: u64,
    /// The shop to which the orders belong.
    pub shop: Arc<Shop>,
}

/// The orders among which the newest order of a subscription is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionOrders {
    /// The orders of this customer.
    OfCustomer(CustomerId),
    /// The orders of this store view, or of all store views.
    OfStore(Option<StoreNumber>),
}

/// The positions of a page's parts in the answers.
pub(crate) struct AskedSubscriptions {
    version: AskedVersion,
    total: Rows<(i64,)>,
    rows: Rows<(String, i64)>,
}

impl Database {
    /// A page of the subscriptions of a customer, from page 1, in two round trips. A page past the end is empty.
    pub async fn customer_subscriptions(
        &self,
        customer: CustomerId,
        page: u64,
        page_size: u64,
    ) -> Result<SubscriptionsPage, DatabaseError> {
        let (script, asked) = self.customer_subscriptions_script(customer, page, page_size);
        let answers = script.fetch().await?;
        let shop = asked.version.read_from(&answers)?.shop(self).await?;
        let total = answers.first(asked.total)?.map_or(0, |(count,)| count);
        let rows = answers.take(asked.rows)?;
        let mut ids: Vec<i64> = rows.iter().map(|row| row.1).collect();
        ids.sort_unstable();
        ids.dedup();
        let orders = self.read_orders(ids).await?.into_iter();
        let orders: HashMap<i64, Arc<Order>> =
            orders.map(|order| (order.id.number(), Arc::new(order))).collect();
        let found = |(id, order): (String, i64)| Some((id, orders.get(&order)?.clone()));
        Ok(SubscriptionsPage {
            subscriptions: rows.into_iter().filter_map(found).collect(),
            total: u64::try_from(total).unwrap_or(0),
            shop,
        })
    }

    pub(crate) fn customer_subscriptions_script(
        &self,
        customer: CustomerId,
        page: u64,
        page_size: u64,
    ) -> (Script<'_>, AskedSubscriptions) {
        let mut count = Query::select();
        count
            .expr(Expr::col(Column::SubscriptionId).count_distinct())
            .from(Entity)
            .and_where(Column::CustomerId.eq(customer.number()));
        let passed_over = page.saturating_sub(1).saturating_mul(page_size);
        let mut rows = Query::select();
        rows.columns([Column::SubscriptionId, Column::OrderId])
            .from_subquery(placed_periods(customer), "periods")
            .and_where(Expr::col(PLACE).eq(1_i64))
            .order_by(Column::PaidFrom, Direction::Desc)
            .order_by(Column::OrderId, Direction::Desc)
            .limit(page_size)
            // No database accepts a larger offset.
            .offset(Ord::min(passed_over, i64::MAX.unsigned_abs()));
        let mut script = Script::read(self);
        let asked = AskedSubscriptions {
            version: ShopVersion::add_to(&mut script),
            total: script.rows(&count),
            rows: script.rows(&rows),
        };
        (script, asked)
    }

    /// The order that pays the newest period of the subscription with the id `id`.
    pub async fn newest_order_of_subscription(
        &self,
        id: &str,
        among: SubscriptionOrders,
    ) -> Result<Option<OrderId>, DatabaseError> {
        let (script, rows) = self.newest_order_script(id, among, None);
        let found = script.fetch().await?.first(rows)?;
        found.map(|(order,)| order_id(order)).transpose()
    }

    /// The order that pays the newest period of the subscription with the id `id` among the periods that begin before
    /// `paid_from`.
    pub async fn order_of_subscription_before(
        &self,
        id: &str,
        among: SubscriptionOrders,
        paid_from: DateTime<Utc>,
    ) -> Result<Option<OrderId>, DatabaseError> {
        let (script, rows) = self.newest_order_script(id, among, Some(paid_from));
        let found = script.fetch().await?.first(rows)?;
        found.map(|(order,)| order_id(order)).transpose()
    }

    pub(crate) fn newest_order_script(
        &self,
        id: &str,
        among: SubscriptionOrders,
        before: Option<DateTime<Utc>>,
    ) -> (Script<'_>, Rows<(i64,)>) {
        let mut newest = Query::select();
        newest
            .column(Column::OrderId)
            .from(Entity)
            .and_where(Column::SubscriptionId.eq(id))
            .order_by(Column::PaidFrom, Direction::Desc)
            .order_by(Column::OrderId, Direction::Desc)
            .limit(1);
        if let Some(before) = before {
            newest.and_where(Column::PaidFrom.lt(to_micros(before)));
        }
        match among {
            SubscriptionOrders::OfCustomer(customer) => {
                newest.and_where(Column::CustomerId.eq(customer.number()));
            }
            SubscriptionOrders::OfStore(Some(store)) => {
                let (first, last) = OrderId::range_of(store);
                newest.and_where(Column::OrderId.between(first, last));
            }
            SubscriptionOrders::OfStore(None) => {}
        }
        let mut script = Script::read(self);
        let rows = script.rows(&newest);
        (script, rows)
    }
}

/// Adds the subscriptions of new orders to the table.
pub(crate) fn add_new<'a>(script: &mut Script<'_>, orders: impl IntoIterator<Item = &'a Order>) {
    let rows = orders.into_iter().flat_map(subscription_rows);
    insert::<Model>(script, rows.collect::<Vec<_>>());
}

/// Takes the subscriptions of an order that is replaced out of the table.
pub(crate) fn take_out(script: &mut Script<'_>, known: &KnownOrder) {
    script.add(
        Query::delete()
            .from_table(Entity)
            .and_where(Column::OrderId.eq(known.id.number())),
    );
}

/// Leaves the subscriptions of an order to no account.
pub(crate) fn without_account(script: &mut Script<'_>, order: &Order) {
    script.add(
        Query::update()
            .table(Entity)
            .value(Column::CustomerId, Option::<i64>::None)
            .and_where(Column::OrderId.eq(order.id.number())),
    );
}

/// The rows of a customer, each with its place among those of its subscription: the newest one has the place 1.
///
/// A database reads and sorts the rows once. To look for newer rows beside each of them would take a time that grows with
/// the square of the number of periods.
fn placed_periods(customer: CustomerId) -> SelectStatement {
    let mut newest_first = WindowStatement::partition_by(Column::SubscriptionId);
    newest_first
        .order_by(Column::PaidFrom, Direction::Desc)
        .order_by(Column::OrderId, Direction::Desc);
    let mut periods = Query::select();
    periods
        .columns([Column::SubscriptionId, Column::OrderId, Column::PaidFrom])
        .expr_window_as(Expr::cust("ROW_NUMBER()"), newest_first, PLACE)
        .from(Entity)
        .and_where(Column::CustomerId.eq(customer.number()));
    periods
}
