//! Staff decides requests for a cancellation: approves all or a part of one, or declines it.

use countermand_domain::{ApproveRequest, ItemPosition, OrderId, Quantity, RefundChoice, RequestStatus};

use crate::App;
use crate::error::{UserError, UserErrorCode};
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// An approval as staff asks for it.
#[derive(Debug, Clone, Default)]
pub struct RequestApproval {
    /// The units that are approved; none for all that the request asks for.
    pub items: Option<Vec<(ItemPosition, Quantity)>>,
    /// What the buyer reads about the decision.
    pub reason: Option<String>,
    /// Whether the buyer is told by mail; none where the store view's setting decides.
    pub notifies_customer: Option<bool>,
    /// What staff decides about the refund, which needs a right of its own; none where the rules decide.
    pub refund: Option<RefundChoice>,
    /// Whether the person confirms that the buyer, who asked for some items of an order of a sales channel, gives up
    /// the others too.
    pub confirms: bool,
}

impl App {
    /// Cancels what the open request asks for, or a part of it. Of a shipment and an approval at the same time, one
    /// wins. What the buyer of an imported order asked for at its sales channel is asked of the channel, which decides.
    ///
    /// The order in the answer tells whether the request came too late: then nothing of it could be canceled.
    pub async fn approve_cancellation_request(
        &self,
        viewer: &Viewer,
        id: OrderId,
        approval: &RequestApproval,
    ) -> Result<OrderView, Failure<UserError>> {
        if let Some(refund) = &approval.refund {
            viewer.check_refund_right(refund)?;
        }
        let command = OrderCommand::of_staff(viewer, StaffOperation::ApproveCancellationRequest)?;
        if viewer.is_carried_out() {
            return self.decided_order(viewer, id).await;
        }
        let approve = ApproveRequest {
            actor: command.actor.clone(),
            items: approval.items.clone(),
            reason: approval.reason.clone(),
            notifies_customer: approval.notifies_customer,
            refund: approval.refund.clone(),
        };
        let approved = self
            .change_order_as_staff(&command, id, |subject, now| {
                subject
                    .order
                    .approve_cancellation_request(&approve, &subject.policy(), now)
            })
            .await;
        match self.channel_asked(id, &approved).await? {
            Some(channel) => {
                self.approve_at_channel(viewer, &channel, approval).await?;
                self.decided_order(viewer, id).await
            }
            None => approved,
        }
    }

    /// Declines the open request, here or at the sales channel of an imported order. The buyer reads `reason`.
    pub async fn decline_cancellation_request(
        &self,
        viewer: &Viewer,
        id: OrderId,
        reason: &str,
    ) -> Result<OrderView, Failure<UserError>> {
        let command = OrderCommand::of_staff(viewer, StaffOperation::DeclineCancellationRequest)?;
        if viewer.is_carried_out() {
            return self.decided_order(viewer, id).await;
        }
        let declined = self
            .change_order_as_staff(&command, id, |subject, now| {
                subject
                    .order
                    .decline_cancellation_request(reason, &command.actor, now)
            })
            .await;
        match self.channel_asked(id, &declined).await? {
            Some(channel) => {
                self.decline_at_channel(viewer, &channel, reason).await?;
                self.decided_order(viewer, id).await
            }
            None => declined,
        }
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
