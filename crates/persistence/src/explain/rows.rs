//! Fills a shop with so many rows that every query planner prefers an index.

#![expect(
    clippy::disallowed_methods,
    reason = "names and rows of tests need no seeded identifiers"
)]

use chrono::TimeDelta;
use countermand_domain::{
    CancellationIntent, CreditMemoRequest, CustomerId, EventData, GuestKey, InvoiceRequest, ItemPosition,
    Money, Order, Quantity, RefundOrder, RequestStatus, ShipmentRequest,
};
use sea_orm::{ConnectionTrait, DatabaseBackend};
use uuid::Uuid;

use super::LARGE;
use super::idempotency_scripts;
use super::shop::{at, event, order_id, plain_order, staff, subscription};
use super::webhook_scripts;
use crate::orders::guest_key::key_row;
use crate::rows::entity::{
    access_token, audit_entry, cancellation, cancellation_request, channel_import, channel_order,
    channel_order_version, customer, obligation, reversal_entry,
};
use crate::sql::rows::insert;
use crate::sql::script::Script;
use crate::{Database, MET, NewObligation, NewOrder, PENDING};

/// The hash of a token that is in the database.
pub(super) const TOKEN: [u8; 32] = [7; 32];

/// Writes orders with every kind of sales document, customers, tokens, keys and obligations.
pub(super) async fn fill(database: &Database) -> anyhow::Result<()> {
    let counters: Vec<i64> = (1..=3_000).collect();
    for block in counters.chunks(250) {
        let orders = block.iter().map(|counter| busy_order(*counter));
        let orders: Vec<_> = orders.collect::<anyhow::Result<_>>()?;
        database.insert_orders(&orders).await?;
        let mut script = Script::write(database);
        insert::<obligation::Model>(&mut script, block.iter().map(|counter| obligation_row(*counter)));
        insert::<access_token::Model>(&mut script, block.iter().map(|counter| token_row(*counter)));
        // MariaDB sorts a table of few rows rather than read an index, so the audit log has more of them.
        let entries = block.iter().flat_map(|counter| [*counter; 5]);
        insert::<audit_entry::Model>(&mut script, entries.map(audit_row));
        insert::<customer::Model>(&mut script, block.iter().map(|counter| customer_row(*counter)));
        insert(&mut script, orders.iter().map(|new| cancellation_row(&new.order)));
        let intent = CancellationIntent::all("Other");
        let keys = orders.iter().map(|new| {
            GuestKey::new(
                new.order.id,
                vec![1; 32],
                intent.clone(),
                TimeDelta::hours(1),
                at(0),
            )
        });
        let keys = keys.map(|key| key_row(&key)).collect::<Result<Vec<_>, _>>()?;
        insert(&mut script, keys);
        let requests = orders.iter().map(|new| request_row(&new.order));
        insert::<cancellation_request::Model>(&mut script, requests);
        insert::<channel_order::Model>(
            &mut script,
            block.iter().map(|counter| channel_order_row(*counter)),
        );
        insert::<channel_order_version::Model>(
            &mut script,
            block.iter().map(|counter| channel_version_row(*counter)),
        );
        insert::<channel_import::Model>(
            &mut script,
            block.iter().map(|counter| channel_import_row(*counter)),
        );
        let states = block.iter().map(|counter| reversal_row(*counter));
        insert::<reversal_entry::Model>(&mut script, states);
        idempotency_scripts::fill(&mut script, block);
        webhook_scripts::fill(&mut script, block);
        script.commit().await?;
    }
    let analyze = match database.backend() {
        DatabaseBackend::MySql => format!("ANALYZE TABLE {}", LARGE.join(", ")),
        DatabaseBackend::Postgres => "ANALYZE".into(),
        // On SQLite, the program never gathers statistics, so the test gathers none.
        _ => return Ok(()),
    };
    database.db.execute_unprepared(&analyze).await?;
    Ok(())
}

fn busy_order(counter: i64) -> anyhow::Result<NewOrder> {
    let mut placed = plain_order(counter);
    placed.id = order_id(1 + i32::try_from(counter % 3)?, counter);
    placed.customer.id = Some(customer_of(counter));
    placed.customer.email = format!("buyer{}@example.com", counter % 300);
    placed.placed_at = at(counter);
    placed.subscriptions = vec![subscription(&format!("SUB-{}", counter % 600), counter)];
    let one = vec![(ItemPosition(1), Quantity::whole(1))];
    let paid = placed
        .invoice(&InvoiceRequest::default(), &staff(), at(counter))?
        .after;
    let parcel = ShipmentRequest {
        lines: one.clone(),
        tracking: vec![],
        overrides_request: false,
    };
    let refund = CreditMemoRequest {
        lines: Some(one),
        refund_shipping: false,
        adjustment: Money::zero(placed.currency()),
        refund_order: RefundOrder::default(),
    };
    let shipped = paid.ship(&parcel, &staff(), at(counter))?.after;
    let mut order = shipped.credit(&refund, &staff(), at(counter))?.after;
    order.status = if counter % 4 == 0 { "closed" } else { "processing" }.into();
    let order = Order { version: 1, ..order };
    Ok(NewOrder {
        order,
        event: event(EventData::Imported),
        event_id: Uuid::now_v7(),
        origin: String::new(),
        obligations: Vec::new(),
    })
}

/// The customer of the `counter`th order. Each customer has ten orders.
pub(super) fn customer_of(counter: i64) -> CustomerId {
    CustomerId::from_number(10_000_000_000 + counter % 300)
}

/// The row of an obligation. Three of four obligations are met.
fn obligation_row(counter: i64) -> obligation::Model {
    let id = Uuid::now_v7();
    let new = NewObligation {
        id,
        kind: "mail".into(),
        unique_key: id.to_string(),
        order: None,
        payload: "{}".into(),
        created_at: at(counter),
        due_at: None,
    };
    let is_met = counter % 4 != 0;
    obligation::Model {
        state: if is_met { MET } else { PENDING }.into(),
        met_at: is_met.then_some(counter),
        due_at: counter,
        ..new.row(None)
    }
}

/// The first state of a refund at its provider.
fn reversal_row(counter: i64) -> reversal_entry::Model {
    reversal_entry::Model {
        obligation_id: Uuid::now_v7().to_string(),
        position: 0,
        at: crate::rows::time::to_micros(at(counter)),
        account: "main".into(),
        operation: "refund".into(),
        generation: 1,
        state: "requested".into(),
        reference: None,
        refusal: None,
        detail: String::new(),
        request_body: None,
    }
}

/// A cancellation of `order` at the time when it was placed.
fn cancellation_row(order: &Order) -> cancellation::Model {
    cancellation::Model {
        order_id: order.id.number(),
        version: 1,
        id: Uuid::now_v7().to_string(),
        reason_code: "other".into(),
        reason: "Other".into(),
        actor: "guest".into(),
        canceled_total: 0,
        refund_total: 0,
        created_at: order.placed_at.timestamp_micros(),
    }
}

/// The channel of the `counter`th order.
fn channel_of(counter: i64) -> String {
    format!("market-{}", counter % 3)
}

/// The channel's number of the `counter`th order.
pub(super) fn channel_number(counter: i64) -> String {
    format!("303-{counter:014}")
}

/// An order of a channel. One of a hundred has a cancellation that waits, and one of ten is open.
fn channel_order_row(counter: i64) -> channel_order::Model {
    let requested_at = (counter % 50 == 0).then(|| crate::rows::time::to_micros(at(counter)));
    channel_order::Model {
        channel: channel_of(counter),
        number: channel_number(counter),
        version: 1,
        status: if counter % 10 == 0 { "UNSHIPPED" } else { "SHIPPED" }.into(),
        has_request: requested_at.is_some(),
        work: if counter % 100 == 0 { "REQUESTED" } else { "" }.into(),
        placed_at: crate::rows::time::to_micros(at(counter)),
        content: "{}".repeat(100),
        requested_at,
        request_due_at: requested_at,
    }
}

fn channel_version_row(counter: i64) -> channel_order_version::Model {
    channel_order_version::Model {
        channel: channel_of(counter),
        number: channel_number(counter),
        version: 1,
        at: crate::rows::time::to_micros(at(counter)),
    }
}

fn channel_import_row(counter: i64) -> channel_import::Model {
    channel_import::Model {
        channel: channel_of(counter),
        number: channel_number(counter),
        order_id: counter,
    }
}

/// A request of one of all statuses.
fn request_row(order: &Order) -> cancellation_request::Model {
    let counter = order.placed_at.timestamp();
    let status = RequestStatus::ALL.get(usize::try_from(counter % 6).unwrap_or(0));
    cancellation_request::Model {
        order_id: order.id.number(),
        number: 1,
        store_number: order.id.store().0,
        status: status.map_or("", |it| it.code()).into(),
        reason_code: Some("other".into()),
        requested_at: order.placed_at.timestamp_micros(),
        due_at: None,
        request: "{}".repeat(100),
    }
}

/// An entry of one of ten members of staff, with one of five actions.
fn audit_row(counter: i64) -> audit_entry::Model {
    audit_entry::Model {
        id: Uuid::now_v7().to_string(),
        actor: format!("staff:{}", counter % 10),
        action: format!("action{}", counter % 5),
        target: counter.to_string(),
        origin: String::new(),
        details: "reason ".repeat(20),
        created_at: crate::rows::time::to_micros(at(counter)),
    }
}

fn token_row(counter: i64) -> access_token::Model {
    access_token::Model {
        hash: if counter == 1 {
            hex::encode(TOKEN)
        } else {
            hex::encode(Uuid::now_v7().as_bytes().repeat(2))
        },
        kind: "customer".into(),
        name: String::new(),
        customer_id: Some(customer_of(counter).number()),
        role: None,
        store_number: None,
        created_at: 0,
        expires_at: i64::MAX,
        revoked_at: None,
        last_used_at: None,
        may_withhold_refunds: false,
    }
}

fn customer_row(counter: i64) -> customer::Model {
    customer::Model {
        id: 10_000_000_000 + counter,
        website_number: 1,
        email: format!("buyer{counter}@example.com"),
        firstname: "Ada".into(),
        lastname: "Byron".into(),
        password_hash: None,
        created_at: 0,
    }
}
