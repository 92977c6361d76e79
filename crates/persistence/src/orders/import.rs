//! Imports orders: many in one transaction, of which all are written or none.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use countermand_domain::{
    Actor, Comment, CustomerId, EventData, EventKind, Order, OrderEvent, OrderId, OrderNumber, SettledMatter,
    Settlement, StoreNumber,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::NewObligation;
use crate::orders::change_rows::event_row;
use crate::orders::history_chain::{HistoryHead, row_with_history};
use crate::orders::{order_count, order_status, subscriptions};
use crate::rows::documents::{comment_row, credit_memo_row, invoice_row, shipment_row, transaction_row};
use crate::rows::entity::{
    channel_import, credit_memo, invoice, obligation, order, order_comment, order_event, order_item,
    payment_transaction, shipment,
};
use crate::rows::event_data;
use crate::rows::item::item_row;
use crate::rows::order::order_id;
use crate::rows::sales_channel_column::import_rows;
use crate::rows::time::from_micros;
use crate::sql::one_of::one_of;
use crate::sql::rows::{insert, upsert};
use crate::sql::script::{Rows, Script};

/// An order to be imported, with its first event.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// The order. Its version is 1.
    pub order: Order,
    /// The event: [`EventKind::Imported`], or [`EventKind::Updated`] if the order replaces an earlier import.
    pub event: OrderEvent,
    /// The id of the event.
    pub event_id: Uuid,
    /// The network address from which the import was requested; empty on the command line.
    pub origin: String,
    /// The effects outside the database that the import causes.
    pub obligations: Vec<NewObligation>,
}

/// An order that the database holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownOrder {
    /// The id of the order.
    pub id: OrderId,
    /// The version of the order.
    pub version: i64,
    /// The customer who placed the order; none for a guest.
    pub customer: Option<CustomerId>,
    /// The time of the order's last change.
    pub updated_at: DateTime<Utc>,
    /// The changes of the order other than by imports and notes; none where nothing else was done.
    pub work: Option<LocalWork>,
    /// Whether staff wrote notes on the order.
    pub has_notes: bool,
    /// The paid amount in minor units of the order's currency; zero where nothing was paid.
    pub paid: i64,
    /// The end of the order's history.
    pub head: HistoryHead,
}

/// What was done with an imported order here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LocalWork {
    /// Whether the order was canceled.
    pub is_canceled: bool,
    /// The amount of the refunds that were decided here, in minor units of the order's currency.
    pub refunded: i64,
}

/// Whether an event of this kind adds one line to the history of an order, and changes nothing else.
fn adds_one_line(kind: &str) -> bool {
    [EventKind::NoteAdded, EventKind::CancellationKeyRequested]
        .iter()
        .any(|it| it.code() == kind)
}

impl Database {
    /// Reserves `count` order ids of `store`.
    pub async fn reserve_order_ids(
        &self,
        store: StoreNumber,
        count: usize,
    ) -> Result<Vec<OrderId>, DatabaseError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let begin = self.reserve(&format!("orders:{}", store.0), count).await?;
        (begin..begin.saturating_add(count))
            .map(|counter| OrderId::new(store, counter).map_err(|it| DatabaseError::Failed(it.to_string())))
            .collect()
    }

    /// The orders of `store` with the numbers `numbers` that the database holds already, by number.
    pub async fn known_orders(
        &self,
        store: StoreNumber,
        numbers: &[OrderNumber],
    ) -> Result<HashMap<OrderNumber, KnownOrder>, DatabaseError> {
        let (script, orders) = self.known_orders_script(store, numbers);
        let orders = script.fetch().await?.take(orders)?;
        let (worked_on, noted) = self
            .worked_on(orders.iter().map(|order| order.id).collect())
            .await?;
        let known = |row: order::Model| {
            let known = KnownOrder {
                id: order_id(row.id)?,
                version: row.version,
                customer: row.customer_id.map(CustomerId::from_number),
                updated_at: from_micros(row.updated_at)?,
                work: worked_on.get(&row.id).copied(),
                has_notes: noted.contains(&row.id),
                paid: row.paid.unwrap_or(0),
                head: HistoryHead::from_column(row.history_hash.as_deref()),
            };
            Ok((row.number.into(), known))
        };
        orders.into_iter().map(known).collect()
    }

    pub(crate) fn known_orders_script(
        &self,
        store: StoreNumber,
        numbers: &[OrderNumber],
    ) -> (Script<'_>, Rows<order::Model>) {
        let numbers = numbers.iter().map(|number| number.as_str().to_owned()).collect();
        let here = order::Column::StoreNumber.eq(store.0).and(one_of(
            order::Column::Number,
            numbers,
            self.backend(),
        ));
        let mut script = Script::read(self).planned_each_time();
        let orders = script.select(order::Entity::find().filter(here));
        (script, orders)
    }

    /// What was done, other than by imports, with the orders that have the ids `ids`, and which of them have notes. A
    /// note is a line of the history and no work: it says nothing that a newer import could contradict. A mail with a
    /// key for a guest is a note, too: otherwise a guest's request would end every update of the order.
    async fn worked_on(
        &self,
        ids: Vec<i64>,
    ) -> Result<(HashMap<i64, LocalWork>, HashSet<i64>), DatabaseError> {
        let mut worked_on: HashMap<i64, LocalWork> = HashMap::new();
        let mut noted = HashSet::new();
        if ids.is_empty() {
            return Ok((worked_on, noted));
        }
        let (script, events) = self.work_script(ids);
        for event in script.fetch().await?.take(events)? {
            if adds_one_line(&event.kind) {
                noted.insert(event.order_id);
                continue;
            }
            let data = EventKind::from_code(&event.kind).zip(event.data.as_deref());
            let data = data
                .map(|(kind, json)| event_data::read(kind, json))
                .transpose()?;
            if event.actor == Actor::System.label() && is_end_of_renewal(data.as_ref()) {
                // An import of the renewal takes the end over again.
                continue;
            }
            let work = worked_on.entry(event.order_id).or_default();
            work.is_canceled |= event.kind == EventKind::Canceled.code();
            work.refunded += match data {
                Some(EventData::Canceled(facts)) => facts.refunded_total.minor(),
                Some(EventData::CreditMemoCreated { grand_total, .. }) => grand_total.minor(),
                Some(EventData::SubscriptionEnded(ended)) => ended.share.minor(),
                Some(EventData::Settled(Settlement {
                    matter: SettledMatter::LateCapture { amount },
                    ..
                })) => amount.minor(),
                _ => 0,
            };
        }
        Ok((worked_on, noted))
    }

    /// The lines of history that are notes on the order `known`, oldest first. The result is
    /// [`DatabaseError::Conflict`] if the order has changed since `known` was read.
    pub async fn notes_of(&self, known: &KnownOrder) -> Result<Vec<Comment>, DatabaseError> {
        if !known.has_notes {
            return Ok(Vec::new());
        }
        let events = self.trail(known.id).await?.events;
        let loaded = self.order(known.id).await?;
        let order = loaded.map(|loaded| loaded.order);
        let order = order.filter(|order| order.version == known.version);
        let mut lines = order.ok_or(DatabaseError::Conflict)?.comments.clone();
        let mut notes = Vec::new();
        // A note and its event have the same time. Of several lines of that time, the last one is the note.
        for event in events.iter().rev().filter(|it| adds_one_line(&it.kind)) {
            if let Some(at) = lines.iter().rposition(|line| line.created_at == event.at) {
                notes.push(lines.remove(at));
            }
        }
        notes.reverse();
        Ok(notes)
    }

    /// The script that reads the events, other than those of imports, of the orders with the ids `ids`.
    pub(crate) fn work_script(&self, ids: Vec<i64>) -> (Script<'_>, Rows<order_event::Model>) {
        let imports = [EventKind::Imported.code(), EventKind::Updated.code()];
        let mut script = Script::read(self);
        let events = script.select(
            order_event::Entity::find()
                .filter(one_of(order_event::Column::OrderId, ids, self.backend()))
                .filter(order_event::Column::Kind.is_not_in(imports)),
        );
        (script, events)
    }

    /// Writes all of `orders` or none. The result is
    /// [`DatabaseError::Duplicate`] if a store view already has one of the numbers.
    pub async fn insert_orders(&self, orders: &[NewOrder]) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        let events = orders
            .iter()
            .map(|new| first_event(new, HistoryHead::default()))
            .collect::<Result<Vec<_>, _>>()?;
        let rows = orders
            .iter()
            .zip(&events)
            .map(|(new, event)| row_with_history(&new.order, event))
            .collect::<Result<Vec<_>, _>>()?;
        order_count::add_new(&mut script, &rows);
        order_status::add_new(&mut script, &rows);
        subscriptions::add_new(&mut script, orders.iter().map(|new| &new.order));
        insert(&mut script, rows);
        add_children_of(&mut script, orders, events)?;
        if script.is_empty() {
            return Ok(());
        }
        match script.commit().await {
            Err(DatabaseError::Duplicate) if self.has_event_of(orders).await? => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    /// Whether the events of these orders are stored. After a lost answer, this tells whether the orders were written:
    /// they are written together or not at all, and each event has an id of its own.
    async fn has_event_of(&self, orders: &[NewOrder]) -> Result<bool, DatabaseError> {
        let Some(first) = orders.first() else {
            return Ok(true);
        };
        let (id, version) = (first.order.id.number(), first.order.version);
        let mut script = Script::read(self);
        let found = script.select(order_event::Entity::find_by_id((id, version)));
        let stored = script.fetch().await?.first(found)?;
        Ok(stored.is_some_and(|event| event.id == first.event_id.to_string()))
    }

    /// Replaces an imported order with a newer import, if the order has the version that `known` has.
    pub async fn replace_order(&self, known: &KnownOrder, new: &NewOrder) -> Result<(), DatabaseError> {
        let id = known.id.number();
        let event = first_event(new, known.head)?;
        let row = row_with_history(&new.order, &event)?;
        let mut script = Script::write_in_sequence(self);
        order_count::replace(&mut script, known, &row);
        order_status::replace(&mut script, [order_status::row_of(&row)]);
        subscriptions::take_out(&mut script, known);
        subscriptions::add_new(&mut script, [&new.order]);
        let mut delete = Query::delete();
        delete
            .from_table(order::Entity)
            .and_where(Expr::col(order::Column::Id).eq(id));
        script.add(delete.and_where(Expr::col(order::Column::Version).eq(known.version)));
        // If the version is stale, the old row stays in place and this insert fails on the row's key.
        insert(&mut script, [row]);
        script.add(
            Query::delete()
                .from_table(order_item::Entity)
                .and_where(order_item::Column::OrderId.eq(id)),
        );
        let transactions = payment_transaction::Column::OrderId.eq(id);
        script.add(
            Query::delete()
                .from_table(payment_transaction::Entity)
                .and_where(transactions),
        );
        script.add(
            Query::delete()
                .from_table(invoice::Entity)
                .and_where(invoice::Column::OrderId.eq(id)),
        );
        script.add(
            Query::delete()
                .from_table(shipment::Entity)
                .and_where(shipment::Column::OrderId.eq(id)),
        );
        script.add(
            Query::delete()
                .from_table(credit_memo::Entity)
                .and_where(credit_memo::Column::OrderId.eq(id)),
        );
        script.add(
            Query::delete()
                .from_table(order_comment::Entity)
                .and_where(order_comment::Column::OrderId.eq(id)),
        );
        add_children_of(&mut script, std::slice::from_ref(new), vec![event])?;
        match script.commit().await {
            Ok(_) => Ok(()),
            // The order was replaced before, and the answer was lost.
            Err(DatabaseError::Duplicate) if self.has_event_of(std::slice::from_ref(new)).await? => Ok(()),
            Err(DatabaseError::Duplicate) => Err(DatabaseError::Conflict),
            Err(problem) => Err(problem),
        }
    }
}

/// The event of an import, tied to the history that ends at `head`.
fn first_event(new: &NewOrder, head: HistoryHead) -> Result<order_event::Model, DatabaseError> {
    event_row(&new.order, &new.event, &new.origin, new.event_id, head)
}

/// Adds the parts of `orders` and their `events`.
fn add_children_of(
    script: &mut Script<'_>,
    orders: &[NewOrder],
    events: Vec<order_event::Model>,
) -> Result<(), DatabaseError> {
    let mut items: Vec<order_item::Model> = Vec::new();
    let mut transactions: Vec<payment_transaction::Model> = Vec::new();
    let mut invoices: Vec<invoice::Model> = Vec::new();
    let mut shipments: Vec<shipment::Model> = Vec::new();
    let mut memos: Vec<credit_memo::Model> = Vec::new();
    let mut comments: Vec<order_comment::Model> = Vec::new();
    let mut obligations: Vec<obligation::Model> = Vec::new();
    for new in orders {
        let order = &new.order;
        let id = order.id;
        for item in &order.items {
            items.push(item_row(id, item)?);
        }
        let captured = order.payment.transactions.iter().zip(0..);
        transactions.extend(captured.map(|(it, position)| transaction_row(id, position, it)));
        for (it, position) in order.invoices.iter().zip(1..) {
            invoices.push(invoice_row(id, position, it)?);
        }
        for (it, position) in order.shipments.iter().zip(1..) {
            shipments.push(shipment_row(id, position, it)?);
        }
        for (it, position) in order.credit_memos.iter().zip(1..) {
            memos.push(credit_memo_row(id, position, it)?);
        }
        comments.extend(
            order
                .comments
                .iter()
                .zip(1..)
                .map(|(it, position)| comment_row(id, position, it)),
        );
        obligations.extend(new.obligations.iter().map(|it| it.row(Some(order.version))));
    }
    upsert(
        script,
        import_rows(orders.iter().map(|new| &new.order)),
        &[channel_import::Column::Channel, channel_import::Column::Number],
        &[channel_import::Column::OrderId],
    );
    insert(script, items);
    insert(script, transactions);
    insert(script, invoices);
    insert(script, shipments);
    insert(script, memos);
    insert(script, comments);
    insert(script, events);
    insert(script, obligations);
    Ok(())
}

/// Whether the event ended a renewal because its subscription had been ended before, which gives no money back.
fn is_end_of_renewal(data: Option<&EventData>) -> bool {
    matches!(data, Some(EventData::SubscriptionEnded(ended)) if ended.end.credit_memo.is_none())
}
