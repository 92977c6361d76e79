//! A caller who follows many orders: all of a store view or of the shop for staff, all own ones for a customer.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{OrderId, StoreNumber};
use countermand_persistence::{FeedEntry, FeedReach};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::feed::{Dropped, FeedPlace, LATE};
use super::follow_rights::{FollowFailure, FollowRefusal, FollowRequest, FollowedOrder, TOKEN_CHECKS};
use crate::App;
use crate::error::AppError;
use crate::orders::find_orders::{OrderSearch, reached_search};
use crate::orders::order_view::OrderView;
use crate::viewer::{Caller, Viewer};

/// The oldest cursor with which a caller may go on.
const OLDEST: TimeDelta = TimeDelta::hours(24);
/// The part of the time before the log that is read at once.
const SLICE: TimeDelta = TimeDelta::seconds(60);

/// A caller who follows many orders. A cursor is a time: what happened [`LATE`] before it is told again, because it may
/// have been committed after what was told.
pub(super) struct ManyOrders {
    app: App,
    request: FollowRequest,
    /// The orders that the caller may follow.
    reach: FeedReach,
    end: watch::Receiver<Option<usize>>,
    place: FeedPlace,
    /// The time up to which the database was read; the log follows when it has reached the settled time of `place`.
    read_until: DateTime<Utc>,
    /// Entries that were read and not told yet.
    read: VecDeque<FeedEntry>,
    /// What happened before this time was told, or is among `read`: the follower goes back no further.
    since: DateTime<Utc>,
    /// When the token is to be looked at again.
    check_at: Instant,
}

impl ManyOrders {
    /// Begins to follow the orders of `request` after its cursor; without a cursor, with what happened in the last
    /// minute.
    pub(super) async fn begin(app: &App, request: FollowRequest) -> Result<Self, FollowFailure> {
        let reach = app.reach_of(&request).await?;
        let mut end = app.feed().follow(app.database());
        // The log is complete once the database was read for the first time.
        while !has_begun(&end) {
            changed(&mut end).await?;
        }
        let place = app.feed().place();
        let since = match request.after.as_deref() {
            None => place.settled_at,
            Some(cursor) => {
                let oldest = place.settled_at + LATE - OLDEST;
                let cursor = time_of(cursor).filter(|at| *at >= oldest);
                let since = cursor.ok_or(FollowRefusal::CursorUnknown)? - LATE;
                Ord::min(since, place.settled_at)
            }
        };
        Ok(Self {
            app: app.clone(),
            request,
            reach,
            end,
            place,
            read_until: since,
            read: VecDeque::new(),
            since,
            check_at: Instant::now() + TOKEN_CHECKS,
        })
    }

    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// The next entry about an order that the caller may follow, as soon as there is one; the same entry until it is
    /// [`told`](Self::told). Fails when the caller's rights have ended.
    pub(super) async fn entry(&mut self) -> Result<FeedEntry, FollowFailure> {
        loop {
            if let Some(entry) = self.read.front() {
                return Ok(entry.clone());
            }
            // All that was read was told, so the subscription goes on at the time before which nothing is left.
            self.request.resume_point.set(cursor_of(self.since + LATE));
            if Instant::now() >= self.check_at {
                self.reach = self.app.reach_of(&self.request).await?;
                self.check_at = Instant::now() + TOKEN_CHECKS;
            }
            if self.read_until < self.place.settled_at {
                self.read_slice().await?;
                continue;
            }
            let reach = self.reach;
            // All that happened before this time is in the log, or was found before.
            let settled_at = self.app.feed().place().settled_at;
            match self.app.feed().find(&mut self.place, |entry| reach.has(entry)) {
                Ok(Some(entry)) => {
                    self.since = Ord::max(self.since, entry.at - LATE);
                    self.read.push_back(entry);
                }
                Ok(None) => {
                    self.since = settled_at;
                    self.wait().await?;
                }
                Err(Dropped) => self.go_back(),
            }
        }
    }

    /// The entry was told, or is not to be told.
    pub(super) fn told(&mut self) {
        self.read.pop_front();
    }

    /// The order as it is now; none if the caller may not see it.
    pub(super) async fn view(&mut self, order: OrderId) -> Result<Option<OrderView>, FollowFailure> {
        let viewer = self.app.viewer_for(&self.request).await?;
        self.check_at = Instant::now() + TOKEN_CHECKS;
        Ok(self.app.view_by_id(&viewer, order).await?)
    }

    /// Goes on with what was not told yet, at a new place.
    fn go_back(&mut self) {
        self.place = self.app.feed().place();
        self.read_until = Ord::min(self.since, self.place.settled_at);
    }

    /// Reads what happened in the next part of the time before the log.
    async fn read_slice(&mut self) -> Result<(), FollowFailure> {
        let until = Ord::min(self.read_until + SLICE, self.place.settled_at);
        let database = self.app.database();
        let page = database.feed(self.read_until, until, self.reach).await?;
        self.read.extend(page.entries);
        self.read_until = page.until;
        self.since = Ord::max(self.since, page.until);
        Ok(())
    }

    /// Waits until the log has more, or the token is to be looked at.
    async fn wait(&mut self) -> Result<(), FollowFailure> {
        tokio::select! {
            more = changed(&mut self.end) => more,
            () = sleep_until(self.check_at) => Ok(()),
        }
    }
}

impl App {
    /// The orders that the caller of `request` may follow, by the caller's rights as they are now.
    async fn reach_of(&self, request: &FollowRequest) -> Result<FeedReach, FollowFailure> {
        let viewer = self.viewer_for(request).await?;
        let store = match &request.order {
            FollowedOrder::All { store: Some(code) } => Some(store_with(&viewer, code)?),
            FollowedOrder::All { store: None } | FollowedOrder::Id(_) | FollowedOrder::Token(_) => None,
        };
        match &viewer.caller {
            Caller::Anonymous => Err(FollowRefusal::OrderUnnamed.into()),
            Caller::Customer(_) => {
                let customer = viewer.customer().ok_or(AppError::Forbidden)?;
                Ok(FeedReach {
                    customer: Some(customer.id),
                    store,
                })
            }
            Caller::Staff(_) => {
                let all = OrderSearch {
                    store,
                    ..OrderSearch::default()
                };
                Ok(FeedReach {
                    customer: None,
                    store: reached_search(&viewer, &all)?.store,
                })
            }
        }
    }
}

fn store_with(viewer: &Viewer, code: &str) -> Result<StoreNumber, FollowRefusal> {
    let store = viewer.shop.store_by_code(code);
    Ok(store.ok_or(FollowRefusal::StoreNotFound)?.number)
}

fn has_begun(end: &watch::Receiver<Option<usize>>) -> bool {
    end.borrow().is_some()
}

async fn changed(end: &mut watch::Receiver<Option<usize>>) -> Result<(), FollowFailure> {
    let changed = end.changed().await;
    changed.map_err(|problem| AppError::Internal(problem.to_string()).into())
}

/// The cursor of what happened at `at`: microseconds since 1970 UTC.
pub(super) fn cursor_of(at: DateTime<Utc>) -> String {
    at.timestamp_micros().to_string()
}

/// The time of a cursor.
fn time_of(cursor: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(cursor.parse().ok()?)
}
