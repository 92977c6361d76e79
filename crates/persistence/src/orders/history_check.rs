//! Recomputes the history of one order, or of every order, page by page.

use countermand_domain::OrderId;
use sea_orm::Iterable;
use sea_orm::sea_query::{Expr, ExprTrait, Order as Direction, Query, SelectStatement};
use serde::Deserialize;

use crate::database::Database;
use crate::error::DatabaseError;
use crate::orders::history_chain::{ChainCheck, HistoryHead};
use crate::rows::entity::order_event::Column;
use crate::rows::entity::{order, order_event};
use crate::sql::script::Script;

/// The number of events that are read at once.
const PAGE: u64 = 500;

/// The result of recomputing the history of one order, or of every order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryReport {
    /// The number of orders whose history is not as it was written.
    pub broken: u64,
    /// Some of these orders: the id of each, and the version of the first event that does not fit.
    pub examples: Vec<(i64, i64)>,
    /// The number of events without a hash: versions of the program before `m0048` wrote them.
    pub unchained: u64,
}

/// An event, and the end of the chain in the row of its order, read at the same moment.
#[derive(Debug, Deserialize)]
struct ChainRow {
    order_id: i64,
    version: i64,
    id: String,
    kind: String,
    actor: String,
    origin: String,
    note: String,
    created_at: i64,
    schema_version: i32,
    data: Option<String>,
    hash: Option<String>,
    /// None also if there is no such order.
    kept: Option<String>,
}

/// The history of one order, as far as it was read.
#[derive(Debug)]
struct OrderHistory {
    order: i64,
    check: ChainCheck,
    kept: HistoryHead,
}

impl OrderHistory {
    fn of(order: i64) -> Self {
        Self {
            order,
            check: ChainCheck::default(),
            kept: HistoryHead::default(),
        }
    }

    fn see(&mut self, row: ChainRow) {
        self.kept = HistoryHead::from_column(row.kept.as_deref());
        self.check.see(&row.event());
    }

    fn broken_at(&self) -> Option<i64> {
        self.check.broken_at(self.kept)
    }
}

impl Database {
    /// Recomputes the history of one order.
    pub async fn check_history(&self, order: OrderId) -> Result<HistoryReport, DatabaseError> {
        let history = self.whole_history(order.number()).await?;
        let broken_at = history.broken_at();
        Ok(HistoryReport {
            broken: u64::from(broken_at.is_some()),
            examples: broken_at
                .map(|version| (history.order, version))
                .into_iter()
                .collect(),
            unchained: history.check.unchained(),
        })
    }

    /// Recomputes the history of every order. The report has at most `most` examples.
    pub async fn check_histories(&self, most: usize) -> Result<HistoryReport, DatabaseError> {
        let mut report = HistoryReport::default();
        let mut read: Option<OrderHistory> = None;
        let mut last = (0, 0);
        loop {
            let page = self.history_rows(&next_events(last)).await?;
            let Some(end) = page.last() else { break };
            last = (end.order_id, end.version);
            for row in page {
                if let Some(whole) = read.take_if(|it| it.order != row.order_id) {
                    self.report_history(&whole, most, &mut report).await?;
                }
                let order = row.order_id;
                read.get_or_insert_with(|| OrderHistory::of(order)).see(row);
            }
        }
        if let Some(whole) = read {
            self.report_history(&whole, most, &mut report).await?;
        }
        Ok(report)
    }

    /// Adds to `report` what was found about one order.
    async fn report_history(
        &self,
        history: &OrderHistory,
        most: usize,
        report: &mut HistoryReport,
    ) -> Result<(), DatabaseError> {
        report.unchained += history.check.unchained();
        if history.broken_at().is_none() {
            return Ok(());
        }
        // The history may have been read in two pages, between which its buyer was erased. Only what remains when the
        // whole history is read at once counts.
        let again = self.whole_history(history.order).await?;
        if let Some(version) = again.broken_at() {
            report.broken += 1;
            if report.examples.len() < most {
                report.examples.push((history.order, version));
            }
        }
        Ok(())
    }

    /// The history of `order`, which is read at once.
    async fn whole_history(&self, order: i64) -> Result<OrderHistory, DatabaseError> {
        let mut history = OrderHistory::of(order);
        for row in self.history_rows(&events_of(order)).await? {
            history.see(row);
        }
        Ok(history)
    }

    async fn history_rows(&self, select: &SelectStatement) -> Result<Vec<ChainRow>, DatabaseError> {
        let mut script = Script::read(self);
        let rows = script.rows(select);
        script.fetch().await?.take(rows)
    }
}

impl ChainRow {
    fn event(self) -> order_event::Model {
        order_event::Model {
            order_id: self.order_id,
            version: self.version,
            id: self.id,
            kind: self.kind,
            actor: self.actor,
            origin: self.origin,
            note: self.note,
            created_at: self.created_at,
            schema_version: self.schema_version,
            data: self.data,
            hash: self.hash,
        }
    }
}

/// The events after `last`, which is the id of an order and the version of an event.
fn next_events(last: (i64, i64)) -> SelectStatement {
    let (order, version) = last;
    let column = |column: Column| Expr::col((order_event::Entity, column));
    let later = column(Column::OrderId).gt(order);
    let mut page = chain_rows();
    // The first condition alone leads through the index on every database.
    page.and_where(column(Column::OrderId).gte(order))
        .and_where(later.or(column(Column::Version).gt(version)))
        .limit(PAGE);
    page
}

/// All events of `order`.
fn events_of(order: i64) -> SelectStatement {
    let mut events = chain_rows();
    events.and_where(Expr::col((order_event::Entity, Column::OrderId)).eq(order));
    events
}

/// Events with the end of the chain in the row of their order, by order and version.
fn chain_rows() -> SelectStatement {
    let of_event =
        Expr::col((order::Entity, order::Column::Id)).equals((order_event::Entity, Column::OrderId));
    let mut rows = Query::select();
    rows.columns(Column::iter().map(|column| (order_event::Entity, column)))
        .column((order::Entity, order::Column::HistoryHash))
        .from(order_event::Entity)
        .left_join(order::Entity, of_event)
        .order_by((order_event::Entity, Column::OrderId), Direction::Asc)
        .order_by((order_event::Entity, Column::Version), Direction::Asc);
    rows
}
