//! Staff stops an order, and lets it go on.

use countermand_domain::{EventKind, HoldRefusal, OrderId, StaffRole};

use crate::App;
use crate::error::{Asked, UserError, UserErrorCode};
use crate::order_view::OrderView;
use crate::viewer::Viewer;
use crate::work_on_order::{Work, Worked};

impl App {
    /// Puts an order on hold.
    pub async fn hold_order(&self, viewer: &Viewer, id: OrderId) -> Asked<OrderView> {
        let work = Work {
            needs: StaffRole::Support,
            action: "holdOrder",
            kind: EventKind::Held,
        };
        self.work_on_order(viewer, id, work, |order| {
            let note = format!("was {}", order.state);
            let after = order.hold(self.now()).map_err(hold_error)?;
            Ok(Worked {
                after,
                reversals: Vec::new(),
                note,
            })
        })
        .await
    }

    /// Takes an order off hold: it goes on where it was.
    pub async fn unhold_order(&self, viewer: &Viewer, id: OrderId) -> Asked<OrderView> {
        let work = Work {
            needs: StaffRole::Support,
            action: "unholdOrder",
            kind: EventKind::Unheld,
        };
        self.work_on_order(viewer, id, work, |order| {
            let after = order.unhold(self.now()).map_err(hold_error)?;
            let note = format!("is {}", after.state);
            Ok(Worked {
                after,
                reversals: Vec::new(),
                note,
            })
        })
        .await
    }
}

fn hold_error(refusal: HoldRefusal) -> UserError {
    UserError::about("order_id", UserErrorCode::InvalidOrderStatus, refusal.to_string())
}
