//! What staff decides about a refund is carried out to the cent, and what others paid back is never paid back again.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    Cancel, Cancellation, CancellationRefusal, Effect, FailedReversal, FailureAudience, LateCapture, Money,
    Order, OutsideRefund, PaymentTransaction, RefundChoice, RefundRefusal, RefundShare, ReversalFailure,
    TransactionKind, Transition,
};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::stories;
use crate::shop::{at, buyer_of, policy, request, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn staff_pays_back_exactly_what_it_decides(story in stories(), share in 0..=1100_i64) {
        for order in story.told() {
            let all = match canceled(&order, RefundShare::Full) {
                Ok(all) => all,
                Err(refusal) => {
                    prop_assert_eq!(canceled(&order, RefundShare::Nothing).err(), Some(refusal));
                    continue;
                }
            };
            let total = facts(&all).refunded_total;
            let minor = i64::try_from(i128::from(total.minor()) * i128::from(share) / 1000)?;
            let amount = Money::new(minor, total.currency());
            let rest = total.checked_sub(amount)?;
            let zero = Money::zero(total.currency());
            let text = amount.to_decimal();

            kept(&order, &all, RefundShare::Nothing, Ok((zero, total)))?;
            let exactly = if !amount.is_positive() {
                Err(RefundRefusal::NotPositive)
            } else if rest.minor() < 0 {
                Err(RefundRefusal::TooMuch(total))
            } else {
                Ok((amount, rest))
            };
            kept(&order, &all, RefundShare::Amount(text.clone()), exactly)?;
            let all_but = if !amount.is_positive() {
                Err(RefundRefusal::NotPositive)
            } else if rest.is_positive() {
                Ok((rest, amount))
            } else {
                Err(RefundRefusal::TakesAll(total))
            };
            kept(&order, &all, RefundShare::AllBut(text), all_but)?;
        }
    }

    #[test]
    fn a_buyer_decides_nothing_about_the_refund(story in stories()) {
        for order in story.told() {
            let buyer = request(buyer_of(&order), "Other");
            let choosing = Cancel { refund: choice(RefundShare::Nothing), ..buyer.clone() };
            let expected = order.cancel(&buyer, &policy(true), at(60)).err();
            let expected = expected.unwrap_or(RefundRefusal::NotStaff.into());
            prop_assert_eq!(order.cancel(&choosing, &policy(true), at(60)).err(), Some(expected));
        }
    }

    #[test]
    fn what_others_paid_back_is_never_paid_back_again(story in stories(), share in 1..=1500_i64) {
        for mut order in story.told() {
            for transaction in &mut order.payment.transactions {
                transaction.reference = Some("pi_1".into());
            }
            let captured = order.payment.captured(order.currency())?;
            let minor = i64::try_from(i128::from(captured.minor()) * i128::from(share) / 1000)?;
            let refund = OutsideRefund {
                payment: "pi_1".into(),
                amount: Money::new(minor, order.currency()),
                charged: None,
                note: "payment pi_1 at main".into(),
                reference: Some("re_1".into()),
            };
            let bookable = order.bookable_outside_refund("pi_1", refund.amount)?;
            prop_assert!(bookable.minor() <= refund.amount.minor() && bookable.minor() >= 0);
            prop_assert!(order.bookable_outside_refund("pi_2", refund.amount)?.is_zero());
            if !bookable.is_positive() {
                continue;
            }
            let booked = order.book_outside_refund(&refund, &staff(), at(60))?;
            prop_assert!(paid_back(&booked)?.is_zero(), "it was paid back already");
            let after = booked.after;
            let broken: Vec<_> = broken_by(&after).map(|it| it.name).collect();
            prop_assert!(broken.is_empty(), "{broken:?}");
            prop_assert_eq!(after.totals.refunded, order.totals.refunded.checked_add(bookable)?);
            owed_once_it_failed(&after, bookable)?;
            if let Ok(canceled) = canceled(&after, RefundShare::Full) {
                let left = left_of(&after)?;
                prop_assert!(paid_back(&canceled)?.minor() <= left.minor());
                let broken: Vec<_> = broken_by(&canceled.after).map(|it| it.name).collect();
                prop_assert!(broken.is_empty(), "{broken:?}");
            }
        }
    }

    #[test]
    fn what_is_captured_late_goes_back_whole(story in stories(), share in 1..=1500_i64) {
        for order in story.told() {
            let minor = i128::from(order.totals.grand_total.minor()) * i128::from(share) / 1000;
            let amount = Money::new(i64::try_from(minor)?, order.currency());
            if !amount.is_positive() || !order.refunds_late_capture(amount)? {
                continue;
            }
            let capture = LateCapture {
                payment: "pi_1".into(),
                tender: 0,
                amount,
                charged: None,
                note: "payment pi_1 at main".into(),
            };
            let change = order.refund_late_capture(&capture, &staff(), at(60))?;
            prop_assert_eq!(paid_back(&change)?, amount);
            prop_assert_eq!(change.after.state, order.state);
            let broken: Vec<_> = broken_by(&change.after).map(|it| it.name).collect();
            prop_assert!(broken.is_empty(), "{broken:?}");
        }
    }
}

/// Checks the cancellation with `share`: the money that is paid back and kept, or the refusal. All else is as in `all`,
/// and the preview says the same.
fn kept(
    order: &Order,
    all: &Transition,
    share: RefundShare,
    expected: Result<(Money, Money), RefundRefusal>,
) -> Result<(), TestCaseError> {
    let preview = order.preview_cancellation(&by_staff(share.clone()), &policy(true), at(60));
    let done = canceled(order, share);
    let (back, kept) = match expected {
        Ok(expected) => expected,
        Err(refusal) => {
            let refusal = CancellationRefusal::from(refusal);
            prop_assert_eq!(done.err(), Some(refusal.clone()));
            prop_assert_eq!(preview.err(), Some(refusal));
            return Ok(());
        }
    };
    let done = done.map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
    let mut new = facts(&done).clone();
    prop_assert_eq!((new.refunded_total, new.fee), (back, kept));
    prop_assert_eq!(new.refund_note.as_deref(), Some("Sent twice."));
    prop_assert_eq!(paid_back(&done)?, back);
    let money = preview.map(|it| (it.quote.money.refund_total, it.quote.money.fee));
    prop_assert_eq!(money, Ok((back, kept)));
    let old = facts(all);
    (new.refunded_total, new.fee, new.refund_note) = (old.refunded_total, old.fee, None);
    prop_assert_eq!(&new, old);
    let voids = |change: &Transition| {
        let effects = change
            .effects
            .iter()
            .filter(|it| matches!(it, Effect::Void { .. }));
        effects.cloned().collect::<Vec<_>>()
    };
    prop_assert_eq!(voids(&done), voids(all));
    let broken: Vec<_> = broken_by(&done.after).map(|it| it.name).collect();
    prop_assert!(broken.is_empty(), "{broken:?}");
    Ok(())
}

fn choice(share: RefundShare) -> RefundChoice {
    RefundChoice {
        share,
        note: Some(" Sent twice. ".into()),
    }
}

fn by_staff(share: RefundShare) -> Cancel {
    Cancel {
        refund: choice(share),
        ..request(staff(), "Other")
    }
}

fn canceled(order: &Order, share: RefundShare) -> Result<Transition, CancellationRefusal> {
    order.cancel(&by_staff(share), &policy(true), at(60))
}

fn facts(change: &Transition) -> &Cancellation {
    change.cancellation().expect("it canceled")
}

/// The money that the change sends back.
fn paid_back(change: &Transition) -> Result<Money, TestCaseError> {
    let refunds = change.effects.iter().filter_map(|effect| match *effect {
        Effect::Refund { amount, .. } => Some(amount),
        Effect::Void { .. } | Effect::Notify(_) => None,
    });
    Ok(Money::sum(change.after.currency(), refunds)?)
}

/// The money that is left of all captures.
fn left_of(order: &Order) -> Result<Money, TestCaseError> {
    let captures = order.payment.transactions.iter();
    let captures = captures.filter(|it| it.kind == TransactionKind::Capture);
    let left = captures
        .map(PaymentTransaction::remaining)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Money::sum(order.currency(), left)?)
}

/// Checks that `amount`, which others paid back of the payment `pi_1`, is owed as a whole once their refund fails, and that
/// it is decided no second time.
fn owed_once_it_failed(booked: &Order, amount: Money) -> Result<(), TestCaseError> {
    let (mut order, mut left) = (booked.clone(), amount);
    while left.is_positive() {
        let Some((transaction, part)) = order.payment.paid_back_outside("pi_1", left)? else {
            break;
        };
        let failed = FailedReversal {
            obligation: "o-1".into(),
            is_refund: true,
            tender: 0,
            account: "main".into(),
            amount: part,
            reason: ReversalFailure::Failed,
            was_refunded: true,
            is_by_others: true,
            audience: FailureAudience::Shop,
        };
        order = order.fail_reversal(transaction, failed, at(61))?.after;
        left = left.checked_sub(part)?;
    }
    prop_assert!(left.is_zero(), "{left} of {amount} are not owed");
    let owed = owed_of(&order)?.checked_sub(owed_of(booked)?)?;
    prop_assert_eq!(owed, amount);
    prop_assert_eq!(order.totals, booked.totals);
    prop_assert_eq!(left_of(&order)?, left_of(booked)?);
    let broken: Vec<_> = broken_by(&order).map(|it| it.name).collect();
    prop_assert!(broken.is_empty(), "{broken:?}");
    Ok(())
}

/// The captured money that is to go back and did not yet.
fn owed_of(order: &Order) -> Result<Money, TestCaseError> {
    let captures = order.payment.transactions.iter();
    let captures = captures.filter(|it| it.kind == TransactionKind::Capture);
    Ok(Money::sum(order.currency(), captures.map(|it| it.owed))?)
}
