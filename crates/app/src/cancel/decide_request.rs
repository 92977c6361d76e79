//! Staff decides requests for a cancellation: finds them, approves all or a part of one, or declines it.

use countermand_domain::{ApproveRequest, ItemPosition, OrderId, Quantity, RequestStatus};
pub use countermand_persistence::{RequestPlace, RequestSearch};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// A request in staff's list.
#[derive(Debug, Clone)]
pub struct FoundRequest {
    /// The request.
    pub request: countermand_domain::CancellationRequest,
    /// The order as it is now.
    pub order: OrderView,
}

/// A page of requests, oldest first.
#[derive(Debug, Clone)]
pub struct FoundRequests {
    /// The requests.
    pub requests: Vec<FoundRequest>,
    /// Whether newer requests follow.
    pub has_more: bool,
}

/// An approval as staff asks for it.
#[derive(Debug, Clone, Default)]
pub struct RequestApproval {
    /// The units that are approved; none for all that the request asks for.
    pub items: Option<Vec<(ItemPosition, Quantity)>>,
    /// What the buyer reads about the decision.
    pub reason: Option<String>,
    /// Whether the buyer is told by mail; none where the store view's setting decides.
    pub notifies_customer: Option<bool>,
}

impl App {
    /// The requests that `search` finds, oldest first. A token for one store view finds those of its orders.
    pub async fn cancellation_requests(
        &self,
        viewer: &Viewer,
        search: &RequestSearch,
    ) -> Result<FoundRequests, AppError> {
        let staff = viewer.staff(StaffOperation::CancellationRequests)?;
        if search.store.is_some_and(|store| !staff.covers(store)) {
            return Err(AppError::Forbidden);
        }
        let search = RequestSearch {
            store: search.store.or(staff.store),
            ..search.clone()
        };
        let page = self.database().cancellation_requests(&search).await?;
        let found = page.requests.into_iter().map(|it| FoundRequest {
            request: it.request,
            order: self.view(it.order, viewer.shop.clone(), viewer.actor()),
        });
        Ok(FoundRequests {
            requests: found.collect(),
            has_more: page.has_more,
        })
    }

    /// Cancels what the open request asks for, or a part of it. Of a shipment and an approval at the same time, one
    /// wins.
    ///
    /// The order in the answer tells whether the request came too late: then nothing of it could be canceled.
    pub async fn approve_cancellation_request(
        &self,
        viewer: &Viewer,
        id: OrderId,
        approval: &RequestApproval,
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::ApproveCancellationRequest)?;
        let approve = ApproveRequest {
            actor: command.actor.clone(),
            items: approval.items.clone(),
            reason: approval.reason.clone(),
            notifies_customer: approval.notifies_customer,
        };
        self.change_order_as_staff(&command, id, |subject, now| {
            subject
                .order
                .approve_cancellation_request(&approve, &subject.policy(), now)
        })
        .await
    }

    /// Declines the open request. The buyer reads `reason`.
    pub async fn decline_cancellation_request(
        &self,
        viewer: &Viewer,
        id: OrderId,
        reason: &str,
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::DeclineCancellationRequest)?;
        self.change_order_as_staff(&command, id, |subject, now| {
            subject
                .order
                .decline_cancellation_request(reason, &command.actor, now)
        })
        .await
    }
}

impl OrderView {
    /// The refusal that tells staff that the approved request came too late; none where it did not.
    #[must_use]
    pub fn came_too_late(&self) -> Option<UserError> {
        let request = self.order.cancellation_request.as_ref()?;
        (request.status == RequestStatus::TooLate).then(|| {
            let message = "the request came too late: nothing of it can be canceled any more";
            UserError::about("order_id", UserErrorCode::TooLate, message)
        })
    }
}
