//! Writes one decision in one round trip: either all of its parts are written or none.

use countermand_domain::{
    CanceledItem, Cancellation, EventData, GuestKeyChange, Money, Order, OrderEvent, RowMoney, Transition,
};
use sea_orm::EntityTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use uuid::Uuid;

use crate::accounts::rate_limit::add_taken_back;
use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{NewObligation, rows_of};
use crate::orders::guest_key::key_row;
use crate::rows::documents::{comment_row, credit_memo_row, invoice_row, shipment_row, transaction_row};
use crate::rows::entity::{
    cancellation, cancellation_item, credit_memo, guest_key, invoice, order, order_comment, order_event,
    order_item, payment_transaction, shipment,
};
use crate::rows::event_data;
use crate::rows::item::item_row;
use crate::rows::order::row_of;
use crate::rows::time::to_micros;
use crate::sql::rows::{self, insert, upsert};
use crate::sql::script::{Script, Touched};

/// A decision about one order, with everything that must be written with it.
#[derive(Debug, Clone)]
pub struct OrderChange<'a> {
    /// The order as it was read; its version is the guard.
    pub before: &'a Order,
    /// The decision: the order as it is now, what happened, and the money that must flow back.
    pub transition: &'a Transition,
    /// The network address from which the change was requested.
    pub origin: &'a str,
    /// The ids of the rows that the change adds.
    pub ids: ChangeIds,
    /// The effects outside the database that the change causes.
    pub obligations: Vec<NewObligation>,
    /// The entry for the audit log, if staff changed the order.
    pub audit: Option<AuditEntry>,
    /// The names of limits from which one counted try is taken back, because the try must not count.
    pub taken_back_tries: Vec<String>,
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
    /// A change that writes only its decision; `next_id` makes the ids of its rows.
    #[must_use]
    pub fn new(
        before: &'a Order,
        transition: &'a Transition,
        origin: &'a str,
        mut next_id: impl FnMut() -> Uuid,
    ) -> Self {
        Self {
            before,
            transition,
            origin,
            ids: ChangeIds {
                event: next_id(),
                cancellation: next_id(),
                effects: transition.effects.iter().map(|_| next_id()).collect(),
            },
            obligations: Vec::new(),
            audit: None,
            taken_back_tries: Vec::new(),
        }
    }

    fn after(&self) -> &'a Order {
        &self.transition.after
    }

    fn event(&self) -> &'a OrderEvent {
        &self.transition.event
    }
}

impl Database {
    /// Writes a change in one transaction and one round trip.
    ///
    /// Two guards refuse a second writer of the same version: the order row is updated only
    /// at the version that was read, and the event's key (order, version) exists only once.
    /// If the answer of a commit is lost, the event tells which writer has made the change.
    pub async fn apply(&self, change: &OrderChange<'_>) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        let updated = add_order(&mut script, change)?;
        add_event(&mut script, change)?;
        add_items(&mut script, change)?;
        add_transactions(&mut script, change);
        add_documents(&mut script, change)?;
        add_cancellation(&mut script, change)?;
        add_guest_key(&mut script, change);
        insert(&mut script, rows_of(change)?);
        if let Some(audit) = &change.audit {
            insert(&mut script, [audit.row()]);
        }
        add_taken_back(&mut script, &change.taken_back_tries);
        match script.commit().await {
            Ok(answers) => match answers.touched(updated)? {
                1 => Ok(()),
                _ => Err(DatabaseError::Corrupt(format!(
                    "order {} lost its trail",
                    change.before.id
                ))),
            },
            Err(DatabaseError::Duplicate) => self.whose_change(change).await,
            Err(problem) => Err(problem),
        }
    }

    /// Decides after a clash whether this change was written: it was, if the event of this version has the id of this
    /// change. Otherwise another writer has changed the order first.
    async fn whose_change(&self, change: &OrderChange<'_>) -> Result<(), DatabaseError> {
        let mut script = Script::read(self);
        let key = (change.after().id.number(), change.after().version);
        let event = script.select(order_event::Entity::find_by_id(key));
        match script.fetch().await?.first(event)? {
            Some(event) if event.id == change.ids.event.to_string() => Ok(()),
            Some(_) | None => Err(DatabaseError::Conflict),
        }
    }
}

fn add_order(script: &mut Script<'_>, change: &OrderChange<'_>) -> Result<Touched, DatabaseError> {
    let row = row_of(change.after())?;
    let mut update = Query::update();
    update
        .table(order::Entity)
        .value(order::Column::Version, row.version)
        .value(order::Column::State, row.state)
        .value(order::Column::Status, row.status)
        .value(order::Column::HeldState, row.held_state)
        .value(order::Column::HeldStatus, row.held_status)
        .value(order::Column::UpdatedAt, row.updated_at)
        .value(order::Column::StatusChangedAt, row.status_changed_at)
        .value(order::Column::Invoiced, row.invoiced)
        .value(order::Column::Paid, row.paid)
        .value(order::Column::Refunded, row.refunded)
        .value(order::Column::Canceled, row.canceled)
        .value(order::Column::Shipping, row.shipping)
        .and_where(Expr::col(order::Column::Id).eq(row.id))
        .and_where(Expr::col(order::Column::Version).eq(change.before.version));
    Ok(script.add_counted(&update))
}

fn add_event(script: &mut Script<'_>, change: &OrderChange<'_>) -> Result<(), DatabaseError> {
    let row = event_row(change.after(), change.event(), change.origin, change.ids.event)?;
    insert(script, [row]);
    Ok(())
}

/// The row of an event. The text for staff is made from the event's data when the event is read.
pub(crate) fn event_row(
    after: &Order,
    event: &OrderEvent,
    origin: &str,
    id: Uuid,
) -> Result<order_event::Model, DatabaseError> {
    Ok(order_event::Model {
        order_id: after.id.number(),
        version: after.version,
        id: id.to_string(),
        kind: event.data.kind().code().into(),
        actor: event.actor.label(),
        origin: origin.chars().take(64).collect(),
        note: String::new(),
        created_at: to_micros(event.at),
        schema_version: EventData::SCHEMA_VERSION,
        data: Some(event_data::write(&event.data)?),
    })
}

/// Writes the changed columns of the changed items.
fn add_items(script: &mut Script<'_>, change: &OrderChange<'_>) -> Result<(), DatabaseError> {
    use order_item::Column as C;
    let mut rows = Vec::new();
    for item in &change.after().items {
        if change.before.item(item.position) != Some(item) {
            rows.push(item_row(change.after().id, item)?);
        }
    }
    let moving = [
        C::QtyInvoiced,
        C::QtyShipped,
        C::QtyCanceled,
        C::QtyRefunded,
        C::InvoicedNet,
        C::InvoicedTax,
        C::InvoicedTaxCompensation,
        C::InvoicedDiscount,
        C::RefundedNet,
        C::RefundedTax,
        C::RefundedTaxCompensation,
        C::RefundedDiscount,
        C::CanceledNet,
        C::CanceledTax,
        C::CanceledTaxCompensation,
        C::CanceledDiscount,
    ];
    rows::update(script, rows, &[C::OrderId, C::Position], &moving);
    Ok(())
}

fn add_transactions(script: &mut Script<'_>, change: &OrderChange<'_>) {
    use payment_transaction::Column as C;
    let before = &change.before.payment.transactions;
    let changed = change.after().payment.transactions.iter().zip(0_i32..);
    let rows = changed
        .filter(|(transaction, position)| {
            usize::try_from(*position).ok().and_then(|at| before.get(at)) != Some(*transaction)
        })
        .map(|(transaction, position)| transaction_row(change.after().id, position, transaction));
    upsert(script, rows, &[C::OrderId, C::Position], &[C::Used]);
}

/// Adds sales documents and comments, which are never changed later.
fn add_documents(script: &mut Script<'_>, change: &OrderChange<'_>) -> Result<(), DatabaseError> {
    let (before, after) = (change.before, change.after());
    let id = after.id;
    let mut invoices: Vec<invoice::Model> = Vec::new();
    for (document, position) in after.invoices.iter().zip(1..).skip(before.invoices.len()) {
        invoices.push(invoice_row(id, position, document)?);
    }
    insert(script, invoices);
    let mut shipments: Vec<shipment::Model> = Vec::new();
    for (document, position) in after.shipments.iter().zip(1..).skip(before.shipments.len()) {
        shipments.push(shipment_row(id, position, document)?);
    }
    insert(script, shipments);
    let mut memos: Vec<credit_memo::Model> = Vec::new();
    for (document, position) in after.credit_memos.iter().zip(1..).skip(before.credit_memos.len()) {
        memos.push(credit_memo_row(id, position, document)?);
    }
    insert(script, memos);
    let comments = after.comments.iter().zip(1..).skip(before.comments.len());
    insert(
        script,
        comments.map(|(comment, position)| -> order_comment::Model { comment_row(id, position, comment) }),
    );
    Ok(())
}

fn add_cancellation(script: &mut Script<'_>, change: &OrderChange<'_>) -> Result<(), DatabaseError> {
    if let Some(facts) = change.transition.cancellation() {
        insert(script, [cancellation_row(change, facts)]);
        let items = facts.items.iter().map(|item| cancellation_item_row(change, item));
        insert(script, items.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(())
}

fn cancellation_item_row(
    change: &OrderChange<'_>,
    item: &CanceledItem,
) -> Result<cancellation_item::Model, DatabaseError> {
    let payable = |money: RowMoney| {
        let payable = money
            .payable()
            .map_err(|it| DatabaseError::Corrupt(it.to_string()));
        payable.map(Money::minor)
    };
    Ok(cancellation_item::Model {
        order_id: change.after().id.number(),
        version: change.after().version,
        position: item.item,
        qty_canceled: item.canceled.scaled(),
        qty_refunded: item.refunded.scaled(),
        canceled: payable(item.canceled_money)?,
        refunded: payable(item.refunded_money)?,
    })
}

fn cancellation_row(change: &OrderChange<'_>, facts: &Cancellation) -> cancellation::Model {
    cancellation::Model {
        order_id: change.after().id.number(),
        version: change.after().version,
        id: change.ids.cancellation.to_string(),
        reason_code: facts.reason_code.clone(),
        reason: facts.reason.clone(),
        actor: change.event().actor.label(),
        canceled_total: facts.canceled_total.minor(),
        refund_total: facts.refunded_total.minor(),
        created_at: to_micros(change.event().at),
    }
}

fn add_guest_key(script: &mut Script<'_>, change: &OrderChange<'_>) {
    use guest_key::Column as C;
    match &change.transition.guest_key {
        None => {}
        Some(GuestKeyChange::Replace(key)) => {
            let replaced = [C::Hash, C::Reason, C::CreatedAt, C::ExpiresAt, C::UsedAt];
            upsert(script, [key_row(key)], &[C::OrderId], &replaced);
        }
        Some(GuestKeyChange::Use) => {
            let mut update = Query::update();
            update
                .table(guest_key::Entity)
                .value(C::UsedAt, to_micros(change.event().at))
                .and_where(Expr::col(C::OrderId).eq(change.after().id.number()));
            script.add(&update);
        }
    }
}
