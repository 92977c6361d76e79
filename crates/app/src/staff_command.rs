//! Commands of staff on one order, and the texts that tell staff why the rules refuse a command.

use std::future::ready;

use chrono::{DateTime, Utc};
use countermand_domain::{
    Actor, CancellationRefusal, DocumentRefusal, HoldRefusal, LineRefusal, OrderId, Transition,
};
use countermand_persistence::{AuditEntry, Loaded};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::order_command::{Decision, NoSuchOrder, OrderCommand, Subject};
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
            ready(decided.map(Decision::from).map_err(refused))
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

    /// An entry of the audit log about what a viewer does.
    pub(crate) fn trail_of(&self, viewer: &Viewer, action: &str, target: &str, details: &str) -> AuditEntry {
        self.trail(&viewer.actor(), &viewer.origin, action, target, details)
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

impl From<NoSuchOrder> for UserError {
    fn from(NoSuchOrder: NoSuchOrder) -> Self {
        Self::about("order_id", UserErrorCode::NotFound, "there is no such order")
    }
}

impl From<CancellationRefusal> for UserError {
    fn from(refusal: CancellationRefusal) -> Self {
        let (field, code) = match &refusal {
            CancellationRefusal::Unauthorized => ("order_id", UserErrorCode::NotFound),
            CancellationRefusal::Disabled => ("order_id", UserErrorCode::OrderCancellationDisabled),
            CancellationRefusal::State(_)
            | CancellationRefusal::OpenInvoice
            | CancellationRefusal::NothingOpen => ("order_id", UserErrorCode::InvalidOrderStatus),
            CancellationRefusal::Shipped => ("order_id", UserErrorCode::PartialOrderItemShipped),
            CancellationRefusal::Selection(refusal) => ("items", line_code(refusal)),
            CancellationRefusal::InvalidReason => ("reason", UserErrorCode::InvalidReason),
            CancellationRefusal::Unbalanced(_) => ("order_id", UserErrorCode::Invalid),
        };
        Self::about(field, code, refusal.to_string())
    }
}

impl From<DocumentRefusal> for UserError {
    fn from(refusal: DocumentRefusal) -> Self {
        let (field, code) = match &refusal {
            DocumentRefusal::State(_) | DocumentRefusal::OpenInvoice => {
                ("order_id", UserErrorCode::InvalidOrderStatus)
            }
            DocumentRefusal::Lines(refusal) => ("items", line_code(refusal)),
            DocumentRefusal::TooMuch(_) => ("adjustment", UserErrorCode::AmountExceeded),
            DocumentRefusal::NegativeTotal => ("adjustment", UserErrorCode::Invalid),
            DocumentRefusal::Money(_) => ("order_id", UserErrorCode::Invalid),
        };
        Self::about(field, code, refusal.to_string())
    }
}

impl From<HoldRefusal> for UserError {
    fn from(refusal: HoldRefusal) -> Self {
        Self::about("order_id", UserErrorCode::InvalidOrderStatus, refusal.to_string())
    }
}

fn line_code(refusal: &LineRefusal) -> UserErrorCode {
    match refusal {
        LineRefusal::NothingLeft => UserErrorCode::NothingLeft,
        LineRefusal::UnknownItem(_) | LineRefusal::NotPositive(_) => UserErrorCode::Invalid,
        LineRefusal::TooMany { .. } => UserErrorCode::QuantityExceeded,
    }
}
