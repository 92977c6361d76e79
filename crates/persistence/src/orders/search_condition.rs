//! The conditions of a staff search: those that an index finds, and those for which orders are looked at one by one.

use chrono::{DateTime, Utc};
use countermand_domain::channel::ChannelOrderNumber;
use countermand_domain::{Currency, Email, OrderNumber, OrderState, StoreNumber};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ColumnTrait, DatabaseBackend};

use crate::orders::customer_orders::OrderRange;
use crate::rows::entity::order::{Column, Entity};
use crate::rows::entity::order_status::Column as StatusColumn;
use crate::rows::entity::{cancellation, channel_import, order_item};
use crate::rows::time::to_micros;
use crate::sql::contains::contains;
use crate::sql::one_of::one_of;

/// The most orders that a page looks at for facts that no index finds, and the most orders that are counted.
pub(super) const MOST_LOOKED_AT: u64 = 10_000;

/// The filters of a staff search. An order must pass all of them.
#[derive(Debug, Clone)]
pub struct OrderSearch {
    /// The store view of the orders.
    pub store: Option<StoreNumber>,
    /// The status code of the orders.
    pub status: Option<String>,
    /// The order number.
    pub number: Option<OrderNumber>,
    /// The number that a sales channel gave to the order from which it was imported.
    pub channel_number: Option<ChannelOrderNumber>,
    /// The e-mail address of the buyer.
    pub email: Option<String>,
    /// The range of the time when the orders were placed.
    pub placed: OrderRange<DateTime<Utc>>,
    /// The range of the time when the orders were canceled. An open range finds orders that were never canceled, too.
    pub canceled: OrderRange<DateTime<Utc>>,
    /// The facts that no index finds.
    pub facts: SearchedFacts,
    /// The most orders that a page looks at for these facts, and the most orders that are counted.
    pub most_looked_at: u64,
    /// The end of the page before: the search finds only orders
    /// placed before this time, or at this time with a smaller id.
    pub after: Option<(DateTime<Utc>, i64)>,
    /// The largest number of orders on the page.
    pub limit: u64,
}

/// The filters for which a search looks at orders one by one, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchedFacts {
    /// A part of the order number.
    pub number_part: Option<String>,
    /// A part of the buyer's e-mail address.
    pub email_part: Option<String>,
    /// A part of the buyer's given and family name, which are joined by a space.
    pub name_part: Option<String>,
    /// A part of the SKU of an item.
    pub sku_part: Option<String>,
    /// The name of the sales channel from which the order was imported.
    pub sales_channel: Option<String>,
    /// The state of the order.
    pub state: Option<OrderState>,
    /// Whether the buyer has paid the grand total.
    pub is_paid: Option<bool>,
    /// The code of the reason for which the order was canceled.
    pub reason_code: Option<String>,
    /// The currency of the order.
    pub currency: Option<Currency>,
    /// The range of the grand total, in minor units.
    pub grand_total: OrderRange<i64>,
}

impl Default for OrderSearch {
    /// The search without a filter, for a page without orders.
    fn default() -> Self {
        Self {
            store: None,
            status: None,
            number: None,
            channel_number: None,
            email: None,
            placed: OrderRange::default(),
            canceled: OrderRange::default(),
            facts: SearchedFacts::default(),
            most_looked_at: MOST_LOOKED_AT,
            after: None,
            limit: 0,
        }
    }
}

impl OrderSearch {
    /// The condition that an index finds. `canceled` are the orders that were canceled in the asked time, if it
    /// matters.
    pub(super) fn indexed(&self, canceled: Option<&[i64]>, backend: DatabaseBackend) -> Condition {
        let mut all = Condition::all();
        if let Some(canceled) = canceled {
            all = all.add(one_of(Column::Id, canceled.to_vec(), backend));
        }
        if let Some(store) = self.store {
            all = all.add(Column::StoreNumber.eq(store.0));
        }
        if let Some(status) = &self.status {
            all = all.add(StatusColumn::Status.eq(status.as_str()));
        }
        if let Some(number) = &self.number {
            all = all.add(Column::Number.eq(number.as_str()));
        }
        if let Some(number) = &self.channel_number {
            all = all.add(Column::Id.in_subquery(imported_with_number(number)));
        }
        if let Some(email) = &self.email {
            all = all.add(Column::Email.is_in([email.clone(), Email::new(email).into()]));
        }
        let (placed_at, id) = self.sorting();
        if let Some(from) = self.placed.from {
            all = all.add(placed_at.clone().gte(to_micros(from)));
        }
        if let Some(to) = self.placed.to {
            all = all.add(placed_at.clone().lte(to_micros(to)));
        }
        if let Some((last_placed_at, last_id)) = self.after {
            let last_placed_at = to_micros(last_placed_at);
            let same_instant = placed_at.clone().eq(last_placed_at).and(id.lt(last_id));
            all = all
                .add(placed_at.clone().lte(last_placed_at))
                .add(placed_at.lt(last_placed_at).or(same_instant));
        }
        all
    }

    /// The columns by which the orders are sorted. A search for a status uses the columns that are in an index with it.
    pub(super) fn sorting(&self) -> (Expr, Expr) {
        if self.status.is_some() {
            (
                StatusColumn::PlacedAt.into_expr(),
                StatusColumn::OrderId.into_expr(),
            )
        } else {
            (Column::PlacedAt.into_expr(), Column::Id.into_expr())
        }
    }

    /// The index of the table of orders in which the orders stand in their sequence; none if another condition finds
    /// them.
    pub(super) fn index_of_sequence(&self) -> Option<&'static str> {
        let has_other = self.status.is_some()
            || self.number.is_some()
            || self.channel_number.is_some()
            || self.email.is_some()
            || self.canceled != OrderRange::default();
        match self.store {
            _ if has_other => None,
            Some(_) => Some("idx_orders_store_number_placed_at_id"),
            None => Some("idx_orders_placed_at_id"),
        }
    }

    /// Reads at most `limit` orders that were canceled in the asked time; none if the search does not ask for a time.
    pub(super) fn canceled_orders(&self, limit: u64) -> Option<SelectStatement> {
        use cancellation::{Column as C, Entity as Cancellations};
        if self.canceled == OrderRange::default() {
            return None;
        }
        let mut orders = Query::select();
        orders.column(C::OrderId).from(Cancellations).limit(limit);
        if let Some(from) = self.canceled.from {
            orders.and_where(C::CreatedAt.gte(to_micros(from)));
        }
        if let Some(to) = self.canceled.to {
            orders.and_where(C::CreatedAt.lte(to_micros(to)));
        }
        Some(orders)
    }
}

impl SearchedFacts {
    /// The condition on one order.
    pub(super) fn condition(&self, backend: DatabaseBackend) -> Condition {
        let column = |column: Column| Expr::col((Entity, column));
        let mut all = Condition::all();
        if let Some(part) = &self.number_part {
            all = all.add(contains(column(Column::Number), part));
        }
        if let Some(part) = &self.email_part {
            all = all.add(contains(column(Column::Email), part));
        }
        if let Some(part) = &self.name_part {
            all = all.add(contains(full_name(backend), part));
        }
        if let Some(part) = &self.sku_part {
            all = all.add(is_any(items_with_sku(part)));
        }
        if let Some(channel) = &self.sales_channel {
            all = all.add(is_any(imports_from(channel)));
        }
        if let Some(state) = self.state {
            all = all.add(column(Column::State).eq(state.code()));
        }
        if let Some(is_paid) = self.is_paid {
            let paid = Expr::expr(Func::coalesce([column(Column::Paid), Expr::val(0_i64)]));
            all = all.add(if is_paid {
                paid.gte(column(Column::GrandTotal))
            } else {
                paid.lt(column(Column::GrandTotal))
            });
        }
        if let Some(reason) = &self.reason_code {
            all = all.add(is_any(cancellations_for(reason)));
        }
        if let Some(currency) = self.currency {
            all = all.add(column(Column::Currency).eq(currency.code()));
        }
        if let Some(from) = self.grand_total.from {
            all = all.add(column(Column::GrandTotal).gte(from));
        }
        if let Some(to) = self.grand_total.to {
            all = all.add(column(Column::GrandTotal).lte(to));
        }
        all
    }
}

/// The buyer's given and family name, from the JSON column of the order.
fn full_name(backend: DatabaseBackend) -> Expr {
    Expr::cust(match backend {
        DatabaseBackend::Postgres => {
            r#"("orders"."placed"::json->>'firstname') || ' ' || ("orders"."placed"::json->>'lastname')"#
        }
        DatabaseBackend::MySql => {
            "CONCAT(JSON_UNQUOTE(JSON_EXTRACT(`orders`.`placed`, '$.firstname')), ' ', \
             JSON_UNQUOTE(JSON_EXTRACT(`orders`.`placed`, '$.lastname')))"
        }
        _ => {
            r#"json_extract("orders"."placed", '$.firstname') || ' ' || json_extract("orders"."placed", '$.lastname')"#
        }
    })
}

/// Whether a counting statement counts any row of one order. MariaDB would answer `EXISTS` from the whole table.
fn is_any(count: SelectStatement) -> Expr {
    Expr::from(count).gt(0_i64)
}

/// Counts the items of an order whose SKU contains `part`.
fn items_with_sku(part: &str) -> SelectStatement {
    use order_item::{Column as Item, Entity as Items};
    let mut items = Query::select();
    items
        .expr(Expr::col((Items, Item::OrderId)).count())
        .from(Items)
        .and_where(Expr::col((Items, Item::OrderId)).equals((Entity, Column::Id)))
        .and_where(contains(Expr::col((Items, Item::Sku)), part));
    items
}

/// The ids of the orders to which a sales channel gave this number.
fn imported_with_number(number: &ChannelOrderNumber) -> SelectStatement {
    use channel_import::{Column as C, Entity as Imports};
    let mut imports = Query::select();
    imports
        .column(C::OrderId)
        .from(Imports)
        .and_where(C::Number.eq(number.as_str()));
    imports
}

/// Counts the orders of the sales channel `channel` from which an order was imported.
fn imports_from(channel: &str) -> SelectStatement {
    use channel_import::{Column as C, Entity as Imports};
    let mut imports = Query::select();
    imports
        .expr(Expr::col((Imports, C::OrderId)).count())
        .from(Imports)
        .and_where(Expr::col((Imports, C::OrderId)).equals((Entity, Column::Id)))
        .and_where(C::Channel.eq(channel));
    imports
}

/// Counts the cancellations of an order for the reason with the code `reason`.
fn cancellations_for(reason: &str) -> SelectStatement {
    use cancellation::{Column as C, Entity as Cancellations};
    let mut cancellations = Query::select();
    cancellations
        .expr(Expr::col((Cancellations, C::OrderId)).count())
        .from(Cancellations)
        .and_where(Expr::col((Cancellations, C::OrderId)).equals((Entity, Column::Id)))
        .and_where(C::ReasonCode.eq(reason));
    cancellations
}
