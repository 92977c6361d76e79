//! Staff decides from the list of requests what the buyer of an imported order asked for at its sales channel. An
//! approval asks the channel to cancel the order; a request that is declined is not opened again.

use countermand_domain::channel::ChannelRecord;
use countermand_domain::{OrderChannel, OrderId};

use super::cancel::CancelChannelOrder;
use super::decline::DeclineChannelRequest;
use crate::App;
use crate::cancel::decide_request::RequestApproval;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::order_command::NoSuchOrder;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The reason that says to a channel: the buyer asked for it.
const BUYERS_WISH: &str = "no_longer_needed";

impl App {
    /// The channel at which the buyer of the order asked to cancel it, where `decided` says that no request is open in
    /// the shop; none otherwise.
    pub(crate) async fn channel_asked(
        &self,
        id: OrderId,
        decided: &Result<OrderView, Failure<UserError>>,
    ) -> Result<Option<OrderChannel>, AppError> {
        match decided {
            Err(Failure::Refused(refusal)) if refusal.code == UserErrorCode::NoOpenRequest => {}
            _ => return Ok(None),
        }
        let Some(channel) = self
            .database()
            .order(id)
            .await?
            .and_then(|it| it.order.channel.clone())
        else {
            return Ok(None);
        };
        let (name, number) = (&channel.name, &channel.number);
        let record = self.database().channel_record(name, number).await?;
        Ok(record.filter(ChannelRecord::has_request).map(|_| channel))
    }

    /// Asks the channel to cancel the order because its buyer wants it, as `cancelChannelOrder` does.
    pub(crate) async fn approve_at_channel(
        &self,
        viewer: &Viewer,
        channel: &OrderChannel,
        approval: &RequestApproval,
    ) -> Result<(), Failure<UserError>> {
        if approval.items.is_some() {
            let message = "a cancellation at the sales channel names all open items: leave the items out";
            return Err(UserError::about("items", UserErrorCode::ChannelManaged, message).into());
        }
        if approval.refund.is_some() {
            let message = "the sales channel pays the buyer back: leave the refund out";
            return Err(UserError::about("refund", UserErrorCode::ChannelManaged, message).into());
        }
        let command = CancelChannelOrder {
            channel: channel.name.clone(),
            number: channel.number.as_str().into(),
            reason: BUYERS_WISH.into(),
            comment: approval.reason.clone(),
            confirms: approval.confirms,
        };
        let operation = StaffOperation::ApproveCancellationRequest;
        let asked = self.ask_channel(viewer, operation, &command, true).await;
        asked.map(|_| ()).map_err(about_order)
    }

    /// Declines all that the buyer asked for at the channel, as `declineChannelRequest` does.
    pub(crate) async fn decline_at_channel(
        &self,
        viewer: &Viewer,
        channel: &OrderChannel,
        reason: &str,
    ) -> Result<(), Failure<UserError>> {
        let command = DeclineChannelRequest {
            channel: channel.name.clone(),
            number: channel.number.as_str().into(),
            items: None,
            reason: reason.into(),
        };
        let operation = StaffOperation::DeclineCancellationRequest;
        let told = self.decline_there(viewer, operation, &command).await;
        told.map(|_| ()).map_err(about_order)
    }

    /// The order after a decision that was made at its sales channel, or by an earlier attempt of the request.
    pub(crate) async fn decided_order(
        &self,
        viewer: &Viewer,
        id: OrderId,
    ) -> Result<OrderView, Failure<UserError>> {
        let order = self.order_as_admin(viewer, id).await?;
        Ok(order.ok_or(NoSuchOrder).map_err(UserError::from)?)
    }
}

/// The refusal in the words of a mutation that names the shop's order and no order of a channel.
fn about_order(failure: Failure<UserError>) -> Failure<UserError> {
    match failure {
        Failure::Refused(mut refusal) => {
            refusal.field = refusal.field.map(|field| match field.as_str() {
                "number" | "channel" => "order_id".into(),
                "comment" => "reason".into(),
                _ => field,
            });
            Failure::Refused(refusal)
        }
        failed @ Failure::App(_) => failed,
    }
}
