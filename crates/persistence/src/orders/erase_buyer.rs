//! Writes an order whose buyer was erased, and replaces what other rows say about the buyer.

use countermand_domain::{ERASED, EventData, EventKind, Order, Settlement};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, UpdateStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::idempotency::without_answers_of_keys;
use crate::orders::apply::OrderChange;
use crate::orders::cancellation_requests::replace_requests;
use crate::orders::change_rows::event_row;
use crate::orders::history_chain::{HistoryHead, rewrite, row_with_history};
use crate::orders::{order_count, subscriptions};
use crate::rows::documents::{comment_row, shipment_row};
use crate::rows::entity::{
    audit_entry, cancellation, guest_key, obligation, order, order_comment, order_event, order_item,
    reversal_entry, shipment,
};
use crate::rows::event_data;
use crate::rows::item::item_row;
use crate::sql::rows::{insert, update, update_next_version};
use crate::sql::script::{Rows, Script};

/// The kinds of events whose data may hold what staff or the buyer wrote.
const KINDS_WITH_TEXTS: [EventKind; 6] = [
    EventKind::Canceled,
    EventKind::CanceledAtChannel,
    EventKind::Invoiced,
    EventKind::InvoicesPaid,
    EventKind::Settled,
    EventKind::SubscriptionEnded,
];
/// The actor of a customer whose account is erased.
const ERASED_CUSTOMER: &str = "customer";
/// The most spellings of an address that are looked for at once.
const MOST_SPELLINGS: u64 = 1_000;

impl Database {
    /// Writes an erased order in one transaction, if it is still at the version that was read. The obligations of the
    /// order that have one of the kinds `kinds` are deleted with it: they would be met for the buyer. The answers
    /// that are kept of requests which changed the order are cleared too, because they show the buyer.
    pub async fn erase_buyer(&self, change: &OrderChange<'_>, kinds: &[&str]) -> Result<(), DatabaseError> {
        let after = change.after();
        let id = after.id.number();
        let (events, head) = self.events_without_buyer(id, change.head).await?;
        let requests = self.requests_without_buyer(id).await?;
        let keys = self.keys_of_order(after.id).await?;
        let mut script = Script::write_in_sequence(self);
        // Another writer of the same version has inserted the event with this key, so the transaction fails.
        let event = event_row(after, change.event(), change.origin, change.ids.event, head)?;
        let row = row_with_history(after, &event)?;
        insert(&mut script, [event]);
        order_count::take_away(&mut script, change.before.customer.id, &row);
        subscriptions::without_account(&mut script, after);
        let replaced = [
            order::Column::UpdatedAt,
            order::Column::CustomerId,
            order::Column::Email,
            order::Column::Placed,
            order::Column::CancellationRequest,
            order::Column::Subscriptions,
            order::Column::CustomerGroup,
            order::Column::HistoryHash,
        ];
        let updated = update_next_version(
            &mut script,
            vec![row],
            order::Column::Id,
            order::Column::Version,
            &replaced,
        );
        replace_parts(&mut script, after)?;
        replace_events(&mut script, events);
        replace_requests(&mut script, requests);
        for update in without_settlement_notes(after) {
            script.add(&update);
        }
        script.add(&without_account(id));
        script.add(
            Query::delete()
                .from_table(guest_key::Entity)
                .and_where(guest_key::Column::OrderId.eq(id)),
        );
        script.add(
            Query::delete()
                .from_table(obligation::Entity)
                .and_where(obligation::Column::OrderId.eq(id))
                .and_where(obligation::Column::Kind.is_in(kinds.iter().copied())),
        );
        insert(
            &mut script,
            change.obligations.iter().map(|new| new.row(Some(after.version))),
        );
        if !keys.is_empty() {
            script.add(&without_answers_of_keys(&keys));
        }
        insert(&mut script, change.audit.iter().map(AuditEntry::row));
        match script.commit().await {
            Ok(answers) => {
                for updated in updated {
                    if answers.touched(updated)? != 1 {
                        return Err(DatabaseError::Corrupt(format!(
                            "order {id} has no event of its last change"
                        )));
                    }
                }
                Ok(())
            }
            Err(DatabaseError::Duplicate) => self.whose_change(change).await,
            Err(problem) => Err(problem),
        }
    }

    /// The events of the order `id`, without what staff or the buyer wrote and without what names the buyer, and the end of
    /// their history, which was at `head` before. The hashes are computed anew: the old ones were made from what is
    /// erased. The event of the erasure, which is tied to the new end, and the entry of the audit log tell of it.
    async fn events_without_buyer(
        &self,
        id: i64,
        head: HistoryHead,
    ) -> Result<(Vec<order_event::Model>, HistoryHead), DatabaseError> {
        let mut script = Script::read(self);
        let events = script.select(
            order_event::Entity::find()
                .filter(order_event::Column::OrderId.eq(id))
                .order_by_asc(order_event::Column::Version),
        );
        let mut events = script.fetch().await?.take(events)?;
        let head = rewrite(&mut events, head, erase_event)?;
        Ok((events, head))
    }

    /// At most `limit` ids of the orders of a customer, or of a guest.
    pub async fn orders_of_buyer(&self, buyer: &Buyer, limit: u64) -> Result<Vec<i64>, DatabaseError> {
        let (script, rows) = self.orders_of_buyer_script(buyer, limit);
        let rows = script.fetch().await?.take(rows)?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The spellings of `email` in the orders that guests placed in `stores`: they differ in the case of letters from A
    /// to Z. The statement reads the whole table of orders; it gives at most a thousand.
    pub async fn spellings_of_guest(
        &self,
        email: &str,
        stores: &[i32],
    ) -> Result<Vec<String>, DatabaseError> {
        let lower = Expr::from(Func::lower(Expr::col(order::Column::Email)));
        let mut spellings = Query::select();
        spellings
            .distinct()
            .column(order::Column::Email)
            .from(order::Entity)
            .and_where(lower.eq(Func::lower(Expr::val(email))))
            .and_where(order::Column::StoreNumber.is_in(stores.iter().copied()))
            .and_where(order::Column::CustomerId.is_null())
            .limit(MOST_SPELLINGS);
        let mut script = Script::read(self);
        let rows = script.rows::<(String,)>(&spellings);
        let rows = script.fetch().await?.take(rows)?;
        // Some databases ignore the case of every letter.
        let spellings = rows.into_iter().map(|(spelling,)| spelling);
        Ok(spellings.filter(|it| it.eq_ignore_ascii_case(email)).collect())
    }

    pub(crate) fn orders_of_buyer_script(&self, buyer: &Buyer, limit: u64) -> (Script<'_>, Rows<(i64,)>) {
        let mut ids = Query::select();
        ids.column(order::Column::Id).from(order::Entity).limit(limit);
        match buyer {
            Buyer::Account(id) => ids.and_where(order::Column::CustomerId.eq(*id)),
            Buyer::Guest { emails, stores } => ids
                .and_where(order::Column::Email.is_in(emails))
                .and_where(order::Column::StoreNumber.is_in(stores.iter().copied()))
                .and_where(order::Column::CustomerId.is_null()),
        };
        let mut script = Script::read(self);
        let rows = script.rows(&ids);
        (script, rows)
    }
}

/// Whose orders are looked for.
#[derive(Debug, Clone)]
pub enum Buyer {
    /// The account with this number.
    Account(i64),
    /// A guest.
    Guest {
        /// The spellings of the guest's address.
        emails: Vec<String>,
        /// The numbers of the store views.
        stores: Vec<i32>,
    },
}

/// Replaces the free texts of items, shipments and history.
fn replace_parts(script: &mut Script<'_>, after: &Order) -> Result<(), DatabaseError> {
    use {order_comment as comment, order_item as item};
    let items = after.items.iter().map(|it| item_row(after.id, it));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    let key = [item::Column::OrderId, item::Column::Position];
    update(script, items, &key, &[item::Column::Options]);
    let shipments = after.shipments.iter().zip(1..);
    let shipments = shipments.map(|(it, position)| shipment_row(after.id, position, it));
    let shipments = shipments.collect::<Result<Vec<_>, _>>()?;
    let key = [shipment::Column::OrderId, shipment::Column::Position];
    update(script, shipments, &key, &[shipment::Column::Tracking]);
    let comments = after.comments.iter().zip(1..);
    let comments = comments.map(|(it, position)| comment_row(after.id, position, it));
    let key = [comment::Column::OrderId, comment::Column::Position];
    update(script, comments, &key, &[comment::Column::Text]);
    Ok(())
}

/// Removes what staff wrote about money that was moved by hand: a note or a reference may name the buyer. The id of a
/// refund at its payment provider stays, so that the program still knows its own refund when it fails later.
fn without_settlement_notes(after: &Order) -> [UpdateStatement; 2] {
    use reversal_entry::Column as Entry;
    let of_provider = Query::select()
        .expr(Expr::val(1))
        .from(reversal_entry::Entity)
        .and_where(
            Expr::col((reversal_entry::Entity, Entry::ObligationId))
                .equals((obligation::Entity, obligation::Column::Id)),
        )
        .and_where(
            Expr::col((reversal_entry::Entity, Entry::Reference))
                .equals((obligation::Entity, obligation::Column::Receipt)),
        )
        .to_owned();
    let receipts = Query::update()
        .table(obligation::Entity)
        .value(obligation::Column::Receipt, "")
        .and_where(obligation::Column::OrderId.eq(after.id.number()))
        .and_where(Expr::exists(of_provider).not())
        .to_owned();
    let entries = Query::update()
        .table(audit_entry::Entity)
        .value(audit_entry::Column::Details, "erased")
        .and_where(audit_entry::Column::Target.eq(after.number.as_str()))
        .and_where(audit_entry::Column::Action.eq("settleObligation"))
        .to_owned();
    [receipts, entries]
}

/// Replaces the events that were changed by [`erase_event`], and their hashes.
fn replace_events(script: &mut Script<'_>, events: Vec<order_event::Model>) {
    use order_event::Column as C;
    update(
        script,
        events,
        &[C::OrderId, C::Version],
        &[C::Actor, C::Origin, C::Data, C::Hash],
    );
}

/// Removes from an event what staff or the buyer wrote, the number of the buyer's account, and the network address from
/// which the buyer made the change. The addresses of staff stay.
fn erase_event(event: &mut order_event::Model) -> Result<(), DatabaseError> {
    let kind = EventKind::from_code(&event.kind).filter(|kind| KINDS_WITH_TEXTS.contains(kind));
    if let (Some(kind), Some(json)) = (kind, event.data.as_deref()) {
        let erased = without_typed_texts(event_data::read(kind, json)?);
        event.data = Some(event_data::write(&erased)?);
    }
    if event.actor.starts_with("customer:") {
        ERASED_CUSTOMER.clone_into(&mut event.actor);
    }
    if !event.actor.starts_with("staff:") {
        event.origin.clear();
    }
    Ok(())
}

/// Removes the number of the account from the cancellations of an order.
fn without_account(id: i64) -> UpdateStatement {
    let mut cancellations = Query::update();
    cancellations
        .table(cancellation::Entity)
        .value(cancellation::Column::Actor, ERASED_CUSTOMER)
        .and_where(Expr::col(cancellation::Column::OrderId).eq(id))
        .and_where(Expr::col(cancellation::Column::Actor).like("customer:%"));
    cancellations
}

/// `data` without what staff or the buyer wrote.
fn without_typed_texts(mut data: EventData) -> EventData {
    if let EventData::Invoiced { reference, .. } | EventData::InvoicesPaid { reference, .. } = &mut data {
        *reference = None;
    }
    match data {
        EventData::Settled(settlement) => EventData::Settled(Settlement {
            note: ERASED.into(),
            reference: None,
            ..settlement
        }),
        EventData::Canceled(mut cancellation) => {
            cancellation.comment = cancellation.comment.as_ref().map(|_| ERASED.into());
            cancellation.refund_note = cancellation.refund_note.as_ref().map(|_| ERASED.into());
            // The code of a coupon may be made for one person.
            cancellation.restores.coupons.clear();
            EventData::Canceled(cancellation)
        }
        EventData::CanceledAtChannel {
            channel,
            number,
            reason,
        } => EventData::CanceledAtChannel {
            channel,
            number,
            reason: reason.map(|_| ERASED.into()),
        },
        EventData::SubscriptionEnded(mut ended) => {
            ended.end.comment = ended.end.comment.as_ref().map(|_| ERASED.into());
            EventData::SubscriptionEnded(ended)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use countermand_domain::Money;

    use super::*;

    #[test]
    fn the_reference_of_a_paid_invoice_is_removed() {
        let amount = Money::new(1500, "USD".parse().expect("a currency"));
        let with = |reference: Option<&str>| {
            let reference = reference.map(str::to_owned);
            let made = EventData::Invoiced {
                number: "1-1".into(),
                items: Vec::new(),
                grand_total: amount,
                paid: true,
                reference: reference.clone(),
            };
            let paid = EventData::InvoicesPaid {
                numbers: vec!["1-1".into()],
                amount,
                reference,
            };
            [made, paid]
        };
        for (data, erased) in with(Some("Anna Smith, transfer")).into_iter().zip(with(None)) {
            assert!(KINDS_WITH_TEXTS.contains(&data.kind()));
            assert_eq!(without_typed_texts(data), erased);
        }
    }
}
