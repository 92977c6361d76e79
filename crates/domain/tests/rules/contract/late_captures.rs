//! Money that a payment provider captured after the order was canceled goes back, unless a person must decide.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    Actor, CreditMemo, Effect, LateCapture, Order, OrderState, PaymentTransaction, RowMoney, TransactionKind,
    Transition,
};

use super::{canceled, invoiced, order_of, refunds, texts, usd};
use crate::shop::at;

/// Whether `cents` that were captured late go back without a person.
fn goes_back(order: &Order, cents: i64) -> bool {
    order.refunds_late_capture(usd(cents)).expect("it adds up")
}

/// The refund of `cents` that were captured late.
fn refunded(order: &Order, cents: i64) -> Transition {
    let capture = LateCapture {
        payment: "pi_1".into(),
        tender: 0,
        amount: usd(cents),
        charged: None,
        note: "payment pi_1 at main".into(),
    };
    let change = order.refund_late_capture(&capture, &Actor::System, at(5));
    let change = change.expect("it adds up");
    let broken: Vec<_> = broken_by(&change.after).map(|it| it.name).collect();
    assert!(broken.is_empty(), "{broken:?}");
    change
}

#[test]
fn what_was_captured_after_the_cancellation_goes_back_and_the_order_stays_canceled() {
    let order = canceled(&order_of(&[1]));
    assert!(goes_back(&order, 1500) && goes_back(&order, 1000));
    let change = refunded(&order, 1500);
    let transaction = order.payment.transactions.len();
    let amount = usd(1500);
    assert_eq!(change.effects, [Effect::Refund { transaction, amount }]);
    let after = change.after;
    assert_eq!(
        (after.state, after.totals.paid, refunds(&after)),
        (OrderState::Canceled, Some(amount), vec![1500])
    );
    let capture = PaymentTransaction {
        kind: TransactionKind::Capture,
        tender: 0,
        amount,
        charged: None,
        used: amount,
        owed: amount,
        abandoned: usd(0),
        outside: usd(0),
        reference: Some("pi_1".into()),
        created_at: at(5),
    };
    assert_eq!(after.payment.transactions.last(), Some(&capture));
    let memo = CreditMemo {
        number: "000000001-1".into(),
        lines: Vec::new(),
        shipping: RowMoney::zero(order.currency()),
        other_charges: Vec::new(),
        adjustment: amount,
        grand_total: amount,
        prepaid: amount,
        credits: usd(0),
        fee: None,
        created_at: at(5),
    };
    assert_eq!(after.credit_memos, [memo]);
    let lines = &texts(&after)[order.comments.len()..];
    assert_eq!(
        lines,
        ["late capture of $15.00 booked, reference pi_1: payment pi_1 at main"]
    );
    // Each cent of the order goes back once.
    assert!(!goes_back(&after, 1));
}

#[test]
fn what_is_captured_in_parts_goes_back_in_parts() {
    let order = canceled(&order_of(&[1]));
    let after = refunded(&order, 500).after;
    assert!(goes_back(&after, 1000) && !goes_back(&after, 1001));
    assert_eq!(refunds(&refunded(&after, 1000).after), [500, 1000]);

    let partly = canceled(&invoiced(&order_of(&[1, 1]), &[(1, 1)]));
    assert_eq!(
        (partly.state, refunds(&partly)),
        (OrderState::Canceled, vec![2000])
    );
    assert!(goes_back(&partly, 1000) && !goes_back(&partly, 1001));
    assert_eq!(refunds(&refunded(&partly, 1000).after), [2000, 1000]);
}

#[test]
fn a_person_decides_about_other_money() {
    let order = order_of(&[1]);
    assert!(!goes_back(&order, 1500), "the order is not canceled");
    assert!(!goes_back(&canceled(&order), 1501), "the order costs less");
    assert!(
        !goes_back(&canceled(&invoiced(&order, &[])), 1),
        "it was paid back"
    );
    let mut kept = canceled(&order);
    kept.totals.paid = Some(usd(1));
    assert!(!goes_back(&kept, 1), "the order keeps a cent");
}
