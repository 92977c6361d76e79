//! Commands of staff on one order, and their entries in the audit log.

use std::future::ready;

use chrono::{DateTime, Utc};
use countermand_domain::{Actor, OrderId, Transition};
use countermand_persistence::{AuditEntry, Loaded};

use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::order_command::{OrderCommand, Subject};
use crate::orders::order_view::OrderView;
use crate::viewer::{Staff, Viewer};

impl App {
    /// Lets staff change one order by `decide`, which sees the order and the time.
    pub(crate) async fn change_order_as_staff<R>(
        &self,
        command: &OrderCommand<'_>,
        id: OrderId,
        decide: impl Fn(&Subject, DateTime<Utc>) -> Result<Transition, R>,
    ) -> Result<OrderView, Failure<UserError>>
    where
        UserError: From<R>,
    {
        self.change_order(command, id, |subject| {
            let decided = decide(&subject, self.now());
            let refused = |refusal| Failure::Refused(UserError::from(refusal));
            ready(decided.map_err(refused))
        })
        .await
    }

    /// The order with `id`, unless this token is for another store view.
    pub(crate) async fn order_for(&self, staff: &Staff, id: OrderId) -> Result<Option<Loaded>, AppError> {
        if staff.covers(id.store()) {
            Ok(self.database().order(id).await?)
        } else {
            Ok(None)
        }
    }

    /// An entry of the audit log about what a viewer does. It marks the change as made under the viewer's idempotency
    /// key.
    pub(crate) fn trail_of(&self, viewer: &Viewer, action: &str, target: &str, details: &str) -> AuditEntry {
        AuditEntry {
            marks: viewer.mark(action).into_iter().collect(),
            ..self.trail(&viewer.actor(), &viewer.origin, action, target, details)
        }
    }

    /// An entry of the audit log. `origin` is the network address of the request, and empty on the command line.
    pub(crate) fn trail(
        &self,
        actor: &Actor,
        origin: &str,
        action: &str,
        target: &str,
        details: &str,
    ) -> AuditEntry {
        let id = self.env().next_id();
        AuditEntry::new(id, &actor.label(), action, target, origin, details, self.now())
    }
}
