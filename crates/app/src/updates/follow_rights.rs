//! A caller who follows one order: who it is, which order it is, and whether the caller may still see it.

use std::time::Duration;

use countermand_domain::{Actor, OrderId};
use countermand_persistence::{DatabaseError, OrderPulse};
use strum::IntoStaticStr;
use thiserror::Error;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::resume_point::ResumePoint;
use crate::App;
use crate::error::AppError;
use crate::failure::{Failure, Refusal};
use crate::orders::guest_order::LocateRefusal;
use crate::orders::order_view::OrderView;
use crate::viewer::{Caller, Viewer, ViewerError};

/// How often a token is looked at while nothing happens.
pub(super) const TOKEN_CHECKS: Duration = Duration::from_secs(10);
/// The pause after which a database that is away is asked again.
const AWAY: Duration = Duration::from_secs(2);

/// What a caller follows, and by which right.
#[derive(Debug, Clone)]
pub struct FollowRequest {
    /// The code of the requested store view; none for the default store view.
    pub store: Option<String>,
    /// The caller's bearer token; none for a guest.
    pub bearer: Option<String>,
    /// The caller's network address.
    pub origin: String,
    /// The order, or all orders.
    pub order: FollowedOrder,
    /// The cursor of the last update that arrived; none to begin with what is there now.
    pub after: Option<String>,
    /// Where the follower says with which cursor the subscription goes on.
    pub resume_point: ResumePoint,
}

/// How a caller names what to follow.
#[derive(Debug, Clone)]
pub enum FollowedOrder {
    /// An order by its id: a customer's own order, or staff's.
    Id(OrderId),
    /// An order by its token: a guest's order.
    Token(String),
    /// All orders that the caller may see: a customer's own orders, or staff's.
    All {
        /// The code of the only store view; none for all.
        store: Option<String>,
    },
}

/// Why no updates of an order are sent, or no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum FollowRefusal {
    /// There is no such order, or the caller may not see it.
    #[error("We couldn't locate an order with the information provided.")]
    OrderNotFound,
    /// The order of the token belongs to an account.
    #[error("Please login to view the order.")]
    BelongsToAccount,
    /// A guest follows only an order that a token names.
    #[error("Name the order by `token`, or sign in to follow all of your orders.")]
    OrderUnnamed,
    /// The store view does not exist, or was disabled.
    #[error("Requested store is not found")]
    StoreNotFound,
    /// The bearer token is unknown, revoked or expired.
    #[error("The bearer token is expired, revoked or unknown.")]
    Unauthenticated,
    /// The cursor is not one of this order, or it is too old for many orders.
    #[error("The cursor `after` is not one of this subscription, or too old. Subscribe without it.")]
    CursorUnknown,
}

impl Refusal for FollowRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
}

/// The failures of a follower.
pub(super) type FollowFailure = Failure<FollowRefusal>;

/// A caller who follows an order, after the first look at the caller's rights.
pub(super) struct Follower {
    app: App,
    request: FollowRequest,
    pulse: watch::Receiver<OrderPulse>,
    /// When the token is to be looked at again.
    check_at: Instant,
}

impl Follower {
    /// Begins to follow the order of `request`, if the caller may see it, and gives the order as it was just before. What
    /// is read afterwards is followed without a gap.
    pub(super) async fn begin(app: &App, request: FollowRequest) -> Result<(Self, OrderView), FollowFailure> {
        let view = app.view_for(&request).await?;
        let pulse = app.pulses().follow(view.order.id, app.database());
        let follower = Self {
            app: app.clone(),
            request,
            pulse,
            check_at: Instant::now() + TOKEN_CHECKS,
        };
        Ok((follower, view))
    }

    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// The cursor with which the caller began.
    pub(super) fn after(&self) -> Option<&str> {
        self.request.after.as_deref()
    }

    /// All updates up to `cursor` were sent, and the subscription goes on with it.
    pub(super) fn goes_on_after(&self, cursor: String) {
        self.request.resume_point.set(cursor);
    }

    /// The order as it is now, if the caller may still see it.
    pub(super) async fn view(&mut self) -> Result<OrderView, FollowFailure> {
        let view = self.app.view_for(&self.request).await?;
        self.check_at = Instant::now() + TOKEN_CHECKS;
        Ok(view)
    }

    /// Waits until the order has changed; fails when the caller may no longer see it.
    pub(super) async fn changed(&mut self) -> Result<(), FollowFailure> {
        loop {
            tokio::select! {
                changed = self.pulse.changed() => {
                    return changed.map_err(|problem| AppError::Internal(problem.to_string()).into());
                }
                // A token of an order never expires, so only a bearer token is looked at.
                () = sleep_until(self.check_at), if self.request.bearer.is_some() => {
                    self.view().await?;
                }
            }
        }
    }
}

impl App {
    /// The caller of `request`, by the rights as they are now.
    pub(super) async fn viewer_for(&self, request: &FollowRequest) -> Result<Viewer, FollowFailure> {
        let (store, bearer) = (request.store.as_deref(), request.bearer.as_deref());
        let viewer = self.viewer(store, bearer, &request.origin).await;
        viewer.map_err(unknown_viewer)
    }

    /// The order of `request` as the caller sees it, read with the caller's rights as they are now.
    async fn view_for(&self, request: &FollowRequest) -> Result<OrderView, FollowFailure> {
        let viewer = self.viewer_for(request).await?;
        match &request.order {
            FollowedOrder::Token(token) => {
                let found = self.guest_order_by_token(&viewer, token).await;
                found.map_err(|failure| failure.map_refusal(not_located))
            }
            FollowedOrder::Id(id) => {
                let view = self.view_by_id(&viewer, *id).await?;
                Ok(view.ok_or(FollowRefusal::OrderNotFound)?)
            }
            FollowedOrder::All { .. } => Err(FollowRefusal::OrderUnnamed.into()),
        }
    }

    /// The order with `id` as `viewer` sees it; none where it is not an own order, or not one of staff's store view.
    pub(super) async fn view_by_id(
        &self,
        viewer: &Viewer,
        id: OrderId,
    ) -> Result<Option<OrderView>, AppError> {
        if let Caller::Staff(_) = viewer.caller {
            return self.order_as_admin(viewer, id).await;
        }
        let customer = viewer.customer().ok_or(AppError::Forbidden)?;
        let loaded = self.database().order(id).await?;
        let own = loaded.filter(|loaded| loaded.order.customer.id == Some(customer.id));
        Ok(own.map(|loaded| self.view_of(loaded, Actor::Customer(customer.id))))
    }
}

/// Whether `failure` is one of the database, which may be back soon. If so, the caller waits a moment.
pub(super) async fn is_away<R>(failure: &Failure<R>) -> bool {
    match failure {
        Failure::App(AppError::Database(problem)) if !matches!(problem, DatabaseError::Corrupt(_)) => {
            tracing::debug!(%problem, "an update waits for the database");
            sleep(AWAY).await;
            true
        }
        Failure::App(_) | Failure::Refused(_) => false,
    }
}

/// Whether `failure` is about a row of `order` that does not make sense. A follower of many orders goes on with the next.
pub(super) fn is_corrupt(failure: &FollowFailure, order: OrderId) -> bool {
    match failure {
        Failure::App(AppError::Database(problem @ DatabaseError::Corrupt(_))) => {
            tracing::error!(%order, %problem, "a change of an order is not told");
            true
        }
        Failure::App(_) | Failure::Refused(_) => false,
    }
}

fn unknown_viewer(problem: ViewerError) -> FollowFailure {
    match problem {
        ViewerError::StoreNotFound => FollowRefusal::StoreNotFound.into(),
        ViewerError::InvalidToken => FollowRefusal::Unauthenticated.into(),
        ViewerError::App(problem) => problem.into(),
    }
}

fn not_located(refusal: LocateRefusal) -> FollowRefusal {
    match refusal {
        LocateRefusal::NotFound => FollowRefusal::OrderNotFound,
        LocateRefusal::BelongsToAccount => FollowRefusal::BelongsToAccount,
    }
}
