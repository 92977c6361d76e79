//! What goes back by several tenders is what goes back, in any order, by any steps, and never more than each captured.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    CancellationPolicy, CancellationRules, Effect, Money, MoneyError, Order, Payment, PaymentKind,
    PaymentTender, PaymentTransaction, RefundOrder, TenderKind, TransactionKind,
};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::stories;
use crate::shop::{at, buyer_of, currency, policy, request};

const ORDERS: [RefundOrder; 2] = [RefundOrder::LastCapturedFirst, RefundOrder::InProportion];

fn eur(cents: i64) -> Money {
    Money::new(cents, currency("EUR"))
}

fn tender(position: usize) -> PaymentTender {
    PaymentTender {
        kind: TenderKind::Provider,
        method: format!("method-{position}"),
        title: format!("Method {position}"),
        amount: eur(0),
    }
}

/// A payment by up to four tenders with up to eight captures, of which parts went back already.
fn payments() -> impl Strategy<Value = Payment> {
    let capture = (0_usize..4, 1_i64..5_000, 0_i64..5_000);
    prop::collection::vec(capture, 1..8).prop_map(|captures| {
        let capture = |(tender, amount, used): (usize, i64, i64)| PaymentTransaction {
            kind: TransactionKind::Capture,
            tender,
            amount: eur(amount),
            charged: None,
            used: eur(used.min(amount) / 3),
            owed: eur(0),
            abandoned: eur(0),
            outside: eur(0),
            reference: None,
            created_at: at(0),
        };
        Payment {
            method: "method-0".into(),
            title: "Method 0".into(),
            kind: PaymentKind::Online,
            additional_data: Vec::new(),
            tenders: (0..4).map(tender).collect(),
            transactions: captures.into_iter().map(capture).collect(),
        }
    })
}

/// The payment after a refund of `cents`, and how much of it went back.
fn refunded(payment: &Payment, cents: i64, order: RefundOrder) -> Result<(Payment, i64), MoneyError> {
    let mut after = payment.clone();
    let mut sum = 0;
    for effect in payment.refund(eur(cents), order)? {
        if let Effect::Refund { transaction, amount } = effect {
            let used = &mut after.transactions[transaction].used;
            *used = used.checked_add(amount)?;
            sum += amount.minor();
        }
    }
    Ok((after, sum))
}

fn left(payment: &Payment) -> i64 {
    let captures = payment.transactions.iter();
    captures.map(|it| it.amount.minor() - it.used.minor()).sum()
}

fn used(payment: &Payment) -> Vec<i64> {
    let used = |tender| payment.captures_of(tender).map(|it| it.used.minor()).sum();
    (0..payment.tender_count()).map(used).collect()
}

fn captured(payment: &Payment) -> Vec<i64> {
    let captured = |tender| payment.captures_of(tender).map(|it| it.amount.minor()).sum();
    (0..payment.tender_count()).map(captured).collect()
}

/// The same order, whose transactions belong to three tenders in turn.
fn with_tenders(order: &Order) -> Order {
    let mut order = order.clone();
    order.payment.tenders = (0..3).map(tender).collect();
    for tender in &mut order.payment.tenders {
        tender.amount = Money::zero(order.totals.grand_total.currency());
    }
    for (at, transaction) in order.payment.transactions.iter_mut().enumerate() {
        transaction.tender = at % 3;
    }
    order
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_parts_are_the_whole_and_no_tender_gives_more_than_it_has(payment in payments(), cents in 0_i64..20_000) {
        for order in ORDERS {
            let (after, sum) = refunded(&payment, cents, order)?;
            prop_assert_eq!(sum, cents.min(left(&payment)));
            for capture in &after.transactions {
                prop_assert!(capture.used.minor() <= capture.amount.minor());
            }
        }
    }

    #[test]
    fn several_refunds_divide_like_one(payment in payments(), steps in prop::collection::vec(0_i64..3_000, 1..6)) {
        for order in ORDERS {
            let (at_once, _) = refunded(&payment, steps.iter().sum(), order)?;
            let mut by_steps = payment.clone();
            for step in &steps {
                (by_steps, _) = refunded(&by_steps, *step, order)?;
            }
            prop_assert_eq!(used(&by_steps), used(&at_once), "{:?}", order);
        }
    }

    #[test]
    fn no_other_division_is_nearer_to_the_proportion(payment in payments(), cents in 0_i64..20_000) {
        let (after, _) = refunded(&payment, cents, RefundOrder::InProportion)?;
        let (before, after, captured) = (used(&payment), used(&after), captured(&payment));
        for giver in (0..4).filter(|&it| after[it] > before[it]) {
            for other in (0..4).filter(|&it| after[it] < captured[it]) {
                // The last unit of the giver came before the next unit of the other one.
                prop_assert!((2 * after[giver] - 1) * captured[other] <= (2 * after[other] + 1) * captured[giver]);
            }
        }
    }

    #[test]
    fn a_cancellation_pays_the_same_back_in_each_order(story in stories()) {
        for told in story.told() {
            let order = with_tenders(&told);
            let sums = ORDERS.map(|refund_order| {
                let usual = policy(true);
                let policy = CancellationPolicy {
                    rules: CancellationRules { refund_order, ..usual.rules },
                    ..usual
                };
                let change = order.cancel(&request(buyer_of(&order), "Other"), &policy, at(60)).ok()?;
                let broken: Vec<_> = broken_by(&change.after).map(|it| it.name).collect();
                assert!(broken.is_empty(), "{broken:?}");
                let refunds = change.effects.iter().map(|effect| match effect {
                    Effect::Refund { amount, .. } => amount.minor(),
                    Effect::Void { .. } | Effect::Notify(_) => 0,
                });
                Some(refunds.sum::<i64>())
            });
            prop_assert_eq!(sums[0], sums[1]);
        }
    }
}
