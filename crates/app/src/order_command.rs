//! The one way in which an order changes: load it, decide, apply the decision; on a conflict all of it again.

use std::sync::Arc;

use countermand_domain::{
    Actor, CancellationPolicy, Customer, EventData, GuestKey, OrderId, StaffRole, StoreNumber, Transition,
};
use countermand_persistence::{AuditEntry, Loaded, OrderChange};
use futures_util::future::BoxFuture;

use crate::App;
use crate::error::AppError;
use crate::failure::{Failure, Refusal};
use crate::order_view::OrderView;
use crate::viewer::Viewer;

/// Who changes an order, and what is kept about that.
#[derive(Debug, Clone)]
pub(crate) struct OrderCommand<'a> {
    /// As whom the caller stands before the rules, and for whom the answer shows the order.
    pub(crate) actor: Actor,
    viewer: &'a Viewer,
    /// The only store view whose orders are reached; none for all.
    store: Option<StoreNumber>,
    /// The operation as the audit log names it; none where the caller is no member of staff.
    audited_as: Option<&'static str>,
    reads_guest_key: bool,
}

/// A use case's decision about an order.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) transition: Transition,
    /// Names of limits against which a try was counted that was none of those that are limited.
    pub(crate) taken_back_tries: Vec<String>,
}

/// A decision under way: some of them count a try in the database first.
pub(crate) type Deciding<'d, R> = BoxFuture<'d, Result<Decision, Failure<R>>>;

/// There is no order with this id, or the caller may not reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoSuchOrder;

impl<'a> OrderCommand<'a> {
    /// A command of a signed-in customer.
    pub(crate) fn of_customer(viewer: &'a Viewer, customer: &Customer) -> Self {
        Self::of(viewer, Actor::Customer(customer.id))
    }

    /// A command of a guest.
    pub(crate) fn of_guest(viewer: &'a Viewer) -> Self {
        Self::of(viewer, Actor::Guest)
    }

    /// A command of staff that needs the rights of `role`; the audit log names it `operation`.
    pub(crate) fn of_staff(
        viewer: &'a Viewer,
        role: StaffRole,
        operation: &'static str,
    ) -> Result<Self, AppError> {
        let staff = viewer.staff(role)?;
        Ok(Self {
            store: staff.store,
            audited_as: Some(operation),
            ..Self::of(viewer, viewer.actor())
        })
    }

    fn of(viewer: &'a Viewer, actor: Actor) -> Self {
        Self {
            actor,
            viewer,
            store: None,
            audited_as: None,
            reads_guest_key: false,
        }
    }

    /// The same command, for which the guest's confirmation key is read with the order.
    pub(crate) fn reading_guest_key(self) -> Self {
        Self {
            reads_guest_key: true,
            ..self
        }
    }

    fn reaches(&self, order: OrderId) -> bool {
        self.store.is_none_or(|store| store == order.store())
    }
}

impl From<Transition> for Decision {
    fn from(transition: Transition) -> Self {
        Self {
            transition,
            taken_back_tries: Vec::new(),
        }
    }
}

impl App {
    /// Changes the order `id` by `decide`, or says why not. Everything that the decision causes is written with it.
    ///
    /// `decide` sees the order with the shop it belongs to, and the guest's key where the command reads it. It runs
    /// again when others changed the order meanwhile, three times at most.
    pub(crate) async fn change_order<'d, R: Refusal + From<NoSuchOrder>>(
        &self,
        command: &OrderCommand<'_>,
        id: OrderId,
        decide: impl Fn(Arc<Loaded>, Option<GuestKey>) -> Deciding<'d, R>,
    ) -> Result<OrderView, Failure<R>> {
        self.retry_on_conflict(|| self.change_once(command, id, &decide))
            .await
    }

    async fn change_once<'d, R: Refusal + From<NoSuchOrder>>(
        &self,
        command: &OrderCommand<'_>,
        id: OrderId,
        decide: &impl Fn(Arc<Loaded>, Option<GuestKey>) -> Deciding<'d, R>,
    ) -> Result<OrderView, Failure<R>> {
        // The order and its policy are read after the request arrived: a switch works at once, on every replica.
        let Some((loaded, key)) = self.load(command, id).await? else {
            return Err(R::from(NoSuchOrder).into());
        };
        let loaded = Arc::new(loaded);
        let decision = decide(loaded.clone(), key).await?;
        let transition = &decision.transition;
        let change = OrderChange {
            obligations: self.mails_of(transition, &loaded.catalog)?,
            audit: self.audit_of(command, transition),
            taken_back_tries: decision.taken_back_tries,
            ..OrderChange::new(&loaded.order, transition, &command.viewer.origin)
        };
        self.store().apply(&change).await?;
        let (after, catalog) = (decision.transition.after, loaded.catalog.clone());
        Ok(self.view(after, catalog, command.actor.clone()))
    }

    async fn load(
        &self,
        command: &OrderCommand<'_>,
        id: OrderId,
    ) -> Result<Option<(Loaded, Option<GuestKey>)>, AppError> {
        if !command.reaches(id) {
            Ok(None)
        } else if command.reads_guest_key {
            Ok(self.store().order_with_guest_key(id).await?)
        } else {
            Ok(self.store().order(id).await?.map(|loaded| (loaded, None)))
        }
    }

    fn audit_of(&self, command: &OrderCommand<'_>, transition: &Transition) -> Option<AuditEntry> {
        let operation = command.audited_as?;
        let details = audit_details(&transition.event.data);
        Some(self.trail_of(command.viewer, operation, &transition.after.number, &details))
    }
}

/// What the order's store view allows.
pub(crate) fn policy_of(loaded: &Loaded) -> CancellationPolicy {
    loaded.catalog.cancellation_policy(loaded.order.id.store())
}

/// What the audit log says of an event.
fn audit_details(data: &EventData) -> String {
    match data {
        EventData::Canceled(facts) if facts.overrides_switch => {
            format!("{}, although the switch may be off", data.note())
        }
        _ => data.note(),
    }
}
