//! Staff cancels an order for its buyer.

use countermand_domain::{Cancel, CancellationIntent, OrderId, RefundChoice, RefundShare};

use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// Cancels an order by the same rule as its buyer, the store view's switch included.
    ///
    /// `overrides_switch` cancels although the switch is off; it needs a manager and stands in the audit log.
    /// With the id of a quote, the outcome is what was quoted, or the cancellation is refused.
    /// `notifies_customer` says whether the buyer gets a mail; without it, the store view's setting decides.
    /// Staff may decide how much is paid back (`intent.refund`), which needs a right of its own.
    pub async fn cancel_order_as_admin(
        &self,
        viewer: &Viewer,
        id: OrderId,
        intent: &CancellationIntent,
        quote: Option<&str>,
        overrides_switch: bool,
        notifies_customer: Option<bool>,
    ) -> Result<OrderView, Failure<UserError>> {
        if overrides_switch {
            viewer.staff(StaffOperation::CancelAlthoughSwitchedOff)?;
        }
        viewer.check_refund_right(&intent.refund)?;
        let command =
            OrderCommand::of_staff(viewer, StaffOperation::CancelOrderAsAdmin)?.canceling_for(&intent.reason);
        let accepted = self.accepting::<UserError>(intent, quote).await?;
        let cancel = Cancel {
            overrides_switch,
            notifies_customer,
            ..accepted.by(command.actor.clone())
        };
        self.change_order_as_staff(&command, id, |subject, now| {
            subject.order.cancel(&cancel, &subject.policy(), now)
        })
        .await
    }
}

impl Viewer {
    /// Refuses a decision about the refund that the caller may not make.
    pub(crate) fn check_refund_right(&self, refund: &RefundChoice) -> Result<(), AppError> {
        let operation = match refund.share {
            RefundShare::Full => return Ok(()),
            RefundShare::Nothing => StaffOperation::CancelWithoutRefund,
            RefundShare::Amount(_) | RefundShare::AllBut(_) => StaffOperation::CancelKeepingMoney,
        };
        self.staff(operation).map(|_| ())
    }
}
