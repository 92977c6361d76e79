//! Staff cancels an order for its buyer.

use countermand_domain::{CancelRequest, CancellationRefusal, OrderId, StaffRole};

use crate::App;
use crate::cancel_order::{cancellation_change, decide};
use crate::error::{Asked, UserError, UserErrorCode};
use crate::order_view::OrderView;
use crate::viewer::Viewer;
use crate::work_on_order::{no_such_order, staff_actor};

impl App {
    /// Cancels an order by the same rule as its buyer, the store's switch included.
    ///
    /// `overrides_switch` cancels although the switch is off; it needs a manager and stands in the trail.
    pub async fn cancel_order_as_admin(
        &self,
        viewer: &Viewer,
        id: OrderId,
        reason: &str,
        overrides_switch: bool,
    ) -> Asked<OrderView> {
        let staff = viewer.staff(if overrides_switch {
            StaffRole::Manager
        } else {
            StaffRole::Support
        })?;
        let request = CancelRequest {
            actor: staff_actor(staff, overrides_switch),
            reason: reason.into(),
        };
        self.retry_on_conflict(|| async {
            let Some(loaded) = self.order_for(staff, id).await? else {
                return Ok(Err(no_such_order()));
            };
            let (after, cancellation) = match decide(&loaded, &request, self) {
                Ok(decided) => decided,
                Err(refusal) => return Ok(Err(cancellation_error(&refusal))),
            };
            let mut change = cancellation_change(&loaded, &after, &cancellation, &viewer.origin)?;
            let how = if overrides_switch {
                ", although the switch may be off"
            } else {
                ""
            };
            let details = format!("{}{how}", cancellation.event.note);
            change.audit = Some(self.trail_of(viewer, "cancelOrderAsAdmin", &loaded.order.number, &details));
            self.store().apply(&change).await?;
            Ok(Ok(self.view(after, loaded.catalog, request.actor.clone())))
        })
        .await
    }
}

fn cancellation_error(refusal: &CancellationRefusal) -> UserError {
    let (field, code) = match refusal {
        CancellationRefusal::NotFound | CancellationRefusal::Unauthorized => {
            ("order_id", UserErrorCode::NotFound)
        }
        CancellationRefusal::Disabled => ("order_id", UserErrorCode::OrderCancellationDisabled),
        CancellationRefusal::State(_)
        | CancellationRefusal::OpenInvoice
        | CancellationRefusal::NothingOpen => ("order_id", UserErrorCode::InvalidOrderStatus),
        CancellationRefusal::Shipped => ("order_id", UserErrorCode::PartialOrderItemShipped),
        CancellationRefusal::InvalidReason => ("reason", UserErrorCode::InvalidReason),
        CancellationRefusal::NotConfirmed | CancellationRefusal::Unbalanced(_) => {
            ("order_id", UserErrorCode::Invalid)
        }
    };
    UserError::about(field, code, refusal.to_string())
}
