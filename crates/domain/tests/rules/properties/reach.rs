//! The arbitrary orders reach every state, so that the properties are worth testing.

use countermand_domain::{Order, OrderState, PaymentKind, Transition};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::arbitrary::stories;
use crate::shop::{at, buyer_of, policy, request};

#[test]
fn stories_reach_every_state_and_every_kind_of_cancellation() {
    let mut runner = TestRunner::deterministic();
    let mut orders: Vec<Order> = Vec::new();
    let mut parts: Vec<Transition> = Vec::new();
    for _ in 0..900 {
        let story = stories().new_tree(&mut runner).expect("a story").current();
        orders.extend(story.told());
        parts.extend(story.changes().into_iter().filter(leaves_something));
    }
    let refunding = parts.iter().filter(|part| refunds(part)).count();
    assert!(refunding >= 5, "{refunding} parts with a refund");
    let canceling = parts.iter().filter(|part| !refunds(part)).count();
    assert!(canceling >= 100, "{canceling} parts without one");
    for state in OrderState::ALL.iter().copied() {
        let there = orders.iter().filter(|order| order.state == state).count();
        assert!(there >= 10, "{there} orders in state {state}");
    }
    let plans = orders.iter().filter_map(|order| {
        let plan = order.cancel(&request(buyer_of(order), "Other"), &policy(true), at(60));
        Some((order, plan.ok()?))
    });
    let plans: Vec<_> = plans.collect();
    for kind in [PaymentKind::Offline, PaymentKind::Online, PaymentKind::Free] {
        for end in [OrderState::Canceled, OrderState::Closed] {
            let of_kind = plans.iter().filter(|(order, _)| order.payment.kind == kind);
            let there = of_kind.filter(|(_, plan)| plan.after.state == end).count();
            let possible = kind != PaymentKind::Free || end == OrderState::Canceled;
            assert_eq!(there >= 10, possible, "{there} {kind:?} orders end {end}");
        }
    }
    let second = plans.iter().filter(|(order, plan)| {
        !order.credit_memos.is_empty() && plan.after.credit_memos.len() > order.credit_memos.len()
    });
    assert!(
        second.count() >= 20,
        "cancellations after a credit memo of staff's"
    );
}

/// Whether the change cancels a part of an order and leaves another part that can be canceled.
fn leaves_something(change: &Transition) -> bool {
    let order = &change.after;
    let policy = policy(true);
    let terms = order.cancellation_terms(&policy, &buyer_of(order), at(60));
    change.cancellation().is_some() && terms.refusals.is_empty()
}

fn refunds(part: &Transition) -> bool {
    part.cancellation()
        .is_some_and(|facts| facts.refunded_total.is_positive())
}
