//! An event of each kind goes to an endpoint. Standard Webhooks, CloudEvents and `docs/events.schema.json` say whether it is
//! right.

use chrono::{DateTime, Utc};
use countermand_domain::{
    Actor, ApprovedRequest, BuyerMail, CanceledItem, Cancellation, CreditDue, DeliveryKind, EndedRequest,
    EndedSubscription, EventData, EventKind, FailedReversal, FailureAudience, ItemPosition, Money, Order,
    OrderEvent, OrderState, Quantity, RequestStatus, RequestedCancellation, Restoration, RestoredStock,
    ReversalFailure, ReversalOperation, RowMoney, SettledMatter, Settlement, StoreNumber, SubscriptionEnd,
    TenderKind, Transition, UpstreamChange,
};
use countermand_persistence::OrderChange;
use countermand_tests::node::node;
use countermand_tests::webhook_receiver::{Received, WebhookReceiver};
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{endpoint, unpaid, work};

const NUMBER: &str = "000000001";

fn usd(cents: i64) -> Money {
    Money::new(cents, "USD".parse().expect("a currency"))
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_798_761_600_000_001).expect("an instant")
}

fn items() -> Vec<(ItemPosition, Quantity)> {
    vec![
        (ItemPosition(1), Quantity::whole(2)),
        (ItemPosition(2), Quantity::from_scaled(25_000)),
    ]
}

fn canceled() -> EventData {
    let nothing = RowMoney::zero(usd(0).currency());
    EventData::Canceled(Box::new(Cancellation {
        reason_code: "other".into(),
        reason: "Other".into(),
        comment: Some("Please hurry.".into()),
        is_partial: true,
        items: vec![CanceledItem {
            item: ItemPosition(1),
            canceled: Quantity::whole(2),
            canceled_money: RowMoney::net(usd(1999)),
            refunded: Quantity::from_scaled(5_000),
            refunded_money: RowMoney::net(usd(1)),
        }],
        shipping_canceled: nothing,
        shipping_refunded: nothing,
        charges_canceled: usd(0),
        charges_refunded: usd(0),
        canceled_total: usd(1999),
        refunded_total: usd(1),
        fee: usd(2),
        refund_note: Some("Sent twice.".into()),
        credit_memo: Some("000000001-1".into()),
        restores: Restoration {
            stock: vec![RestoredStock {
                item: ItemPosition(1),
                sku: "tea".into(),
                quantity: Quantity::from_scaled(20_001),
            }],
            coupons: vec!["SPRING".into()],
            credits: usd(700),
            points: 150,
        },
        buyer_mail: BuyerMail::Sent,
        overrides_switch: false,
        released: Vec::new(),
        request: Some(ApprovedRequest {
            number: 2,
            status: RequestStatus::PartlyApproved,
        }),
    }))
}

fn of_cancellations() -> Vec<EventData> {
    vec![
        canceled(),
        EventData::CancellationKeyRequested {
            reason_code: "other".into(),
            expires_at: at(),
        },
        EventData::CancellationRequested(RequestedCancellation {
            number: 2,
            is_whole: false,
            items: items(),
            reason_code: Some("other".into()),
            due_at: Some(at()),
        }),
        EventData::CancellationRequested(RequestedCancellation {
            number: 3,
            is_whole: true,
            items: Vec::new(),
            reason_code: None,
            due_at: None,
        }),
        EventData::CancellationRequestEnded(EndedRequest {
            number: 3,
            status: RequestStatus::TooLate,
        }),
        EventData::CancellationRequestEscalated { number: 2 },
        EventData::CanceledAtChannel {
            channel: "amazon-de".into(),
            number: "303-1234567-1234567".into(),
            reason: Some("Out of stock".into()),
        },
        EventData::SubscriptionEnded(Box::new(EndedSubscription {
            subscription: "SUB-7".into(),
            item: ItemPosition(2),
            end: SubscriptionEnd {
                at: at(),
                asked_at: at(),
                reason_code: Some("other".into()),
                reason: Some("Other".into()),
                comment: Some("Too dear".into()),
                credit_memo: Some("000000001-1".into()),
            },
            share: usd(4_000),
        })),
        EventData::SubscriptionResumed {
            subscription: "SUB-7".into(),
            item: ItemPosition(2),
        },
    ]
}

fn of_documents() -> Vec<EventData> {
    let numbers = vec!["000000001-1".to_owned(), "000000001-2".to_owned()];
    vec![
        EventData::Invoiced {
            number: "000000001-1".into(),
            items: items(),
            grand_total: usd(2499),
            paid: true,
            reference: Some("tx-7".into()),
        },
        EventData::InvoicesPaid {
            numbers: numbers.clone(),
            amount: usd(2499),
            reference: Some("tx-7".into()),
        },
        EventData::InvoicesCanceled {
            numbers,
            grand_total: usd(2499),
        },
        EventData::FulfilmentStarted { items: items() },
        EventData::FulfilmentReleased { items: items() },
        EventData::DeliveryRecorded {
            items: items(),
            kind: DeliveryKind::GiftCardUsed,
            delivered_at: at(),
        },
        EventData::Shipped {
            number: "000000001-1".into(),
            items: items(),
            overrides_request: true,
        },
        EventData::CreditMemoCreated {
            number: "000000001-1".into(),
            items: items(),
            grand_total: usd(2499),
            credits: usd(7),
            adjustment: usd(-3),
        },
    ]
}

fn of_money() -> Vec<EventData> {
    let (transaction, amount) = (0, usd(1500));
    let settled = |matter, reference: Option<&str>| {
        EventData::Settled(Settlement {
            matter,
            note: "by transfer".into(),
            reference: reference.map(str::to_owned),
        })
    };
    let abandoned = SettledMatter::Abandoned {
        reversal: ReversalOperation::Refund,
        transaction,
        amount,
    };
    vec![
        settled(SettledMatter::Refund { transaction, amount }, Some("re_1")),
        settled(abandoned, None),
        settled(SettledMatter::PaymentProblem, None),
        EventData::CreditDue(CreditDue {
            refund: "019cc83b-5c00-7000-8000-000000000012".into(),
            tender: 1,
            kind: TenderKind::GiftCard,
            method: "giftcard".into(),
            amount,
            reference: None,
        }),
        failed(true),
        failed(false),
        EventData::ChangedUpstream(UpstreamChange {
            shipped: Quantity::from_scaled(25_000),
            canceled: Quantity::whole(1),
            paid: amount,
            refunded: usd(0),
        }),
    ]
}

/// A refund that failed, or a void.
fn failed(is_refund: bool) -> EventData {
    EventData::ReversalFailed(FailedReversal {
        obligation: "019cc83b-5c00-7000-8000-000000000012".into(),
        is_refund,
        tender: 0,
        account: "main".into(),
        amount: usd(1500),
        reason: ReversalFailure::Disputed,
        was_refunded: is_refund,
        is_by_others: false,
        audience: FailureAudience::Shop,
    })
}

/// What happens to the order: at least one event of each kind.
fn every_event() -> Vec<EventData> {
    let others = [
        EventData::Imported,
        EventData::Updated,
        EventData::Held {
            from: OrderState::Processing,
        },
        EventData::Unheld { to: OrderState::New },
        EventData::NoteAdded { is_for_buyer: true },
        EventData::BuyerErased,
    ];
    let events = [of_cancellations(), of_documents(), of_money()].concat();
    events.into_iter().chain(others).collect()
}

/// Writes the event as a change of the order that changes nothing else.
#[expect(
    clippy::disallowed_methods,
    reason = "rows of tests need no seeded identifiers"
)]
async fn happens(shop: &TestShop, data: EventData) {
    let found = shop
        .database()
        .order_by_number(StoreNumber(1), &NUMBER.into())
        .await;
    let loaded = found.expect("a readable order").expect("the order");
    let transition = Transition {
        after: Order {
            version: loaded.order.version + 1,
            ..(*loaded.order).clone()
        },
        event: OrderEvent {
            actor: Actor::System,
            at: shop.now(),
            data,
        },
        effects: Vec::new(),
        guest_key: None,
    };
    let change = OrderChange::new(&loaded.order, loaded.head, &transition, "", Uuid::now_v7);
    shop.database()
        .apply(&change)
        .await
        .expect("the change is written");
}

/// The message as its judge reads it.
fn message(received: &Received) -> Value {
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let headers = names.map(|name| (name.to_owned(), json!(received.header(name))));
    let headers: serde_json::Map<_, _> = headers.into_iter().collect();
    let body = String::from_utf8(received.body.to_vec()).expect("text");
    json!({ "headers": headers, "body": body })
}

on_every_database!(
    an_event_of_each_kind_is_what_cloud_events_and_the_published_schema_say,
    |shop| async move {
        let events = every_event();
        for kind in EventKind::ALL {
            let has_kind = events.iter().any(|data| data.kind() == *kind);
            assert!(has_kind, "an event of the kind {kind:?} is missing here");
        }
        let receiver = WebhookReceiver::start().await;
        let made = endpoint(&shop, &receiver.address, &["order.held"]).await;
        let id = unpaid(&shop, NUMBER).await;
        let count = events.len() + 1;
        for data in events {
            happens(&shop, data).await;
        }
        let input = json!({ "endpoint_id": made.id, "order_id": id });
        let done = shop.owner_does("replayWebhooks", input, "count").await;
        assert_eq!(done["count"], count, "{done}");
        work(&shop).await;
        let received = receiver.received();
        assert_eq!(received.len(), count);
        let messages: Vec<_> = received.iter().map(message).collect();
        let judged = json!({ "secret": made.secret, "messages": messages }).to_string();
        node("events.mjs", &[&judged]).await;
    }
);
