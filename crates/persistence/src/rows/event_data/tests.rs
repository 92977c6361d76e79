//! Every kind of event comes back from its JSON as it went in.

use chrono::DateTime;
use countermand_domain::{
    ApprovedRequest, BuyerMail, CanceledItem, Cancellation, CreditDue, DeliveryKind, EndedRequest,
    EndedSubscription, FailedReversal, FailureAudience, RequestStatus, RequestedCancellation, Restoration,
    RestoredStock, ReversalFailure, ReversalOperation, RowMoney, SettledMatter, Settlement, SubscriptionEnd,
    TenderKind,
};

use super::*;

fn usd(cents: i64) -> Money {
    Money::new(cents, "USD".parse().expect("a currency"))
}

fn facts() -> Cancellation {
    Cancellation {
        reason_code: "other".into(),
        comment: Some("Please hurry.".into()),
        is_partial: true,
        reason: "  oTHER ".into(),
        items: vec![CanceledItem {
            item: ItemPosition(1),
            canceled: Quantity::whole(2),
            canceled_money: RowMoney::net(usd(1999)),
            refunded: Quantity::from_scaled(1),
            refunded_money: RowMoney::net(usd(1)),
        }],
        shipping_canceled: RowMoney::net(usd(500)),
        shipping_refunded: RowMoney::zero(usd(0).currency()),
        charges_canceled: usd(0),
        charges_refunded: usd(300),
        canceled_total: usd(2499),
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
        released: vec![(ItemPosition(1), Quantity::whole(1))],
        request: Some(ApprovedRequest {
            number: 2,
            status: RequestStatus::PartlyApproved,
        }),
    }
}

fn due() -> CreditDue {
    CreditDue {
        refund: "019cc83b-5c00-7000-8000-000000000012".into(),
        tender: 1,
        kind: TenderKind::GiftCard,
        method: "giftcard".into(),
        amount: usd(700),
        reference: Some("GC-7".into()),
    }
}

/// A refund of others that failed, or a void.
fn failed(is_refund: bool) -> EventData {
    EventData::ReversalFailed(FailedReversal {
        obligation: "019cc83b-5c00-7000-8000-000000000012".into(),
        is_refund,
        tender: 1,
        account: "main".into(),
        amount: usd(700),
        reason: ReversalFailure::Disputed,
        was_refunded: is_refund,
        is_by_others: is_refund,
        audience: if is_refund {
            FailureAudience::ShopAndBuyer
        } else {
            FailureAudience::Shop
        },
    })
}

fn items() -> Vec<(ItemPosition, Quantity)> {
    vec![
        (ItemPosition(1), Quantity::whole(2)),
        (ItemPosition(3), Quantity::from_scaled(25_000)),
    ]
}

fn one_of_each() -> Vec<EventData> {
    let items = items();
    vec![
        EventData::Imported,
        EventData::Updated,
        EventData::Canceled(Box::new(facts())),
        EventData::CancellationKeyRequested {
            reason_code: "other".into(),
            expires_at: DateTime::from_timestamp_micros(1_767_225_600_123_457).expect("an instant"),
        },
        EventData::CancellationRequested(RequestedCancellation {
            number: 2,
            is_whole: true,
            items: items.clone(),
            reason_code: Some("other".into()),
            due_at: DateTime::from_timestamp_micros(1_767_225_600_123_457),
        }),
        EventData::CancellationRequestEnded(EndedRequest {
            number: 2,
            status: RequestStatus::TooLate,
        }),
        EventData::CancellationRequestEscalated { number: 2 },
        EventData::Invoiced {
            number: "000000001-1".into(),
            items: items.clone(),
            grand_total: usd(2499),
            paid: true,
            reference: Some("tx-7".into()),
        },
        EventData::InvoicesPaid {
            numbers: vec!["000000001-1".into(), "000000001-2".into()],
            amount: usd(2499),
            reference: Some("tx-7".into()),
        },
        EventData::InvoicesCanceled {
            numbers: vec!["000000001-1".into()],
            grand_total: usd(2499),
        },
        EventData::FulfilmentStarted { items: items.clone() },
        EventData::FulfilmentReleased { items: items.clone() },
        EventData::DeliveryRecorded {
            items: items.clone(),
            kind: DeliveryKind::Downloaded,
            delivered_at: DateTime::from_timestamp_micros(1_767_225_600_123_457).expect("an instant"),
        },
        EventData::CanceledAtChannel {
            channel: "amazon-de".into(),
            number: "303-1234567-1234567".into(),
            reason: Some("Out of stock".into()),
        },
        EventData::SubscriptionEnded(Box::new(ended_subscription())),
        EventData::SubscriptionResumed {
            subscription: "SUB-7".into(),
            item: ItemPosition(2),
        },
        EventData::Shipped {
            number: "000000001-1".into(),
            items: items.clone(),
            overrides_request: true,
        },
        EventData::CreditMemoCreated {
            number: "000000001-1".into(),
            items,
            grand_total: usd(2499),
            credits: usd(7),
            adjustment: usd(-3),
        },
        EventData::Held {
            from: OrderState::Processing,
        },
        EventData::Unheld { to: OrderState::New },
        EventData::Settled(settlement(SettledMatter::Refund {
            transaction: 2,
            amount: usd(1500),
        })),
        EventData::CreditDue(due()),
        failed(true),
        failed(false),
        EventData::ChangedUpstream(UpstreamChange {
            shipped: Quantity::from_scaled(25_000),
            canceled: Quantity::whole(1),
            paid: usd(1500),
            refunded: usd(0),
        }),
        EventData::NoteAdded { is_for_buyer: true },
        EventData::BuyerErased,
    ]
}

fn ended_subscription() -> EndedSubscription {
    EndedSubscription {
        subscription: "SUB-7".into(),
        item: ItemPosition(2),
        end: SubscriptionEnd {
            at: DateTime::from_timestamp_micros(1_798_761_600_000_001).expect("an instant"),
            asked_at: DateTime::from_timestamp_micros(1_767_225_600_123_457).expect("an instant"),
            reason_code: Some("other".into()),
            reason: Some("Other".into()),
            comment: Some("Too dear".into()),
            credit_memo: Some("000000001-1".into()),
        },
        share: usd(4_000),
    }
}

fn settlement(matter: SettledMatter) -> Settlement {
    Settlement {
        matter,
        note: "paid by transfer".into(),
        reference: Some("B-1".into()),
    }
}

#[test]
fn every_matter_that_is_settled_comes_back_as_it_went_in() {
    let void = SettledMatter::Void {
        transaction: 0,
        amount: usd(7),
    };
    let returned = SettledMatter::Returned {
        transaction: 1,
        amount: usd(7),
    };
    let ended =
        [ReversalOperation::Refund, ReversalOperation::Void].map(|reversal| SettledMatter::Abandoned {
            reversal,
            transaction: 1,
            amount: usd(7),
        });
    let moved = [ReversalOperation::Refund, ReversalOperation::Void].map(|reversal| SettledMatter::Adopted {
        reversal,
        transaction: 1,
        amount: usd(7),
    });
    for matter in [
        void,
        returned,
        ended[0],
        ended[1],
        moved[0],
        moved[1],
        SettledMatter::RefundedOutside { amount: usd(7) },
        SettledMatter::BookedOutside { amount: usd(7) },
        SettledMatter::LateCapture { amount: usd(7) },
        SettledMatter::UpstreamChange,
        SettledMatter::PaymentProblem,
    ] {
        let data = EventData::Settled(settlement(matter));
        let json = write(&data).expect("JSON");
        assert_eq!(read(data.kind(), &json).expect("the event"), data);
    }
}

#[test]
fn every_kind_of_event_comes_back_as_it_went_in() {
    let kinds: Vec<_> = one_of_each().iter().map(EventData::kind).collect();
    assert_eq!(kinds, EventKind::ALL);
    for data in one_of_each() {
        let json = write(&data).expect("JSON");
        assert!(json.starts_with(r#"{"v":1"#), "{json}");
        assert_eq!(read(data.kind(), &json).expect("the event"), data);
    }
}

#[test]
fn a_field_that_an_older_program_did_not_write_takes_its_default() {
    let json = r#"{"v":1,"currency":"USD","reason_code":"other","refunded_total":1500}"#;
    let data = read(EventKind::Canceled, json).expect("the event");
    assert_eq!(data.note(), "other, $15.00 refunded");
    let json = r#"{"v":1,"number":"000000001-1","new_field":[]}"#;
    let data = read(EventKind::Shipped, json).expect("the event");
    assert_eq!(data.note(), "shipment 000000001-1");
}
