//! The one way in which an order changes: load it, decide, apply the decision; on a conflict all of it again.

use std::sync::Arc;

use countermand_domain::{
    Actor, BuyerMail, CancellationPolicy, ConfigScope, Customer, EventData, GuestKey, Order, OrderId, Shop,
    StoreNumber, Transition,
};
use countermand_persistence::{
    AuditEntry, BulkPlace, ChannelChange, HistoryHead, NewObligation, NewReversalEntry, OrderChange,
    ReopenedObligation, ReversalSeries, SettledObligation,
};

use crate::App;
use crate::error::AppError;
use crate::failure::{Failure, Refusal};
use crate::journal;
use crate::obligations::{CausingChange, ObligationKind};
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// Who changes an order, and what the audit log keeps about the change.
#[derive(Debug, Clone)]
pub(crate) struct OrderCommand<'a> {
    /// The actor that the caller is for the rules, and for whom the answer shows the order.
    pub(crate) actor: Actor,
    pub(crate) viewer: &'a Viewer,
    /// The name of the operation in the API.
    pub(crate) operation: &'static str,
    /// The reason for a cancellation as the caller sent it; none if the command cancels nothing or has no reason yet.
    pub(crate) reason: Option<&'a str>,
    /// The only store view whose orders are reached; none for all.
    store: Option<StoreNumber>,
    /// The operation as the audit log names it; none where the caller is no member of staff.
    audited_as: Option<&'static str>,
    reads_guest_key: bool,
    /// The place in a job that cancels many orders; none outside of one.
    bulk: Option<&'a BulkPlace>,
}

/// An order as it was read for a decision.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) order: Arc<Order>,
    /// The shop the order belongs to, read with it.
    pub(crate) shop: Arc<Shop>,
    /// The end of the order's history, read with it.
    pub(crate) head: HistoryHead,
    /// The guest's confirmation key, where the command reads it and there is one.
    pub(crate) guest_key: Option<GuestKey>,
    /// The voids and refunds of the order before the change; none where the command does not read them.
    pub(crate) reversals: Option<Vec<ReversalSeries>>,
}

/// A use case's decision about an order.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) transition: Transition,
    /// The obligation that the change settles.
    pub(crate) settles: Option<SettledObligation>,
    /// The change of the order of a sales channel that is written with it.
    pub(crate) channel: Option<ChannelChange>,
    /// The obligation that the change opens again.
    pub(crate) reopens: Option<ReopenedObligation>,
    /// The state of a refund at its payment provider that the change tells of.
    pub(crate) provider_state: Option<NewReversalEntry>,
    /// The obligations that are owed beside those that follow from the event.
    pub(crate) owes: Vec<NewObligation>,
}

/// There is no order with this id, or the caller may not reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoSuchOrder;

impl<'a> OrderCommand<'a> {
    /// A signed-in customer's command `operation`.
    pub(crate) fn of_customer(viewer: &'a Viewer, customer: &Customer, operation: &'static str) -> Self {
        Self::of(viewer, Actor::Customer(customer.id), operation)
    }

    /// A guest's command `operation`.
    pub(crate) fn of_guest(viewer: &'a Viewer, operation: &'static str) -> Self {
        Self::of(viewer, Actor::Guest, operation)
    }

    /// A command of staff, if the role of the caller allows `operation`; the audit log names it.
    pub(crate) fn of_staff(viewer: &'a Viewer, operation: StaffOperation) -> Result<Self, AppError> {
        let staff = viewer.staff(operation)?;
        Ok(Self {
            store: staff.store,
            audited_as: Some(operation.name()),
            ..Self::of(viewer, viewer.actor(), operation.name())
        })
    }

    /// The program's own command `operation`: a job decides.
    pub(crate) fn of_system(viewer: &'a Viewer, operation: &'static str) -> Self {
        Self::of(viewer, Actor::System, operation)
    }

    fn of(viewer: &'a Viewer, actor: Actor, operation: &'static str) -> Self {
        Self {
            actor,
            viewer,
            operation,
            reason: None,
            store: None,
            audited_as: None,
            reads_guest_key: false,
            bulk: None,
        }
    }

    /// The same command as a cancellation for `reason`.
    pub(crate) fn canceling_for(self, reason: &'a str) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// The same command, for which the guest's confirmation key is read with the order.
    pub(crate) fn reading_guest_key(self) -> Self {
        Self {
            reads_guest_key: true,
            ..self
        }
    }

    /// The same command as a part of a job that cancels many orders.
    pub(crate) fn in_bulk(self, place: &'a BulkPlace) -> Self {
        Self {
            bulk: Some(place),
            ..self
        }
    }

    fn reaches(&self, order: OrderId) -> bool {
        self.store.is_none_or(|store| store == order.store())
    }
}

impl Subject {
    /// The rules of the order's store view for cancellations.
    pub(crate) fn policy(&self) -> CancellationPolicy {
        self.shop.cancellation_policy(self.order.id.store())
    }
}

/// The tenders of the order whose money the program moves: a payment provider is connected for the method, or it is a
/// balance whose keeper is told.
fn paid_back_tenders(subject: &Subject) -> Vec<usize> {
    let order = &subject.order;
    let settings = subject.shop.settings_at(ConfigScope::Store(order.id.store()));
    let providers = &settings.payment_providers.value;
    let tenders = order.payment.all_tenders();
    let tenders = tenders.filter(|it| it.kind.is_balance() || it.provider_account(providers).is_some());
    tenders.map(|it| it.position).collect()
}

impl From<Transition> for Decision {
    fn from(transition: Transition) -> Self {
        Self {
            transition,
            settles: None,
            channel: None,
            reopens: None,
            provider_state: None,
            owes: Vec::new(),
        }
    }
}

impl App {
    /// Changes the order `id` by `decide`, or says why not. Everything that the decision causes is written with it.
    ///
    /// `decide` runs again when others changed the order meanwhile, three times at most. An order that was changed under
    /// the viewer's idempotency key before is not changed again, and the view shows it as it is.
    pub(crate) async fn change_order<R, D, F, Fut>(
        &self,
        command: &OrderCommand<'_>,
        id: OrderId,
        decide: F,
    ) -> Result<OrderView, Failure<R>>
    where
        R: Refusal + From<NoSuchOrder>,
        D: Into<Decision>,
        F: Fn(Arc<Subject>) -> Fut,
        Fut: Future<Output = Result<D, Failure<R>>>,
    {
        let changed = self.retry_on_conflict(AppError::OrderContended, || async {
            // The order and its policy are read after the request arrived: a switch works at once, on every replica.
            let subject = self.read_subject(command, id).await?;
            let subject = Arc::new(subject.ok_or_else(|| R::from(NoSuchOrder))?);
            let key = command.viewer.key.as_ref();
            if key.is_some_and(|key| key.has_changed(id)) {
                // An earlier attempt has made the change, and its server died before it answered.
                let (order, shop) = (subject.order.clone(), subject.shop.clone());
                let view = self.view(order, shop, command.actor.clone());
                return Ok(view.with_reversals(subject.reversals.clone()));
            }
            let Decision {
                transition,
                settles,
                channel,
                reopens,
                provider_state,
                owes,
            } = decide(subject.clone()).await?.into();
            // A refund that the change adds is on its way. One that it opens again is read when it is shown.
            let mut reversals = subject.reversals.clone().filter(|_| reopens.is_none());
            if let (Some(known), Some(settled)) = (&mut reversals, &settles) {
                known.retain(|series| series.obligation != settled.id);
            }
            let mut obligations = ObligationKind::owed_by(
                self,
                &CausingChange {
                    transition: &transition,
                    shop: &subject.shop,
                    provider_state: provider_state.as_ref(),
                },
            )?;
            obligations.extend(owes);
            let change = OrderChange {
                obligations,
                audit: self.audit_of(command, &transition),
                mark: key.map(|key| key.order_mark(id)),
                settled: settles,
                channel,
                reopened: reopens,
                provider_state,
                paid_back_tenders: paid_back_tenders(&subject),
                bulk: command.bulk.cloned(),
                ..OrderChange::new(
                    &subject.order,
                    subject.head,
                    &transition,
                    &command.viewer.origin,
                    || self.env().next_id(),
                )
            };
            self.database().apply(&change).await?;
            journal::order_changed(command.operation, &subject.shop, &change);
            let shop = subject.shop.clone();
            let view = self.view(transition.after, shop, command.actor.clone());
            Ok(view.with_reversals(reversals))
        });
        let changed = changed.await;
        if let Err(Failure::Refused(refusal)) = &changed {
            journal::order_change_refused(command, id, refusal.code());
        }
        changed
    }

    async fn read_subject(
        &self,
        command: &OrderCommand<'_>,
        id: OrderId,
    ) -> Result<Option<Subject>, AppError> {
        if !command.reaches(id) {
            return Ok(None);
        }
        let found = if command.reads_guest_key {
            self.database().order_with_guest_key(id).await?
        } else {
            self.database().order(id).await?.map(|loaded| (loaded, None))
        };
        Ok(found.map(|(loaded, guest_key)| Subject {
            order: loaded.order,
            shop: loaded.shop,
            head: loaded.head,
            guest_key,
            reversals: loaded.reversals,
        }))
    }

    fn audit_of(&self, command: &OrderCommand<'_>, transition: &Transition) -> Option<AuditEntry> {
        let operation = command.audited_as?;
        let details = audit_details(&transition.event.data);
        Some(self.trail_of(
            command.viewer,
            operation,
            transition.after.number.as_str(),
            &details,
        ))
    }
}

/// The text of the audit log for an event.
fn audit_details(data: &EventData) -> String {
    match data {
        EventData::Canceled(facts) => {
            let switch = if facts.overrides_switch && facts.request.is_none() {
                ", although the switch may be off"
            } else {
                ""
            };
            let mail = if facts.buyer_mail == BuyerMail::Declined {
                ", without a mail to the buyer"
            } else {
                ""
            };
            format!("{}{switch}{mail}", data.note())
        }
        _ => data.note(),
    }
}
