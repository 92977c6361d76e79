//! Reads what a report about cancellations needs: the cancellations of a time, and how many orders were placed in it.

use chrono::{DateTime, Utc};
use countermand_domain::{Money, OrderId, StoreNumber};
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Order as Direction, Query, SelectStatement};
use sea_orm::{ColumnTrait, DatabaseBackend};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::{cancellation, order};
use crate::rows::order::{currency, order_id};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::one_of::one_of;
use crate::sql::script::{Rows, Script};

/// The microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// A cancellation, as reports count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedCancellation {
    /// The order of which something was canceled.
    pub order: OrderId,
    /// The order's version after the cancellation.
    pub version: i64,
    /// Whether no earlier cancellation took a part of the order.
    pub is_first: bool,
    /// When it was canceled.
    pub at: DateTime<Utc>,
    /// The code of the reason.
    pub reason_code: String,
    /// Who canceled, such as `customer:10000000001`, `guest` or `staff:anna`.
    pub actor: String,
    /// The money that will never be billed.
    pub canceled: Money,
    /// The money that flows back.
    pub refunded: Money,
}

/// A part of a report's time, in which the local time differs from UTC by one offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportedTime {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The instant after the last one.
    pub until: DateTime<Utc>,
    /// The seconds that local time is ahead of UTC.
    pub offset_seconds: i32,
}

/// The number of orders that were placed in one store view on one local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedOrders {
    /// The store view.
    pub store: StoreNumber,
    /// The day, as the number of days since 1970-01-01.
    pub day: i64,
    /// The number of orders.
    pub count: u64,
}

/// `order_id`, `version`, `created_at`, `reason_code`, `actor`, `canceled_total`, `refund_total`, `currency`, the
/// version of an earlier cancellation of the order.
type CancellationRow = (i64, i64, i64, String, String, i64, i64, String, Option<i64>);

/// `store_number`, the microseconds from 1970-01-01 to the local day, the number of orders.
type PlacedRow = (i32, i64, i64);

impl Database {
    /// At most `limit` cancellations from `from` until before `until`, oldest first, of orders of `stores`, or of all.
    /// `after` is the last one that was read before.
    pub async fn cancellations_between(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        stores: Option<&[StoreNumber]>,
        after: Option<&ReportedCancellation>,
        limit: u64,
    ) -> Result<Vec<ReportedCancellation>, DatabaseError> {
        let (script, rows) = self.cancellations_script(from, until, stores, after, limit);
        let rows = script.fetch().await?.take(rows)?;
        rows.into_iter().map(reported).collect()
    }

    pub(crate) fn cancellations_script(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        stores: Option<&[StoreNumber]>,
        after: Option<&ReportedCancellation>,
        limit: u64,
    ) -> (Script<'_>, Rows<CancellationRow>) {
        use cancellation::{Column as C, Entity as Cancellations};
        let begin = after.map_or(from, |last| last.at);
        let mut page = Query::select();
        page.columns([
            (Cancellations, C::OrderId),
            (Cancellations, C::Version),
            (Cancellations, C::CreatedAt),
            (Cancellations, C::ReasonCode),
            (Cancellations, C::Actor),
            (Cancellations, C::CanceledTotal),
            (Cancellations, C::RefundTotal),
        ])
        .column((order::Entity, order::Column::Currency))
        .expr(earlier_cancellation())
        .from(Cancellations)
        .inner_join(
            order::Entity,
            Expr::col((order::Entity, order::Column::Id)).equals((Cancellations, C::OrderId)),
        )
        .and_where(C::CreatedAt.gte(to_micros(begin)))
        .and_where(C::CreatedAt.lt(to_micros(until)))
        .order_by((Cancellations, C::CreatedAt), Direction::Asc)
        .order_by((Cancellations, C::OrderId), Direction::Asc)
        .order_by((Cancellations, C::Version), Direction::Asc)
        .limit(limit);
        if let Some(stores) = stores {
            let stores = stores.iter().map(|store| store.0);
            page.and_where(Expr::col((order::Entity, order::Column::StoreNumber)).is_in(stores));
        }
        if let Some(last) = after {
            let later = C::CreatedAt.gt(to_micros(last.at));
            let later_version = C::OrderId
                .eq(last.order.number())
                .and(C::Version.gt(last.version));
            page.and_where(later.or(C::OrderId.gt(last.order.number())).or(later_version));
        }
        let mut script = Script::read(self);
        let rows = script.rows(&page);
        (script, rows)
    }

    /// The number of orders that were placed in each of `stores` on each local day of `times`.
    pub async fn orders_placed(
        &self,
        stores: &[StoreNumber],
        times: &[ReportedTime],
    ) -> Result<Vec<PlacedOrders>, DatabaseError> {
        if stores.is_empty() {
            return Ok(Vec::new());
        }
        let (script, counts) = self.orders_placed_script(stores, times);
        let answers = script.fetch().await?;
        let mut placed = Vec::new();
        for rows in counts {
            for (store, day, count) in answers.take(rows)? {
                placed.push(PlacedOrders {
                    store: StoreNumber(store),
                    day: day.div_euclid(DAY),
                    count: u64::try_from(count).unwrap_or(0),
                });
            }
        }
        Ok(placed)
    }

    pub(crate) fn orders_placed_script(
        &self,
        stores: &[StoreNumber],
        times: &[ReportedTime],
    ) -> (Script<'_>, Vec<Rows<PlacedRow>>) {
        let mut script = Script::read(self);
        let counts = times
            .iter()
            .map(|time| script.rows(&placed_in(stores, *time, self.backend())))
            .collect();
        (script, counts)
    }
}

/// Counts the orders of `time` by store view and day. The index by store view and time holds all that is needed.
fn placed_in(stores: &[StoreNumber], time: ReportedTime, backend: DatabaseBackend) -> SelectStatement {
    use order::Column as C;
    let stores: Vec<i32> = stores.iter().map(|store| store.0).collect();
    let local = || Expr::col(C::PlacedAt).add(i64::from(time.offset_seconds) * 1_000_000);
    let (placed, store, day) = (
        Alias::new("placed"),
        Alias::new("store_number"),
        Alias::new("local_day"),
    );
    let mut orders = Query::select();
    orders
        .column(C::StoreNumber)
        .expr_as(local().sub(local().modulo(DAY)), day.clone())
        .from(order::Entity)
        .and_where(one_of(C::StoreNumber, stores, backend))
        .and_where(C::PlacedAt.gte(to_micros(time.from)))
        .and_where(C::PlacedAt.lt(to_micros(time.until)));
    let mut count = Query::select();
    count
        .columns([store.clone(), day.clone()])
        .expr(Expr::col(Asterisk).count())
        .from_subquery(orders, placed)
        .group_by_columns([store, day]);
    count
}

/// The version of any earlier cancellation of the same order. MariaDB would read all earlier ones to find the latest, so
/// the time for an order would grow with the square of its cancellations.
fn earlier_cancellation() -> SelectStatement {
    use cancellation::{Column as C, Entity as Cancellations};
    let earlier = Alias::new("earlier");
    let mut version = Query::select();
    version
        .column((earlier.clone(), C::Version))
        .from_as(Cancellations, earlier.clone())
        .and_where(Expr::col((earlier.clone(), C::OrderId)).equals((Cancellations, C::OrderId)))
        .and_where(Expr::col((earlier, C::Version)).lt(Expr::col((Cancellations, C::Version))))
        .limit(1);
    version
}

fn reported(row: CancellationRow) -> Result<ReportedCancellation, DatabaseError> {
    let (order, version, at, reason_code, actor, canceled, refunded, code, earlier) = row;
    let currency = currency(&code)?;
    Ok(ReportedCancellation {
        order: order_id(order)?,
        version,
        is_first: earlier.is_none(),
        at: from_micros(at)?,
        reason_code,
        actor,
        canceled: Money::new(canceled, currency),
        refunded: Money::new(refunded, currency),
    })
}
