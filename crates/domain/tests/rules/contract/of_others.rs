//! Money that others paid back at the payment provider.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    Actor, CreditMemo, EventKind, FailedReversal, FailureAudience, Money, Order, OutsideRefund,
    ReversalFailure, ReversalOperation, RowMoney, SettledMatter, Settlement, TransactionKind,
};

use super::{canceled, invoiced, order_of, usd};
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
        charged: None,
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

/// `order` after this became of the refund of $15.00.
fn settled(order: &Order, matter: SettledMatter) -> Order {
    let settlement = Settlement {
        matter,
        note: "a note".into(),
        reference: Some("pi_1".into()),
    };
    let change = order.settle(settlement, &Actor::System, at(6));
    let after = change.expect("it adds up").after;
    assert_kept(&after);
    after
}

/// What is on its way, what was refunded and what was not, in cents.
fn progress(order: &Order) -> [i64; 3] {
    let progress = order.refund_progress().expect("it adds up");
    [progress.on_its_way, progress.refunded, progress.not_refunded].map(Money::minor)
}

#[test]
fn a_refund_that_was_abandoned_and_paid_by_others_is_owed_when_the_bank_returns_their_money() {
    let (reversal, transaction, amount) = (ReversalOperation::Refund, 0, usd(1500));
    let abandoned = SettledMatter::Abandoned {
        reversal,
        transaction,
        amount,
    };
    let adopted = SettledMatter::Adopted {
        reversal,
        transaction,
        amount,
    };
    let order = canceled(&captured());
    assert_eq!(progress(&order), [1500, 0, 0]);
    let mut kept = settled(&order, abandoned);
    // Each time that others pay, their refund can fail, and staff can abandon ours again.
    for _ in 0..2 {
        assert_eq!(progress(&kept), [0, 0, 1500]);
        let paid = settled(&kept, adopted);
        assert_eq!(progress(&paid), [0, 1500, 0]);
        let failed = FailedReversal {
            obligation: "o-1".into(),
            is_refund: true,
            tender: 0,
            account: "main".into(),
            amount,
            reason: ReversalFailure::Failed,
            was_refunded: true,
            is_by_others: false,
            audience: FailureAudience::Shop,
        };
        let change = paid
            .fail_reversal(transaction, failed, at(7))
            .expect("it adds up");
        assert_eq!(change.event.data.kind(), EventKind::RefundFailed);
        let after = change.after;
        assert_eq!(progress(&after), [1500, 0, 0]);
        assert_eq!(
            (&after.payment, &after.totals, after.state),
            (&order.payment, &order.totals, order.state)
        );
        assert_kept(&after);
        kept = settled(&after, abandoned);
    }
}
