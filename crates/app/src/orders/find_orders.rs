//! Staff searches for orders and reads the history of an order.

use chrono::{DateTime, Utc};
use countermand_domain::{OrderId, OrderNumber, StoreNumber};
use countermand_persistence::OrderSearch;
pub use countermand_persistence::{AuditEntry, AuditPage, OrderRange, Trail, TrailEvent, TrailReversal};

use crate::App;
use crate::error::AppError;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The filters of a search; a found order fits all of them.
#[derive(Debug, Clone)]
pub struct FindOrders {
    /// The order belongs to this store view.
    pub store: Option<StoreNumber>,
    /// The order has this status code.
    pub status: Option<String>,
    /// The order has this number.
    pub number: Option<OrderNumber>,
    /// The buyer has this e-mail address.
    pub email: Option<String>,
    /// When the order was placed.
    pub placed: OrderRange<DateTime<Utc>>,
    /// When the last order of the page before was placed, and the id of that order.
    pub after: Option<(DateTime<Utc>, i64)>,
    /// The most orders on a page.
    pub limit: u64,
}

/// A page of found orders.
#[derive(Debug, Clone)]
pub struct FoundOrders {
    /// The orders, newest first.
    pub orders: Vec<OrderView>,
    /// Whether more orders follow.
    pub has_more: bool,
}

impl App {
    /// Finds orders, newest first. A token for one store view finds only orders of that store view.
    pub async fn find_orders(&self, viewer: &Viewer, find: FindOrders) -> Result<FoundOrders, AppError> {
        let staff = viewer.staff(StaffOperation::Orders)?;
        if find.store.is_some_and(|store| !staff.covers(store)) {
            return Err(AppError::Forbidden);
        }
        let search = OrderSearch {
            store: find.store.or(staff.store),
            status: find.status,
            number: find.number,
            email: find.email,
            placed: find.placed,
            after: find.after,
            limit: find.limit,
        };
        let page = self.database().search_orders(&search).await?;
        let view = |order| self.view(order, page.shop.clone(), viewer.actor());
        Ok(FoundOrders {
            orders: page.orders.into_iter().map(view).collect(),
            has_more: page.has_more,
        })
    }

    /// The order with `id`, if this token may see it.
    pub async fn order_as_admin(&self, viewer: &Viewer, id: OrderId) -> Result<Option<OrderView>, AppError> {
        let staff = viewer.staff(StaffOperation::Order)?;
        let loaded = self.order_for(staff, id).await?;
        Ok(loaded.map(|loaded| self.view(loaded.order, loaded.shop, viewer.actor())))
    }

    /// The history of an order, and the effects that are owed for it.
    pub async fn order_trail(&self, viewer: &Viewer, id: OrderId) -> Result<Trail, AppError> {
        let staff = viewer.staff(StaffOperation::Order)?;
        if !staff.covers(id.store()) {
            return Err(AppError::Forbidden);
        }
        Ok(self.database().trail(id).await?)
    }

    /// Entries of the audit log that are older than the entry `before`, newest first.
    pub async fn audit_log(
        &self,
        viewer: &Viewer,
        before: Option<&str>,
        limit: u64,
    ) -> Result<AuditPage, AppError> {
        let staff = viewer.staff(StaffOperation::AuditLog)?;
        if staff.store.is_some() {
            return Err(AppError::Forbidden);
        }
        Ok(self.database().audit_log(before, limit).await?)
    }
}
