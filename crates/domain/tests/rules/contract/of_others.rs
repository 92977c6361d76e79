//! Money that others paid back at the payment provider.

use countermand_domain::invariants::broken_by;
use countermand_domain::{Actor, CreditMemo, Order, OutsideRefund, RowMoney, TransactionKind};

use super::{invoiced, order_of, usd};
use crate::shop::at;

/// An order of $15.00 that was captured as `pi_1`.
fn captured() -> Order {
    let mut order = invoiced(&order_of(&[1]), &[]);
    for transaction in &mut order.payment.transactions {
        transaction.reference = Some("pi_1".into());
    }
    let [capture] = &order.payment.transactions[..] else {
        panic!("one capture: {:?}", order.payment.transactions);
    };
    assert_eq!(
        (capture.kind, capture.amount),
        (TransactionKind::Capture, usd(1500))
    );
    order
}

fn assert_kept(order: &Order) {
    let broken: Vec<_> = broken_by(order).map(|it| it.name).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn what_others_paid_back_is_a_credit_memo_of_the_amount_alone() {
    let order = captured();
    let refund = OutsideRefund {
        payment: "pi_1".into(),
        amount: usd(400),
        note: "by others".into(),
        reference: Some("re_1".into()),
    };
    let change = order.book_outside_refund(&refund, &Actor::System, at(5));
    let after = change.expect("it adds up").after;
    let memo = CreditMemo {
        number: "000000001-1".into(),
        lines: Vec::new(),
        shipping: RowMoney::zero(order.currency()),
        other_charges: Vec::new(),
        adjustment: usd(400),
        grand_total: usd(400),
        prepaid: usd(0),
        credits: usd(0),
        fee: None,
        created_at: at(5),
    };
    assert_eq!(after.credit_memos, [memo]);
    assert_kept(&after);
}
