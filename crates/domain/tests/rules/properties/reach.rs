//! The arbitrary orders reach every state, so that the properties are worth testing.

use countermand_domain::{Order, OrderState, PaymentKind};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::arbitrary::stories;
use crate::shop::{at, buyer_of, policy, request};

#[test]
fn stories_reach_every_state_and_every_kind_of_cancellation() {
    let mut runner = TestRunner::deterministic();
    let mut orders: Vec<Order> = Vec::new();
    for _ in 0..400 {
        let story = stories().new_tree(&mut runner).expect("a story").current();
        orders.extend(story.told());
    }
    for state in OrderState::ALL {
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
