//! The rows that a change of an order writes.

use countermand_domain::{Cancellation, EventData, GuestKeyChange, Order, OrderEvent};
use sea_orm::sea_query::{Expr, ExprTrait, Query, UpdateStatement};
use uuid::Uuid;

use crate::audit::AuditEntry;
use crate::bulk::{BulkOutcome, result_of};
use crate::channels::{ChannelChange, ChannelRow, write_channel_rows};
use crate::error::DatabaseError;
use crate::obligations::{ReopenedObligation, SettledObligation, rows_of};
use crate::orders::apply::OrderChange;
use crate::orders::cancellation_requests::{EndedRequest, replace_requests};
use crate::orders::guest_key::key_row;
use crate::orders::history_chain::{HistoryHead, row_with_history, tie};
use crate::orders::order_status as status;
use crate::payments::NewReversalEntry;
use crate::rows::documents::{comment_row, credit_memo_row, invoice_row, shipment_row, transaction_row};
use crate::rows::entity::{
    audit_entry, cancellation, cancellation_request, credit_memo, guest_key, idempotent_change, invoice,
    obligation, order, order_comment, order_event, order_item, order_status, payment_transaction,
    reversal_entry, shipment,
};
use crate::rows::event_data;
use crate::rows::item::item_row;
use crate::rows::request_column::request_row;
use crate::rows::time::to_micros;
use crate::sql::rows::{self, insert, upsert};
use crate::sql::script::{Script, Touched};

/// The rows of one change, or of several changes that are written together.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChangeRows {
    /// The orders after their changes. Each is written only over the version before.
    pub(crate) orders: Vec<order::Model>,
    /// The changed statuses.
    statuses: Vec<order_status::Model>,
    events: Vec<order_event::Model>,
    /// The changed items.
    items: Vec<order_item::Model>,
    /// The new and the changed transactions.
    transactions: Vec<payment_transaction::Model>,
    invoices: Vec<invoice::Model>,
    /// Invoices that were paid or withdrawn.
    changed_invoices: Vec<invoice::Model>,
    shipments: Vec<shipment::Model>,
    credit_memos: Vec<credit_memo::Model>,
    comments: Vec<order_comment::Model>,
    cancellations: Vec<cancellation::Model>,
    new_keys: Vec<guest_key::Model>,
    used_keys: Vec<UsedKey>,
    requests: Vec<cancellation_request::Model>,
    ended_requests: Vec<EndedRequest>,
    obligations: Vec<obligation::Model>,
    settled: Vec<SettledObligation>,
    channels: Vec<ChannelRow>,
    reopened: Vec<ReopenedObligation>,
    provider_states: Vec<reversal_entry::Model>,
    bulk_results: Vec<UpdateStatement>,
    audit_entries: Vec<audit_entry::Model>,
    marks: Vec<idempotent_change::Model>,
}

/// The confirmation key of a guest's order, and the time when it was used.
#[derive(Debug, Clone, Copy)]
struct UsedKey {
    order_id: i64,
    used_at: i64,
}

impl ChangeRows {
    pub(crate) fn of(change: &OrderChange<'_>) -> Result<Self, DatabaseError> {
        let (before, after) = (change.before, change.after());
        let event = event_row(
            after,
            change.event(),
            change.origin,
            change.ids.event,
            change.head,
        )?;
        let order = row_with_history(after, &event)?;
        let has_new_status = before.status != after.status;
        let mut rows = Self {
            statuses: has_new_status
                .then(|| status::row_of(&order))
                .into_iter()
                .collect(),
            orders: vec![order],
            events: vec![event],
            items: changed_items(before, after)?,
            transactions: changed_transactions(before, after),
            obligations: rows_of(change)?,
            settled: change.settled.iter().cloned().collect(),
            channels: change
                .channel
                .iter()
                .map(ChannelChange::rows)
                .collect::<Result<_, _>>()?,
            reopened: change.reopened.iter().cloned().collect(),
            provider_states: change
                .provider_state
                .iter()
                .map(NewReversalEntry::row)
                .collect::<Result<_, _>>()?,
            audit_entries: change.audit.iter().map(AuditEntry::row).collect(),
            marks: change
                .mark
                .iter()
                .map(|mark| mark.row(change.event().at))
                .collect(),
            ..Self::default()
        };
        rows.add_documents(before, after)?;
        if before.cancellation_request != after.cancellation_request {
            rows.requests.extend(request_row(after)?);
            rows.ended_requests.extend(EndedRequest::of(before, after));
        }
        if let Some(facts) = change.transition.cancellation() {
            rows.cancellations.push(cancellation_row(change, facts));
            let canceled = BulkOutcome::Canceled(facts.refunded_total);
            let result = |place| result_of(place, &canceled, change.event().at);
            rows.bulk_results.extend(change.bulk.iter().map(result));
        }
        match &change.transition.guest_key {
            None => {}
            Some(GuestKeyChange::Replace(key)) => rows.new_keys.push(key_row(key)?),
            Some(GuestKeyChange::Use) => rows.used_keys.push(UsedKey {
                order_id: after.id.number(),
                used_at: to_micros(change.event().at),
            }),
        }
        Ok(rows)
    }

    /// Adds the new sales documents and comments, which are never changed later, and the invoices whose state changed.
    fn add_documents(&mut self, before: &Order, after: &Order) -> Result<(), DatabaseError> {
        let id = after.id;
        for (document, position) in after.invoices.iter().zip(1..).skip(before.invoices.len()) {
            self.invoices.push(invoice_row(id, position, document)?);
        }
        for (position, (old, new)) in (1..).zip(before.invoices.iter().zip(&after.invoices)) {
            if old != new {
                self.changed_invoices.push(invoice_row(id, position, new)?);
            }
        }
        for (document, position) in after.shipments.iter().zip(1..).skip(before.shipments.len()) {
            self.shipments.push(shipment_row(id, position, document)?);
        }
        for (document, position) in after.credit_memos.iter().zip(1..).skip(before.credit_memos.len()) {
            self.credit_memos.push(credit_memo_row(id, position, document)?);
        }
        for (comment, position) in after.comments.iter().zip(1..).skip(before.comments.len()) {
            self.comments.push(comment_row(id, position, comment));
        }
        Ok(())
    }

    /// The id of the first order.
    pub(crate) fn first_order(&self) -> Option<i64> {
        self.orders.first().map(|order| order.id)
    }

    /// These rows and those of `other`.
    #[must_use]
    pub(crate) fn with(mut self, other: Self) -> Self {
        self.orders.extend(other.orders);
        self.statuses.extend(other.statuses);
        self.events.extend(other.events);
        self.items.extend(other.items);
        self.transactions.extend(other.transactions);
        self.invoices.extend(other.invoices);
        self.changed_invoices.extend(other.changed_invoices);
        self.shipments.extend(other.shipments);
        self.credit_memos.extend(other.credit_memos);
        self.comments.extend(other.comments);
        self.cancellations.extend(other.cancellations);
        self.new_keys.extend(other.new_keys);
        self.used_keys.extend(other.used_keys);
        self.requests.extend(other.requests);
        self.ended_requests.extend(other.ended_requests);
        self.obligations.extend(other.obligations);
        self.settled.extend(other.settled);
        self.channels.extend(other.channels);
        self.reopened.extend(other.reopened);
        self.provider_states.extend(other.provider_states);
        self.bulk_results.extend(other.bulk_results);
        self.audit_entries.extend(other.audit_entries);
        self.marks.extend(other.marks);
        self
    }

    /// Adds the statements that write the rows. The handles tell how many orders were at the version before.
    pub(crate) fn add_to(self, script: &mut Script<'_>) -> Vec<Touched> {
        let updated = update_orders(script, self.orders);
        status::replace(script, self.statuses);
        insert(script, self.events);
        update_items(script, self.items);
        let key = [
            payment_transaction::Column::OrderId,
            payment_transaction::Column::Position,
        ];
        upsert(
            script,
            self.transactions,
            &key,
            &[
                payment_transaction::Column::Used,
                payment_transaction::Column::Owed,
                payment_transaction::Column::Abandoned,
                payment_transaction::Column::Outside,
                payment_transaction::Column::ChargedUsed,
            ],
        );
        insert(script, self.invoices);
        update_invoices(script, self.changed_invoices);
        insert(script, self.shipments);
        insert(script, self.credit_memos);
        insert(script, self.comments);
        insert(script, self.cancellations);
        replace_keys(script, self.new_keys);
        for key in self.used_keys {
            use_key(script, key);
        }
        replace_requests(script, self.requests);
        for ended in &self.ended_requests {
            script.add(&ended.meets_deadline());
        }
        insert(script, self.obligations);
        for settled in self.settled {
            script.add(&settled.update());
        }
        write_channel_rows(script, self.channels);
        for reopened in self.reopened {
            script.add(&reopened.update());
        }
        insert(script, self.provider_states);
        for result in self.bulk_results {
            script.add(&result);
        }
        insert(script, self.audit_entries);
        insert(script, self.marks);
        updated
    }
}

fn update_orders(script: &mut Script<'_>, orders: Vec<order::Model>) -> Vec<Touched> {
    use order::Column as C;
    let moving = [
        C::State,
        C::Status,
        C::HeldState,
        C::HeldStatus,
        C::UpdatedAt,
        C::StatusChangedAt,
        C::Invoiced,
        C::Paid,
        C::Refunded,
        C::Canceled,
        C::Shipping,
        C::OtherCharges,
        C::CancellationRequest,
        C::Deliveries,
        C::SalesChannel,
        C::Subscriptions,
        C::HistoryHash,
    ];
    rows::update_next_version(script, orders, C::Id, C::Version, &moving)
}

fn update_items(script: &mut Script<'_>, items: Vec<order_item::Model>) {
    use order_item::Column as C;
    let moving = [
        C::QtyInvoiced,
        C::QtyShipped,
        C::QtyCanceled,
        C::QtyRefunded,
        C::QtyInFulfilment,
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
    rows::update(script, items, &[C::OrderId, C::Position], &moving);
}

fn update_invoices(script: &mut Script<'_>, invoices: Vec<invoice::Model>) {
    use invoice::Column as C;
    rows::update(
        script,
        invoices,
        &[C::OrderId, C::Position],
        &[C::Paid, C::Canceled],
    );
}

fn replace_keys(script: &mut Script<'_>, keys: Vec<guest_key::Model>) {
    use guest_key::Column as C;
    let replaced = [
        C::Hash,
        C::Reason,
        C::Intent,
        C::CreatedAt,
        C::ExpiresAt,
        C::UsedAt,
    ];
    upsert(script, keys, &[C::OrderId], &replaced);
}

fn use_key(script: &mut Script<'_>, key: UsedKey) {
    use guest_key::Column as C;
    let mut update = Query::update();
    update
        .table(guest_key::Entity)
        .value(C::UsedAt, key.used_at)
        .and_where(Expr::col(C::OrderId).eq(key.order_id));
    script.add(&update);
}

fn changed_items(before: &Order, after: &Order) -> Result<Vec<order_item::Model>, DatabaseError> {
    let changed = after
        .items
        .iter()
        .filter(|item| before.item(item.position) != Some(item));
    changed.map(|item| item_row(after.id, item)).collect()
}

fn changed_transactions(before: &Order, after: &Order) -> Vec<payment_transaction::Model> {
    let before = &before.payment.transactions;
    let changed = after.payment.transactions.iter().zip(0_i32..);
    changed
        .filter(|(transaction, position)| {
            usize::try_from(*position).ok().and_then(|at| before.get(at)) != Some(*transaction)
        })
        .map(|(transaction, position)| transaction_row(after.id, position, transaction))
        .collect()
}

/// The row of an event, tied to the history that ends at `head`. The text for staff is made from the event's data when
/// the event is read.
pub(crate) fn event_row(
    after: &Order,
    event: &OrderEvent,
    origin: &str,
    id: Uuid,
    head: HistoryHead,
) -> Result<order_event::Model, DatabaseError> {
    let mut row = order_event::Model {
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
        hash: None,
    };
    tie(&mut row, head);
    Ok(row)
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
