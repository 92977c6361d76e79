//! Staff searches for orders and reads the history of an order.

use chrono::{DateTime, Utc};
use countermand_domain::{Order, OrderId};
use countermand_persistence::{MOST_CANCELED, OrderSearchPage, Searched};
pub use countermand_persistence::{
    OrderRange, OrderSearch, OrderSearchCount, SearchedFacts, Trail, TrailEvent, TrailReversal,
};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// A page of found orders.
#[derive(Debug, Clone)]
pub struct FoundOrders {
    /// The orders, newest first.
    pub orders: Vec<OrderView>,
    /// Whether more orders follow, or may follow where the search has not looked yet.
    pub has_more: bool,
    /// The time and the id of the order at which the search stopped before the page was full; none if the page is full
    /// or no orders are left.
    pub stopped_at: Option<(DateTime<Utc>, i64)>,
}

impl App {
    /// Finds orders, newest first. A token for one store view finds only orders of that store view.
    pub async fn find_orders(
        &self,
        viewer: &Viewer,
        search: &OrderSearch,
    ) -> Result<FoundOrders, Failure<UserError>> {
        let search = reached_search(viewer, search)?;
        let page: OrderSearchPage = unless_too_many(self.database().search_orders(&search).await?)?;
        if page.orders.is_empty() {
            self.check_status(viewer, &search).await?;
        }
        let mut reversals = page.reversals;
        let view = |order: Order| {
            let known = reversals
                .as_mut()
                .map(|all| all.remove(&order.id).unwrap_or_default());
            self.view(order, page.shop.clone(), viewer.actor())
                .with_reversals(known)
        };
        Ok(FoundOrders {
            orders: page.orders.into_iter().map(view).collect(),
            has_more: page.has_more,
            stopped_at: page.stopped_at,
        })
    }

    /// Counts the orders that [`find_orders`](Self::find_orders) finds on all pages together.
    pub async fn count_orders(
        &self,
        viewer: &Viewer,
        search: &OrderSearch,
    ) -> Result<OrderSearchCount, Failure<UserError>> {
        let search = reached_search(viewer, search)?;
        unless_too_many(self.database().count_orders(&search).await?)
    }

    /// Refuses a status that has no label and that no order has.
    async fn check_status(&self, viewer: &Viewer, search: &OrderSearch) -> Result<(), Failure<UserError>> {
        let Some(status) = &search.status else {
            return Ok(());
        };
        if viewer.shop.labels.knows(status) || self.database().has_orders_with_status(status).await? {
            return Ok(());
        }
        let message = format!("there is no status `{status}`");
        Err(UserError::about("status", UserErrorCode::Invalid, message).into())
    }

    /// The order with `id`, if this token may see it.
    pub async fn order_as_admin(&self, viewer: &Viewer, id: OrderId) -> Result<Option<OrderView>, AppError> {
        let staff = viewer.staff(StaffOperation::Order)?;
        let loaded = self.order_for(staff, id).await?;
        Ok(loaded.map(|loaded| self.view_of(loaded, viewer.actor())))
    }

    /// The history of an order, and the effects that are owed for it.
    pub async fn order_trail(&self, viewer: &Viewer, id: OrderId) -> Result<Trail, AppError> {
        let staff = viewer.staff(StaffOperation::Order)?;
        if !staff.covers(id.store()) {
            return Err(AppError::Forbidden);
        }
        Ok(self.database().trail(id).await?)
    }
}

/// The search for the orders that the viewer may see.
pub(crate) fn reached_search(viewer: &Viewer, search: &OrderSearch) -> Result<OrderSearch, AppError> {
    let staff = viewer.staff(StaffOperation::Orders)?;
    if search.store.is_some_and(|store| !staff.covers(store)) {
        return Err(AppError::Forbidden);
    }
    Ok(OrderSearch {
        store: search.store.or(staff.store),
        ..search.clone()
    })
}

/// What was found, or the refusal of a time in which too many orders were canceled.
pub(crate) fn unless_too_many<T>(searched: Searched<T>) -> Result<T, Failure<UserError>> {
    match searched {
        Searched::Found(found) => Ok(found),
        Searched::TooManyCanceled => {
            let message = format!(
                "more than {MOST_CANCELED} orders were canceled in this time; ask for a shorter time"
            );
            Err(UserError::about("canceled_from", UserErrorCode::Invalid, message).into())
        }
    }
}
