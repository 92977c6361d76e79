//! What becomes of an order, situation by situation (`docs/contract.md` sections 6.2 and 6.4).

use countermand_domain::OrderState::{Canceled, Closed, Processing};
use countermand_domain::{Cancel, Order, OrderState, PaymentKind, Quantity, RowMoney, Selection};

use super::{Back, basket_of, canceled, credited, invoiced, order_of, refunds, reversals, units, usd, whole};
use crate::shop::{at, buyer_of, policy, request};

/// An order to cancel, and what is expected: the state, the refund in cents, and for each item the units ordered,
/// invoiced, canceled and refunded.
struct Situation {
    name: &'static str,
    order: Order,
    state: OrderState,
    refund: Option<i64>,
    rows: &'static [[i64; 4]],
}

fn unpaid_situations() -> Vec<Situation> {
    let waiting = |state: OrderState| Order {
        state,
        status: state.default_status().into(),
        ..order_of(&[2])
    };
    let unpaid = |name, order| Situation {
        name,
        order,
        state: Canceled,
        refund: None,
        rows: &[[2, 0, 2, 0]],
    };
    let mut service = order_of(&[2]);
    service.items[0].is_virtual = true;
    vec![
        unpaid("new", order_of(&[2])),
        unpaid("pending payment", waiting(OrderState::PendingPayment)),
        unpaid("processing without an invoice", waiting(OrderState::Processing)),
        unpaid("a service", service),
    ]
}

fn paid_situations() -> Vec<Situation> {
    vec![
        Situation {
            name: "invoiced in full",
            order: invoiced(&order_of(&[1]), &[]),
            state: Closed,
            refund: Some(1500),
            rows: &[[1, 1, 0, 1]],
        },
        Situation {
            name: "three invoiced, one refunded before with all the shipping",
            order: credited(&invoiced(&order_of(&[3]), &[]), &[(1, 1)], true, 0),
            state: Closed,
            refund: Some(2000),
            rows: &[[3, 3, 0, 3]],
        },
        Situation {
            name: "three invoiced, one refunded before without the shipping",
            order: credited(&invoiced(&order_of(&[3]), &[]), &[(1, 1)], false, 0),
            state: Closed,
            refund: Some(3500),
            rows: &[[3, 3, 0, 3]],
        },
        Situation {
            name: "two products, one invoiced",
            order: invoiced(&order_of(&[1, 1]), &[(1, 1)]),
            state: Canceled,
            refund: Some(2000),
            rows: &[[1, 1, 0, 1], [1, 0, 1, 0]],
        },
        Situation {
            name: "two of three invoiced",
            order: invoiced(&order_of(&[3]), &[(1, 2)]),
            state: Canceled,
            refund: Some(3500),
            rows: &[[3, 2, 1, 2]],
        },
        Situation {
            name: "two products, one invoiced and refunded before with all the shipping",
            order: credited(&invoiced(&order_of(&[1, 1]), &[(1, 1)]), &[(1, 1)], true, 0),
            state: Canceled,
            refund: None,
            rows: &[[1, 1, 0, 1], [1, 0, 1, 0]],
        },
        Situation {
            name: "invoiced in two steps",
            order: invoiced(&invoiced(&order_of(&[2, 1]), &[(1, 1)]), &[]),
            state: Closed,
            refund: Some(4500),
            rows: &[[2, 2, 0, 2], [1, 1, 0, 1]],
        },
    ]
}

#[test]
fn every_situation_ends_as_the_contract_says() {
    for case in unpaid_situations().into_iter().chain(paid_situations()) {
        let before = case.order.credit_memos.len();
        let after = canceled(&case.order);
        assert_eq!(after.state, case.state, "{}", case.name);
        assert_eq!(after.status, case.state.default_status(), "{}", case.name);
        assert_eq!(
            refunds(&after)[before..],
            *case.refund.as_slice(),
            "{}",
            case.name
        );
        assert_eq!(units(&after), case.rows, "{}", case.name);
    }
}

#[test]
fn items_that_were_never_invoiced_are_canceled_with_their_money() {
    let unpaid = canceled(&order_of(&[2]));
    assert_eq!(unpaid.totals.canceled, usd(3000));
    assert_eq!(unpaid.items[0].canceled, RowMoney::net(usd(2000)));
    assert_eq!(unpaid.shipping.canceled, RowMoney::net(usd(1000)));

    let partly = canceled(&invoiced(&order_of(&[1, 1]), &[(1, 1)]));
    assert_eq!(partly.totals.canceled, usd(1000));
    assert_eq!(partly.items[1].canceled, RowMoney::net(usd(1000)));
    assert!(
        partly.shipping.canceled.is_zero(),
        "the first invoice took it all"
    );
}

fn online(quantities: &[i64], authorized: &[i64]) -> Order {
    let mut basket = basket_of(quantities);
    basket.kind = PaymentKind::Online;
    basket.authorized = authorized.iter().copied().map(usd).collect();
    basket.order()
}

#[test]
fn an_order_that_is_only_authorized_is_canceled_and_the_authorization_voided() {
    let order = online(&[1], &[1500]);
    assert_eq!(reversals(&order), [(Back::Void, 0, 1500)]);
    let after = canceled(&order);
    assert_eq!(after.state, Canceled);
    assert!(after.credit_memos.is_empty());
}

#[test]
fn a_captured_order_is_closed_and_the_capture_refunded() {
    let order = invoiced(&online(&[1], &[1500]), &[]);
    assert_eq!(reversals(&order), [(Back::Refund, 1, 1500)]);
    assert_eq!(canceled(&order).state, Closed);
}

#[test]
fn a_partly_captured_order_is_canceled_as_a_whole() {
    let order = invoiced(&online(&[1, 1], &[3000]), &[(1, 1)]);
    assert_eq!(
        reversals(&order),
        [(Back::Refund, 1, 2000), (Back::Void, 0, 1000)]
    );
    let after = canceled(&order);
    assert_eq!(after.state, Canceled);
    assert_eq!(units(&after), [[1, 1, 0, 1], [1, 0, 1, 0]]);
    assert_eq!(refunds(&after), [2000]);
}

#[test]
fn an_order_with_a_refunded_capture_can_be_canceled() {
    let twice = invoiced(&invoiced(&online(&[1, 1], &[3000]), &[(1, 1)]), &[]);
    let order = credited(&twice, &[(1, 1)], true, 0);
    let refunded: i64 = order.payment.transactions[1..]
        .iter()
        .map(|it| it.used.minor())
        .sum();
    assert_eq!(refunded, 2000);
    let owed: i64 = reversals(&order).iter().map(|reversal| reversal.2).sum();
    assert_eq!(owed, 1000);
    assert_eq!(canceled(&order).state, Closed);
}

#[test]
fn a_free_order_is_canceled_without_a_credit_memo() {
    let mut basket = basket_of(&[1, 2]);
    basket.kind = PaymentKind::Free;
    basket.shipping = RowMoney::zero(usd(0).currency());
    for item in &mut basket.items {
        item.ordered = RowMoney::zero(usd(0).currency());
    }
    let order = basket.order();
    for order in [order.clone(), invoiced(&order, &[(1, 1)]), invoiced(&order, &[])] {
        let after = canceled(&order);
        assert_eq!(after.state, Canceled);
        assert!(after.credit_memos.is_empty());
        assert!(reversals(&order).is_empty());
        for (item, before) in after.items.iter().zip(&order.items) {
            let (now, before) = (item.quantities, before.quantities);
            assert_eq!(
                now.refunded,
                Quantity::ZERO,
                "nothing goes back without a document"
            );
            assert_eq!(now.canceled, before.ordered.minus(before.invoiced));
        }
    }
}

#[test]
fn a_part_of_a_free_order_leaves_the_invoiced_units_of_the_other_items() {
    let mut basket = basket_of(&[1, 2]);
    basket.shipping = RowMoney::zero(usd(0).currency());
    for item in &mut basket.items {
        item.ordered = basket.shipping;
    }
    let order = invoiced(&basket.order(), &[(1, 1)]);
    let second = Cancel {
        selection: Selection::Items(whole(&[(2, 2)])),
        ..request(buyer_of(&order), "Other")
    };
    let after = order.cancel(&second, &policy(true), at(5)).expect("a part").after;
    assert_eq!(after.state, Processing, "item 1 is still to be shipped");
    assert_eq!(units(&after), [[1, 1, 0, 0], [2, 0, 2, 0]]);
    assert_eq!(canceled(&after).state, Canceled);
}

#[test]
fn a_free_order_that_is_paid_by_check_is_canceled_too() {
    let mut basket = basket_of(&[1]);
    basket.shipping = RowMoney::zero(usd(0).currency());
    basket.items[0].ordered = basket.shipping;
    let after = canceled(&invoiced(&basket.order(), &[]));
    assert_eq!(after.state, Canceled);
    assert_eq!((refunds(&after), units(&after)), (vec![], vec![[1, 1, 0, 0]]));
}

#[test]
fn a_unit_without_a_price_goes_back_with_a_credit_memo() {
    let mut basket = basket_of(&[1, 1]);
    basket.items[1].ordered = RowMoney::zero(usd(0).currency());
    let order = credited(&invoiced(&basket.order(), &[]), &[(1, 1)], true, 0);
    let after = canceled(&order);
    assert_eq!(after.state, Closed);
    assert_eq!((refunds(&after), units(&after)[1]), (vec![2000, 0], [1, 1, 0, 1]));
}
