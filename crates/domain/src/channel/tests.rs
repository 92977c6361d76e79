//! The rules for orders of sales channels.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::cancellation::{ChannelCode, ChannelFact};
use crate::money::Quantity;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
}

fn order(status: ChannelStatus) -> ChannelOrder {
    ChannelOrder {
        number: ChannelOrderNumber::parse("123-1234567-1234567").expect("a number"),
        market: Some("DE".into()),
        status,
        fulfilled_by: FulfilledBy::Merchant,
        placed_at: now(),
        updated_at: now(),
        total: None,
        items: vec![ChannelItem {
            id: "1".into(),
            sku: None,
            name: "Mug".into(),
            quantity: Quantity::whole(2),
            shipped: Quantity::ZERO,
            request: None,
            canceled: None,
        }],
    }
}

fn record(status: ChannelStatus) -> ChannelRecord {
    ChannelRecord::first("amazon-de", order(status), now())
}

fn command(needs: Option<ChannelFact>, confirms: bool) -> CancelAtChannel {
    CancelAtChannel {
        id: "c-1".into(),
        reason: "out_of_stock".into(),
        code: ChannelCode {
            code: "NoInventory".into(),
            needs,
        },
        comment: None,
        confirms,
        actor: "staff:anna".into(),
    }
}

fn requested() -> ChannelRecord {
    let canceled = record(ChannelStatus::Unshipped).cancel(command(None, false), now());
    canceled.expect("a cancellation")
}

/// A record whose cancellation is being sent.
fn sent() -> ChannelRecord {
    requested().with_cancellation(ChannelCancellationState::Sent, None, now())
}

/// The record after an answer to its cancellation, which says something new.
fn answered(record: &ChannelRecord, answer: &ChannelAnswer, shown: Option<&ChannelOrder>) -> ChannelRecord {
    record.answered("c-1", answer, shown, now()).expect("a change")
}

fn state(record: &ChannelRecord) -> ChannelCancellationState {
    record.cancellation.as_ref().expect("a cancellation").state
}

#[test]
fn only_an_unshipped_order_of_the_merchant_is_canceled_and_the_others_say_where_to_go() {
    use ChannelBlock::{AlreadyCanceled, ChannelManaged, PartlyShipped, Shipped};
    use GoInstead::{OrderAtChannel, ReturnsAtChannel};
    for (status, blocks, go_instead) in [
        (ChannelStatus::Unshipped, vec![], None),
        (ChannelStatus::Pending, vec![ChannelManaged], Some(OrderAtChannel)),
        (
            ChannelStatus::PartlyShipped,
            vec![ChannelManaged, PartlyShipped],
            Some(OrderAtChannel),
        ),
        (ChannelStatus::Shipped, vec![Shipped], Some(ReturnsAtChannel)),
        (ChannelStatus::Canceled, vec![AlreadyCanceled], None),
        (
            ChannelStatus::Unfulfillable,
            vec![ChannelManaged],
            Some(OrderAtChannel),
        ),
        (
            ChannelStatus::Other("NEW_WORD".into()),
            vec![ChannelManaged],
            Some(OrderAtChannel),
        ),
    ] {
        let terms = record(status.clone()).terms();
        assert_eq!(terms, ChannelTerms { blocks, go_instead }, "{status:?}");
        let canceled = record(status).cancel(command(None, false), now());
        assert_eq!(canceled.is_ok(), terms.blocks.is_empty());
    }
    let mut by_channel = record(ChannelStatus::Unshipped);
    by_channel.order.fulfilled_by = FulfilledBy::Channel;
    assert_eq!(by_channel.terms().blocks, [ChannelManaged]);
}

#[test]
fn a_reason_that_states_a_buyers_request_needs_the_request_or_a_second_confirmation() {
    let states_request = Some(ChannelFact::BuyersRequest);
    let silent = record(ChannelStatus::Unshipped);
    let refused = silent.cancel(command(states_request, false), now());
    assert_eq!(refused, Err(ChannelCommandRefusal::NotAskedByBuyer));
    assert!(silent.cancel(command(states_request, true), now()).is_ok());
    let mut asked = silent;
    asked.order.items[0].request = Some(ChannelRequest {
        id: None,
        reason: Some("Found cheaper somewhere else.".into()),
    });
    assert!(asked.cancel(command(states_request, false), now()).is_ok());
}

/// An order of a mug and a plate whose buyer asked to cancel the mug.
fn asked_for_the_mug(id: Option<&str>) -> ChannelRecord {
    let mut order = order(ChannelStatus::Unshipped);
    let plate = ChannelItem {
        id: "2".into(),
        ..order.items[0].clone()
    };
    order.items.push(plate);
    order.items[0].request = Some(ChannelRequest {
        id: id.map(str::to_owned),
        reason: None,
    });
    ChannelRecord::first("amazon-de", order, now())
}

#[test]
fn a_request_for_one_item_cancels_the_others_only_when_a_person_confirms_it() {
    let asked = asked_for_the_mug(None);
    for needs in [Some(ChannelFact::BuyersRequest), None] {
        let refused = asked.cancel(command(needs, false), now());
        assert_eq!(refused, Err(ChannelCommandRefusal::NotAskedForAll));
        assert!(asked.cancel(command(needs, true), now()).is_ok());
    }
    let mut alone = asked.clone();
    alone.order.items[1].shipped = Quantity::whole(2);
    let granted = alone.cancel(command(Some(ChannelFact::BuyersRequest), false), now());
    assert!(granted.is_ok(), "the mug is all that is open");
}

#[test]
fn an_item_asks_only_while_it_is_neither_canceled_nor_shipped() {
    let asked = asked_for_the_mug(None);
    assert!(asked.has_request());
    assert_eq!(asked.hold(), Some(ChannelHold::Requested));
    let mut shipped = asked.clone();
    shipped.order.items[0].shipped = Quantity::whole(2);
    assert!(!shipped.has_request());
    let mut canceled = asked.clone();
    canceled.order.items[0].canceled = Some(ChannelCanceledItem {
        by: "MERCHANT".into(),
        reason: None,
    });
    assert!(!canceled.has_request());
    assert_eq!(canceled.hold(), None);
    let declined = canceled.decline_requests(None, "too late", "staff:anna", now());
    assert_eq!(declined, Err(ChannelCommandRefusal::NoOpenRequest));
    let mut over = asked;
    over.order.status = ChannelStatus::Canceled;
    assert!(!over.has_request());
    assert_eq!(over.hold(), Some(ChannelHold::Canceled));
}

#[test]
fn the_request_for_one_item_is_declined_and_the_other_one_stays_open() {
    let mut asked = asked_for_the_mug(Some("r-1"));
    asked.order.items[1].request = Some(ChannelRequest {
        id: Some("r-2".into()),
        reason: None,
    });
    let mug = ["1".to_owned()];
    let decline = |record: &ChannelRecord, items: &[String]| {
        record.decline_requests(Some(items), "it is packed", "staff:anna", now())
    };
    let declined = decline(&asked, &mug).expect("declined");
    assert!(!declined.order.is_requested("1") && declined.order.is_requested("2"));
    assert_eq!(declined.declined.len(), 1);
    let again = decline(&declined, &mug);
    assert_eq!(again, Err(ChannelCommandRefusal::NotRequested("1".into())));
    asked.order.items[1].request = asked.order.items[0].request.clone();
    let shared = decline(&asked, &mug);
    assert_eq!(shared, Err(ChannelCommandRefusal::OneRequest("1".into())));
}

#[test]
fn a_record_remembers_when_and_in_which_versions_its_open_requests_came() {
    let mut order = order(ChannelStatus::Unshipped);
    let plate = ChannelItem {
        id: "2".into(),
        ..order.items[0].clone()
    };
    order.items.push(plate);
    let silent = ChannelRecord::first("amazon-de", order.clone(), now());
    assert!(silent.asked_in.is_empty());
    let mut ask = |record: &ChannelRecord, item: usize, is_open: bool| {
        order.updated_at += TimeDelta::minutes(1);
        order.items[item].request = is_open.then(|| ChannelRequest {
            id: None,
            reason: Some(order.updated_at.to_string()),
        });
        record.seen(order.clone(), order.updated_at).expect("a change")
    };
    let first = ask(&silent, 0, true);
    let both = ask(&first, 1, true);
    assert_eq!(both.asked_in, [2, 3]);
    assert_eq!([first.opens_request(), both.opens_request()], [true, false]);
    let asked_at = Some(now() + TimeDelta::minutes(1));
    let one = ask(&both, 0, false);
    assert_eq!(
        [both.asked_at, one.asked_at],
        [asked_at; 2],
        "the age of the oldest"
    );
    let none = ask(&one, 1, false);
    assert_eq!(none.asked_at, None);
    assert_eq!(none.asked_in, [2, 3], "what was told of them can still be found");
    let again = ask(&none, 0, true);
    assert_eq!(again.asked_in, [6]);
    assert_eq!(again.asked_at, Some(now() + TimeDelta::minutes(5)));
}

#[test]
fn requests_that_replace_all_open_ones_at_once_have_a_time_of_their_own() {
    let mut order = order(ChannelStatus::Unshipped);
    let plate = ChannelItem {
        id: "2".into(),
        ..order.items[0].clone()
    };
    order.items.push(plate);
    order.items[0].request = Some(ChannelRequest {
        id: None,
        reason: None,
    });
    let mut first = ChannelRecord::first("amazon-de", order.clone(), now());
    first.due_at = Some(now() + TimeDelta::hours(2));
    let (mug, plate) = order.items.split_at_mut(1);
    std::mem::swap(&mut mug[0].request, &mut plate[0].request);
    order.updated_at += TimeDelta::minutes(1);
    let replaced = first.seen(order.clone(), order.updated_at).expect("a change");
    assert_eq!(replaced.asked_at, Some(order.updated_at));
    assert_eq!((replaced.due_at, replaced.asked_in.as_slice()), (None, &[2][..]));
    assert!(replaced.opens_request(), "the shop is told of it");
}

#[test]
fn an_order_is_canceled_only_when_the_answer_and_the_order_say_so() {
    assert_eq!(requested().terms().blocks, [ChannelBlock::RequestOpen]);
    let reference = "feed-1".to_owned();
    let accepted = answered(&sent(), &ChannelAnswer::Accepted { reference }, None);
    assert_eq!(state(&accepted), ChannelCancellationState::Accepted);
    let unshipped = order(ChannelStatus::Unshipped);
    let early = answered(&accepted, &ChannelAnswer::Canceled, Some(&unshipped));
    assert_eq!(state(&early), ChannelCancellationState::Unknown);
    assert_eq!(early.order.status, ChannelStatus::Unshipped);
    assert_eq!(early.looked_up(&unshipped, now()), None);
    let canceled = order(ChannelStatus::Canceled);
    let done = early.looked_up(&canceled, now()).expect("a change");
    assert_eq!(state(&done), ChannelCancellationState::Canceled);
    assert_eq!(done.order.status, ChannelStatus::Canceled);
    assert_eq!(done.version, early.version + 1);
    assert_eq!(done.cancellation.expect("one").id, "c-1");
}

#[test]
fn a_refusal_or_a_shipment_changes_no_status_and_leaves_the_order_open_for_another_try() {
    let rejected = ChannelAnswer::Rejected {
        code: "18028".into(),
        text: "not cancelable".into(),
    };
    let refused = answered(&sent(), &rejected, None);
    assert_eq!(state(&refused), ChannelCancellationState::Rejected);
    assert_eq!(refused.order.status, ChannelStatus::Unshipped);
    assert!(refused.terms().blocks.is_empty());
    let shipped = order(ChannelStatus::Shipped);
    let late = requested().looked_up(&shipped, now()).expect("a change");
    assert_eq!(state(&late), ChannelCancellationState::TooLate);
    assert_eq!(late.terms().blocks, [ChannelBlock::Shipped]);
}

#[test]
fn an_answer_that_comes_late_contradicts_nothing_that_was_found_out_meanwhile() {
    let rejected = ChannelAnswer::Rejected {
        code: "18028".into(),
        text: "not cancelable".into(),
    };
    let reference = "feed-1".to_owned();
    let accepted = ChannelAnswer::Accepted { reference };
    let lost = ChannelAnswer::Unknown {
        why: "time-out".into(),
    };
    let answers = [
        &rejected,
        &accepted,
        &lost,
        &ChannelAnswer::Canceled,
        &ChannelAnswer::TooLate,
    ];
    let doubted = answered(&sent(), &lost, None);
    let canceled = doubted
        .looked_up(&order(ChannelStatus::Canceled), now())
        .expect("a change");
    let late = doubted
        .looked_up(&order(ChannelStatus::Shipped), now())
        .expect("a change");
    let refused = answered(&doubted, &rejected, None);
    let second = CancelAtChannel {
        id: "c-2".into(),
        ..command(None, false)
    };
    let again = refused.cancel(second, now()).expect("a second cancellation");
    let again_sent = again.with_cancellation(ChannelCancellationState::Sent, None, now());
    for answer in answers {
        for decided in [&canceled, &late, &refused, &again, &again_sent] {
            assert_eq!(decided.answered("c-1", answer, None, now()), None, "{answer:?}");
            assert_eq!(decided.not_sent("c-1", "no connection".into(), now()), None);
        }
    }
    // What the answer adds to a doubt is taken.
    assert_eq!(doubted.answered("c-1", &lost, None, now()), None);
    let known = answered(&doubted, &accepted, None);
    assert_eq!(state(&known), ChannelCancellationState::Accepted);
    assert_eq!(known.answered("c-1", &accepted, None, now()), None);
    let waiting = doubted
        .not_sent("c-1", "no connection".into(), now())
        .expect("a change");
    assert_eq!(state(&waiting), ChannelCancellationState::Requested);
}

#[test]
fn a_request_is_not_declined_while_a_cancellation_is_open_or_after_it() {
    let mut asked = requested();
    asked.order.items[0].request = Some(ChannelRequest {
        id: None,
        reason: Some("too slow".into()),
    });
    let blocked = |record: &ChannelRecord| match record.decline_requests(None, "packed", "staff:anna", now())
    {
        Err(ChannelCommandRefusal::Blocked { block, .. }) => Some(block),
        _ => None,
    };
    assert_eq!(blocked(&asked), Some(ChannelBlock::RequestOpen));
    let mut over = asked.clone();
    over.cancellation = None;
    assert_eq!(blocked(&over), None);
    over.order.status = ChannelStatus::Canceled;
    assert_eq!(blocked(&over), Some(ChannelBlock::AlreadyCanceled));
}

#[test]
fn a_reading_of_the_moment_of_the_cancellation_does_not_undo_it() {
    let canceled = record(ChannelStatus::Unshipped).seen(order(ChannelStatus::Canceled), now());
    let canceled = canceled.expect("a change");
    assert_eq!(canceled.seen(order(ChannelStatus::Unshipped), now()), None);
}

#[test]
fn a_declined_request_is_not_opened_by_the_next_pull_and_another_one_is() {
    let asking = |reason: &str, minutes| {
        let mut order = order(ChannelStatus::Unshipped);
        order.updated_at = now() + TimeDelta::minutes(minutes);
        order.items[0].request = Some(ChannelRequest {
            id: None,
            reason: Some(reason.into()),
        });
        order
    };
    let first = record(ChannelStatus::Unshipped);
    let asked = first.seen(asking("too slow", 1), now()).expect("a change");
    assert!(asked.has_request());
    let declined = asked.decline_requests(None, "already packed", "staff:anna", now());
    let declined = declined.expect("declined");
    assert!(!declined.has_request());
    let again = declined.decline_requests(None, "again", "staff:anna", now());
    assert_eq!(again, Err(ChannelCommandRefusal::NoOpenRequest));
    let pulled = declined.seen(asking("too slow", 2), now());
    assert!(!pulled.expect("a newer order").has_request());
    assert!(
        declined
            .seen(asking("wrong size", 3), now())
            .expect("new")
            .has_request()
    );
    let older = asking("too slow", -5);
    assert_eq!(declined.seen(older, now()), None);
}
