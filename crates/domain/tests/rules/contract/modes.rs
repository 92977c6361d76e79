//! The mode of a store view: buyers cancel at once, ask for it, or do neither, and for how long.

use chrono::TimeDelta;
use countermand_domain::channel::ChannelOrderNumber;
use countermand_domain::{
    Actor, AfterWindow, Cancel, CancellationAction, CancellationMode, CancellationPolicy,
    CancellationRefusal, CancellationRules, CustomerGroup, ModeRules, Order, OrderChannel, Selection,
};

use crate::shop::{at, buyer_of, policy, request, staff};

use super::{invoiced, order_of, whole};

/// A policy that is switched on, with `rules`.
fn ruled(rules: CancellationRules) -> CancellationPolicy {
    CancellationPolicy {
        rules,
        ..policy(true)
    }
}

fn half_an_hour(after_window: AfterWindow) -> CancellationPolicy {
    ruled(CancellationRules {
        window: Some(TimeDelta::minutes(30)),
        after_window,
        ..CancellationRules::default()
    })
}

fn answer(
    order: &Order,
    policy: &CancellationPolicy,
    actor: &Actor,
    minute: i64,
) -> Option<CancellationRefusal> {
    let asked = request(actor.clone(), "other");
    order.cancel(&asked, policy, at(minute)).err()
}

#[test]
fn where_buyers_ask_for_a_cancellation_only_staff_cancels() {
    let order = invoiced(&order_of(&[2]), &[]);
    let policy = ruled(CancellationRules {
        mode: CancellationMode::Request,
        ..CancellationRules::default()
    });
    let buyer = buyer_of(&order);
    let terms = order.cancellation_terms(&policy, &buyer, at(5));
    assert_eq!(terms.action, CancellationAction::Request);
    assert_eq!(terms.refusals, [CancellationRefusal::RequestOnly]);
    assert!(
        terms.refund_total.is_positive(),
        "what comes back if staff agrees"
    );
    assert_eq!(
        answer(&order, &policy, &buyer, 5),
        Some(CancellationRefusal::RequestOnly)
    );
    assert_eq!(answer(&order, &policy, &staff(), 5), None);
    assert!(
        order.may_be_canceled_by(&buyer, &policy, at(5)),
        "the button is there"
    );
}

#[test]
fn in_the_mode_off_buyers_cannot_cancel_and_staff_can() {
    let order = invoiced(&order_of(&[2]), &[]);
    let policy = ruled(CancellationRules {
        mode: CancellationMode::Off,
        ..CancellationRules::default()
    });
    let buyer = buyer_of(&order);
    assert_eq!(
        answer(&order, &policy, &buyer, 5),
        Some(CancellationRefusal::Disabled)
    );
    assert_eq!(answer(&order, &policy, &staff(), 5), None);
    assert!(!order.may_be_canceled_by(&buyer, &policy, at(5)));
}

#[test]
fn the_window_ends_to_the_second_and_the_terms_say_when() {
    let order = invoiced(&order_of(&[2]), &[]);
    let buyer = buyer_of(&order);
    for (after, refusal, action) in [
        (
            AfterWindow::Request,
            CancellationRefusal::WindowClosed { may_ask: true },
            CancellationAction::Request,
        ),
        (
            AfterWindow::None,
            CancellationRefusal::WindowClosed { may_ask: false },
            CancellationAction::None,
        ),
    ] {
        let policy = half_an_hour(after);
        let placed = order.placed_at;
        let end = placed + TimeDelta::minutes(30);
        let just_before = end - TimeDelta::microseconds(1);
        let terms = order.cancellation_terms(&policy, &buyer, just_before);
        assert_eq!(terms.action, CancellationAction::Cancel);
        assert_eq!(terms.deadline, Some(end));
        let terms = order.cancellation_terms(&policy, &buyer, end);
        assert_eq!(terms.action, action);
        assert_eq!(terms.refusals.as_slice(), std::slice::from_ref(&refusal));
        assert_eq!(terms.deadline, None);
        let asked = request(buyer.clone(), "other");
        assert!(order.cancel(&asked, &policy, just_before).is_ok());
        assert_eq!(order.cancel(&asked, &policy, end).err(), Some(refusal));
        let by_staff = order.cancellation_terms(&policy, &staff(), end);
        assert_eq!(
            (by_staff.action, by_staff.deadline),
            (CancellationAction::Cancel, None)
        );
    }
}

#[test]
fn what_is_in_the_way_of_a_cancellation_is_in_the_way_of_a_request_too() {
    let order = invoiced(&order_of(&[2]), &[]);
    let buyer = buyer_of(&order);
    let asked = request(buyer.clone(), "other");
    let canceled = order
        .cancel(&asked, &policy(true), at(5))
        .expect("a cancellation")
        .after;
    let policy = half_an_hour(AfterWindow::Request);
    let terms = canceled.cancellation_terms(&policy, &buyer, at(60));
    assert_eq!(terms.action, CancellationAction::None);
    assert!(!terms.refusals.iter().any(CancellationRefusal::leaves_a_request));
    assert!(!canceled.may_be_canceled_by(&buyer, &policy, at(60)));
}

/// A policy with the mode rules that `text` writes.
fn by_rules(text: &str) -> CancellationPolicy {
    ruled(CancellationRules {
        mode_rules: ModeRules::parse(text).expect("rules"),
        ..CancellationRules::default()
    })
}

#[test]
fn a_rule_about_a_customer_group_is_about_orders_of_that_group_alone() {
    let policy = by_rules("when group is 3 then REQUEST; when group is guest then OFF");
    for (group, action) in [
        (Some(3), CancellationAction::Request),
        (Some(0), CancellationAction::None),
        (Some(1), CancellationAction::Cancel),
        (None, CancellationAction::Cancel),
    ] {
        let mut order = invoiced(&order_of(&[2]), &[]);
        order.customer.group = group.and_then(CustomerGroup::from_number);
        let buyer = buyer_of(&order);
        let terms = order.cancellation_terms(&policy, &buyer, at(5));
        assert_eq!(terms.action, action, "{group:?}");
        let is_at_once = answer(&order, &policy, &buyer, 5).is_none();
        assert_eq!(is_at_once, action == CancellationAction::Cancel, "{group:?}");
        let by_staff = order.cancellation_terms(&policy, &staff(), at(5));
        assert_eq!(by_staff.action, CancellationAction::Cancel, "{group:?}");
    }
}

#[test]
fn a_rule_about_a_channel_is_about_orders_of_that_channel_and_a_channel_decides_in_every_mode() {
    let policy = by_rules("when channel is market then OFF; when channel is none then REQUEST");
    let own = invoiced(&order_of(&[2]), &[]);
    let buyer = buyer_of(&own);
    let from = |name: &str| Order {
        channel: ChannelOrderNumber::parse("7").map(|number| OrderChannel {
            name: name.into(),
            number,
            canceled_at: None,
        }),
        ..own.clone()
    };
    for (order, mode, refusals) in [
        (
            own.clone(),
            CancellationMode::Request,
            vec![CancellationRefusal::RequestOnly],
        ),
        (
            from("market"),
            CancellationMode::Off,
            vec![CancellationRefusal::Disabled, CancellationRefusal::ChannelManaged],
        ),
        (
            from("other-market"),
            CancellationMode::Automatic,
            vec![CancellationRefusal::ChannelManaged],
        ),
    ] {
        assert_eq!(policy.mode(&order, &buyer, at(5)), mode, "{:?}", order.channel);
        let terms = order.cancellation_terms(&policy, &buyer, at(5));
        assert_eq!(terms.refusals, refusals, "{:?}", order.channel);
    }
}

#[test]
fn an_item_that_the_warehouse_packs_has_no_deadline_where_its_action_stays() {
    let order = invoiced(&order_of(&[2, 1]), &[]);
    let packed = order.start_fulfilment(&whole(&[(1, 2)]), &staff(), at(2));
    let packed = packed.expect("it can be packed").after;
    let buyer = buyer_of(&packed);
    let end = packed.placed_at + TimeDelta::minutes(30);
    let deadlines = |after_window: AfterWindow| {
        let terms = packed.cancellation_terms(&half_an_hour(after_window), &buyer, at(5));
        let items = terms.items.iter().map(|item| (item.action, item.deadline));
        (terms.action, terms.deadline, items.collect::<Vec<_>>())
    };
    let (request, cancel) = (CancellationAction::Request, CancellationAction::Cancel);
    assert_eq!(
        deadlines(AfterWindow::Request),
        (request, None, vec![(request, None), (cancel, Some(end))])
    );
    assert_eq!(
        deadlines(AfterWindow::None),
        (
            request,
            Some(end),
            vec![(request, Some(end)), (cancel, Some(end))]
        )
    );
}

#[test]
fn a_quote_holds_as_long_as_its_action_does() {
    let order = invoiced(&order_of(&[2, 1]), &[]);
    let packed = order.start_fulfilment(&whole(&[(1, 2)]), &staff(), at(2));
    let packed = packed.expect("it can be packed").after;
    let now = packed.placed_at + TimeDelta::minutes(25);
    let end = packed.placed_at + TimeDelta::minutes(30);
    let a_quarter = now + TimeDelta::minutes(15);
    for (item, after_window, expires_at) in [
        (1, AfterWindow::Request, a_quarter),
        (1, AfterWindow::None, end),
        (2, AfterWindow::Request, end),
    ] {
        let command = Cancel {
            selection: Selection::Items(whole(&[(item, 1)])),
            ..request(buyer_of(&packed), "other")
        };
        let preview = packed.preview_cancellation(&command, &half_an_hour(after_window), now);
        let quote = preview.expect("a quote").quote;
        assert_eq!(quote.expires_at, expires_at, "item {item}, {after_window:?}");
    }
}
