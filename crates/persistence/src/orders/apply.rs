//! Writes one decision in one round trip: either all of its parts are written or none.

use countermand_domain::{Order, OrderEvent, Transition};
use sea_orm::{DatabaseBackend, EntityTrait};
use uuid::Uuid;

use crate::audit::AuditEntry;
use crate::bulk::BulkPlace;
use crate::channels::ChannelChange;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::idempotency::ChangeMark;
use crate::obligations::{NewObligation, ReopenedObligation, SettledObligation};
use crate::orders::change_rows::ChangeRows;
use crate::orders::history_chain::HistoryHead;
use crate::payments::NewReversalEntry;
use crate::rows::entity::{order, order_event};
use crate::sql::batches::Batches;
use crate::sql::script::Script;

/// A decision about one order, with everything that must be written with it.
#[derive(Debug, Clone)]
pub struct OrderChange<'a> {
    /// The order as it was read; its version is the guard.
    pub before: &'a Order,
    /// The end of the order's history as it was read with the order.
    pub head: HistoryHead,
    /// The decision: the order as it is now, what happened, and the money that must flow back.
    pub transition: &'a Transition,
    /// The network address from which the change was requested.
    pub origin: &'a str,
    /// The ids of the rows that the change adds.
    pub ids: ChangeIds,
    /// The effects outside the database that the change causes.
    pub obligations: Vec<NewObligation>,
    /// The obligation that the change settles; none for most changes.
    pub settled: Option<SettledObligation>,
    /// The change of the order of a sales channel from which the order was imported; none for most changes. It is
    /// refused as a whole when another change of that order came first.
    pub channel: Option<ChannelChange>,
    /// The obligation that the change opens again; none for most changes.
    pub reopened: Option<ReopenedObligation>,
    /// The state of a refund at its payment provider that the change tells of; none for most changes. The change is
    /// refused as a whole when another state was written first.
    pub provider_state: Option<NewReversalEntry>,
    /// The place in a job that cancels many orders; none for a change outside of one. A change with a place is a
    /// cancellation, and its result is written with it.
    pub bulk: Option<BulkPlace>,
    /// The positions of the tenders whose voids and refunds the program carries out or passes on; the others wait for
    /// staff.
    pub paid_back_tenders: Vec<usize>,
    /// The entry for the audit log, if staff changed the order. Its own marks are not written.
    pub audit: Option<AuditEntry>,
    /// The mark of the change, where the request has an idempotency key. A key changes an order once.
    pub mark: Option<ChangeMark>,
}

/// The ids of the rows that a change adds, made by [`OrderChange::new`]. Each attempt has ids of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeIds {
    /// The id of the event. After a lost answer the id tells which writer has made the change.
    pub(crate) event: Uuid,
    /// The id of the cancellation, if the change is one.
    pub(crate) cancellation: Uuid,
    /// One id for each effect of the transition, in the same order.
    pub(crate) effects: Vec<Uuid>,
}

impl<'a> OrderChange<'a> {
    /// A change of `before`, whose history ends at `head`, that writes only its decision; `next_id` makes the ids of its
    /// rows.
    #[must_use]
    pub fn new(
        before: &'a Order,
        head: HistoryHead,
        transition: &'a Transition,
        origin: &'a str,
        mut next_id: impl FnMut() -> Uuid,
    ) -> Self {
        Self {
            before,
            head,
            transition,
            origin,
            ids: ChangeIds {
                event: next_id(),
                cancellation: next_id(),
                effects: transition.effects.iter().map(|_| next_id()).collect(),
            },
            obligations: Vec::new(),
            settled: None,
            channel: None,
            reopened: None,
            provider_state: None,
            bulk: None,
            paid_back_tenders: Vec::new(),
            audit: None,
            mark: None,
        }
    }

    /// Whether staff moves the money of the transaction at index `transaction` by hand.
    #[must_use]
    pub fn is_left_to_staff(&self, transaction: usize) -> bool {
        let tender = self.transition.after.payment.tender_of(transaction);
        tender.is_none_or(|tender| !self.paid_back_tenders.contains(&tender.position))
    }

    pub(crate) fn after(&self) -> &'a Order {
        &self.transition.after
    }

    pub(crate) fn event(&self) -> &'a OrderEvent {
        &self.transition.event
    }
}

/// The changes that requests wait for, to be written together.
pub(crate) type OrderWrites = Batches<ChangeRows, ()>;

impl Database {
    /// Writes a change in one transaction and one round trip.
    ///
    /// Two guards refuse a second writer of the same version: the order row is updated only
    /// at the version that was read, and the event's key (order, version) exists only once.
    /// If the answer of a commit is lost, the event tells which writer has made the change.
    pub async fn apply(&self, change: &OrderChange<'_>) -> Result<(), DatabaseError> {
        let rows = ChangeRows::of(change)?;
        // SQLite's one writer commits together what waits. On a cluster of
        // MariaDB, a transaction with many orders clashes with others more often.
        let written = if self.backend() == DatabaseBackend::Postgres {
            let database = self.clone();
            let work = move |rows| database.clone().write_together(rows);
            self.order_writes.ask(rows, work).await
        } else {
            self.write_change(rows).await
        };
        match written {
            Err(DatabaseError::Duplicate) => self.whose_change(change).await,
            outcome => outcome,
        }
    }

    /// Writes changes of several orders in one transaction, all of them or none.
    async fn write_together(self, mut changes: Vec<ChangeRows>) -> Result<Vec<()>, DatabaseError> {
        let answers = vec![(); changes.len()];
        // All replicas lock the orders in the same sequence, so that no two batches wait for each other.
        changes.sort_by_key(ChangeRows::first_order);
        let rows = changes.into_iter().reduce(ChangeRows::with);
        self.write_change(rows.unwrap_or_default()).await?;
        Ok(answers)
    }

    async fn write_change(&self, rows: ChangeRows) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        let (orders, first) = (rows.orders.len(), rows.first_order().unwrap_or_default());
        let updated = rows.add_to(&mut script);
        let answers = script.commit().await?;
        let mut touched = 0;
        for updated in updated {
            touched += answers.touched(updated)?;
        }
        if touched == u64::try_from(orders).unwrap_or(u64::MAX) {
            Ok(())
        } else {
            Err(without_event(first))
        }
    }

    /// Decides after a clash whether this change was written: it was, if the event of this version has the id of this
    /// change. Otherwise another writer has changed the order first.
    pub(super) async fn whose_change(&self, change: &OrderChange<'_>) -> Result<(), DatabaseError> {
        let (id, version) = (change.after().id.number(), change.after().version);
        let mut script = Script::read(self);
        let event = script.select(order_event::Entity::find_by_id((id, version)));
        let order = script.select(order::Entity::find_by_id(id));
        let answers = script.fetch().await?;
        match (answers.first(event)?, answers.first(order)?) {
            (Some(event), Some(order)) if event.id == change.ids.event.to_string() => {
                if order.version < version {
                    return Err(without_event(id));
                }
                Ok(())
            }
            _ => Err(DatabaseError::Conflict),
        }
    }
}

/// The error of an order that was not at the version before its change, although that version had no event.
fn without_event(order: i64) -> DatabaseError {
    DatabaseError::Corrupt(format!("order {order} has no event of its last change"))
}
