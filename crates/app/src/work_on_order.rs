//! What every mutation of staff on one order shares: rights, load, decide, apply, trail.

use countermand_domain::{
    Actor, DocumentRefusal, EventKind, Order, OrderEvent, OrderId, Reversal, StaffRole,
};
use countermand_persistence::{AuditEntry, Loaded, OrderChange};

use crate::App;
use crate::error::{AppError, Asked, UserError, UserErrorCode};
use crate::order_view::OrderView;
use crate::viewer::{Staff, Viewer};

/// A mutation of staff: who may, what it is called, what happened to the order.
pub(crate) struct Work {
    pub(crate) needs: StaffRole,
    pub(crate) action: &'static str,
    pub(crate) kind: EventKind,
}

/// What a decision of staff comes to: the order as it will be, money that flows back, a sentence for the trail.
pub(crate) struct Worked {
    pub(crate) after: Order,
    pub(crate) reversals: Vec<Reversal>,
    pub(crate) note: String,
}

impl App {
    /// Lets staff change one order by `decide`, or says why not; leaves a trail of both kinds.
    pub(crate) async fn work_on_order(
        &self,
        viewer: &Viewer,
        id: OrderId,
        work: Work,
        decide: impl Fn(&Order) -> Result<Worked, UserError>,
    ) -> Asked<OrderView> {
        let staff = viewer.staff(work.needs)?;
        self.retry_on_conflict(|| async {
            let Some(loaded) = self.order_for(staff, id).await? else {
                return Ok(Err(no_such_order()));
            };
            let worked = match decide(&loaded.order) {
                Ok(worked) => worked,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let actor = viewer.actor();
            let event = OrderEvent {
                kind: work.kind,
                actor: actor.clone(),
                at: self.now(),
                note: worked.note.clone(),
            };
            let mut change = OrderChange::new(&loaded.order, &worked.after, &event, &viewer.origin);
            change.reversals = &worked.reversals;
            change.audit = Some(self.trail_of(viewer, work.action, &loaded.order.number, &worked.note));
            self.store().apply(&change).await?;
            Ok(Ok(self.view(worked.after, loaded.catalog, actor)))
        })
        .await
    }

    /// The order with `id`, unless this token is for another store view.
    pub(crate) async fn order_for(&self, staff: &Staff, id: OrderId) -> Result<Option<Loaded>, AppError> {
        if staff.covers(id.store()) {
            Ok(self.store().order(id).await?)
        } else {
            Ok(None)
        }
    }

    /// An entry of staff's trail.
    pub(crate) fn trail_of(&self, viewer: &Viewer, action: &str, target: &str, details: &str) -> AuditEntry {
        AuditEntry::new(
            &viewer.actor().label(),
            action,
            target,
            &viewer.origin,
            details,
            self.now(),
        )
    }
}

pub(crate) fn no_such_order() -> UserError {
    UserError::about("order_id", UserErrorCode::NotFound, "there is no such order")
}

/// What staff is told when the rules refuse a document.
pub(crate) fn document_error(refusal: &DocumentRefusal) -> UserError {
    let (field, code) = match refusal {
        DocumentRefusal::State(_) | DocumentRefusal::OpenInvoice => {
            ("order_id", UserErrorCode::InvalidOrderStatus)
        }
        DocumentRefusal::NothingLeft => ("items", UserErrorCode::NothingLeft),
        DocumentRefusal::UnknownItem(_) | DocumentRefusal::NotPositive(_) => {
            ("items", UserErrorCode::Invalid)
        }
        DocumentRefusal::TooMany { .. } => ("items", UserErrorCode::QuantityExceeded),
        DocumentRefusal::TooMuch(_) => ("adjustment", UserErrorCode::AmountExceeded),
        DocumentRefusal::NegativeTotal => ("adjustment", UserErrorCode::Invalid),
        DocumentRefusal::Money(_) => ("order_id", UserErrorCode::Invalid),
    };
    UserError::about(field, code, refusal.to_string())
}

/// Whose token it is, for the rules.
pub(crate) fn staff_actor(staff: &Staff, overrides_switch: bool) -> Actor {
    Actor::Staff {
        name: staff.name.clone(),
        overrides_switch,
    }
}
