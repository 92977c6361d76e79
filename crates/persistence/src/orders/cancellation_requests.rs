//! The table of requests for a cancellation: every change of an order's request is written to it, and staff finds the
//! requests by status, store view, reason, age and due time.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use countermand_domain::{CancellationRequest, Order, OrderId, RequestStatus, StoreNumber};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, UpdateStatement};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{MET, NEEDS_ATTENTION, PENDING};
use crate::payments::ReversalsOfOrders;
use crate::rows::entity::cancellation_request::{Column, Entity, Model};
use crate::rows::entity::obligation;
use crate::rows::order::order_id;
use crate::rows::request_column::{request_in, request_text_of};
use crate::rows::time::to_micros;
use crate::sql::rows::upsert;
use crate::sql::script::{Rows, Script};

/// The requests that staff looks for, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestSearch {
    /// Only requests with one of these statuses; all for none.
    pub statuses: Vec<RequestStatus>,
    /// Only requests for orders of this store view.
    pub store: Option<StoreNumber>,
    /// Only requests for the reason with this code.
    pub reason_code: Option<String>,
    /// Only requests that were made at this time or later.
    pub requested_from: Option<DateTime<Utc>>,
    /// Only requests that were made at this time or earlier.
    pub requested_to: Option<DateTime<Utc>>,
    /// Only requests that have to be decided at this time or earlier.
    pub due_to: Option<DateTime<Utc>>,
    /// The last request of the page before.
    pub after: Option<RequestPlace>,
    /// The most requests on a page.
    pub limit: u64,
}

/// The place of a request in the list of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestPlace {
    /// When the cancellation was asked for.
    pub requested_at: DateTime<Utc>,
    /// The number of the order's id.
    pub order: i64,
    /// The number of the request in its order.
    pub number: i32,
}

/// A request with its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRequest {
    /// The request.
    pub request: CancellationRequest,
    /// The order as it is now.
    pub order: Order,
}

/// A page of requests, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestPage {
    /// The requests.
    pub requests: Vec<ListedRequest>,
    /// The voids and refunds of their orders; none where they were not read.
    pub reversals: Option<ReversalsOfOrders>,
    /// Whether newer requests follow.
    pub has_more: bool,
}

/// A request that a change ends: its deadline is no matter any more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndedRequest {
    order_id: i64,
    number: i32,
    at: i64,
}

impl Database {
    /// The requests that `search` finds, oldest first, in two round trips.
    pub async fn cancellation_requests(&self, search: &RequestSearch) -> Result<RequestPage, DatabaseError> {
        let (script, found) = self.cancellation_requests_script(search);
        let answers = script.fetch().await?;
        let mut rows = Vec::new();
        for of_status in found {
            rows.extend(answers.take(of_status)?);
        }
        rows.sort_by_key(|row| (row.requested_at, row.order_id, row.number));
        let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let ids: HashSet<i64> = rows.iter().map(|row| row.order_id).collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        let (orders, reversals) = self.read_page(ids.clone(), ids).await?;
        let orders: HashMap<OrderId, Order> = orders.into_iter().map(|order| (order.id, order)).collect();
        let mut requests = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(order) = orders.get(&order_id(row.order_id)?) {
                requests.push(ListedRequest {
                    request: request_in(&row.request)?,
                    order: order.clone(),
                });
            }
        }
        Ok(RequestPage {
            requests,
            reversals,
            has_more,
        })
    }

    /// The script has a page of each status: the index begins with the status, so only a page of one status is read
    /// along it.
    pub(crate) fn cancellation_requests_script(
        &self,
        search: &RequestSearch,
    ) -> (Script<'_>, Vec<Rows<Model>>) {
        let mut script = Script::read(self);
        let page = |status: &RequestStatus| {
            Entity::find()
                .filter(search.condition(*status))
                .order_by_asc(Column::RequestedAt)
                .order_by_asc(Column::OrderId)
                .order_by_asc(Column::Number)
                .limit(search.limit.saturating_add(1))
        };
        let is_asked_for =
            |status: &&RequestStatus| search.statuses.is_empty() || search.statuses.contains(status);
        let pages = RequestStatus::ALL.iter().filter(is_asked_for).map(page);
        let found = pages.map(|page| script.select(page)).collect();
        (script, found)
    }

    /// The requests of the order `id` without what they say about its buyer.
    pub(crate) async fn requests_without_buyer(&self, id: i64) -> Result<Vec<Model>, DatabaseError> {
        let mut script = Script::read(self);
        let rows = script.select(Entity::find().filter(Expr::col(Column::OrderId).eq(id)));
        let mut rows = script.fetch().await?.take(rows)?;
        for row in &mut rows {
            row.request = request_text_of(&request_in(&row.request)?.without_buyer())?;
        }
        Ok(rows)
    }
}

/// Writes requests that are new or have changed.
pub(crate) fn replace_requests(script: &mut Script<'_>, requests: Vec<Model>) {
    let key = [Column::OrderId, Column::Number];
    upsert(script, requests, &key, &[Column::Status, Column::Request]);
}

impl RequestSearch {
    /// The condition for requests with `status`.
    fn condition(&self, status: RequestStatus) -> Condition {
        let instant = |at: Option<DateTime<Utc>>| at.map(to_micros);
        let mut all = Condition::all().add(Expr::col(Column::Status).eq(status.code()));
        if let Some(store) = self.store {
            // The id of an order holds the number of its store view.
            all = all.add(Expr::col(Column::StoreNumber).eq(store.0));
        }
        if let Some(code) = &self.reason_code {
            all = all.add(Expr::col(Column::ReasonCode).eq(code.as_str()));
        }
        if let Some(from) = instant(self.requested_from) {
            all = all.add(Expr::col(Column::RequestedAt).gte(from));
        }
        if let Some(to) = instant(self.requested_to) {
            all = all.add(Expr::col(Column::RequestedAt).lte(to));
        }
        if let Some(to) = instant(self.due_to) {
            all = all.add(Expr::col(Column::DueAt).lte(to));
        }
        match self.after {
            Some(place) => all.add(place.and_newer()),
            None => all,
        }
    }
}

impl RequestPlace {
    /// The places after this one. The first condition alone lets the database begin in the index.
    fn and_newer(self) -> Condition {
        let at = to_micros(self.requested_at);
        let same_order = Condition::all()
            .add(Expr::col(Column::OrderId).eq(self.order))
            .add(Expr::col(Column::Number).gt(self.number));
        let later = Condition::any()
            .add(Expr::col(Column::RequestedAt).gt(at))
            .add(Expr::col(Column::OrderId).gt(self.order))
            .add(same_order);
        Condition::all()
            .add(Expr::col(Column::RequestedAt).gte(at))
            .add(later)
    }
}

impl EndedRequest {
    /// The request that is open in `before` and not in `after`; none where the change ends no request.
    pub(crate) fn of(before: &Order, after: &Order) -> Option<Self> {
        let open = before.open_request()?;
        let is_open = after.open_request().is_some();
        (!is_open).then(|| Self {
            order_id: after.id.number(),
            number: open.number,
            at: to_micros(after.updated_at),
        })
    }

    /// The statement that leaves no deadline to a worker or to staff.
    pub(crate) fn meets_deadline(&self) -> UpdateStatement {
        use obligation::Column as C;
        let mut update = Query::update();
        update
            .table(obligation::Entity)
            .value(C::State, MET)
            .value(C::LastError, "")
            .value(C::DueAt, self.at)
            .value(C::MetAt, self.at)
            // A worker that holds the deadline at this moment loses it.
            .value(C::Fence, Expr::col(C::Fence).add(1))
            .and_where(Expr::col(C::UniqueKey).eq(deadline_key(self.order_id, self.number)))
            .and_where(Expr::col(C::State).is_in([PENDING, NEEDS_ATTENTION]));
        update
    }
}

/// The key of the obligation to decide the request `number` of an order at its deadline.
#[must_use]
pub fn deadline_key(order: i64, number: i32) -> String {
    format!("request_deadline:{order}:{number}")
}
